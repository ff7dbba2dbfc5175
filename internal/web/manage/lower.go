package manage

import (
	"net/http"
	"net/url"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/received"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

// Lower is the page of those below who send their lists.
type Lower struct {
	Table  ui.Table
	Fields []ui.Field
	Some   []ui.Option // bodies whose key can be ended
	Key    *LowerKey
}

// LowerKey is a key that was just made; Key is "" where it was told before.
type LowerKey struct{ Name, Key string }

const lowerAt = "/manage/lower"

func (o *desk) lower(w http.ResponseWriter, r *http.Request) { o.lowerWith(w, r, nil, nil, nil) }

func (o *desk) lowerWith(w http.ResponseWriter, r *http.Request, key *LowerKey, typed url.Values, wrong map[string]ui.Text) {
	data := Lower{Key: key, Table: ui.Table{Caption: ui.M("publish.lower.table"), Empty: ui.Empty{Text: ui.M("publish.lower.none")},
		Columns: []ui.Column{{Label: ui.M("publish.lower.col.name")}, {Label: ui.M("publish.lower.col.region")}, {Label: ui.M("publish.lower.col.received")}, {Label: ui.M("publish.lower.col.state")}}},
		Fields: []ui.Field{{Kind: ui.FieldText, Name: "region", Label: ui.M("publish.lower.region"), Hint: ui.M("publish.lower.region.hint"), Chars: 12},
			{Kind: ui.FieldText, Name: "name", Label: ui.M("publish.lower.name"), Chars: 20}}}
	if !o.door.Read(w, r, func(tx *store.Tx) error {
		if err := o.door.House.Runner.Rights.Authorise(tx, door.Actor(r), received.CommandAdmit.Right, act.Scope{Region: o.door.House.Office.Region}); err != nil {
			return err
		}
		all, err := received.Bodies(tx)
		for _, b := range all {
			data.add(b)
		}
		return err
	}) {
		return
	}
	p := ui.Page{Title: ui.M("publish.lower.title"), Back: &ui.Link{Text: ui.M("publish.page.title"), Href: higherAt}}
	if typed != nil {
		p.Errors = ui.Fill(data.Fields, typed, wrong)
	}
	p.Data = data
	o.render(w, r, "lower", 0, p)
}

func (d *Lower) add(b received.Body) {
	got, state := ui.Text(ui.M("publish.lower.never")), &ui.Status{Tone: ui.ToneOff, Text: ui.M("publish.lower.off")}
	if b.Received != 0 {
		got = ui.At(b.Received)
	}
	if b.On {
		state = &ui.Status{Tone: ui.ToneOK, Text: ui.M("publish.lower.on")}
		d.Some = append(d.Some, ui.Option{Value: lowerAt + "/" + b.Region + "/end", Label: ui.Plain(b.Name)})
	}
	d.Table.Rows = append(d.Table.Rows, ui.Row{ID: b.Region, Cells: []ui.Cell{{Text: ui.Plain(b.Name), Href: "/lower/" + b.Region}, {Text: ui.Plain(b.Region)}, {Text: got}, {Status: state}}})
}

// admitLower gives a body a key, which is told on this page, once.
func (o *desk) admitLower(w http.ResponseWriter, r *http.Request) {
	in := received.AdmitIn{Region: value(r, "region"), Name: value(r, "name")}
	key, err := o.door.House.Received.Admit(r.Context(), door.Actor(r), door.Key(r), in)
	if err != nil {
		wrong, ok := door.Wrong(err)
		if !ok {
			o.door.Fail(w, r, err)
			return
		}
		o.lowerWith(w, r, nil, r.PostForm, wrong)
		return
	}
	o.lowerWith(w, r, &LowerKey{in.Name, key}, nil, nil)
}

func (o *desk) endLower(w http.ResponseWriter, r *http.Request) {
	if err := o.door.House.Received.End(r.Context(), door.Actor(r), door.Key(r), r.PathValue("region")); err != nil {
		o.door.Fail(w, r, err)
		return
	}
	door.Done(w, r, lowerAt+"?done=lower_ended")
}
