package catalog

import (
	"errors"
	"reflect"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// maxYAML bounds item.yaml: the longest guide of a province is a tenth of it.
const maxYAML = 512 << 10

// lines knows the line of every key and entry of a file: "materials[1].name".
type lines map[string]int

// of returns the line of a path, or of the nearest thing around it that the file has.
func (l lines) of(path string) int {
	for path != "" {
		if n, ok := l[path]; ok {
			return n
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
	return 0
}

// decodeItem reads item.yaml strictly: a key that the format lacks, a key
// written twice and a value of another kind are named with their lines. ok is
// false when the item could not be read at all.
func decodeItem(src []byte) (it Item, at lines, problems []Problem, ok bool) {
	w := &walker{at: lines{}}
	if len(src) > maxYAML {
		w.wrong(0, "large", "max", maxYAML>>10)
		return it, w.at, w.problems, false
	}
	if nested(src) {
		w.wrong(0, "deep", "max", deepest)
		return it, w.at, w.problems, false
	}
	file, err := parser.ParseBytes(src, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		w.syntax(err)
		return it, w.at, w.problems, false
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		w.wrong(0, "documents")
		return it, w.at, w.problems, false
	}
	w.walk(file.Docs[0].Body, reflect.TypeFor[Item](), "")
	if w.broken {
		return it, w.at, w.problems, false
	}
	if err := yaml.UnmarshalWithOptions(src, &it, yaml.AllowDuplicateMapKey()); err != nil {
		w.syntax(err)
		return it, w.at, w.problems, false
	}
	return it, w.at, w.problems, true
}

// walker goes through the file beside the Go types that it is read into.
type walker struct {
	at       lines
	problems []Problem
	broken   bool // decoding would fail or lose something
}

func (w *walker) wrong(line int, key string, pairs ...any) {
	w.problems = append(w.problems, Problem{File: itemFile, Line: line, Msg: wording.M("catalog.yaml."+key, pairs...)})
}

func (w *walker) syntax(err error) {
	line := 0
	var e yaml.Error
	if errors.As(err, &e) && e.GetToken() != nil {
		line = e.GetToken().Position.Line
	}
	w.wrong(line, "syntax")
}

func (w *walker) walk(n ast.Node, t reflect.Type, path string) {
	line := n.GetToken().Position.Line
	switch n := n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode, *ast.TagNode:
		w.broken = true
		w.wrong(line, "anchor")
	case *ast.NullNode:
	case *ast.MappingNode:
		w.mapping(n.Values, t, path, line)
	case *ast.MappingValueNode:
		w.mapping([]*ast.MappingValueNode{n}, t, path, line)
	case *ast.SequenceNode:
		if t.Kind() != reflect.Slice {
			w.kind(line, path, t)
			return
		}
		for i, v := range n.Values {
			p := path + "[" + strconv.Itoa(i) + "]"
			w.at[p] = v.GetToken().Position.Line
			w.walk(v, t.Elem(), p)
		}
	default:
		w.scalar(n, t, path, line)
	}
}

func (w *walker) mapping(values []*ast.MappingValueNode, t reflect.Type, path string, line int) {
	if t.Kind() != reflect.Struct && t.Kind() != reflect.Map {
		w.kind(line, path, t)
		return
	}
	known := fieldsOf(t)
	seen := map[string]int{}
	for _, v := range values {
		key, at := v.Key.GetToken().Value, v.Key.GetToken().Position.Line
		if first, twice := seen[key]; twice {
			w.wrong(at, "twice", "key", key, "first", first)
		}
		seen[key] = at
		p := strings.TrimPrefix(path+"."+key, ".")
		w.at[p] = at
		switch {
		case t.Kind() == reflect.Map:
			w.walk(v.Value, t.Elem(), p)
		case known.types[key] == nil:
			w.wrong(at, "unknown", "key", key, "known", strings.Join(known.names, "、"))
		default:
			w.walk(v.Value, known.types[key], p)
		}
	}
}

func (w *walker) scalar(n ast.Node, t reflect.Type, path string, line int) {
	ok := false
	switch n.(type) {
	case *ast.StringNode, *ast.LiteralNode:
		ok = t.Kind() == reflect.String
		if t == reflect.TypeFor[day.Day]() {
			_, err := day.Parse(n.GetToken().Value)
			ok = err == nil
		}
	case *ast.BoolNode:
		ok = t.Kind() == reflect.Bool
	case *ast.IntegerNode:
		ok = t.Kind() == reflect.Int
	}
	if !ok {
		w.kind(line, path, t)
	}
}

// kind says that a value is not of the kind that the key takes.
func (w *walker) kind(line int, path string, t reflect.Type) {
	w.broken = true
	want := "text"
	switch {
	case t == reflect.TypeFor[day.Day]():
		want = "day"
	case t.Kind() == reflect.Bool:
		want = "bool"
	case t.Kind() == reflect.Int:
		want = "number"
	case t.Kind() == reflect.Slice:
		want = "list"
	case t.Kind() == reflect.Struct, t.Kind() == reflect.Map:
		want = "group"
	}
	w.wrong(line, "kind", "key", path, "want", wording.M("catalog.yaml.want."+want))
}

// fields are the keys that a struct takes, those of embedded structs included.
type fields struct {
	names []string
	types map[string]reflect.Type
}

func fieldsOf(t reflect.Type) fields {
	f := fields{types: map[string]reflect.Type{}}
	if t.Kind() != reflect.Struct {
		return f
	}
	for i := range t.NumField() {
		sf := t.Field(i)
		name, flags, _ := strings.Cut(sf.Tag.Get("yaml"), ",")
		if strings.Contains(flags, "inline") {
			inner := fieldsOf(sf.Type)
			f.names = append(f.names, inner.names...)
			for k, v := range inner.types {
				f.types[k] = v
			}
			continue
		}
		if name != "" && name != "-" {
			f.names = append(f.names, name)
			f.types[name] = sf.Type
		}
	}
	return f
}
