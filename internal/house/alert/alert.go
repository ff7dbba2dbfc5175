// Package alert is the list of what an operator must be told, as data: rules in
// the expression language of Prometheus, the part of it that this package
// reads too. The page of the administration and the file for Prometheus come
// from the one list, and so do its words, which lie in the catalogue.
package alert

import (
	_ "embed"
	"fmt"
	"sync"
	"time"

	"github.com/goccy/go-yaml"

	"tongban/internal/rules/wording"
)

//go:embed rules.yaml
var rulesFile []byte

// Level is how much an alert presses.
type Level string

// The levels.
const (
	Bad  Level = "bad"  // people are hurt now, or will be within the hour
	Warn Level = "warn" // look at it today
)

// Rule is one alert: it is on while Expr has an answer, and has had one for For.
type Rule struct {
	Name  string        // in Prometheus
	Key   string        // in the catalogue
	Expr  *Expr         // what must not be
	For   time.Duration // how long it must have been so
	Level Level
}

// Title says what is so, in a few words.
func (r Rule) Title() wording.Message { return wording.M("alert." + r.Key + ".title") }

// Why says what a citizen feels of it.
func (r Rule) Why() wording.Message { return wording.M("alert." + r.Key + ".why") }

// Do says what to do.
func (r Rule) Do() wording.Message { return wording.M("alert." + r.Key + ".do") }

// Rules is the list, read once; the tests see that it can be read.
var Rules = sync.OnceValue(func() []Rule {
	list, err := parse(rulesFile)
	if err != nil {
		panic(err)
	}
	return list
})

func parse(file []byte) ([]Rule, error) {
	var lines []struct {
		Name  string
		Key   string
		Expr  string
		For   string
		Level Level
	}
	if err := yaml.UnmarshalWithOptions(file, &lines, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("alert rules: %w", err)
	}
	list := make([]Rule, 0, len(lines))
	for _, l := range lines {
		r := Rule{Name: l.Name, Key: l.Key, Level: l.Level}
		var err error
		if r.Expr, err = Parse(l.Expr); err != nil {
			return nil, fmt.Errorf("alert %s: %w", l.Name, err)
		}
		if l.For != "" {
			if r.For, err = time.ParseDuration(l.For); err != nil {
				return nil, fmt.Errorf("alert %s: %w", l.Name, err)
			}
		}
		if r.Level != Bad && r.Level != Warn {
			return nil, fmt.Errorf("alert %s: level %q", l.Name, l.Level)
		}
		list = append(list, r)
	}
	return list, nil
}
