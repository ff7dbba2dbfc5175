package casework

import (
	_ "embed" // the rules of retention
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"

	"github.com/goccy/go-yaml"

	"tongban/internal/process/proceeding"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/licence"
	"tongban/internal/rules/day"
)

//go:embed law/retention.yaml
var builtIn []byte

// Ground is what an erasure may rest on.
type Ground struct {
	Key      string   `yaml:"key"`
	Article  string   `yaml:"article"`
	Verified bool     `yaml:"verified"` // its text was read
	Who      []string `yaml:"who"`      // applicant, window, privacy: who may name it
}

// Purpose is what may still be done with data that are only kept.
type Purpose struct {
	Key      string   `yaml:"key"`
	Article  string   `yaml:"article"`
	Verified bool     `yaml:"verified"`
	Posts    []string `yaml:"posts"`
}

// Keep is how long a case is kept after it ended.
type Keep struct {
	Key      string   `yaml:"key"`
	Ended    string   `yaml:"ended"` // granted, refused, undecided
	Types    []string `yaml:"types"` // of items; none: all
	Years    int      `yaml:"years"`
	Source   string   `yaml:"source"`
	Verified bool     `yaml:"verified"`
}

// Retention is what is kept how long, and by which right it is erased.
type Retention struct {
	Format   string    `yaml:"format"`
	Grounds  []Ground  `yaml:"grounds"`
	Purposes []Purpose `yaml:"purposes"`
	Rules    []Keep    `yaml:"rules"`
}

const retentionFormat = "tongban-retention/1"

var defaultRetention = sync.OnceValue(func() *Retention {
	r, err := parseRetention(builtIn)
	if err != nil {
		panic(err) // our own file: found by any test
	}
	return r
})

// ReadRetention reads the rules of a file; without the file the built-in ones hold.
func ReadRetention(path string) (*Retention, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return defaultRetention(), nil
	}
	if err != nil {
		return nil, err
	}
	r, err := parseRetention(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}

func parseRetention(b []byte) (*Retention, error) {
	r := &Retention{}
	if err := yaml.UnmarshalWithOptions(b, r, yaml.Strict()); err != nil {
		return nil, err
	}
	if r.Format != retentionFormat {
		return nil, fmt.Errorf("format %q is not %s", r.Format, retentionFormat)
	}
	for _, ended := range []string{endedGranted, endedRefused, endedUndecided} {
		if !slices.ContainsFunc(r.Rules, func(k Keep) bool { return k.Ended == ended && len(k.Types) == 0 }) {
			return nil, fmt.Errorf("no rule for every case that ended %s", ended)
		}
	}
	for _, k := range r.Rules {
		if k.Years < 0 || k.Source == "" {
			return nil, fmt.Errorf("rule %s has no years or no source", k.Key)
		}
	}
	if len(r.Grounds) == 0 {
		return nil, errors.New("no ground")
	}
	return r, nil
}

// How a case ended, for its retention.
const (
	endedGranted   = "granted"
	endedRefused   = "refused"
	endedUndecided = "undecided"
)

func endedAs(f *File) string {
	switch d := f.Facts.Decision; {
	case d == nil:
		return endedUndecided
	case d.Granted:
		return endedGranted
	}
	return endedRefused
}

// rule is the rule that keeps a case.
func (r *Retention) rule(v *catalog.Version, f *File) Keep {
	ended := endedAs(f)
	for _, k := range r.Rules {
		if k.Ended == ended && (len(k.Types) == 0 || slices.Contains(k.Types, v.Type)) {
			return k
		}
	}
	return Keep{}
}

// ground finds a ground that this post, or an applicant, may name.
func (r *Retention) ground(key, who string) (Ground, bool) {
	i := slices.IndexFunc(r.Grounds, func(g Ground) bool { return g.Key == key && slices.Contains(g.Who, who) })
	if i < 0 {
		return Ground{}, false
	}
	return r.Grounds[i], true
}

// Why a case cannot be erased yet.
const (
	StaysRunning = "running" // it is not ended
	StaysLicence = "licence" // a licence from it holds
	StaysKept    = "kept"    // a period of retention runs
)

// Stay is why and until when a case stays. The zero value: it may be erased.
type Stay struct {
	Why   string  // "" when nothing keeps it
	Until day.Day // first day on which this no longer keeps it; 0: not known
	Rule  Keep    // of StaysKept
}

// stay tells what keeps a case on day d.
func (o *Office) stay(tx *store.Tx, p *proceeding.Proceeding, f *File, v *catalog.Version, d day.Day) (Stay, error) {
	if Running(p.Status) {
		return Stay{Why: StaysRunning}, nil
	}
	list, err := licence.OfProceeding(tx, p.ID)
	if err != nil {
		return Stay{}, err
	}
	ended := p.Closed
	for _, l := range list {
		switch l.State(d) {
		case licence.Valid, licence.Future, licence.Suspended:
			return Stay{Why: StaysLicence, Until: l.Span.Until}, nil
		case licence.Superseded:
		default:
			ended = max(ended, l.EndedDay, min(l.Span.Until, d))
		}
	}
	rule := o.retention().rule(v, f)
	y, m, n := ended.Date()
	if until := day.Of(y+rule.Years, m, n) + 1; d < until {
		return Stay{Why: StaysKept, Until: until, Rule: rule}, nil
	}
	return Stay{}, nil
}

func (o *Office) retention() *Retention {
	if o.Retention != nil {
		return o.Retention
	}
	return defaultRetention()
}
