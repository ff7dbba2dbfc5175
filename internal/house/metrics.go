package house

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"tongban/internal/house/alert"
	"tongban/internal/house/asked"
	"tongban/internal/record/act"
	"tongban/internal/rules/wording"
)

// Metrics tell an operator what a citizen feels: how long acts and pages take
// and how they end, and what lies waiting. Their names are stable and stand in
// docs/operations.md. No label holds anything of a person or a case.
type Metrics struct {
	History *alert.History // the last hours, and the alerts that are on

	registry *prometheus.Registry
	commands *prometheus.HistogramVec
	refused  *prometheus.CounterVec
	requests *prometheus.HistogramVec
	commits  prometheus.Histogram
	groups   prometheus.Histogram

	mu    sync.Mutex
	codes map[string]bool // of refusals, bounded
}

var (
	secondsBuckets = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}
	groupBuckets   = []float64{1, 2, 4, 8, 16, 32, 64}
)

const (
	codesMost   = 300 // codes of refusals that are counted each by itself
	historyKept = 180 // readings, one a minute
)

// NewMetrics makes metrics of their own registry; none are global.
func NewMetrics() *Metrics {
	drawn := []*alert.Expr{tasksOpen, tasksOverdue, taskOldest}
	for _, c := range append(Charts[:len(Charts):len(Charts)], Facts...) {
		drawn = append(drawn, c.Expr)
	}
	m := &Metrics{
		registry: prometheus.NewRegistry(), codes: map[string]bool{}, History: alert.NewHistory(alert.Rules(), historyKept, drawn...),
		commands: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "tongban_command_seconds", Help: "Time from the call of a command to its commit or refusal.", Buckets: secondsBuckets,
		}, []string{"command", "outcome"}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tongban_refused_total", Help: "Commands that were not carried out, by the code of the reason.",
		}, []string{"kind", "code"}),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "tongban_request_seconds", Help: "Time of HTTP requests by class of route and of status.", Buckets: secondsBuckets,
		}, []string{"class", "status"}),
		commits: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "tongban_commit_seconds", Help: "Time that the database took to put a commit on the disk.", Buckets: secondsBuckets,
		}),
		groups: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "tongban_commit_commands", Help: "Commands committed together.", Buckets: groupBuckets,
		}),
	}
	m.registry.MustRegister(m.commands, m.refused, m.requests, m.commits, m.groups,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// ran counts a command.
func (m *Metrics) ran(command string, err error, d time.Duration) {
	outcome := string(act.KindOf(err))
	if outcome == "" {
		outcome = "done"
	}
	m.commands.WithLabelValues(command, outcome).Observe(d.Seconds())
	var e *act.Error
	if errors.As(err, &e) {
		m.refused.WithLabelValues(outcome, m.code(e.Code)).Inc()
	}
}

// code keeps the label's values few: codes of the catalogue, up to a bound.
func (m *Metrics) code(s string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.codes[s] {
		return s
	}
	if len(m.codes) >= codesMost || !wording.Has(wording.ZH, s) {
		return "other"
	}
	m.codes[s] = true
	return s
}

// committed counts a commit.
func (m *Metrics) committed(commands int, took time.Duration) {
	m.commits.Observe(took.Seconds())
	m.groups.Observe(float64(commands))
}

// Asked counts a request.
func (m *Metrics) Asked(s asked.Seen) {
	m.requests.WithLabelValues(s.Class, strconv.Itoa(s.Status/100)+"xx").Observe(s.Took.Seconds())
}

// Watch adds what lies waiting in the house, read when the metrics are asked
// for, and lets the house's pages see the history.
func (m *Metrics) Watch(h *House) {
	h.Options.Metrics = m
	m.registry.MustRegister(&measured{h: h})
}

// Handler answers /metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Run takes a reading a minute into the history until ctx ends.
func (m *Metrics) Run(ctx context.Context) {
	m.Read(time.Now())
	every(ctx, time.Minute, func() { m.Read(time.Now()) })
}

// Read takes one reading.
func (m *Metrics) Read(at time.Time) {
	families, _ := m.registry.Gather() // what could be gathered; the rest has been logged
	r := alert.Reading{}
	for _, f := range families {
		for _, x := range f.GetMetric() {
			labels := alert.Labels{}
			for _, l := range x.GetLabel() {
				labels[l.GetName()] = l.GetValue()
			}
			add := func(suffix string, l alert.Labels, v float64) {
				if name := f.GetName() + suffix; m.History.Wants(name) {
					r[name] = append(r[name], alert.Sample{Labels: l, Value: v})
				}
			}
			switch {
			case x.GetCounter() != nil:
				add("", labels, x.GetCounter().GetValue())
			case x.GetGauge() != nil:
				add("", labels, x.GetGauge().GetValue())
			case x.GetSummary() != nil:
				add("_sum", labels, x.GetSummary().GetSampleSum())
			case x.GetHistogram() != nil:
				g := x.GetHistogram()
				add("_count", labels, float64(g.GetSampleCount()))
				add("_sum", labels, g.GetSampleSum())
				for _, b := range g.GetBucket() {
					add("_bucket", labels.With("le", strconv.FormatFloat(b.GetUpperBound(), 'g', -1, 64)), float64(b.GetCumulativeCount()))
				}
				add("_bucket", labels.With("le", "+Inf"), float64(g.GetSampleCount()))
			}
		}
	}
	m.History.Add(at, r)
}
