package manage_test

import (
	"net/http"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/register/lists"
	"tongban/internal/web/admin"
	"tongban/internal/web/manage"
	"tongban/internal/web/ui"
	"tongban/internal/web/webtest"
)

func TestThePageOfTheHallCountsItsList(t *testing.T) {
	t.Parallel()
	w := webtest.Found(t, 55, func(a act.Actor) []ui.Link { return admin.Menu(a) }, manage.Mount, admin.Mount)
	b := w.Official("zfb_catalogue_1")
	b.Get("/manage/hall").Says("进驻清单还没有公布", "没有发现大厅受理、别处决定的办件")
	editor, err := w.County.Actor(t.Context(), "zfb_catalogue_1")
	if err != nil {
		t.Fatal(err)
	}
	entry := func(code, kind, why string) lists.Change {
		row := lists.Row{"code": code, "name": "事项" + code, "agency": "scjg", "type": kind, "window": "综合窗口"}
		if why != "" {
			row["reason"] = why
		}
		return lists.Change{Content: lists.Content{Columns: row}}
	}
	if _, err := w.House.Lists.Change(t.Context(), editor, "", lists.Batch{List: "hall", Document: "云政发〔2026〕9号", Reason: "公布", Changes: []lists.Change{
		entry("A-001", "decided", ""), entry("A-002", "decided", ""), entry("A-003", "received", "集体审议"), entry("A-004", "out", "涉密")}}); err != nil {
		t.Fatal(err)
	}
	b.Get("/manage/hall").Says("2 项", "1 项", "市监局")
	b.Get("/manage/hall/cases?item=x").Is(http.StatusOK).Says("没有发现")
	w.Official("scjg_reviewer_1").Get("/manage/hall").Is(http.StatusForbidden)
}
