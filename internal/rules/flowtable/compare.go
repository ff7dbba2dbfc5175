package flowtable

import "tongban/internal/rules/flow"

// ChangeKind is how a row differs between two versions.
type ChangeKind string

// The kinds of differences.
const (
	Added   ChangeKind = "added"
	Removed ChangeKind = "removed"
	Changed ChangeKind = "changed"
	Placed  ChangeKind = "placed" // the same, at another place
)

// Difference is one row that differs. Was or Is is nil where there is none; Fields
// are the columns whose values differ.
type Difference struct {
	Kind   ChangeKind
	Was    *Row
	Is     *Row
	Fields []string
}

// Compare tells in what two versions of a flow differ: steps, events, choices and
// ways, by their ids. A step that was taken out and drawn again under another id
// is one removed and one added. Nothing is told twice, and of two equal flows
// nothing is told. Rows are called as phrase says their conditions.
func Compare(was, is *flow.Definition, phrase flow.Phrase) []Difference {
	a, b := Of(was, phrase), Of(is, phrase)
	var list []Difference
	for i := range b.Rows {
		r := &b.Rows[i]
		id := r.id()
		if id == "" || r.Kind == RowJoin {
			continue
		}
		old := a.Row(id)
		if old == nil {
			list = append(list, Difference{Kind: Added, Is: r})
			continue
		}
		switch fields := differs(old, r); {
		case len(fields) > 0:
			list = append(list, Difference{Kind: Changed, Was: old, Is: r, Fields: fields})
		case follows(was, id) != follows(is, id):
			list = append(list, Difference{Kind: Placed, Was: old, Is: r})
		}
	}
	for i := range a.Rows {
		if r := &a.Rows[i]; r.id() != "" && r.Kind != RowJoin && b.Row(r.id()) == nil {
			list = append(list, Difference{Kind: Removed, Was: r})
		}
	}
	return list
}

func (r *Row) id() string {
	switch {
	case r.Kind == RowGo:
		return ""
	case r.Node != "":
		return r.Node
	}
	return r.Flow
}

// follows is what a node or way comes behind, through gateways that only join.
func follows(d *flow.Definition, id string) string {
	n := d.Node(id)
	if n == nil || len(n.In) == 0 {
		return ""
	}
	return n.In[0].From.ID
}

func differs(a, b *Row) []string {
	var list []string
	note := func(name string, different bool) {
		if different {
			list = append(list, name)
		}
	}
	x, y := a.Step, b.Step
	note("kind", a.Type != b.Type)
	note("name", x.Name != y.Name || a.Way.Name != b.Way.Name)
	note("role", x.Role != y.Role)
	note("post", x.Post != y.Post)
	note("part", x.Part != y.Part)
	note("officers", x.Officers != y.Officers)
	note("term", x.Term != y.Term)
	note("action", x.Action != y.Action)
	note("special", x.About.Special != y.About.Special)
	note("risk", x.About.Risk != y.About.Risk)
	note("guard", x.About.Guard != y.About.Guard)
	note("basis", x.About.Basis != y.About.Basis)
	note("condition", a.Way.Condition != b.Way.Condition)
	note("otherwise", a.Way.Otherwise != b.Way.Otherwise)
	return list
}
