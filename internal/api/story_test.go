package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"tongban/internal/record/ledger"
)

// picture is a small PNG.
var picture = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82")

// workshop is what the baker writes.
var workshop = map[string]any{
	"area": 40, "tenure": "owned", "workshop_name": "云禾县小满糕点坊", "category": "pastry", "workers": 2, "water": "tap", "gas": false,
	"premises_address": "云禾县云溪镇青石巷12号",
}

func TestStory(t *testing.T) {
	t.Parallel()
	both(t, func(w *world) {
		s := &story{world: w}
		w.in("she finds the service and its guide", s.finds)
		w.in("she applies", s.applies)
		w.in("the window asks for everything missing, once", s.isNotified)
		w.in("she corrects and is accepted", s.isAccepted)
		w.in("three bodies handle it", s.isHandled)
		w.in("it is decided, issued and handed over", s.isDecided)
		w.in("anybody checks the licence", s.isChecked)
		w.in("she sees everything and takes the proof with her", s.sees)
		w.in("an instant item is decided on the spot", s.onTheSpot)
	})
}

type story struct {
	*world
	item, kase int64
	number     string
	code       string
}

// at lends the story's calls to the part that runs.
func (s *story) at(w *world) *story { s.world = w; return s }

func (s *story) finds(w *world) {
	s.at(w)
	hits := w.get("", "/items?q=食品&limit=50").ok().list("items")
	for _, h := range hits {
		if h["name"] == "食品作坊经营许可（示范）" {
			s.item = int64(h["id"].(float64))
		}
	}
	if s.item == 0 {
		w.Fatalf("not among %d hits", len(hits))
	}
	guide := w.get("", fmt.Sprintf("/items/%d", s.item)).ok()
	if guide.body["complete"] != true || len(objects(guide.body["form"].(map[string]any)["fields"])) < 10 {
		w.Errorf("guide: %s", guide.raw)
	}
	again := w.do(request{method: http.MethodGet, path: fmt.Sprintf("/items/%d", s.item), header: map[string]string{"If-None-Match": guide.header.Get("ETag")}})
	if again.status != http.StatusNotModified || len(again.raw) != 0 {
		w.Errorf("asked again: %d, %d bytes", again.status, len(again.raw))
	}
	if svg := w.get("", fmt.Sprintf("/items/%d/flow.svg", s.item)).ok(); !strings.Contains(string(svg.raw), "<svg") {
		w.Error("no drawing")
	}
	if xml := w.get("", fmt.Sprintf("/items/%d/flow.bpmn", s.item)).ok(); !strings.Contains(string(xml.raw), "bpmn:definitions") {
		w.Error("no BPMN")
	}
}

func (s *story) applies(w *world) {
	s.at(w)
	known := w.get("baker", fmt.Sprintf("/items/%d/known", s.item)).ok()
	if locked := known.body["locked"].(map[string]any); locked["operator_name"] == nil || locked["operator_idno"] == nil {
		w.Errorf("known: %s", known.raw)
	}
	draft := w.post("baker", "/drafts", map[string]any{"item": s.item, "values": map[string]any{"area": 30}}).ok().num("draft")
	path := fmt.Sprintf("/drafts/%d", draft)
	w.do(request{method: http.MethodPut, path: path, token: w.token("baker"), body: map[string]any{"values": workshop}}).ok()
	w.post("baker", "/cases", map[string]any{"draft": draft, "delivery": "window"}).fails(422, "casework.apply.materials")
	w.upload("baker", path+"/files", "plan", "plan.png", picture).ok()
	w.upload("baker", path+"/files", "photo", "photo.png", picture).ok()
	if files := w.get("baker", path).ok().list("files"); len(files) != 2 {
		w.Errorf("files: %v", files)
	}
	q := request{method: http.MethodPost, path: "/cases", token: w.token("baker"), body: map[string]any{"draft": draft, "delivery": "window"},
		header: map[string]string{"Idempotency-Key": "story-apply"}}
	done := w.do(q).ok()
	s.kase, s.number, s.code = done.num("case"), done.str("number"), done.str("query_code")
	if done.status != http.StatusCreated || done.header.Get("Idempotency-Key") != "story-apply" || done.header.Get("Location") != fmt.Sprintf("/api/v1/cases/%d", s.kase) {
		w.Errorf("headers: %d %v", done.status, done.header)
	}
	if again := w.do(q).ok(); again.num("case") != s.kase {
		w.Errorf("sent twice: %s", again.raw)
	}
	q.body = map[string]any{"draft": draft, "delivery": "courier", "address": "云禾县"}
	w.do(q).fails(422, "act.key_reused")
	mine := w.get("baker", "/cases").ok().list("items")
	if len(mine) != 1 || mine[0]["number"] != s.number {
		w.Errorf("mine: %v", mine)
	}
	receipt := w.get("baker", fmt.Sprintf("/papers/%d", done.num("receipt"))).ok()
	if receipt.str("title") == "" || receipt.body["sealed"] != true {
		w.Errorf("receipt: %s", receipt.raw)
	}
}

// task finds the open task of a node in the case as somebody sees it.
func (s *story) task(who, node string) (id int64, seen int64) {
	s.Helper()
	c := s.get(who, fmt.Sprintf("/cases/%d?purpose=办理", s.kase)).ok()
	for _, t := range c.list("tasks") {
		if t["node"] == node && t["state"] == "open" {
			return int64(t["id"].(float64)), int64(t["seen"].(float64))
		}
	}
	s.Fatalf("%s sees no open task %s in %v", who, node, c.body["tasks"])
	return 0, 0
}

func (s *story) act(who, word string, body map[string]any) reply {
	s.Helper()
	return s.post(who, fmt.Sprintf("/cases/%d/%s", s.kase, word), body)
}

func (s *story) onTask(who, node, word string, body map[string]any) reply {
	s.Helper()
	id, seen := s.task(who, node)
	body["seen"] = seen
	return s.act(who, fmt.Sprintf("tasks/%d/%s", id, word), body)
}

func (s *story) isNotified(w *world) {
	s.at(w)
	list := w.get("spj_window_1", "/worklist").ok()
	if rows := list.list("items"); len(rows) != 1 || rows[0]["number"] != s.number || list.body["total"].(map[string]any)["n"] != 1.0 {
		w.Errorf("worklist: %s", list.raw)
	}
	if hits := w.get("spj_window_1", "/cases/find?q="+s.number).ok().list("items"); len(hits) != 1 {
		w.Errorf("found: %v", hits)
	}
	missing := map[string]any{"missing": []any{map[string]any{"key": "material:plan", "what": "平面图没有标尺寸", "how": "写明每边的长度"}}}
	paying := map[string]any{"missing": []any{map[string]any{"key": "material:plan", "what": "平面图没有标尺寸", "how": "请缴纳测量费200元，我们来画"}}}
	if r := s.act("spj_window_1", "notify", paying); r.status != http.StatusUnprocessableEntity || !strings.Contains(string(r.raw), "“缴纳测量费”是要申请人付钱") || !strings.Contains(string(r.raw), "material:plan") {
		w.Errorf("asking for money: %d %s", r.status, r.raw)
	}
	s.act("spj_window_1", "notify", missing).ok()
	s.act("spj_window_1", "notify", missing).fails(403, "casework.notify.twice")
	w.get("baker", fmt.Sprintf("/cases/%d", s.kase)).ok()
}

func (s *story) isAccepted(w *world) {
	s.at(w)
	w.upload("baker", fmt.Sprintf("/cases/%d/files", s.kase), "photo", "photo.png", picture).fails(403, "casework.correct.not_named")
	w.upload("baker", fmt.Sprintf("/cases/%d/files", s.kase), "plan", "plan.png", picture).ok()
	s.act("baker", "correct", map[string]any{}).ok()
	_, seen := s.task("spj_window_1", "accept")
	s.act("spj_window_1", "accept", map[string]any{"seen": seen + 7, "checked": []string{"plan", "photo"}}).fails(409, "act.changed")
	done := s.act("spj_window_1", "accept", map[string]any{"seen": seen, "checked": []string{"plan", "photo"}}).ok()
	if done.str("status") != "handling" || done.num("paper") == 0 {
		w.Errorf("accepted: %s", done.raw)
	}
}

func (s *story) isHandled(w *world) {
	s.at(w)
	s.onTask("scjg_reviewer_1", "market_review", "ask", map[string]any{"to": "zjj", "question": "这处房屋能不能作经营用？", "days": 3}).ok()
	inquiry := w.get("zjj_reviewer_1", fmt.Sprintf("/cases/%d", s.kase)).ok().list("inquiries")
	if len(inquiry) != 1 {
		w.Fatalf("inquiries: %v", inquiry)
	}
	s.act("zjj_reviewer_1", fmt.Sprintf("inquiries/%d/answer", int64(inquiry[0]["id"].(float64))), map[string]any{"text": "可以"}).ok()
	s.onTask("scjg_reviewer_1", "market_review", "review", map[string]any{"passed": true, "text": "符合条件"}).ok()
	officers := []int64{w.county.Person("xfjy_inspector_1"), w.county.Person("xfjy_inspector_2")}
	s.onTask("xfjy_inspector_1", "fire_visit", "visit", map[string]any{"passed": true, "text": "通道畅通", "officers": officers[:1]}).fails(403, "casework.visit.officers")
	s.onTask("xfjy_inspector_1", "fire_visit", "visit", map[string]any{"passed": true, "text": "通道畅通", "officers": officers}).ok()
	s.onTask("sthj_reviewer_1", "water_test", "pause", map[string]any{"reason": "水质送检", "days": 10}).ok()
	if c := w.get("baker", fmt.Sprintf("/cases/%d", s.kase)).ok(); c.body["statutory"].(map[string]any)["paused"] != true {
		w.Errorf("the clock runs: %s", c.raw)
	}
	w.later(1)
	s.onTask("sthj_reviewer_1", "water_test", "resume", map[string]any{"result": "检测合格"}).ok()
	s.onTask("sthj_reviewer_1", "water_test", "review", map[string]any{"passed": true, "text": "合格"}).ok()
}

func (s *story) isDecided(w *world) {
	s.at(w)
	s.act("scjg_decider_1", "extension", map[string]any{"days": 10, "reason": "复核"}).ok()
	s.act("scjg_head_1", "extension/settle", map[string]any{"approve": true}).fails(403, "act.not_allowed") // joint handling: not the agency's head
	s.act("zfb_leader_1", "extension/settle", map[string]any{"approve": true}).ok()
	s.onTask("scjg_decider_1", "decide", "decide", map[string]any{"outcome": "granted", "articles": []string{"示范办法第十条"}}).ok()
	_, seen := s.task("spj_window_1", "deliver")
	s.act("spj_window_1", "deliver", map[string]any{"seen": seen, "mode": "window"}).ok()
	if c := w.get("baker", fmt.Sprintf("/cases/%d", s.kase)).ok(); c.str("status") != "concluded" {
		w.Errorf("case: %s", c.raw)
	}
}

func (s *story) isChecked(w *world) {
	s.at(w)
	list := w.get("baker", "/licences").ok().list("items")
	if len(list) != 1 {
		w.Fatalf("licences: %v", list)
	}
	id := int64(list[0]["id"].(float64))
	l := w.get("baker", fmt.Sprintf("/licences/%d", id)).ok()
	v := w.get("", "/check/"+l.str("code")).ok()
	if v.body["real"] != true || v.str("kind") != "licence" || v.str("state") != "valid" || v.str("number") != l.str("number") {
		w.Errorf("check: %s", v.raw)
	}
	if file := w.get("baker", fmt.Sprintf("/licences/%d/file", id)).ok(); !strings.HasPrefix(string(file.raw), "tongban-sealed/1\n") {
		w.Errorf("file: %s", file.raw)
	}
	w.get("baker", fmt.Sprintf("/licences/%d/pdf", id)).fails(503, "api.no_printer")
	w.get("neighbour", fmt.Sprintf("/licences/%d", id)).fails(404, "act.not_found")
	w.get("", "/check/AAAA-BBBB").fails(404, "paper.no_such_code")
	if grants := w.get("", "/grants?agency=scjg").ok().list("items"); len(grants) != 1 || strings.Contains(fmt.Sprint(grants), "云小满") {
		w.Errorf("grants: %v", grants)
	}
}

func (s *story) sees(w *world) {
	s.at(w)
	p := w.post("", "/progress", map[string]any{"number": s.number, "code": strings.ToLower(s.code)}).ok()
	if p.body["personal"] != nil || p.str("status") != "concluded" || len(p.list("timeline")) < 8 {
		w.Errorf("progress: %s", p.raw)
	}
	looks := w.get("baker", "/looks").ok().list("items")
	if len(looks) < 5 || looks[0]["who"] == "" || !strings.Contains(fmt.Sprint(looks), "办理") {
		w.Errorf("looks: %v", looks)
	}
	path := fmt.Sprintf("/cases/%d/proof", s.kase)
	if r := w.get("baker", path); r.status >= 300 { // PostgreSQL, as long as nobody gives numbers
		r.fails(503, "casework.proof.not_yet")
		if _, err := w.h.Ledger.Number(w.Context(), 100_000); err != nil {
			w.Fatal(err)
		}
	}
	file := w.get("baker", path).ok()
	proof, err := ledger.ParseProof(file.raw)
	if err != nil {
		w.Fatal(err)
	}
	if len(proof.Acts) < 8 {
		w.Errorf("%d acts", len(proof.Acts))
	}
	w.get("neighbour", fmt.Sprintf("/cases/%d/proof", s.kase)).fails(404, "act.not_found")
	w.get("scjg_reviewer_1", fmt.Sprintf("/cases/%d/proof", s.kase)).fails(403, "act.not_allowed")
}

func (s *story) onTheSpot(w *world) {
	s.at(w)
	card := w.county.Items["senior-card"].ID
	made := w.do(request{method: http.MethodPost, path: "/window/cases", token: w.token("spj_window_1"), body: map[string]any{
		"item": card, "subject": w.county.Person("uncle"), "delivery": "window", "shown": []string{"identity", "portrait", "residence"},
		"values": map[string]any{"grade": "silver", "reason": "first", "residence": true, "phone": "19995550003", "resident_since": "2001-05-01"},
	}}).ok()
	s.kase = made.num("case")
	done := s.act("spj_window_1", "decide-on-spot", map[string]any{"outcome": "granted", "articles": []string{"示范办法第四条"}, "handed": true}).ok()
	if done.str("status") != "concluded" {
		w.Errorf("on the spot: %s", done.raw)
	}
}
