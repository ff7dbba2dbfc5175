package inspect

import (
	"fmt"
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
	s, err := d.setting(tx)
	if err != nil {
		return nil, err
	}
	c := s.bare()
	if c.Bases != nil {
		if err := lists.Each(tx, lists.Query{List: baseList}, func(e lists.Entry) { c.Bases = append(c.Bases, Base(e.Content)) }); err != nil {
			return nil, err
		}
	}
	if c.Items, err = d.Items.Checkups(tx, tx.Today()); err != nil {
		return nil, err
	}
	for i := range c.Items {
		s.named(&c.Items[i])
	}
	if c.Powers != nil {
		received, err := received(tx)
		if err != nil {
			return nil, err
		}
		x := exercise{c: c, received: received, by: map[string][]string{}}
		if err := lists.Each(tx, lists.Query{List: powerList}, x.power); err != nil {
			return nil, err
		}
		x.items()
	}
	if c.Laws, err = laws(tx, 0); err != nil {
		return nil, err
	}
	c.Year, err = cases(tx)
	return c, err
}

const (
	baseList  = "base_item"
	powerList = "power"
	proofList = "proof"
)

// setting is what is judged with whatever items there are: the agencies, and the
// lists that are short by their nature and read whole: fees, services of
// intermediaries, proofs.
type setting struct {
	checkup.Catalogue                   // without items, bases, powers, laws, year
	filled            map[string]bool   // lists that were filled once
	keys              map[string]string // of agencies by name
}

func (d *Desk) setting(tx *store.Tx) (*setting, error) {
	s := &setting{Catalogue: checkup.Catalogue{Agencies: map[string]string{}}, keys: map[string]string{}}
	agencies, err := d.People.Agencies(tx, tx.Today())
	if err != nil {
		return nil, err
	}
	for _, a := range agencies {
		s.Agencies[a.Key], s.keys[a.Name] = a.Name, a.Key
	}
	if s.filled, err = lists.Filled(tx); err != nil {
		return nil, err
	}
	return s, s.short(tx)
}

// short reads the short lists.
func (s *setting) short(tx *store.Tx) error {
	for _, k := range lists.Kinds() {
		if !s.filled[k.Key] {
			continue
		}
		var err error
		switch to := EntriesOf(&s.Catalogue, k.Key); {
		case to != nil:
			if *to == nil {
				*to = []checkup.Entry{}
			}
			err = lists.Each(tx, lists.Query{List: k.Key}, func(e lists.Entry) { *to = append(*to, Line(e)) })
		case k.Key == proofList:
			s.Proofs = []checkup.Proof{}
			err = lists.Each(tx, lists.Query{List: k.Key}, func(e lists.Entry) {
				p := checkup.Proof{Code: e.Code, Name: e.Name, Basis: Articles(e.Content.Columns.Text("basis"))}
				if issuer := e.Content.Columns.Text("issuer"); issuer != "" {
					p.Issuers = []string{issuer}
				}
				s.Proofs = append(s.Proofs, p)
			})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// bare is a catalogue in this setting: the lists of base items and powers are there
// where they were filled, and have nothing on them yet.
func (s *setting) bare() *checkup.Catalogue {
	c := s.Catalogue
	if s.filled[baseList] {
		c.Bases = []checkup.Base{}
	}
	if s.filled[powerList] {
		c.Powers = []checkup.Power{}
	}
	return &c
}

// named puts the key of the agency in place of its name.
func (s *setting) named(it *checkup.Item) {
	if key := s.keys[it.Agency]; key != "" {
		it.Agency = key
	}
}

// Base is an entry of the list of base items as it is judged.
func Base(c lists.Content) checkup.Base {
	return checkup.Base{Code: c.Columns.Text("code"), Name: c.Columns.Text("name"), Type: c.Columns.Text("type"),
		Handling: checkup.Handling(c.Columns.Text("handling")), Basis: basis(c)}
}

const receivedSQL = `select power, agency from power_holding where home = $1 and kind <> 'own' and from_day <= $2 and (until_day = 0 or until_day > $2)`

// received are the agencies that received a power from another, by its code: all,
// or those of some codes.
func received(tx *store.Tx, codes ...string) (map[string][]string, error) {
	all := map[string][]string{}
	one := func(r store.Row) error {
		var code, agency string
		err := r.Scan(&code, &agency)
		all[code] = append(all[code], agency)
		return err
	}
	if codes == nil {
		return all, tx.Each(one, receivedSQL+` order by power, agency`, tx.Home(), tx.Today())
	}
	for _, code := range codes {
		if err := tx.Each(one, receivedSQL+` and power = $3 order by agency`, tx.Home(), tx.Today(), code); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// exercise fills in powers, who holds each, and which item exercises which: the one
// that the entry names, and the one whose base code it has.
type exercise struct {
	c        *checkup.Catalogue
	received map[string][]string
	by       map[string][]string // codes of powers by code of an item
}

func (x *exercise) power(e lists.Entry) {
	p := Power(e)
	for _, code := range []string{p.Code, e.Content.Columns.Text("item")} {
		if code != "" {
			x.by[code] = append(x.by[code], p.Code)
		}
		for _, agency := range x.received[code] {
			if !slices.Contains(p.Holders, agency) {
				// Whoever received it exercises it beside the giver: no overlap.
				p.Holders, p.Joint = append(p.Holders, agency), true
			}
		}
	}
	x.c.Powers = append(x.c.Powers, p)
}

func (x *exercise) items() {
	for i := range x.c.Items {
		it := &x.c.Items[i]
		for _, code := range []string{it.Code, it.Of, it.Base} {
			for _, p := range x.by[code] {
				if code != "" && !slices.Contains(it.Powers, p) {
					it.Powers = append(it.Powers, p)
				}
			}
		}
	}
}

// laws is what the library knows: of a law that holds only in part or not yet, no
// articles. only is the one law to read, 0 all.
func laws(tx *store.Tx, only int64) (list []checkup.Law, err error) {
	which := func(column string) string {
		if only == 0 {
			return ""
		}
		return fmt.Sprintf(` and %s = %d`, column, only)
	}
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
		where l.home = $1`+which(`l.id`)+` order by l.id`, tx.Home(), tx.Today()); err != nil {
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
	}, `select law, name from law_name where home = $1 `+which(`law`)+` order by law, name`, tx.Home()); err != nil {
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
		where v.home = $1 and not v.excerpt and v.from_day <= $2 and (v.until_day = 0 or v.until_day > $2)`+which(`v.law`)+`
		order by v.law, a.number, a.sub`, tx.Home(), tx.Today())
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

// Written are the items in force that are fully written.
func Written(tx *store.Tx, items *catalog.Catalog) ([]checkup.Item, error) {
	all, err := items.Checkups(tx, tx.Today())
	return slices.DeleteFunc(all, func(it checkup.Item) bool { return it.Guide == nil }), err
}

// Power is an entry of the list of powers as it is judged, with the agency that
// the list names.
func Power(e lists.Entry) checkup.Power {
	return checkup.Power{Code: e.Code, Name: e.Name, Type: e.Type, Region: e.Region, Holders: []string{e.Agency},
		Duties: len(e.Content.Tables["duties"]), Situations: len(e.Content.Tables["situations"]), Basis: basis(e.Content)}
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
func basis(c lists.Content) (all []checkup.Article) {
	for _, r := range c.Tables["basis"] {
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
