package casework

import (
	"cmp"
	"context"
	"slices"

	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/workday"
)

const (
	// WatchMax bounds the running cases that the figures are counted from; the
	// ones due first are among them.
	WatchMax = 3000
	// closedMax bounds the closed cases; closedDays is how far back they go.
	closedMax  = 2000
	closedDays = 90
	nearDays   = 3
)

// Watched is a running case as supervisors see it: masked, with its clock.
type Watched struct {
	Found
	Agency  string
	Used    int // working days used of the statutory limit
	Overdue bool
	Soon    bool // at most three working days are left
	Paused  bool
}

// Body is the share of one agency in the figures.
type Body struct {
	Agency, Name     string
	Running, Overdue int
}

// Figures are what supervisors and leaders look at, counted from bounded lists.
type Figures struct {
	Cases                 []Watched // running, due first
	More                  bool      // there are more running cases than were counted
	Bodies                []Body    // by overdue, then running
	ByStatus              map[string]int
	Overdue, Soon, Paused int
	Since                 day.Day // of the decided ones
	Decided               int
	OnTime                int // of the decided, within the statutory limit
	Median                int // working days from acceptance to decision
	Weeks                 []Week
}

// Week is the share decided in time in seven days.
type Week struct {
	From            day.Day
	Decided, OnTime int
}

// Figures counts the cases of the post's area for whoever may look at all of
// it. It opens nothing personal.
func (o *Office) Figures(ctx context.Context, a act.Actor) (*Figures, error) {
	f := &Figures{ByStatus: map[string]int{}}
	err := o.Store.Read(ctx, func(tx *store.Tx) error {
		if err := o.Runner.Rights.Authorise(tx, a, "case.look", act.Scope{Region: o.Region}); err != nil {
			return err
		}
		if err := o.countRunning(tx, f); err != nil {
			return err
		}
		return o.countClosed(tx, f)
	})
	return f, o.Runner.Settle("figures", err)
}

func (o *Office) countRunning(tx *store.Tx, f *Figures) error {
	list, err := proceeding.Running(tx, Kind, WatchMax+1)
	if err != nil {
		return err
	}
	f.More = len(list) > WatchMax
	bodies := map[string]*Body{}
	today, cal := tx.Today(), o.Calendar()
	for _, p := range list[:min(len(list), WatchMax)] {
		w, err := o.watched(tx, p, cal, today)
		if err != nil {
			return err
		}
		f.Cases = append(f.Cases, w)
		b := bodies[p.Agency]
		if b == nil {
			b = &Body{Agency: p.Agency}
			if b.Name, err = o.People.AgencyName(tx, p.Agency, today); err != nil {
				return err
			}
			bodies[p.Agency] = b
		}
		b.Running++
		f.ByStatus[p.Status]++
		for on, n := range map[*int]bool{&f.Overdue: w.Overdue, &b.Overdue: w.Overdue, &f.Soon: w.Soon, &f.Paused: w.Paused} {
			if n {
				*on++
			}
		}
	}
	for _, b := range bodies {
		f.Bodies = append(f.Bodies, *b)
	}
	slices.SortFunc(f.Bodies, func(a, b Body) int {
		return cmp.Or(cmp.Compare(b.Overdue, a.Overdue), cmp.Compare(b.Running, a.Running), cmp.Compare(a.Agency, b.Agency))
	})
	return nil
}

func (o *Office) watched(tx *store.Tx, p *proceeding.Proceeding, cal *workday.Calendar, today day.Day) (Watched, error) {
	w := Watched{Found: foundOf(p), Agency: p.Agency}
	if p.Status == Handling {
		v, err := o.Items.ByID(tx, p.ItemVersion)
		if err != nil {
			return w, err
		}
		s := p.Clock.Settle(workday.Case, workday.Statutory, v.Terms.Statutory, cal, today)
		w.Used, w.Paused = s.Used, s.Paused
	}
	if p.Status != Correcting && !w.Paused && p.Due != 0 {
		left, _ := cal.Between(today, p.Due)
		w.Overdue = p.Due < today
		w.Soon = !w.Overdue && left <= nearDays
	}
	return w, nil
}

func (o *Office) countClosed(tx *store.Tx, f *Figures) error {
	f.Since = tx.Today() - closedDays
	list, err := proceeding.Closed(tx, Kind, f.Since, closedMax)
	if err != nil {
		return err
	}
	var used []int
	weeks := map[day.Day]*Week{}
	for _, p := range list {
		if p.Status != Concluded || p.Accepted == 0 {
			continue
		}
		v, err := o.Items.ByID(tx, p.ItemVersion)
		if err != nil {
			return err
		}
		s := p.Clock.Settle(workday.Case, workday.Statutory, v.Terms.Statutory, o.Calendar(), tx.Today())
		if !s.Ended {
			continue
		}
		used = append(used, s.Used)
		from := s.EndedOn - day.Day((int(s.EndedOn.Weekday())+6)%7)
		if weeks[from] == nil {
			weeks[from] = &Week{From: from}
		}
		weeks[from].Decided++
		f.Decided++
		if !s.Overdue {
			weeks[from].OnTime++
			f.OnTime++
		}
	}
	if slices.Sort(used); len(used) > 0 {
		f.Median = used[len(used)/2]
	}
	for _, w := range weeks {
		f.Weeks = append(f.Weeks, *w)
	}
	slices.SortFunc(f.Weeks, func(a, b Week) int { return cmp.Compare(a.From, b.From) })
	return nil
}
