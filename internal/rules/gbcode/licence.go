package gbcode

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"tongban/internal/rules/wording"
)

// LicenceRoot is the root of every licence identifier (GB/T 36904).
const LicenceRoot = "1.2.156.3005.2."

// Licence is a licence identifier taken apart (GB/T 36904).
type Licence struct {
	ID       string // the whole, normalised
	Type     string // 21 characters: credit code of the competent body and 3 more
	Issuer   string // 18 characters: credit code of the issuing body
	Serial   string // 1–32 digits or capital letters
	Version  int    // 1–999
	Check    string // 1 character
	Warnings []wording.Message
}

// check3736 is ISO 7064 MOD 37,36 over s, which holds only digits and capital letters.
func check3736(s string) byte {
	p := 36
	for i := range len(s) {
		p = (p + value36(s[i])) % 36
		if p == 0 {
			p = 36
		}
		p = p * 2 % 37
	}
	return alphabet36[(37-p)%36]
}

// LicenceID builds the identifier of a licence from its type (21 characters),
// the issuer's credit code (18), a serial number (1–32 digits or capital
// letters) and a version (1–999, 1 at first issue). Credit codes that do not
// check are refused: we do not write a wrong number.
func LicenceID(typ, issuer, serial string, version int) (string, error) {
	id := fmt.Sprintf("%s%s.%s.%s.%03d.", LicenceRoot, Normalize(typ), Normalize(issuer), Normalize(serial), version)
	parts := strings.Split(strings.TrimPrefix(id, LicenceRoot), ".")
	if m := licenceParts(parts); !m.IsZero() {
		return "", m
	}
	if m := usccFault(parts[0][:18], label("licence_type"), 0); !m.IsZero() {
		return "", m
	}
	if m := usccFault(parts[1], label("licence_issuer"), 0); !m.IsZero() {
		return "", m
	}
	return id + string(check3736(strings.Join(parts, ""))), nil
}

// ParseLicence reads a licence identifier. The error is a wording.Message that
// names the part and the place in it. Older licences carry issuers of another
// length (a region code, for instance): that is a warning, as is a credit code
// inside whose own check digit is wrong while that of the whole is right.
func ParseLicence(s string) (Licence, error) {
	s = Normalize(s)
	what := label("licence")
	rest, ok := strings.CutPrefix(s, LicenceRoot)
	if !ok {
		return Licence{}, wording.M("gbcode.licence.root", "label", what, "at", 1, "root", LicenceRoot)
	}
	parts := strings.Split(rest, ".")
	if len(parts) != 5 {
		return Licence{}, wording.M("gbcode.licence.parts", "label", what, "got", len(parts))
	}
	check := parts[4]
	if m := licenceParts(parts[:4]); !m.IsZero() {
		return Licence{}, m
	}
	if n := utf8.RuneCountInString(check); n != 1 {
		return Licence{}, length(label("licence_check"), 1, n)
	}
	if m := alnum(label("licence_check"), check, 0); !m.IsZero() {
		return Licence{}, m
	}
	if want := check3736(strings.Join(parts[:4], "")); want != check[0] {
		return Licence{}, checkDigit(what, len(s), want, check[0])
	}
	l := Licence{ID: s, Type: parts[0], Issuer: parts[1], Serial: parts[2], Check: check}
	l.Version, _ = strconv.Atoi(parts[3]) // three digits, shown by licenceParts
	for _, c := range []struct{ name, code string }{{"licence_type", l.Type[:18]}, {"licence_issuer", l.Issuer}} {
		if m := usccFault(c.code, label(c.name), 0); !m.IsZero() {
			l.Warnings = append(l.Warnings, wording.M("gbcode.licence.body", "label", label(c.name), "fault", m))
		}
	}
	return l, nil
}

// licenceParts finds what is wrong with the form of type, issuer, serial and version.
func licenceParts(parts []string) wording.Message {
	for i, p := range []struct {
		name     string
		min, max int
	}{{"licence_type", 21, 21}, {"licence_issuer", 1, 18}, {"licence_serial", 1, 32}, {"licence_version", 3, 3}} {
		n := utf8.RuneCountInString(parts[i])
		switch {
		case n < p.min || n > p.max:
			if p.min == p.max {
				return length(label(p.name), p.max, n)
			}
			return wording.M("gbcode.length_between", "label", label(p.name), "min", p.min, "max", p.max, "got", n)
		case p.name == "licence_version":
			if m := digits(label(p.name), parts[i], 0); !m.IsZero() {
				return m
			}
			if parts[i] == "000" {
				return wording.M("gbcode.licence.version", "label", label(p.name))
			}
		default:
			if m := alnum(label(p.name), parts[i], 0); !m.IsZero() {
				return m
			}
		}
	}
	return wording.Message{}
}
