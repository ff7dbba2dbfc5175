// Package casework is the main job: an application from its first draft to the
// licence in somebody's hand. Each act has a file of its own that holds all it
// needs: the command, its checks, its writes.
//
// It watches nothing and tells nobody: what only watches (notices, dashboards,
// deadline cards) follows the ledger.
package casework

import (
	"context"

	"tongban/internal/process/paper"
	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/file"
	"tongban/internal/record/store"
	"tongban/internal/record/vault"
	"tongban/internal/register/catalog"
	"tongban/internal/register/identity"
	"tongban/internal/register/licence"
	"tongban/internal/rules/day"
	"tongban/internal/rules/flow"
	"tongban/internal/rules/workday"
)

// Power answers, at the moment of a decision, whether this organ and this
// officer hold the power to make it.
type Power interface {
	Held(tx *store.Tx, item, agency string, person int64, on day.Day) error
}

// Office does casework.
type Office struct {
	Store    *store.Store
	Runner   *act.Runner
	Vault    *vault.Vault
	Files    *file.Shelf
	People   *identity.Register
	Power    Power
	Items    *catalog.Catalog
	Licences *licence.Register
	Papers   *paper.Desk
	Calendar func() *workday.Calendar
	// Conditions answers the conditions of flows and materials.
	Conditions flow.Evaluator
	// Region is the county whose code begins the case numbers.
	Region string
	// Sample marks licences of a demonstration as 样本.
	Sample bool
	// Retention is what is kept how long; nil is what is built in.
	Retention *Retention
	// Kept writes the list of destroyed keys outside the database. An erasure is
	// not done before it has.
	Kept func(ctx context.Context) error
	// Successors tells which items took the place of one that was split or merged;
	// nil is none.
	Successors func(tx *store.Tx, item int64) ([]int64, error)
	// Remedies is the sentence that tells what may be done against a refusal.
	Remedies string
}

// Commands lists every command of casework: the pages, the API, the rights'
// tests and the documentation come from it.
func Commands() []act.Command {
	return []act.Command{
		saveDraft, saveDraftFor, addFile, addFileFor, removeFile, apply, applyFor, correct, correctFor, withdraw, withdrawFor, notify, accept, refuseAcceptance,
		checkMaterial, assign, review, visit, ask, answer, sendBack, pause, resume, askExtension, settleExtension, decide, decideOnSpot,
		deliver, amend, moveCase, orderMoves, settleCase, askErasure, settleErasure, eraseCase, eraseDrafts, nextErasure,
	}
}

// Done refers to what a command did. It holds nothing that identifies a person,
// because it is kept for repeated submissions.
type Done struct {
	Case   int64  `json:"case"`
	Number string `json:"number,omitempty"`
	Status string `json:"status,omitempty"`
	Event  int64  `json:"event,omitempty"`
	Paper  int64  `json:"paper,omitempty"`
	Task   int64  `json:"task,omitempty"`
	Extra  int64  `json:"extra,omitempty"` // draft's file, inquiry, licence: whatever the command made
}

func (o *Office) engine() *proceeding.Engine {
	return &proceeding.Engine{Conditions: o.Conditions, Calendar: o.Calendar}
}
