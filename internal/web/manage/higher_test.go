package manage_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/received"
	"tongban/internal/rules/day"
	"tongban/internal/web/admin"
	"tongban/internal/web/manage"
	"tongban/internal/web/ui"
	"tongban/internal/web/webtest"
	"tongban/internal/work/publish"
)

// portal plays the higher level's: it takes a key, and holds what it got but for
// what it is told to say.
type portal struct {
	key   string
	rows  map[string]received.Row
	other map[string]string // code → name that it says instead
}

func (p *portal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch at := r.URL.Path; {
	case r.Method == http.MethodPost:
		var in received.Portion
		if r.Header.Get("Authorization") != "Bearer "+p.key || json.NewDecoder(r.Body).Decode(&in) != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		for _, e := range in.Entries {
			p.rows[e.Code] = e
		}
		fmt.Fprint(w, `{"kept":1,"same":0,"gone":0}`)
	case strings.HasSuffix(at, "/versions"):
		items := []map[string]any{}
		for code, e := range p.rows {
			digest := e.Digest
			if p.other[code] != "" {
				digest = strings.Repeat("0", 64)
			}
			if strings.Contains(at, "/"+e.List+"/") {
				items = append(items, map[string]any{"code": code, "name": e.Content["name"], "n": e.N, "from": e.From, "ended": e.Ended, "digest": digest})
			}
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"items": items})
	case strings.Contains(at, "/entries/"):
		e := p.rows[at[strings.LastIndex(at, "/")+1:]]
		e.Content["name"] = p.other[e.Code]
		_ = json.NewEncoder(w).Encode(map[string]any{"items": []any{map[string]any{"n": e.N, "content": e.Content}}})
	default:
		fmt.Fprint(w, `{"lists":[]}`)
	}
}

// The page says how to set a portal where none is, what was wrong with the last
// attempt, and what differs; its buttons work without script.
func TestThePageOfTheHigherPortal(t *testing.T) {
	t.Parallel()
	w := webtest.Found(t, 61, func(a act.Actor) []ui.Link { return admin.Menu(a) }, manage.Mount, admin.Mount)
	powers(t, w, "排污口设置审批", "放射源转让审批")
	m := w.Official("zfb_catalogue_1")
	holds(t, m.Get("/manage/higher"), 200, "没有设上级平台", "--higher-key", "990124", "收下级的清单")
	if m.Post("/manage/higher/compare", nil).Status != http.StatusForbidden {
		t.Errorf("compared with nobody: %d", m.Status)
	}

	p := &portal{key: "right", rows: map[string]received.Row{}, other: map[string]string{"QL-A": "排污口<设置>"}}
	srv := httptest.NewServer(p)
	defer srv.Close()
	file := filepath.Join(t.TempDir(), "key")
	wants := func(key string) {
		if err := os.WriteFile(file, []byte(key), 0o600); err != nil {
			t.Fatal(err)
		}
		w.Clock.Set(w.Clock.Now() + day.Minute)
		if _, err := w.House.Jobs.RunDue(t.Context(), w.Clock.Now()); err != nil {
			t.Fatal(err)
		}
	}
	w.House.Publish.Higher = publish.Higher{URL: srv.URL, KeyFile: file, Address: "https://yunhe.example"}
	if err := w.House.Publish.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	holds(t, m.Get("/manage/higher"), 200, "还没有推过", "还没有核对过")
	wants("wrong")
	holds(t, m.Get("/manage/higher"), 200, "没有推成", "不认这个密钥", "不用重启", "再试")
	wants("right")
	holds(t, m.Get("/manage/higher"), 200, "都推到了", "两边一样", "内容不同", "排污口设置审批，第 1 版", "权力名称：本级“排污口设置审批”，上级“排污口<设置>”")
	shows(t, m, `href="/lists/power/QL-A/v1"`, "排污口&lt;设置&gt;")
	holds(t, m.Get("/manage/higher?kind=missing&after=x"), 200, "两边没有不一样的")

	delete(p.other, "QL-A")
	holds(t, m.Get("/manage/higher").Fill("/manage/higher/compare"), 200, "马上核对", "正在核对", "不要自动更新")
	if m.Header.Get("Refresh") == "" {
		t.Error("the page does not follow what goes on")
	}
	wants("right")
	holds(t, m.Get("/manage/higher"), 200, "两边没有不一样的")
	holds(t, m.Fill("/manage/higher/again"), 200, "开始重推", "等着推")
	wants("right")
	holds(t, m.Get("/manage/higher"), 200, "都推到了")

	for _, who := range []string{"spj_window_1", "scjg_manager_1"} {
		b := w.Official(who)
		for _, path := range []string{"/manage/higher/compare", "/manage/higher/again"} {
			if b.Post(path, nil).Status != http.StatusForbidden {
				t.Errorf("%s may %s: %d", who, path, b.Status)
			}
		}
		if b.Get("/manage/higher").Status != http.StatusForbidden || b.Get("/manage/lower").Status != http.StatusForbidden {
			t.Errorf("%s reads: %d", who, b.Status)
		}
	}
}

var keyTold = regexp.MustCompile(`<code>([0-9a-f]{64})</code>`)

// A body below is given a key, once; the key is that of the body, until it is ended.
func TestABodyBelowIsGivenAKey(t *testing.T) {
	t.Parallel()
	w := webtest.Found(t, 62, func(a act.Actor) []ui.Link { return admin.Menu(a) }, manage.Mount, admin.Mount)
	m := w.Official("zfb_catalogue_1")
	holds(t, m.Get("/manage/lower"), 200, "还没有登记下级")
	holds(t, m.Fill("/manage/lower", "region", "990124", "name", ""), 422, "不能是本级的", "写下级叫什么")
	holds(t, m.Fill("/manage/lower", "region", "990124101", "name", "禾口镇"), 200, "密钥只显示这一次", "禾口镇", "可用")
	key := keyTold.FindStringSubmatch(m.Page)
	if key == nil {
		t.Fatal("no key was told")
	}
	known := func() bool {
		err := w.House.Store.Read(t.Context(), func(tx *store.Tx) error { _, err := w.House.Received.BodyWith(tx, key[1]); return err })
		return err == nil
	}
	if !known() {
		t.Error("the key that was told is not taken")
	}
	if m.Get("/manage/lower"); keyTold.MatchString(m.Page) {
		t.Error("the key is told again")
	}
	holds(t, m.Fill("/manage/lower/990124101/end"), 200, "已停用")
	if known() {
		t.Error("a key that was ended is taken")
	}
	if m.Post("/manage/lower/990199/end", url.Values{}).Status != http.StatusNotFound {
		t.Errorf("nobody was ended: %d", m.Status)
	}
}
