package demo_test

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"strings"
	"testing"

	"tongban/internal/demo"
	"tongban/internal/demo/demotest"
	"tongban/internal/house"
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/checkup"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
	"tongban/internal/work/adjust"
	"tongban/internal/work/casework"
)

// asking is the founded county, where somebody asks what things cost.
type asking struct {
	*testing.T
	*house.House
	c     *demo.County
	clock *demo.Clock
}

func (w *asking) must(err error) {
	w.Helper()
	var e *act.Error
	if errors.As(err, &e) {
		w.Fatalf("%s: %v %v", e.Code, e, e.Fields)
	} else if err != nil {
		w.Fatal(err)
	}
}

func (w *asking) as(key string) act.Actor {
	w.Helper()
	a, err := w.c.Actor(w.Context(), key)
	w.must(err)
	return a
}

// ending takes entries off their lists by one adjustment, from the draft to its
// effect, and leaves the clock on its first day.
func (w *asking) ending(document string, entries ...adjust.Entry) {
	w.Helper()
	ctx, desk, keeper, from := w.Context(), w.Adjust, w.as("zfb_catalogue_1"), w.clock.Now().Day()+45
	begun, err := desk.Begin(ctx, keeper, "", adjust.Head{Document: document, Reason: "取消收费和中介服务", From: from})
	w.must(err)
	begun, err = desk.Edit(ctx, keeper, "", adjust.Edit{At: begun.At, Put: entries})
	w.must(err)
	at := begun.At
	x, err := desk.Examine(ctx, at.ID)
	w.must(err)
	done := map[string]bool{}
	for _, f := range x.Findings {
		if f.Severity == checkup.Warning && !done[f.Rule] {
			done[f.Rule] = true
			w.must(desk.Accept(ctx, keeper, "", at, f.Rule, "指南随后改写"))
		}
	}
	if !done["fee_off_list"] || !done["service_off_list"] {
		w.Errorf("that guides still name it is not told: %v", done)
	}
	w.must(desk.HandIn(ctx, keeper, "", at))
	for _, agency := range []string{"zhzf", "gaj"} {
		w.must(desk.Agree(ctx, w.as(agency+"_head_1"), "", at, agency, true, ""))
	}
	members := []act.Actor{w.as("zfb_catalogue_2"), w.as("spj_head_1")}
	w.must(desk.Convene(ctx, keeper, "", at, []int64{members[0].Person, members[1].Person}, ""))
	for _, m := range members {
		w.must(desk.Opine(ctx, m, "", at, true, true, "合法、合理"))
	}
	w.must(desk.Decide(ctx, w.as("zfb_leader_1"), "", at, true, ""))
	w.must(desk.Announce(ctx, keeper, "", at))
	w.clock.Set(w.clock.Now() + 20*24*day.Hour)
	_, err = desk.Apply(ctx, keeper, "", at)
	w.must(err)
	w.clock.Set(from.Start() + 9*day.Hour)
}

// guide is what a guide says in both languages.
func (w *asking) guide(slug string) (v *catalog.Version, text string) {
	w.Helper()
	w.must(w.Store.Read(w.Context(), func(tx *store.Tx) (err error) {
		v, err = w.Items.InForce(tx, w.c.Items[slug].ID, tx.Today())
		return err
	}))
	for _, lang := range []wording.Lang{wording.ZH, wording.EN} {
		g := catalog.Guide(v, nil, w.clock.Now().Day(), lang)
		text += strings.Join(g.Facts, " ") + " " + g.Fees.Text + " " + g.Fees.Basis + " "
		for _, m := range g.Bring {
			text += m.Name + " " + m.By + " "
		}
	}
	return v, text
}

// applied is an application with its receipt and its acceptance, as they read.
func (w *asking) applied(slug string, values map[string]any, materials ...string) (papers string) {
	w.Helper()
	ctx, baker := w.Context(), w.as("baker")
	var b bytes.Buffer
	w.must(png.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 30))))
	d, err := w.Office.SaveDraft(ctx, baker, "", casework.DraftIn{Item: w.c.Items[slug].ID, Values: values})
	w.must(err)
	for _, m := range materials {
		_, err := w.Office.Upload(ctx, baker, d.Case, m, m+".png", bytes.NewReader(b.Bytes()))
		w.must(err)
	}
	applied, err := w.Office.Apply(ctx, baker, "", casework.ApplyIn{Draft: d.Case, Delivery: "window"})
	w.must(err)
	accepted, err := w.Office.Accept(ctx, w.as("spj_window_1"), "", casework.AcceptIn{Case: applied.Case})
	w.must(err)
	w.must(w.Store.Read(ctx, func(tx *store.Tx) error {
		for _, id := range []int64{applied.Paper, accepted.Paper} {
			p, err := w.Papers.Open(tx, id)
			if err != nil {
				return err
			}
			papers += p.Document.Body
		}
		return nil
	}))
	return papers
}

func (w *asking) occupies() string {
	today := w.clock.Now().Day()
	return w.applied("road-occupation", map[string]any{"section": "云溪街5号门前", "lane": "pavement", "area": 12.0, "free_width": 2.0, "purpose": "repair",
		"from_date": (today + 20).String(), "to_date": (today + 40).String()}, "site_map")
}

// What an item charges, and which service of an intermediary it asks for, is told
// by the guide, the application and the papers while it is on its list, and by none
// of them from the day on which an adjustment takes it off.
func TestAFeeEndsWithItsEntry(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, e store.Engine) {
		w := &asking{T: t}
		w.House, w.c, w.clock = demotest.Open(t, e, house.Options{})
		fee, rate := "城市道路占用、挖掘修复费", "人行道每平方米每日0.2元"
		if v, text := w.guide("road-occupation"); !v.Fees.Charged || strings.Count(text, rate) != 4 || !strings.Contains(text, "a fee is charged") || !strings.Contains(text, "示范道路办法第十五条") {
			t.Errorf("the guide says: %s", text)
		}
		if text := w.occupies(); strings.Count(text, fee) != 2 || strings.Count(text, rate) != 2 {
			t.Errorf("the papers say: %s", text)
		}
		if _, text := w.guide("large-event"); !strings.Contains(text, "临时搭建设施安全评估报告 由取得资质的评估机构做") || !strings.Contains(text, "priced by the market") {
			t.Errorf("the guide says: %s", text)
		}

		w.ending("云政发〔2026〕41号", adjust.Entry{List: "fee_admin", Code: "SF-X-007", Does: adjust.Cancel}, adjust.Entry{List: "intermediary", Code: "ZJ-12", Does: adjust.Cancel})
		if v, text := w.guide("road-occupation"); v.Fees.Charged || strings.Contains(text, rate) || strings.Contains(text, fee) || !strings.Contains(text, "不收费") || !strings.Contains(text, "free of charge") {
			t.Errorf("afterwards the guide says: %s", text)
		}
		if text := w.occupies(); strings.Contains(text, fee) || strings.Contains(text, "交费") {
			t.Errorf("afterwards the papers say: %s", text)
		}
		if _, text := w.guide("large-event"); strings.Contains(text, "评估") {
			t.Errorf("afterwards the guide says: %s", text)
		}
	})
}
