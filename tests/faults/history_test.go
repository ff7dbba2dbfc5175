package faults_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/anishathalye/porcupine"

	"tongban/internal/work/casework"
)

// What may be asked of a case, as the model has it.
const (
	look     = "look"
	withdraw = "withdraw"
)

// asked is one request, answered is what came back.
type asked struct {
	Case int64
	What string // look, withdraw, or the name of a step of the way
}

type answered struct {
	Done    bool   // acknowledged
	Unknown bool   // nobody knows: it may have happened or not
	Status  string // told with it
	Open    string // parts that a look shows open
}

// caseState is the whole model of a case: its status and which tasks are open.
type caseState struct{ status, open string }

// firstState is a case that was just handed in.
var firstState = caseState{casework.Received, "accept"}

func parts(list ...string) string {
	slices.Sort(list)
	return strings.Join(list, " ")
}

// after is what an act makes of a case; ok is false when it is not its turn.
func (s caseState) after(what string) (next caseState, ok bool) {
	open := map[string]bool{}
	for _, p := range strings.Fields(s.open) {
		open[p] = true
	}
	switch {
	case what == withdraw:
		return caseState{casework.Withdrawn, ""}, s.status == casework.Received || s.status == casework.Handling
	case !open[what]:
		return s, false
	case what == "accept":
		return caseState{casework.Handling, parts("market", "fire", "env")}, true
	case what == "decide":
		return caseState{casework.Delivering, "deliver"}, true
	case what == "deliver":
		return caseState{casework.Concluded, ""}, true
	}
	delete(open, what)
	if len(open) == 0 {
		open["decide"] = true
	}
	return caseState{casework.Handling, parts(slices.Collect(maps.Keys(open))...)}, true
}

// caseModel tells whether a history of requests on cases can be explained by
// each having happened at one moment between its sending and its answer. An
// acknowledged act must have been in its turn, a refused one must not, and a
// look must have seen exactly what was there.
var caseModel = (&porcupine.NondeterministicModel{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		by := map[int64][]porcupine.Operation{}
		for _, op := range history {
			id := op.Input.(asked).Case
			by[id] = append(by[id], op)
		}
		return slices.Collect(maps.Values(by))
	},
	Init: func() []any { return []any{firstState} },
	Step: func(state, input, output any) []any {
		s, in, out := state.(caseState), input.(asked), output.(answered)
		if in.What == look {
			if out.Unknown || out.Status == s.status && out.Open == s.open {
				return []any{s}
			}
			return nil
		}
		next, inTurn := s.after(in.What)
		switch {
		case out.Unknown && inTurn:
			return []any{s, next}
		case out.Unknown, !out.Done && !inTurn:
			return []any{s}
		case out.Done && inTurn && out.Status == next.status:
			return []any{next}
		}
		return nil
	},
	Equal:             func(a, b any) bool { return a == b },
	DescribeOperation: func(in, out any) string { return fmt.Sprintf("%v → %+v", in, out) },
	DescribeState:     func(s any) string { return fmt.Sprintf("%+v", s) },
}).ToModel()
