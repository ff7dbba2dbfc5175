// Package wording is the one catalogue of every sentence that a person reads.
// Simplified Chinese is complete; English covers the public pages and the API
// and falls back to Chinese where a sentence has not been translated.
//
// A sentence has a key whose first segment is the room it belongs to
// ("casework.accept.late"), and lies in zh/<room>.yaml and en/<room>.yaml as a
// flat list of key: text. A text names its arguments in braces: "还差 {n} 样".
package wording

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"

	"tongban/internal/rules/day"
)

// Lang is a language that the product speaks.
type Lang string

// The languages of the product.
const (
	ZH Lang = "zh"
	EN Lang = "en"
)

//go:embed zh/*.yaml en/*.yaml
var files embed.FS

// Message is a sentence of the catalogue with its arguments, not yet in any
// language. It is also an error, so that rules can return it as it is.
type Message struct {
	Key  string
	Args map[string]any
}

// M makes a message from a key and name, value pairs of its arguments. An
// argument may itself be a Message; it is rendered in the same language. A day is
// written by Date and an instant by Moment; where a program reads the sentence,
// the day is given as its String.
func M(key string, pairs ...any) Message {
	m := Message{Key: key}
	if len(pairs) > 0 {
		m.Args = make(map[string]any, len(pairs)/2)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		m.Args[pairs[i].(string)] = pairs[i+1]
	}
	return m
}

// In renders the message. A key that the catalogue lacks is rendered as ⟦key⟧,
// which a test looks for, so that no page is ever blank because of a typing error.
func (m Message) In(lang Lang) string {
	text, ok := catalogue()[lang][m.Key]
	if !ok {
		text, ok = catalogue()[ZH][m.Key]
	}
	if !ok {
		return "⟦" + m.Key + "⟧"
	}
	if len(m.Args) == 0 || !strings.Contains(text, "{") {
		return text
	}
	return fill(text, m.Args, lang)
}

// Halves is the first sentence of the message, and what follows it: of a cell what is
// wrong with it, and what is allowed there. A stop in what is filled in ends none.
func (m Message) Halves(lang Lang) (first, rest string) {
	text, ok := catalogue()[lang][m.Key]
	if !ok {
		text = catalogue()[ZH][m.Key]
	}
	for _, stop := range []string{"。", ". "} {
		if a, b, cut := strings.Cut(text, stop); cut && strings.TrimSpace(b) != "" {
			return fill(a+strings.TrimSpace(stop), m.Args, lang), fill(strings.TrimSpace(b), m.Args, lang)
		}
	}
	return m.In(lang), ""
}

// Error renders the message in Chinese.
func (m Message) Error() string { return m.In(ZH) }

// IsZero tells whether there is no message.
func (m Message) IsZero() bool { return m.Key == "" }

// Text is M(key, pairs...).In(lang).
func Text(lang Lang, key string, pairs ...any) string { return M(key, pairs...).In(lang) }

// Has tells whether the catalogue holds key in lang itself, without falling back.
func Has(lang Lang, key string) bool { _, ok := catalogue()[lang][key]; return ok }

// Keys lists the keys of lang in order.
func Keys(lang Lang) []string {
	all := catalogue()[lang]
	keys := make([]string, 0, len(all))
	for k := range all {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

func fill(text string, args map[string]any, lang Lang) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(text, '{')
		if i < 0 {
			break
		}
		j := strings.IndexByte(text[i:], '}')
		if j < 0 {
			break
		}
		b.WriteString(text[:i])
		name := text[i+1 : i+j]
		switch v := args[name].(type) {
		case nil:
			b.WriteString("{" + name + "}")
		case interface{ In(Lang) string }: // a Message, or a day or amount of the pages
			b.WriteString(v.In(lang))
		case day.Day:
			b.WriteString(Day(lang, v))
		case day.Instant:
			b.WriteString(Moment(lang, v))
		default:
			fmt.Fprint(&b, v)
		}
		text = text[i+j+1:]
	}
	b.WriteString(text)
	return b.String()
}

// catalogue is read once, at first use. A file that cannot be read is a fault
// of the program, found by any test, hence the panic.
var catalogue = sync.OnceValue(func() map[Lang]map[string]string {
	all := map[Lang]map[string]string{}
	for _, lang := range []Lang{ZH, EN} {
		all[lang] = map[string]string{}
		names, err := fs.Glob(files, string(lang)+"/*.yaml")
		if err != nil {
			panic(err)
		}
		for _, name := range names {
			if err := load(all[lang], name); err != nil {
				panic(fmt.Errorf("wording %s: %w", name, err))
			}
		}
	}
	return all
})

func load(into map[string]string, name string) error {
	b, err := files.ReadFile(name)
	if err != nil {
		return err
	}
	var list map[string]string
	if err := yaml.Unmarshal(b, &list); err != nil {
		return err
	}
	room := strings.TrimSuffix(path.Base(name), ".yaml") + "."
	for k, v := range list {
		if !strings.HasPrefix(k, room) {
			return fmt.Errorf("key %s does not belong to this file", k)
		}
		into[k] = v
	}
	return nil
}
