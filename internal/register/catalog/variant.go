package catalog

import (
	"strings"

	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/gbcode"
)

// Variant is an item that handles one situation of another (业务办理项): its code is
// the other's with two digits of its own, its name may say more.
type Variant struct {
	Item int64
	Code string
	Name string
}

// family is the code of the item of which a code's item is a variant, or its own
// where it is none, and what the codes of all its variants begin with, before their
// two digits; "" for a code of a form that has no variants.
func family(code string) (of, stem string) {
	it, err := gbcode.ParseItem(code, nil)
	if err != nil {
		return "", ""
	}
	switch it.Form {
	case gbcode.Implementation:
		return it.Code, it.Code
	case gbcode.BusinessItem:
		stem = strings.TrimSuffix(it.Code, it.Business)
		return stem, stem
	case gbcode.RegionalItem:
		stem = it.Code[:len(it.Code)-2]
		return stem + "00", stem
	}
	return "", ""
}

// Variants finds the item of which the item with a code is a variant, nil for none,
// or else its own variants, by code; those in force on a day.
func Variants(tx *store.Tx, code string, on day.Day) (of *Variant, variants []Variant, err error) {
	main, stem := family(code)
	if main == "" {
		return nil, nil, nil
	}
	all, err := store.All(tx, func(r store.Row) (v Variant, err error) { return v, r.Scan(&v.Item, &v.Code, &v.Name) },
		`select item, code, name from item_search where home = $1 and (code = $2 or code >= $3 and code <= $4)
			and from_day <= $5 and (until_day = 0 or until_day > $5) order by code`, tx.Home(), main, stem+"00", stem+"99", on)
	for _, v := range all {
		switch {
		case v.Code == code:
		case v.Code == main:
			of = &v
		case code == main && len(v.Code) == len(stem)+2 && strings.HasPrefix(v.Code, stem):
			variants = append(variants, v)
		}
	}
	return of, variants, err
}
