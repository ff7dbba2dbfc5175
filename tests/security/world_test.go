// Package security_test tries what an attacker would: every page and every
// operation as everybody who has no business with it, sessions and requests that
// others planted, files and words that are meant to be run, guessing, and reading
// what the platform leaves in its logs. docs/security.md names each test beside
// what it shows.
//
// One county is founded for all of it; its tests run one after the other.
package security_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	"tongban/internal/api"
	"tongban/internal/demo"
	"tongban/internal/house"
	"tongban/internal/house/asked"
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/licence/sheet"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
	"tongban/internal/web"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/web/ui/fonts"
	"tongban/internal/work/casework"
	"tongban/tests/drive"
)

// world is the county with its pages and operations behind one address.
type world struct {
	c       *drive.County
	h       *house.House
	clock   *demo.Clock
	routes  []string // of the pages
	spec    map[string]any
	server  *httptest.Server
	log     *lockedBuffer
	metrics *house.Metrics
	tokens  map[string]string
	in      things
}

// things is what the county holds when the trials begin; all of it belongs to
// the baker.
type things struct {
	item     int64 // food workshop
	received int64 // case at the window
	running  int64 // case with three bodies
	task     int64 // open in it at scjg
	inquiry  int64 // in it, to sthj
	granted  int64 // case that ended with a licence
	draft    int64
	file     int64 // in the draft
	filed    int64 // in the case at the window
	licence  int64
	code     string // of the licence
	paper    int64
	number   string // of the case at the window
	query    string // its query code
	person   int64  // the baker
	official int64  // an official
	power    int64  // a holding of scjg
	assigned int64  // a power assigned to an official of scjg
}

var (
	founding sync.Once
	county   *world
	failed   error
	folder   string
)

func TestMain(m *testing.M) {
	code := m.Run()
	if county != nil {
		county.server.Close()
		_ = county.h.Close()
	}
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

// at is the county, founded by the first test that asks for it.
func at(t *testing.T) *world {
	t.Helper()
	founding.Do(func() {
		if folder, failed = os.MkdirTemp("", "tongban-security"); failed == nil {
			county, failed = found(context.Background(), folder)
		}
	})
	if failed != nil {
		t.Fatal(failed)
	}
	return county
}

func found(ctx context.Context, dir string) (*world, error) {
	w := &world{clock: demo.NewClock(demo.Founded), log: &lockedBuffer{}, tokens: map[string]string{}}
	o := drive.Options(dir, "")
	o.Clock, o.NoSync = w.clock.Now, true
	o.Log = slog.New(slog.NewJSONHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var err error
	if w.c, err = drive.Found(ctx, o); err != nil {
		return nil, err
	}
	w.h = w.c.House
	w.clock.Set(demo.Start)
	if err := w.open(); err != nil {
		return nil, err
	}
	if err := w.staffElsewhere(ctx); err != nil {
		return nil, fmt.Errorf("staff of another region: %w", err)
	}
	if err := w.list(ctx); err != nil {
		return nil, fmt.Errorf("lists: %w", err)
	}
	if err := w.furnish(ctx); err != nil {
		return nil, fmt.Errorf("cases: %w", err)
	}
	return w, nil
}

// sourceHeader lets a request come from another address, since guesses are
// counted for each.
const sourceHeader = "X-Test-Source"

// open serves pages and operations as cmd/tongban does.
func (w *world) open() error {
	printer, _ := sheet.New(fonts.Files(), "https://yunhe.invalid/check/") // none without the font
	pages, err := web.Handler(w.h, door.Options{Site: ui.Plain("云禾"), Authority: ui.Plain("云禾县"), Version: "test", Printer: printer})
	if err != nil {
		return err
	}
	machines := api.Handler(w.h, api.Options{Version: "test", Cookie: door.Cookie, Printer: printer, Source: door.Source})
	mux := http.NewServeMux()
	mux.Handle("/", pages)
	mux.Handle("/api/", machines)
	mux.Handle("/openapi.json", machines)
	w.routes = pages.Routes
	w.metrics = house.NewMetrics()
	w.metrics.Watch(w.h)
	all := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if s := r.Header.Get(sourceHeader); s != "" {
			r.RemoteAddr = s + ":1"
		}
		ui.Headers(false, asked.Routed(mux)).ServeHTTP(rw, r)
	})
	w.server = httptest.NewUnstartedServer(asked.Handler(all, w.h.Options.Log, w.metrics.Asked))
	w.server.Config.ErrorLog = slog.NewLogLogger(w.h.Options.Log.Handler(), slog.LevelWarn)
	w.server.Start()
	a := w.ask(request{method: http.MethodGet, path: "/openapi.json"})
	return json.Unmarshal(a.body, &w.spec)
}

// later is what a case is in at a moment.
func (w *world) later(d day.Instant) { w.clock.Set(w.clock.Now() + d) }

// lockedBuffer is a log that is read while it is written.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// listedCode is the code of an entry that the trials put on the list of powers.
const listedCode = "TRY-LIST-1"

// list puts an entry on the list of powers.
func (w *world) list(ctx context.Context) error {
	editor, err := w.c.Actor(ctx, "zfb_catalogue_1")
	if err != nil {
		return err
	}
	article := []lists.Row{{"article": "《行政许可法》第三十二条"}}
	_, err = w.h.Lists.Change(ctx, editor, "", lists.Batch{List: "power", Document: "云政发〔2026〕1号", Reason: "试一试", Changes: []lists.Change{{Content: lists.Content{
		Columns: lists.Row{"code": listedCode, "name": "试一试的权力", "type": "01", "agency": "scjg"},
		Tables:  map[string][]lists.Row{"basis": article, "duties": {{"step": "受理", "text": "公示"}}, "situations": {{"text": "不公示的"}}}}}}})
	return err
}

// furnish gives the baker a draft, a case at the window, one that three bodies
// handle, and one that ended with a licence.
func (w *world) furnish(ctx context.Context) error {
	baker, err := w.c.Actor(ctx, "baker")
	if err != nil {
		return err
	}
	office := w.h.Office
	w.in.item, w.in.person, w.in.official = w.c.Items["food-workshop"].ID, baker.Person, w.c.Person("scjg_inspector_2")
	if w.in.received, w.in.filed, err = w.draft(ctx, baker); err != nil {
		return err
	}
	done, err := office.Apply(ctx, baker, "", casework.ApplyIn{Draft: w.in.received, Delivery: casework.ByWindow})
	if err != nil {
		return err
	}
	w.in.received, w.in.number, w.in.query = done.Case, done.Number, office.QueryCode(done.Number)
	if w.in.draft, w.in.file, err = w.draft(ctx, baker); err != nil {
		return err
	}
	in, err := w.c.Insiders(ctx, 0)
	if err != nil {
		return err
	}
	for _, whole := range []bool{true, false} {
		done, err := office.Apply(ctx, baker, "", casework.ApplyIn{Item: w.c.Item, Values: drive.Answers(1), Delivery: casework.ByWindow})
		if err != nil {
			return err
		}
		w.in.granted, w.in.running = w.in.running, done.Case
		for _, step := range in.Way() {
			last, err := step.Do(ctx, done.Case)
			if err != nil {
				return fmt.Errorf("%s: %w", step.Name, err)
			}
			w.in.licence = max(w.in.licence, last.Extra)
			if !whole {
				break
			}
		}
	}
	return w.lookAround(ctx)
}

// draft begins an application for the food workshop, with its files.
func (w *world) draft(ctx context.Context, a act.Actor) (draft, file int64, err error) {
	values := drive.Answers(2)
	delete(values, "phone")
	delete(values, "home_address")
	d, err := w.h.Office.SaveDraft(ctx, a, "", casework.DraftIn{Item: w.in.item, Values: values})
	if err != nil {
		return 0, 0, err
	}
	for _, m := range []string{"plan", "photo"} {
		f, err := w.h.Office.Upload(ctx, a, d.Case, m, m+".png", bytes.NewReader(picture(8, 8)))
		if err != nil {
			return 0, 0, err
		}
		file = f.Extra
	}
	return d.Case, file, nil
}

// lookAround finds the ids of what came about.
func (w *world) lookAround(ctx context.Context) error {
	reviewer, err := w.c.ActorIn(ctx, "scjg_reviewer_1", "scjg", "reviewer")
	if err != nil {
		return err
	}
	c, err := w.h.Office.Glance(ctx, reviewer, w.in.running)
	if err != nil {
		return err
	}
	var seen int64
	for _, t := range c.Tasks {
		if t.Agency == "scjg" && t.State == "open" {
			w.in.task, seen = t.ID, t.Seen
		}
	}
	asked, err := w.h.Office.Ask(ctx, reviewer, "", casework.AskIn{TaskIn: casework.TaskIn{Case: w.in.running, Task: w.in.task, Seen: seen}, To: "sthj", Question: "排水去向是否核过？", Days: 3})
	if err != nil {
		return err
	}
	w.in.inquiry = asked.Extra
	if c, err = w.h.Office.Glance(ctx, reviewer, w.in.granted); err != nil {
		return err
	}
	for _, p := range c.Papers {
		w.in.paper = p.ID
	}
	shown, err := w.h.Office.OpenLicence(ctx, mustActor(w, "baker"), w.in.licence, "")
	if err != nil {
		return err
	}
	w.in.code = shown.Code
	return w.h.Store.Read(ctx, func(tx *store.Tx) error {
		if _, err := tx.Get([]any{&w.in.power}, `select min(id) from power_holding where agency = 'scjg'`); err != nil {
			return err
		}
		_, err := tx.Get([]any{&w.in.assigned}, `select min(id) from officer_assignment where agency = 'scjg'`)
		return err
	})
}

func mustActor(w *world, key string) act.Actor {
	a, err := w.c.Actor(context.Background(), key)
	if err != nil {
		panic(err)
	}
	return a
}

// request is one request to a page or an operation.
type request struct {
	method, path string
	who          string // key of an account; "" is nobody
	token        string // instead of who
	cookie       bool   // the token goes as the pages' cookie, not as a bearer
	kind         string // of the body
	body         []byte
	header       map[string]string
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

var client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// ask sends a request; redirects are not followed.
func (w *world) ask(q request) answer {
	r, err := http.NewRequest(q.method, w.server.URL, bytes.NewReader(q.body))
	if err != nil {
		panic(err)
	}
	// The path goes as it is written: tricks in it must not be mended here.
	r.URL.Opaque = "//" + r.URL.Host + q.path
	token := q.token
	if q.who != "" {
		token = w.token(q.who)
	}
	if token != "" && q.cookie {
		r.AddCookie(&http.Cookie{Name: door.Cookie, Value: token})
	} else if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if q.kind != "" {
		r.Header.Set("Content-Type", q.kind)
	}
	r.Header.Set(sourceHeader, "192.0.2.1")
	for k, v := range q.header {
		r.Header.Set(k, v)
	}
	if h := r.Header.Get("Host"); h != "" {
		r.Host = h
	}
	res, err := client.Do(r)
	if err != nil {
		return answer{status: 0, header: http.Header{}, body: []byte(err.Error())}
	}
	defer func() { _ = res.Body.Close() }()
	b, _ := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header, b}
}

// page asks for a page as somebody, as a browser would.
func (w *world) page(who, path string) answer {
	return w.ask(request{method: http.MethodGet, path: path, who: who, cookie: true})
}

// form posts a form as somebody, as a browser would from a page of this site.
func (w *world) form(who, path, values string) answer {
	return w.ask(request{method: http.MethodPost, path: path, who: who, cookie: true, kind: "application/x-www-form-urlencoded", body: []byte(values),
		header: map[string]string{"Sec-Fetch-Site": "same-origin", "Origin": w.server.URL}})
}

// json sends JSON to an operation as somebody.
func (w *world) json(who, method, path string, body any) answer {
	b, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	return w.ask(request{method: method, path: api.Prefix + path, who: who, kind: "application/json", body: b})
}

// toSignIn tells whether an answer sends to the sign-in page.
func (a answer) toSignIn() bool {
	return a.status == http.StatusSeeOther && strings.HasPrefix(a.header.Get("Location"), "/sign-in")
}

// code is the code of a problem of the API.
func (a answer) code() string {
	var p struct{ Code string }
	_ = json.Unmarshal(a.body, &p)
	return p.Code
}

// short is an answer for a message.
func (a answer) short() string {
	b := a.body
	if i := bytes.Index(b, []byte("<main")); i >= 0 {
		b = b[i:]
	}
	return fmt.Sprintf("%d %s %.300q", a.status, a.header.Get("Location"), b)
}
