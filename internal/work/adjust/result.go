package adjust

import (
	"slices"
	"strings"

	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/lists"
	"tongban/internal/rules/checkup"
	"tongban/internal/rules/citation"
)

// checkup judges the lists as they would stand, and keeps what concerns an entry of
// the adjustment or was not so before.
func (d *Desk) checkup(tx *store.Tx, x *Examined) error {
	before, err := d.catalogue(tx, x)
	if err != nil {
		return err
	}
	accepted, err := acceptedOf(tx, x.ID)
	if err != nil {
		return err
	}
	after := resulting(before, x.Plans)
	was := map[string]bool{}
	for f := range checkup.Judge(before) {
		was[f.ID] = true
	}
	for f := range checkup.Judge(after) {
		if was[f.ID] && !slices.ContainsFunc(x.Entries, func(e Entry) bool { return e.Does != Keep && f.Subject.Code == e.Code }) {
			continue
		}
		a := accepted[f.ID]
		x.Findings = append(x.Findings, Finding{f, a.reason, a.person})
	}
	return nil
}

type acceptance struct {
	reason string
	person int64
}

func acceptedOf(tx *store.Tx, adjustment int64) (map[string]acceptance, error) {
	all := map[string]acceptance{}
	return all, tx.Each(func(r store.Row) error {
		var id string
		var a acceptance
		err := r.Scan(&id, &a.reason, &a.person)
		all[id] = a
		return err
	}, `select finding, reason, person from adjustment_accepted where home = $1 and adjustment = $2`, tx.Home(), adjustment)
}

// catalogue is what is judged together: the list of powers when powers change; the
// lists of fees and intermediary services with the written items when those do.
func (d *Desk) catalogue(tx *store.Tx, x *Examined) (*checkup.Catalogue, error) {
	c := &checkup.Catalogue{Agencies: map[string]string{}}
	agencies, err := d.People.Agencies(tx, tx.Today())
	if err != nil {
		return nil, err
	}
	for _, a := range agencies {
		c.Agencies[a.Key] = a.Name
	}
	touches := func(stem string) bool {
		return slices.ContainsFunc(x.Plans, func(p ListPlan) bool { return strings.HasPrefix(p.List, stem) })
	}
	if touches("power") {
		if err := each(tx, "power", func(e lists.Entry) { c.Powers = append(c.Powers, powerOf(e)) }); err != nil {
			return nil, err
		}
	}
	if !touches("fee_") && !touches("intermediary") {
		return c, nil
	}
	c.Fees, c.Intermediaries = []checkup.Entry{}, []checkup.Entry{}
	for _, k := range lists.Kinds() {
		to := entriesOf(c, k.Key)
		if to == nil {
			continue
		}
		if err := each(tx, k.Key, func(e lists.Entry) { *to = append(*to, lineOf(e)) }); err != nil {
			return nil, err
		}
	}
	return c, d.written(tx, c)
}

// entriesOf is where the entries of a list go in a catalogue; nil for no place.
func entriesOf(c *checkup.Catalogue, list string) *[]checkup.Entry {
	switch {
	case strings.HasPrefix(list, "fee_"):
		return &c.Fees
	case list == "intermediary":
		return &c.Intermediaries
	}
	return nil
}

// written adds the items that are fully written.
func (d *Desk) written(tx *store.Tx, c *checkup.Catalogue) error {
	hits, err := catalog.Search(tx, catalog.Query{Complete: true, Limit: 500})
	if err != nil {
		return err
	}
	for _, h := range hits.List {
		v, err := d.Items.InForce(tx, h.Item, tx.Today())
		if err != nil {
			continue // it ended today
		}
		c.Items = append(c.Items, v.Checkup())
	}
	return nil
}

// each goes through a list as it will stand when all that is known has begun.
func each(tx *store.Tx, list string, f func(lists.Entry)) error {
	q := lists.Query{List: list, Limit: lists.MaxPage, At: lists.Stand{Day: tx.Today()}}
	for {
		page, err := lists.Page(tx, q)
		if err != nil {
			return err
		}
		for _, e := range page {
			f(e)
		}
		if len(page) < lists.MaxPage {
			return nil
		}
		q.After = page[len(page)-1].Code
	}
}

// resulting is the catalogue with what the plans change.
func resulting(before *checkup.Catalogue, plans []ListPlan) *checkup.Catalogue {
	after := *before
	after.Powers, after.Fees, after.Intermediaries = slices.Clone(before.Powers), slices.Clone(before.Fees), slices.Clone(before.Intermediaries)
	for _, p := range plans {
		for _, diff := range p.Differences {
			if p.List == "power" {
				after.Powers = slices.DeleteFunc(after.Powers, func(x checkup.Power) bool { return x.Code == diff.Code })
				if diff.After != nil {
					after.Powers = append(after.Powers, powerOf(*diff.After))
				}
			}
			if to := entriesOf(&after, p.List); to != nil {
				*to = slices.DeleteFunc(*to, func(x checkup.Entry) bool { return x.Code == diff.Code })
				if diff.After != nil {
					*to = append(*to, lineOf(*diff.After))
				}
			}
		}
	}
	return &after
}

func powerOf(e lists.Entry) checkup.Power {
	p := checkup.Power{Code: e.Code, Name: e.Name, Type: e.Type, Region: e.Region, Holders: []string{e.Agency},
		Duties: len(e.Content.Tables["duties"]), Situations: len(e.Content.Tables["situations"])}
	for _, r := range e.Content.Tables["basis"] {
		p.Basis = append(p.Basis, articles(r.Text("article"))...)
	}
	return p
}

func lineOf(e lists.Entry) checkup.Entry {
	l := checkup.Entry{Code: e.Code, Name: e.Name, Basis: articles(e.Content.Columns.Text("basis"))}
	if item := e.Content.Columns.Text("item"); item != "" {
		l.Items = []string{item}
	}
	return l
}

// articles reads what a cell cites; one that names no law is a document.
func articles(words string) (list []checkup.Article) {
	for _, c := range citation.Parse(words) {
		list = append(list, checkup.Article{Law: c.Law, Article: c.Article.String()})
	}
	if len(list) == 0 && words != "" {
		list = append(list, checkup.Article{Law: words})
	}
	return list
}
