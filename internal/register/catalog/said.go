package catalog

import (
	"slices"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
	"tongban/internal/rules/demand"
	"tongban/internal/rules/wording"
)

// Said are words that an official writes to an applicant, with the name of the field
// in which they were typed.
type Said struct{ Field, Words string }

// MaySay refuses words to an applicant of this item that ask for money or for a
// service of an intermediary which the lists of a day do not let the item ask for
// (优化营商环境条例 25, 43): each field with the words that were found, the list, and
// what to do. All free text that reaches an applicant goes through here or through
// MaySayOf.
func (v *Version) MaySay(tx *store.Tx, on day.Day, said ...Said) error {
	if silent(said) {
		return nil
	}
	fees, materials, err := v.onLists(tx, on, func(*act.Error) {})
	if err != nil {
		return err
	}
	l := demand.Lists{Own: []string{v.Result.Name}}
	for _, e := range fees {
		l.Fees = append(l.Fees, e.Name)
	}
	for _, m := range materials {
		if m.Served != nil {
			l.Tied = append(l.Tied, m.Served.Name, m.Name)
		} else {
			l.Own = append(l.Own, m.Name)
		}
		l.Guide = append(l.Guide, m.How, m.Why)
	}
	for _, p := range v.Special {
		l.Own = append(l.Own, p.Name)
	}
	return MaySayOf(tx, on, l, said...)
}

// MaySayOf is MaySay where no item stands behind the words: l says what they may ask
// for; the services on the list are read here.
func MaySayOf(tx *store.Tx, on day.Day, l demand.Lists, said ...Said) (err error) {
	if silent(said) {
		return nil
	}
	if slices.ContainsFunc(said, func(x Said) bool { return demand.Asks(x.Words) }) {
		if l.Services, err = lists.ServiceNames(tx, on); err != nil {
			return err
		}
	}
	var wrong []act.Field
	for _, x := range said {
		if msg := refusal(demand.In(x.Words, l), l.Fees); !msg.IsZero() {
			wrong = append(wrong, act.Field{Name: x.Field, Msg: msg})
		}
	}
	return act.WrongFields("catalog.said.wrong", wrong)
}

// refusal names what was found and what to do; zero where nothing was.
func refusal(found []demand.Found, fees []string) (msg wording.Message) {
	words := map[demand.Kind][]string{}
	for _, f := range found {
		words[f.Kind] = append(words[f.Kind], "“"+f.Words+"”")
	}
	payment, service := strings.Join(words[demand.Payment], "、"), strings.Join(words[demand.Service], "、")
	if service != "" {
		msg = wording.M("catalog.said.service", "words", service)
	}
	if payment == "" {
		return msg
	}
	money := wording.M("catalog.said.payment", "words", payment)
	if len(fees) > 0 {
		money = wording.M("catalog.said.other", "words", payment, "fees", strings.Join(fees, "、"))
	}
	if msg.IsZero() {
		return money
	}
	return wording.M("catalog.said.both", "money", money, "service", msg)
}

// silent tells whether nothing was said.
func silent(said []Said) bool {
	for _, s := range said {
		if strings.TrimSpace(s.Words) != "" {
			return false
		}
	}
	return true
}
