// Package inspect is the check of the live catalogue (清单体检): it fills in what
// rules/checkup judges from the registers (Live), keeps what each run found, from
// the day of first sight to the day on which it was mended, and what a person
// accepted with a reason.
//
// It mends nothing: entries are changed by an adjustment (work/adjust), which
// judges what would result with the same parts.
package inspect

import (
	"tongban/internal/record/act"
	"tongban/internal/register/catalog"
	"tongban/internal/register/identity"
	"tongban/internal/rules/checkup"
	"tongban/internal/rules/day"
)

// The commands of this room.
var (
	CommandRun    = act.Command{Name: "inspect.run", Right: "item.inspect"}
	CommandAccept = act.Command{Name: "inspect.accept", Right: "item.accept_finding"}
	CommandReopen = act.Command{Name: "inspect.reopen", Right: "item.accept_finding"}
)

// Commands lists the commands of this room.
func Commands() []act.Command { return []act.Command{CommandRun, CommandAccept, CommandReopen} }

// Desk checks the catalogue.
type Desk struct {
	Runner *act.Runner
	People *identity.Register
	Items  *catalog.Catalog
	Region string // area whose catalogue it is

	said func() // called when it was said how far an ordered check is
}

// Run is one check of the whole catalogue. Accepted findings are counted apart
// from the others.
type Run struct {
	ID       int64          `json:"id"`
	Region   string         `json:"region"`
	On       day.Day        `json:"on"`    // the lists of this day
	Rules    []string       `json:"rules"` // keys of the rules that were gone through
	Items    int            `json:"items"` // that were judged
	Powers   int            `json:"powers"`
	Errors   int            `json:"errors"`
	Warnings int            `json:"warnings"`
	Notes    int            `json:"notes"`
	Accepted int            `json:"accepted"`
	Fresh    int            `json:"fresh"`   // not found by the run before
	Mended   int            `json:"mended"`  // found before and no longer
	ByRule   map[string]int `json:"by_rule"` // open findings
	By       int64          `json:"by"`      // 0: the platform
	At       day.Instant    `json:"at"`
}

// State is how a finding stands.
type State string

// The states of a finding.
const (
	Open     State = "open"
	Accepted State = "accepted" // a person accepted it, with a reason
	Mended   State = "mended"   // the newest run no longer had it
)

// States lists them.
func States() []State { return []State{Open, Accepted, Mended} }

// Finding is something that a run found, and what became of it.
type Finding struct {
	checkup.Plain
	Agency string  // whose entry it is about; "" where that is nobody's alone
	State  State   //
	First  day.Day // of first sight
	Mended day.Day // on which a run no longer had it; 0 before
	Rev    int     // counts what persons said of it
	Reason string  // for which it was accepted
	By     int64
	At     day.Instant
}

// Acceptable tells whether a person may accept findings of this weight: what
// breaks a law or a list is mended.
func Acceptable(s checkup.Severity) bool { return s != checkup.Error }
