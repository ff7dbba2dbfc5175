package security_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"tongban/internal/api"
	"tongban/internal/record/store"
	"tongban/internal/record/vault"
	"tongban/internal/work/casework"
)

// Everything of the applicant is erased, whatever state it is in; then every page
// and every operation is opened by everybody. Nothing breaks, nothing shows the
// name, and the record still verifies.
func TestErasedAnswersPlainly(t *testing.T) {
	w, err := found(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.server.Close()
		_ = w.h.Close()
	})
	var few []kind // one of each sort that has to do with the case, and strangers
	for _, k := range kinds {
		if slices.Contains([]string{"", "baker", "neighbour", "r09", "spj_window_1", "scjg_reviewer_1", "sthj_reviewer_1", "scjg_decider_1", "zfb_supervisor_1"}, k.key) {
			few = append(few, k)
		}
	}
	for _, k := range few { // sessions that were open before
		w.page(k.key, "/my")
	}
	w.eraseAll(t)
	gone := 0
	for _, pattern := range w.routes {
		method, path := w.concrete(pattern)
		for _, k := range few {
			if pattern == "POST /sign-out" || k.key == "baker" && method != http.MethodGet {
				continue
			}
			a := w.try(k, method, path, through)
			w.plain(t, k, pattern, a)
			if a.status == http.StatusGone {
				gone++
			}
		}
	}
	if gone == 0 {
		t.Error("no page says that what it showed is erased")
	}
	gone = 0
	for _, o := range w.operations() {
		for _, k := range few {
			if o.id == "signOut" || k.key == "baker" {
				continue
			}
			a := w.call(k, o)
			w.plain(t, k, o.method+" "+api.Prefix+o.path, a)
			if a.status == http.StatusGone {
				gone++
			}
		}
	}
	if gone == 0 {
		t.Error("no operation says that what it showed is erased")
	}
	r, err := w.h.Ledger.Verify(t.Context(), casework.StateDigest)
	if err != nil || len(r.Findings) != 0 || r.Erased == 0 {
		t.Fatalf("verify: %+v %v", r, err)
	}
}

// plain wants an answer that is no fault of ours and does not hold the name.
func (w *world) plain(t *testing.T, k kind, what string, a answer) {
	t.Helper()
	if a.status >= http.StatusInternalServerError {
		t.Errorf("%s as %s: %d %s", what, k, a.status, a.short())
	}
	if strings.Contains(string(a.body), "云小满") {
		t.Errorf("%s shows %s the erased name", what, k)
	}
}

// eraseAll destroys the keys of the baker and of everything they began, and
// clears the rest as a restore would.
func (w *world) eraseAll(t *testing.T) {
	t.Helper()
	var keys []vault.Owned
	if err := w.h.Store.Do(t.Context(), store.People, func(tx *store.Tx) error {
		keys = nil
		for owner, kind := range map[int64]string{w.in.person: "person", w.in.received: "case", w.in.running: "case", w.in.granted: "case", w.in.draft: "case"} {
			ids, err := w.h.Vault.KeysOf(tx, kind, owner)
			if err != nil {
				return err
			}
			for _, id := range ids {
				if err := w.h.Vault.Erase(tx, id); err != nil {
					return err
				}
				keys = append(keys, vault.Owned{Key: id, Kind: kind, Owner: owner})
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if len(keys) != 5 {
		t.Fatalf("%d keys", len(keys))
	}
	if err := w.h.Office.EraseAgain(t.Context(), keys); err != nil {
		t.Fatal(err)
	}
}
