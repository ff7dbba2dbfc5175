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
// form.json. It returns either the draft or everything that is wrong with it.
func ReadFolder(fsys fs.FS, dir string) (*Draft, []Problem) {
	src := map[string][]byte{}
	var problems []Problem
	for _, name := range []string{itemFile, flowFile, formFile} {
		b, p := readFile(fsys, path.Join(dir, name), name)
		src[name] = b
		problems = append(problems, p...)
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return Read(src[itemFile], src[flowFile], src[formFile])
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
