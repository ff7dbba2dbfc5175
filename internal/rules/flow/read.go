package flow

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Bounds of a file. A real flow has a few hundred elements; the largest model
// of the interchange group has under two thousand.
const (
	MaxBytes    = 2 << 20
	MaxElements = 50_000
	MaxDepth    = 64
	maxAttrs    = 128
)

// Namespaces of the files.
const (
	nsModel   = "http://www.omg.org/spec/BPMN/20100524/MODEL"
	nsBPMNDI  = "http://www.omg.org/spec/BPMN/20100524/DI"
	nsDC      = "http://www.omg.org/spec/DD/20100524/DC"
	nsDI      = "http://www.omg.org/spec/DD/20100524/DI"
	nsTongban = "urn:tongban:bpmn:1"
	nsXML     = "http://www.w3.org/XML/1998/namespace"
)

// element is one XML element as it stands in the file. Nothing is left out, so
// that what is not run can still be listed and drawn.
type element struct {
	space, local string
	attrs        []xml.Attr
	text         []byte
	kids         []*element
	parent       *element
	line, col    int
}

func (e *element) is(local string) bool { return e.space == nsModel && e.local == local }

// attr returns a BPMN attribute, which has no namespace.
func (e *element) attr(local string) string { return e.attrIn("", local) }

func (e *element) attrIn(space, local string) string {
	for _, a := range e.attrs {
		if a.Name.Space == space && a.Name.Local == local {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}

func (e *element) child(local string) *element {
	for _, k := range e.kids {
		if k.is(local) {
			return k
		}
	}
	return nil
}

// words is the text of the element without the space around it.
func (e *element) words() string {
	if e == nil {
		return ""
	}
	return strings.TrimSpace(string(e.text))
}

// walk visits e and everything in it, in the order of the file.
func (e *element) walk(visit func(*element)) {
	visit(e)
	for _, k := range e.kids {
		k.walk(visit)
	}
}

// readTree reads the whole file within the bounds. Document types and entities
// are refused before anything is expanded. end is the offset of the root's end
// tag in the decoded text, -1 for an empty root tag.
func readTree(text []byte) (root *element, end int, err error) {
	dec := xml.NewDecoder(bytes.NewReader(text))
	// The text was decoded before; what the declaration says is done with.
	dec.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	r := &treeReader{dec: dec, text: text, declared: map[string]bool{"": true, "xmlns": true, nsXML: true, "xml": true}, end: -1}
	for {
		line, col := dec.InputPos()
		offset := int(dec.InputOffset())
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, 0, notXML(err, dec)
		}
		if err := r.take(tok, line, col, offset); err != nil {
			return nil, 0, err
		}
	}
	if r.root == nil {
		return nil, 0, say("read.empty")
	}
	return r.root, r.end, nil
}

type treeReader struct {
	dec       *xml.Decoder
	text      []byte
	declared  map[string]bool
	root, cur *element
	depth     int
	count     int
	end       int
}

func (r *treeReader) take(tok xml.Token, line, col, offset int) error {
	switch t := tok.(type) {
	case xml.Directive:
		return say("read.dtd", "line", line)
	case xml.StartElement:
		return r.open(t, line, col)
	case xml.EndElement:
		if r.depth--; r.depth == 0 && bytes.HasPrefix(r.text[offset:], []byte("</")) {
			r.end = offset
		}
		r.cur = r.cur.parent
	case xml.CharData:
		if r.cur != nil {
			r.cur.text = append(r.cur.text, t...)
		} else if len(bytes.TrimSpace(bytes.TrimPrefix(t, []byte("\ufeff")))) > 0 {
			return say("read.outside", "line", line)
		}
	}
	return nil
}

func (r *treeReader) open(t xml.StartElement, line, col int) error {
	if r.depth++; r.depth > MaxDepth {
		return say("read.deep", "line", line, "max", MaxDepth)
	}
	if r.count++; r.count > MaxElements {
		return say("read.many", "line", line, "max", MaxElements)
	}
	if r.depth == 1 && r.root != nil {
		return say("read.outside", "line", line)
	}
	if len(t.Attr) > maxAttrs {
		return say("read.many", "line", line, "max", maxAttrs)
	}
	for _, a := range t.Attr {
		if a.Name.Space == "xmlns" || (a.Name.Space == "" && a.Name.Local == "xmlns") {
			r.declared[a.Value] = true
		}
	}
	if !r.declared[t.Name.Space] {
		return say("read.prefix", "prefix", t.Name.Space, "line", line)
	}
	for i, a := range t.Attr {
		if !r.declared[a.Name.Space] {
			return say("read.prefix", "prefix", a.Name.Space, "line", line)
		}
		for _, b := range t.Attr[:i] {
			if a.Name == b.Name {
				return say("read.attribute_twice", "name", a.Name.Local, "line", line)
			}
		}
	}
	e := &element{space: t.Name.Space, local: t.Name.Local, attrs: t.Copy().Attr, parent: r.cur, line: line, col: col}
	if r.cur != nil {
		r.cur.kids = append(r.cur.kids, e)
	} else {
		r.root = e
	}
	r.cur = e
	return nil
}

func notXML(err error, dec *xml.Decoder) error {
	line, _ := dec.InputPos()
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		return say("read.xml", "line", syntax.Line, "detail", syntax.Msg)
	}
	return say("read.xml", "line", line, "detail", err.Error())
}

var declaration = regexp.MustCompile(`^<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']`)

// decode returns the file as UTF-8 and the encoding it came in. Old modelling
// tools write ISO-8859-1; its bytes are the first 256 code points.
func decode(src []byte) (text []byte, encoding string, err error) {
	if len(src) > MaxBytes {
		return nil, "", say("read.large", "max_mb", MaxBytes>>20)
	}
	encoding = "utf-8"
	head := src[:min(len(src), 200)]
	if m := declaration.FindSubmatch(bytes.TrimPrefix(head, []byte("\ufeff"))); m != nil {
		encoding = strings.ToLower(string(m[1]))
	}
	switch encoding {
	case "utf-8", "us-ascii":
		if !utf8.Valid(src) {
			return nil, "", say("read.utf8", "line", 1+bytes.Count(src[:firstBad(src)], []byte("\n")))
		}
		return src, encoding, nil
	case "iso-8859-1":
		b := make([]byte, 0, len(src)+len(src)/8)
		for _, c := range src {
			b = utf8.AppendRune(b, rune(c))
		}
		return b, encoding, nil
	default:
		return nil, "", say("read.encoding", "encoding", encoding)
	}
}

func firstBad(src []byte) int {
	for i := 0; i < len(src); {
		r, size := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && size <= 1 {
			return i
		}
		i += size
	}
	return len(src)
}
