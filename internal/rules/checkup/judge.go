package checkup

import (
	"iter"
	"slices"

	"tongban/internal/rules/wording"
)

// Rule is a row of the table of everything that is looked for.
type Rule struct {
	Key      string // stable: pages, reports and accepted findings name it
	Family   string // rules of one sort, a heading on pages
	Severity Severity
	Article  string // the article or standard that it follows
}

// Name is what the rule looks for, in a few words.
func (r Rule) Name() wording.Message { return wording.M("checkup." + r.Key + ".name") }

// FamilyName is the heading of the rule's family.
func (r Rule) FamilyName() wording.Message { return wording.M("checkup.family." + r.Family) }

// check is a rule with the code that looks: at one item at a time, or at all.
type check struct {
	Rule
	item  func(f *finder, it *Item)
	whole func(f *finder)
}

// table is made once, of the families' own tables.
var table = slices.Concat(elementRules, classRules, sameRules, duplicateRules, limitRules, materialRules, proofRules,
	powerRules, repeatRules, disguiseRules, listRules, guideRules, lawRules, caseRules)

// Rules lists every rule, in the order in which they are gone through.
func Rules() []Rule {
	all := make([]Rule, len(table))
	for i, c := range table {
		all[i] = c.Rule
	}
	return all
}

// RuleOf returns the rule with this key.
func RuleOf(key string) (Rule, bool) {
	i := slices.IndexFunc(table, func(c check) bool { return c.Key == key })
	if i < 0 {
		return Rule{}, false
	}
	return table[i].Rule, true
}

// Judge goes through the catalogue rule by rule and hands out what it finds, as
// it finds it. The order depends on the catalogue only. The catalogue must not
// change meanwhile; it is not changed.
func Judge(c *Catalogue) iter.Seq[Finding] { return findings(c, "") }

// About is what Judge finds about one code: an item that is proposed, with the
// catalogue in which it would stand. Rules for single items look at it alone.
func About(c *Catalogue, code string) iter.Seq[Finding] { return findings(c, code) }

// Judged is Judge for who tells how far it is: with the key of each rule that was
// gone through comes no finding.
func Judged(c *Catalogue) iter.Seq2[Finding, string] { return judge(c, "") }

func findings(c *Catalogue, only string) iter.Seq[Finding] {
	return func(yield func(Finding) bool) {
		for f, gone := range judge(c, only) {
			if gone == "" && !yield(f) {
				return
			}
		}
	}
}

func judge(c *Catalogue, only string) iter.Seq2[Finding, string] {
	return func(yield func(Finding, string) bool) {
		f := &finder{c: c, only: only, yield: func(x Finding) bool { return yield(x, "") }, index: newIndex(c)}
		for i := range table {
			f.check = &table[i]
			f.run()
			if f.stopped || !yield(Finding{}, f.check.Key) {
				return
			}
		}
	}
}

// finder is a run over a catalogue.
type finder struct {
	c       *Catalogue
	index   *index
	check   *check
	only    string // code of the one thing to look at; "" for all
	yield   func(Finding) bool
	stopped bool
}

func (f *finder) run() {
	if f.check.whole != nil {
		f.check.whole(f)
		return
	}
	for i := range f.c.Items {
		if f.stopped {
			return
		}
		if it := &f.c.Items[i]; f.only == "" || it.Code == f.only {
			f.check.item(f, it)
		}
	}
}

// found hands out a finding of the rule that is running; pairs are the
// arguments of its sentence and of the way to mend it.
func (f *finder) found(s Subject, pairs ...any) { f.collides(s, nil, pairs...) }

// collides hands out a finding about things that collide.
func (f *finder) collides(s Subject, with []Subject, pairs ...any) {
	f.give(Finding{Subject: s, Related: with}, pairs...)
}

func (f *finder) give(x Finding, pairs ...any) {
	r := f.check.Rule
	x.Rule, x.Severity, x.Article = r.Key, r.Severity, r.Article
	if f.stopped || f.only != "" && !x.About(f.only) {
		return
	}
	x.Message = wording.M("checkup."+r.Key+".found", pairs...)
	x.Mend = wording.M("checkup."+r.Key+".mend", pairs...)
	if x.ID == "" {
		x.identify()
	}
	f.stopped = !f.yield(x)
}

func (it *Item) subject() Subject { return Subject{OfItem, it.Code, it.Name} }
func (b *Base) subject() Subject  { return Subject{OfBase, b.Code, b.Name} }
func (p *Power) subject() Subject { return Subject{OfPower, p.Code, p.Name} }
func (p *Proof) subject() Subject { return Subject{OfProof, p.Code, p.Name} }

// Counts is how much was found.
type Counts struct {
	Errors, Warnings, Notes int
	ByRule                  map[string]int
}

// Add counts a finding.
func (c *Counts) Add(f Finding) {
	if c.ByRule == nil {
		c.ByRule = map[string]int{}
	}
	c.ByRule[f.Rule]++
	switch f.Severity {
	case Error:
		c.Errors++
	case Warning:
		c.Warnings++
	case Note:
		c.Notes++
	}
}

// Total is the number of findings.
func (c *Counts) Total() int { return c.Errors + c.Warnings + c.Notes }
