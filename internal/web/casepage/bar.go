package casepage

import (
	"fmt"
	"strings"

	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/register/catalog"
	"tongban/internal/register/identity"
	"tongban/internal/rules/day"
	"tongban/internal/rules/workday"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
)

// SoonDays is the number of working days from which a deadline counts as near.
const SoonDays = 3

var tones = map[string]ui.Tone{
	casework.Received: ui.ToneNow, casework.Correcting: ui.ToneOff, casework.Handling: ui.ToneNow, casework.Delivering: ui.ToneNow,
	casework.Concluded: ui.ToneDone, casework.NotAccepted: ui.ToneLegal, casework.Withdrawn: ui.ToneOff, casework.Lapsed: ui.ToneOff,
}

// Status is a case's status in a word.
func Status(status string) ui.Status {
	return ui.Status{Tone: tones[status], Text: ui.M("office.status." + status)}
}

// Due is a deadline in working days from today.
func Due(cal *workday.Calendar, today, on day.Day, what ui.Text) *ui.Due {
	d := &ui.Due{Day: on, Working: true, Soon: SoonDays, What: what}
	if on < today {
		n, _ := cal.Between(on, today)
		d.Left = -max(n, 1)
		return d
	}
	d.Left, _ = cal.Between(today, on)
	if on > today && d.Left == 0 {
		d.Left = 1 // only days off are left: it is not due today
	}
	return d
}

// bar heads a case: whose (masked), what, by when, and what the reader may do.
func (p *Pages) bar(c *casework.Case, a act.Actor) ui.IdentityBar {
	b := ui.IdentityBar{Title: ui.Plain(c.Label + " · " + c.Title), Number: c.Number}
	status := Status(c.Status)
	b.Facts = append(b.Facts, ui.Fact{Label: ui.M("office.case.status"), Status: &status})
	today, cal := p.door.House.Store.Now().Day(), p.door.House.Office.Calendar()
	for _, d := range dues(c, cal, today) {
		label := d.What
		d.What = nil
		b.Facts = append(b.Facts, ui.Fact{Label: label, Due: d})
	}
	if c.Provisional {
		b.Facts = append(b.Facts, ui.Fact{Label: ui.M("office.case.provisional"), Value: ui.M("office.case.provisional.why")})
	}
	var at []string
	for _, t := range c.Tasks {
		if t.State == proceeding.TaskOpen && casework.Running(c.Status) {
			at = append(at, t.Name)
		}
	}
	if len(at) > 0 {
		b.Facts = append(b.Facts, ui.Fact{Label: ui.M("office.case.steps"), Value: ui.Plain(strings.Join(at, "、"))})
	}
	b.Actions, b.More = Acts(c, a)
	return b
}

// dues are the deadlines that run on a case now.
func dues(c *casework.Case, cal *workday.Calendar, today day.Day) []*ui.Due {
	switch c.Status {
	case casework.Received:
		return []*ui.Due{Due(cal, today, c.Due, ui.M("office.due.notice"))}
	case casework.Correcting:
		return []*ui.Due{{Day: c.Due, Left: int(c.Due - today), Soon: SoonDays, What: ui.M("office.due.correct")}}
	case casework.Handling:
		var list []*ui.Due
		if c.PromisedDue != 0 {
			list = append(list, clock(c.Promised, Due(cal, today, c.PromisedDue, ui.M("office.due.promised"))))
		}
		return append(list, clock(c.Statutory, Due(cal, today, c.Due, ui.M("office.due.statutory"))))
	case casework.Delivering:
		if c.Due != 0 {
			return []*ui.Due{Due(cal, today, c.Due, ui.M("office.due.deliver"))}
		}
	}
	return nil
}

// clock says of a deadline that its clock stands still, and for what.
func clock(s workday.Settlement, d *ui.Due) *ui.Due {
	if s.Paused && len(s.PausedFor) > 0 {
		d.Stopped = ui.M("office.due.stopped", "what", ui.M("workday.pause."+string(s.PausedFor[0])))
	}
	return d
}

// Short is the end of a case's number, by which people at one desk tell cases apart.
func Short(number string) ui.Text {
	if i := strings.LastIndexByte(number, '-'); i >= 0 {
		return ui.Plain("…" + number[i+1:])
	}
	return ui.Plain(number)
}

// Mine tells whether a task is open for this reader, in any of their posts.
func Mine(t casework.TaskView, a act.Actor) bool {
	if t.State != proceeding.TaskOpen {
		return false
	}
	_, ok := identity.Acting(a, t.Post, t.Agency)
	return ok
}

// able guesses whether the reader holds a right at an agency in the post acted
// in: the page shows the button, the command decides.
func able(a act.Actor, right, agency string) bool {
	if !identity.Allows(a.Post, right) {
		return false
	}
	return agency == "" || a.Agency == agency
}

// window is the agency of the window at which the item is handled.
func window(v *catalog.Version) string {
	if w := v.Roles["window"]; w != "" {
		return w
	}
	return v.Agency
}

// Acts are what the reader may do on a case: the next act first, the rest below.
func Acts(c *casework.Case, a act.Actor) ([]ui.Button, []ui.Link) {
	l := &acts{c: c, a: a}
	if casework.Running(c.Status) {
		for _, t := range c.Tasks {
			if acting, ok := identity.Acting(a, t.Post, t.Agency); ok && t.State == proceeding.TaskOpen {
				l.task(t, acting)
			}
		}
		l.atWindow()
		l.inquiries()
		l.extension()
		l.version()
	}
	if c.Facts.Decision != nil && able(a, "case.amend", c.Agency) {
		l.rest("amend", Address(c.ID, "amend"))
	}
	return l.first, l.more
}

type acts struct {
	c     *casework.Case
	a     act.Actor
	first []ui.Button
	more  []ui.Link
}

func (l *acts) next(name, href string) {
	b := ui.Button{Text: ui.M("office.act." + name), Href: href}
	if len(l.first) == 0 {
		b.Kind = ui.Primary
	}
	l.first = append(l.first, b)
}

func (l *acts) rest(name, href string) {
	l.more = append(l.more, ui.Link{Text: ui.M("office.act." + name), Href: href})
}

func (l *acts) counter(act string) string { return fmt.Sprintf("/counter/case/%d/%s", l.c.ID, act) }

// task adds the acts of one of the reader's open tasks.
func (l *acts) task(t casework.TaskView, acting act.Actor) {
	at := func(act string) string { return Address(l.c.ID, fmt.Sprintf("task/%d/%s", t.ID, act)) }
	switch t.Part {
	case "accept":
		l.accept(acting)
	case "deliver":
		if l.c.Status == casework.Delivering && identity.Allows(acting.Post, "case.deliver") {
			l.next("deliver", l.counter("deliver"))
		}
	case "review", "test":
		l.review(t, at)
	case "visit":
		l.next("visit", at("visit"))
	case "decide":
		l.next("decide", at("decide"))
	}
	if identity.Allows(acting.Post, "case.assign") {
		l.rest("assign", at("assign"))
	}
	if l.c.Status != casework.Handling {
		return
	}
	if identity.Allows(acting.Post, "case.ask") {
		l.rest("ask", at("ask"))
	}
	if len(t.Back) > 0 && identity.Allows(acting.Post, "case.return") {
		l.rest("back", at("back"))
	}
}

func (l *acts) accept(acting act.Actor) {
	if l.c.Status != casework.Received {
		return
	}
	if l.c.Item.Kind == catalog.Instant && l.c.Item.Class("accept") == l.c.Item.Class("decide") && identity.Allows(acting.Post, "case.decide_on_spot") {
		l.next("spot", l.counter("spot"))
	} else {
		l.next("accept", l.counter("accept"))
	}
	if l.c.Facts.Notice == nil {
		l.next("notify", l.counter("notify"))
	}
	l.rest("refuse", l.counter("refuse"))
}

func (l *acts) review(t casework.TaskView, at func(string) string) {
	_, special := l.c.Item.SpecialFor(t.Role)
	switch {
	case l.c.Facts.OpenTest(t.ID) != nil:
		l.next("resume", at("resume"))
		return
	case special && len(l.c.Facts.Tests) == 0:
		l.next("pause", at("pause"))
	case special:
		l.rest("pause", at("pause"))
	}
	l.next("review", at("review"))
}

// atWindow adds what a clerk does for somebody who came in person.
func (l *acts) atWindow() {
	w := window(l.c.Item)
	if l.c.Status == casework.Correcting && able(l.a, "case.correct_for", w) {
		l.next("correct", l.counter("correct"))
	}
	if l.c.Status != casework.Delivering && able(l.a, "case.withdraw_for", w) {
		l.rest("withdraw", l.counter("withdraw"))
	}
}

// inquiries adds the questions that wait for the reader's agency.
func (l *acts) inquiries() {
	for _, q := range l.c.Asked {
		if q.Answered == 0 && able(l.a, "case.answer", q.To) {
			l.next("answer", Address(l.c.ID, fmt.Sprintf("answer/%d", q.ID)))
		}
	}
}

// version adds moving the case to a new version of its item.
func (l *acts) version() {
	if l.c.Status != casework.Delivering && able(l.a, "case.move", l.c.Agency) {
		l.rest("version", Address(l.c.ID, "version"))
	}
}

// extension adds asking for the one extension, and settling it.
func (l *acts) extension() {
	if l.c.Status != casework.Handling || l.c.Item.Terms.Extension.IsZero() {
		return
	}
	x := l.c.Facts.Extension
	if x != nil && x.Settled == 0 && able(l.a, "extension.approve", "") {
		l.next("settle", Address(l.c.ID, "extension/settle"))
	}
	if (x == nil || x.Settled != 0 && !x.Approved) && able(l.a, "case.extend", l.c.Agency) {
		l.rest("extend", Address(l.c.ID, "extension"))
	}
}
