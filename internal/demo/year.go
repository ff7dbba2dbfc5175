package demo

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"tongban/internal/house"
	"tongban/internal/register/catalog"
	"tongban/internal/register/identity"
	"tongban/internal/rules/day"
	"tongban/internal/rules/workday"
)

// Play says which year is played.
type Play struct {
	Clock    *Clock // the house's own, standing still
	Seed     uint64
	Cases    int // 0 is 2,000
	Progress Progress
}

// Cases is how many cases the demonstration has.
const Cases = 2000

// First is the first day of the year that is played.
var First = day.Of(2025, 3, 10)

// Played is what a year came to.
type Played struct {
	Seed  uint64
	Deeds int // commands, uploads not counted
	Cases []PlayedCase
}

// PlayedCase is one case of the year with the status in which its plan leaves it.
type PlayedCase struct {
	ID     int64
	Number string
	Slug   string
	Status string
}

// Year lets the year before Start pass in a county: cases are planned from the
// seed alone, then played in the order of time through the real commands, and
// the clock is left standing at Start.
func Year(ctx context.Context, h *house.House, c *County, o Play) (*Played, error) {
	if o.Cases == 0 {
		o.Cases = Cases
	}
	plans, err := planYear(c.book, h.Calendars.Current(), o)
	if err != nil {
		return nil, err
	}
	if err := enterLeave(ctx, h, c); err != nil {
		return nil, err
	}
	p := &player{ctx: ctx, h: h, c: c, o: o, cases: make([]played, len(plans)), out: &Played{Seed: o.Seed}}
	if p.acts, err = p.decrees(); err != nil {
		return nil, err
	}
	return p.play(plans)
}

// enterLeave enters who will be away during the year, by the heads of their agencies.
func enterLeave(ctx context.Context, h *house.House, c *County) error {
	y, err := readYear()
	if err != nil {
		return err
	}
	for _, l := range y.Leave {
		s, _ := c.official(l.Staff)
		head, err := c.Actor(ctx, s.Agency+"_head_1")
		if err != nil {
			return err
		}
		in := identity.Leave{Person: c.Person(l.Staff), StandIn: c.Person(l.StandIn), Span: day.Span{From: l.From, Until: l.Until}}
		if _, err := h.People.SetLeave(ctx, head, "", in); err != nil {
			return fmt.Errorf("leave of %s: %w", l.Staff, explained(err))
		}
	}
	return nil
}

// planYear plans every case of the year, in the order of their numbers.
func planYear(b *book, cal *workday.Calendar, o Play) ([]*plan, error) {
	y, err := readYear()
	if err != nil {
		return nil, err
	}
	slugs, drafts, err := writtenItems()
	if err != nil {
		return nil, err
	}
	items := map[string]*catalog.Draft{}
	for i, s := range slugs {
		items[s] = drafts[i]
	}
	scripts := map[string]*script{}
	for _, s := range y.Items {
		if items[s.Slug] == nil {
			return nil, fmt.Errorf("year.yaml: no item %s", s.Slug)
		}
		scripts[s.Slug] = s
	}
	set, sent := setFor(o.Cases)
	all := newCast(b, y)
	var plans []*plan
	add := func(slug string, p *piece) error {
		n := len(plans)
		g := &planner{
			plan: &plan{n: n, script: scripts[slug], item: items[slug]}, cast: all, cal: cal, t: &y.Texts,
			Rand: rand.New(rand.NewPCG(o.Seed, uint64(n))),
		}
		plans = append(plans, g.plan)
		return g.make(p)
	}
	for i := range set {
		if err := add(set[i].slug, &set[i]); err != nil {
			return nil, err
		}
	}
	for _, slug := range shares(y.Items, set, o.Cases-sent) {
		if err := add(slug, nil); err != nil {
			return nil, err
		}
	}
	return plans, nil
}

// setFor is the set pieces that a year of n cases has room for, and how many of
// them are cases: a draft is none.
func setFor(n int) (set []piece, sent int) {
	for _, p := range pieces {
		if !p.fate.unsent {
			if sent == n {
				break
			}
			sent++
		}
		set = append(set, p)
	}
	return set, sent
}

// shares gives each item its share of n cases by weight, and one at least where
// no set piece has it; the largest remainders get what is left.
func shares(items []*script, set []piece, n int) []string {
	total := 0
	for _, s := range items {
		total += s.Weight
	}
	type share struct {
		slug       string
		n, remains int
	}
	list := make([]share, len(items))
	left := n
	for i, s := range items {
		list[i] = share{s.Slug, n * s.Weight / total, n * s.Weight % total}
		if list[i].n == 0 && !slices.ContainsFunc(set, func(p piece) bool { return p.slug == s.Slug }) {
			list[i].n, list[i].remains = 1, 0
		}
		left -= list[i].n
	}
	slices.SortStableFunc(list, func(a, b share) int { return cmp.Compare(b.remains, a.remains) })
	var slugs []string
	for i, s := range list {
		if i < left {
			s.n++
		}
		for range s.n {
			slugs = append(slugs, s.slug)
		}
	}
	return slugs[:min(len(slugs), max(n, 0))]
}

// make plans the whole case.
func (g *planner) make(p *piece) error {
	g.window = g.chance(g.script.Window)
	g.paper = g.chance(70)
	var f fate
	if p == nil {
		g.casting()
		g.opened = g.someTime()
		g.draw(&f)
	} else {
		g.window, f = p.window, p.fate
		f.prompt = true
		g.casting()
		if p.who != "" {
			g.kind, g.applicant, g.filer, g.agent = "person", p.who, p.who, ""
			if p.who == "uncle" {
				g.agent = "neighbour"
			}
		}
		g.opened = g.opening(*p)
	}
	g.delivery = g.item.Delivery[g.IntN(len(g.item.Delivery))]
	if err := g.fill(); err != nil {
		return err
	}
	g.live(f)
	if p != nil {
		g.stopped(*p)
	}
	slices.SortStableFunc(g.steps, func(a, b step) int { return cmp.Compare(a.at, b.at) })
	g.steps = slices.DeleteFunc(g.steps, func(s step) bool { return s.at >= Start })
	return nil
}

// someTime is when an application of the year comes: at the window in office
// hours, online at any time of the day.
func (g *planner) someTime() day.Instant {
	days := int(Start.Day() - First)
	d := First + day.Day(g.IntN(days))
	if !g.window {
		return g.minute(d, 7*60+30+g.IntN(15*60))
	}
	if working, _ := g.cal.IsWorking(d); !working {
		d = g.cal.Add(d, 1).Day
	}
	if d >= Start.Day() {
		d = First
	}
	return g.minute(d, g.officeMinute())
}
