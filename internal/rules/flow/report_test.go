package flow_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"tongban/internal/rules/flow"
	"tongban/internal/rules/wording"
)

// TestReportInWords says the verdict first, what to do next, in both languages.
func TestReportInWords(t *testing.T) {
	t.Parallel()
	r := flow.Check(mustParse(t, []byte(process(ends+`<userTask id="a" name="审查"/><callActivity id="c" name="另一件"/>`+edges("s>a", "a>c", "c>z")))), nil)
	zh, en := r.Text(wording.ZH), r.Text(wording.EN)
	if !strings.HasPrefix(zh, "流程“p”还不能运行") || !strings.Contains(zh, "callActivity 另一件：调用别的流程还不能运行") {
		t.Errorf("zh:\n%s", zh)
	}
	if !strings.Contains(en, "Call activities do not run yet") || strings.Contains(zh+en, "⟦") {
		t.Errorf("en:\n%s", en)
	}
	b, err := json.Marshal(r)
	if err != nil || !strings.Contains(string(b), `"code":"flow.refuse.call"`) || !strings.Contains(string(b), `"problems":[]`) {
		t.Errorf("json: %s %v", b, err)
	}
}

// TestEveryKindHasAWord walks the kinds that run.
func TestEveryKindHasAWord(t *testing.T) {
	t.Parallel()
	for _, k := range []flow.Kind{flow.KindStart, flow.KindEnd, flow.KindUser, flow.KindManual, flow.KindService, flow.KindRule,
		flow.KindChoice, flow.KindParallel, flow.KindCatch, flow.KindBoundary, flow.KindKept} {
		if !wording.Has(wording.ZH, k.Text().Key) || !wording.Has(wording.EN, k.Text().Key) {
			t.Errorf("%s has no word", k)
		}
	}
}

type onlyGranted struct{}

func (onlyGranted) Check(source string) error {
	if source != "granted" {
		return errors.New("no such fact: " + source)
	}
	return nil
}

// TestConditionsAreCheckedBeforeTheyRun asks the checker for each condition that will be asked.
func TestConditionsAreCheckedBeforeTheyRun(t *testing.T) {
	t.Parallel()
	if r := flow.Check(mustParse(t, []byte(joint())), onlyGranted{}); !r.OK {
		t.Error(complaints(r))
	}
	r := flow.Check(mustParse(t, []byte(strings.ReplaceAll(joint(), ">granted<", ">grantd<"))), onlyGranted{})
	if r.OK || len(r.Problems) != 1 || r.Problems[0].Reason.Key != "flow.check.condition" || r.Problems[0].ID != "yes" {
		t.Error(complaints(r))
	}
}

// TestTermsInWords reads the symbols of the namespace.
func TestTermsInWords(t *testing.T) {
	t.Parallel()
	for term, want := range map[string]string{"P7W": "7 个工作日", "P30D": "30 天", "PT2H": "2 小时", "PT5M": "5 分钟"} {
		if m, ok := flow.TermText(term).(wording.Message); !ok || m.In(wording.ZH) != want {
			t.Errorf("%s is %v", term, flow.TermText(term))
		}
	}
	if flow.TermText("soon") != "soon" {
		t.Error("an unknown term is said as it is")
	}
}
