package demo

import (
	"math/rand/v2"

	"tongban/internal/register/catalog"
	"tongban/internal/rules/day"
	"tongban/internal/rules/workday"
)

// deed is what somebody does on a case.
type deed string

const (
	saves       deed = "save" // a draft that is never sent
	applies     deed = "apply"
	notifies    deed = "notify"
	corrects    deed = "correct"
	accepts     deed = "accept"
	turnsAway   deed = "turn_away"
	settlesSpot deed = "spot"
	assigns     deed = "assign"
	looks       deed = "look"
	reviews     deed = "review"
	visits      deed = "visit"
	pauses      deed = "pause"
	resumes     deed = "resume"
	asks        deed = "ask"
	answers     deed = "answer"
	sendsBack   deed = "send_back"
	wantsMore   deed = "ask_extension"
	givesMore   deed = "settle_extension"
	decides     deed = "decide"
	delivers    deed = "deliver"
	amends      deed = "amend"
	withdraws   deed = "withdraw"
)

// step is one deed of a plan, complete before anything of the year has happened.
type step struct {
	at      day.Instant
	do      deed
	who     string // key of the official; "" is the applicant
	node    string // of the flow
	with    string // second officer, or to whom a task is given
	to      string // agency that is asked, node sent back to, way of delivery
	yes     bool   // passed, approved, handed over at once
	outcome string // of a decision
	days    int
	text    string
	more    string
	picks   [2]int // which materials are found wrong
}

// plan is one case from the application to its end. It is made of the seed
// alone: what has not been done when the clock stops is not done.
type plan struct {
	n         int
	script    *script
	item      *catalog.Draft
	kind      string // person, legal, agency
	applicant string // key of a resident, firm or agency
	filer     string // key of the resident who applies; the applicant, for people
	agent     string // key of who came to the window for the applicant, "" for none
	window    bool
	paper     bool // at the window: shown on paper, not scanned
	delivery  string
	opened    day.Instant
	values    map[string]any
	steps     []step
}

// planner makes the plan of one case.
type planner struct {
	*plan
	*rand.Rand
	cast *cast
	cal  *workday.Calendar
	t    *texts
}

// do adds a step.
func (g *planner) do(s step) { g.steps = append(g.steps, s) }

// chance is true in n of 100 cases.
func (g *planner) chance(n int) bool { return g.IntN(100) < n }

func (g *planner) one(list []string) string { return list[g.IntN(len(list))] }

// within is a number from a to b; of an empty range 0.
func (g *planner) within(span []int) int {
	if len(span) < 2 {
		return 0
	}
	return span[0] + g.IntN(span[1]-span[0]+1)
}

// Office hours, in minutes of the day.
const (
	opens, lunch, back, closes = 9 * 60, 12 * 60, 13*60 + 30, 17*60 + 20
)

// slot is a moment in office hours: so many working days after the day of
// another moment, or, with none, soon after it.
func (g *planner) slot(after day.Instant, days int) day.Instant {
	d := after.Day()
	if days > 0 {
		d = g.cal.Add(d, days).Day
		return max(g.minute(d, g.officeMinute()), after+day.Second)
	}
	next := after + day.Instant(3+g.IntN(60))*day.Minute + g.second()
	m := int((next - next.Day().Start()) / day.Minute)
	working, _ := g.cal.IsWorking(next.Day())
	switch {
	case working && m < opens:
		return g.minute(next.Day(), opens+g.IntN(30))
	case working && m >= lunch && m < back:
		return g.minute(next.Day(), back+g.IntN(30))
	case working && m < closes:
		return next
	}
	return g.minute(g.cal.Add(next.Day(), 1).Day, opens+g.IntN(40))
}

func (g *planner) officeMinute() int {
	m := opens + g.IntN(lunch-opens+closes-back)
	if m >= lunch {
		m += back - lunch
	}
	return m
}

func (g *planner) minute(d day.Day, m int) day.Instant {
	return d.Start() + day.Instant(m)*day.Minute + g.second()
}

// second is less than a minute, so that two things rarely happen at once.
func (g *planner) second() day.Instant { return day.Instant(g.IntN(int(day.Minute))) }

// athome is a moment of an applicant's own time, so many calendar days after another.
func (g *planner) atHome(after day.Instant, days int) day.Instant {
	return max(g.minute(after.Day()+day.Day(days), 7*60+30+g.IntN(15*60)), after+10*day.Minute)
}
