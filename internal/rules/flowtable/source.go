package flowtable

import (
	"bytes"
	"fmt"
	"html"
	"regexp"
	"strings"

	"tongban/internal/rules/wording"
)

// Namespaces that an edit writes in.
const (
	nsModel   = "http://www.omg.org/spec/BPMN/20100524/MODEL"
	nsBPMNDI  = "http://www.omg.org/spec/BPMN/20100524/DI"
	nsDC      = "http://www.omg.org/spec/DD/20100524/DC"
	nsDI      = "http://www.omg.org/spec/DD/20100524/DI"
	nsTongban = "urn:tongban:bpmn:1"
)

// piece is an element with its place in the bytes of the file. The file is only
// ever changed by replacing stretches of its bytes, so that what an edit does not
// touch stays as it is: comments, other tools' elements, even the line breaks.
type piece struct {
	prefix, local string
	space         string
	attrs         []attribute
	from, to      int // the whole element
	openTo        int // end of the start tag; of the element when it is empty
	closeAt       int // start of the end tag, -1 for an empty element
	kids          []*piece
	parent        *piece
	bound         map[string]string // prefixes declared here
}

// attribute is one attribute with its place: from the blank before it to behind its
// closing quote, and the value between the quotes.
type attribute struct {
	prefix, local    string
	from, to         int
	valueAt, valueTo int
	quote            byte
	value            string // unescaped
}

// source is a file as it was read, for edits.
type source struct {
	b     []byte
	root  *piece
	ascii bool // what is not ASCII is written as character references
	latin bool // bytes are the first 256 characters
	byID  map[string]*piece
}

var encodingOf = regexp.MustCompile(`^(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']`)

// scan finds the places of all elements. The bytes were read by flow.Parse
// before: they are well formed, without a document type, and in an encoding in
// which the signs of XML are single bytes.
func scan(b []byte) (*source, error) {
	s := &source{b: b}
	if m := encodingOf.FindSubmatch(b[:min(len(b), 200)]); m != nil {
		s.ascii = !strings.EqualFold(string(m[1]), "utf-8")
		s.latin = strings.EqualFold(string(m[1]), "iso-8859-1")
	}
	var open *piece
	for i := 0; i < len(b); {
		at := bytes.IndexByte(b[i:], '<')
		if at < 0 {
			break
		}
		i += at
		switch rest := b[i:]; {
		case bytes.HasPrefix(rest, []byte("<!--")):
			i = behind(b, i+4, "-->")
		case bytes.HasPrefix(rest, []byte("<![CDATA[")):
			i = behind(b, i, "]]>")
		case bytes.HasPrefix(rest, []byte("<?")):
			i = behind(b, i, "?>")
		case bytes.HasPrefix(rest, []byte("</")):
			if open == nil {
				return nil, say("source")
			}
			open.closeAt, open.to = i, behind(b, i, ">")
			i, open = open.to, open.parent
		default:
			p, end, err := s.readTag(i)
			if err != nil {
				return nil, err
			}
			p.parent = open
			p.space = p.lookup(p.prefix)
			switch {
			case open != nil:
				open.kids = append(open.kids, p)
			case s.root == nil:
				s.root = p
			default:
				return nil, say("source")
			}
			if i = end; p.closeAt == -1 {
				continue
			}
			open = p
		}
	}
	if s.root == nil || open != nil {
		return nil, say("source")
	}
	s.byID = map[string]*piece{}
	s.root.walk(func(p *piece) {
		if id := p.attr("id"); id != "" && p.space == nsModel && s.byID[id] == nil {
			s.byID[id] = p
		}
	})
	return s, nil
}

func behind(b []byte, from int, mark string) int {
	at := bytes.Index(b[from:], []byte(mark))
	if at < 0 {
		return len(b)
	}
	return from + at + len(mark)
}

// readTag reads the start tag at i.
func (s *source) readTag(i int) (*piece, int, error) {
	b := s.b
	p := &piece{from: i, closeAt: -2, bound: map[string]string{}}
	end := nameEnd(b, i+1)
	p.prefix, p.local = cut(string(b[i+1 : end]))
	for i = end; i < len(b); {
		blank := i
		for i < len(b) && isBlank(b[i]) {
			i++
		}
		switch {
		case i >= len(b):
			return nil, 0, say("source")
		case b[i] == '>':
			p.openTo = i + 1
			return p, i + 1, nil
		case b[i] == '/':
			i = behind(b, i, ">")
			p.openTo, p.to, p.closeAt = i, i, -1
			return p, i, nil
		}
		a := attribute{from: blank}
		end := nameEnd(b, i)
		a.prefix, a.local = cut(string(b[i:end]))
		for i = end; i < len(b) && (isBlank(b[i]) || b[i] == '='); i++ { //nolint:revive // the loop is the act
		}
		if i >= len(b) || b[i] != '"' && b[i] != '\'' || end == blank {
			return nil, 0, say("source")
		}
		a.quote, a.valueAt = b[i], i+1
		a.valueTo = behind(b, i+1, string(b[i])) - 1
		a.to = a.valueTo + 1
		i = a.to
		a.value = s.read(a.valueAt, a.valueTo)
		switch {
		case a.prefix == "xmlns":
			p.bound[a.local] = a.value
		case a.prefix == "" && a.local == "xmlns":
			p.bound[""] = a.value
		}
		p.attrs = append(p.attrs, a)
	}
	return nil, 0, say("source")
}

// read is the text between two places, its references resolved.
func (s *source) read(from, to int) string {
	text := string(s.b[from:to])
	if s.latin {
		var b strings.Builder
		for _, c := range s.b[from:to] {
			b.WriteRune(rune(c))
		}
		text = b.String()
	}
	return html.UnescapeString(text)
}

func nameEnd(b []byte, i int) int {
	for i < len(b) && !isBlank(b[i]) && b[i] != '>' && b[i] != '/' && b[i] != '=' {
		i++
	}
	return i
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func cut(name string) (prefix, local string) {
	if prefix, local, ok := strings.Cut(name, ":"); ok {
		return prefix, local
	}
	return "", name
}

// lookup is the namespace that a prefix stands for here.
func (p *piece) lookup(prefix string) string {
	for at := p; at != nil; at = at.parent {
		if space, ok := at.bound[prefix]; ok {
			return space
		}
	}
	return ""
}

// prefixFor is a prefix that stands for a namespace here; ok is false when there
// is none. For attributes the empty prefix is none.
func (p *piece) prefixFor(space string, attribute bool) (string, bool) {
	for at := p; at != nil; at = at.parent {
		best, found := "", false
		for prefix, s := range at.bound {
			if s == space && p.lookup(prefix) == space && !(attribute && prefix == "") && (!found || prefix < best) {
				best, found = prefix, true
			}
		}
		if found {
			return best, true
		}
	}
	return "", false
}

func (p *piece) is(local string) bool { return p.space == nsModel && p.local == local }

func (p *piece) attr(local string) string {
	for _, a := range p.attrs {
		if a.prefix == "" && a.local == local {
			return strings.TrimSpace(a.value)
		}
	}
	return ""
}

func (p *piece) child(local string) *piece {
	for _, k := range p.kids {
		if k.is(local) {
			return k
		}
	}
	return nil
}

func (p *piece) walk(visit func(*piece)) {
	visit(p)
	for _, k := range p.kids {
		k.walk(visit)
	}
}

// text is what stands between the tags of an element without children.
func (s *source) text(p *piece) string {
	if p.closeAt < 0 || len(p.kids) > 0 {
		return ""
	}
	return strings.TrimSpace(s.read(p.openTo, p.closeAt))
}

// find returns the element of the model with this id.
func (s *source) find(id string) *piece { return s.byID[id] }

// quote writes text so that it stays text, in an element or an attribute.
func (s *source) quote(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case strings.ContainsRune("<>&\"'\n\t", r) || s.ascii && r > 126:
			fmt.Fprintf(&b, "&#%d;", r)
		case r < 32 || r == 0xfffe || r == 0xffff:
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func say(key string, pairs ...any) wording.Message { return wording.M("flowtable."+key, pairs...) }
