package reorganise

import (
	"slices"

	"tongban/internal/record/store"
)

// AnsweringArticles are the articles on which whoever goes on with the powers of an
// agency answers for what it did.
const AnsweringArticles = "行政诉讼法第二十六条第六款；国家赔偿法第七条第五款"

// Answering is who answers for an agency that ends or cedes, after an act.
type Answering struct {
	Agency      string
	Documents   []string       // for what it wrote, where nothing says which power it rests on
	Cases       map[string]int // open cases by who goes on with them
	Liabilities []string       // for what it owes and is sued for: whoever goes on with its powers
}

// way is what goes from an agency to another.
type way struct{ kind, to string }

// Answering lists who will answer for each agency that ends or cedes, or does where the
// act is done, in the order of their keys.
func (e *Effect) Answering() []Answering {
	all := map[string]map[way]int{}
	for _, m := range e.Moves {
		if all[m.Agency] == nil {
			all[m.Agency] = map[way]int{}
		}
		all[m.Agency][way{m.Kind, m.To}]++
	}
	var list []Answering
	for _, g := range e.Agencies {
		if g.leaves() {
			list = append(list, answering(g, all[g.Key]))
		}
	}
	return list
}

// AnsweringOf tells who answers for an agency after an act that is done; false where
// the act leaves it what it has.
func AnsweringOf(tx *store.Tx, act int64, agency string) (Answering, bool, error) {
	all, err := Agencies(tx, act)
	i := slices.IndexFunc(all, func(g Agency) bool { return g.Key == agency && g.leaves() })
	if err != nil || i < 0 {
		return Answering{}, false, err
	}
	ways := map[way]int{}
	err = tx.Each(func(r store.Row) error {
		var w way
		var n int
		err := r.Scan(&w.kind, &w.to, &n)
		ways[w] = n
		return err
	}, `select kind, receiver, count(*) from reorganisation_move where home = $1 and act = $2 and agency = $3 and done group by kind, receiver`, tx.Home(), act, agency)
	return answering(all[i], ways), true, err
}

// leaves tells whether others go on with something of the agency.
func (g Agency) leaves() bool { return g.Fate == End || g.Fate == Cede }

func answering(g Agency, ways map[way]int) Answering {
	a := Answering{Agency: g.Key, Cases: map[string]int{}}
	for w, n := range ways {
		switch {
		case w.to == Nobody || w.to == "":
		case w.kind == OnCase:
			a.Cases[w.to] += n
		case w.kind == OnPower || w.kind == OnItem || w.kind == OnEntry:
			a.Liabilities = append(a.Liabilities, w.to)
		}
	}
	switch {
	case g.Fate == Cede:
		a.Documents = []string{g.Key}
	case g.Heir != "":
		a.Documents = []string{g.Heir}
	default:
		a.Documents = slices.Clone(a.Liabilities)
		for to := range a.Cases {
			a.Documents = append(a.Documents, to)
		}
	}
	if len(a.Liabilities) == 0 || g.Fate == Cede || g.Heir != "" {
		a.Liabilities = append(a.Liabilities, a.Documents...)
	}
	for _, l := range []*[]string{&a.Documents, &a.Liabilities} {
		slices.Sort(*l)
		*l = slices.Compact(*l)
	}
	return a
}
