// Package law is the library of laws (法规库): laws, rules and normative documents
// by article and version, each from one day to another. Everything that rests on
// an article points at it (Point) and is reached from it (Touching); a law that
// changes (立改废释) lists all that it touches; obstacles met in work are registered
// on the article, asked upward and answered.
//
// It judges nobody: it says what an article says on a day and who rests on it.
package law

import (
	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// The commands of this room.
var (
	CommandImport    = act.Command{Name: "law.import", Right: "law.import"}
	CommandRepeal    = act.Command{Name: "law.repeal", Right: "law.change"}
	CommandInterpret = act.Command{Name: "law.interpret", Right: "law.change"}
	CommandMeet      = act.Command{Name: "law.meet", Right: "law.meet"}
	CommandAsk       = act.Command{Name: "law.ask", Right: "law.ask"}
	CommandAnswer    = act.Command{Name: "law.answer", Right: "law.answer"}
)

// Commands lists the commands of this room.
func Commands() []act.Command {
	return []act.Command{CommandImport, CommandRepeal, CommandInterpret, CommandMeet, CommandAsk, CommandAnswer}
}

// Register changes the library. Reading it takes a transaction only.
type Register struct{ runner *act.Runner }

// New makes a register of laws.
func New(runner *act.Runner) *Register { return &Register{runner} }

// Law is a law through all its versions.
type Law struct {
	ID    int64
	Key   string // short name for addresses
	Title string // of the newest version
	Kind  string // one of Kinds
}

// Version is the text of a law from one day to another, without its articles.
type Version struct {
	ID    int64
	Law   int64
	Span  day.Span
	Count int // articles
	Head      // Until and From as the file says; Span is what holds
}

// note writes an event on a law's stream.
func note(c *act.Call, key, kind string, on day.Day, facts map[string]any) error {
	_, err := c.Note(nil, ledger.Event{Stream: "law/" + key, Kind: kind, Day: on, Facts: facts})
	return err
}

// lock makes commands that change one law follow each other.
func lock(tx *store.Tx, key string) (l Law, found bool, err error) {
	return store.Held(tx, scanLaw, `select `+lawColumns+` from law where home = $1 and key = $2`, tx.Home(), key)
}
