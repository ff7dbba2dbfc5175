package house

import "tongban/internal/house/alert"

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
	e, err := alert.Parse(expr)
	if err != nil {
		panic(err) // a constant of this file
	}
	return Chart{key, e, scale}
}
