package archive_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"tongban/internal/record/archive"
	"tongban/internal/record/file"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
	"tongban/internal/record/vault"
)

var bg = context.Background()

// rig is a platform's record: store, vault, ledger, shelf and archive, wired as
// cmd does it. Several rigs of one test share the keys, as one platform does
// that moves from one machine to another.
type rig struct {
	*archive.Archive
	s       *store.Store
	v       *vault.Vault
	l       *ledger.Ledger
	shelf   archive.Shelf
	options ledger.Options
}

// platform is what outlives a database: the key folder.
type platform struct {
	keys    *vault.Keys
	outside string
}

func newPlatform(t testing.TB) *platform {
	t.Helper()
	keys, err := vault.NewKeys(nil)
	must(t, err)
	return &platform{keys, filepath.Join(t.TempDir(), "checkpoint")}
}

type keyring struct{ v *vault.Vault }

func (k keyring) KeyByID(tx *store.Tx, id int64) (ledger.Key, error) { return k.v.Key(tx, id) }

// open opens an empty database of one engine with this platform's keys.
func (p *platform) open(t testing.TB, e store.Engine) *rig {
	t.Helper()
	r := &rig{v: vault.New(p.keys, nil)}
	signer, err := r.v.LogSigner("yunhe.example/log")
	must(t, err)
	var verifiers []note.Verifier
	for _, key := range []string{signer.Ed25519Key, signer.SM2Key} {
		v, err := vault.Verifier(key)
		must(t, err)
		verifiers = append(verifiers, v)
	}
	r.options = ledger.Options{Origin: "yunhe.example/log", Signers: signer.Signers(), Verifiers: note.VerifierList(verifiers...),
		Keys: keyring{r.v}, Outside: p.outside}
	r.l = ledger.New(r.options)
	r.s = storetest.Open(t, e, func(o *store.Options) { o.BeforeCommit = r.l.BeforeCommit; o.NoSync = true })
	if e == store.SQLite {
		r.shelf, err = file.InFolder(r.s, r.v, filepath.Join(t.TempDir(), "files"))
		must(t, err)
	} else {
		r.shelf = file.InDatabase(r.s, r.v)
	}
	r.Archive = archive.New(archive.Options{Store: r.s, Ledger: r.l, Shelf: r.shelf, Erasures: r.v, Again: r.again})
	oddTables(t, r)
	return r
}

// again is what the rooms above do for a restore: the act of erasure once more.
func (r *rig) again(ctx context.Context, keys []vault.Owned) error {
	return r.s.Do(ctx, store.People, func(tx *store.Tx) error {
		for _, k := range keys {
			e := ledger.Event{Stream: fmt.Sprintf("%s/%d", k.Kind, k.Owner), Kind: "case.erased", Facts: map[string]any{ledger.FactErased: []int64{k.Key}}}
			if _, err := r.l.Note(tx, nil, e); err != nil {
				return err
			}
		}
		return nil
	})
}

// serve opens the log, as the product does when it starts.
func (r *rig) serve(t testing.TB) *rig {
	t.Helper()
	must(t, r.l.Attach(bg, r.s))
	return r
}

// oddTables stand for what rooms above may keep: every type, nothing in it,
// and references that go against the alphabet.
func oddTables(t testing.TB, r *rig) {
	t.Helper()
	r.write(t, `create table z_parent(id bigint primary key, word text not null)`)
	r.write(t, `create table a_child(id bigint primary key, parent bigint not null references z_parent(id))`)
	r.write(t, `create table odd("order" bigint not null, id bigint primary key, n integer, t text, raw bytea, yes boolean, r double precision)`)
}

func fillOdd(t testing.TB, r *rig) {
	t.Helper()
	for i, v := range [][]any{
		{nil, nil, nil, nil, nil},
		{int64(0), "", []byte{}, false, 0.0},
		{int64(-1 << 31), "中文 <&> \" \\ \n\r\t 𠮷", []byte{0, 255, 10, 13}, true, -1.5e300},
		{int64(1<<31 - 1), "[\"end\"]{", bytes.Repeat([]byte{7}, 100_000), true, 0.1},
	} {
		r.write(t, `insert into odd("order", id, n, t, raw, yes, r) values($1, $2, $3, $4, $5, $6, $7)`, append([]any{int64(1)<<62 + int64(i), int64(i)}, v...)...)
	}
	r.write(t, `insert into z_parent(id, word) values(1, '父')`)
	r.write(t, `insert into a_child(id, parent) values(1, 1)`)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (r *rig) write(t testing.TB, sql string, args ...any) {
	t.Helper()
	must(t, r.s.Do(bg, store.People, func(tx *store.Tx) error { _, err := tx.Exec(sql, args...); return err }))
}

func (r *rig) count(t testing.TB, sql string, args ...any) (n int64) {
	t.Helper()
	must(t, r.s.Read(bg, func(tx *store.Tx) error { _, err := tx.Get([]any{&n}, sql, args...); return err }))
	return n
}

func (r *rig) key(t testing.TB, owner int64) (k *vault.Key) {
	t.Helper()
	must(t, r.s.Do(bg, store.People, func(tx *store.Tx) (err error) { k, err = r.v.NewKey(tx, "case", owner); return err }))
	return k
}

// act writes an act with a name in it on a case.
func (r *rig) act(t testing.TB, k *vault.Key, stream, name string) {
	t.Helper()
	must(t, r.s.Do(bg, store.People, func(tx *store.Tx) error { return noteAct(tx, r, k, stream, name) }))
	r.number(t)
}

func noteAct(tx *store.Tx, r *rig, k *vault.Key, stream, name string) error {
	_, err := r.l.Note(tx, k, ledger.Event{Stream: stream, Kind: "case.received", Personal: []ledger.Personal{{Field: "person.name", Value: name}}})
	return err
}

func (r *rig) number(t testing.TB) {
	t.Helper()
	for {
		n, err := r.l.Number(bg, 500)
		must(t, err)
		if n == 0 {
			return
		}
	}
}

// attach puts a content on the shelf and its row into the record.
func (r *rig) attach(t testing.TB, id int64, content []byte) string {
	t.Helper()
	sum := sha256.Sum256(content)
	ref := hex.EncodeToString(sum[:])
	must(t, r.shelf.CopyIn(bg, ref, bytes.NewReader(content)))
	r.write(t, `insert into attachment(home, id, owner_kind, owner, slot, name, type, size, fingerprint, content, key, ref, created)
		values(1, $1, 'case', 1, 'plan', $2, 'pdf', $3, $2, $2, 1, $4, 1)`, id, []byte{1}, len(content), ref)
	return ref
}

func sealedContent(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i * 7)
	}
	return b
}

func (r *rig) archive(t testing.TB) ([]byte, archive.Summary) {
	t.Helper()
	var b bytes.Buffer
	s, err := r.Write(bg, &b)
	must(t, err)
	return b.Bytes(), s
}

func (r *rig) verify(t testing.TB) ledger.Report {
	t.Helper()
	report, err := r.l.Verify(bg, nil)
	must(t, err)
	if len(report.Findings) > 0 {
		t.Fatalf("the record does not verify: %+v", report.Findings)
	}
	return report
}

// rows reads every row of an archive as text, by table.
func rows(t testing.TB, b []byte) map[string]map[string]bool {
	t.Helper()
	out := map[string]map[string]bool{}
	for _, line := range archive.Lines(t, b) {
		if table, row, ok := strings.Cut(line, "\t"); ok {
			if out[table] == nil {
				out[table] = map[string]bool{}
			}
			out[table][row] = true
		}
	}
	return out
}

func story(t testing.TB, r *rig) (ref string) {
	t.Helper()
	fillOdd(t, r)
	for i := range 4 {
		k := r.key(t, int64(i))
		for range 100 {
			r.act(t, k, fmt.Sprint("case/", i), fmt.Sprint("申请人", i))
		}
	}
	ref = r.attach(t, 1, sealedContent(300_000))
	r.attach(t, 2, sealedContent(900))
	return ref
}

var roads = [][2]store.Engine{{store.SQLite, store.Postgres}, {store.Postgres, store.SQLite}, {store.SQLite, store.SQLite}, {store.Postgres, store.Postgres}}

func TestRestoredRecordIsTheSame(t *testing.T) {
	t.Parallel()
	for _, road := range roads {
		t.Run(fmt.Sprint(road[0], " to ", road[1]), func(t *testing.T) {
			t.Parallel()
			p := newPlatform(t)
			a := p.open(t, road[0]).serve(t)
			ref := story(t, a)
			proof, err := a.l.Prove(bg, "case/1")
			must(t, err)
			file, _ := a.archive(t)

			b := p.open(t, road[1])
			s, err := b.Restore(bg, bytes.NewReader(file), nil)
			must(t, err)
			if s.Files != 2 || len(s.Missing) != 0 || s.Acts != 400 {
				t.Fatalf("restored %+v", s)
			}
			sameRows(t, file, b)
			if got := b.verify(t); got.Events != 401 || got.Lost != 0 {
				t.Fatalf("verified %+v", got)
			}
			must(t, archive.Unfinished(bg, b.s))
			must(t, b.l.CheckOutside(bg))
			oldProofHolds(t, b, proof)

			var content bytes.Buffer
			must(t, b.shelf.CopyOut(bg, ref, &content))
			if !bytes.Equal(content.Bytes(), sealedContent(300_000)) {
				t.Fatal("the attachment is another")
			}
			goesOn(t, b)
			back := p.open(t, road[0]) // and home again
			again, _ := b.archive(t)
			_, err = back.Restore(bg, bytes.NewReader(again), nil)
			must(t, err)
			sameRows(t, again, back)
			back.verify(t)
		})
	}
}

// sameRows: what the archive holds is in the database, row by row; more there is
// only what a restore itself adds.
func sameRows(t *testing.T, file []byte, r *rig) {
	t.Helper()
	now, _ := r.archive(t)
	want, got := rows(t, file), rows(t, now)
	for table, list := range want {
		if table == "id_block" || table == "stream_head" {
			continue
		}
		for row := range list {
			if !got[table][row] {
				t.Fatalf("%s lacks %.300s", table, row)
			}
		}
		added := map[string]int{"ledger_log": 1, "event": 1, "entry": 1, "checkpoint": 9}[table]
		if len(got[table]) > len(list)+added {
			t.Fatalf("%s has %d rows, %d were archived", table, len(got[table]), len(list))
		}
	}
}

func oldProofHolds(t *testing.T, r *rig, p ledger.Proof) {
	t.Helper()
	if _, err := ledger.CheckProof(p, r.options.Verifiers); err != nil {
		t.Fatalf("a proof from before: %v", err)
	}
	where, err := r.l.Locate(bg, p)
	must(t, err)
	for _, at := range where {
		if at.Standing != ledger.Held {
			t.Fatalf("act %d stands %s", at.Seq, at.Standing)
		}
	}
	fresh, err := r.l.Prove(bg, p.Stream)
	must(t, err)
	if _, err := ledger.CheckProof(fresh, r.options.Verifiers); err != nil {
		t.Fatalf("a proof from after: %v", err)
	}
}

// goesOn writes on in the restored record: ids that collide would fail.
func goesOn(t *testing.T, r *rig) {
	t.Helper()
	k := r.key(t, 9)
	for range 50 {
		r.act(t, k, "case/1", "后来的人")
	}
	r.verify(t)
}

func TestBackupUnderLoadIsConsistent(t *testing.T) {
	t.Parallel()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			p := newPlatform(t)
			a := p.open(t, e).serve(t)
			k := a.key(t, 1)
			stop := make(chan struct{})
			var wg sync.WaitGroup
			for w := range 4 {
				wg.Go(func() {
					for i := 0; ; i++ {
						select {
						case <-stop:
							return
						default:
						}
						err := a.s.Do(bg, store.People, func(tx *store.Tx) error {
							// Two rows that belong together, and an act.
							tx.Put(`insert into z_parent(id, word) values($1, 'x')`, tx.NewID())
							tx.Put(`insert into odd("order", id, n) values(1, $1, $2)`, tx.NewID(), i)
							return noteAct(tx, a, k, fmt.Sprint("case/", w), "甲")
						})
						if err == nil && w == 0 {
							_, err = a.l.Number(bg, 100)
						}
						if err != nil {
							t.Error(err)
							return
						}
					}
				})
			}
			var files [][]byte
			for range 3 {
				b, _ := a.archive(t)
				files = append(files, b)
			}
			close(stop)
			wg.Wait()
			for i, b := range files {
				if i == 1 {
					continue
				}
				to := p.open(t, roads[i][1])
				_, err := to.Restore(bg, bytes.NewReader(b), nil)
				must(t, err)
				to.verify(t)
				acts := to.count(t, `select count(*) from event where kind = 'case.received'`)
				if x, y := to.count(t, `select count(*) from z_parent`), to.count(t, `select count(*) from odd`); x != y || x != acts {
					t.Fatalf("%d, %d rows and %d acts of one command each", x, y, acts)
				}
			}
		})
	}
}

func TestActsAfterTheBackupAreToldAsLost(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	a := p.open(t, store.SQLite).serve(t)
	k := a.key(t, 1)
	a.act(t, k, "case/1", "甲")
	b, _ := a.archive(t)
	a.act(t, k, "case/1", "甲")
	late, err := a.l.Prove(bg, "case/1")
	must(t, err)

	r := p.open(t, store.Postgres)
	_, err = r.Restore(bg, bytes.NewReader(b), nil)
	must(t, err)
	if _, err := ledger.CheckProof(late, r.options.Verifiers); err != nil {
		t.Fatalf("the late proof: %v", err)
	}
	where, err := r.l.Locate(bg, late)
	must(t, err)
	if where[0].Standing != ledger.Held || where[1].Standing != ledger.NotRestored || where[1].Generation != 1 {
		t.Fatalf("the late proof stands %+v", where)
	}
	if report := r.verify(t); report.Lost != 1 {
		t.Fatalf("%d acts lost", report.Lost)
	}
}

func TestErasedStaysErased(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	a := p.open(t, store.SQLite).serve(t)
	k := a.key(t, 1)
	a.act(t, k, "case/1", "申请人甲")
	dir := t.TempDir()
	path, err := a.Backup(bg, dir, 3)
	must(t, err)
	later := a.key(t, 2) // made after the backup, erased too: unknown to the restored record
	must(t, a.s.Do(bg, store.People, func(tx *store.Tx) error {
		for _, gone := range []*vault.Key{later, k} {
			if err := a.v.Erase(tx, gone.ID()); err != nil {
				return err
			}
		}
		_, err := a.l.Note(tx, nil, ledger.Event{Stream: "case/1", Kind: "case.erased", Facts: map[string]any{ledger.FactErased: []int64{later.ID(), k.ID()}}})
		return err
	}))
	a.number(t)
	if report := a.verify(t); report.Erased != 1 || report.ErasedBy[0].Keys != 2 {
		t.Fatalf("before: %+v", report)
	}
	list := filepath.Join(dir, "erased-keys.txt")
	must(t, a.KeepErased(bg, list))
	erased, err := archive.ReadErased(list)
	must(t, err)
	if len(erased) != 2 {
		t.Fatalf("list of %d destroyed keys", len(erased))
	}

	r := p.open(t, store.Postgres)
	_, err = r.Restore(bg, bytes.NewReader(readFile(t, path)), erased)
	must(t, err)
	r.number(t)
	if report := r.verify(t); report.Erased != 1 || report.ErasedBy[0].Keys != 1 {
		t.Fatalf("verify: %+v", report)
	}
	proof, err := r.l.Prove(bg, "case/1")
	must(t, err)
	if len(proof.Acts[0].Disclosed) != 0 {
		t.Fatal("the erased name came back")
	}
}

func TestNoKeyIsInTheArchive(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	a := p.open(t, store.SQLite).serve(t)
	a.act(t, a.key(t, 1), "case/1", "申请人甲")
	b, _ := a.archive(t)
	plain := archive.Plain(t, b)
	if bytes.Contains(plain, []byte("申请人甲")) {
		t.Fatal("the name can be read")
	}
	other := newPlatform(t).open(t, store.SQLite)
	_, err := other.Restore(bg, bytes.NewReader(b), nil)
	refused(t, err, "密钥")
	isEmpty(t, other)
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	b, err := io.ReadAll(openFile(t, path))
	must(t, err)
	return b
}

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}
