package portal

import (
	"net/http"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/identity"
	"tongban/internal/rules/day"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
)

type caseData struct {
	*casework.Case
	Bar       ui.IdentityBar
	Progress  *ui.Progress
	Receipt   *ui.Receipt
	Clock     []ui.Text
	Reasons   []string // of a refusal, or why the case was not accepted
	Remedies  string
	Steps     ui.TaskList
	Timeline  ui.Timeline
	Papers    []ui.Link
	Licence   string
	Materials ui.SummaryList
	Answers   ui.SummaryList
	Acts      []ui.Link
	Contact   []ui.Fact
	Public    bool       // seen by number and query code
	Successor *answering // who answers for a closed case, when it is another now
}

// looked opens the case of the address for its reader; ok is false when the
// answer has been written.
func (p *portal) looked(w http.ResponseWriter, r *http.Request, a act.Actor) (*casework.Case, bool) {
	n, ok := p.number(w, r, "id")
	if !ok {
		return nil, false
	}
	c, err := p.House.Office.Look(r.Context(), a, n, "")
	if err != nil {
		p.Fail(w, r, err)
	}
	return c, err == nil
}

func (p *portal) casePage(w http.ResponseWriter, r *http.Request, a act.Actor) {
	c, ok := p.looked(w, r, a)
	if !ok {
		return
	}
	data := p.caseOf(c)
	base := "/my/" + id(c.ID)
	data.Acts = []ui.Link{
		{Text: ui.M("portal.proof.title"), Href: base + "/proof", Note: ui.M("portal.case.proof")},
		{Text: ui.M("portal.looks.title"), Href: "/looks", Note: ui.M("portal.case.looks")},
	}
	if mayWithdraw(c.Status) {
		data.Acts = append(data.Acts, ui.Link{Text: ui.M("portal.withdraw.do"), Href: base + "/withdraw"})
	}
	for _, doc := range c.Papers {
		data.Papers = append(data.Papers, ui.Link{Text: ui.Plain(doc.Title), Href: base + "/papers/" + id(doc.ID), Note: ui.Plain(doc.Number)})
	}
	if c.Facts.Licence != 0 {
		data.Licence = "/licences/" + id(c.Facts.Licence)
	}
	if c.Status == casework.Received && c.Facts.Notice == nil {
		data.Receipt = p.receipt(c)
	}
	p.private(c, &data)
	if !p.Read(w, r, func(tx *store.Tx) (err error) {
		if c.Closed != 0 {
			if data.Successor, err = p.answers(tx, c.Agency, c.Closed, c.ID); err != nil {
				return err
			}
		}
		return p.files(tx, c, &data)
	}) {
		return
	}
	page := ui.Page{Name: "portal/case", Title: itemName(c.Item), OwnHeading: true, Back: &ui.Link{Text: ui.M("portal.my.title"), Href: "/my"}, Data: data, Notice: p.caseNotice(r, c)}
	p.show(w, r, page)
}

// caseNotice is what has just happened, or what the applicant must do.
func (p *portal) caseNotice(r *http.Request, c *casework.Case) *ui.Notice {
	q := r.URL.Query()
	switch {
	case q.Get("was") == "submitted":
		return &ui.Notice{Kind: ui.Info, Title: ui.M("portal.case.already")}
	case q.Get("was") == "corrected" && c.Status == casework.Received:
		return &ui.Notice{Kind: ui.Done, Title: ui.M("portal.case.corrected"), Body: ui.M("portal.case.corrected.body", "day", ui.Long(c.Due))}
	case q.Get("was") == "withdrawn" && c.Status == casework.Withdrawn:
		return &ui.Notice{Kind: ui.Done, Title: ui.M("portal.case.withdrawn")}
	case c.Status == casework.Correcting && c.Facts.Notice != nil:
		return &ui.Notice{Kind: ui.Todo, Title: ui.M("portal.case.correct", "n", len(c.Facts.Notice.Keys)), Body: ui.M("portal.case.correct.body", "day", ui.Long(c.Facts.Notice.Until)),
			Links: []ui.Link{{Text: ui.M("portal.case.correct.go"), Href: "/my/" + id(c.ID) + "/correct"}}}
	}
	return nil
}

// caseOf is what every reader of a case sees.
func (p *portal) caseOf(c *casework.Case) caseData {
	today := p.House.Store.Now().Day()
	data := caseData{Case: c, Clock: p.clock(c, today), Progress: progressOf(c), Steps: stepsOf(c), Contact: contactOf(c)}
	st := statusOf(c.Status)
	data.Bar = ui.IdentityBar{Title: itemName(c.Item), Number: c.Number, Facts: []ui.Fact{{Label: ui.M("portal.case.status"), Status: &st}}}
	if d := p.due(c.Status, c.Due, today); d != nil && casework.Running(c.Status) {
		if c.Status == casework.Handling && c.Statutory.Paused {
			d.Stopped = ui.M("portal.case.stopped")
		}
		if c.PromisedDue != 0 && c.Status == casework.Handling {
			pd := p.due(c.Status, c.PromisedDue, today)
			pd.What, pd.Stopped = nil, d.Stopped
			data.Bar.Facts = append(data.Bar.Facts, ui.Fact{Label: ui.M("portal.case.promised"), Due: pd})
			d.What = ui.M("portal.case.statutory")
		}
		label := d.What
		d.What = nil
		data.Bar.Facts = append(data.Bar.Facts, ui.Fact{Label: label, Due: d})
	}
	if c.Status == casework.Handling && c.Statutory.Started {
		data.Bar.Facts = append(data.Bar.Facts, ui.Fact{Label: ui.M("portal.case.used"), Value: ui.M("portal.case.used.value", "used", c.Statutory.Used, "left", c.Statutory.Left)})
	}
	data.Bar.Facts = append(data.Bar.Facts, ui.Fact{Label: ui.M("portal.case.body"), Value: ui.Plain(c.AgencyName)})
	for _, l := range c.Timeline {
		e := ui.Event{At: l.At, Title: l.Text, Tone: toneOf(l.Kind), Who: who(l)}
		if l.Paper != 0 {
			e.Links = []ui.Link{{Text: ui.M("portal.case.paper"), Href: "/my/" + id(c.ID) + "/papers/" + id(l.Paper)}}
		}
		data.Timeline.Events = append(data.Timeline.Events, e)
	}
	return data
}

func toneOf(kind string) ui.Tone {
	switch kind {
	case "case.notified_missing":
		return ui.ToneTodo
	case "case.acceptance_refused":
		return ui.ToneLegal
	}
	return ""
}

// who did it: the applicant, the platform, or an official with post and agency.
func who(l casework.Line) ui.Text {
	switch {
	case l.System:
		return ui.M("portal.case.system")
	case l.Agency == "":
		return ui.M("portal.case.you")
	case l.Who == "":
		return ui.Plain(l.Agency)
	case l.For != "":
		return ui.M("portal.case.who.stand_in", "name", l.Who, "for", l.For, "post", identity.PostLabel(l.Post), "agency", l.Agency)
	}
	return ui.M("portal.case.who", "name", l.Who, "post", identity.PostLabel(l.Post), "agency", l.Agency)
}

// clock says in words how the time stands, and what the law decided by itself.
func (p *portal) clock(c *casework.Case, today day.Day) []ui.Text {
	var list []ui.Text
	tell := func(m ui.Text) { list = append(list, m) }
	switch c.Status {
	case casework.Received:
		tell(ui.M("portal.clock.received", "day", ui.Long(c.Due)))
		if c.Item.Deemed {
			tell(ui.M("portal.clock.silence", "day", ui.OnDay(c.Received)))
		}
	case casework.Correcting:
		tell(ui.M("portal.clock.correcting"))
	case casework.Delivering:
		tell(ui.M("portal.clock.delivering", "day", ui.Long(c.Due)))
	case casework.Withdrawn, casework.Lapsed, casework.NotAccepted:
		tell(ui.M("portal.clock."+c.Status, "day", ui.OnDay(c.Closed)))
	}
	if c.Deemed != 0 {
		tell(ui.M("portal.clock.deemed", "from", ui.OnDay(c.Deemed)))
	}
	if c.Status == casework.Handling && c.Statutory.Paused {
		tell(ui.M("portal.clock.paused", "since", ui.OnDay(c.Statutory.PausedSince), "n", c.Statutory.PausedDays))
	}
	if e := c.Facts.Extension; e != nil && e.Approved {
		tell(ui.M("portal.clock.extended", "n", e.Days, "article", e.Article))
	}
	if c.Provisional {
		tell(ui.M("portal.clock.provisional"))
	}
	if c.Status == casework.Handling && c.Statutory.Overdue {
		tell(ui.M("portal.clock.overdue", "n", c.Statutory.OverdueDays))
	}
	return list
}

// private adds what only the applicant sees: reasons, answers.
func (p *portal) private(c *casework.Case, d *caseData) {
	if c.Personal == nil {
		return
	}
	switch {
	case c.Facts.Decision != nil && !c.Facts.Decision.Granted:
		d.Reasons, d.Remedies = c.Personal.Reasons, p.House.Options.Remedies
	case c.Status == casework.NotAccepted:
		d.Reasons, d.Remedies = []string{c.Personal.Texts[casework.NotAccepted]}, p.House.Options.Remedies
	}
	d.Answers.Rows = append(d.Answers.Rows, ui.SummaryRow{Key: ui.M("portal.check_answers.applicant"), Value: ui.Plain(c.Personal.Applicant.Name)})
	for i := range c.Item.Form.Fields {
		x := &c.Item.Form.Fields[i]
		v, ok := c.Personal.Form[x.Key]
		if !ok {
			continue
		}
		row := ui.SummaryRow{Key: x.Label(), Value: ui.Plain(shown(x, v, true))}
		if s := c.Personal.Sources[x.Key]; s != "" {
			row.Source = from(ui.Plain(s))
		}
		d.Answers.Rows = append(d.Answers.Rows, row)
	}
}

// files lists the materials as they stand, with the files that were handed in.
func (p *portal) files(tx *store.Tx, c *casework.Case, d *caseData) error {
	all, err := p.House.Files.List(tx, casework.FilesOf(c.ID))
	if err != nil {
		return err
	}
	for _, m := range c.Facts.Materials {
		row := ui.SummaryRow{Key: ui.Plain(m.Key), Value: ui.M("casework.material." + m.State)}
		for _, x := range c.Item.Materials {
			if x.Key == m.Key {
				row.Key = ui.Plain(x.Name)
			}
		}
		if m.Source != "" {
			row.Source = from(ui.Plain(m.Source))
		}
		n := 0
		for _, f := range all {
			if f.Slot == m.Key {
				n++
				row.More = append(row.More, ui.Plain(f.Name))
				row.Change = &ui.Link{Text: ui.M("ui.file.open"), Href: "/files/" + id(f.ID)}
			}
		}
		if n > 1 {
			row.Value = ui.Join{Sep: " · ", Texts: []ui.Text{row.Value, ui.M("portal.check_answers.files", "n", n)}}
		}
		d.Materials.Rows = append(d.Materials.Rows, row)
	}
	return nil
}

func contactOf(c *casework.Case) []ui.Fact {
	var list []ui.Fact
	x := c.Item.Contact
	for _, f := range []struct{ key, value string }{{"phone", x.Phone}, {"address", x.Address}, {"hours", x.Hours}, {"complaint", c.Item.Complaint}} {
		if f.value != "" {
			list = append(list, ui.Fact{Label: ui.M("portal.guide.contact." + f.key), Value: ui.Plain(f.value)})
		}
	}
	return list
}
