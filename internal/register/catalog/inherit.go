package catalog

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"tongban/internal/rules/wording"
)

// patchFile is what a variant's form has otherwise than its item's, as a JSON
// Merge Patch (RFC 7396).
const patchFile = "form.patch.json"

// ofEach are the keys that a variant says for itself.
var ofEach = []string{"code", "name", "name_en", "source_code", "aliases", "situation", "situation_en", "summary", "summary_en"}

// itemAbove is the files of the item of which a folder's item is a variant, when
// the folder lies in that item's; nil otherwise.
func itemAbove(fsys fs.FS, dir string, itemYAML []byte) map[string][]byte {
	up := path.Dir(dir)
	if up == dir || !utf8.Valid(itemYAML) {
		return nil
	}
	it, _, _, _ := decodeItem(itemYAML)
	code := OfItem(it.Code)
	if code == "" {
		return nil
	}
	src := map[string][]byte{}
	for _, name := range []string{itemFile, flowFile, formFile} {
		b, wrong := readFile(fsys, path.Join(up, name), name)
		if len(wrong) > 0 || !utf8.Valid(b) {
			return nil // told when that folder is read
		}
		src[name] = b
	}
	if of, _, _, ok := decodeItem(src[itemFile]); !ok || of.Code != code {
		return nil
	}
	return src
}

// inherit completes the files of a variant with what it leaves to its item: each
// key of item.yaml that it does not write and that is not of each, each material
// of which it writes the key alone, the flow, and the form, whole or but for its
// patch. What is read is whole and says all itself: a later version of the item
// changes no variant.
func inherit(fsys fs.FS, dir string, src, of map[string][]byte) (problems []Problem) {
	src[itemFile] = completed(src[itemFile], of[itemFile])
	for _, name := range []string{flowFile, formFile, patchFile} {
		full := path.Join(dir, name)
		if _, err := fs.Stat(fsys, full); errors.Is(err, fs.ErrNotExist) {
			if src[name] == nil {
				src[name] = of[name]
			}
			continue
		}
		b, wrong := readFile(fsys, full, name)
		if src[name], problems = b, append(problems, wrong...); name != patchFile || len(wrong) > 0 {
			continue
		}
		form, err := patched(of[formFile], b)
		if err != nil {
			problems = append(problems, Problem{File: patchFile, Msg: wording.M("catalog.file.patch")})
		}
		src[formFile] = form
	}
	return problems
}

// completed is the item.yaml of a variant with what it leaves to its item at its
// end, so that its own lines stay where they are.
func completed(variant, of []byte) []byte {
	own, theirs := sections(variant), sections(of)
	if own == nil || theirs == nil {
		return variant
	}
	it, _, _, _ := decodeItem(of)
	var b strings.Builder
	for _, s := range own {
		if s.key == "materials" {
			s.text = onlyKey.ReplaceAllStringFunc(s.text, func(line string) string { return material(line, it.Materials) })
		}
		b.WriteString(s.text)
	}
	if !strings.HasSuffix(b.String(), "\n") {
		b.WriteByte('\n')
	}
	for _, s := range theirs {
		if !slices.Contains(ofEach, s.key) && !slices.ContainsFunc(own, func(o section) bool { return o.key == s.key }) {
			b.WriteString(strings.TrimRight(s.text, "\n") + "\n")
		}
	}
	return []byte(b.String())
}

// onlyKey is the line of a material that a variant leaves to its item.
var onlyKey = regexp.MustCompile(`(?m)^( *- )\{key: *([a-z0-9_]+)\} *$`)

// material is that line with all that the item says of the material, in one line;
// as it is where the item has none of that key.
func material(line string, all []Material) string {
	m := onlyKey.FindStringSubmatch(line)
	i := slices.IndexFunc(all, func(x Material) bool { return x.Key == m[2] })
	if i < 0 {
		return line
	}
	var b strings.Builder
	e := json.NewEncoder(&b) // JSON in one line is YAML too
	e.SetEscapeHTML(false)
	if err := e.Encode(all[i]); err != nil {
		panic(err) // texts and numbers only
	}
	return m[1] + strings.TrimRight(b.String(), "\n")
}

// section is one key of item.yaml with its value, as it is written.
type section struct{ key, text string }

// sections takes item.yaml apart, key by key; what stands before the first belongs
// to it. It is nil for a file that is not written key below key.
func sections(src []byte) (list []section) {
	if len(src) > maxYAML || nested(src) {
		return nil
	}
	file, err := parser.ParseBytes(src, 0, parser.AllowDuplicateMapKey())
	if err != nil || len(file.Docs) != 1 {
		return nil
	}
	body, ok := file.Docs[0].Body.(*ast.MappingNode)
	if !ok || body.IsFlowStyle {
		return nil
	}
	lines := bytes.SplitAfter(src, []byte("\n"))
	at := 0
	for i, v := range body.Values {
		end := len(lines)
		if i+1 < len(body.Values) {
			end = body.Values[i+1].Key.GetToken().Position.Line - 1
		}
		if end < at || end > len(lines) {
			return nil
		}
		list = append(list, section{v.Key.GetToken().Value, string(bytes.Join(lines[at:end], nil))})
		at = end
	}
	return list
}

// patched applies a JSON Merge Patch (RFC 7396) to a form.
func patched(form, patch []byte) ([]byte, error) {
	target, err := parsed(form)
	if err != nil {
		return nil, err
	}
	p, err := parsed(patch)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err = e.Encode(merged(target, p))
	return b.Bytes(), err
}

// parsed reads one JSON value, numbers as they are written.
func parsed(src []byte) (v any, err error) {
	d := json.NewDecoder(bytes.NewReader(src))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("more than one value")
	}
	return v, nil
}

func merged(target, patch any) any {
	p, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	t, ok := target.(map[string]any)
	if !ok {
		t = map[string]any{}
	}
	for k, v := range p {
		if v == nil {
			delete(t, k)
			continue
		}
		t[k] = merged(t[k], v)
	}
	return t
}
