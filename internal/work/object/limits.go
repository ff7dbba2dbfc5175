package object

import (
	_ "embed"
	"fmt"
	"sync"

	"github.com/goccy/go-yaml"

	"tongban/internal/rules/day"
	"tongban/internal/rules/workday"
)

//go:embed limits.yaml
var limitsFile []byte

// Limit is one limit with the article that sets it.
type Limit struct {
	workday.Term `yaml:",inline"`
	Configured   bool `yaml:"configured"` // no law at hand sets it
}

// Limits are the limits within which an objection is answered, and what was said is kept.
type Limits struct {
	Answer Limit `yaml:"answer"` // by the agency, from the day on which it came
	Second Limit `yaml:"second"` // by the county, from the last day of the agency
	Keep   Limit `yaml:"keep"`   // of who objected and what they wrote, from the answer
}

// Terms are the limits in use.
var Terms = sync.OnceValue(func() Limits {
	l, err := readLimits(limitsFile)
	if err != nil {
		panic(err) // the file is part of the program; a test reads it
	}
	return l
})

func readLimits(src []byte) (l Limits, err error) {
	if err := yaml.UnmarshalWithOptions(src, &l, yaml.Strict()); err != nil {
		return l, err
	}
	for _, x := range []Limit{l.Answer, l.Second, l.Keep} {
		if x.Days < 1 || x.Unit != workday.WorkingDays && x.Unit != workday.CalendarDays {
			return l, fmt.Errorf("limits of objections: %d %q", x.Days, x.Unit)
		}
		if (x.Article == "") != x.Configured {
			return l, fmt.Errorf("limits of objections: a limit has its article or is marked as configured")
		}
	}
	return l, nil
}

// last is the last day of a limit that begins on a day.
func (d *Desk) last(from day.Day, t workday.Term) day.Day {
	if t.Unit == workday.WorkingDays {
		return d.Calendar().Add(from, t.Days).Day
	}
	return from + day.Day(t.Days)
}
