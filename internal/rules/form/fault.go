package form

import (
	"errors"
	"math/big"
	"strconv"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"tongban/internal/rules/condition"
	"tongban/internal/rules/wording"
)

// schemaFaults lets the schema judge the values and adds a sentence for each
// field that has none yet.
func (f *Form) schemaFaults(values map[string]any, found map[string]wording.Message) {
	err := f.schema.Validate(values)
	var all *jsonschema.ValidationError
	if !errors.As(err, &all) {
		return
	}
	for _, leaf := range leaves(all, nil) {
		if len(leaf.InstanceLocation) == 0 {
			continue // unknown fields are not among values
		}
		x, ok := f.Field(leaf.InstanceLocation[0])
		if ok && found[x.Key].IsZero() {
			found[x.Key] = x.sentence(leaf.ErrorKind)
		}
	}
}

// sentence says in the reader's words what the schema found.
func (f *Field) sentence(k jsonschema.ErrorKind) wording.Message {
	label := f.Label()
	switch k := k.(type) {
	case *kind.MinLength:
		return wording.M("form.short", "label", label, "min", k.Want, "got", k.Got, "help", f.after())
	case *kind.MaxLength:
		return wording.M("form.long", "label", label, "max", k.Want, "got", k.Got)
	case *kind.Enum:
		return wording.M("form.choice", "label", label)
	case *kind.Minimum:
		return wording.M("form.min", "label", label, "min", f.amount(k.Want), "got", f.amount(k.Got))
	case *kind.Maximum:
		return wording.M("form.max", "label", label, "max", f.amount(k.Want), "got", f.amount(k.Got))
	case *kind.ExclusiveMinimum:
		return wording.M("form.above", "label", label, "min", f.amount(k.Want), "got", f.amount(k.Got))
	case *kind.ExclusiveMaximum:
		return wording.M("form.below", "label", label, "max", f.amount(k.Want), "got", f.amount(k.Got))
	case *kind.MultipleOf:
		return wording.M("form.step", "label", label, "step", f.amount(k.Want))
	case *kind.MinItems:
		return wording.M("form.pick_more", "label", label, "min", k.Want)
	case *kind.MaxItems:
		return wording.M("form.pick_fewer", "label", label, "max", k.Want)
	case *kind.UniqueItems:
		return wording.M("form.pick_twice", "label", label)
	case *kind.Format:
		return wording.M("form.date", "label", label)
	case *kind.Type:
		return f.kind()
	}
	return wording.M("form.other", "label", label, "help", f.after())
}

// amount writes a number as people do; money in yuan.
func (f *Field) amount(r *big.Rat) any {
	if f.Widget == Money {
		return wording.M("form.yuan", "amount", Yuan(new(big.Int).Quo(r.Num(), r.Denom()).Int64()))
	}
	x, _ := r.Float64()
	return strconv.FormatFloat(x, 'f', -1, 64)
}

// Yuan writes an amount in fen as yuan: 120000 → "1200", 1250 → "12.50".
func Yuan(fen int64) string { return condition.Yuan(fen) }
