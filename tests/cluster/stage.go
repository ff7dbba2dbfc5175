package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"tongban/tests/drive"
)

// stage is what a trial plays on: the servers, the nodes, the balancer, the load.
type stage struct {
	dir      string
	bin      string
	log      *os.File
	out      io.Writer
	servers  *servers
	county   *drive.County
	nodes    []*node
	balancer *balancer
	load     *load
	more     []string // further options of the nodes
	seen     *seen
	late     *overdue

	verifyOptions []string
}

// set builds a stage with so many nodes and waits until all of them are ready.
func (r *run) set(ctx context.Context, strict bool, nodes int, more ...string) (*stage, error) {
	return r.setWith(ctx, r.bin, found, strict, nodes, more...)
}

// setWith is set with another binary, on a county founded in its way.
func (r *run) setWith(ctx context.Context, bin string, found founding, strict bool, nodes int, more ...string) (*stage, error) {
	s := &stage{bin: bin, out: r.out, more: more}
	var err error
	if s.dir, err = os.MkdirTemp(r.dir, "stage-"); err != nil {
		return nil, err
	}
	if err := os.Chmod(s.dir, 0o711); err != nil { // another user passes through
		return nil, err
	}
	if s.log, err = os.Create(filepath.Join(s.dir, "programs.log")); err != nil {
		return nil, err
	}
	r.stages = append(r.stages, s)
	if s.servers, err = startServers(ctx, s.dir, strict, r.ttl, s.log); err != nil {
		return s, err
	}
	if s.county, err = found(ctx, s); err != nil {
		return s, err
	}
	for i := range nodes {
		n, err := newNode(s.dir, filepath.Join(s.dir, "founder", "keys"), fmt.Sprintf("node%d", i+1))
		if err != nil {
			return s, err
		}
		s.nodes = append(s.nodes, n)
		if err := n.start(s.bin, s.servers.url(), more...); err != nil {
			return s, err
		}
	}
	if s.balancer, err = startBalancer(s.dir, s.nodes, s.log); err != nil {
		return s, err
	}
	if err := s.allReady(ctx); err != nil {
		return s, err
	}
	if err := until(ctx, healWithin, "the balancer to answer", func() bool { return s.answers(s.balancer.url) == nil }); err != nil {
		return s, err
	}
	if s.load, err = signIn(ctx, s.balancer.url, s.county); err != nil {
		return s, err
	}
	return s, nil
}

// strict is the stage of three nodes on servers that confirm, which several
// trials share.
func (r *run) strict(ctx context.Context) (*stage, error) {
	if r.common != nil {
		r.common.out = r.out
		return r.common, nil
	}
	s, err := r.set(ctx, true, 3)
	if err != nil {
		return nil, err
	}
	if err := s.undisturbed(ctx); err != nil {
		return nil, err
	}
	r.common = s
	return s, nil
}

// recovers waits until somebody leads and something was acknowledged after that.
func (s *stage) recovers(ctx context.Context) error {
	if err := until(ctx, healWithin, "a server to lead", func() bool { return s.servers.primary() != nil }); err != nil {
		return err
	}
	again := time.Now()
	err := until(ctx, healWithin, "a command to be acknowledged again", func() bool { return s.load.recovered(again) || s.load.failed() })
	if s.load.failed() {
		err = errors.Join(err, s.load.finish())
	}
	return err
}

func (s *stage) allReady(ctx context.Context) error {
	var last error
	err := until(ctx, healWithin, "every node to be ready", func() bool {
		last = nil
		for _, n := range s.nodes {
			last = errors.Join(last, s.answers(n.url()))
		}
		return last == nil
	})
	return errors.Join(err, last)
}

func (s *stage) say(format string, args ...any) { fmt.Fprintf(s.out, format+"\n", args...) }

// answers asks whether somebody at the address wants work, and why not.
func (s *stage) answers(url string) error {
	c := http.Client{Timeout: 3 * time.Second}
	r, err := c.Get(url + "/readyz")
	if err != nil {
		return err
	}
	defer func() { _ = r.Body.Close() }()
	b, err := io.ReadAll(r.Body)
	if err == nil && r.StatusCode != http.StatusOK {
		err = fmt.Errorf("%d %s", r.StatusCode, b)
	}
	return err
}

// close ends every process of the stage.
func (s *stage) close() {
	if s.balancer != nil {
		s.balancer.kill()
	}
	for _, n := range s.nodes {
		n.kill()
		_ = n.log.Close()
	}
	if s.county != nil {
		_ = s.county.House.Close()
	}
	if s.servers != nil {
		s.servers.close()
	}
	_ = s.log.Close()
}
