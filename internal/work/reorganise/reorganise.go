// Package reorganise carries out a reorganisation of agencies (机构改革): they merge,
// split, are renamed, or hand their licensing to one bureau (相对集中行政许可权，
// 行政许可法第二十五条). One document with one day is written by one person, decided by
// another, and carried out on its day as a whole or not at all.
//
// It keeps who took what over from whom. What an agency is, holds and works on is the
// registers', which it changes through their own functions: identity, power, lists,
// catalog, casework. What an agency wrote stays as it was; Answers finds who answers
// for it since.
package reorganise

import (
	"strconv"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/identity"
	"tongban/internal/register/lists"
	"tongban/internal/register/power"
	"tongban/internal/rules/day"
)

// The commands of this room.
var (
	CommandDraft  = act.Command{Name: "reorganise.draft", Right: "reorganise.draft"}
	CommandEdit   = act.Command{Name: "reorganise.edit", Right: "reorganise.draft"}
	CommandDrop   = act.Command{Name: "reorganise.drop", Right: "reorganise.draft"}
	CommandDecide = act.Command{Name: "reorganise.decide", Right: "reorganise.decide"}
	CommandCarry  = act.Command{Name: "reorganise.carry", Right: "reorganise.draft"}
)

// Look is the right to read what is written and not yet carried out.
const Look = "reorganise.look"

// Commands lists the commands of this room.
func Commands() []act.Command {
	return []act.Command{CommandDraft, CommandEdit, CommandDrop, CommandDecide, CommandCarry}
}

// Cases hands one open case over: from each old agency to the one that goes on. Keeps
// tells whether a person goes with their tasks.
type Cases func(c *act.Call, id int64, to map[string]string, document string, on day.Day, keeps func(person int64) bool) error

// Desk reorganises agencies.
type Desk struct {
	Runner *act.Runner
	People *identity.Register
	Power  *power.Register
	Lists  *lists.Register
	Items  *catalog.Catalog
	Cases  Cases
	Region string
}

// The stages.
const (
	Draft   = "draft"   // being written
	Decided = "decided" // approved; waits for its day
	Refused = "refused"
	Dropped = "dropped"
	Done    = "done"
)

// The fates of an agency in an act.
const (
	Rename = "rename" // goes on under another name, with a seal of its own from then on
	End    = "end"    // merges into others or splits: it is no agency from the day on
	Cede   = "cede"   // goes on without what is named
	Begin  = "begin"  // is founded by the act
)

// Fates lists the fates.
var Fates = []string{End, Cede, Rename, Begin}

// What moves.
const (
	OnPower   = "power"   // a power held: its code
	OnEntry   = "entry"   // an entry of a list: list/code
	OnItem    = "item"    // what an agency is on an item, responsible or in a role: the item's code
	OnPost    = "post"    // a post that a person holds: its number
	OnLink    = "link"    // a power that another agency has from it, delegated or by agreement: number of the holding
	OnOfficer = "officer" // an assignment to decide: its number
	OnCase    = "case"    // an open case: its number
	OnSeal    = "seal"
)

// Kinds lists what may be named in a draft.
var Kinds = []string{OnPower, OnItem, OnCase, OnPost, OnEntry, OnLink}

// Nobody is the receiver of a post that ends with its agency.
const Nobody = "-"

// Act is one reorganisation.
type Act struct {
	ID        int64
	Document  string
	Reason    string
	From      day.Day
	Region    string
	Stage     string
	Rev       int // counts changes of what it says
	By        int64
	Began     day.Instant
	DecidedBy int64
	DecidedAt day.Instant
	Decision  string
	DoneDay   day.Day // from which it holds; later than From when the machine stood still
	DoneAt    day.Instant
}

// Agency is what an act does to one agency.
type Agency struct {
	Key     string
	Fate    string
	Heir    string // of an End: who gets what is not named; "" all is named
	Name    string // of a Rename or a Begin
	NameEN  string // the same in English, "" for none
	Short   string
	USCC    string // of a Begin: without a credit code it issues nothing
	Level   string // of a Begin, as are address and phone
	Address string
	Phone   string
}

// Move is one thing that goes from an agency to another.
type Move struct {
	Agency string
	Kind   string
	Ref    string
	To     string
}

// At names an act as somebody saw it.
type At struct {
	ID  int64
	Rev int
}

const columns = `id, document, reason, from_day, region, stage, rev, drafted_by, began, decided_by, decided_at, decision, done_day, done_at`

func scan(r store.Row) (a Act, err error) {
	return a, r.Scan(&a.ID, &a.Document, &a.Reason, &a.From, &a.Region, &a.Stage, &a.Rev, &a.By, &a.Began, &a.DecidedBy, &a.DecidedAt, &a.Decision, &a.DoneDay, &a.DoneAt)
}

// ByID reads an act.
func ByID(tx *store.Tx, id int64) (Act, error) {
	a, found, err := store.Find(tx, scan, `select `+columns+` from reorganisation where home = $1 and id = $2`, tx.Home(), id)
	if err == nil && !found {
		err = act.Missing("reorganise.thing.act")
	}
	return a, err
}

// List reads acts, the newest first, before an id (0: from the newest).
func List(tx *store.Tx, before int64, limit int) ([]Act, error) {
	if before == 0 {
		before = 1 << 62
	}
	return store.All(tx, scan, `select `+columns+` from reorganisation where home = $1 and id < $2 order by id desc limit $3`, tx.Home(), before, limit)
}

// Agencies lists what an act does to agencies, by their keys.
func Agencies(tx *store.Tx, id int64) ([]Agency, error) {
	return store.All(tx, func(r store.Row) (a Agency, err error) {
		return a, r.Scan(&a.Key, &a.Fate, &a.Heir, &a.Name, &a.Short, &a.USCC, &a.Level, &a.Address, &a.Phone, &a.NameEN)
	}, `select agency, fate, heir, name, short, uscc, level, address, phone, name_en from reorganisation_agency where home = $1 and act = $2 order by agency`, tx.Home(), id)
}

// Moves lists what an act names of each agency; of one that is done, all that went.
func Moves(tx *store.Tx, id int64) ([]Move, error) {
	return store.All(tx, scanMove, `select agency, kind, ref, receiver from reorganisation_move where home = $1 and act = $2 order by agency, kind, ref`, tx.Home(), id)
}

func scanMove(r store.Row) (m Move, err error) {
	return m, r.Scan(&m.Agency, &m.Kind, &m.Ref, &m.To)
}

// hold takes an act for a command: it asks for the right, then whether the act still
// says what was seen and stands where the command may be given.
func hold(c *act.Call, at At, stage string) (Act, error) {
	a, found, err := store.Held(c.Tx, scan, `select `+columns+` from reorganisation where home = $1 and id = $2`, c.Tx.Home(), at.ID)
	if err == nil && !found {
		err = act.Missing("reorganise.thing.act")
	}
	if err != nil {
		return a, err
	}
	if err := c.Allow(act.Scope{Region: a.Region}); err != nil {
		return a, err
	}
	if a.Rev != at.Rev || a.Stage != stage {
		return a, act.Changed("reorganise.thing.act")
	}
	return a, nil
}

// Stream is the ledger stream of an act.
func Stream(id int64) string { return "reorganisation/" + strconv.FormatInt(id, 10) }

func (a Act) note(c *act.Call, kind string, facts map[string]any) error {
	facts["act"], facts["document"] = a.ID, a.Document
	_, err := c.Note(nil, ledger.Event{Stream: Stream(a.ID), Kind: "reorganise." + kind, Day: a.From, Facts: facts})
	return err
}
