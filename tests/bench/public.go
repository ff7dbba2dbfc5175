package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/tests/drive"
)

// words are what people search for, of one letter and more.
var words = []string{"食", "证", "许可", "食品", "经营许可", "个体工商户", "老年人", "（示范）", "小作坊", "登记"}

// public measures what anybody reads without signing in.
func (b *bench) public(ctx context.Context) error {
	b.table.section("Public reading over HTTP, SQLite, 8 at once")
	x, err := b.outdoors(ctx, store.SQLite)
	if err != nil {
		return err
	}
	anybody := &drive.Session{Client: x.client}
	get := func(path func(n int) string) operation {
		return func(ctx context.Context, _, n int) error {
			got, err := anybody.Bytes(ctx, http.MethodGet, path(n), "", nil)
			if err == nil && len(got) == 0 {
				err = errors.New("an empty answer")
			}
			return err
		}
	}
	same := func(path string) func(int) string { return func(int) string { return path } }
	item := strconv.FormatInt(x.county.Item, 10)
	var list []contender
	for _, p := range []struct {
		name string
		op   operation
	}{
		{"guide as data", get(same("/api/v1/items/" + item))}, {"guide as a page", get(same("/items/" + item))},
		{"search as data", get(func(n int) string { return "/api/v1/items?q=" + url.QueryEscape(words[n%len(words)]) })},
		{"front page", get(same("/"))},
	} {
		list = append(list, contender{p.name, "sqlite, 8 at once", func(ctx context.Context, d time.Duration) (sample, error) { return closed(ctx, 8, d, p.op) }})
	}
	err = b.interleaved(ctx, "/s", list)
	for path, name := range map[string]string{"/": "front page", "/items/" + item: "guide as a page", "/api/v1/items/" + item: "guide as data"} {
		if err == nil {
			var got []byte
			got, err = anybody.Bytes(ctx, http.MethodGet, path, "", nil)
			b.row(name, "size", fmt.Sprintf("%.1f kB", float64(len(got))/1000), "not compressed")
		}
	}
	return joined(err, func() error { return x.close(ctx) })
}

// ledger measures appending with numbering, and verification.
func (b *bench) ledger(ctx context.Context) error {
	b.table.section("Ledger: acts appended and numbered by 8 writers, each commit flushed; then verified")
	for _, e := range engines {
		o, err := b.options(ctx, e)
		if err != nil {
			return err
		}
		c, err := drive.Found(ctx, o)
		if err != nil {
			return err
		}
		h := c.House
		appendOne := func(ctx context.Context, w, n int) error {
			return h.Store.Do(ctx, store.People, func(tx *store.Tx) error {
				_, _, err := h.Ledger.Append(tx, ledger.Chain{}, nil, ledger.Event{
					Stream: fmt.Sprintf("bench/%d/%d", w, time.Now().UnixNano()), Kind: "bench.done", By: ledger.By{Person: int64(w)}, Facts: map[string]any{"n": n},
				})
				return err
			})
		}
		err = b.interleaved(ctx, "/s", []contender{{"acts appended", string(e), func(ctx context.Context, d time.Duration) (sample, error) { return closed(ctx, 8, d, appendOne) }}})
		if err == nil {
			err = b.verified(ctx, c)
		}
		if err = joined(err, h.Close); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) verified(ctx context.Context, c *drive.County) error {
	h := c.House
	began, numbered := time.Now(), 0
	for {
		n, err := h.Ledger.Number(ctx, 1000)
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
		numbered += n
	}
	if numbered > 0 {
		b.row("acts numbered afterwards", string(h.Store.Engine()), round(float64(numbered)/time.Since(began).Seconds())+" /s", "")
	}
	began = time.Now()
	r, err := h.Ledger.Verify(ctx, nil)
	if err == nil && len(r.Findings) > 0 {
		err = fmt.Errorf("does not verify: %v", r.Findings)
	}
	b.row("acts verified", string(h.Store.Engine()), round(float64(r.Events)/time.Since(began).Seconds())+" /s", fmt.Sprintf("%d acts", r.Events))
	return err
}

// size measures the binary and the demonstration: how large, how soon, how much memory.
func (b *bench) size(ctx context.Context) error {
	b.table.section("The binary and its demonstration")
	info, err := os.Stat(b.bin)
	if err != nil {
		return err
	}
	b.row("binary", "", fmt.Sprintf("%.1f MB", float64(info.Size())/1e6), "")
	dir := filepath.Join(b.dir, "demo")
	for _, what := range []string{"demonstration, built and served", "demonstration, served again"} {
		began := time.Now()
		s, err := drive.Start(os.Stderr, b.bin, "demo", "--data", dir, "--addr", "127.0.0.1:0")
		if err != nil {
			return err
		}
		client := drive.NewClient(s.URL, 1)
		_, err = (&drive.Session{Client: client}).Bytes(ctx, http.MethodGet, "/", "", nil)
		b.row(what, "", fmt.Sprintf("%.2f s", time.Since(began).Seconds()), "until the first page is there")
		if err == nil {
			pause(ctx, 5*time.Second)
			b.row("memory, idle", "", memory(s.PID()), "resident")
		}
		client.Close()
		if err = joined(err, s.Stop); err != nil {
			return err
		}
	}
	return nil
}

// memory is what a process holds resident.
func memory(pid int) string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return "not told"
	}
	for l := range strings.Lines(string(text)) {
		if f := strings.Fields(l); len(f) > 1 && f[0] == "VmRSS:" {
			kb, _ := strconv.Atoi(f[1])
			return fmt.Sprintf("%d MB", kb/1000)
		}
	}
	return "not told"
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
