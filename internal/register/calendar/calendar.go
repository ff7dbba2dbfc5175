// Package calendar keeps the published holiday notices of a home: the years
// inside the program (2015–2026) and those imported since. It answers with one
// immutable workday.Calendar; what it cannot know yet is provisional there.
//
// Each December the next year's notice is imported (`tongban calendar import`):
// a command with an event, after which whoever keeps due dates counted over
// days that were not known recomputes them, in the same transaction.
package calendar

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/workday"
)

// Import is the command that brings in a year's notice.
var Import = act.Command{Name: "calendar.import", Right: "calendar.import"}

// Recompute is told of a new calendar inside the command that brings it, so
// that due dates that rested on days not known are counted again before
// anybody sees the new one. An error ends the command.
type Recompute func(c *act.Call, was, now *workday.Calendar) error

// Calendars remembers the calendar of a home. It is safe for concurrent use.
type Calendars struct {
	builtIn *workday.Calendar
	last    atomic.Pointer[known]

	mu  sync.Mutex
	ask []Recompute
}

// known is a calendar under the epoch that it was read at.
type known struct {
	epoch int64
	cal   *workday.Calendar
}

// New makes calendars that know the years inside the program and have read no
// others yet.
func New() *Calendars {
	c := &Calendars{builtIn: workday.Default()}
	c.last.Store(&known{cal: c.builtIn})
	return c
}

// OnImport adds what is to be done, in order, within each import that changes
// something.
func (c *Calendars) OnImport(f Recompute) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ask = append(c.ask, f)
}

// Current is the calendar as it was last read. In and Refresh read it; a node
// calls Refresh at its start and from time to time, because another may import.
func (c *Calendars) Current() *workday.Calendar { return c.last.Load().cal }

// Refresh reads what has been imported since.
func (c *Calendars) Refresh(ctx context.Context, s *store.Store) error {
	return s.Read(ctx, func(tx *store.Tx) error {
		_, err := c.In(tx)
		return err
	})
}

// In is the calendar as this transaction sees it.
func (c *Calendars) In(tx *store.Tx) (*workday.Calendar, error) {
	var epoch int64
	if _, err := tx.Get([]any{&epoch}, `select n from calendar_epoch where home = $1`, tx.Home()); err != nil {
		return nil, err
	}
	k := c.last.Load()
	if k.epoch == epoch {
		return k.cal, nil
	}
	cal, err := c.read(tx)
	if err != nil {
		return nil, err
	}
	c.last.CompareAndSwap(k, &known{epoch, cal})
	return cal, nil
}

func (c *Calendars) read(tx *store.Tx) (*workday.Calendar, error) {
	cal := c.builtIn
	err := tx.Each(func(r store.Row) error {
		var file string
		if err := r.Scan(&file); err != nil {
			return err
		}
		y, err := workday.Parse([]byte(file))
		if err == nil {
			cal, err = cal.With(y)
		}
		return err
	}, `select file from calendar_year where home = $1 order by year`, tx.Home())
	return cal, err
}

// Imported says what an import did.
type Imported struct {
	Year    int    `json:"year"`
	Changed bool   `json:"changed"` // false: everything was known already
	Version string `json:"version"` // fingerprint of the calendar now in use
}

// ImportYear brings in one year's notice, as the JSON that workday.Parse
// reads. What is known already changes nothing and leaves no event. A file
// older than what is known is refused, for a later notice changed the year.
func (c *Calendars) ImportYear(ctx context.Context, r *act.Runner, a act.Actor, token string, file []byte) (Imported, error) {
	return act.Run(ctx, r, a, token, Import, file, c.importYear)
}

func (c *Calendars) importYear(call *act.Call, file []byte) (Imported, error) {
	if err := call.Allow(act.Scope{}); err != nil {
		return Imported{}, err
	}
	y, err := workday.Parse(file)
	if err != nil {
		return Imported{}, refused(err)
	}
	if err := lock(call.Tx); err != nil {
		return Imported{}, err
	}
	was, err := c.In(call.Tx)
	if err != nil {
		return Imported{}, err
	}
	now, err := was.With(y)
	if err != nil {
		return Imported{}, refused(err)
	}
	old, there := was.Year(y.Year)
	same, err := equal(old, y)
	if err != nil {
		return Imported{}, err
	}
	if there && same {
		return Imported{Year: y.Year, Version: was.Version()}, nil
	}
	if from, known := y.KnownFrom(), old.KnownFrom(); there && from != 0 && from < known {
		return Imported{}, act.Wrong("calendar.older", "year", y.Year, "known", known, "got", from)
	}
	if err := write(call, y, now, there); err != nil {
		return Imported{}, err
	}
	if err := c.tell(call, was, now); err != nil {
		return Imported{}, err
	}
	c.bump(call.Tx, now)
	return Imported{Year: y.Year, Changed: true, Version: now.Version()}, nil
}

// bump puts a new epoch into the command's batch. The value is an id, which no
// other command gets, not even after a rollback: what somebody read of a
// command that was not committed is never taken for true later.
func (c *Calendars) bump(tx *store.Tx, now *workday.Calendar) {
	epoch := tx.NewID()
	tx.Put(`update calendar_epoch set n = $2 where home = $1`, tx.Home(), epoch)
	tx.After(func() { c.last.Store(&known{epoch, now}) })
}

// lock makes imports follow each other, so that each sees what the one before
// it left.
func lock(tx *store.Tx) error {
	_, err := tx.Exec(`insert into calendar_epoch(home, n) values($1, 0) on conflict (home) do update set n = calendar_epoch.n`, tx.Home())
	return err
}

func write(call *act.Call, y workday.Year, now *workday.Calendar, there bool) error {
	tx := call.Tx
	file, err := json.Marshal(y)
	if err != nil {
		return err
	}
	tx.Put(`insert into calendar_year(home, year, file, known_from, version, imported, imported_by) values($1, $2, $3, $4, $5, $6, $7)
		on conflict (home, year) do update set file = excluded.file, known_from = excluded.known_from, version = excluded.version,
		imported = excluded.imported, imported_by = excluded.imported_by`,
		tx.Home(), y.Year, string(file), y.KnownFrom(), now.Version(), tx.Now(), call.Actor.Person)
	papers := make([]string, len(y.Notices))
	for i, n := range y.Notices {
		papers[i] = n.URL
	}
	_, err = call.Note(nil, ledger.Event{Stream: "calendar", Kind: "calendar.imported", Facts: map[string]any{
		"year": y.Year, "notices": papers, "known_from": y.KnownFrom().String(), "days": len(y.Rows),
		"replaced": there, "calendar": now.Version(),
	}})
	return err
}

func (c *Calendars) tell(call *act.Call, was, now *workday.Calendar) error {
	c.mu.Lock()
	ask := c.ask
	c.mu.Unlock()
	for _, f := range ask {
		if err := f(call, was, now); err != nil {
			return fmt.Errorf("recompute after calendar import: %w", err)
		}
	}
	return nil
}

func equal(a, b workday.Year) (bool, error) {
	x, err := json.Marshal(a)
	if err != nil {
		return false, err
	}
	y, err := json.Marshal(b)
	return string(x) == string(y), err
}

// Entry is one year of the calendar in use, for the page that lists them.
type Entry struct {
	Year      int
	Notices   []workday.Notice
	KnownFrom day.Day     // 0 where the notice's day is not known
	Imported  day.Instant // 0 for a year inside the program
	By        int64       // the person who imported it
}

// Entries lists the years in use, oldest first.
func (c *Calendars) Entries(tx *store.Tx) ([]Entry, error) {
	cal, err := c.In(tx)
	if err != nil {
		return nil, err
	}
	list := make([]Entry, 0, len(cal.Years()))
	for _, n := range cal.Years() {
		y, _ := cal.Year(n)
		e := Entry{Year: n, Notices: y.Notices, KnownFrom: y.KnownFrom()}
		if _, err := tx.Get([]any{&e.Imported, &e.By}, `select imported, imported_by from calendar_year where home = $1 and year = $2`, tx.Home(), n); err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, nil
}
