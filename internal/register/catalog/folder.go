package catalog

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"

	"tongban/internal/rules/condition"
	"tongban/internal/rules/flow"
	"tongban/internal/rules/form"
	"tongban/internal/rules/wording"
)

// The files of an item's folder.
const (
	itemFile = "item.yaml"
	flowFile = "flow.bpmn"
	formFile = "form.json"
)

// maxFile bounds each file of a folder.
const maxFile = 4 << 20

// Draft is an item as somebody wrote it, found in order, not yet registered. A
// draft without a flow is an item known by name only.
type Draft struct {
	Item
	ItemYAML []byte // the files as they were written
	FlowXML  []byte
	FormJSON []byte
	Flow     *flow.Definition
	Form     *form.Form

	row row // of a list, where it is one
}

// NameOnly tells whether the draft is an entry of a list, without guide, form or flow.
func (d *Draft) NameOnly() bool { return d.Flow == nil }

// digest is the same for drafts that say the same in the same words.
func (d *Draft) digest() []byte {
	h := sha256.New()
	for _, part := range [][]byte{d.ItemYAML, d.FlowXML, d.FormJSON} {
		_, _ = io.WriteString(h, strconv.Itoa(len(part))+"\n")
		_, _ = h.Write(part)
	}
	return h.Sum(nil)
}

// ReadFolder reads the folder of a written item: item.yaml, flow.bpmn and
// form.json. A variant whose folder lies in its item's may leave out what it has
// in common with it: see inherit. It returns either the draft or everything that
// is wrong with it.
func ReadFolder(fsys fs.FS, dir string) (*Draft, []Problem) {
	src, problems := readFiles(fsys, dir)
	if len(problems) > 0 {
		return nil, problems
	}
	return Read(src[itemFile], src[flowFile], src[formFile])
}

// Folders lists the folders of written items in a folder, each by its way from
// there: the folder itself (".") or those in it, and after each its variants'. One in
// a folder of folders is listed whether or not it has an item.yaml: reading it tells.
func Folders(fsys fs.FS, dir string) ([]string, error) {
	if has(fsys, dir) {
		return withVariants(fsys, dir, ".")
	}
	entries, err := fs.ReadDir(fsys, dir)
	var all []string
	for _, e := range entries {
		if !e.IsDir() || err != nil {
			continue
		}
		var some []string
		some, err = withVariants(fsys, dir, e.Name())
		all = append(all, some...)
	}
	return all, err
}

// has tells whether a folder is an item's.
func has(fsys fs.FS, dir string) bool {
	_, err := fs.Stat(fsys, path.Join(dir, itemFile))
	return err == nil
}

func withVariants(fsys fs.FS, dir, name string) ([]string, error) {
	all := []string{name}
	entries, err := fs.ReadDir(fsys, path.Join(dir, name))
	for _, e := range entries {
		if in := path.Join(name, e.Name()); e.IsDir() && has(fsys, path.Join(dir, in)) {
			all = append(all, in)
		}
	}
	return all, err
}

func readFiles(fsys fs.FS, dir string) (map[string][]byte, []Problem) {
	src := map[string][]byte{}
	b, problems := readFile(fsys, path.Join(dir, itemFile), itemFile)
	src[itemFile] = b
	if of := itemAbove(fsys, dir, b); of != nil {
		return src, append(problems, inherit(fsys, dir, src, of)...)
	}
	for _, name := range []string{flowFile, formFile} {
		b, wrong := readFile(fsys, path.Join(dir, name), name)
		src[name], problems = b, append(problems, wrong...)
	}
	return src, problems
}

func readFile(fsys fs.FS, full, name string) ([]byte, []Problem) {
	f, err := fsys.Open(full)
	if err != nil {
		key := "catalog.file.unreadable"
		if errors.Is(err, fs.ErrNotExist) {
			key = "catalog.file.missing"
		}
		return nil, []Problem{{File: name, Msg: wording.M(key, "file", name)}}
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return nil, []Problem{{File: name, Msg: wording.M("catalog.file.unreadable", "file", name)}}
	case len(b) > maxFile:
		return nil, []Problem{{File: name, Msg: wording.M("catalog.file.large", "max", maxFile>>20)}}
	}
	return b, nil
}

// Read reads the three files of a written item.
func Read(itemYAML, flowXML, formJSON []byte) (*Draft, []Problem) {
	for name, b := range map[string][]byte{itemFile: itemYAML, formFile: formJSON} {
		if !utf8.Valid(b) {
			return nil, []Problem{{File: name, Msg: wording.M("catalog.file.text")}}
		}
	}
	d := &Draft{ItemYAML: itemYAML, FlowXML: flowXML, FormJSON: formJSON}
	it, at, problems, ok := decodeItem(itemYAML)
	c := &checker{d: d, at: at, problems: problems}
	d.Item = it
	c.readForm()
	c.readFlow()
	if ok {
		c.item()
	}
	if len(c.problems) > 0 {
		return nil, c.problems
	}
	return d, nil
}

// checker collects what is wrong with a draft.
type checker struct {
	d        *Draft
	at       lines
	problems []Problem
}

// wrong notes a problem with a key of item.yaml, by its path.
func (c *checker) wrong(path, key string, pairs ...any) {
	c.problems = append(c.problems, Problem{File: itemFile, Line: c.at.of(path), Msg: wording.M("catalog.check."+key, pairs...)})
}

// wrongMessage does the same for what another package said.
func (c *checker) wrongMessage(path string, err error) {
	c.problems = append(c.problems, Problem{File: itemFile, Line: c.at.of(path), Msg: asMessage(err)})
}

func asMessage(err error) wording.Message {
	var m wording.Message
	if errors.As(err, &m) {
		return m
	}
	return wording.M("catalog.file.other")
}

func (c *checker) readForm() {
	f, wrong := form.Parse(c.d.FormJSON)
	for _, p := range wrong {
		c.problems = append(c.problems, Problem{File: formFile, Line: lineOfPointer(c.d.FormJSON, p.Path), Msg: p.Message})
	}
	c.d.Form = f
}

// readFlow reads the flow and lets it judge itself. Its conditions are checked
// against the form, or, when that could not be read, only for being well formed.
func (c *checker) readFlow() {
	def, err := flow.Parse(c.d.FlowXML)
	if err != nil {
		m := asMessage(err)
		line, _ := m.Args["line"].(int)
		c.problems = append(c.problems, Problem{File: flowFile, Line: line, Msg: m})
		return
	}
	r := flow.Check(def, conditions(c.env()))
	for _, e := range append(r.Refused, r.Problems...) {
		c.problems = append(c.problems, Problem{File: flowFile, Line: e.Line, Msg: e.Reason})
	}
	c.d.Flow = def
}

func (c *checker) env() condition.Env {
	if c.d.Form == nil {
		return condition.Case(nil)
	}
	return c.d.Form.Env()
}

// conditions checks the conditions of a flow against the names of a form.
type conditions condition.Env

// Check returns nil or what is wrong with the condition.
func (e conditions) Check(source string) error {
	_, err := condition.Compile(source, condition.Env(e))
	return err
}

// lineOfPointer finds the line of a JSON pointer's last name that the file
// has, going through its names in turn. It is a guide for the eye, not a parser.
func lineOfPointer(src []byte, pointer string) int {
	at := 0
	for name := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		name = strings.NewReplacer("~1", "/", "~0", "~").Replace(name)
		i := bytes.Index(src[at:], []byte(strconv.Quote(name)))
		if name == "" || i < 0 {
			break
		}
		at += i
	}
	if at == 0 {
		return 0
	}
	return 1 + bytes.Count(src[:at], []byte("\n"))
}
