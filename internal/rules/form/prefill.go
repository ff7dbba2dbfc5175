package form

import (
	"maps"

	"tongban/internal/rules/wording"
)

// Grade is how far a value can be trusted.
type Grade string

// The grades: A issued by an agency, B checked at a window against the
// original, C uploaded by the person, D declared by the person.
const (
	GradeA Grade = "A"
	GradeB Grade = "B"
	GradeC Grade = "C"
	GradeD Grade = "D"
)

// Settled tells whether a value of this grade is filled in and never asked.
func (g Grade) Settled() bool { return g == GradeA || g == GradeB }

// Known is a value of a data element with where it comes from.
type Known struct {
	Value  any
	Source wording.Message // "营业执照，市场监督管理局 2026-03-02", shown beside the field
	Grade  Grade
}

// Prefilled is what is known about the fields of a form.
type Prefilled struct {
	Locked  map[string]Known // by field: filled in, shown with its source, not asked
	Offered map[string]Known // by field: filled in as a proposal, the person decides
}

// Prefill lays what is known, by data element, into the fields bound to it. A
// value that the field itself would refuse is never locked, since nobody could
// put it right: it is offered if it is at least of the field's kind, else left out.
func (f *Form) Prefill(known map[string]Known, s Setting) Prefilled {
	p := Prefilled{Locked: map[string]Known{}, Offered: map[string]Known{}}
	for i := range f.Fields {
		x := &f.Fields[i]
		k, ok := known[x.Element]
		if !ok || x.Element == "" || blank(k.Value) {
			continue
		}
		v, m := x.plain(k.Value)
		if !m.IsZero() {
			continue
		}
		k.Value = v
		if k.Grade.Settled() && f.fits(x, v, s) {
			p.Locked[x.Key] = k
		} else {
			p.Offered[x.Key] = k
		}
	}
	return p
}

// fits tells whether a field takes the value.
func (f *Form) fits(x *Field, v any, s Setting) bool {
	if m, _ := x.judge(v, s); !m.IsZero() {
		return false
	}
	return f.schema.Validate(map[string]any{x.Key: v}) == nil
}

// Apply returns values with every locked field set to what is known, whatever
// was sent for it.
func (p Prefilled) Apply(values map[string]any) map[string]any {
	out := maps.Clone(values)
	if out == nil {
		out = map[string]any{}
	}
	for key, k := range p.Locked {
		out[key] = k.Value
	}
	return out
}

// Start returns the values with which a new draft begins: locked and offered.
func (p Prefilled) Start() map[string]any {
	out := map[string]any{}
	for key, k := range p.Offered {
		out[key] = k.Value
	}
	return p.Apply(out)
}

// Asked lists the fields that are shown for these values and not locked: what
// the person is asked.
func (f *Form) Asked(values map[string]any, p Prefilled, s Setting) []*Field {
	shown := f.Visible(values, s)
	var out []*Field
	for i := range f.Fields {
		x := &f.Fields[i]
		if _, locked := p.Locked[x.Key]; shown[x.Key] && !locked {
			out = append(out, x)
		}
	}
	return out
}
