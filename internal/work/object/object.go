// Package object is objections to the public lists: anybody may object to an entry
// or to an item's guide, with or without an account, and is answered within a limit
// with reasons by the agency whose entry it is, or, once that is overdue, by those
// who manage the lists of the whole area (a second look upward).
//
// It mends nothing: an answer that mends names the adjustment (work/adjust) or the
// version of the entry that does. What was said and who said it lie in the vault and
// are destroyed a set time after the answer; the public reads what the answer shows
// of it. Who objected with an account is told of the answer.
package object

import (
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/record/vault"
	"tongban/internal/register/catalog"
	"tongban/internal/register/identity"
	"tongban/internal/rules/day"
	"tongban/internal/rules/gbcode"
	"tongban/internal/rules/workday"
)

// The commands of this room.
var (
	CommandFile   = act.Command{Name: "objection.file"} // anybody's
	CommandOpen   = act.Command{Name: "objection.open", Right: "objection.answer"}
	CommandAnswer = act.Command{Name: "objection.answer", Right: "objection.answer"}
	CommandErase  = act.Command{Name: "objection.erase"} // the platform's
)

// Commands lists the commands of this room.
func Commands() []act.Command {
	return []act.Command{CommandFile, CommandOpen, CommandAnswer, CommandErase}
}

// Desk takes and answers objections.
type Desk struct {
	Runner   *act.Runner
	People   *identity.Register
	Items    *catalog.Catalog
	Vault    *vault.Vault
	Calendar func() *workday.Calendar
	Region   string // area whose lists they are
	// Adjusts finds the adjustment with a document that changes an entry of a list;
	// false where there is none that may still take effect or did.
	Adjusts func(tx *store.Tx, document, list, code string) (id int64, found bool, err error)
}

// OnItems stands in place of a list where an item's guide is objected to.
const OnItems = "item"

// How an objection was answered; "" is not yet.
const (
	Mended = "mended"
	Kept   = "kept" // the entry stays as it is
)

// Outcomes lists how an objection may be answered.
var Outcomes = []string{Mended, Kept}

// Who answers.
const (
	ByAgency = "agency"
	ByCounty = "county"
)

// State is how an objection stands on a day.
type State string

// The states.
const (
	Open     State = "open"     // the agency answers
	Overdue  State = "overdue"  // it did not in time: the county answers
	Answered State = "answered" //
)

// States lists them.
func States() []State { return []State{Open, Overdue, Answered} }

// Objection is one objection, without what is sealed.
type Objection struct {
	ID      int64
	Number  string
	List    string // key of the kind of list, or OnItems
	Code    string
	Name    string
	Version int    // of the entry that was objected to
	Agency  string // that answers; "" the county itself
	Region  string
	Person  int64 // 0 for nobody signed in
	Filed   day.Instant
	Until   day.Day // last day for the agency
	Second  day.Day // last day of the second look

	Outcome    string
	Level      string // ByAgency, ByCounty
	Document   string // of the adjustment that mends it
	Adjustment int64
	Mending    int // version of the entry that mends it, 0 for none
	Shown      string
	Answer     string
	AnsweredBy int64
	AnsweredAt day.Instant
	Erased     day.Instant // when who made it and what they wrote was destroyed; 0 for not yet

	key  int64
	said []byte
}

// StateOn tells how it stands on a day.
func (x *Objection) StateOn(d day.Day) State {
	switch {
	case x.Outcome != "":
		return Answered
	case x.Agency == "" || d > x.Until:
		return Overdue
	}
	return Open
}

// Due is the last day for whoever answers on a day d.
func (x *Objection) Due(d day.Day) day.Day {
	if x.StateOn(d) == Open {
		return x.Until
	}
	return x.Second
}

// Late tells whether the answer came, or is missing on a day, after the agency's limit.
func (x *Objection) Late(d day.Day) bool {
	if x.Outcome != "" {
		d = x.AnsweredAt.Day()
	}
	return d > x.Until
}

const columns = `id, number, list, code, name, version, agency, region, person, filed, until_day, second_until, outcome, level, document, adjustment, mending,
	shown, answer, answered_by, answered, erased, data_key, said`

func scan(r store.Row) (x Objection, err error) {
	return x, r.Scan(&x.ID, &x.Number, &x.List, &x.Code, &x.Name, &x.Version, &x.Agency, &x.Region, &x.Person, &x.Filed, &x.Until, &x.Second, &x.Outcome, &x.Level,
		&x.Document, &x.Adjustment, &x.Mending, &x.Shown, &x.Answer, &x.AnsweredBy, &x.AnsweredAt, &x.Erased, &x.key, &x.said)
}

// scope is whose it is.
func (x *Objection) scope() act.Scope { return act.Scope{Agency: x.Agency, Region: x.Region} }

// note writes an event on the objection's stream. Facts are public: nothing of who
// objected, nor what they wrote, is among them.
func (x *Objection) note(c *act.Call, kind string, item int64, facts map[string]any) error {
	facts["number"], facts["list"], facts["code"] = x.Number, x.List, x.Code
	_, err := c.Note(nil, ledger.Event{Stream: "objection/" + x.Number, Kind: "objection." + kind, Day: c.Today(), Item: item, Facts: facts})
	return err
}

// IsNumber tells an objection's number from a case's.
func IsNumber(s string) bool { return strings.Contains(tidy(s), "-Y") }

func tidy(s string) string { return strings.ToUpper(strings.TrimSpace(gbcode.Normalize(s))) }
