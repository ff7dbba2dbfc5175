package reconcile

import "math/bits"

// pair judges a line of theirs and a line of ours.
func (m *matcher) pair(t, o int) pair {
	a, b := &m.theirs.names[t], &m.ours.names[o]
	x, y := &m.theirs.entries[t], &m.ours.entries[o]
	p := pair{their: t, our: o, code: codesOf(x, y)}
	both := common(a, b)
	p.within, p.without = share(both, a.weight), share(both, b.weight)
	p.alike = share(2*both, a.weight+b.weight)
	// A name that was abbreviated, or with a typing error in it, keeps most characters in order.
	if short := min(len(a.core), len(b.core), 64); short >= 4 {
		kept := follows(a.core, b.core)
		order := 2000 * kept / (len(a.core) + len(b.core))
		if kept == short && 10*short >= 5*max(len(a.core), len(b.core)) {
			order = max(order, 850) // the one is the other, abbreviated
		}
		p.alike = max(p.alike, (p.alike+order)/2)
	}
	p.score = m.scored(&p, a, b, x, y)
	return p
}

func share(part, of int) int {
	if of == 0 {
		return 0
	}
	return 1000 * part / of
}

// scored is how sure it is that a pair is one for one: how alike the cores are,
// less for what tells them apart, more for what the lists say beside the names.
func (m *matcher) scored(p *pair, a, b *name, x, y *Entry) int {
	s := p.alike * 97 / 100
	if a.folded == b.folded {
		s = 1000
	}
	s = s * actsAgree(a, b) / 100
	s = s * axesAgree(a, b) / 100
	if a.forms != b.forms {
		s = s * 96 / 100
		if a.forms&b.forms == 0 && a.forms != 0 && b.forms != 0 {
			s = s * 96 / 100
		}
	}
	if x.Type != "" && y.Type != "" && x.Type != y.Type {
		s -= 10
	}
	if x.Agency != "" && y.Agency != "" {
		if x.Agency == y.Agency {
			s += 15
		} else {
			s -= 25
		}
	}
	switch {
	case p.code == wholeCode && p.alike >= 250:
		s = max(s+200, 900)
	case p.code == wholeCode:
		s = max(s, 640)
	case p.code == baseCode && p.alike >= 250:
		s += 130
	case p.code == familyCode:
		s += 20
	}
	return min(max(s, 0), 999)
}

// actsAgree is how well what is done agrees, in hundredths.
func actsAgree(a, b *name) int {
	switch x, y := a.acts, b.acts; {
	case x == y:
		return 100
	case a.plainly && b.plainly:
		return 98
	case x&y != 0:
		return 84
	case x == 0 || y == 0:
		return 80
	}
	return 55
}

// axesAgree is how well the words agree of which an item has one.
func axesAgree(a, b *name) int {
	part := 100
	for i := range a.axes {
		x, y := a.axes[i], b.axes[i]
		switch {
		case x == y:
		case x != 0 && y != 0 && x&y == 0:
			part = part * 72 / 100
		case x != 0 && y != 0:
			part = part * 92 / 100
		default:
			part = part * (97 - bits.OnesCount64(x^y)) / 100
		}
	}
	return part
}

// opposed tells whether two names hold different words of one axis.
func opposed(a, b *name) bool {
	for i := range a.axes {
		if x, y := a.axes[i], b.axes[i]; x != 0 && y != 0 && x&y == 0 {
			return true
		}
	}
	return false
}

func codesOf(x, y *Entry) codeMatch {
	switch {
	case x.Code != "" && x.Code == y.Code:
		return wholeCode
	case baseOf(x) != "" && baseOf(x) == baseOf(y), baseOf(y) != "" && x.Code == baseOf(y):
		return baseCode
	case familyOf(x) != "" && familyOf(x) == familyOf(y):
		return familyCode
	}
	return noCode
}
