package lists_test

import (
	"testing"

	"tongban/internal/register/lists"
)

// Every kind of list of the program can be read, and says whose right it is.
func TestKinds(t *testing.T) {
	t.Parallel()
	seen := map[int]bool{}
	for _, k := range lists.Kinds() {
		if seen[k.Order] || k.Order == 0 {
			t.Errorf("%s: order %d", k.Key, k.Order)
		}
		seen[k.Order] = true
		if k.Right == "" || k.Group == "" || k.About == "" || k.AboutEN == "" || len(k.Columns) < 5 {
			t.Errorf("%s is not complete", k.Key)
		}
		for _, c := range k.Columns {
			if c.When.Column != "" && k.Column(c.When.Column) == nil {
				t.Errorf("%s: %s asks for %s", k.Key, c.Key, c.When.Column)
			}
		}
	}
	if len(lists.Kinds()) != 17 {
		t.Errorf("%d kinds", len(lists.Kinds()))
	}
}
