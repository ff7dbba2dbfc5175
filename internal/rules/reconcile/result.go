package reconcile

import (
	"cmp"
	"slices"

	"tongban/internal/rules/wording"
)

// result writes the matches in order, with reasons and differences.
func (m *matcher) result() Result {
	r := Result{Whole: m.whole, Matches: make([]Match, 0, len(m.theirs.entries)+len(m.ours.entries)/4)}
	for i := range m.groups {
		if g := &m.groups[i]; !g.gone {
			r.Matches = append(r.Matches, m.match(g))
		}
	}
	for t := range m.theirs.entries {
		if m.theirs.in[t] == 0 {
			r.Matches = append(r.Matches, Match{Relation: OnlyTheirs, Theirs: []int{t}, Score: m.alone(m.nearest(t)), Reasons: m.near(t)})
		}
	}
	for o := range m.ours.entries {
		if m.ours.in[o] == 0 {
			r.Matches = append(r.Matches, Match{Relation: OnlyOurs, Ours: []int{o}, Score: m.alone(m.nearestOf(o)), Reasons: []wording.Message{wording.M("reconcile.why.none_of_theirs")}})
		}
	}
	slices.SortFunc(r.Matches, func(a, b Match) int { return cmp.Or(first(a.Theirs)-first(b.Theirs), first(a.Ours)-first(b.Ours)) })
	return r
}

// first is the place of the first line; a match without lines comes last.
func first(list []int) int {
	if len(list) == 0 {
		return 1 << 40
	}
	return list[0]
}

// match is a group with its relation, reasons and differences.
func (m *matcher) match(g *group) Match {
	x := Match{Theirs: g.theirs, Ours: g.ours, Score: g.score, Verdict: g.verdict}
	switch {
	case len(g.ours) == 0:
		x.Relation = OnlyTheirs
	case len(g.theirs) == 0:
		x.Relation = OnlyOurs
	case len(g.ours) > 1 && len(g.theirs) == 1:
		x.Relation = Coarser
	case len(g.theirs) > 1:
		x.Relation = Finer
	case m.theirs.names[g.theirs[0]].folded == m.ours.names[g.ours[0]].folded:
		x.Relation = Same
	default:
		x.Relation = Renamed
	}
	for _, t := range g.theirs {
		for _, o := range g.ours {
			x.Differences = append(x.Differences, m.differences(t, o, x.Relation)...)
		}
	}
	x.Differences = slices.CompactFunc(x.Differences, func(a, b Difference) bool {
		return a.Field == b.Field && a.Theirs == b.Theirs && a.Ours == b.Ours && a.TheirAt == b.TheirAt && len(a.More)+len(a.Less)+len(b.More)+len(b.Less) == 0 && len(g.ours) > 1
	})
	x.Reasons = m.reasons(g, x.Relation)
	return x
}

// alone is how sure it is that a line has no counterpart: the less the nearest
// is like it, the surer.
func (m *matcher) alone(p *pair) int {
	if p == nil {
		return 990
	}
	return max(300, 1000-p.score*7/10)
}

func (m *matcher) nearest(t int) *pair {
	if len(m.pairsOf[t]) == 0 {
		return nil
	}
	return &m.pairsOf[t][0]
}

func (m *matcher) nearestOf(o int) (best *pair) {
	for i := range m.backOf[o] {
		if p := &m.backOf[o][i]; best == nil || p.score > best.score {
			best = p
		}
	}
	return best
}

// near says what comes nearest to a line of theirs for which nothing was found.
func (m *matcher) near(t int) []wording.Message {
	list := []wording.Message{wording.M("reconcile.why.none_of_ours")}
	if p := m.nearest(t); p != nil && p.score >= likely*3/4 {
		o := &m.ours.entries[p.our]
		list = append(list, wording.M("reconcile.why.nearest", "name", o.Name, "code", o.Code))
	}
	return list
}

// reasons say why lines were put together, what weighs most first.
func (m *matcher) reasons(g *group, rel Relation) (list []wording.Message) {
	if g.verdict == Confirmed {
		return []wording.Message{wording.M("reconcile.why.confirmed")}
	}
	if rel == Coarser || rel == Finer {
		list = append(list, wording.M("reconcile.why."+string(rel), "n", max(len(g.theirs), len(g.ours))))
	}
	p := m.pair(g.theirs[0], g.ours[0])
	a, b := &m.theirs.names[p.their], &m.ours.names[p.our]
	x, y := &m.theirs.entries[p.their], &m.ours.entries[p.our]
	if p.code != noCode {
		list = append(list, wording.M("reconcile.why.code."+map[codeMatch]string{wholeCode: "whole", baseCode: "base", familyCode: "family"}[p.code]))
	}
	switch {
	case a.folded == b.folded:
		list = append(list, wording.M("reconcile.why.name.same"))
	case string(a.core) == string(b.core):
		list = append(list, wording.M("reconcile.why.name.core"))
	case p.alike >= likely:
		list = append(list, wording.M("reconcile.why.name.alike", "percent", p.alike/10))
	case p.within >= inPart || p.without >= inWhole:
		list = append(list, wording.M("reconcile.why.name.part"))
	}
	if rel == Renamed && a.acts != b.acts && !(a.plainly && b.plainly) {
		list = append(list, wording.M("reconcile.why.acts"))
	}
	if rel == Renamed && opposed(a, b) {
		list = append(list, wording.M("reconcile.why.opposed"))
	}
	if x.Agency != "" && x.Agency == y.Agency {
		list = append(list, wording.M("reconcile.why.agency"))
	}
	return list
}
