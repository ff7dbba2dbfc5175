package ui

import (
	"html/template"

	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// ButtonKind is how much a button stands out.
type ButtonKind string

// One primary button a page; everything else is secondary or, in rows of a
// table, quiet.
const (
	Primary   ButtonKind = "primary"
	Secondary ButtonKind = ""
	Quiet     ButtonKind = "quiet"
)

// Button is a submit button, or with Href a link that looks like one.
type Button struct {
	Text Text
	Kind ButtonKind
	Href string
	// Name and Value are posted; Action sends the form elsewhere.
	Name, Value, Action string
	// Hidden continues the text for screen readers: 更改 + "材料 3".
	Hidden Text
	// Loose skips the browser's own checks, for 保存 on half-filled forms.
	Loose bool
}

// Tone is the meaning of a status: word, shape and colour go together.
type Tone string

// The tones. ToneDone is plain text: what is finished needs no attention.
const (
	ToneDone  Tone = "done"
	ToneOK    Tone = "ok"    // ✓ green: valid, agrees
	ToneNow   Tone = "now"   // ● blue: going on
	ToneTodo  Tone = "todo"  // △ amber: the reader must act, or soon due
	ToneLegal Tone = "legal" // ⚑ red: overdue, refused, revoked
	ToneOff   Tone = "off"   // – grey: not started, stopped
)

// Status is a state in a word.
type Status struct {
	Tone Tone
	Text Text
}

// Icon is the shape of the tone.
func (s Status) Icon() string {
	return map[Tone]string{ToneOK: "tick", ToneNow: "dot", ToneTodo: "warn", ToneLegal: "flag", ToneOff: "dash"}[s.Tone]
}

// Due is a deadline with the days left; negative is overdue.
type Due struct {
	Day     day.Day
	Left    int
	Working bool
	// Soon is the number of days from which it counts as nearly due.
	Soon int
	// What names the term: 法定, 承诺.
	What Text
	// Stopped says that the clock does not run, and why.
	Stopped Text
	// Short writes 12-04 for narrow columns.
	Short bool
}

// Status is the deadline's tone and its words.
func (d Due) Status() Status {
	unit := "ui.due.calendar"
	if d.Working {
		unit = "ui.due.working"
	}
	switch {
	case d.Stopped != nil:
		return Status{ToneOff, d.Stopped}
	case d.Left < 0:
		return Status{ToneLegal, M(unit+".over", "n", -d.Left)}
	case d.Left == 0:
		return Status{ToneTodo, M("ui.due.today")}
	case d.Left <= d.Soon:
		return Status{ToneTodo, M(unit+".left", "n", d.Left)}
	}
	return Status{ToneDone, M(unit+".left", "n", d.Left)}
}

// SummaryRow is one answer on a check page.
type SummaryRow struct {
	Key   Text
	Value Text
	// More are further lines of the value.
	More   []Text
	Source Text
	Status *Status
	Change *Link
}

// SummaryList is what has been answered, with links to change it.
type SummaryList struct{ Rows []SummaryRow }

// Task is one row of a task list; without Href it cannot be started yet.
type Task struct {
	Label, Hint Text
	Href        string
	Status      Status
	Due         *Due
}

// TaskList is what there is to do, each with its state in words.
type TaskList struct{ Tasks []Task }

// Event is something that happened to a case.
type Event struct {
	At    day.Instant
	Title Text
	Body  Text
	// Who did it, as this reader may see it.
	Who   Text
	Links []Link
	Tone  Tone
	// Internal marks what the applicant is not shown.
	Internal bool
}

// Timeline is what happened, newest first; the caller brings it in that order.
type Timeline struct{ Events []Event }

// Step is one of the fixed steps of a case.
type Step struct {
	Label Text
	Note  Text
	State StepState
}

// StepState is how far a step is.
type StepState string

// The states of a step.
const (
	StepDone StepState = "done"
	StepNow  StepState = "now"
	StepNext StepState = "next"
	StepSkip StepState = "skip"
)

// Progress is the way of a case, in words and in order.
type Progress struct{ Steps []Step }

// At is the number of the current step, from 1; when all are done, the last.
func (p Progress) At() int {
	for i, s := range p.Steps {
		if s.State == StepNow {
			return i + 1
		}
	}
	return len(p.Steps)
}

// Now is the current step's label.
func (p Progress) Now() Text {
	if n := p.At(); n > 0 {
		return p.Steps[n-1].Label
	}
	return nil
}

// Fact is a short label with its value, in bars and cards.
type Fact struct {
	Label, Value Text
	Status       *Status
	Due          *Due
	// Number asks for tabular figures and lets the value be copied.
	Number bool
}

// IdentityBar heads a case: who, what, by when, and what may be done.
type IdentityBar struct {
	Title   Text
	Number  string
	Facts   []Fact
	Actions []Button
	More    []Link
}

// SubNav are the pages of one case; each has its own address.
type SubNav struct {
	Label Text
	Links []Link
}

// Receipt is the panel after a submission.
type Receipt struct {
	Title     Text
	Number    string
	QueryCode string
	Facts     []Fact
	// Promise says what comes by which day; Next are the steps after it.
	Promise []Text
	Next    []Text
	Links   []Link
}

// LicenceCard is an electronic licence as it is shown to somebody.
type LicenceCard struct {
	Name   Text
	Status Status
	// Void greys the card: expired or revoked.
	Void   bool
	Source Text
	Fields []Fact
	// Picture and QR are addresses on this site; QRAlt says what the code is for.
	Picture, QR string
	QRAlt       Text
	Digits      string
	Until       day.Instant
	// Renew is posted to for a new code.
	Renew string
}

// Empty says that there is nothing, and what can be done.
type Empty struct {
	Text  Text
	Links []Link
}

// Confirm asks once more before what cannot be undone; its consequence is the page's h1.
type Confirm struct {
	Action string
	Facts  []Fact
	Legal  Text
	Fields []Field
	Yes    Text
	Back   string
	// Hidden are posted as they are.
	Hidden map[string]string
}

// Details is text one fold below; never for what most readers need.
type Details struct {
	Summary Text
	Body    Text
	HTML    template.HTML
	Open    bool
}

// Figure is a number on a dashboard; Href opens the cases behind it.
type Figure struct {
	Label, Value, Note Text
	Href               string
	Tone               Tone
}

// Icon is the shape of the figure's tone, empty for none.
func (f Figure) Icon() string { return Status{Tone: f.Tone}.Icon() }

// Live is the line that says how fresh a page is; Every is the seconds between
// automatic refreshes of the element Target, zero for none.
type Live struct {
	At     day.Instant
	Every  int
	Target string
	Href   string
}

// WorkingDays is n working days as a Text.
func WorkingDays(n int) Text { return M("ui.days.working", "n", n) }

// CalendarDays is n calendar days as a Text.
func CalendarDays(n int) Text { return M("ui.days.calendar", "n", n) }

// Long is a day with its day of the week: 12月8日（周二）.
type Long day.Day

// In writes the day in the reader's language.
func (d Long) In(lang wording.Lang) string { return DateLong(lang, day.Day(d)) }

// String is the Chinese form, for logs and for arguments of a Message.
func (d Long) String() string { return d.In(wording.ZH) }
