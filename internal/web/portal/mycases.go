package portal

import (
	"net/http"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
)

// casesOnPage is how many cases one page of the own list shows.
const casesOnPage = 20

type casesData struct {
	Nav    ui.SubNav
	Todo   ui.TaskList
	Going  ui.TaskList
	Ended  ui.TaskList
	Drafts ui.TaskList
	None   ui.Empty
	Pager  ui.Pager
	First  string
}

// nav leads between the pages of one's own.
func nav(current string) ui.SubNav {
	n := ui.SubNav{Label: ui.M("ui.mine")}
	for _, x := range []struct{ key, href string }{{"my", "/my"}, {"licences", "/licences"}, {"inbox", "/inbox"}, {"looks", "/looks"}, {"data", "/my/data"}} {
		n.Links = append(n.Links, ui.Link{Text: ui.M("portal." + x.key + ".title"), Href: x.href, Current: x.href == current})
	}
	return n
}

func (p *portal) cases(w http.ResponseWriter, r *http.Request, a act.Actor) {
	before := cursor(r)
	found, err := p.House.Office.Mine(r.Context(), a, before, casesOnPage+1)
	if err != nil {
		p.Fail(w, r, err)
		return
	}
	data := casesData{Nav: nav("/my"), None: ui.Empty{Text: ui.M("portal.my.none"), Links: []ui.Link{{Text: ui.M("portal.search.all"), Href: "/search"}}}}
	next := ""
	if len(found) > casesOnPage {
		found = found[:casesOnPage]
		next = id(found[casesOnPage-1].ID)
	}
	data.Pager, data.First = pager(r, len(found), next)
	if !p.Read(w, r, func(tx *store.Tx) (err error) {
		for _, f := range found {
			t := p.caseTask(tx, f)
			switch {
			case f.Status == casework.Correcting:
				data.Todo.Tasks = append(data.Todo.Tasks, t)
			case casework.Running(f.Status):
				data.Going.Tasks = append(data.Going.Tasks, t)
			default:
				data.Ended.Tasks = append(data.Ended.Tasks, t)
			}
		}
		if before == 0 {
			data.Drafts.Tasks, err = p.draftTasks(tx, a.Person)
		}
		return err
	}) {
		return
	}
	page := ui.Page{Name: "portal/cases", Title: ui.M("portal.my.title"), Data: data}
	p.show(w, r, page)
}

// cursor is the id after which a page begins, 0 for the first.
func cursor(r *http.Request) int64 { return parseID(r.URL.Query().Get("after")) }

// caseTask is a case as one line: what it is, how it stands, by when.
func (p *portal) caseTask(tx *store.Tx, f casework.Found) ui.Task {
	t := ui.Task{Label: ui.Plain(f.Title), Href: "/my/" + id(f.ID), Status: statusOf(f.Status), Hint: ui.M("portal.my.line", "number", f.Number, "name", f.Label)}
	if f.Status == casework.Correcting {
		t.Href += "/correct"
		t.Hint = ui.M("portal.my.correct", "number", f.Number)
	}
	if casework.Running(f.Status) {
		t.Due = p.due(f.Status, f.Due, tx.Today())
	}
	return t
}

// soon is the number of days from which the applicant's own deadline counts as
// near. A deadline of the authorities asks nothing of the applicant.
const soon = 7

// due is a deadline with the days left, in the unit of its term.
func (p *portal) due(status string, d, today day.Day) *ui.Due {
	if d == 0 {
		return nil
	}
	out := &ui.Due{Day: d, Working: true, Left: int(d - today), What: ui.M("portal.due." + status)}
	if status == casework.Correcting {
		out.Working, out.Soon = false, soon
	} else {
		if cal := p.House.Calendars.Current(); d >= today {
			out.Left, _ = cal.Between(today, d)
		} else {
			n, _ := cal.Between(d, today)
			out.Left = -n
		}
	}
	return out
}

// statusOf is a case's status in a word.
func statusOf(status string) ui.Status {
	tones := map[string]ui.Tone{
		casework.Correcting: ui.ToneTodo, casework.Received: ui.ToneNow, casework.Handling: ui.ToneNow, casework.Delivering: ui.ToneNow,
		casework.NotAccepted: ui.ToneLegal, casework.Concluded: ui.ToneDone, casework.Withdrawn: ui.ToneOff, casework.Lapsed: ui.ToneOff,
	}
	return ui.Status{Tone: tones[status], Text: ui.M("casework.status." + status)}
}
