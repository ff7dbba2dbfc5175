package bulk

import (
	"context"
	"fmt"
	"sync/atomic"

	"tongban/internal/demo"
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/identity"
	"tongban/internal/rules/day"
	"tongban/internal/rules/gbcode"
	"tongban/internal/work/casework"
	"tongban/tests/drive"
)

// Clock is the clock of a house in which work is recorded: it is set, and moves
// a little with each look at it.
type Clock struct{ at atomic.Int64 }

// Now is the moment.
func (c *Clock) Now() day.Instant { return day.Instant(c.at.Add(23)) }

// Set sets it to the morning of a day.
func (c *Clock) Set(d day.Day) {
	const morning = 8*day.Hour + 30*day.Minute
	c.at.Store(int64(d.Start() + morning))
}

// Fates says how many cases of each fate a resident has.
type Fates struct {
	Done      int // delivered, with a licence
	Reviewing int // accepted, one of three reviews done
	Waiting   int // handed in
}

// Cases is how many that are.
func (f Fates) Cases() int { return f.Done + f.Reviewing + f.Waiting }

// weeksBack is how far back recorded work begins: enough for patterns that begin
// two weeks apart and for cases that follow each other in two weeks.
const weeksBack = 40

// Begun is the day on which a county is founded whose last cases are handed in
// the day before today.
func Begun(today day.Day) day.Day {
	d := today - weeksBack*7
	for d.Weekday() != 1 {
		d--
	}
	return d
}

// Patterns records n pieces of work in a county whose clock is in our hands.
func Patterns(ctx context.Context, c *drive.County, clock *Clock, today day.Day, n int, f Fates) ([]*Pattern, error) {
	var list []*Pattern
	for i := range n {
		p, err := Work(ctx, c, clock, today, i, f)
		if err != nil {
			return nil, fmt.Errorf("record pattern %d: %w", i, err)
		}
		list = append(list, p)
	}
	return list, nil
}

// Work records piece of work n: a resident is registered, gets an account, and
// has cases of these fates, each of which is opened by every official before they
// act on it. Each begins two weeks after the one before, eight in turn.
func Work(ctx context.Context, c *drive.County, clock *Clock, today day.Day, n int, f Fates) (*Pattern, error) {
	w := &worker{c: c, clock: clock, today: today, begun: Begun(today) + 7 + day.Day(n%8*14)}
	p, err := w.record(ctx, n, f)
	clock.Set(today)
	return p, err
}

// worker does the work of one pattern.
type worker struct {
	c            *drive.County
	clock        *Clock
	today, begun day.Day
	rec          *Recorder
	resident     act.Actor
	staff        *drive.Insiders
	lookers      []act.Actor // who opens a case before each step
}

// patternPeople is where the running numbers of recorded people begin, beyond
// those of invented ones.
const patternPeople = 900_000

func (w *worker) record(ctx context.Context, n int, f Fates) (*Pattern, error) {
	w.clock.Set(w.begun)
	if err := w.officials(ctx, n); err != nil {
		return nil, err
	}
	rec, err := Begin(ctx, w.c.House)
	if err != nil {
		return nil, err
	}
	w.rec = rec
	who, err := w.register(ctx, n)
	if err != nil {
		return nil, err
	}
	for i := range f.Done {
		if err := w.follow(ctx, n*100+i, w.begun+day.Day(i*14), 6); err != nil {
			return nil, err
		}
	}
	for i := range f.Reviewing {
		if err := w.follow(ctx, n*100+50+i, w.today-9, 2); err != nil {
			return nil, err
		}
	}
	for i := range f.Waiting {
		if err := w.follow(ctx, n*100+80+i, w.today-1, 0); err != nil {
			return nil, err
		}
	}
	return rec.End(ctx, who)
}

// officials resolves who handles the cases.
func (w *worker) officials(ctx context.Context, n int) (err error) {
	if w.staff, err = w.c.Insiders(ctx, n); err != nil {
		return err
	}
	for _, p := range []struct{ agency, post string }{{"spj", "window"}, {"scjg", "reviewer"}, {"xfjy", "reviewer"}, {"sthj", "reviewer"}, {"scjg", "decider"}} {
		keys := w.c.Officials(p.agency, p.post)
		a, err := w.c.ActorIn(ctx, keys[n%len(keys)], p.agency, p.post)
		if err != nil {
			return err
		}
		w.lookers = append(w.lookers, a)
	}
	return nil
}

// register registers the resident at the window, with what is known of them and
// an account.
func (w *worker) register(ctx context.Context, n int) (Person, error) {
	birth := day.Of(1949, 10, 8) + day.Day(n)
	idno, err := gbcode.CitizenNumber("990124", birth, 999)
	if err != nil {
		return Person{}, err
	}
	who := Person{Name: "祁" + string([]rune("甲乙丙丁戊己庚辛壬癸")[n%10]) + "昀", IDNo: idno, Phone: fmt.Sprintf("1991%07d", patternPeople+n), Birth: birth.String(),
		Login: fmt.Sprintf("pattern%d.of.work", patternPeople+n)}
	people, clerk := w.c.House.People, w.lookers[0]
	p, err := people.RegisterPerson(ctx, clerk, "", identity.NewPerson{Name: who.Name, IDNo: who.IDNo, Phone: who.Phone, Address: "云禾县云溪镇青石巷12号", Region: demo.Region})
	if err != nil {
		return who, err
	}
	known := identity.Value{Element: "licence.identity", Value: "居民身份证", Grade: identity.GradeA, Source: "公安局", AsOf: demo.Since}
	if err := people.Know(ctx, clerk, "", identity.NewValues{Subject: p.Person, Values: []identity.Value{known}}); err != nil {
		return who, err
	}
	hash, err := people.Hash(ctx, demo.PeoplePassword)
	if err != nil {
		return who, err
	}
	if _, err := people.CreateAccount(ctx, clerk, identity.NewAccount{Person: p.Person, Login: who.Login, Hash: hash}); err != nil {
		return who, err
	}
	return who, w.c.House.Store.Read(ctx, func(tx *store.Tx) (err error) {
		w.resident, err = people.ActorOf(tx, p.Person, "", "")
		return err
	})
}

// follow hands a case in on a day and takes it so many steps of its way, a day
// or two apart.
func (w *worker) follow(ctx context.Context, n int, on day.Day, steps int) error {
	w.clock.Set(on)
	office := w.c.House.Office
	done, err := office.Apply(ctx, w.resident, "", casework.ApplyIn{Item: w.c.Item, Values: drive.Answers(n), Delivery: casework.ByWindow})
	if err != nil {
		return fmt.Errorf("apply: %w", err)
	}
	if err := w.rec.Step(ctx, done.Case); err != nil {
		return err
	}
	for i, step := range w.staff.Way()[:steps] {
		w.clock.Set(on + day.Day(1+i))
		if i < len(w.lookers) {
			if _, err := office.Look(ctx, w.lookers[i], done.Case, "办理"); err != nil {
				return fmt.Errorf("look before %s: %w", step.Name, err)
			}
		}
		if _, err := step.Do(ctx, done.Case); err != nil {
			return fmt.Errorf("%s: %w", step.Name, err)
		}
		if err := w.rec.Step(ctx, done.Case); err != nil {
			return err
		}
	}
	return nil
}
