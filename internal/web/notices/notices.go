// Package notices is the public notices of adjustments of the catalogue: what is
// going to change and from when, a form for comments while the notice runs, and what
// became of each comment.
package notices

import (
	"cmp"
	"embed"
	"net/http"
	"strconv"

	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/adjust"
)

//go:embed pages
var pages embed.FS

const (
	here        = "/notices/adjustments"
	onPage      = 20
	entriesShow = 200
	commentShow = 50

	differencesShow = 200
)

// desk is the pages of this room.
type desk struct{ *door.Door }

// Mount adds the pages.
func Mount(d *door.Door, mux *door.Mux) error {
	o := &desk{d}
	mux.HandleFunc("GET "+here, o.list)
	mux.HandleFunc("GET "+here+"/{id}", o.one)
	mux.HandleFunc("POST "+here+"/{id}", d.Person(o.comment))
	return d.UI.Add("notices", pages)
}

// List is the notices, the latest first.
type List struct {
	Table ui.Table
	Next  string
}

func (o *desk) list(w http.ResponseWriter, r *http.Request) {
	before, _ := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	data := List{Table: ui.Table{Caption: ui.M("notices.title"), HideCaption: true, Columns: columns("document", "stage", "until", "from"), Empty: ui.Empty{Text: ui.M("notices.none")}}}
	if !o.Read(w, r, func(tx *store.Tx) error {
		page, err := adjust.Public(tx, before, onPage)
		for _, a := range page {
			data.Table.Rows = append(data.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: ui.Plain(a.Document), Href: address(a.ID), Note: ui.Plain(a.Reason)},
				{Text: ui.M("adjust.stage." + a.Stage)}, {Text: ui.OnDay(a.NoticeUntil)}, {Text: ui.OnDay(a.From)}}})
		}
		if len(page) == onPage {
			data.Next = here + "?before=" + strconv.FormatInt(page[onPage-1].ID, 10)
		}
		return err
	}) {
		return
	}
	o.UI.Render(w, r, http.StatusOK, ui.Page{Name: "notices/list", Title: ui.M("notices.title"), Data: data})
}

func address(id int64) string { return here + "/" + strconv.FormatInt(id, 10) }

func columns(names ...string) (list []ui.Column) {
	for _, n := range names {
		list = append(list, ui.Column{Label: ui.M("notices.col." + n)})
	}
	return list
}

// One is a notice.
type One struct {
	adjust.Adjustment
	Here     string
	Facts    []ui.Fact
	Running  []ui.Text // of cases, by item
	Table    ui.Table
	Next     string
	Diffs    []ui.Table
	More     string // address of the differences
	Rest     string // address of more of them
	Open     bool
	Fields   []ui.Field
	Count    ui.Text
	Comments []Comment
	Further  string // address of more comments
}

// Comment is what somebody said, with what became of it.
type Comment struct {
	Words   string
	Outcome ui.Text
	Answer  string
}

func fields() []ui.Field {
	return []ui.Field{{Kind: ui.FieldArea, Name: "words", Label: ui.M("notices.words"), Hint: ui.M("notices.words.hint")}}
}

func (o *desk) one(w http.ResponseWriter, r *http.Request) { o.oneWith(w, r, fields(), nil) }

func (o *desk) oneWith(w http.ResponseWriter, r *http.Request, form []ui.Field, wrong []ui.FieldError) {
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	d := One{Here: address(id), Fields: form}
	if !o.Read(w, r, func(tx *store.Tx) (err error) {
		if d.Adjustment, err = adjust.PublicByID(tx, id); err != nil {
			return err
		}
		d.Open = d.Stage == adjust.Notice && tx.Today() <= d.NoticeUntil
		d.Facts = []ui.Fact{{Label: ui.M("notices.col.stage"), Value: ui.M("adjust.stage." + d.Stage)}, {Label: ui.M("notices.level"), Value: ui.M("adjust.level." + d.Level)},
			{Label: ui.M("notices.col.until"), Value: ui.OnDay(d.NoticeUntil)}, {Label: ui.M("notices.col.from"), Value: ui.OnDay(d.From)}, {Label: ui.M("notices.reason"), Value: ui.Plain(d.Reason)}}
		if err := d.entries(tx, ui.Page{URL: r.URL}, r.URL.Query().Get("after")); err != nil {
			return err
		}
		if err := d.running(tx); err != nil {
			return err
		}
		return d.said(tx, ui.Page{URL: r.URL}, r.URL.Query().Get("comments"))
	}) {
		return
	}
	if err := o.differences(r, &d); err != nil {
		o.Fail(w, r, err)
		return
	}
	p := ui.Page{Name: "notices/one", Title: ui.M("notices.one", "document", d.Document), Data: d, Errors: wrong, Back: &ui.Link{Text: ui.M("notices.title"), Href: here}}
	if r.URL.Query().Get("done") == "said" {
		p.Notice = &ui.Notice{Kind: ui.Done, Title: ui.M("notices.said"), Body: ui.M("notices.said.next")}
	}
	o.UI.Render(w, r, 0, p)
}

// entries are a page of what becomes of what.
func (d *One) entries(tx *store.Tx, p ui.Page, after string) error {
	all, err := adjust.Entries(tx, d.ID)
	d.Table = ui.Table{Caption: ui.M("notices.entries"), HideCaption: true, Columns: columns("code", "list", "does", "into")}
	for i, e := range all {
		if e.List+" "+e.Code <= after {
			continue
		}
		if len(d.Table.Rows) == entriesShow {
			d.Next = p.With("after", all[i-1].List+" "+all[i-1].Code)
			break
		}
		var into []ui.Text
		for _, c := range e.Into {
			into = append(into, ui.Plain(c))
		}
		if e.Giver != "" {
			into = append(into, ui.M("notices.giver", "giver", e.Giver))
		}
		d.Table.Rows = append(d.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: ui.Plain(cmp.Or(e.Name, e.Code)), Note: ui.Plain(e.Code)}, {Text: listName(e.List)}, {Text: e.Does.Label()}, {Text: ui.Join{Sep: " ", Texts: into}, Note: ui.Plain(e.Note)}}})
	}
	return err
}

func listName(key string) ui.Text {
	if key == adjust.OnItems {
		return ui.M("notices.items")
	}
	k, err := lists.KindOf(key)
	if err != nil {
		return ui.Plain(key)
	}
	return ui.Both{ZH: k.Name, EN: k.NameEN}
}

// differences are shown when they are asked for, as long as they lie ahead, from the
// one with a number, page by page.
func (o *desk) differences(r *http.Request, d *One) error {
	if d.Stage != adjust.Notice {
		return nil
	}
	if r.URL.Query().Get("differences") == "" {
		d.More = d.Here + "?differences=1"
		return nil
	}
	var entries []adjust.Entry
	err := o.House.Store.Read(r.Context(), func(tx *store.Tx) (err error) { entries, err = adjust.Entries(tx, d.ID); return err })
	if err != nil {
		return o.House.Runner.SettleFor(r.Context(), r.Pattern, err)
	}
	plans, err := o.House.Adjust.Plans(r.Context(), d.Adjustment, entries)
	from, _ := strconv.Atoi(r.URL.Query().Get("differences"))
	next := 0
	if d.Diffs, next = differencesFrom(plans, max(from, 1)); next > 0 {
		d.Rest = d.Here + "?differences=" + strconv.Itoa(next) + "#differences"
	}
	return err
}

// differencesFrom are the differences from the one with a number, a page of them, and
// the number of the first on the next page; 0 when there is none.
func differencesFrom(plans []adjust.ListPlan, from int) (list []ui.Table, next int) {
	n := 0
	for _, p := range plans {
		t := ui.Table{Caption: listName(p.List), Columns: columns("code", "field", "before", "after")}
		for _, diff := range p.Differences {
			for _, f := range diff.Fields {
				if n++; n >= from && n < from+differencesShow {
					t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: ui.Plain(diff.Name), Note: ui.Plain(diff.Code)}, {Text: ui.Plain(f.Title)}, {Text: ui.Plain(f.Before)}, {Text: ui.Plain(f.After)}}})
				}
			}
		}
		if len(t.Rows) > 0 {
			list = append(list, t)
		}
	}
	if n >= from+differencesShow {
		next = from + differencesShow
	}
	return list, next
}

// said are the comments that were answered, without who made them.
func (d *One) said(tx *store.Tx, p ui.Page, after string) error {
	all, open, err := adjust.CommentCounts(tx, d.ID)
	if err != nil {
		return err
	}
	d.Count = ui.M("notices.count", "n", all, "open", open)
	from, _ := strconv.ParseInt(after, 10, 64)
	list, err := adjust.Comments(tx, d.ID, true, from, commentShow)
	for _, m := range list {
		d.Comments = append(d.Comments, Comment{m.Words, ui.M("adjust.comment." + m.Outcome), m.Answer})
	}
	if len(list) == commentShow {
		d.Further = p.With("comments", strconv.FormatInt(list[commentShow-1].ID, 10))
	}
	return err
}

// comment takes what somebody signed in says.
func (o *desk) comment(w http.ResponseWriter, r *http.Request) {
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	_, err := o.House.Adjust.Say(r.Context(), door.Actor(r), door.Key(r), id, r.PostFormValue("words"))
	if wrong, ok := door.Wrong(err); ok {
		form := fields()
		o.oneWith(w, r, form, ui.Fill(form, r.PostForm, wrong))
		return
	}
	if err != nil {
		o.Fail(w, r, err)
		return
	}
	door.Done(w, r, address(id)+"?done=said")
}
