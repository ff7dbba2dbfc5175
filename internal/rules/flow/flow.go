// Package flow reads, checks, writes and steps the process of an item, which
// is BPMN 2.0 XML: the file that is published as the item's flowchart is the
// one that runs.
//
// A stated subset runs. Every other element of a file is either kept as a
// drawing or refused by name; Check lists all of them. A flow is accepted when
// it reduces to nested blocks: a region is a graph of exclusive choices with
// one token in it, and a parallel block is a region per branch between a split
// and its join. Such a flow can neither hang nor leave a token behind, and
// Step relies on that.
//
// The package is pure: it knows no clock, no database and no calendar. Terms
// are named symbolically ("P20W" is twenty working days) and resolved by the
// caller; conditions are kept as source text and asked through an Evaluator.
package flow

import (
	"slices"
	"strings"

	"tongban/internal/rules/wording"
)

// Kind is the sort of a flow node that runs.
type Kind string

// The kinds of nodes that run. KindKept stands for every node that is only
// kept: its Type says what the file calls it.
const (
	KindStart    Kind = "startEvent"
	KindEnd      Kind = "endEvent"
	KindUser     Kind = "userTask"
	KindManual   Kind = "manualTask"
	KindService  Kind = "serviceTask"
	KindRule     Kind = "businessRuleTask"
	KindChoice   Kind = "exclusiveGateway"
	KindParallel Kind = "parallelGateway"
	KindCatch    Kind = "intermediateCatchEvent"
	KindBoundary Kind = "boundaryEvent"
	KindKept     Kind = ""
)

// Task is what the attributes of the namespace urn:tongban:bpmn:1 say about a
// node: who works on it and how long it may take.
type Task struct {
	Role     string `json:"role,omitempty"`     // key of the item's roles: which agency
	Post     string `json:"post,omitempty"`     // post that takes the task
	Part     string `json:"part,omitempty"`     // part played on the case: accept, review, decide …
	Officers int    `json:"officers,omitempty"` // officers needed, 0 when the file does not say
	Term     string `json:"term,omitempty"`     // P7W working days, P30D calendar days
	Action   string `json:"action,omitempty"`   // what a service or rule task does
}

// About is what the same namespace says of a node for those who read the flow;
// nothing of it is run.
type About struct {
	Special string `json:"special,omitempty"` // special procedure that takes place here: hearing, testing … (行政许可法 45)
	Risk    string `json:"risk,omitempty"`    // integrity risk point
	Guard   string `json:"guard,omitempty"`   // what is done against it
	Basis   string `json:"basis,omitempty"`   // law and article on which the step rests
}

// Node is a flow node of the process that runs.
type Node struct {
	ID, Name string
	Kind     Kind
	Type     string // the element's local name in the file
	Doc      string // documentation of the element
	Line     int
	Col      int

	Task    Task
	About   About
	Default string // id of the default flow of an exclusive gateway

	Timer        string // term of a timer event
	Message      string // name of the message that a message event waits for
	Host         *Node  // activity to which a boundary event is attached
	Interrupting bool   // the boundary event ends its host

	In, Out  []*Flow
	Boundary []*Node // boundary events attached to this activity

	at     int // place in Definition.Nodes
	source *element
}

// Activity tells whether the node is work that is opened and finished.
func (n *Node) Activity() bool { return n.ByPerson() || n.BySystem() }

// ByPerson tells whether a person finishes the node.
func (n *Node) ByPerson() bool { return n.Kind == KindUser || n.Kind == KindManual }

// BySystem tells whether a job finishes the node.
func (n *Node) BySystem() bool { return n.Kind == KindService || n.Kind == KindRule }

// Label is the node's name, and its id when it has none.
func (n *Node) Label() string {
	if n.Name != "" {
		return n.Name
	}
	return n.ID
}

// Flow is a sequence flow whose two ends exist.
type Flow struct {
	ID, Name  string
	From, To  *Node
	Condition string // source text of the condition, "" when there is none
	Line, Col int

	source *element
}

// Lane is a leaf lane of the process that runs.
type Lane struct {
	ID, Name string
	Nodes    []string // ids of the nodes that lie in it
}

// Note is a text annotation or another named artefact that is only drawn.
type Note struct {
	ID, Type, Text string
}

// Link is a drawn connection that carries no token: an association, a message
// flow, a data association.
type Link struct {
	ID, Type, From, To string
}

// Definition is a BPMN file that was read. It is never changed after Parse and
// may be used by many goroutines at once.
type Definition struct {
	ID    string // id of the process that runs, "" when none could be chosen
	Name  string // its name, or the file's
	Nodes []*Node
	Flows []*Flow
	Lanes []Lane
	Notes []Note
	Links []Link

	// Diagram is the drawing in the file, nil when it has none. Layout makes one.
	Diagram *Diagram

	src      []byte
	insertAt int // offset in src where a drawing can be added, -1 when nowhere
	encoding string
	root     *element
	process  *element
	byID     map[string]*Node
	flowByID map[string]*Flow
	elements map[string]*element // every BPMN element with an id
	expanded map[string]bool     // sub-processes that the drawing shows open
	dangling []Element           // flows that point at nothing, found while linking
	plan     *plan
	report   Report // what Check says, conditions left aside
}

// Node returns the node with this id, nil when the process has none.
func (d *Definition) Node(id string) *Node { return d.byID[id] }

// Flow returns the sequence flow with this id, nil when the process has none.
func (d *Definition) Flow(id string) *Flow { return d.flowByID[id] }

// Asks tells whether a condition of the flow may ask for a fact, such as "form":
// what none asks for need not be gathered.
func (d *Definition) Asks(fact string) bool {
	return slices.ContainsFunc(d.Flows, func(f *Flow) bool { return strings.Contains(f.Condition, fact) })
}

// Start returns the start event, nil when there is not exactly one.
func (d *Definition) Start() *Node { return d.plan.start }

// Evaluator answers conditions. condition.Compile makes one; Step is given it
// so that flow need not know the language.
type Evaluator interface {
	// True evaluates the condition on the facts. An error stops the step.
	True(source string, facts map[string]any) (bool, error)
}

// Checker tells whether a condition is well formed and typed, before it is
// ever run.
type Checker interface {
	// Check returns nil or what is wrong with the condition.
	Check(source string) error
}

func say(key string, pairs ...any) wording.Message { return wording.M("flow."+key, pairs...) }
