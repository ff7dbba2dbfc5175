package ui

import (
	"bytes"
	"fmt"
	"html/template"
	"regexp"
	"strings"
	"sync"

	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// Addresses that every page links to; the portal answers them.
const (
	pathSearch        = "/search"
	pathMine          = "/my"
	pathFeedback      = "/feedback"
	pathPrivacy       = "/privacy"
	pathAccessibility = "/accessibility"
)

// funcs are what templates can call, in one language:
//
//	t KEY NAME VALUE…   a sentence of the catalogue
//	say X               a Text, day, instant, number or string as people read it
//	date dateLong dateShort instant instantFull until clock days
//	money num bytes spaced maskName maskPhone maskID maskIDPublic
//	icon NAME           an inline symbol, hidden from screen readers
//	key                 the hidden idempotency key that every POST form starts with
//	submit TEXT, go TEXT HREF, link TEXT HREF, act TEXT NAME VALUE
//	                    a primary button, a link button, a Link, a secondary button
//	msg KEY NAME VALUE… a Text from the catalogue, plain S a Text from data
//	part NAME X         another template's output
//	draw CHART          a chart's SVG
func (r *Renderer) funcs(lang wording.Lang, set *template.Template) template.FuncMap {
	return template.FuncMap{
		"t":     func(key string, pairs ...any) string { return wording.Text(lang, key, pairs...) },
		"say":   func(v any) string { return r.say(lang, v) },
		"msg":   func(key string, pairs ...any) Text { return M(key, pairs...) },
		"plain": func(s string) Text { return Plain(s) },

		"date":        func(d day.Day) string { return Date(lang, d) },
		"dateLong":    func(d day.Day) string { return DateLong(lang, d) },
		"dateShort":   DateShort,
		"instant":     func(i day.Instant) string { return MomentFrom(lang, r.opt.Clock(), i) },
		"until":       func(now, end day.Instant) string { return until(lang, now, end) },
		"instantFull": func(i day.Instant) string { return MomentFull(lang, i) },
		"clock":       ClockTime,
		"days":        func(n int, working bool) string { return Days(lang, n, working) },
		"money":       func(fen int64) string { return Money(lang, fen) },
		"num":         func(n int) string { return Thousands(int64(n)) },
		"bytes":       Bytes,
		"spaced":      Spaced,

		"maskName": MaskName, "maskPhone": MaskPhone, "maskID": MaskID, "maskIDPublic": MaskIDPublic,

		"icon":  Icon,
		"asset": AssetURL,
		"key":   r.keyInput,
		"paths": func() map[string]string { return sitePaths },
		"htmllang": func() string {
			if lang == wording.ZH {
				return "zh-CN"
			}
			return string(lang)
		},

		"submit": func(text any) Button { return Button{Text: asText(text), Kind: Primary} },
		"go":     func(text any, href string) Button { return Button{Text: asText(text), Kind: Primary, Href: href} },
		"act": func(text any, name, value string) Button {
			return Button{Text: asText(text), Name: name, Value: value}
		},
		"link": func(text any, href string) Link { return Link{Text: asText(text), Href: href} },
		"part": func(name string, data any) (template.HTML, error) {
			var b bytes.Buffer
			err := set.ExecuteTemplate(&b, name, data)
			return template.HTML(b.String()), err //nolint:gosec // made by html/template
		},
		"draw":    func(c Chart) template.HTML { return c.draw(lang) },
		"add":     func(a, b int) int { return a + b },
		"seconds": func(from, to day.Instant) int64 { return int64((to - from) / day.Second) },
	}
}

// say is Say, with the year of a moment that is not of this one.
func (r *Renderer) say(lang wording.Lang, v any) string {
	switch i := v.(type) {
	case At:
		return MomentFrom(lang, r.opt.Clock(), day.Instant(i))
	case day.Instant:
		return MomentFrom(lang, r.opt.Clock(), i)
	}
	return Say(lang, v)
}

var sitePaths = map[string]string{
	"search": pathSearch, "mine": pathMine, "feedback": pathFeedback,
	"privacy": pathPrivacy, "accessibility": pathAccessibility, "prefs": prefsPath,
}

func (r *Renderer) keyInput() template.HTML {
	return template.HTML(fmt.Sprintf(`<input type="hidden" name="idempotency_key" value="%s">`, //nolint:gosec // escaped here
		template.HTMLEscapeString(r.opt.NewKey())))
}

func asText(v any) Text {
	switch v := v.(type) {
	case Text:
		return v
	case nil:
		return nil
	default:
		return Plain(fmt.Sprint(v))
	}
}

var symbol = regexp.MustCompile(`(?s)<symbol id="([a-z-]+)">\s*(.*?)\s*</symbol>`)

// icons are the symbols of templates/icons.svg, on a grid of 16.
var icons = sync.OnceValue(func() map[string]template.HTML {
	b, err := layoutFiles.ReadFile("templates/icons.svg")
	if err != nil {
		panic(err) // embedded: missing only if the build is wrong
	}
	all := map[string]template.HTML{}
	for _, m := range symbol.FindAllStringSubmatch(string(b), -1) {
		all[m[1]] = template.HTML(`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">` + //nolint:gosec // our own file
			strings.Join(strings.Fields(m[2]), " ") + `</svg>`)
	}
	return all
})

// Icon is an inline symbol: flag, warn, tick, dot, info, alert, back, right, down, up, sort,
// cross, dash, pause, copy, print, search, file, person, phone. It is decoration; the
// word beside it carries the meaning.
func Icon(name string) (template.HTML, error) {
	i, ok := icons()[name]
	if !ok {
		return "", fmt.Errorf("ui: no icon %q", name)
	}
	return i, nil
}
