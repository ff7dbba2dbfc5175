package adjustments_test

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/checkup"
	"tongban/internal/rules/day"
	"tongban/internal/rules/workday"
	"tongban/internal/web/adjustments"
	"tongban/internal/web/manage"
	"tongban/internal/web/notices"
	"tongban/internal/web/webtest"
	"tongban/internal/work/adjust"
	"tongban/internal/work/casework"
)

// Who drafts a change of an item says on which article its running cases go over; the
// decider and the public read it, and afterwards the page names what could not go.
func TestRunningCasesOnThePagesOfAnAdjustment(t *testing.T) {
	t.Parallel()
	w := webtest.Found(t, 62, nil, adjustments.Mount, notices.Mount, manage.Mount)
	ctx, h := t.Context(), w.House
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	as := func(key string) act.Actor {
		a, err := w.County.Actor(ctx, key)
		must(err)
		return a
	}
	h.Adjust.NoticeTerm = workday.Term{Days: 1, Unit: workday.CalendarDays}
	item, from := w.County.Items["food-workshop"], w.Clock.Now().Day()+3
	draft, err := h.Office.SaveDraft(ctx, as("baker"), "", casework.DraftIn{Item: item.ID, Values: map[string]any{
		"area": 38.0, "tenure": "owned", "workshop_name": "小满糕点坊", "category": "pastry", "workers": int64(2), "water": "tap", "gas": false}})
	must(err)
	var picture bytes.Buffer
	must(png.Encode(&picture, image.NewGray(image.Rect(0, 0, 8, 8))))
	for _, name := range []string{"plan", "photo"} {
		_, err := h.Office.Upload(ctx, as("baker"), draft.Case, name, name+".png", bytes.NewReader(picture.Bytes()))
		must(err)
	}
	opened, err := h.Office.Apply(ctx, as("baker"), "", casework.ApplyIn{Draft: draft.Case, Delivery: "window"})
	must(err)
	d, problems := catalog.ReadFolder(os.DirFS("../../demo/county"), "items/food-workshop")
	if len(problems) > 0 {
		t.Fatal(catalog.Problems(problems))
	}
	next, problems := catalog.Read([]byte(strings.Replace(string(d.ItemYAML), "from: 2025-01-01", "from: "+from.String(), 1)),
		[]byte(strings.NewReplacer(`id="accept"`, `id="take_in"`, `Ref="accept"`, `Ref="take_in"`, `Element="accept"`, `Element="take_in"`).Replace(string(d.FlowXML))), d.FormJSON)
	if len(problems) > 0 {
		t.Fatal(catalog.Problems(problems))
	}
	keeper := as("zfb_catalogue_1")
	_, err = h.Changes.Propose(ctx, keeper, "", item.ID, next, "按新办法调整")
	must(err)

	m := w.Official("zfb_catalogue_1")
	m.Get("/manage/adjustments/new").Fill("/manage/adjustments/new", "document", "云政发〔2026〕12号", "reason", "新办法施行", "from", from).Is(200)
	at, _, _ := strings.Cut(m.At, "?")
	m.Fill(at+"/draft", "act", "put", "list", "item", "does", "cancel", "codes", item.Code, "moves", "示范办法第二十条").Is(422).Says("不换编码的改为备案，才能")
	m.Get(at).Fill(at+"/draft", "act", "put", "list", "item", "does", "change", "codes", item.Code, "moves", "").Is(200).Says("1 件在办，按受理时的版本办完")
	m.Get(at).Fill(at+"/draft", "act", "put", "list", "item", "does", "change", "codes", item.Code, "moves", "示范办法第二十条").Is(200).Says("1 件在办", "改到新版本，依据示范办法第二十条")
	seen := adjust.At{}
	must(h.Store.Read(ctx, func(tx *store.Tx) error {
		list, err := adjust.Page(tx, adjust.Draft, 0, 1)
		seen.ID, seen.Rev = list[0].ID, list[0].Rev
		return err
	}))
	x, err := h.Adjust.Examine(ctx, seen.ID)
	must(err)
	said := map[string]bool{}
	for _, f := range x.Findings {
		if f.Severity == checkup.Warning && !said[f.Rule] {
			said[f.Rule] = true
			must(h.Adjust.Accept(ctx, keeper, "", seen, f.Rule, "已核对"))
		}
	}
	must(h.Adjust.HandIn(ctx, keeper, "", seen))
	must(h.Adjust.Agree(ctx, as("scjg_head_1"), "", seen, "scjg", true, ""))
	panel := []act.Actor{as("scjg_decider_1"), as("spj_decider_1")}
	must(h.Adjust.Convene(ctx, keeper, "", seen, []int64{panel[0].Person, panel[1].Person}, ""))
	for _, a := range panel {
		must(h.Adjust.Opine(ctx, a, "", seen, true, true, "有依据"))
	}
	w.Official("zfb_leader_1").Get(at).Is(200).Says("改到新版本，依据示范办法第二十条").Fill(at+"/decide", "approve", "yes").Is(200)
	must(h.Adjust.Announce(ctx, keeper, "", seen))
	public := "/notices" + strings.TrimPrefix(at, "/manage")
	w.Anybody().Get(public).Is(200).Says("在办的件", "改按新的要求接着办，依据示范办法第二十条")
	w.Clock.Set(w.Clock.Now() + 2*24*day.Hour)
	m = w.Official("zfb_catalogue_2")
	m.Get(at).Fill(at+"/notice", "act", "apply").Is(200).Says("还没到日子")
	w.Clock.Set(w.Clock.Now() + 24*day.Hour)
	_, err = h.Jobs.RunDue(ctx, h.Store.Now())
	must(err)
	w.Official("zfb_leader_1").Get(at).Is(200).Says("改完了", opened.Number, "没有“")
	w.Official("zfb_catalogue_1").Get(at).Is(200).Open(`/manage/moves/\d+`).Is(200).Says("没改成 1 件", opened.Number)
}
