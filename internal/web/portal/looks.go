package portal

import (
	"net/http"

	"tongban/internal/process/notice"
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/identity"
	"tongban/internal/rules/wording"
	"tongban/internal/web/door"
	"tongban/internal/web/objections"
	"tongban/internal/web/ui"
)

type looksData struct {
	Nav   ui.SubNav
	Table ui.Table
}

// looks is who looked at the reader's data: when, who, what, why.
func (p *portal) looks(w http.ResponseWriter, r *http.Request, a act.Actor) {
	list, err := p.House.Office.LooksAt(r.Context(), a)
	if err != nil {
		p.Fail(w, r, err)
		return
	}
	t := ui.Table{Caption: ui.M("portal.looks.title"), HideCaption: true, Columns: []ui.Column{{Label: ui.M("portal.looks.when")}, {Label: ui.M("portal.looks.who")},
		{Label: ui.M("portal.looks.what")}, {Label: ui.M("portal.looks.why")}}, Empty: ui.Empty{Text: ui.M("portal.looks.none")}}
	for _, l := range list {
		what := ui.Cell{Text: lookText("what", l.What)}
		if l.Case != 0 {
			what.Note = ui.M("portal.looks.case")
			what.Href = "/my/" + id(l.Case)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: ui.Join{Sep: " ", Texts: []ui.Text{ui.OnDay(l.At.Day()), ui.Plain(ui.ClockTime(l.At))}}}, {Text: ui.Plain(l.Who), Note: ui.Join{Sep: " · ", Texts: []ui.Text{ui.Plain(l.Agency), identity.PostLabel(l.Post)}}},
			what, {Text: lookText("why", l.Why)}}})
	}
	p.show(w, r, ui.Page{Name: "portal/looks", Title: ui.M("portal.looks.title"), Wide: true, Data: looksData{nav("/looks"), t}})
}

// lookText is a word for what was looked at, or why; a reason that somebody
// wrote is shown as it was written.
func lookText(kind, s string) ui.Text {
	if key := "portal.looks." + kind + "." + s; s != "" && wording.Has(wording.ZH, key) {
		return ui.M(key)
	}
	return orDash(s)
}

// objectionAnswered is the kind of the event by which an objection was answered.
const objectionAnswered = "objection.answered"

// noticesOnPage is how many notices one page of the inbox shows.
const noticesOnPage = 20

type inboxData struct {
	Nav    ui.SubNav
	List   ui.Timeline
	Unread int64
	None   ui.Empty
	Pager  ui.Pager
	First  string
}

func (p *portal) inbox(w http.ResponseWriter, r *http.Request, a act.Actor) {
	data := inboxData{Nav: nav("/inbox"), None: ui.Empty{Text: ui.M("portal.inbox.none"), Links: []ui.Link{{Text: ui.M("portal.my.title"), Href: "/my"}}}}
	var list []notice.Notice
	if !p.Read(w, r, func(tx *store.Tx) (err error) {
		if data.Unread, err = notice.Unread(tx, notice.Person(a.Person)); err != nil {
			return err
		}
		list, err = notice.Inbox(tx, notice.Person(a.Person), cursor(r), noticesOnPage+1)
		return err
	}) {
		return
	}
	next := ""
	if len(list) > noticesOnPage {
		list = list[:noticesOnPage]
		next = id(list[noticesOnPage-1].ID)
	}
	data.Pager, data.First = pager(r, len(list), next)
	for _, n := range list {
		e := ui.Event{At: n.At, Title: ui.Plain(n.Text(door.Lang(r)))}
		if n.Read == 0 {
			e.Tone, e.Who = ui.ToneTodo, ui.M("portal.inbox.unread")
		}
		if n.Case != 0 {
			e.Links = []ui.Link{{Text: ui.M("portal.inbox.open"), Href: "/my/" + id(n.Case)}}
		} else if n.Kind == objectionAnswered {
			list, _ := n.Args["list"].(string)
			code, _ := n.Args["code"].(string)
			e.Links = []ui.Link{{Text: ui.M("objections.inbox"), Href: objections.Answers(list, code)}}
		}
		data.List.Events = append(data.List.Events, e)
	}
	p.show(w, r, ui.Page{Name: "portal/inbox", Title: ui.M("portal.inbox.title"), Data: data})
}

// read marks all notices as read.
func (p *portal) read(w http.ResponseWriter, r *http.Request, a act.Actor) {
	if _, err := p.House.Notices.MarkRead(r.Context(), a, door.Key(r), notice.ReadIn{}); err != nil {
		p.Fail(w, r, err)
		return
	}
	door.Done(w, r, "/inbox")
}
