// Package lists keeps every dated, public list of what a government does, may
// ask for, and no longer asks for: powers and duties, base items, fees,
// intermediary services, public services and the others (行政许可法 5, 30, 40;
// 优化营商环境条例 25, 40, 43, 44). There is one mechanism and many kinds of list; a
// kind is data (kinds/*.yaml): its columns, its tables, whose right it is to
// change it.
//
// An entry has a code and versions. A version holds from its day until a later
// one takes over; what was written in it never changes. Versions come in
// changes: one act with a document number, an effective day and a reason,
// checked as a whole and applied as a whole, numbered for those who follow. So
// any list can be read as it stood on any day, and as it was known after any
// change.
//
// The room says what is on a list. Whether something should be is decided by a
// procedure of the floor above, which ends in ChangeIn.
package lists

import (
	"tongban/internal/record/act"
	"tongban/internal/register/identity"
)

// CommandChange changes entries of a list. Its right is the one that the kind
// of list names; this one stands for lists that name none.
var CommandChange = act.Command{Name: "list.change", Right: "list.change"}

// Commands lists the commands of this room.
func Commands() []act.Command { return []act.Command{CommandChange} }

// Register keeps the lists.
type Register struct {
	runner *act.Runner
	people *identity.Register
}

// New makes a register of lists.
func New(runner *act.Runner, people *identity.Register) *Register {
	return &Register{runner: runner, people: people}
}

// lockName names the epoch row that makes changes of lists follow each other.
const lockName = "lists"
