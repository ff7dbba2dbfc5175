package flow_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tongban/internal/rules/flow"
)

// TestAMovedStateIsOneOfTheOtherFlow walks into a generated flow, changes the flow
// at random into another that may run, and moves the case there. What is accepted
// must be a configuration that the explorer reaches in the other flow from its
// start, and must run to its end there; a flow that did not change takes every
// state as it is.
func TestAMovedStateIsOneOfTheOtherFlow(t *testing.T) {
	t.Parallel()
	var moved, refused, needlessly int
	rapid.Check(t, func(t *rapid.T) {
		s := nested(t, 6, true)
		d, returns := mustParse(t, s.xml()), 0
		st := flow.State{}
		var ev flow.Event = flow.Start{Instance: "case", Facts: facts(t, s, false)}
		for range rapid.IntRange(1, 8).Draw(t, "steps") {
			next, _, err := flow.Step(d, st, ev, named{})
			if err != nil {
				t.Fatalf("%v\n%s", err, s.xml())
			}
			if next.Over != "" {
				break
			}
			st = next
			ev = anyEvent(t, d, s, st, false, &returns)
		}
		if st.V == 0 || st.Over != "" {
			t.Skip("over at once")
		}
		if same, wrong := flow.Move(d, d, st); len(wrong) > 0 || markingOf(same) != markingOf(st) || !slices.Equal(same.Passed, st.Passed) {
			t.Fatalf("to itself: %v, %+v from %+v", wrong, same, st)
		}
		other := &sample{nodes: slices.Clone(s.nodes), flows: slices.Clone(s.flows)}
		for range rapid.IntRange(1, 3).Draw(t, "changes") {
			if rapid.Bool().Draw(t, "step") {
				between(t, other)
			} else {
				mutate(t, other)
			}
		}
		other.settle()
		to := mustParse(t, other.xml())
		e, whole := explore(other, 6000)
		if !flow.Check(to, nil).OK || !whole {
			t.Skip("not a flow that may run")
		}
		known := map[string]bool{}
		for _, m := range e.reachable {
			known[m.tokens()] = true
		}
		next, wrong := flow.Move(d, to, st)
		if len(wrong) > 0 {
			refused++
			if known[markingOf(st)] {
				needlessly++
			}
			return
		}
		moved++
		if !known[markingOf(next)] {
			t.Fatalf("%+v is moved to %+v, which is no configuration of\n%s\nfrom\n%s", st, next, other.xml(), s.xml())
		}
		for step := 0; next.Over == ""; step++ {
			if step == 100 {
				t.Skip("goes round and round by its defaults")
			}
			var err error
			if next, _, err = flow.Step(to, next, anyEvent(t, to, other, next, step > 10, &returns), named{}); err != nil {
				t.Fatalf("%v after the move of %+v to\n%s", err, st, other.xml())
			}
		}
		if len(next.Tokens)+len(next.Arrived) > 0 || next.Over != flow.OverEnded || to.Node(next.End) == nil {
			t.Fatalf("left over: %+v", next)
		}
	})
	t.Logf("%d moved, %d refused, %d of them although the places are known", moved, refused, needlessly)
	if moved == 0 {
		t.Error("nothing was ever moved")
	}
}

// TestWhatHasNoPlaceIsNamed moves a case that waits in one branch of two, the
// other being done, into flows that lack something of it.
func TestWhatHasNoPlaceIsNamed(t *testing.T) {
	t.Parallel()
	s := &sample{}
	for _, kind := range []string{"startEvent", "parallelGateway", "userTask", "userTask", "parallelGateway", "userTask", "endEvent"} {
		s.node(kind) // n1 … n7
	}
	for _, f := range [][2]string{{"n1", "n2"}, {"n2", "n3"}, {"n2", "n4"}, {"n3", "n5"}, {"n4", "n5"}, {"n5", "n6"}, {"n6", "n7"}} {
		s.flow(f[0], f[1])
	}
	d := mustParse(t, s.xml())
	st, _, err := flow.Step(d, flow.State{}, flow.Start{Instance: "case"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if st, _, err = flow.Step(d, st, flow.Done{Task: 1}, nil); err != nil { // n3 is done, n4 waits
		t.Fatal(err)
	}
	third := func(s *sample) { s.flow("n2", s.node("userTask")); s.flow("n8", "n5") }
	for _, c := range []struct {
		name   string
		change func(s *sample)
		node   string
		why    flow.MisfitKind
	}{
		{"nothing", func(*sample) {}, "", ""},
		{"a step behind the case", func(s *sample) { s.flows[0].to = s.node("userTask"); s.flow("n8", "n2") }, "", ""},
		{"a step after the one that is done, in its branch", func(s *sample) { s.flows[3].to = s.node("userTask"); s.flow("n8", "n5") }, "", ""},
		{"its step is gone", func(s *sample) { s.nodes[3].id, s.flows[2].to, s.flows[4].from = "n9", "n9", "n9" }, "n4", flow.MisfitGone},
		{"its step is now a job", func(s *sample) { s.nodes[3].kind = "serviceTask" }, "n4", flow.MisfitOther},
		{"a third branch", third, "n8", flow.MisfitBranch},
		{"one after the other", func(s *sample) {
			s.nodes[1].kind, s.nodes[4].kind = "userTask", "userTask"
			s.flows = s.flows[:0]
			for _, f := range [][2]string{{"n1", "n2"}, {"n2", "n3"}, {"n3", "n4"}, {"n4", "n5"}, {"n5", "n6"}, {"n6", "n7"}} {
				s.flow(f[0], f[1])
			}
		}, "n3", flow.MisfitGone},
	} {
		other := &sample{nodes: slices.Clone(s.nodes), flows: slices.Clone(s.flows)}
		c.change(other)
		other.settle()
		to := mustParse(t, other.xml())
		if r := flow.Check(to, nil); !r.Sound {
			t.Fatalf("%s: %s", c.name, complaints(r))
		}
		next, wrong := flow.Move(d, to, st)
		switch {
		case c.why == "" && (len(wrong) > 0 || len(next.Tokens) != 1 || len(next.Arrived) != 1):
			t.Errorf("%s: %+v %+v", c.name, wrong, next)
		case c.why != "" && (len(wrong) == 0 || wrong[0].Node != c.node || wrong[0].Why != c.why || markingOf(next) != markingOf(st)):
			t.Errorf("%s: %+v", c.name, wrong)
		}
	}
}

// between puts a step into a flow of the sample.
func between(t *rapid.T, s *sample) {
	i := rapid.IntRange(0, len(s.flows)-1).Draw(t, "into")
	n := s.node("userTask")
	to := s.flows[i].to
	s.flows[i].to = n
	s.flow(n, to)
}
