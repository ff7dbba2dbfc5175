package reorganise_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/identity"
	"tongban/internal/register/identity/identitytest"
	"tongban/internal/rules/day"
	"tongban/internal/rules/gbcode"
	"tongban/internal/work/reorganise"
)

// county is a small invented county: who holds, is responsible for and works on what,
// as a replay of the acts has it.
type county struct {
	*rig
	n      int      // of the county
	live   []string // agencies
	power  map[string]string
	item   map[string]string
	open   map[int64]string // cases
	closed map[int64]string
	staff  int
}

// founded makes agencies with powers, items, open and closed cases, and staff.
func (g *rig) founded(t testing.TB, rt *rapid.T, n int) *county {
	c := &county{rig: g, n: n, power: map[string]string{}, item: map[string]string{}, open: map[int64]string{}, closed: map[int64]string{}}
	var bodies []identity.Agency
	for i := range rapid.IntRange(2, 4).Draw(rt, "agencies") {
		key := fmt.Sprintf("c%da%d", n, i)
		c.live = append(c.live, key)
		bodies = append(bodies, identity.Agency{Key: key, Name: fmt.Sprintf("第%d县第%d局", n, i), Region: identitytest.County, Level: "county", Span: day.Span{From: g.today() - 1}})
	}
	must(t, g.AddAgency(bg, act.Machine(), "", bodies))
	csv := "事项编码,事项名称,事项类型,主管部门\n"
	for i := range rapid.IntRange(1, 5).Draw(rt, "items") {
		code, agency := fmt.Sprintf("C%d-I%d", n, i), rapid.SampledFrom(c.live).Draw(rt, "of")
		c.item[code], c.power[code] = agency, agency
		csv += fmt.Sprintf("%s,县%d事项%d,01,%s\n", code, n, i, agency)
		g.give(t, agency, code)
	}
	drafts, wrong := catalog.ReadCSV([]byte(csv))
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	_, err := catalog.ImportItems(bg, g.Runner, act.Machine(), catalog.ImportOptions{Region: identitytest.County, From: g.today() - 1}, drafts...)
	must(t, err)
	for _, agency := range c.live {
		for range rapid.IntRange(0, 2).Draw(rt, "staff") {
			g.Official("测试员", agency, "reviewer")
			c.staff++
		}
	}
	must(t, g.Store.Do(bg, store.People, func(tx *store.Tx) error { return c.cases(tx, rt) }))
	return c
}

// cases opens cases of items, some of them closed already, each with a task.
func (c *county) cases(tx *store.Tx, rt *rapid.T) error {
	for _, code := range slices.Sorted(maps.Keys(c.item)) {
		id, err := c.desk.Items.ByCode(tx, code)
		if err != nil {
			return err
		}
		v, err := c.desk.Items.InForce(tx, id, tx.Today())
		if err != nil {
			return err
		}
		for range rapid.IntRange(0, 3).Draw(rt, "cases") {
			p, closed, agency := tx.NewID(), day.Day(0), c.item[code]
			if rapid.Bool().Draw(rt, "closed") {
				closed, c.closed[p] = tx.Today(), agency
			} else {
				c.open[p] = agency
			}
			tx.Put(`insert into proceeding(home, id, kind, number, item, item_version, title, agency, region, applicant, filer, label, status, state, clock, timers,
				received, accepted, closed, due, due_provisional, promised_due, wake, data_key, opened, version, leaf)
				values($1, $2, 'case', $3, $4, $5, $6, $7, '', 0, 0, '', 'handling', '', '', '', 0, 0, $8, 0, $9, 0, 0, 0, 0, 1, $10)`,
				tx.Home(), p, "N"+strconv.FormatInt(p, 10), id, v.ID, v.Name, agency, closed, false, []byte{})
			state := "open"
			if closed != 0 {
				state = "done"
			}
			tx.Put(`insert into task(home, id, proceeding, token, node, name, role, part, agency, post, officers, state, assignee, opened, due, done_at, done_by, outcome, seen)
				values($1, $2, $3, 1, '', '', '', '', $4, 'reviewer', 1, $5, 0, 0, 0, 0, 0, '', 0)`, tx.Home(), tx.NewID(), p, agency, state)
		}
	}
	return nil
}

// draw draws an act on some of the agencies and carries out what it means in the replay.
func (c *county) draw(rt *rapid.T, step int) reorganise.Plan {
	p := reorganise.Plan{Document: fmt.Sprintf("文%d-%d", c.n, step), Reason: "机构改革"}
	fresh := fmt.Sprintf("c%dn%d", c.n, step)
	p.Agencies = append(p.Agencies, reorganise.Agency{Key: fresh, Fate: reorganise.Begin, Name: "新局" + fresh, Level: "county", USCC: uscc(c.n*10 + step)})
	from := rapid.SampledFrom(c.live).Draw(rt, "from")
	var to []string
	for _, k := range append([]string{fresh}, c.live...) {
		if k != from {
			to = append(to, k)
		}
	}
	fate := rapid.SampledFrom([]string{reorganise.End, reorganise.End, reorganise.Cede, reorganise.Rename}).Draw(rt, "fate")
	g := reorganise.Agency{Key: from, Fate: fate, Name: fmt.Sprintf("更名%d-%d", c.n, step)}
	split := fate == reorganise.End && rapid.Bool().Draw(rt, "split")
	if fate == reorganise.End && !split {
		g.Heir = rapid.SampledFrom(to).Draw(rt, "heir")
	}
	if fate == reorganise.End || fate == reorganise.Cede {
		c.share(rt, &p, g, to)
	}
	p.Agencies = append(p.Agencies, g)
	c.live = append(c.live, fresh)
	if fate == reorganise.End {
		c.live = slices.DeleteFunc(c.live, func(k string) bool { return k == from })
	}
	return p
}

// share names who gets what of an agency: each power with its item and cases, and of
// an agency that is split the staff one by one.
func (c *county) share(rt *rapid.T, p *reorganise.Plan, g reorganise.Agency, to []string) {
	send := func(kind, ref, dest string) {
		p.Moves = append(p.Moves, reorganise.Move{Agency: g.Key, Kind: kind, Ref: ref, To: dest})
	}
	for _, code := range slices.Sorted(maps.Keys(c.item)) {
		if c.item[code] != g.Key {
			continue
		}
		dest := g.Heir
		if g.Heir == "" && g.Fate == reorganise.End || rapid.Bool().Draw(rt, "named") {
			dest = rapid.SampledFrom(to).Draw(rt, code)
			send(reorganise.OnPower, code, dest)
		}
		if dest == "" {
			continue
		}
		c.item[code], c.power[code] = dest, dest
		fine(rt, c.Store.Read(bg, func(tx *store.Tx) error {
			mine, err := store.All(tx, func(r store.Row) (id int64, err error) { return id, r.Scan(&id) },
				`select p.id from proceeding p join item i on i.home = p.home and i.id = p.item where p.home = $1 and i.code = $2 and p.closed = 0`, tx.Home(), code)
			for _, id := range mine {
				c.open[id] = dest
			}
			return err
		}))
	}
	if g.Heir == "" && g.Fate == reorganise.End {
		fine(rt, c.Store.Read(bg, func(tx *store.Tx) error {
			posts, err := c.PostsAt(tx, g.Key, tx.Today())
			for _, x := range posts {
				send(reorganise.OnPost, strconv.FormatInt(x.ID, 10), rapid.SampledFrom(to).Draw(rt, "post"))
			}
			return err
		}))
	}
}

// check compares the registers with the replay.
func (c *county) check(t *rapid.T, written day.Day, origin map[string]string) {
	t.Helper()
	fine(t, c.Store.Read(bg, func(tx *store.Tx) error {
		today := tx.Today()
		for code, want := range c.power {
			held, err := c.rig.power.HoldersOf(tx, code, today)
			if err != nil || len(held) != 1 || held[0].Agency != want {
				t.Fatalf("power %s: held by %+v, want %s (%v)", code, held, want, err)
			}
			id, err := c.desk.Items.ByCode(tx, code)
			if err != nil {
				return err
			}
			v, err := c.desk.Items.InForce(tx, id, today)
			if err != nil || v.Agency != c.item[code] {
				t.Fatalf("item %s: %v, want %s (%v)", code, v, c.item[code], err)
			}
			if _, err := c.Agency(tx, v.Agency, today); err != nil {
				t.Fatalf("item %s is of %s, which is gone", code, v.Agency)
			}
			a, err := reorganise.Answers(tx, origin[code], written, today, reorganise.About{Item: code})
			if err != nil || len(a.Now) != 1 || a.Now[0] != want {
				t.Fatalf("%s: %v answers, want %s (%v)", code, a.Now, want, err)
			}
		}
		staff := 0
		for _, k := range c.live {
			posts, err := c.PostsAt(tx, k, today)
			if err != nil {
				return err
			}
			staff += len(posts)
		}
		if staff != c.staff {
			t.Fatalf("%d posts, were %d", staff, c.staff)
		}
		return c.checkCases(t, tx)
	}))
}

// checkCases wants each open case, with its task, at its one living agency, and each
// closed one where it was.
func (c *county) checkCases(t *rapid.T, tx *store.Tx) error {
	n := 0
	err := tx.Each(func(r store.Row) error {
		var id int64
		var agency, at, state string
		if err := r.Scan(&id, &agency, &at, &state); err != nil {
			return err
		}
		n++
		want, open := c.open[id]
		if !open {
			want = c.closed[id]
		}
		if agency != want || at != want || open != (state == "open") {
			t.Fatalf("case %d is at %s, its task at %s (%s), want %s", id, agency, at, state, want)
		}
		return nil
	}, `select p.id, p.agency, t.agency, t.state from proceeding p join task t on t.home = p.home and t.proceeding = p.id
		where p.home = $1 and p.title like $2`, tx.Home(), fmt.Sprintf("县%d事项%%", c.n))
	if n != len(c.open)+len(c.closed) {
		t.Fatalf("%d cases, were %d", n, len(c.open)+len(c.closed))
	}
	return err
}

// Whatever is done to whatever small county: afterwards every open case, item and power
// has exactly one holder, an agency that is; nothing is lost or doubled; and what is
// closed still names the old one.
func TestNothingIsLostOrDoubled(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		g.desk.Cases = func(c *act.Call, id int64, to map[string]string, _ string, _ day.Day, _ func(int64) bool) error {
			for from, next := range to {
				c.Tx.Put(`update proceeding set agency = $4 where home = $1 and id = $2 and agency = $3`, c.Tx.Home(), id, from, next)
				c.Tx.Put(`update task set agency = $4 where home = $1 and proceeding = $2 and agency = $3 and state = 'open'`, c.Tx.Home(), id, from, next)
			}
			return nil
		}
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			if n++; n > 12 {
				return // counties enough: each is a dozen commands
			}
			c := g.founded(t, rt, n)
			written, origin := g.today(), maps.Clone(c.item)
			for step := range rapid.IntRange(1, 3).Draw(rt, "acts") {
				p := c.draw(rt, step)
				g.done(t, p.Document, p.Moves, p.Agencies...)
				c.check(rt, written, origin)
			}
		})
	})
}

// uscc is the n-th credit code.
func uscc(n int) string {
	code, err := gbcode.MakeUSCC("11", "990124", fmt.Sprintf("MB%06d", n))
	if err != nil {
		panic(err)
	}
	return code
}

// fine wants no error.
func fine(t *rapid.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
