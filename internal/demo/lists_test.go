package demo_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"tongban/internal/demo"
	"tongban/internal/house"
	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/rules/checkup"
	"tongban/internal/rules/day"
	"tongban/internal/work/inspect"
)

// The county's lists stand complete, in exactly these numbers.
func TestTheListsOfTheCounty(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, e store.Engine) {
		clock := demo.NewClock(demo.Founded)
		h := open(t, e, clock, 1)
		c, err := demo.Found(t.Context(), h, nil)
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if err := demo.FoundLists(t.Context(), h, nil); err != nil {
			t.Fatal(err)
		}
		t.Logf("all lists in %v", time.Since(began).Round(time.Millisecond))
		is := func(q lists.Query, part string, want int) {
			t.Helper()
			if got := countList(t, h.Store, q, part); got != want {
				t.Errorf("%+v %s: %d, want %d", q, part, got, want)
			}
		}
		power, town := lists.Query{List: "power"}, lists.Query{List: "township_power"}
		for part, n := range map[string][2]int{"": {2649, 157}, "duties": {18_656, 771}, "situations": {26_458, 880}} {
			is(power, part, n[0])
			is(town, part, n[1])
		}
		is(lists.Query{List: "public_service", Type: "online"}, "", 93)
		is(lists.Query{List: "public_service", Region: "9901241", Type: "info"}, "", 13)
		is(lists.Query{List: "public_service"}, "", 212+18)
		is(lists.Query{List: "inspection"}, "", 459)
		is(lists.Query{List: "intermediary"}, "", 14)
		is(lists.Query{List: "hall"}, "", 1135+16+3)
		is(lists.Query{List: "once"}, "", 1135+16+3)
		is(lists.Query{List: "negative"}, "", 117)
		is(lists.Query{List: "registration", Type: "before"}, "", 201)
		if e == store.SQLite { // what is decreed later; each engine keeps changes alike (register/lists)
			played(t, h, c, clock)
		}
		agencies, items := map[string]bool{}, map[string]bool{}
		err = h.Store.Read(t.Context(), func(tx *store.Tx) error {
			counted, err := lists.Count(tx, power)
			for _, c := range counted {
				agencies[c.Agency] = true
			}
			page, err2 := lists.Page(tx, lists.Query{List: "intermediary"})
			for _, e := range page {
				items[e.Content.Columns.Text("item")] = true
			}
			head, err3 := lists.Head(tx)
			for seq := int64(1); seq <= max(head, 18); seq++ {
				if ok, err := lists.Verify(tx, seq); !ok || err != nil {
					t.Errorf("change %d: %v %v", seq, ok, err)
				}
			}
			return errors.Join(err, err2, err3)
		})
		if err != nil || len(agencies) != 26 || len(items) != 8 || items[""] {
			t.Errorf("%d agencies, %v, %v", len(agencies), items, err)
		}
		everyItemHasItsPower(t, h)
		for _, k := range lists.Kinds() {
			if countList(t, h.Store, lists.Query{List: k.Key}, "") < 5 {
				t.Errorf("%s is all but empty", k.Key)
			}
		}
	})
}

// played lets the year go by, in which the lists are changed seven times.
func played(t *testing.T, h *house.House, c *demo.County, clock *demo.Clock) {
	t.Helper()
	is := func(q lists.Query, want int) {
		t.Helper()
		if got := countList(t, h.Store, q, ""); got != want {
			t.Errorf("%+v: %d, want %d", q, got, want)
		}
	}
	if _, err := demo.Year(t.Context(), h, c, demo.Play{Clock: clock, Seed: 1, Cases: 1}); err != nil {
		t.Fatal(err)
	}
	changed(t, h)
	reform := lists.Stand{Day: day.Of(2025, 7, 1)}
	is(lists.Query{List: "registration", Type: "before", At: reform}, 34)
	is(lists.Query{List: "registration", Type: "after", At: reform}, 167)
	is(lists.Query{List: "abolished", Type: "kept", At: lists.Stand{Day: day.Of(2026, 3, 9)}}, 165)
	is(lists.Query{List: "abolished", Type: "cancelled", At: lists.Stand{Day: day.Of(2026, 3, 9)}}, 122)
}

// changed wants each change of the lists to have been made when it was decided: the
// first editions at the founding, the others on the day on which they take effect or
// in the days before, in office hours; so the feed tells them.
func changed(t *testing.T, h *house.House) {
	t.Helper()
	err := h.Store.Read(t.Context(), func(tx *store.Tx) error {
		all, err := lists.Since(tx, "", 0, 100)
		later := 0
		for _, c := range all {
			made := c.Made.Day()
			if made == demo.Founded.Day() || made >= demo.Start.Day() {
				continue
			}
			if later++; made > c.From || made < c.From-9 || c.From < demo.Founded.Day() {
				t.Errorf("%s %s takes effect on %s and was made on %s", c.List, c.Document, c.From, made)
			}
		}
		if later != 7 {
			t.Errorf("%d changes during the year, want the reform and six reviews", later)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// everyItemHasItsPower judges the county by the rules about items and their powers:
// every item that needs a power has one on the list, of its class and its agency,
// and what is written in full is decided by whom the list of the hall says.
func everyItemHasItsPower(t *testing.T, h *house.House) {
	t.Helper()
	var c *checkup.Catalogue
	listed := map[string]string{}
	desk := &inspect.Desk{Runner: h.Runner, People: h.People, Items: h.Items, Region: demo.Region}
	err := h.Store.Read(t.Context(), func(tx *store.Tx) (err error) {
		if c, err = desk.Live(tx); err != nil {
			return err
		}
		return lists.Each(tx, lists.Query{List: "hall"}, func(e lists.Entry) { listed[e.Code] = e.Type + e.Content.Columns.Text("reason") })
	})
	if err != nil {
		t.Fatal(err)
	}
	says := map[string]int{}
	for _, it := range c.Items {
		if listed[it.Code] == "" {
			t.Errorf("%s is not on the list of the hall", it.Name)
		}
		if it.Guide != nil {
			says[listed[it.Code]]++
		}
	}
	if len(says) != 2 || says["decided"] != 3 {
		t.Errorf("the list of the hall says of what is written in full: %v", says)
	}
	for f := range checkup.Judge(c) {
		if slices.Contains([]string{"item_powerless", "item_holder", "item_power_type", "power_basis", "power_duties"}, f.Rule) {
			t.Errorf("%s %s %s", f.Rule, f.Subject.Code, f.Subject.Name)
		}
	}
}

func countList(t *testing.T, s *store.Store, q lists.Query, part string) (n int) {
	t.Helper()
	k, err := lists.KindOf(q.List)
	if err != nil {
		t.Fatal(err)
	}
	err = s.Read(t.Context(), func(tx *store.Tx) error {
		counted, err := lists.Count(tx, q)
		total := lists.Total(counted)
		n = total.Entries
		for i, table := range k.Tables {
			if table.Key == part {
				n = total.Parts[i]
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
