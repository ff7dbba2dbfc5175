package faults_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"tongban/internal/house"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
	"tongban/tests/drive"
)

// TestMovedBetweenEngines takes a backup with the binary while people work,
// restores it on the other engine, works on there, and moves it back. After each
// move the same cases are there with the same files, their proofs from before
// verify, and what is restored is served and worked on.
func TestMovedBetweenEngines(t *testing.T) {
	t.Parallel()
	r := try(t, "backup under load, restored on the other engine, and back")
	each := crowd
	if long() {
		each = 25 * crowd
	}
	g := settled(t, onSQLite)
	onTheOther := onServer(t, storetest.ServerURL(t), fmt.Sprintf("moved%016x", rand.Uint64()), "template0")
	t.Cleanup(func() { drop(onTheOther) })
	g.start()
	for n := range 3 {
		g.must(g.upload(n, n))
	}
	cases, proofs := 0, 0
	for _, to := range []string{onTheOther, ""} {
		before := g.workAndBackUp(each)
		next := &group{t: t, ctx: g.ctx, dir: t.TempDir(), db: to, county: g.county, filed: g.filed, log: g.log, book: before.book, files: g.files}
		next.persons, next.staff = g.persons, g.staff
		next.killedAtEnd()
		g.must(copyFolder(filepath.Join(next.dir, "keys"), filepath.Join(g.dir, "keys")))
		g.stop()
		next.tongban("restore", before.archive)
		next.tongban("verify")
		next.verified(before)
		next.start()
		next.compare()
		for i, proof := range before.proofs {
			proofs++
			next.stillProves(before.keys, i, proof)
		}
		cases += len(before.book)
		next.next = g.next
		g = next
	}
	g.work(crowd) // it is worked on there too
	g.compare()
	g.stop()
	g.tongban("verify")
	r.tells("SQLite → PostgreSQL → SQLite, %d cases compared, %d files read, %d proofs from before verified after", cases, len(g.files), proofs)
	if cases == 0 || proofs == 0 {
		t.Error("nothing was moved")
	}
}

// backup is what must be found again after a restore.
type backup struct {
	archive string
	book    map[string]*entry // cases that stood still
	proofs  []ledger.Proof
	keys    []string
}

// workAndBackUp finishes a number of cases, proves them, and takes a backup while
// others go on. What stood still must be in the archive as it was.
func (g *group) workAndBackUp(cases int) backup {
	g.t.Helper()
	g.work(cases)
	b := backup{book: map[string]*entry{}}
	for key, e := range g.book {
		if e.acked && !e.asked {
			still := *e
			b.book[key] = &still
		}
	}
	clear(g.book) // the load beside the backup takes up no old case
	for _, e := range b.book {
		if len(b.proofs) == 5 {
			break
		}
		raw, err := g.persons[e.who].Bytes(g.ctx, http.MethodGet, fmt.Sprintf("/api/v1/cases/%d/proof", e.done.Case), "", nil)
		g.must(err)
		var p ledger.Proof
		g.must(json.Unmarshal(raw, &p))
		b.proofs = append(b.proofs, p)
	}
	b.keys = g.logKeys()
	ctx, stop := context.WithCancel(g.ctx)
	var beside sync.WaitGroup
	for w := range crowd {
		beside.Go(func() {
			for ctx.Err() == nil {
				g.oneCase(ctx, w)
			}
		})
	}
	out := g.tongban("backup", g.t.TempDir())
	stop()
	beside.Wait()
	b.archive = strings.TrimSpace(out)
	if len(g.book) == 0 {
		g.t.Error("nobody worked beside the backup")
	}
	return b
}

// work lets everybody take so many cases the whole way.
func (g *group) work(cases int) {
	var all sync.WaitGroup
	for w := range crowd {
		all.Go(func() {
			for n := w; n < cases; n += crowd {
				g.oneCase(context.WithoutCancel(g.ctx), w)
			}
		})
	}
	all.Wait()
}

// tongban runs a command of the binary on the group's house.
func (g *group) tongban(command string, args ...string) string {
	g.t.Helper()
	args = append([]string{command, "--data", g.dir, "--origin", "drive.invalid/log"}, args...)
	if g.db != "" {
		args = append(args, "--database", g.db, "--single-server")
	}
	c := exec.CommandContext(g.ctx, binary(g.t), args...)
	var wrong bytes.Buffer
	c.Stderr = &wrong
	out, err := c.Output()
	if err != nil {
		g.t.Fatalf("tongban %s: %v\n%s\n%s", command, err, out, wrong.String())
	}
	return string(out)
}

// logKeys are the public keys of the log.
func (g *group) logKeys() []string {
	g.t.Helper()
	type published struct {
		Keys []string `json:"keys"`
	}
	p, err := drive.Ask[published](g.ctx, g.persons[0], http.MethodGet, "/api/v1/checkpoint/keys", "", nil)
	g.must(err)
	return p.Keys
}

// stillProves checks a proof from before a restore with the keys from before it,
// and finds its acts standing in the restored record.
func (g *group) stillProves(keys []string, i int, p ledger.Proof) {
	g.t.Helper()
	v, err := house.Verifiers(keys...)
	g.must(err)
	if found, err := ledger.CheckProof(p, v); err != nil || len(found.Acts) != len(p.Acts) {
		g.t.Errorf("proof %d from before the restore: %v", i, err)
	}
}

// verified sees in the stopped, restored house that nothing is lost: every case
// as it stood, every file, and the acts of the old proofs at their places.
func (g *group) verified(b backup) {
	g.t.Helper()
	g.reopened(func(c *drive.County) error {
		for i, p := range b.proofs {
			places, err := c.House.Ledger.Locate(g.ctx, p)
			if err != nil {
				return err
			}
			for _, at := range places {
				if at.Standing != ledger.Held {
					g.t.Errorf("an act of proof %d is told as %v after the restore", i, at.Standing)
				}
			}
		}
		return c.House.Store.Read(g.ctx, func(tx *store.Tx) error {
			for id := range g.files {
				if err := g.keepsFile(tx, c, id); err != nil {
					return err
				}
			}
			return nil
		})
	})
}
