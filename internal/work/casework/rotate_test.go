package casework_test

import (
	"testing"

	"tongban/internal/house"
	"tongban/internal/record/store"
	"tongban/internal/record/vault"
	"tongban/internal/register/identity"
	"tongban/internal/work/casework"
)

// Keys rotate under a house that goes on working: everybody is found before,
// while and after, nobody twice, and the record verifies.
func TestKeysRotateUnderARunningHouse(t *testing.T) {
	both(t, func(w *world) {
		baker, done := w.as("baker"), w.applied()
		who, clerk := w.person(baker.Person), w.of("spj", "window", 0)
		found := func(h *world, what string) {
			t.Helper()
			h.must(h.Store.Read(w.ctx, func(tx *store.Tx) error {
				id, ok, err := h.People.FindByIDNo(tx, "", who.IDNo)
				if err != nil || !ok || id != baker.Person {
					t.Errorf("%s: by number %d %v %v", what, id, ok, err)
				}
				byName, err := h.People.FindByName(tx, who.Name, 5)
				if err != nil || len(byName) != 1 {
					t.Errorf("%s: by name %v %v", what, byName, err)
				}
				byPhone, err := h.People.FindByPhone(tx, who.Phone, 5)
				if err != nil || len(byPhone) != 1 {
					t.Errorf("%s: by telephone %v %v", what, byPhone, err)
				}
				return nil
			}))
			cases, err := h.Office.Find(w.ctx, clerk, who.IDNo)
			if err != nil || len(cases) != 1 || cases[0].ID != done.Case {
				t.Errorf("%s: case %v %v", what, cases, err)
			}
			again, err := h.People.RegisterPerson(w.ctx, clerk, "", identity.NewPerson{Name: who.Name, IDNo: who.IDNo})
			if err != nil || !again.Existed {
				t.Errorf("%s: registered twice: %+v %v", what, again, err)
			}
		}
		for _, rotate := range []func(string) (string, error){vault.RotateMaster, vault.RotateIndex} {
			_, err := rotate(w.Options.Keys)
			w.must(err)
		}
		if fresh, err := w.Vault.Reload(); err != nil || !fresh {
			t.Fatalf("the house does not notice: %v %v", fresh, err)
		}
		found(w, "while rotating")
		did, err := w.Rewrap(w.ctx)
		w.must(err)
		if did.Keys == 0 || did.Indexes == 0 || did.Twins != 0 {
			t.Fatalf("rewrapped %+v", did)
		}
		if did, err = w.Rewrap(w.ctx); err != nil || did != (house.Rewrapped{}) {
			t.Fatalf("the second pass: %+v %v", did, err)
		}
		if under, err := w.Under(w.ctx); err != nil || len(under) != 0 {
			t.Fatalf("left under former keys: %v %v", under, err)
		}
		_, err = vault.DropMasters(w.Options.Keys)
		w.must(err)
		w.must(vault.DropIndex(w.Options.Keys))
		if fresh, err := w.Vault.Reload(); err != nil || !fresh {
			t.Fatalf("the house does not notice: %v %v", fresh, err)
		}
		found(w, "after")
		if c, err := w.Office.Look(w.ctx, baker, done.Case, ""); err != nil || c.Personal == nil {
			t.Errorf("the case: %v", err)
		}
		_, err = w.Office.Accept(w.ctx, clerk, "", casework.AcceptIn{Case: done.Case})
		w.must(err)
		w.clean("rotated")
	})
}
