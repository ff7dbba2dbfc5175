package ledger_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
)

// cases is a table of states, as a room above keeps one.
func cases(t *testing.T, r *rig) ledger.StateDigest {
	t.Helper()
	r.write(t, `create table case_row(stream text primary key, state bytea not null)`)
	for i := range 300 { // more than one page of streams
		stream := fmt.Sprintf("case/%03d", i)
		if i < 30 {
			r.act(t, stream, "甲", []byte("old"))
			r.act(t, stream, "乙", []byte(stream))
		} else {
			must(t, r.s.Do(bg, store.People, func(tx *store.Tx) error {
				_, err := r.Note(tx, nil, ledger.Event{Stream: stream, Kind: "case.received", State: []byte(stream)})
				return err
			}))
		}
		r.write(t, `insert into case_row(stream, state) values($1, $2)`, stream, []byte(stream))
		if i == 10 || i == 20 {
			r.numberAll(t)
			_, err := r.Sign(bg)
			must(t, err)
		}
	}
	r.numberAll(t)
	_, err := r.Sign(bg)
	must(t, err)
	return func(tx *store.Tx, stream string) (d []byte, ok bool, err error) {
		ok, err = tx.Get([]any{&d}, `select state from case_row where stream = $1`, stream)
		return d, ok, err
	}
}

func TestVerifyFindsWhatWasChanged(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		state := cases(t, r)
		report, err := r.Verify(bg, state)
		must(t, err)
		if len(report.Findings) != 0 || report.Events != 330 || report.Checkpoints != 3 || report.Tiles != 1 || report.Values != 120 || report.States != 300 {
			t.Fatalf("an honest record: %+v", report)
		}
		list := r.entries(t)
		act := list[10]
		flip := func(table, column, where string, args ...any) func() {
			return func() { r.flip(t, table, column, where, args...) }
		}
		at := func(code string) string { return fmt.Sprintf("ledger.finding.%s %d", code, act.Seq) }
		none := func(code string) string { return fmt.Sprintf("ledger.finding.%s -1", code) }
		for _, c := range []struct {
			name   string
			change func()
			want   []string
		}{
			{"a byte of the leaf", flip("event", "leaf", "id = $1", act.Event), []string{at("changed")}},
			{"the entry's hash", flip("entry", "hash", "seq = $1", act.Seq), []string{at("changed"), none("interval"), none("tile"), none("edge")}},
			{"a tile", flip("tile", "hashes", "n = $1", 0), []string{none("tile")}},
			{"the root of a tile", flip("tile", "root", "n = $1", 0), []string{none("tile")}},
			{"a stored value", flip("disclosure", "cipher", "event = $1 and field = $2", act.Event, "person.name"), []string{at("value_closed")}},
			{"the head's edge", flip("ledger_log", "hashes", "size > $1", 0), []string{none("edge")}},
			{"the stream column", func() { r.write(t, `update event set kind = 'case.lost' where id = $1`, act.Event) }, []string{at("columns")}},
			{"a missing value", func() {
				r.write(t, `delete from disclosure where event = $1 and field = $2`, act.Event, "person.phone")
			}, []string{at("value_missing")}},
			{"a missing event", func() { r.write(t, `delete from event where id = $1`, act.Event) }, []string{at("event_missing")}},
			{"a missing entry", func() { r.write(t, `delete from entry where seq = $1`, act.Seq) }, []string{at("entries_missing"), none("unnumbered")}},
			{"a missing tile", func() { r.write(t, `delete from tile`) }, []string{none("tile")}},
			{"the last acts cut off", func() { r.write(t, `delete from entry where seq >= 300`) }, []string{"ledger.finding.entries_missing 300"}},
			{"the record cut off", func() {
				r.write(t, `delete from event where id in (select event from entry where seq >= 300)`)
				r.write(t, `delete from entry where seq >= 300`)
				r.write(t, `update ledger_log set size = 300`)
			}, []string{none("cut"), none("edge")}},
			{"a state", func() { r.write(t, `update case_row set state = $1 where stream = 'case/007'`, []byte("other")) }, []string{"ledger.finding.state 15"}},
			{"a checkpoint's signature", func() { r.signature(t) }, []string{none("signature")}},
			{"a checkpoint of another size", func() {
				r.write(t, `update checkpoint set size = 100 where size = (select min(size) from checkpoint)`)
			}, []string{none("checkpoint")}},
		} {
			r.undone(t, func() {
				c.change()
				report, err := r.Verify(bg, state)
				must(t, err)
				mustFind(t, c.name, report, c.want...)
			})
		}
		report, err = r.Verify(bg, state)
		must(t, err)
		if len(report.Findings) != 0 {
			t.Fatalf("after all was put back: %+v", report.Findings)
		}
	})
}

func mustFind(t *testing.T, name string, report ledger.Report, want ...string) {
	t.Helper()
	var got []string
	for _, f := range report.Findings {
		got = append(got, fmt.Sprintf("%s %d", f.What.Key, f.Seq))
		if strings.Contains(f.What.Error(), "⟦") || strings.Contains(f.What.Error(), "{") {
			t.Errorf("%s: the finding has no sentence: %s", name, f.What.Error())
		}
	}
	for _, w := range want {
		if !strings.Contains(strings.Join(got, "\n")+"\n", w+"\n") {
			t.Errorf("%s: %s not found, only %v", name, w, got)
		}
	}
	if len(got) > len(want)+4 && !slices.Contains(got, "ledger.finding.unnumbered -1") {
		t.Errorf("%s: one change, %d findings: %v", name, len(got), got)
	}
}

// tables of the record that the tests change and put back.
var tables = []string{"event", "entry", "tile", "disclosure", "ledger_log", "checkpoint", "case_row"}

// undone runs f and then puts the record back as it was.
func (r *rig) undone(t *testing.T, f func()) {
	t.Helper()
	must(t, r.s.Do(bg, store.People, func(tx *store.Tx) error {
		for _, table := range tables {
			if _, err := tx.Exec(`create table kept_` + table + ` as select * from ` + table); err != nil {
				return err
			}
		}
		return nil
	}))
	f()
	must(t, r.s.Do(bg, store.People, func(tx *store.Tx) error {
		for _, table := range tables {
			for _, sql := range []string{`delete from ` + table, `insert into ` + table + ` select * from kept_` + table, `drop table kept_` + table} {
				if _, err := tx.Exec(sql); err != nil {
					return err
				}
			}
		}
		return nil
	}))
}

// flip changes one bit in the middle of a stored value.
func (r *rig) flip(t *testing.T, table, column, where string, args ...any) {
	t.Helper()
	must(t, r.s.Do(bg, store.People, func(tx *store.Tx) error {
		var b []byte
		if found, err := tx.Get([]any{&b}, `select `+column+` from `+table+` where `+where, args...); err != nil || !found {
			return fmt.Errorf("nothing to change in %s: %w", table, err)
		}
		b = bytes.Clone(b)
		b[len(b)/2] ^= 1
		_, err := tx.Exec(fmt.Sprintf(`update %s set %s = $%d where %s`, table, column, len(args)+1, where), append(args, b)...)
		return err
	}))
}

// signature changes one letter of a checkpoint's signature.
func (r *rig) signature(t *testing.T) {
	t.Helper()
	must(t, r.s.Do(bg, store.People, func(tx *store.Tx) error {
		var size int64
		var text string
		if _, err := tx.Get([]any{&size, &text}, `select size, note from checkpoint order by size limit 1`); err != nil {
			return err
		}
		i := len(text) - 20
		letter := "A"
		if text[i:i+1] == "A" {
			letter = "B"
		}
		_, err := tx.Exec(`update checkpoint set note = $2 where size = $1`, size, text[:i]+letter+text[i+1:])
		return err
	}))
}

// Who rewrites an act and its number's hash, even the tree's edge and tiles,
// cannot rewrite what was signed: the interval is named.
func TestVerifyNamesTheIntervalWhenTheTreeWasRewritten(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		for i := range 30 {
			r.note(t, fmt.Sprint("case/", i), 1)
			if i%10 == 9 {
				_, err := r.Sign(bg)
				must(t, err)
			}
		}
		e := r.entries(t)[14]
		forged := bytes.Replace(e.Bytes, []byte(`"i":0`), []byte(`"i":1`), 1)
		h := leafByDefinition(forged)
		r.write(t, `update event set leaf = $2 where id = $1`, e.Event, forged)
		r.write(t, `update entry set hash = $2 where event = $1`, e.Event, h[:])
		report, err := r.Verify(bg, nil)
		must(t, err)
		mustFind(t, "rewritten", report, "ledger.finding.interval -1", "ledger.finding.edge -1")
		f := report.Findings[0]
		if f.What.Args["from"] != int64(10) || f.What.Args["to"] != int64(19) {
			t.Fatalf("named %v", f.What)
		}
	})
}

func TestVerifyTellsErasedFromMissing(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		for i := range 5 {
			r.act(t, fmt.Sprint("case/", i), "甲", nil)
		}
		r.keys.gone[7] = true // behind the product's back
		report, err := r.Verify(bg, nil)
		must(t, err)
		if report.Erased != 10 || len(report.Findings) != 1 {
			t.Fatalf("destroyed by nobody: %+v", report)
		}
		mustFind(t, "lost", report, "ledger.finding.value_lost 0")
		must(t, r.s.Do(bg, store.People, func(tx *store.Tx) error {
			_, err := r.Note(tx, nil, ledger.Event{Stream: "case/1", Kind: "case.erased", Facts: map[string]any{ledger.FactErased: []int64{7}}})
			return err
		}))
		report, err = r.Verify(bg, nil) // also while the act waits for its number
		must(t, err)
		if report.Erased != 10 || len(report.Findings) != 0 || len(report.ErasedBy) != 1 || report.ErasedBy[0].Values != 10 {
			t.Fatalf("waiting: %+v", report)
		}
		r.numberAll(t)
		report, err = r.Verify(bg, nil)
		must(t, err)
		if report.Erased != 10 || len(report.Findings) != 0 || report.ErasedBy[0] != (ledger.ErasedBy{Log: report.ErasedBy[0].Log, Seq: 5, Stream: "case/1", Keys: 1, Values: 10}) {
			t.Fatalf("erased by rule: %+v", report)
		}
		r.keys.gone[7] = false // somebody put the key back
		report, err = r.Verify(bg, nil)
		must(t, err)
		mustFind(t, "undone", report, "ledger.finding.erasure_undone 5")
		r.keys.gone[7] = true
		r.write(t, `delete from disclosure where event = $1`, r.entries(t)[2].Event)
		report, err = r.Verify(bg, nil)
		must(t, err)
		if report.Erased != 8 || len(report.Findings) != 2 {
			t.Fatalf("two deleted: %+v", report)
		}
		mustFind(t, "deleted", report, "ledger.finding.value_missing 2")
	})
}

func TestVerifyWhileTheRecordGrows(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		stop := make(chan struct{})
		done := make(chan struct{})
		go func() {
			defer close(done)
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				err := r.s.Do(bg, store.People, func(tx *store.Tx) error {
					_, err := r.Note(tx, nil, ledger.Event{Stream: fmt.Sprint("case/", i%9), Kind: "test.noted"})
					return err
				})
				if err == nil {
					_, err = r.Number(bg, 100)
				}
				if err == nil && i%10 == 0 {
					_, err = r.Sign(bg)
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		}()
		for range 10 {
			report, err := r.Verify(bg, nil)
			must(t, err)
			if len(report.Findings) != 0 {
				t.Errorf("found %+v", report.Findings)
			}
		}
		close(stop)
		<-done
	})
}

// Pages are read side by side; what is found in them comes in the order of the
// record, and each act counts once.
func TestVerifyManyPages(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		const acts = 3_400
		for n := range acts / 20 {
			appendSome(t, r, n)
		}
		r.numberAll(t)
		_, err := r.Sign(bg)
		must(t, err)
		report, err := r.Verify(bg, nil)
		must(t, err)
		if len(report.Findings) != 0 || report.Events != acts || report.Values != acts {
			t.Fatalf("an honest record: %+v", report)
		}
		changed := []int64{3_399, 7, 1_999, 2_000, 1_000, 999}
		for _, seq := range changed {
			r.flip(t, "event", "leaf", "id = (select event from entry where seq = $1)", seq)
		}
		report, err = r.Verify(bg, nil)
		must(t, err)
		var found []int64
		for _, f := range report.Findings {
			if f.What.Key == "ledger.finding.changed" {
				found = append(found, f.Seq)
			}
		}
		slices.Sort(changed)
		if !slices.Equal(found, changed) || report.Events != acts {
			t.Errorf("changed are %v, found were %v in %d acts", changed, found, report.Events)
		}
		ended, end := context.WithCancel(bg)
		end()
		if _, err := r.Verify(ended, nil); err == nil {
			t.Error("a verification that was ended says that it read everything")
		}
	})
}

// A page of streams is read by the streams: a record of a million acts has thousands
// of such pages.
func TestLastActsGoByTheirStreams(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		if r.s.Engine() == store.Postgres {
			return // goes by how many there are
		}
		must(t, r.s.Read(bg, func(tx *store.Tx) error {
			plan := storetest.Plan(t, tx, ledger.LastActsSelect, tx.Home(), "case/1", 20)
			if !strings.Contains(plan, "SEARCH e USING INDEX sqlite_autoindex_event_1 (home=? AND stream=? AND version=?)") {
				t.Errorf("all acts are read for a page of streams:\n%s", plan)
			}
			return nil
		}))
	})
}
