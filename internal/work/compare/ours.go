package compare

import (
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
	"tongban/internal/rules/flow"
)

// ours lists the catalogue of a day: every item by name, and of those that are
// written out what the guide and the flow say.
func (d *Desk) ours(tx *store.Tx, on day.Day) ([]Line, error) {
	list, at := []Line{}, map[string]int{}
	for after := ""; ; {
		page, err := catalog.Listed(tx, lists.Query{At: lists.Stand{Day: on}, After: after, Limit: lists.MaxPage})
		if err != nil {
			return nil, err
		}
		for _, e := range page {
			at[e.Code] = len(list)
			list = append(list, Line{Code: e.Code, Name: e.Name, Type: e.Type, Agency: e.Agency})
			after = e.Code
		}
		if len(page) < lists.MaxPage {
			break
		}
	}
	for after := ""; ; {
		hits, err := catalog.Search(tx, catalog.Query{Complete: true, On: on, Limit: 100, After: after})
		if err != nil {
			return nil, err
		}
		for _, h := range hits.List {
			v, err := d.Items.InForce(tx, h.Item, on)
			if err != nil {
				return nil, err
			}
			if i, ok := at[v.Code]; ok {
				written(&list[i], &v.Written, v.Flow)
			}
		}
		if after = hits.Next; after == "" {
			return list, nil
		}
	}
}

// OfDraft is an item that lies in a file as a line of a comparison.
func OfDraft(d *catalog.Draft) Line {
	l := Line{Code: d.Code, Name: d.Name, Type: d.Type, Agency: d.Agency}
	if !d.NameOnly() {
		written(&l, &d.Item, d.Flow)
	}
	return l
}

// written takes over what an item that is written out says.
func written(l *Line, it *catalog.Item, def *flow.Definition) {
	if l.Days = it.Terms.Promised; l.Days.IsZero() {
		l.Days = it.Terms.Statutory
	}
	l.Days.Article, l.Days.Note = "", ""
	l.Fees, l.Materials = []string{}, []string{}
	if it.Fees.Charged {
		l.Fees = []string{it.Fees.Text}
	}
	for _, m := range it.Materials {
		l.Materials = append(l.Materials, m.Name)
	}
	if def == nil {
		return
	}
	for _, n := range def.Nodes {
		if n.Kind == flow.KindUser && n.Name != "" {
			l.Steps = append(l.Steps, n.Name)
		}
	}
}
