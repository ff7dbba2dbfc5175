// Package webtest serves the demonstration county's pages to tests, and reads
// them as somebody without script does: by links and forms.
package webtest

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"tongban/internal/demo"
	"tongban/internal/demo/demotest"
	"tongban/internal/house"
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/identity"
	"tongban/internal/rules/day"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

// World is a founded county behind the pages of some rooms.
type World struct {
	T      testing.TB
	House  *house.House
	County *demo.County
	Clock  *demo.Clock
	Server *httptest.Server
	codes  sync.Mutex
}

// Mount adds a room's pages.
type Mount func(*door.Door, *door.Mux) error

// Found founds the county with randomness of its own and serves the rooms. menu
// is the left menu of officials; nil is none.
func Found(t *testing.T, seed uint64, menu func(act.Actor) []ui.Link, rooms ...Mount) *World {
	t.Helper()
	h, c, clock := demotest.Open(t, store.SQLite, house.Options{Rand: demo.Randomness(seed)})
	d, err := door.New(h, door.Options{Site: ui.Plain("云禾"), Authority: ui.Plain("云禾县"), Menu: menu})
	must(t, err)
	mux := door.NewMux()
	d.Routes(mux)
	for _, mount := range rooms {
		must(t, mount(d, mux))
	}
	mux.HandleFunc("/", d.UI.NotFound)
	w := &World{T: t, House: h, County: c, Clock: clock, Server: httptest.NewServer(ui.Headers(false, d.Enter(mux)))}
	t.Cleanup(w.Server.Close)
	return w
}

// Anybody is a browser of somebody who is not signed in.
func (w *World) Anybody() *Browser {
	return &Browser{World: w, Name: "nobody", Client: &http.Client{Jar: &jar{}}}
}

// Resident is a browser of somebody who is signed in without a post.
func (w *World) Resident(login string) *Browser {
	w.T.Helper()
	b := w.Anybody()
	b.Name = login
	return b.Get("/sign-in").Fill("/sign-in", "login", login, "password", demo.PeoplePassword)
}

// Official is a browser of an official of the county, signed in with password
// and one-time code. The clock goes on by a minute first: a code works once.
func (w *World) Official(key string) *Browser {
	w.T.Helper()
	var account demo.Account
	for _, a := range w.County.Accounts() {
		if a.Key == key {
			account = a
		}
	}
	if account.Login == "" {
		w.T.Fatalf("no account %s", key)
	}
	w.codes.Lock()
	defer w.codes.Unlock()
	w.Clock.Set(w.Clock.Now() + day.Minute)
	b := w.Anybody()
	b.Name = key
	b.Get("/sign-in").Fill("/sign-in", "login", account.Login, "password", account.Password)
	if account.TOTP == "" {
		return b
	}
	code, err := identity.TOTPCode(account.TOTP, w.Clock.Now())
	must(w.T, err)
	return b.Fill("/sign-in/code", "code", code)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
