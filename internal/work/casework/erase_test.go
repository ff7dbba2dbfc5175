package casework_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tongban/internal/house"
	"tongban/internal/process/notice"
	"tongban/internal/record/act"
	"tongban/internal/record/archive"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
	"tongban/internal/register/identity"
	"tongban/internal/rules/day"
	"tongban/internal/work/casework"
)

// privacy gives two officials of the government's office the post of data
// protection.
func (w *world) privacy() (one, two act.Actor) {
	w.t.Helper()
	admin := w.as("zfb_admin_1")
	var list []act.Actor
	for n := range 2 {
		person := w.of("rsj", "reviewer", n).Person
		_, err := w.People.GrantPost(w.ctx, admin, "", identity.Post{Person: person, Agency: "zfb", Post: "privacy", Span: day.Span{From: w.clock.Now().Day()}})
		w.must(err)
		list = append(list, w.byPerson(person, "zfb", "privacy"))
	}
	return list[0], list[1]
}

func (w *world) plan(a act.Actor, person int64) *casework.Plan {
	w.t.Helper()
	p, err := w.Office.PlanErasure(w.ctx, a, person, 0)
	w.must(err)
	return p
}

func (w *world) verify() ledger.Report {
	w.t.Helper()
	for {
		n, err := w.Ledger.Number(w.ctx, 1000)
		w.must(err)
		if n == 0 {
			break
		}
	}
	r, err := w.Ledger.Verify(w.ctx, casework.StateDigest)
	w.must(err)
	return r
}

func (w *world) clean(what string) ledger.Report {
	w.t.Helper()
	r := w.verify()
	if len(r.Findings) != 0 {
		w.t.Fatalf("%s: %+v", what, r.Findings)
	}
	return r
}

// contents counts the attachments' contents on the shelf.
func (w *world) contents() (n int) {
	w.t.Helper()
	if w.Options.Database != "" {
		w.must(w.Store.Read(w.ctx, func(tx *store.Tx) error {
			_, err := tx.Get([]any{&n}, `select count(*) from file_blob`)
			return err
		}))
		return n
	}
	w.must(filepath.WalkDir(filepath.Join(w.Options.Dir, "attachments"), func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	}))
	return n
}

// everything is every text and byte column of the database, as one.
func (w *world) everything() []byte {
	w.t.Helper()
	var b bytes.Buffer
	_, err := w.Archive.Write(w.ctx, &b)
	w.must(err)
	z, err := gzip.NewReader(&b)
	w.must(err)
	text, err := io.ReadAll(z)
	w.must(err)
	return text
}

func TestErasureFromAskingToDone(t *testing.T) {
	both(t, func(w *world) {
		baker, done := w.as("baker"), w.applied()
		_, err := w.Office.Withdraw(w.ctx, baker, "", casework.WithdrawIn{Case: done.Case})
		w.must(err)
		running := w.applied()
		one, two := w.privacy()

		// Before asking: what would happen is told.
		p := w.plan(baker, baker.Person)
		if len(p.Cases) != 2 || p.Own() || p.Now() {
			t.Fatalf("planned %+v", p)
		}
		if s := p.Cases[0].Stay; s.Why != casework.StaysRunning {
			t.Errorf("the running case: %+v", s)
		}
		if s := p.Cases[1].Stay; s.Why != casework.StaysKept || s.Rule.Years != 5 || s.Until <= w.clock.Now().Day() || s.Rule.Source == "" || s.Rule.Verified {
			t.Errorf("the ended case: %+v", s)
		}
		_, err = w.Office.Withdraw(w.ctx, baker, "", casework.WithdrawIn{Case: running.Case})
		w.must(err)

		// Asking stops the use.
		_, err = w.Office.PlanErasure(w.ctx, w.as("neighbour"), baker.Person, 0)
		w.refused("act.not_allowed", err)
		_, err = w.Office.AskErasure(w.ctx, baker, "", casework.AskErasureIn{Person: baker.Person, Ground: "expired"})
		w.refused("casework.erasure.ground", err)
		ask, err := w.Office.AskErasure(w.ctx, baker, "", casework.AskErasureIn{Person: baker.Person, Ground: "closed"})
		w.must(err)
		_, err = w.Office.AskErasure(w.ctx, baker, "", casework.AskErasureIn{Person: baker.Person, Ground: "closed"})
		w.refused("casework.erasure.open", err)
		w.keptOnly(baker, done.Case)

		// Somebody else settles it.
		_, err = w.Office.SettleErasure(w.ctx, w.as("zfb_admin_1"), "", casework.SettleErasureIn{Request: ask.Extra, Approve: true})
		w.refused("act.not_allowed", err)
		_, err = w.Office.SettleErasure(w.ctx, one, "", casework.SettleErasureIn{Request: ask.Extra, Reason: " "})
		w.refused("casework.text.wrong", err)
		_, err = w.Office.SettleErasure(w.ctx, one, "", casework.SettleErasureIn{Request: ask.Extra, Reason: "期限未满"})
		w.must(err)
		if f := w.show(done.Case).Facts; f.Restricted != nil || w.plan(baker, baker.Person).Last.State != casework.ErasureRefused {
			t.Fatalf("after a refusal: %+v", f.Restricted)
		}
		ask, err = w.Office.AskErasure(w.ctx, two, "", casework.AskErasureIn{Person: baker.Person, Ground: "achieved"})
		w.must(err)
		_, err = w.Office.SettleErasure(w.ctx, two, "", casework.SettleErasureIn{Request: ask.Extra, Approve: true})
		w.refused("casework.erasure.same", err)
		_, err = w.Office.SettleErasure(w.ctx, one, "", casework.SettleErasureIn{Request: ask.Extra, Approve: true})
		w.must(err)
		_, err = w.Office.SettleErasure(w.ctx, two, "", casework.SettleErasureIn{Request: ask.Extra, Approve: true})
		w.refused("act.changed", err)

		// The person's own entry is gone now, the cases stay until their time is over.
		w.personGone(baker.Person)
		if f := w.show(done.Case).Facts; f.Erased != nil || f.Restricted == nil || f.Restricted.Until == 0 {
			t.Fatalf("the case that must stay: %+v", f)
		}
		if w.contents() == 0 {
			t.Error("files of cases that must stay are gone")
		}
		w.clean("half done")
		w.must(w.Office.EraseDue(w.ctx))
		w.clock.Set((w.show(done.Case).Facts.Restricted.Until + 1).Start())
		w.must(w.Office.EraseDue(w.ctx))
		w.caseGone(done.Case)
		w.caseGone(running.Case)
		if n := w.contents(); n != 0 {
			t.Errorf("%d contents left on the shelf", n)
		}
		r := w.clean("done")
		if r.Erased == 0 || len(r.ErasedBy) < 3 {
			t.Errorf("verify says %+v", r)
		}
		all := w.everything()
		for _, value := range []string{"小满糕点坊", "plan.png", "李*"} {
			if bytes.Contains(all, []byte(value)) {
				t.Errorf("%q is still in the database", value)
			}
		}
		gone, err := archive.ReadErased(w.Options.ErasedList())
		w.must(err)
		if len(gone) < 3 {
			t.Errorf("the list outside the database has %d keys", len(gone))
		}
	})
}

// keptOnly wants the baker's data to be kept and not used.
func (w *world) keptOnly(baker act.Actor, id int64) {
	w.t.Helper()
	known := map[string]identity.Value{}
	w.must(w.Store.Read(w.ctx, func(tx *store.Tx) (err error) {
		known, err = w.People.Known(tx, baker.Person)
		return err
	}))
	if len(known) != 0 {
		w.t.Errorf("still filled in: %v", known)
	}
	_, err := w.Office.Apply(w.ctx, baker, "", casework.ApplyIn{Item: w.c.Items["food-workshop"].ID, Values: bakery(), Delivery: "window"})
	w.refused("casework.restricted.person", err)
	clerk := w.of("scjg", "reviewer", 0)
	c, err := w.Office.Look(w.ctx, clerk, id, "review")
	w.must(err)
	if c.Personal != nil {
		w.t.Error("an official still reads what is only kept")
	}
	_, err = w.Office.OpenPaper(w.ctx, clerk, c.Papers[0].ID, "review")
	w.refused("casework.restricted", err)
	found, err := w.Office.Find(w.ctx, clerk, baker.Name)
	w.must(err)
	if len(found) != 0 {
		w.t.Errorf("still found by name: %+v", found)
	}
	head := w.of("scjg", "head", 0)
	if c, err = w.Office.Look(w.ctx, head, id, "remedy"); err != nil || c.Personal == nil {
		w.t.Errorf("the purpose that the law leaves: %v", err)
	}
	if c, err = w.Office.Look(w.ctx, baker, id, ""); err != nil || c.Personal == nil {
		w.t.Errorf("the person's own reading: %v", err)
	}
}

func (w *world) personGone(person int64) {
	w.t.Helper()
	w.must(w.Store.Read(w.ctx, func(tx *store.Tx) error {
		if _, err := w.People.Person(tx, person); act.KindOf(w.Runner.Settle("x", err)) != act.Gone {
			w.t.Errorf("the person answers %v", err)
		}
		if name, err := w.People.MaskedName(tx, person); err != nil || !strings.Contains(name, "清除") {
			w.t.Errorf("the name: %q %v", name, err)
		}
		for _, sql := range []string{`select count(*) from account where person = $1`, `select count(*) from session where person = $1`,
			`select count(*) from idempotency where person = $1`, `select count(*) from known_value where subject = $1`,
			`select count(*) from draft where person = $1 and not submitted`,
			`select count(*) from person where id = $1 and (length(name) > 0 or length(idno) > 0 or length(phone_index) > 0)`} {
			var n int
			if _, err := tx.Get([]any{&n}, sql, person); err != nil || n != 0 {
				w.t.Errorf("%s: %d %v", sql, n, err)
			}
		}
		n, err := notice.Unread(tx, notice.Person(person))
		if n != 0 {
			w.t.Errorf("%d notices left", n)
		}
		return err
	}))
}

// caseGone wants a case's page with what remains, and a plain answer for what does not.
func (w *world) caseGone(id int64) {
	w.t.Helper()
	clerk := w.of("scjg", "reviewer", 0)
	c, err := w.Office.Look(w.ctx, clerk, id, "review")
	w.must(err)
	if c.Facts.Erased == nil || c.Personal != nil || c.Label != "已删除" || len(c.Timeline) == 0 {
		w.t.Fatalf("what remains: %+v", c)
	}
	for _, p := range c.Papers {
		if _, err := w.Office.OpenPaper(w.ctx, clerk, p.ID, "review"); act.KindOf(err) != act.Gone {
			w.t.Errorf("a paper answers %v", err)
		}
	}
	proof, err := w.Ledger.Prove(w.ctx, casework.ProofStream(id))
	w.must(err)
	verifiers, err := house.Verifiers(w.LogKeys.Ed25519Key, w.LogKeys.SM2Key)
	w.must(err)
	checked, err := ledger.CheckProof(proof, verifiers)
	w.must(err)
	if last := checked.Acts[len(checked.Acts)-1]; last.Kind != "case.erased" || len(last.ErasedKeys()) == 0 || len(checked.Opened) != 0 {
		w.t.Errorf("the proof ends with %s and opens %v", last.Kind, checked.Opened)
	}
}

// A restore of a backup from before an erasure brings nothing back, on either engine.
func TestRestoreDoesNotBringTheErasedBack(t *testing.T) {
	both(t, func(w *world) {
		w.Office.Retention = withoutDelay(t)
		baker, done := w.as("baker"), w.applied()
		idno := w.person(baker.Person).IDNo
		_, err := w.Office.Withdraw(w.ctx, baker, "", casework.WithdrawIn{Case: done.Case})
		w.must(err)
		one, _ := w.privacy()
		dir := t.TempDir()
		w.clean("before")
		_, err = w.Ledger.Sign(w.ctx)
		w.must(err)
		path, err := w.Archive.Backup(w.ctx, dir, 0)
		w.must(err)
		w.clock.Set(w.clock.Now() + 25*day.Hour)

		ask, err := w.Office.AskErasure(w.ctx, baker, "", casework.AskErasureIn{Person: baker.Person, Ground: "closed"})
		w.must(err)
		_, err = w.Office.SettleErasure(w.ctx, one, "", casework.SettleErasureIn{Request: ask.Extra, Approve: true})
		w.must(err)
		w.caseGone(done.Case)

		// Elsewhere: the keys, the list beside them, and the older backup.
		o := w.Options
		o.Dir, o.Keys, o.Signed, o.Restore = t.TempDir(), "", "", true
		carryKeys(t, filepath.Join(w.Options.Dir, "keys"), filepath.Join(o.Dir, "keys"))
		if o.Database != "" {
			o.Database = storetest.Options(t, store.Postgres).URL
		}
		again := &world{t: t, ctx: w.ctx, clock: w.clock, c: w.c}
		again.House, err = house.Open(w.ctx, o)
		w.must(err)
		t.Cleanup(func() { _ = again.Close() })
		again.c = w.c
		erased, err := archive.ReadErased(again.Options.ErasedList(), filepath.Join(dir, archive.ErasedFile))
		w.must(err)
		f, err := os.Open(path)
		w.must(err)
		defer func() { _ = f.Close() }()
		_, err = again.Restore(w.ctx, f, erased)
		w.must(err)

		again.personGone(baker.Person)
		again.caseRestored(done.Case)
		if n := again.contents(); n != 0 {
			t.Errorf("%d contents came back", n)
		}
		r := again.clean("restored")
		if r.Erased == 0 || len(r.ErasedBy) < 2 || r.Lost == 0 {
			t.Errorf("verify says %+v", r)
		}
		again.must(again.Store.Read(w.ctx, func(tx *store.Tx) error {
			_, found, err := again.People.FindByIDNo(tx, "", idno)
			if found {
				t.Error("found by number again")
			}
			return err
		}))
		if bytes.Contains(again.everything(), []byte("小满糕点坊")) {
			t.Error("a name came back")
		}
	})
}

// carryKeys copies a key folder, as an operator would before a restore.
func carryKeys(t *testing.T, from, to string) {
	t.Helper()
	if err := os.MkdirAll(to, 0o700); err != nil {
		t.Fatal(err)
	}
	list, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		b, err := os.ReadFile(filepath.Join(from, f.Name()))
		if err == nil {
			err = os.WriteFile(filepath.Join(to, f.Name()), b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func (w *world) caseRestored(id int64) {
	w.t.Helper()
	c := w.show(id)
	if c.Facts.Erased == nil || c.Label != "已删除" {
		w.t.Fatalf("restored as %+v, %s", c.Facts.Erased, c.Label)
	}
}

func (w *world) person(id int64) (p identity.Person) {
	w.t.Helper()
	w.must(w.Store.Read(w.ctx, func(tx *store.Tx) (err error) {
		p, err = w.People.Person(tx, id)
		return err
	}))
	return p
}

// withoutDelay are rules under which an ended case is kept no day longer.
func withoutDelay(t *testing.T) *casework.Retention {
	t.Helper()
	path := filepath.Join(t.TempDir(), "retention.yaml")
	b, err := os.ReadFile("law/retention.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, years := range []string{"years: 30", "years: 10", "years: 5"} {
		b = bytes.ReplaceAll(b, []byte(years), []byte("years: 0"))
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := casework.ReadRetention(path)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRetentionRulesAreChecked(t *testing.T) {
	t.Parallel()
	good, err := os.ReadFile("law/retention.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, harm := range map[string]func(string) string{
		"other format": func(s string) string { return strings.Replace(s, "retention/1", "retention/9", 1) },
		"no source": func(s string) string {
			return strings.Replace(s, "source: 行政诉讼法第四十六条（起诉最长五年）", `source: ""`, 1)
		},
		"an unknown word":  func(s string) string { return strings.Replace(s, "years: 5", "months: 5", 1) },
		"an ending unruly": func(s string) string { return strings.Replace(s, "ended: undecided", "ended: granted", 1) },
	} {
		path := filepath.Join(t.TempDir(), "r.yaml")
		if err := os.WriteFile(path, []byte(harm(string(good))), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := casework.ReadRetention(path); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	if _, err := casework.ReadRetention(filepath.Join(t.TempDir(), "none")); err != nil {
		t.Errorf("without a file: %v", err)
	}
}
