package main

import (
	"time"

	"go.temporal.io/sdk/workflow"
)

// The signals of a flow.
const (
	accepted = "accepted"
	approved = "approved"
	decided  = "decided"
)

// application is what a flow begins with: as much text as an application has.
type application struct {
	Number  string
	Name    string
	Phone   string
	Address string
	Area    float64
}

// opinion is what an official says.
type opinion struct {
	Office  string
	Passed  bool
	Text    string
	Outcome string
}

// result is what a flow ends with.
type result struct {
	Approvals int
	Outcome   string
	Licence   string
}

// limit ends a flow that nobody goes on with.
const limit = 10 * time.Minute

// flow is one case: it waits for the acceptance, then for three approvals in any
// order, joins them, and ends with the decision. It calls nothing else: no
// activity writes a licence, which would cost the server more.
func flow(ctx workflow.Context, a application) (result, error) {
	var r result
	var o opinion
	workflow.GetSignalChannel(ctx, accepted).Receive(ctx, &o)
	offices := workflow.GetSignalChannel(ctx, approved)
	for r.Approvals < len(approvers) {
		offices.Receive(ctx, &o)
		if o.Passed {
			r.Approvals++
		}
	}
	workflow.GetSignalChannel(ctx, decided).Receive(ctx, &o)
	r.Outcome, r.Licence = o.Outcome, "L-"+a.Number
	return r, nil
}

// approvers are the offices that approve side by side.
var approvers = []string{"market", "fire", "environment"}
