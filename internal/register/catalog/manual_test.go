package catalog_test

import (
	"strings"
	"testing"

	"tongban/internal/register/catalog"
	"tongban/internal/rules/wording"
)

// Every licence of the county has points for each part that officials play on it,
// a discretion standard and samples.
func TestTheLicencesOfTheCountyHaveAWorkManual(t *testing.T) {
	t.Parallel()
	licences := 0
	for _, slug := range slugs(t) {
		d := good(t, slug)
		if d.Type != catalog.TypeLicence {
			continue
		}
		licences++
		for _, n := range d.Flow.Nodes {
			switch n.Task.Part {
			case "accept", "review", "visit", "test", "decide":
				points := d.PointsFor(n.Task.Part, n.Task.Role)
				if len(points) == 0 {
					t.Errorf("%s has no review points for %s by %s", slug, n.Task.Part, n.Task.Role)
				}
				seen := map[string]bool{}
				for _, p := range points {
					if seen[p.Key] || !strings.HasPrefix(p.Key, n.Task.Part+".") {
						t.Errorf("%s: key %q", slug, p.Key)
					}
					seen[p.Key] = true
				}
			}
		}
		if len(d.Discretion) < 3 || len(d.Samples) == 0 {
			t.Errorf("%s: %d lines of discretion, %d samples", slug, len(d.Discretion), len(d.Samples))
		}
	}
	if licences != 9 {
		t.Fatalf("%d licences", licences)
	}
}

func TestWhatIsWrongWithAWorkManualIsNamedWithItsLine(t *testing.T) {
	t.Parallel()
	for _, x := range []struct{ is, was, now, want string }{
		{"part", "part: visit", "part: look", "look"},
		{"role", "part: visit\n    role: fire", "part: visit\n    role: nobody", "nobody"},
		{"no article", "article: \"行政许可法第三十四条第三款\"", "article: \"\"", "article"},
		{"sample of nothing", "of: plan", "of: cake", "cake"},
		{"discretion without measure", "measure: \"不予许可\"", "measure: \"\"", "measure"},
		{"another key", "look: \"看取样单\"", "lok: \"看取样单\"", "lok"},
	} {
		_, problems := written(t, "food-workshop", x.was, x.now)
		if len(problems) == 0 || problems[0].Line < 100 || !strings.Contains(problems[0].In(wording.ZH), x.want) {
			t.Errorf("%s: %+v", x.is, problems)
		}
	}
}
