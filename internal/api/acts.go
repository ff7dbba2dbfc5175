package api

import (
	"context"
	"net/http"

	"tongban/internal/record/act"
	"tongban/internal/work/casework"
)

// onCase and onTask are commands on a case, and on one of its tasks.
type onCase[B any] struct {
	Keyed
	Case int64 `path:"case" example:"1001"`
	Body B
}

type onTask[B any] struct {
	Keyed
	Case int64 `path:"case" example:"1001"`
	Task int64 `path:"task" example:"2001"`
	Body B
}

type correctBody struct {
	Values map[string]any `json:"values,omitempty"`
	Shown  []string       `json:"shown,omitempty" maxItems:"100"`
}

type reasonBody struct {
	Reason string `json:"reason,omitempty" maxLength:"2000" example:"不办了"`
}

type notifyBody struct {
	Seen    int64              `json:"seen,omitempty" example:"1"`
	Missing []casework.Missing `json:"missing" maxItems:"100"`
}

type acceptBody struct {
	Seen    int64    `json:"seen,omitempty" example:"1"`
	Checked []string `json:"checked,omitempty" maxItems:"100"`
	Points  []string `json:"points,omitempty" maxItems:"200"`
}

type refuseBody struct {
	Seen   int64  `json:"seen,omitempty" example:"1"`
	Reason string `json:"reason" maxLength:"2000" example:"这件事不需要许可"`
	Where  string `json:"where" maxLength:"500" example:"直接开业即可"`
}

type materialBody struct {
	Key  string `json:"key" maxLength:"60" example:"plan"`
	Seen int64  `json:"seen,omitempty" example:"1"`
}

type askExtensionBody struct {
	Days   int    `json:"days" minimum:"1" maximum:"1000" example:"10"`
	Reason string `json:"reason" maxLength:"2000" example:"检测机构延迟出具报告"`
}

type settleExtensionBody struct {
	Approve bool   `json:"approve" example:"true"`
	Reason  string `json:"reason,omitempty" maxLength:"2000"`
}

type spotBody struct {
	Seen     int64    `json:"seen,omitempty" example:"1"`
	Checked  []string `json:"checked,omitempty" maxItems:"100"`
	Outcome  string   `json:"outcome" enum:"granted,refused,returned" example:"granted"`
	Reasons  []string `json:"reasons,omitempty" maxItems:"50"`
	Articles []string `json:"articles,omitempty" maxItems:"50"`
	Handed   bool     `json:"handed,omitempty" example:"true"`
}

type deliverBody struct {
	Seen     int64  `json:"seen,omitempty" example:"1"`
	Mode     string `json:"mode" enum:"window,courier" example:"window"`
	Tracking string `json:"tracking,omitempty" maxLength:"60"`
}

type amendBody struct {
	Field  string `json:"field" maxLength:"100" example:"premises_address"`
	Value  string `json:"value" maxLength:"500" example:"云禾县示范镇二号"`
	Reason string `json:"reason" maxLength:"2000" example:"门牌号写错了一个字"`
}

type moveBody struct {
	To      int64  `json:"to,omitempty" example:"0"`
	Article string `json:"article" maxLength:"2000" example:"示范办法第二十条"`
	Reason  string `json:"reason" maxLength:"2000" example:"新版本少一步，申请人早拿到结果"`
}

type answerBody struct {
	Text string `json:"text" maxLength:"5000" example:"没有意见"`
}

type onInquiry struct {
	Keyed
	Case    int64 `path:"case" example:"1001"`
	Inquiry int64 `path:"inquiry" example:"3001"`
	Body    answerBody
}

type doneOut = echoedBody[casework.Done]

// caseAct adds a command on a case to the table.
func caseAct[B, In any](s *server, p spec, run func(context.Context, act.Actor, string, In) (casework.Done, error), in func(id int64, b B) In) {
	p.method = http.MethodPost
	if p.tag == "" {
		p.tag = "act"
	}
	on(s, p, func(ctx context.Context, v *visit, x *onCase[B]) (*doneOut, error) {
		done, err := run(ctx, v.actor, x.Key, in(x.Case, x.Body))
		return &doneOut{Echoed(x.Keyed), done}, err
	})
}

// acts adds the commands of a case: one entry of the table each.
func acts(s *server) {
	o := s.h.Office
	withdraw := func(id int64, b reasonBody) casework.WithdrawIn {
		return casework.WithdrawIn{Case: id, Reason: b.Reason}
	}
	correct := func(id int64, b correctBody) casework.CorrectIn {
		return casework.CorrectIn{Case: id, Values: b.Values, Shown: b.Shown}
	}
	caseAct(s, spec{id: "correctCase", path: "/cases/{case}/correct", command: "case.correct", tag: "mine",
		example: correctBody{Values: map[string]any{"premises_area": 45}}}, o.Correct, correct)
	caseAct(s, spec{id: "correctCaseFor", path: "/window/cases/{case}/correct", command: "case.correct_for", tag: "window", access: staff,
		example: correctBody{Shown: []string{"plan"}}}, o.CorrectFor, correct)
	caseAct(s, spec{id: "withdrawCase", path: "/cases/{case}/withdraw", command: "case.withdraw", tag: "mine", example: reasonBody{"不办了"}}, o.Withdraw, withdraw)
	caseAct(s, spec{id: "withdrawCaseFor", path: "/window/cases/{case}/withdraw", command: "case.withdraw_for", tag: "window", access: staff,
		example: reasonBody{"本人到场要求撤回"}}, o.WithdrawFor, withdraw)
	caseAct(s, spec{id: "notifyMissing", path: "/cases/{case}/notify", command: "case.notify", access: staff,
		example: notifyBody{1, []casework.Missing{{Key: "material:plan", What: "平面图没有标尺寸", How: "在图上写明长和宽"}}}}, o.Notify,
		func(id int64, b notifyBody) casework.NotifyIn {
			return casework.NotifyIn{Case: id, Seen: b.Seen, Missing: b.Missing}
		})
	caseAct(s, spec{id: "acceptCase", path: "/cases/{case}/accept", command: "case.accept", access: staff, example: acceptBody{Seen: 1, Checked: []string{"plan"}}}, o.Accept,
		func(id int64, b acceptBody) casework.AcceptIn {
			return casework.AcceptIn{Case: id, Seen: b.Seen, Checked: b.Checked, Points: b.Points}
		})
	caseAct(s, spec{id: "refuseAcceptance", path: "/cases/{case}/refuse-acceptance", command: "case.refuse_acceptance", access: staff,
		example: refuseBody{1, "这件事不需要许可", "直接开业即可"}}, o.RefuseAcceptance, func(id int64, b refuseBody) casework.RefuseAcceptanceIn {
		return casework.RefuseAcceptanceIn{Case: id, Seen: b.Seen, Reason: b.Reason, Where: b.Where}
	})
	caseAct(s, spec{id: "checkMaterial", path: "/cases/{case}/check-material", command: "case.check_material", access: staff, example: materialBody{"plan", 1}}, o.CheckMaterial,
		func(id int64, b materialBody) casework.CheckMaterialIn {
			return casework.CheckMaterialIn{Case: id, Key: b.Key, Seen: b.Seen}
		})
	moreActs(s)
	taskActs(s)
}

// moreActs adds the commands of a case after its acceptance.
func moreActs(s *server) {
	o := s.h.Office
	caseAct(s, spec{id: "askExtension", path: "/cases/{case}/extension", command: "case.ask_extension", access: staff, example: askExtensionBody{10, "检测机构延迟出具报告"}}, o.AskExtension,
		func(id int64, b askExtensionBody) casework.AskExtensionIn {
			return casework.AskExtensionIn{Case: id, Days: b.Days, Reason: b.Reason}
		})
	caseAct(s, spec{id: "settleExtension", path: "/cases/{case}/extension/settle", command: "case.settle_extension", access: staff,
		example: settleExtensionBody{Approve: true}}, o.SettleExtension, func(id int64, b settleExtensionBody) casework.SettleExtensionIn {
		return casework.SettleExtensionIn{Case: id, Approve: b.Approve, Reason: b.Reason}
	})
	caseAct(s, spec{id: "decideOnSpot", path: "/cases/{case}/decide-on-spot", command: "case.decide_on_spot", access: staff,
		example: spotBody{Seen: 1, Outcome: casework.Granted, Articles: []string{"示范办法第九条"}, Handed: true}}, o.DecideOnSpot, func(id int64, b spotBody) casework.SpotIn {
		return casework.SpotIn{Case: id, Seen: b.Seen, Checked: b.Checked, Verdict: casework.Verdict{Outcome: b.Outcome, Reasons: b.Reasons, Articles: b.Articles}, Handed: b.Handed}
	})
	caseAct(s, spec{id: "deliverResult", path: "/cases/{case}/deliver", command: "case.deliver", access: staff, example: deliverBody{Seen: 1, Mode: casework.ByWindow}}, o.Deliver,
		func(id int64, b deliverBody) casework.DeliverIn {
			return casework.DeliverIn{Case: id, Seen: b.Seen, Mode: b.Mode, Tracking: b.Tracking}
		})
	caseAct(s, spec{id: "amendResult", path: "/cases/{case}/amend", command: "case.amend", access: staff,
		example: amendBody{"premises_address", "云禾县示范镇二号", "门牌号写错了一个字"}}, o.Amend, func(id int64, b amendBody) casework.AmendIn {
		return casework.AmendIn{Case: id, Field: b.Field, Value: b.Value, Reason: b.Reason}
	})
	caseAct(s, spec{id: "moveCase", path: "/cases/{case}/move", command: "case.move", access: staff,
		example: moveBody{0, "示范办法第二十条", "新版本少一步，申请人早拿到结果"}}, o.Move, func(id int64, b moveBody) casework.MoveIn {
		return casework.MoveIn{Case: id, To: b.To, Article: b.Article, Reason: b.Reason}
	})
	on(s, spec{id: "previewMove", method: http.MethodGet, path: "/cases/{case}/move", tag: "act", access: staff}, s.previewMove)
	on(s, spec{id: "answerInquiry", method: http.MethodPost, path: "/cases/{case}/inquiries/{inquiry}/answer", tag: "act", command: "case.answer", access: staff,
		example: answerBody{"没有意见"}}, func(ctx context.Context, v *visit, in *onInquiry) (*doneOut, error) {
		done, err := o.Answer(ctx, v.actor, in.Key, casework.AnswerIn{Case: in.Case, Inquiry: in.Inquiry, Text: in.Body.Text})
		return &doneOut{Echoed(in.Keyed), done}, err
	})
}
