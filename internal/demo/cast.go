package demo

import (
	"slices"
	"strconv"

	"tongban/internal/register/catalog"
	"tongban/internal/rules/day"
)

// cast is who can play a part in the year.
type cast struct {
	book   *book
	people map[string]resident
	firms  map[string]firm
	bodies map[string]agency
	online []string // residents with an account
	all    []string // residents but those of the story
	elders []string
	away   []absence
}

// story are the people of the story: nothing happens to them by chance.
var story = []string{"baker", "uncle", "neighbour"}

func newCast(b *book, y *yearBook) *cast {
	c := &cast{book: b, people: map[string]resident{}, firms: map[string]firm{}, bodies: map[string]agency{}}
	for _, r := range b.People {
		c.people[r.Key] = r
		if slices.Contains(story, r.Key) {
			continue
		}
		c.all = append(c.all, r.Key)
		if r.Account != "" {
			c.online = append(c.online, r.Key)
		}
		if born, err := strconv.Atoi(r.IDNo[6:10]); err == nil && born <= Since.Year()-60 {
			c.elders = append(c.elders, r.Key)
		}
	}
	for _, f := range b.Firms {
		c.firms[f.Key] = f
	}
	for _, a := range b.Agencies {
		c.bodies[a.Key] = a
	}
	c.away = slices.Clone(y.Leave)
	for _, l := range b.Leave {
		c.away = append(c.away, absence{l.Staff, l.StandIn, Start.Day() + day.Day(l.FromDay), Start.Day() + day.Day(l.UntilDay)})
	}
	return c
}

// casting chooses who applies, and who comes for them.
func (g *planner) casting() {
	switch {
	case slices.Contains(g.item.Applicants, "agency"):
		x := g.cast.book.Acting[g.IntN(len(g.cast.book.Acting))]
		g.kind, g.applicant, g.filer = "agency", x.Agency, x.Person
	case g.chance(g.script.Legal):
		f := g.cast.book.Firms[g.IntN(len(g.cast.book.Firms))]
		a := f.Acting[g.IntN(len(f.Acting))]
		g.kind, g.applicant, g.filer = "legal", f.Key, a.Person
		if g.cast.people[a.Person].Account == "" {
			g.window = true
		}
	default:
		g.kind = "person"
		list := g.cast.all
		switch {
		case g.script.Elder:
			list = g.cast.elders
		case !g.window:
			list = g.cast.online
		}
		g.applicant = g.one(list)
		g.filer = g.applicant
		if g.cast.people[g.applicant].Account == "" {
			g.window = true
		}
	}
	if g.window && g.kind != "person" {
		g.agent = g.filer
	}
}

// officials who act in a post of an agency on a day: those who hold it, and for
// those who are away their stand-ins.
func (c *cast) officials(agency, post string, on day.Day) []string {
	var keys []string
	for _, s := range c.book.Staff {
		if s.Agency != agency || !slices.Contains(s.Posts, post) {
			continue
		}
		key := s.Key
		if i := slices.IndexFunc(c.away, func(l absence) bool { return l.Staff == key && l.From <= on && on < l.Until }); i >= 0 {
			key = c.away[i].StandIn
		}
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

// holds tells whether an official holds a post themself.
func (c *cast) holds(key, post string) bool {
	return slices.ContainsFunc(c.book.Staff, func(s official) bool { return s.Key == key && slices.Contains(s.Posts, post) })
}

// official is one of those who hold a post at an agency.
func (g *planner) official(agency, post string, on day.Instant) string {
	return g.one(g.cast.officials(agency, post, on.Day()))
}

// clerk is one of those at the windows; the last window hands out results.
func (g *planner) clerk() string { return "spj_window_" + strconv.Itoa(1+g.IntN(5)) }

// handsOut is the clerk of the window where results are handed out.
const handsOut = "spj_window_6"

// roleAt is the agency and post of a step of the flow.
func roleAt(d *catalog.Draft, node string) (agency, post string) {
	t := d.Flow.Node(node).Task
	return d.Roles[t.Role], t.Post
}
