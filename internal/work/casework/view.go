package casework

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"tongban/internal/process/paper"
	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/day"
	"tongban/internal/rules/flow"
	"tongban/internal/rules/wording"
	"tongban/internal/rules/workday"
)

// Case is a case as it is shown. What identifies people is in Personal, which
// is nil for readers who may not see it or whose look could not be recorded.
type Case struct {
	ID          int64
	Number      string
	Title       string
	Status      string // as it stands now, whether or not a timer has written it down
	Item        *catalog.Version
	Agency      string
	AgencyName  string
	Label       string // the applicant, masked
	Received    day.Day
	Accepted    day.Day
	Closed      day.Day
	Due         day.Day
	Provisional bool
	PromisedDue day.Day
	Statutory   workday.Settlement
	Promised    workday.Settlement
	Deemed      day.Day // accepted without a word, from this day (行政许可法 32)
	Facts       Facts
	State       flow.State
	Steps       []StepView
	Tasks       []TaskView
	Papers      []paper.Paper
	Asked       []Inquiry
	Timeline    []Line
	Personal    *Personal
	Applicant   int64
	Kind        string // of the applicant: person, legal, agency
	Filer       int64
	key         int64
	secret      []byte
}

// Personal is what identifies people on a case, opened for a reader who may see it.
type Personal struct {
	Secret
	Findings map[int64]Finding // by task
}

// Finding is what an officer found in a task.
type Finding struct {
	Passed   bool
	Text     string
	Officers []int64
}

// StepView is a step of the flow as the applicant sees it.
type StepView struct {
	Node, Name string
	State      string // done, now, later
	Agency     string // name of the body that acts
	Due        day.Day
	At         day.Instant // when it was done
}

// TaskView is a task with names.
type TaskView struct {
	*proceeding.Task
	AgencyName   string
	AssigneeName string
	DoneByName   string
	Back         []Step // where it may be sent back to
}

// Line is one line of the timeline.
type Line struct {
	At     day.Instant
	Day    day.Day
	Kind   string
	Text   wording.Message
	Who    string // name of the officer; "" for the applicant and the platform
	For    string // name of the colleague on leave in whose stead the officer acted
	Post   string
	Agency string // name
	Paper  int64
	N      int64 // version of the case's stream after it
	System bool
}

// settled is a case's row and file as time has left them, computed and not written.
func (o *Office) settled(p *proceeding.Proceeding, f *File, v *catalog.Version, now day.Instant) (status string, deemed day.Day) {
	d := pendingOf(p, f, v, o.Calendar(), now)
	switch {
	case d.deemed.Deemed:
		return Handling, d.deemed.From
	case d.lapsing.Lapsed:
		return Lapsed, 0
	}
	return p.Status, f.Facts.Deemed
}

// Show reads a case without what identifies people.
func (o *Office) Show(tx *store.Tx, id int64) (*Case, error) {
	p, err := proceeding.Get(tx, id)
	if err != nil {
		return nil, err
	}
	f, err := getFile(tx, id)
	if err != nil {
		return nil, err
	}
	v, err := o.Items.ByID(tx, p.ItemVersion)
	if err != nil {
		return nil, err
	}
	if v, err = o.holding(tx, v, f); err != nil {
		return nil, err
	}
	c := &Case{
		ID: p.ID, Number: p.Number, Title: p.Title, Item: v, Agency: p.Agency, Label: p.Label, Received: p.Received, Accepted: p.Accepted, Closed: p.Closed,
		Facts: f.Facts, State: p.State, Applicant: p.Applicant, Kind: f.ApplicantKind, Filer: p.Filer, key: p.Key, secret: f.Secret,
	}
	c.Status, c.Deemed = o.settled(p, f, v, tx.Now())
	o.clocks(c, p, f, v, tx.Today())
	named := tx.Today()
	if p.Closed != 0 {
		named = min(named, p.Closed) // a closed case keeps the agency as it was called
	}
	if c.AgencyName, err = o.People.AgencyName(tx, p.Agency, named); err != nil {
		return nil, err
	}
	if err := o.tasks(tx, c); err != nil {
		return nil, err
	}
	if c.Papers, err = paper.List(tx, id); err != nil {
		return nil, err
	}
	return c, o.timeline(tx, c)
}

// clocks settles the clocks for showing; a case that counts as accepted since
// its receipt is shown with the clock that the law has already started.
func (o *Office) clocks(c *Case, p *proceeding.Proceeding, f *File, v *catalog.Version, today day.Day) {
	clock, cal := p.Clock, o.Calendar()
	if c.Status == Handling && p.Status == Received {
		started, err := clock.With(workday.Fact{Scope: workday.Case, Act: workday.Started, On: c.Deemed})
		if err == nil {
			clock, c.Accepted = started, c.Deemed
		}
	}
	c.Statutory = clock.Settle(workday.Case, workday.Statutory, v.Terms.Statutory, cal, today)
	if !v.Terms.Promised.IsZero() {
		c.Promised = clock.Settle(workday.Case, workday.Promised, v.Terms.Promised, cal, today)
	}
	shown := *p
	shown.Status, shown.Clock = c.Status, clock
	if c.Status == p.Status || c.Status == Handling {
		d := duesOf(&shown, f, v, cal, today)
		c.Due, c.Provisional, c.PromisedDue = d.statutory.Day, d.statutory.Provisional, d.promised.Day
	}
}

func (o *Office) tasks(tx *store.Tx, c *Case) error {
	list, err := proceeding.Tasks(tx, c.ID)
	if err != nil {
		return err
	}
	byNode := map[string]*proceeding.Task{}
	for _, t := range list {
		x := TaskView{Task: t}
		if x.AgencyName, err = o.People.AgencyName(tx, t.Agency, tx.Today()); err != nil {
			return err
		}
		for id, into := range map[int64]*string{t.Assignee: &x.AssigneeName, t.DoneBy: &x.DoneByName} {
			if id != 0 {
				if *into, err = o.People.StaffName(tx, id); err != nil {
					return err
				}
			}
		}
		if t.State == proceeding.TaskOpen && c.Item.Flow != nil && Running(c.Status) {
			x.Back = backTo(c.Item.Flow, c.State, t.Token)
		}
		c.Tasks = append(c.Tasks, x)
		byNode[t.Node] = t
	}
	for _, n := range c.Item.Flow.Nodes {
		if !n.Activity() {
			continue
		}
		c.Steps = append(c.Steps, o.step(tx, c, n, byNode[n.ID]))
	}
	return nil
}

func (o *Office) step(tx *store.Tx, c *Case, n *flow.Node, t *proceeding.Task) StepView {
	s := StepView{Node: n.ID, Name: n.Label(), State: "later"}
	if c.State.HasPassed(n.ID) {
		s.State = "done"
	}
	agency := c.Item.Roles[n.Task.Role]
	if t != nil {
		agency, s.Due, s.At = t.Agency, t.Due, t.DoneAt
		if t.State == proceeding.TaskOpen {
			s.State = "now"
		}
	}
	s.Agency, _ = o.People.AgencyName(tx, agency, tx.Today()) // a body that is gone has no name any more
	return s
}

// timelineMax bounds the acts shown on one page.
const timelineMax = 1000

func (o *Office) timeline(tx *store.Tx, c *Case) error {
	acts, err := o.Runner.Ledger.Acts(tx, proceeding.Stream(Kind, c.ID), timelineMax)
	if err != nil {
		return err
	}
	for _, a := range acts {
		if a.Kind == "case.settled" {
			continue
		}
		l := Line{At: a.Instant(), Kind: a.Kind, Who: a.By.Name, Post: a.By.Post, N: a.N, Text: lineText(a), System: a.By.Post == "system"}
		if l.Day, err = day.Parse(a.Day); err != nil {
			return err
		}
		if a.By.Agency != "" {
			if l.Agency, err = o.People.AgencyName(tx, a.By.Agency, tx.Today()); err != nil {
				return err
			}
		}
		if a.By.For != 0 {
			if l.For, err = o.People.Name(tx, a.By.For); err != nil {
				return err
			}
		}
		if n, ok := a.Facts["paper"].(float64); ok {
			l.Paper = int64(n)
		}
		c.Timeline = append(c.Timeline, l)
	}
	slices.Reverse(c.Timeline)
	return nil
}

// lineText is the sentence of an act: casework.line.<kind>, with its facts, in
// which days are written out.
func lineText(a ledger.Leaf) wording.Message {
	m := wording.Message{Key: "casework.line." + a.Kind[len("case."):], Args: map[string]any{}}
	if g, ok := a.Facts["granted"].(bool); ok && !g {
		m.Key += ".refused"
	}
	if p, ok := a.Facts["passed"].(bool); ok && !p {
		m.Key += ".failed"
	}
	for k, v := range a.Facts {
		if s, ok := v.(string); ok {
			if d, err := day.Parse(s); err == nil {
				v = wording.Date(wording.ZH, d)
			}
		}
		m.Args[k] = v
	}
	if mode, ok := a.Facts["mode"].(string); ok {
		m.Args["mode"] = wording.M("casework.deliver." + mode)
	}
	return m
}

// Look opens a case for a reader: its owner and those who may act for them, or
// staff of a body that takes part in it. Staff leave a look that the owner sees;
// when it cannot be stored the case stays masked.
func (o *Office) Look(ctx context.Context, a act.Actor, id int64, why string) (*Case, error) {
	c, err := o.masked(ctx, a, id, "look")
	if err != nil {
		return nil, err
	}
	if c.Facts.Erased != nil || o.closedTo(a, c, why) {
		return c, nil // what remains
	}
	if a.Who == act.Staff {
		for _, person := range slices.Compact([]int64{c.Applicant, c.Filer}) {
			if err := o.Runner.Looked(ctx, a, act.Look{Person: person, Case: id, What: "case", Why: why}); err != nil {
				return c, nil // masked
			}
		}
	}
	return c, o.Runner.Settle("look", o.Store.Read(ctx, func(tx *store.Tx) error { return o.open(tx, c) }))
}

// mayLook asks for the right to look at a case.
func (o *Office) mayLook(tx *store.Tx, a act.Actor, c *Case) error {
	if a.Who != act.Staff {
		scope, err := o.ownScope(tx, a.Person, "case.look", c.Applicant, c.Filer)
		if err != nil {
			return err
		}
		err = o.Runner.Rights.Authorise(tx, a, "case.look", scope)
		if act.KindOf(err) == act.Refused && a.Person != 0 {
			return act.Missing("proceeding.case") // that it exists is nobody else's business
		}
		return err
	}
	var refused error
	for _, agency := range c.bodies() {
		refused = o.Runner.Rights.Authorise(tx, a, "case.look", act.Scope{Agency: agency, Region: o.Region})
		if refused == nil {
			return nil
		}
	}
	return refused
}

// bodies are the agencies that take part in a case.
func (c *Case) bodies() []string {
	list := []string{c.Agency}
	for _, t := range c.Tasks {
		list = append(list, t.Agency)
	}
	for _, q := range c.Asked {
		list = append(list, q.To)
	}
	if g := c.Item.Roles["government"]; g != "" && c.Facts.Extension != nil {
		list = append(list, g)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// open opens what identifies people.
func (o *Office) open(tx *store.Tx, c *Case) error {
	key, err := o.Vault.Key(tx, c.key)
	if err != nil {
		return err
	}
	s, err := openSecret(key, "casefile", c.ID, c.secret)
	if err != nil {
		return err
	}
	c.Personal = &Personal{Secret: *s, Findings: map[int64]Finding{}}
	for i := range c.Asked {
		q := &c.Asked[i]
		for _, x := range []struct {
			column string
			from   []byte
			into   *string
		}{{"question", q.question, &q.Question}, {"answer", q.answer, &q.Answer}} {
			if len(x.from) == 0 {
				continue
			}
			b, err := key.Open("inquiry", q.ID, x.column, x.from)
			if err != nil {
				return err
			}
			*x.into = string(b)
		}
	}
	return tx.Each(func(r store.Row) error {
		var task int64
		var f Finding
		var text []byte
		var officers string
		if err := r.Scan(&task, &f.Passed, &text, &officers); err != nil {
			return err
		}
		b, err := key.Open("finding", task, "text", text)
		if err != nil {
			return err
		}
		f.Text = string(b)
		err = json.Unmarshal([]byte(officers), &f.Officers)
		c.Personal.Findings[task] = f
		return err
	}, `select task, passed, text, officers from finding where home = $1 and proceeding = $2`, tx.Home(), c.ID)
}

func inquiries(tx *store.Tx, id int64) ([]Inquiry, error) {
	return store.All(tx, scanInquiry, `select `+inquiryColumns+` from inquiry where home = $1 and proceeding = $2 order by id limit 200`, tx.Home(), id)
}

// Progress shows how a case stands to whoever has its number and query code,
// without login and without what identifies people.
func (o *Office) Progress(ctx context.Context, number, code string) (*Case, error) {
	number, code = tidyNumber(number), tidyCode(code)
	var c *Case
	err := o.Store.Read(ctx, func(tx *store.Tx) error {
		p, err := proceeding.ByNumber(tx, number)
		if err != nil || !sameCode(o.QueryCode(number), code) {
			return act.Missing("casework.number_and_code")
		}
		c, err = o.Show(tx, p.ID)
		return err
	})
	return c, o.Runner.Settle("progress", err)
}

// ProofStream is the ledger stream of a case, for its proof.
func ProofStream(id int64) string { return fmt.Sprintf("%s/%d", Kind, id) }
