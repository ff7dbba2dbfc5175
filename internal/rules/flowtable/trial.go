package flowtable

import (
	"errors"
	"maps"
	"net/url"
	"strconv"
	"strings"

	"tongban/internal/rules/condition"
	"tongban/internal/rules/day"
	"tongban/internal/rules/flow"
	"tongban/internal/rules/form"
	"tongban/internal/rules/wording"
	"tongban/internal/rules/workday"
)

// MaxTurns bounds a trial; a flow that loops is understood long before.
const MaxTurns = 100

// Turn is one thing that somebody who tries a flow lets happen: so many working
// days pass, then the open task or awaited event is finished. Answers says for
// each condition that is asked on the way, in turn, whether it holds.
//
// Given are the values that conditions were asked on, as a page of the form sends
// them, by name: form.area, applicant.kind, decision. A name without a value was left
// open. They hold in all later turns; a decision until the next one is made.
type Turn struct {
	Token   int
	Days    int // working days that pass before, 0 for the same day
	Answers string
	Given   url.Values
}

// maxGiven bounds the values of a turn, in bytes as an address carries them.
const maxGiven = 4000

// String writes a move as ParseTurns reads it: "3.5.yn", "3.5..form.area=60".
func (m Turn) String() string {
	s := itoa(m.Token) + "." + itoa(m.Days) + "." + m.Answers
	if len(m.Given) > 0 {
		s += "." + m.Given.Encode()
	}
	return s
}

// ParseTurns reads a list of moves, as an address carries it. What is no move
// ends the list.
func ParseTurns(list []string) []Turn {
	var moves []Turn
	for _, s := range list {
		parts := strings.SplitN(s, ".", 4)
		if len(parts) < 3 || len(moves) >= MaxTurns || len(parts[2]) > MaxTurns || strings.Trim(parts[2], "yn") != "" || len(s) > maxGiven {
			break
		}
		var given url.Values
		if len(parts) == 4 {
			var err error
			if given, err = url.ParseQuery(parts[3]); err != nil {
				break
			}
		}
		token, err1 := strconv.Atoi(parts[0])
		days, err2 := strconv.Atoi(parts[1])
		if err1 != nil || err2 != nil || token < 0 || days < 0 || days > 400 {
			break
		}
		moves = append(moves, Turn{token, days, parts[2], given})
	}
	return moves
}

// Trial is where a case that was only tried stands.
type Trial struct {
	Start   day.Day
	Today   day.Day
	State   flow.State
	Counted int // working days since acceptance that count in the limit
	Stopped int // working days on which a special procedure stopped the clock (行政许可法 45)
	Open    []Open
	Joins   []Join
	Log     []Happened
	Ask     *Question // what must be answered before the last move can be made
	Turns   []Turn    // those that were made, and the one that waits for an answer
	Over    bool
}

// Open is a task or event that waits.
type Open struct {
	Token int
	Node  string
	Name  string
	Step  Step
	Wait  bool // an event is awaited, nobody works
	Since day.Day
	Used  int // working days since then
	Due   day.Day
	Left  int // days left of its own limit, in the unit of the limit; below 0 when it is over
	Unit  workday.Unit
}

// Join is a place where branches wait for each other.
type Join struct {
	Node    string
	Arrived int
	Of      int
}

// Happened is a line of what has happened.
type Happened struct {
	Day  day.Day
	Text wording.Message
}

// Question is a condition that is asked at a choice.
type Question struct {
	Gateway   string // name of the choice
	Way       string // name of the way that it opens
	Condition string
	// Names are what it speaks about and nobody has given yet: form.area, decision.
	// Of a condition that is not in order there are none: whether it holds is asked.
	Names []string
}

// trial is a Trial under way.
type trial struct {
	Trial
	d        *flow.Definition
	cal      *workday.Calendar
	since    map[int]day.Day
	timers   map[string]day.Day // by timer id: the last day
	accepted bool
	answers  string
	asked    *Question
	form     *form.Form
	given    url.Values
}

// errAsk stops a step at a condition that has no answer yet.
var errAsk = errors.New("asked")

// True answers a condition by the values that were given, or as the move says.
func (t *trial) True(source string, _ map[string]any) (bool, error) {
	var missing []string
	if p, err := condition.Compile(source, t.env()); err == nil {
		for _, name := range p.Refs() {
			if _, known := t.given[name]; !known {
				missing = append(missing, name)
			}
		}
		if len(missing) == 0 {
			return p.Bool(t.values())
		}
	}
	if t.answers == "" {
		t.asked = &Question{Condition: source, Names: missing}
		for _, f := range t.d.Flows {
			if f.Condition == source && f.From.Kind == flow.KindChoice {
				t.asked.Gateway, t.asked.Way = f.From.Name, f.Name
				break
			}
		}
		return false, errAsk
	}
	yes := t.answers[0] == 'y'
	t.answers = t.answers[1:]
	return yes, nil
}

func (t *trial) env() condition.Env { return envOf(t.form) }

// values are what was given, of the kinds that the form has.
func (t *trial) values() map[string]any {
	asked := map[string][]string{}
	for name, list := range t.given {
		if key, ok := strings.CutPrefix(name, "form."); ok {
			asked[key] = list
		}
	}
	values := map[string]any{"form": t.answered(asked), "applicant": map[string]any{}}
	if v := t.given.Get("applicant.kind"); v != "" {
		values["applicant"] = map[string]any{"kind": v}
	}
	if v := t.given.Get("decision"); v != "" {
		values["decision"] = v
	}
	return values
}

func (t *trial) answered(asked map[string][]string) map[string]any {
	if t.form == nil {
		return map[string]any{}
	}
	return t.form.FromStrings(asked)
}

// give takes what a move gives.
func (t *trial) give(more url.Values) {
	given := maps.Clone(t.given)
	if given == nil {
		given = url.Values{}
	}
	maps.Copy(given, more)
	t.given = given
}

// Try plays moves from the submission of a form on a day. It keeps nothing: the same
// moves lead to the same place. A move that cannot be made (its task is gone) is left
// out. The error is that of a flow that cannot run, or of a value that is not of its
// kind.
func Try(d *flow.Definition, asked *form.Form, cal *workday.Calendar, start day.Day, moves []Turn) (Trial, error) {
	t := &trial{d: d, cal: cal, since: map[int]day.Day{}, timers: map[string]day.Day{}, form: asked}
	t.Start, t.Today, t.accepted = start, start, true
	for _, n := range d.Nodes {
		if n.Task.Part == "accept" {
			t.accepted = false // the limit runs from acceptance
		}
	}
	first := Turn{}
	if len(moves) > 0 && moves[0].Token == 0 {
		first, moves = moves[0], moves[1:]
	}
	t.Turns = append(t.Turns, first)
	t.answers = first.Answers
	t.give(first.Given)
	t.Log = append(t.Log, Happened{start, say("trial.start")})
	if err := t.step(flow.Start{Instance: "trial"}); err != nil {
		return t.stuck(err)
	}
	for _, m := range moves {
		if _, open := t.State.Waiting(m.Token); !open {
			continue
		}
		before := t.snapshot()
		t.answers = m.Answers
		if at, _ := t.State.Waiting(m.Token); t.d.Node(at.Node).Task.Part == "decide" {
			t.give(nil)
			t.given.Del("decision") // it is made anew
		}
		t.give(m.Given)
		if err := t.move(m); err != nil {
			before.asked = t.asked
			*t = *before
			t.Turns = append(t.Turns, m)
			return t.stuck(err)
		}
		t.Turns = append(t.Turns, m)
	}
	return t.result(), nil
}

// stuck is the result when a condition waits for its answer.
func (t *trial) stuck(err error) (Trial, error) {
	if errors.Is(err, errAsk) {
		t.Ask = t.asked
		return t.result(), nil
	}
	return t.result(), err
}

func (t *trial) snapshot() *trial {
	c := *t
	c.since, c.timers = map[int]day.Day{}, map[string]day.Day{}
	for k, v := range t.since {
		c.since[k] = v
	}
	for k, v := range t.timers {
		c.timers[k] = v
	}
	c.Log = t.Log[:len(t.Log):len(t.Log)]
	c.Turns = t.Turns[:len(t.Turns):len(t.Turns)]
	return &c
}

func (t *trial) move(m Turn) error {
	if err := t.pass(t.cal.Add(t.Today, m.Days).Day); err != nil {
		return err
	}
	token, open := t.State.Waiting(m.Token)
	if !open {
		return nil // its time ran out meanwhile
	}
	n := t.d.Node(token.Node)
	t.Log = append(t.Log, Happened{t.Today, say("trial.done", "name", n.Label(), "n", t.used(m.Token))})
	switch {
	case n.ByPerson():
		return t.step(flow.Done{Task: token.ID})
	case n.Timer != "":
		return t.step(flow.Timer{ID: itoa(token.ID)})
	}
	return t.step(flow.Message{Name: n.ID})
}

// pass lets the days go by up to one, and the time of everything run out whose
// last day lies before it.
func (t *trial) pass(to day.Day) error {
	for {
		id, last := "", day.Day(0)
		for k, due := range t.timers {
			if due < to && (id == "" || due < last || due == last && k < id) {
				id, last = k, due
			}
		}
		if id == "" {
			t.count(to)
			return nil
		}
		t.count(max(last+1, t.Today))
		delete(t.timers, id)
		number, boundary, _ := strings.Cut(id, "/")
		token, _ := strconv.Atoi(number)
		held, open := t.State.Waiting(token)
		if !open {
			continue
		}
		name := t.d.Node(held.Node).Label()
		if b := t.d.Node(boundary); b != nil {
			t.Log = append(t.Log, Happened{t.Today, say("trial.overdue", "name", name, "event", b.Label())})
		} else {
			t.Log = append(t.Log, Happened{t.Today, say("trial.waited", "name", name)})
		}
		if err := t.step(flow.Timer{ID: id}); err != nil {
			return err
		}
	}
}

// count moves the clock to a day: while a special procedure is under way its days
// do not count.
func (t *trial) count(to day.Day) {
	n, _ := t.cal.Between(t.Today, to)
	special := false
	for _, x := range t.State.Tokens {
		special = special || t.d.Node(x.Node).About.Special != ""
	}
	switch {
	case !t.accepted:
	case special:
		t.Stopped += n
	default:
		t.Counted += n
	}
	t.Today = to
}

func (t *trial) used(token int) int {
	n, _ := t.cal.Between(t.since[token], t.Today)
	return n
}

// step takes the flow on, and with it what the system does by itself.
func (t *trial) step(ev flow.Event) error {
	was := t.State
	next, effects, err := flow.Step(t.d, was, ev, t)
	if err != nil {
		return err
	}
	t.State = next
	for _, id := range next.Passed {
		if n := t.d.Node(id); n != nil && n.Task.Part == "accept" {
			t.accepted = true
		}
	}
	for _, e := range effects {
		switch e := e.(type) {
		case flow.OpenTask:
			t.since[e.ID] = t.Today
			t.Log = append(t.Log, Happened{t.Today, say("trial.open", "name", t.d.Node(e.Node).Label())})
		case flow.CloseTask:
			t.Log = append(t.Log, Happened{t.Today, say("trial.taken", "name", t.d.Node(e.Node).Label())})
		case flow.SetTimer:
			t.setTimer(e)
		case flow.ClearTimer:
			delete(t.timers, e.ID)
		case flow.Ended:
			t.Over = true
			t.Log = append(t.Log, Happened{t.Today, say("trial.over")})
		}
	}
	for _, e := range effects {
		if s, ok := e.(flow.Service); ok {
			t.Log = append(t.Log, Happened{t.Today, say("trial.system", "name", t.d.Node(s.Node).Label())})
			if err := t.step(flow.Message{ID: s.ID}); err != nil {
				return err
			}
		}
	}
	for _, x := range t.State.Tokens { // events have no task that opens
		if _, known := t.since[x.ID]; !known {
			t.since[x.ID] = t.Today
		}
	}
	return nil
}

// setTimer notes until when a timer runs; hours and minutes end the same day.
func (t *trial) setTimer(e flow.SetTimer) {
	t.timers[e.ID] = t.Today
	if term, err := workday.ParseTerm(e.Term); err == nil {
		t.timers[e.ID] = term.Due(t.cal, t.Today).Day
	}
}

func (t *trial) result() Trial {
	t.Open, t.Joins = nil, nil
	for _, x := range t.State.Tokens {
		n := t.d.Node(x.Node)
		if n.BySystem() {
			continue
		}
		o := Open{Token: x.ID, Node: n.ID, Name: n.Label(), Step: StepOf(n), Wait: n.Kind == flow.KindCatch, Since: t.since[x.ID], Used: t.used(x.ID)}
		if term, err := workday.ParseTerm(o.Step.Term); err == nil && o.Step.Term != "" {
			o.Due, o.Unit = term.Due(t.cal, o.Since).Day, term.Unit
			o.Left = left(t.cal, t.Today, o.Due, term.Unit)
		}
		t.Open = append(t.Open, o)
	}
	at := map[string]int{}
	for _, id := range t.State.Arrived {
		join := t.d.Flow(id).To
		if at[join.ID]++; at[join.ID] == 1 {
			t.Joins = append(t.Joins, Join{Node: join.ID, Of: len(join.In)})
		}
	}
	for i := range t.Joins {
		t.Joins[i].Arrived = at[t.Joins[i].Node]
	}
	return t.Trial
}

// left are the days from today to the last one, below 0 when it lies behind.
func left(cal *workday.Calendar, today, due day.Day, unit workday.Unit) int {
	if unit == workday.CalendarDays {
		return int(due - today)
	}
	if due < today {
		n, _ := cal.Between(due, today)
		return -n
	}
	n, _ := cal.Between(today, due)
	return n
}
