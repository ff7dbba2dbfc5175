// Package flowtable shows a flow as a table and changes it there. A row is a
// step, a choice, a way, a branch; an edit names a row and says what becomes of it.
//
// The flow stays the BPMN file that it is. An edit replaces the stretches of bytes
// that it is about and leaves the rest: what the table does not show (other tools'
// attributes and elements, comments, artefacts, the drawing of what was not
// touched) is there afterwards as it was before, to the byte.
//
// The package is pure, like the flow itself.
package flowtable

import (
	"tongban/internal/rules/flow"
	"tongban/internal/rules/wording"
)

// RowKind is what a row stands for.
type RowKind string

// The kinds of rows.
const (
	RowStep   RowKind = "step"   // somebody or the system does something
	RowEvent  RowKind = "event"  // start, end, a wait, what happens when time runs out
	RowChoice RowKind = "choice" // a choice: one of the ways below is taken
	RowSplit  RowKind = "split"  // all branches below are done at the same time
	RowWay    RowKind = "way"    // a way out of a choice, with its condition
	RowBranch RowKind = "branch" // a branch of a split
	RowJoin   RowKind = "join"   // the branches above are waited for
	RowGo     RowKind = "go"     // goes on at a row above or below
	RowOther  RowKind = "other"  // what does not run (yet)
)

// Row is one row of the table.
type Row struct {
	Kind   RowKind
	Depth  int
	No     int    // number of a step, 0 for other rows
	Node   string // id, "" for ways, branches and jumps
	Flow   string // id of the way or branch
	Type   flow.Kind
	Line   wording.Message // the row in a sentence
	Step   Step
	Way    Way
	Above  string // id of the way into the row, where something can be put before it; "" for none or several
	Place  string // id of the way behind the row on which something can be put, "" for none or several
	Lost   bool   // no way leads here
	InFile int    // line in the file
}

// Table is a flow as rows, in the order in which it is told.
type Table struct {
	Name string
	Rows []Row
}

// Of reads the table of a flow, whether it runs or not: what cannot be reached
// stands at the end. Ways without a name are called by their conditions, as phrase
// says them.
func Of(d *flow.Definition, phrase flow.Phrase) Table {
	t := Table{Name: d.Name}
	told := map[string]bool{}
	for _, l := range flow.Outline(d, phrase) {
		r := Row{Depth: l.Depth, Line: l.Text}
		switch {
		case l.Way != "":
			r.way(d.Flow(l.Way))
		case l.Node != "":
			told[l.Node] = true
			r.node(d.Node(l.Node))
		default:
			r.Kind, r.Node = RowGo, l.Back
		}
		t.add(r)
	}
	for _, n := range d.Nodes {
		if !told[n.ID] && n.Kind != flow.KindChoice && n.Kind != flow.KindParallel {
			r := Row{Line: wording.M("flow.outline.step", "name", n.Label()), Lost: d.Start() != nil}
			r.node(n)
			t.add(r)
		}
	}
	return t
}

func (t *Table) add(r Row) {
	if r.Kind == RowStep {
		r.No = 1
		for _, o := range t.Rows {
			if o.Kind == RowStep {
				r.No++
			}
		}
	}
	t.Rows = append(t.Rows, r)
}

func (r *Row) way(f *flow.Flow) {
	r.Kind, r.Flow, r.InFile, r.Place = RowBranch, f.ID, f.Line, f.ID
	if f.From.Kind == flow.KindChoice {
		r.Kind = RowWay
		r.Way = Way{Name: f.Name, Condition: f.Condition, Otherwise: f.From.Default == f.ID}
	}
}

func (r *Row) node(n *flow.Node) {
	r.Node, r.Type, r.InFile = n.ID, n.Kind, n.Line
	r.Step = StepOf(n)
	if len(n.In) == 1 {
		r.Above = n.In[0].ID
	}
	if len(n.Out) == 1 {
		r.Place = n.Out[0].ID
	}
	switch {
	case n.Activity():
		r.Kind = RowStep
	case n.Kind == flow.KindKept:
		r.Kind = RowOther
	case n.Kind == flow.KindChoice:
		r.Kind = RowChoice
	case n.Kind == flow.KindParallel && len(n.Out) > 1:
		r.Kind = RowSplit
	case n.Kind == flow.KindParallel:
		r.Kind = RowJoin
	default:
		r.Kind = RowEvent
	}
}

// StepOf is what the file says of a node, as a row shows it.
func StepOf(n *flow.Node) Step {
	s := Step{Kind: n.Kind, Name: n.Name, Role: n.Task.Role, Post: n.Task.Post, Part: n.Task.Part, Officers: max(n.Task.Officers, 0),
		Term: n.Task.Term, Action: n.Task.Action, About: n.About}
	if n.Timer != "" {
		s.Term = n.Timer
	}
	return s
}

// Row returns the row of a node or way, nil when there is none.
func (t Table) Row(id string) *Row {
	for i := range t.Rows {
		if r := &t.Rows[i]; r.Kind != RowGo && id != "" && (r.Node == id || r.Flow == id) {
			return r
		}
	}
	return nil
}

// Steps are the rows that somebody or the system does, in order.
func (t Table) Steps() []Row {
	var list []Row
	for _, r := range t.Rows {
		if r.Kind == RowStep {
			list = append(list, r)
		}
	}
	return list
}

// Neighbours are the ways onto which a step moves one place up and down; "" where
// it is the first or the last.
func (t Table) Neighbours(d *flow.Definition, node string) (up, down string) {
	n := d.Node(node)
	if n == nil || len(n.Out) != 1 {
		return "", ""
	}
	own := map[string]bool{n.Out[0].ID: true}
	for _, f := range n.In {
		own[f.ID] = true
	}
	seen := false
	for _, r := range t.Rows {
		if r.Lost || r.Kind == RowGo {
			continue
		}
		if r.Node == node {
			seen = true
		}
		for _, place := range []string{r.Above, r.Place} {
			switch {
			case place == "" || own[place]:
			case !seen:
				up = place
			default:
				return up, place
			}
		}
	}
	return up, ""
}
