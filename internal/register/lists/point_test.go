package lists_test

import (
	"fmt"
	"slices"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/law"
	"tongban/internal/register/lists"
	"tongban/internal/rules/citation"
	"tongban/internal/rules/day"
)

// library imports an invented law of three articles, known by its short name too.
func (r *rig) library(t *testing.T) *law.Register {
	t.Helper()
	text := "# 云禾县糕点办法（示范，虚构）\n\n简码：bakery\n类别：规范性文件\n制定机关：云禾县人民政府\n文号：云府发〔2025〕1号\n施行：2025-01-01\n" +
		"简称：糕点办法\n虚构：是\n来源：为示范编写\n\n---\n\n第一条 一。\n\n第二条 二。\n\n第三条 三。\n"
	laws := law.New(r.Runner)
	_, err := laws.Import(bg, act.Machine(), "", []law.File{{Name: "a.md", Text: []byte(text)}})
	must(t, says(err))
	return laws
}

// resting lists what rests on an article of the invented law on a day.
func (r *rig) resting(t *testing.T, article int, on day.Day) (list []string) {
	t.Helper()
	r.read(t, func(tx *store.Tx) error {
		l, err := law.ByKey(tx, "bakery")
		must(t, err)
		found, err := law.Touching(tx, l.ID, citation.Article{N: article}, on, law.Cursor{}, 1000)
		for _, p := range found {
			list = append(list, fmt.Sprint(p.Kind, " ", p.Code, " ", p.Part))
		}
		return err
	})
	return list
}

// baked is a power that rests on an article of the invented law.
func baked(code, article string) lists.Content {
	c := power(code, "糕点许可"+code, "scjg", 2)
	c.Tables["basis"] = []lists.Row{{"article": "《糕点办法》" + article}}
	return c
}

// A power is reached from its articles and leads back to them, on the days on
// which its versions hold; a law that changed names it; off the list it rests on
// nothing.
func TestAnEntryPointsAtItsArticles(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		laws := r.library(t)
		first := baked("P-001", "第一条")
		for i := range first.Tables["duties"] {
			first.Tables["duties"][i]["article"] = "《糕点办法》第三条第一款"
		}
		r.change(t, batch("power", put(first), put(baked("P-002", "第二条"))))
		r.change(t, batch("fee_admin", put(lists.Content{Columns: lists.Row{"code": "F-01", "name": "糕点检验费", "agency": "scjg", "standard": "每件10元",
			"basis": "《糕点办法》第一条", "funds": "treasury"}})))
		is := func(when string, article int, on day.Day, want ...string) {
			t.Helper()
			if got := r.resting(t, article, on); !slices.Equal(got, want) {
				t.Errorf("%s, article %d: %q, want %q", when, article, got, want)
			}
		}
		is("at first", 1, today, "fee_admin F-01 basis", "power P-001 basis")
		is("at first", 3, today, "power P-001 duty")
		r.read(t, func(tx *store.Tx) error {
			places, err := law.PlacesOf(tx, "power", "P-001", today)
			if err == nil && (len(places) != 3 || places[0].Key != "bakery" || !places[0].Found || places[0].Label != "糕点许可P-001") {
				t.Errorf("back: %+v", places)
			}
			return err
		})

		b := batch("power", put(baked("P-001", "第二条")))
		b.From = today + 10
		r.change(t, b)
		is("before its basis changed", 1, today+9, "fee_admin F-01 basis", "power P-001 basis")
		is("when its basis changed", 1, today+10, "fee_admin F-01 basis")
		is("when its basis changed", 2, today+10, "power P-001 basis", "power P-002 basis")
		is("when its basis changed", 3, today+10)

		b = batch("power", lists.Change{Op: lists.End, Code: "P-002"})
		b.From = today + 20
		r.change(t, b)
		is("the day before it ends", 2, today+19, "power P-001 basis", "power P-002 basis")
		is("when it ended", 2, today+20, "power P-001 basis")

		did, err := laws.Repeal(bg, act.Machine(), "", law.RepealIn{Law: "bakery", From: today + 15, Number: "云府发〔2026〕2号"})
		must(t, says(err))
		r.read(t, func(tx *store.Tx) error {
			touched, err := law.TouchedBy(tx, did.Change, law.Subject{}, 10)
			want := []law.Subject{{Kind: "fee_admin", Code: "F-01", Label: "糕点检验费"}, {Kind: "power", Code: "P-001", Label: "糕点许可P-001"}, {Kind: "power", Code: "P-002", Label: "糕点许可P-002"}}
			if !slices.Equal(touched, want) {
				t.Errorf("the repeal touches %v", touched)
			}
			return err
		})
	})
}

// A large change is pointed at articles behind it, in batches, and what comes
// meanwhile waits its turn; at the end it is as if each had come by itself.
func TestALargeChangeIsPointedBehindIt(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		r.library(t)
		var all []lists.Change
		for i := range 2*lists.PointBatch + 1 {
			all = append(all, put(baked(fmt.Sprintf("P-%04d", i), "第一条")))
		}
		r.change(t, batch("power", all...))
		r.change(t, batch("power", put(baked("P-0000", "第二条")), lists.Change{Op: lists.End, Code: "P-0001"}))
		if got := r.resting(t, 1, today); len(got) != 0 {
			t.Fatalf("%d were pointed in the change", len(got))
		}
		must(t, r.lists.PointEntries(bg))
		if one, two := r.resting(t, 1, today), r.resting(t, 2, today); len(one) != len(all)-2 || one[0] != "power P-0002 basis" || len(two) != 1 {
			t.Errorf("%d rest on the first article, %q on the second", len(one), two)
		}
		r.change(t, batch("power", put(baked("P-0002", "第二条"))))
		if one, two := r.resting(t, 1, today), r.resting(t, 2, today); len(one) != len(all)-3 || len(two) != 2 {
			t.Errorf("then %d rest on the first article, %q on the second", len(one), two)
		}
	})
}
