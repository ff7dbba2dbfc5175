package portal

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"tongban/internal/rules/form"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
)

// kinds are the fields of pages for the widgets of forms.
var kinds = map[form.Widget]ui.FieldKind{
	form.Text: ui.FieldText, form.TextArea: ui.FieldArea, form.Date: ui.FieldDate, form.Phone: ui.FieldPhone, form.IDNo: ui.FieldIDNo,
	form.USCC: ui.FieldUSCC, form.Address: ui.FieldText, form.Choice: ui.FieldRadios, form.Number: ui.FieldNumber, form.Money: ui.FieldMoney,
	form.YesNo: ui.FieldYesNo,
}

// completions are the browser's own names of what it may fill in.
var completions = map[string]string{
	"person.name": "name", "person.phone": "tel", "person.address": "street-address", "person.birth": "bday", "enterprise.name": "organization",
	"enterprise.phone": "tel", "enterprise.address": "street-address", "premises.address": "street-address", "agency.name": "organization",
}

// manyOptions is the number of answers from which a list is easier than radios.
const manyOptions = 12

// fieldOf is the field of a page for a field of a form, with the answer so far.
func fieldOf(x *form.Field, value any) ui.Field {
	f := ui.Field{Kind: kinds[x.Widget], Name: x.Key, Label: x.Label(), Optional: !x.Required, Autocomplete: completions[x.Element]}
	if h := x.HelpText(); x.Help != "" {
		f.Hint = h
	}
	if x.Widget == form.Money {
		f.Unit = ui.M("portal.yuan")
	}
	for _, o := range x.Options {
		f.Options = append(f.Options, ui.Option{Value: o.Value, Label: o.Text()})
	}
	switch {
	case x.Multiple:
		f.Kind = ui.FieldChecks
	case x.Widget == form.Choice && len(x.Options) > manyOptions:
		f.Kind = ui.FieldSelect
		f.Options = append([]ui.Option{{Label: ui.M("portal.choose")}}, f.Options...)
	}
	f.Value, f.Values = written(x, value)
	return f
}

// written is a value as its input holds it.
func written(x *form.Field, v any) (string, []string) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case bool:
		if v {
			return "yes", nil
		}
		return "no", nil
	case []any:
		var list []string
		for _, one := range v {
			list = append(list, fmt.Sprint(one))
		}
		return "", list
	case float64:
		if x.Widget == form.Money {
			return form.Yuan(int64(v)), nil
		}
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	case int64:
		if x.Widget == form.Money {
			return form.Yuan(v), nil
		}
	}
	return fmt.Sprint(v), nil
}

// answersOf reads what was posted for these fields. An answer that was taken
// out is an empty text, so that it does not stay as it was.
func answersOf(f *form.Form, fields []*form.Field, posted url.Values) map[string]any {
	taken := map[string][]string{}
	for _, x := range fields {
		if x.Widget == form.Date {
			for from, to := range map[string]string{"_y": ".year", "_m": ".month", "_d": ".day"} {
				taken[x.Key+to] = posted[x.Key+from]
			}
			continue
		}
		taken[x.Key] = posted[x.Key]
	}
	values := f.FromStrings(taken)
	for _, x := range fields {
		if _, ok := values[x.Key]; !ok {
			values[x.Key] = ""
		}
	}
	return values
}

// shown is an answer for a check page; what identifies somebody is masked.
func shown(x *form.Field, v any, mask bool) string {
	s := casework.Display(x, v)
	if !mask || !x.Sensitive {
		return s
	}
	switch x.Widget {
	case form.IDNo:
		return ui.MaskID(s)
	case form.Phone:
		return ui.MaskPhone(s)
	}
	return s
}

// wrongIn are the messages of an outcome for some fields, by name.
func wrongIn(o form.Outcome, fields []*form.Field) map[string]ui.Text {
	asked := map[string]bool{}
	for _, x := range fields {
		asked[x.Key] = true
	}
	wrong := map[string]ui.Text{}
	for _, p := range o.Problems {
		if asked[p.Field] {
			wrong[p.Field] = p.Message
		}
	}
	return wrong
}

// fileRule says what may be uploaded.
func fileRule(formats []string, mb int, why, basis string) *ui.FileRule {
	rule := &ui.FileRule{Formats: formats, MaxMB: mb}
	if why != "" {
		rule.Why = ui.Plain(strings.TrimSuffix(why, "。") + inBrackets(basis))
	}
	return rule
}

func inBrackets(basis string) string {
	if basis == "" {
		return ""
	}
	return "（" + basis + "）"
}
