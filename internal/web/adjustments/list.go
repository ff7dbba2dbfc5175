package adjustments

import (
	"net/http"
	"strconv"

	"tongban/internal/record/store"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/adjust"
	"tongban/internal/work/publish"
)

// List is the adjustments.
type List struct {
	Waiting []ui.Link
	Filter  ui.Filter
	Table   ui.Table
	Next    string
	May     bool
	Higher  bool // may have the lists sent to the higher level
}

// tones are how a stage stands out in a list.
var tones = map[string]ui.Tone{adjust.Draft: ui.ToneTodo, adjust.Done: ui.ToneDone, adjust.Refused: ui.ToneOff, adjust.Dropped: ui.ToneOff}

func stage(s string) *ui.Status {
	tone, ok := tones[s]
	if !ok {
		tone = ui.ToneNow
	}
	return &ui.Status{Tone: tone, Text: ui.M("adjust.stage." + s)}
}

func (o *desk) list(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	before, _ := strconv.ParseInt(q.Get("before"), 10, 64)
	choose := choices(ui.Field{Kind: ui.FieldSelect, Name: "stage", Label: ui.M("adjustments.col.stage"), Value: q.Get("stage"),
		Options: []ui.Option{{Label: ui.M("adjustments.all")}}}, "adjust.stage.", append(append([]string{}, adjust.Way...), adjust.Refused, adjust.Dropped))
	data := List{Filter: ui.Filter{Action: here, Fields: []ui.Field{choose}},
		Table: ui.Table{Caption: ui.M("adjustments.title"), HideCaption: true, Columns: columns("document", "stage", "source", "entries", "from"), Empty: ui.Empty{Text: ui.M("adjustments.empty")}}}
	if !o.Read(w, r, func(tx *store.Tx) error {
		var err error
		data.May, data.Higher = o.allowed(tx, r, adjust.CommandDraft), o.allowed(tx, r, publish.CommandCompare)
		if data.Waiting, err = o.waiting(tx, r); err != nil {
			return err
		}
		list, err := o.page(tx, r, q.Get("stage"), before)
		if err != nil {
			return err
		}
		for _, a := range list {
			counts, err := adjust.Counts(tx, a.ID)
			if err != nil {
				return err
			}
			data.Table.Rows = append(data.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: ui.Plain(a.Document), Href: address(a.ID), Note: ui.Plain(a.Reason)},
				{Status: stage(a.Stage)}, {Text: ui.M("adjust.source." + a.Source)}, {Text: counted(counts)}, {Text: ui.OnDay(a.From)}}})
		}
		if len(list) == onPage {
			data.Next = ui.Page{URL: r.URL}.With("before", strconv.FormatInt(list[len(list)-1].ID, 10))
		}
		return nil
	}) {
		return
	}
	o.render(w, r, "list", ui.Page{Title: ui.M("adjustments.title"), Data: data})
}

// page is the adjustments that the reader sees.
func (o *desk) page(tx *store.Tx, r *http.Request, stage string, before int64) ([]adjust.Adjustment, error) {
	whole, err := o.whole(tx, r)
	if err != nil {
		return nil, err
	}
	if whole {
		return adjust.Page(tx, stage, before, onPage)
	}
	me := door.Actor(r)
	return adjust.PageFor(tx, me.Person, me.Agency, stage, before, onPage)
}

// waiting leads to what waits for the reader.
func (o *desk) waiting(tx *store.Tx, r *http.Request) (links []ui.Link, err error) {
	me := door.Actor(r)
	w, err := adjust.WaitingFor(tx, me.Person, me.Agency)
	if err != nil {
		return nil, err
	}
	add := func(key, document, href string) {
		links = append(links, ui.Link{Text: ui.M("adjustments.todo."+key, "document", document), Href: href})
	}
	if o.allowed(tx, r, adjust.CommandConsent) {
		for _, a := range w.Consents {
			add("consent", a.Document, address(a.ID))
		}
		for _, x := range w.Orders {
			add("order", x.Document, batches+"/"+strconv.FormatInt(x.ID, 10))
		}
	}
	for _, a := range w.Opinions {
		add("opinion", a.Document, address(a.ID))
	}
	if o.allowed(tx, r, adjust.CommandDecide) {
		for _, a := range w.Decisions {
			add("decide", a.Document, address(a.ID))
		}
	}
	if o.allowed(tx, r, adjust.CommandApply) {
		for _, a := range w.Next {
			add("further."+a.Stage, a.Document, address(a.ID))
		}
	}
	return links, nil
}

// counted says how many entries there are, by what becomes of them.
func counted(counts map[adjust.Does]int) ui.Text {
	var parts []ui.Text
	for _, d := range append([]adjust.Does{adjust.Unsettled}, adjust.All...) {
		if n := counts[d]; n > 0 {
			parts = append(parts, ui.M("adjustments.counted", "does", d.Label(), "n", n))
		}
	}
	return ui.Join{Sep: "，", Texts: parts}
}
