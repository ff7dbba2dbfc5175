package manage

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"tongban/internal/record/act"
	"tongban/internal/rules/flowtable"
	"tongban/internal/rules/wording"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

// edit makes one change of the table and keeps it in the draft.
func (o *desk) edit(w http.ResponseWriter, r *http.Request) {
	s, ok := o.open(w, r)
	if !ok {
		return
	}
	do, id := cmp.Or(value(r, "act"), value(r, "do")), value(r, "row")
	row := s.table.Row(id)
	rev, _ := strconv.Atoi(value(r, "rev"))
	if rev != s.Rev {
		o.meanwhile(w, r, s, row, do)
		return
	}
	typed := typedRow{do: map[string]string{"add": "add"}[do], values: r.PostForm, terms: s.typedTerms(r.PostForm)}
	source, unfinished := "", false
	if typed.terms != nil && row != nil {
		put := value(r, "put")
		if put != "" {
			typed.terms = s.put(typed.terms, put, r.PostForm)
		} else {
			source, unfinished = typed.terms.source(s)
		}
		if put != "" || unfinished {
			o.rowPage(w, r, s, *row, typed)
			return
		}
	}
	e := s.wanted(r, do, source)
	if e == nil {
		o.show(w, r, s, ui.Page{Notice: &ui.Notice{Kind: ui.Todo, Title: ui.M("flowtable.edit.gone")}}, http.StatusUnprocessableEntity)
		return
	}
	next, err := flowtable.Apply(s.flow, e)
	if err == nil {
		_, err = o.change.SaveFlow(r.Context(), door.Actor(r), door.Key(r), s.Item, rev, next)
	}
	var m wording.Message
	switch {
	case act.KindOf(err) == act.Conflict:
		if s, ok = o.open(w, r); ok {
			o.meanwhile(w, r, s, s.table.Row(id), do)
		}
	case errors.As(err, &m):
		o.wrong(w, r, s, row, do, typed, m)
	case err != nil:
		o.door.Fail(w, r, err)
	default:
		door.Done(w, r, s.at("", "done", "saved")+"#row-"+url.PathEscape(id))
	}
}

// wanted is the edit that a form asks for, nil when its row is gone.
func (s *Sheet) wanted(r *http.Request, do, condition string) flowtable.Edit {
	return s.table.Wanted(s.flow, flowtable.Ask{Act: do, Row: value(r, "row"), How: value(r, "how"), Step: typedStep(r), Way: typedWay(r, condition)})
}

// wrong says on the form, or above the table, why an edit cannot be made.
func (o *desk) wrong(w http.ResponseWriter, r *http.Request, s *Sheet, row *flowtable.Row, do string, typed typedRow, m wording.Message) {
	if row != nil && (do == "add" || do == "change" || do == "steer") {
		if typed.wrong = map[string]ui.Text{fieldOf(m): m}; m.Key == "flowtable.edit.condition" && typed.terms != nil && typed.terms.Mode == "rows" {
			typed.wrong["condition"] = ui.M("terms.need")
		}
		o.rowPage(w, r, s, *row, typed)
		return
	}
	o.show(w, r, s, ui.Page{Notice: &ui.Notice{Kind: ui.Todo, Title: m}}, http.StatusUnprocessableEntity)
}

// fieldOf is the field of the form that a sentence is about.
func fieldOf(m wording.Message) string {
	if name := flowtable.FieldOf(m); name != "term" {
		return name
	}
	return "days"
}

// meanwhile answers an edit of a flow that somebody else changed: who, when, and
// what was typed is still there. Nothing was written.
func (o *desk) meanwhile(w http.ResponseWriter, r *http.Request, s *Sheet, row *flowtable.Row, do string) {
	n := conflict(r, s)
	if row != nil && (do == "add" || do == "change" || do == "steer") {
		o.rowPage(w, r, s, *row, typedRow{do: map[string]string{"add": "add"}[do], values: r.PostForm, terms: s.typedTerms(r.PostForm), notice: n})
		return
	}
	o.show(w, r, s, ui.Page{Notice: n}, http.StatusConflict)
}

func conflict(r *http.Request, s *Sheet) *ui.Notice {
	if s.Stale {
		return stale(s)
	}
	if s.Rev == 0 {
		return &ui.Notice{Kind: ui.Todo, Urgent: true, Title: ui.M("manage.conflict.gone"), Body: ui.M("manage.conflict.next")}
	}
	return &ui.Notice{Kind: ui.Todo, Urgent: true, Title: ui.M("manage.conflict", "who", s.By, "when", ui.MomentFull(door.Lang(r), s.At)), Body: ui.M("manage.conflict.next")}
}

// stale says that the item changed since the draft was begun.
func stale(s *Sheet) *ui.Notice {
	return &ui.Notice{Kind: ui.Todo, Title: ui.M("manage.stale", "base", s.base.N, "now", s.v.N), Body: ui.M("manage.stale.next")}
}

// drop puts the draft away.
func (o *desk) drop(w http.ResponseWriter, r *http.Request) {
	rev, _ := strconv.Atoi(value(r, "rev"))
	err := o.change.DropFlow(r.Context(), door.Actor(r), door.Key(r), number(r), rev)
	if act.KindOf(err) == act.Conflict {
		if s, ok := o.open(w, r); ok {
			o.show(w, r, s, ui.Page{Notice: conflict(r, s)}, http.StatusConflict)
		}
		return
	}
	if err != nil {
		o.door.Fail(w, r, err)
		return
	}
	door.Done(w, r, "/manage/flows/"+text(number(r))+"?done=dropped")
}
