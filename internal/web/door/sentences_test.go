package door

import (
	"testing"

	"tongban/internal/web/ui"
)

// What a page says of an error does not run together.
func TestSentencesStandApart(t *testing.T) {
	t.Parallel()
	s := sentences{ui.Plain("审查意见还没有齐"), ui.Plain("依据：某条例第二十五条"), ui.Plain(""), ui.Plain("等每位审查人说完，再来审定。")}
	if got, want := s.In("zh"), "审查意见还没有齐。依据：某条例第二十五条。等每位审查人说完，再来审定。"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	e := sentences{ui.Plain("Not all have spoken"), ui.Plain("Come back later!")}
	if got, want := e.In("en"), "Not all have spoken. Come back later!"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
