package catalog_test

import (
	"context"
	"log/slog"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"tongban/internal/record/act"
	"tongban/internal/record/act/acttest"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
)

var bg = context.Background()

const region = "990124"

// editors may do everything with items; nobody else may.
type editors struct{}

func (editors) Authorise(_ *store.Tx, a act.Actor, _ string, on act.Scope) error {
	if (a.Person == ann || a.Person == ben) && on.Region == region {
		return nil
	}
	return act.Refuse("act.not_allowed", "right", "item")
}

const ann, ben, visitor = 11, 12, 13

func by(person int64) act.Actor { return act.Actor{Who: act.Staff, Person: person, Post: "catalogue"} }

// rig is a catalogue on an open store with the county's agencies.
type rig struct {
	*acttest.Rig
	s     *store.Store
	r     *act.Runner
	items *catalog.Catalog
	known bool // what the county's items ask for is on its lists
}

var must = acttest.Must

func both(t *testing.T, f func(t *testing.T, g *rig)) {
	t.Helper()
	acttest.Both(t, func(t *testing.T, e store.Engine) { f(t, newRig(t, e)) })
}

func newRig(t testing.TB, e store.Engine) *rig {
	t.Helper()
	g := &rig{Rig: acttest.New(t, e, at("2025-06-03")), items: catalog.New()}
	g.s, g.r = g.Store, g.Runner
	g.r.Rights, g.r.Log = editors{}, slog.New(slog.DiscardHandler)
	g.do(t, func(tx *store.Tx) error {
		for i, key := range strings.Fields("zfb spj scjg xfjy sthj rsj jtj swj zjj zrzy gaj ybj wgl jkj nyj sfj wjj mzj lyj cl sw yjj czj fgj zhzf tyj") {
			tx.Put(`insert into agency(home, key, from_day, number, name, short, uscc, region, address, phone, level)
				values($1, $2, $3, $4, $5, $6, '', $7, '', '', 'county')`, tx.Home(), key, day.MustParse("2020-01-01"), i+1, "云禾县"+key+"局", key+"局", region)
		}
		return nil
	})
	return g
}

// at is ten in the morning of a day.
func at(d string) day.Instant { return day.MustParse(d).Start() + 10*day.Hour }

func (g *rig) set(d string) { g.Set(at(d)) }

func (g *rig) do(t testing.TB, f func(*store.Tx) error) {
	t.Helper()
	must(t, g.s.Do(bg, store.People, f))
}

func (g *rig) read(t testing.TB, f func(*store.Tx) error) {
	t.Helper()
	must(t, g.s.Read(bg, f))
}

func (g *rig) bring(t testing.TB, drafts ...*catalog.Draft) catalog.Imported {
	t.Helper()
	g.asked(t, drafts)
	out, err := catalog.ImportItems(bg, g.r, by(ann), catalog.ImportOptions{Region: region, From: day.MustParse("2025-01-01")}, drafts...)
	must(t, err)
	return out
}

// asked puts on their lists what the county's items charge and ask for.
func (g *rig) asked(t testing.TB, drafts []*catalog.Draft) {
	t.Helper()
	if g.known || len(drafts) == 1 {
		return
	}
	g.known = true
	for _, d := range drafts {
		if slices.Contains(d.Fees.On, "城市道路占用、挖掘修复费") {
			g.listing(t, "fee_admin", "云财〔2024〕9号", "2024-06-01", lists.Change{Content: lists.Content{Columns: lists.Row{"code": "SF-1", "name": d.Fees.On[0],
				"agency": d.Agency, "standard": "按清单", "basis": "示范道路办法第十五条", "funds": "treasury"}}})
		}
		for _, m := range d.Materials {
			if m.Intermediary == "临时搭建设施安全评估" {
				g.listing(t, "intermediary", "云办〔2024〕9号", "2024-06-01", lists.Change{Content: lists.Content{Columns: lists.Row{"code": "ZJ-1", "name": m.Intermediary, "agency": d.Agency,
					"item": d.Code, "item_name": d.Name, "basis": "示范活动办法第六条", "who": "评估机构", "price": "market", "days": 5, "result": "报告"}}})
			}
		}
	}
}

// slugs are the written items of the county.
func slugs(t testing.TB) []string {
	t.Helper()
	entries, err := os.ReadDir(county)
	must(t, err)
	var out []string
	for _, e := range entries {
		if e.IsDir() {
			out = append(out, e.Name())
		}
	}
	return out
}

// written reads one item of the county, after changes to its files: the text
// before each change and the text in its place, by turns.
func written(t testing.TB, slug string, replace ...string) (*catalog.Draft, []catalog.Problem) {
	t.Helper()
	fsys := fstest.MapFS{}
	for _, name := range []string{"item.yaml", "flow.bpmn", "form.json"} {
		b, err := os.ReadFile(path.Join(county, slug, name))
		must(t, err)
		fsys["x/"+name] = &fstest.MapFile{Data: b}
	}
	for i := 0; i+1 < len(replace); i += 2 {
		done := false
		for _, f := range fsys {
			if s := string(f.Data); strings.Contains(s, replace[i]) {
				f.Data, done = []byte(strings.Replace(s, replace[i], replace[i+1], 1)), true
			}
		}
		if !done {
			t.Fatalf("%s has no %q to change", slug, replace[i])
		}
	}
	return catalog.ReadFolder(fsys, "x")
}

func good(t testing.TB, slug string, replace ...string) *catalog.Draft {
	t.Helper()
	d, problems := written(t, slug, replace...)
	if len(problems) > 0 {
		t.Fatal(catalog.Problems(problems))
	}
	return d
}

func list(t testing.TB) []*catalog.Draft {
	t.Helper()
	b, err := os.ReadFile(path.Join(county, "..", "items.csv"))
	must(t, err)
	drafts, problems := catalog.ReadCSV(b)
	if len(problems) > 0 {
		t.Fatal(catalog.Problems(problems))
	}
	return drafts
}
