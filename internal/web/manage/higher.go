package manage

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/publish"
)

// mountHigher adds the pages of the portals above and below this one.
func mountHigher(o *desk, mux *door.Mux) {
	for pattern, f := range map[string]http.HandlerFunc{
		"GET /manage/higher":              o.higher,
		"POST /manage/higher/compare":     o.higherCompare,
		"POST /manage/higher/again":       o.higherAgain,
		"GET /manage/lower":               o.lower,
		"POST /manage/lower":              o.admitLower,
		"POST /manage/lower/{region}/end": o.endLower,
	} {
		mux.HandleFunc(pattern, o.door.Staff(f))
	}
}

// differencesShown is how many differences are on a page.
const differencesShown = 30

// Higher is the page of the higher level's portal.
type Higher struct {
	Standing publish.Standing
	Region   string
	Facts    ui.SummaryList
	Going    *HigherGoing
	Trouble  *ui.Notice
	Filter   ui.Filter
	Table    ui.Table
	Next     string
	Most     int // differences that are kept, where there are more; else 0
}

// HigherGoing is a comparison under way.
type HigherGoing struct {
	Done, Total int
	Toggle      ui.Link
}

const higherAt = "/manage/higher"

func (o *desk) higher(w http.ResponseWriter, r *http.Request) {
	q, here := r.URL.Query(), ui.Page{URL: r.URL}
	data := Higher{Region: o.door.House.Options.Region}
	ask := publish.Query{Kind: publish.Kind(q.Get("kind")), Limit: differencesShown + 1}
	ask.List, ask.Code, ask.N = after(q.Get("after"))
	if !o.door.Read(w, r, func(tx *store.Tx) (err error) {
		if data.Standing, err = o.door.House.Publish.Stand(tx, door.Actor(r)); err != nil || data.Standing.URL == "" {
			return err
		}
		list, err := publish.Differences(tx, ask)
		if len(list) > differencesShown {
			list = list[:differencesShown]
			last := list[differencesShown-1]
			data.Next = here.With("after", last.List+" "+text(int64(last.N))+" "+last.Code, "done", "")
		}
		data.Table = higherTable(list)
		return err
	}) {
		return
	}
	if data.Standing.URL != "" {
		data.fill(q)
		if q.Get("follow") != "" && data.Going != nil {
			w.Header().Set("Refresh", goingEvery)
		}
	}
	o.render(w, r, "higher", 0, ui.Page{Title: ui.M("publish.page.title"), Data: data})
}

// after reads the place of the difference before a page.
func after(s string) (list, code string, n int) {
	parts := strings.SplitN(s, " ", 3)
	if len(parts) < 3 {
		return "", "", 0
	}
	n, _ = strconv.Atoi(parts[1])
	return parts[0], parts[2], n
}

func (d *Higher) fill(q url.Values) {
	s := d.Standing
	row := func(key string, value ui.Text) {
		d.Facts.Rows = append(d.Facts.Rows, ui.SummaryRow{Key: ui.M(key), Value: value})
	}
	row("publish.page.portal", ui.Plain(s.URL))
	sent, compared, waiting := ui.Text(ui.M("publish.page.never")), ui.Text(ui.M("publish.page.compared.never")), ui.Text(ui.M("publish.page.waiting.none"))
	if s.Sent != 0 {
		sent = ui.At(s.Sent)
	}
	if s.Compared != 0 {
		compared = ui.Join{Texts: []ui.Text{ui.At(s.Compared), ui.Plain(" "), ui.M("publish.page.same", "n", ui.Thousands(int64(s.Same)))}}
	}
	if s.Waiting > 0 {
		waiting = ui.M("publish.page.waiting.n", "n", ui.Thousands(int64(s.Waiting)))
	}
	row("publish.page.sent", sent)
	row("publish.page.waiting", waiting)
	row("publish.page.compared", compared)
	switch {
	case s.Why.Key != "":
		d.Trouble = &ui.Notice{Kind: ui.Todo, Urgent: true, Title: ui.M("publish.page.trouble"),
			Body: ui.Join{Texts: []ui.Text{s.Why, ui.Plain(" "), ui.M("publish.page.trouble.when", "at", s.Tried, "next", s.Next)}}}
	case s.Going:
		d.Going = &HigherGoing{Done: s.Done, Total: s.Total, Toggle: ui.Link{Text: ui.M("publish.page.going.follow"), Href: higherAt + "?follow=1"}}
		if q.Get("follow") != "" {
			d.Going.Toggle = ui.Link{Text: ui.M("publish.page.going.stay"), Href: higherAt}
		}
	}
	if s.Differ() > publish.DifferencesMost {
		d.Most = publish.DifferencesMost
	}
	d.Filter = ui.Filter{Action: higherAt, Fields: []ui.Field{{Kind: ui.FieldSelect, Name: "kind", Label: ui.M("publish.page.col.kind"), Value: q.Get("kind"),
		Options: []ui.Option{{Label: ui.M("publish.page.kind.all")}}}}}
	for _, k := range publish.Kinds() {
		label := ui.M("publish.kind." + string(k))
		d.Filter.Fields[0].Options = append(d.Filter.Fields[0].Options, ui.Option{Value: string(k), Label: label})
		if q.Get("kind") == string(k) {
			d.Filter.Chips = []ui.Chip{{Text: label, Remove: higherAt}}
		}
	}
}

var differTones = map[publish.Kind]ui.Tone{publish.Missing: ui.ToneTodo, publish.Extra: ui.ToneTodo, publish.Different: ui.ToneLegal}

// higherTable lists what differs, each with its columns, one on each side.
func higherTable(list []publish.Difference) ui.Table {
	t := ui.Table{Caption: ui.M("publish.page.differences"), Empty: ui.Empty{Text: ui.M("publish.page.differences.none")},
		Columns: []ui.Column{{Label: ui.M("publish.page.col.entry")}, {Label: ui.M("publish.page.col.list")}, {Label: ui.M("publish.page.col.kind")}, {Label: ui.M("publish.page.col.fields")}}}
	for i := range list {
		x := &list[i]
		entry := ui.Cell{Text: ui.M("publish.page.version", "name", x.Name, "n", x.N), Note: ui.Plain(x.Code)}
		named := ui.Text(ui.Plain(x.List))
		if k, err := lists.KindOf(x.List); err == nil {
			named = ui.Plain(k.Name)
			if x.Kind != publish.Extra {
				entry.Href = "/lists/" + k.Key + "/" + url.PathEscape(x.Code) + "/v" + strconv.Itoa(x.N)
			}
		}
		fields := ui.Join{Sep: "；"}
		for _, f := range x.Fields {
			fields.Texts = append(fields.Texts, ui.M("publish.page.field", "title", f.Title, "here", f.Here, "there", f.There))
		}
		if x.Kind == publish.Different && len(x.Fields) == 0 {
			fields.Texts = append(fields.Texts, ui.M("publish.page.unread"))
		}
		t.Rows = append(t.Rows, ui.Row{ID: strconv.Itoa(i), Cells: []ui.Cell{entry, {Text: named},
			{Status: &ui.Status{Tone: differTones[x.Kind], Text: ui.M("publish.kind." + string(x.Kind))}}, {Text: fields}}})
	}
	return t
}

func (o *desk) higherCompare(w http.ResponseWriter, r *http.Request) {
	o.higherOrdered(w, r, "compare", o.door.House.Publish.Compare(r.Context(), door.Actor(r), door.Key(r)))
}

func (o *desk) higherAgain(w http.ResponseWriter, r *http.Request) {
	o.higherOrdered(w, r, "again", o.door.House.Publish.Again(r.Context(), door.Actor(r), door.Key(r)))
}

// higherOrdered leads back to the page, which says how far it is.
func (o *desk) higherOrdered(w http.ResponseWriter, r *http.Request, done string, err error) {
	if err != nil {
		o.door.Fail(w, r, err)
		return
	}
	o.door.House.Jobs.Wake()
	door.Done(w, r, higherAt+"?follow=1&done=higher_"+done)
}
