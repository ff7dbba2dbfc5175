package reconcile

import (
	"cmp"
	"slices"
	"strings"
)

const (
	most     = 24   // candidates that are kept for a line
	visits   = 6000 // lines of ours that one line of theirs meets by characters
	exactly  = 64   // lines of ours of one name, or one code, that it meets
	families = 40
)

// index finds lines of ours.
type index struct {
	byGram   map[uint64][]int32
	byOwn    map[ownGram][]int32 // within one agency
	byName   map[string][]int32  // folded
	byBoth   map[string][]int32  // agency, folded
	byCode   map[string][]int32
	byFamily map[string][]int32
}

// ownGram is a pair of characters in the names of one agency.
type ownGram struct {
	agency string
	key    uint64
}

// candidates finds for each line of theirs the lines of ours that may be it.
func (m *matcher) candidates() {
	all := make([]*name, 0, len(m.theirs.names)+len(m.ours.names))
	for i := range m.theirs.names {
		all = append(all, &m.theirs.names[i])
	}
	for i := range m.ours.names {
		all = append(all, &m.ours.names[i])
	}
	weigh(all)
	x := m.index()
	m.pairsOf = make([][]pair, len(m.theirs.entries))
	m.backOf = make([][]pair, len(m.ours.entries))
	m.crowd = crowd{met: make([]int32, len(m.ours.entries)), worth: make([]int32, len(m.ours.entries))}
	for t := range m.theirs.entries {
		list := m.meet(x, t)
		pairs := make([]pair, 0, len(list))
		for _, o := range list {
			if !m.no[[2]int{t, int(o)}] {
				pairs = append(pairs, m.pair(t, int(o)))
			}
		}
		slices.SortFunc(pairs, func(a, b pair) int { return cmp.Or(b.score-a.score, a.our-b.our) })
		m.pairsOf[t] = pairs
		for _, p := range pairs {
			m.backOf[p.our] = append(m.backOf[p.our], p)
		}
	}
}

func (m *matcher) index() *index {
	x := &index{byGram: map[uint64][]int32{}, byOwn: map[ownGram][]int32{}, byName: map[string][]int32{}, byBoth: map[string][]int32{}, byCode: map[string][]int32{}, byFamily: map[string][]int32{}}
	for i := range m.ours.entries {
		e, n, o := &m.ours.entries[i], &m.ours.names[i], int32(i)
		x.byName[n.folded] = append(x.byName[n.folded], o)
		x.byBoth[e.Agency+"\n"+n.folded] = append(x.byBoth[e.Agency+"\n"+n.folded], o)
		for _, c := range []string{e.Code, baseOf(e)} {
			if c != "" {
				x.byCode[c] = append(x.byCode[c], o)
			}
		}
		if f := familyOf(e); f != "" {
			x.byFamily[f] = append(x.byFamily[f], o)
		}
		for _, g := range n.grams {
			if g.pair() {
				x.byGram[g.key] = append(x.byGram[g.key], o)
				if e.Agency != "" {
					x.byOwn[ownGram{e.Agency, g.key}] = append(x.byOwn[ownGram{e.Agency, g.key}], o)
				}
			}
		}
	}
	return x
}

// meet lists the lines of ours that one line of theirs is compared with: those
// of its code and its name, and those that share the rarest pairs of characters.
func (m *matcher) meet(x *index, t int) []int32 {
	if m.theirs.in[t] != 0 {
		return nil
	}
	e, n := &m.theirs.entries[t], &m.theirs.names[t]
	c := &m.crowd
	c.found, c.mark = c.found[:0], int32(t+1)
	const certain = 1 << 20
	both := x.byBoth[e.Agency+"\n"+n.folded]
	m.see(both, certain, exactly)
	m.see(x.byName[n.folded], certain/2, max(exactly, len(both)))
	for _, code := range []string{e.Code, baseOf(e)} {
		if code != "" {
			m.see(x.byCode[code], certain/4, exactly)
		}
	}
	if f := familyOf(e); f != "" {
		m.see(x.byFamily[f], 20, families)
	}
	c.grams = c.grams[:0]
	all := 0
	for _, g := range n.grams {
		if list := x.byGram[g.key]; len(list) > 0 && g.pair() {
			c.grams = append(c.grams, g)
			all += len(list)
		}
	}
	if all <= visits || e.Agency == "" {
		m.follow(c.grams, func(g gram) []int32 { return x.byGram[g.key] }, visits)
		return m.best(c.found, n)
	}
	// In a crowd, its own agency's lines first.
	left := m.follow(c.grams, func(g gram) []int32 { return x.byOwn[ownGram{e.Agency, g.key}] }, visits/2)
	m.follow(c.grams, func(g gram) []int32 { return x.byGram[g.key] }, visits/2+left)
	return m.best(c.found, n)
}

// crowd is the room in which candidates are gathered for one line after the other.
type crowd struct {
	mark  int32   // of the line, from 1
	met   []int32 // per line of ours, the line that met it last
	worth []int32 // weight of what they share
	found []int32
	grams []gram
}

// see meets lines of ours, at most bound of them.
func (m *matcher) see(list []int32, w int32, bound int) {
	if len(list) > bound {
		list, m.whole = list[:bound], false
	}
	c := &m.crowd
	for _, o := range list {
		if m.ours.in[o] != 0 {
			continue // a person has placed it
		}
		if c.met[o] != c.mark {
			c.met[o], c.worth[o] = c.mark, 0
			c.found = append(c.found, o)
		}
		c.worth[o] += w
	}
}

// follow meets the lines that share pairs of characters, the rarest pair first,
// as far as left reaches; it returns what is left.
func (m *matcher) follow(grams []gram, lines func(gram) []int32, left int) int {
	slices.SortFunc(grams, func(a, b gram) int { return cmp.Or(len(lines(a))-len(lines(b)), cmp.Compare(a.key, b.key)) })
	for i, g := range grams {
		list := lines(g)
		if len(list) > left {
			m.whole = false
			if i > 0 {
				break
			}
		}
		m.see(list[:min(len(list), left)], g.w, len(list))
		left = max(0, left-len(list))
	}
	return left
}

// best keeps the lines that share most: half of them by how much they share,
// half by how little else they hold.
func (m *matcher) best(found []int32, n *name) []int32 {
	shared := m.crowd.worth
	if len(found) > most {
		var much, little top
		for _, o := range found {
			much.offer(o, int(shared[o]))
			little.offer(o, int(shared[o])*2000/(n.weight+m.ours.names[o].weight+1))
		}
		found = append(much.lines(), little.lines()...)
	} else {
		found = slices.Clone(found)
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// top keeps the lines that are worth most, of equal ones the first.
type top struct {
	n    int
	list [most / 2]struct {
		line  int32
		worth int
	}
}

func (t *top) offer(line int32, worth int) {
	before := func(i int) bool {
		o := &t.list[i]
		return o.worth > worth || o.worth == worth && o.line < line
	}
	if t.n == len(t.list) && before(t.n-1) {
		return
	}
	t.n = min(t.n+1, len(t.list))
	i := t.n - 1
	for ; i > 0 && !before(i-1); i-- {
		t.list[i] = t.list[i-1]
	}
	t.list[i].line, t.list[i].worth = line, worth
}

func (t *top) lines() (list []int32) {
	for _, x := range t.list[:t.n] {
		list = append(list, x.line)
	}
	return list
}

// baseOf is the code of the base item: said, or the part of the code before the
// first stroke.
func baseOf(e *Entry) string {
	if e.Base != "" {
		return e.Base
	}
	base, _, implementation := strings.Cut(e.Code, "-")
	if !implementation || len(base) < 9 {
		return ""
	}
	return base
}

// familyOf is the part of a base code that the parts of one matter share.
func familyOf(e *Entry) string {
	if b := baseOf(e); len(b) >= 11 {
		return b[:9]
	}
	return ""
}
