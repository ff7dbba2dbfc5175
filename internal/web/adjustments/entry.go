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
	Item   bool      // about a known item: it is written elsewhere
	Guided bool      // about a new item whose files the draft keeps
}

// entryPage shows the form of an entry of a list, filled with what the draft says,
// or else what the list says now.
func (o *desk) entryPage(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	o.entryForm(w, r, q.Get("list"), q.Get("code"), nil)
}

func (o *desk) entryForm(w http.ResponseWriter, r *http.Request, list, code string, wrong map[string]ui.Text) {
	d := Entry{Here: address(number(r)), Of: number(r), List: list, Code: code}
	if !o.Read(w, r, func(tx *store.Tx) error {
		if err := o.concerns(tx, r, number(r)); err != nil {
			return err
		}
		x, err := adjust.ByID(tx, number(r))
		if err != nil {
			return err
		}
		d.Rev = x.Rev
		return o.fillEntry(tx, &d, adjust.Does(r.FormValue("does")))
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
	may := contentful(d.List)
	does := adjust.Change
	if d.List == adjust.OnItems {
		does = adjust.New
	}
	if slices.Contains(may, asked) {
		does = asked
	}
	var says adjust.Entry
	for _, e := range entries {
		if e.List == d.List && e.Code == d.Code {
			says, does = e, e.Does
			d.ID, d.Name, d.Guided = e.ID, e.Name, e.Guided
		}
	}
	if d.List != adjust.OnItems {
		may = adjust.All
	} else if d.Item = !slices.Contains(may, does); d.Item {
		return nil
	}
	k, err := adjust.KindOf(d.List)
	if err != nil {
		return err
	}
	if says.Content == nil && d.List != adjust.OnItems {
		now, err := lists.EntryOn(tx, d.List, d.Code, lists.Stand{})
		if err != nil && act.KindOf(err) != act.NotFound {
			return err
		}
		says.Content, d.Name = &now.Content, now.Name
	}
	d.Fields = append(d.Fields, doesField(does, may))
	if !d.Guided {
		if err := o.columnFields(tx, d, k, says.Content); err != nil {
			return err
		}
	}
	if d.List == adjust.OnItems {
		giver := giverField()
		giver.Value = says.Giver
		d.Fields = append(d.Fields, giver)
	} else {
		into := field(ui.FieldText, "into", true)
		into.Value = strings.Join(says.Into, " ")
		d.Fields = append(d.Fields, into)
	}
	note := field(ui.FieldText, "note", true)
	note.Value = says.Note
	d.Fields = append(d.Fields, note)
	for i := range k.Tables {
		d.Tables = append(d.Tables, ui.Both{ZH: k.Tables[i].Title, EN: k.Tables[i].TitleEN})
	}
	return nil
}

// columnFields ask for what an entry says, column by column. The day of an item is the
// adjustment's.
func (o *desk) columnFields(tx *store.Tx, d *Entry, k *lists.Kind, says *lists.Content) error {
	if says == nil {
		says = &lists.Content{}
	}
	names, err := o.House.Lists.Names(tx, tx.Today())
	for i := range k.Columns {
		c := &k.Columns[i]
		if c.Key == "code" || d.List == adjust.OnItems && c.Key == "from" {
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
	return err
}

// entry takes the form of an entry.
func (o *desk) entry(w http.ResponseWriter, r *http.Request) {
	list, code := value(r, "list"), value(r, "code")
	e := adjust.Edit{At: at(r)}
	if value(r, "act") == "remove" {
		e.Remove = []int64{valueInt(r, "entry")}
	} else {
		content, err := typedContent(r, list, code)
		if err != nil {
			o.Fail(w, r, err)
			return
		}
		if content != nil && !o.Read(w, r, func(tx *store.Tx) error { return keepTables(tx, number(r), list, code, content) }) {
			return
		}
		e.Put = []adjust.Entry{{List: list, Code: code, Does: adjust.Does(value(r, "does")), Into: strings.Fields(value(r, "into")), Giver: value(r, "giver"), Note: value(r, "note"),
			Content: content}}
	}
	_, err := o.adjust.Edit(r.Context(), door.Actor(r), door.Key(r), e)
	if wrong, ok := door.Wrong(err); ok {
		o.entryForm(w, r, list, code, wrong)
		return
	}
	o.settled(w, r, err, address(number(r))+"?done=saved")
}

// typedContent reads what an entry says; nil where the form did not ask, for what the
// draft keeps stays.
func typedContent(r *http.Request, list, code string) (*lists.Content, error) {
	k, err := adjust.KindOf(list)
	if _, asked := r.PostForm["c_name"]; err != nil || list == adjust.OnItems && !asked {
		return nil, err
	}
	columns := lists.Row{"code": code}
	for _, c := range k.Columns {
		if v := value(r, "c_"+c.Key); v != "" {
			columns[c.Key] = v
		}
	}
	return &lists.Content{Columns: columns}, nil
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
