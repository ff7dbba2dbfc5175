package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"time"
)

// lossShown runs on servers that acknowledge before a standby has the commit.
// Asked to serve there the product refuses. Told that a single server is meant
// it serves; then the primary dies, what was acknowledged is gone, and the nodes
// notice by the checkpoints that they kept and store nothing more.
func (r *run) lossShown(ctx context.Context) error {
	s, err := r.set(ctx, false, 2, "--single-server")
	if err != nil {
		return err
	}
	if err := s.refusesToServe(ctx); err != nil {
		return err
	}
	loading, stop := context.WithCancel(ctx)
	defer stop()
	s.load.start(loading)
	time.Sleep(underLoad)
	x := s.servers.primary()
	var held [2]receiver
	for i := range held {
		if held[i], err = s.hold(ctx, x, "async", held[0].name); err != nil {
			return err
		}
	}
	time.Sleep(underLoad) // acknowledged, signed, and on no standby
	at := time.Now()
	s.servers.kill(x)
	for _, r := range held {
		r.drop()
	}
	time.Sleep(2 * time.Second) // answers that were on their way; nobody leads for longer than that
	acknowledged := s.load.acknowledged()
	if err := until(ctx, healWithin, "a standby to lead", func() bool { return s.servers.primary() != nil }); err != nil {
		return err
	}
	led := time.Now()
	time.Sleep(3 * underLoad) // in which everybody presses again and again
	after := s.load.acknowledged() - acknowledged
	stop()
	_ = s.load.finish()
	lost := s.compare(ctx)
	if lost == nil {
		return errors.New("nothing was lost: the trial shows nothing")
	}
	s.say("asynchronous standbys, %s killed, another leads after %.1f s; lost of what was acknowledged:", x.name, led.Sub(at).Seconds())
	lines := strings.Split(lost.Error(), "\n")
	for _, line := range append(lines[:min(3, len(lines)-1):min(3, len(lines)-1)], lines[len(lines)-1]) {
		s.say("  %s", line)
	}
	if after > 0 {
		return fmt.Errorf("%d acts were acknowledged on a database that lacks what was signed", after)
	}
	for _, n := range s.nodes {
		if err := s.answers(n.url()); err == nil {
			return fmt.Errorf("%s is ready on a database that lacks what was signed", n.name)
		}
		if err := n.stop(); err != nil {
			return err
		}
		if err := n.start(s.bin, s.servers.url(), s.more...); err != nil {
			return err
		}
		if err := s.answers(n.url()); err == nil {
			return fmt.Errorf("%s is ready after it was started anew on a database that lacks what was signed", n.name)
		}
	}
	s.say("both nodes noticed: nothing was acknowledged after the failover, /readyz is 503, also after they were started anew")
	if err := s.servers.start(x); err != nil {
		return err
	}
	return s.servers.healed(ctx) // and what only the old primary had is gone for good
}

// refusesToServe sees that the product does not serve, nor touch, a database
// that does not confirm.
func (s *stage) refusesToServe(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()
	out, err := exec.CommandContext(ctx, s.bin, "serve", "--addr", "127.0.0.1:0", "--data", s.nodes[0].dir, "--database", s.servers.url(), "--origin", origin).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "--single-server") {
		return fmt.Errorf("without --single-server it should have refused, but ended with %v: %s", err, out)
	}
	s.say("tongban serve without --single-server: %s", strings.TrimSpace(string(out)))
	return nil
}

// confirmationLost switches synchronous replication off under running nodes, as
// a hand slip would, and on again.
func (r *run) confirmationLost(ctx context.Context) error {
	s, err := r.strict(ctx)
	if err != nil {
		return err
	}
	s.load.start(ctx)
	time.Sleep(underLoad)
	if err := s.servers.configure(ctx, `{"synchronous_mode": false, "synchronous_mode_strict": false}`); err != nil {
		return err
	}
	at := time.Now()
	err = until(ctx, time.Minute, "every node to refuse", func() bool {
		for _, n := range s.nodes {
			if s.answers(n.url()) == nil {
				return false
			}
		}
		return true
	})
	if err != nil {
		return err
	}
	took := time.Since(at)
	time.Sleep(time.Second)
	from := s.load.acknowledged()
	time.Sleep(underLoad)
	if n := s.load.acknowledged() - from; n > 0 {
		return fmt.Errorf("%d acts were acknowledged although nothing confirmed them", n)
	}
	if err := s.servers.configure(ctx, `{"synchronous_mode": true, "synchronous_mode_strict": true}`); err != nil {
		return err
	}
	if err := s.recovers(ctx); err != nil {
		return err
	}
	if err := s.load.finish(); err != nil {
		return err
	}
	s.say("synchronous replication switched off under running nodes: all refuse after %.1f s, nothing acknowledged until it was on again", took.Seconds())
	return s.afterwards(ctx)
}

// configure changes Patroni's settings.
func (s *servers) configure(ctx context.Context, json string) error {
	x := s.primary()
	if x == nil {
		return errors.New("no server leads")
	}
	q, err := http.NewRequestWithContext(ctx, http.MethodPatch, fmt.Sprintf("http://127.0.0.1:%d/config", x.rest), strings.NewReader(json))
	if err != nil {
		return err
	}
	r, err := s.http.Do(q)
	if err != nil {
		return err
	}
	defer func() { _ = r.Body.Close() }()
	if r.StatusCode != http.StatusOK {
		return fmt.Errorf("patroni answered %s", r.Status)
	}
	return nil
}
