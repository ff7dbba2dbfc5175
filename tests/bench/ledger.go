package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"tongban/internal/house"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/tests/drive"
)

// ledger measures acts appended and numbered beside the same rows written with
// nothing around, on SQLite, where they are numbered in the same commit; and
// verification beside the hashing of as many bytes.
func (b *bench) ledger(ctx context.Context) error {
	w, err := b.observed(ctx, func(c *drive.County, _ *drive.Insiders) func() error {
		return func() error { return appendOne(ctx, c.House, 0, 1) }
	})
	if err != nil {
		return err
	}
	b.table.condition("one act of the ledger writes on SQLite: " + w.told())
	one, err := b.raw(ctx, w, "event")
	if err != nil {
		return err
	}
	o, err := b.options(ctx, store.SQLite)
	if err != nil {
		return err
	}
	c, err := drive.Found(ctx, o)
	if err != nil {
		return errors.Join(err, one.end(ctx))
	}
	all, err := b.turns(ctx, b.each/2,
		contender{"acts of the ledger", "8 writers", func(ctx context.Context, d time.Duration) (sample, error) {
			return closed(ctx, 8, d, func(ctx context.Context, w, n int) error { return appendOne(ctx, c.House, w, n) })
		}},
		contender{"raw SQLite", "one act a commit", one.runs(1)})
	if err = joined(err, func() error { return one.end(ctx) }); err == nil {
		b.atLeast("acts of the ledger, written and numbered, 8 writers", all[0], "/s", 3000)
		b.against("acts of the ledger, 8 writers; the same rows, one act a commit", all[0], all[1], "/s", 0.5)
		err = b.verified(ctx, c.House)
	}
	return joined(err, c.House.Close)
}

func appendOne(ctx context.Context, h *house.House, w, n int) error {
	return h.Store.Do(ctx, store.People, func(tx *store.Tx) error {
		_, _, err := h.Ledger.Append(tx, ledger.Chain{}, nil, ledger.Event{
			Stream: fmt.Sprintf("bench/%d/%d", w, time.Now().UnixNano()), Kind: "bench.done", By: ledger.By{Person: int64(w)}, Facts: map[string]any{"n": n},
		})
		return err
	})
}

// verified measures the verification of the whole record beside the hashing
// alone. What is hashed is each act once (its bytes and the byte that marks a
// leaf) and one node of the tree for each (two hashes and a mark, 65 bytes);
// openssl hashes messages as long as those are in the mean, over and over, in the
// same time. Reading the acts, taking their JSON apart, and comparing it with the
// columns is in our figure and not in openssl's.
func (b *bench) verified(ctx context.Context, h *house.House) error {
	var acts, leaves int64
	if err := h.Store.Read(ctx, func(tx *store.Tx) error {
		_, err := tx.Get([]any{&acts, &leaves}, `select count(*), coalesce(sum(length(e.leaf)), 0) from entry n join event e on e.home = n.home and e.id = n.event`)
		return err
	}); err != nil {
		return err
	}
	const node = 65
	hashed := leaves + acts + acts*node
	mean := max(hashed/max(2*acts, 1), 1)
	verify := func(ctx context.Context, _ time.Duration) (sample, error) {
		began := time.Now()
		r, err := h.Ledger.Verify(ctx, nil)
		if err == nil && (len(r.Findings) > 0 || r.Events < acts) {
			err = fmt.Errorf("%d acts of %d verify: %v", r.Events, acts, r.Findings)
		}
		took := time.Since(began)
		return sample{ops: int(hashed / 1000), elapsed: took, took: []time.Duration{took}}, err
	}
	version, err := exec.CommandContext(ctx, "openssl", "version").Output()
	if err != nil {
		return fmt.Errorf("openssl (Debian's package openssl): %w", err)
	}
	b.table.condition(strings.TrimSpace(string(version)))
	all, err := b.turns(ctx, b.each/2, contender{"verification", "", verify},
		contender{"openssl sha256", "", func(ctx context.Context, d time.Duration) (sample, error) { return hashing(ctx, mean, d) }})
	if err != nil {
		return err
	}
	b.against(fmt.Sprintf("verification of %s acts (%s acts/s), bytes hashed; `openssl speed` on messages of %d bytes",
		round(float64(acts)), round(median(ratesOf(all[0].rounds))*float64(acts)/float64(hashed/1000)), mean), all[0], all[1], "kB/s", 0.3)
	return nil
}

// hashing runs openssl's own measurement for as long, a second at least.
func hashing(ctx context.Context, size int64, d time.Duration) (sample, error) {
	seconds := max(int(d.Seconds()), 1)
	out, err := exec.CommandContext(ctx, "openssl", "speed", "-mr", "-elapsed", "-seconds", strconv.Itoa(seconds), "-bytes", strconv.FormatInt(size, 10), "-evp", "sha256").Output()
	if err != nil {
		return sample{}, err
	}
	for l := range strings.Lines(string(out)) {
		if f := strings.Split(strings.TrimSpace(l), ":"); strings.HasPrefix(l, "+F:") { // +F:22:sha256:bytes per second
			rate, err := strconv.ParseFloat(f[len(f)-1], 64)
			return sample{ops: int(rate * float64(seconds) / 1000), elapsed: time.Duration(seconds) * time.Second}, err
		}
	}
	return sample{}, fmt.Errorf("openssl said %q", out)
}
