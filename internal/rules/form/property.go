package form

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
)

// fieldKeywords are the keywords that a field may have.
var fieldKeywords = []string{"$ref", "$comment", "type", "title", "description", "default", "examples", "enum", "items", "format",
	"minLength", "maxLength", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
	"minItems", "maxItems", "uniqueItems",
	"x-title-en", "x-help-en", "x-order", "x-group", "x-element", "x-sensitive", "x-widget", "x-when", "x-optional", "x-date",
	"x-labels", "x-labels-en"}

var keyPattern = regexp.MustCompile(`^[a-z][a-z0-9_]{0,49}$`)

// types are the JSON types of a widget's values.
var types = map[Widget][]string{
	Text: {"string"}, TextArea: {"string"}, Date: {"string"}, Phone: {"string"}, IDNo: {"string"}, USCC: {"string"},
	Address: {"string"}, Choice: {"string", "array"}, Number: {"number", "integer"}, Money: {"integer"}, YesNo: {"boolean"},
}

// lengths are the longest values of texts whose form sets no bound.
var lengths = map[Widget]int{Text: 200, TextArea: 5000, Address: 200, Phone: 20, IDNo: 18, USCC: 18, Date: 10, Choice: 100}

func (r *reading) field(key string, v any) {
	path := "/properties/" + escape(key)
	m, ok := v.(map[string]any)
	if !ok {
		r.problem(path, "kind", "keyword", clip(key), "want", "object")
		return
	}
	if !keyPattern.MatchString(key) {
		r.problem(path, "key", "key", clip(key))
	}
	m = r.merged(m, path)
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if !slices.Contains(fieldKeywords, k) {
			r.problem(path+"/"+escape(k), "keyword", "keyword", clip(k))
		}
	}
	f := Field{Key: key, Title: r.text(m, path, "title"), TitleEN: r.text(m, path, "x-title-en"),
		Help: r.text(m, path, "description"), HelpEN: r.text(m, path, "x-help-en"), Group: r.text(m, path, "x-group"),
		Element: r.text(m, path, "x-element"), Widget: Widget(r.text(m, path, "x-widget")),
		Sensitive: r.flag(m, path, "x-sensitive"), When: r.text(m, path, "x-when")}
	if f.Title == "" {
		r.problem(path+"/title", "title", "field", clip(key))
	}
	if m["x-when"] != nil {
		f.Required = !r.flag(m, path, "x-optional") // shown and required only when the condition holds
	}
	r.place(&f, m, path)
	r.widget(&f, m, path)
	r.bounds(&f, m, path)
	r.element(&f, path)
	r.form.Fields = append(r.form.Fields, f)
}

// merged lays a field over the definition that its $ref names.
func (r *reading) merged(m map[string]any, path string) map[string]any {
	v, ok := m["$ref"]
	if !ok {
		return m
	}
	ref, _ := v.(string)
	name, local := strings.CutPrefix(ref, "#/$defs/")
	def, found := r.defs[name].(map[string]any)
	if !local || !found || strings.ContainsAny(name, "/~%") || def["$ref"] != nil {
		r.problem(path+"/$ref", "ref", "ref", clip(fmt.Sprint(v)))
		return m
	}
	out := maps.Clone(def)
	maps.Copy(out, m)
	return out
}

func (r *reading) flag(m map[string]any, path, key string) bool {
	v, ok := m[key]
	b, isBool := v.(bool)
	if ok && !isBool {
		r.problem(path+"/"+key, "kind", "keyword", key, "want", "boolean")
	}
	return b
}

func (r *reading) place(f *Field, m map[string]any, path string) {
	n, ok := r.number(m, path, "x-order")
	if !ok || n != math.Trunc(n) || math.Abs(n) > 1_000_000 {
		r.problem(path+"/x-order", "order", "field", clip(f.Key))
	} else {
		f.Order = int(n)
	}
	if !slices.ContainsFunc(r.form.Groups, func(g Group) bool { return g.Key == f.Group }) {
		r.problem(path+"/x-group", "group", "field", clip(f.Key), "group", clip(f.Group))
	}
}

func (r *reading) number(m map[string]any, path, key string) (float64, bool) {
	v, ok := m[key]
	if !ok {
		return 0, false
	}
	n, isNumber := v.(json.Number)
	x, err := n.Float64()
	if !isNumber || err != nil {
		r.problem(path+"/"+key, "kind", "keyword", key, "want", "number")
		return 0, false
	}
	return x, true
}

func (r *reading) widget(f *Field, m map[string]any, path string) {
	allowed, known := types[f.Widget]
	if !known {
		r.problem(path+"/x-widget", "widget", "field", clip(f.Key), "widget", clip(string(f.Widget)))
		return
	}
	typ, _ := m["type"].(string)
	if !slices.Contains(allowed, typ) {
		r.problem(path+"/type", "type", "field", clip(f.Key), "widget", string(f.Widget), "want", strings.Join(allowed, "、"))
		return
	}
	f.Multiple, f.Integer = typ == "array", typ == "integer"
	if f.Widget == Choice {
		r.options(f, m, path)
	} else if m["enum"] != nil || m["x-labels"] != nil || m["items"] != nil {
		r.problem(path+"/enum", "enum", "field", clip(f.Key))
	}
	switch when := r.text(m, path, "x-date"); {
	case when == "":
	case f.Widget == Date && when == "past":
		f.Past = true
	case f.Widget == Date && when == "future":
		f.Future = true
	default:
		r.problem(path+"/x-date", "date", "field", clip(f.Key))
	}
	if format := r.text(m, path, "format"); format != "" && (f.Widget != Date || format != "date") {
		r.problem(path+"/format", "format", "field", clip(f.Key), "format", clip(format))
	}
}

func (r *reading) options(f *Field, m map[string]any, path string) {
	from := m
	if f.Multiple {
		items, ok := m["items"].(map[string]any)
		if !ok || items["type"] != "string" {
			r.problem(path+"/items", "options", "field", clip(f.Key))
			return
		}
		from = items
	}
	list, ok := from["enum"].([]any)
	if !ok || len(list) == 0 {
		r.problem(path+"/enum", "options", "field", clip(f.Key))
		return
	}
	labels, _ := m["x-labels"].(map[string]any)
	english, _ := m["x-labels-en"].(map[string]any)
	for _, v := range list {
		value, isText := v.(string)
		label, labelled := labels[value].(string)
		en, _ := english[value].(string)
		switch {
		case !isText || value == "":
			r.problem(path+"/enum", "options", "field", clip(f.Key))
		case !labelled || label == "":
			r.problem(path+"/x-labels", "label", "field", clip(f.Key), "value", clip(value))
		}
		f.Options = append(f.Options, Option{Value: value, Label: label, LabelEN: en})
	}
	for _, v := range slices.Sorted(maps.Keys(labels)) {
		if !slices.ContainsFunc(f.Options, func(o Option) bool { return o.Value == v }) {
			r.problem(path+"/x-labels/"+escape(v), "label_unused", "field", clip(f.Key), "value", clip(v))
		}
	}
}

// bounds reads the lengths and the range, for pages that show them.
func (r *reading) bounds(f *Field, m map[string]any, path string) {
	f.MaxLength = lengths[f.Widget]
	if n, ok := r.number(m, path, "maxLength"); ok {
		f.MaxLength = int(min(max(n, 0), MaxText))
	}
	if n, ok := r.number(m, path, "minLength"); ok {
		f.MinLength = int(min(max(n, 0), MaxText))
	}
	if n, ok := r.number(m, path, "minimum"); ok {
		f.Min = &n
	}
	if n, ok := r.number(m, path, "maximum"); ok {
		f.Max = &n
	}
	if f.MinLength > f.MaxLength && f.MaxLength > 0 || f.Min != nil && f.Max != nil && *f.Min > *f.Max {
		r.problem(path, "range", "field", clip(f.Key))
	}
	if p := r.text(m, path, "pattern"); p != "" {
		if _, err := regexp.Compile(p); err != nil {
			r.problem(path+"/pattern", "pattern", "field", clip(f.Key))
		}
	}
}

// exact are the widgets whose elements can be asked in no other way: their
// values have one notation, which only they bring about.
var exact = []Widget{IDNo, USCC, Phone, Number, Money, Date}

// element finds a data element that is not known, does not fit the widget, or
// is sensitive while the field is not marked so.
func (r *reading) element(f *Field, path string) {
	sensitive := f.Widget == IDNo || f.Widget == Phone
	if f.Element != "" {
		e, ok := FindElement(f.Element)
		switch {
		case !ok:
			r.problem(path+"/x-element", "element", "field", clip(f.Key), "element", clip(f.Element))
		case e.Document():
			r.problem(path+"/x-element", "element_document", "field", clip(f.Key), "element", e.Name)
		case slices.Contains(exact, e.Widget) && e.Widget != f.Widget && types[f.Widget] != nil:
			r.problem(path+"/x-widget", "element_widget", "field", clip(f.Key), "element", e.Name, "widget", string(e.Widget))
		}
		sensitive = sensitive || e.Sensitive
	}
	if sensitive && !f.Sensitive {
		r.problem(path+"/x-sensitive", "sensitive", "field", clip(f.Key))
	}
}
