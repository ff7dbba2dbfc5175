package office_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestCatalogueIsChangedByTwo(t *testing.T) {
	t.Parallel()
	w := found(t)
	editor := w.Official("zfb_catalogue_1")
	editor.Get("/admin").Says("事项目录")
	editor.Get("/admin/items?words=食品作坊").Says("可以办").Open(`/admin/items/\d+`).Says("第 1 版", "在用", "市监局")
	editor.Get("/admin/items").Says("只有名称")

	// A list with bad rows is shown row by row, and nothing of it is brought in.
	bad := "名称,编码,类型,部门\n甲事项,A-1,01,市监局\n,A-2,01,市监局\n乙事项,A-3,01,没有这个局\n"
	editor.Get("/admin/import").Upload("/admin/import", map[string][]byte{"file=list.csv": []byte(bad)}).Is(http.StatusUnprocessableEntity).Says("一处都没有导入", "第 3 行")
	editor.Get("/admin/items?words=甲事项").Says("没有符合条件的事项")
	editor.Get("/admin/import").Upload("/admin/import", map[string][]byte{"file=list.pdf": []byte("x")}).Is(http.StatusUnprocessableEntity).Says("只收 .zip")
	good := "名称,编码,类型,部门\n甲事项,A-1,01,市监局\n"
	editor.Get("/admin/import").Upload("/admin/import", map[string][]byte{"file=list.csv": []byte(good)}).Is(200).Says("检查过了", "新事项")
	editor.Upload("/admin/import/apply", nil).Is(200).Says("导入了")
	editor.Get("/admin/items?words=甲事项").Says("还缺", "甲事项").Open(`/admin/items/\d+`)

	// What one writes another publishes.
	editor.Fill("/end", "from", "2026-04-01", "reason", "并入别的事项").Is(200).Says("提出了", "这是你写的")
	if strings.Contains(editor.Page, `value="publish"`) {
		t.Error("the writer is offered to publish")
	}
	second := w.Official("zfb_catalogue_2")
	second.Get("/admin/proposals").Says("甲事项").Fill("/admin/proposals/", "act", "publish").Is(200).Says("发布了", "没有等发布的变更")

	editor.Get("/admin/powers?agency=scjg").Says("食品作坊经营许可", "权责清单")
	editor.Get("/admin/calendar").Says("2026 年", "随程序")
	editor.Get("/admin/system").Says("现在可以办件", "日志的公钥")
	editor.Get("/admin/staff").Is(http.StatusForbidden)
}

func TestAdministratorKeepsPostsAndAccounts(t *testing.T) {
	t.Parallel()
	w := found(t)
	admin := w.Official("zfb_admin_1")
	admin.Get("/admin").Says("人员和岗位").Get("/admin/staff?agency=scjg").Says("审查", "有账号")
	admin.Fill("/admin/staff", "idno", "990124195001010000").Is(http.StatusUnprocessableEntity).Says("先带证件到窗口登记")
	admin.Fill("/admin/staff", "idno", "990124197710211599").Is(200).Says("市监局", "审查")
	admin.Fill("/grant", "agency", "scjg", "post", "decider").Is(200).Says("岗位给好了", "决定")
	admin.Fill("/account", "act", "reset").Is(200).Says("记下第一次登录用的密码", "scjg.reviewer1")
	admin.Get("/admin/items").Is(http.StatusForbidden)
}
