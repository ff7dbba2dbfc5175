package reorganisations_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"tongban/internal/rules/day"
	"tongban/internal/rules/gbcode"
	"tongban/internal/web/portal"
	"tongban/internal/web/reorganisations"
	"tongban/internal/web/webtest"
)

var (
	revision = regexp.MustCompile(`name="rev" value="(\d+)"`)
	key      = regexp.MustCompile(`name="idempotency_key" value="([^"]*)"`)
	ticks    = regexp.MustCompile(`name="thing" value="([^"]*)"`)
)

// send posts a form of the page that stands open, as it was seen.
func send(t *testing.T, b *webtest.Browser, to string, pairs ...string) *webtest.Browser {
	t.Helper()
	v := url.Values{"rev": {revision.FindStringSubmatch(b.Page)[1]}, "idempotency_key": {key.FindStringSubmatch(b.Page)[1]}}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return b.Post(to, v)
}

// A manager of the catalogue splits one agency between a new one and one that is,
// sees what is not settled and what it would do, another person decides, the day
// comes, and everybody finds who answers for the old one.
func TestAgenciesAreReorganisedOnThePages(t *testing.T) {
	t.Parallel()
	w := webtest.Found(t, 71, nil, reorganisations.Mount, portal.Mount)
	m := w.Official("zfb_catalogue_1")
	from := w.Clock.Now().Day() + 1
	m.Get("/manage/reorganisations").Is(200).Says("没有机构调整").Follow("起草机构调整").Is(200)
	m.Fill("/manage/reorganisations/new", "document", "云委〔2026〕8号", "reason", "深化机构改革", "from", "很快").Is(422)
	m.Fill("/manage/reorganisations/new", "from", w.Clock.Now().Day()-1).Is(422).Says("已经过了")
	m.Fill("/manage/reorganisations/new", "from", from).Is(200).Says("起草中", "还没有写调整哪个部门")
	at, _, _ := strings.Cut(m.At, "?")
	uscc, err := gbcode.MakeUSCC("11", "990124", "MB123456")
	if err != nil {
		t.Fatal(err)
	}

	// What is wrong is said, and what is left open is named.
	send(t, m, at, "act", "found", "key", "swj", "name", "云禾县生态林业局", "level", "county").Is(200).Says("已经用过")
	send(t, m, at, "act", "leave", "agency", "swj").Is(200)
	send(t, m, at, "act", "found", "key", "stly", "name", "云禾县生态林业局", "name_en", "生态林业", "uscc", uscc, "level", "county").Is(200).Says("新设", "英文名称只用外文字母")
	send(t, m, at, "act", "found", "key", "stly", "name", "云禾县生态林业局", "name_en", "Yunhe County Ecology and Forestry Bureau", "uscc", uscc, "level", "county").Is(200).Says("新设")
	send(t, m, at, "act", "agency", "agency", "sthj", "fate", "end", "heir", "").Is(200).Says("拆分，逐项写明", "项没有定", "没有定去哪个部门")
	things := at + "/agencies/sthj"
	leader := w.Official("zfb_leader_1")
	send(t, leader.Get(at).Says("不同意要写理由"), at+"/decide", "approve", "yes").Is(422).Says("没有定去哪个部门")
	send(t, leader, at+"/decide").Is(422).Says("选同意或不同意")

	// One agency by ticking, the rest by type, and a page that was open meanwhile is
	// not written over.
	other := w.Official("zfb_catalogue_2").Get(things)
	m.Get(things + "?state=open").Is(200).Says("没有定")
	first := ticks.FindStringSubmatch(m.Page)[1]
	send(t, m, things, "state", "open", "act", "ticked", "to", "stly").Is(422).Says("打勾")
	send(t, m, things, "state", "open", "act", "ticked", "thing", first, "to", "?").Is(422).Says("选接收部门")
	send(t, m, things, "state", "open", "act", "all", "to", "-").Is(422).Says("只有岗位")
	send(t, m, things, "state", "open", "act", "ticked", "thing", first, "to", "stly").Is(200).Says("已写明去向")
	send(t, other, things, "act", "all", "to", "swj").Is(409)
	m.Get(things)
	send(t, m, things, "kind", "post", "act", "all", "to", "stly").Is(200).Says("云禾县生态林业局")
	m.Get(things + "?state=open&kind=link")
	m.Get(things + "?state=open")
	for ticks.MatchString(m.Page) {
		send(t, m, things, "state", "open", "act", "all", "to", "stly").Is(200)
	}
	m.Get(at).Is(200).Says("都定好了", "调整前后", "→", "什么划到哪里", "岗位", "旧印章用到", "谁负责", "它写的文书", "诉讼、赔偿", "国家赔偿法第七条第五款").Follow("逐项看").Is(200).Says("云禾县生态环境局", "云禾县生态林业局")

	send(t, m.Get(at), at+"/decide", "approve", "yes").Is(403)
	send(t, leader.Get(at), at+"/decide", "approve", "yes", "reason", "同意").Is(200).Says("已审定，等生效日", "由系统一次办完")
	m.Get(things).Is(404)
	w.Anybody().Get("/agencies/stly").Is(404)
	w.Anybody().Get("/agencies/sthj").Is(200).Says("云禾县生态环境局", "设立")

	w.Clock.Set(w.Clock.Now() + 24*day.Hour)
	m = w.Official("zfb_catalogue_1")
	send(t, m.Get(at).Says("现在办理"), at, "act", "carry").Is(200).Says("已办理", "什么划到了哪里", "不再启用")
	m.Follow("逐项看").Is(200).Says("已经划走", "云禾县生态林业局")
	m.Get("/manage/reorganisations").Says("云委〔2026〕8号", "已办理")

	anybody := w.Anybody().Get("/agencies").Is(200).Says("已经撤销的部门", "云禾县生态环境局").Follow("云禾县生态环境局")
	anybody.Is(200).Says("撤销", "现在由谁负责", "云禾县生态林业局", "云委〔2026〕8号", "第二十六条第六款", "它的文书、在办的件和责任由谁承担", "诉讼、赔偿").Follow("云禾县生态林业局").Is(200).Says("从哪些部门接过来", "云禾县生态环境局")
	w.Anybody().Get("/agencies/sthj?lang=en").Is(200).Says("Yunhe County Ecology and Environment Bureau was dissolved", "Yunhe County Ecology and Forestry Bureau")
	w.Anybody().Get("/agencies/nobody").Is(404)
}

// Who has no business there reads nothing of a draft.
func TestOnlyThoseConcernedReadADraft(t *testing.T) {
	t.Parallel()
	w := webtest.Found(t, 72, nil, reorganisations.Mount)
	w.Official("scjg_reviewer_1").Get("/manage/reorganisations").Is(403)
	w.Official("zfb_leader_1").Get("/manage/reorganisations/new").Is(403)
	w.Official("zfb_catalogue_1").Get("/manage/reorganisations/1").Is(404)
}
