package manage_test

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"os"
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/web/manage"
	"tongban/internal/web/office"
	"tongban/internal/web/ui"
	"tongban/internal/web/webtest"
	"tongban/internal/work/casework"
)

// opened is a case of the baker's workshop, handed in today.
func opened(t *testing.T, w *webtest.World) casework.Done {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	baker, err := w.County.Actor(t.Context(), "baker")
	must(err)
	o := w.House.Office
	d, err := o.SaveDraft(t.Context(), baker, "", casework.DraftIn{Item: w.County.Items["food-workshop"].ID, Values: map[string]any{
		"area": 38.0, "tenure": "owned", "workshop_name": "小满糕点坊", "category": "pastry", "workers": int64(2), "water": "tap", "gas": false}})
	must(err)
	var b bytes.Buffer
	must(png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))))
	for _, m := range []string{"plan", "photo"} {
		_, err := o.Upload(t.Context(), baker, d.Case, m, m+".png", bytes.NewReader(b.Bytes()))
		must(err)
	}
	done, err := o.Apply(t.Context(), baker, "", casework.ApplyIn{Draft: d.Case, Delivery: "window"})
	must(err)
	return done
}

// republished puts the workshop's next version in force today.
func republished(t *testing.T, w *webtest.World) {
	t.Helper()
	d, problems := catalog.ReadFolder(os.DirFS("../../demo/county"), "items/food-workshop")
	if len(problems) > 0 {
		t.Fatal(catalog.Problems(problems))
	}
	from := "in_force: {from: " + w.Clock.Now().Day().String() + "}"
	next, problems := catalog.Read([]byte(strings.NewReplacer("in_force: {from: 2025-01-01}", from, "promised:  {days: 20", "promised:  {days: 15").Replace(string(d.ItemYAML))), d.FlowXML, d.FormJSON)
	if len(problems) > 0 {
		t.Fatal(catalog.Problems(problems))
	}
	for i, key := range []string{"zfb_catalogue_1", "zfb_catalogue_2"} {
		a, err := w.County.Actor(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			_, err = w.House.Changes.Propose(t.Context(), a, "", w.County.Items["food-workshop"].ID, next, "承诺时限缩短")
		} else {
			_, err = w.House.Changes.Publish(t.Context(), a, "", proposalOf(t, w))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// The keeper of the catalogue reads which cases run under an earlier version, without
// a name; the head of the agency moves them, all or those that are ticked, and reads
// what became of each.
func TestCasesOnEarlierVersionsOnThePages(t *testing.T) {
	t.Parallel()
	w := webtest.Found(t, 72, func(a act.Actor) []ui.Link {
		if a.Post == "head" {
			return office.Menu(a)
		}
		return manage.Menu()
	}, manage.Mount, office.Mount)
	one, two := opened(t, w), opened(t, w)
	w.Clock.Set(w.Clock.Now() + 24*60*60*1_000_000)
	republished(t, w)
	at := "/manage/running/" + itoa(w.County.Items["food-workshop"].ID)

	chief, head := w.Official("zfb_catalogue_1"), w.Official("scjg_head_1")
	chief.Get("/manage/flows").Is(http.StatusOK).Follow("按旧版本在办的件").Is(http.StatusOK).Says("食品作坊经营许可", "第 2 版")
	chief.Get(at).Is(http.StatusOK).Says("还有 2 件", one.Number, two.Number, "可以改", "承诺日期")
	head.Get("/manage/running").Is(http.StatusOK).Says("食品作坊经营许可")
	if !strings.Contains(head.Page, `<a href="/manage/running" aria-current="page">`) {
		t.Error("the entry of the menu is not marked")
	}
	head.Get(at).Is(http.StatusOK)
	if masked := "*"; !strings.Contains(head.Text(), masked) || strings.Contains(chief.Text(), masked) || strings.Contains(chief.Page, `type="checkbox"`) {
		t.Errorf("who reads whose name: %s\n%s", head.Text(), chief.Text())
	}
	if other := w.Official("rsj_head_1").Get(at).Is(http.StatusOK); strings.Contains(other.Page, one.Number) {
		t.Error("another agency's case")
	}
	w.Official("scjg_reviewer_1").Get(at).Is(http.StatusForbidden)
	chief.Post(at, map[string][]string{"act": {"all"}, "article": {"一"}, "reason": {"二"}}).Is(http.StatusForbidden)

	head.Fill(at, "act", "some", "case", []string{itoa(one.Case)}, "article", "", "reason", "承诺少等五天").Is(http.StatusUnprocessableEntity).Says("依据")
	if !strings.Contains(head.Page, `value="`+itoa(one.Case)+`" checked`) || !strings.Contains(head.Page, "承诺少等五天") {
		t.Error("what was ticked and typed is lost")
	}
	head.Fill(at, "act", "some", "case", []string{}, "article", "示范办法第二十条").Is(http.StatusUnprocessableEntity).Says("没有选")
	head.Get(at).Fill(at, "act", "some", "case", []string{itoa(one.Case)}, "article", "示范办法第二十条", "reason", "承诺少等五天").Is(http.StatusOK).Says("正在改", "共 1 件")
	if head.Header.Get("Refresh") == "" {
		t.Error("the page does not follow")
	}
	order := head.At
	if _, err := w.House.Jobs.RunDue(t.Context(), w.House.Store.Now()); err != nil {
		t.Fatal(err)
	}
	head.Get(order).Is(http.StatusOK).Says("改完了", "改了 1 件，没改成 0 件", one.Number, "已改", "示范办法第二十条")
	chief.Get(order).Is(http.StatusOK).Says("改完了", one.Number)
	w.Official("rsj_head_1").Get(order).Is(http.StatusNotFound)
	head.Get(at).Is(http.StatusOK).Says("还有 1 件", two.Number, "改过版本的记录").Fill(at, "act", "all", "article", "示范办法第二十条", "reason", "承诺少等五天").Is(http.StatusOK)
	if _, err := w.House.Jobs.RunDue(t.Context(), w.House.Store.Now()); err != nil {
		t.Fatal(err)
	}
	head.Get(at).Is(http.StatusOK).Says("没有按旧版本在办的件")
	head.Get("/manage/running").Is(http.StatusOK).Says("没有按旧版本在办的件")
}

// proposalOf is the proposal that waits.
func proposalOf(t *testing.T, w *webtest.World) (id int64) {
	t.Helper()
	if err := w.House.Store.Read(t.Context(), func(tx *store.Tx) error {
		open, err := catalog.Proposals(tx, catalog.Open, 0, 1)
		if err == nil && len(open) == 1 {
			id = open[0].ID
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return id
}
