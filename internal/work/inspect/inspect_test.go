package inspect_test

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/act/acttest"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/identity/identitytest"
	"tongban/internal/register/lists"
	"tongban/internal/rules/checkup"
	"tongban/internal/rules/day"
	"tongban/internal/work/inspect"
)

var bg = context.Background()

var must = acttest.Must

// rig is a small county whose catalogue is checked.
type rig struct {
	*identitytest.World
	desk             *inspect.Desk
	lists            *lists.Register
	ann, ben, window act.Actor // ann and ben keep the catalogue
}

const (
	nurse = "511A0012600001-990124000000-000-11990124MB00000000-1-00"
	sand  = "511A0190000001-990124000000-000-11990124MB00000000-1-00"
)

const items = `事项名称,事项编码,事项类型,实施主体
护士执业变更注册,` + nurse + `,行政许可,zfb
河道采砂许可,` + sand + `,行政许可,spj
`

var today = identitytest.Start.Day()

func both(t *testing.T, f func(t *testing.T, r *rig)) {
	t.Helper()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		as := func(name, agency, post string) act.Actor { return w.As(w.Official(name, agency, post), agency, post) }
		r := &rig{World: w, ann: as("测试甲", "zfb", "catalogue"), ben: as("测试乙", "zfb", "catalogue"), window: as("测试丙", "spj", "window"), lists: lists.New(w.Runner, w.Register)}
		r.desk = &inspect.Desk{Runner: w.Runner, People: w.Register, Items: catalog.New(), Region: "990124"}
		drafts, problems := catalog.ReadCSV([]byte(items))
		if len(problems) > 0 {
			t.Fatal(catalog.Problems(problems))
		}
		_, err := catalog.ImportItems(bg, w.Runner, r.ann, catalog.ImportOptions{Region: "990124", From: today}, drafts...)
		must(t, err)
		f(t, r)
	})
}

func power(code, name, typ, agency, item string) lists.Content {
	return lists.Content{
		Columns: lists.Row{"code": code, "name": name, "type": typ, "agency": agency, "item": item},
		Tables: map[string][]lists.Row{"basis": {{"article": "《行政许可法》第十二条"}}, "duties": {{"step": "受理", "text": "依法受理"}},
			"situations": {{"text": "不依法受理的"}}},
	}
}

// stand changes the list of powers.
func (r *rig) stand(t testing.TB, document string, changes ...lists.Change) {
	t.Helper()
	_, err := r.lists.Change(bg, r.ann, "", lists.Batch{List: "power", Document: document, Reason: "公布", From: r.today(t), Changes: changes})
	must(t, err)
}

func (r *rig) today(t testing.TB) (d day.Day) {
	t.Helper()
	must(t, r.Read(func(tx *store.Tx) error { d = tx.Today(); return nil }))
	return d
}

func (r *rig) check(t testing.TB) inspect.Run {
	t.Helper()
	x, err := r.desk.Check(bg, r.ann, "")
	must(t, err)
	return x
}

func (r *rig) page(t testing.TB, q inspect.Query) (list []inspect.Finding) {
	t.Helper()
	if q.Limit == 0 {
		q.Limit = 100
	}
	must(t, r.Read(func(tx *store.Tx) (err error) { list, err = inspect.Page(tx, q); return err }))
	return list
}

// said writes findings down: rule subject state.
func said(list []inspect.Finding) string {
	var b strings.Builder
	for _, f := range list {
		b.WriteString(f.Rule + " " + f.Subject.Code + " " + string(f.State) + "\n")
	}
	return b.String()
}

// What a run finds keeps the day of first sight, is marked when it is mended, and
// begins anew when it comes back.
func TestAFindingThroughRuns(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		if x := r.check(t); x.Items != 2 || x.Powers != 0 || x.Errors+x.Warnings != 0 {
			t.Fatalf("without a list of powers nothing is judged against it: %+v\n%s", x, said(r.page(t, inspect.Query{})))
		}
		r.stand(t, "云政发〔2026〕1号", lists.Change{Content: power("P-1", "护士执业注册", "01", "zfb", nurse)}, lists.Change{Content: power("P-2", "采砂审批", "01", "spj", "")})
		x := r.check(t)
		want := "item_powerless " + sand + " open\npower_unused P-2 open\n"
		if got := said(r.page(t, inspect.Query{})); !strings.HasPrefix(got, want) {
			t.Fatalf("found %s\nwant %s", got, want)
		}
		if x.Errors != 1 || x.Warnings != 1 || x.Fresh != 2 || x.Notes != 2 || x.ByRule["power_unused"] != 1 || x.Powers != 2 || x.By != r.ann.Person {
			t.Errorf("%+v", x)
		}
		f := r.page(t, inspect.Query{Rule: "item_powerless"})[0]
		if f.Agency != "spj" || f.First != today || f.Message == "" || f.Mend == "" || f.Article == "" || f.Severity != checkup.Error {
			t.Errorf("%+v", f)
		}
		r.Pass(24 * day.Hour)
		if x = r.check(t); x.Fresh != 0 || x.Mended != 0 || x.Errors != 1 {
			t.Errorf("nothing changed: %+v", x)
		}
		r.stand(t, "云政发〔2026〕2号", lists.Change{Op: lists.Edit, Content: power("P-2", "采砂审批", "01", "spj", sand)})
		if x = r.check(t); x.Mended != 2 || x.Errors != 0 || x.Warnings != 0 {
			t.Errorf("mended: %+v", x)
		}
		if list := r.page(t, inspect.Query{State: inspect.Mended, Agency: "spj"}); said(list) != "item_powerless "+sand+" mended\npower_unused P-2 mended\n" || list[0].Mended != today+1 || list[0].First != today {
			t.Errorf("mended: %+v", list)
		}
		r.Pass(24 * day.Hour)
		r.stand(t, "云政发〔2026〕3号", lists.Change{Op: lists.Edit, Content: power("P-2", "采砂审批", "01", "spj", "")})
		if x = r.check(t); x.Fresh != 2 || x.Errors != 1 {
			t.Errorf("back: %+v", x)
		}
		if f = r.page(t, inspect.Query{Rule: "item_powerless"})[0]; f.First != today || f.Mended != 0 {
			t.Errorf("back: %+v", f)
		}
		must(t, r.Read(func(tx *store.Tx) error {
			runs, err := inspect.Recent(tx, 0, 3)
			if len(runs) != 3 || runs[0].ID != x.ID || runs[1].Mended != 2 || len(runs[0].Rules) != len(checkup.Rules()) {
				t.Errorf("runs: %+v", runs)
			}
			return err
		}))
	})
}

// A person accepts what may be accepted, with a reason; it no longer counts and is
// still listed.
func TestAccepted(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		r.stand(t, "云政发〔2026〕1号", lists.Change{Content: power("P-1", "护士执业注册", "01", "zfb", nurse)}, lists.Change{Content: power("P-2", "采砂审批", "01", "spj", "")})
		r.check(t)
		broken, warned := r.page(t, inspect.Query{Severity: checkup.Error})[0], r.page(t, inspect.Query{Severity: checkup.Warning})[0]
		accept := func(a act.Actor, f inspect.Finding, reason string) error {
			return r.desk.Accept(bg, a, "", inspect.Acceptance{Finding: f.ID, Rev: f.Rev, Reason: reason})
		}
		for name, c := range map[string]struct {
			err  error
			want act.Kind
		}{
			"an error":   {accept(r.ann, broken, "算了"), act.Refused},
			"no reason":  {accept(r.ann, warned, " "), act.Invalid},
			"too long":   {accept(r.ann, warned, strings.Repeat("长", 501)), act.Invalid},
			"no right":   {accept(r.window, warned, "可以"), act.Refused},
			"no finding": {accept(r.ann, inspect.Finding{Plain: checkup.Plain{ID: "x"}}, "可以"), act.NotFound},
			"not yet":    {r.desk.Reopen(bg, r.ann, "", inspect.Acceptance{Finding: warned.ID}), act.Conflict},
		} {
			if act.KindOf(c.err) != c.want {
				t.Errorf("%s: %v", name, c.err)
			}
		}
		must(t, accept(r.ann, warned, "合并在别的事项里办"))
		if err := accept(r.ben, warned, "我也看过"); act.KindOf(err) != act.Conflict {
			t.Errorf("after another: %v", err)
		}
		if x := r.check(t); x.Accepted != 1 || x.Warnings != 0 || x.ByRule["power_unused"] != 0 || x.Mended != 0 {
			t.Errorf("%+v", x)
		}
		list := r.page(t, inspect.Query{State: inspect.Accepted})
		if said(list) != "power_unused P-2 accepted\n" || list[0].Reason != "合并在别的事项里办" || list[0].By != r.ann.Person {
			t.Fatalf("%+v", list)
		}
		must(t, r.Read(func(tx *store.Tx) error {
			counts, err := inspect.Count(tx, "")
			for _, c := range counts {
				if c.Key == "power_unused" && (c.Open != 0 || c.Accepted != 1) {
					t.Errorf("%+v", c)
				}
			}
			return err
		}))
		must(t, r.desk.Reopen(bg, r.ben, "", inspect.Acceptance{Finding: warned.ID, Rev: list[0].Rev}))
		if x := r.check(t); x.Accepted != 0 || x.Warnings != 1 || x.Fresh != 0 {
			t.Errorf("taken back: %+v", x)
		}
		if acts := strings.Join(r.Acts("checkup/finding/"+warned.ID), " "); acts != "inspect.accepted inspect.reopened" {
			t.Errorf("acts: %s", acts)
		}
		if _, err := r.desk.Check(bg, r.window, ""); act.KindOf(err) != act.Refused {
			t.Errorf("a run without the right: %v", err)
		}
	})
}

// Pages leave nothing out and bring nothing twice.
func TestPages(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		var changes []lists.Change
		for i := range 23 {
			changes = append(changes, lists.Change{Content: power("P-"+string(rune('A'+i)), "权力"+strings.Repeat("甲", i+1)+"审批", "01", "spj", "")})
		}
		r.stand(t, "云政发〔2026〕1号", changes...)
		r.check(t)
		all := said(r.page(t, inspect.Query{}))
		var paged string
		for q := (inspect.Query{Limit: 5}); ; {
			list := r.page(t, q)
			paged += said(list)
			if len(list) < q.Limit {
				break
			}
			q.After = list[len(list)-1].ID
		}
		if paged != all || strings.Count(all, "power_unused") != 23 {
			t.Errorf("pages:\n%s\nwhole:\n%s", paged, all)
		}
		if list := r.page(t, inspect.Query{After: "none"}); len(list) != 0 {
			t.Errorf("after nothing: %s", said(list))
		}
	})
}

// Filling the catalogue takes as many statements for many entries as for few.
func TestStatementsDoNotGrow(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		statements := func() (n int) {
			t.Helper()
			must(t, r.Read(func(tx *store.Tx) error {
				if _, err := r.desk.Live(tx); err != nil { // places are remembered
					return err
				}
				r.Store.Trace(func(string) { n++ })
				defer r.Store.Trace(nil)
				_, err := r.desk.Live(tx)
				return err
			}))
			return n
		}
		r.stand(t, "云政发〔2026〕1号", lists.Change{Content: power("P-1", "护士执业注册", "01", "zfb", nurse)})
		few := statements()
		var more strings.Builder
		var changes []lists.Change
		more.WriteString("事项名称,事项编码,事项类型,实施主体\n")
		for i := range 60 {
			n := strconv.Itoa(1000 + i)
			more.WriteString("事项" + n + ",511A001260" + n + "-990124000000-000-11990124MB00000000-1-00,行政许可,zfb\n")
			changes = append(changes, lists.Change{Content: power("Q-"+n, "权力"+n, "01", "zfb", "511A001260"+n+"-990124000000-000-11990124MB00000000-1-00")})
		}
		drafts, problems := catalog.ReadCSV([]byte(more.String()))
		if len(problems) > 0 {
			t.Fatal(catalog.Problems(problems))
		}
		_, err := catalog.ImportItems(bg, r.Runner, r.ann, catalog.ImportOptions{Region: "990124", From: today}, drafts...)
		must(t, err)
		r.stand(t, "云政发〔2026〕2号", changes...)
		if many := statements(); many != few || few > 20 {
			t.Errorf("%d statements for 2 items, %d for 62", few, many)
		}
		if x := r.check(t); x.Items != 62 || x.Powers != 61 || x.Fresh != x.Errors+x.Warnings+x.Notes {
			t.Errorf("%+v", x)
		}
	})
}
