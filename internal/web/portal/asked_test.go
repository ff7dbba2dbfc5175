package portal_test

import (
	"fmt"
	"strings"
	"testing"

	"tongban/internal/work/casework"
)

// The guide tells what is charged and who makes what is asked for, and the applicant
// reads the fee once more before submitting.
func TestPagesTellWhatIsCharged(t *testing.T) {
	t.Parallel()
	w := found(t)
	says := func(slug, cookie string, words ...string) {
		t.Helper()
		page, _, _ := w.fetch(fmt.Sprintf("/items/%d", w.County.Items[slug].ID), cookie)
		for _, x := range words {
			if !strings.Contains(page, x) {
				t.Errorf("%s (%s) does not say %s", slug, cookie, x)
			}
		}
	}
	rate := "城市道路占用、挖掘修复费：人行道每平方米每日0.2元"
	says("road-occupation", "", rate, "依据：示范道路办法第十五条</a>")
	says("road-occupation", "tb_lang=en", "a fee is charged, as the public list has it: "+rate)
	says("large-event", "", "临时搭建设施安全评估报告", "由取得资质的评估机构做（临时搭建设施安全评估，目录上写明 5 个工作日内做好，价格由市场定）")
	says("large-event", "tb_lang=en", "within 5 working days by the public list; priced by the market")

	baker, err := w.County.Actor(t.Context(), "baker")
	if err != nil {
		t.Fatal(err)
	}
	for slug, want := range map[string]bool{"road-occupation": true, "outdoor-advert": false} {
		d, err := w.House.Office.SaveDraft(t.Context(), baker, "", casework.DraftIn{Item: w.County.Items[slug].ID})
		if err != nil {
			t.Fatal(err)
		}
		page := w.Resident("baker").Get(fmt.Sprintf("/draft/%d/check", d.Case)).Is(200).Page
		if strings.Contains(page, "这件事要交费。"+rate) != want {
			t.Errorf("%s: that it charges is told: %v", slug, !want)
		}
	}
}
