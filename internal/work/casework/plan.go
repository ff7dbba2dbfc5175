package casework

import (
	"maps"
	"regexp"
	"slices"

	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/day"
	"tongban/internal/rules/flow"
	"tongban/internal/rules/wording"
	"tongban/internal/rules/workday"
)

// Move is what moving a case to another version of its item, or to an item that
// took the place of its own, means for it.
type Move struct {
	From, To *catalog.Version
	// Wrong are the reasons why it cannot be, none when it can.
	Wrong []wording.Message
	Tasks []proceeding.MovedTask
	// Added are steps that the case comes to only now, Dropped those that it no
	// longer comes to, Passed new ones that lie behind it and are not made up for.
	Added, Dropped, Passed []string
	Agency, AgencyNow      string
	Due, DueNow            day.Day // statutory, or of what comes next
	Promised, PromisedNow  day.Day
	// Kept are the terms that stay as they were: those of the new version would
	// end later, or have ended already.
	Kept []string
	// Waived are materials that are still missing and no longer asked for; Spared
	// those that the new version asks for and this case does not (行政许可法 32).
	Waived, Spared []catalog.Material

	state flow.State
	stays map[string]int64
	holds *catalog.Version // To, with what stays
}

// planMove works out a move. It writes nothing.
func (m *matter) planMove(to *catalog.Version) (*Move, error) {
	x := &Move{From: m.v, To: to, Agency: m.p.Agency, Due: m.p.Due, Promised: m.p.PromisedDue}
	if err := m.must(Received, Correcting, Handling); err != nil {
		return nil, err
	}
	var misfits []flow.Misfit
	x.state, misfits = flow.Move(m.v.Flow, to.Flow, m.p.State)
	for _, f := range misfits {
		x.wrong(misfitKeys[f.Why], "name", f.Name)
	}
	m.fits(x)
	if len(x.Wrong) > 0 {
		return x, nil
	}
	if err := m.planTerms(x); err != nil {
		return nil, err
	}
	m.planSteps(x)
	m.planMaterials(x)
	return x, m.planTasks(x)
}

var misfitKeys = map[flow.MisfitKind]string{
	flow.MisfitGone: "casework.move.gone", flow.MisfitOther: "casework.move.other_step",
	flow.MisfitBranch: "casework.move.branch", flow.MisfitBroken: "casework.move.broken",
}

func (x *Move) wrong(key string, pairs ...any) {
	msg := wording.M(key, pairs...)
	if !slices.ContainsFunc(x.Wrong, func(w wording.Message) bool { return w.In(wording.ZH) == msg.In(wording.ZH) }) {
		x.Wrong = append(x.Wrong, msg)
	}
}

// formField finds the answers that a condition asks for.
var formField = regexp.MustCompile(`\bform\.([a-z][a-z0-9_]*)`)

// fits wants of the new version what this case can give: the applicant is one of
// those who may, a decision is still ahead, and every answer that a condition or
// the result asks for was asked for when the case was applied for.
func (m *matter) fits(x *Move) {
	if !contains(x.To.Applicants, m.f.ApplicantKind) {
		x.wrong("casework.move.who")
	}
	if !slices.ContainsFunc(flow.Ahead(x.To.Flow, m.p.State), func(n *flow.Node) bool { return n.Task.Part == "decide" }) {
		x.wrong("casework.move.decision")
	}
	var texts []string
	for _, f := range x.To.Flow.Flows {
		texts = append(texts, f.Condition)
	}
	for _, f := range x.To.Result.Fields {
		texts = append(texts, f.Value)
	}
	for _, v := range x.To.Visits {
		texts = append(texts, v.When)
	}
	for _, text := range texts {
		for _, found := range formField.FindAllStringSubmatch(text, -1) {
			if m.hasField(found[1]) {
				continue
			}
			label := found[1]
			if f, ok := x.To.Form.Field(label); ok {
				label = f.Title
			}
			x.wrong("casework.move.field", "name", label)
		}
	}
}

// planTerms decides which terms hold: of each the one that ends earlier, so that
// nobody waits longer than they were told; but one that would have ended before
// today cannot have bound anybody, and the old one stays.
func (m *matter) planTerms(x *Move) error {
	x.stays = maps.Clone(m.f.Facts.Stays)
	if x.stays == nil {
		x.stays = map[string]int64{asked: m.p.ItemVersion}
	}
	keep := func(what string, was, now day.Day) {
		if was != 0 && (now == 0 || now > was || now < m.c.Today()) {
			if x.stays[what] == 0 {
				x.stays[what] = m.p.ItemVersion
			}
			x.Kept = append(x.Kept, what)
			return
		}
		delete(x.stays, what)
	}
	old, now := m.v.Terms, x.To.Terms
	if m.p.Accepted == 0 {
		keep("notice", m.noticeDue(old.Notice), m.noticeDue(now.Notice))
	}
	keep("statutory", m.termDue(workday.Statutory, old.Statutory), m.termDue(workday.Statutory, now.Statutory))
	keep("promised", m.termDue(workday.Promised, old.Promised), m.termDue(workday.Promised, now.Promised))
	if m.p.Status == Correcting { // the notice named the day
		keep("lapse", 1, 0)
		x.Kept = slices.DeleteFunc(x.Kept, func(s string) bool { return s == "lapse" })
	}
	f := *m.f
	f.Facts.Stays = x.stays
	var err error
	if x.holds, err = m.o.holding(m.c.Tx, x.To, &f); err != nil {
		return err
	}
	due := duesOf(m.p, m.f, x.holds, m.o.Calendar(), m.c.Today())
	x.DueNow, x.PromisedNow, x.AgencyNow = due.statutory.Day, due.promised.Day, x.holds.Agency
	return nil
}

// noticeDue is the last day of the term for accepting or naming what is missing.
func (m *matter) noticeDue(t workday.Term) day.Day {
	from := m.p.Received
	if m.p.Status == Correcting {
		from = m.c.Today() // it begins anew with the correction
	}
	return t.Due(m.o.Calendar(), from).Day
}

// termDue is the last day of a term under the case's clock as it stands, or, as
// long as it has not begun, as if it began today; 0 where there is no term.
func (m *matter) termDue(kind workday.Kind, t workday.Term) day.Day {
	switch {
	case t.IsZero():
		return 0
	case m.p.Status == Handling:
		return m.p.Clock.Settle(workday.Case, kind, t, m.o.Calendar(), m.c.Today()).Due.Day
	}
	return t.Due(m.o.Calendar(), m.c.Today()).Day
}

// planSteps compares what lay ahead with what will.
func (m *matter) planSteps(x *Move) {
	was, now := flow.Ahead(m.v.Flow, m.p.State), flow.Ahead(x.To.Flow, x.state)
	has := func(list []*flow.Node, n *flow.Node) bool {
		return slices.ContainsFunc(list, func(o *flow.Node) bool { return o.ID == n.ID })
	}
	for _, n := range now {
		if !has(was, n) {
			x.Added = append(x.Added, n.Label())
		}
	}
	for _, n := range was {
		if !has(now, n) {
			x.Dropped = append(x.Dropped, n.Label())
		}
	}
	for _, n := range x.To.Flow.Nodes {
		if n.Activity() && !has(now, n) && m.v.Flow.Node(n.ID) == nil {
			x.Passed = append(x.Passed, n.Label())
		}
	}
}

func (m *matter) planMaterials(x *Move) {
	has := func(list []catalog.Material, key string) bool {
		return slices.ContainsFunc(list, func(o catalog.Material) bool { return o.Key == key })
	}
	for _, in := range m.f.Facts.Materials {
		open := in.State == MaterialMissing || in.State == MaterialBring || in.State == MaterialDeferred
		if i := slices.IndexFunc(m.v.Materials, func(o catalog.Material) bool { return o.Key == in.Key }); open && i >= 0 && !has(x.To.Materials, in.Key) {
			x.Waived = append(x.Waived, m.v.Materials[i])
		}
	}
	for _, w := range x.To.Materials {
		if !has(m.v.Materials, w.Key) {
			x.Spared = append(x.Spared, w)
		}
	}
}

func (m *matter) planTasks(x *Move) error {
	open, err := proceeding.Tasks(m.c.Tx, m.p.ID)
	if err != nil {
		return err
	}
	p := *m.p
	p.Agency = x.AgencyNow
	x.Tasks, err = m.o.engine().PlanMove(&p, x.To.Flow, func(role string) string { return x.holds.Roles[role] }, open, x.DueNow)
	for i := range x.Tasks {
		if x.Tasks[i].Now.Part == "accept" { // its term is the case's own
			x.Tasks[i].Now.Due = x.DueNow
		}
	}
	return err
}

// target is the version that a case is asked to be moved to, in force today: the
// one of its item (0), or one of an item that took its place.
func (m *matter) target(version int64) (to *catalog.Version, err error) {
	if version == 0 {
		to, err = m.o.Items.InForce(m.c.Tx, m.p.Item, m.c.Today())
	} else {
		to, err = m.o.Items.ByID(m.c.Tx, version)
	}
	if err != nil {
		return nil, err
	}
	switch {
	case to.ID == m.p.ItemVersion:
		return nil, act.Wrong("casework.move.same")
	case !to.Complete() || !to.Span.Holds(m.c.Today()):
		return nil, act.Wrong("casework.move.not_in_force")
	case to.Of == m.p.Item:
		return to, nil
	}
	next, err := m.o.successors(m.c.Tx, m.p.Item)
	if err == nil && !slices.Contains(next, to.Of) {
		err = act.Wrong("casework.move.other")
	}
	return to, err
}
