package demo

import (
	"container/heap"
	"context"
	"fmt"

	"tongban/internal/house"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
)

// player plays plans in the order of time.
type player struct {
	ctx   context.Context
	h     *house.House
	c     *County
	o     Play
	plans []*plan
	acts  []lists.Batch // changes of the lists, which take their turns after the cases
	cases []played
	queue queue
	out   *Played
}

// played is a case of which something has happened.
type played struct {
	id      int64
	number  string
	next    int      // step that comes next
	missing []string // materials that the notice named
	fields  []string // and fields
	inquiry int64
}

// turn is the place of a case in the queue, with its next step, or of a change of a
// list, numbered after the cases.
type turn struct {
	at day.Instant
	n  int
}

type queue []turn

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	return q[i].at < q[j].at || q[i].at == q[j].at && q[i].n < q[j].n
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)   { *q = append(*q, x.(turn)) }
func (q *queue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

// settleAt is when, each night, what time alone has decided is written down.
const settleAt = 5 * day.Second

func (p *player) play(plans []*plan) (*Played, error) {
	p.plans = plans
	total := 0
	for _, x := range plans {
		total += len(x.steps)
		if len(x.steps) > 0 {
			p.queue = append(p.queue, turn{x.steps[0].at, x.n})
		}
	}
	for i, b := range p.acts {
		p.queue = append(p.queue, turn{decreed(p.h.Calendars.Current(), b.From), len(plans) + i})
	}
	heap.Init(&p.queue)
	for done, night := 0, First; ; done++ {
		next := Start
		if p.queue.Len() > 0 {
			next = p.queue[0].at
		}
		for ; night.Start()+settleAt < next; night++ {
			if err := p.settle(night.Start() + settleAt); err != nil {
				return nil, err
			}
			if night == unanswered {
				if err := p.objected(); err != nil {
					return nil, err
				}
			}
		}
		if p.queue.Len() == 0 {
			p.o.Clock.Set(Start)
			p.o.Progress.tell("year", total, total)
			if err := p.sign(); err != nil {
				return nil, err
			}
			return p.result()
		}
		if done%20 == 0 {
			p.o.Progress.tell("year", done, total)
		}
		if err := p.take(heap.Pop(&p.queue).(turn)); err != nil {
			return nil, err
		}
	}
}

// settle lets time do its part: what counts as accepted, what lapses, what a
// timer ends.
func (p *player) settle(at day.Instant) error {
	p.forward(at)
	const batch = 100
	for {
		n, err := p.h.Office.SettleDue(p.ctx, batch)
		if err != nil {
			return fmt.Errorf("settling on %s: %w", at.Day(), explained(err))
		}
		if n < batch {
			return nil
		}
	}
}

// forward sets the clock, so that no two commands have the same moment.
func (p *player) forward(at day.Instant) {
	p.o.Clock.Set(max(at, p.o.Clock.Now()+1))
}

// take does what is next: a change of a list, or a step of a case.
func (p *player) take(t turn) error {
	if i := t.n - len(p.plans); i >= 0 {
		return p.decree(t.at, p.acts[i])
	}
	return p.step(t)
}

// step does the next step of a case.
func (p *player) step(t turn) error {
	x, c := p.plans[t.n], &p.cases[t.n]
	s := x.steps[c.next]
	p.forward(s.at)
	if err := p.perform(x, c, s); err != nil {
		return fmt.Errorf("case %d of %s, %s %s on %s by %q: %w", x.n, x.script.Slug, s.do, s.node, s.at, s.who, explained(err))
	}
	p.out.Deeds++
	if c.next++; c.next < len(x.steps) {
		heap.Push(&p.queue, turn{x.steps[c.next].at, x.n})
	}
	return nil
}

// sign numbers what waits for a number and signs the tree as it stands.
func (p *player) sign() error {
	const batch = 1000
	for {
		n, err := p.h.Ledger.Number(p.ctx, batch)
		if err != nil {
			return err
		}
		if n == 0 {
			_, err = p.h.Ledger.Sign(p.ctx)
			return err
		}
	}
}

// result tells the cases with the status in which their plans leave them.
func (p *player) result() (*Played, error) {
	for i, x := range p.plans {
		if p.cases[i].id == 0 {
			continue
		}
		p.out.Cases = append(p.out.Cases, PlayedCase{ID: p.cases[i].id, Number: p.cases[i].number, Slug: x.script.Slug, Status: x.ends(p.h.Calendars.Current())})
	}
	return p.out, nil
}
