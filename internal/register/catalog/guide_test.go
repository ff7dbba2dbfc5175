package catalog_test

import (
	"encoding/json"
	"strings"
	"testing"

	"tongban/internal/register/catalog"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
	"tongban/internal/rules/workday"
)

// version is a draft as the register would hold it.
func version(d *catalog.Draft) *catalog.Version {
	return &catalog.Version{ID: 2, Of: 1, N: 1, Span: day.Span{From: d.InForce.From}, Region: region,
		Written: d.Item, FlowXML: d.FlowXML, Flow: d.Flow, Form: d.Form}
}

func TestTheGuideOfTheFoodWorkshop(t *testing.T) {
	t.Parallel()
	g := catalog.Guide(version(good(t, "food-workshop")), workday.Default(), day.MustParse("2025-06-03"), wording.ZH)
	if !g.Open || len(g.Missing) > 0 || g.Type != "行政许可" {
		t.Errorf("open %t, missing %v, %s", g.Open, g.Missing, g.Type)
	}
	facts := strings.Join(g.Facts, " · ")
	for _, want := range []string{"能网上办", "不用跑", "20个工作日", "法定 45个工作日", "不收费"} {
		if !strings.Contains(facts, want) {
			t.Errorf("the line under the title lacks %q: %s", want, facts)
		}
	}
	if len(g.Supplied) != 2 || len(g.Bring) != 2 || !g.Supplied[1].Conditional || g.Bring[0].How == "" {
		t.Errorf("materials: %+v %+v", g.Supplied, g.Bring)
	}
	// The table of special procedures says of each whether it counts.
	if len(g.Special) != 2 || !g.Special[0].Counts || g.Special[1].Counts || !strings.Contains(g.Special[1].Basis, "第四十五条") {
		t.Errorf("special procedures: %+v", g.Special)
	}
	var names []string
	for _, s := range g.Steps {
		names = append(names, s.Name)
	}
	order := strings.Join(names, "→")
	if !strings.HasPrefix(order, "提交申请→受理→") || !strings.HasSuffix(order, "→决定→送达") || len(names) != 7 {
		t.Errorf("steps: %s", order)
	}
	if g.If == nil || g.If.Promised.Day != day.MustParse("2025-07-01") || !strings.Contains(g.If.Words, "2025年7月1日") {
		t.Errorf("accepted today: %+v", g.If)
	}
	if g.Deemed == "" || g.Result.Valid != "有效期 5 年" || !strings.Contains(g.Result.Renew, "30个自然日") || len(g.Limits) != 6 {
		t.Errorf("deemed %q, result %+v, %d limits", g.Deemed, g.Result, len(g.Limits))
	}
}

// Every guide, in both languages, is whole: no sentence without words, and it
// goes through JSON and back.
func TestEveryGuideIsWhole(t *testing.T) {
	t.Parallel()
	for _, slug := range slugs(t) {
		for _, lang := range []wording.Lang{wording.ZH, wording.EN} {
			g := catalog.Guide(version(good(t, slug)), workday.Default(), day.MustParse("2026-12-20"), lang)
			b, err := json.Marshal(g)
			must(t, err)
			if strings.Contains(string(b), "⟦") || strings.Contains(string(b), "{n}") {
				t.Errorf("%s in %s: %s", slug, lang, b)
			}
			var back catalog.GuideView
			must(t, json.Unmarshal(b, &back))
			if back.Name == "" || len(g.Steps) < 3 || len(g.Facts) < 3 || len(g.Trips) == 0 || len(g.Limits) < 3 || g.Contact.Phone == "" {
				t.Errorf("%s in %s lacks something: %s", slug, lang, b)
			}
			if g.If != nil && g.If.Promised.Day > day.MustParse("2026-12-31") && !g.If.Promised.Provisional {
				t.Errorf("%s: a day of 2027 is not called provisional", slug)
			}
		}
	}
}

func TestTheGuideOfANameSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	d := list(t)[0]
	g := catalog.Guide(version(d), workday.Default(), day.MustParse("2025-06-03"), wording.ZH)
	if g.Open || len(g.Missing) != 11 || g.Name != d.Name || g.Steps != nil || g.Result != nil {
		t.Fatalf("%+v", g)
	}
}

func BenchmarkGuide(b *testing.B) {
	v := version(good(b, "food-workshop"))
	cal := workday.Default()
	for b.Loop() {
		catalog.Guide(v, cal, day.MustParse("2025-06-03"), wording.ZH)
	}
}
