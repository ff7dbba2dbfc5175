package law

import (
	"slices"
	"strings"

	"tongban/internal/rules/day"
)

// field is a line of the head: its name and where its value goes.
type field struct {
	name string
	must bool
	set  func(h *Head, value string) bool // false: the value cannot be read
	get  func(h *Head) []string           // the values, for Write
}

func text(name string, must bool, at func(*Head) *string) field {
	return field{name, must, func(h *Head, v string) bool { *at(h) = v; return true }, func(h *Head) []string { return some(*at(h)) }}
}

func date(name string, must bool, at func(*Head) *day.Day) field {
	return field{name, must, func(h *Head, v string) bool {
		d, err := day.Parse(v)
		*at(h) = d
		return err == nil
	}, func(h *Head) []string {
		if *at(h) == 0 {
			return nil
		}
		return []string{at(h).String()}
	}}
}

func list(name string, at func(*Head) *[]string) field {
	return field{name, false, func(h *Head, v string) bool { *at(h) = append(*at(h), v); return true }, func(h *Head) []string { return *at(h) }}
}

func flag(name string, at func(*Head) *bool) field {
	return field{name, false, func(h *Head, v string) bool { *at(h) = v == yes; return v == yes }, func(h *Head) []string {
		if *at(h) {
			return []string{yes}
		}
		return nil
	}}
}

func some(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// yes is the one value of a field that only tells that something is so.
const yes = "是"

// fields are the lines of a head in the order in which they are written.
var fields = []field{
	text("简码", true, func(h *Head) *string { return &h.Key }),
	text("类别", true, func(h *Head) *string { return &h.Kind }),
	text("制定机关", true, func(h *Head) *string { return &h.Issuer }),
	text("文号", false, func(h *Head) *string { return &h.Number }),
	date("通过", false, func(h *Head) *day.Day { return &h.Adopted }),
	date("公布", false, func(h *Head) *day.Day { return &h.Published }),
	date("施行", true, func(h *Head) *day.Day { return &h.From }),
	date("失效", false, func(h *Head) *day.Day { return &h.Until }),
	list("简称", func(h *Head) *[]string { return &h.Aliases }),
	flag("节录", func(h *Head) *bool { return &h.Excerpt }),
	flag("虚构", func(h *Head) *bool { return &h.Invented }),
	text("来源", true, func(h *Head) *string { return &h.Source }),
	text("说明", false, func(h *Head) *string { return &h.Note }),
	list("沿革", func(h *Head) *[]string { return &h.History }),
}

// repeated are the lines that may stand more than once.
var repeated = []string{"简称", "沿革"}

// head reads a line of the head.
func (p *parser) head(line string) {
	name, value, ok := strings.Cut(line, "：")
	if short, rest, half := strings.Cut(line, ":"); half && len(short) < len(name) {
		name, value, ok = short, rest, true
	}
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	i := slices.IndexFunc(fields, func(f field) bool { return f.name == name })
	switch {
	case !ok || i < 0:
		p.wrong("law.text.head", "got", clip(line), "allowed", headNames())
	case value == "":
		p.wrong("law.text.empty", "name", name)
	case p.seen[name] && !slices.Contains(repeated, name):
		p.wrong("law.text.twice", "name", name)
	case !fields[i].set(&p.out.Head, value):
		p.wrong("law.text.value", "name", name, "got", clip(value))
	default:
		p.seen[name] = true
		p.value(name, value)
	}
}

// value checks what has rules of its own.
func (p *parser) value(name, value string) {
	switch name {
	case "简码":
		if !isKey(value) {
			p.wrong("law.text.key", "got", clip(value))
		}
	case "类别":
		if !slices.Contains(Kinds, value) {
			p.wrong("law.text.kind", "got", clip(value), "allowed", strings.Join(Kinds, "、"))
		}
	}
	if len([]rune(value)) > maxValue {
		p.wrong("law.text.long", "max", maxValue, "got", len([]rune(value)))
	}
}

// whole checks the head once it ends.
func (p *parser) whole() {
	for _, f := range fields {
		if f.must && !p.seen[f.name] {
			p.wrong("law.text.lacks", "name", f.name)
		}
	}
	if h := p.out.Head; h.Until != 0 && h.Until <= h.From {
		p.wrong("law.text.until")
	}
}

func headNames() string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	return strings.Join(names, "、")
}

// isKey tells whether s can name a law in an address.
func isKey(s string) bool {
	if len(s) < 2 || len(s) > 60 || s[0] < 'a' || s[0] > 'z' {
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// clip keeps a quotation short.
func clip(s string) string {
	if r := []rune(s); len(r) > 20 {
		return string(r[:20]) + "…"
	}
	return s
}
