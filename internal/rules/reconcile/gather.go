package reconcile

import (
	"cmp"
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

// part is a line that may be a part of the one that is looked at.
type part struct {
	at    int
	score int
	more  bool // it says more than the whole; otherwise it is one of what the whole lists
}

// spread looks for the parts of one line among those of the other list that
// nothing else was found for.
func (m *matcher) spread(one int, coarse bool) {
	here, there, pairs := &m.theirs, &m.ours, m.pairsOf
	if !coarse {
		here, there, pairs = &m.ours, &m.theirs, m.backOf
	}
	n := &here.names[one]
	if len(n.core) < leastOne {
		return
	}
	var held int // the line with which the one is matched already, one for one
	old := here.in[one]
	if old != 0 {
		g := &m.groups[old-1]
		if g.verdict != Open || len(g.theirs) != 1 || len(g.ours) != 1 {
			return
		}
		held = g.ours[0]
		if !coarse {
			held = g.theirs[0]
		}
		if !n.plainly {
			return // 注销 is the one 注销
		}
	}
	parts := m.partsOf(one, coarse, pairs[one], func(at int) bool { return there.in[at] == 0 || old != 0 && at == held })
	if old != 0 && !slices.ContainsFunc(parts, func(p part) bool { return p.at == held }) {
		return
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
func (m *matcher) partsOf(one int, coarse bool, pairs []pair, free func(int) bool) []part {
	n := &m.theirs.names[one]
	if !coarse {
		n = &m.ours.names[one]
	}
	var special, listed []part
	for _, p := range pairs {
		at, o := p.our, &m.ours.names[p.our]
		in, out := p.within, p.without
		if !coarse {
			at, o, in, out = p.their, &m.theirs.names[p.their], p.without, p.within
		}
		if !free(at) || opposed(n, o) {
			continue
		}
		told := n.plainly || o.acts&^n.acts&^setUp == 0
		switch {
		case told && in >= inPart && p.code >= m.asked(n, o):
			special = append(special, part{at, (in + min(out+200, 1000)) / 2, true})
		case n.acts == o.acts && out >= inWhole:
			listed = append(listed, part{at, out * 9 / 10, false})
		}
	}
	if len(special) >= 2 {
		return m.level(special, coarse)
	}
	if len(listed) >= 2 && m.cover(n, listed, coarse) >= covered {
		return listed
	}
	return nil
}

// asked is how far the codes must agree: a part that says much more than the
// whole is only believed when the codes say so.
func (m *matcher) asked(n, o *name) codeMatch {
	if 2*n.weight >= o.weight {
		return noCode
	}
	return familyCode
}

// level keeps the parts that are alike in how much more they say: of 食品经营许可 the
// 变更 and the 注销, not 食品经营许可证档案查询.
func (m *matcher) level(list []part, coarse bool) []part {
	slices.SortFunc(list, func(a, b part) int { return cmp.Or(b.score-a.score, a.at-b.at) })
	top := list[0].score
	return slices.DeleteFunc(list, func(p part) bool { return p.score < top-220 })
}

// cover is how much of a name its parts hold together.
func (m *matcher) cover(n *name, list []part, coarse bool) int {
	has := map[uint64]bool{}
	for _, p := range list {
		s := &m.ours
		if !coarse {
			s = &m.theirs
		}
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
