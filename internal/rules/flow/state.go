package flow

import (
	"slices"
	"strconv"

	"tongban/internal/rules/wording"
)

// StateVersion is the form in which State is written today. A binary steps
// every form it ever wrote; testdata/states holds them.
const StateVersion = 1

// State is where a running case stands in its flow. It holds no facts of the
// case and is small: the waiting tokens, what has arrived at joins, and the
// nodes passed on the way here. It is a value: Step returns a new one.
type State struct {
	V        int      `json:"v"`
	Instance string   `json:"i"`           // names the case in the ids of jobs
	Next     int      `json:"n"`           // number of the newest token
	Tokens   []Token  `json:"t,omitempty"` // waiting, by number
	Arrived  []string `json:"a,omitempty"` // flows over which a token has reached its join, sorted
	Passed   []string `json:"p,omitempty"` // nodes finished and not taken back, oldest first
	End      string   `json:"e,omitempty"` // end event that the main path reached
	Over     Outcome  `json:"o,omitempty"` // "" while the flow runs
}

// Outcome says how a flow came to its end.
type Outcome string

// The ways in which a flow comes to its end.
const (
	OverEnded     Outcome = "ended"
	OverCancelled Outcome = "cancelled"
)

// Token is one open task or awaited event.
type Token struct {
	ID    int      `json:"id"`
	Node  string   `json:"n"`
	Fired []string `json:"f,omitempty"` // non-interrupting boundary events that have fired
}

// Waiting returns the token with this number, false when it is not open.
func (s *State) Waiting(id int) (Token, bool) {
	for _, t := range s.Tokens {
		if t.ID == id {
			return t, true
		}
	}
	return Token{}, false
}

// HasPassed tells whether the node is finished and was not taken back.
func (s *State) HasPassed(node string) bool { return slices.Contains(s.Passed, node) }

func (s State) clone() State {
	s.Tokens = slices.Clone(s.Tokens)
	for i := range s.Tokens {
		s.Tokens[i].Fired = slices.Clone(s.Tokens[i].Fired)
	}
	s.Arrived = slices.Clone(s.Arrived)
	s.Passed = slices.Clone(s.Passed)
	return s
}

// Event is what happens to a case: Start, Done, Message, Timer, Return or Cancel.
type Event interface{ event() }

// Start begins the flow of a case. Instance names the case; it goes into the
// ids of jobs, so it must differ between cases and never change.
type Start struct {
	Instance string
	Facts    map[string]any
}

// Done finishes the open task of a person. Facts are those of the case as they
// stand after it; conditions on the way to the next task are asked on them.
type Done struct {
	Task  int
	Facts map[string]any
}

// Message brings the answer of a job (ID is that of its Service effect) or a
// message that an event waits for (Name is the message's name or the event's id).
type Message struct {
	ID    string
	Name  string
	Facts map[string]any
}

// Timer says that the timer with this id of a SetTimer effect has run out.
type Timer struct {
	ID    string
	Facts map[string]any
}

// Return sends the case back from an open task to a task that was done before.
// See Targets for where it may go.
type Return struct {
	Task  int
	To    string
	Facts map[string]any
}

// Cancel ends the flow where it stands: withdrawal, lapse, termination.
type Cancel struct{}

func (Start) event()   {}
func (Done) event()    {}
func (Message) event() {}
func (Timer) event()   {}
func (Return) event()  {}
func (Cancel) event()  {}

// Effect is what the caller must do in the same transaction. A case's effects
// are in the order of their cause.
type Effect interface{ effect() }

// OpenTask puts a task on a worklist.
type OpenTask struct {
	ID   int
	Node string
	Task Task
}

// CloseTask takes away a task that nobody finished.
type CloseTask struct {
	ID   int
	Node string
	Why  Why
}

// SetTimer starts a timer. Term is symbolic (P7W, P30D, PT2H); the caller
// resolves it with the calendar and answers with Timer{ID}.
type SetTimer struct {
	ID   string
	Node string
	Term string
}

// ClearTimer stops a timer that has not run out.
type ClearTimer struct {
	ID   string
	Node string
}

// Service asks for a job. ID is the same whenever the same step of the same
// case is computed again, so the job is stored once; its answer is Message{ID}.
type Service struct {
	ID     string
	Token  int
	Node   string
	Action string
	Rule   bool // a business-rule task
}

// DropService says that the answer of a job is no longer awaited.
type DropService struct {
	ID    string
	Token int
	Node  string
	Why   Why
}

// Ended says that no token is left. End is the id of the end event of the main path.
type Ended struct{ End string }

func (OpenTask) effect()    {}
func (CloseTask) effect()   {}
func (SetTimer) effect()    {}
func (ClearTimer) effect()  {}
func (Service) effect()     {}
func (DropService) effect() {}
func (Ended) effect()       {}

// Why says what took a task away.
type Why string

// The reasons for which a task is taken away.
const (
	Interrupted Why = "interrupted" // by a boundary event
	Returned    Why = "returned"    // by a Return
	Cancelled   Why = "cancelled"   // with the whole case
)

// Fault tells the caller what kind of error Step met.
type Fault string

// The kinds of errors of Step.
const (
	FaultGone      Fault = "gone"      // the task, timer or job was open once and is not any more
	FaultUnknown   Fault = "unknown"   // it never was
	FaultOver      Fault = "over"      // the flow has come to its end, or has already begun
	FaultNotThere  Fault = "not_there" // a return to a place to which it may not go
	FaultCondition Fault = "condition" // a condition could not be answered on the facts
	FaultState     Fault = "state"     // the state does not belong to this flow, or the flow cannot run
)

// Error is an error of Step. Nothing has changed when it is returned.
type Error struct {
	Fault   Fault
	Message wording.Message
	Err     error // what the evaluator said, may be nil
}

// Error renders the message in Chinese.
func (e *Error) Error() string { return e.Message.Error() }

// Unwrap returns the cause.
func (e *Error) Unwrap() error {
	if e.Err != nil {
		return e.Err
	}
	return e.Message
}

func fault(f Fault, key string, pairs ...any) *Error {
	return &Error{Fault: f, Message: say("step."+key, pairs...)}
}

// timerID names the timer of a token: its own for a catch event, or that of a
// boundary event of its task.
func timerID(token int, boundary *Node) string {
	if boundary == nil {
		return strconv.Itoa(token)
	}
	return strconv.Itoa(token) + "/" + boundary.ID
}
