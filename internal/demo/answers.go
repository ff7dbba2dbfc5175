package demo

import (
	"fmt"

	"tongban/internal/rules/day"
	"tongban/internal/rules/form"
)

// fill writes the applicant's answers, all that the form could ask for; what it
// does not show it drops.
func (g *planner) fill() error {
	g.values = map[string]any{}
	for i := range g.item.Form.Fields {
		f := &g.item.Form.Fields[i]
		v, err := g.answer(f)
		if err != nil {
			return fmt.Errorf("%s: %w", g.script.Slug, err)
		}
		if v != nil {
			g.values[f.Key] = v
		}
	}
	return nil
}

// answer is what is written in one field.
func (g *planner) answer(f *form.Field) (any, error) {
	if x, ok := g.script.Answers[f.Key]; ok {
		return g.scripted(f, x), nil
	}
	if f.Element != "" {
		if v := g.element(f.Element); v != "" {
			return v, nil
		}
		return nil, nil
	}
	switch f.Widget {
	case form.Choice:
		return f.Options[g.IntN(len(f.Options))].Value, nil
	case form.YesNo:
		return g.chance(30), nil
	}
	return nil, fmt.Errorf("year.yaml has no answer for %s", f.Key)
}

func (g *planner) scripted(f *form.Field, x answer) any {
	switch {
	case len(x.OneOf) > 0 && f.Widget == form.YesNo:
		return g.one(x.OneOf) == "true"
	case len(x.OneOf) > 0:
		return g.one(x.OneOf)
	case len(x.Days) > 0:
		return (g.opened.Day() + day.Day(g.within(x.Days))).String()
	case x.Resident != "":
		return g.about(x.Resident)
	}
	step := max(x.Step, 1)
	return x.From + step*g.IntN((x.To-x.From)/step+1)
}

// about is something of a resident who is not the applicant.
func (g *planner) about(what string) string {
	r := g.cast.people[g.one(g.cast.online)]
	switch what {
	case "phone":
		return r.Phone
	case "idno":
		return r.IDNo
	}
	return r.Name
}

// element is what the applicant, or who acts for them, writes for a data element.
func (g *planner) element(key string) string {
	r, f, a := g.cast.people[g.filer], g.cast.firms[g.applicant], g.cast.bodies[g.applicant]
	if x, ok := r.Data[key]; ok {
		return x[0]
	}
	if x, ok := f.Data[key]; ok {
		return x[0]
	}
	switch key {
	case "person.name":
		return r.Name
	case "person.phone":
		if r.Phone == "" {
			return g.about("phone") // of a neighbour
		}
		return r.Phone
	case "person.bank_account":
		return "9901240000000099"
	case "premises.address", "person.address":
		return r.Address
	case "agency.name":
		return a.Name
	case "agency.uscc":
		return a.USCC
	}
	return ""
}
