package condition

import (
	"encoding/json"
	"math"

	"github.com/expr-lang/expr/vm"

	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// Bool answers the condition for these values, nested as in the source:
// {"form": {"area": 60}, "decision": "granted"}. Numbers may be of any type of
// number or json.Number. A name without a value, or whose value is nil, is
// "not there". The error, a wording.Message, names a value that is not of the
// declared kind, or a calculation without a result, such as division by zero.
func (p *Program) Bool(values map[string]any) (bool, error) {
	env := make(map[string]any, len(p.refs))
	for _, r := range p.refs {
		v, err := r.find(values)
		if err != nil {
			return false, err
		}
		if r.tail == "" {
			env[r.head] = v
			continue
		}
		group, ok := env[r.head].(map[string]any)
		if !ok {
			group = map[string]any{}
			env[r.head] = group
		}
		group[r.tail] = v
	}
	machine := vm.VM{MemoryBudget: maxMemory}
	out, err := machine.Run(p.code, env)
	if err != nil {
		return false, wording.M("condition.run", "source", p.source)
	}
	yes, _ := out.(bool) // no answer is "not yes"
	return yes, nil
}

// find looks the value up and brings it to the kind that was declared.
func (r ref) find(values map[string]any) (any, error) {
	v := values[r.head]
	if r.tail != "" {
		group, ok := v.(map[string]any)
		if !ok {
			return nil, nil
		}
		v = group[r.tail]
	}
	if v == nil {
		return nil, nil
	}
	out, ok := r.v.Kind.convert(v)
	if !ok {
		return nil, wording.M("condition.value", "name", r.path)
	}
	return out, nil
}

// convert brings a value to the one Go type that stands for the kind: string,
// float64, int, bool, []any of strings.
func (k Kind) convert(v any) (any, bool) {
	switch k {
	case Text, Date:
		return text(v)
	case Number:
		return number(v)
	case Whole, Money:
		f, ok := number(v)
		if !ok || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
			return nil, false
		}
		return int(f), true
	case YesNo:
		b, ok := v.(bool)
		return b, ok
	case List:
		return list(v)
	}
	if f, ok := number(v); ok {
		return f, true
	}
	if s, ok := text(v); ok {
		return s, true
	}
	if b, ok := v.(bool); ok {
		return b, true
	}
	return list(v)
}

func text(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case day.Day:
		return v.String(), true
	}
	return "", false
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, !math.IsNaN(v) && !math.IsInf(v, 0)
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	case int32:
		return float64(v), true
	case json.Number:
		f, err := v.Float64()
		return f, err == nil
	}
	return 0, false
}

func list(v any) (any, bool) {
	switch v := v.(type) {
	case []string:
		out := make([]any, len(v))
		for i, s := range v {
			out[i] = s
		}
		return out, true
	case []any:
		for _, e := range v {
			if _, ok := e.(string); !ok {
				return nil, false
			}
		}
		return v, true
	}
	return nil, false
}
