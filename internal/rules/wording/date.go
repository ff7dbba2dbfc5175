package wording

import (
	"fmt"

	"tongban/internal/rules/day"
)

var weekdays = [7]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}

// Date writes a day out in full, with its day of the week: 2026年12月8日（周二），
// or Tue 8 December 2026. The zero day is "".
func Date(lang Lang, d day.Day) string {
	if d == 0 {
		return ""
	}
	if lang == EN {
		return d.Start().Time().Format("Mon 2 January 2006")
	}
	return Day(lang, d) + "（" + weekdays[d.Weekday()] + "）"
}

// Day writes a day out as it stands in a sentence: 2026年12月8日, or 8 December 2026.
// The zero day is "".
func Day(lang Lang, d day.Day) string {
	if d == 0 {
		return ""
	}
	y, m, n := d.Date()
	if lang == EN {
		return d.Start().Time().Format("2 January 2006")
	}
	return fmt.Sprintf("%d年%d月%d日", y, m, n)
}

// Moment writes an instant to the minute in China's zone: Day and the time,
// 2026年12月8日14:05, or 8 December 2026 14:05. The zero instant is "".
func Moment(lang Lang, i day.Instant) string {
	if i == 0 {
		return ""
	}
	clock := i.Time().Format("15:04")
	if lang == EN {
		clock = " " + clock
	}
	return Day(lang, i.Day()) + clock
}
