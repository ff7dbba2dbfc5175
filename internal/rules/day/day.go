// Package day holds the two kinds of time that the law and the record need
// and keeps them apart: a Day is a calendar day in China, an Instant a moment.
//
// 00:30 on the 21st in China is still the 20th in UTC, so a legal day is never
// read off an instant except through Instant.Day, which uses China's fixed
// zone. Neither type knows a clock; the caller brings "now".
package day

import (
	"fmt"
	"time"
)

// China is the fixed zone in which legal days are counted: UTC+8, no summer time.
var China = time.FixedZone("CST", 8*60*60)

// Day is a calendar day in China: days since 1970-01-01. The zero Day means
// "not set" or, at the end of a span, "without end".
type Day int32

// Instant is a moment: microseconds since 1970-01-01T00:00:00Z. Zero is "not set".
type Instant int64

// Durations in the unit of an Instant.
const (
	Second Instant = 1_000_000
	Minute         = 60 * Second
	Hour           = 60 * Minute
)

// Of returns the day with this year, month (1–12) and day of month. Values
// outside their range are carried over, as time.Date does.
func Of(year, month, dayOfMonth int) Day {
	t := time.Date(year, time.Month(month), dayOfMonth, 0, 0, 0, 0, time.UTC)
	return Day(t.Unix() / 86400)
}

// Parse reads a day written as YYYY-MM-DD. A day that does not exist, such as
// 2026-02-30, is an error.
func Parse(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("day %q is not a date written as YYYY-MM-DD", s)
	}
	return Day(t.Unix() / 86400), nil
}

// MustParse is Parse for days written in the program itself.
func MustParse(s string) Day {
	d, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return d
}

// String writes the day as YYYY-MM-DD, and "" for the zero Day.
func (d Day) String() string {
	if d == 0 {
		return ""
	}
	return d.utc().Format(time.DateOnly)
}

// MarshalText writes the day as YYYY-MM-DD.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads YYYY-MM-DD; an empty text is the zero Day.
func (d *Day) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = 0
		return nil
	}
	v, err := Parse(string(b))
	*d = v
	return err
}

// Date returns year, month (1–12) and day of month.
func (d Day) Date() (year, month, dayOfMonth int) {
	y, m, n := d.utc().Date()
	return y, int(m), n
}

// Year returns the calendar year of the day.
func (d Day) Year() int { return d.utc().Year() }

// Weekday returns the day of the week.
func (d Day) Weekday() time.Weekday { return time.Weekday((int(d)%7 + 11) % 7) }

// Start returns the first moment of the day in China.
func (d Day) Start() Instant { return Instant(int64(d)*86400-8*3600) * Second }

// AddMonths returns the day n months later; a day that the month lacks becomes
// its last day (31 January + 1 month = 28 or 29 February).
func (d Day) AddMonths(n int) Day {
	y, m, dom := d.Date()
	last := Of(y, m+n+1, 0)
	if v := Of(y, m+n, dom); v <= last {
		return v
	}
	return last
}

func (d Day) utc() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// FromTime returns the instant of t, cut to microseconds.
func FromTime(t time.Time) Instant { return Instant(t.UnixMicro()) }

// Time returns the instant as a time in China's zone.
func (i Instant) Time() time.Time { return time.UnixMicro(int64(i)).In(China) }

// Day returns the calendar day in China on which the instant falls.
func (i Instant) Day() Day {
	s := int64(i/Second) + 8*3600
	if i%Second < 0 {
		s--
	}
	if s < 0 && s%86400 != 0 {
		return Day(s/86400 - 1)
	}
	return Day(s / 86400)
}

// String writes the instant in China's zone, to the second, and "" for zero.
func (i Instant) String() string {
	if i == 0 {
		return ""
	}
	return i.Time().Format("2006-01-02T15:04:05-07:00")
}

// Span is a stretch of days during which a fact holds: From is its first day,
// Until the first day on which it no longer holds; zero Until is "open".
type Span struct {
	From  Day `json:"from"`
	Until Day `json:"until,omitempty"`
}

// Holds tells whether the fact is in force on day d. It is the one test for
// "in force on" in the product.
func (s Span) Holds(d Day) bool { return s.From <= d && (s.Until == 0 || d < s.Until) }

// Clock tells the current instant. The product is given one; rules never have it.
type Clock func() Instant

// System is the clock of the machine.
func System() Instant { return FromTime(time.Now()) }
