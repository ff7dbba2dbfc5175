// Command cluster tries what docs/operations.md says about several servers: it
// sets three PostgreSQL servers under Patroni, with etcd, and two or three
// Tongban nodes behind HAProxy on this machine, breaks one after the other under
// load, and compares what was acknowledged with what is there.
//
//	go run ./tests/cluster [-kills 5] [-only kills,behind,cuts,nodes,unconfirmed,async,upgrade]
//
// It ends with 1 when anything was lost, doubled or served that must not be.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"tongban/tests/drive"
)

// run is one run of the trials.
type run struct {
	kills  int
	ttl    int
	keep   bool
	bin    string
	dir    string
	out    io.Writer
	pause  time.Duration // of the node that numbers
	stages []*stage
	common *stage // of the trials on servers that confirm
}

// trial is one of them.
type trial struct {
	name, what string
	run        func(*run, context.Context) error
	loses      string // what is lost on purpose
}

var trials = []trial{
	{"kills", "the primary killed under load, strict synchronous mode, two nodes", (*run).primaryKilled, ""},
	{"behind", "a standby behind, sessions ended while they wait for it, then the primary killed", (*run).standbyBehind, ""},
	{"cuts", "sessions ended and connections reset in the midst of commands and commits", (*run).connectionsCut, ""},
	{"nodes", "nodes killed, and one paused that believes that it holds the lease", (*run).nodesLost, ""},
	{"unconfirmed", "synchronous replication switched off under running nodes", (*run).confirmationLost, ""},
	{"async", "asynchronous standbys: the loss, and our refusal to serve it", (*run).lossShown, "shown on purpose, on servers that the product refuses unless told otherwise"},
	{"upgrade", "a rolling upgrade over a change of the schema", (*run).upgraded, ""},
}

const runWithin = 90 * time.Minute

func main() {
	r := &run{out: os.Stdout}
	only := flag.String("only", "", "names of trials, comma separated; default all")
	flag.IntVar(&r.kills, "kills", 5, "how often the primary is killed")
	flag.IntVar(&r.ttl, "ttl", 20, "Patroni's ttl in seconds; its documents give 20 as the least")
	flag.DurationVar(&r.pause, "pause", time.Minute, "how long the node that numbers is paused")
	flag.BoolVar(&r.keep, "keep", false, "keep the files and logs")
	flag.StringVar(&r.bin, "bin", "", "binary to try; default one built from here")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, runWithin)
	defer cancel()
	if err := r.all(ctx, *only); err != nil {
		fmt.Fprintln(os.Stderr, "cluster:", err)
		os.Exit(1)
	}
}

// all runs the trials, each on a stage of its own.
func (r *run) all(ctx context.Context, only string) (err error) {
	if r.dir, err = os.MkdirTemp("", "tongban-cluster-"); err != nil {
		return err
	}
	if err := os.Chmod(r.dir, 0o711); err != nil {
		return err
	}
	if r.bin == "" {
		if r.bin, err = drive.Build(r.dir); err != nil {
			return err
		}
	}
	defer r.clear(true)
	var failed []error
	for _, t := range trials {
		if only != "" && !slices.Contains(strings.Split(only, ","), t.name) {
			continue
		}
		fmt.Fprintf(r.out, "\n== %s: %s\n", t.name, t.what)
		began := time.Now()
		said := &strings.Builder{}
		r.out = io.MultiWriter(os.Stdout, said)
		err := t.run(r, ctx)
		r.clear(err != nil)
		r.out = os.Stdout
		if err := tell(t, said.String(), err, time.Since(began)); err != nil {
			fmt.Fprintln(os.Stderr, "cluster:", err)
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", t.name, err))
			fmt.Fprintf(r.out, "FAILED after %v: %v\n", time.Since(began).Round(time.Second), err)
			continue
		}
		fmt.Fprintf(r.out, "passed in %v\n", time.Since(began).Round(time.Second))
	}
	if r.keep || len(failed) > 0 {
		fmt.Fprintf(r.out, "files and logs are in %s\n", r.dir)
	} else {
		_ = os.RemoveAll(r.dir)
	}
	return errors.Join(failed...)
}

// tell adds a trial to the table of "make faults": what was tried and came of
// it, what was lost, how long it took.
func tell(t trial, said string, failed error, took time.Duration) error {
	told := drive.Trial{What: "several servers: " + t.name, Tried: t.what + ". " + strings.TrimSpace(said), Lost: cmp.Or(t.loses, "nothing"), Took: took}
	if failed != nil {
		told.Lost = "FAILED, see the log"
	}
	return told.Tell()
}

// clear ends what a trial left running; the common stage goes on unless its
// trial failed.
func (r *run) clear(failed bool) {
	var left []*stage
	for _, s := range r.stages {
		if s == r.common && !failed {
			left = append(left, s)
			continue
		}
		s.close()
	}
	r.stages = left
	if failed {
		r.common = nil
	}
}
