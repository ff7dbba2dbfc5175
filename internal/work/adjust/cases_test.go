package adjust_test

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/identity/identitytest"
	"tongban/internal/register/law"
	"tongban/internal/rules/day"
	"tongban/internal/work/adjust"
)

// item brings a written item in and says where it stands.
func (g *rig) item(t testing.TB) (code string, id int64, version int64) {
	t.Helper()
	d, problems := catalog.ReadFolder(os.DirFS("../../demo/county"), "items/senior-card")
	if len(problems) > 0 {
		t.Fatal(catalog.Problems(problems))
	}
	out, err := catalog.ImportItems(bg, g.Runner, g.ann, catalog.ImportOptions{Region: identitytest.County, From: day.MustParse("2025-01-01")}, d)
	must(t, says(err))
	return d.Code, out.New[0].Item, out.New[0].Version
}

// open puts a case of an item in, as far as anybody here looks at it.
func (g *rig) open(t testing.TB, item, version int64, n int) {
	t.Helper()
	must(t, g.Store.Do(bg, store.People, func(tx *store.Tx) error {
		tx.Put(`insert into proceeding(home, id, kind, number, item, item_version, title, agency, region, applicant, filer, label, status, state, clock, timers,
			received, accepted, closed, due, due_provisional, promised_due, wake, data_key, opened, version, leaf)
			values($1, $2, 'case', $3, $4, $5, '', 'spj', '990124', 1, 1, '', 'open', '{}', '{}', '[]', 1, 0, 0, 0, $6, 0, 0, 0, 0, 1, $7)`,
			tx.Home(), tx.NewID(), strconv.Itoa(n), item, version, false, []byte{})
		return nil
	}))
}

// A cancelled item with open cases: the preview tells how many, they run on and
// nothing else does. A merged one is refused until each open case is settled.
func TestItemsThatGoWithOpenCases(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		code, item, version := g.item(t)
		g.open(t, item, version, 1)
		g.open(t, item, version, 2)
		at := g.begin(t, "云政发〔2026〕9号", adjust.Entry{List: adjust.OnItems, Code: code, Does: adjust.Cancel})
		x, err := g.desk.Examine(bg, at.ID)
		must(t, err)
		if len(x.Faults) > 0 || len(x.Cases) != 1 || x.Cases[0].Open != 2 || x.Cases[0].Needs {
			t.Fatalf("cancelled: %v %+v", x.Faults, x.Cases)
		}
		b, err := g.desk.Edit(bg, g.ann, "", adjust.Edit{At: at, Put: []adjust.Entry{{List: adjust.OnItems, Code: code, Does: adjust.Merge, Into: []string{"X-1"}}}})
		must(t, says(err))
		err = g.desk.HandIn(bg, g.ann, "", b.At)
		refused(t, "merged into nothing", err, "adjust.fault.successor")
		refused(t, "with open cases", err, "adjust.fault.cases")
		x, err = g.desk.Examine(bg, at.ID)
		must(t, err)
		n, err := g.desk.Stay(bg, g.ann, "", b.At, x.Entries[0].ID, "都按原来的版本办到底")
		must(t, err)
		g.open(t, item, version, 3)
		x, err = g.desk.Examine(bg, at.ID)
		must(t, err)
		if n != 2 || x.Cases[0].Stay != 2 || x.Cases[0].Open != 3 || len(x.Faults) != 2 {
			t.Errorf("a case that came later: %d %+v %v", n, x.Cases, x.Faults)
		}
		b, err = g.desk.Edit(bg, g.ann, "", adjust.Edit{At: b.At, Put: []adjust.Entry{{List: adjust.OnItems, Code: code, Does: adjust.Cancel}}})
		must(t, says(err))
		g.through(t, b.At)
		g.Pass(20 * 24 * day.Hour)
		did, err := g.desk.Apply(bg, g.ben, "", b.At)
		must(t, says(err))
		if did.Items != 1 {
			t.Errorf("did %+v", did)
		}
		g.read(t, func(tx *store.Tx) error {
			if v, err := g.desk.Items.InForce(tx, item, later-1); err != nil || v.ID != version {
				t.Errorf("the day before: %v", err)
			}
			if _, err := g.desk.Items.InForce(tx, item, later); act.KindOf(err) == "" {
				t.Error("still in force")
			}
			var running int
			_, err := tx.Get([]any{&running}, `select count(*) from proceeding where home = $1 and item_version = $2 and closed = 0`, tx.Home(), version)
			if running != 3 {
				t.Errorf("%d cases run on", running)
			}
			return err
		})
	})
}

// A law that is repealed opens an adjustment with all that rests on it; it goes no
// further until somebody settled what becomes of each.
func TestALawThatChangedOpensAnAdjustment(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		g.stand(t, "P-001", "P-002")
		code, item, _ := g.item(t)
		text := "# 云禾县糕点办法（示范，虚构）\n\n简码：bakery\n类别：规范性文件\n制定机关：云禾县人民政府\n文号：云府发〔2025〕1号\n施行：2025-01-01\n简称：糕点办法\n虚构：是\n来源：为示范编写\n\n---\n\n第一条 一。\n"
		laws := law.New(g.Runner)
		_, err := laws.Import(bg, act.Machine(), "", []law.File{{Name: "a.md", Text: []byte(text)}})
		must(t, says(err))
		must(t, g.Store.Do(bg, store.People, func(tx *store.Tx) error {
			for _, s := range []law.Subject{{Kind: "power", Code: "P-001"}, {Kind: "power", Code: "P-gone"}, {Kind: "moon", Code: "1"}, {Kind: catalog.LawKind, Code: strconv.FormatInt(item, 10)}} {
				if err := law.PointNew(tx, s, day.Span{From: today - 100}, []law.Cite{{Part: law.Basis, Words: "《糕点办法》第一条"}}); err != nil {
					return err
				}
			}
			return nil
		}))
		did, err := laws.Repeal(bg, act.Machine(), "", law.RepealIn{Law: "bakery", From: today + 1, Number: "云府发〔2026〕2号"})
		must(t, says(err))
		b, err := g.desk.Begin(bg, g.ann, "", adjust.Head{Document: "云政发〔2026〕9号", Reason: "办法废止", Source: adjust.Law, LawChange: did.Change, From: later})
		must(t, says(err))
		var got []string
		g.read(t, func(tx *store.Tx) error {
			entries, err := adjust.Entries(tx, b.ID)
			for _, e := range entries {
				got = append(got, e.List+" "+e.Code+" "+string(e.Does))
			}
			return err
		})
		if want := []string{"item " + code + " ", "power P-001 "}; b.Entries != 2 || strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("%d entries: %q", b.Entries, got)
		}
		refused(t, "nothing settled", g.desk.HandIn(bg, g.ann, "", b.At), "adjust.fault.unsettled")
	})
}

// A written change of an item is published with the adjustment, on its day, by
// somebody who did not write it.
func TestAnItemIsChangedWithTheAdjustment(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		code, item, version := g.item(t)
		d, _ := catalog.ReadFolder(os.DirFS("../../demo/county"), "items/senior-card")
		next, problems := catalog.Read([]byte(strings.Replace(string(d.ItemYAML), "from: 2025-01-01", "from: "+later.String(), 1)), d.FlowXML, d.FormJSON)
		if len(problems) > 0 {
			t.Fatal(catalog.Problems(problems))
		}
		e := adjust.Entry{List: adjust.OnItems, Code: code, Does: adjust.Change}
		at := g.begin(t, "云政发〔2026〕9号")
		_, err := g.desk.Edit(bg, g.ann, "", adjust.Edit{At: at, Put: []adjust.Entry{e}})
		refused(t, "nothing is written yet", err, "adjust.entry.proposal")
		must(t, g.Command("item.propose", func(c *act.Call) (err error) {
			_, err = catalog.Propose(c, item, next, "随清单调整")
			return err
		}))
		b, err := g.desk.Edit(bg, g.ann, "", adjust.Edit{At: at, Put: []adjust.Entry{e}})
		must(t, says(err))
		g.through(t, b.At)
		g.Pass(20 * 24 * day.Hour)
		_, err = g.desk.Apply(bg, g.ben, "", b.At)
		must(t, says(err))
		g.read(t, func(tx *store.Tx) error {
			before, err := g.desk.Items.InForce(tx, item, later-1)
			must(t, err)
			after, err := g.desk.Items.InForce(tx, item, later)
			if before.ID != version || after.N != 2 {
				t.Errorf("versions %d and %d", before.N, after.N)
			}
			return err
		})
	})
}
