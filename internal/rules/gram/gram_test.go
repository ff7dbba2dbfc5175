package gram_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tongban/internal/rules/gram"
)

// The run of a text holds the phrase of another exactly when the text holds it.
func TestPhrasesAreSubstrings(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		letters := rapid.StringOfN(rapid.RuneFrom([]rune("食品作坊𠮷a")), 1, 6, -1)
		text, words := letters.Draw(t, "text"), letters.Draw(t, "words")
		run := " " + strings.Join(gram.Run(text), " ") + " "
		found := strings.Contains(run, " "+strings.Join(gram.Phrase(words), " ")+" ")
		if want := strings.Contains(text, words); found != want {
			t.Fatalf("%q in %q: %t", words, text, found)
		}
		set := gram.Set(gram.Run(text))
		if strings.Contains(text, words) && slices.ContainsFunc(gram.Phrase(words), func(g string) bool { return !slices.Contains(set, g) }) {
			t.Fatalf("%q is not in the set of %q", words, text)
		}
	})
}

func TestQuestionsHoldNothingTyped(t *testing.T) {
	t.Parallel()
	got := gram.All(gram.Phrase(`"甲`), gram.Fact("a", `x" OR "y`))
	if strings.Count(got, `"`) != 4 || strings.Contains(got, "OR") || strings.Contains(got, "甲") {
		t.Errorf("asked %s", got)
	}
}
