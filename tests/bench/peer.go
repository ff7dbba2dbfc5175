package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"tongban/tests/drive"
)

// peer is another program that runs as a process of its own beside ours.
type peer struct {
	*drive.Session
	server  *drive.Server
	name    string
	address string // where it listens otherwise
}

// told is what a peer tells of itself.
type told struct {
	Name         string `json:"name"`
	Durability   string `json:"durability"`
	Address      string `json:"address"`
	Applications int    `json:"applications"`
}

// build makes a peer's program, once. Each has a module of its own, so that the
// product's go.mod does not see what they need; the first build takes minutes.
func (b *bench) build(name string) (string, error) {
	bin := filepath.Join(b.dir, "peer-"+name)
	if _, err := os.Stat(bin); err == nil {
		return bin, nil
	}
	c := exec.Command("go", "build", "-trimpath", "-o", bin, ".")
	c.Dir = filepath.Join("tests", "peers", name)
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	fmt.Printf("  building tests/peers/%s\n", name)
	if out, err := c.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the peer %s: %w\n%s", name, err, out)
	}
	return bin, nil
}

// peer builds and starts a peer and notes what it tells of itself.
func (b *bench) peer(ctx context.Context, name string, args ...string) (*peer, error) {
	bin, err := b.build(name)
	if err != nil {
		return nil, err
	}
	p := &peer{}
	if p.server, err = drive.Start(b.log, bin, args...); err != nil {
		return nil, fmt.Errorf("the peer %s: %w", name, err)
	}
	p.Session = &drive.Session{Client: drive.NewClient(p.server.URL, 64)}
	t, err := p.told(ctx)
	if err != nil {
		return nil, joined(err, p.stop)
	}
	p.name, p.address = t.Name, t.Address
	said := t.Name
	if t.Durability != "" {
		said += ": " + t.Durability
	}
	b.table.condition(said)
	return p, nil
}

func (p *peer) told(ctx context.Context) (told, error) {
	return drive.Ask[told](ctx, p.Session, http.MethodGet, "/about", "", nil)
}

// stop ends the peer. That it was killed by the signal is no error.
func (p *peer) stop() error {
	p.Close()
	err := p.server.Stop()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && !exit.Exited() {
		return nil
	}
	return err
}

// runs is a contender whose load comes from the peer itself.
func (p *peer) runs(workers int) func(context.Context, time.Duration) (sample, error) {
	return func(ctx context.Context, d time.Duration) (sample, error) {
		return p.load(ctx, d, "/run", url.Values{"workers": {strconv.Itoa(workers)}})
	}
}

// load lets the peer load its server for a time.
func (p *peer) load(ctx context.Context, d time.Duration, path string, how url.Values) (sample, error) {
	// Longer than a request of a client may take: a round, and what is still under way at its end.
	ctx, cancel := context.WithTimeout(ctx, d+2*time.Minute)
	defer cancel()
	how.Set("for", d.String())
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.URL+path+"?"+how.Encode(), nil)
	if err != nil {
		return sample{}, err
	}
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		return sample{}, err
	}
	defer func() { _ = a.Body.Close() }()
	if a.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(a.Body, 500))
		return sample{}, fmt.Errorf("%s answers %s: %s", p.name, a.Status, text)
	}
	var m struct {
		Credit float64 `json:"credit"`
		Took   []int64 `json:"took_us"`
	}
	if err := json.NewDecoder(a.Body).Decode(&m); err != nil {
		return sample{}, err
	}
	s := sample{ops: len(m.Took), credit: m.Credit, elapsed: d, took: microseconds(m.Took)}
	slices.Sort(s.took)
	return s, nil
}
