package security_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"tongban/internal/api"
	"tongban/internal/demo"
	"tongban/internal/record/act"
	"tongban/internal/register/identity"
)

// changing is what differs from answer to answer: keys of forms, ids of requests.
var changing = regexp.MustCompile(`[A-Z2-7]{26}|[0-9]+`)

// What belongs to somebody else is answered, word for word, like what does not exist.
func TestOthersThingsAreNotThere(t *testing.T) {
	w := at(t)
	nothing := *w
	nothing.in = things{item: w.in.item, received: 1 << 50, running: 1 << 50, task: 1 << 50, inquiry: 1 << 50, granted: 1 << 50, draft: 1 << 50, file: 1 << 50, filed: 1 << 50, licence: 1 << 50, paper: 1 << 50}
	tried := 0
	compare := func(what string, others, none answer) {
		tried++
		if others.status != none.status || !bytes.Equal(changing.ReplaceAll(others.body, nil), changing.ReplaceAll(none.body, nil)) {
			t.Errorf("%s: somebody else's is %s, and nothing is %s", what, others.short(), none.short())
		}
	}
	stranger := kinds[2]
	for _, pattern := range w.routes {
		if r := pageRules[pattern]; !r.owner && !r.began || strings.Contains(pattern, "{paper}") {
			continue
		}
		method, path := w.concrete(pattern)
		_, none := nothing.concrete(pattern)
		compare(pattern, w.try(stranger, method, path, refused), nothing.try(stranger, method, none, refused))
	}
	for _, o := range w.operations() {
		if r := operationRules[o.id]; r.owner || r.began {
			compare(o.id, w.call(stranger, o), nothing.call(stranger, o))
		}
	}
	if tried < 30 {
		t.Errorf("only %d routes were compared", tried)
	}
}

// Guessing at case numbers, query codes and codes of papers is slowed, and a
// right number with a wrong code says no more than a wrong number.
func TestCodesCannotBeGuessed(t *testing.T) {
	w := at(t)
	form := func(source, number, code string) answer {
		v := url.Values{"number": {number}, "code": {code}}
		return w.ask(request{method: http.MethodPost, path: "/progress", kind: "application/x-www-form-urlencoded", body: []byte(v.Encode()), header: map[string]string{sourceHeader: source}})
	}
	call := func(source, number, code string) answer {
		b, _ := json.Marshal(map[string]string{"number": number, "code": code})
		return w.ask(request{method: http.MethodPost, path: api.Prefix + "/progress", kind: "application/json", body: b, header: map[string]string{sourceHeader: source}})
	}
	check := func(path string) func(source, _, code string) answer {
		return func(source, _, code string) answer {
			return w.ask(request{method: http.MethodGet, path: path + code, header: map[string]string{sourceHeader: source}})
		}
	}
	if len(w.in.query) < 10 || len(w.in.code) < 16 {
		t.Errorf("codes of %d and %d letters can be guessed", len(w.in.query), len(w.in.code))
	}
	for i, x := range []struct {
		what  string
		ask   func(source, number, code string) answer
		right string
	}{
		{"progress", form, w.in.query}, {"progress by machine", call, w.in.query}, {"check", check("/check/"), w.in.code}, {"check by machine", check("/api/v1/check/"), w.in.code},
	} {
		source := fmt.Sprintf("10.9.8.%d", i)
		if a := x.ask(source, w.in.number, x.right); a.status != http.StatusOK {
			t.Errorf("%s with the right code: %s", x.what, a.short())
		}
		a, b := x.ask(source, w.in.number, "AAAAAAAAAA"), x.ask(source, "990124-260309-999999", "AAAAAAAAAA")
		plain := func(a answer) string {
			return strings.ReplaceAll(changing.ReplaceAllString(string(a.body), ""), "--", "")
		}
		if a.status != b.status || x.what == "progress by machine" && plain(a) != plain(b) {
			t.Errorf("%s: a wrong code is %s, a wrong number is %s", x.what, a.short(), b.short())
		}
		slowed := 0
		for n := range 40 {
			if a := x.ask(source, w.in.number, fmt.Sprintf("AAAAAAAA%02d", n)); a.status == http.StatusForbidden || a.status == http.StatusTooManyRequests {
				slowed++
			}
		}
		if slowed < 15 {
			t.Errorf("%s: only %d of 40 guesses were slowed", x.what, slowed)
		}
		if a := x.ask(source, w.in.number, x.right); a.status == http.StatusOK {
			t.Errorf("%s: a source that guesses goes on", x.what)
		}
		if a := x.ask(source+"9", w.in.number, x.right); a.status != http.StatusOK {
			t.Errorf("%s: others are slowed too: %s", x.what, a.short())
		}
	}
}

// Signing in says the same and does the same work whether there is such an
// account or not. The work is counted, not timed: the memory that hashing takes.
func TestAccountsCannotBeFound(t *testing.T) {
	w := at(t)
	for _, page := range []bool{true, false} {
		var seen []answer
		for _, login := range []string{"baker", "nobody.such", "scjg.decider1", "19990000000"} {
			source := map[string]string{sourceHeader: "10.1.1." + login}
			a := w.ask(request{method: http.MethodPost, path: "/sign-in", kind: "application/x-www-form-urlencoded", body: []byte("login=x&password=wrong+wrong+wrong"), header: source})
			if !page {
				b, _ := json.Marshal(map[string]string{"login": login, "password": "wrong wrong wrong"})
				a = w.ask(request{method: http.MethodPost, path: "/api/v1/sessions", kind: "application/json", body: b, header: source})
			}
			seen = append(seen, a)
		}
		for _, a := range seen[1:] {
			if a.status != seen[0].status || changing.ReplaceAllString(string(a.body), "") != changing.ReplaceAllString(string(seen[0].body), "") {
				t.Errorf("accounts are told apart: %s and %s", seen[0].short(), a.short())
			}
		}
	}
	cost := identity.Argon{MemoryKiB: 16 << 10, Passes: 1, Lanes: 1}
	people := identity.New(w.h.Store, w.h.Runner, w.h.Vault, identity.Options{Hash: cost})
	hash, err := people.Hash(t.Context(), demo.PeoplePassword)
	if err != nil {
		t.Fatal(err)
	}
	clerk := mustActor(w, "spj_window_1")
	p, err := people.RegisterPerson(t.Context(), clerk, "", identity.NewPerson{Name: "云试问", IDNo: citizenNumber(90), Phone: "19995579190", Region: demo.Region})
	if err == nil {
		_, err = people.CreateAccount(t.Context(), clerk, identity.NewAccount{Person: p.Person, Login: "costly.one", Hash: hash})
	}
	if err != nil {
		t.Fatal(err)
	}
	for what, try := range map[string]func() error{
		"an account": func() error {
			_, err := people.SignIn(t.Context(), identity.Credentials{Login: "costly.one", Password: "wrong wrong wrong", Source: "10.2.2.1"})
			return err
		},
		"no account": func() error {
			_, err := people.SignIn(t.Context(), identity.Credentials{Login: "costly.none", Password: "wrong wrong wrong", Source: "10.2.2.2"})
			return err
		},
		"signing up as somebody registered": func() error {
			_, err := people.SignUp(t.Context(), identity.SignUp{NewPerson: identity.NewPerson{Name: "云试问", IDNo: citizenNumber(90), Phone: "19995579191", Region: demo.Region},
				Password: "zwölf lange Worte", Source: "10.2.2.3"})
			return err
		},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := try()
		runtime.ReadMemStats(&after)
		if used := (after.TotalAlloc - before.TotalAlloc) >> 10; err == nil || act.KindOf(err) == act.Internal || used < 16<<10 {
			t.Errorf("%s: %d KiB of work, %v", what, used, err)
		}
	}
}
