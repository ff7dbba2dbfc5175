package bulk_test

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"tongban/internal/demo"
	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
	"tongban/internal/register/identity"
	"tongban/internal/rules/day"
	"tongban/internal/work/casework"
	"tongban/tests/drive"
	"tongban/tests/scale/bulk"
)

// units are loaded, each a resident with a case of every fate.
const units = 67

var fates = bulk.Fates{Done: 1, Reviewing: 1, Waiting: 1}

// loaded is a county with two hundred loaded cases.
type loaded struct {
	*drive.County
	clock   *bulk.Clock
	today   day.Day
	pattern *bulk.Pattern
}

func newLoaded(t *testing.T, e store.Engine) *loaded {
	t.Helper()
	x := &loaded{clock: &bulk.Clock{}, today: day.Instant(time.Now().UnixMicro()).Day()}
	x.clock.Set(bulk.Begun(x.today))
	o := drive.Options(t.TempDir(), "")
	o.NoSync, o.Clock = true, x.clock.Now
	if e == store.Postgres {
		o.Database = storetest.Options(t, e).URL
	}
	var err error
	x.County, err = drive.Found(t.Context(), o)
	must(t, err)
	t.Cleanup(func() { _ = x.House.Close() })
	x.pattern = x.work(t, 0)
	return x
}

// work does one piece of work through the commands.
func (x *loaded) work(t *testing.T, n int) *bulk.Pattern {
	t.Helper()
	p, err := bulk.Work(t.Context(), x.County, x.clock, x.today, n, fates)
	must(t, err)
	return p
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// count is how many rows each table has, and how many acts there are of each kind.
func (x *loaded) count(t *testing.T) map[string]int {
	t.Helper()
	n := map[string]int{}
	must(t, x.House.Store.Read(t.Context(), func(tx *store.Tx) error {
		for table := range x.pattern.Rows() {
			var rows int
			if _, err := tx.Get([]any{&rows}, `select count(*) from `+table); err != nil {
				return err
			}
			n[table] = rows
		}
		return tx.Each(func(r store.Row) error {
			var kind string
			var acts int
			err := r.Scan(&kind, &acts)
			n["act "+kind] = acts
			return err
		}, `select kind, count(*) from event group by kind`)
	}))
	return n
}

// less is what was added since.
func less(now, before map[string]int) map[string]int {
	n := map[string]int{}
	for k, v := range now {
		if v != before[k] {
			n[k] = v - before[k]
		}
	}
	return n
}

// Two hundred loaded cases have the rows that the commands write, kind by kind;
// the record verifies; what was sealed opens and what was signed holds; and the
// commands go on from there.
func TestLoadedCasesAreLikeMadeOnes(t *testing.T) {
	t.Parallel()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			x := newLoaded(t, e)
			before := x.count(t)
			_, err := bulk.Load(t.Context(), x.House, []*bulk.Pattern{x.pattern}, bulk.Options{Units: units, Chunk: 7, Rebuild: true})
			must(t, err)
			got := x.count(t)
			verify(t, x, got["event"])

			want := x.made(t) // the commands go on above what was loaded
			for k := range want {
				want[k] *= units
			}
			if got := less(got, before); !maps.Equal(got, want) {
				t.Errorf("loaded %v\nwhere the commands write %v", got, want)
			}
			x.look(t)
			verify(t, x, x.count(t)["event"])
		})
	}
}

// made is what one more resident writes through the commands.
func (x *loaded) made(t *testing.T) map[string]int {
	t.Helper()
	before := x.count(t)
	x.work(t, 1)
	return less(x.count(t), before)
}

// verify checks the whole record.
func verify(t *testing.T, x *loaded, acts int) {
	t.Helper()
	if _, err := x.House.Ledger.Number(t.Context(), 1000); err != nil {
		t.Fatal(err)
	}
	_, err := x.House.Ledger.Sign(t.Context())
	must(t, err)
	r, err := x.House.Ledger.Verify(t.Context(), casework.StateDigest)
	must(t, err)
	if r.Events != int64(acts) || r.States < units*int64(fates.Cases()) || r.Values < units || r.Tiles == 0 || r.Checkpoints == 0 {
		t.Fatalf("%d acts: %+v", acts, r)
	}
}

// look reads as the last of the loaded residents does: their cases and what is
// sealed in them, the seals on their papers and licence, their inbox, the proof.
func (x *loaded) look(t *testing.T) {
	t.Helper()
	h := x.House
	in, err := h.People.SignIn(t.Context(), identity.Credentials{Login: fmt.Sprintf("resident%d", units-1), Password: demo.PeoplePassword})
	must(t, err)
	who, err := h.People.Actor(t.Context(), in.Token)
	must(t, err)
	mine, err := h.Office.Mine(t.Context(), who, 0, 100)
	must(t, err)
	if len(mine) != fates.Cases() {
		t.Fatalf("the resident has %d cases", len(mine))
	}
	papers, licences := 0, 0
	for _, f := range mine {
		c, err := h.Office.Look(t.Context(), who, f.ID, "")
		must(t, err)
		if c.Personal == nil || c.Personal.Applicant.Name != who.Name {
			t.Errorf("case %s is about %+v, not %s", c.Number, c.Personal, who.Name)
		}
		if _, err := h.Office.Progress(t.Context(), c.Number, h.Office.QueryCode(c.Number)); err != nil {
			t.Error(err)
		}
		p, err := h.Ledger.Prove(t.Context(), casework.ProofStream(c.ID))
		must(t, err)
		if len(p.Acts) == 0 {
			t.Errorf("no act of case %s is proven", c.Number)
		}
		papers += len(c.Papers)
		must(t, h.Store.Read(t.Context(), func(tx *store.Tx) error { return x.sealsHold(tx, t, c, &licences) }))
	}
	if papers != x.pattern.Rows()["paper"] || licences != x.pattern.Rows()["licence"] {
		t.Errorf("%d papers and %d licences hold", papers, licences)
	}
}

// sealsHold checks what bears a seal by its code, as anybody can.
func (x *loaded) sealsHold(tx *store.Tx, t *testing.T, c *casework.Case, licences *int) error {
	for _, p := range c.Papers {
		o, err := x.House.Papers.Open(tx, p.ID)
		if err != nil {
			return err
		}
		v, err := x.House.Papers.Check(tx, o.Code)
		if err != nil {
			return err
		}
		if !v.Real || o.Document.Holder != c.Personal.Applicant.Name {
			t.Errorf("paper %s for %s: %v", p.Number, o.Document.Holder, v.Faults)
		}
	}
	if c.Facts.Licence == 0 {
		return nil
	}
	l, err := x.House.Licences.Show(tx, c.Facts.Licence)
	if err != nil {
		return err
	}
	v, err := x.House.Licences.Verify(tx, l.Code)
	if err == nil && !v.Real {
		t.Errorf("licence %s: %v", l.Number, v.Faults)
	}
	*licences++
	return err
}
