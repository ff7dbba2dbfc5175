package flowtable

import (
	"tongban/internal/rules/flow"
	"tongban/internal/rules/wording"
)

// The acts that a reader of the table asks for.
const (
	ActChange = "change" // a row says something else
	ActSteer  = "steer"  // a way out of a choice
	ActAdd    = "add"    // a step, at a row
	ActRemove = "remove" // a step goes, what led to it leads on
	ActCut    = "cut"    // a way or branch goes with what only it leads to
	ActUp     = "up"     // a step moves one place
	ActDown   = "down"
	ActTidy   = "tidy" // the whole flow is drawn anew
)

// The places at a row where a step is added.
const (
	After  = "after"
	Before = "before"
	When   = "when"   // behind the row, only when a condition holds
	Beside = "beside" // at the same time as the row
	First  = "first"  // at the beginning of a way or branch
	OnWay  = "way"    // on a further way out of a choice
	Branch = "branch" // on a further branch of a split
)

// Ask is what somebody wants of a row as the table shows it.
type Ask struct {
	Act  string // one of the acts
	Row  string // id of the row; none to tidy
	How  string // one of the places, to add
	Step Step
	Way  Way
}

// Wanted is the edit that an Ask comes to; nil when its row is not in the table
// or the act is none.
func (t Table) Wanted(d *flow.Definition, a Ask) Edit {
	if a.Act == ActTidy {
		return Tidy{}
	}
	row := t.Row(a.Row)
	if row == nil {
		return nil
	}
	switch a.Act {
	case ActChange:
		return Change{Node: row.Node, Step: a.Step}
	case ActSteer:
		return Steer{Flow: row.Flow, Way: a.Way}
	case ActRemove:
		return Remove{Node: row.Node}
	case ActCut:
		return RemoveWay{Flow: row.Flow}
	case ActUp, ActDown:
		up, down := t.Neighbours(d, row.Node)
		if a.Act == ActUp {
			down = up
		}
		return Move{Node: row.Node, To: down}
	case ActAdd:
		return row.added(a)
	}
	return nil
}

func (r *Row) added(a Ask) Edit {
	switch a.How {
	case Before:
		return Add{At: r.Above, Step: a.Step}
	case When:
		return AddWhen{At: r.Place, Name: a.Way.Name, Condition: a.Way.Condition, Step: a.Step}
	case Beside, Branch:
		return AddBeside{Node: r.Node, Step: a.Step}
	case OnWay:
		return AddWay{Gateway: r.Node, Way: a.Way, Step: a.Step}
	}
	return Add{At: r.Place, Step: a.Step}
}

// FieldOf is the column that a sentence of Apply is about; "" for the row as a
// whole.
func FieldOf(m wording.Message) string {
	switch m.Key {
	case "flowtable.edit.name":
		return "name"
	case "flowtable.edit.officers":
		return "officers"
	case "flowtable.edit.term":
		return "term"
	case "flowtable.edit.special":
		return "special"
	case "flowtable.edit.kind":
		return "kind"
	case "flowtable.edit.condition", "flowtable.edit.otherwise":
		return "condition"
	case "flowtable.edit.long":
		if what, ok := m.Args["what"].(wording.Message); ok {
			return what.Key[len("flowtable.col."):]
		}
	}
	return ""
}
