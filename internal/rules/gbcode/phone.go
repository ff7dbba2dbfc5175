package gbcode

import (
	"strings"
	"unicode/utf8"

	"tongban/internal/rules/wording"
)

// ParsePhone reads a telephone number of mainland China and returns its digits:
// a mobile number (11 digits, from 13 to 19) or a landline with its area code
// (0 + 2 or 3 digits, then 7 or 8). +86, spaces, dashes and brackets are
// dropped. The error is a wording.Message.
func ParsePhone(s string) (string, error) {
	s = strings.NewReplacer("-", "", "(", "", ")", "").Replace(Normalize(s))
	what := label("phone")
	s = strings.TrimPrefix(s, "+86")
	if len(s) == 13 {
		s = strings.TrimPrefix(s, "86")
	}
	if m := digits(what, s, 0); !m.IsZero() {
		return "", m
	}
	n := utf8.RuneCountInString(s)
	switch {
	case n == 0:
		return "", length(what, 11, 0)
	case s[0] == '0':
		if n < 10 || n > 12 || s[1] == '0' {
			return "", wording.M("gbcode.phone.landline", "label", what)
		}
	case n != 11:
		return "", wording.M("gbcode.phone.length", "label", what, "got", n)
	case s[0] != '1' || s[1] < '3':
		return "", wording.M("gbcode.phone.prefix", "label", what, "got", s[:2])
	}
	return s, nil
}
