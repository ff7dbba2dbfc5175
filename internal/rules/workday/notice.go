package workday

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// Bounds of a yearly file; anything beyond them is not a holiday notice.
const (
	minYear   = 1950
	maxYear   = 2999
	maxBytes  = 1 << 20
	maxRows   = 400
	maxPapers = 20
	maxName   = 50 // runes
)

// Row is one day that a notice speaks of: a day off, or a weekend day (or a
// day that an earlier notice had made a holiday) on which work is done.
type Row struct {
	Day  day.Day `json:"date"`
	Name string  `json:"name"`
	Off  bool    `json:"isOffDay"`
}

// Notice is a published notice on the holidays of a year.
type Notice struct {
	URL string
	// On is the day of publication, zero where the address does not tell it.
	On day.Day
}

// Year is what has been published about one calendar year. Its rows may lie in
// the year itself and on 25–31 December of the year before, which the notices
// for 2019 and 2023 did change.
type Year struct {
	Year    int
	Notices []Notice
	Rows    []Row // by day, no day twice
}

// KnownFrom is the day from which the rows stood as they are: the publication
// of the latest notice, zero where that day is not known.
func (y Year) KnownFrom() day.Day {
	var latest day.Day
	for _, n := range y.Notices {
		if n.On == 0 {
			return 0
		}
		latest = max(latest, n.On)
	}
	return latest
}

// Changed tells whether a later notice changed the year after the first one,
// as happened to 2015, 2019 and 2020 while they ran.
func (y Year) Changed() bool { return len(y.Notices) > 1 }

// MarshalJSON writes the form that Parse reads.
func (y Year) MarshalJSON() ([]byte, error) {
	file := struct {
		Year   int      `json:"year"`
		Papers []string `json:"papers"`
		Days   []Row    `json:"days"`
	}{Year: y.Year, Papers: []string{}, Days: y.Rows}
	for _, n := range y.Notices {
		file.Papers = append(file.Papers, n.URL)
	}
	if file.Days == nil {
		file.Days = []Row{}
	}
	return json.Marshal(file)
}

// Faults are all the reasons why a file was refused, one per fault.
type Faults []wording.Message

// Error lists the faults in Chinese, one per line.
func (f Faults) Error() string { return f.In(wording.ZH) }

// In lists the faults in a language, one per line.
func (f Faults) In(lang wording.Lang) string {
	lines := make([]string, len(f))
	for i, m := range f {
		lines[i] = m.In(lang)
	}
	return strings.Join(lines, "\n")
}

// Parse reads the yearly file of NateScarlet/holiday-cn: {year, papers,
// days: [{name, date, isOffDay}]}. The error is a Faults that names every bad
// row; a file without a row in its own year (the placeholder of a year that is
// not yet announced) is refused, because it would make unknown days known.
func Parse(data []byte) (Year, error) {
	if len(data) > maxBytes {
		return Year{}, Faults{wording.M("workday.file.large")}
	}
	var file struct {
		Year   int               `json:"year"`
		Papers []string          `json:"papers"`
		Days   []json.RawMessage `json:"days"`
	}
	dec := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
	if err := dec.Decode(&file); err != nil {
		return Year{}, Faults{wording.M("workday.file.form", "at", place(err, len(data)))}
	}
	if _, err := dec.Token(); err != io.EOF {
		return Year{}, Faults{wording.M("workday.file.more")}
	}
	if file.Year < minYear || file.Year > maxYear {
		return Year{}, Faults{wording.M("workday.file.year", "from", minYear, "to", maxYear)}
	}
	if len(file.Days) > maxRows || len(file.Papers) > maxPapers {
		return Year{}, Faults{wording.M("workday.file.large")}
	}
	y := Year{Year: file.Year}
	for _, url := range file.Papers {
		y.Notices = append(y.Notices, Notice{URL: url, On: published(url)})
	}
	var faults Faults
	y.Rows, faults = rows(file.Year, file.Days)
	if len(faults) > 0 {
		return Year{}, faults
	}
	return y, nil
}

// place is the byte near which a file could not be read.
func place(err error, size int) int64 {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return syntax.Offset
	case errors.As(err, &kind):
		return kind.Offset
	}
	return int64(size)
}

// rows reads the rows of a year and names each bad one by its place, from 1.
func rows(year int, raw []json.RawMessage) ([]Row, Faults) {
	var (
		list   []Row
		faults Faults
		seen   = make(map[day.Day]int, len(raw))
		own    = false
	)
	for i, r := range raw {
		row, why := parseRow(year, r)
		if why.IsZero() {
			if first, twice := seen[row.Day]; twice {
				why = wording.M("workday.row.twice", "day", row.Day, "first", first)
			}
		}
		if !why.IsZero() {
			faults = append(faults, wording.M("workday.row", "n", i+1, "why", why))
			continue
		}
		seen[row.Day] = i + 1
		own = own || row.Day.Year() == year
		list = append(list, row)
	}
	if !own && len(faults) == 0 {
		faults = append(faults, wording.M("workday.file.empty", "year", year))
	}
	slices.SortFunc(list, func(a, b Row) int { return int(a.Day - b.Day) })
	return list, faults
}

func parseRow(year int, raw json.RawMessage) (Row, wording.Message) {
	var r struct {
		Name *string `json:"name"`
		Date *string `json:"date"`
		Off  *bool   `json:"isOffDay"`
	}
	if err := json.Unmarshal(raw, &r); err != nil {
		return Row{}, wording.M("workday.row.form")
	}
	if r.Date == nil || r.Name == nil || r.Off == nil {
		return Row{}, wording.M("workday.row.missing")
	}
	d, err := day.Parse(*r.Date)
	if err != nil {
		return Row{}, wording.M("workday.row.date", "date", printable(*r.Date))
	}
	if d.Year() != year && !(d.Year() == year-1 && inLastWeek(d)) {
		return Row{}, wording.M("workday.row.outside", "day", d, "year", year, "before", year-1)
	}
	if name := *r.Name; strings.TrimSpace(name) == "" || printable(name) != name {
		return Row{}, wording.M("workday.row.name", "day", d, "max", maxName)
	}
	return Row{Day: d, Name: *r.Name, Off: *r.Off}, wording.Message{}
}

// inLastWeek tells whether d is one of 25–31 December, the days that the next
// year's notice may still change.
func inLastWeek(d day.Day) bool {
	_, m, dom := d.Date()
	return m == 12 && dom >= 25
}

// printable cuts s to what may be shown in a message.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
	if runes := []rune(s); len(runes) > maxName {
		return string(runes[:maxName])
	}
	return s
}

// dated finds the day in an address such as …/zhengceku/2022-12/08/content_….htm.
var dated = regexp.MustCompile(`/(\d{4})-(\d{2})/(\d{2})/`)

// published reads the day of publication off a notice's address, zero where
// the address has no day (newer ones tell the month only).
func published(url string) day.Day {
	m := dated.FindStringSubmatch(url)
	if m == nil {
		return 0
	}
	d, err := day.Parse(fmt.Sprintf("%s-%s-%s", m[1], m[2], m[3]))
	if err != nil {
		return 0
	}
	return d
}
