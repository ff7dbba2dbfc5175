// Package adjustments is the pages on which the catalogue is adjusted: the list of
// adjustments with their stage, one with all that it changes, comes to and was said
// about it, the forms of each stage for those whose it is, and the batches of higher
// levels with what each body below does about them.
package adjustments

import (
	"embed"
	"net/http"
	"strconv"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/adjust"
)

//go:embed pages
var pages embed.FS

const (
	here    = "/manage/adjustments"
	batches = "/manage/batches"

	onPage      = 25
	entriesShow = 100
	diffsShow   = 60
	findingShow = 10
	commentShow = 100
)

// desk is the pages of this room.
type desk struct {
	*door.Door
	adjust *adjust.Desk
}

// Mount adds the pages.
func Mount(d *door.Door, mux *door.Mux) error {
	o := &desk{d, d.House.Adjust}
	for pattern, h := range map[string]http.HandlerFunc{
		"GET " + here:                   o.list,
		"GET " + here + "/{id}":         o.one,
		"GET " + here + "/new":          o.may(adjust.CommandDraft, o.newPage),
		"POST " + here + "/new":         o.may(adjust.CommandDraft, o.begin),
		"GET " + here + "/empty":        o.may(adjust.CommandDraft, o.empty),
		"GET " + here + "/{id}/entry":   o.may(adjust.CommandEdit, o.entryPage),
		"POST " + here + "/{id}/entry":  o.may(adjust.CommandEdit, o.entry),
		"POST " + here + "/{id}/draft":  o.may(adjust.CommandEdit, o.draft),
		"POST " + here + "/{id}/agree":  o.may(adjust.CommandConsent, o.agree),
		"POST " + here + "/{id}/opine":  o.may(adjust.CommandOpine, o.opine),
		"POST " + here + "/{id}/decide": o.may(adjust.CommandDecide, o.decide),
		"POST " + here + "/{id}/notice": o.may(adjust.CommandApply, o.notice),
		"GET " + batches:                o.orders,
		"POST " + batches:               o.may(adjust.CommandOrder, o.order),
		"GET " + batches + "/{id}":      o.orderPage,
		"POST " + batches + "/{id}":     o.may(adjust.CommandFollow, o.follow),
	} {
		mux.HandleFunc(pattern, d.Staff(h))
	}
	mux.Upload("POST "+here+"/{id}/upload", d.Staff(o.may(adjust.CommandEdit, o.upload)))
	return d.UI.Add("adjustments", pages)
}

// may asks for the right before a form is read; the command asks again, in whose matter it is.
func (o *desk) may(c act.Command, h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if o.Read(w, r, func(tx *store.Tx) error {
			return o.House.Runner.Rights.Authorise(tx, door.Actor(r), c.Right, o.scope(r))
		}) {
			h(w, r)
		}
	}
}

func (o *desk) scope(r *http.Request) act.Scope {
	return act.Scope{Agency: door.Actor(r).Agency, Region: o.House.Office.Region}
}

// allowed tells whether the reader has a command's right.
func (o *desk) allowed(tx *store.Tx, r *http.Request, c act.Command) bool {
	return o.House.Runner.Rights.Authorise(tx, door.Actor(r), c.Right, o.scope(r)) == nil
}

// whole tells whether the reader sees every adjustment: who keeps, decides or
// publishes the lists of the area. Others see what concerns them.
func (o *desk) whole(tx *store.Tx, r *http.Request) (bool, error) {
	for _, c := range []act.Command{adjust.CommandApply, adjust.CommandDecide} {
		err := o.House.Runner.Rights.Authorise(tx, door.Actor(r), c.Right, act.Scope{Region: o.House.Office.Region})
		if act.KindOf(err) != act.Refused {
			return err == nil, err
		}
	}
	return false, nil
}

// concerns tells a reader whom an adjustment does not concern that there is none.
func (o *desk) concerns(tx *store.Tx, r *http.Request, id int64) error {
	whole, err := o.whole(tx, r)
	if err != nil || whole {
		return err
	}
	me := door.Actor(r)
	ok, err := adjust.Concerns(tx, id, me.Person, me.Agency)
	if err == nil && !ok {
		err = act.Missing("adjust.thing.adjustment")
	}
	return err
}

// render draws a page; with errors it is sent back to be mended.
func (o *desk) render(w http.ResponseWriter, r *http.Request, name string, p ui.Page) {
	p.Name, p.Shell, p.Wide, p.Current = "adjustments/"+name, ui.Staff, true, here
	if done := r.URL.Query().Get("done"); p.Notice == nil && notices[done] {
		p.Notice = &ui.Notice{Kind: ui.Done, Title: ui.M("adjustments.done." + done)}
	}
	o.UI.Render(w, r, 0, p)
}

// notices are the names that the address of a page may say was done.
var notices = map[string]bool{"saved": true, "moved": true, "said": true, "applied": true, "ordered": true}

// settled sends the reader on, or shows what was refused.
func (o *desk) settled(w http.ResponseWriter, r *http.Request, err error, to string) {
	if err != nil {
		o.Fail(w, r, err)
		return
	}
	door.Done(w, r, to)
}

func number(r *http.Request) int64 { n, _ := strconv.ParseInt(r.PathValue("id"), 10, 64); return n }

func value(r *http.Request, name string) string { return strings.TrimSpace(r.PostFormValue(name)) }

func valueInt(r *http.Request, name string) int64 {
	n, _ := strconv.ParseInt(value(r, name), 10, 64)
	return n
}

// at is the adjustment as the posted form saw it.
func at(r *http.Request) adjust.At { return adjust.At{ID: number(r), Rev: int(valueInt(r, "rev"))} }

func address(id int64) string { return here + "/" + strconv.FormatInt(id, 10) }

func field(kind ui.FieldKind, name string, optional bool) ui.Field {
	return ui.Field{Kind: kind, Name: name, Label: ui.M("adjustments.field." + name), Optional: optional}
}

func choices(f ui.Field, prefix string, keys []string) ui.Field {
	for _, k := range keys {
		f.Options = append(f.Options, ui.Option{Value: k, Label: ui.M(prefix + k)})
	}
	return f
}

func columns(names ...string) (list []ui.Column) {
	for _, n := range names {
		list = append(list, ui.Column{Label: ui.M("adjustments.col." + n)})
	}
	return list
}

// agencies are the agencies as choices.
func (o *desk) agencies(tx *store.Tx, f ui.Field) (ui.Field, error) {
	f.Options = append(f.Options, ui.Option{Label: ui.M("adjustments.none")})
	all, err := o.House.People.Agencies(tx, tx.Today())
	for _, a := range all {
		f.Options = append(f.Options, ui.Option{Value: a.Key, Label: ui.Plain(a.Name)})
	}
	return f, err
}
