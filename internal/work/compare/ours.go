package compare

import (
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/day"
	"tongban/internal/rules/flow"
)

// ours lists the catalogue of a day: every item by name, and of those that are
// written out what the guide and the flow say.
func (d *Desk) ours(tx *store.Tx, on day.Day) ([]Line, error) {
	entries, err := catalog.Entries(tx, on)
	if err != nil {
		return nil, err
	}
	agencies, err := d.People.Agencies(tx, on)
	if err != nil {
		return nil, err
	}
	keys := map[string]string{}
	for _, a := range agencies {
		keys[a.Name] = a.Key
	}
	list, at := make([]Line, 0, len(entries)), map[string]int{}
	for _, e := range entries {
		if key := keys[e.Agency]; key != "" {
			e.Agency = key
		}
		at[e.Code] = len(list)
		list = append(list, Line{Code: e.Code, Name: e.Name, Type: e.Type, Agency: e.Agency})
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
				written(&list[i], v)
			}
		}
		if after = hits.Next; after == "" {
			return list, nil
		}
	}
}

// written takes over what an item that is written out says.
func written(l *Line, v *catalog.Version) {
	if l.Days = v.Terms.Promised; l.Days.IsZero() {
		l.Days = v.Terms.Statutory
	}
	l.Days.Article, l.Days.Note = "", ""
	l.Fees, l.Materials = []string{}, []string{}
	if v.Fees.Charged {
		l.Fees = []string{v.Fees.Text}
	}
	for _, m := range v.Materials {
		l.Materials = append(l.Materials, m.Name)
	}
	if v.Flow == nil {
		return
	}
	for _, n := range v.Flow.Nodes {
		if n.Kind == flow.KindUser && n.Name != "" {
			l.Steps = append(l.Steps, n.Name)
		}
	}
}
