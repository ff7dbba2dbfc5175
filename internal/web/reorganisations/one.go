package reorganisations

import (
	"maps"
	"net/http"
	"slices"

	"tongban/internal/record/store"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/reorganise"
)

// One is an act with all that it does, or did.
type One struct {
	*reorganise.Effect
	Here     string
	Facts    []ui.Fact
	Agencies ui.Table
	Picture  ui.Table
	Flows    ui.Table
	Seals    ui.Table
	Answers  ui.Table // 谁负责
	Article  string   // on which it rests
	Problems []ui.Text
	More     int // problems that are not listed
	Can      Can
	Head     []ui.Field
	Agency   []ui.Field
	Founded  []ui.Field
	Decide   []ui.Field
	Reason   ui.Field
	Leaving  []Leaving
	Public   []ui.Link
}

// Can is what the reader may do now.
type Can struct{ Edit, Decide, Own, Drop, Carry bool }

// Leaving is an agency that can be taken out of the draft again.
type Leaving struct {
	Key  string
	Name ui.Text
}

func (o *desk) one(w http.ResponseWriter, r *http.Request) { o.oneWith(w, r, ui.Page{}) }

// oneWith shows an act with what has to be mended.
func (o *desk) oneWith(w http.ResponseWriter, r *http.Request, p ui.Page) {
	e, err := o.reform.Preview(r.Context(), number(r))
	if err != nil {
		o.Fail(w, r, err)
		return
	}
	data := One{Effect: e, Here: address(e.ID), Article: reorganise.AnsweringArticles}
	if !o.Read(w, r, func(tx *store.Tx) error {
		n := o.names(tx, e.On, e.Agencies)
		if err := o.facts(tx, &data); err != nil {
			return err
		}
		data.can(o, tx, r)
		data.agencies(n)
		data.flows(n)
		data.seals(n)
		data.answering(n)
		if e.Stage == reorganise.Draft || e.Stage == reorganise.Decided {
			stands, err := o.reform.Picture(tx, e)
			if err != nil {
				return err
			}
			data.picture(n, stands)
			data.problems()
		}
		return o.forms(tx, &data, n, r)
	}) {
		return
	}
	p.Title, p.Data, p.Back = ui.M("reorganisations.one", "document", e.Document), data, &ui.Link{Text: ui.M("reorganisations.title"), Href: here}
	o.render(w, r, "one", p)
}

func (o *desk) facts(tx *store.Tx, d *One) error {
	add := func(key string, value ui.Text) {
		d.Facts = append(d.Facts, ui.Fact{Label: ui.M("reorganisations.field." + key), Value: value})
	}
	person := func(key string, id int64) error {
		if id == 0 {
			return nil
		}
		name, err := o.House.People.StaffName(tx, id)
		add(key, ui.Plain(name))
		return err
	}
	s := stage(d.Stage)
	d.Facts = append(d.Facts, ui.Fact{Label: ui.M("reorganisations.col.stage"), Status: &s})
	add("from", ui.OnDay(d.From))
	if d.DoneDay != 0 {
		add("done_day", ui.OnDay(d.DoneDay))
	}
	add("reason", ui.Plain(d.Act.Reason))
	if err := person("drafter", d.By); err != nil {
		return err
	}
	if err := person("decided_by", d.DecidedBy); err != nil {
		return err
	}
	if d.Decision != "" {
		add("decision", ui.Plain(d.Decision))
	}
	return nil
}

// can settles what the reader may do now.
func (d *One) can(o *desk, tx *store.Tx, r *http.Request) {
	draft, decide := o.allowed(tx, r, reorganise.CommandDraft), o.allowed(tx, r, reorganise.CommandDecide)
	open := d.Stage == reorganise.Draft || d.Stage == reorganise.Decided
	own := d.By == door.Actor(r).Person
	d.Can = Can{
		Edit: draft && d.Stage == reorganise.Draft, Decide: decide && d.Stage == reorganise.Draft && !own, Own: decide && d.Stage == reorganise.Draft && own,
		Drop: draft && open, Carry: draft && d.Stage == reorganise.Decided && d.From <= tx.Today(),
	}
}

// agencies say what becomes of each agency, and what is still to be said of it.
func (d *One) agencies(n names) {
	d.Agencies = ui.Table{Caption: ui.M("reorganisations.agencies"), HideCaption: true, Columns: columns("agency", "fate", "to", "things", "open"),
		Empty: ui.Empty{Text: ui.M("reorganisations.agencies.none")}}
	things, open := map[string]int{}, map[string]int{}
	for _, t := range d.Things {
		things[t.Agency]++
		if t.To == "" {
			open[t.Agency]++
		}
	}
	for _, g := range d.Effect.Agencies {
		row := ui.Row{Cells: []ui.Cell{{Text: n.of(g.Key), Note: ui.Plain(g.Key)}, {Text: ui.M("reorganise.fate." + g.Fate)}, {}, {}, {}}}
		gone := g.Fate == reorganise.End || g.Fate == reorganise.Cede
		switch {
		case g.Fate == reorganise.Rename:
			row.Cells[2].Text = ui.M("reorganisations.renamed", "name", g.Name)
		case g.Heir != "":
			row.Cells[2].Text = ui.M("reorganisations.rest", "agency", n.of(g.Heir))
		case g.Fate == reorganise.End:
			row.Cells[2].Text = ui.M("reorganisations.split")
		}
		if gone && d.Stage != reorganise.Done {
			row.Cells[3].Text = ui.Count(things[g.Key])
			if d.Can.Edit {
				row.Cells[3].Text, row.Cells[3].Href = ui.M("reorganisations.assign", "n", things[g.Key]), d.Here+"/agencies/"+g.Key
			}
		}
		switch {
		case g.Fate == reorganise.End && open[g.Key] > 0:
			row.Cells[4].Status = &ui.Status{Tone: ui.ToneTodo, Text: ui.M("reorganisations.open", "n", open[g.Key])}
			if d.Can.Edit {
				row.Cells[4].Links = []ui.Link{{Text: ui.M("reorganisations.see"), Href: d.Here + "/agencies/" + g.Key + "?state=open", Hidden: n.of(g.Key)}}
			}
		case g.Fate == reorganise.Cede && d.Stage != reorganise.Done:
			row.Cells[4].Text = ui.M("reorganisations.stay", "n", open[g.Key])
		}
		d.Agencies.Rows = append(d.Agencies.Rows, row)
		d.Leaving = append(d.Leaving, Leaving{g.Key, n.of(g.Key)})
		d.Public = append(d.Public, ui.Link{Text: n.of(g.Key), Href: "/agencies/" + g.Key})
	}
}

// picture sets before and after beside each other.
func (d *One) picture(n names, stands []reorganise.Standing) {
	d.Picture = ui.Table{Caption: ui.M("reorganisations.picture"), HideCaption: true, Columns: columns("agency")}
	for _, k := range reorganise.Counted {
		d.Picture.Columns = append(d.Picture.Columns, ui.Column{Label: ui.M("reorganise.kind." + k), Number: true})
	}
	for _, s := range stands {
		cells := []ui.Cell{{Text: n.of(s.Agency)}}
		if s.Fate != "" {
			cells[0].Note = ui.M("reorganise.fate." + s.Fate)
		}
		for _, k := range reorganise.Counted {
			c := ui.Cell{Text: ui.Count(s.Had[k])}
			if s.Had[k] != s.Has[k] {
				c.Text = ui.M("reorganisations.before_after", "before", s.Had[k], "after", s.Has[k])
			}
			cells = append(cells, c)
		}
		d.Picture.Rows = append(d.Picture.Rows, ui.Row{Cells: cells})
	}
}

// flows count what goes from where to where.
func (d *One) flows(n names) {
	d.Flows = ui.Table{Caption: ui.M("reorganisations.flows"), HideCaption: true, Columns: columns("agency", "to", "what"), Empty: ui.Empty{Text: ui.M("reorganisations.flows.none")}}
	type way struct{ from, to string }
	var ways []way
	count := map[way]map[string]int{}
	for _, m := range d.Moves {
		w := way{m.Agency, m.To}
		if m.Kind == reorganise.OnSeal {
			continue
		}
		if count[w] == nil {
			ways, count[w] = append(ways, w), map[string]int{}
		}
		count[w][m.Kind]++
	}
	for _, w := range ways {
		what := ui.Cell{}
		for _, k := range kindsShown {
			if c := count[w][k]; c > 0 {
				what.Links = append(what.Links, ui.Link{Text: ui.M("reorganisations.counted", "kind", ui.M("reorganise.kind."+k), "n", c),
					Href: with(d.Here+"/moves", "agency", w.from, "to", w.to, "kind", k)})
			}
		}
		d.Flows.Rows = append(d.Flows.Rows, ui.Row{Cells: []ui.Cell{{Text: n.of(w.from)}, {Text: n.of(w.to)}, what}})
	}
}

// kindsShown are the kinds of things in the order in which people read them.
var kindsShown = append(slices.Clone(reorganise.Kinds), reorganise.OnOfficer)

// seals say which seal ends and which begins.
func (d *One) seals(n names) {
	d.Seals = ui.Table{Caption: ui.M("reorganisations.seals"), HideCaption: true, Columns: columns("agency", "seal_last", "seal_first")}
	for _, s := range d.Effect.Seals {
		row := ui.Row{Cells: []ui.Cell{{Text: n.of(s.Agency)}, {Text: ui.M("reorganisations.seal.none")}, {Text: ui.M("reorganisations.seal.ends")}}}
		if s.Last != 0 {
			row.Cells[1].Text = ui.OnDay(s.Last)
		}
		if s.First != 0 {
			row.Cells[2].Text = ui.OnDay(s.First)
		}
		d.Seals.Rows = append(d.Seals.Rows, row)
	}
}

// answering says who answers for an agency that ends or cedes: for what it wrote, for
// its open cases, and for what it is sued for and owes.
func (d *One) answering(n names) {
	d.Answers = ui.Table{Caption: ui.M("reorganisations.answering"), HideCaption: true, Columns: columns("agency", "documents", "cases", "liabilities")}
	for _, a := range d.Answering() {
		d.Answers.Rows = append(d.Answers.Rows, ui.Row{Cells: append([]ui.Cell{{Text: n.of(a.Agency)}}, n.answering(a, nil)...)})
	}
}

// answering are the cells that say who answers: documents, cases, liabilities; to makes
// a link of an agency where it is not nil.
func (n names) answering(a reorganise.Answering, to func(key string) string) []ui.Cell {
	of := func(keys []string, about func(key string) ui.Text) (c ui.Cell) {
		var said []ui.Text
		for _, key := range keys {
			text := about(key)
			if said = append(said, text); to != nil {
				c.Links = append(c.Links, ui.Link{Text: text, Href: to(key)})
			}
		}
		if to == nil {
			c.Text = ui.Join{Sep: "、", Texts: said}
		}
		return c
	}
	cases := func(key string) ui.Text {
		return ui.M("agencies.duty.cases", "agency", n.of(key), "n", a.Cases[key])
	}
	list := []ui.Cell{of(a.Documents, n.of), of(slices.Sorted(maps.Keys(a.Cases)), cases), of(a.Liabilities, n.of)}
	if len(a.Cases) == 0 {
		list[1] = ui.Cell{Text: ui.M("agencies.duty.none")}
	}
	return list
}

// problems are what has to be settled first, in words.
func (d *One) problems() {
	for _, x := range d.Rivals {
		d.Problems = append(d.Problems, x.Rival())
	}
	for _, m := range d.Faults {
		d.Problems = append(d.Problems, m)
	}
	if n := len(d.Problems); n > faultsShow {
		d.Problems, d.More = d.Problems[:faultsShow], n-faultsShow
	}
}
