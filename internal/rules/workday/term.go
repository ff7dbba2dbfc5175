package workday

import (
	"strconv"
	"strings"

	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// Unit is what a term is counted in.
type Unit string

// The units of a term. 行政许可法 82 makes the terms of agencies working days;
// what an applicant has to keep is counted in calendar days.
const (
	WorkingDays  Unit = "working"
	CalendarDays Unit = "calendar"
)

// Term is a limit in days, with the article that sets it.
type Term struct {
	Days    int    `json:"days" yaml:"days"`
	Unit    Unit   `json:"unit" yaml:"unit"`
	Article string `json:"article,omitempty" yaml:"article,omitempty"`
	// RollOver moves the end of a calendar-day term that falls on a day off to
	// the next working day. It is configuration: 行政许可法 is silent on it.
	RollOver bool   `json:"roll_over,omitempty" yaml:"roll_over,omitempty"`
	Note     string `json:"note,omitempty" yaml:"note,omitempty"`
}

// ParseTerm reads the shorthand of flows and forms: "P20W" is 20 working days
// (not weeks, as ISO 8601 would have it), "P30D" 30 calendar days; an article
// may follow after a space: "P20W 行政许可法第四十二条".
func ParseTerm(s string) (Term, error) {
	short, article, _ := strings.Cut(s, " ")
	wrong := wording.M("workday.term.form", "term", printable(s))
	if len(short) < 3 || short[0] != 'P' {
		return Term{}, wrong
	}
	digits := short[1 : len(short)-1]
	n, err := strconv.Atoi(digits)
	if err != nil || strings.Trim(digits, "0123456789") != "" {
		return Term{}, wrong
	}
	t := Term{Days: n, Article: strings.TrimSpace(article)}
	switch short[len(short)-1] {
	case 'W':
		t.Unit = WorkingDays
	case 'D':
		t.Unit = CalendarDays
	default:
		return Term{}, wrong
	}
	if err := t.Check(); err != nil {
		return Term{}, err
	}
	return t, nil
}

// String writes the shorthand without the article.
func (t Term) String() string {
	letter := "W"
	if t.Unit == CalendarDays {
		letter = "D"
	}
	return "P" + strconv.Itoa(t.Days) + letter
}

// In writes the term for people: "20个工作日", "30个自然日".
func (t Term) In(lang wording.Lang) string {
	return wording.Text(lang, "workday.unit."+string(t.Unit), "n", t.Days)
}

// IsZero tells whether no term is set.
func (t Term) IsZero() bool { return t == Term{} }

// Check refuses a term with a negative or immense number of days, an unknown
// unit, or a roll-over of working days, which never end on a day off.
func (t Term) Check() error {
	switch {
	case t.Days < 0 || t.Days > MaxDays:
		return wording.M("workday.term.days", "max", MaxDays)
	case t.Unit != WorkingDays && t.Unit != CalendarDays:
		return wording.M("workday.term.unit", "unit", printable(string(t.Unit)))
	case t.RollOver && t.Unit != CalendarDays:
		return wording.M("workday.term.roll")
	}
	return nil
}

// Due is the last day of the term when the act that starts it happens on from;
// that day itself is not counted (a rule of practice, unverified: PracticeNote).
func (t Term) Due(c *Calendar, from day.Day) Due {
	return t.rollOver(c, t.add(c, from, t.Days))
}

// Before is the last day on which to act when the law wants it done t before
// end: 行政许可法 50 wants a renewal asked for 30 days before the licence ends.
// It is end less the calendar days, or the nth working day before end.
// A term that counts backwards is never rolled over, which would shorten it.
func (t Term) Before(c *Calendar, end day.Day) Due {
	if t.Unit == CalendarDays {
		return Due{Day: end - day.Day(t.Days)}
	}
	if t.Days <= 0 {
		return Due{Day: end}
	}
	d := c.nth(c.upTo(end-1) + 1 - min(t.Days, MaxDays))
	return Due{Day: d, Provisional: c.darkUpTo(end-1) > c.darkUpTo(d-1)}
}

// add counts n days of the term's unit after from, without rolling over.
func (t Term) add(c *Calendar, from day.Day, n int) Due {
	if t.Unit == CalendarDays {
		return Due{Day: from + day.Day(min(max(n, 0), MaxDays))}
	}
	return c.Add(from, n)
}

// count counts the days of the term's unit after a, up to and including b.
func (t Term) count(c *Calendar, a, b day.Day) (n int, provisional bool) {
	if t.Unit == CalendarDays {
		return max(0, int(b-a)), false
	}
	return c.Between(a, b)
}

func (t Term) rollOver(c *Calendar, due Due) Due {
	if !t.RollOver || t.Unit != CalendarDays {
		return due
	}
	working, known := c.IsWorking(due.Day)
	if !known {
		due.Provisional = true
	}
	if working {
		return due
	}
	next := c.Add(due.Day, 1)
	return Due{Day: next.Day, Provisional: due.Provisional || next.Provisional}
}
