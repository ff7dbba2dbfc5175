package form

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"unicode"
	"unicode/utf8"

	"tongban/internal/rules/day"
	"tongban/internal/rules/gbcode"
	"tongban/internal/rules/wording"
)

// FieldProblem is one sentence about one field.
type FieldProblem struct {
	Field   string
	Message wording.Message
}

// Outcome is what Validate found.
type Outcome struct {
	Values   map[string]any // tidied, without hidden fields; what is stored when there are no problems
	Problems []FieldProblem // at most one a field, in the order of the form, unknown fields last
	Warnings []FieldProblem // for a second look; they refuse nothing
}

// OK tells whether the values may be taken.
func (o Outcome) OK() bool { return len(o.Problems) == 0 }

// Validate judges values as FromStrings or a JSON decoder make them. Fields
// that are not shown are dropped and not required; fields that the form does
// not have are refused. values itself is not changed.
func (f *Form) Validate(values map[string]any, s Setting) Outcome {
	o := Outcome{Values: make(map[string]any, len(f.Fields))}
	found := map[string]wording.Message{}
	tidied := make(map[string]any, len(values))
	for i := range f.Fields {
		x := &f.Fields[i]
		v, ok := values[x.Key]
		if !ok || blank(v) {
			continue
		}
		if v, m := x.plain(v); m.IsZero() {
			tidied[x.Key] = v
		} else {
			found[x.Key] = m
		}
	}
	shown := f.Visible(tidied, s)
	for i := range f.Fields {
		x := &f.Fields[i]
		v, ok := tidied[x.Key]
		switch {
		case !shown[x.Key]:
			delete(found, x.Key)
		case ok:
			o.Values[x.Key] = v
			problem, warnings := x.judge(v, s)
			if !problem.IsZero() {
				found[x.Key] = problem
			}
			for _, w := range warnings {
				o.Warnings = append(o.Warnings, FieldProblem{x.Key, w})
			}
		case x.Required && found[x.Key].IsZero():
			found[x.Key] = x.missing()
		}
	}
	f.schemaFaults(o.Values, found)
	for i := range f.Fields {
		if m, ok := found[f.Fields[i].Key]; ok {
			o.Problems = append(o.Problems, FieldProblem{f.Fields[i].Key, m})
		}
	}
	o.Problems = append(o.Problems, f.unknown(values)...)
	return o
}

// unknown lists the fields that the form does not have, the first twenty.
func (f *Form) unknown(values map[string]any) []FieldProblem {
	var out []FieldProblem
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if _, ok := f.byKey[key]; !ok && len(out) < 20 {
			out = append(out, FieldProblem{clip(key), wording.M("form.unknown", "field", clip(key))})
		}
	}
	return out
}

func blank(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case []string:
		return len(v) == 0
	}
	return false
}

// missing says that the field is still to be filled in.
func (f *Field) missing() wording.Message {
	if f.Widget == Choice || f.Widget == YesNo {
		return wording.M("form.pick", "label", f.Label(), "help", f.after())
	}
	return wording.M("form.fill", "label", f.Label(), "help", f.after())
}

// after is the help as it follows a sentence; English takes a space before it.
func (f *Field) after() wording.Message {
	en := f.HelpEN
	if en != "" {
		en = " " + en
	}
	return wording.M("form.both", "zh", f.Help, "en", en)
}

// plain brings a value to the one Go type and notation of its field, or says
// that it is of another kind.
func (f *Field) plain(v any) (any, wording.Message) {
	switch f.Widget {
	case Number, Money:
		n, ok := number(v)
		if !ok {
			return nil, f.kind()
		}
		if f.Integer && n == math.Trunc(n) && math.Abs(n) <= 1<<53 {
			return int64(n), wording.Message{}
		}
		return n, wording.Message{}
	case YesNo:
		b, ok := v.(bool)
		if !ok {
			return nil, f.missing()
		}
		return b, wording.Message{}
	}
	if f.Multiple {
		return f.several(v)
	}
	s, ok := v.(string)
	if !ok {
		return nil, f.kind()
	}
	s = f.tidy(s)
	switch n := utf8.RuneCountInString(s); {
	case n == 0:
		return nil, f.missing()
	case n > MaxText || f.MaxLength > 0 && n > f.MaxLength && f.Widget != IDNo && f.Widget != USCC && f.Widget != Date && f.Widget != Phone:
		return nil, wording.M("form.long", "label", f.Label(), "max", min(f.MaxLength, MaxText), "got", n)
	case !printable(s, f.Widget == TextArea):
		return nil, wording.M("form.control", "label", f.Label())
	}
	return s, wording.Message{}
}

func (f *Field) several(v any) (any, wording.Message) {
	var out []any
	switch v := v.(type) {
	case []string:
		for _, s := range v {
			out = append(out, s)
		}
	case []any:
		out = v
	default:
		return nil, f.missing()
	}
	if len(out) > len(f.Options) {
		return nil, wording.M("form.choice", "label", f.Label())
	}
	for _, e := range out {
		if _, ok := e.(string); !ok {
			return nil, wording.M("form.choice", "label", f.Label())
		}
	}
	return slices.Clone(out), wording.Message{}
}

// kind says that a value is not of the field's kind.
func (f *Field) kind() wording.Message {
	switch {
	case f.Widget == Money:
		return wording.M("form.money", "label", f.Label())
	case f.Integer:
		return wording.M("form.whole", "label", f.Label())
	case f.Widget == Number:
		return wording.M("form.number", "label", f.Label())
	}
	return f.missing()
}

func number(v any) (float64, bool) {
	var x float64
	switch v := v.(type) {
	case float64:
		x = v
	case int:
		x = float64(v)
	case int64:
		x = float64(v)
	case json.Number:
		f, err := v.Float64()
		if err != nil {
			return 0, false
		}
		x = f
	default:
		return 0, false
	}
	return x, math.Abs(x) <= 1e15 // false for NaN too
}

// printable tells whether a text has nothing in it that cannot be seen on a
// page or printed: control characters, halves of characters, marks that turn
// the direction of writing.
func printable(s string, lines bool) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		switch {
		case lines && (r == '\n' || r == '\t'):
		case unicode.IsControl(r), r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
			return false
		}
	}
	return true
}

// judge checks what the schema cannot know.
func (f *Field) judge(v any, s Setting) (wording.Message, []wording.Message) {
	text, _ := v.(string)
	var err error
	var warnings []wording.Message
	switch f.Widget {
	case IDNo:
		var c gbcode.Citizen
		c, err = gbcode.ParseCitizen(text, s.Today, s.Regions)
		warnings = c.Warnings
	case USCC:
		var u gbcode.USCC
		u, err = gbcode.ParseUSCC(text, s.Regions)
		warnings = u.Warnings
	case Phone:
		_, err = gbcode.ParsePhone(text)
	case Date:
		return f.judgeDay(text, s.Today), nil
	}
	for i, w := range warnings {
		warnings[i] = gbcode.Labelled(w, f.Label())
	}
	if m, ok := err.(wording.Message); ok {
		return gbcode.Labelled(m, f.Label()), nil
	}
	return wording.Message{}, warnings
}

func (f *Field) judgeDay(text string, today day.Day) wording.Message {
	d, err := day.Parse(text)
	switch {
	case err != nil:
		return wording.M("form.date", "label", f.Label())
	case f.Past && d > today:
		return wording.M("form.past", "label", f.Label(), "today", today)
	case f.Future && d < today:
		return wording.M("form.future", "label", f.Label(), "today", today)
	}
	return wording.Message{}
}
