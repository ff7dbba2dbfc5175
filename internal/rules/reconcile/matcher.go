package reconcile

import (
	"cmp"
	"slices"
)

// matcher holds two lists while they are matched.
type matcher struct {
	in      Input
	theirs  side
	ours    side
	pairsOf [][]pair        // per line of theirs, the best first
	backOf  [][]pair        // per line of ours, the same pairs
	no      map[[2]int]bool // rejected
	groups  []group
	whole   bool
	crowd   crowd
}

// side is one of the two lists.
type side struct {
	entries []Entry
	names   []name
	in      []int // the group that a line is in, from 1
	byKey   map[string][]int
	parent  []int // line of which a line is a part, -1 none
}

// pair is a line of theirs and a line of ours that may belong together.
type pair struct {
	their, our int
	score      int // 0 to 1000: as one for one
	alike      int // of the cores, in thousandths
	within     int // how much of their core stands in ours
	without    int // how much of our core stands in theirs
	code       codeMatch
}

// codeMatch says how far two codes agree.
type codeMatch int8

const (
	noCode codeMatch = iota
	familyCode
	baseCode
	wholeCode
)

// group is a match while it is made.
type group struct {
	theirs, ours []int
	score        int
	verdict      Verdict
	gone         bool
}

func newMatcher(in Input) *matcher {
	places := make([]string, 0, len(in.Places))
	for _, p := range in.Places {
		if f := Fold(p); f != "" {
			places = append(places, f)
		}
	}
	slices.SortFunc(places, func(a, b string) int { return cmp.Or(len(b)-len(a), cmp.Compare(a, b)) })
	m := &matcher{in: in, theirs: newSide(in.Theirs, places), ours: newSide(in.Ours, places), no: map[[2]int]bool{}, whole: true}
	return m
}

func newSide(entries []Entry, places []string) side {
	s := side{entries: entries, names: make([]name, len(entries)), in: make([]int, len(entries)), byKey: map[string][]int{}, parent: make([]int, len(entries))}
	byCode := map[string]int{}
	for i := range entries {
		e := &entries[i]
		s.byKey[e.Key()] = append(s.byKey[e.Key()], i)
		if _, twice := byCode[e.Code]; !twice && e.Code != "" {
			byCode[e.Code] = i
		}
	}
	for i := range entries {
		e := &entries[i]
		s.parent[i] = -1
		text := e.Name
		if p, ok := byCode[e.Parent]; ok && e.Parent != "" && p != i {
			s.parent[i] = p
			text = whole(entries[p].Name, e.Name)
		}
		n := parse(text, places)
		n.grams = gramsOf(n.core)
		s.names[i] = n
	}
	return s
}

// whole is the name of a part that is listed below a whole: 新办 below 食品经营许可 is
// 食品经营许可新办. A part that has a name of its own keeps it.
func whole(parent, part string) string {
	n := parse(part, nil)
	if len(n.core) > 6 {
		return part
	}
	p, has := gramsOf(parse(parent, nil).core), map[uint64]bool{}
	for _, g := range p {
		has[g.key] = true
	}
	for _, g := range gramsOf(n.core) {
		if g.pair() && has[g.key] {
			return part
		}
	}
	return parent + part
}

// obey takes over what a person decided.
func (m *matcher) obey(list []Decision) {
	for _, d := range list {
		theirs, ours := m.theirs.find(d.Theirs), m.ours.find(d.Ours)
		switch d.Verdict {
		case Rejected:
			for _, t := range theirs {
				for _, o := range ours {
					m.no[[2]int{t, o}] = true
				}
			}
		case Confirmed:
			// What is gone from one of the lists is no match any more.
			if len(d.Theirs) > 0 && len(theirs) == 0 || len(d.Ours) > 0 && len(ours) == 0 || len(theirs)+len(ours) == 0 {
				continue
			}
			m.add(group{theirs: theirs, ours: ours, score: 1000, verdict: Confirmed})
		}
	}
}

// find lists the lines with these keys that no person has placed.
func (s *side) find(keys []string) (at []int) {
	for _, k := range keys {
		for _, i := range s.byKey[k] {
			if s.in[i] == 0 && !slices.Contains(at, i) {
				at = append(at, i)
			}
		}
	}
	slices.Sort(at)
	return at
}

func (m *matcher) add(g group) {
	m.groups = append(m.groups, g)
	n := len(m.groups)
	for _, t := range g.theirs {
		m.theirs.in[t] = n
	}
	for _, o := range g.ours {
		m.ours.in[o] = n
	}
}

// sure and likely are the scores from which a pair is taken: first those that
// leave little doubt, then, when groups have been gathered, the rest. Below
// likely nothing is proposed.
const (
	sure   = 820
	likely = 620
)

// pairs joins lines one for one, the best pair first.
func (m *matcher) pairs(least int) {
	var list []pair
	for t := range m.pairsOf {
		if m.theirs.in[t] != 0 {
			continue
		}
		for _, p := range m.pairsOf[t] {
			if p.score >= least && m.ours.in[p.our] == 0 {
				list = append(list, p)
			}
		}
	}
	slices.SortFunc(list, func(a, b pair) int {
		return cmp.Or(b.score-a.score, int(b.code)-int(a.code), a.their-b.their, a.our-b.our)
	})
	for _, p := range list {
		if m.theirs.in[p.their] == 0 && m.ours.in[p.our] == 0 {
			m.add(group{theirs: []int{p.their}, ours: []int{p.our}, score: p.score})
		}
	}
}
