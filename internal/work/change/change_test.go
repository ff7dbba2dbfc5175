package change_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"tongban/internal/record/act"
	"tongban/internal/record/act/acttest"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/identity"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
	"tongban/internal/work/change"
	"tongban/internal/work/inspect"
)

var bg = context.Background()

const (
	county    = "../../demo/county"
	region    = "990124"
	ann, ben  = 11, 12
	clerk     = 13
	foreigner = 14
)

// roles asks the product's own table of rights: who is an editor of which region.
type roles struct{}

func (roles) Authorise(_ *store.Tx, a act.Actor, right string, on act.Scope) error {
	post := map[int64]string{ann: "catalogue", ben: "catalogue", clerk: "window", foreigner: "catalogue"}[a.Person]
	if !identity.Allows(post, right) || a.Person == foreigner && on.Region == region {
		return act.Refuse("act.not_allowed", "right", right)
	}
	return nil
}

type rig struct {
	*acttest.Rig
	s     *store.Store
	desk  *change.Desk
	items *catalog.Catalog
}

var must = acttest.Must

func both(t *testing.T, f func(t *testing.T, g *rig)) {
	t.Helper()
	acttest.Both(t, func(t *testing.T, e store.Engine) {
		g := &rig{Rig: acttest.New(t, e, day.MustParse("2025-06-03").Start()), items: catalog.New()}
		g.Runner.Rights, g.Runner.Log = roles{}, slog.New(slog.DiscardHandler)
		g.s = g.Store
		g.desk = &change.Desk{Runner: g.Runner, Checkup: &inspect.Desk{Runner: g.Runner, People: identity.New(g.Store, g.Runner, g.Vault, identity.Options{}), Items: g.items, Region: region}}
		must(t, g.s.Do(bg, store.People, func(tx *store.Tx) error {
			for i, key := range strings.Fields("zfb spj scjg xfjy sthj rsj jtj swj zjj zrzy gaj ybj wgl jkj nyj sfj wjj mzj lyj cl sw yjj czj fgj zhzf tyj") {
				tx.Put(`insert into agency(home, key, from_day, number, name, short, uscc, region, address, phone, level)
					values($1, $2, 1, $3, $4, $4, '', $5, '', '', 'county')`, tx.Home(), key, i+1, key, region)
			}
			return nil
		}))
		f(t, g)
	})
}

func by(person int64) act.Actor { return act.Actor{Who: act.Staff, Person: person} }

var where = catalog.ImportOptions{Region: region, From: day.MustParse("2025-01-01")}

func files(t testing.TB, name string) []*catalog.Draft {
	t.Helper()
	drafts, problems := change.ReadFiles(os.DirFS(county), name)
	if len(problems) > 0 {
		t.Fatal(catalog.Problems(problems))
	}
	return drafts
}

// asked puts on their lists what the county's items charge and ask for.
func (g *rig) asked(t testing.TB, drafts []*catalog.Draft) {
	t.Helper()
	put := func(list, document string, row lists.Row) {
		people := identity.New(g.Store, g.Runner, g.Vault, identity.Options{})
		_, err := lists.New(g.Runner, people).Change(bg, act.Machine(), "", lists.Batch{List: list, Document: document, From: day.MustParse("2024-06-01"), Reason: "公布", Region: region,
			Changes: []lists.Change{{Content: lists.Content{Columns: row}}}})
		must(t, err)
	}
	for _, d := range drafts {
		for i, name := range d.Fees.On {
			put("fee_admin", fmt.Sprintf("云财〔2024〕%d号", i+1), lists.Row{"code": fmt.Sprintf("SF-%d", i+1), "name": name, "agency": d.Agency, "standard": "按清单", "basis": "示范道路办法第十五条", "funds": "treasury"})
		}
		for _, m := range d.Materials {
			if m.Intermediary != "" {
				put("intermediary", "云办〔2024〕9号", lists.Row{"code": "ZJ-1", "name": m.Intermediary, "agency": d.Agency, "item": d.Code, "item_name": d.Name,
					"basis": "示范活动办法第六条", "who": "评估机构", "price": "market", "days": 5, "result": "报告"})
			}
		}
	}
}

// A change from its file to the day on which it holds: checked, brought in,
// changed by one, published by another, and who began before keeps what was.
func TestAChangeFromFileToForce(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		written := files(t, "items")
		g.asked(t, written)
		would, err := g.desk.Check(bg, by(ann), where, written)
		must(t, err)
		did, err := g.desk.Import(bg, by(ann), where, written)
		must(t, err)
		if len(would.New) != 16+3 || len(did.New) != 16+3 { // three of them variants
			t.Fatalf("would enter %d, entered %d", len(would.New), len(did.New))
		}
		d := files(t, "items/tree-felling")[0]
		next, problems := catalog.Read([]byte(strings.Replace(string(d.ItemYAML), "from: 2025-01-01", "from: 2025-07-01", 1)), d.FlowXML, d.FormJSON)
		if len(problems) > 0 {
			t.Fatal(catalog.Problems(problems))
		}
		item := g.item(t, d.Code)
		if _, err := g.desk.Propose(bg, by(ann), "", item, next, " "); act.KindOf(err) != act.Invalid {
			t.Errorf("without a reason: %v", err)
		}
		p, err := g.desk.Propose(bg, by(ann), "k1", item, next, "县里改了办法")
		must(t, err)
		again, err := g.desk.Propose(bg, by(ann), "k1", item, next, "县里改了办法")
		must(t, err)
		if again != p {
			t.Errorf("the same submission twice: %+v, %+v", p, again)
		}
		for person, want := range map[int64]act.Kind{ann: act.Refused, clerk: act.Refused, foreigner: act.Refused} {
			if _, err := g.desk.Publish(bg, by(person), "", p.Proposal); act.KindOf(err) != want {
				t.Errorf("published by %d: %v", person, err)
			}
		}
		_, err = g.desk.Publish(bg, by(ben), "", p.Proposal)
		must(t, err)
		must(t, g.s.Read(bg, func(tx *store.Tx) error {
			for on, n := range map[string]int{"2025-06-30": 1, "2025-07-01": 2} {
				v, err := g.items.InForce(tx, item, day.MustParse(on))
				if err != nil || v.N != n {
					t.Errorf("on %s: %v", on, err)
				}
			}
			return nil
		}))
	})
}

func (g *rig) item(t testing.TB, code string) (item int64) {
	t.Helper()
	must(t, g.s.Read(bg, func(tx *store.Tx) (err error) { item, err = g.items.ByCode(tx, code); return err }))
	return item
}

func TestAnItemIsWithdrawnByTwoAndRefusesFromItsDay(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		out, err := g.desk.Import(bg, by(ann), where, files(t, "items/senior-card"))
		must(t, err)
		item, end := out.New[0].Item, day.MustParse("2025-08-01")
		dropped, err := g.desk.Withdraw(bg, by(ann), "", item, end, "上级取消")
		must(t, err)
		_, err = g.desk.Drop(bg, by(ben), "", dropped.Proposal, "日子不对")
		must(t, err)
		if _, err := g.desk.Publish(bg, by(ben), "", dropped.Proposal); act.KindOf(err) != act.Conflict {
			t.Errorf("published after it was put away: %v", err)
		}
		p, err := g.desk.Withdraw(bg, by(ann), "", item, end, "上级取消")
		must(t, err)
		_, err = g.desk.Publish(bg, by(ben), "", p.Proposal)
		must(t, err)
		must(t, g.s.Read(bg, func(tx *store.Tx) error {
			var e *act.Error
			if _, err := g.items.InForce(tx, item, end); !errors.As(err, &e) || !strings.Contains(e.Msg.In(wording.ZH), "2025年8月1日") || e.Next.IsZero() {
				t.Errorf("after its end: %v", err)
			}
			_, err := g.items.ByID(tx, out.New[0].Version)
			return err
		}))
	})
}

func TestFilesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	fsys := fstest.MapFS{"list.txt": {Data: []byte("x")}, "empty/readme": {}, "bad/one/item.yaml": {Data: []byte("format: x")}, "big.csv": {Data: make([]byte, 97<<20)}}
	for name, says := range map[string]string{"none": "打不开", "list.txt": "csv", "empty": "没有事项文件夹", "bad": "one/flow.bpmn", "big.csv": "96 MB"} {
		drafts, problems := change.ReadFiles(fsys, name)
		if drafts != nil || !strings.Contains(catalog.Problems(problems).Error(), says) {
			t.Errorf("%s: %v", name, catalog.Problems(problems))
		}
	}
}

// Every command has a right that somebody has, and a name for people.
func TestCommandsHaveNamesAndRights(t *testing.T) {
	t.Parallel()
	for _, c := range change.Commands() {
		if !identity.Allows("catalogue", c.Right) || identity.Allows("window", c.Right) {
			t.Errorf("%s: right %s", c.Name, c.Right)
		}
		for _, lang := range []wording.Lang{wording.ZH, wording.EN} {
			if !wording.Has(lang, c.Label().Key) {
				t.Errorf("%s has no name in %s", c.Name, lang)
			}
		}
	}
}
