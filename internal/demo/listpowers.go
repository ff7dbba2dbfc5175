package demo

import (
	"fmt"
	"slices"
	"strings"

	"tongban/internal/register/catalog"
	"tongban/internal/register/lists"
)

// What stands on the lists of powers.
const (
	powersTotal     = 2649
	dutiesTotal     = 18_656
	situationsTotal = 26_458

	townPowers     = 157
	townDuties     = 771
	townSituations = 880
)

// named is a power before it is written out.
type named struct {
	name, kind, agency, region, item string
	object                           string
	real                             bool
	basis                            []lists.Row // as the item has it; nil: made up
}

// powers writes the list of the agencies: the real items that are powers, those that
// are written in full, and as many others as are missing, made up from whom the
// agency deals with.
func (m *listMaker) powers() []lists.Content {
	var all []named
	taken := map[string]bool{}
	for _, it := range slices.Concat(m.items, m.full) {
		if it.kind != "20" && catalog.OfItem(it.code) == "" { // a variant is no power of its own
			taken[it.agency+it.name] = true
			all = append(all, named{name: it.name, kind: it.kind, agency: it.agency, item: it.code, real: it.basis == nil, basis: it.basis})
		}
	}
	shares := m.shares(powersTotal - len(all))
	for i, a := range m.b.Agencies {
		n := 0
		for _, p := range m.madeUp(a.Key) {
			if n < shares[i] && !taken[a.Key+p.name] {
				taken[a.Key+p.name] = true
				all = append(all, p)
				n++
			}
		}
	}
	slices.SortStableFunc(all, func(a, b named) int { return m.place(a.agency) - m.place(b.agency) })
	return m.written(all, dutiesTotal, situationsTotal)
}

// place is an agency's place in the county.
func (m *listMaker) place(key string) int {
	return slices.IndexFunc(m.b.Agencies, func(a agency) bool { return a.Key == key })
}

// shares divides what has to be made up among the agencies by their weight, none
// getting more than there are words for.
func (m *listMaker) shares(total int) []int {
	shares, most := make([]int, len(m.b.Agencies)), make([]int, len(m.b.Agencies))
	weights := 0
	for _, a := range m.b.Agencies {
		weights += m.l.Agencies[a.Key].Weight
	}
	left := total
	for i, a := range m.b.Agencies {
		most[i] = len(m.madeUp(a.Key))
		shares[i] = min(total*m.l.Agencies[a.Key].Weight/weights, most[i])
		left -= shares[i]
	}
	for i := 0; left > 0; i = (i + 1) % len(shares) {
		if shares[i] < most[i] {
			shares[i]++
			left--
		}
	}
	return shares
}

// madeUp lists the powers that can be made up for an agency: those that it
// certainly has first.
func (m *listMaker) madeUp(agency string) (list []named) {
	a := m.l.Agencies[agency]
	add := func(kind, pattern string) {
		for _, s := range a.Subjects {
			list = append(list, named{name: strings.ReplaceAll(pattern, "{s}", s), kind: kind, agency: agency, object: s})
		}
	}
	for _, kind := range []string{"06", "08", "10", "07", "03", "04"} {
		if a.Soft && (kind == "03" || kind == "04") {
			continue
		}
		for _, pattern := range m.l.Others[kind] {
			add(kind, pattern)
		}
	}
	if !a.Soft {
		for _, breach := range m.l.Breaches {
			add("02", "对{s}"+breach+"的处罚")
		}
	}
	return list
}

// townshipPowers writes the list of the townships, the same powers for each.
func (m *listMaker) townshipPowers() []lists.Content {
	var all []named
	for _, t := range m.towns() {
		for i, p := range m.l.Township {
			if i == len(m.l.Township)-1 && t.Code != m.towns()[0].Code {
				continue // the last one belongs to the seat of the county only
			}
			all = append(all, named{name: p[0], kind: p[1], region: t.Code})
		}
	}
	return m.written(all, townDuties, townSituations)
}

// written writes powers out with exactly so many duties and situations.
func (m *listMaker) written(all []named, duties, situations int) []lists.Content {
	nDuties, nSituations := m.counts(len(all), duties, 3, 10), m.counts(len(all), situations, 3, 14)
	out := make([]lists.Content, len(all))
	seq := map[string]int{}
	for i, p := range all {
		dept := m.l.Agencies[p.agency].Dept
		if p.region != "" {
			dept = "9" + p.region[len(p.region)-1:]
			if p.region[6] == '2' {
				dept = "8" + p.region[len(p.region)-1:]
			}
		}
		seq[p.kind+dept]++
		code := fmt.Sprintf("99%s%s%03d000", p.kind, dept, seq[p.kind+dept])
		out[i] = m.power(p, code, nDuties[i], nSituations[i])
	}
	return out
}

func (m *listMaker) power(p named, code string, duties, situations int) lists.Content {
	c := lists.Content{Columns: lists.Row{"code": code, "name": p.name, "type": p.kind, "hotline": "12345", "note": "名称和内容为示范，由程序生成"}, Tables: map[string][]lists.Row{}}
	if p.real {
		c.Columns["note"] = "名称取自公开的事项目录，责任和依据为示范"
	}
	if p.item != "" {
		c.Columns["item"] = p.item
	}
	if p.object != "" {
		c.Columns["object"] = p.object
	}
	basis := "乡镇权力"
	if p.region != "" {
		c.Columns["region"] = p.region
	} else {
		c.Columns["agency"], basis = p.agency, m.b.Agencies[m.place(p.agency)].Short
	}
	if c.Tables["basis"] = p.basis; p.basis == nil {
		c.Tables["basis"] = []lists.Row{{"article": m.invented(basis)}}
	}
	lines := m.l.Duties[p.kind]
	if lines == nil {
		lines = m.l.Duties[""]
	}
	for _, d := range lines[:duties] {
		c.Tables["duties"] = append(c.Tables["duties"], lists.Row{"step": d[0], "text": d[1], "article": d[2]})
	}
	told := m.l.Situations[p.kind]
	if told == nil {
		told = m.l.Situations[""]
	}
	for _, s := range told[:situations] {
		c.Tables["situations"] = append(c.Tables["situations"], lists.Row{"text": s[0], "article": s[1]})
	}
	from := m.rnd.IntN(len(m.l.Risks))
	for i := range 2 + m.rnd.IntN(2) {
		r := m.l.Risks[(from+i)%len(m.l.Risks)]
		c.Tables["risks"] = append(c.Tables["risks"], lists.Row{"step": r[0], "text": r[1], "grade": r[2], "guard": r[3]})
	}
	if p.kind == "01" && m.rnd.IntN(4) == 0 {
		for i, what := range []string{"新办", "变更", "延续"} {
			c.Tables["subs"] = append(c.Tables["subs"], lists.Row{"code": fmt.Sprintf("%s%03d", code[:9], i+1), "name": p.name + "（" + what + "）"})
		}
	}
	return c
}
