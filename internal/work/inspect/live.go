package inspect

import (
	"slices"
	"strings"

	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/lists"
	"tongban/internal/rules/checkup"
	"tongban/internal/rules/citation"
	"tongban/internal/rules/day"
)

// year is how far back cases are counted, in days.
const year = 365

// Live is the catalogue as it stands today: all that is judged together, read in
// the caller's transaction in a number of statements that grows with the pages of
// the lists, not with their entries. A list that was never filled is left out.
func (d *Desk) Live(tx *store.Tx) (*checkup.Catalogue, error) {
	c := &checkup.Catalogue{Agencies: map[string]string{}}
	agencies, err := d.People.Agencies(tx, tx.Today())
	if err != nil {
		return nil, err
	}
	keys := map[string]string{}
	for _, a := range agencies {
		c.Agencies[a.Key], keys[a.Name] = a.Name, a.Key
	}
	filled, err := lists.Overview(tx, tx.Today())
	if err != nil {
		return nil, err
	}
	if err := d.onLists(tx, c, filled); err != nil {
		return nil, err
	}
	if c.Items, err = d.Items.Checkups(tx, tx.Today()); err != nil {
		return nil, err
	}
	for i := range c.Items {
		if key := keys[c.Items[i].Agency]; key != "" {
			c.Items[i].Agency = key
		}
	}
	if _, ok := filled["power"]; ok {
		if err := powers(tx, c); err != nil {
			return nil, err
		}
	}
	if c.Laws, err = laws(tx); err != nil {
		return nil, err
	}
	c.Year, err = cases(tx)
	return c, err
}

// onLists fills in what stands on the lists beside the powers.
func (d *Desk) onLists(tx *store.Tx, c *checkup.Catalogue, filled map[string]lists.Standing) error {
	for _, k := range lists.Kinds() {
		if _, ok := filled[k.Key]; !ok {
			continue
		}
		var err error
		switch to := EntriesOf(c, k.Key); {
		case to != nil:
			if *to == nil {
				*to = []checkup.Entry{}
			}
			err = Each(tx, k.Key, func(e lists.Entry) { *to = append(*to, Line(e)) })
		case k.Key == "base_item":
			c.Bases = []checkup.Base{}
			err = Each(tx, k.Key, func(e lists.Entry) {
				c.Bases = append(c.Bases, checkup.Base{Code: e.Code, Name: e.Name, Type: e.Type, Basis: basis(e)})
			})
		case k.Key == "proof":
			c.Proofs = []checkup.Proof{}
			err = Each(tx, k.Key, func(e lists.Entry) {
				p := checkup.Proof{Code: e.Code, Name: e.Name, Basis: Articles(e.Content.Columns.Text("basis"))}
				if issuer := e.Content.Columns.Text("issuer"); issuer != "" {
					p.Issuers = []string{issuer}
				}
				c.Proofs = append(c.Proofs, p)
			})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// powers fills in the list of powers, who holds each, and which item exercises
// which: the one that the entry names, and the one whose base code it has.
func powers(tx *store.Tx, c *checkup.Catalogue) error {
	received := map[string][]string{}
	err := tx.Each(func(r store.Row) error {
		var code, agency string
		err := r.Scan(&code, &agency)
		received[code] = append(received[code], agency)
		return err
	}, `select power, agency from power_holding where home = $1 and kind <> 'own' and from_day <= $2 and (until_day = 0 or until_day > $2) order by power, agency`,
		tx.Home(), tx.Today())
	if err != nil {
		return err
	}
	exercised := map[string][]string{} // codes of powers by code of an item
	c.Powers = []checkup.Power{}
	if err := Each(tx, "power", func(e lists.Entry) {
		p := Power(e)
		item := e.Content.Columns.Text("item")
		for _, code := range []string{p.Code, item} {
			if code != "" {
				exercised[code] = append(exercised[code], p.Code)
			}
			for _, agency := range received[code] {
				if !slices.Contains(p.Holders, agency) {
					// Whoever received it exercises it beside the giver: no overlap.
					p.Holders, p.Joint = append(p.Holders, agency), true
				}
			}
		}
		c.Powers = append(c.Powers, p)
	}); err != nil {
		return err
	}
	for i := range c.Items {
		it := &c.Items[i]
		for _, code := range []string{it.Code, it.Of, it.Base} {
			for _, p := range exercised[code] {
				if code != "" && !slices.Contains(it.Powers, p) {
					it.Powers = append(it.Powers, p)
				}
			}
		}
	}
	return nil
}

// laws is what the library knows: of a law that holds only in part or not yet, no
// articles.
func laws(tx *store.Tx) (list []checkup.Law, err error) {
	at := map[int64]int{}
	if err = tx.Each(func(r store.Row) error {
		var id, version int64
		var first day.Day
		var l checkup.Law
		if err := r.Scan(&id, &l.Name, &version, &first); err != nil {
			return err
		}
		l.Repealed = version == 0 && first <= tx.Today()
		at[id] = len(list)
		list = append(list, l)
		return nil
	}, `select l.id, l.title, coalesce(v.id, 0), coalesce((select min(x.from_day) from law_version x where x.home = l.home and x.law = l.id), 0)
		from law l left join law_version v on v.home = l.home and v.law = l.id and v.from_day <= $2 and (v.until_day = 0 or v.until_day > $2)
		where l.home = $1 order by l.id`, tx.Home(), tx.Today()); err != nil {
		return nil, err
	}
	if err = tx.Each(func(r store.Row) error {
		var id int64
		var name string
		err := r.Scan(&id, &name)
		if i, ok := at[id]; ok {
			list[i].Aliases = append(list[i].Aliases, name)
		}
		return err
	}, `select law, name from law_name where home = $1 order by law, name`, tx.Home()); err != nil {
		return nil, err
	}
	return list, tx.Each(func(r store.Row) error {
		var id int64
		var a citation.Article
		err := r.Scan(&id, &a.N, &a.Sub)
		if i, ok := at[id]; ok {
			list[i].Articles = append(list[i].Articles, checkup.LawArticle{Number: a.String()})
		}
		return err
	}, `select v.law, a.number, a.sub from law_version v join law_article a on a.home = v.home and a.version = v.id
		where v.home = $1 and not v.excerpt and v.from_day <= $2 and (v.until_day = 0 or v.until_day > $2) order by v.law, a.number, a.sub`, tx.Home(), tx.Today())
}

// cases counts the cases that came in during the last year, by item.
func cases(tx *store.Tx) (*checkup.Year, error) {
	y := &checkup.Year{First: tx.Today() - year, Last: tx.Today() - 1, Cases: map[string]int{}}
	return y, tx.Each(func(r store.Row) error {
		var code string
		var n int
		err := r.Scan(&code, &n)
		y.Cases[code] = n
		return err
	}, `select i.code, n.cases from item i join (select item, count(*) as cases from proceeding where home = $1 and received between $2 and $3 group by item) n
		on n.item = i.id where i.home = $1`, tx.Home(), y.First, y.Last)
}

// EntriesOf is where the entries of a list go in a catalogue; nil for no place.
func EntriesOf(c *checkup.Catalogue, list string) *[]checkup.Entry {
	switch {
	case strings.HasPrefix(list, "fee_"):
		return &c.Fees
	case list == "intermediary":
		return &c.Intermediaries
	}
	return nil
}

// Each goes through a list as it stands today.
func Each(tx *store.Tx, list string, f func(lists.Entry)) error {
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

// Written are the items in force that are fully written.
func Written(tx *store.Tx, items *catalog.Catalog) ([]checkup.Item, error) {
	all, err := items.Checkups(tx, tx.Today())
	return slices.DeleteFunc(all, func(it checkup.Item) bool { return it.Guide == nil }), err
}

// Power is an entry of the list of powers as it is judged, with the agency that
// the list names.
func Power(e lists.Entry) checkup.Power {
	return checkup.Power{Code: e.Code, Name: e.Name, Type: e.Type, Region: e.Region, Holders: []string{e.Agency},
		Duties: len(e.Content.Tables["duties"]), Situations: len(e.Content.Tables["situations"]), Basis: basis(e)}
}

// Line is an entry of a list of fees or intermediary services as it is judged.
func Line(e lists.Entry) checkup.Entry {
	l := checkup.Entry{Code: e.Code, Name: e.Name, Basis: Articles(e.Content.Columns.Text("basis"))}
	if item := e.Content.Columns.Text("item"); item != "" {
		l.Items = []string{item}
	}
	return l
}

// basis is what the rows of an entry's basis cite.
func basis(e lists.Entry) (all []checkup.Article) {
	for _, r := range e.Content.Tables["basis"] {
		all = append(all, Articles(r.Text("article"))...)
	}
	return all
}

// Articles reads what a cell cites; one that names no law is a document.
func Articles(words string) (list []checkup.Article) {
	for _, c := range citation.Parse(words) {
		list = append(list, checkup.Article{Law: c.Law, Article: c.Article.String()})
	}
	if len(list) == 0 && words != "" {
		list = append(list, checkup.Article{Law: words})
	}
	return list
}
