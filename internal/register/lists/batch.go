package lists

import (
	"tongban/internal/rules/day"
)

// Op says what a change does to an entry.
type Op string

// The operations. Put is Add for a code that is not on the list and Edit for
// one that is; where nothing differs it does nothing.
const (
	Put  Op = ""
	Add  Op = "add"
	Edit Op = "edit"
	End  Op = "end"
)

// Change is what a batch does to one entry.
type Change struct {
	Op   Op
	Code string // "" for the one in Content
	Base int    // number of the version that it was made from; 0 does not ask
	// Content is the whole new content; values may be texts as people type them. A
	// table that is nil is left as it is. End needs none.
	Content Content

	at place
}

// place is where a change was written, for its problems.
type place struct {
	line    line
	rows    map[string][]line  // of the rows of each table
	partial bool               // only tables were handed in: the own columns are left as they are
	sheets  map[string]heading // of its own file, where the batch is of several
}

// line is where a row was written: its number, and the columns whose cells could
// not be taken and were named already.
type line struct {
	n    int
	lost map[string]bool
}

// Batch is one act on one list: all its changes or none of them.
type Batch struct {
	List     string
	Document string  // number of the document (文号) that orders it
	From     day.Day // effective day; 0 is today
	Reason   string
	Region   string   // where entries without agency and region hold; "" for lists whose entries have one
	Agency   string   // "" or the only agency whose entries the batch may touch
	Whole    bool     // the batch is the whole list, or all of Agency's: what is not in it ends
	Changes  []Change // each code once
	Problems Problems // what could not be read of the file it came from; such a batch is refused

	sheets map[string]heading // by table, "" for the entries
}

// heading is a sheet's name and the letters of its columns.
type heading struct {
	name    string
	letters map[string]string
}

// Done is what a change did. It is also what a repeated submission is answered with.
type Done struct {
	Seq     int64 // number of the change over all lists; 0 when nothing differed
	Edition int   // of this list
	Added   int
	Edited  int
	Ended   int
	Same    int // entries of the batch that are so already
}

// Plan is what a batch would do.
type Plan struct {
	Done
	From        day.Day
	Differences []Difference // up to MostDifferences, in the order of the batch
	Problems    Problems     // with any, nothing is applied
}

// MostDifferences bounds the differences that a Plan carries.
const MostDifferences = 500

// Difference is how an entry differs between two states of a list.
type Difference struct {
	Op     Op // Add, Edit, End
	Code   string
	Name   string
	Before *Entry // nil when it was not on the list
	After  *Entry // nil when it is not on the list
	Fields []FieldChange
}

// FieldChange is one column, or one row of a table, before and after, in the
// words of the list's columns: "" where there was nothing.
type FieldChange struct {
	Table  string // key of the table, "" for the entry's own columns
	Key    string // of the column; "" for a whole row of a table
	Title  string // of the column or table
	Before string
	After  string
}
