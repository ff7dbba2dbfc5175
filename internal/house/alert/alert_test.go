package alert_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"tongban/internal/house/alert"
	"tongban/internal/rules/wording"
)

var began = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)

func value(v float64, labels ...string) alert.Sample {
	l := alert.Labels{}
	for i := 0; i+1 < len(labels); i += 2 {
		l[labels[i]] = labels[i+1]
	}
	return alert.Sample{Labels: l, Value: v}
}

// minutes is a history of readings a minute apart.
func minutes(t *testing.T, rules []alert.Rule, e []*alert.Expr, list ...alert.Reading) *alert.History {
	t.Helper()
	h := alert.NewHistory(rules, 100, e...)
	for i, r := range list {
		h.Add(began.Add(time.Duration(i)*time.Minute), r)
	}
	return h
}

func TestExpressions(t *testing.T) {
	t.Parallel()
	hist := func(scale float64) []alert.Sample {
		return []alert.Sample{value(10*scale, "le", "0.1"), value(18*scale, "le", "0.5"), value(20*scale, "le", "1"), value(20*scale, "le", "+Inf")}
	}
	readings := []alert.Reading{
		{"n": {value(100, "c", "a"), value(5, "c", "b")}, "h_bucket": hist(1), "g": {value(7)}},
		{"n": {value(160, "c", "a"), value(5, "c", "b"), value(30, "c", "new")}, "h_bucket": hist(2), "g": {value(8)}},
		{"n": {value(40, "c", "a"), value(5, "c", "b"), value(30, "c", "new")}, "h_bucket": hist(3), "g": {value(0)}, "z": {value(0)}},
	}
	for text, want := range map[string]string{
		`g`:                          `[0]`,
		`g == 0`:                     `[0]`,
		`g > 0`:                      `[]`,
		`n{c="a"}`:                   `[40]`,
		`n{c!="a"}`:                  `[5 30]`,
		`n{c=~"a|b"} > 10`:           `[40]`,
		`n{c!~"a|b"}`:                `[30]`,
		`sum(n)`:                     `[75]`,
		`max(n) - min(n)`:            `[35]`,
		`increase(n{c="a"}[5m])`:     `[100]`, // 60, then begun anew at 40
		`rate(n{c="a"}[1m])`:         `[0.6666666666666666]`,
		`sum(increase(n[5m])) > 100`: `[130]`,
		`sum by (c) (n) / 5 >= 6`:    `[8 6]`,
		`histogram_quantile(0.5, sum by (le) (rate(h_bucket[5m])))`:  `[0.1]`,
		`histogram_quantile(0.95, sum by (le) (rate(h_bucket[5m])))`: `[0.75]`,
		`nothing > 0`: `[]`,
		`z / z > 0`:   `[]`,
		`2 * (g + 3)`: `[6]`,
	} {
		e, err := alert.Parse(text)
		if err != nil {
			t.Error(err)
			continue
		}
		got := []float64{}
		for _, x := range minutes(t, nil, []*alert.Expr{e}, readings...).Now(e) {
			got = append(got, math.Round(x.Value*1e12)/1e12)
		}
		if s := fmt.Sprint(got); s != want && fmt.Sprintf("%.6f", got) != fmt.Sprintf("%.6f", parsed(want)) {
			t.Errorf("%s: %s, want %s", text, s, want)
		}
	}
}

func parsed(s string) []float64 {
	list := []float64{}
	for _, w := range strings.Fields(strings.Trim(s, "[]")) {
		var v float64
		_, _ = fmt.Sscan(w, &v)
		list = append(list, v)
	}
	return list
}

func TestWrongExpressions(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		``, `n >`, `n{`, `n{c=}`, `n{c="a"`, `rate(n)`, `n[5m]`, `sum(n`, `sum by le (n)`, `histogram_quantile(n, n)`, `n ? 1`, `n n`, `n{c=~"("}`, `rate(n[5])`, `{c="a"}`, `1 2`,
	} {
		if e, err := alert.Parse(text); err == nil {
			t.Errorf("%q was read as %v", text, e)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, r := range alert.Rules() {
		f.Add(r.Expr.String())
	}
	f.Add(`histogram_quantile(0.5, sum by (le, c) (rate(h{a!~"b"}[1h]))) * 2 == 1`)
	f.Fuzz(func(t *testing.T, text string) {
		e, err := alert.Parse(text)
		if err != nil {
			return
		}
		h := alert.NewHistory(nil, 3, e)
		for i := range 4 {
			r := alert.Reading{}
			for _, name := range e.Names() {
				r[name] = []alert.Sample{value(float64(i)), value(1, "le", "1"), value(2, "le", "+Inf")}
			}
			h.Add(began.Add(time.Duration(i)*time.Minute), r)
		}
		if got := h.Over(e); len(got) != 3 {
			t.Errorf("%q: %d points of 3", text, len(got))
		}
	})
}

func TestAlertsComeAndGo(t *testing.T) {
	t.Parallel()
	rules := []alert.Rule{
		{Name: "Slow", Key: "pages_slow", Expr: alert.Must(`s{c!="x"} > 1`), For: 2 * time.Minute, Level: alert.Warn},
		{Name: "Stopped", Key: "store_stopped", Expr: alert.Must(`w == 0`), Level: alert.Bad},
	}
	told := func(h *alert.History) string {
		var list []string
		for _, o := range h.On() {
			list = append(list, fmt.Sprintf("%s/%v/%d", o.Rule.Name, o.Pending, int(o.Since.Sub(began).Minutes())))
		}
		return strings.Join(list, " ")
	}
	h := alert.NewHistory(rules, 100)
	for i, step := range []struct {
		slow, writable float64
		want           string
	}{
		{0, 1, ""},
		{2, 1, "Slow/true/1"},
		{3, 1, "Slow/true/1"},
		{2, 1, "Slow/false/1"},
		{2, 0, "Stopped/false/4 Slow/false/1"}, // the pressing one first
		{0, 0, "Stopped/false/4"},
		{2, 1, "Slow/true/6"},
	} {
		h.Add(began.Add(time.Duration(i)*time.Minute), alert.Reading{"s": {value(step.slow, "c", "a"), value(9, "c", "x")}, "w": {value(step.writable)}})
		if got := told(h); got != step.want {
			t.Errorf("minute %d: %q, want %q", i, got, step.want)
		}
	}
}

func TestHistoryIsBounded(t *testing.T) {
	t.Parallel()
	e := alert.Must(`n`)
	h := alert.NewHistory(nil, 5, e)
	for i := range 12 {
		h.Add(began.Add(time.Duration(i)*time.Minute), alert.Reading{"n": {value(float64(i))}, "other": {value(1)}})
	}
	points := h.Over(e)
	if len(points) != 5 || points[0].Value != 7 || points[4].Value != 11 || !h.Last().Equal(began.Add(11*time.Minute)) {
		t.Errorf("kept %v", points)
	}
	if h.Wants("other") || !h.Wants("n") {
		t.Error("the history keeps what nobody reads")
	}
}

func TestEveryRuleHasItsWords(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, r := range alert.Rules() {
		if names[r.Name] || !strings.HasPrefix(r.Name, "Tongban") {
			t.Errorf("the name %s", r.Name)
		}
		names[r.Name] = true
		for _, lang := range []wording.Lang{wording.ZH, wording.EN} {
			for _, m := range []wording.Message{r.Title(), r.Why(), r.Do()} {
				if !wording.Has(lang, m.Key) {
					t.Errorf("%s lacks %s in %s", r.Name, m.Key, lang)
				}
			}
		}
	}
	if len(names) < 20 {
		t.Errorf("only %d rules", len(names))
	}
}
