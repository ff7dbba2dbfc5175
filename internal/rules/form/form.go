// Package form reads the forms of service items and judges what people fill
// in. A form is a JSON Schema (2020-12) of one flat object, with keywords of
// our own for everything a page needs: x-title-en, x-order, x-group, x-element,
// x-sensitive, x-widget, x-when, x-labels. What the schema says, the schema
// checks; what a citizen number, a credit code or a telephone number is,
// package gbcode says; every fault is one sentence in the reader's language
// that names the label of the field, what is wrong, and what to do.
package form

import (
	"github.com/santhosh-tekuri/jsonschema/v6"

	"tongban/internal/rules/condition"
	"tongban/internal/rules/day"
	"tongban/internal/rules/gbcode"
	"tongban/internal/rules/wording"
)

// Widget is the way in which a field is asked.
type Widget string

// The widgets. Their values are strings, but for Number (float64, or int64 of
// an integer field), Money (int64, fen), YesNo (bool) and a Choice of several
// ([]any of strings). A Date is a string YYYY-MM-DD.
const (
	Text     Widget = "text"
	TextArea Widget = "textarea"
	Date     Widget = "date"
	Phone    Widget = "phone"
	IDNo     Widget = "idno"
	USCC     Widget = "uscc"
	Address  Widget = "address"
	Choice   Widget = "choice"
	Number   Widget = "number"
	Money    Widget = "money"
	YesNo    Widget = "yesno"
)

// Bounds of a form and of what is filled in.
const (
	MaxSource = 1 << 20 // bytes of a form
	MaxFields = 200     // fields of a form
	MaxText   = 20_000  // characters of one value, whatever the form allows
)

// Form is a form that was found in order. It is immutable: any number of
// goroutines may use it at once.
type Form struct {
	Title, TitleEN string
	Groups         []Group
	Fields         []Field // in order of x-order, which keeps groups together

	byKey  map[string]int
	schema *jsonschema.Schema
}

// Group is a page of the form, or one question of several fields.
type Group struct {
	Key            string
	Title, TitleEN string
	Help, HelpEN   string
}

// Option is one answer of a choice.
type Option struct {
	Value          string
	Label, LabelEN string
}

// Field is one field of a form.
type Field struct {
	Key            string
	Title, TitleEN string
	Help, HelpEN   string
	Order          int
	Group          string
	Widget         Widget
	Multiple       bool   // a choice of several
	Integer        bool   // a whole number
	Element        string // data element, "" for none
	Sensitive      bool   // its value goes through the vault wherever it is stored
	Required       bool   // when it is shown
	Options        []Option
	When           string // condition under which it is shown, "" for always
	MinLength      int
	MaxLength      int      // characters; never 0 for a text
	Min, Max       *float64 // of a number; of money in fen
	Past, Future   bool     // a date not after, or not before, today

	when *condition.Program
}

// Setting is what judging a form needs to know besides the form.
type Setting struct {
	Today     day.Day
	Applicant string       // "person", "legal", "agency"
	Regions   *gbcode.Tree // nil: no region of a number is looked up
}

// Label is the field's name in the reader's language.
func (f *Field) Label() wording.Message { return bilingual(f.Title, f.TitleEN) }

// HelpText is the field's help in the reader's language; where there is no
// English, English readers see none.
func (f *Field) HelpText() wording.Message {
	return wording.M("form.both", "zh", f.Help, "en", f.HelpEN)
}

// Text is the option's label in the reader's language.
func (o Option) Text() wording.Message { return bilingual(o.Label, o.LabelEN) }

// Name is the group's title in the reader's language.
func (g Group) Name() wording.Message { return bilingual(g.Title, g.TitleEN) }

func bilingual(zh, en string) wording.Message {
	if en == "" {
		en = zh
	}
	return wording.M("form.both", "zh", zh, "en", en)
}

// Field finds a field by its key.
func (f *Form) Field(key string) (*Field, bool) {
	i, ok := f.byKey[key]
	if !ok {
		return nil, false
	}
	return &f.Fields[i], true
}

// InGroup lists the fields of a group in order.
func (f *Form) InGroup(key string) []*Field {
	var out []*Field
	for i := range f.Fields {
		if f.Fields[i].Group == key {
			out = append(out, &f.Fields[i])
		}
	}
	return out
}

// Sensitive lists the keys of the fields whose values go through the vault.
func (f *Form) Sensitive() []string {
	var out []string
	for _, x := range f.Fields {
		if x.Sensitive {
			out = append(out, x.Key)
		}
	}
	return out
}

// Elements maps each data element that the form asks for to its fields.
func (f *Form) Elements() map[string][]string {
	out := map[string][]string{}
	for _, x := range f.Fields {
		if x.Element != "" {
			out[x.Element] = append(out[x.Element], x.Key)
		}
	}
	return out
}

// Env declares the fields for the conditions of flows and materials, together
// with what belongs to every case.
func (f *Form) Env() condition.Env {
	vars := make(map[string]condition.Var, len(f.Fields))
	for i := range f.Fields {
		vars[f.Fields[i].Key] = f.Fields[i].variable()
	}
	return condition.Case(vars)
}

// variable declares the field to the language of conditions.
func (f *Field) variable() condition.Var {
	v := condition.Var{Kind: condition.Text, Title: f.Label()}
	switch f.Widget {
	case Date:
		v.Kind = condition.Date
	case Number:
		v.Kind = condition.Number
		if f.Integer {
			v.Kind = condition.Whole
		}
	case Money:
		v.Kind = condition.Money
	case YesNo:
		v.Kind = condition.YesNo
	case Choice:
		if f.Multiple {
			v.Kind = condition.List
		}
		for _, o := range f.Options {
			v.Options = append(v.Options, o.Value)
			v.Labels = append(v.Labels, condition.Label{Value: o.Value, Text: o.Text()})
		}
	}
	return v
}

// Visible tells which fields are shown for these values, hidden ones counting
// as not answered. A condition that cannot be answered for the values hides its field.
func (f *Form) Visible(values map[string]any, s Setting) map[string]bool {
	shown := make(map[string]bool, len(f.Fields))
	known := make(map[string]any, len(values))
	env := map[string]any{"form": known, "decision": nil, "applicant": map[string]any{"kind": s.Applicant}}
	for i := range f.Fields {
		x := &f.Fields[i]
		yes := x.when == nil
		if !yes {
			yes, _ = x.when.Bool(env)
		}
		if !yes {
			continue
		}
		shown[x.Key] = true
		if v, ok := values[x.Key]; ok {
			known[x.Key] = v
		}
	}
	return shown
}
