package lists_test

import (
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/act/acttest"
	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/rules/wording"
)

// A batch adds, edits and ends entries in one act with one event, from its day on.
func TestABatchIsOneAct(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		done := r.change(t, batch("power", put(power("A-1", "食品经营许可", "scjg", 3)), put(power("A-2", "食品生产许可", "scjg", 2)), put(power("B-1", "占道许可", "spj", 1))))
		if done != (lists.Done{Seq: 1, Edition: 1, Added: 3}) {
			t.Fatalf("%+v", done)
		}
		later := today + 30
		b := batch("power", put(power("A-1", "食品经营许可（改）", "scjg", 4)), put(power("A-2", "食品生产许可", "scjg", 2)), lists.Change{Op: lists.End, Code: "B-1"})
		b.From, b.Document = later, "云政发〔2026〕9号"
		plan, err := r.lists.Preview(bg, r.editor, b)
		must(t, err)
		if plan.Edited != 1 || plan.Ended != 1 || plan.Same != 1 || len(plan.Differences) != 2 || len(plan.Problems) != 0 {
			t.Fatalf("%+v", plan)
		}
		d := plan.Differences[0]
		if d.Op != lists.Edit || len(d.Fields) != 2 || d.Fields[0].Before != "食品经营许可" || d.Fields[0].After != "食品经营许可（改）" || d.Fields[1].Table != "duties" || d.Fields[1].After != "受理；责任4" {
			t.Fatalf("%+v", d.Fields)
		}
		if done := r.change(t, b); done != (lists.Done{Seq: 2, Edition: 2, Edited: 1, Ended: 1, Same: 1}) {
			t.Fatalf("%+v", done)
		}
		for _, c := range []struct {
			code  string
			at    lists.Stand
			there bool
			name  string
		}{
			{"A-1", lists.Stand{}, true, "食品经营许可"},
			{"A-1", lists.Stand{Day: later - 1}, true, "食品经营许可"},
			{"A-1", lists.Stand{Day: later}, true, "食品经营许可（改）"},
			{"A-1", lists.Stand{Day: later, Seq: 1}, true, "食品经营许可"},
			{"A-1", lists.Stand{Day: today - 1}, false, ""},
			{"B-1", lists.Stand{Day: later - 1}, true, "占道许可"},
			{"B-1", lists.Stand{Day: later}, false, ""},
			{"B-1", lists.Stand{Day: later, Seq: 1}, true, "占道许可"},
		} {
			e, there := r.on(t, "power", c.code, c.at)
			if there != c.there || e.Name != c.name {
				t.Errorf("%s at %+v: %v %q", c.code, c.at, there, e.Name)
			}
		}
		acts := r.Acts("list/power")
		if len(acts) != 2 {
			t.Fatalf("%v", acts)
		}
		r.read(t, func(tx *store.Tx) error {
			versions, err := lists.Versions(tx, "power", "B-1")
			if err != nil || len(versions) != 2 || !versions[1].Ended || versions[0].Span.Until != later || versions[1].Name != "占道许可" {
				t.Errorf("%+v %v", versions, err)
			}
			for seq := range int64(2) {
				if ok, err := lists.Verify(tx, seq+1); !ok || err != nil {
					t.Errorf("change %d: %v %v", seq+1, ok, err)
				}
			}
			counted, err := lists.Count(tx, lists.Query{List: "power"})
			if total := lists.Total(counted); err != nil || total.Entries != 3 || total.Parts[2] != 6 || total.Parts[3] != 3 {
				t.Errorf("%+v %v", total, err)
			}
			return err
		})
	})
}

// What the ledger says of a change is what is stored, and a row that somebody
// altered behind its back is found.
func TestAnAlteredRowIsFound(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		r.change(t, batch("power", put(power("A-1", "食品经营许可", "scjg", 3))))
		leaf := r.Rig.Acts("list/power")[0]
		r.read(t, func(tx *store.Tx) error {
			c, err := lists.ChangeOf(tx, 1)
			if leaf.State == "" || leaf.Facts["entries"] != leaf.State || c.Document != leaf.Facts["document"] {
				t.Errorf("%v", leaf.Facts)
			}
			return err
		})
		r.Do(func(tx *store.Tx) error {
			_, err := tx.Exec(`update list_version set content = replace(content, '受理', '不受理') where home = $1`, tx.Home())
			return err
		})
		r.read(t, func(tx *store.Tx) error {
			ok, err := lists.Verify(tx, 1)
			if ok {
				t.Error("nobody noticed")
			}
			return err
		})
	})
}

// Nothing is applied unless all is right, and everything wrong is named at once.
func TestNothingIsAppliedUnlessAllIsRight(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		bad := power("A-2", "", "没有的局", 0)
		bad.Columns["type"], bad.Columns["心情"] = "批准", "好"
		b := batch("power", put(power("A-1", "食品经营许可", "scjg", 1)), put(bad), put(power("A-1", "又一次", "scjg", 1)), lists.Change{Op: lists.End, Code: "C-9"})
		b.Document = ""
		_, err := r.lists.Change(bg, r.editor, "", b)
		if act.KindOf(err) != act.Invalid {
			t.Fatal(err)
		}
		all := says(err).Error()
		for _, want := range []string{"文号", "编码 A-2 的“权力名称”：这一格要填", "没有叫“没有的局”的部门", "没有“批准”这一种", "行政许可、行政处罚", "没有“心情”这一项", "“责任事项”至少写 1 行", "编码 A-1 在第", "编码 C-9 不在清单上"} {
			if !strings.Contains(all, want) {
				t.Errorf("nothing says %q:\n%s", want, all)
			}
		}
		if strings.Contains(all, "⟦") || strings.Contains(all, "{") {
			t.Error(all)
		}
		if _, there := r.on(t, "power", "A-1", lists.Stand{}); there || len(r.Acts("list/power")) != 0 {
			t.Error("something was applied")
		}
	})
}

// Two managers who changed the same version: the second is told; an entry that
// they did not touch undoes nothing.
func TestTwoManagersChangeOneEntry(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		one, two := power("A-1", "甲", "scjg", 1), power("A-2", "乙", "scjg", 1)
		r.change(t, batch("power", put(one), put(two)))
		with := func(base int, c lists.Content) lists.Change { return lists.Change{Base: base, Content: c} }
		r.change(t, batch("power", with(1, power("A-1", "甲一", "scjg", 1))))
		done := r.change(t, batch("power", with(1, one), with(1, power("A-2", "乙一", "scjg", 1))))
		if done.Edited != 1 || done.Same != 1 {
			t.Fatalf("%+v", done)
		}
		if e, _ := r.on(t, "power", "A-1", lists.Stand{}); e.Name != "甲一" {
			t.Errorf("what nobody touched was undone: %s", e.Name)
		}
		for _, c := range []lists.Change{with(1, power("A-1", "甲二", "scjg", 1)), {Op: lists.End, Code: "A-1", Base: 1}, with(3, power("A-3", "新", "scjg", 1))} {
			_, err := r.lists.Change(bg, r.editor, "", batch("power", c))
			if act.KindOf(err) != act.Conflict {
				t.Errorf("%+v: %v", c, err)
			}
		}
	})
}

// The days of a change: not past, except for what was there on paper before and
// for lists that follow a higher one; not before a version that is to come.
func TestEffectiveDays(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		past := func(b lists.Batch) error {
			b.From = today - 10
			_, err := r.lists.Change(bg, r.editor, "", b)
			return says(err)
		}
		must(t, past(batch("power", put(power("A-1", "甲", "scjg", 1)))))
		if err := past(batch("power", put(power("A-1", "乙", "scjg", 1)))); err == nil || !strings.Contains(err.Error(), "已经过去") {
			t.Errorf("a day that has passed: %v", err)
		}
		negative := lists.Content{Columns: lists.Row{"code": "1", "name": "某业务", "type": "licensed", "industry": "采矿业", "measure": "未获得许可，不得从事"}}
		b := batch("negative", put(negative))
		b.Region = "990124"
		must(t, past(b))
		negative.Columns["measure"] = "改了"
		must(t, past(b))
		future := batch("power", put(power("A-1", "丙", "scjg", 1)))
		future.From = today + 20
		r.change(t, future)
		_, err := r.lists.Change(bg, r.editor, "", batch("power", put(power("A-1", "丁", "scjg", 1))))
		if err == nil || !strings.Contains(says(err).Error(), "已有从 2026年3月22日 起的版本") {
			t.Errorf("before a version to come: %v", says(err))
		}
		b.Region = ""
		negative.Columns["code"] = "2"
		if err := past(b); err == nil || !strings.Contains(err.Error(), "在哪里施行") {
			t.Errorf("nowhere: %v", err)
		}
	})
}

// Whose right it is: the keeper of lists within the region of the post; the same
// for the preview; another post may not.
func TestRights(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		window := r.As(r.Official("测试乙", "spj", "window"), "spj", "window")
		person := r.Official("测试丙", "xzz", "window")
		r.Post(person, "xzz", "catalogue", "990124101")
		town := r.As(person, "xzz", "catalogue")
		b := batch("power", put(power("A-1", "甲", "scjg", 1)))
		for name, a := range map[string]act.Actor{"window": window, "another town": town, "nobody": {Who: act.Anyone}} {
			if _, err := r.lists.Change(bg, a, "", b); act.KindOf(err) != act.Refused {
				t.Errorf("%s changed a list: %v", name, err)
			}
			if _, err := r.lists.Preview(bg, a, b); act.KindOf(err) != act.Refused {
				t.Errorf("%s looked what would change: %v", name, err)
			}
		}
		own := lists.Content{Columns: lists.Row{"code": "T-1", "name": "甲", "type": "确认", "region": "禾口镇"}, Tables: power("", "", "", 1).Tables}
		own.Columns["type"] = "行政确认"
		_, err := r.lists.Change(bg, town, "", batch("township_power", put(own)))
		must(t, says(err))
	})
}

// A repeated submission is answered with what the first one did; another one
// under its key is refused.
func TestTheSameSubmissionTwice(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		b := batch("power", put(power("A-1", "甲", "scjg", 1)))
		first, err := r.lists.Change(bg, r.editor, "k1", b)
		must(t, err)
		again, err := r.lists.Change(bg, r.editor, "k1", b)
		if err != nil || first != again {
			t.Errorf("%+v %+v %v", first, again, err)
		}
		if _, err := r.lists.Change(bg, r.editor, "k1", batch("power", put(power("A-1", "乙", "scjg", 1)))); acttest.Code(err) != "act.key_reused" {
			t.Error(err)
		}
		if same, err := r.lists.Change(bg, r.editor, "k2", b); err != nil || same.Seq != 0 || same.Same != 1 {
			t.Errorf("%+v %v", same, err)
		}
	})
}

// A batch for one agency touches no other, and as the whole list ends what it lacks.
func TestTheWholeListOfOneAgency(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		r.change(t, batch("power", put(power("A-1", "甲", "scjg", 1)), put(power("A-2", "乙", "scjg", 1)), put(power("B-1", "丙", "spj", 1))))
		b := batch("power", put(power("A-1", "甲", "scjg", 1)), put(power("A-3", "丁", "scjg", 1)))
		b.Whole, b.Agency = true, "scjg"
		if done := r.change(t, b); done.Added != 1 || done.Ended != 1 || done.Same != 1 {
			t.Errorf("%+v", done)
		}
		if _, there := r.on(t, "power", "B-1", lists.Stand{}); !there {
			t.Error("another agency's entry ended")
		}
		foreign := batch("power", put(power("B-2", "戊", "spj", 1)), lists.Change{Op: lists.End, Code: "B-1"})
		foreign.Agency = "scjg"
		_, err := r.lists.Change(bg, r.editor, "", foreign)
		if n := strings.Count(says(err).Error(), "只能改云禾县市场监督管理局的清单"); n != 2 {
			t.Errorf("%d: %v", n, says(err))
		}
	})
}

// What belongs to whom stands in words in both languages.
func TestLabels(t *testing.T) {
	t.Parallel()
	k, err := lists.KindOf("power")
	must(t, err)
	if k.Label(wording.ZH) != "部门权责清单" || !strings.HasPrefix(k.Label(wording.EN), "Powers") || k.Table("duties").Label(wording.EN) != "Duties" {
		t.Error("labels")
	}
	if _, err := lists.KindOf("nothing"); act.KindOf(err) != act.NotFound {
		t.Error(err)
	}
}
