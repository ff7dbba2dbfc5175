package casework_test

import (
	"errors"
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/lists"
	"tongban/internal/work/casework"
)

// said wants a refusal of words, with what was found, the article and what to do, in
// the field in which they stand.
func (w *world) said(field, words string, err error) {
	w.t.Helper()
	w.refused("catalog.said.wrong", err)
	var e *act.Error
	if errors.As(err, &e); len(e.Fields) != 1 || e.Fields[0].Name != field {
		w.t.Fatalf("%+v", e.Fields)
	}
	for _, want := range []string{words, "优化营商环境条例第", "删去再交", "先"} {
		if got := e.Fields[0].Msg.Error(); !strings.Contains(got, want) {
			w.t.Errorf("%q is not in %s", want, got)
		}
	}
}

// Nothing off the lists can be asked for in free words either, by any act that
// writes to the applicant; the words that people write otherwise pass.
func TestNothingOffTheListIsAskedForInWords(t *testing.T) {
	both(t, func(w *world) {
		clerk, id := w.of("spj", "window", 0), w.applied().Case
		notice := func(how string) error {
			_, err := w.Office.Notify(w.ctx, clerk, "", casework.NotifyIn{Case: id, Missing: []casework.Missing{{Key: "material:plan", What: "看不清", How: how}}})
			return err
		}
		w.said("material:plan", "“缴纳测量费”", notice("请先缴纳测量费，我们来画。"))
		w.said("material:plan", "“有资质的单位”", notice("请委托有资质的单位测绘后提交。"))
		w.said("material:plan", "临时搭建设施安全评估", notice("请补交临时搭建设施安全评估报告。"))
		_, err := w.Office.RefuseAcceptance(w.ctx, clerk, "", casework.RefuseAcceptanceIn{Case: id, Reason: "没有交手续费50元。", Where: "到二楼的窗口"})
		w.said("reason", "交手续费", err)
		w.must(notice("自己画就行，写上长和宽，不收费，也不用找人代办。"))
		_, err = w.Office.Correct(w.ctx, w.as("baker"), "", casework.CorrectIn{Case: id})
		if act.KindOf(err) != act.Invalid { // the plan is still missing
			t.Fatal(err)
		}
		id = w.accepted()
		review := w.of("scjg", "reviewer", 0)
		_, err = w.Office.Review(w.ctx, review, "", casework.ReviewIn{TaskIn: w.task(id, "review", "scjg"), Passed: true, Text: "补缴检验费后同意"})
		w.said("opinion", "补缴检验费", err)
		_, err = w.Office.Ask(w.ctx, review, "", casework.AskIn{TaskIn: w.task(id, "review", "scjg"), To: "sthj", Question: "请通知申请人交费。", Days: 3})
		w.said("question", "交费", err)
		env := w.of("sthj", "reviewer", 0)
		_, err = w.Office.Pause(w.ctx, env, "", casework.PauseIn{TaskIn: w.task(id, "test", "sthj"), Reason: "请缴纳检测费后取样", Days: 10})
		w.said("reason", "缴纳检测费", err)
		one, two := w.of("xfjy", "inspector", 0), w.of("xfjy", "inspector", 2)
		_, err = w.Office.Visit(w.ctx, one, "", casework.VisitIn{TaskIn: w.task(id, "visit", "xfjy"), Passed: false, Text: "须提交第三方消防检测报告", Officers: []int64{one.Person, two.Person}})
		w.said("findings", "第三方", err)
		w.handled(id)
		decide := func(outcome string, reasons, articles []string) error {
			_, err := w.Office.Decide(w.ctx, w.of("scjg", "decider", 0), "", casework.DecideIn{TaskIn: w.task(id, "decide", "scjg"),
				Verdict: casework.Verdict{Outcome: outcome, Reasons: reasons, Articles: articles}})
			return err
		}
		w.said("reason", "缴清占道费", decide(casework.Refused, []string{"没有缴清占道费以前不能发证"}, []string{"示范办法第七条"}))
		w.said("articles", "收取工本费", decide(casework.Granted, nil, []string{"示范办法第七条，另收取工本费"}))
		w.must(decide(casework.Refused, []string{"水质检测不合格，清洗后可以再申请，检测不收费。"}, []string{"示范办法第七条"}))
	})
}

// What an item charges, and the service that it may ask for, may be spoken of: until
// they leave their lists.
func TestWhatIsListedMayBeSpokenOf(t *testing.T) {
	both(t, func(w *world) {
		say := func(slug, words string) error {
			var err error
			w.must(w.Store.Read(w.ctx, func(tx *store.Tx) error {
				v, problem := w.Items.InForce(tx, w.c.Items[slug].ID, tx.Today())
				if problem == nil {
					err = v.MaySay(tx, tx.Today(), catalog.Said{Field: "reason", Words: words})
				}
				return problem
			}))
			return err
		}
		fee, report := "请按清单缴纳占用费，每平方米每日0.2元。", "请补交临时搭建设施安全评估报告，由有资质的评估机构盖章。"
		w.must(say("road-occupation", fee))
		w.must(say("large-event", report))
		w.said("reason", "交资料费", say("road-occupation", "请另交资料费50元。"))
		w.said("reason", "大型活动场地安全检测", say("food-workshop", "请提交大型活动场地安全检测报告。"))
		w.said("reason", "每平方米每日0.2元", say("outdoor-advert", "按面积收，每平方米每日0.2元。"))
		for list, code := range map[string]string{"fee_admin": "SF-X-007", "intermediary": "ZJ-12"} {
			_, err := w.Lists.Change(w.ctx, act.Machine(), "", lists.Batch{List: list, Document: "云办〔2026〕93号", From: w.clock.Now().Day(), Reason: "取消", Region: "990124",
				Changes: []lists.Change{{Op: lists.End, Code: code}}})
			w.must(err)
		}
		w.said("reason", "缴纳占用费", say("road-occupation", fee))
		w.said("reason", "有资质的评估机构", say("large-event", report))
	})
}
