package casework

import (
	"context"
	"encoding/json"
	"slices"

	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/register/identity"
)

var (
	assign = act.Command{Name: "case.assign", Right: "case.assign"}
	review = act.Command{Name: "case.review", Right: "case.review", Part: "review"}
	visit  = act.Command{Name: "case.visit", Right: "case.visit", Part: "visit"}
)

// TaskIn names a task of a case at the version that its reader saw.
type TaskIn struct {
	Case int64 `json:"case"`
	Task int64 `json:"task"`
	Seen int64 `json:"seen,omitempty"`
}

// task takes a case by one of its tasks: the right is asked at the task's
// agency, and the actor must hold the task's post there.
func (o *Office) task(c *act.Call, in TaskIn) (*matter, *proceeding.Task, error) {
	m, t, err := o.taskAt(c, in)
	if err != nil {
		return nil, nil, err
	}
	if c.Actor.Who == act.Staff {
		acting, ok := identity.ActingOn(c.Actor, t.Post, t.Agency, t.Assignee)
		if !ok {
			return nil, nil, act.Refuse("casework.post", "post", identity.PostLabel(t.Post)).Recorded()
		}
		c.Actor = acting // as a stand-in, or in another of their posts: so it is written down
	}
	return m, t, nil
}

// taskAt takes a case by one of its tasks for whoever has the command's right
// at the task's agency, whatever their post.
func (o *Office) taskAt(c *act.Call, in TaskIn) (*matter, *proceeding.Task, error) {
	var t *proceeding.Task
	m, err := o.take(c, in.Case, func(m *matter) (act.Scope, error) {
		var err error
		if t, err = proceeding.OpenTask(c.Tx, in.Case, in.Task, in.Seen); err != nil {
			return act.Scope{}, err
		}
		return act.Scope{Agency: t.Agency, Region: m.p.Region}, nil
	})
	if err != nil {
		return nil, nil, err
	}
	if !Running(m.p.Status) {
		return nil, nil, m.must()
	}
	return m, t, nil
}

// AssignIn gives a task to a person, or back to the list (0).
type AssignIn struct {
	TaskIn
	Person int64 `json:"person"`
}

// Assign gives an open task to a person who holds its post, or takes it back.
// Who assigns need not hold that post: a head or a reviewer gives out the work
// of the agency's other posts too.
func (o *Office) Assign(ctx context.Context, a act.Actor, token string, in AssignIn) (Done, error) {
	return act.Run(ctx, o.Runner, a, token, assign, in, func(c *act.Call, in AssignIn) (Done, error) {
		m, t, err := o.taskAt(c, in.TaskIn)
		if err != nil {
			return Done{}, err
		}
		if in.Person != 0 {
			staff, err := o.People.StaffOf(c.Tx, t.Agency, t.Post, c.Today())
			if err != nil {
				return Done{}, err
			}
			if !slices.Contains(staff, in.Person) {
				return Done{}, act.Wrong("casework.assign.post", "post", identity.PostLabel(t.Post))
			}
		}
		proceeding.Assign(c, t, in.Person)
		done, err := m.save(m.event("case.assigned", map[string]any{"task": t.ID, "node": t.Node, "to": in.Person, "agency": t.Agency}))
		done.Task = t.ID
		return done, err
	})
}

// ReviewIn is the opinion of a body on a case.
type ReviewIn struct {
	TaskIn
	Passed bool   `json:"passed"`
	Text   string `json:"text"`
	// Points are the keys of the review points that were ticked off.
	Points []string `json:"points,omitempty"`
}

// Review finishes a review, or a test whose result is in, with an opinion.
func (o *Office) Review(ctx context.Context, a act.Actor, token string, in ReviewIn) (Done, error) {
	return act.Run(ctx, o.Runner, a, token, review, in, func(c *act.Call, in ReviewIn) (Done, error) {
		m, t, err := o.task(c, in.TaskIn)
		if err != nil {
			return Done{}, err
		}
		if t.Part != "review" && t.Part != "test" {
			return Done{}, act.Changed("proceeding.task")
		}
		if err := m.words("opinion", in.Text); err != nil {
			return Done{}, err
		}
		if err := m.testsDone(t); err != nil {
			return Done{}, err
		}
		if err := m.takePart(c, t.Part, c.Actor.Person); err != nil {
			return Done{}, err
		}
		if err := m.checkPoints(t, in.Points); err != nil {
			return Done{}, err
		}
		return m.find(t, "case.reviewed", in.Passed, in.Text, []int64{c.Actor.Person})
	})
}

// VisitIn is what officers found at a site.
type VisitIn struct {
	TaskIn
	Passed   bool    `json:"passed"`
	Text     string  `json:"text"`
	Officers []int64 `json:"officers"` // all who were there, the actor among them
	// Points are the keys of the review points that were ticked off.
	Points []string `json:"points,omitempty"`
}

// Visit finishes a site visit: two officers or more (行政许可法 34); it runs
// within the limit and stops no clock.
func (o *Office) Visit(ctx context.Context, a act.Actor, token string, in VisitIn) (Done, error) {
	return act.Run(ctx, o.Runner, a, token, visit, in, func(c *act.Call, in VisitIn) (Done, error) {
		m, t, err := o.task(c, in.TaskIn)
		if err != nil {
			return Done{}, err
		}
		if t.Part != "visit" {
			return Done{}, act.Changed("proceeding.task")
		}
		if err := m.words("findings", in.Text); err != nil {
			return Done{}, err
		}
		if err := m.officers(c, t, in.Officers); err != nil {
			return Done{}, err
		}
		for _, p := range in.Officers {
			if err := m.takePart(c, t.Part, p); err != nil {
				return Done{}, err
			}
		}
		if err := m.checkPoints(t, in.Points); err != nil {
			return Done{}, err
		}
		return m.find(t, "case.visited", in.Passed, in.Text, in.Officers)
	})
}

// officers wants as many different officers of the task's post as it needs, the
// actor among them.
func (m *matter) officers(c *act.Call, t *proceeding.Task, list []int64) error {
	sorted := slices.Sorted(slices.Values(list))
	if len(slices.Compact(sorted)) != len(list) || len(list) < t.Officers || !slices.Contains(list, c.Actor.Person) {
		return act.Refuse("casework.visit.officers", "n", t.Officers).By("行政许可法第三十四条第三款")
	}
	staff, err := m.o.People.StaffOf(c.Tx, t.Agency, t.Post, c.Today())
	if err != nil {
		return err
	}
	for _, p := range list {
		if p != c.Actor.Person && !slices.Contains(staff, p) {
			return act.Wrong("casework.assign.post", "post", identity.PostLabel(t.Post))
		}
	}
	return nil
}

// find keeps a finding and moves the flow past its task.
func (m *matter) find(t *proceeding.Task, kind string, passed bool, text string, officers []int64) (Done, error) {
	if err := m.finding(t, passed, text, officers); err != nil {
		return Done{}, err
	}
	facts, err := m.facts("")
	if err != nil {
		return Done{}, err
	}
	moved, err := m.o.engine().Finish(m.c, m.p, m.v.Flow, m.body, t, map[string]any{"passed": passed}, facts)
	if err != nil {
		return Done{}, err
	}
	if err := m.carryOn(moved, ""); err != nil {
		return Done{}, err
	}
	e := m.event(kind, map[string]any{"task": t.ID, "node": t.Node, "name": t.Name, "agency": t.Agency, "passed": passed, "officers": len(officers)})
	e.Personal = []ledger.Personal{{Field: "text", Value: text}}
	done, err := m.save(e)
	done.Task = t.ID
	return done, err
}

func (m *matter) finding(t *proceeding.Task, passed bool, text string, officers []int64) error {
	list, err := json.Marshal(officers)
	if err != nil {
		return err
	}
	m.c.Tx.PutOne(act.Changed("proceeding.task"), `insert into finding(home, task, proceeding, passed, text, officers, at) values($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
		m.c.Tx.Home(), t.ID, m.p.ID, passed, m.key.Seal("finding", t.ID, "text", []byte(text)), string(list), m.c.Now())
	return nil
}
