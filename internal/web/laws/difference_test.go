package laws

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// What stays and what went is the old text, what stays and what came the new.
func TestDifferencesGiveBothTexts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.SampledFrom([]rune("应当日内告知，。\n")), 0, 40, -1)
		was, now := text.Draw(t, "was"), text.Draw(t, "now")
		var old, young strings.Builder
		for _, p := range difference(was, now) {
			if p.Kind != "in" {
				old.WriteString(p.Text)
			}
			if p.Kind != "out" {
				young.WriteString(p.Text)
			}
		}
		if old.String() != was || young.String() != now {
			t.Fatalf("%q → %q is told as %q", was, now, difference(was, now))
		}
	})
	long := strings.Repeat("应当", 3000)
	if d := difference("甲"+long+"乙", "丙"+strings.ToUpper(long[3:])+"丁"); len(d) != 2 {
		t.Errorf("long texts are told in %d pieces", len(d))
	}
}

func TestWhatIsFoundIsShownWithItsSurroundings(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("前", 100) + "\n补正" + strings.Repeat("后", 100)
	got := around(text, "补正")
	if len(got) != 3 || got[1] != (piece{"hit", "补正"}) || !strings.HasPrefix(got[0].Text, "…") || !strings.HasSuffix(got[2].Text, "…") || len([]rune(got[2].Text)) != shownAround+1 {
		t.Errorf("shown: %+v", got)
	}
	if got := around("没有", "补正"); len(got) != 1 || got[0].Kind != "" {
		t.Errorf("not found: %+v", got)
	}
}
