package flowtable

import (
	"slices"
	"strings"
)

// splice collects what an edit replaces in the bytes of a file.
type splice struct {
	s    *source
	cuts []swap
	used map[string]bool   // ids
	fill map[*piece]string // what is put into elements that were empty
}

// swap is a stretch of bytes and what stands there instead.
type swap struct {
	from, to int
	with     string
}

func newSplice(s *source) *splice {
	e := &splice{s: s, used: map[string]bool{}, fill: map[*piece]string{}}
	s.root.walk(func(p *piece) { e.used[p.attr("id")] = true })
	return e
}

// fresh makes an id that the file does not use.
func (e *splice) fresh(kind string) string {
	for n := 1; ; n++ {
		if id := kind + "_" + itoa(n); !e.used[id] {
			e.used[id] = true
			return id
		}
	}
}

func (e *splice) replace(from, to int, with string) {
	e.cuts = append(e.cuts, swap{from, to, with})
}

// bytes is the file with everything replaced. Stretches that lie in others that
// are taken out go with them.
func (e *splice) bytes() []byte {
	for p, text := range e.fill { // an empty element is opened
		end := p.to - 1
		for e.s.b[end-1] == '/' || isBlank(e.s.b[end-1]) {
			end--
		}
		e.replace(end, p.to, ">"+text+e.s.indent(p)+"</"+join(p.prefix, p.local)+">")
	}
	slices.SortStableFunc(e.cuts, func(a, b swap) int {
		if a.from != b.from {
			return a.from - b.from
		}
		return a.to - b.to // what is put in comes before what is taken out
	})
	var out []byte
	at := 0
	for _, c := range e.cuts {
		if c.from < at {
			continue
		}
		out = append(append(out, e.s.b[at:c.from]...), c.with...)
		at = c.to
	}
	return append(out, e.s.b[at:]...)
}

// drop takes an element out, with the blanks before it.
func (e *splice) drop(p *piece) { e.replace(e.s.lead(p.from), p.to, "") }

// lead is where the blanks before a place begin.
func (s *source) lead(at int) int {
	for at > 0 && isBlank(s.b[at-1]) {
		at--
	}
	return at
}

// indent is the line break and blanks before an element.
func (s *source) indent(p *piece) string {
	blanks := string(s.b[s.lead(p.from):p.from])
	if at := strings.LastIndexByte(blanks, '\n'); at >= 0 {
		return blanks[at:]
	}
	return blanks
}

// put puts text into an element, behind one of its children (nil: first of all).
func (e *splice) put(in, behind *piece, text string) {
	switch {
	case behind != nil:
		e.replace(behind.to, behind.to, text)
	case in.closeAt >= 0:
		e.replace(in.openTo, in.openTo, text)
	default:
		e.fill[in] += text
	}
}

// putLast puts text before the end tag of an element, behind its last child.
func (e *splice) putLast(in *piece, text string) {
	if len(in.kids) > 0 {
		e.put(in, in.kids[len(in.kids)-1], text)
		return
	}
	e.put(in, nil, text)
}

// pair is an attribute to be set; an empty value takes it away.
type pair struct{ space, local, value string }

// set sets attributes of an element.
func (e *splice) set(p *piece, list ...pair) {
	var added strings.Builder
	declared := map[string]string{}
	for _, x := range list {
		if have := p.find(x.space, x.local); have != nil {
			switch {
			case x.value == "":
				e.replace(have.from, have.to, "")
			case x.value != have.value:
				e.replace(have.valueAt, have.valueTo, e.s.quote(x.value))
			}
			continue
		}
		if x.value == "" {
			continue
		}
		name := x.local
		if x.space != "" {
			prefix, ok := p.prefixFor(x.space, true)
			if !ok {
				if prefix, ok = declared[x.space]; !ok {
					prefix = p.free("tb")
					declared[x.space] = prefix
					added.WriteString(` xmlns:` + prefix + `="` + x.space + `"`)
				}
			}
			name = join(prefix, x.local)
		}
		added.WriteString(" " + name + `="` + e.s.quote(x.value) + `"`)
	}
	if added.Len() > 0 {
		at := p.nameTo()
		if n := len(p.attrs); n > 0 {
			at = p.attrs[n-1].to
		}
		e.replace(at, at, added.String())
	}
}

// find returns the attribute of a namespace, "" being none.
func (p *piece) find(space, local string) *attribute {
	for i := range p.attrs {
		a := &p.attrs[i]
		if a.local != local || a.prefix == "xmlns" {
			continue
		}
		if space == "" && a.prefix == "" || space != "" && a.prefix != "" && p.lookup(a.prefix) == space {
			return a
		}
	}
	return nil
}

// free is a prefix that means nothing here yet.
func (p *piece) free(want string) string {
	for n := 0; ; n++ {
		name := want
		if n > 0 {
			name += itoa(n)
		}
		if p.lookup(name) == "" {
			return name
		}
	}
}

// nameTo is where the name in the start tag ends.
func (p *piece) nameTo() int { return p.from + 1 + len(join(p.prefix, p.local)) }

// rename gives an element another name, its prefix kept.
func (e *splice) rename(p *piece, local string) {
	if p.local == local {
		return
	}
	to := p.nameTo()
	e.replace(to-len(p.local), to, local)
	if p.closeAt >= 0 {
		to = p.closeAt + 2 + len(join(p.prefix, p.local))
		e.replace(to-len(p.local), to, local)
	}
}

func join(prefix, local string) string {
	if prefix == "" {
		return local
	}
	return prefix + ":" + local
}
