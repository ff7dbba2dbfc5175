package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"path"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"tongban/internal/process/notice"
	"tongban/internal/record/act"
	"tongban/internal/register/identity"
	"tongban/internal/register/law"
	"tongban/internal/register/received"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
	"tongban/internal/work/adjust"
	"tongban/internal/work/casework"
	"tongban/internal/work/change"
	"tongban/internal/work/compare"
	"tongban/internal/work/inspect"
	"tongban/internal/work/object"
	"tongban/internal/work/publish"
	"tongban/internal/work/reorganise"
)

// english is the extension that holds the English words of whatever has Chinese
// ones beside it.
const english = "x-en"

// tags are the groups of operations, in the order of the documentation.
var tags = []string{"open", "item", "list", "session", "draft", "mine", "licence", "paper", "inbox", "work", "task", "act", "window", "law", "adjust", "flow", "check", "person", "place", "feed", "tool"}

// schemaName names the schema of a type: its own name, with its room before it
// when it comes from elsewhere.
func schemaName(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	name, room := t.Name(), path.Base(t.PkgPath())
	if name == "" {
		name, room = hint, "api"
	}
	if i := strings.IndexByte(name, '['); i >= 0 {
		arg := strings.TrimSuffix(name[i+1:], "]")
		name = name[:i] + capital(arg[strings.LastIndexByte(arg, '.')+1:])
	}
	if room != "api" && room != "." && t.Kind() == reflect.Struct {
		name = capital(room) + name
	}
	return capital(name)
}

func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// Date is how a day is described; the aliases of the registry lead to it.
type Date struct{ day.Day }

// Schema describes a day.
func (Date) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date"}
}

// describe puts words to everything that the table generated.
func (s *server) describe() {
	doc := s.api.OpenAPI()
	for _, t := range tags {
		doc.Tags = append(doc.Tags, &huma.Tag{Name: t, Description: wording.Text(wording.ZH, "api.tag."+t), Extensions: inEnglish("api.tag." + t)})
	}
	commands := map[string]act.Command{}
	for _, c := range slices.Concat(casework.Commands(), identity.Commands(), notice.Commands(), compare.Commands(), reorganise.Commands(),
		law.Commands(), adjust.Commands(), change.Commands(), inspect.Commands(), object.Commands(), received.Commands(), publish.Commands()) {
		commands[c.Name] = c
	}
	for _, p := range s.specs {
		op := operationOf(doc, p)
		op.Extensions = inEnglish("api.op." + p.id)
		if key := "api.more." + p.id; wording.Has(wording.ZH, key) {
			op.Description = wording.Text(wording.ZH, key)
			op.Extensions["x-en-description"] = wording.Text(wording.EN, key)
		}
		if c, ok := commands[p.command]; ok {
			op.Extensions["x-command"], op.Extensions["x-right"] = c.Name, c.Right
			if c.Part != "" {
				op.Extensions["x-part"] = c.Part
			}
		}
		for _, x := range op.Parameters {
			x.Description, x.Extensions = wording.Text(wording.ZH, "api.is."+x.Name), inEnglish("api.is."+x.Name)
		}
		if p.example != nil {
			op.RequestBody.Content["application/json"].Example = p.example
		}
		for code, r := range op.Responses {
			r.Description = wording.Text(wording.ZH, "api.status."+code)
			for name, h := range r.Headers {
				h.Description = wording.Text(wording.ZH, "api.is."+name)
			}
		}
	}
	for name, schema := range doc.Components.Schemas.Map() {
		for prop, x := range schema.Properties {
			key := wordOf(name, prop)
			x.Description, x.Extensions = wording.Text(wording.ZH, key), inEnglish(key)
		}
	}
}

// wordOf is the key of the words of a property: its schema's own, else those of
// every property of that name.
func wordOf(schema, prop string) string {
	if key := "api.is." + schema + "." + prop; wording.Has(wording.ZH, key) {
		return key
	}
	return "api.is." + prop
}

func inEnglish(key string) map[string]any {
	return map[string]any{english: wording.Text(wording.EN, key)}
}

func operationOf(doc *huma.OpenAPI, p spec) *huma.Operation {
	item := doc.Paths[p.path]
	switch p.method {
	case http.MethodPost:
		return item.Post
	case http.MethodPut:
		return item.Put
	case http.MethodDelete:
		return item.Delete
	}
	return item.Get
}

// description serves the OpenAPI document, written once.
func (s *server) description() http.HandlerFunc {
	b, err := json.MarshalIndent(s.api.OpenAPI(), "", " ")
	if err != nil {
		panic("api: description: " + err.Error()) // a fault of the table, found by every test
	}
	return serve("application/json", b)
}

// serve answers the same bytes always.
func serve(media string, b []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", media)
		w.Header().Set("Content-Length", strconv.Itoa(len(b)))
		w.Header().Set("Cache-Control", "public, max-age=300")
		_, _ = bytes.NewReader(b).WriteTo(w) // the reader has gone
	}
}
