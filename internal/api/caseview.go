package api

import (
	"tongban/internal/process/paper"
	"tongban/internal/register/identity"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
	"tongban/internal/rules/workday"
	"tongban/internal/work/casework"
)

// caseView is a case as a program reads it. Personal is left out for readers
// who may not see it, or whose look could not be recorded.
type caseView struct {
	ID          int64           `json:"id"`
	Number      string          `json:"number"`
	Title       string          `json:"title"`
	Status      string          `json:"status"`
	StatusText  string          `json:"status_text"`
	Item        int64           `json:"item"`
	ItemVersion int64           `json:"item_version"`
	Agency      string          `json:"agency"`
	AgencyName  string          `json:"agency_name"`
	Applicant   string          `json:"applicant"`
	Received    day.Day         `json:"received"`
	Accepted    day.Day         `json:"accepted,omitempty"`
	Deemed      day.Day         `json:"deemed,omitempty"`
	Closed      day.Day         `json:"closed,omitempty"`
	Due         day.Day         `json:"due,omitempty"`
	Provisional bool            `json:"provisional"`
	PromisedDue day.Day         `json:"promised_due,omitempty"`
	Statutory   *clockView      `json:"statutory,omitempty"`
	Promised    *clockView      `json:"promised,omitempty"`
	Facts       casework.Facts  `json:"facts"`
	Steps       []stepView      `json:"steps"`
	Timeline    []timelineEntry `json:"timeline"`
	Papers      []PaperLine     `json:"papers"`
	Tasks       []taskView      `json:"tasks,omitempty"`
	Inquiries   []inquiryView   `json:"inquiries,omitempty"`
	Files       []fileView      `json:"files,omitempty"`
	Personal    *personalView   `json:"personal,omitempty"`
}

// clockView is how a clock stands today, in days of its unit.
type clockView struct {
	Unit        string   `json:"unit"`
	Total       int      `json:"total"`
	Used        int      `json:"used"`
	Left        int      `json:"left"`
	Due         day.Day  `json:"due,omitempty"`
	Paused      bool     `json:"paused"`
	PausedFor   []string `json:"paused_for,omitempty"`
	PausedDays  int      `json:"paused_days"`
	Extended    int      `json:"extended"`
	Overdue     bool     `json:"overdue"`
	OverdueDays int      `json:"overdue_days"`
	Provisional bool     `json:"provisional"`
}

type stepView struct {
	Node   string  `json:"node"`
	Name   string  `json:"name"`
	State  string  `json:"state" enum:"done,now,later"`
	Agency string  `json:"agency,omitempty"`
	Due    day.Day `json:"due,omitempty"`
	At     string  `json:"at,omitempty" format:"date-time"`
}

type timelineEntry struct {
	At       string  `json:"at" format:"date-time"`
	Day      day.Day `json:"day"`
	Kind     string  `json:"kind"`
	Text     string  `json:"text"`
	Who      string  `json:"who,omitempty"`
	For      string  `json:"for,omitempty"`
	PostName string  `json:"post_name,omitempty"`
	Agency   string  `json:"agency,omitempty"`
	Paper    int64   `json:"paper,omitempty"`
}

// PaperLine is a paper in a list.
type PaperLine struct {
	ID     int64   `json:"id"`
	Kind   string  `json:"kind"`
	Title  string  `json:"title"`
	Number string  `json:"number"`
	Day    day.Day `json:"day"`
	Sealed bool    `json:"sealed"`
}

type taskView struct {
	ID           int64           `json:"id"`
	Node         string          `json:"node"`
	Name         string          `json:"name"`
	Part         string          `json:"part"`
	Agency       string          `json:"agency"`
	AgencyName   string          `json:"agency_name,omitempty"`
	Post         string          `json:"post"`
	Officers     int             `json:"officers,omitempty"`
	State        string          `json:"state" enum:"open,done,closed"`
	Assignee     int64           `json:"assignee,omitempty"`
	AssigneeName string          `json:"assignee_name,omitempty"`
	Opened       string          `json:"opened" format:"date-time"`
	Due          day.Day         `json:"due,omitempty"`
	Done         string          `json:"done,omitempty" format:"date-time"`
	DoneByName   string          `json:"done_by_name,omitempty"`
	Seen         int64           `json:"seen"`
	Back         []casework.Step `json:"back,omitempty"`
	Finding      *findingView    `json:"finding,omitempty"`
}

type findingView struct {
	Passed   bool    `json:"passed"`
	Text     string  `json:"text"`
	Officers []int64 `json:"officers,omitempty"`
}

type inquiryView struct {
	ID       int64   `json:"id"`
	Task     int64   `json:"task"`
	From     string  `json:"from"`
	To       string  `json:"to"`
	Question string  `json:"question,omitempty"`
	Answer   string  `json:"answer,omitempty"`
	Due      day.Day `json:"due"`
	Asked    string  `json:"asked" format:"date-time"`
	Answered string  `json:"answered,omitempty" format:"date-time"`
}

// personalView is what identifies people on a case.
type personalView struct {
	Applicant casework.Party     `json:"applicant"`
	Agent     *casework.Party    `json:"agent,omitempty"`
	Authority string             `json:"authority,omitempty"`
	Form      map[string]any     `json:"form"`
	Sources   map[string]string  `json:"sources,omitempty"`
	Missing   []casework.Missing `json:"missing,omitempty"`
	Reasons   []string           `json:"reasons,omitempty"`
	Texts     map[string]string  `json:"texts,omitempty"`
	Address   string             `json:"address,omitempty"`
}

// viewOf writes a case; inside adds what only those who work on it need.
func viewOf(c *casework.Case, v *visit, inside bool) caseView {
	x := caseView{
		ID: c.ID, Number: c.Number, Title: c.Title, Status: c.Status, StatusText: wording.Text(v.lang, "casework.status."+c.Status),
		Item: c.Item.Of, ItemVersion: c.Item.ID, Agency: c.Agency, AgencyName: c.AgencyName, Applicant: c.Label,
		Received: c.Received, Accepted: c.Accepted, Deemed: c.Deemed, Closed: c.Closed, Due: c.Due, Provisional: c.Provisional, PromisedDue: c.PromisedDue,
		Statutory: clockOf(c.Statutory), Promised: clockOf(c.Promised), Facts: c.Facts,
		Steps: []stepView{}, Timeline: []timelineEntry{}, Papers: []PaperLine{},
	}
	for _, s := range c.Steps {
		x.Steps = append(x.Steps, stepView{s.Node, s.Name, s.State, s.Agency, s.Due, moment(s.At)})
	}
	for _, l := range c.Timeline {
		x.Timeline = append(x.Timeline, timelineEntry{moment(l.At), l.Day, l.Kind, l.Text.In(v.lang), l.Who, l.For, postName(l.Post, v.lang), l.Agency, l.Paper})
	}
	for _, p := range c.Papers {
		x.Papers = append(x.Papers, lineOfPaper(p))
	}
	if inside {
		x.inside(c)
	}
	if p := c.Personal; p != nil {
		x.Personal = &personalView{p.Applicant, p.Agent, p.Authority, p.Form, p.Sources, p.Missing, p.Reasons, p.Texts, p.Address}
	}
	return x
}

func (x *caseView) inside(c *casework.Case) {
	for _, t := range c.Tasks {
		y := taskView{
			ID: t.ID, Node: t.Node, Name: t.Name, Part: t.Part, Agency: t.Agency, AgencyName: t.AgencyName, Post: t.Post, Officers: t.Officers, State: t.State,
			Assignee: t.Assignee, AssigneeName: t.AssigneeName, Opened: moment(t.Opened), Due: t.Due, Done: moment(t.DoneAt), DoneByName: t.DoneByName,
			Seen: t.Seen, Back: t.Back,
		}
		if c.Personal != nil {
			if f, ok := c.Personal.Findings[t.ID]; ok {
				y.Finding = &findingView{f.Passed, f.Text, f.Officers}
			}
		}
		x.Tasks = append(x.Tasks, y)
	}
	for _, q := range c.Asked {
		x.Inquiries = append(x.Inquiries, inquiryView{q.ID, q.Task, q.From, q.To, q.Question, q.Answer, q.Due, moment(q.Asked), moment(q.Answered)})
	}
}

// clockOf writes a clock; one that has not started is left out.
func clockOf(s workday.Settlement) *clockView {
	if !s.Started {
		return nil
	}
	v := &clockView{
		Unit: string(s.Unit), Total: s.Total, Used: s.Used, Left: s.Left, Due: s.Due.Day, Paused: s.Paused, PausedDays: s.PausedDays, Extended: s.Extended,
		Overdue: s.Overdue, OverdueDays: s.OverdueDays, Provisional: s.Provisional,
	}
	for _, p := range s.PausedFor {
		v.PausedFor = append(v.PausedFor, string(p))
	}
	return v
}

func lineOfPaper(p paper.Paper) PaperLine {
	return PaperLine{p.ID, p.Kind, p.Title, p.Number, p.Day, p.KeyID != ""}
}

func postName(post string, lang wording.Lang) string {
	if post == "" || post == "system" {
		return ""
	}
	return identity.PostLabel(post).In(lang)
}
