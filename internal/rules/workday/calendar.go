// Package workday counts the days of the law: working days by the published
// holiday notices, terms with their articles, and clocks that pause and are
// extended. It is pure: the day that is "today" and the calendar are brought
// by the caller, so that the same question has the same answer for ever.
//
// 行政许可法 82: the terms of agencies are working days, legal holidays not
// included. A day whose notice has not been published is provisional (weekends
// off, other days working), and so is everything counted over it.
package workday

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"sync"
	"time"

	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

//go:embed calendar/*.json
var files embed.FS

// Calendar knows which days are working days. It never changes; With makes
// another one. All methods are safe for concurrent use and take constant time.
type Calendar struct {
	years map[int]Year
	rows  map[day.Day]entry
	// The table covers whole years, from first on. Outside it weekdays count.
	first   day.Day
	done    []int32   // done[i]: working days among the table's first i days
	dark    []int32   // dark[i]: days not known among the table's first i days
	days    []day.Day // the table's working days in order
	version string
}

type entry struct {
	Row
	year int
}

// Default is the calendar of the files inside the program, 2015–2026.
func Default() *Calendar { return builtIn() }

// builtIn is read once, at first use. A file that cannot be read is a fault of
// the program, found by any test, hence the panics.
var builtIn = sync.OnceValue(func() *Calendar {
	names, err := fs.Glob(files, "calendar/*.json")
	if err != nil {
		panic(err)
	}
	var years []Year
	for _, name := range names {
		b, err := files.ReadFile(name)
		if err != nil {
			panic(err)
		}
		y, err := Parse(b)
		if err != nil {
			panic(fmt.Errorf("workday %s: %w", name, err))
		}
		years = append(years, y)
	}
	c, err := New(years...)
	if err != nil {
		panic(err)
	}
	return c
})

// New makes a calendar of these years. They need not adjoin: a year between
// them is simply not known. The same year twice, or a year or row outside its
// bounds, is an error. Without years every day is provisional.
func New(years ...Year) (*Calendar, error) {
	c := &Calendar{years: make(map[int]Year, len(years))}
	for _, y := range years {
		if _, twice := c.years[y.Year]; twice {
			return nil, wording.M("workday.year.twice", "year", y.Year)
		}
		if err := y.check(); err != nil {
			return nil, err
		}
		c.years[y.Year] = y.clone()
	}
	c.build()
	return c, nil
}

// With returns a calendar in which y is added, or takes the place of what was
// known about that year. The receiver does not change. The error is New's.
func (c *Calendar) With(y Year) (*Calendar, error) {
	if err := y.check(); err != nil {
		return nil, err
	}
	n := &Calendar{years: maps.Clone(c.years)}
	n.years[y.Year] = y.clone()
	n.build()
	return n, nil
}

// check refuses a year that Parse would not have made.
func (y Year) check() error {
	b, err := y.MarshalJSON()
	if err == nil {
		_, err = Parse(b)
	}
	return err
}

func (y Year) clone() Year {
	y.Notices, y.Rows = slices.Clone(y.Notices), slices.Clone(y.Rows)
	return y
}

// Years lists the years whose notices are in.
func (c *Calendar) Years() []int { return slices.Sorted(maps.Keys(c.years)) }

// Year returns what was published about a year.
func (c *Calendar) Year(year int) (Year, bool) {
	y, ok := c.years[year]
	return y.clone(), ok
}

// Row returns what a notice says about d, and the notice as of which it stands
// (the latest of the year's; its URL is empty where the file named none).
func (c *Calendar) Row(d day.Day) (Row, Notice, bool) {
	e, ok := c.rows[d]
	if !ok {
		return Row{}, Notice{}, false
	}
	var n Notice
	if all := c.years[e.year].Notices; len(all) > 0 {
		n = all[len(all)-1]
	}
	return e.Row, n, true
}

// Version is a fingerprint of the years and rows, 16 hexadecimal digits: two
// calendars with the same version answer alike. It stands beside every result
// that is kept as evidence.
func (c *Calendar) Version() string { return c.version }

// IsWorking tells whether d is a working day, and whether that is known. A day
// is known when its own year's notice is in, and 25–31 December only when the
// next year's is too. A day that is not known is guessed: by the row of a
// neighbouring year's notice if one names it, else weekends off.
func (c *Calendar) IsWorking(d day.Day) (working, known bool) {
	i := int(d - c.first)
	if i < 0 || i >= len(c.done)-1 {
		return !weekend(d), false
	}
	return c.done[i+1] > c.done[i], c.dark[i+1] == c.dark[i]
}

// Missing returns the year whose notice is needed to know d, zero when d is known.
func (c *Calendar) Missing(d day.Day) int {
	y := d.Year()
	if _, ok := c.years[y]; !ok {
		return y
	}
	if _, ok := c.years[y+1]; !ok && inLastWeek(d) {
		return y + 1
	}
	return 0
}

// build fills the tables from the years. Where two years speak of one day (the
// last week of December) the later notice holds.
func (c *Calendar) build() {
	years := c.Years()
	c.rows = map[day.Day]entry{}
	h := sha256.New()
	for _, y := range years {
		for _, r := range c.years[y].Rows {
			c.rows[r.Day] = entry{r, y}
			fmt.Fprintf(h, "%d %d %t\n", y, r.Day, r.Off)
		}
	}
	c.version = hex.EncodeToString(h.Sum(nil)[:8])
	if len(years) == 0 {
		c.done, c.dark = []int32{0}, []int32{0}
		return
	}
	// The year before the first one takes up the December rows it was given.
	c.first = day.Of(years[0]-1, 12, 25)
	end := day.Of(years[len(years)-1]+1, 1, 1)
	n := int(end - c.first)
	c.done, c.dark = make([]int32, 1, n+1), make([]int32, 1, n+1)
	for d := c.first; d < end; d++ {
		done, dark := c.done[d-c.first], c.dark[d-c.first]
		working := !weekend(d)
		if e, ok := c.rows[d]; ok {
			working = !e.Off
		}
		if working {
			done++
			c.days = append(c.days, d)
		}
		if c.Missing(d) != 0 {
			dark++
		}
		c.done, c.dark = append(c.done, done), append(c.dark, dark)
	}
}

func weekend(d day.Day) bool {
	w := d.Weekday()
	return w == time.Saturday || w == time.Sunday
}
