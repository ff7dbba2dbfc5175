package casepage

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"tongban/internal/rules/form"
	"tongban/internal/web/ui"
)

// Section is a page of an item's form as staff fill it in: all of it at once.
type Section struct {
	Title, Help ui.Text
	Known       []ui.SummaryRow // what is known and never asked, with its source
	Fields      []ui.Field
	// Later are asked only after an answer that is not there yet.
	Later []ui.Field
	Open  bool // Later is shown: something in it is wrong
}

var kinds = map[form.Widget]ui.FieldKind{
	form.Text: ui.FieldText, form.TextArea: ui.FieldArea, form.Date: ui.FieldDay, form.Phone: ui.FieldPhone, form.IDNo: ui.FieldIDNo, form.USCC: ui.FieldUSCC,
	form.Address: ui.FieldText, form.Choice: ui.FieldSelect, form.Number: ui.FieldNumber, form.Money: ui.FieldMoney, form.YesNo: ui.FieldYesNo,
}

// Sections lays out a form with what is known and what was filled in so far.
// Without script nothing appears while somebody types, so fields that depend on
// an answer which is not there yet stand folded away below the others; those
// that cannot concern this sort of applicant are left out.
func Sections(f *form.Form, values map[string]any, pre form.Prefilled, on form.Setting) []Section {
	visible := f.Visible(values, on)
	groups := f.Groups
	if len(groups) == 0 {
		groups = []form.Group{{}}
	}
	var list []Section
	for _, g := range groups {
		s := Section{Title: g.Name()}
		if g.Help != "" {
			s.Help = ui.Plain(g.Help)
		}
		for _, x := range f.InGroup(g.Key) {
			if !visible[x.Key] && Settled(x.When) {
				continue
			}
			if k, locked := pre.Locked[x.Key]; locked {
				s.Known = append(s.Known, ui.SummaryRow{Key: x.Label(), Value: ui.Plain(answer(x, k.Value)), Source: k.Source})
				continue
			}
			field := Input(x, values[x.Key])
			if k, offered := pre.Offered[x.Key]; offered {
				field.Source = k.Source
				if values[x.Key] == nil {
					field.Value = typed(x, k.Value)
				}
			}
			if visible[x.Key] {
				s.Fields = append(s.Fields, field)
			} else {
				s.Later = append(s.Later, field)
			}
		}
		if len(s.Fields)+len(s.Later)+len(s.Known) > 0 {
			list = append(list, s)
		}
	}
	return list
}

// Settled tells whether a condition is about who applies only: no answer changes it.
func Settled(when string) bool {
	return strings.Contains(when, "applicant.") && !strings.Contains(when, "form.")
}

// Input is a field of an item's form as an input for staff.
func Input(x *form.Field, v any) ui.Field {
	f := ui.Field{Kind: kinds[x.Widget], Name: x.Key, Label: x.Label(), Value: typed(x, v), Optional: !x.Required || x.When != ""}
	if x.Help != "" {
		f.Hint = x.HelpText()
	}
	switch x.Widget {
	case form.Money:
		f.Unit = ui.M("office.unit.yuan")
	case form.TextArea:
		f.Rows = 3
	case form.Choice:
		if x.Multiple {
			f.Kind, f.Inline = ui.FieldChecks, true
			list, _ := v.([]any)
			for _, one := range list {
				f.Values = append(f.Values, fmt.Sprint(one))
			}
		} else {
			f.Options = append(f.Options, ui.Option{Label: ui.M("office.choose")})
		}
		for _, o := range x.Options {
			f.Options = append(f.Options, ui.Option{Value: o.Value, Label: o.Text()})
		}
	}
	return f
}

// typed is a value as somebody would type it.
func typed(x *form.Field, v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		if v {
			return "yes"
		}
		return "no"
	case float64:
		if x.Widget == form.Money {
			return form.Yuan(int64(v))
		}
		return strconv.FormatFloat(v, 'f', -1, 64)
	case int64:
		if x.Widget == form.Money {
			return form.Yuan(v)
		}
		return strconv.FormatInt(v, 10)
	case []any:
		return ""
	default:
		return fmt.Sprint(v)
	}
}

// Posted are the values of a form's fields among what was posted; what belongs
// to the page itself is left out, and what only does not want.
func Posted(f *form.Form, posted url.Values, only func(key string) bool) map[string]any {
	mine := map[string][]string{}
	for i := range f.Fields {
		key := f.Fields[i].Key
		if list, ok := posted[key]; ok && (only == nil || only(key)) {
			mine[key] = list
		}
	}
	return f.FromStrings(mine)
}
