// Package gbcode reads, checks and writes the numbers that Chinese government
// services run on: citizen numbers (GB 11643), unified social credit codes
// (GB 32100) with the organisation codes inside them (GB 11714), regions
// (GB/T 2260), codes of service items, and licence identifiers (GB/T 36904).
//
// Everything is pure: today's day and the table of regions come in as
// arguments. A fault is a wording.Message that names the number, the place in
// it (counted from 1 in what Normalize leaves) and what to do about it. What
// may be true although our tables do not know it, such as a region abolished
// long ago, is a warning and never refuses anything.
//
// What the check digits promise, as the tests show by trying: a citizen number
// and a credit code betray every single wrong character and every exchange of
// two neighbours. A licence identifier betrays every single wrong character;
// of two exchanged neighbours that follow each other in the alphabet (0 and 1,
// A and B, also Z and 0) it misses about one in 36. Item codes of 12 digits
// have no check digit at all.
package gbcode

import (
	"strings"
	"unicode"

	"tongban/internal/rules/wording"
)

// Normalize turns what a person typed or pasted into the form that the
// standards know: full-width characters become ordinary ones, letters upper
// case, every kind of dash "-"; spaces and characters without width are dropped.
func Normalize(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == 0x3000 || unicode.IsSpace(r) || unicode.Is(unicode.Cf, r):
			return -1
		case r >= 0xFF01 && r <= 0xFF5E: // the full-width copy of ASCII
			r -= 0xFEE0
		case r >= 0x2010 && r <= 0x2015 || r == 0x2212:
			return '-'
		}
		if r >= 'a' && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}, s)
}

// Labelled returns the fault with the words of the reader's own form in place
// of the standard name of the number: "经营者身份证号" for "身份证号".
// A message without a label is returned as it is.
func Labelled(m wording.Message, label any) wording.Message {
	if _, ok := m.Args["label"]; !ok {
		return m
	}
	args := make(map[string]any, len(m.Args))
	for k, v := range m.Args {
		args[k] = v
	}
	args["label"] = label
	return wording.Message{Key: m.Key, Args: args}
}

// label is the standard name of a number or of a part of it.
func label(name string) wording.Message { return wording.M("gbcode.name." + name) }

// faultAt says that the character at place k (from 1) of a number cannot
// stand there; rule is the key of what may.
func faultAt(what wording.Message, k int, c rune, rule string) wording.Message {
	return wording.M("gbcode.character", "label", what, "at", k, "got", string(c), "rule", wording.M("gbcode.rule."+rule))
}

// length says that a number has the wrong length.
func length(what wording.Message, want, got int) wording.Message {
	return wording.M("gbcode.length", "label", what, "want", want, "got", got)
}

// checkDigit says that the check character at place k is not what the others ask for.
func checkDigit(what wording.Message, k int, want, got byte) wording.Message {
	return wording.M("gbcode.check", "label", what, "at", k, "want", string(want), "got", string(got))
}

func isDigit(c rune) bool { return c >= '0' && c <= '9' }

// digits returns the fault of the first character of s that is not a digit,
// or a zero message. offset is the number of characters before s in the whole.
func digits(what wording.Message, s string, offset int) wording.Message {
	for i, c := range []rune(s) {
		if !isDigit(c) {
			return faultAt(what, offset+i+1, c, "digit")
		}
	}
	return wording.Message{}
}

// alnum does the same for digits and capital letters.
func alnum(what wording.Message, s string, offset int) wording.Message {
	for i, c := range []rune(s) {
		if !isDigit(c) && (c < 'A' || c > 'Z') {
			return faultAt(what, offset+i+1, c, "alnum")
		}
	}
	return wording.Message{}
}

// value36 is the value of a digit or capital letter: 0–35.
func value36(c byte) int {
	if c <= '9' {
		return int(c - '0')
	}
	return int(c-'A') + 10
}

const alphabet36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
