package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
)

const queue = "measured"

// driver takes flows through a server.
type driver struct {
	c    client.Client
	done atomic.Int64 // flows that ended as they should
}

// measured is one round: what each flow took, and how many there were, those
// under way at its end by the part of them that lies within.
type measured struct {
	Credit float64 `json:"credit"`
	Took   []int64 `json:"took_us"`
}

func drive(mux *http.ServeMux, at string) (func(), error) {
	c, err := client.Dial(client.Options{HostPort: at, Logger: sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler))})
	if err != nil {
		return nil, err
	}
	// More pollers and a larger cache than the SDK's own settings, so that the worker
	// is not what is measured.
	w := worker.New(c, queue, worker.Options{MaxConcurrentWorkflowTaskPollers: 16, MaxConcurrentWorkflowTaskExecutionSize: 200})
	worker.SetStickyWorkflowCacheSize(10_000)
	w.RegisterWorkflow(flow)
	if err := w.Start(); err != nil {
		return nil, err
	}
	d := &driver{c: c}
	mux.HandleFunc("GET /about", func(w http.ResponseWriter, _ *http.Request) {
		tell(w, about{Name: "Temporal Go SDK " + temporal.SDKVersion}, nil)
	})
	mux.HandleFunc("POST /run", d.run)
	mux.HandleFunc("POST /arrive", d.arrive)
	mux.HandleFunc("GET /check", d.check)
	return func() { w.Stop(); c.Close() }, nil
}

// run takes flows through in a closed loop.
func (d *driver) run(w http.ResponseWriter, r *http.Request) {
	workers, err := strconv.Atoi(r.FormValue("workers"))
	each, wrong := time.ParseDuration(r.FormValue("for"))
	if err = errors.Join(err, wrong); err != nil {
		tell(w, nil, err)
		return
	}
	m, err := d.closed(r.Context(), workers, each)
	tell(w, m, err)
}

// arrive begins flows at their times, whether or not those before them have ended.
func (d *driver) arrive(w http.ResponseWriter, r *http.Request) {
	rate, err := strconv.ParseFloat(r.FormValue("rate"), 64)
	each, wrong := time.ParseDuration(r.FormValue("for"))
	if err = errors.Join(err, wrong); err != nil || rate <= 0 {
		tell(w, nil, errors.Join(err, errors.New("a rate and a time are needed")))
		return
	}
	m, err := d.open(r.Context(), rate, each)
	tell(w, m, err)
}

func (d *driver) open(ctx context.Context, rate float64, each time.Duration) (measured, error) {
	var mu sync.Mutex
	var all sync.WaitGroup
	var failed error
	m := measured{Took: []int64{}}
	gaps := mathrand.New(mathrand.NewPCG(45, 6)) // the same bursts as in our own loop
	began := time.Now()
	for due := began; due.Before(began.Add(each)) && ctx.Err() == nil; due = due.Add(time.Duration(gaps.ExpFloat64() / rate * float64(time.Second))) {
		time.Sleep(time.Until(due))
		all.Go(func() {
			err := d.whole(ctx, 0)
			took := time.Since(due).Microseconds()
			mu.Lock()
			defer mu.Unlock()
			failed = errors.Join(failed, err)
			m.Took = append(m.Took, took)
		})
	}
	all.Wait()
	return m, failed
}

func (d *driver) closed(ctx context.Context, workers int, each time.Duration) (measured, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var all sync.WaitGroup
	took := make([][]int64, workers)
	credit := make([]float64, workers)
	began := time.Now()
	for i := range workers {
		all.Go(func() {
			for ctx.Err() == nil {
				at := time.Since(began)
				if at >= each {
					return
				}
				if err := d.whole(ctx, i); err != nil {
					stop(err)
					return
				}
				end := time.Since(began)
				took[i] = append(took[i], (end - at).Microseconds())
				credit[i] += min(1, float64(each-at)/float64(end-at))
			}
		})
	}
	all.Wait()
	m := measured{Took: []int64{}}
	for i, list := range took {
		m.Took = append(m.Took, list...)
		m.Credit += credit[i]
	}
	return m, context.Cause(ctx)
}

// whole takes one flow from its start to its end. A call returns when the server
// has stored what it was told; the approvals are sent side by side.
func (d *driver) whole(ctx context.Context, n int) error {
	id := fmt.Sprintf("case-%d-%s", n, rand.Text())
	a := application{Number: id, Name: "小满糕点坊", Phone: "19995550001", Address: "云禾县云溪镇青石巷12号", Area: 38.5}
	run, err := d.c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: id, TaskQueue: queue, WorkflowExecutionTimeout: limit}, flow, a)
	if err != nil {
		return fmt.Errorf("start: %w", err)
	}
	if err := d.c.SignalWorkflow(ctx, id, run.GetRunID(), accepted, opinion{Office: "window", Passed: true}); err != nil {
		return fmt.Errorf("accept: %w", err)
	}
	errs := make([]error, len(approvers))
	var all sync.WaitGroup
	for i, office := range approvers {
		all.Go(func() {
			errs[i] = d.c.SignalWorkflow(ctx, id, run.GetRunID(), approved, opinion{Office: office, Passed: true, Text: "材料符合要求，现场与图纸一致"})
		})
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("approve: %w", err)
	}
	if err := d.c.SignalWorkflow(ctx, id, run.GetRunID(), decided, opinion{Office: "market", Outcome: "granted"}); err != nil {
		return fmt.Errorf("decide: %w", err)
	}
	var r result
	if err := run.Get(ctx, &r); err != nil {
		return fmt.Errorf("end: %w", err)
	}
	if r.Approvals != len(approvers) || r.Outcome != "granted" {
		return fmt.Errorf("flow %s ended as %+v", id, r)
	}
	d.done.Add(1)
	return nil
}

// check asks the server how many flows it has as completed and compares them
// with those that were seen to end. The list of flows follows the flows, so it
// is asked again for a while.
func (d *driver) check(w http.ResponseWriter, r *http.Request) {
	want, got := d.done.Load(), int64(-1)
	for range 50 {
		n, err := d.c.CountWorkflow(r.Context(), &workflowservice.CountWorkflowExecutionsRequest{Query: `ExecutionStatus = "Completed"`})
		if err != nil {
			tell(w, nil, err)
			return
		}
		if got = n.Count; got == want {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if got != want {
		tell(w, nil, fmt.Errorf("the server has %d flows as completed, %d were seen to end", got, want))
		return
	}
	tell(w, map[string]int64{"done": got}, nil)
}
