package house

import (
	"context"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"tongban/internal/record/act"
	"tongban/internal/record/job"
	"tongban/internal/record/store"
)

// Metrics tell an operator what a citizen feels: how long commands take and how
// they end, and what lies waiting.
type Metrics struct {
	registry *prometheus.Registry
	commands *prometheus.HistogramVec
	requests *prometheus.HistogramVec
}

var secondsBuckets = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}

// NewMetrics makes metrics of their own registry; none are global.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		commands: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "tongban_command_seconds", Help: "Time from the call of a command to its commit or refusal.", Buckets: secondsBuckets,
		}, []string{"command", "outcome"}),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "tongban_request_seconds", Help: "Time of HTTP requests by class of status.", Buckets: secondsBuckets,
		}, []string{"method", "status"}),
	}
	m.registry.MustRegister(m.commands, m.requests, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Seen counts a command; it goes into Options.Seen.
func (m *Metrics) Seen(command string, outcome act.Kind, d time.Duration) {
	if outcome == "" {
		outcome = "done"
	}
	m.commands.WithLabelValues(command, string(outcome)).Observe(d.Seconds())
}

// Watch adds what lies waiting in the house, read when the metrics are asked for.
func (m *Metrics) Watch(h *House) { m.registry.MustRegister(waiting{h}) }

// Handler answers /metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Count wraps a handler so that its requests are counted.
func (m *Metrics) Count(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		c := &counted{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(c, r)
		m.requests.WithLabelValues(method(r.Method), strconv.Itoa(c.status/100)+"xx").Observe(time.Since(began).Seconds())
	})
}

// method keeps the label's values few, whatever is sent.
func method(s string) string {
	switch s {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete:
		return s
	}
	return "other"
}

type counted struct {
	http.ResponseWriter
	status int
}

// WriteHeader notes the status.
func (c *counted) WriteHeader(status int) {
	c.status = status
	c.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (c *counted) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// waiting reads what lies waiting.
type waiting struct{ h *House }

var (
	jobsDesc     = prometheus.NewDesc("tongban_jobs", "Jobs by state.", []string{"state"}, nil)
	ledgerDesc   = prometheus.NewDesc("tongban_ledger_entries", "Numbered acts in the current log.", nil, nil)
	signedDesc   = prometheus.NewDesc("tongban_ledger_signed_entries", "Acts covered by the last signed checkpoint.", nil, nil)
	followerDesc = prometheus.NewDesc("tongban_follower_behind", "Acts that a follower has not seen.", []string{"follower"}, nil)
	parkedDesc   = prometheus.NewDesc("tongban_follower_parked", "Acts that a follower could not digest.", []string{"follower"}, nil)
	writableDesc = prometheus.NewDesc("tongban_writable", "1 while commands are stored.", nil, nil)
)

// Describe implements prometheus.Collector.
func (w waiting) Describe(c chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{jobsDesc, ledgerDesc, signedDesc, followerDesc, parkedDesc, writableDesc} {
		c <- d
	}
}

// Collect implements prometheus.Collector.
func (w waiting) Collect(c chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		c <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	writable := 1.0
	if w.h.Ready(ctx) != nil {
		writable = 0
	}
	gauge(writableDesc, writable)
	err := w.h.Store.Read(ctx, func(tx *store.Tx) error {
		n, err := job.Count(tx)
		if err != nil {
			return err
		}
		for state, v := range map[string]int64{"waiting": n.Waiting, "running": n.Running, "late": n.Late, "parked": n.Parked} {
			gauge(jobsDesc, float64(v), state)
		}
		size, signed, err := w.h.Ledger.Sizes(tx)
		if err != nil {
			return err
		}
		gauge(ledgerDesc, float64(size))
		gauge(signedDesc, float64(signed))
		for _, f := range w.h.Followers {
			behind, parked, err := w.h.Ledger.Lag(tx, f)
			if err != nil {
				return err
			}
			gauge(followerDesc, float64(behind), f.Name)
			gauge(parkedDesc, float64(parked), f.Name)
		}
		return nil
	})
	if err != nil {
		w.h.Options.Log.Warn("metrics not read", "err", err)
	}
}

// Version is what this binary was built from.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "?"
	}
	return info.Main.Version
}
