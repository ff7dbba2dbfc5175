package security_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"tongban/internal/api"
)

// operationRules is every operation with who may use it. One that is missing
// here fails the test; where the description names the right of its command, the
// rule must name the same.
var operationRules = table(
	`signIn checkCode showDay showToday addWorkingDays countWorkingDays showCheckpoint showLogKeys searchItems listItems showItemsSchema listItemVersions showItemVersion compareItemVersions showGuide showFlow drawFlow
	check listGrants listAgencies showService showLists showList showListSchema listEntries listChanges showEntry listVersions showVersion
	listPaperTemplates showPaperTemplate compareList`, rule{open: true},
	`showProgress`, rule{open: true, away: true},
	`signInSecond`, rule{never: true},
	`showSession choosePost listMyCases listLooks listDrafts listInbox markRead listLicences listRepresentations showKnown showKept`, rule{},
	`askErasure`, rule{away: true},
	`settleErasure`, rule{staff: true, right: "erasure.settle", away: true},
	`showCase`, rule{owner: true, right: "case.look", over: atWindow},
	`showPaper readPaper downloadPaper showLicence downloadLicence`, rule{owner: true, right: "case.look", over: inRun},
	`printPaper printLicence`, rule{owner: true, right: "case.look", over: inRun, away: true},
	`downloadFile`, rule{owner: true, right: "case.look", over: atWindow},
	`downloadProof`, rule{owner: true},
	`showDraft`, rule{began: true},
	`saveDraft`, rule{began: true, right: "case.draft"},
	`uploadToDraft removeFile`, rule{began: true, right: "case.draft"},
	`uploadToCase`, rule{owner: true, right: "case.draft", away: true},
	`beginDraft`, rule{right: "case.draft", away: true},
	`apply`, rule{right: "case.apply", away: true},
	`correctCase`, rule{owner: true, right: "case.correct"},
	`withdrawCase`, rule{owner: true, right: "case.withdraw"},
	`represent`, rule{right: "person.authorise", away: true},
	`signOut`, rule{open: true},

	`listWork`, rule{staff: true},
	`compareOwnList`, rule{staff: true, right: "item.propose", over: lead},
	`listCompared`, rule{staff: true, right: "item.propose", over: anyAgency, away: true},
	`findCases`, rule{staff: true, right: "case.find", over: anyAgency},
	`listEvents`, rule{staff: true, right: "feed.read"},
	`registerPerson`, rule{staff: true, right: "person.register"},
	`beginDraftFor saveDraftFor applyFor`, rule{staff: true, right: "case.apply_for", over: window, away: true},
	`correctCaseFor`, rule{staff: true, right: "case.correct_for", over: window},
	`withdrawCaseFor`, rule{staff: true, right: "case.withdraw_for", over: window},
	`notifyMissing`, rule{staff: true, right: "case.notify", over: window},
	`acceptCase`, rule{staff: true, right: "case.accept", over: window},
	`refuseAcceptance`, rule{staff: true, right: "case.refuse_acceptance", over: window},
	`checkMaterial`, rule{staff: true, right: "case.check", over: window},
	`decideOnSpot`, rule{staff: true, right: "case.decide_on_spot", over: window},
	`deliverResult`, rule{staff: true, right: "case.deliver", over: window},
	`moveCase`, rule{staff: true, right: "case.move", over: lead},
	`previewMove`, rule{staff: true, right: "case.move", over: lead, away: true},
	`amendResult`, rule{staff: true, right: "case.amend", over: lead},
	`askExtension`, rule{staff: true, right: "case.extend", over: lead},
	`settleExtension`, rule{staff: true, right: "extension.approve", over: cabinet},
	`answerInquiry`, rule{staff: true, right: "case.answer", over: answering},
	`assignTask`, rule{staff: true, right: "case.assign", over: lead},
	`reviewTask`, rule{staff: true, right: "case.review", over: lead},
	`visitSite`, rule{staff: true, right: "case.visit", over: lead},
	`askBody`, rule{staff: true, right: "case.ask", over: lead},
	`sendBack`, rule{staff: true, right: "case.return", over: lead},
	`pauseClock`, rule{staff: true, right: "case.pause", over: lead},
	`resumeClock`, rule{staff: true, right: "case.resume", over: lead},
	`decideCase`, rule{staff: true, right: "case.decide", over: lead},
)

// operation is one operation as the description tells it.
type operation struct {
	id, method, path, right string
	public                  bool
	example                 any
	upload                  bool
	query                   []string
}

// operations lists what the description holds.
func (w *world) operations() []operation {
	var list []operation
	for path, item := range w.spec["paths"].(map[string]any) {
		for method, x := range item.(map[string]any) {
			op := x.(map[string]any)
			o := operation{id: op["operationId"].(string), method: strings.ToUpper(method), path: path}
			o.right, _ = op["x-right"].(string)
			security, _ := op["security"].([]any)
			o.public = len(security) == 0
			if body, ok := op["requestBody"].(map[string]any); ok {
				content := body["content"].(map[string]any)
				_, o.upload = content["multipart/form-data"]
				if m, ok := content["application/json"].(map[string]any); ok {
					o.example = m["example"]
				}
			}
			params, _ := op["parameters"].([]any)
			for _, p := range params {
				if p := p.(map[string]any); p["in"] == "query" {
					o.query = append(o.query, p["name"].(string))
				}
			}
			list = append(list, o)
		}
	}
	slices.SortFunc(list, func(a, b operation) int { return strings.Compare(a.id, b.id) })
	return list
}

// address is an operation's path with the things of the trials in it.
func (w *world) address(o operation) string {
	path := parameter.ReplaceAllStringFunc(o.path, func(p string) string {
		name := strings.Trim(p, "{}")
		at := "/my/" + o.path
		switch {
		case catalogueThing(o.id, name) != "":
			return catalogueThing(o.id, name)
		case strings.Contains(o.path, "/paper-templates/"):
			return "acceptance"
		case strings.Contains(o.path, "/lists/"):
			return map[string]string{"list": "power", "code": listedCode, "n": "1", "region": "990124101"}[name]
		case name == "case" && (strings.Contains(o.path, "/tasks/") || strings.Contains(o.path, "/inquiries/") || strings.Contains(o.path, "/extension")):
			return w.value("/task/", "id")
		case name == "case":
			return w.value("", "id")
		case name == "draft", name == "id" && strings.Contains(o.path, "/drafts/"):
			return w.value("/draft/", "id")
		case name == "file" && strings.Contains(o.path, "/drafts/"):
			return w.value("/remove/", "file")
		}
		return w.value(at, name)
	})
	if o.upload && (strings.Contains(o.path, "/drafts/") || strings.Contains(o.path, "/cases/")) {
		path += "?material=plan"
	}
	for i, q := range catalogueQuery[o.id] {
		path += map[bool]string{true: "?", false: "&"}[i == 0] + q
	}
	for _, q := range map[string][]string{"findCases": {"q=99012419880907308X"}, "addWorkingDays": {"from=2026-03-09", "n=3"}, "compareList": {"from=2026-01-01"}, "countWorkingDays": {"after=2026-03-09", "until=2026-03-20"}}[o.id] {
		path += map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")] + q
	}
	return path
}

// call sends an operation as the description says, with its example.
func (w *world) call(k kind, o operation) answer {
	q := request{method: o.method, path: api.Prefix + w.address(o), who: k.key}
	switch {
	case o.upload:
		q.kind, q.body = multipartOf("file", "plan.png", picture(4, 4))
	case o.example != nil:
		q.kind = "application/json"
		q.body, _ = json.Marshal(o.example)
	}
	return w.ask(q)
}

// described checks the table of operations against the description.
func (w *world) described(t *testing.T) {
	t.Helper()
	list := w.operations()
	if len(list) < 60 {
		t.Fatalf("only %d operations are described", len(list))
	}
	known := map[string]bool{}
	for _, o := range list {
		r, ok := operationRules[o.id]
		known[o.id] = true
		if !ok {
			t.Errorf("who may use %s (%s %s)? tests/security/operations_test.go does not say", o.id, o.method, o.path)
		}
		if strings.HasPrefix(o.right, "case.") && r.right != o.right {
			t.Errorf("%s asks for %s, the table says %q", o.id, o.right, r.right)
		}
		if r.open != o.public && o.id != "signOut" {
			t.Errorf("%s: described as public %v, in the table %v", o.id, o.public, r.open)
		}
	}
	for id := range operationRules {
		if !known[id] {
			t.Errorf("%s is in the table and is no operation", id)
		}
	}
}

// tryOperations tries every operation, with the body that the description gives
// as an example, as those kinds that pick wants.
func (w *world) tryOperations(t *testing.T, pick func(method string, want outcome) bool) {
	t.Helper()
	for n, o := range w.operations() {
		r := operationRules[o.id]
		wrong := misses{}
		for _, k := range kinds {
			want := r.expect(k)
			if !pick(o.method, want) || !r.worth(k, n) || o.id == "signOut" || o.public && k.key != "" && k.key != "baker" {
				continue
			}
			a := w.call(k, o)
			if !r.meets(k, o.method, a) {
				wrong.add(k, a, want)
			}
			if k.post == "" && !k.owner && strings.Contains(string(a.body), "云小满") {
				t.Errorf("%s tells %s the applicant's name", o.id, k)
			}
		}
		wrong.report(t, o.id)
	}
}
