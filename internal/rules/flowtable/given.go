package flowtable

import (
	"net/url"
	"slices"
	"strings"

	"tongban/internal/rules/condition"
	"tongban/internal/rules/day"
	"tongban/internal/rules/form"
	"tongban/internal/rules/wording"
)

// envOf is what conditions of a flow may speak about, whose item asks with a form or
// with none.
func envOf(asked *form.Form) condition.Env {
	if asked == nil {
		return condition.Case(nil)
	}
	return asked.Env()
}

// WrongGiven is what is wrong with the values that a turn gives, by their names: those
// of the form as the form judges them, and of the others what is none of its choices. A
// value that was left open is not wrong.
func WrongGiven(asked *form.Form, given url.Values, today day.Day) map[string]wording.Message {
	wrong, env, typed := map[string]wording.Message{}, envOf(asked), map[string][]string{}
	for name, list := range given {
		if key, ok := strings.CutPrefix(name, "form."); ok {
			typed[key] = list
			continue
		}
		v, known := env[name]
		said := strings.TrimSpace(strings.Join(list, ""))
		switch {
		case !known:
			wrong[name] = say("given.unknown")
		case said != "" && v.Choice() && !slices.ContainsFunc(v.Labels, func(l condition.Label) bool { return l.Value == said }):
			wrong[name] = say("given.choice", "known", strings.Join(choicesOf(v), " "))
		}
	}
	if asked == nil {
		return wrong
	}
	values := asked.FromStrings(typed)
	for _, p := range asked.Validate(values, form.Setting{Today: today}).Problems {
		if _, filled := values[p.Field]; filled {
			wrong["form."+p.Field] = p.Message
		}
	}
	return wrong
}

// choicesOf are the values of a choice.
func choicesOf(v condition.Var) []string {
	list := make([]string, len(v.Labels))
	for i, l := range v.Labels {
		list[i] = l.Value
	}
	return list
}
