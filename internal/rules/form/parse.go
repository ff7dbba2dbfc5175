package form

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"tongban/internal/rules/condition"
	"tongban/internal/rules/wording"
)

// Problem is one thing that is wrong with a form, for the person who wrote it.
type Problem struct {
	Path    string // JSON pointer into the form, "" for the whole
	Message wording.Message
}

const dialect = "https://json-schema.org/draft/2020-12/schema"

// rootKeywords are the keywords a form may have. Others are refused, so that a
// typing error does not silently switch a rule off.
var rootKeywords = []string{"$schema", "$id", "$comment", "$defs", "title", "description", "type", "properties", "required",
	"additionalProperties", "x-title-en", "x-groups"}

// reading collects what Parse finds.
type reading struct {
	form     Form
	problems []Problem
	defs     map[string]any
}

func (r *reading) problem(path, key string, pairs ...any) {
	r.problems = append(r.problems, Problem{Path: path, Message: wording.M("form.problem."+key, pairs...)})
}

// Parse reads a form. It returns either the form or all that is wrong with it,
// each with its place.
func Parse(source []byte) (*Form, []Problem) {
	r := &reading{}
	root, ok := r.decode(source)
	if !ok {
		return nil, r.problems
	}
	r.root(root)
	r.groups(root["x-groups"])
	r.fields(root)
	r.required(root["required"])
	r.order()
	r.conditions()
	if len(r.problems) == 0 {
		r.compile(root)
	}
	if len(r.problems) > 0 {
		return nil, r.problems
	}
	return &r.form, nil
}

func (r *reading) decode(source []byte) (map[string]any, bool) {
	if len(source) > MaxSource {
		r.problem("", "large", "max", MaxSource>>10)
		return nil, false
	}
	d := json.NewDecoder(bytes.NewReader(source))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		r.problem("", "json", "at", jsonOffset(err, d))
		return nil, false
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		r.problem("", "json", "at", d.InputOffset())
		return nil, false
	}
	if path, ok := wildNumber(v, ""); ok {
		r.problem(path, "number")
		return nil, false
	}
	root, ok := v.(map[string]any)
	if !ok {
		r.problem("", "object")
	}
	return root, ok
}

// wildNumber finds a number that nobody means, such as 1e1000000000. The
// schema compiler computes with exact fractions, so that a few characters of
// exponent would fill the memory.
func wildNumber(v any, path string) (string, bool) {
	switch v := v.(type) {
	case json.Number:
		return path, len(v) > 20 || strings.ContainsAny(v.String(), "eE")
	case []any:
		for i, e := range v {
			if p, ok := wildNumber(e, fmt.Sprintf("%s/%d", path, i)); ok {
				return p, true
			}
		}
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			if p, ok := wildNumber(v[k], path+"/"+escape(k)); ok {
				return p, true
			}
		}
	}
	return "", false
}

func jsonOffset(err error, d *json.Decoder) int64 {
	var se *json.SyntaxError
	if errors.As(err, &se) {
		return se.Offset
	}
	return d.InputOffset()
}

func (r *reading) root(root map[string]any) {
	for _, k := range slices.Sorted(maps.Keys(root)) {
		if !slices.Contains(rootKeywords, k) {
			r.problem("/"+escape(k), "keyword", "keyword", k)
		}
	}
	if s, ok := root["$schema"]; ok && s != dialect {
		r.problem("/$schema", "dialect", "want", dialect)
	}
	if root["type"] != "object" {
		r.problem("/type", "object")
	}
	if a, ok := root["additionalProperties"]; ok && a != false {
		r.problem("/additionalProperties", "additional")
	}
	r.form.Title, r.form.TitleEN = r.text(root, "", "title"), r.text(root, "", "x-title-en")
	if r.form.Title == "" {
		r.problem("/title", "title", "field", wording.M("form.problem.the_form"))
	}
	if d, ok := root["$defs"].(map[string]any); ok {
		r.defs = d
	} else if root["$defs"] != nil {
		r.problem("/$defs", "kind", "keyword", "$defs", "want", "object")
	}
}

// text reads an optional text keyword.
func (r *reading) text(m map[string]any, path, key string) string {
	v, ok := m[key]
	if !ok {
		return ""
	}
	s, ok := v.(string)
	if !ok {
		r.problem(path+"/"+escape(key), "kind", "keyword", key, "want", "string")
	}
	return s
}

func (r *reading) groups(v any) {
	list, ok := v.([]any)
	if !ok || len(list) == 0 {
		r.problem("/x-groups", "groups")
		return
	}
	for i, e := range list {
		path := fmt.Sprintf("/x-groups/%d", i)
		m, ok := e.(map[string]any)
		if !ok {
			r.problem(path, "kind", "keyword", "x-groups", "want", "object")
			continue
		}
		g := Group{Key: r.text(m, path, "key"), Title: r.text(m, path, "title"), TitleEN: r.text(m, path, "title-en"),
			Help: r.text(m, path, "help"), HelpEN: r.text(m, path, "help-en")}
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if !slices.Contains([]string{"key", "title", "title-en", "help", "help-en"}, k) {
				r.problem(path+"/"+escape(k), "keyword", "keyword", k)
			}
		}
		if !keyPattern.MatchString(g.Key) {
			r.problem(path+"/key", "key", "key", clip(g.Key))
		}
		if g.Title == "" {
			r.problem(path+"/title", "title", "field", clip(g.Key))
		}
		if slices.ContainsFunc(r.form.Groups, func(o Group) bool { return o.Key == g.Key }) {
			r.problem(path+"/key", "group_twice", "group", clip(g.Key))
		}
		r.form.Groups = append(r.form.Groups, g)
	}
}

func (r *reading) fields(root map[string]any) {
	props, ok := root["properties"].(map[string]any)
	if !ok || len(props) == 0 {
		r.problem("/properties", "fields")
		return
	}
	if len(props) > MaxFields {
		r.problem("/properties", "many", "got", len(props), "max", MaxFields)
		return
	}
	for _, key := range slices.Sorted(maps.Keys(props)) {
		r.field(key, props[key])
	}
}

func (r *reading) required(v any) {
	list, ok := v.([]any)
	if !ok && v != nil {
		r.problem("/required", "kind", "keyword", "required", "want", "array")
	}
	for i, e := range list {
		key, _ := e.(string)
		j := slices.IndexFunc(r.form.Fields, func(f Field) bool { return f.Key == key })
		if j < 0 {
			r.problem(fmt.Sprintf("/required/%d", i), "required", "field", clip(fmt.Sprint(e)))
			continue
		}
		r.form.Fields[j].Required = true
	}
}

// order sorts the fields and finds clashes: two fields in one place, a group
// torn apart or standing elsewhere than the list of groups says, an empty group.
func (r *reading) order() {
	fields := r.form.Fields
	slices.SortStableFunc(fields, func(a, b Field) int { return a.Order - b.Order })
	groupIndex := func(key string) int {
		return slices.IndexFunc(r.form.Groups, func(g Group) bool { return g.Key == key })
	}
	for i := 1; i < len(fields); i++ {
		a, b := fields[i-1], fields[i]
		if a.Order == b.Order {
			r.problem("/properties/"+escape(b.Key)+"/x-order", "order_twice", "field", b.Key, "other", a.Key, "order", b.Order)
		}
		if groupIndex(b.Group) < groupIndex(a.Group) {
			r.problem("/properties/"+escape(b.Key)+"/x-order", "group_order", "field", b.Key, "group", b.Group, "other", a.Group)
		}
	}
	for i, g := range r.form.Groups {
		if !slices.ContainsFunc(fields, func(f Field) bool { return f.Group == g.Key }) {
			r.problem(fmt.Sprintf("/x-groups/%d", i), "group_empty", "group", clip(g.Key))
		}
	}
	r.form.byKey = make(map[string]int, len(fields))
	for i, f := range fields {
		r.form.byKey[f.Key] = i
	}
}

// conditions compiles every x-when. A condition looks only back, at fields
// asked before, so that answering in order never hides what was answered.
func (r *reading) conditions() {
	env := r.form.Env()
	for i := range r.form.Fields {
		f := &r.form.Fields[i]
		if f.When == "" {
			continue
		}
		path := "/properties/" + escape(f.Key) + "/x-when"
		p, err := condition.Compile(f.When, env)
		if err != nil {
			r.problem(path, "when", "field", f.Key, "fault", err)
			continue
		}
		for _, ref := range p.Refs() {
			key, ok := strings.CutPrefix(ref, "form.")
			if j, known := r.form.byKey[key]; ok && known && j >= i {
				r.problem(path, "when_later", "field", f.Key, "other", key)
			}
			if ref == "decision" {
				r.problem(path, "when_decision", "field", f.Key)
			}
		}
		f.when = p
	}
}

// noLoader keeps the schema compiler from reading anything but the form.
type noLoader struct{}

func (noLoader) Load(url string) (any, error) { return nil, fmt.Errorf("%s is outside the form", url) }

// compile hands the form to the schema compiler. What is required depends on
// what is shown, so that is left out and judged by Validate.
func (r *reading) compile(root map[string]any) {
	doc := maps.Clone(root)
	delete(doc, "required")
	delete(doc, "$id")
	doc["$schema"] = dialect
	doc["additionalProperties"] = false
	c := jsonschema.NewCompiler()
	c.UseLoader(noLoader{})
	c.AssertFormat()
	if err := c.AddResource("form:it", doc); err != nil {
		r.problem("", "schema")
		return
	}
	schema, err := c.Compile("form:it")
	if err == nil {
		r.form.schema = schema
		return
	}
	var invalid *jsonschema.SchemaValidationError
	var faults *jsonschema.ValidationError
	if errors.As(err, &invalid) && errors.As(invalid.Err, &faults) {
		for _, leaf := range leaves(faults, nil) {
			path := ""
			for _, token := range leaf.InstanceLocation {
				path += "/" + escape(token)
			}
			r.problem(path, "schema")
		}
		return
	}
	r.problem("", "schema")
}

// leaves collects the faults that have no causes of their own.
func leaves(e *jsonschema.ValidationError, out []*jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(e.Causes) == 0 {
		return append(out, e)
	}
	for _, c := range e.Causes {
		out = leaves(c, out)
	}
	return out
}

// escape writes a token of a JSON pointer (RFC 6901).
func escape(token string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(clip(token))
}

// clip keeps a name from outside short enough for a sentence.
func clip(s string) string {
	r := []rune(s)
	if len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return string(r)
}
