package catalog_test

import (
	"errors"
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/identity"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// list puts the base item of tree felling on the base catalogue.
func (g *rig) list(t *testing.T, document, from, name string) {
	t.Helper()
	g.listAs(t, document, from, name, "")
}

// listAs says too whether the body decides or prepares (审核或审批).
func (g *rig) listAs(t *testing.T, document, from, name, handling string) {
	t.Helper()
	rows := []lists.Row{}
	for _, b := range good(t, "tree-felling").Basis {
		if !b.Own {
			rows = append(rows, lists.Row{"article": b.Cited(), "text": b.Text})
		}
	}
	if len(rows) < 3 {
		t.Fatalf("%d articles", len(rows))
	}
	people := identity.New(g.s, g.r, g.Vault, identity.Options{Hash: identity.Argon{MemoryKiB: 64, Passes: 1, Lanes: 1}})
	_, err := lists.New(g.r, people).Change(bg, by(ann), "", lists.Batch{List: catalog.BaseList, Document: document, From: day.MustParse(from), Reason: "公布", Region: region,
		Changes: []lists.Change{{Content: lists.Content{
			Columns: lists.Row{"code": "990164915000", "name": name, "type": "01", "agency": "lyj", "handling": handling}, Tables: map[string][]lists.Row{"basis": rows}}}}})
	must(t, err)
}

// sentences are the sentences of an error, one a line.
func sentences(err error) string {
	var out []string
	var e *act.Error
	if errors.As(err, &e) {
		for _, f := range e.Fields {
			out = append(out, f.Msg.In(wording.ZH))
		}
	}
	return strings.Join(out, "\n")
}

func TestAnItemTakesWhatItLeavesOutFromItsBaseItem(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		g.list(t, "云政发〔2025〕1号", "2024-06-01", "林木采伐许可（示范）")
		full := good(t, "tree-felling")
		src := string(full.ItemYAML)
		basis := src[strings.Index(src, "basis:\n"):strings.Index(src, "conditions:\n")]
		d := good(t, "tree-felling", "name: 林木采伐许可（示范）\n", "", "type: \"01\"\n", "", basis, "")
		_, wrong := catalog.ImportItems(bg, g.r, by(ann), catalog.ImportOptions{Region: region}, good(t, "tree-felling", "type: \"01\"\n", "", "deemed: true", "deemed: false"))
		if act.KindOf(wrong) != act.Invalid {
			t.Errorf("what depends on the type was not judged: %v", wrong)
		}
		g.bring(t, d)
		g.read(t, func(tx *store.Tx) error {
			id, err := g.items.ByCode(tx, d.Code)
			must(t, err)
			v, err := g.items.InForce(tx, id, day.MustParse("2025-06-03"))
			must(t, err)
			if v.Name != full.Name || v.Type != "01" || len(v.Basis) < 3 || v.Basis[0].Law != full.Basis[0].Law || v.Basis[0].Article != full.Basis[0].Article || v.Basis[0].Text == "" {
				t.Errorf("%q %q %+v", v.Name, v.Type, v.Basis)
			}
			return nil
		})
	})
}

func TestWhatDiffersFromTheBaseItemIsNamed(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		g.list(t, "云政发〔2025〕1号", "2024-06-01", "林木采伐许可（示范）")
		for _, x := range []struct {
			is      string
			replace []string
			want    []string
		}{
			{"name", []string{"name: 林木采伐许可（示范）", "name: 砍树许可"}, []string{"名称", "砍树许可", "林木采伐许可（示范）", "name"}},
			{"type", []string{"type: \"01\"", "type: \"07\"", "deemed: true", "deemed: false"}, []string{"类型", "07", "01"}},
			{"an article more", []string{"article: 第五条\n", "article: 第九十九条\n"}, []string{"第九十九条", "第五条", "own: true"}},
			{"off the list", []string{"base: {code: \"990164915000\"}", "base: {none: 本县自己的服务}"}, []string{"990164915000", "base.code"}},
		} {
			d := good(t, "tree-felling", x.replace...)
			_, err := catalog.ImportItems(bg, g.r, by(ann), catalog.ImportOptions{Region: region, From: day.MustParse("2025-01-01")}, d)
			got := sentences(err)
			for _, w := range x.want {
				if act.KindOf(err) != act.Invalid || !strings.Contains(got, w) {
					t.Errorf("%s: %v, %q is not said in %q", x.is, err, w, got)
				}
			}
		}
		d := good(t, "senior-card")
		_, err := catalog.ImportItems(bg, g.r, by(ann), catalog.ImportOptions{Region: region, From: day.MustParse("2025-01-01")}, d)
		if got := sentences(err); !strings.Contains(got, d.Base.Code) {
			t.Errorf("a base item that is not on the list: %q", got)
		}
		g.bring(t, good(t, "senior-card", "base: {code: \""+d.Base.Code+"\"}", "base: {none: 本县自己的服务}"))
	})
}

// The base item's name of the version's first day counts, also when it changes
// between a proposal and its publication.
func TestAPublicationStandsOnTheListOfItsDay(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		g.list(t, "云政发〔2025〕1号", "2024-06-01", "林木采伐许可（示范）")
		d := good(t, "tree-felling")
		g.bring(t, d)
		next := good(t, "tree-felling", "in_force: {from: 2025-01-01}", "in_force: {from: 2025-07-01}", "summary: 砍", "summary: 要砍")
		out := g.bring(t, next)
		if len(out.Proposed) != 1 {
			t.Fatalf("%+v", out)
		}
		g.list(t, "云政发〔2025〕2号", "2025-07-01", "林木采伐许可（新名，示范）")
		publish := act.Command{Name: "item.publish", Right: "item.publish"}
		_, err := act.Run(bg, g.r, by(ben), "", publish, out.Proposed[0].Version, func(c *act.Call, id int64) (catalog.Ref, error) {
			if err := c.Allow(act.Scope{Region: region}); err != nil {
				return catalog.Ref{}, err
			}
			return catalog.PublishProposal(c, id)
		})
		if got := sentences(err); act.KindOf(err) != act.Invalid || !strings.Contains(got, "林木采伐许可（新名，示范）") {
			t.Errorf("%v %q", err, got)
		}
	})
}

func TestTheCodeOfTheBaseItemIsTheOneInTheItemsCode(t *testing.T) {
	t.Parallel()
	_, problems := written(t, "tree-felling", "base: {code: \"990164915000\"}", "base: {code: \"990164915001\"}")
	if len(problems) != 1 || problems[0].Line != 3 || !strings.Contains(problems[0].In(wording.ZH), "990164915000") {
		t.Errorf("%+v", problems)
	}
	_, problems = written(t, "tree-felling", "base: {code: \"990164915000\"}", "base: {code: \"990164915000\", none: 没有}")
	if len(problems) != 1 || problems[0].Line != 3 {
		t.Errorf("%+v", problems)
	}
}

// 审核 and 审批 have different powers: what the base catalogue calls a review may not
// decide or issue, and ends with its opinion.
func TestAReviewDoesNotDecide(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		g.listAs(t, "云政发〔2025〕1号", "2024-06-01", "林木采伐许可（示范）", "review")
		o := catalog.ImportOptions{Region: region}
		_, err := catalog.ImportItems(bg, g.r, by(ann), o, good(t, "tree-felling"))
		for _, want := range []string{"流程里不能有“决定”", "流程里不能有“制证”", "证照由上级发"} {
			if !strings.Contains(sentences(err), want) {
				t.Errorf("%q is not in\n%s", want, sentences(err))
			}
		}
		_, err = catalog.ImportItems(bg, g.r, by(ann), o, good(t, "tree-felling", "kind: promised", "kind: promised\nhandling: approval"))
		if got := sentences(err); !strings.Contains(got, "审核或审批写的是“审批”，基本目录里是“审核”") {
			t.Errorf("%s", got)
		}
		d, problems := reviewed(t)
		if len(problems) > 0 {
			t.Fatal(catalog.Problems(problems))
		}
		g.bring(t, d)
		g.read(t, func(tx *store.Tx) error {
			id, err := g.items.ByCode(tx, d.Code)
			must(t, err)
			v, err := g.items.InForce(tx, id, day.MustParse("2025-06-03"))
			must(t, err)
			if it := v.Checkup(); !v.Reviewed() || !it.Review {
				t.Errorf("the version does not say that it is a review: %q", v.Handles)
			}
			return nil
		})
	})
}

// Where the base item is both, each body says which it is; where it is an approval,
// nobody makes a review of it.
func TestWhoIsBothSaysWhich(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		g.listAs(t, "云政发〔2025〕1号", "2024-06-01", "林木采伐许可（示范）", "both")
		o := catalog.ImportOptions{Region: region}
		_, err := catalog.ImportItems(bg, g.r, by(ann), o, good(t, "tree-felling"))
		if got := sentences(err); !strings.Contains(got, "既有审批也有审核") {
			t.Errorf("%s", got)
		}
		g.bring(t, good(t, "tree-felling", "kind: promised", "kind: promised\nhandling: approval"))
		g.listAs(t, "云政发〔2025〕2号", "2024-07-01", "林木采伐许可（示范）", "approval")
		d, _ := reviewed(t, "from: 2025-01-01", "from: 2026-01-01")
		_, err = catalog.ImportItems(bg, g.r, by(ann), o, d)
		if got := sentences(err); !strings.Contains(got, "审核或审批写的是“审核”，基本目录里是“审批”") {
			t.Errorf("%s", got)
		}
	})
}

// reviewed is the felling of trees as a review: the forest office looks, and gives
// its opinion to the body above.
func reviewed(t *testing.T, replace ...string) (*catalog.Draft, []catalog.Problem) {
	t.Helper()
	full := good(t, "tree-felling")
	yaml := string(full.ItemYAML)
	for _, pair := range append([][]string{
		{"  licence_type: \"11990124YH000019XU901\"\n", ""}, {"kind: promised\n", "kind: promised\nhandling: review\n"},
		{"visits:\n  - {role: forest, officers: 2, term: {days: 7, unit: working}}\n", "visits: []\n"},
	}, replace) {
		if len(pair) == 0 {
			continue
		}
		if !strings.Contains(yaml, pair[0]) {
			t.Fatalf("the item has no %q", pair[0])
		}
		yaml = strings.Replace(yaml, pair[0], pair[1], 1)
	}
	return catalog.Read([]byte(yaml), []byte(reviewFlow), full.FormJSON)
}

const reviewFlow = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:tb="urn:tongban:bpmn:1" id="d" targetNamespace="urn:tongban:flow" expressionLanguage="urn:tongban:expr:1">
  <bpmn:process id="p" name="林木采伐审核" isExecutable="true">
    <bpmn:startEvent id="start" name="提交申请"/>
    <bpmn:userTask id="accept" name="受理" tb:role="window" tb:post="window" tb:part="accept" tb:term="P5W"/>
    <bpmn:userTask id="review" name="审查并报上级" tb:role="forest" tb:post="reviewer" tb:part="review"/>
    <bpmn:endEvent id="end" name="已报上级"/>
    <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="accept"/>
    <bpmn:sequenceFlow id="f2" sourceRef="accept" targetRef="review"/>
    <bpmn:sequenceFlow id="f3" sourceRef="review" targetRef="end"/>
  </bpmn:process>
</bpmn:definitions>`
