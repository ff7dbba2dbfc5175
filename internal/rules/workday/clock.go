package workday

import (
	"encoding/json"
	"math"
	"slices"
	"strings"

	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// Scope is what a clock belongs to: the case, a stage of it, or a task.
type Scope string

// Case is the scope of the whole case.
const Case Scope = "case"

// Stage is the scope of one stage of the case.
func Stage(id string) Scope { return Scope("stage/" + id) }

// Task is the scope of one task.
func Task(id string) Scope { return Scope("task/" + id) }

func (s Scope) valid() bool {
	kind, id, _ := strings.Cut(string(s), "/")
	return s == Case || (kind == "stage" || kind == "task") && id != ""
}

// Kind tells the statutory clock of a scope from the promised one. In a fact
// the zero Kind means both.
type Kind string

// The two clocks of a scope.
const (
	Statutory Kind = "statutory"
	Promised  Kind = "promised"
)

// Act is what happened to a clock.
type Act string

// The acts. Nothing follows Stopped.
const (
	Started  Act = "start"
	Paused   Act = "pause"
	Resumed  Act = "resume"
	Extended Act = "extend"
	Stopped  Act = "stop"
)

// Fact is one thing that happened to the clocks of a case. The order of facts
// is their order in the list, never their time.
type Fact struct {
	Scope Scope   `json:"s"`
	Kind  Kind    `json:"k,omitempty"` // zero: both clocks of the scope
	Act   Act     `json:"a"`
	On    day.Day `json:"d"` // the legal day of the act
	// At is the moment of recording, kept as evidence; nothing is computed from it.
	At day.Instant `json:"t,omitempty"`
	// For is the procedure for which the clock pauses, Ref the one of possibly
	// several such procedures (a task's id); the resuming fact names the same Ref.
	For Procedure `json:"p,omitempty"`
	Ref string    `json:"r,omitempty"`
	// Days is the extension in the term's unit, or how long a pause was
	// expected to last, as the applicant was told (行政许可法 45).
	Days int `json:"n,omitempty"`
	// By is who approved an extension, Article the basis of a pause or an extension.
	By      Approver `json:"by,omitempty"`
	Article string   `json:"art,omitempty"`
}

// Version is the version of the stored form of a Clock.
const Version = 1

// Clock is the list of facts of one case, as it is stored in the case's row.
// The zero Clock is empty and ready for use.
type Clock struct{ facts []Fact }

// Facts returns the facts in their order.
func (c Clock) Facts() []Fact { return slices.Clone(c.facts) }

// stored is the JSON form of a Clock.
type stored struct {
	V int    `json:"v"`
	F []Fact `json:"f"`
}

// MarshalJSON writes the stored form with its version.
func (c Clock) MarshalJSON() ([]byte, error) {
	f := c.facts
	if f == nil {
		f = []Fact{}
	}
	return json.Marshal(stored{V: Version, F: f})
}

// UnmarshalJSON reads the stored form. A version that this program does not
// know is an error: it was written by a newer one.
func (c *Clock) UnmarshalJSON(b []byte) error {
	var s stored
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	if s.V != Version && (s.V != 0 || len(s.F) > 0) {
		return wording.M("workday.clock.version", "version", s.V)
	}
	c.facts = s.F
	return nil
}

// With returns the clock with one more fact, or a wording.Message that says
// why the fact cannot be: a second extension, a pause for a site visit, …
func (c Clock) With(f Fact) (Clock, error) {
	if why := c.refuses(f); !why.IsZero() {
		return c, why
	}
	return Clock{facts: append(slices.Clip(c.facts), f)}, nil
}

// Validate returns what is wrong with the list, one message per wrong fact;
// each names the fact's place from 1. Settle passes over such facts.
func (c Clock) Validate() []wording.Message {
	var wrong []wording.Message
	for i, f := range c.facts {
		if why := (Clock{facts: c.facts[:i]}).refuses(f); !why.IsZero() {
			wrong = append(wrong, wording.M("workday.fact", "n", i+1, "why", why))
		}
	}
	return wrong
}

const forever = day.Day(math.MaxInt32)

// refuses says why f may not follow the facts so far. A fact for both clocks
// is good when one of them takes it: not every item has a promised term.
func (c Clock) refuses(f Fact) wording.Message {
	if why := f.malformed(); !why.IsZero() {
		return why
	}
	if f.Kind != "" {
		r := c.run(f.Scope, f.Kind, forever, nil)
		return r.apply(&f)
	}
	statutory, promised := c.run(f.Scope, Statutory, forever, nil), c.run(f.Scope, Promised, forever, nil)
	first := statutory.apply(&f)
	if second := promised.apply(&f); second.IsZero() {
		return second
	}
	return first
}

// malformed says what is wrong with a fact by itself.
func (f *Fact) malformed() wording.Message {
	switch {
	case !f.Scope.valid():
		return wording.M("workday.fact.scope", "scope", printable(string(f.Scope)))
	case f.Kind != "" && f.Kind != Statutory && f.Kind != Promised:
		return wording.M("workday.fact.kind", "kind", printable(string(f.Kind)))
	case f.On == 0:
		return wording.M("workday.fact.day")
	}
	switch f.Act {
	case Started, Resumed, Stopped:
	case Paused:
		if !f.For.Pauses() {
			return notAPause(f.For)
		}
		if f.Days < 0 || f.Days > MaxDays {
			return wording.M("workday.pause.days")
		}
	case Extended:
		return f.malformedExtension()
	default:
		return wording.M("workday.fact.act", "act", printable(string(f.Act)))
	}
	return wording.Message{}
}

func (f *Fact) malformedExtension() wording.Message {
	switch {
	case f.Kind == "":
		return wording.M("workday.extend.kind")
	case f.Days <= 0 || f.Days > MaxDays:
		return wording.M("workday.extend.days")
	case f.By != Head && f.By != Leader:
		return wording.M("workday.extend.by")
	}
	return wording.Message{}
}

// notAPause answers the wish to pause for what article 45 does not list; the
// commonest wish, a site visit, has an answer of its own.
func notAPause(p Procedure) wording.Message {
	if p == "visit" || p == "site_visit" {
		return wording.M("workday.pause.not_visit")
	}
	return wording.M("workday.pause.not", "what", printable(string(p)))
}
