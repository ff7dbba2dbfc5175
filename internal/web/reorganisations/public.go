package reorganisations

import (
	"net/http"
	"slices"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/identity"
	"tongban/internal/web/ui"
	"tongban/internal/work/reorganise"
)

// Agencies is every agency that is, and every one that was.
type Agencies struct{ Now, Gone ui.Table }

// called is an agency's name in the reader's language.
func called(a identity.Agency) ui.Text { return ui.Both{ZH: a.Name, EN: a.NameEN} }

// agencies lists them for everybody.
func (o *desk) agencies(w http.ResponseWriter, r *http.Request) {
	column := func(names ...string) (list []ui.Column) {
		for _, n := range names {
			list = append(list, ui.Column{Label: ui.M("agencies.col." + n), Bare: n == "address"})
		}
		return list
	}
	data := Agencies{
		Now:  ui.Table{Caption: ui.M("agencies.now"), Columns: column("name", "address", "phone")},
		Gone: ui.Table{Caption: ui.M("agencies.gone"), Columns: column("name", "until", "answers")},
	}
	if !o.Read(w, r, func(tx *store.Tx) error {
		today := tx.Today()
		list, err := o.House.People.Agencies(tx, today)
		if err != nil {
			return err
		}
		for _, a := range list {
			data.Now.Rows = append(data.Now.Rows, ui.Row{Cells: []ui.Cell{{Text: called(a), Href: "/agencies/" + a.Key}, {Text: ui.Plain(a.Address)}, {Text: ui.Plain(a.Phone)}}})
		}
		gone, err := o.House.People.FormerAgencies(tx, today)
		n := o.names(tx, today, nil)
		for _, a := range gone {
			found, err := reorganise.Answers(tx, a.Key, a.Span.From, today, reorganise.About{})
			if err != nil {
				return err
			}
			answers := ui.Cell{}
			for _, key := range found.Now {
				answers.Links = append(answers.Links, ui.Link{Text: n.of(key), Href: "/agencies/" + key})
			}
			data.Gone.Rows = append(data.Gone.Rows, ui.Row{Cells: []ui.Cell{{Text: called(a), Href: "/agencies/" + a.Key}, {Text: ui.OnDay(a.Span.Until)}, answers}})
		}
		return err
	}) {
		return
	}
	o.UI.Render(w, r, 0, ui.Page{Name: "reorganisations/agencies", Title: ui.M("agencies.title"), Back: &ui.Link{Text: ui.M("ui.home"), Href: "/"}, Data: data})
}

// Body is an agency that is or was, for everybody.
type Body struct {
	Gone    ui.Text
	Now     []ui.Link
	Steps   []Told
	Facts   []ui.Fact
	Names   ui.Table
	From    []Told
	Changes []Told
	Duty    ui.Table // who answers for what it wrote, its cases and what it owes, by act
	Grants  string
}

// Told is one act on an agency in words.
type Told struct {
	Text  ui.Text
	Links []ui.Link
}

// agency tells of one: its names, since when and until when, who answers for it now,
// and by which document.
func (o *desk) agency(w http.ResponseWriter, r *http.Request) {
	key := r.PathValue("agency")
	var data Body
	var title ui.Text
	if !o.Read(w, r, func(tx *store.Tx) error {
		all, err := o.House.People.AgencyOver(tx, key)
		if err != nil {
			return err
		}
		all = slices.DeleteFunc(all, func(a identity.Agency) bool { return a.Span.From > tx.Today() })
		if len(all) == 0 {
			return act.Missing("identity.thing.agency")
		}
		last := all[len(all)-1]
		title = called(last)
		data.facts(all)
		n := o.names(tx, tx.Today(), nil)
		if data.Gone != nil {
			if err := data.answers(tx, n, all[0]); err != nil {
				return err
			}
		}
		return data.acts(tx, n, key)
	}) {
		return
	}
	data.Grants = with("/grants", "agency", key)
	o.UI.Render(w, r, 0, ui.Page{Name: "reorganisations/agency", Title: title, Back: &ui.Link{Text: ui.M("agencies.title"), Href: "/agencies"}, Data: data})
}

func (d *Body) facts(all []identity.Agency) {
	last := all[len(all)-1]
	add := func(key string, v ui.Text) {
		d.Facts = append(d.Facts, ui.Fact{Label: ui.M("agencies.col." + key), Value: v})
	}
	add("since", ui.OnDay(all[0].Span.From))
	if until := last.Span.Until; until != 0 {
		add("until", ui.OnDay(until))
		d.Gone = ui.M("agencies.ended", "name", called(last), "day", ui.OnDay(until))
	} else {
		for _, f := range [][2]string{{"address", last.Address}, {"phone", last.Phone}} {
			if f[1] != "" {
				add(f[0], ui.Plain(f[1]))
			}
		}
	}
	if last.USCC != "" {
		add("uscc", ui.Plain(last.USCC))
	}
	if len(all) < 2 {
		return
	}
	d.Names = ui.Table{Caption: ui.M("agencies.names"), Columns: []ui.Column{{Label: ui.M("agencies.col.name")}, {Label: ui.M("agencies.col.from")}, {Label: ui.M("agencies.col.until")}}}
	for _, a := range slices.Backward(all) {
		row := ui.Row{Cells: []ui.Cell{{Text: called(a)}, {Text: ui.OnDay(a.Span.From)}, {Text: ui.M("agencies.still")}}}
		if a.Span.Until != 0 {
			row.Cells[2].Text = ui.OnDay(a.Span.Until)
		}
		d.Names.Rows = append(d.Names.Rows, row)
	}
}

// answers say who answers for an agency that is gone, and through which acts.
func (d *Body) answers(tx *store.Tx, n names, first identity.Agency) error {
	found, err := reorganise.Answers(tx, first.Key, first.Span.From, tx.Today(), reorganise.About{})
	if err != nil {
		return err
	}
	for _, key := range found.Now {
		if key != first.Key {
			d.Now = append(d.Now, ui.Link{Text: n.of(key), Href: "/agencies/" + key})
		}
	}
	for _, s := range found.Steps {
		d.Steps = append(d.Steps, d.told(n, s))
	}
	return nil
}

// told is a step in words: a rename leads from an agency to itself.
func (d *Body) told(n names, s reorganise.Step) Told {
	before := n
	before.on = s.Day - 1
	t := Told{Text: ui.M("agencies.step."+s.Fate, "document", s.Document, "day", ui.OnDay(s.Day), "from", before.of(s.From), "to", n.of(s.To))}
	for _, key := range []string{s.From, s.To} {
		t.Links = append(t.Links, ui.Link{Text: n.of(key), Href: "/agencies/" + key})
	}
	return t
}

// acts tell what an agency took over, and what became of it while it went on.
func (d *Body) acts(tx *store.Tx, n names, key string) error {
	from, err := reorganise.Heirs(tx, key)
	if err != nil {
		return err
	}
	for _, s := range from {
		if s.From != key {
			d.From = append(d.From, d.told(n, s))
		}
	}
	list, err := reorganise.Became(tx, key)
	d.Duty = ui.Table{Caption: ui.M("agencies.duty"), HideCaption: true}
	for _, c := range []string{"act", "documents", "cases", "liabilities"} {
		d.Duty.Columns = append(d.Duty.Columns, ui.Column{Label: ui.M("agencies.col." + c)})
	}
	for _, x := range list {
		a, leaves, err := reorganise.AnsweringOf(tx, x.ID, key)
		if err != nil {
			return err
		}
		if leaves {
			cells := n.answering(a, func(key string) string { return "/agencies/" + key })
			d.Duty.Rows = append(d.Duty.Rows, ui.Row{Cells: append([]ui.Cell{{Text: ui.Plain(x.Document), Note: ui.OnDay(x.DoneDay)}}, cells...)})
		}
		d.Changes = append(d.Changes, Told{Text: ui.M("agencies.act", "document", x.Document, "day", ui.OnDay(x.DoneDay), "reason", x.Reason)})
	}
	return err
}
