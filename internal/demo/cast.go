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
}

// story are the people of the story: nothing happens to them by chance.
var story = []string{"baker", "uncle", "neighbour"}

func newCast(b *book) *cast {
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
	return c
}

// apart chooses who applies, and who comes for them.
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

// officials who hold a post at an agency and are not away about this day.
func (c *cast) officials(agency, post string, on day.Day) []string {
	var keys []string
	for _, s := range c.book.Staff {
		if s.Agency == agency && slices.Contains(s.Posts, post) && !c.away(s.Key, on) {
			keys = append(keys, s.Key)
		}
	}
	return keys
}

// away tells whether an official is on leave about a day: nobody plans work
// for them shortly before it.
func (c *cast) away(key string, on day.Day) bool {
	const before = 14
	return slices.ContainsFunc(c.book.Leave, func(l leave) bool {
		from := Start.Day()
		return l.Staff == key && from+day.Day(l.FromDay)-before <= on && on < from+day.Day(l.UntilDay)
	})
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
