package house

import (
	"context"
	"runtime/debug"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"tongban/internal/process/proceeding"
	"tongban/internal/record/job"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/register/identity"
	"tongban/internal/rules/day"
	"tongban/internal/rules/workday"
)

// measured reads what lies waiting in the house. Whoever asks again within
// freshFor is told the same; worklists are counted once in backlogFor.
type measured struct {
	h *House

	mu       sync.Mutex
	at       time.Time
	last     figures
	counted  time.Time
	backlogs []proceeding.Backlog
}

const (
	freshFor    = 5 * time.Second
	backlogFor  = time.Minute
	measureTime = 5 * time.Second // how long a reading may take
	agenciesMax = 100             // agencies that are told each by itself
)

// figures are what one reading of the database found.
type figures struct {
	known    bool
	now      day.Instant
	pulse    ledger.Pulse
	jobs     job.Counts
	sessions int64
	behind   map[string]int64
	parked   map[string]int64
}

// gauges are the metrics that are read when they are asked for.
var gauges = map[string]*prometheus.Desc{}

func gauge(name, help string, labels ...string) string {
	gauges[name] = prometheus.NewDesc("tongban_"+name, help, labels, nil)
	return name
}

var (
	gWritable       = gauge("writable", "1 while commands are stored.")
	gJobs           = gauge("jobs", "Jobs by state.", "state")
	gJobOldest      = gauge("job_late_oldest_seconds", "How long the longest waiting of the late jobs has been due.")
	gEntries        = gauge("ledger_entries", "Numbered acts in the current log.")
	gSigned         = gauge("ledger_signed_entries", "Acts covered by the last signed checkpoint.")
	gWaiting        = gauge("ledger_waiting", "Acts that wait for their number.")
	gWaitingOldest  = gauge("ledger_waiting_oldest_seconds", "How long the act that waits longest has waited for its number.")
	gUnsignedOldest = gauge("ledger_unsigned_oldest_seconds", "How long the first act that no checkpoint covers has waited.")
	gCheckpointAge  = gauge("checkpoint_age_seconds", "Age of the last signed checkpoint.")
	gClockBehind    = gauge("clock_behind_seconds", "By how much the last act is later than the clock.")
	gBehind         = gauge("follower_behind", "Acts that a follower has not seen.", "follower")
	gParked         = gauge("follower_parked", "Acts that a follower could not digest.", "follower")
	gTasksOpen      = gauge("tasks_open", "Open tasks, at most 1000 from each post.", "agency")
	gTasksOverdue   = gauge("tasks_overdue", "Open tasks due before today, among those counted.", "agency")
	gTaskOldest     = gauge("task_oldest_seconds", "Age of the oldest open task, among those counted.", "agency")
	gSessions       = gauge("sessions", "Sessions with a request in the last half hour.")
	gMissingYears   = gauge("calendar_missing_years", "Years whose days are needed and not known: this one, and from December the next.")
	gBuild          = gauge("build_info", "1, with what runs here.", "version", "engine")
)

// Describe implements prometheus.Collector.
func (m *measured) Describe(c chan<- *prometheus.Desc) {
	for _, d := range gauges {
		c <- d
	}
}

// Collect implements prometheus.Collector.
func (m *measured) Collect(c chan<- prometheus.Metric) {
	put := func(name string, v float64, labels ...string) {
		c <- prometheus.MustNewConstMetric(gauges[name], prometheus.GaugeValue, v, labels...)
	}
	ctx, cancel := context.WithTimeout(context.Background(), measureTime)
	defer cancel()
	writable := 1.0
	if m.h.Ready(ctx) != nil {
		writable = 0
	}
	put(gWritable, writable)
	put(gBuild, 1, Version(), string(m.h.Store.Engine()))
	put(gMissingYears, float64(len(MissingYears(m.h.Office.Calendar(), m.h.Store.Now().Day()))))
	m.disks(put)
	m.copies(put)
	f, backlogs := m.read(ctx)
	if !f.known {
		return
	}
	for state, v := range map[string]int64{"waiting": f.jobs.Waiting, "running": f.jobs.Running, "late": f.jobs.Late, "parked": f.jobs.Parked} {
		put(gJobs, float64(v), state)
	}
	age := func(at day.Instant) float64 {
		if at == 0 {
			return 0
		}
		return max(0, seconds(f.now-at))
	}
	put(gJobOldest, age(f.jobs.Oldest))
	put(gEntries, float64(f.pulse.Size))
	put(gSigned, float64(f.pulse.Signed))
	put(gWaiting, float64(f.pulse.Waiting))
	put(gWaitingOldest, age(f.pulse.OldestWaiting))
	put(gUnsignedOldest, age(f.pulse.OldestUnsigned))
	put(gCheckpointAge, age(f.pulse.LastSigned))
	put(gClockBehind, max(0, seconds(f.pulse.LastAct-f.now)))
	put(gSessions, float64(f.sessions))
	for name, v := range f.behind {
		put(gBehind, float64(v), name)
		put(gParked, float64(f.parked[name]), name)
	}
	for _, b := range byAgency(backlogs) {
		put(gTasksOpen, float64(b.Open), b.Agency)
		put(gTasksOverdue, float64(b.Overdue), b.Agency)
		put(gTaskOldest, age(b.Oldest), b.Agency)
	}
}

func seconds(i day.Instant) float64 { return float64(i) / float64(day.Second) }

// byAgency puts the agencies beyond agenciesMax together as "other", so that
// the label's values stay few.
func byAgency(list []proceeding.Backlog) []proceeding.Backlog {
	if len(list) <= agenciesMax {
		return list
	}
	rest := proceeding.Backlog{Agency: "other"}
	for _, b := range list[agenciesMax:] {
		rest.Open += b.Open
		rest.Overdue += b.Overdue
		if rest.Oldest == 0 || b.Oldest > 0 && b.Oldest < rest.Oldest {
			rest.Oldest = b.Oldest
		}
	}
	return append(list[:agenciesMax:agenciesMax], rest)
}

// read reads the database, or tells what was read a moment ago.
func (m *measured) read(ctx context.Context) (figures, []proceeding.Backlog) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if time.Since(m.at) < freshFor {
		return m.last, m.backlogs
	}
	f := figures{behind: map[string]int64{}, parked: map[string]int64{}}
	err := m.h.Store.Read(ctx, func(tx *store.Tx) (err error) {
		f.now = tx.Now()
		if f.pulse, err = m.h.Ledger.Pulse(tx); err != nil {
			return err
		}
		if f.jobs, err = job.Count(tx); err != nil {
			return err
		}
		if f.sessions, err = identity.Live(tx); err != nil {
			return err
		}
		for _, x := range m.h.Followers {
			if f.behind[x.Name], f.parked[x.Name], err = m.h.Ledger.Lag(tx, x); err != nil {
				return err
			}
		}
		if time.Since(m.counted) >= backlogFor {
			if m.backlogs, err = proceeding.Backlogs(tx); err != nil {
				return err
			}
			m.counted = time.Now()
		}
		f.known = true
		return nil
	})
	if err != nil {
		m.h.Options.Log.Warn("metrics not read", "err", err)
	}
	m.at, m.last = time.Now(), f
	return f, m.backlogs
}

// MissingYears are the years whose days are needed on a day and not known: its
// own, and from December on the next.
func MissingYears(cal *workday.Calendar, on day.Day) []int {
	year, month, _ := on.Date()
	need := []int{year}
	if month == 12 {
		need = append(need, year+1)
	}
	var missing []int
	for _, y := range need {
		if _, ok := cal.Year(y); !ok {
			missing = append(missing, y)
		}
	}
	return missing
}

// stamped is set by the linker: the tag or commit of the source.
var stamped string

// Version is what this binary was built from: the tag, else the commit, as far
// as it is known.
func Version() string {
	if stamped != "" {
		return stamped
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, set := range info.Settings {
			if set.Key == "vcs.revision" && len(set.Value) >= 12 {
				return set.Value[:12]
			}
		}
	}
	return "devel"
}
