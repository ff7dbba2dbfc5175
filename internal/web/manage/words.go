package manage

import (
	"regexp"
	"strings"

	"tongban/internal/rules/form"
	"tongban/internal/rules/wording"
	"tongban/internal/web/ui"
)

// comparison is the simple form of a condition: one name, compared with one text
// in quotes or one number.
var comparison = regexp.MustCompile(`^(decision|form\.(\w+)) *(==|!=|>=|<=|>|<) *(?:"([^"]*)"|([0-9.]+))$`)

var comparing = map[string]string{"==": "eq", "!=": "ne", ">": "gt", ">=": "ge", "<": "lt", "<=": "le"}

// condition is a condition in words with the expression behind it; the expression
// alone where it is not of the simple form.
func (s *Sheet) condition(source string) ui.Text {
	words := inWords(strings.TrimSpace(source), s.v.Form)
	if words == nil {
		return ui.Plain(source)
	}
	return ui.Join{Texts: []ui.Text{words, ui.Plain("（" + source + "）")}}
}

// inWords says a simple condition in words, nil for any other. Money is left as it
// is written, in fen.
func inWords(source string, asked *form.Form) ui.Text {
	m := comparison.FindStringSubmatch(source)
	if m == nil {
		return nil
	}
	key, op, value := m[2], m[3], m[4]+m[5]
	if key == "" {
		if op != "==" || !wording.Has(wording.ZH, "manage.words."+value) {
			return nil
		}
		return ui.M("manage.words.decision", "value", wording.M("manage.words."+value))
	}
	if asked == nil {
		return nil
	}
	f, ok := asked.Field(key)
	if !ok || f.Widget == form.Money {
		return nil
	}
	var said any = value
	for _, o := range f.Options {
		if o.Value == value {
			said = o.Text()
		}
	}
	return ui.M("manage.words."+comparing[op], "name", f.Label(), "value", said)
}
