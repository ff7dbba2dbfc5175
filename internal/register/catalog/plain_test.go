package catalog

import (
	"testing"

	"github.com/goccy/go-yaml"
	"pgregory.net/rapid"

	"tongban/internal/rules/day"
)

// An item known by name is written as the writer of YAML writes it: the bytes are what
// digests are taken over and what proposals are known by.
func TestAnEntryIsWrittenAsYAML(t *testing.T) {
	t.Parallel()
	text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[甲乙（）A-Z0-9a-f:#\-'"\\ ~.,&*!|>%@\[\]{}?\n\t]{0,12}`),
		rapid.SampledFrom([]string{"", "01", "1e3", "0x1f", "true", "null", "~", "- a", "a: b", "a:", " a", "a ", "2025-01-01", "12:30", ".5", "-", "---", "...", "?", "? a", "<<", "a\r\nb", "特种设备使用登记（第1类）"}))
	rapid.Check(t, func(t *rapid.T) {
		it := Item{Format: Format, Code: text.Draw(t, "code"), Name: text.Draw(t, "name"), Type: text.Draw(t, "type"), Agency: text.Draw(t, "agency"),
			SourceCode: text.Draw(t, "source"), Aliases: rapid.SliceOfN(text, 0, 3).Draw(t, "aliases"),
			InForce: Force{From: day.Day(rapid.IntRange(0, 30000).Draw(t, "from")), Until: day.Day(rapid.IntRange(0, 30000).Draw(t, "until"))}}
		want, err := yaml.MarshalWithOptions(it, yaml.OmitEmpty())
		if err != nil {
			t.Fatal(err)
		}
		if got := it.plain(); string(got) != string(want) {
			t.Fatalf("%q\nwant %q", got, want)
		}
	})
}
