package manage_test

import (
	"strings"
	"testing"

	"tongban/internal/rules/flow"
	"tongban/internal/web/webtest"
)

// conditioned is the way of the draft on whose condition a word stands.
func conditioned(t *testing.T, m *webtest.Browser, at, word string) *flow.Flow {
	t.Helper()
	d, err := flow.Parse([]byte(m.Get(at + "/bpmn").Page))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range d.Flows {
		if strings.Contains(f.Condition, word) {
			return f
		}
	}
	t.Fatalf("no condition with %s", word)
	return nil
}

// A condition is put together of rows, read as a sentence, tried on its own fields,
// taken apart, and written as text where rows cannot say it: without script.
func inWords(t *testing.T, w *webtest.World, at string) {
	t.Helper()
	m := w.Official("zfb_catalogue_1")
	m.Get(at+"/add?id=accept").Fill(at, "how", "when", "name", "核对账单", "role", "relief", "post", "reviewer", "part", "review", "days", "2", "c.add.0", "form.amount", "put", "row.0")
	holds(t, m, 200, "想申请多少", "小于或等于", "元")
	m.Fill(at, "c.0.is", "ge", "c.0.value", "二千", "act", "add")
	holds(t, m, 422, "“想申请多少”要和金额比")
	m.Fill(at, "c.0.value", "2000", "c.add.0", "form.cause", "put", "row.0")
	m.Fill(at, "c.1.value", []string{}, "act", "add")
	if holds(t, m, 422, "“困难情形”还没勾选"); !strings.Contains(m.Page, `value="核对账单"`) || !strings.Contains(m.Page, `value="2000"`) {
		t.Error("what was typed is lost")
	}
	m.Fill(at, "c.1.value", []string{"illness", "fire"}, "put", "group")
	holds(t, m, 200, "第 2 组", "有一组成立就行")
	m.Fill(at, "c.add.1", "form.low_income", "put", "row.1")
	const said = "“想申请多少”不小于 2000 元，并且“困难情形”是“突发重病”、“火灾”之一；或者“是不是低保户”答“是”"
	holds(t, m, 200, "现在的意思："+said)
	m.Fill(at, "act", "add")
	holds(t, m, 200, said, "存过 1 次")
	f := conditioned(t, m, at, "form.amount")
	if f.Condition != `(form.amount >= 200000 and form.cause in ["illness", "fire"]) or form.low_income == true` {
		t.Errorf("the file says %s", f.Condition)
	}

	holds(t, m.Get(at+"/try?t=0.0.&token=1&days=1"), 200, "条件："+said, "想申请多少", "困难情形", "是不是低保户", "突发重病")
	if strings.Contains(m.Text(), "家里几口人") {
		t.Error("a field is asked for that the condition does not speak about")
	}
	given := "&give=1&g.form.amount="
	holds(t, m.Get(at+"/try?t=0.0.&t=1.1."+given+"2000&g.form.cause=fire&g.form.low_income=no"), 200, "轮到“核对账单”")
	if m.Get(at + "/try?t=0.0.&t=1.1." + given + "1999.99&g.form.cause=fire&g.form.low_income="); strings.Contains(m.Text(), "轮到“核对账单”") {
		t.Error("1999.99 yuan are not 2000")
	}

	row := at + "/row?id=" + f.ID
	m.Get(row).Fill(at, "put", "drop.0", "c.rule", "all")
	holds(t, m, 200, "每一组都要成立")
	m.Fill(at, "act", "steer")
	if f = conditioned(t, m, at, "low_income"); f.Condition != `form.cause in ["illness", "fire"] and form.low_income == true` {
		t.Errorf("the file says %s", f.Condition)
	}
	m.Get(row).Fill(at, "put", "text")
	holds(t, m, 200, `form.cause in ["illness", "fire"] and`, "并且“是不是低保户”答“是”")
	m.Fill(at, "condition", "form.amuont > form.cost", "put", "look")
	holds(t, m, 200, "还读不懂", "form.amuont", "form.amount（想申请多少）")
	m.Fill(at, "act", "steer")
	holds(t, m, 200, "“form.amuont”没有定义", "检查：1 处要改")
	m.Get(row).Fill(at, "condition", "form.amount > form.cost * 2", "put", "rows")
	holds(t, m, 200, "逐条填说不全", "“想申请多少”大于 “自己已经花了多少钱”乘以 2")
	m.Fill(at, "act", "steer")
	holds(t, m, 200, "没有要改的地方")
	m.Get(row).Fill(at, "condition", "", "act", "steer")
	holds(t, m, 422)
	holds(t, m.Get(at).Fill(at+"/drop"), 200, "草稿已放弃")
}
