package casework

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/day"
	"tongban/internal/rules/workday"
)

var settleCase = act.Command{Name: "case.settle", Right: "case.settle"}

// pending is what the law or a timer has decided about a case by now, whether
// or not anybody noticed. It is pure: pages show it, commands and the timer
// write it down.
type pending struct {
	deemed  workday.Deeming // accepted without a word (行政许可法 32)
	lapsing workday.Lapsing // no correction came
	timers  []proceeding.Timer
}

func (d pending) nothing() bool {
	return !d.deemed.Deemed && !d.lapsing.Lapsed && !d.lapsing.Now && len(d.timers) == 0
}

func pendingOf(p *proceeding.Proceeding, f *File, v *catalog.Version, cal *workday.Calendar, now day.Instant) pending {
	var d pending
	today := now.Day()
	switch p.Status {
	case Received:
		if deemable(v) {
			d.deemed = workday.Deem(p.Received, v.Terms.Notice, 0, cal, today)
			if d.deemed.Due.Provisional {
				d.deemed.Deemed = false // not before the calendar of that year is known
			}
		}
	case Correcting:
		n := f.Facts.Notice
		d.lapsing = workday.Lapse(n.Day, v.Terms.Lapse.Term, v.Terms.Remind.Term, n.Corrected, cal, today)
		if n.Reminded != 0 {
			d.lapsing.Now = false
		}
	}
	for _, t := range p.Timers {
		if t.At <= now && Running(p.Status) {
			d.timers = append(d.timers, t)
		}
	}
	return d
}

// deemable tells whether silence counts as acceptance: article 32 binds licences only.
func deemable(v *catalog.Version) bool { return v.Deemed && v.Type == catalog.TypeLicence }

// settle writes down what has been decided by time alone. It is the platform's
// act, whoever's command came first after it: that person did nothing yet.
func (m *matter) settle() error {
	whose := m.c.Actor
	m.c.Actor = act.Machine()
	defer func() { m.c.Actor = whose }()
	for range 20 {
		d := pendingOf(m.p, m.f, m.v, m.o.Calendar(), m.c.Now())
		if d.nothing() {
			return nil
		}
		if err := m.settleOne(d); err != nil {
			return err
		}
	}
	return nil
}

func (m *matter) settleOne(d pending) error {
	switch {
	case d.deemed.Deemed:
		return m.deem(d.deemed)
	case d.lapsing.Lapsed:
		return m.lapse(d.lapsing)
	case d.lapsing.Now:
		m.f.Facts.Notice.Reminded = m.c.Today()
		return m.also(m.event("case.reminded", map[string]any{"until": m.f.Facts.Notice.Until}))
	}
	facts, err := m.facts("")
	if err != nil {
		return err
	}
	moved, err := m.o.engine().Fire(m.c, m.p, m.v.Flow, m.body, d.timers[0], facts)
	if err != nil {
		return err
	}
	if err := m.also(m.event("case.timer", map[string]any{"node": d.timers[0].Node})); err != nil {
		return err
	}
	return m.carryOn(moved, "")
}

// deem accepts the case from the day on which it was received.
func (m *matter) deem(d workday.Deeming) error {
	t, err := proceeding.OpenPart(m.c.Tx, m.p.ID, "accept")
	if err != nil {
		return err
	}
	m.f.Facts.Deemed = d.From
	if err := m.begin(t, d.From, map[string]any{"deemed": true}); err != nil {
		return err
	}
	e := m.event("case.deemed_accepted", map[string]any{"from": d.From, "notice_due": d.Due.Day})
	e.Day = d.From
	e.Rules = []ledger.Rule{{Article: "行政许可法第三十二条第一款第四项", Inputs: map[string]any{"received": m.p.Received, "notice_due": d.Due.Day, "today": m.c.Today()}}}
	return m.also(e)
}

// lapse ends a case that nobody corrected.
func (m *matter) lapse(l workday.Lapsing) error {
	paper, err := m.paper("lapse", m.window(), lapseFacts(m))
	if err != nil {
		return err
	}
	if err := m.end(Lapsed, paper.ID); err != nil {
		return err
	}
	return m.also(m.event("case.lapsed", map[string]any{"until": l.End.Day, "paper": paper.ID}))
}

// end closes a case without a decision.
func (m *matter) end(why string, paper int64) error {
	if err := m.o.engine().Stop(m.c, m.p, m.v.Flow); err != nil {
		return err
	}
	if err := m.endTests(); err != nil {
		return err
	}
	m.p.Status, m.p.Closed, m.p.Timers = why, m.c.Today(), nil
	m.f.Facts.Ended = &Ended{Why: why, Day: m.c.Today(), Paper: paper}
	return m.stopClock()
}

// stopClock ends the case's clocks if they run.
func (m *matter) stopClock() error {
	if m.p.Accepted == 0 {
		return nil
	}
	clock, err := m.p.Clock.With(workday.Fact{Scope: workday.Case, Act: workday.Stopped, On: m.c.Today(), At: m.c.Now()})
	if err != nil {
		return err
	}
	m.p.Clock = clock
	return nil
}

// nextWake is the next instant at which settling the case would do something.
func (m *matter) nextWake() day.Instant {
	var at []day.Instant
	cal := m.o.Calendar()
	switch m.p.Status {
	case Received:
		if due := m.v.Terms.Notice.Due(cal, m.p.Received); deemable(m.v) && !due.Provisional {
			at = append(at, (due.Day + 1).Start())
		}
	case Correcting:
		n := m.f.Facts.Notice
		l := workday.Lapse(n.Day, m.v.Terms.Lapse.Term, m.v.Terms.Remind.Term, 0, cal, m.c.Today())
		at = append(at, (l.End.Day + 1).Start())
		if n.Reminded == 0 {
			at = append(at, l.Remind.Day.Start())
		}
	}
	if Running(m.p.Status) {
		for _, t := range m.p.Timers {
			at = append(at, t.At)
		}
	}
	if len(at) == 0 {
		return 0
	}
	return slices.Min(at)
}

type settleIn struct {
	Case int64 `json:"case"`
}

// Settle writes down what time has decided about one case. The timer calls it;
// it does nothing when nothing is due, so it may be called at any time.
func (o *Office) Settle(ctx context.Context, id int64) error {
	_, err := act.Run(ctx, o.Runner, act.Machine(), "", settleCase, settleIn{id}, func(c *act.Call, in settleIn) (Done, error) {
		before := int64(0)
		m, err := o.take(c, in.Case, func(m *matter) (act.Scope, error) {
			before = m.p.Chain.Version
			return act.Scope{}, nil
		})
		if err != nil {
			return Done{}, err
		}
		if m.p.Chain.Version == before {
			// Nothing is due any more: a calendar changed, or somebody was first.
			m.p.Wake = m.nextWake()
			m.p.SleepUntil(c)
			return Done{Case: m.p.ID}, nil
		}
		return m.save(m.event("case.settled", nil))
	})
	return err
}

// SettleDue settles every case whose wake-up has come, up to limit, and returns
// how many were tried. A case that cannot be settled keeps none of the others
// waiting; the error names it.
func (o *Office) SettleDue(ctx context.Context, limit int) (int, error) {
	var ids []int64
	err := o.Store.Read(ctx, func(tx *store.Tx) (err error) {
		ids, err = proceeding.Awake(tx, Kind, limit)
		return err
	})
	for _, id := range ids {
		if ctx.Err() != nil {
			break
		}
		if one := o.Settle(ctx, id); one != nil {
			err = errors.Join(err, fmt.Errorf("case %d: %w", id, one))
		}
	}
	return len(ids), err
}

// Recount counts the due days of running cases again under a new calendar: those
// that rest on days whose notice was not in, and those that reach the first day
// which a notice changed while its year ran. It runs inside the import's command.
func (o *Office) Recount(c *act.Call, was, now *workday.Calendar) error {
	ids, err := proceeding.RestingOn(c.Tx, Kind, firstChange(was, now))
	if err != nil {
		return err
	}
	for _, id := range ids {
		p, err := proceeding.Lock(c.Tx, id)
		if err != nil {
			return err
		}
		f, err := getFile(c.Tx, id)
		if err != nil {
			return err
		}
		v, err := o.Items.ByID(c.Tx, p.ItemVersion)
		if err == nil {
			v, err = o.holding(c.Tx, v, f)
		}
		if err != nil {
			return err
		}
		if err := o.recount(c, p, f, v, now); err != nil {
			return err
		}
	}
	return nil
}

// firstChange is the first day that works in one of two calendars only, 0 when
// there is none.
func firstChange(was, now *workday.Calendar) day.Day {
	years := now.Years()
	if len(years) == 0 {
		return 0
	}
	for d := day.Of(years[0]-1, 12, 25); d < day.Of(years[len(years)-1]+1, 1, 1); d++ {
		before, _ := was.IsWorking(d)
		if after, _ := now.IsWorking(d); before != after {
			return d
		}
	}
	return 0
}

func (o *Office) recount(c *act.Call, p *proceeding.Proceeding, f *File, v *catalog.Version, cal *workday.Calendar) error {
	key, err := o.Vault.Key(c.Tx, p.Key)
	if err != nil {
		return err
	}
	under := *o
	under.Calendar = func() *workday.Calendar { return cal }
	m := &matter{o: &under, c: c, p: p, f: f, v: v, key: key}
	if m.told, err = m.readers(); err != nil {
		return err
	}
	was := p.Due
	d := m.dueNow()
	if d.statutory.Day == was && d.statutory.Provisional == p.Provisional && d.promised.Day == p.PromisedDue {
		return nil
	}
	_, err = m.save(m.event("case.recounted", map[string]any{"was": was, "statutory_due": d.statutory.Day, "calendar": cal.Version()}))
	return err
}
