package manage

import (
	"maps"
	"net/url"
	"strings"

	"tongban/internal/rules/condition"
	"tongban/internal/rules/day"
	"tongban/internal/rules/flowtable"
	"tongban/internal/rules/form"
	"tongban/internal/web/casepage"
	"tongban/internal/web/ui"
)

// Asked is the condition at which a trial stands, with the fields that it speaks
// about: the reader fills them in, and the condition answers itself.
type Asked struct {
	Said   ui.Text
	Fields []ui.Field
}

// givenPrefix marks the values of conditions among what an address holds.
const givenPrefix = "g."

func (s *Sheet) asked(t flowtable.Trial) Asked {
	a := Asked{Said: s.env.Phrase(t.Ask.Condition)}
	for _, name := range t.Ask.Names {
		a.Fields = append(a.Fields, s.valueField(name))
	}
	return a
}

// valueField asks for the value of a name as the item's form does.
func (s *Sheet) valueField(name string) ui.Field {
	if key, ok := strings.CutPrefix(name, "form."); ok && s.v.Form != nil {
		if x, known := s.v.Form.Field(key); known {
			f := casepage.Input(x, nil)
			f.Name, f.Optional = givenPrefix+name, true
			if x.Widget == form.Date {
				f.Kind = ui.FieldDay
			}
			return f
		}
	}
	f := ui.Field{Kind: ui.FieldText, Name: givenPrefix + name, Label: s.env.Title(name), Optional: true}
	if v := s.env[name]; v.Choice() {
		f.Kind, f.Optional, f.Options = ui.FieldRadios, false, labelled(v)
	}
	return f
}

// labelled are the values of a choice as options.
func labelled(v condition.Var) []ui.Option {
	list := make([]ui.Option, len(v.Labels))
	for i, l := range v.Labels {
		list[i] = ui.Option{Value: l.Value, Label: l.Text}
	}
	return list
}

// given reads what was filled in, and what is wrong with it by field. there tells
// whether anything was sent at all.
func (s *Sheet) given(q url.Values, names []string, today day.Day) (given url.Values, wrong map[string]ui.Text, there bool) {
	given, wrong = url.Values{}, map[string]ui.Text{}
	if there = q.Get("give") != ""; !there {
		return given, wrong, false
	}
	for _, name := range names {
		list := q[givenPrefix+name]
		if len(list) == 0 {
			list = []string{""}
		}
		given[name] = list
		if list[0] == "" && !strings.HasPrefix(name, "form.") {
			wrong[givenPrefix+name] = ui.M("manage.try.choose", "name", s.env.Title(name))
		}
	}
	for name, m := range flowtable.WrongGiven(s.v.Form, given, today) {
		wrong[givenPrefix+name] = m
	}
	return given, wrong, true
}

// answered are the turns with values added to the last of them.
func answered(turns []flowtable.Turn, given url.Values) []string {
	var list []string
	for i, t := range turns {
		if i == len(turns)-1 {
			all := maps.Clone(t.Given)
			if all == nil {
				all = url.Values{}
			}
			maps.Copy(all, given)
			t.Given = all
		}
		list = append(list, t.String())
	}
	return list
}
