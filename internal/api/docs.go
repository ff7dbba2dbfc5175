package api

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"tongban/internal/rules/wording"
)

//go:embed docs.html docs.css
var docFiles embed.FS

// docPage is the documentation in one language.
type docPage struct {
	lang    wording.Lang
	Tag     string
	Title   string
	About   string
	Other   struct{ Lang, Text string }
	Groups  []docGroup
	Schemas []docSchema
}

type docGroup struct {
	Key, Text  string
	Operations []docOperation
}

type docOperation struct {
	ID, Summary, More, Method, Path, Access, Right, Example string
	Parameters                                              []docField
	Body                                                    *docType
	Answers                                                 []docAnswer
}

type docField struct {
	Name, Where, What string
	Required          bool
	Type              docType
}

type docAnswer struct {
	Status, What string
	Type         docType
}

type docSchema struct {
	Name       string
	Parameters []docField
}

// docType is a type in words: a schema to go to, or a plain type.
type docType struct{ Before, Schema, Plain string }

// T is a sentence of the page.
func (p docPage) T(key string) string { return wording.Text(p.lang, key) }

// documentation serves the page that is made of the description. It fetches
// nothing from anywhere and needs no script.
func (s *server) documentation() http.HandlerFunc {
	page := template.Must(template.ParseFS(docFiles, "docs.html"))
	written := map[wording.Lang]http.HandlerFunc{}
	for _, lang := range []wording.Lang{wording.ZH, wording.EN} {
		var b bytes.Buffer
		if err := page.Execute(&b, s.docPage(lang)); err != nil {
			panic("api: documentation: " + err.Error()) // a fault of the template, found by every test
		}
		written[lang] = serve("text/html; charset=utf-8", b.Bytes())
	}
	return func(w http.ResponseWriter, r *http.Request) {
		lang := langOf(r.Header.Get("Accept-Language"))
		if l := wording.Lang(r.URL.Query().Get("lang")); written[l] != nil {
			lang = l
		}
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'")
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("Vary", "Accept-Language")
		written[lang](w, r)
	}
}

func docStyle() http.HandlerFunc {
	b, err := docFiles.ReadFile("docs.css")
	if err != nil {
		panic(err) // it is embedded
	}
	return serve("text/css; charset=utf-8", b)
}

func (s *server) docPage(lang wording.Lang) docPage {
	doc := s.api.OpenAPI()
	p := docPage{lang: lang, Tag: tagOf(lang), Title: wording.Text(lang, "api.title"), About: wording.Text(lang, "api.about")}
	p.Other.Lang, p.Other.Text = "en", "English"
	if lang == wording.EN {
		p.Other.Lang, p.Other.Text = "zh", "中文"
	}
	for _, t := range tags {
		g := docGroup{Key: t, Text: wording.Text(lang, "api.tag."+t)}
		for _, x := range s.specs {
			if x.tag == t {
				g.Operations = append(g.Operations, docOf(doc, x, lang))
			}
		}
		p.Groups = append(p.Groups, g)
	}
	schemas := doc.Components.Schemas.Map()
	for _, name := range sorted(schemas) {
		x := docSchema{Name: name}
		for _, prop := range sorted(schemas[name].Properties) {
			f := schemas[name].Properties[prop]
			x.Parameters = append(x.Parameters, docField{
				Name: prop, What: wording.Text(lang, wordOf(name, prop)), Required: slices.Contains(schemas[name].Required, prop), Type: typeOf(f),
			})
		}
		p.Schemas = append(p.Schemas, x)
	}
	return p
}

func docOf(doc *huma.OpenAPI, x spec, lang wording.Lang) docOperation {
	op := operationOf(doc, x)
	o := docOperation{ID: x.id, Summary: wording.Text(lang, "api.op."+x.id), Method: x.method, Path: Prefix + x.path,
		Access: wording.Text(lang, fmt.Sprintf("api.access.%d", x.access))}
	if key := "api.more." + x.id; wording.Has(wording.ZH, key) {
		o.More = wording.Text(lang, key)
	}
	if r, ok := op.Extensions["x-right"].(string); ok {
		o.Right = r
	}
	for _, q := range op.Parameters {
		o.Parameters = append(o.Parameters, docField{q.Name, q.In, wording.Text(lang, "api.is."+q.Name), q.Required, typeOf(q.Schema)})
	}
	if op.RequestBody != nil {
		for _, m := range op.RequestBody.Content {
			t := typeOf(m.Schema)
			o.Body = &t
		}
	}
	if x.example != nil {
		b, _ := json.MarshalIndent(x.example, "", "  ") // a value of the table
		o.Example = string(b)
	}
	for _, code := range sorted(op.Responses) {
		a := docAnswer{Status: code, What: wording.Text(lang, "api.status."+code)}
		for media, m := range op.Responses[code].Content {
			if a.Type = typeOf(m.Schema); media != "application/json" && media != "application/problem+json" {
				a.Type = docType{Plain: media}
			}
		}
		o.Answers = append(o.Answers, a)
	}
	return o
}

// typeOf writes a schema's type for a reader.
func typeOf(s *huma.Schema) docType {
	switch {
	case s == nil:
		return docType{}
	case s.Ref != "":
		return docType{Schema: s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]}
	case s.Type == huma.TypeArray:
		t := typeOf(s.Items)
		t.Before = "[] " + t.Before
		return t
	case len(s.Enum) > 0:
		var list []string
		for _, e := range s.Enum {
			list = append(list, fmt.Sprintf("%q", e))
		}
		return docType{Plain: strings.Join(list, " | ")}
	case s.Format != "":
		return docType{Plain: s.Type + " (" + s.Format + ")"}
	}
	return docType{Plain: s.Type}
}

func sorted[V any](m map[string]V) []string {
	var list []string
	for k := range m {
		list = append(list, k)
	}
	slices.Sort(list)
	return list
}
