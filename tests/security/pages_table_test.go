package security_test

import (
	"strings"
)

// The bodies that take part in the case at the window and in the running one,
// the body whose window receives, and the one that decides.
var (
	atWindow  = []string{"scjg", "spj"}
	inRun     = []string{"scjg", "spj", "xfjy", "sthj"}
	window    = []string{"spj"}
	lead      = []string{"scjg"}
	cabinet   = []string{"zfb"}
	answering = []string{"sthj"}
)

// anyAgency is asked where a post's own agency is the scope.
var anyAgency = []string{"spj", "scjg", "xfjy", "sthj", "rsj", "zfb"}

// pageRules is every route of the pages with who may use it. A route that is
// missing here fails the test.
var pageRules = table(
	`/ /assets/ /prefs GET /accessibility GET /check GET /check/{code} GET /contact GET /feedback GET /grants GET /items GET /items/schema.json GET /items/template.xlsx GET /items/download.csv GET /items/download.xlsx GET /items/download.json GET /items/{id} GET /items/{id}/{version} GET /items/{id}/flow.bpmn
	GET /items/{id}/flow.svg GET /privacy GET /progress GET /proof GET /search GET /sign-in GET /sign-in/code GET /sign-up GET /spot-fakes GET /{$} GET /about
	GET /password GET /second-factor POST /progress POST /search/missing POST /sign-in POST /sign-in/code POST /sign-out POST /sign-up
	POST /password GET /documents GET /documents/{kind} GET /documents/{kind}/{version} GET /laws GET /laws/{law} GET /laws/{law}/{article}
	GET /lists GET /lists/changes.atom GET /lists/{kind} GET /lists/{kind}/changes GET /lists/{kind}/changes.atom GET /lists/{kind}/schema.json
	GET /lists/{kind}/download.csv GET /lists/{kind}/download.xlsx GET /lists/{kind}/download.json GET /lists/{kind}/{code}
	GET /lists/{kind}/{code}/{version}`, rule{open: true},
	`GET /home GET /post POST /post GET /held/{token} POST /second-factor POST /second-factor/confirm`, rule{},
	`GET /my GET /licences GET /inbox POST /inbox GET /looks GET /apply/{item} POST /apply/{item}`, rule{self: true},
	`GET /draft/{id} GET /draft/{id}/check GET /draft/{id}/delivery GET /draft/{id}/file/{material} GET /draft/{id}/form/{group} GET /files/{id} GET /files/{id}/preview
	POST /draft/{id}/check POST /draft/{id}/delivery POST /draft/{id}/file/{material} POST /draft/{id}/file/{material}/remove/{file} POST /draft/{id}/form/{group}`,
	rule{self: true, began: true},
	`GET /my/{id} GET /my/{id}/calendar.ics GET /my/{id}/papers/{paper} GET /my/{id}/proof GET /my/{id}/proof.json GET /my/{id}/withdraw
	GET /licences/{id} GET /licences/{id}/qr.svg GET /licences/{id}/sealed POST /my/{id}/withdraw`, rule{self: true, owner: true},
	`GET /my/{id}/papers/{paper}/pdf GET /licences/{id}/pdf GET /my/{id}/correct GET /my/{id}/correct/{material} POST /my/{id}/correct POST /my/{id}/correct/{material}`,
	rule{self: true, owner: true, away: true},

	`GET /office GET /counter GET /admin POST /office/move GET /office/find GET /counter/find GET /counter/intake`, rule{staff: true},
	`POST /office/find POST /counter/find`, rule{staff: true, right: "case.find", over: anyAgency},
	`GET /office/extensions`, rule{staff: true, right: "extension.approve", over: anyAgency},
	`GET /office/figures GET /office/figures/{table} GET /office/watch`, rule{staff: true, right: "case.look"},

	`GET /office/case/{id} GET /office/case/{id}/findings GET /office/case/{id}/flow GET /office/case/{id}/flow.svg GET /office/case/{id}/materials
	GET /office/case/{id}/papers GET /office/case/{id}/timeline GET /office/file/{file} GET /office/file/{file}/picture`,
	rule{staff: true, look: atWindow},

	`GET /counter/case/{id}/accept GET /counter/case/{id}/notify GET /counter/case/{id}/refuse GET /counter/case/{id}/spot GET /counter/case/{id}/check GET /counter/case/{id}/deliver GET /counter/case/{id}/correct GET /counter/case/{id}/withdraw GET /counter/case/{id}/receipt`,
	rule{staff: true, look: atWindow, away: true},
	`POST /counter/case/{id}/accept`, rule{staff: true, look: atWindow, right: "case.accept", over: window},
	`POST /counter/case/{id}/notify`, rule{staff: true, look: atWindow, right: "case.notify", over: window},
	`POST /counter/case/{id}/refuse`, rule{staff: true, look: atWindow, right: "case.refuse_acceptance", over: window},
	`POST /counter/case/{id}/spot`, rule{staff: true, look: atWindow, right: "case.decide_on_spot", over: window},
	`POST /counter/case/{id}/check`, rule{staff: true, look: atWindow, right: "case.check", over: window},
	`POST /counter/case/{id}/deliver`, rule{staff: true, look: atWindow, right: "case.deliver", over: window},
	`POST /counter/case/{id}/correct`, rule{staff: true, look: atWindow, right: "case.correct_for", over: window},
	`POST /counter/case/{id}/withdraw`, rule{staff: true, look: atWindow, right: "case.withdraw_for", over: window},
	`POST /counter/case/{id}/scan GET /counter/draft/{id} POST /counter/draft/{id}`, rule{staff: true, right: "case.apply_for", over: window, away: true},
	`POST /counter/intake/who POST /counter/intake/register POST /counter/intake/agent`,
	rule{staff: true, right: "person.find"},
	`POST /counter/intake/start`, rule{staff: true, right: "case.apply_for", over: window},

	`GET /office/case/{id}/task/{task}/ask GET /office/case/{id}/task/{task}/assign GET /office/case/{id}/task/{task}/back GET /office/case/{id}/task/{task}/decide
	GET /office/case/{id}/task/{task}/pause GET /office/case/{id}/task/{task}/resume GET /office/case/{id}/task/{task}/review GET /office/case/{id}/task/{task}/visit
	GET /office/case/{id}/answer/{inquiry} GET /office/case/{id}/extension GET /office/case/{id}/extension/settle GET /office/paper/{paper}`, rule{staff: true, look: inRun},
	`GET /office/paper/{paper}/pdf`, rule{staff: true, look: inRun, away: true},
	`GET /office/case/{id}/amend GET /office/case/{id}/version`, rule{staff: true, look: atWindow},
	`POST /office/case/{id}/task/{task}/ask`, rule{staff: true, look: inRun, right: "case.ask", over: lead},
	`POST /office/case/{id}/task/{task}/assign`, rule{staff: true, look: inRun, right: "case.assign", over: lead},
	`POST /office/case/{id}/task/{task}/back`, rule{staff: true, look: inRun, right: "case.return", over: lead},
	`POST /office/case/{id}/task/{task}/decide`, rule{staff: true, look: inRun, right: "case.decide", over: lead},
	`POST /office/case/{id}/task/{task}/pause`, rule{staff: true, look: inRun, right: "case.pause", over: lead},
	`POST /office/case/{id}/task/{task}/resume`, rule{staff: true, look: inRun, right: "case.resume", over: lead},
	`POST /office/case/{id}/task/{task}/review`, rule{staff: true, look: inRun, right: "case.review", over: lead},
	`POST /office/case/{id}/task/{task}/visit`, rule{staff: true, look: inRun, right: "case.visit", over: lead},
	`POST /office/case/{id}/answer/{inquiry}`, rule{staff: true, look: inRun, right: "case.answer", over: answering},
	`POST /office/case/{id}/extension`, rule{staff: true, look: inRun, right: "case.extend", over: lead},
	`POST /office/case/{id}/extension/settle`, rule{staff: true, look: inRun, right: "extension.approve", over: cabinet, away: true},
	`POST /office/case/{id}/version`, rule{staff: true, look: atWindow, right: "case.move", over: lead, away: true},
	`POST /office/case/{id}/amend`, rule{staff: true, look: atWindow, right: "case.amend", over: lead},

	`GET /office/obstacles`, rule{staff: true},
	`GET /office/obstacles/{id}`, rule{staff: true, away: true},
	`GET /admin/laws POST /admin/laws`, rule{staff: true, right: "law.import"},
	`POST /admin/laws/repeal POST /admin/laws/interpret`, rule{staff: true, right: "law.change"},
	`GET /admin/laws/changes/{id}`, rule{staff: true, right: "law.import", away: true},
	`POST /office/obstacles`, rule{staff: true, right: "law.meet", over: anyAgency},
	`POST /office/obstacles/{id}/ask`, rule{staff: true, right: "law.ask", over: lead, away: true},
	`POST /office/obstacles/{id}/answer`, rule{staff: true, right: "law.answer", over: lead, away: true},

	`GET /admin/items GET /admin/items/{id} GET /admin/import POST /admin/import POST /admin/import/apply`, rule{staff: true, right: "item.import"},
	`GET /manage/flows`, rule{staff: true, right: "item.propose", over: anyAgency},
	`GET /manage/flows/{id} GET /manage/flows/{id}/flow.svg GET /manage/flows/{id}/bpmn
	GET /manage/flows/{id}/compare GET /manage/flows/{id}/try GET /manage/flows/{id}/hand-in POST /manage/flows/{id} POST /manage/flows/{id}/upload
	POST /manage/flows/{id}/hand-in POST /manage/flows/{id}/drop`, rule{staff: true, right: "item.propose", over: lead},
	`GET /manage/flows/{id}/row GET /manage/flows/{id}/add`, rule{staff: true, right: "item.propose", over: lead, away: true},
	`GET /manage/running`, rule{staff: true, right: "item.propose", or: "case.move", over: anyAgency},
	`GET /manage/running/{id} GET /manage/moves/{id}`, rule{staff: true, right: "item.propose", or: "case.move", over: anyAgency, away: true},
	`POST /manage/running/{id}`, rule{staff: true, right: "case.move", over: anyAgency, away: true},
	`GET /manage/hall GET /manage/hall/cases`, rule{staff: true, right: "item.propose", over: anyAgency},
	`GET /manage/compare GET /manage/compare/template POST /manage/compare`, rule{staff: true, right: "item.propose", over: anyAgency},
	`GET /manage/compare/{id} GET /manage/compare/{id}/download GET /manage/compare/{id}/row/{n} POST /manage/compare/{id}/row/{n}
	POST /manage/compare/{id}/agree`, rule{staff: true, right: "item.propose", over: anyAgency, away: true},
	`GET /manage/checkup`, rule{staff: true, right: "item.propose", over: anyAgency},
	`POST /manage/checkup`, rule{staff: true, right: "item.inspect"},
	`GET /manage/checkup/{finding}`, rule{staff: true, right: "item.propose", over: anyAgency, away: true},
	`POST /manage/checkup/{finding}/accept POST /manage/checkup/{finding}/reopen`, rule{staff: true, right: "item.accept_finding", away: true},
	`GET /admin/proposals`, rule{staff: true, right: "item.publish"},
	`POST /admin/proposals/{id}`, rule{staff: true, right: "item.publish", away: true},
	`POST /admin/items/{id}/end`, rule{staff: true, right: "item.withdraw"},
	`GET /admin/powers POST /admin/powers/give`, rule{staff: true, right: "power.give"},
	`POST /admin/powers/{id}/withdraw`, rule{staff: true, right: "power.withdraw"},
	`POST /admin/officers POST /admin/officers/{id}/end`, rule{staff: true, right: "power.assign", over: lead},
	`GET /admin/calendar POST /admin/calendar GET /admin/system GET /admin/operations`, rule{staff: true, right: "calendar.import"},
	`GET /admin/staff POST /admin/staff GET /admin/staff/{id}`, rule{staff: true, right: "staff.grant"},
	`POST /admin/staff/{id}/grant`, rule{staff: true, right: "staff.grant"},
	`POST /admin/staff/{id}/end`, rule{staff: true, right: "staff.end", away: true},
	`POST /admin/staff/{id}/account`, rule{staff: true, right: "staff.account"},
	`GET /my/data POST /my/data POST /my/data/use`, rule{},
	`GET /counter/data/{person} POST /counter/data/{person}`, rule{staff: true, right: "erasure.ask"},
	`GET /office/erasures`, rule{staff: true, right: "erasure.settle"},
	`GET /office/erasures/{id} POST /office/erasures/{id}`, rule{staff: true, right: "erasure.settle", away: true},

	`POST /admin/staff/{id}/leave POST /admin/staff/{id}/return`, rule{staff: true, right: "staff.leave", over: lead, away: true},
)

// table reads pairs of patterns and a rule.
func table(pairs ...any) map[string]rule {
	list := map[string]rule{}
	for i := 0; i < len(pairs); i += 2 {
		words := strings.Fields(pairs[i].(string))
		for j := 0; j < len(words); j++ {
			pattern := words[j]
			if pattern == "GET" || pattern == "POST" || pattern == "PUT" || pattern == "DELETE" {
				j++
				pattern += " " + words[j]
			}
			if _, twice := list[pattern]; twice {
				panic("two rules for " + pattern)
			}
			list[pattern] = pairs[i+1].(rule)
		}
	}
	return list
}
