package security_test

import (
	"maps"
	"strings"
)

// The operations of those who keep the catalogue. Nothing is being adjusted in the
// county of these trials, nobody met an obstacle and no proposal waits: who is let in
// is told that there is no such thing.
func init() {
	maps.Copy(operationRules, table(
		`listLaws searchArticles showLaw listArticles showArticle listResting listCited listLawChanges listNotices showManual listSamples`, rule{open: true},
		`showLawChange showNotice listNoticeEntries compareNotice listNoticeComments`, rule{open: true, away: true},
		`commentNotice`, rule{self: true, away: true},
		`importLaws`, rule{staff: true, right: "law.import"},
		`repealLaw`, rule{staff: true, right: "law.change", away: true},
		`interpretLaw`, rule{staff: true, right: "law.change"},
		`listTouched`, rule{staff: true, right: "law.import", away: true},
		`listObstacles`, rule{staff: true},
		`showObstacle`, rule{staff: true, away: true},
		`meetObstacle`, rule{staff: true, right: "law.meet", over: anyAgency},
		`askUpward`, rule{staff: true, right: "law.ask", over: anyAgency, away: true},
		`answerObstacle`, rule{staff: true, right: "law.answer", over: anyAgency, away: true},

		`listAdjustments listAdjustmentsWaiting listOrders`, rule{staff: true},
		`showAdjustment listAdjusted checkAdjustment compareAdjustment listAdjustmentComments showOrder listOrderTasks`, rule{staff: true, away: true},
		`draftAdjustment`, rule{staff: true, right: "adjust.draft", over: anyAgency},
		`editAdjustment uploadAdjusted acceptFindings letCasesStay dropAdjustment handInAdjustment reopenAdjustment convenePanel listCandidates`,
		rule{staff: true, right: "adjust.draft", over: anyAgency, away: true},
		`consentAdjustment answerOrder`, rule{staff: true, right: "adjust.consent", over: anyAgency, away: true},
		`giveOpinion`, rule{staff: true, right: "adjust.opine", away: true},
		`decideAdjustment`, rule{staff: true, right: "adjust.decide", away: true},
		`announceAdjustment redateAdjustment applyAdjustment answerComment`, rule{staff: true, right: "adjust.publish", away: true},
		`registerOrder`, rule{staff: true, right: "adjust.draft"},

		`listFlows`, rule{staff: true, right: "item.propose", over: anyAgency},
		`showFlowTable downloadFlow compareFlow tryFlow editFlow uploadFlow dropFlow handInFlow`, rule{staff: true, right: "item.propose", over: lead},
		`listProposals`, rule{staff: true, right: "item.publish"},
		`showProposal dropProposal`, rule{staff: true, right: "item.propose", over: anyAgency, away: true},
		`publishProposal`, rule{staff: true, right: "item.publish", away: true},
		`endItem`, rule{staff: true, right: "item.withdraw"},
		`importItems`, rule{staff: true, right: "item.import"},
		`listComparisons`, rule{staff: true, right: "item.propose", over: anyAgency},
		`decideCompared agreeCompared`, rule{staff: true, right: "item.propose", over: anyAgency, away: true},

		`listCheckups runCheckup`, rule{staff: true, right: "item.inspect"},
		`listCheckupRules listFindings`, rule{staff: true, right: "item.propose", over: anyAgency},
		`showFinding`, rule{staff: true, right: "item.propose", over: anyAgency, away: true},
		`acceptFinding reopenFinding`, rule{staff: true, right: "item.accept_finding", away: true},
		`listBehind showRunning listRunning`, rule{staff: true, right: "item.propose", or: "case.move", over: anyAgency},
		`orderMoves`, rule{staff: true, right: "case.move", over: anyAgency, away: true},
		`showMoves listMoved`, rule{staff: true, right: "item.propose", or: "case.move", over: anyAgency, away: true},
		`listHall listHollow`, rule{staff: true, right: "item.propose", over: anyAgency},
		`listHollowCases`, rule{staff: true, right: "item.propose", over: atWindow},
	))
}

// catalogueQuery is what the operations of the catalogue cannot do without.
var catalogueQuery = map[string][]string{
	"searchArticles": {"q=hearing"}, "listCited": {"kind=power", "code=" + listedCode}, "listHollowCases": {"item=1", "window=spj", "decider=scjg"},
	"uploadAdjusted": {"rev=1", "list=power", "does=new"},
}

// catalogueThing is what stands for a parameter of the catalogue's operations; ""
// where it is none of theirs. The law that is repealed is none.
func catalogueThing(id, name string) string {
	if id == "repealLaw" {
		return "none"
	}
	if strings.Contains(" adjustment notice order obstacle proposal change comment row moves ", " "+name+" ") {
		return "1"
	}
	return ""
}
