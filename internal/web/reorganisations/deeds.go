package reorganisations

import (
	"errors"
	"net/http"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/reorganise"
)

// answer sends the reader back to the act, or shows there what has to be mended.
func (o *desk) answer(w http.ResponseWriter, r *http.Request, err error, done string) {
	if e := (*act.Error)(nil); errors.As(err, &e) && e.Kind == act.Invalid {
		o.oneWith(w, r, ui.Page{Errors: sentences(e)})
		return
	}
	o.settled(w, r, err, with(address(number(r)), "done", done))
}

// sentences are what is wrong, in the order in which it was said; of very many, the
// first.
func sentences(e *act.Error) (list []ui.FieldError) {
	for _, f := range e.Fields[:min(len(e.Fields), faultsShow)] {
		list = append(list, ui.FieldError{Text: f.Msg})
	}
	if len(list) == 0 || len(e.Fields) > len(list) {
		list = append([]ui.FieldError{{Text: e.Msg}}, list...)
	}
	return list
}

// edit is what the managers of the catalogue do with an act before its day.
func (o *desk) edit(w http.ResponseWriter, r *http.Request) {
	ctx, a, key, at := r.Context(), door.Actor(r), door.Key(r), at(r)
	done := "saved"
	var err error
	switch value(r, "act") {
	case "head":
		err = o.change(r, func(p *reorganise.Plan) error { return o.head(r, p) })
	case "agency":
		err = o.change(r, func(p *reorganise.Plan) error {
			p.Put(reorganise.Agency{Key: value(r, "agency"), Fate: value(r, "fate"), Heir: value(r, "heir"), Name: value(r, "name"), NameEN: value(r, "name_en"), Short: value(r, "short")})
			return nil
		})
	case "found":
		err = o.change(r, func(p *reorganise.Plan) error {
			p.Put(reorganise.Agency{Key: value(r, "key"), Fate: reorganise.Begin, Name: value(r, "name"), NameEN: value(r, "name_en"), Short: value(r, "short"), USCC: value(r, "uscc"),
				Level: value(r, "level"), Address: value(r, "address"), Phone: value(r, "phone")})
			return nil
		})
	case "leave":
		err = o.change(r, func(p *reorganise.Plan) error { p.Leave(value(r, "agency")); return nil })
	case "drop":
		done, err = "dropped", o.reform.Drop(ctx, a, key, at, value(r, "reason"))
	case "carry":
		done, err = "carried", o.reform.Carry(ctx, a, key, at)
	default:
		err = act.Missing("reorganise.thing.act")
	}
	o.answer(w, r, err, done)
}

// change writes a draft anew with a part of it changed. The form names the draft as it
// was seen: what somebody else wrote since is not overwritten.
func (o *desk) change(r *http.Request, f func(p *reorganise.Plan) error) error {
	var p reorganise.Plan
	err := o.House.Store.Read(r.Context(), func(tx *store.Tx) (err error) {
		_, p, err = reorganise.PlanOf(tx, number(r))
		return err
	})
	if err == nil {
		err = f(&p)
	}
	if err == nil {
		_, err = o.reform.Edit(r.Context(), door.Actor(r), door.Key(r), at(r), p)
	}
	return err
}

// decide approves or refuses; silence is neither.
func (o *desk) decide(w http.ResponseWriter, r *http.Request) {
	v := value(r, "approve")
	err := error(nil)
	if v != "yes" && v != "no" {
		err = act.WrongFields("reorganise.wrong", []act.Field{{Name: "approve", Msg: ui.M("reorganisations.choose")}})
	} else {
		err = o.reform.Decide(r.Context(), door.Actor(r), door.Key(r), at(r), v == "yes", value(r, "reason"))
	}
	o.answer(w, r, err, "decided")
}
