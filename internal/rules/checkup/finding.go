package checkup

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"

	"tongban/internal/rules/wording"
)

// Severity says how much a finding weighs.
type Severity string

// The severities. An error breaks a law or a list; a warning asks for a look by
// a person, who may accept it with a reason; a note is a fact for planning.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Note    Severity = "note"
)

// Severities lists them, the heaviest first.
func Severities() []Severity { return []Severity{Error, Warning, Note} }

// Name is the severity's name for people.
func (s Severity) Name() wording.Message { return wording.M("checkup.severity." + string(s)) }

// Kind is what a finding is about.
type Kind string

// The kinds of subjects.
const (
	OfItem      Kind = "item"
	OfBase      Kind = "base"
	OfPower     Kind = "power"
	OfProof     Kind = "proof"
	OfDocument  Kind = "document" // known by its name only
	OfLaw       Kind = "law"      // by its name: the library does not have it
	OfCatalogue Kind = "catalogue"
)

// Subject is one thing of the catalogue.
type Subject struct {
	Kind Kind   `json:"kind"`
	Code string `json:"code"` // its name where it has no code
	Name string `json:"name"`
}

// Finding is one thing that a rule found.
type Finding struct {
	ID       string          // the same as long as the rule finds the same thing in the same subject
	Rule     string          // key of the rule
	Severity Severity        // of the rule
	Subject  Subject         // what is to be mended
	Message  wording.Message // what was found
	Article  string          // the article or standard that wants it otherwise
	Mend     wording.Message // what to do
	Related  []Subject       // what it collides with, in order
	Ring     []Subject       // of a circle: its members in order, each needing the next and the last the first
}

// About tells whether the finding concerns a code.
func (f Finding) About(code string) bool {
	has := func(s Subject) bool { return s.Code == code }
	return has(f.Subject) || slices.ContainsFunc(f.Related, has) || slices.ContainsFunc(f.Ring, has)
}

// identify gives the finding its identity: rule, subject and every fact that
// its sentence names, not the sentence itself. An accepted finding stays
// accepted when words are polished and comes back when a fact changes.
func (f *Finding) identify() {
	h := sha256.New()
	put := func(s string) { _, _ = fmt.Fprintf(h, "%d:%s", len(s), s) }
	put(f.Rule)
	put(string(f.Subject.Kind))
	put(f.Subject.Code)
	write(h, f.Message)
	for _, s := range slices.Concat(f.Related, f.Ring) {
		put(string(s.Kind))
		put(s.Code)
	}
	f.ID = hex.EncodeToString(h.Sum(nil)[:12])
}

// write writes a fact in a form that no wording changes.
func write(w io.Writer, fact any) {
	switch v := fact.(type) {
	case wording.Message:
		names := make([]string, 0, len(v.Args))
		for name := range v.Args {
			names = append(names, name)
		}
		slices.Sort(names)
		_, _ = fmt.Fprintf(w, "(%s", v.Key)
		for _, name := range names {
			_, _ = fmt.Fprintf(w, " %s=", name)
			write(w, v.Args[name])
		}
		_, _ = io.WriteString(w, ")")
	case words:
		for _, m := range v {
			write(w, m)
		}
	case bodies:
		_, _ = fmt.Fprintf(w, "%q", v.keys)
	default:
		s := fmt.Sprint(v)
		_, _ = fmt.Fprintf(w, "%d:%s", len(s), s)
	}
}

// words is a list of sentences' parts as one argument of a sentence.
type words []wording.Message

// In lists the words in a language.
func (w words) In(lang wording.Lang) string {
	all := make([]string, len(w))
	for i, m := range w {
		all[i] = m.In(lang)
	}
	return strings.Join(all, "、")
}

// shown is how many names a sentence lists before it counts the rest.
const shown = 3

// some lists the first few of many names, and how many there are.
func some(names []string) string {
	if len(names) <= shown {
		return strings.Join(names, "、")
	}
	return strings.Join(names[:shown], "、") + "…"
}

// bodies are agencies as one argument of a sentence: known by their keys, shown
// by their names.
type bodies struct {
	keys  []string
	names map[string]string
}

// In lists the names of the first few, whatever the language.
func (b bodies) In(wording.Lang) string {
	list := make([]string, len(b.keys))
	for i, k := range b.keys {
		if list[i] = b.names[k]; list[i] == "" {
			list[i] = k
		}
	}
	return some(list)
}

func (f *finder) agencies(keys ...string) bodies { return bodies{keys, f.c.Agencies} }

// Plain is a finding in one language, fit for JSON.
type Plain struct {
	ID       string    `json:"id"`
	Rule     string    `json:"rule"`
	Severity Severity  `json:"severity"`
	Subject  Subject   `json:"subject"`
	Message  string    `json:"message"`
	Article  string    `json:"article"`
	Mend     string    `json:"mend"`
	Related  []Subject `json:"related,omitempty"`
	Ring     []Subject `json:"ring,omitempty"`
}

// In renders the finding in one language.
func (f Finding) In(lang wording.Lang) Plain {
	return Plain{f.ID, f.Rule, f.Severity, f.Subject, f.Message.In(lang), f.Article, f.Mend.In(lang), f.Related, f.Ring}
}
