package manage

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/flow"
	"tongban/internal/rules/wording"
	"tongban/internal/web/casepage"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

// HandIn is the page on which a draft becomes a proposal.
type HandIn struct {
	*Sheet
	Facts    []ui.Fact
	Fields   []ui.Field
	Problems []problem
	Changes  ui.Table
}

func handInFields() []ui.Field {
	return []ui.Field{{Kind: ui.FieldDay, Name: "from", Label: ui.M("manage.field.from"), Hint: ui.M("manage.hint.from")},
		{Kind: ui.FieldArea, Name: "reason", Label: ui.M("manage.field.reason"), Hint: ui.M("manage.hint.reason")}}
}

func (o *desk) handInPage(w http.ResponseWriter, r *http.Request) {
	if s, ok := o.open(w, r); ok {
		o.handInForm(w, r, s, nil, nil, nil)
	}
}

func (o *desk) handInForm(w http.ResponseWriter, r *http.Request, s *Sheet, typed url.Values, wrong map[string]ui.Text, notice *ui.Notice) {
	data := HandIn{Sheet: s, Fields: handInFields(), Problems: s.problems(), Changes: s.differences(s.Differences())}
	p := ui.Page{Title: ui.M("manage.handin.title"), Errors: ui.Fill(data.Fields, typed, wrong), Notice: notice, Back: &ui.Link{Text: ui.M("manage.editor.title"), Href: s.at("")}}
	status := 0
	switch {
	case notice != nil:
		status = http.StatusConflict
	case s.Waiting:
		p.Notice = &ui.Notice{Kind: ui.Todo, Title: ui.M("manage.handin.waiting")}
		if s.Whole {
			p.Notice.Links = []ui.Link{{Text: ui.M("admin.proposals.title"), Href: "/admin/proposals"}}
		}
	}
	p.Data = data
	o.render(w, r, "handin", status, p)
}

// handIn writes the proposal; another person publishes it.
func (o *desk) handIn(w http.ResponseWriter, r *http.Request) {
	rev, _ := strconv.Atoi(value(r, "rev"))
	from, err := ui.ParseDay(value(r, "from"), o.door.House.Store.Now().Day(), ui.M("manage.field.from"))
	if err != nil || from <= 0 {
		err = act.WrongFields("manage.handin.wrong", []act.Field{{Name: "from", Msg: ui.M("manage.from.wrong")}})
	} else {
		_, err = o.change.ProposeFlow(r.Context(), door.Actor(r), door.Key(r), o.door.House.Items, number(r), rev, from, value(r, "reason"))
	}
	if err == nil {
		o.handedIn(w, r)
		return
	}
	conflicted := act.KindOf(err) == act.Conflict
	list, known := door.Wrong(err)
	var e *act.Error
	if errors.As(err, &e) && e.Code == "change.reason" {
		list = map[string]ui.Text{"reason": e.Msg}
	}
	if !conflicted && !known {
		o.door.Fail(w, r, err)
		return
	}
	s, ok := o.open(w, r)
	if !ok {
		return
	}
	var notice *ui.Notice
	if conflicted {
		notice = conflict(r, s)
	}
	o.handInForm(w, r, s, r.PostForm, list, notice)
}

// handedIn sends the reader to where the proposal waits: to those who publish, or
// back to the flow.
func (o *desk) handedIn(w http.ResponseWriter, r *http.Request) {
	to := "/admin/proposals?done=proposed"
	if !o.door.Read(w, r, func(tx *store.Tx) error {
		only, err := o.only(tx, r)
		if only != "" {
			to = "/manage/flows/" + text(number(r)) + "?done=handed"
		}
		return err
	}) {
		return
	}
	door.Done(w, r, to)
}

// upload takes a BPMN file in place of the draft.
func (o *desk) upload(w http.ResponseWriter, r *http.Request) {
	var src []byte
	values, _, err := casepage.MultipartUpTo(r, 1<<16, func(_, _ string, content io.Reader) (err error) {
		src, err = io.ReadAll(io.LimitReader(content, flow.MaxBytes+1))
		return err
	})
	if err != nil {
		o.door.Fail(w, r, err)
		return
	}
	s, ok := o.open(w, r)
	if !ok {
		return
	}
	rev, _ := strconv.Atoi(values.Get("rev"))
	if rev != s.Rev {
		o.show(w, r, s, ui.Page{Notice: conflict(r, s)}, http.StatusConflict)
		return
	}
	_, err = flow.Parse(src)
	var m wording.Message
	if errors.As(err, &m) {
		o.show(w, r, s, ui.Page{Errors: []ui.FieldError{{Text: m}}}, http.StatusUnprocessableEntity)
		return
	}
	_, err = o.change.SaveFlow(r.Context(), door.Actor(r), values.Get("idempotency_key"), s.Item, rev, src)
	switch {
	case act.KindOf(err) == act.Conflict:
		if s, ok = o.open(w, r); ok {
			o.show(w, r, s, ui.Page{Notice: conflict(r, s)}, http.StatusConflict)
		}
	case err != nil:
		o.door.Fail(w, r, err)
	default:
		door.Done(w, r, s.at("", "done", "uploaded"))
	}
}
