package alert

import (
	"slices"
	"sync"
	"time"
)

// History remembers the readings of the last hours, one a minute, in memory
// only, and which alerts are on.
type History struct {
	rules []Rule
	names map[string]bool
	keep  int

	mu     sync.Mutex
	at     []time.Time
	all    []Reading
	labels map[string]Labels               // one copy of each set
	since  map[string]map[string]time.Time // rule → labels → since when it has an answer
}

// NewHistory makes a history of keep readings that holds what the rules and
// these expressions read, and nothing else.
func NewHistory(rules []Rule, keep int, charts ...*Expr) *History {
	h := &History{rules: rules, names: map[string]bool{}, keep: keep, labels: map[string]Labels{}, since: map[string]map[string]time.Time{}}
	for _, r := range rules {
		charts = append(charts, r.Expr)
	}
	for _, e := range charts {
		for _, name := range e.Names() {
			h.names[name] = true
		}
	}
	return h
}

// Wants tells whether a metric is remembered.
func (h *History) Wants(name string) bool { return h.names[name] }

// Add remembers a reading.
func (h *History) Add(at time.Time, r Reading) {
	h.mu.Lock()
	defer h.mu.Unlock()
	kept := Reading{}
	for name, list := range r {
		if !h.names[name] {
			continue
		}
		for _, x := range list {
			key := x.Labels.String()
			if h.labels[key] == nil {
				h.labels[key] = x.Labels
			}
			kept[name] = append(kept[name], Sample{h.labels[key], x.Value})
		}
	}
	h.at, h.all = append(h.at, at), append(h.all, kept)
	if more := len(h.at) - h.keep; more > 0 {
		h.at, h.all = slices.Delete(h.at, 0, more), slices.Delete(h.all, 0, more)
	}
	for _, rule := range h.rules {
		was, now := h.since[rule.Name], map[string]time.Time{}
		for _, x := range rule.Expr.root.eval(moment{h.at, h.all}) {
			key := x.Labels.String()
			now[key] = at
			if began, ok := was[key]; ok {
				now[key] = began
			}
		}
		h.since[rule.Name] = now
	}
}

// On is an alert that is on, or would be if it lasts.
type On struct {
	Rule    Rule
	Since   time.Time // the first reading of which it was so
	Pending bool      // it has not been so for long enough
	Samples []Sample  // what the rule answered last
}

// On lists the alerts that are on by the last reading, the pressing ones first,
// in the order of the list.
func (h *History) On() []On {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.at) == 0 {
		return nil
	}
	var list []On
	for _, rule := range h.rules {
		on := On{Rule: rule, Samples: rule.Expr.root.eval(moment{h.at, h.all})}
		if len(on.Samples) == 0 {
			continue
		}
		_, now := moment{h.at, h.all}.now()
		on.Since = now
		for _, began := range h.since[rule.Name] {
			if began.Before(on.Since) {
				on.Since = began
			}
		}
		on.Pending = now.Sub(on.Since) < rule.For
		list = append(list, on)
	}
	slices.SortStableFunc(list, func(a, b On) int { return rank(a) - rank(b) })
	return list
}

func rank(o On) int {
	switch {
	case o.Pending:
		return 2
	case o.Rule.Level == Warn:
		return 1
	}
	return 0
}

// Last is when the last reading was taken, zero for none.
func (h *History) Last() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.at) == 0 {
		return time.Time{}
	}
	return h.at[len(h.at)-1]
}

// Now answers an expression by the last reading.
func (h *History) Now(e *Expr) []Sample {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.at) == 0 {
		return nil
	}
	return e.root.eval(moment{h.at, h.all})
}

// Point is the answer of an expression at one reading; Known is false where it
// had none.
type Point struct {
	At    time.Time
	Value float64
	Known bool
}

// Over answers an expression at each reading that is remembered, by the first
// sample of its answer.
func (h *History) Over(e *Expr) []Point {
	h.mu.Lock()
	defer h.mu.Unlock()
	list := make([]Point, len(h.at))
	for i := range h.at {
		list[i].At = h.at[i]
		if got := e.root.eval(moment{h.at[:i+1], h.all[:i+1]}); len(got) > 0 {
			list[i].Value, list[i].Known = got[0].Value, true
		}
	}
	return list
}
