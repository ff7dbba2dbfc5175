package admin_test

import (
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/web/admin"
	"tongban/internal/web/reorganisations"
	"tongban/internal/web/ui"
	"tongban/internal/web/webtest"
)

// An agency gets an English name on a page, which readers of English see at once.
func TestAnAgencyIsNamedInEnglish(t *testing.T) {
	t.Parallel()
	w := webtest.Found(t, 73, func(a act.Actor) []ui.Link { return admin.Menu(a) }, admin.Mount, reorganisations.Mount)
	w.Official("spj_window_1").Get("/admin/agencies").Is(403)
	m := w.Official("zfb_admin_1").Get("/admin/agencies").Is(200).Says("Yunhe County Water Bureau")
	m.Fill("/admin/agencies", "agency", "", "name_en", "Water").Is(422).Says("选一个部门")
	m.Fill("/admin/agencies", "agency", "sw", "name_en", "水务").Is(422).Says("英文名称只用外文字母")
	m.Fill("/admin/agencies", "agency", "sw", "name_en", "Yunhe Office of Water").Is(200).Says("已保存", "Yunhe Office of Water")
	w.Anybody().Get("/agencies?lang=en").Is(200).Says("Yunhe Office of Water", "Yunhe County Forestry Bureau")
	w.Anybody().Get("/agencies?lang=zh").Is(200).Says("云禾县水务局")
}
