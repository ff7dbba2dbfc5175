package notice_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"tongban/internal/process/notice"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// receiver is another system: it answers as it is told, and counts.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	answer func(n int, w http.ResponseWriter, r *http.Request) // n-th request, from 1
	got    []string                                            // ids as they came
	bodies []notice.Message
	secret string
	wrong  int // requests whose signature does not fit
}

func newReceiver(t *testing.T, answer func(n int, w http.ResponseWriter, r *http.Request)) *receiver {
	rc := &receiver{answer: answer}
	rc.Server = httptest.NewServer(rc)
	t.Cleanup(rc.Close)
	return rc
}

func (rc *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	rc.mu.Lock()
	id := r.Header.Get(notice.HeaderID)
	rc.got = append(rc.got, id)
	if r.Header.Get(notice.HeaderSignature) != notice.Sign(rc.secret, id, r.Header.Get(notice.HeaderTime), body) {
		rc.wrong++
	}
	var m notice.Message
	if json.Unmarshal(body, &m) != nil || m.ID != id {
		rc.wrong++
	}
	rc.bodies = append(rc.bodies, m)
	n := len(rc.got)
	rc.mu.Unlock()
	rc.answer(n, w, r)
}

func ok(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }

// A receiver that refuses, breaks off, redirects and answers at length in turn
// gets every notice in the end; none is sent again once it was answered.
func TestNothingIsLostAndNothingSentAfterAnAnswer(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, d *desk) {
		answered := map[string]int{}
		rc := newReceiver(t, nil)
		rc.answer = func(n int, w http.ResponseWriter, r *http.Request) {
			switch n % 5 {
			case 1:
				w.WriteHeader(http.StatusServiceUnavailable)
			case 2:
				panic(http.ErrAbortHandler) // the connection breaks
			case 3:
				http.Redirect(w, r, rc.URL+"/elsewhere", http.StatusTemporaryRedirect)
			default:
				rc.mu.Lock()
				answered[r.Header.Get(notice.HeaderID)]++
				rc.mu.Unlock()
				_, _ = io.WriteString(w, strings.Repeat("收到", 100_000))
			}
		}
		rc.secret = d.hook(rc.URL + "/in").Secret
		const many = 40
		for range many {
			d.accepted()
		}
		d.follow()
		d.runFor(12*day.Hour, 10*day.Minute)
		rc.mu.Lock()
		defer rc.mu.Unlock()
		if rc.wrong > 0 || len(answered) != many || len(rc.got) <= many {
			t.Errorf("%d of %d answered after %d requests, %d of them wrong", len(answered), many, len(rc.got), rc.wrong)
		}
		for id, n := range answered {
			if n != 1 {
				t.Errorf("%s was answered %d times", id, n)
			}
		}
		if m := rc.bodies[0]; m.Case != "77" || m.Kind != "case.accepted" || m.Facts["number"] != "990124-2026-0000017" || !strings.Contains(m.Text, "受理了") {
			t.Errorf("body: %+v", m)
		}
		if h := d.hookOf(notice.Person(7)); h.Waiting != 0 {
			t.Errorf("%d still waiting", h.Waiting)
		}
	})
}

// A follower that starts again, and a job table that forgot, send nothing twice.
func TestRebuildSendsNothingAgain(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, d *desk) {
		rc := newReceiver(t, ok)
		rc.secret = d.hook(rc.URL).Secret
		d.accepted()
		d.follow()
		d.runFor(day.Hour, 10*day.Minute)
		must(t, d.Rig.Store.Do(bg, store.People, func(tx *store.Tx) error { _, err := tx.Exec(`delete from job`); return err }))
		again := d.Follower()
		again.Build = 2
		_, err := d.Ledger.CatchUp(bg, again)
		must(t, err)
		d.runFor(day.Hour, 10*day.Minute)
		if len(rc.got) != 1 {
			t.Errorf("%d requests for one notice", len(rc.got))
		}
	})
}

// Whoever was away for days gets what waits; whoever takes the hook away, no more.
func TestHookAwayForDaysAndTakenAway(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, d *desk) {
		up := false
		rc := newReceiver(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
			if !up {
				w.WriteHeader(http.StatusBadGateway)
			}
		})
		rc.secret = d.hook(rc.URL).Secret
		d.accepted()
		d.follow()
		d.runFor(72*day.Hour, day.Hour)
		tries := len(rc.got)
		if h := d.hookOf(notice.Person(7)); h.Waiting != 1 || !strings.Contains(h.Why, "502") || tries < 12 || tries > 40 {
			t.Errorf("after three days: %d tries, %+v", tries, h)
		}
		up = true
		d.runFor(12*day.Hour, day.Hour)
		if h := d.hookOf(notice.Person(7)); h.Waiting != 0 || len(rc.got) != tries+1 {
			t.Errorf("when it is back: %d more, %+v", len(rc.got)-tries, h)
		}
		up = false
		d.accepted()
		d.follow()
		d.runFor(day.Hour, 10*day.Minute)
		_, err := d.SetHook(bg, baker, "", notice.HookIn{})
		must(t, err)
		tries = len(rc.got)
		up = true
		d.runFor(48*day.Hour, day.Hour)
		d.accepted()
		d.follow()
		d.runFor(day.Hour, 10*day.Minute)
		if len(rc.got) != tries || d.unread(notice.Person(7)) != 3 {
			t.Errorf("%d sent after the hook was taken away; %d in the inbox", len(rc.got)-tries, d.unread(notice.Person(7)))
		}
	})
}

// A receiver that never answers costs its time limit, no more, and stays waiting.
func TestSilentReceiver(t *testing.T) {
	t.Parallel()
	d := newDesk(t, store.SQLite)
	hold := make(chan struct{})
	rc := newReceiver(t, func(_ int, _ http.ResponseWriter, r *http.Request) {
		select {
		case <-hold:
		case <-r.Context().Done():
		}
	})
	t.Cleanup(func() { close(hold) })
	rc.secret = d.hook(rc.URL).Secret
	d.accepted()
	d.follow()
	d.Gate.Patience = 50 * time.Millisecond
	if _, err := d.jobs.RunDue(bg, d.Now()); err != nil {
		t.Fatal(err)
	}
	if h := d.hookOf(notice.Person(7)); h.Waiting != 1 || h.Why == "" {
		t.Errorf("%+v", h)
	}
}

func TestGate(t *testing.T) {
	t.Parallel()
	g := notice.Gate{Hosts: []string{"hooks.example.cn", "Inner.example.cn:8443", "10.1.2.3:80"}}
	for address, want := range map[string]string{
		"https://hooks.example.cn/in?x=1":        "",
		"https://HOOKS.example.cn:443/in":        "",
		"https://inner.example.cn:8443":          "",
		"http://10.1.2.3":                        "",
		"https://inner.example.cn":               "notice.hook.host",
		"https://hooks.example.cn:444/":          "notice.hook.host",
		"https://hooks.example.cn.evil.test/":    "notice.hook.host",
		"https://evil.test/hooks.example.cn":     "notice.hook.host",
		"https://hooks.example.cn@evil.test/":    "notice.hook.extra",
		"https://u:p@hooks.example.cn/":          "notice.hook.extra",
		"https://hooks.example.cn/#a":            "notice.hook.extra",
		"http://127.0.0.1/":                      "notice.hook.host",
		"http://[::1]/":                          "notice.hook.host",
		"ftp://hooks.example.cn/":                "notice.hook.address",
		"file:///etc/passwd":                     "notice.hook.address",
		"hooks.example.cn":                       "notice.hook.address",
		"https:hooks.example.cn":                 "notice.hook.address",
		"https://" + strings.Repeat("a", 600):    "notice.hook.address",
		"gopher://hooks.example.cn:70/_POST%20/": "notice.hook.address",
	} {
		if _, err := g.Check(address); codeOf(err) != want {
			t.Errorf("%s: %v, want %q", address, err, want)
		}
	}
}

// An allowed name that turns out to be an address inside is not reached.
func TestNameThatPointsInside(t *testing.T) {
	t.Parallel()
	for _, networks := range [][]netip.Prefix{nil, {netip.MustParsePrefix("10.0.0.0/8")}} {
		d := newDesk(t, store.SQLite)
		d.Gate.Networks = networks
		rc := newReceiver(t, ok)
		rc.secret = d.hook(strings.Replace(rc.URL, "127.0.0.1", "localhost", 1)).Secret
		d.accepted()
		d.follow()
		if _, err := d.jobs.RunDue(bg, d.Now()); err != nil {
			t.Fatal(err)
		}
		if h := d.hookOf(notice.Person(7)); len(rc.got) != 0 || h.Waiting != 1 || !strings.Contains(h.Why, "not a public one") {
			t.Errorf("reached %d times: %+v", len(rc.got), h)
		}
	}
}

func TestSecretIsKeptUnlessRenewed(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, d *desk) {
		first := d.hook("http://a.test/")
		moved := d.hook("http://b.test/")
		if first.Secret != moved.Secret || len(first.Secret) != 64 || moved.ID != first.ID {
			t.Errorf("moved: %+v %+v", first, moved)
		}
		_, err := d.SetHook(bg, baker, "", notice.HookIn{URL: "http://b.test/", Renew: true})
		must(t, err)
		if d.hookOf(notice.Person(7)).Secret == first.Secret {
			t.Error("the secret was not renewed")
		}
		d.Read(func(tx *store.Tx) error {
			var stored []byte
			_, err := tx.Get([]any{&stored}, `select secret from hook`)
			if strings.Contains(string(stored), first.Secret[:16]) {
				t.Error("the secret lies in clear")
			}
			return err
		})
		if _, err := d.SetHook(bg, baker, "", notice.HookIn{URL: "http://c.test/"}); codeOf(err) != "notice.hook.host" {
			t.Errorf("a host that nobody allowed: %v", err)
		}
		if _, err := d.SetHook(bg, clerk, "", notice.HookIn{}); codeOf(err) != "act.not_found" {
			t.Errorf("taking away what is not there: %v", err)
		}
		if _, err := d.SetHook(bg, clerk, "", notice.HookIn{Agency: "scjg", URL: "http://b.test/scjg"}); err != nil || d.hookOf(notice.Agency("scjg")).URL != "http://b.test/scjg" {
			t.Errorf("an agency's hook: %v", err)
		}
	})
}
