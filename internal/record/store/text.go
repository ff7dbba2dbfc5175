package store

import (
	"strings"
	"unicode"
)

// Text leaves out of what somebody asked for what no text has, control characters
// and bytes that are none, so that no engine chokes on it.
func Text(s string) string {
	return strings.Map(func(c rune) rune {
		if c == unicode.ReplacementChar || unicode.IsControl(c) {
			return -1
		}
		return c
	}, s)
}
