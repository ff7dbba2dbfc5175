// Package reconcile matches the list of items that an agency keeps in its own
// system against the catalogue (事项比对): which line of theirs is which item of
// ours, under another name, in another class, coarser or finer, with other
// steps, days, fees or materials, and what stands on one side only.
//
// It is pure and proposes; a person confirms or rejects, and what a person has
// decided is an input that is obeyed. Equal inputs give equal results, line by
// line and in the same order. Lines are never compared each with each: only
// those meet that share a code, a name or a rare pair of characters.
package reconcile

import (
	"tongban/internal/rules/wording"
	"tongban/internal/rules/workday"
)

// Entry is a line of either list. What a list does not say is left zero, and is
// not compared.
type Entry struct {
	Code      string // as its list gives it; theirs need not be of our form
	Base      string // code of the base item, where it is known
	Name      string
	Type      string // GB/T 39046, "" unknown
	Agency    string // key or name, the same for one body on both sides; "" unknown
	Parent    string // code of the line of the same list of which this is a part
	Steps     []string
	Days      workday.Term
	Fees      []string // nil: not said; empty: free of charge
	Materials []string // nil: not said; empty: none
}

// Key is by what a line is remembered: its code, or its name where it has none.
func (e Entry) Key() string {
	if e.Code != "" {
		return e.Code
	}
	return Fold(e.Name)
}

// Relation says how lines of the two lists belong together.
type Relation string

// The relations.
const (
	Same       Relation = "same"        // one of theirs is one of ours, under the same name
	Renamed    Relation = "renamed"     // one of theirs is one of ours, under another name
	Coarser    Relation = "coarser"     // one of theirs is several of ours
	Finer      Relation = "finer"       // several of theirs are one of ours
	OnlyTheirs Relation = "only_theirs" // not in the catalogue
	OnlyOurs   Relation = "only_ours"   // not on their list
)

// Relations lists them in the order in which they are shown.
func Relations() []Relation {
	return []Relation{Same, Renamed, Coarser, Finer, OnlyTheirs, OnlyOurs}
}

// Name is the relation for people.
func (r Relation) Name() wording.Message { return wording.M("reconcile.relation." + string(r)) }

// Field is something in which matched lines can differ.
type Field string

// The fields.
const (
	FieldName      Field = "name"
	FieldType      Field = "type"
	FieldAgency    Field = "agency"
	FieldSteps     Field = "steps"
	FieldDays      Field = "days"
	FieldFees      Field = "fees"
	FieldMaterials Field = "materials"
)

// Fields lists them in the order in which they are shown.
func Fields() []Field {
	return []Field{FieldName, FieldType, FieldAgency, FieldSteps, FieldDays, FieldFees, FieldMaterials}
}

// Name is the field for people.
func (f Field) Name() wording.Message { return wording.M("reconcile.field." + string(f)) }

// Difference is what one line of theirs and one of ours say differently.
type Difference struct {
	Field          Field
	Theirs, Ours   string   // as the lists say it; for lists, what only one side has is in More and Less
	More, Less     []string // steps, fees, materials: what they have beside ours; what ours has beside theirs
	TheirAt, OurAt int      // the lines
}

// Verdict is what a person decided.
type Verdict string

// The verdicts.
const (
	Open      Verdict = ""
	Confirmed Verdict = "confirmed"
	Rejected  Verdict = "rejected"
)

// Decision is what a person decided before about lines, by their keys (Entry.Key).
// A confirmed decision is one match of all its lines, whatever they are called
// now; one without lines of ours says that theirs are not in the catalogue, one
// without lines of theirs that ours are not on their list. Of a rejected one no
// line of theirs is proposed again for a line of ours.
type Decision struct {
	Theirs, Ours []string
	Verdict      Verdict
}

// Match is a group of lines that belong together; of a line that stands on one
// side only, the other side is empty.
type Match struct {
	Relation    Relation
	Theirs      []int // places in their list, in order
	Ours        []int // places in the catalogue, in order
	Score       int   // 0 to 1000: how sure; 1000 for what a person confirmed
	Verdict     Verdict
	Reasons     []wording.Message
	Differences []Difference
}

// Differs tells whether the match holds a difference in a field.
func (m *Match) Differs(f Field) bool {
	for i := range m.Differences {
		if m.Differences[i].Field == f {
			return true
		}
	}
	return false
}

// Input is everything that is matched.
type Input struct {
	Theirs, Ours []Entry
	Places       []string // names of the area, which their names may begin with
	Decided      []Decision
}

// Result is every line of both lists in exactly one match: first those of
// theirs in order of their first line, then what only ours has. A line may be
// twice only when a person confirmed it twice.
type Result struct {
	Matches []Match
	// Whole tells whether every line met all that share rare characters with it.
	// In lists in which thousands of names are alike, the search ends early.
	Whole bool
}

// Count is the number of matches of each relation.
func (r *Result) Count() map[Relation]int {
	n := map[Relation]int{}
	for i := range r.Matches {
		n[r.Matches[i].Relation]++
	}
	return n
}

// Compare matches the two lists.
func Compare(in Input) Result {
	m := newMatcher(in)
	m.obey(in.Decided)
	m.candidates()
	m.pairs(sure)
	m.gather()
	m.pairs(likely)
	m.gather()
	return m.result()
}
