package manage

import (
	"testing"

	"tongban/internal/rules/wording"
)

// A decision is said in words; what is not of the simple form is left as it is.
func TestConditionsInWords(t *testing.T) {
	t.Parallel()
	if got := inWords(`decision == "granted"`, nil); got == nil || got.In(wording.ZH) != "决定是“准予”" {
		t.Errorf("a decision: %v", got)
	}
	for _, source := range []string{`decision == "eq"x`, `decision != "granted"`, `form.area > 50`, `form.a == 1 and form.b`, ""} {
		if got := inWords(source, nil); got != nil {
			t.Errorf("%s is said as %s", source, got.In(wording.ZH))
		}
	}
}
