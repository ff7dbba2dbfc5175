// Package doctor looks at everything that a running platform leans on: disk,
// clock, calendar, keys, backups, ledger, database, files. It changes nothing,
// works beside a running server and with the server stopped, and says of each
// thing whether it is well and, if not, what to do.
package doctor

import (
	"context"
	"encoding/json"
	"time"

	"tongban/internal/house"
	"tongban/internal/rules/wording"
)

// Level is how a thing stands. Its number is the exit code that it asks for.
type Level int

// The levels.
const (
	OK Level = iota
	Warn
	Bad
)

// String is the level in a word.
func (l Level) String() string { return [...]string{"ok", "warn", "bad"}[l] }

// Finding is what was found of one thing.
type Finding struct {
	Check string // stable name: disk, clock, keys …
	Level Level
	What  wording.Message
	Do    wording.Message // zero where nothing is to be done
}

// Report is what Examine found.
type Report []Finding

// Worst is the level of the worst finding.
func (r Report) Worst() Level {
	worst := OK
	for _, f := range r {
		worst = max(worst, f.Level)
	}
	return worst
}

// Spoken is the report as JSON, with its sentences in a language.
func (r Report) Spoken(lang wording.Lang) any {
	type line struct {
		Check string `json:"check"`
		Level string `json:"level"`
		Code  string `json:"code"`
		What  string `json:"what"`
		Do    string `json:"do,omitempty"`
	}
	list := make([]line, len(r))
	for i, f := range r {
		list[i] = line{f.Check, f.Level.String(), f.What.Key, f.What.In(lang), ""}
		if !f.Do.IsZero() {
			list[i].Do = f.Do.In(lang)
		}
	}
	return struct {
		Level  string `json:"level"`
		Checks []line `json:"checks"`
	}{r.Worst().String(), list}
}

// MarshalJSON writes the report in Chinese.
func (r Report) MarshalJSON() ([]byte, error) { return json.Marshal(r.Spoken(wording.ZH)) }

// Options say what is examined.
type Options struct {
	House house.Options // where things lie; Backups.Dir "" means that nobody makes backups here
	Last  int64         // how many of the last acts are verified
	Full  bool          // verify the whole record, check the whole database, read the newest backup
	// Machine is what is asked of the machine; the zero value asks it.
	Machine Machine
}

// examination is one run.
type examination struct {
	o   Options
	now time.Time
	out Report
}

// Examine looks at everything. It never fails: what cannot be looked at is a
// finding.
func Examine(ctx context.Context, o Options) Report {
	o.House = o.House.Places()
	if o.Last <= 0 {
		o.Last = 1000
	}
	o.Machine.fill()
	e := &examination{o: o, now: o.Machine.Now()}
	e.disks()
	e.clock()
	e.files()
	e.limits()
	e.keys()
	e.backups()
	e.database(ctx)
	return e.out
}

func (e *examination) ok(check, key string, pairs ...any) {
	e.out = append(e.out, Finding{Check: check, Level: OK, What: wording.M("doctor."+key, pairs...)})
}

// found adds something that is not well; what to do is the same key with .do.
func (e *examination) found(l Level, check, key string, pairs ...any) {
	e.out = append(e.out, Finding{Check: check, Level: l, What: wording.M("doctor."+key, pairs...), Do: wording.M("doctor."+key+".do", pairs...)})
}
