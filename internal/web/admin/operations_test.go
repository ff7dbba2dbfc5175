package admin

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"tongban/internal/house"
	"tongban/internal/house/alert"
	"tongban/internal/rules/wording"
	"tongban/internal/web/ui"
)

// trouble is a history in which the disk fills while two agencies are overdue.
func trouble(minutes int) *alert.History {
	var drawn []*alert.Expr
	for _, c := range append(house.Charts[:len(house.Charts):len(house.Charts)], house.Facts...) {
		drawn = append(drawn, c.Expr)
	}
	drawn = append(drawn, alert.Must("tongban_tasks_open"), alert.Must("tongban_tasks_overdue"), alert.Must("tongban_task_oldest_seconds"))
	h := alert.NewHistory(alert.Rules(), 180, drawn...)
	at := time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC)
	one := func(v float64, labels ...string) alert.Sample {
		l := alert.Labels{}
		for i := 0; i < len(labels); i += 2 {
			l[labels[i]] = labels[i+1]
		}
		return alert.Sample{Labels: l, Value: v}
	}
	for i := range minutes {
		n := float64(i * 60)
		h.Add(at.Add(time.Duration(i)*time.Minute), alert.Reading{
			"tongban_writable": {one(1)}, "tongban_backup_configured": {one(1)}, "tongban_sessions": {one(12)},
			"tongban_disk_bytes": {one(100e9, "place", "data")}, "tongban_disk_free_bytes": {one(2e9-float64(i)*2e8, "place", "data")},
			"tongban_tasks_open":            {one(7, "agency", "scjg"), one(30, "agency", "spj"), one(0, "agency", "sfj")},
			"tongban_tasks_overdue":         {one(2, "agency", "scjg"), one(1, "agency", "spj"), one(0, "agency", "sfj")},
			"tongban_task_oldest_seconds":   {one(86400*3, "agency", "scjg")},
			"tongban_request_seconds_count": {one(n, "class", "public", "status", "2xx"), one(n*50, "class", "asset", "status", "2xx")},
		})
	}
	return h
}

func TestOperationsSayWhatToDoFirst(t *testing.T) {
	t.Parallel()
	var d Operations
	d.fill(trouble(10), map[string]string{"scjg": "市场监督管理局"})
	var told []string
	for _, r := range d.Alerts.Rows {
		told = append(told, ui.Say(wording.ZH, r.Cells[0].Text)+"/"+ui.Say(wording.ZH, r.Cells[1].Status.Text))
	}
	if got := strings.Join(told, " "); got != "磁盘快满了/要紧 有任务超期/要看 磁盘剩得不多/要看" {
		t.Errorf("alerts: %s", got)
	}
	if got := ui.Say(wording.ZH, d.Alerts.Rows[1].Cells[0].Note); !strings.Contains(got, "市场监督管理局：2") || strings.Contains(got, "sfj") {
		t.Errorf("where: %s", got)
	}
	if d.Notice.Kind != ui.Legal || !strings.Contains(ui.Say(wording.ZH, d.Notice.Body), "1 项影响群众，2 项") {
		t.Errorf("notice: %s %s", d.Notice.Kind, ui.Say(wording.ZH, d.Notice.Body))
	}
	if got := ui.Say(wording.ZH, d.Charts[0].Finding); got != "现在每分钟 60 次访问，最多时 60 次" {
		t.Errorf("finding: %s", got)
	}
	if len(d.Work.Rows) != 2 || ui.Say(wording.ZH, d.Work.Rows[0].Cells[0].Text) != "市场监督管理局" {
		t.Errorf("worklists: %d rows", len(d.Work.Rows))
	}
	if len(d.Rules.Rows) != len(alert.Rules()) {
		t.Errorf("%d of %d rules are listed", len(d.Rules.Rows), len(alert.Rules()))
	}
}

func TestOperationsWhereAllIsWell(t *testing.T) {
	t.Parallel()
	h := alert.NewHistory(alert.Rules(), 5, house.Charts[0].Expr)
	h.Add(time.Now(), alert.Reading{"tongban_writable": {{Value: 1}}})
	var d Operations
	d.fill(h, nil)
	if d.Notice.Kind != ui.Done || len(d.Alerts.Rows) > 0 || len(d.Charts) > 0 || d.Minutes != 1 {
		t.Errorf("%+v", d)
	}
}

func TestShortTroubleStaysInTheChart(t *testing.T) {
	t.Parallel()
	var list []alert.Point
	for i := range 180 {
		list = append(list, alert.Point{At: time.Unix(int64(i)*60, 0), Value: map[bool]float64{true: 99, false: 1}[i == 100], Known: i != 7})
	}
	got := thinned(list)
	most := 0.0
	for _, p := range got {
		most = math.Max(most, p.Value)
	}
	if len(got) != 60 || most != 99 {
		t.Errorf("%d points, the largest %g", len(got), most)
	}
}

func TestAxisAndFigures(t *testing.T) {
	t.Parallel()
	for v, want := range map[float64]string{0: "4", 0.3: "0.4", 1: "1", 3: "4", 61: "80", 99: "100", 180: "200"} {
		if got := fmt.Sprint(roundUp(v)); got != want {
			t.Errorf("axis for %g ends at %s, want %s", v, got, want)
		}
	}
	for v, want := range map[float64]string{0: "0", 5: "5", 0.123: "0.12", 12.34: "12.3", 1234.5: "1235"} {
		if got := figureOf(v); got != want {
			t.Errorf("%g is written %s, want %s", v, got, want)
		}
	}
}
