package flow

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
)

// Step applies an event to a state and returns the new state and what the
// caller must do. It is pure: the same arguments give the same answer. The
// zero State is a flow that has not begun. Errors are *Error and leave
// everything as it was; conditions may be nil for a flow without choices.
func Step(d *Definition, s State, ev Event, conditions Evaluator) (State, []Effect, error) {
	if err := Fits(d, s); err != nil {
		return s, nil, err
	}
	r := &run{d: d, s: s.clone(), conditions: conditions}
	if err := r.apply(ev); err != nil {
		return s, nil, err
	}
	if r.s.Over == "" && len(r.s.Tokens) == 0 {
		r.s.Over = OverEnded
		r.out = append(r.out, Ended{End: r.s.End})
	}
	r.s.Tokens, r.s.Arrived = orNil(r.s.Tokens), orNil(r.s.Arrived)
	return r.s, r.out, nil
}

// orNil keeps a state equal to itself after it was stored.
func orNil[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return list
}

// Fits tells whether a state can be stepped with this definition: the flow is
// one that may run and holds every node and flow that the state names. A case
// is moved to another version of its flow only when its state fits it.
func Fits(d *Definition, s State) error {
	if !d.report.Sound {
		return fault(FaultState, "not_runnable", "name", d.Name)
	}
	if s.V > StateVersion {
		return fault(FaultState, "newer", "v", s.V)
	}
	for _, t := range s.Tokens {
		if n := d.byID[t.Node]; n == nil || !(n.Activity() || n.Kind == KindCatch) {
			return fault(FaultState, "strange", "id", t.Node)
		}
	}
	for _, id := range s.Arrived {
		if d.flowByID[id] == nil {
			return fault(FaultState, "strange", "id", id)
		}
	}
	return nil
}

// run is one step under way.
type run struct {
	d          *Definition
	s          State
	conditions Evaluator
	facts      map[string]any
	out        []Effect
	todo       []arrival
}

// arrival is a token on its way into a node.
type arrival struct {
	node *Node
	via  *Flow
}

func (r *run) apply(ev Event) error {
	if start, ok := ev.(Start); ok {
		if r.s.V != 0 {
			return fault(FaultOver, "begun")
		}
		r.s.V, r.s.Instance, r.facts = StateVersion, start.Instance, start.Facts
		return r.move(arrival{node: r.d.plan.start})
	}
	if r.s.V == 0 {
		return fault(FaultUnknown, "not_begun")
	}
	if r.s.Over != "" {
		return fault(FaultOver, "over")
	}
	switch ev := ev.(type) {
	case Done:
		r.facts = ev.Facts
		return r.done(ev.Task)
	case Message:
		r.facts = ev.Facts
		return r.message(ev)
	case Timer:
		r.facts = ev.Facts
		return r.timer(ev.ID)
	case Return:
		r.facts = ev.Facts
		return r.sendBack(ev)
	case Cancel:
		for len(r.s.Tokens) > 0 {
			r.take(r.s.Tokens[0].ID, Cancelled)
		}
		r.s.Arrived, r.s.Over = nil, OverCancelled
		return nil
	}
	return fault(FaultUnknown, "strange_event")
}

func (r *run) done(task int) error {
	t, err := r.open(task)
	if err != nil {
		return err
	}
	n := r.d.byID[t.Node]
	if !n.ByPerson() {
		return fault(FaultUnknown, "not_a_task", "name", n.Label())
	}
	return r.finish(t, n)
}

// open finds a waiting token, or says whether it is gone or never was.
func (r *run) open(id int) (Token, error) {
	if t, ok := r.s.Waiting(id); ok {
		return t, nil
	}
	if id > 0 && id <= r.s.Next {
		return Token{}, fault(FaultGone, "gone", "id", id)
	}
	return Token{}, fault(FaultUnknown, "unknown", "id", id)
}

func (r *run) finish(t Token, n *Node) error {
	r.drop(t, n)
	r.pass(n)
	return r.move(arrival{node: n.Out[0].To, via: n.Out[0]})
}

// message gives an answer to the job that it names, else to the first event
// that waits for it: one message moves one token.
func (r *run) message(m Message) error {
	for _, t := range r.s.Tokens {
		n := r.d.byID[t.Node]
		if m.ID != "" && n.BySystem() && r.jobID(t) == m.ID {
			return r.finish(t, n)
		}
	}
	if m.Name == "" {
		return fault(FaultGone, "job_gone", "id", m.ID)
	}
	for _, t := range r.s.Tokens {
		n := r.d.byID[t.Node]
		if n.Kind == KindCatch && n.Message != "" && (n.Message == m.Name || n.ID == m.Name) {
			return r.finish(t, n)
		}
	}
	for _, t := range r.s.Tokens {
		for _, b := range r.d.byID[t.Node].Boundary {
			if b.Message != "" && (b.Message == m.Name || b.ID == m.Name) && !slices.Contains(t.Fired, b.ID) {
				return r.fire(t, b)
			}
		}
	}
	return fault(FaultGone, "nobody_waits", "name", m.Name)
}

func (r *run) timer(id string) error {
	number, boundary, isBoundary := strings.Cut(id, "/")
	token, err := strconv.Atoi(number)
	if err != nil {
		return fault(FaultUnknown, "unknown", "id", id)
	}
	t, err := r.open(token)
	if err != nil {
		return err
	}
	n := r.d.byID[t.Node]
	if !isBoundary {
		if n.Kind != KindCatch || n.Timer == "" {
			return fault(FaultUnknown, "unknown", "id", id)
		}
		return r.finish(t, n)
	}
	for _, b := range n.Boundary {
		if b.ID == boundary && b.Timer != "" {
			if slices.Contains(t.Fired, b.ID) {
				return fault(FaultGone, "gone", "id", id)
			}
			return r.fire(t, b)
		}
	}
	return fault(FaultUnknown, "unknown", "id", id)
}

// fire lets a boundary event happen. A non-interrupting one fires once for
// each time its task is opened, and opens nothing while what it opened before
// is still under way: so a side path, too, holds one token.
func (r *run) fire(t Token, b *Node) error {
	at := slices.IndexFunc(r.s.Tokens, func(o Token) bool { return o.ID == t.ID })
	r.s.Tokens[at].Fired = append(r.s.Tokens[at].Fired, b.ID)
	if b.Interrupting {
		r.take(t.ID, Interrupted)
	} else if r.busy(r.d.plan.region[b]) {
		return nil
	}
	r.pass(b)
	return r.move(arrival{node: b.Out[0].To, via: b.Out[0]})
}

// busy tells whether any token is in the region or in what it encloses.
func (r *run) busy(in *region) bool {
	return slices.ContainsFunc(r.s.Tokens, func(t Token) bool { return r.regionOf(t.Node).within(in) })
}

func (r *run) regionOf(node string) *region { return r.d.plan.region[r.d.byID[node]] }

// move carries a token, and those that it splits into, to where they wait. The
// plan has no cycle without a person's task, so it comes to an end.
func (r *run) move(first arrival) error {
	r.todo = append(r.todo, first)
	for len(r.todo) > 0 {
		a := r.todo[0]
		r.todo = r.todo[1:]
		if err := r.enter(a); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) enter(a arrival) error {
	n := a.node
	r.retrace(n)
	switch {
	case n.Activity() || n.Kind == KindCatch:
		r.wait(n)
	case n.Kind == KindStart || n.Kind == KindBoundary:
		r.leave(n, n.Out)
	case n.Kind == KindEnd:
		if r.d.plan.region[n].side == nil {
			r.s.End = n.ID
		}
		r.leave(n, nil)
	case n.Kind == KindChoice:
		f, err := r.choose(n)
		if err != nil {
			return err
		}
		r.leave(n, []*Flow{f})
	case n.Kind == KindParallel:
		if r.joined(n, a.via) {
			r.leave(n, n.Out)
		}
	}
	return nil
}

func (r *run) leave(n *Node, over []*Flow) {
	r.pass(n)
	for _, f := range over {
		r.todo = append(r.todo, arrival{node: f.To, via: f})
	}
}

// joined notes an arrival and tells whether the join has all of them.
func (r *run) joined(n *Node, via *Flow) bool {
	if len(n.In) < 2 {
		return true
	}
	if at, there := slices.BinarySearch(r.s.Arrived, via.ID); !there {
		r.s.Arrived = slices.Insert(r.s.Arrived, at, via.ID)
	}
	for _, f := range n.In {
		if _, there := slices.BinarySearch(r.s.Arrived, f.ID); !there {
			return false
		}
	}
	r.s.Arrived = slices.DeleteFunc(r.s.Arrived, func(id string) bool { return r.d.flowByID[id].To == n })
	return true
}

// choose asks the conditions in the order of the file and takes the default
// when none holds.
func (r *run) choose(n *Node) (*Flow, error) {
	if len(n.Out) == 1 {
		return n.Out[0], nil
	}
	for _, f := range n.Out {
		if f.ID == n.Default {
			continue
		}
		if r.conditions == nil {
			return nil, fault(FaultCondition, "no_evaluator", "name", n.Label())
		}
		yes, err := r.conditions.True(f.Condition, r.facts)
		if err != nil {
			e := fault(FaultCondition, "condition", "name", n.Label(), "line", f.Line, "detail", detail(err))
			e.Err = err
			return nil, e
		}
		if yes {
			return f, nil
		}
	}
	return r.d.flowByID[n.Default], nil
}

// wait puts a token on an activity or event and says what it needs.
func (r *run) wait(n *Node) {
	r.s.Next++
	t := Token{ID: r.s.Next, Node: n.ID}
	r.s.Tokens = append(r.s.Tokens, t)
	switch {
	case n.ByPerson():
		r.out = append(r.out, OpenTask{ID: t.ID, Node: n.ID, Task: n.Task})
	case n.BySystem():
		r.out = append(r.out, Service{ID: r.jobID(t), Token: t.ID, Node: n.ID, Action: n.Task.Action, Rule: n.Kind == KindRule})
	case n.Timer != "":
		r.out = append(r.out, SetTimer{ID: timerID(t.ID, nil), Node: n.ID, Term: n.Timer})
	}
	for _, b := range n.Boundary {
		if b.Timer != "" {
			r.out = append(r.out, SetTimer{ID: timerID(t.ID, b), Node: b.ID, Term: b.Timer})
		}
	}
}

// jobID is the same for the same token of the same case, whoever computes it.
func (r *run) jobID(t Token) string {
	sum := sha256.Sum256([]byte(r.s.Instance + "\x00" + strconv.Itoa(t.ID) + "\x00" + t.Node))
	return hex.EncodeToString(sum[:16])
}

// drop removes a waiting token and the timers it had set.
func (r *run) drop(t Token, n *Node) {
	r.s.Tokens = slices.DeleteFunc(r.s.Tokens, func(o Token) bool { return o.ID == t.ID })
	for _, b := range n.Boundary {
		if b.Timer != "" && !slices.Contains(t.Fired, b.ID) {
			r.out = append(r.out, ClearTimer{ID: timerID(t.ID, b), Node: b.ID})
		}
	}
}

// take removes a waiting token that nobody finished and says so.
func (r *run) take(id int, why Why) {
	t, _ := r.s.Waiting(id)
	n := r.d.byID[t.Node]
	switch {
	case n.ByPerson():
		r.out = append(r.out, CloseTask{ID: t.ID, Node: n.ID, Why: why})
	case n.BySystem():
		r.out = append(r.out, DropService{ID: r.jobID(t), Token: t.ID, Node: n.ID, Why: why})
	case n.Timer != "":
		r.out = append(r.out, ClearTimer{ID: timerID(t.ID, nil), Node: n.ID})
	}
	r.drop(t, n)
}

func (r *run) pass(n *Node) {
	if !slices.Contains(r.s.Passed, n.ID) {
		r.s.Passed = append(r.s.Passed, n.ID)
	}
}

// retrace shortens the way behind a token that comes to a node again: what
// was passed since, in the same region or inside it, is no longer behind it.
func (r *run) retrace(n *Node) {
	at := slices.Index(r.s.Passed, n.ID)
	if at < 0 {
		return
	}
	home := r.d.plan.region[n]
	kept := r.s.Passed[:at:at]
	for _, id := range r.s.Passed[at:] {
		if m := r.d.byID[id]; m != nil && !r.d.plan.region[m].within(home) {
			kept = append(kept, id)
		}
	}
	r.s.Passed = kept
}
