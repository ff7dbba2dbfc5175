package security_test

import (
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tongban/internal/record/store"
	"tongban/internal/register/identity"
	"tongban/internal/rules/wording"
)

// rule says who may use a route. Its zero value lets in whoever is signed in.
type rule struct {
	open  bool // anybody
	staff bool // officials in a post only
	self  bool // whoever acts for themself only
	owner bool // of those who act for themself, only who owns the thing or may act for its owner
	began bool // of those who act for themself, only who began it
	look  []string
	right string   // what officials need besides
	or    string   // another right that is as good
	over  []string // the bodies over which they need it
	never bool     // nobody who is signed in already
	away  bool     // there is nothing there now: who is let in is told so
}

// outcome is what a kind of user gets.
type outcome string

const (
	through outcome = "through"
	signIn  outcome = "asked to sign in"
	refused outcome = "refused"
	hidden  outcome = "told that there is no such thing"
)

// expect derives what a kind of user must get from a route.
func (r rule) expect(k kind) outcome {
	switch {
	case r.open:
		return through
	case k.key == "", r.never:
		return signIn
	case k.post == "" && r.staff:
		return refused
	case k.post == "" && (r.owner && !k.owner || r.began && k.key != "baker"):
		return hidden
	case k.post == "":
		return through
	case r.self, (r.owner || r.began) && r.right == "":
		return refused
	case r.look != nil && !k.may(who{right: "case.look", bodies: r.look}):
		return refused
	case r.right != "" && !k.may(who{right: r.right, bodies: r.over}) && !(r.or != "" && k.may(who{right: r.or, bodies: r.over})):
		return refused
	}
	return through
}

// worth tells whether a kind is tried on the nth route. The whole of it is behind
// TONGBAN_FAULTS=1; otherwise those officials take turns who are far from the
// right: not their post, or no right is asked for.
func (r rule) worth(k kind, n int) bool {
	if long || k.post == "" || r.right != "" && identity.Allows(k.post, r.right) || r.or != "" && identity.Allows(k.post, r.or) || r.look != nil && k.region == far {
		return true
	}
	return (n+slices.IndexFunc(kinds, func(x kind) bool { return x.key == k.key }))%4 == 0
}

// long asks for the whole of every sweep.
var long = os.Getenv("TONGBAN_FAULTS") != ""

// meets tells whether an answer is the outcome that a rule wants for a kind.
func (r rule) meets(k kind, method string, a answer) bool {
	want := r.expect(k)
	switch {
	case want == through && method == http.MethodGet:
		return a.status == http.StatusOK || a.status == http.StatusSeeOther && !a.toSignIn() || r.away && a.status < 500
	case want == through:
		// The form was empty or stale: it may be sent back, but not for want of a right.
		return a.status != 0 && a.status < 500 && a.status != http.StatusUnauthorized && (r.away || a.status != http.StatusNotFound) && !a.toSignIn() && !a.forWantOfRight()
	case want == signIn:
		return a.status == http.StatusUnauthorized || a.toSignIn()
	case want == hidden:
		return a.status == http.StatusNotFound
	case k.post == "":
		return a.status == http.StatusForbidden
	}
	return a.status == http.StatusForbidden || a.status == http.StatusNotFound
}

var notAllowed = wording.Text(wording.ZH, "act.not_allowed", "right", "")[:len("这件事不在你的权限里")]

// forWantOfRight tells whether a refusal is one of rights, not of law or state.
func (a answer) forWantOfRight() bool {
	if a.status != http.StatusForbidden {
		return false
	}
	return strings.Contains(string(a.body), notAllowed) || strings.HasPrefix(a.code(), "api.staff") || a.code() == "act.not_allowed" || a.code() == "api.cross_origin"
}

// Every page and every operation is tried as everybody. What each must get
// follows from pageRules, operationRules and the table of rights; a route that is
// in no table fails. Who has no business there changes nothing, and who has is
// not stopped for want of a right.
func TestEveryRouteAsEverybody(t *testing.T) {
	w := at(t)
	w.listed(t)
	w.described(t)
	for _, k := range kinds {
		if k.key != "" {
			w.token(k.key)
		}
	}
	harmless := func(method string, want outcome) bool { return method == http.MethodGet || want != through }
	before := w.stocks(t)
	w.tryPages(t, harmless)
	w.tryOperations(t, harmless)
	same(t, "reading, and trying without a right", before, w.stocks(t))
	acting := func(method string, want outcome) bool { return !harmless(method, want) }
	w.tryPages(t, acting)
	if err := w.furnish(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.tryOperations(t, acting)
}

var parameter = regexp.MustCompile(`\{(\w+)(\.\.\.)?\}`)

// stocks counts the rows of every table, but of those that grow when somebody
// signs in, looks or is refused.
func (w *world) stocks(t *testing.T) map[string]int {
	t.Helper()
	passing := []string{"session", "failed_login", "event", "entry", "unnumbered", "disclosure", "stream_head", "tile", "checkpoint", "ledger_log", "reading", "cosignature", "search_miss"}
	list := map[string]int{}
	err := w.h.Store.Read(t.Context(), func(tx *store.Tx) error {
		one := func(row store.Row) (s string, err error) { return s, row.Scan(&s) }
		tables, err := store.All(tx, one, `select name from sqlite_master where type = 'table' and name not like 'sqlite%'`)
		if err != nil {
			return err
		}
		for _, name := range tables {
			n := 0
			if slices.Contains(passing, name) || strings.Contains(name, "_fts") {
				continue
			}
			if _, err := tx.Get([]any{&n}, `select count(*) from `+name); err != nil {
				return err
			}
			list[name] = n
		}
		type kindCount struct {
			kind string
			n    int
		}
		kinds, err := store.All(tx, func(row store.Row) (k kindCount, err error) { return k, row.Scan(&k.kind, &k.n) },
			`select kind, count(*) from event where kind not in ('command.refused', 'person.looked_at', 'account.signed_in', 'account.signed_out') group by kind`)
		for _, k := range kinds {
			list["event "+k.kind] = k.n
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// same fails when a trial that had no right to do anything did something.
func same(t *testing.T, what string, before, after map[string]int) {
	t.Helper()
	for name, n := range after {
		if before[name] != n {
			t.Errorf("%s: %s were %d and are %d", what, name, before[name], n)
		}
	}
}

// whom names a kind and its account for a message.
func (k kind) String() string { return fmt.Sprintf("%s (%s)", k.name, k.key) }
