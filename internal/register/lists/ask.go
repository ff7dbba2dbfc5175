package lists

import (
	"slices"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/gbcode"
)

// The articles behind the questions: no fee off its list (25), no intermediary
// service off its list as a condition of an approval (43).
const (
	articleFees         = "优化营商环境条例第二十五条"
	articleIntermediary = "优化营商环境条例第四十三条"
)

// intermediaryList is the kind of the list of intermediary services.
const intermediaryList = "intermediary"

// Charge is a fee that somebody is about to ask for.
type Charge struct {
	Code   string // of the fee on its list; "" finds it by name
	Name   string // as it stands on the list; for the sentence where it is not there
	Agency string // who asks for it; "" does not look at that
	Fen    int64  // how much; 0 does not look at that
}

// Charged tells whether a fee may be asked for on a day: it is on one of the
// lists of fees (行政事业性收费, 政府性基金, 涉企收费, 政府定价), in the hands of this
// agency, and not above what the list allows. The refusal names the article and
// asks to be recorded. Ask it in the transaction that charges.
func (r *Register) Charged(tx *store.Tx, c Charge, d day.Day) (Entry, error) {
	var other *Entry
	for _, k := range kinds() {
		if k.Group != "fee" {
			continue
		}
		found, err := named(tx, k, c.Code, c.Name, d)
		if err != nil {
			return Entry{}, err
		}
		for _, e := range found {
			if c.Agency != "" && e.Agency != c.Agency {
				other = &e
				continue
			}
			if most, limited := e.Content.Columns["most"].(int64); limited && c.Fen > most {
				return e, act.Refuse("lists.fee.over", "name", e.Name, "got", yuan(c.Fen), "max", yuan(most)).By(articleFees).Then("lists.fee.over.next").Recorded()
			}
			return e, nil
		}
	}
	if other != nil {
		whose, err := r.people.AgencyName(tx, other.Agency, d)
		if err != nil {
			return Entry{}, err
		}
		return Entry{}, act.Refuse("lists.fee.agency", "name", other.Name, "agency", whose).By(articleFees).Then("lists.fee.off.next").Recorded()
	}
	return Entry{}, gone(tx, "fee", c.Code, c.Name, d, articleFees)
}

// FeeFor tells whether an item may charge a fee on a day: the fee, named by its
// code or its name, is on one of the lists of fees, for this item where the list
// ties it to one, and in the hands of one of the agencies that handle the item.
// The refusal names the article and asks to be recorded.
func FeeFor(tx *store.Tx, item, fee string, agencies []string, d day.Day) (Entry, error) {
	var other *Entry
	for _, k := range kinds() {
		if k.Group != "fee" {
			continue
		}
		byCode, err := named(tx, k, fee, "", d)
		if err != nil {
			return Entry{}, err
		}
		byName, err := named(tx, k, "", fee, d)
		if err != nil {
			return Entry{}, err
		}
		for _, e := range append(byCode, byName...) {
			tied := e.Content.Columns.Text("item")
			if (tied == "" || covers(tied, item)) && slices.Contains(agencies, e.Agency) {
				return e, nil
			}
			other = &e
		}
	}
	if other != nil {
		return Entry{}, act.Refuse("lists.fee.item", "name", other.Name).By(articleFees).Then("lists.fee.off.next").Recorded()
	}
	return Entry{}, gone(tx, "fee", fee, fee, d, articleFees)
}

// Intermediary tells whether an item may ask for an intermediary service on a
// day: the service is on its list, for this item. service is its code or its
// name. The refusal names the article and asks to be recorded.
func Intermediary(tx *store.Tx, item, service string, d day.Day) (Entry, error) {
	k, err := KindOf(intermediaryList)
	if err != nil {
		return Entry{}, err
	}
	byCode, err := named(tx, k, service, "", d)
	if err != nil {
		return Entry{}, err
	}
	byName, err := named(tx, k, "", service, d)
	if err != nil {
		return Entry{}, err
	}
	for _, e := range append(byCode, byName...) {
		if covers(e.Content.Columns.Text("item"), item) {
			return e, nil
		}
	}
	if len(byCode)+len(byName) > 0 {
		return Entry{}, act.Refuse("lists.intermediary.item", "name", service).By(articleIntermediary).Then("lists.intermediary.off.next").Recorded()
	}
	return Entry{}, gone(tx, "intermediary", service, service, d, articleIntermediary)
}

// IntermediariesOf lists the intermediary services that an item may ask for on a
// day. What the item's guide names beside them is off the list.
func IntermediariesOf(tx *store.Tx, item string, d day.Day) ([]Entry, error) {
	return tied(tx, intermediaryList, item, d)
}

// ServiceNames lists the names of all intermediary services on their list on a day.
func ServiceNames(tx *store.Tx, d day.Day) (names []string, err error) {
	q := Query{List: intermediaryList, At: Stand{Day: d}, Limit: MaxPage, Bare: true}
	for {
		page, err := Page(tx, q)
		if err != nil {
			return nil, err
		}
		for _, e := range page {
			names = append(names, e.Name)
		}
		if len(page) < MaxPage {
			return names, nil
		}
		q.After = page[len(page)-1].Code
	}
}

// FeesOf lists the fees of all lists of fees that an item may ask for on a day.
func FeesOf(tx *store.Tx, item string, d day.Day) ([]Entry, error) {
	var all []Entry
	for _, k := range kinds() {
		if k.Group != "fee" {
			continue
		}
		list, err := tied(tx, k.Key, item, d)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return all, nil
}

// tied goes through a short list for the entries that name an item.
func tied(tx *store.Tx, list, item string, d day.Day) (out []Entry, err error) {
	q := Query{List: list, At: Stand{Day: d}, Limit: MaxPage}
	for {
		page, err := Page(tx, q)
		if err != nil {
			return nil, err
		}
		for _, e := range page {
			if covers(e.Content.Columns.Text("item"), item) {
				out = append(out, e)
			}
		}
		if len(page) < MaxPage {
			return out, nil
		}
		q.After = page[len(page)-1].Code
	}
}

// named finds entries by their code, else by their name as a whole.
func named(tx *store.Tx, k *Kind, code, name string, d day.Day) ([]Entry, error) {
	q := Query{List: k.Key, At: Stand{Day: d}}
	if code == "" {
		q.Text = name // by the index of words
	}
	f, err := q.filter(tx, everything)
	if err != nil {
		return nil, err
	}
	switch {
	case code != "":
		f.and(`v.code = %s`, code)
	case nameKey(name) != "":
		f.and(`v.name_key = %s`, nameKey(name))
	default:
		return nil, nil
	}
	return store.All(tx, scan(k, false), q.columns()+f.text()+` order by v.code limit 20`, f.args...)
}

// gone refuses what is not on its list, and says since when it is not.
func gone(tx *store.Tx, group, code, name string, d day.Day, article string) error {
	var was string
	var since day.Day
	for _, k := range kinds() {
		if k.Group != group {
			continue
		}
		found, err := tx.Get([]any{&was, &since}, `select name, from_day from list_version where home = $1 and list = $2 and ended and from_day <= $3
			and (code = $4 or name_key = $5 and $5 <> '') order by from_day desc limit 1`, tx.Home(), k.Key, d, code, nameKey(name))
		if err != nil {
			return err
		}
		if found {
			return act.Refuse("lists."+group+".ended", "name", was, "day", since).By(article).Then("lists." + group + ".off.next").Recorded()
		}
	}
	if name == "" {
		name = code
	}
	return act.Refuse("lists."+group+".off", "name", name).By(article).Then("lists." + group + ".off.next").Recorded()
}

// covers tells whether what a list says of an item is about this one: the same
// code, its implementation code, or its base code.
func covers(listed, asked string) bool {
	if listed == "" || asked == "" {
		return false
	}
	if listed == asked {
		return true
	}
	it, err := gbcode.ParseItem(asked, nil)
	if err != nil {
		return false
	}
	return listed == it.Code || listed == it.Base && it.Base != "" || it.Form == gbcode.BusinessItem && strings.HasPrefix(it.Code, listed) && len(listed) == 31
}
