package lists_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
)

// ordered is a batch as the test remembers it: what became of which entry, from when.
type ordered struct {
	from  day.Day
	names map[string]string // code → name; "" ended
}

// replayed is the list as the batches in order make it.
func replayed(made []ordered, at lists.Stand) map[string]string {
	state := map[string]string{}
	for i, b := range made {
		if b.from > at.Day || at.Seq != 0 && int64(i+1) > at.Seq {
			continue
		}
		for code, name := range b.names {
			delete(state, code)
			if name != "" {
				state[code] = name
			}
		}
	}
	return state
}

// Any list as it stood on any day, as it was known after any change, is what
// one gets by replaying the changes by hand; so are pages, counts and what
// differs between two states.
func TestAnyStateIsTheReplayOfTheChanges(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		rnd := rand.New(rand.NewPCG(4, 2026))
		newestFrom, live := map[string]day.Day{}, map[string]bool{}
		var made []ordered
		for range 30 {
			b := batch("negative")
			b.From, b.Region = today-20+day.Day(rnd.IntN(60)), "990124"
			o := ordered{from: b.From, names: map[string]string{}}
			for range 1 + rnd.IntN(8) {
				code := fmt.Sprintf("N%02d", rnd.IntN(12))
				if _, twice := o.names[code]; twice || newestFrom[code] > b.From {
					continue
				}
				name := fmt.Sprintf("某业务%d", rnd.IntN(1000))
				ch := put(lists.Content{Columns: lists.Row{"code": code, "name": name, "type": "licensed", "industry": "采矿业", "measure": "未获得许可，不得从事"}})
				if live[code] && rnd.IntN(3) == 0 {
					ch, name = lists.Change{Op: lists.End, Code: code}, ""
				}
				b.Changes, o.names[code] = append(b.Changes, ch), name
			}
			if len(b.Changes) == 0 {
				continue
			}
			if r.change(t, b).Seq == 0 {
				continue // nothing differed
			}
			for code, name := range o.names {
				newestFrom[code], live[code] = b.From, name != ""
			}
			made = append(made, o)
		}
		if len(made) < 15 {
			t.Fatalf("only %d batches", len(made))
		}
		stands := []lists.Stand{{Day: today + 100}, {Day: today - 30}}
		for range 40 {
			stands = append(stands, lists.Stand{Day: today - 21 + day.Day(rnd.IntN(62)), Seq: int64(rnd.IntN(len(made) + 1))})
		}
		r.read(t, func(tx *store.Tx) error {
			for _, at := range stands {
				want := replayed(made, at)
				sameState(t, tx, at, want)
				codes := slices.Sorted(maps.Keys(want))
				counted, err := lists.Count(tx, lists.Query{List: "negative", At: at})
				if err != nil || lists.Total(counted).Entries != len(codes) {
					t.Errorf("%+v: counted %+v, want %d, %v", at, counted, len(codes), err)
				}
			}
			for i := range 20 {
				if err := r.sameDifferences(t, tx, made, stands[i], stands[i+20]); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// sameState compares the pages of a state, and each entry, with what they should be.
func sameState(t *testing.T, tx *store.Tx, at lists.Stand, want map[string]string) {
	t.Helper()
	q := lists.Query{List: "negative", At: at, Limit: 3}
	got, before := map[string]string{}, ""
	for {
		page, err := lists.Page(tx, q)
		must(t, err)
		for _, e := range page {
			if e.Code <= before {
				t.Errorf("%s after %s", e.Code, before)
			}
			before, got[e.Code] = e.Code, e.Content.Columns.Text("name")
		}
		if len(page) < 3 {
			break
		}
		q.After = before
	}
	if !maps.Equal(got, want) {
		t.Errorf("%+v:\n got %v\nwant %v", at, got, want)
	}
	for i := range 12 {
		code := fmt.Sprintf("N%02d", i)
		e, err := lists.EntryOn(tx, "negative", code, at)
		if (err == nil) != (want[code] != "") || e.Name != want[code] || err != nil && act.KindOf(err) != act.NotFound {
			t.Errorf("%s at %+v: %q, want %q, %v", code, at, e.Name, want[code], err)
		}
	}
}

func (r *rig) sameDifferences(t *testing.T, tx *store.Tx, made []ordered, a, b lists.Stand) error {
	t.Helper()
	was, is := replayed(made, a), replayed(made, b)
	want, got := map[string][2]string{}, map[string][2]string{}
	for i := range 12 {
		if code := fmt.Sprintf("N%02d", i); was[code] != is[code] {
			want[code] = [2]string{was[code], is[code]}
		}
	}
	for after := ""; ; {
		list, last, err := r.lists.Differences(tx, "negative", a, b, after, 3)
		if err != nil {
			return err
		}
		for _, d := range list {
			var pair [2]string
			if d.Before != nil {
				pair[0] = d.Before.Name
			}
			if d.After != nil {
				pair[1] = d.After.Name
			}
			got[d.Code] = pair
			if len(d.Fields) == 0 {
				t.Errorf("%s differs in nothing", d.Code)
			}
		}
		if after = last; after == "" {
			break
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("%+v → %+v:\n got %v\nwant %v", a, b, got, want)
	}
	return nil
}

// The list that is read page by page, each in a view of its own, is the one of
// the beginning, whatever is changed meanwhile.
func TestAReaderSeesOneState(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		var changes []lists.Change
		for i := range 1203 {
			changes = append(changes, put(power(fmt.Sprintf("P-%05d", i), "某许可", "scjg", 1)))
		}
		r.change(t, batch("power", changes...))
		n := 0
		for e, err := range lists.All(bg, r.Store, lists.Query{List: "power"}) {
			must(t, err)
			if n == 10 {
				r.change(t, batch("power", put(power("P-01100", "改了", "scjg", 1)), put(power("P-01100A", "新", "scjg", 1)), lists.Change{Op: lists.End, Code: "P-01200"}))
			}
			if e.Name != "某许可" {
				t.Errorf("%s %s", e.Code, e.Name)
			}
			n++
		}
		if n != 1203 {
			t.Errorf("%d entries", n)
		}
	})
}

// Following by number misses nothing; an edition is a permanent address.
func TestFeedAndEditions(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		r.change(t, batch("power", put(power("A-1", "甲", "scjg", 1))))
		r.change(t, batch("once", put(lists.Content{Columns: lists.Row{"code": "510A-1", "name": "某事", "type": "none", "agency": "scjg"}})))
		r.change(t, batch("power", put(power("A-1", "乙", "scjg", 1))))
		r.read(t, func(tx *store.Tx) error {
			all, err := lists.Since(tx, "", 0, 10)
			must(t, err)
			own, err := lists.Since(tx, "power", 1, 10)
			must(t, err)
			back, err := lists.Recent(tx, "", 0, 2)
			must(t, err)
			if len(all) != 3 || all[1].List != "once" || len(own) != 1 || own[0].Edition != 2 || len(back) != 2 || back[0].Seq != 3 {
				t.Errorf("%+v\n%+v\n%+v", all, own, back)
			}
			first, err := lists.Edition(tx, "power", 1)
			must(t, err)
			e, err := lists.EntryOn(tx, "power", "A-1", first.Stand())
			if e.Name != "甲" {
				t.Errorf("edition 1 says %s", e.Name)
			}
			made, err2 := own[0].Entries(tx, "", 10)
			if len(made) != 1 || made[0].Name != "乙" || made[0].N != 2 {
				t.Errorf("%+v %v", made, err2)
			}
			found, err3 := lists.Page(tx, lists.Query{List: "power", Text: "乙", Bare: true})
			for text, n := range map[string]int{"！！": 0, "A-1": 1, "%": 0, " 乙 ": 1, "甲": 0} {
				if list, err := lists.Page(tx, lists.Query{List: "power", Text: text}); err != nil || len(list) != n {
					t.Errorf("%q found %d, %v", text, len(list), err)
				}
			}
			if len(found) != 1 || found[0].Content.Columns != nil {
				t.Errorf("%+v %v", found, err3)
			}
			return err
		})
	})
}
