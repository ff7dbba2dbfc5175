package gbcode

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"tongban/internal/rules/wording"
)

// ItemForm tells which kind of code of a service item one has.
type ItemForm string

// The forms of item codes. The first three are those of GB/T 39554; districts
// that keep codes of their own are carried as they are.
const (
	BaseItem       ItemForm = "base"           // 基本编码, 12 digits
	Implementation ItemForm = "implementation" // 实施编码, 31: body 18 + level 1 + base 12
	BusinessItem   ItemForm = "business"       // 业务办理项编码, 33: implementation code + 2 digits
	RegionalItem   ItemForm = "regional"       // local base code - region 12 - 3 digits - body - version - 2 digits
	OtherItem      ItemForm = "other"          // none of these
)

// Standard tells whether the form is one of GB/T 39554, whose parts are checked.
func (f ItemForm) Standard() bool {
	return f == BaseItem || f == Implementation || f == BusinessItem
}

// Item is the code of a service item taken apart. Which fields are set depends
// on Form: an OtherItem has only Code and Note.
type Item struct {
	Code       string // normalised; small letters stay when the form is not one of the standard
	Form       ItemForm
	Body       string // credit code of the implementing body; in a RegionalItem whatever stands in its place
	Level      string // 1–7, level of exercise (GB/T 39046)
	Base       string // base code, 12 digits; in a RegionalItem the local one, of any form
	Province   string // 2 digits, 00 the state
	Type       string // 2 digits, type of item (GB/T 39046)
	Department string // 2 digits, competent department
	Main       string // 3 digits, main item
	Sub        string // 3 digits, sub-item, 000 none
	Business   string // 2 digits
	Region     string // 12 digits, only in a RegionalItem
	Note       wording.Message
	Warnings   []wording.Message
}

// maxItemCode bounds what is carried as it is; the national tables keep 50 characters.
const maxItemCode = 64

// regional is the form that Sichuan's districts use. Its base may hold dashes.
var regional = regexp.MustCompile(`^([0-9A-Z-]+)-(\d{12})-(\d{3})-([0-9A-Z-]+)-(\d)-(\d{2})$`)

// ParseItem reads the code of a service item. A code without dashes or other
// separators is meant to be of the standard forms and must have 12, 31 or 33
// characters with the right parts: the error, a wording.Message, names place
// and fault. A code with separators is carried as it is; Form and Note say so.
// A province or type that the tables lack is a warning; regions may be nil.
func ParseItem(s string, regions *Tree) (Item, error) {
	given := strings.TrimSpace(s)
	s = Normalize(s)
	what := label("item")
	if grouped(s) {
		s = strings.ReplaceAll(s, "-", "")
	}
	if !alnum(what, s, 0).IsZero() {
		return carried(s, given)
	}
	it := Item{Code: s}
	switch n := utf8.RuneCountInString(s); n {
	case 12:
		it.Form, it.Base = BaseItem, s
	case 31, 33:
		it.Form, it.Body, it.Level, it.Base = Implementation, s[:18], s[18:19], s[19:31]
		if n == 33 {
			it.Form, it.Business = BusinessItem, s[31:]
		}
	default:
		return Item{}, wording.M("gbcode.item.length", "label", what, "got", n)
	}
	if m := it.fault(what); !m.IsZero() {
		return Item{}, m
	}
	b := it.Base
	it.Province, it.Type, it.Department, it.Main, it.Sub = b[:2], b[2:4], b[4:6], b[6:9], b[9:]
	it.Note = wording.M("gbcode.item_form." + string(it.Form))
	it.warn(what, regions)
	return it, nil
}

// grouped tells whether s is a base code written in its groups: 37-01-17-002-011.
func grouped(s string) bool {
	return len(s) == 16 && s[2] == '-' && s[5] == '-' && s[8] == '-' && s[12] == '-' &&
		digits(wording.Message{}, strings.ReplaceAll(s, "-", ""), 0).IsZero() && strings.Count(s, "-") == 4
}

// fault finds what is wrong with the parts of a code of a standard form.
func (it Item) fault(what wording.Message) wording.Message {
	offset := 0
	if it.Form != BaseItem {
		if m := usccFault(it.Body, what, 0); !m.IsZero() {
			return m
		}
		if it.Level < "1" || it.Level > "7" {
			return wording.M("gbcode.item.level", "label", what, "at", 19, "got", it.Level)
		}
		offset = 19
	}
	return digits(what, it.Base+it.Business, offset)
}

func (it *Item) warn(what wording.Message, regions *Tree) {
	if it.Province != "00" && regions != nil {
		if _, ok := regions.Find(it.Province); !ok {
			it.Warnings = append(it.Warnings, wording.M("gbcode.region.unknown", "label", what, "code", it.Province))
		}
	}
	if !wording.Has(wording.ZH, "gbcode.item_type."+it.Type) {
		it.Warnings = append(it.Warnings, wording.M("gbcode.item.type", "label", what, "code", it.Type))
	}
}

// TypeName is the name of an item type of GB/T 39046 ("01" 行政许可); a type of
// a local extension is named as such.
func TypeName(code string) wording.Message { return named("item_type", code) }

// LevelName is the name of a level of exercise of GB/T 39046 ("4" 县级).
func LevelName(code string) wording.Message { return named("level", code) }

// DepartmentName is the name of the two digits of a competent department in a
// base code. The standard's own table was not read: the names fit the codes in use.
func DepartmentName(code string) wording.Message { return named("department", code) }

func named(table, code string) wording.Message {
	m := wording.M("gbcode." + table + "." + code)
	if !wording.Has(wording.ZH, m.Key) {
		return wording.M("gbcode."+table+".other", "code", code)
	}
	return m
}

// carried takes a code that is none of the standard forms as it is, if it can
// stand in a line of a list: letters, digits and separators, not too many.
func carried(s, given string) (Item, error) {
	what := label("item")
	if n := utf8.RuneCountInString(given); n > maxItemCode {
		return Item{}, wording.M("gbcode.length_between", "label", what, "min", 1, "max", maxItemCode, "got", n)
	}
	for i, c := range []rune(s) {
		if !isDigit(c) && (c < 'A' || c > 'Z') && !strings.ContainsRune("-._/", c) {
			return Item{}, faultAt(what, i+1, c, "alnum_separator")
		}
	}
	if strings.ToUpper(given) != s { // full-width or spaces inside: nobody's own form
		given = s
	}
	m := regional.FindStringSubmatch(s)
	if m == nil {
		return Item{Code: given, Form: OtherItem, Note: wording.M("gbcode.item_form.other")}, nil
	}
	it := Item{Code: given, Form: RegionalItem, Base: m[1], Region: m[2], Body: m[4], Note: wording.M("gbcode.item_form.regional")}
	if _, err := ParseOrganisation(it.Body); err != nil && !usccFault(it.Body, what, 0).IsZero() {
		it.Warnings = append(it.Warnings, wording.M("gbcode.item.body", "label", what, "got", it.Body))
	}
	return it, nil
}
