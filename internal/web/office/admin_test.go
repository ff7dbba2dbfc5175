package office_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestCatalogueIsChangedByTwo(t *testing.T) {
	t.Parallel()
	w := found(t)
	editor := w.signIn("zfb_catalogue_1")
	editor.get("/admin").says("事项目录")
	editor.get("/admin/items?words=食品作坊").says("可以办").link(`/admin/items/\d+`).says("第 1 版", "在用", "市监局")
	editor.get("/admin/items").says("只有名称")

	// A list with bad rows is shown row by row, and nothing of it is brought in.
	bad := "名称,编码,类型,部门\n甲事项,A-1,01,市监局\n,A-2,01,市监局\n乙事项,A-3,01,没有这个局\n"
	editor.get("/admin/import").upload("/admin/import", map[string][]byte{"file=list.csv": []byte(bad)}).is(http.StatusUnprocessableEntity).says("一处都没有导入", "第 3 行")
	editor.get("/admin/items?words=甲事项").says("没有符合条件的事项")
	editor.get("/admin/import").upload("/admin/import", map[string][]byte{"file=list.pdf": []byte("x")}).is(http.StatusUnprocessableEntity).says("只收 .zip")
	good := "名称,编码,类型,部门\n甲事项,A-1,01,市监局\n"
	editor.get("/admin/import").upload("/admin/import", map[string][]byte{"file=list.csv": []byte(good)}).is(200).says("检查过了", "新事项")
	editor.upload("/admin/import/apply", nil).is(200).says("导入了")
	editor.get("/admin/items?words=甲事项").says("还缺", "甲事项").link(`/admin/items/\d+`)

	// What one writes another publishes.
	editor.fill("/end", "from", "2026-04-01", "reason", "并入别的事项").is(200).says("提出了", "这是你写的")
	if strings.Contains(editor.page, `value="publish"`) {
		t.Error("the writer is offered to publish")
	}
	second := w.signIn("zfb_catalogue_2")
	second.get("/admin/proposals").says("甲事项").fill("/admin/proposals/", "act", "publish").is(200).says("发布了", "没有等发布的变更")

	editor.get("/admin/powers?agency=scjg").says("食品作坊经营许可", "权责清单")
	editor.get("/admin/calendar").says("2026 年", "随程序")
	editor.get("/admin/system").says("现在可以办件", "日志的公钥")
	editor.get("/admin/staff").is(http.StatusForbidden)
}

func TestAdministratorKeepsPostsAndAccounts(t *testing.T) {
	t.Parallel()
	w := found(t)
	admin := w.signIn("zfb_admin_1")
	admin.get("/admin").says("人员和岗位").get("/admin/staff?agency=scjg").says("审查", "有账号")
	admin.fill("/admin/staff", "idno", "990124195001010000").is(http.StatusUnprocessableEntity).says("先带证件到窗口登记")
	admin.fill("/admin/staff", "idno", "990124197710211599").is(200).says("市监局", "审查")
	admin.fill("/grant", "agency", "scjg", "post", "decider").is(200).says("岗位给好了", "决定")
	admin.fill("/account", "act", "reset").is(200).says("记下第一次登录用的密码", "scjg.reviewer1")
	admin.get("/admin/items").is(http.StatusForbidden)
}
