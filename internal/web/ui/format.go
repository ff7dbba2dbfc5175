package ui

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

var weekdays = [7]string{"日", "一", "二", "三", "四", "五", "六"}

// Date writes a day with its year: 2026年12月8日, 8 December 2026. The zero day is "".
func Date(lang wording.Lang, d day.Day) string {
	if d == 0 {
		return ""
	}
	y, m, n := d.Date()
	if lang == wording.EN {
		return fmt.Sprintf("%d %s %d", n, time.Month(m), y)
	}
	return fmt.Sprintf("%d年%d月%d日", y, m, n)
}

// DateLong writes the day people act by, with its day of the week:
// 12月8日（周二）, Tue 8 December.
func DateLong(lang wording.Lang, d day.Day) string {
	if d == 0 {
		return ""
	}
	_, m, n := d.Date()
	if lang == wording.EN {
		return fmt.Sprintf("%s %d %s", d.Weekday().String()[:3], n, time.Month(m))
	}
	return fmt.Sprintf("%d月%d日（周%s）", m, n, weekdays[d.Weekday()])
}

// DateShort writes month and day for narrow columns: 12-08.
func DateShort(d day.Day) string {
	if d == 0 {
		return ""
	}
	_, m, n := d.Date()
	return fmt.Sprintf("%02d-%02d", m, n)
}

// Moment writes a moment to the minute, in China's zone: 11月24日 14:05, 24 Nov 14:05.
func Moment(lang wording.Lang, i day.Instant) string {
	if i == 0 {
		return ""
	}
	_, m, n := i.Day().Date()
	if lang == wording.EN {
		return fmt.Sprintf("%d %s %s", n, time.Month(m).String()[:3], ClockTime(i))
	}
	return fmt.Sprintf("%d月%d日 %s", m, n, ClockTime(i))
}

// MomentFull is Moment with the year.
func MomentFull(lang wording.Lang, i day.Instant) string {
	if i == 0 {
		return ""
	}
	return Date(lang, i.Day()) + " " + ClockTime(i)
}

// MomentFrom is Moment as a reader of now reads it: with the year when it is of
// another.
func MomentFrom(lang wording.Lang, now, i day.Instant) string {
	y, _, _ := i.Day().Date()
	if this, _, _ := now.Day().Date(); y != this {
		return MomentFull(lang, i)
	}
	return Moment(lang, i)
}

// until writes when something ends: the time, with its day when that is not today.
func until(lang wording.Lang, now, end day.Instant) string {
	if end.Day() == now.Day() {
		return ClockTime(end)
	}
	return MomentFrom(lang, now, end)
}

// ClockTime writes hour and minute in China's zone: 14:05.
func ClockTime(i day.Instant) string {
	if i == 0 {
		return ""
	}
	return i.Time().Format("15:04")
}

// Days writes a number of days with its unit, which is never left out:
// 5个工作日, 30个自然日, 5 working days.
func Days(lang wording.Lang, n int, working bool) string {
	key := "ui.days.calendar"
	if working {
		key = "ui.days.working"
	}
	return wording.Text(lang, key, "n", n)
}

// Money writes integer fen as yuan with two decimals, and whole yuan without:
// 1,234.50 元.
func Money(lang wording.Lang, fen int64) string {
	sign := ""
	if fen < 0 {
		sign, fen = "−", -fen
	}
	s := sign + Thousands(fen/100)
	if c := fen % 100; c != 0 {
		s += fmt.Sprintf(".%02d", c)
	}
	return wording.Text(lang, "ui.money", "amount", s)
}

// Thousands writes a whole number with separators: 18,211.
func Thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "−", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// Spaced groups a number that is read aloud in fours: 4821 7730.
func Spaced(s string) string {
	var b strings.Builder
	for i, r := range []rune(strings.ReplaceAll(s, " ", "")) {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Bytes writes a file's size in the unit people know: 340KB, 2.4MB.
func Bytes(n int64) string {
	const mega = 1 << 20
	if n < mega {
		return fmt.Sprintf("%dKB", (n+1023)/1024)
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/mega), ".0") + "MB"
}

// MaskName keeps the first and the last character of a name: 王*明, 王*.
func MaskName(s string) string {
	r := []rune(s)
	if len(r) <= 2 {
		return keep(r, 1, 0)
	}
	return keep(r, 1, 1)
}

// MaskPhone keeps the first three and the last four digits: 138****5678.
func MaskPhone(s string) string { return keep([]rune(s), 3, 4) }

// MaskID keeps the first three and the last four characters of a number that
// its own holder looks at: 330***********1234.
func MaskID(s string) string { return keep([]rune(s), 3, 4) }

// MaskIDPublic keeps one character at each end, for what everybody may read.
func MaskIDPublic(s string) string { return keep([]rune(s), 1, 1) }

// keep hides all but head and tail runes; a text too short for that keeps one.
func keep(r []rune, head, tail int) string {
	if len(r) == 0 {
		return ""
	}
	if head+tail >= len(r) {
		head, tail = 1, 0
	}
	if len(r) == 1 {
		return "*"
	}
	return string(r[:head]) + strings.Repeat("*", len(r)-head-tail) + string(r[len(r)-tail:])
}
