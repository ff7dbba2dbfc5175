package gbcode

import "strings"

// MaskCitizenPublic hides a citizen number for a notice that anyone may read:
// the first and the last character stay.
func MaskCitizenPublic(s string) string { return keep(s, 1, 1) }

// MaskCitizenOwn hides a citizen number in its owner's own view: the first
// three and the last four characters stay.
func MaskCitizenOwn(s string) string { return keep(s, 3, 4) }

// MaskPhone hides a telephone number: the first three and the last four digits stay.
func MaskPhone(s string) string { return keep(s, 3, 4) }

// MaskName hides the name of a person: the first and the last character stay
// (王*明), of two characters the first (王*).
func MaskName(s string) string {
	if n := len([]rune(s)); n == 2 {
		return keep(s, 1, 0)
	}
	return keep(s, 1, 1)
}

// keep leaves head and tail characters and stars the others. A value too short
// to hide anything between them is starred whole: what it is, we do not know.
func keep(s string, head, tail int) string {
	r := []rune(s)
	hidden := len(r) - head - tail
	if hidden < 1 {
		return strings.Repeat("*", len(r))
	}
	return string(r[:head]) + strings.Repeat("*", hidden) + string(r[len(r)-tail:])
}
