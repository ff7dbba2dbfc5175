package door

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"sync"

	"tongban/internal/rules/day"
	"tongban/internal/web/ui"
)

const (
	heldMost = 256      // forms held at one time; the oldest goes first
	heldSize = 64 << 10 // bytes of one form
	heldFor  = day.Hour // and no longer
)

// held are forms that were sent after their session had ended, in memory, until
// the same person has signed in again. Nobody else gets them at the same machine
// while it knows whose session it was; and they are only sent once more: the command asks who may.
type held struct {
	mu    sync.Mutex
	forms map[string]heldForm
	order []string
}

type heldForm struct {
	at     string // where it was sent
	from   string // the page that it stood on
	person int64  // whose session had ended; 0 when the browser had forgotten even that
	values url.Values
	since  day.Instant
}

// keep holds a form and gives the address under which it is found again.
func (h *held) keep(f heldForm) string {
	token := rand.Text()
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.forms == nil {
		h.forms = map[string]heldForm{}
	}
	h.drop(f.since)
	h.forms[token], h.order = f, append(h.order, token)
	return "/held/" + token
}

// find gives a held form to whoever has its address.
func (h *held) find(token string, now day.Instant) (heldForm, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.drop(now)
	f, ok := h.forms[token]
	return f, ok
}

// drop forgets what has been held for long enough, and the oldest of too many.
func (h *held) drop(now day.Instant) {
	for len(h.order) > 0 && (len(h.order) >= heldMost || h.forms[h.order[0]].since < now-heldFor) {
		delete(h.forms, h.order[0])
		h.order = h.order[1:]
	}
}

// holds keeps a form that came without a session; files are not kept.
func (d *Door) holds(w http.ResponseWriter, r *http.Request, from string) (back string, ok bool) {
	person := d.House.People.Whose(r.Context(), token(r))
	r.Body = http.MaxBytesReader(w, r.Body, heldSize)
	if r.Method != http.MethodPost || r.ParseForm() != nil || len(r.PostForm) == 0 {
		return "", false
	}
	return d.held.keep(heldForm{at: r.URL.RequestURI(), from: from, values: r.PostForm, person: person, since: d.House.Store.Now()}), true
}

type heldData struct {
	Action string
	Back   string
	Values []heldValue
}

type heldValue struct{ Name, Value string }

// heldPage offers to send what was typed before the session ended.
func (d *Door) heldPage(w http.ResponseWriter, r *http.Request) {
	f, ok := d.held.find(r.PathValue("token"), d.House.Store.Now())
	if !ok || f.person != 0 && f.person != Actor(r).Person {
		Done(w, r, "/home")
		return
	}
	data := heldData{Action: f.at, Back: f.from}
	for name, list := range f.values {
		for _, v := range list {
			data.Values = append(data.Values, heldValue{name, v})
		}
	}
	d.UI.Render(w, r, http.StatusOK, ui.Page{Name: "door/held", Title: ui.M("door.held.title"), Robots: "noindex", Data: data})
}
