package door

import (
	"testing"

	"tongban/internal/rules/day"
)

func TestHeldFormsAreForgotten(t *testing.T) {
	t.Parallel()
	var h held
	first := h.keep(heldForm{at: "/a", since: day.Hour})
	token := first[len("/held/"):]
	if f, ok := h.find(token, day.Hour+heldFor-1); !ok || f.at != "/a" {
		t.Fatalf("found %v %v", f, ok)
	}
	if _, ok := h.find("another", day.Hour); ok {
		t.Fatal("a form was found under an address that was never given")
	}
	if _, ok := h.find(token, day.Hour+heldFor+1); ok {
		t.Fatal("a form was held for longer than an hour")
	}
	again := h.keep(heldForm{at: "/b", since: 5 * day.Hour})[len("/held/"):]
	for range heldMost {
		h.keep(heldForm{since: 5 * day.Hour})
	}
	if _, ok := h.find(again, 5*day.Hour); ok || len(h.forms) > heldMost {
		t.Fatalf("%d forms held, the oldest among them: %v", len(h.forms), ok)
	}
}
