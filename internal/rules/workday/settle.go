package workday

import (
	"slices"

	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// Settlement is how a clock stands at the end of a day. All counts are in the
// term's unit. The rule behind them: a day counts when the clock was running
// at its first moment. So the days on which the clock is started or resumed do
// not count, the days on which it is paused or stopped do (a rule of practice,
// unverified: PracticeNote).
type Settlement struct {
	Started, Paused, Ended bool

	From  day.Day // day of the act that started the clock, not counted
	Unit  Unit
	Total int // the term and its extension
	Used  int // days counted, also beyond the total when overdue
	Left  int // days that remain after today; 0 on the last day and later

	// Due is the last day. While the clock is paused it is the earliest one
	// possible: as if the clock were resumed on the day of settlement.
	Due Due

	PausedFor   []Procedure // what the clock waits for now, oldest first
	PausedSince day.Day     // since when it waits without a break
	PausedDays  int         // days not counted so far because of pauses

	Overdue     bool // the last day has passed; when ended: had passed by then
	OverdueDays int  // days after the last day; a later pause does not excuse them
	Extended    int  // days by which the term was extended
	EndedOn     day.Day

	// Provisional: some figure here rests on a day whose notice is not in.
	Provisional bool
}

// Settle tells how the clock of this scope and kind stands at the end of
// today. It is pure; the facts from the first one later than today on are not
// looked at, so the past can be asked too. A clock that has not started yields a zero Settlement but for
// Unit and Total. Facts that Validate would name are passed over.
func (c Clock) Settle(s Scope, k Kind, t Term, cal *Calendar, today day.Day) Settlement {
	var space [4]stretch
	r := c.run(s, k, today, space[:0])
	out := Settlement{Started: r.started, Unit: t.Unit, Total: t.Days}
	if !r.started {
		return out
	}
	out.From, out.Extended, out.Ended, out.EndedOn = r.from, r.extended, r.ended, r.end
	out.Total += r.extended
	last := today
	if r.ended {
		last = r.end
	}
	if len(r.open) > 0 {
		if !r.ended {
			out.Paused, out.PausedSince = true, r.waiting
			for _, p := range r.open {
				out.PausedFor = append(out.PausedFor, p.what)
			}
		}
		r.pauses = append(r.pauses, stretch{r.waiting, last})
	}
	out.count(t, cal, &r, last)
	return out
}

// count fills in the figures, walking once over the stretches between pauses.
func (out *Settlement) count(t Term, cal *Calendar, r *run, last day.Day) {
	at, left, due, guessed := r.from, out.Total, Due{}, false
	found := false
	step := func(to day.Day) {
		n, dark := t.count(cal, at, to)
		out.Used += n
		if !found && left <= n {
			due, found = t.add(cal, at, left), true
			due.Provisional = due.Provisional || guessed
		}
		left -= n
		guessed = guessed || dark
	}
	for _, p := range r.pauses {
		step(p.from)
		n, dark := t.count(cal, p.from, p.to)
		out.PausedDays += n
		out.Provisional = out.Provisional || dark
		at = p.to
	}
	step(last)
	if !found {
		due = t.add(cal, last, left)
		due.Provisional = due.Provisional || guessed
	}
	out.Due = t.rollOver(cal, due)
	out.Left = max(0, out.Total-out.Used)
	out.Provisional = out.Provisional || guessed || out.Due.Provisional
	if out.Overdue = last > out.Due.Day; out.Overdue {
		n, dark := t.count(cal, out.Due.Day, last)
		out.OverdueDays, out.Provisional = n, out.Provisional || dark
	}
}

// Extendable says, with a wording.Message, why the extension f may not be
// recorded: it does not fit the clock (With), is longer than limit allows or
// approved by somebody else, or comes after the last day of the term t. limit
// is that of the article (42) or what the item's own law puts in its place.
func (c Clock) Extendable(f Fact, t Term, limit Limit, cal *Calendar) error {
	if why := c.refuses(f); !why.IsZero() {
		return why
	}
	if f.Act != Extended {
		return wording.M("workday.fact.act", "act", printable(string(f.Act)))
	}
	if f.Days > limit.Extension.Days || t.Unit != limit.Extension.Unit {
		return wording.M("workday.extend.most", "term", limit.Extension.Days, "article", limit.Extension.Article)
	}
	if f.By != limit.Approver {
		return wording.M("workday.extend.approver",
			"who", wording.M("workday.approver."+string(limit.Approver)), "article", limit.Extension.Article)
	}
	if s := c.Settle(f.Scope, f.Kind, t, cal, f.On); s.Overdue {
		return wording.M("workday.extend.late", "due", s.Due.Day)
	}
	return nil
}

// stretch is a pause: the days after from, up to and including to, do not count.
type stretch struct{ from, to day.Day }

// waiting is one procedure that has not ended.
type waiting struct {
	ref  string
	what Procedure
}

// run is a clock as its facts leave it.
type run struct {
	started, ended bool
	from, end      day.Day
	latest         day.Day // day of the latest fact
	open           []waiting
	waiting        day.Day // since when open is not empty
	pauses         []stretch
	extended       int
}

// run plays the facts of one clock up to and including today into a run.
func (c Clock) run(s Scope, k Kind, today day.Day, space []stretch) run {
	r := run{pauses: space}
	for i := range c.facts {
		f := &c.facts[i]
		if f.Scope != s || f.Kind != "" && f.Kind != k {
			continue
		}
		if f.On > today {
			break
		}
		if why := f.malformed(); why.IsZero() {
			r.apply(f)
		}
	}
	return r
}

// apply moves the run by one well-formed fact, or says why it cannot be and
// leaves the run as it was.
func (r *run) apply(f *Fact) wording.Message {
	switch {
	case f.Act == Started && r.started:
		return wording.M("workday.clock.started", "day", r.from)
	case f.Act != Started && !r.started:
		return wording.M("workday.clock.not_started")
	case r.ended:
		return wording.M("workday.clock.ended", "day", r.end)
	case f.On < r.latest:
		return wording.M("workday.fact.earlier", "day", f.On, "latest", r.latest)
	}
	switch f.Act {
	case Started:
		r.started, r.from = true, f.On
	case Stopped:
		r.ended, r.end = true, f.On
	case Extended:
		if r.extended > 0 {
			return wording.M("workday.extend.twice", "days", r.extended)
		}
		r.extended = f.Days
	case Paused:
		if r.find(f.Ref) >= 0 {
			return wording.M("workday.pause.open", "what", f.For.message())
		}
		if len(r.open) == 0 {
			r.waiting = f.On
		}
		r.open = append(r.open, waiting{f.Ref, f.For})
	case Resumed:
		i := r.find(f.Ref)
		if i < 0 {
			return wording.M("workday.pause.none")
		}
		r.open = slices.Delete(r.open, i, i+1)
		if len(r.open) == 0 {
			r.pauses = append(r.pauses, stretch{r.waiting, f.On})
		}
	}
	r.latest = f.On
	return wording.Message{}
}

func (r *run) find(ref string) int {
	return slices.IndexFunc(r.open, func(w waiting) bool { return w.ref == ref })
}

func (p Procedure) message() wording.Message { return wording.M("workday.pause." + string(p)) }
