package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/register/lists"
)

// What an item charges, and the service of an intermediary that it asks for, stand in
// the guide of both languages and in the linked data, and in neither once they have
// left their lists: what was answered before is not kept.
func TestGuidesFollowTheLists(t *testing.T) {
	t.Parallel()
	both(t, func(w *world) {
		road, event := fmt.Sprintf("/items/%d", w.county.Items["road-occupation"].ID), fmt.Sprintf("/items/%d", w.county.Items["large-event"].ID)
		says := func(path, lang string, want bool, words ...string) {
			w.Helper()
			raw := string(w.do(request{method: http.MethodGet, path: path, header: map[string]string{"Accept-Language": lang}}).ok().raw)
			for _, x := range words {
				if strings.Contains(raw, x) != want {
					w.Errorf("%s (%s): %q is there: %v, in %s", path, lang, x, !want, raw)
				}
			}
		}
		fee, rate, report := "城市道路占用、挖掘修复费", "每平方米每日0.2元", "临时搭建设施安全评估报告"
		both := func(want bool) {
			w.Helper()
			says(road, "zh", want, fee, rate, "示范道路办法第十五条")
			says(road, "en", want, fee, rate)
			says(road+"/service.jsonld", "zh", want, fee, rate)
			says(road+"/service.jsonld", "zh", !want, `"cv:hasValue":"0"`)
			says(event, "zh", want, report, `"who":"取得资质的评估机构","days":5,"price":"market"`)
			says(event, "en", want, report)
			says(event+"/service.jsonld", "zh", want, report)
		}
		both(true)
		for list, code := range map[string]string{"fee_admin": "SF-X-007", "intermediary": "ZJ-12"} {
			if _, err := w.h.Lists.Change(w.Context(), act.Machine(), "", lists.Batch{List: list, Document: "云办〔2026〕94号", From: w.h.Store.Now().Day(), Reason: "取消", Region: "990124",
				Changes: []lists.Change{{Op: lists.End, Code: code}}}); err != nil {
				w.Fatal(err)
			}
		}
		both(false)
		says(road, "zh", true, "不收费", `"charged":false`)
	})
}
