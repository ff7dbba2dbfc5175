package reorganise

import "slices"

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

// Answering lists who will answer for each agency that ends or cedes, or does where the
// act is done, in the order of their keys.
func (e *Effect) Answering() []Answering {
	var list []Answering
	for _, g := range e.Agencies {
		if g.Fate != End && g.Fate != Cede {
			continue
		}
		a := Answering{Agency: g.Key, Cases: map[string]int{}}
		for _, m := range e.Moves {
			switch {
			case m.Agency != g.Key || m.To == Nobody || m.To == "":
			case m.Kind == OnCase:
				a.Cases[m.To]++
			case m.Kind == OnPower || m.Kind == OnItem || m.Kind == OnEntry:
				a.Liabilities = append(a.Liabilities, m.To)
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
		list = append(list, a)
	}
	return list
}
