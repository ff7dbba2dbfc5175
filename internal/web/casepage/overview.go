package casepage

import (
	"net/http"

	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/register/identity"
	"tongban/internal/rules/form"
	"tongban/internal/rules/gbcode"
	"tongban/internal/rules/workday"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
)

// Overview is the first page of a case: what was applied for, what is open, and
// what the reader must know before they act.
type Overview struct {
	Masked  ui.Text   // why what identifies people is not shown; nil when it is
	Look    []ui.Link // the purposes for which it may be
	Steps   ui.Progress
	Who     ui.SummaryList
	Groups  []Group
	Missing []casework.Missing
	Open    ui.TaskList
	Known   ui.TaskList
}

// Group is a page of the form with its answers.
type Group struct {
	Title ui.Text
	List  ui.SummaryList
}

func (p *Pages) overview(w http.ResponseWriter, r *http.Request) {
	a, c, ok := p.look(w, r)
	if !ok {
		return
	}
	v := p.view(c, a, "")
	o := Overview{Steps: steps(c), Open: p.open(c, a), Known: known(c)}
	if s := c.Personal; s != nil {
		o.Who, o.Groups, o.Missing = who(c), answers(c), s.Missing
	}
	o.Masked, o.Look = p.masked(a, c)
	v.Part = o
	p.render(w, r, "overview", "office.case.title.overview", v)
}

// masked says why what identifies people is not shown, and for which purposes
// this post may see it all the same.
func (p *Pages) masked(a act.Actor, c *casework.Case) (ui.Text, []ui.Link) {
	switch {
	case c.Personal != nil:
		return nil, nil
	case c.Facts.Erased != nil:
		return ui.M("keep.masked.erased"), nil
	case c.Facts.Restricted == nil:
		return ui.M("office.case.masked"), nil
	}
	var list []ui.Link
	for _, x := range p.door.House.Office.PurposesLeft(a) {
		list = append(list, ui.Link{Text: ui.M("keep.masked.purpose", "purpose", ui.M("keep.purpose."+x.Key)), Href: Address(c.ID, "") + "?purpose=" + x.Key, Note: ui.Plain(x.Article)})
	}
	return ui.M("keep.masked.restricted"), list
}

// steps is the way of the case through its flow.
func steps(c *casework.Case) ui.Progress {
	states := map[string]ui.StepState{"done": ui.StepDone, "now": ui.StepNow, "later": ui.StepNext}
	var list ui.Progress
	for _, s := range c.Steps {
		x := ui.Step{Label: ui.Plain(s.Name), Note: ui.Plain(s.Agency), State: states[s.State]}
		if s.State == "later" && !casework.Running(c.Status) {
			x.State = ui.StepSkip
		}
		list.Steps = append(list.Steps, x)
	}
	return list
}

// who is the applicant and whoever acts for them, as they stood at the application.
func who(c *casework.Case) ui.SummaryList {
	s := c.Personal
	var list ui.SummaryList
	add := func(key string, value string) {
		if value != "" {
			list.Rows = append(list.Rows, ui.SummaryRow{Key: ui.M("office.who." + key), Value: ui.Plain(value)})
		}
	}
	add("name", s.Applicant.Name)
	if _, err := gbcode.ParseUSCC(s.Applicant.IDNo, nil); err == nil {
		add("uscc", s.Applicant.IDNo)
	} else {
		add("idno", gbcode.MaskCitizenOwn(s.Applicant.IDNo))
	}
	add("phone", s.Applicant.Phone)
	if s.Agent != nil {
		add("agent", s.Agent.Name)
		add("agent_phone", s.Agent.Phone)
	}
	if c.Facts.Delivery != "" {
		list.Rows = append(list.Rows, ui.SummaryRow{Key: ui.M("office.who.delivery"), Value: ui.M("casework.deliver." + c.Facts.Delivery)})
	}
	add("address", s.Address)
	return list
}

// answers are the form as it was filled in, by its pages.
func answers(c *casework.Case) []Group {
	s, f := c.Personal, c.Item.Form
	if f == nil {
		return nil
	}
	var list []Group
	groups := f.Groups
	if len(groups) == 0 {
		groups = []form.Group{{}}
	}
	for _, g := range groups {
		x := Group{Title: g.Name()}
		for _, field := range f.InGroup(g.Key) {
			v, given := s.Form[field.Key]
			if !given {
				continue
			}
			row := ui.SummaryRow{Key: field.Label(), Value: ui.Plain(answer(field, v))}
			if from := s.Sources[field.Key]; from != "" {
				row.Source = ui.M("office.case.source", "from", from)
			}
			x.List.Rows = append(x.List.Rows, row)
		}
		if len(x.List.Rows) > 0 {
			list = append(list, x)
		}
	}
	return list
}

// answer is an answer as officials read it: a document's number is masked, for
// the identity bar's page is open longest and in the widest view.
func answer(f *form.Field, v any) string {
	text := casework.Display(f, v)
	if f.Widget == form.IDNo {
		return gbcode.MaskCitizenOwn(text)
	}
	return text
}

// open lists the open tasks with who has them.
func (p *Pages) open(c *casework.Case, a act.Actor) ui.TaskList {
	var list ui.TaskList
	if !casework.Running(c.Status) {
		return list
	}
	today, cal := p.door.House.Store.Now().Day(), p.door.House.Office.Calendar()
	for _, t := range c.Tasks {
		if t.State != proceeding.TaskOpen {
			continue
		}
		x := ui.Task{Label: ui.Plain(t.Name), Hint: ui.Plain(t.AgencyName), Status: ui.Status{Tone: ui.ToneOff, Text: ui.M("office.task.nobody")}}
		if t.AssigneeName != "" {
			x.Status = ui.Status{Tone: ui.ToneNow, Text: ui.Plain(t.AssigneeName)}
		}
		switch acting, ok := identity.ActingOn(a, t.Post, t.Agency, t.Assignee); {
		case ok && t.Assignee == a.Person:
			x.Status.Text = ui.M("office.task.me")
		case ok && t.Assignee != 0 && t.Assignee == acting.StandsFor:
			x.Status.Text = ui.M("office.task.stand_in", "name", t.AssigneeName)
		}
		if t.Due != 0 && c.Status != casework.Correcting {
			x.Due = Due(cal, today, t.Due, nil)
			x.Due.Short = true
		}
		list.Tasks = append(list.Tasks, x)
	}
	return list
}

// known lists the facts that whoever acts should have seen, each with the
// article it rests on: facts, never a judgement.
func known(c *casework.Case) ui.TaskList {
	var list ui.TaskList
	add := func(tone ui.Tone, href string, word string, key string, pairs ...any) {
		list.Tasks = append(list.Tasks, ui.Task{Label: ui.M("office.known."+key, pairs...), Href: href, Status: ui.Status{Tone: tone, Text: ui.M("office.known.word." + word)}})
	}
	f := c.Facts
	if c.Deemed != 0 {
		add(ui.ToneTodo, "", "law", "deemed", "from", ui.OnDay(c.Deemed))
	}
	if n := f.Notice; n != nil {
		word := "waits"
		if n.Corrected != 0 {
			word = "done"
		}
		add(toneOf(n.Corrected == 0), Address(c.ID, "papers"), word, "noticed", "day", ui.OnDay(n.Day), "n", len(n.Keys))
	}
	for _, x := range f.Tests {
		if x.Until == 0 {
			add(ui.ToneTodo, Address(c.ID, "findings"), "stopped", "test", "what", ui.M("workday.pause."+string(x.Kind)), "from", ui.OnDay(x.From), "n", x.Days)
		} else {
			add(ui.ToneOK, Address(c.ID, "findings"), "done", "tested", "what", ui.M("workday.pause."+string(x.Kind)), "until", ui.OnDay(x.Until))
		}
	}
	if x := f.Extension; x != nil {
		word, tone := "waits", ui.ToneTodo
		switch {
		case x.Settled != 0 && x.Approved:
			word, tone = "approved", ui.ToneOK
		case x.Settled != 0:
			word, tone = "declined", ui.ToneLegal
		}
		add(tone, "", word, "extension", "n", x.Days, "who", ui.M("workday.approver."+string(x.Approver)))
	}
	for _, q := range c.Asked {
		if q.Answered == 0 {
			add(ui.ToneTodo, Address(c.ID, "findings"), "waits", "asked", "due", ui.OnDay(q.Due))
		}
	}
	for _, m := range f.Materials {
		if m.State == casework.MaterialDeferred || m.State == casework.MaterialBring {
			add(ui.ToneTodo, Address(c.ID, "materials"), m.State, "material", "name", materialName(c, m.Key))
		}
	}
	if s := c.Statutory; s.Started && s.Overdue {
		add(ui.ToneLegal, "", "late", "overdue", "n", s.OverdueDays, "article", c.Item.Terms.Statutory.Article)
	} else if s.Started && s.Unit == workday.WorkingDays {
		add(ui.ToneDone, "", "term", "used", "used", s.Used, "total", s.Total, "article", c.Item.Terms.Statutory.Article)
	}
	return list
}

func toneOf(todo bool) ui.Tone {
	if todo {
		return ui.ToneTodo
	}
	return ui.ToneOK
}

func materialName(c *casework.Case, key string) string {
	for _, m := range c.Item.Materials {
		if m.Key == key {
			return m.Name
		}
	}
	return key
}
