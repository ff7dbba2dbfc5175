package house

import (
	"cmp"
	"math"
	"slices"

	"tongban/internal/house/alert"
)

// Chart is a line of the last hours on the page of the administration: the words
// of the catalogue are operations.chart.<Key>.
type Chart struct {
	Key   string
	Expr  *alert.Expr
	Scale float64 // what the value is multiplied with to be shown
}

// Charts are what the history draws: how much is asked for, how long people
// wait, and what piles up.
var Charts = []Chart{
	chart("pages", `sum(rate(tongban_request_seconds_count{class!~"asset|probe"}[5m]))`, 60),
	chart("pages_slow", `histogram_quantile(0.95, sum by (le) (rate(tongban_request_seconds_bucket{class!~"asset|probe"}[5m])))`, 1000),
	chart("acts", `sum(rate(tongban_command_seconds_count{outcome="done"}[5m]))`, 60),
	chart("commit", `histogram_quantile(0.99, sum by (le) (rate(tongban_commit_seconds_bucket[5m])))`, 1000),
	chart("waiting", `sum(tongban_ledger_waiting_oldest_seconds) + sum(tongban_ledger_unsigned_oldest_seconds)`, 1),
	chart("late", `sum(tongban_jobs{state="late"})`, 1),
}

// Facts are what the page tells in one number each.
var Facts = []Chart{
	chart("sessions", `tongban_sessions`, 1),
	chart("open", `sum(tongban_tasks_open)`, 1),
	chart("overdue", `sum(tongban_tasks_overdue)`, 1),
	chart("group", `sum(rate(tongban_commit_commands_sum[5m])) / sum(rate(tongban_commit_commands_count[5m]))`, 1),
	chart("checkpoint", `tongban_checkpoint_age_seconds`, 1),
	chart("backup", `tongban_backup_age_seconds / 3600`, 1),
	chart("disk", `min(tongban_disk_free_bytes / tongban_disk_bytes)`, 100),
	chart("memory", `process_resident_memory_bytes`, 1.0/1e6),
	chart("wal", `tongban_wal_bytes`, 1.0/1e6),
	chart("collector", `sum(rate(go_gc_duration_seconds_sum[5m]))`, 1000),
}

func chart(key, expr string, scale float64) Chart {
	return Chart{key, alert.Must(expr), scale}
}

// Worklist is what lies open at an agency, by the last reading.
type Worklist struct {
	Agency        string
	Open, Overdue int
	Days          float64 // that the oldest has been open
}

var tasksOpen, tasksOverdue, taskOldest = alert.Must(`tongban_tasks_open`), alert.Must(`tongban_tasks_overdue`), alert.Must(`tongban_task_oldest_seconds`)

// Worklists lists the agencies with open tasks, the one with the most overdue
// first.
func Worklists(h *alert.History) []Worklist {
	by := map[string]*Worklist{}
	var list []*Worklist
	for _, x := range h.Now(tasksOpen) {
		w := &Worklist{Agency: x.Labels["agency"], Open: int(x.Value)}
		by[w.Agency] = w
		list = append(list, w)
	}
	for _, x := range h.Now(tasksOverdue) {
		if w := by[x.Labels["agency"]]; w != nil {
			w.Overdue = int(x.Value)
		}
	}
	for _, x := range h.Now(taskOldest) {
		if w := by[x.Labels["agency"]]; w != nil {
			w.Days = math.Round(x.Value/86400*10) / 10
		}
	}
	slices.SortFunc(list, func(a, b *Worklist) int {
		return cmp.Or(cmp.Compare(b.Overdue, a.Overdue), cmp.Compare(b.Open, a.Open), cmp.Compare(a.Agency, b.Agency))
	})
	out := make([]Worklist, len(list))
	for i, w := range list {
		out[i] = *w
	}
	return out
}
