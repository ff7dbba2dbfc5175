package adjustments

import (
	"net/http"
	"slices"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/adjust"
)

// Entry is the form of one entry: what becomes of it, and what it then says.
type Entry struct {
	Here   string
	Of     int64 // the adjustment
	Rev    int
	ID     int64 // 0 where the adjustment has none yet
	List   string
	Code   string
	Name   string
	Fields []ui.Field
	Tables []ui.Text // stay as they are unless a file is handed in
	Item   bool      // about an item: it is written elsewhere
}

// entryPage shows the form of an entry of a list, filled with what the draft says,
// or else what the list says now.
func (o *desk) entryPage(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	o.entryForm(w, r, q.Get("list"), q.Get("code"), nil)
}

func (o *desk) entryForm(w http.ResponseWriter, r *http.Request, list, code string, wrong map[string]ui.Text) {
	d := Entry{Here: address(number(r)), Of: number(r), List: list, Code: code, Item: list == adjust.OnItems}
	if !o.Read(w, r, func(tx *store.Tx) error {
		if err := o.concerns(tx, r, number(r)); err != nil {
			return err
		}
		x, err := adjust.ByID(tx, number(r))
		if err != nil {
			return err
		}
		d.Rev = x.Rev
		return o.fillEntry(tx, &d, adjust.Does(r.URL.Query().Get("does")))
	}) {
		return
	}
	p := ui.Page{Title: ui.M("adjustments.entry", "code", code), Data: d, Back: &ui.Link{Text: ui.M("adjustments.back"), Href: d.Here}}
	if wrong != nil {
		p.Errors = ui.Fill(d.Fields, r.PostForm, wrong)
	}
	o.render(w, r, "entry", p)
}

// fillEntry fills the form in; asked is what the reader wants to become of the entry.
func (o *desk) fillEntry(tx *store.Tx, d *Entry, asked adjust.Does) error {
	entries, err := adjust.Entries(tx, d.Of)
	if err != nil {
		return err
	}
	does := adjust.Change
	if slices.Contains(contentful, asked) {
		does = asked
	}
	says := lists.Content{}
	for _, e := range entries {
		if e.List == d.List && e.Code == d.Code {
			d.ID, does, d.Name = e.ID, e.Does, e.Name
			if e.Content != nil {
				says = *e.Content
			}
		}
	}
	if d.Item {
		if d.ID == 0 {
			return act.Missing("adjust.thing.entry")
		}
		return nil
	}
	k, err := lists.KindOf(d.List)
	if err != nil {
		return err
	}
	if says.Columns == nil {
		now, err := lists.EntryOn(tx, d.List, d.Code, lists.Stand{})
		if err != nil && act.KindOf(err) != act.NotFound {
			return err
		}
		says, d.Name = now.Content, now.Name
	}
	names, err := o.House.Lists.Names(tx, tx.Today())
	if err != nil {
		return err
	}
	d.Fields = append(d.Fields, doesField(does, adjust.All))
	for i := range k.Columns {
		c := &k.Columns[i]
		if c.Key == "code" {
			continue
		}
		f := ui.Field{Kind: ui.FieldText, Name: "c_" + c.Key, Label: ui.Both{ZH: c.Title, EN: c.TitleEN}, Optional: !c.Required, Value: names.Show(c, says.Columns[c.Key], "zh")}
		if c.Type == lists.Text && c.Max > 200 {
			f.Kind = ui.FieldArea
		}
		if c.Type == lists.Choice {
			f.Kind = ui.FieldSelect
			f.Value = says.Columns.Text(c.Key)
			f.Options = append(f.Options, ui.Option{Label: ui.M("adjustments.none")})
			for _, option := range c.Choices {
				f.Options = append(f.Options, ui.Option{Value: option.Key, Label: ui.Both{ZH: option.Title, EN: option.TitleEN}})
			}
		}
		d.Fields = append(d.Fields, f)
	}
	into := field(ui.FieldText, "into", true)
	d.Fields = append(d.Fields, into, field(ui.FieldText, "note", true))
	for i := range k.Tables {
		d.Tables = append(d.Tables, ui.Both{ZH: k.Tables[i].Title, EN: k.Tables[i].TitleEN})
	}
	return nil
}

// entry takes the form of an entry.
func (o *desk) entry(w http.ResponseWriter, r *http.Request) {
	list, code := value(r, "list"), value(r, "code")
	e := adjust.Edit{At: at(r)}
	if value(r, "act") == "remove" {
		e.Remove = []int64{valueInt(r, "entry")}
	} else {
		k, err := lists.KindOf(list)
		if err != nil {
			o.Fail(w, r, err)
			return
		}
		columns := lists.Row{"code": code}
		for _, c := range k.Columns {
			if v := value(r, "c_"+c.Key); v != "" {
				columns[c.Key] = v
			}
		}
		content := &lists.Content{Columns: columns}
		if !o.Read(w, r, func(tx *store.Tx) error { return keepTables(tx, number(r), list, code, content) }) {
			return
		}
		e.Put = []adjust.Entry{{List: list, Code: code, Does: adjust.Does(value(r, "does")), Into: strings.Fields(value(r, "into")), Note: value(r, "note"), Content: content}}
	}
	_, err := o.adjust.Edit(r.Context(), door.Actor(r), door.Key(r), e)
	if wrong, ok := door.Wrong(err); ok {
		o.entryForm(w, r, list, code, wrong)
		return
	}
	o.settled(w, r, err, address(number(r))+"?done=saved")
}

// keepTables leaves the tables below an entry as the draft has them.
func keepTables(tx *store.Tx, adjustment int64, list, code string, c *lists.Content) error {
	entries, err := adjust.Entries(tx, adjustment)
	for _, e := range entries {
		if e.List == list && e.Code == code && e.Content != nil {
			c.Tables = e.Content.Tables
		}
	}
	return err
}
