// Package adjust is the dynamic adjustment of the catalogue (动态调整): one document
// with all that it changes goes from a draft through checks, the agencies' consent,
// a panel on legality and reasonableness and the government's decision to a public
// notice, and takes effect on its day, in all lists at once. A law that changed is
// where one may begin; a batch of a higher level opens a task for every body below.
//
// It keeps what was said at each stage. What is on a list is the register's
// (register/lists, catalog, power), which it changes through their own functions.
// Running cases keep the version that they began with, unless the change of their
// item says, on an article, that they are moved to the new one.
package adjust

import (
	"strconv"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/identity"
	"tongban/internal/register/lists"
	"tongban/internal/register/power"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
	"tongban/internal/rules/workday"
)

// The commands of this room.
var (
	CommandDraft    = act.Command{Name: "adjust.draft", Right: "adjust.draft"}
	CommandEdit     = act.Command{Name: "adjust.edit", Right: "adjust.draft"}
	CommandDrop     = act.Command{Name: "adjust.drop", Right: "adjust.draft"}
	CommandAccept   = act.Command{Name: "adjust.accept", Right: "adjust.draft"}
	CommandStay     = act.Command{Name: "adjust.stay", Right: "adjust.draft"}
	CommandHandIn   = act.Command{Name: "adjust.hand_in", Right: "adjust.draft"}
	CommandReopen   = act.Command{Name: "adjust.reopen", Right: "adjust.draft"}
	CommandConsent  = act.Command{Name: "adjust.consent", Right: "adjust.consent"}
	CommandConvene  = act.Command{Name: "adjust.convene", Right: "adjust.draft"}
	CommandOpine    = act.Command{Name: "adjust.opine", Right: "adjust.opine"}
	CommandDecide   = act.Command{Name: "adjust.decide", Right: "adjust.decide"}
	CommandAnnounce = act.Command{Name: "adjust.announce", Right: "adjust.publish"}
	CommandComment  = act.Command{Name: "adjust.comment", Right: "adjust.comment"}
	CommandAnswer   = act.Command{Name: "adjust.answer", Right: "adjust.publish"}
	CommandRedate   = act.Command{Name: "adjust.redate", Right: "adjust.publish"}
	CommandApply    = act.Command{Name: "adjust.apply", Right: "adjust.publish"}
	CommandOrder    = act.Command{Name: "adjust.order", Right: "adjust.draft"}
	CommandFollow   = act.Command{Name: "adjust.follow", Right: "adjust.consent"}
)

// Commands lists the commands of this room.
func Commands() []act.Command {
	return []act.Command{CommandDraft, CommandEdit, CommandDrop, CommandAccept, CommandStay, CommandHandIn, CommandReopen, CommandConsent, CommandConvene,
		CommandOpine, CommandDecide, CommandAnnounce, CommandComment, CommandAnswer, CommandRedate, CommandApply, CommandOrder, CommandFollow}
}

// Desk adjusts the catalogue.
type Desk struct {
	Runner   *act.Runner
	People   *identity.Register
	Lists    *lists.Register
	Items    *catalog.Catalog
	Power    *power.Register
	Calendar func() *workday.Calendar
	Region   string
	// MoveCases orders the moves of running cases inside the command that carries an
	// adjustment out.
	MoveCases func(c *act.Call, m Moves)
	// Limits; the zero value of each is its default.
	ConsentTerm workday.Term // for agencies to answer: 5 working days
	NoticeTerm  workday.Term // of the public notice: 7 working days
}

// Where an adjustment comes from.
const (
	Own   = "own"   // of one's own motion
	Law   = "law"   // a law was made, changed, repealed or interpreted
	Above = "above" // a batch of a higher level
)

// Sources lists where an adjustment may come from.
var Sources = []string{Own, Law, Above}

// Levels lists who adjusts.
var Levels = []string{"county", "city", "province", "state"}

// The stages.
const (
	Draft   = "draft"   // being written
	Consent = "consent" // the agencies concerned are asked
	Panel   = "panel"   // the panel looks at it; then the government decides
	Decided = "decided" // approved, not yet announced
	Notice  = "notice"  // announced, the public may comment
	Done    = "done"    // applied to the lists
	Refused = "refused" // the government said no
	Dropped = "dropped" // put away
)

// Way lists the stages of an adjustment that goes through.
var Way = []string{Draft, Consent, Panel, Decided, Notice, Done}

// Adjustment is one document with all that it changes, without its entries.
type Adjustment struct {
	ID           int64
	Document     string
	Level        string
	Reason       string
	Source       string
	LawChange    int64 // of register/law; 0 for none
	Order        int64 // the batch from above; 0 for none
	Region       string
	Stage        string
	From         day.Day // effective day
	Rev          int     // counts changes of what it says
	By           int64   // who drafted it
	Agency       string
	Began        day.Instant
	HandedBy     int64
	HandedAt     day.Instant
	ConsentUntil day.Day
	Approved     bool
	Decision     string // reason of the decision
	DecidedBy    int64
	DecidedAt    day.Instant
	NoticeFrom   day.Day
	NoticeUntil  day.Day // last day for comments
	DoneBy       int64
	DoneAt       day.Instant
}

// At names an adjustment as somebody saw it: what it said then is what they act on.
type At struct {
	ID  int64
	Rev int
}

const columns = `id, document, level, reason, source, law_change, ordered, region, stage, from_day, rev, drafted_by, agency, began, handed_by, handed_at,
	consent_until, approved, decision, decided_by, decided_at, notice_from, notice_until, done_by, done_at`

func scan(r store.Row) (a Adjustment, err error) {
	return a, r.Scan(&a.ID, &a.Document, &a.Level, &a.Reason, &a.Source, &a.LawChange, &a.Order, &a.Region, &a.Stage, &a.From, &a.Rev, &a.By, &a.Agency, &a.Began,
		&a.HandedBy, &a.HandedAt, &a.ConsentUntil, &a.Approved, &a.Decision, &a.DecidedBy, &a.DecidedAt, &a.NoticeFrom, &a.NoticeUntil, &a.DoneBy, &a.DoneAt)
}

// hold takes an adjustment for a command of those who manage its area, or, of
// what an agency drafted, of those who manage the agency's part.
func hold(c *act.Call, at At, stages ...string) (Adjustment, error) {
	return holdFor(c, at, func(a Adjustment) act.Scope { return act.Scope{Agency: a.Agency, Region: a.Region} }, stages...)
}

// holdWhole takes an adjustment for a command of those who manage the whole area:
// what was handed in is no longer the agency's alone.
func holdWhole(c *act.Call, at At, stages ...string) (Adjustment, error) {
	return holdFor(c, at, func(a Adjustment) act.Scope { return act.Scope{Region: a.Region} }, stages...)
}

// ownOnly refuses an adjustment with an entry of an agency over which the actor
// has not the command's right: an agency drafts about what is its own.
func (a Adjustment) ownOnly(c *act.Call) error {
	whose, err := store.All(c.Tx, func(r store.Row) (key string, err error) { return key, r.Scan(&key) },
		`select distinct agency from adjustment_entry where home = $1 and adjustment = $2 order by agency`, c.Tx.Home(), a.ID)
	for _, agency := range whose {
		if err == nil {
			err = c.Allow(act.Scope{Agency: agency, Region: a.Region})
		}
	}
	return err
}

// holdFor takes an adjustment for a command: it asks for the right, then whether
// it still says what was seen and stands where the command may be given.
func holdFor(c *act.Call, at At, scope func(Adjustment) act.Scope, stages ...string) (Adjustment, error) {
	a, found, err := store.Held(c.Tx, scan, `select `+columns+` from adjustment where home = $1 and id = $2`, c.Tx.Home(), at.ID)
	if err == nil && !found {
		err = act.Missing("adjust.thing.adjustment")
	}
	if err != nil {
		return a, err
	}
	if err := c.Allow(scope(a)); err != nil {
		return a, err
	}
	if a.Rev != at.Rev {
		return a, act.Changed("adjust.thing.adjustment")
	}
	for _, s := range stages {
		if a.Stage == s {
			return a, nil
		}
	}
	return a, act.Changed("adjust.thing.adjustment")
}

// Stream is the ledger stream of an adjustment.
func Stream(id int64) string { return "adjustment/" + strconv.FormatInt(id, 10) }

// note writes an event on the adjustment's stream.
func (a Adjustment) note(c *act.Call, kind string, facts map[string]any) error {
	facts["adjustment"], facts["document"] = a.ID, a.Document
	_, err := c.Note(nil, ledger.Event{Stream: Stream(a.ID), Kind: "adjust." + kind, Day: a.From, Facts: facts})
	return err
}

// move puts the adjustment to another stage.
func (a Adjustment) move(c *act.Call, stage string) {
	c.Tx.PutOne(act.Changed("adjust.thing.adjustment"), `update adjustment set stage = $3 where home = $1 and id = $2 and stage = $4 and rev = $5`,
		c.Tx.Home(), a.ID, stage, a.Stage, a.Rev)
}

const (
	maxDocument = 100  // characters
	maxWords    = 1000 // of a reason, an opinion, a comment, an answer
)

// said checks what somebody gave as a reason.
func said(words string) error {
	if n := len([]rune(words)); strings.TrimSpace(words) == "" || n > maxWords {
		return act.WrongFields("adjust.wrong", []act.Field{{Name: "reason", Msg: wording.M("adjust.reason", "max", maxWords, "got", n)}})
	}
	return nil
}

func (d *Desk) consentTerm() workday.Term {
	if d.ConsentTerm.IsZero() {
		return workday.Term{Days: 5, Unit: workday.WorkingDays}
	}
	return d.ConsentTerm
}

func (d *Desk) noticeTerm() workday.Term {
	if d.NoticeTerm.IsZero() {
		return workday.Term{Days: 7, Unit: workday.WorkingDays}
	}
	return d.NoticeTerm
}

// until is the last day of a term that begins today.
func (d *Desk) until(from day.Day, t workday.Term) day.Day {
	if t.Unit == workday.WorkingDays {
		return d.Calendar().Add(from, t.Days).Day
	}
	return from + day.Day(t.Days)
}
