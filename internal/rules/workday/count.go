package workday

import (
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// MaxDays bounds every count of days (about four centuries of working days);
// a term beyond it is a typing error.
const MaxDays = 100_000

// PracticeNote is the key of the sentence that must stand beside results
// wherever the rule of counting is explained: that the day of the act is not
// counted is a rule of practice, not verified in the text of 行政许可法.
const PracticeNote = "workday.practice"

// Due is the last day of a term. The term ends with that day, at 24:00.
type Due struct {
	Day day.Day `json:"day"`
	// Provisional: the day rests on at least one day whose notice is not in,
	// and may move when it comes.
	Provisional bool `json:"provisional,omitempty"`
}

// Add returns the nth working day after from; from itself is not counted (a
// rule of practice, unverified: PracticeNote). n ≤ 0 returns from; n beyond
// MaxDays is taken as MaxDays. It is provisional exactly when a day after from,
// up to and including the result, is not known.
func (c *Calendar) Add(from day.Day, n int) Due {
	if n <= 0 {
		return Due{Day: from}
	}
	d := c.nth(c.upTo(from) + min(n, MaxDays))
	return Due{Day: d, Provisional: c.darkUpTo(d) > c.darkUpTo(from)}
}

// Between returns the number of working days after a, up to and including b,
// and whether any of those days is not known. It is 0 when b is not after a.
func (c *Calendar) Between(a, b day.Day) (n int, provisional bool) {
	if b <= a {
		return 0, false
	}
	return c.upTo(b) - c.upTo(a), c.darkUpTo(b) > c.darkUpTo(a)
}

// Nth is Add for a person at a shell: n below 0 or beyond MaxDays is refused,
// and so is a result that is not known, unless provisional results are wanted.
// The error is a wording.Message that names the year whose notice is missing.
func (c *Calendar) Nth(from day.Day, n int, provisional bool) (Due, error) {
	if n < 0 || n > MaxDays {
		return Due{}, wording.M("workday.add.n", "max", MaxDays)
	}
	due := c.Add(from, n)
	if due.Provisional && !provisional {
		return Due{}, c.unknown(from, due.Day)
	}
	return due, nil
}

// Count is Between for a person at a shell: b before a is refused, and so is a
// number that is not known, unless provisional results are wanted.
func (c *Calendar) Count(a, b day.Day, provisional bool) (n int, guessed bool, err error) {
	if b < a {
		return 0, false, wording.M("workday.between.order", "first", a, "second", b)
	}
	n, guessed = c.Between(a, b)
	if guessed && !provisional {
		return 0, false, c.unknown(a, b)
	}
	return n, guessed, nil
}

// unknown says which notice is the first that is missing for the days after a
// up to b.
func (c *Calendar) unknown(a, b day.Day) error {
	d := a + 1
	for d < b && c.Missing(d) == 0 {
		d++
	}
	return wording.M("workday.unknown", "day", d, "year", c.Missing(d))
}

// upTo counts the working days up to and including d, from the table's start.
func (c *Calendar) upTo(d day.Day) int {
	n := len(c.done) - 1
	switch i := int(d) - int(c.first); {
	case i < 0:
		return weekdaysBefore(int(d)+1) - weekdaysBefore(int(c.first))
	case i >= n:
		return int(c.done[n]) + weekdaysBefore(int(d)+1) - weekdaysBefore(int(c.first)+n)
	default:
		return int(c.done[i+1])
	}
}

// nth is the working day d with upTo(d) = k.
func (c *Calendar) nth(k int) day.Day {
	n := len(c.done) - 1
	inside := int(c.done[n])
	switch {
	case k <= 0:
		return weekdayAt(k - 1 + weekdaysBefore(int(c.first)))
	case k > inside:
		return weekdayAt(k - 1 - inside + weekdaysBefore(int(c.first)+n))
	default:
		return c.days[k-1]
	}
}

// darkUpTo counts the days not known up to and including d, from the table's start.
func (c *Calendar) darkUpTo(d day.Day) int {
	n := len(c.dark) - 1
	switch i := int(d) - int(c.first); {
	case i < 0:
		return i + 1
	case i >= n:
		return int(c.dark[n]) + i + 1 - n
	default:
		return int(c.dark[i+1])
	}
}

// monday is the offset that makes weeks begin at multiples of 7: day 0 is a Thursday.
const monday = 3

// weekdaysBefore counts Mondays to Fridays before day d, from a fixed Monday.
func weekdaysBefore(d int) int {
	weeks, rest := divide(d+monday, 7)
	return weeks*5 + min(rest, 5)
}

// weekdayAt is the weekday before which there are k weekdays.
func weekdayAt(k int) day.Day {
	weeks, rest := divide(k, 5)
	return day.Day(weeks*7 + rest - monday)
}

// divide rounds towards minus infinity.
func divide(a, b int) (quotient, rest int) {
	quotient, rest = a/b, a%b
	if rest < 0 {
		quotient, rest = quotient-1, rest+b
	}
	return quotient, rest
}
