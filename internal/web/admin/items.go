package admin

import (
	"net/http"
	"strconv"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/wording"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

// Items is the catalogue's list.
type Items struct {
	Filter ui.Filter
	Count  ui.Text
	Table  ui.Table
	Pager  ui.Pager
	Missed ui.Table
}

const (
	pageSize  = 25
	missedTop = 10
)

// items lists the items, with what those known by name only lack.
func (o *desk) items(w http.ResponseWriter, r *http.Request) {
	q, here := r.URL.Query(), ui.Page{URL: r.URL}
	words, agency, open := strings.TrimSpace(q.Get("words")), q.Get("agency"), q.Get("open")
	ask := catalog.Query{Words: words, Agency: agency, Complete: open == "yes", Limit: pageSize, After: q.Get("after")}
	data := Items{Table: ui.Table{Caption: ui.M("admin.items.title"), HideCaption: true, Empty: ui.Empty{Text: ui.M("admin.items.none"), Links: []ui.Link{{Text: ui.M("admin.items.all"), Href: "/admin/items"}}},
		Columns: []ui.Column{{Label: ui.M("admin.col.item")}, {Label: ui.M("admin.col.agency")}, {Label: ui.M("admin.col.complete")}, {Label: ui.M("admin.col.missing")}}}}
	if !o.door.Read(w, r, func(tx *store.Tx) error {
		choose, err := o.agencies(tx, agency)
		if err != nil {
			return err
		}
		choose.Options = append([]ui.Option{{Label: ui.M("office.filter.all")}}, choose.Options...)
		data.Filter = itemFilter(here, choose, words, open)
		hits, err := catalog.Search(tx, ask)
		if err != nil {
			return err
		}
		n, more, err := catalog.Count(tx, ask)
		if err != nil {
			return err
		}
		if data.Count = ui.M("admin.items.count", "n", n); more {
			data.Count = ui.M("admin.items.more", "n", n)
		}
		if hits.Next != "" {
			data.Pager.Next = here.With("after", hits.Next, "from", strconv.Itoa(from(r)+len(hits.List)))
		}
		data.Pager.From, data.Pager.To, data.Pager.Total = from(r), from(r)+len(hits.List)-1, -1
		if q.Get("after") != "" {
			data.Pager.Prev = here.With("after", "", "from", "")
		}
		for _, h := range hits.List {
			row, err := o.itemRow(tx, h)
			if err != nil {
				return err
			}
			data.Table.Rows = append(data.Table.Rows, row)
		}
		data.Missed, err = missed(tx)
		return err
	}) {
		return
	}
	o.render(w, r, "items", "admin.items.title", ui.Page{Data: data})
}

func from(r *http.Request) int {
	n, _ := strconv.Atoi(r.URL.Query().Get("from"))
	return max(n, 1)
}

func itemFilter(here ui.Page, agency ui.Field, words, open string) ui.Filter {
	f := ui.Filter{Action: "/admin/items", Fields: []ui.Field{{Kind: ui.FieldText, Name: "words", Label: ui.M("admin.field.words"), Value: words, Chars: 12}, agency,
		{Kind: ui.FieldSelect, Name: "open", Label: ui.M("admin.col.complete"), Value: open, Options: []ui.Option{{Label: ui.M("office.filter.all")}, {Value: "yes", Label: ui.M("admin.items.written")}}}}}
	if words != "" {
		f.Chips = append(f.Chips, ui.Chip{Text: ui.Plain(words), Remove: here.With("words", "", "after", "", "from", "")})
	}
	for _, o := range agency.Options {
		if o.Value != "" && o.Value == agency.Value {
			f.Chips = append(f.Chips, ui.Chip{Text: o.Label, Remove: here.With("agency", "", "after", "", "from", "")})
		}
	}
	if open == "yes" {
		f.Chips = append(f.Chips, ui.Chip{Text: ui.M("admin.items.written"), Remove: here.With("open", "", "after", "", "from", "")})
	}
	return f
}

func (o *desk) itemRow(tx *store.Tx, h catalog.Hit) (ui.Row, error) {
	name, err := o.door.House.People.AgencyName(tx, h.Agency, tx.Today())
	if err != nil {
		return ui.Row{}, err
	}
	status := ui.Status{Tone: ui.ToneOK, Text: ui.M("admin.items.written")}
	lacks := list(nil)
	if !h.Complete {
		status = ui.Status{Tone: ui.ToneTodo, Text: ui.M("admin.items.name_only")}
		v, err := o.door.House.Items.ByID(tx, h.Version)
		if err != nil {
			return ui.Row{}, err
		}
		lacks = list(v.Missing())
	}
	id := strconv.FormatInt(h.Item, 10)
	return ui.Row{ID: id, Cells: []ui.Cell{{Text: ui.Plain(h.Name), Href: "/admin/items/" + id, Note: ui.Plain(h.Code)}, {Text: ui.Plain(name)}, {Status: &status}, {Text: lacks}}}, nil
}

func list(messages []wording.Message) ui.Text {
	j := ui.Join{Sep: "、"}
	for _, m := range messages {
		j.Texts = append(j.Texts, m)
	}
	return j
}

// missed is what was looked for this month and not found: the aliases to write.
func missed(tx *store.Tx) (ui.Table, error) {
	t := ui.Table{Caption: ui.M("admin.missed.title"), Plain: true, Empty: ui.Empty{Text: ui.M("admin.missed.none")},
		Columns: []ui.Column{{Label: ui.M("admin.missed.words")}, {Label: ui.M("admin.missed.n"), Number: true}}}
	list, err := catalog.Misses(tx, tx.Today(), missedTop)
	for _, m := range list {
		t.Rows = append(t.Rows, ui.Row{Cells: ui.Cells(ui.Plain(m.Words), ui.Count(m.N))})
	}
	return t, err
}

// Item is one item with its versions.
type Item struct {
	ID       int64
	Name     string
	Facts    []ui.Fact
	Missing  []wording.Message
	Versions ui.Table
	Holders  ui.Table
	End      []ui.Field
}

func (o *desk) item(w http.ResponseWriter, r *http.Request) {
	id := number(r, "id")
	data := Item{ID: id, End: []ui.Field{field(ui.FieldDay, "from", false), field(ui.FieldArea, "reason", false)},
		Versions: ui.Table{Caption: ui.M("admin.item.versions"), Columns: []ui.Column{{Label: ui.M("admin.col.version")}, {Label: ui.M("admin.col.name")}, {Label: ui.M("admin.col.from")}, {Label: ui.M("admin.col.until")}, {Label: ui.M("admin.col.complete")}}}}
	if !o.door.Read(w, r, func(tx *store.Tx) error {
		all, err := o.door.House.Items.Versions(tx, id)
		if err != nil {
			return err
		}
		v := all[len(all)-1]
		data.Name, data.Missing = v.Name, v.Missing()
		agency, err := o.door.House.People.AgencyName(tx, v.Agency, tx.Today())
		if err != nil {
			return err
		}
		data.Facts = []ui.Fact{{Label: ui.M("admin.col.code"), Value: ui.Plain(v.Code), Number: true}, {Label: ui.M("admin.col.agency"), Value: ui.Plain(agency)}}
		for _, x := range all {
			data.Versions.Rows = append(data.Versions.Rows, versionRow(x, tx))
		}
		data.Holders, err = o.holders(tx, v.Code)
		return err
	}) {
		return
	}
	o.render(w, r, "item", "admin.item.title", ui.Page{Current: "/admin/items", Data: data, Back: &ui.Link{Text: ui.M("admin.items.title"), Href: "/admin/items"}})
}

func versionRow(v *catalog.Version, tx *store.Tx) ui.Row {
	status := ui.Status{Tone: ui.ToneOff, Text: ui.M("admin.version.past")}
	switch {
	case v.Span.Holds(tx.Today()):
		status = ui.Status{Tone: ui.ToneOK, Text: ui.M("admin.version.now")}
	case v.Span.From > tx.Today():
		status = ui.Status{Tone: ui.ToneNow, Text: ui.M("admin.version.coming")}
	}
	until := ui.Text(ui.M("office.none"))
	if v.Span.Until != 0 {
		until = ui.OnDay(v.Span.Until)
	}
	return ui.Row{Cells: []ui.Cell{{Text: ui.M("admin.version.n", "n", v.N)}, {Text: ui.Plain(v.Name)}, {Text: ui.OnDay(v.Span.From)}, {Text: until}, {Status: &status}}}
}

func (o *desk) holders(tx *store.Tx, code string) (ui.Table, error) {
	t := ui.Table{Caption: ui.M("admin.item.holders"), Empty: ui.Empty{Text: ui.M("admin.item.holders.none"), Links: []ui.Link{{Text: ui.M("admin.menu.powers"), Href: "/admin/powers"}}},
		Columns: []ui.Column{{Label: ui.M("admin.col.agency")}, {Label: ui.M("admin.col.kind")}, {Label: ui.M("admin.col.basis")}, {Label: ui.M("admin.col.from")}}}
	held, err := o.door.House.Power.HoldersOf(tx, code, tx.Today())
	if err != nil {
		return t, err
	}
	for _, h := range held {
		name, err := o.door.House.People.AgencyName(tx, h.Agency, tx.Today())
		if err != nil {
			return t, err
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: ui.Plain(name), Href: "/admin/powers?agency=" + h.Agency}, {Text: ui.M("admin.power." + string(h.Kind))}, {Text: ui.Plain(h.Basis)}, {Text: ui.OnDay(h.Span.From)}}})
	}
	return t, nil
}

// end proposes that an item is no longer offered; another person publishes it.
func (o *desk) end(w http.ResponseWriter, r *http.Request) {
	from, err := ui.ParseDay(value(r, "from"), o.door.House.Store.Now().Day(), ui.M("admin.field.from"))
	if err == nil {
		_, err = o.change.Withdraw(r.Context(), door.Actor(r), door.Key(r), number(r, "id"), from, value(r, "reason"))
	} else {
		err = act.Wrong("admin.day.wrong")
	}
	o.done(w, r, err, "/admin/proposals?done=proposed")
}

// Proposals are the changes that wait, a page of them.
type Proposals struct {
	List []Proposal
	Next string
}

// Proposal is a change that waits for a second person.
type Proposal struct {
	catalog.Proposal
	ByName string
	Own    bool
}

func (o *desk) proposals(w http.ResponseWriter, r *http.Request) {
	var data Proposals
	after, _ := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64)
	if !o.door.Read(w, r, func(tx *store.Tx) error {
		open, err := catalog.Proposals(tx, catalog.Open, after, pageSize)
		if err != nil {
			return err
		}
		if len(open) == pageSize {
			data.Next = "/admin/proposals?after=" + strconv.FormatInt(open[pageSize-1].ID, 10)
		}
		for _, p := range open {
			x := Proposal{Proposal: p, Own: p.By == door.Actor(r).Person}
			if x.ByName, err = o.door.House.People.Name(tx, p.By); err != nil {
				return err
			}
			data.List = append(data.List, x)
		}
		return nil
	}) {
		return
	}
	o.render(w, r, "proposals", "admin.proposals.title", ui.Page{Data: data})
}

// settle publishes a proposal or puts it away.
func (o *desk) settle(w http.ResponseWriter, r *http.Request) {
	id, a := number(r, "id"), door.Actor(r)
	if value(r, "act") == "drop" {
		_, err := o.change.Drop(r.Context(), a, door.Key(r), id, value(r, "note"))
		o.done(w, r, err, "/admin/proposals?done=dropped")
		return
	}
	_, err := o.change.Publish(r.Context(), a, door.Key(r), id)
	o.done(w, r, err, "/admin/proposals?done=published")
}
