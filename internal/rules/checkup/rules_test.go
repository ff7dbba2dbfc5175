package checkup_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tongban/internal/rules/checkup"
	"tongban/internal/rules/wording"
)

// try is a rule with a catalogue that breaks it and one that almost does.
type try struct {
	rule string
	bad  func(c *checkup.Catalogue)
	near func(c *checkup.Catalogue)
}

func tries() []try {
	return slices.Concat(itemTries, materialTries, listTries, flowTries)
}

func TestEveryRuleFindsWhatItIsForAndNothingNearIt(t *testing.T) {
	t.Parallel()
	tried := map[string]bool{}
	for _, x := range tries() {
		tried[x.rule] = true
		c := good()
		x.bad(c)
		found := all(c)
		i := slices.IndexFunc(found, func(f checkup.Finding) bool { return f.Rule == x.rule })
		if i < 0 {
			t.Errorf("%s does not find what breaks it; found %v", x.rule, rulesOf(found))
			continue
		}
		for _, f := range found {
			sentences(t, f)
		}
		c = good()
		x.near(c)
		for _, f := range all(c) {
			if f.Rule == x.rule {
				t.Errorf("%s finds what only looks like it: %s", x.rule, f.Message.In(wording.ZH))
			}
		}
	}
	for _, r := range checkup.Rules() {
		if !tried[r.Key] && r.Key != "name_crowd" { // TestCrowdsAreSaid
			t.Errorf("%s is not tried", r.Key)
		}
	}
}

// sentences asks that a finding is told whole: rule, article, sentence, mending.
func sentences(t *testing.T, f checkup.Finding) {
	t.Helper()
	r, ok := checkup.RuleOf(f.Rule)
	if !ok || f.Severity != r.Severity || f.Article == "" || len(f.ID) != 24 || f.Subject.Kind == "" {
		t.Errorf("%s: half a finding: %+v", f.Rule, f)
	}
	for _, s := range []string{f.Message.In(wording.ZH), f.Mend.In(wording.ZH), r.Name().In(wording.ZH), r.FamilyName().In(wording.ZH), r.Severity.Name().In(wording.ZH)} {
		if s == "" || strings.ContainsAny(s, "{}⟦") {
			t.Errorf("%s: %q", f.Rule, s)
		}
	}
}

func TestRulesAreATable(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, r := range checkup.Rules() {
		if seen[r.Key] || r.Key == "" || r.Article == "" || r.Family == "" || !slices.Contains(checkup.Severities(), r.Severity) {
			t.Errorf("row %+v", r)
		}
		seen[r.Key] = true
		for _, key := range []string{".name", ".found", ".mend"} {
			if !wording.Has(wording.ZH, "checkup."+r.Key+key) {
				t.Errorf("no words for %s%s", r.Key, key)
			}
		}
	}
	if len(seen) < 50 {
		t.Errorf("only %d rules", len(seen))
	}
}

// on changes the guide of the n-th item.
func on(n int, change func(it *checkup.Item, g *checkup.Guide)) func(*checkup.Catalogue) {
	return func(c *checkup.Catalogue) { change(&c.Items[n], c.Items[n].Guide) }
}

// upper adds the same licence at the city, which has no list of base items then.
func upper(change func(up *checkup.Item)) func(*checkup.Catalogue) {
	return func(c *checkup.Catalogue) {
		c.Bases = nil
		up := licence(c.Items[0].Guide.Basis)
		up.Code, up.Level, up.Region = body+"3"+baseOf, "3", "9901"
		change(&up)
		c.Items = append(c.Items, up)
	}
}

// twin adds another item like the licence.
func twin(change func(it *checkup.Item)) func(*checkup.Catalogue) {
	return func(c *checkup.Catalogue) {
		it := licence(c.Items[0].Guide.Basis)
		it.Code, it.Base = "511A0017900001-990124000000-000-"+body+"-1-00", ""
		change(&it)
		c.Items = append(c.Items, it)
	}
}

// variants adds variants of the licence with these names.
func variants(names ...string) func(*checkup.Catalogue) {
	return func(c *checkup.Catalogue) {
		for i, name := range names {
			it := licence(c.Items[0].Guide.Basis)
			it.Code, it.Of, it.Name = fmt.Sprintf("%s%02d", code, i+1), code, "食品作坊经营许可（"+name+"）"
			c.Items = append(c.Items, it)
		}
	}
}

// variantAsks adds a variant that asks for more than its item, which the base item
// says anything of or not.
func variantAsks(unsaid bool) func(*checkup.Catalogue) {
	return func(c *checkup.Catalogue) {
		variants("变更")(c)
		m := &c.Items[len(c.Items)-1].Guide.Materials[2]
		if m.Supplied, m.How = false, "带来"; unsaid {
			c.Bases[0].Materials = nil
		}
	}
}

// based has the base item of the licence say how it is handled.
func based(h checkup.Handling, change func(it *checkup.Item)) func(*checkup.Catalogue) {
	return func(c *checkup.Catalogue) {
		c.Bases[0].Handling = h
		if change != nil {
			change(&c.Items[0])
		}
	}
}
