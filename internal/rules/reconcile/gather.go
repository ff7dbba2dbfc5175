package reconcile

import (
	"math/bits"
	"slices"
)

// How much of the one name must stand in each of the many, in thousandths: of
// the whole in the part that says more, or of the part in the whole that lists
// its parts.
const (
	inPart   = 860
	inWhole  = 800
	covered  = 780 // of the whole, by all parts that it lists together
	leastOne = 3   // characters of the core of the whole
)

// gather finds the lines that are several of the other list's, in both
// directions, and adds to what is matched already.
func (m *matcher) gather() {
	for t := range m.pairsOf {
		m.spread(t, true)
	}
	for o := range m.backOf {
		m.spread(o, false)
	}
}

// spread looks for the parts of one line among those of the other list that
// nothing else was found for.
func (m *matcher) spread(one int, coarse bool) {
	here, there, pairs := &m.theirs, &m.ours, m.pairsOf
	if !coarse {
		here, there, pairs = &m.ours, &m.theirs, m.backOf
	}
	n, old, held := &here.names[one], here.in[one], -1
	if len(n.core) < leastOne {
		return
	}
	if old != 0 {
		g := &m.groups[old-1]
		if g.verdict != Open || len(g.theirs) != 1 || len(g.ours) != 1 {
			return // decided, or a group already
		}
		if held = g.ours[0]; !coarse {
			held = g.theirs[0]
		}
	}
	parts := m.partsOf(one, coarse, pairs[one], held, func(at int) bool { return there.in[at] == 0 || at == held })
	if held >= 0 {
		if !slices.ContainsFunc(parts, func(p part) bool { return p.at == held }) || there.names[held].folded == n.folded && len(parts) < 3 {
			return // of the same name, and one more: that one stands alone
		}
	}
	if len(parts) < 2 {
		return
	}
	sum, list := 0, make([]int, 0, len(parts))
	for _, p := range parts {
		sum += p.score
		list = append(list, p.at)
	}
	slices.Sort(list)
	g := group{theirs: []int{one}, ours: list, score: min(sum/len(parts), 990)}
	if !coarse {
		g.theirs, g.ours = list, []int{one}
	}
	if old != 0 {
		m.groups[old-1].gone = true
	}
	m.add(g)
}

// partsOf lists the lines that are parts of one, of one kind only: all say more,
// or all are among what it lists.
func (m *matcher) partsOf(one int, coarse bool, pairs []pair, held int, free func(int) bool) []part {
	here, others := &m.theirs, &m.ours
	if !coarse {
		here, others = others, here
	}
	n := &here.names[one]
	var special, listed []part
	for _, p := range pairs {
		at, in, out := p.our, p.within, p.without
		if !coarse {
			at, in, out = p.their, p.without, p.within
		}
		o := &others.names[at]
		if !free(at) || opposed(n, o) {
			continue
		}
		switch {
		case in >= inPart && (at == held || holdsActs(n, o)):
			special = append(special, part{at, (in + min(out+200, 1000)) / 2, len(o.core) - len(n.core), slices.Equal(n.axes, o.axes)})
		case n.acts == o.acts && out >= inWhole:
			listed = append(listed, part{at, out * 9 / 10, 0, true})
		}
	}
	if special = others.together(special); len(special) >= 2 {
		return special
	}
	if len(listed) >= 2 && others.cover(n, listed) >= covered {
		return listed
	}
	return nil
}

// holdsActs tells whether a whole may hold a part, by what they say is done: it
// says nothing of that, or names several acts of which the part is one, or the
// part names its act beside those of the whole.
func holdsActs(whole, part *name) bool {
	more, less := part.acts&^whole.acts != 0, whole.acts&^part.acts != 0
	return whole.acts == 0 || bits.OnesCount64(whole.acts) > 1 && !more || more && !less
}

// part is a line that may be a part of the one that is looked at.
type part struct {
	at    int
	score int
	extra int  // characters that it says beside the whole
	level bool // it says of each axis what the whole says
}

// together keeps of the lines that say more than a whole those that say little
// more, and of those that say much more the ones that belong together by
// themselves: by the codes that they share, or by the line they are listed below.
func (s *side) together(list []part) []part {
	kin := map[string]int{}
	for _, p := range list {
		kin[s.kinOf(p.at)]++
	}
	return slices.DeleteFunc(list, func(p part) bool {
		k := s.kinOf(p.at)
		most := little
		if p.level {
			most *= 2
		}
		return p.extra > most && (k == "" || kin[k] < 2)
	})
}

// little is how many characters a part may say beside the whole when nothing
// else speaks for it.
const little = 2

// kinOf is what lines share that their own list keeps together, "" unknown.
func (s *side) kinOf(i int) string {
	if s.parent[i] >= 0 {
		return "below " + s.entries[s.parent[i]].Key()
	}
	return familyOf(&s.entries[i])
}

// cover is how much of a name its parts hold together.
func (s *side) cover(n *name, list []part) int {
	has := map[uint64]bool{}
	for _, p := range list {
		for _, g := range s.names[p.at].grams {
			has[g.key] = true
		}
	}
	sum := 0
	for _, g := range n.grams {
		if has[g.key] {
			sum += int(g.w) * int(g.n)
		}
	}
	return share(sum, n.weight)
}
