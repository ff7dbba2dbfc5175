package casework_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"strings"
	"sync"
	"testing"

	"tongban/internal/demo"
	"tongban/internal/demo/demotest"
	"tongban/internal/house"
	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/identity"
	"tongban/internal/rules/day"
	"tongban/internal/work/casework"
)

// world is a founded county with a clock that the test sets forward.
type world struct {
	*house.House
	t     *testing.T
	ctx   context.Context
	clock *demo.Clock
	c     *demo.County
}

// both runs f in a county of its own on each engine.
func both(t *testing.T, f func(w *world)) {
	t.Helper()
	t.Parallel()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			f(newWorld(t, e))
		})
	}
}

func newWorld(t *testing.T, e store.Engine) *world {
	t.Helper()
	w := &world{t: t, ctx: t.Context()}
	w.House, w.c, w.clock = demotest.Open(t, e, house.Options{})
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		var e *act.Error
		if errors.As(err, &e) {
			w.t.Fatalf("%s: %v %v %v", e.Code, e.Msg.Args, e, e.Fields)
		}
		w.t.Fatal(err)
	}
}

// refused wants an error with this code.
func (w *world) refused(code string, err error) {
	w.t.Helper()
	var e *act.Error
	if !errors.As(err, &e) || e.Code != code {
		w.t.Fatalf("answered %v, want %s", err, code)
	}
	if strings.Contains(e.Msg.Error(), "⟦") {
		w.t.Errorf("%s has no sentence", code)
	}
}

func (w *world) as(key string) act.Actor {
	w.t.Helper()
	a, err := w.c.Actor(w.ctx, key)
	w.must(err)
	return a
}

// in is an official in one of several posts.
func (w *world) in(key, agency, post string) act.Actor {
	w.t.Helper()
	a, err := w.c.ActorIn(w.ctx, key, agency, post)
	w.must(err)
	return a
}

// of is the nth official in a post of an agency.
func (w *world) of(agency, post string, n int) act.Actor {
	w.t.Helper()
	keys := w.c.Officials(agency, post)
	if n >= len(keys) {
		w.t.Fatalf("no official %d as %s at %s", n, post, agency)
	}
	return w.in(keys[n], agency, post)
}

// pass lets whole days go by, to nine in the morning.
func (w *world) pass(days int) {
	w.clock.Set((w.clock.Now().Day() + day.Day(days)).Start() + 9*day.Hour)
}

func (w *world) show(id int64) *casework.Case {
	w.t.Helper()
	var c *casework.Case
	w.must(w.Store.Read(w.ctx, func(tx *store.Tx) (err error) {
		c, err = w.Office.Show(tx, id)
		return err
	}))
	return c
}

// task is the open task of a part at an agency.
func (w *world) task(id int64, part, agency string) casework.TaskIn {
	w.t.Helper()
	for _, t := range w.show(id).Tasks {
		if t.Part == part && t.Agency == agency && t.State == proceeding.TaskOpen {
			return casework.TaskIn{Case: id, Task: t.ID, Seen: t.Seen}
		}
	}
	w.t.Fatalf("case %d has no open task %s at %s", id, part, agency)
	return casework.TaskIn{}
}

var picture = sync.OnceValue(func() []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 30))); err != nil {
		panic(err)
	}
	return b.Bytes()
})

// bakery is what the baker fills in herself.
func bakery() map[string]any {
	return map[string]any{
		"area": 38.0, "tenure": "owned", "workshop_name": "小满糕点坊", "category": "pastry", "workers": int64(2), "water": "tap", "gas": false,
	}
}

// draft saves the baker's draft with both pictures uploaded.
func (w *world) draft(a act.Actor, slug string, values map[string]any, materials ...string) int64 {
	w.t.Helper()
	d, err := w.Office.SaveDraft(w.ctx, a, "", casework.DraftIn{Item: w.c.Items[slug].ID, Values: values})
	w.must(err)
	for _, m := range materials {
		_, err := w.Office.Upload(w.ctx, a, d.Case, m, m+".png", bytes.NewReader(picture()))
		w.must(err)
	}
	return d.Case
}

// applied is the baker's application, submitted.
func (w *world) applied() casework.Done {
	w.t.Helper()
	baker := w.as("baker")
	done, err := w.Office.Apply(w.ctx, baker, "", casework.ApplyIn{Draft: w.draft(baker, "food-workshop", bakery(), "plan", "photo"), Delivery: "window"})
	w.must(err)
	return done
}

// accepted is the baker's application, accepted by the first clerk.
func (w *world) accepted() int64 {
	w.t.Helper()
	id := w.applied().Case
	_, err := w.Office.Accept(w.ctx, w.of("spj", "window", 0), "", casework.AcceptIn{Case: id})
	w.must(err)
	return id
}

// handled takes an accepted case to its decision.
func (w *world) handled(id int64) {
	w.t.Helper()
	_, err := w.Office.Review(w.ctx, w.of("scjg", "reviewer", 0), "", casework.ReviewIn{TaskIn: w.task(id, "review", "scjg"), Passed: true, Text: "材料符合要求"})
	w.must(err)
	one, two := w.of("xfjy", "inspector", 0), w.of("xfjy", "inspector", 2)
	_, err = w.Office.Visit(w.ctx, one, "", casework.VisitIn{TaskIn: w.task(id, "visit", "xfjy"), Passed: true, Text: "出口畅通", Officers: []int64{one.Person, two.Person}})
	w.must(err)
	w.tested(id)
}

func (w *world) tested(id int64) {
	w.t.Helper()
	env := w.of("sthj", "reviewer", 0)
	_, err := w.Office.Pause(w.ctx, env, "", casework.PauseIn{TaskIn: w.task(id, "test", "sthj"), Reason: "取水样送检", Days: 10})
	w.must(err)
	w.pass(7)
	_, err = w.Office.Resume(w.ctx, env, "", casework.ResumeIn{TaskIn: w.task(id, "test", "sthj"), Result: "符合饮用水要求"})
	w.must(err)
	_, err = w.Office.Review(w.ctx, env, "", casework.ReviewIn{TaskIn: w.task(id, "test", "sthj"), Passed: true, Text: "水质合格"})
	w.must(err)
}

func granted(t casework.TaskIn) casework.DecideIn {
	return casework.DecideIn{TaskIn: t, Verdict: casework.Verdict{Outcome: casework.Granted, Articles: []string{"示范办法第七条"}}}
}

// alsoReviewer gives a person a second post.
func (w *world) alsoReviewer(person int64) {
	w.t.Helper()
	_, err := w.People.GrantPost(w.ctx, w.as("zfb_admin_1"), "", identity.Post{Person: person, Agency: "scjg", Post: "reviewer", Span: day.Span{From: w.clock.Now().Day()}})
	w.must(err)
}

// byPerson is a person in one of their posts.
func (w *world) byPerson(person int64, agency, post string) (a act.Actor) {
	w.t.Helper()
	w.must(w.Store.Read(w.ctx, func(tx *store.Tx) (err error) {
		a, err = w.People.ActorOf(tx, person, agency, post)
		return err
	}))
	return a
}
