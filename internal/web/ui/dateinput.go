package ui

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tongban/internal/rules/day"
)

// ParseDay reads a day as staff type it: 20261124, 2026-11-24, 2026/11/24,
// 2026年11月24日, and without a year, 11-24 or 11月24日, in the year of today.
// An error is a sentence for the field named label.
func ParseDay(s string, today day.Day, label Text) (day.Day, error) {
	parts := strings.FieldsFunc(narrow(s), func(r rune) bool { return r < '0' || r > '9' })
	if len(parts) == 1 && len(parts[0]) == 8 {
		p := parts[0]
		parts = []string{p[:4], p[4:6], p[6:]}
	}
	if len(parts) == 2 {
		parts = []string{strconv.Itoa(today.Year()), parts[0], parts[1]}
	}
	if len(parts) != 3 {
		return 0, M("ui.day.form", "label", label, "example", today.String())
	}
	return dayFrom(parts[0], parts[1], parts[2], label)
}

// DayOf reads the three inputs of a FieldDate from a posted form. All three
// empty is the zero Day without an error; whether that is allowed, the form knows.
func DayOf(form url.Values, name string, label Text) (day.Day, error) {
	y, m, d := form.Get(name+"_y"), form.Get(name+"_m"), form.Get(name+"_d")
	if y+m+d == "" {
		return 0, nil
	}
	return dayFrom(y, m, d, label)
}

func dayFrom(ys, ms, ds string, label Text) (day.Day, error) {
	y, err1 := strconv.Atoi(strings.TrimSpace(narrow(ys)))
	m, err2 := strconv.Atoi(strings.TrimSpace(narrow(ms)))
	n, err3 := strconv.Atoi(strings.TrimSpace(narrow(ds)))
	if err1 != nil || err2 != nil || err3 != nil {
		return 0, M("ui.day.incomplete", "label", label)
	}
	if y < 1000 || y > 9999 {
		return 0, M("ui.day.year", "label", label)
	}
	d := day.Of(y, m, n)
	if yy, mm, dd := d.Date(); yy != y || mm != m || dd != n {
		return 0, M("ui.day.missing", "label", label, "y", y, "m", m, "d", n)
	}
	return d, nil
}

// narrow turns the full-width digits of Chinese keyboards into ASCII.
func narrow(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '０' && r <= '９' {
			return r - '０' + '0'
		}
		return r
	}, s)
}

func sortedKeys(m map[string]Text) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
