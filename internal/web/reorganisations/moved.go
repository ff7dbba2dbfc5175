package reorganisations

import (
	"net/http"
	"strconv"

	"tongban/internal/record/store"
	"tongban/internal/web/ui"
	"tongban/internal/work/reorganise"
)

// Moved is what goes where, thing by thing, or went.
type Moved struct {
	Lead   ui.Text
	Filter ui.Filter
	Table  ui.Table
	Pager  ui.Pager
}

func (o *desk) moved(w http.ResponseWriter, r *http.Request) {
	e, err := o.reform.Preview(r.Context(), number(r))
	if err != nil {
		o.Fail(w, r, err)
		return
	}
	q := r.URL.Query()
	var list []reorganise.Thing
	for _, m := range e.Moves {
		if m.Kind != reorganise.OnSeal && (q.Get("agency") == "" || q.Get("agency") == m.Agency) && (q.Get("to") == "" || q.Get("to") == m.To) &&
			(q.Get("kind") == "" || q.Get("kind") == m.Kind) {
			list = append(list, reorganise.Thing{Move: m})
		}
	}
	from, _ := strconv.Atoi(q.Get("from"))
	from = max(0, min(from, (len(list)-1)/rowsOnPage*rowsOnPage))
	until := min(from+rowsOnPage, len(list))
	page := ui.Page{URL: r.URL, Title: ui.M("reorganisations.moves.title"), Back: &ui.Link{Text: ui.Plain(e.Document), Href: address(e.ID)}}
	data := Moved{Lead: ui.M("reorganisations.moves.will", "document", e.Document, "day", e.On), Pager: ui.Pager{From: from + 1, To: until, Total: len(list)},
		Table: ui.Table{Caption: ui.M("reorganisations.moves.title"), HideCaption: true, Columns: columns("thing", "kind", "agency", "to"), Empty: ui.Empty{Text: ui.M("reorganisations.flows.none")}}}
	if e.Stage == reorganise.Done {
		data.Lead = ui.M("reorganisations.moves.did", "document", e.Document, "day", e.DoneDay)
	}
	if from > 0 {
		data.Pager.Prev = page.With("from", strconv.Itoa(from-rowsOnPage))
	}
	if until < len(list) {
		data.Pager.Next = page.With("from", strconv.Itoa(until))
	}
	if !o.Read(w, r, func(tx *store.Tx) error {
		n := o.names(tx, e.On, e.Agencies)
		data.filter(n, e, q.Get("agency"), q.Get("to"), q.Get("kind"))
		if err := o.reform.Describe(tx, list[from:until], e.On); err != nil {
			return err
		}
		for _, t := range list[from:until] {
			data.Table.Rows = append(data.Table.Rows, ui.Row{Cells: []ui.Cell{thingCell(n, t), {Text: ui.M("reorganise.kind." + t.Kind)}, {Text: n.of(t.Move.Agency)}, {Text: n.of(t.To)}}})
		}
		return nil
	}) {
		return
	}
	page.Data = data
	o.render(w, r, "moves", page)
}

func (d *Moved) filter(n names, e *reorganise.Effect, agency, to, kind string) {
	choose := func(name, col, value string, options []ui.Option) ui.Field {
		return ui.Field{Kind: ui.FieldSelect, Name: name, Label: ui.M("reorganisations.col." + col), Value: value, Options: append([]ui.Option{{Label: ui.M("reorganisations.any")}}, options...)}
	}
	var from, into, kinds []ui.Option
	seen := map[string]bool{}
	for _, m := range e.Moves {
		if m.Kind == reorganise.OnSeal {
			continue
		}
		for _, x := range []struct {
			list  *[]ui.Option
			mark  string
			value string
			label ui.Text
		}{{&from, "f", m.Agency, nil}, {&into, "t", m.To, nil}, {&kinds, "k", m.Kind, ui.M("reorganise.kind." + m.Kind)}} {
			if seen[x.mark+x.value] {
				continue
			}
			seen[x.mark+x.value] = true
			if x.label == nil {
				x.label = n.of(x.value)
			}
			*x.list = append(*x.list, ui.Option{Value: x.value, Label: x.label})
		}
	}
	d.Filter = ui.Filter{Action: address(e.ID) + "/moves", Fields: []ui.Field{choose("agency", "agency", agency, from), choose("to", "to", to, into), choose("kind", "kind", kind, kinds)}}
}
