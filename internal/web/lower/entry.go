package lower

import (
	"net/http"
	"slices"

	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/register/received"
	"tongban/internal/rules/wording"
	"tongban/internal/web/ui"
)

// entryPage is an entry as it holds today.
type entryPage struct {
	Facts  ui.SummaryList
	Tables []ui.Table
	Link   ui.Link
}

func (o *desk) entry(w http.ResponseWriter, r *http.Request) {
	var b received.Body
	var e received.Entry
	var data entryPage
	list := part(r, "list")
	if !o.Read(w, r, func(tx *store.Tx) (err error) {
		if b, err = received.BodyOf(tx, part(r, "region")); err != nil {
			return err
		}
		all, err := received.VersionsOf(tx, b.Region, list, part(r, "code"))
		if err != nil {
			return err
		}
		e = all[0]
		for _, x := range all {
			if x.From <= tx.Today() {
				e = x
			}
		}
		return nil
	}) {
		return
	}
	data.fill(&e)
	o.show(w, r, "entry", ui.Page{Title: ui.Plain(e.Name()), Data: data,
		Back: &ui.Link{Text: ui.M("lower.of", "body", b.Name, "list", named(list)), Href: at(b.Region, list)}})
}

// value is a value of a column in the reader's language.
type value struct {
	e *received.Entry
	c *lists.Column
	v any
}

// In writes the value in words.
func (x value) In(lang wording.Lang) string { return x.e.Show(x.c, x.v, lang) }

func (d *entryPage) fill(e *received.Entry) {
	row := func(key, v ui.Text) { d.Facts.Rows = append(d.Facts.Rows, ui.SummaryRow{Key: key, Value: v}) }
	row(ui.M("lower.entry.code"), ui.Plain(e.Code))
	row(ui.M("lower.entry.version"), ui.M("lower.entry.version.n", "n", e.N))
	from := ui.Text(ui.OnDay(e.From))
	if e.Ended {
		from = ui.M("lower.entry.ended", "day", ui.OnDay(e.From))
	}
	row(ui.M("lower.entry.from"), from)
	if k, err := lists.KindOf(e.List); err == nil {
		for i := range k.Columns {
			c := &k.Columns[i]
			if v := e.Content.Columns[c.Key]; v != nil && c.Key != "name" && c.Key != "code" {
				row(ui.Both{ZH: c.Title, EN: c.TitleEN}, value{e, c, v})
			}
		}
		for i := range k.Tables {
			d.table(e, &k.Tables[i])
		}
	}
	row(ui.M("lower.entry.received"), ui.At(e.At))
	row(ui.M("lower.entry.digest"), ui.Plain(e.Digest))
	d.Link = ui.Link{Text: ui.M("lower.entry.link"), Href: e.Link}
}

// table writes a table below the entry, in the columns that say something.
func (d *entryPage) table(e *received.Entry, t *lists.Table) {
	rows := e.Content.Tables[t.Key]
	if len(rows) == 0 {
		return
	}
	out := ui.Table{Caption: ui.Both{ZH: t.Title, EN: t.TitleEN}}
	var used []*lists.Column
	for i := range t.Columns {
		c := &t.Columns[i]
		if slices.ContainsFunc(rows, func(r lists.Row) bool { return r[c.Key] != nil }) {
			used, out.Columns = append(used, c), append(out.Columns, ui.Column{Label: ui.Both{ZH: c.Title, EN: c.TitleEN}})
		}
	}
	for _, r := range rows {
		var cells []ui.Cell
		for _, c := range used {
			cells = append(cells, ui.Cell{Text: value{e, c, r[c.Key]}})
		}
		out.Rows = append(out.Rows, ui.Row{Cells: cells})
	}
	d.Tables = append(d.Tables, out)
}
