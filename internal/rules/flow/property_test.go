package flow_test

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tongban/internal/rules/flow"
)

// named answers a condition with the fact of its name.
type named struct{}

func (named) True(source string, facts map[string]any) (bool, error) {
	v, ok := facts[source].(bool)
	if !ok {
		return false, fmt.Errorf("no fact %s", source)
	}
	return v, nil
}

func mustParse(t interface{ Fatalf(string, ...any) }, src []byte) *flow.Definition {
	d, err := flow.Parse(src)
	if err != nil {
		t.Fatalf("parse: %v\n%s", err, src)
	}
	return d
}

func complaints(r flow.Report) string {
	var list []string
	for _, e := range append(slices.Clone(r.Refused), r.Problems...) {
		list = append(list, e.Reason.Key+" "+e.ID)
	}
	return strings.Join(list, ", ")
}

// TestNestedFlowsAreAcceptedAndSound draws flows that are nested by their
// making: all are accepted, and the explorer finds each sound.
func TestNestedFlowsAreAcceptedAndSound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := nested(t, 7, true)
		d := mustParse(t, s.xml())
		if r := flow.Check(d, nil); !r.OK {
			t.Fatalf("refused: %s\n%s", complaints(r), s.xml())
		}
		if e, whole := explore(s, 6000); whole && !e.sound() {
			t.Fatalf("accepted, but the explorer finds it unsound\n%s", s.xml())
		}
	})
}

// TestMutatedFlowsAreAcceptedOnlyWhenSound breaks nested flows at random. What
// Check still accepts the explorer must find sound. The other way round is
// counted: sound flows that do not reduce are refused, and that is stated.
func TestMutatedFlowsAreAcceptedOnlyWhenSound(t *testing.T) {
	t.Parallel()
	var accepted, refusedSound, refusedUnsound, cut int
	rapid.Check(t, func(t *rapid.T) {
		s := nested(t, 6, true)
		for range rapid.IntRange(1, 3).Draw(t, "mutations") {
			mutate(t, s)
		}
		s.settle()
		d := mustParse(t, s.xml())
		r := flow.Check(d, nil)
		e, whole := explore(s, 6000)
		switch {
		case !whole:
			cut++
		case r.OK && !e.sound():
			t.Fatalf("accepted, but the explorer finds it unsound\n%s", s.xml())
		case r.OK:
			accepted++
		case e.sound():
			refusedSound++
		default:
			refusedUnsound++
		}
	})
	t.Logf("accepted and sound %d, refused and unsound %d, refused though the explorer finds it sound %d, too large %d",
		accepted, refusedUnsound, refusedSound, cut)
}

func mutate(t *rapid.T, s *sample) {
	switch rapid.SampledFrom([]string{"target", "source", "gateway", "add", "drop", "side"}).Draw(t, "mutation") {
	case "target":
		f := &s.flows[rapid.IntRange(0, len(s.flows)-1).Draw(t, "flow")]
		f.to = s.nodes[rapid.IntRange(0, len(s.nodes)-1).Draw(t, "to")].id
	case "source":
		f := &s.flows[rapid.IntRange(0, len(s.flows)-1).Draw(t, "flow")]
		f.from = s.nodes[rapid.IntRange(0, len(s.nodes)-1).Draw(t, "from")].id
	case "gateway":
		var gateways []*sampleNode
		for i := range s.nodes {
			if strings.HasSuffix(s.nodes[i].kind, "Gateway") {
				gateways = append(gateways, &s.nodes[i])
			}
		}
		if len(gateways) == 0 {
			return
		}
		n := gateways[rapid.IntRange(0, len(gateways)-1).Draw(t, "which")]
		if n.kind == "parallelGateway" {
			n.kind = "exclusiveGateway"
		} else {
			n.kind = "parallelGateway"
		}
	case "add":
		from := s.nodes[rapid.IntRange(0, len(s.nodes)-1).Draw(t, "from")].id
		s.flow(from, s.nodes[rapid.IntRange(0, len(s.nodes)-1).Draw(t, "to")].id)
	case "drop":
		i := rapid.IntRange(0, len(s.flows)-1).Draw(t, "flow")
		if len(s.flows) > 1 {
			s.flows[i].from, s.flows[i].to = s.flows[len(s.flows)-1].from, s.flows[len(s.flows)-1].to
			s.flows = s.flows[:len(s.flows)-1]
		}
	case "side":
		for i := range s.nodes {
			if s.nodes[i].kind == "boundaryEvent" {
				s.nodes[i].side = !s.nodes[i].side
			}
		}
	}
}

// markingOf is a state in the explorer's words.
func markingOf(s flow.State) string {
	m := marking{}
	for _, t := range s.Tokens {
		m["@"+t.Node]++
	}
	for _, f := range s.Arrived {
		m[f]++
	}
	return m.key()
}

// TestEveryStateIsOneOfTheTokenGame walks through generated flows with every
// kind of event, returns included. Every state must be a configuration that
// the explorer, which knows no returns, can reach: so nothing is doubled and
// nothing lost. In the end no token and no arrival is left.
func TestEveryStateIsOneOfTheTokenGame(t *testing.T) {
	t.Parallel()
	returns := 0
	rapid.Check(t, func(t *rapid.T) {
		s := nested(t, 7, true)
		e, whole := explore(s, 6000)
		if !whole {
			t.Skip("too large to explore")
		}
		known := map[string]bool{}
		for _, m := range e.reachable {
			known[m.tokens()] = true
		}
		d := mustParse(t, s.xml())
		st := flow.State{}
		var ev flow.Event = flow.Start{Instance: "case", Facts: facts(t, s, false)}
		for step := 0; st.Over == ""; step++ {
			next, effects, err := flow.Step(d, st, ev, named{})
			if err != nil {
				t.Fatalf("%#v on %+v: %v\n%s", ev, st, err, s.xml())
			}
			if !known[markingOf(next)] {
				t.Fatalf("%#v leads from %+v to %+v, which the token game does not know\n%s", ev, st, next, s.xml())
			}
			balanced(t, st, next, effects)
			st = next
			if st.Over == "" {
				ev = anyEvent(t, d, s, st, step > 40, &returns)
			}
		}
		if len(st.Tokens)+len(st.Arrived) > 0 || st.Over != flow.OverEnded || d.Node(st.End) == nil {
			t.Fatalf("left over: %+v", st)
		}
	})
	t.Logf("%d returns", returns)
}

// balanced checks that effects and tokens tell the same story: a task on the
// list for each token that waits on a person.
func balanced(t *rapid.T, before, after flow.State, effects []flow.Effect) {
	opened := map[int]bool{}
	for _, e := range effects {
		switch e := e.(type) {
		case flow.OpenTask:
			opened[e.ID] = true
		case flow.Service:
			opened[e.Token] = true
		case flow.CloseTask:
			if _, was := before.Waiting(e.ID); !was {
				t.Fatalf("closes task %d, which was not open", e.ID)
			}
			if _, still := after.Waiting(e.ID); still {
				t.Fatalf("closes task %d, which is still open", e.ID)
			}
		}
	}
	for id := range opened {
		if _, open := after.Waiting(id); !open {
			t.Fatalf("opens %d, which does not wait", id)
		}
	}
}

func facts(t *rapid.T, s *sample, forward bool) map[string]any {
	f := map[string]any{}
	for _, fl := range s.flows {
		if fl.cond != "" {
			f[fl.cond] = !forward && rapid.Bool().Draw(t, fl.cond)
		}
	}
	return f
}

// anyEvent draws something that may happen now. hurry chooses what leads to
// the end: no returns, no reminders, defaults everywhere.
func anyEvent(t *rapid.T, d *flow.Definition, s *sample, st flow.State, hurry bool, returns *int) flow.Event {
	f := facts(t, s, hurry)
	var events []flow.Event
	for _, tok := range st.Tokens {
		n := d.Node(tok.Node)
		switch {
		case n.ByPerson():
			events = append(events, flow.Done{Task: tok.ID, Facts: f})
			if !hurry {
				for _, to := range flow.Targets(d, st, tok.ID) {
					events = append(events, flow.Return{Task: tok.ID, To: to, Facts: f})
				}
			}
		case n.BySystem():
			events = append(events, flow.Message{ID: jobOf(d, st, tok), Facts: f})
		case n.Timer != "":
			events = append(events, flow.Timer{ID: fmt.Sprint(tok.ID), Facts: f})
		default:
			events = append(events, flow.Message{Name: n.ID, Facts: f})
		}
		for _, b := range n.Boundary {
			if hurry || slices.Contains(tok.Fired, b.ID) {
				continue
			}
			if b.Timer != "" {
				events = append(events, flow.Timer{ID: fmt.Sprintf("%d/%s", tok.ID, b.ID), Facts: f})
			} else {
				events = append(events, flow.Message{Name: b.ID, Facts: f})
			}
		}
	}
	ev := events[rapid.IntRange(0, len(events)-1).Draw(t, "event")]
	if _, is := ev.(flow.Return); is {
		*returns++
	}
	return ev
}

// TestParallelTasksCommute finishes the tasks of a flow without loops in two
// orders on the same facts: the ends differ in nothing but numbers and order.
func TestParallelTasksCommute(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := nested(t, 8, false)
		d := mustParse(t, s.xml())
		f := facts(t, s, false)
		if one, two := finishAll(t, d, f), finishAll(t, d, f); one != two {
			t.Fatalf("two orders, two ends:\n%s\n%s\n%s", one, two, s.xml())
		}
	})
}

func finishAll(t *rapid.T, d *flow.Definition, f map[string]any) string {
	st, _, err := flow.Step(d, flow.State{}, flow.Start{Instance: "case", Facts: f}, named{})
	for err == nil && st.Over == "" {
		tok := st.Tokens[rapid.IntRange(0, len(st.Tokens)-1).Draw(t, "token")]
		n := d.Node(tok.Node)
		var ev flow.Event = flow.Done{Task: tok.ID, Facts: f}
		switch {
		case n.BySystem():
			ev = flow.Message{ID: jobOf(d, st, tok), Facts: f}
		case n.Timer != "":
			ev = flow.Timer{ID: fmt.Sprint(tok.ID), Facts: f}
		case n.Kind == flow.KindCatch:
			ev = flow.Message{Name: n.ID, Facts: f}
		}
		st, _, err = flow.Step(d, st, ev, named{})
	}
	if err != nil {
		t.Fatalf("%v", err)
	}
	sort.Strings(st.Passed)
	return fmt.Sprint(st.Over, st.End, st.Tokens, st.Arrived, st.Passed)
}

// jobOf learns the id of a waiting job from the effect that a cancelled case gives.
func jobOf(d *flow.Definition, st flow.State, tok flow.Token) string {
	_, effects, err := flow.Step(d, st, flow.Cancel{}, nil)
	if err != nil {
		panic(err)
	}
	for _, e := range effects {
		if s, ok := e.(flow.DropService); ok && s.Token == tok.ID {
			return s.ID
		}
	}
	panic(errors.New("no job"))
}
