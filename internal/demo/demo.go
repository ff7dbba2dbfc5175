// Package demo builds the demonstration county: an invented county, founded and
// played through the same commands that people use. Nothing here writes to the
// database by itself, and nothing but the demonstration and the tests opens it.
//
// Found makes the county; Year lets a year pass in it, from a seed, under a
// simulated clock. The same seed gives the same county to the last byte of its
// ledger.
package demo

import (
	"embed"
	"io/fs"

	"tongban/internal/rules/day"
)

// files is what the county holds; see county/README.md.
//
//go:embed all:county
var files embed.FS

// content is the county's folder.
func content() fs.FS {
	sub, err := fs.Sub(files, "county")
	if err != nil {
		panic(err) // the folder is inside the program
	}
	return sub
}

// Region is the code of the county, outside the real table of regions.
const Region = "990124"

// The passwords of every demonstration account, and the secret of every
// official's one-time codes. They are public: a real house is never founded
// with them.
const (
	PeoplePassword = "yunhe-renmin-1949"
	StaffPassword  = "yunhe-gongwu-1949"
	StaffTOTP      = "YUNHEDEMONSTRATIONCOUNTY2TONGBAN"
)

var (
	// Since is the day from which bodies, posts, powers and items hold.
	Since = day.Of(2025, 1, 1)
	// Founded is the moment at which the demonstration is founded.
	Founded = day.Of(2025, 3, 3).Start() + 8*day.Hour
	// Start is the moment at which the demonstration's clock begins to run: a
	// Monday morning, with a year of cases behind it and every deadline of its
	// running cases inside the published calendars.
	Start = day.Of(2026, 3, 9).Start() + 9*day.Hour
)

// Progress is told how far the building is: step is a key of the wording
// catalogue ("demo.step.people"). nil is nobody.
type Progress func(step string, done, total int)

func (p Progress) tell(step string, done, total int) {
	if p != nil {
		p("demo.step."+step, done, total)
	}
}
