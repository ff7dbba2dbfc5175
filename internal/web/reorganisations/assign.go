package reorganisations

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/identity"
	"tongban/internal/register/lists"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/reorganise"
)

// Assign is what an agency has, with who gets each thing.
type Assign struct {
	Rev    int
	Here   string
	Filter ui.Filter
	Keep   map[string]string
	Table  ui.Table
	Pager  ui.Pager
	To     ui.Field
	Total  int
	Open   int
}

// The states by which things can be picked.
const (
	open    = "open"    // nobody is named: it blocks, or it stays
	named   = "named"   // named itself
	follows = "follows" // goes with something else, or to the heir
)

// picked are the things of an agency that a filter shows.
type picked struct {
	act    *reorganise.Effect
	fate   string
	all    []reorganise.Thing // of the agency
	things []reorganise.Thing
}

// pick reads what an act gives away of an agency, as far as a filter shows it.
func (o *desk) pick(r *http.Request, get func(string) string) (p picked, err error) {
	key := r.PathValue("agency")
	if p.act, err = o.reform.Preview(r.Context(), number(r)); err != nil {
		return p, err
	}
	i := slices.IndexFunc(p.act.Agencies, func(g reorganise.Agency) bool { return g.Key == key })
	if i < 0 || p.act.Stage != reorganise.Draft {
		return p, act.Missing("reorganise.thing.agency")
	}
	p.fate = p.act.Agencies[i].Fate
	for _, t := range p.act.Things {
		if t.Move.Agency == key {
			p.all = append(p.all, t)
		}
	}
	slices.SortStableFunc(p.all, func(a, b reorganise.Thing) int {
		return slices.Index(reorganise.Kinds, a.Kind) - slices.Index(reorganise.Kinds, b.Kind)
	})
	for _, t := range p.all {
		state := follows
		switch {
		case t.To == "":
			state = open
		case t.Named:
			state = named
		}
		if (get("kind") == "" || get("kind") == t.Kind) && (get("state") == "" || get("state") == state) {
			p.things = append(p.things, t)
		}
	}
	words := strings.ToLower(get("q"))
	if words == "" {
		return p, nil
	}
	err = o.House.Store.Read(r.Context(), func(tx *store.Tx) error { return o.reform.Describe(tx, p.things, p.act.On) })
	p.things = slices.DeleteFunc(p.things, func(t reorganise.Thing) bool {
		return !strings.Contains(strings.ToLower(t.Code+" "+t.Name+" "+t.Ref), words)
	})
	return p, err
}

func (o *desk) assignPage(w http.ResponseWriter, r *http.Request) { o.showAssign(w, r, nil) }

func (o *desk) showAssign(w http.ResponseWriter, r *http.Request, wrong []ui.FieldError) {
	q := r.URL.Query()
	p, err := o.pick(r, q.Get)
	if err != nil {
		o.Fail(w, r, err)
		return
	}
	from, _ := strconv.Atoi(q.Get("from"))
	from = max(0, min(from, (len(p.things)-1)/rowsOnPage*rowsOnPage))
	until := min(from+rowsOnPage, len(p.things))
	key := r.PathValue("agency")
	data := Assign{Rev: p.act.Rev, Here: address(p.act.ID) + "/agencies/" + key, Total: len(p.things), Keep: map[string]string{"kind": q.Get("kind"), "state": q.Get("state"), "q": q.Get("q")},
		Pager: ui.Pager{From: from + 1, To: until, Total: len(p.things)}}
	page := ui.Page{URL: r.URL, Errors: wrong, Back: &ui.Link{Text: ui.Plain(p.act.Document), Href: address(p.act.ID)}}
	if from > 0 {
		data.Pager.Prev = page.With("from", strconv.Itoa(from-rowsOnPage))
	}
	if until < len(p.things) {
		data.Pager.Next = page.With("from", strconv.Itoa(until))
	}
	if !o.Read(w, r, func(tx *store.Tx) error {
		n := o.names(tx, p.act.On, p.act.Agencies)
		page.Title = ui.M("reorganisations.assign.title", "agency", n.of(key))
		shown := p.things[from:until]
		if err := o.reform.Describe(tx, shown, p.act.On); err != nil {
			return err
		}
		data.fill(&p, n, shown)
		today, err := o.today(tx)
		d := One{Effect: p.act}
		data.To = field(ui.FieldSelect, "to", false)
		data.To.Options = append([]ui.Option{{Value: "?", Label: ui.M("reorganisations.choose.to")}}, d.receivers(n, today, key)...)
		data.To.Options = append(data.To.Options, ui.Option{Value: reorganise.Nobody, Label: ui.M("reorganisations.nobody")}, ui.Option{Value: "", Label: ui.M("reorganisations.unname")})
		data.To.Value = "?"
		return err
	}) {
		return
	}
	data.choices(&p, q.Get("kind"), q.Get("state"), q.Get("q"))
	page.Data = data
	o.render(w, r, "assign", page)
}

// today are the agencies that are.
func (o *desk) today(tx *store.Tx) (list []ui.Option, err error) {
	all, err := o.House.People.Agencies(tx, tx.Today())
	for _, a := range all {
		list = append(list, ui.Option{Value: a.Key, Label: ui.Plain(a.Name)})
	}
	return list, err
}

// fill draws the rows.
func (d *Assign) fill(p *picked, n names, shown []reorganise.Thing) {
	for _, t := range p.all {
		if t.To == "" {
			d.Open++
		}
	}
	d.Table = ui.Table{Caption: ui.M("reorganisations.things"), HideCaption: true, Columns: columns("thing", "kind", "to"), Select: "thing",
		Empty: ui.Empty{Text: ui.M("reorganisations.things.none")}}
	for _, t := range shown {
		to := ui.Cell{}
		switch {
		case t.To == "" && p.fate == reorganise.End:
			to.Status = &ui.Status{Tone: ui.ToneTodo, Text: ui.M("reorganisations.unassigned")}
		case t.To == "":
			to.Text = ui.M("reorganisations.stays")
		default:
			to.Text = n.of(t.To)
			if !t.Named {
				to.Note = ui.M("reorganisations.follows")
			}
		}
		d.Table.Rows = append(d.Table.Rows, ui.Row{ID: t.Kind + ":" + t.Ref, Cells: []ui.Cell{thingCell(n, t), {Text: ui.M("reorganise.kind." + t.Kind)}, to}})
	}
}

// thingCell is a thing as people know it.
func thingCell(n names, t reorganise.Thing) ui.Cell {
	c := ui.Cell{Text: ui.Plain(t.Name), Note: ui.Plain(t.Code)}
	switch {
	case t.Kind == reorganise.OnPost:
		c.Note = identity.PostLabel(t.Post)
	case t.Kind == reorganise.OnOfficer && t.Code == "":
		c.Note = ui.M("reorganisations.every")
	case t.Kind == reorganise.OnLink:
		c.Note = ui.Join{Sep: " · ", Texts: []ui.Text{ui.Plain(t.Code), ui.M("reorganisations.held_by", "agency", n.of(t.Holder))}}
	case t.Kind == reorganise.OnEntry:
		if k, err := lists.KindOf(t.List); err == nil {
			c.Note = ui.Join{Sep: " · ", Texts: []ui.Text{ui.Both{ZH: k.Name, EN: k.NameEN}, ui.Plain(t.Code)}}
		}
	}
	if t.Name == "" {
		c.Text, c.Note = ui.Plain(t.Code), nil
	}
	return c
}

// choices are the filter, and the types with how many there are of each.
func (d *Assign) choices(p *picked, kind, state, words string) {
	kinds := ui.Field{Kind: ui.FieldSelect, Name: "kind", Label: ui.M("reorganisations.col.kind"), Value: kind, Options: []ui.Option{{Label: ui.M("reorganisations.all", "n", len(p.all))}}}
	for _, k := range reorganise.Kinds {
		c := 0
		for _, t := range p.all {
			if t.Kind == k {
				c++
			}
		}
		if c > 0 {
			kinds.Options = append(kinds.Options, ui.Option{Value: k, Label: ui.M("reorganisations.counted", "kind", ui.M("reorganise.kind."+k), "n", c)})
		}
	}
	states := ui.Field{Kind: ui.FieldSelect, Name: "state", Label: ui.M("reorganisations.col.state"), Value: state, Options: []ui.Option{{Label: ui.M("reorganisations.any")}}}
	for _, s := range []string{open, named, follows} {
		states.Options = append(states.Options, ui.Option{Value: s, Label: ui.M("reorganisations.state." + s)})
	}
	find := ui.Field{Kind: ui.FieldSearch, Name: "q", Label: ui.M("reorganisations.field.q"), Value: words}
	d.Filter = ui.Filter{Action: d.Here, Fields: []ui.Field{kinds, states, find}}
	for _, f := range d.Filter.Fields {
		if f.Value == "" {
			continue
		}
		chip := ui.Chip{Text: ui.Plain(f.Value)}
		for _, x := range f.Options {
			if x.Value == f.Value {
				chip.Text = x.Label
			}
		}
		keep := map[string]string{"kind": kind, "state": state, "q": words}
		keep[f.Name] = ""
		chip.Remove = with(d.Here, "kind", keep["kind"], "state", keep["state"], "q", keep["q"])
		d.Filter.Chips = append(d.Filter.Chips, chip)
	}
}

// assign names who gets what is ticked, or all that the filter shows.
func (o *desk) assign(w http.ResponseWriter, r *http.Request) {
	to := value(r, "to")
	p, err := o.pick(r, func(name string) string { return value(r, name) })
	if err != nil {
		o.Fail(w, r, err)
		return
	}
	var list []reorganise.Move
	for _, t := range p.things {
		if value(r, "act") == "all" || slices.Contains(r.PostForm["thing"], t.Kind+":"+t.Ref) {
			list = append(list, t.Move)
		}
	}
	back := with(address(number(r))+"/agencies/"+r.PathValue("agency"), "kind", value(r, "kind"), "state", value(r, "state"), "q", value(r, "q"))
	switch {
	case to == "?":
		o.again(w, r, back, ui.M("reorganisations.choose.to.wrong"))
		return
	case len(list) == 0:
		o.again(w, r, back, ui.M("reorganisations.tick"))
		return
	case to == reorganise.Nobody && slices.ContainsFunc(list, func(m reorganise.Move) bool { return m.Kind != reorganise.OnPost }):
		o.again(w, r, back, ui.M("reorganisations.nobody.posts"))
		return
	}
	err = o.change(r, func(x *reorganise.Plan) error { x.Send(list, to); return nil })
	if e, ok := door.Wrong(err); ok {
		for _, m := range e {
			o.again(w, r, back, m)
			return
		}
	}
	if err == nil && strings.Contains(back, "?") {
		back += "&done=sent"
	} else if err == nil {
		back += "?done=sent"
	}
	o.settled(w, r, err, back)
}

// again shows the list with what has to be mended.
func (o *desk) again(w http.ResponseWriter, r *http.Request, back string, m ui.Text) {
	_, query, _ := strings.Cut(back, "?")
	u := *r.URL
	u.RawQuery = query
	r.URL = &u
	o.showAssign(w, r, []ui.FieldError{{Text: m}})
}
