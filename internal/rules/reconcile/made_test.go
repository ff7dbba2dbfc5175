package reconcile_test

import (
	"encoding/csv"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tongban/internal/rules/reconcile"
	"tongban/internal/rules/workday"
)

// The labelled set: the 1,135 real items of the county and, made from them, the
// list of an agency that keeps its own system. docs/reconcile.md says how, and
// what its figures are worth.

// seed makes the set; another seed makes another one.
const seed = 20260922

// reported tells in which half an item is: by a hash of its code, so that the
// parts of one matter (the same nine characters) are in one half. The rules were
// tuned on the other half.
func reported(code string) bool {
	h := fnv.New32a()
	_, _ = h.Write([]byte(code[:min(9, len(code))]))
	return h.Sum32()%2 == 1
}

// made is one half of the labelled set.
type made struct {
	ours, theirs []reconcile.Entry
	pairs        map[[2]int]reconcile.Relation // line of theirs, line of ours: what they are
	types, days  map[int]bool                  // lines of theirs of which this was changed
	fees, steps  map[int]bool
	without      []reconcile.Entry // taken out of ours
	places       []string
	how          map[string]int // how many items each way of changing was used on
	way          map[int]string // line of ours → the way
}

// realItems reads the items of the county, each with days, steps and fees that
// are made here, since the list of names says nothing of them.
func realItems(t testing.TB, half bool) []reconcile.Entry {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "demo", "county", "items.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(seed, 1))
	var list []reconcile.Entry
	for _, row := range rows[1:] {
		e := reconcile.Entry{Name: row[0], Code: row[1], Type: row[2], Agency: row[3],
			Days: workday.Term{Days: 1 + r.IntN(20), Unit: workday.WorkingDays}, Steps: []string{"受理", "审查", "决定", "送达"}, Fees: []string{}, Materials: []string{"申请表"}}
		if reported(e.Code) == half {
			list = append(list, e)
		}
	}
	return list
}

// make makes their list of one half.
func makeSet(t testing.TB, half bool, codes bool) *made {
	t.Helper()
	salt := uint64(2)
	if half {
		salt = 3
	}
	m := &made{pairs: map[[2]int]reconcile.Relation{}, types: map[int]bool{}, days: map[int]bool{}, fees: map[int]bool{}, steps: map[int]bool{},
		places: []string{"青石县"}, how: map[string]int{}, way: map[int]string{}}
	for i, e := range realItems(t, half) {
		if i%12 == 5 {
			m.without = append(m.without, e)
		} else {
			m.ours = append(m.ours, e)
		}
	}
	g := &maker{made: m, r: rand.New(rand.NewPCG(seed, salt)), half: half, codes: codes, done: make([]bool, len(m.ours))}
	g.merge()
	for i := range m.ours {
		if !g.done[i] {
			g.one(i)
		}
	}
	g.added()
	return m
}

// maker makes a labelled set.
type maker struct {
	*made
	r     *rand.Rand
	half  bool
	codes bool
	done  []bool
}

func (g *maker) chance(percent int) bool { return g.r.IntN(100) < percent }

func (g *maker) note(how string, ours ...int) {
	g.how[how]++
	for _, o := range ours {
		g.way[o], g.done[o] = how, true
	}
}

// line adds a line of theirs, with what an own system keeps of ours.
func (g *maker) line(name string, like *reconcile.Entry) int {
	e := *like
	e.Name, e.Base, e.Parent = name, "", ""
	e.Code = fmt.Sprintf("%s-%05d", []string{"YW", "SX", "OA"}[g.r.IntN(3)], g.r.IntN(100000))
	if g.codes {
		switch n := g.r.IntN(100); {
		case n < 15:
			e.Code = like.Code
		case n < 30:
			e.Base, _, _ = strings.Cut(like.Code, "-")
		case n < 33:
			e.Base, _, _ = strings.Cut(g.ours[g.r.IntN(len(g.ours))].Code, "-") // copied from another line
		}
	}
	if g.chance(30) {
		e.Agency = ""
	}
	n := len(g.theirs)
	if g.chance(8) {
		types := []string{"01", "07", "10", "20"}
		e.Type = types[g.r.IntN(len(types))]
		g.types[n] = e.Type != like.Type
	}
	if g.chance(15) {
		e.Days.Days += 1 + g.r.IntN(10)
		g.days[n] = true
	}
	if g.chance(8) {
		e.Fees = []string{"工本费"}
		g.fees[n] = true
	}
	if g.chance(10) {
		e.Steps = []string{"受理", "初审", "审查", "决定", "送达"}
		g.steps[n] = true
	}
	if e.Code == "" || slices.ContainsFunc(g.theirs, func(o reconcile.Entry) bool { return o.Code == e.Code }) {
		e.Code = fmt.Sprintf("%s.%d", e.Code, n)
	}
	g.theirs = append(g.theirs, e)
	return n
}

// one makes what their list has of one item of ours.
func (g *maker) one(i int) {
	o := &g.ours[i]
	switch n := g.r.IntN(100); {
	case n < 10:
		g.note("dropped", i)
	case n < 40:
		g.note("kept", i)
		g.pairs[[2]int{g.line(o.Name, o), i}] = reconcile.Same
	case n < 52 && g.split(i):
	default:
		name, how := g.rename(o.Name)
		g.note(how, i)
		rel := reconcile.Renamed
		if reconcile.Fold(name) == reconcile.Fold(o.Name) {
			rel = reconcile.Same
		}
		g.pairs[[2]int{g.line(name, o), i}] = rel
	}
}
