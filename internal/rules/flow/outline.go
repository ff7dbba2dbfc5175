package flow

import (
	"regexp"
	"slices"
	"strings"

	"tongban/internal/rules/wording"
)

// Line is one line of a flow told as a list: what a screen reader speaks and a
// phone shows.
type Line struct {
	Depth int             // how far it is indented
	Node  string          // id of the node, "" for a line that only introduces a branch
	Kind  Kind            // kind of the node
	Way   string          // id of the sequence flow by which a way or branch begins, for the line that introduces it
	Back  string          // id of the node at which to go on, for a line that only points there
	Text  wording.Message // the sentence
	Why   wording.Message // the condition of a way that has a name of its own, where the name does not say it all
}

// Phrase puts a condition into words for people.
type Phrase func(condition string) wording.Message

// Meeting is the next node that every way from a node to an end comes to: where
// the ways of a choice come together again. Nil where they end apart.
func Meeting(d *Definition, n *Node) *Node { return meetings(d)[n.at] }

// Outline tells the flow as an indented list, each node once; where ways come
// together again or lead back, a line says where to go on. Conditions stand as
// phrase says them; as they are written, without one.
func Outline(d *Definition, phrase Phrase) []Line {
	o := &outliner{d: d, told: map[*Node]bool{}, after: meetings(d), phrase: phrase}
	if d.plan.start != nil {
		o.tell(d.plan.start, 0, nil)
	}
	return o.lines
}

type outliner struct {
	d     *Definition
	told  map[*Node]bool
	after []*Node // by Node.at: the next node that every way from here comes to
	lines []Line

	phrase Phrase
}

func (o *outliner) say(depth int, n *Node, key string, pairs ...any) {
	line := Line{Depth: depth, Text: say("outline."+key, pairs...)}
	if n != nil {
		line.Node, line.Kind = n.ID, n.Kind
	}
	o.lines = append(o.lines, line)
}

// tell goes along one way until it ends or comes to stop, which the caller tells.
func (o *outliner) tell(n *Node, depth int, stop *Node) {
	for n != nil && n != stop {
		if o.told[n] {
			o.goTo(n, depth)
			return
		}
		o.told[n] = true
		o.node(n, depth)
		for _, b := range n.Boundary {
			o.boundary(b, depth+1, stop)
		}
		switch {
		case n.Kind == KindChoice && len(n.Out) > 1:
			meet := o.after[n.at]
			if meet == nil {
				meet = stop
			}
			for _, f := range n.Out {
				o.way(n, f, depth+1, meet)
			}
			if meet == stop {
				return
			}
			n = meet
		case n.Kind == KindParallel && len(n.Out) > 1:
			n = o.parallel(n, depth)
		case len(n.Out) > 0:
			n = n.Out[0].To
		default:
			return
		}
	}
}

// goTo points at a node that was told before, or at the first one behind a
// gateway that needs no telling.
func (o *outliner) goTo(n *Node, depth int) {
	for seen := 0; (n.Kind == KindChoice || n.Kind == KindParallel) && len(n.Out) == 1 && seen < len(o.d.Nodes); seen++ {
		n = n.Out[0].To
	}
	var name any = n.Label()
	if n.Name == "" && n.Kind == KindChoice {
		name = say("outline.choose_plain")
	}
	o.say(depth, nil, "go", "name", name)
	o.lines[len(o.lines)-1].Back = n.ID
}

// enters notes by which flow the way begins that the last line introduces.
func (o *outliner) enters(f *Flow) { o.lines[len(o.lines)-1].Way = f.ID }

func (o *outliner) node(n *Node, depth int) {
	plain := map[Kind]string{KindStart: "start", KindEnd: "end", KindChoice: "choose"}[n.Kind]
	switch {
	case n.Kind == KindParallel, n.Kind == KindChoice && len(n.Out) < 2:
	case plain != "" && n.Name == "":
		o.say(depth, n, plain+"_plain")
	case plain != "":
		o.say(depth, n, plain, "name", n.Name)
	case n.Kind == KindCatch && n.Timer != "":
		o.say(depth, n, "wait_term", "name", n.Label(), "term", TermText(n.Timer))
	case n.Kind == KindCatch:
		o.say(depth, n, "wait", "name", n.Label())
	default:
		o.say(depth, n, "step", "name", n.Label())
	}
}

func (o *outliner) boundary(b *Node, depth int, stop *Node) {
	o.told[b] = true
	switch {
	case b.Timer == "":
		o.say(depth, b, "on_message", "name", b.Message)
	case b.Interrupting:
		o.say(depth, b, "overdue", "term", TermText(b.Timer))
	default:
		o.say(depth, b, "overdue_side", "term", TermText(b.Timer))
	}
	if len(b.Out) == 0 {
		return
	}
	// The way that interrupts comes back to the main path somewhere: it is told
	// up to there only.
	first, until := b.Out[0].To, stop
	if b.Interrupting && len(b.Host.Out) > 0 {
		until = o.meet(first, b.Host.Out[0].To)
	}
	o.tell(first, depth+1, until)
	if until != nil && until != stop {
		o.goTo(until, depth+1)
	}
}

// meet is the first node that every way from a and every way from b comes to,
// nil when there is none.
func (o *outliner) meet(a, b *Node) *Node {
	from := map[*Node]bool{}
	for ; a != nil; a = o.after[a.at] {
		from[a] = true
	}
	for b != nil && !from[b] {
		b = o.after[b.at]
	}
	return b
}

func (o *outliner) way(n *Node, f *Flow, depth int, meet *Node) {
	var name any = f.Name
	why := wording.Message{}
	if f.Condition != "" && o.phrase != nil {
		why = o.phrase(f.Condition)
	}
	switch {
	case f.Name == "" && why.IsZero():
		name = f.Condition
	case f.Name == "":
		name, why = why, wording.Message{}
	case !why.IsZero() && strings.Contains(why.In(wording.ZH), f.Name):
		why = wording.Message{}
	}
	switch {
	case f.ID == n.Default && f.Name == "":
		o.say(depth, nil, "otherwise_plain")
	case f.ID == n.Default:
		o.say(depth, nil, "otherwise", "name", name)
	default:
		o.say(depth, nil, "when", "name", name)
	}
	o.enters(f)
	o.lines[len(o.lines)-1].Why = why
	o.tell(f.To, depth+1, meet)
}

func (o *outliner) parallel(n *Node, depth int) *Node {
	o.say(depth, n, "parallel", "n", len(n.Out))
	var join *Node
	for _, b := range o.d.plan.blocks {
		if b.split == n {
			join = b.join
		}
	}
	for i, f := range n.Out {
		o.say(depth+1, nil, "branch", "n", i+1)
		o.enters(f)
		o.tell(f.To, depth+2, join)
	}
	if join == nil {
		return nil
	}
	o.say(depth, join, "joined", "n", len(n.Out))
	if o.told[join] {
		return nil
	}
	o.told[join] = true
	if len(join.Out) > 1 { // it splits again at once
		return o.parallel(join, depth)
	}
	return join.Out[0].To
}

var termParts = regexp.MustCompile(`^PT?([0-9]+)([WDHM])$`)

// TermText says a symbolic term in words: P7W is seven working days.
func TermText(term string) any {
	m := termParts.FindStringSubmatch(term)
	if m == nil {
		return term
	}
	keys := []string{"working_days", "days", "hours", "minutes"}
	return say("outline."+keys[slices.Index([]string{"W", "D", "H", "M"}, m[2])], "n", m[1])
}
