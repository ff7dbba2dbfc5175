package reorganise

import (
	"strconv"

	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// Standing is what an agency has before an act and after it, counted by kind: powers,
// items in which it is named, open cases in which it has a part, posts.
type Standing struct {
	Agency string
	Fate   string // "" when it only receives
	Had    map[string]int
	Has    map[string]int
}

// Counted are the kinds that a Standing counts.
var Counted = []string{OnPower, OnItem, OnCase, OnPost}

// holding is what one agency has, as sets: what two give to a third counts once.
type holding map[string]map[string]bool

func (h holding) put(kind, ref string) {
	if h[kind] == nil {
		h[kind] = map[string]bool{}
	}
	h[kind][ref] = true
}

func (h holding) counts() map[string]int {
	n := map[string]int{}
	for _, k := range Counted {
		n[k] = len(h[k])
	}
	return n
}

// Picture sets before and after beside each other for every agency that an act
// concerns, those that only receive among them, in the order of their keys.
func (d *Desk) Picture(tx *store.Tx, e *Effect) ([]Standing, error) {
	keys, err := concerned(tx, e.ID)
	if err != nil {
		return nil, err
	}
	had := map[string]holding{}
	var list []Standing
	for _, k := range keys {
		if had[k], err = d.has(tx, k, e.On); err != nil {
			return nil, err
		}
		list = append(list, Standing{Agency: k, Had: had[k].counts()})
	}
	for _, m := range e.Moves {
		delete(had[m.Agency][m.Kind], e.countedAs(m))
	}
	for _, m := range e.Moves { // after all are taken: agencies may swap
		if had[m.To] != nil {
			had[m.To].put(m.Kind, e.countedAs(m))
		}
	}
	for i := range list {
		list[i].Has = had[list[i].Agency].counts()
		for _, g := range e.Agencies {
			if g.Key == list[i].Agency {
				list[i].Fate = g.Fate
			}
		}
	}
	return list, nil
}

// countedAs is what stands for a thing in a holding: a person who has the same post
// at both agencies has it once afterwards.
func (e *Effect) countedAs(m Move) string {
	if p, ok := e.posts[number(m.Ref)]; ok && m.Kind == OnPost {
		return postRef(p.Person, p.Post)
	}
	return m.Ref
}

func postRef(person int64, post string) string { return strconv.FormatInt(person, 10) + " " + post }

// has is what an agency has on a day.
func (d *Desk) has(tx *store.Tx, agency string, on day.Day) (holding, error) {
	h := holding{}
	for after := ""; ; {
		list, err := d.Power.PowersOf(tx, agency, on, after, page)
		if err != nil {
			return nil, err
		}
		for _, x := range list {
			h.put(OnPower, x.Power)
			after = x.Power
		}
		if len(list) < page {
			break
		}
	}
	items, err := d.Items.NamedIn(tx, agency, on)
	for _, v := range items {
		h.put(OnItem, v.Code)
	}
	if err != nil {
		return nil, err
	}
	cases, err := d.casesAt(tx, agency)
	for _, c := range cases {
		h.put(OnCase, text(c.id))
	}
	if err != nil {
		return nil, err
	}
	posts, err := d.People.PostsAt(tx, agency, on)
	for _, p := range posts {
		h.put(OnPost, postRef(p.Person, p.Post))
	}
	return h, err
}
