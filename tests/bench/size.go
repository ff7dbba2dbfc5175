package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"tongban/tests/drive"
)

// size measures the binary and the demonstration: how large, how soon, how much memory.
func (b *bench) size(ctx context.Context) error {
	info, err := os.Stat(b.bin)
	if err != nil {
		return err
	}
	b.atMost("the binary", float64(info.Size())/1e6, 0, "MB")
	dir := filepath.Join(b.dir, "demo")
	for _, start := range []struct {
		what        string
		goal, limit float64
	}{{"demonstration, built and served for the first time", 0, 150}, {"demonstration, served again", 2, 150}} {
		began := time.Now()
		s, err := drive.Start(b.log, b.bin, "demo", "--data", dir, "--addr", "127.0.0.1:0")
		if err != nil {
			return err
		}
		anybody := &drive.Session{Client: drive.NewClient(s.URL, 1)}
		_, err = anybody.Bytes(ctx, http.MethodGet, "/", "", nil)
		if err == nil {
			b.atMost(start.what+": until the first page is there", time.Since(began).Seconds(), start.goal, "s")
			pause(ctx, 5*time.Second)
			b.atMost(start.what+": memory when idle", memory(s.PID()), start.limit, "MB")
			if start.goal > 0 {
				err = b.pageSizes(ctx, anybody)
			}
		}
		anybody.Close()
		if err = joined(err, s.Stop); err != nil {
			return err
		}
	}
	return nil
}

// pageSizes are those of pages that anybody reads, as they come and compressed.
func (b *bench) pageSizes(ctx context.Context, anybody *drive.Session) error {
	item, err := anyItem(ctx, anybody)
	if err != nil {
		return err
	}
	for _, p := range []struct{ name, path string }{
		{"front page", "/"}, {"search", "/search?q=%E9%A3%9F%E5%93%81"}, {"guide as a page", "/items/" + item}, {"guide as data", "/api/v1/items/" + item},
	} {
		got, err := anybody.Bytes(ctx, http.MethodGet, p.path, "", nil)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		b.atMost(p.name+": size, not compressed", float64(len(got))/1000, 0, "kB")
	}
	return nil
}

// anyItem is the first item that the public finds.
func anyItem(ctx context.Context, anybody *drive.Session) (string, error) {
	list, err := drive.Ask[struct {
		Items []struct {
			ID int64 `json:"id"`
		} `json:"items"`
	}](ctx, anybody, http.MethodGet, "/api/v1/items", "", nil)
	if err == nil && len(list.Items) == 0 {
		err = fmt.Errorf("no item is there")
	}
	if err != nil {
		return "", err
	}
	return strconv.FormatInt(list.Items[0].ID, 10), nil
}

// memory is what a process holds resident, in MB; 0 where it cannot be told.
func memory(pid int) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for l := range strings.Lines(string(text)) {
		if f := strings.Fields(l); len(f) > 1 && f[0] == "VmRSS:" {
			kb, _ := strconv.Atoi(f[1])
			return float64(kb) / 1000
		}
	}
	return 0
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
