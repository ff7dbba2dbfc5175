package door

import (
	"strings"

	"tongban/internal/record/store"
)

// Asked is what an address says, in characters that people write and no more of
// them than most.
func Asked(s string, most int) string {
	s = store.Text(strings.TrimSpace(s))
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}
