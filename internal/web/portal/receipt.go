package portal

import (
	"fmt"
	"net/http"
	"strings"

	"tongban/internal/process/paper"
	"tongban/internal/record/act"
	"tongban/internal/rules/day"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
)

// receipt is what stands on a case that was handed in and not yet looked at
// (ui.md 2.6; 行政许可法 32).
func (p *portal) receipt(c *casework.Case) *ui.Receipt {
	base := "/my/" + id(c.ID)
	out := &ui.Receipt{Title: ui.M("portal.receipt.title"), Number: c.Number, QueryCode: p.House.Office.QueryCode(c.Number),
		Facts:   []ui.Fact{{Label: ui.M("portal.receipt.received"), Value: ui.OnDay(c.Received)}},
		Promise: []ui.Text{ui.M("portal.clock.received", "day", ui.Long(c.Due))}}
	if c.Item.Deemed {
		out.Promise = append(out.Promise, ui.M("portal.clock.silence", "day", ui.OnDay(c.Received)))
	}
	t := c.Item.Terms
	out.Next = []ui.Text{ui.M("portal.receipt.look", "body", c.AgencyName)}
	if term := t.Promised; !term.IsZero() {
		out.Next = append(out.Next, ui.M("portal.receipt.decide", "term", term))
	} else if !t.Statutory.IsZero() {
		out.Next = append(out.Next, ui.M("portal.receipt.decide", "term", t.Statutory))
	}
	if !t.Deliver.IsZero() {
		out.Next = append(out.Next, ui.M("portal.receipt.deliver", "term", t.Deliver))
	}
	for _, doc := range c.Papers {
		if doc.Kind == "receipt" {
			out.Links = append(out.Links, ui.Link{Text: ui.M("portal.receipt.pdf"), Href: base + "/papers/" + id(doc.ID) + "/pdf"})
		}
	}
	out.Links = append(out.Links,
		ui.Link{Text: ui.M("portal.receipt.calendar"), Href: base + "/calendar.ics"},
		ui.Link{Text: ui.M("portal.withdraw.do"), Href: base + "/withdraw"})
	return out
}

// calendar is the day by which the applicant hears, for their own calendar.
func (p *portal) calendar(w http.ResponseWriter, r *http.Request, a act.Actor) {
	c, ok := p.looked(w, r, a)
	if !ok {
		return
	}
	if c.Due == 0 {
		p.Fail(w, r, act.Refuse("portal.receipt.nodate"))
		return
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="tongban.ics"`)
	summary := ui.M("portal.receipt.event."+c.Status, "item", c.Title).In(door.Lang(r))
	_, _ = w.Write([]byte(event(c, summary, ui.M("portal.receipt.event.body", "number", c.Number).In(door.Lang(r)), p.House.Store.Now())))
}

// event writes one day of RFC 5545.
func event(c *casework.Case, summary, body string, now day.Instant) string {
	compact := func(d day.Day) string { return strings.ReplaceAll(d.String(), "-", "") }
	lines := []string{
		"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Tongban//ZH", "BEGIN:VEVENT",
		fmt.Sprintf("UID:case-%d-%s@tongban", c.ID, c.Status), "DTSTAMP:" + now.Time().UTC().Format("20060102T150405Z"),
		"DTSTART;VALUE=DATE:" + compact(c.Due), "DTEND;VALUE=DATE:" + compact(c.Due+1),
		"SUMMARY:" + icsText(summary), "DESCRIPTION:" + icsText(body), "END:VEVENT", "END:VCALENDAR", "",
	}
	for i := range lines {
		lines[i] = fold(lines[i])
	}
	return strings.Join(lines, "\r\n")
}

func icsText(s string) string {
	return strings.NewReplacer("\\", "\\\\", ";", "\\;", ",", "\\,", "\n", "\\n").Replace(s)
}

// fold breaks a line so that none is longer than 75 bytes (RFC 5545, 3.1).
func fold(s string) string {
	var b strings.Builder
	n := 0
	for _, c := range s {
		if size := len(string(c)); n+size > 73 {
			b.WriteString("\r\n ")
			n = 1
		}
		b.WriteRune(c)
		n += len(string(c))
	}
	return b.String()
}

type paperData struct {
	paper.Opened
	Lines []string
	PDF   string
	Check string // page that proves it
	At    string // its whole address, for print
}

// openPaper opens a paper of this case.
func (p *portal) openPaper(w http.ResponseWriter, r *http.Request, a act.Actor) (paper.Opened, bool) {
	n, ok := p.number(w, r, "paper")
	if !ok {
		return paper.Opened{}, false
	}
	o, err := p.House.Office.OpenPaper(r.Context(), a, n, "")
	if err != nil {
		p.Fail(w, r, err)
		return o, false
	}
	if id(o.Proceeding) != r.PathValue("id") {
		p.UI.NotFound(w, r)
		return o, false
	}
	return o, true
}

// paper is a paper of a case as a page.
func (p *portal) paper(w http.ResponseWriter, r *http.Request, a act.Actor) {
	o, ok := p.openPaper(w, r, a)
	if !ok {
		return
	}
	data := paperData{Opened: o, Lines: strings.Split(strings.TrimSpace(o.Document.Body), "\n"), PDF: r.URL.Path + "/pdf"}
	if o.KeyID != "" {
		data.Check, data.At = "/check/"+o.Code, p.address(r, o.Code)
	}
	p.show(w, r, ui.Page{Name: "portal/paper", Title: ui.Plain(o.Title), Back: &ui.Link{Text: ui.M("portal.case.back"), Href: "/my/" + r.PathValue("id")}, Data: data})
}

func (p *portal) paperPDF(w http.ResponseWriter, r *http.Request, a act.Actor) {
	o, ok := p.openPaper(w, r, a)
	if !ok {
		return
	}
	if p.Printer == nil {
		p.noPrinter(w, r)
		return
	}
	b, err := paper.PDF(p.Printer, o)
	p.pdf(w, r, b, err, o.Kind)
}

// pdf sends a printed sheet.
func (p *portal) pdf(w http.ResponseWriter, r *http.Request, b []byte, err error, name string) {
	if err != nil {
		p.Fail(w, r, p.House.Runner.SettleFor(r.Context(), "print", err))
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", fmt.Sprintf(`inline; filename="%s-%s.pdf"`, name, p.House.Store.Now().Day()))
	h.Set("Cache-Control", "private, no-store")
	_, _ = w.Write(b)
}

// noPrinter says that this binary has no font to print with.
func (p *portal) noPrinter(w http.ResponseWriter, r *http.Request) {
	p.UI.Problem(w, r, http.StatusServiceUnavailable, ui.Problem{Title: ui.M("portal.noprinter"), Body: ui.M("portal.noprinter.body"),
		Links: []ui.Link{{Text: ui.M("portal.my.title"), Href: "/my"}}})
}
