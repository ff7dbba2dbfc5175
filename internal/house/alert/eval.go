package alert

import (
	"maps"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
)

// Labels tell one series of a metric from another.
type Labels map[string]string

// String writes the labels in order; it tells series apart.
func (l Labels) String() string {
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(l)) {
		b.WriteString(k + "=" + strconv.Quote(l[k]) + ",")
	}
	return strings.TrimSuffix(b.String(), ",")
}

// With is a copy with one more label.
func (l Labels) With(name, value string) Labels {
	c := maps.Clone(l)
	c[name] = value
	return c
}

// Sample is a value with its labels.
type Sample struct {
	Labels Labels
	Value  float64
}

// Reading is everything that was measured at one moment, by metric.
type Reading map[string][]Sample

// moment is a reading with those before it, oldest first.
type moment struct {
	at  []time.Time
	all []Reading
}

func (m moment) now() (Reading, time.Time) { return m.all[len(m.all)-1], m.at[len(m.at)-1] }

func (n number) eval(moment) []Sample { return []Sample{{nil, float64(n)}} }

func (s *selector) matches(l Labels) bool {
	for _, m := range s.matchers {
		if m.re.MatchString(l[m.label]) == m.not {
			return false
		}
	}
	return true
}

func (s *selector) in(r Reading) []Sample {
	var list []Sample
	for _, x := range r[s.name] {
		if s.matches(x.Labels) {
			list = append(list, x)
		}
	}
	return list
}

func (s *selector) eval(at moment) []Sample {
	r, _ := at.now()
	return s.in(r)
}

// eval counts how much each counter grew within the span that ends now. A
// counter that went back was begun anew by another start of the server. Unlike
// Prometheus it guesses nothing beyond the points it has.
func (c *call) eval(at moment) []Sample {
	_, now := at.now()
	first := sort.Search(len(at.at), func(i int) bool { return !at.at[i].Before(now.Add(-c.of.span)) })
	if first == len(at.at)-1 {
		return nil
	}
	type growth struct {
		Sample
		last float64
	}
	grown := map[string]*growth{}
	var order []string
	for i, r := range at.all[first:] {
		for _, x := range c.of.in(r) {
			key := x.Labels.String()
			g := grown[key]
			switch {
			case g == nil:
				// A series that appears later began at nothing.
				g = &growth{Sample: Sample{Labels: x.Labels}}
				if i > 0 {
					g.Value = x.Value
				}
				grown[key] = g
				order = append(order, key)
			case x.Value < g.last:
				g.Value += x.Value
			default:
				g.Value += x.Value - g.last
			}
			g.last = x.Value
		}
	}
	seconds := now.Sub(at.at[first]).Seconds()
	list := make([]Sample, 0, len(order))
	for _, key := range order {
		x := grown[key].Sample
		if c.name == "rate" {
			x.Value /= seconds
		}
		list = append(list, x)
	}
	return list
}

func (f *fold) eval(at moment) []Sample {
	out := map[string]*Sample{}
	var order []string
	for _, x := range f.of.eval(at) {
		l := Labels{}
		for _, name := range f.by {
			l[name] = x.Labels[name]
		}
		key := l.String()
		had := out[key]
		if had == nil {
			out[key] = &Sample{l, x.Value}
			order = append(order, key)
			continue
		}
		switch f.name {
		case "min":
			had.Value = math.Min(had.Value, x.Value)
		case "max":
			had.Value = math.Max(had.Value, x.Value)
		default:
			had.Value += x.Value
		}
	}
	list := make([]Sample, 0, len(order))
	for _, key := range order {
		list = append(list, *out[key])
	}
	return list
}

// eval finds the quantile in one histogram by its buckets, straight lines
// between their bounds; nothing when nothing was observed.
func (q *quantile) eval(at moment) []Sample {
	type bucket struct{ upTo, n float64 }
	var list []bucket
	for _, x := range q.of.eval(at) {
		upTo, err := strconv.ParseFloat(x.Labels["le"], 64)
		if err == nil {
			list = append(list, bucket{upTo, x.Value})
		}
	}
	slices.SortFunc(list, func(a, b bucket) int { return int(math.Copysign(1, a.upTo-b.upTo)) })
	if len(list) < 2 || list[len(list)-1].n <= 0 {
		return nil
	}
	rank := q.q * list[len(list)-1].n
	i := sort.Search(len(list)-1, func(i int) bool { return list[i].n >= rank })
	if math.IsInf(list[i].upTo, 1) {
		return []Sample{{nil, list[i-1].upTo}}
	}
	low := bucket{}
	if i > 0 {
		low = list[i-1]
	}
	v := list[i].upTo
	if n := list[i].n - low.n; n > 0 {
		v = low.upTo + (list[i].upTo-low.upTo)*(rank-low.n)/n
	}
	return []Sample{{nil, v}}
}

// eval joins two sides: a number with every sample, samples with those of the
// same labels. A comparison keeps the samples of its left side for which it holds.
func (b *binary) eval(at moment) []Sample {
	left, right := b.left.eval(at), b.right.eval(at)
	_, leftNumber := b.left.(number)
	_, rightNumber := b.right.(number)
	by := map[string]float64{}
	for _, x := range right {
		by[x.Labels.String()] = x.Value
	}
	var list []Sample
	join := func(l Labels, x, y float64) {
		if v, keep := operate(b.op, x, y); keep {
			list = append(list, Sample{l, v})
		}
	}
	switch {
	case rightNumber:
		for _, x := range left {
			join(x.Labels, x.Value, right[0].Value)
		}
	case leftNumber:
		for _, y := range right {
			join(y.Labels, left[0].Value, y.Value)
		}
	default:
		for _, x := range left {
			if y, ok := by[x.Labels.String()]; ok {
				join(x.Labels, x.Value, y)
			}
		}
	}
	return list
}

func operate(op string, x, y float64) (float64, bool) {
	switch op {
	case "+":
		return x + y, true
	case "-":
		return x - y, true
	case "*":
		return x * y, true
	case "/":
		v := x / y
		return v, !math.IsNaN(v) && !math.IsInf(v, 0)
	case "==":
		return x, x == y
	case "!=":
		return x, x != y
	case ">":
		return x, x > y
	case "<":
		return x, x < y
	case ">=":
		return x, x >= y
	}
	return x, x <= y
}
