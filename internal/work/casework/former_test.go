package casework_test

import (
	"testing"

	"tongban/internal/record/store"
	"tongban/internal/register/licence"
	"tongban/internal/work/casework"
)

// leases takes an application of the neighbour's for an item of the housing bureau to
// its end, and tells the certificate that it led to; nil for none.
func (w *world) leases(slug string, in casework.ApplyIn) *licence.Licence {
	w.t.Helper()
	in.Item, in.Subject, in.Delivery = w.c.Items[slug].ID, w.c.Person("neighbour"), "window"
	clerk := w.of("spj", "window", 0)
	done, err := w.Office.ApplyFor(w.ctx, clerk, "", in)
	w.must(err)
	_, err = w.Office.Accept(w.ctx, clerk, "", casework.AcceptIn{Case: done.Case})
	w.must(err)
	return w.leaseDecided(done.Case)
}

func (w *world) leaseDecided(id int64) *licence.Licence {
	w.t.Helper()
	_, err := w.Office.Review(w.ctx, w.of("zjj", "reviewer", 0), "", casework.ReviewIn{TaskIn: w.task(id, "review", "zjj"), Passed: true, Text: "和登记信息一致"})
	w.must(err)
	_, err = w.Office.Decide(w.ctx, w.of("zjj", "decider", 0), "", casework.DecideIn{TaskIn: w.task(id, "decide", "zjj"), Verdict: casework.Verdict{Outcome: casework.Granted}})
	w.must(err)
	_, err = w.Office.Deliver(w.ctx, w.of("spj", "window", 0), "", casework.DeliverIn{Case: id, Mode: casework.ByWindow})
	w.must(err)
	return w.certificate(id)
}

func (w *world) certificate(id int64) (l *licence.Licence) {
	w.t.Helper()
	w.must(w.Store.Read(w.ctx, func(tx *store.Tx) error {
		all, err := licence.OfProceeding(tx, id)
		if len(all) > 0 {
			l = all[len(all)-1]
		}
		return err
	}))
	return l
}

func rented(more map[string]any) map[string]any {
	v := map[string]any{"phone": "19995550004", "side": "tenant", "house_address": "云禾县云溪镇青石巷21号2单元301", "area": 60, "other_party": "云大山",
		"lease_from": "2026-03-01", "lease_to": "2027-02-28", "rent": 120000, "purpose": "living"}
	for k, x := range more {
		v[k] = x
	}
	return v
}

// A certificate is changed, and at last given up: each ends the one before, by the
// article that the item names; a number that names none of one's own is told, in the
// application and where it is corrected.
func TestAGrantEndsTheCertificateBefore(t *testing.T) {
	both(t, func(w *world) {
		first := w.leases("lease-filing", casework.ApplyIn{Values: rented(nil), Shown: []string{"contract", "property"}})
		change := casework.ApplyIn{Values: rented(map[string]any{"changed": "rent", "former_no": first.Number}), Shown: []string{"supplement", "property"}}
		second := w.leases("lease-filing/change", change)
		if was := w.certificate(first.Proceeding); was.Stored != licence.Revoked || was.EndedBy != "云禾县房屋租赁管理办法（示范，虚构）第十一条" || second.Stored != licence.Valid || second.Type != first.Type {
			t.Fatalf("after the change: %s by %q, then %s", was.Stored, was.EndedBy, second.Stored)
		}
		clerk, ending := w.of("spj", "window", 0), casework.ApplyIn{Item: w.c.Items["lease-filing/ending"].ID, Subject: w.c.Person("neighbour"), Delivery: "window", Shown: []string{"termination"},
			Values: map[string]any{"phone": "19995550004", "side": "tenant", "house_address": "云禾县云溪镇青石巷21号2单元301", "reason": "agreed", "ended_on": "2026-03-08"}}
		for _, number := range []string{first.Number, "没有编号", second.Number[:len(second.Number)-1]} {
			ending.Values["former_no"] = number
			_, err := w.Office.ApplyFor(w.ctx, clerk, "", ending)
			w.refused("casework.apply.form", err)
		}
		ending.Values["former_no"] = ""
		done, err := w.Office.ApplyFor(w.ctx, clerk, "", ending) // of one before there were numbers
		w.must(err)
		_, err = w.Office.Notify(w.ctx, clerk, "", casework.NotifyIn{Case: done.Case, Missing: []casework.Missing{{Key: "field:former_no", What: "这份备案有编号", How: "照证明填"}}})
		w.must(err)
		mend := func(number string) error {
			_, err := w.Office.CorrectFor(w.ctx, clerk, "", casework.CorrectIn{Case: done.Case, Values: map[string]any{"former_no": number}})
			return err
		}
		w.refused("casework.apply.form", mend(first.Number))
		w.must(mend(" " + second.Number + " "))
		_, err = w.Office.Accept(w.ctx, clerk, "", casework.AcceptIn{Case: done.Case})
		w.must(err)
		if l := w.leaseDecided(done.Case); l != nil {
			t.Errorf("giving up yields %s", l.Title)
		}
		if c := w.show(done.Case); c.Status != casework.Concluded || w.certificate(second.Proceeding).Stored != licence.Revoked {
			t.Errorf("given up: the case is %s, the certificate %s", c.Status, w.certificate(second.Proceeding).Stored)
		}
	})
}
