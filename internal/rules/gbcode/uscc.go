package gbcode

import (
	"strings"
	"unicode/utf8"

	"tongban/internal/rules/wording"
)

// USCC is a unified social credit code taken apart (GB 32100).
type USCC struct {
	Code         string          // 18 characters, normalised
	Category     string          // 2 characters: registering department and kind of body
	CategoryName wording.Message // what they mean
	Region       string          // 6 digits: where the body is registered
	Organisation string          // 9 characters: organisation code (GB 11714)
	Warnings     []wording.Message
}

// usccSet has no I, O, S, V, Z, which are too easily taken for 1, 0, 5, U, 2.
const usccSet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

var (
	usccWeights = [17]int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}
	orgWeights  = [8]int{3, 7, 9, 10, 5, 8, 4, 2}
)

func usccCheck(s string) byte {
	sum := 0
	for i, w := range usccWeights {
		sum += strings.IndexByte(usccSet, s[i]) * w
	}
	return usccSet[(31-sum%31)%31]
}

func orgCheck(s string) byte {
	sum := 0
	for i, w := range orgWeights {
		sum += value36(s[i]) * w
	}
	return "0123456789X"[(11-sum%11)%11]
}

// ParseUSCC reads a unified social credit code. The error is a
// wording.Message: length, a character outside the 31 of the standard (I, O,
// S, V, Z are explained), a letter in the region, the check digit of the
// organisation code inside (place 17) or of the whole (place 18), each with
// what was expected. A region or category not in the tables is a warning.
// regions may be nil, then no region is looked up.
func ParseUSCC(s string, regions *Tree) (USCC, error) {
	s = Normalize(s)
	if m := usccFault(s, label("uscc"), 0); !m.IsZero() {
		return USCC{}, m
	}
	u := USCC{Code: s, Category: s[:2], Region: s[2:8], Organisation: s[8:17]}
	u.CategoryName = wording.M("gbcode.uscc_category." + u.Category)
	if !wording.Has(wording.ZH, u.CategoryName.Key) {
		u.CategoryName = wording.M("gbcode.uscc_category.other")
		u.Warnings = append(u.Warnings, wording.M("gbcode.uscc.category", "label", label("uscc"), "code", u.Category))
	}
	if u.Region != "100000" { // registered with a body of the state as a whole
		if w := unknownRegion(label("uscc"), u.Region, regions); !w.IsZero() {
			u.Warnings = append(u.Warnings, w)
		}
	}
	return u, nil
}

// usccFault finds what is wrong with the code s that stands in a longer number
// after offset other characters, or nothing.
func usccFault(s string, what wording.Message, offset int) wording.Message {
	if n := utf8.RuneCountInString(s); n != 18 {
		return length(what, 18, n)
	}
	for i, c := range []rune(s) {
		switch {
		case strings.ContainsRune("IOSVZ", c):
			return wording.M("gbcode.uscc.letter", "label", what, "at", offset+i+1, "got", string(c), "like", likeness(c))
		case !strings.ContainsRune(usccSet, c):
			return faultAt(what, offset+i+1, c, "uscc")
		case i >= 2 && i < 8 && !isDigit(c):
			return faultAt(what, offset+i+1, c, "digit")
		}
	}
	// One wrong character in the organisation code breaks both checks. The inner
	// one is named first: it narrows the search to nine places.
	if want := orgCheck(s[8:16]); want != s[16] {
		return wording.M("gbcode.uscc.organisation", "label", what, "from", offset+9, "at", offset+17,
			"want", string(want), "got", string(s[16]))
	}
	if want := usccCheck(s); want != s[17] {
		return checkDigit(what, offset+18, want, s[17])
	}
	return wording.Message{}
}

// likeness is the character for which a letter outside the set is mostly mistaken.
func likeness(c rune) string {
	return map[rune]string{'I': "1", 'O': "0", 'S': "5", 'V': "U", 'Z': "2"}[c]
}

// ParseOrganisation reads an organisation code (GB 11714): eight digits or
// capital letters and a check character, with or without a dash before it.
// It returns the nine characters.
func ParseOrganisation(s string) (string, error) {
	s = Normalize(s)
	what := label("organisation")
	if i := len(s) - 2; i == 8 && s[i] == '-' {
		s = s[:8] + s[9:]
	}
	if n := utf8.RuneCountInString(s); n != 9 {
		return "", length(what, 9, n)
	}
	if m := alnum(what, s, 0); !m.IsZero() {
		return "", m
	}
	if want := orgCheck(s); want != s[8] {
		return "", checkDigit(what, 9, want, s[8])
	}
	return s, nil
}

// MakeUSCC makes the code of a body from its category ("91" an enterprise,
// "92" a sole trader, "11" an organ of state), region (6 digits) and the first
// eight characters of its organisation code; both check digits are computed.
// It is meant for invented bodies of a demonstration.
func MakeUSCC(category, region, organisation string) (string, error) {
	what := label("uscc")
	if len(category) != 2 || len(region) != 6 || len(organisation) != 8 {
		return "", length(what, 16, utf8.RuneCountInString(category+region+organisation))
	}
	s := category + region + organisation
	for i, c := range []rune(s) {
		if !strings.ContainsRune(usccSet, c) || i >= 2 && i < 8 && !isDigit(c) {
			return "", faultAt(what, i+1, c, "uscc")
		}
	}
	s += string(orgCheck(organisation))
	return s + string(usccCheck(s)), nil
}
