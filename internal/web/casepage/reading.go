package casepage

import (
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"tongban/internal/process/paper"
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/draw"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
)

// Finding is what one body found, or a question with its answer.
type Finding struct {
	Title, State ui.Text
	Tone         ui.Tone
	Facts        []ui.Fact
	Text         string
}

// Status is the finding's state in a word.
func (f Finding) Status() ui.Status { return ui.Status{Tone: f.Tone, Text: f.State} }

func (p *Pages) findings(w http.ResponseWriter, r *http.Request) {
	a, c, ok := p.look(w, r)
	if !ok {
		return
	}
	v := p.view(c, a, "findings")
	list, err := p.Found(r, c)
	if err != nil {
		p.door.Fail(w, r, err)
		return
	}
	v.Part = list
	p.render(w, r, "findings", "office.case.title.findings", v)
}

// Found gathers findings, tests and questions with their answers, in order.
func (p *Pages) Found(r *http.Request, c *casework.Case) ([]Finding, error) {
	if c.Personal == nil {
		return nil, nil
	}
	var ids []int64
	for _, f := range c.Personal.Findings {
		ids = append(ids, f.Officers...)
	}
	names, err := p.Names(r.Context(), ids)
	if err != nil {
		return nil, err
	}
	var list []Finding
	for _, t := range c.Tasks {
		f, found := c.Personal.Findings[t.ID]
		if !found {
			continue
		}
		x := Finding{Title: ui.Plain(t.Name + " · " + t.AgencyName), Text: f.Text, Tone: ui.ToneOK, State: ui.M("office.finding.passed")}
		if !f.Passed {
			x.Tone, x.State = ui.ToneLegal, ui.M("office.finding.failed")
		}
		var who []string
		for _, o := range f.Officers {
			who = append(who, names[o])
		}
		x.Facts = []ui.Fact{{Label: ui.M("office.finding.who"), Value: ui.Plain(strings.Join(who, "、"))}, {Label: ui.M("office.finding.at"), Value: ui.At(t.DoneAt)}}
		if all := c.Item.PointsFor(t.Part, t.Role); len(all) > 0 {
			x.Facts = append(x.Facts, ticked(all, c.Facts.PointsOf(t.ID)))
		}
		list = append(list, x)
	}
	return append(append(list, tests(c)...), p.asked(r, c)...), nil
}

// tests are the special procedures with their reasons and results.
func tests(c *casework.Case) []Finding {
	var list []Finding
	for _, x := range c.Facts.Tests {
		f := Finding{Title: ui.M("workday.pause." + string(x.Kind)), Tone: ui.ToneOff, State: ui.M("office.finding.stopped"), Text: c.Personal.Texts["test/"+x.Ref]}
		f.Facts = []ui.Fact{{Label: ui.M("office.finding.from"), Value: ui.OnDay(x.From)}, {Label: ui.M("office.finding.expected"), Value: ui.WorkingDays(x.Days)}}
		if x.Until != 0 {
			f.Tone, f.State = ui.ToneOK, ui.M("office.finding.result")
			f.Facts = append(f.Facts, ui.Fact{Label: ui.M("office.finding.until"), Value: ui.OnDay(x.Until)})
		}
		list = append(list, f)
	}
	if x := c.Facts.Extension; x != nil {
		f := Finding{Title: ui.M("office.known.extension", "n", x.Days, "who", ui.M("workday.approver."+string(x.Approver))), Tone: ui.ToneTodo,
			State: ui.M("office.known.word.waits"), Text: c.Personal.Texts["extension"], Facts: []ui.Fact{{Label: ui.M("office.finding.from"), Value: ui.OnDay(x.Asked)}}}
		switch {
		case x.Settled != 0 && x.Approved:
			f.Tone, f.State = ui.ToneOK, ui.M("office.known.word.approved")
		case x.Settled != 0:
			f.Tone, f.State = ui.ToneLegal, ui.M("office.known.word.declined")
		}
		list = append(list, f)
	}
	return list
}

// asked are the questions between bodies.
func (p *Pages) asked(r *http.Request, c *casework.Case) []Finding {
	var list []Finding
	for _, q := range c.Asked {
		f := Finding{Title: ui.M("office.finding.asked", "from", p.Agency(r, q.From), "to", p.Agency(r, q.To)), Tone: ui.ToneTodo, State: ui.M("office.known.word.waits"),
			Facts: []ui.Fact{{Label: ui.M("office.finding.question"), Value: ui.Plain(q.Question)}, {Label: ui.M("office.finding.due"), Value: ui.OnDay(q.Due)}}, Text: q.Answer}
		if q.Answered != 0 {
			f.Tone, f.State = ui.ToneOK, ui.M("office.finding.answered")
		}
		list = append(list, f)
	}
	return list
}

// Agency is the name of an agency today.
func (p *Pages) Agency(r *http.Request, key string) string {
	name := key
	_ = p.door.House.Store.Read(r.Context(), func(tx *store.Tx) (err error) {
		name, err = p.door.House.People.AgencyName(tx, key, tx.Today())
		return err
	})
	return name
}

func (p *Pages) papers(w http.ResponseWriter, r *http.Request) {
	a, c, ok := p.glance(w, r)
	if !ok {
		return
	}
	v := p.view(c, a, "papers")
	t := ui.Table{Caption: ui.M("office.case.papers"), HideCaption: true, Empty: ui.Empty{Text: ui.M("office.papers.none")},
		Columns: []ui.Column{{Label: ui.M("office.papers.title")}, {Label: ui.M("office.papers.number")}, {Label: ui.M("office.papers.day")}, {Label: ui.M("office.papers.agency")}, {Label: ui.M("office.papers.print")}}}
	for _, x := range slices.Backward(c.Papers) {
		at := "/office/paper/" + strconv.FormatInt(x.ID, 10)
		t.Rows = append(t.Rows, ui.Row{ID: strconv.FormatInt(x.ID, 10), Cells: []ui.Cell{
			{Text: ui.Plain(x.Title), Href: at}, {Text: ui.Plain(x.Number)}, {Text: ui.OnDay(x.Day)}, {Text: ui.Plain(p.Agency(r, x.Agency))},
			{Links: []ui.Link{{Text: ui.M("office.papers.pdf"), Href: at + "/pdf", Hidden: ui.Plain(x.Title)}}}}})
	}
	v.Part = t
	p.render(w, r, "papers", "office.case.title.papers", v)
}

// paper shows a paper as it was written.
func (p *Pages) paper(w http.ResponseWriter, r *http.Request) {
	o, ok := p.openPaper(w, r)
	if !ok {
		return
	}
	page := ui.Page{Name: "case/paper", Title: ui.Plain(o.Title), Shell: ui.Staff, Data: o, Current: current(r),
		Back: &ui.Link{Text: ui.M("office.case.papers"), Href: Address(o.Proceeding, "papers")}}
	p.door.UI.Render(w, r, http.StatusOK, page)
}

// openPaper opens a paper for whoever may look at its case, in any of their posts.
func (p *Pages) openPaper(w http.ResponseWriter, r *http.Request) (paper.Opened, bool) {
	id, a := Number(r, "paper"), door.Actor(r)
	var on paper.Paper
	if !p.door.Read(w, r, func(tx *store.Tx) (err error) { on, err = paper.Get(tx, id); return err }) {
		return paper.Opened{}, false
	}
	a, c, err := p.Reader(r.Context(), a, on.Proceeding)
	if err != nil {
		p.door.Fail(w, r, err)
		return paper.Opened{}, false
	}
	o, err := p.door.House.Office.OpenPaper(r.Context(), a, id, Why(c, a))
	if err != nil {
		p.door.Fail(w, r, err)
	}
	return o, err == nil
}

func (p *Pages) paperPDF(w http.ResponseWriter, r *http.Request) {
	o, ok := p.openPaper(w, r)
	if !ok {
		return
	}
	if p.door.Printer == nil {
		p.door.Fail(w, r, act.Refuse("office.papers.no_printer").Then("office.papers.no_printer.next"))
		return
	}
	b, err := paper.PDF(p.door.Printer, o)
	if err != nil {
		p.door.Fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", "inline; filename=\"paper-"+strconv.FormatInt(o.ID, 10)+".pdf\"")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(b)
}

func (p *Pages) timeline(w http.ResponseWriter, r *http.Request) {
	a, c, ok := p.glance(w, r)
	if !ok {
		return
	}
	v := p.view(c, a, "timeline")
	v.Part = Timeline(c, len(c.Timeline))
	p.render(w, r, "timeline", "office.case.title.timeline", v)
}

// inside are the acts that the applicant's own timeline leaves out.
var inside = map[string]bool{"case.assigned": true, "case.asked": true, "case.answered": true}

// Timeline is what happened on a case, the newest n acts.
func Timeline(c *casework.Case, n int) ui.Timeline {
	var list ui.Timeline
	for _, l := range c.Timeline[:min(n, len(c.Timeline))] {
		e := ui.Event{At: l.At, Title: l.Text, Internal: inside[l.Kind]}
		switch {
		case l.System:
			e.Who = ui.M("office.line.system")
		case l.Who == "":
			e.Who = ui.M("office.line.applicant")
		case l.For != "":
			e.Who = ui.M("office.line.stand_in", "who", l.Who, "name", l.For, "agency", l.Agency)
		default:
			e.Who = ui.Plain(l.Who + " · " + l.Agency)
		}
		if l.Paper != 0 {
			e.Links = []ui.Link{{Text: ui.M("office.line.paper"), Href: "/office/paper/" + strconv.FormatInt(l.Paper, 10)}}
		}
		list.Events = append(list.Events, e)
	}
	return list
}

// Flow is the case's flow, drawn and in words.
type Flow struct {
	SVG   template.HTML
	Lines []draw.TextLine
}

func (p *Pages) flow(w http.ResponseWriter, r *http.Request) {
	a, c, ok := p.glance(w, r)
	if !ok {
		return
	}
	v := p.view(c, a, "flow")
	v.Part = Flow{SVG: template.HTML(draw.SVG(c.Item.Flow, draw.Options{Lang: door.Lang(r), State: &c.State, Phrase: c.Item.Env().Phrase})), //nolint:gosec // drawn by us
		Lines: draw.Text(c.Item.Flow, &c.State, door.Lang(r), c.Item.Env().Phrase)}
	p.render(w, r, "flow", "office.case.title.flow", v)
}

func (p *Pages) picture(w http.ResponseWriter, r *http.Request) {
	_, c, ok := p.glance(w, r)
	if !ok {
		return
	}
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(draw.SVG(c.Item.Flow, draw.Options{Lang: door.Lang(r), State: &c.State, Phrase: c.Item.Env().Phrase}))
}
