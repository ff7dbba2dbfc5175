package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
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

// measured is one round.
type measured struct {
	Ops     int     `json:"ops"`
	Elapsed int64   `json:"elapsed_us"`
	Took    []int64 `json:"took_us"`
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
	mux.HandleFunc("GET /check", d.check)
	return func() { w.Stop(); c.Close() }, nil
}

// run takes flows through in a closed loop.
func (d *driver) run(w http.ResponseWriter, r *http.Request) {
	workers, err := strconv.Atoi(r.FormValue("workers"))
	if err != nil {
		tell(w, nil, err)
		return
	}
	each, err := time.ParseDuration(r.FormValue("for"))
	if err != nil {
		tell(w, nil, err)
		return
	}
	m, err := d.closed(r.Context(), workers, each)
	tell(w, m, err)
}

func (d *driver) closed(ctx context.Context, workers int, each time.Duration) (measured, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var all sync.WaitGroup
	took := make([][]int64, workers)
	began := time.Now()
	for i := range workers {
		all.Go(func() {
			for time.Since(began) < each && ctx.Err() == nil {
				at := time.Now()
				if err := d.whole(ctx, i); err != nil {
					stop(err)
					return
				}
				took[i] = append(took[i], time.Since(at).Microseconds())
			}
		})
	}
	all.Wait()
	m := measured{Elapsed: time.Since(began).Microseconds(), Took: []int64{}}
	for _, list := range took {
		m.Took = append(m.Took, list...)
	}
	m.Ops = len(m.Took)
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
