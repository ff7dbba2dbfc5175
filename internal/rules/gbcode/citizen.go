package gbcode

import (
	"fmt"
	"strconv"
	"unicode/utf8"

	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// Sex as the citizen number states it.
type Sex string

// The two values of the 17th digit: odd and even.
const (
	Male   Sex = "male"
	Female Sex = "female"
)

// Citizen is a citizen number taken apart (GB 11643).
type Citizen struct {
	Number   string  // 18 characters, normalised
	Region   string  // 6 digits: where the number was first given out
	Birth    day.Day // 1970-01-01 is the zero Day; BirthDate writes it all the same
	Sequence int     // 0–999, odd for men
	Sex      Sex
	Warnings []wording.Message
}

// BirthDate writes the day of birth as YYYY-MM-DD.
func (c Citizen) BirthDate() string {
	if len(c.Number) != 18 {
		return ""
	}
	return c.Number[6:10] + "-" + c.Number[10:12] + "-" + c.Number[12:14]
}

var citizenWeights = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}

// citizenCheck computes the 18th character from 17 digits.
func citizenCheck(s string) byte {
	sum := 0
	for i, w := range citizenWeights {
		sum += int(s[i]-'0') * w
	}
	return "10X98765432"[sum%11]
}

// ParseCitizen reads a citizen number. Spaces, full-width digits and a small x
// are put right first. The error is a wording.Message: wrong length (a number
// of 15 digits is explained), a character that cannot stand where it stands,
// a day that does not exist or lies after today, or a wrong check digit, with
// the digit that was expected. A region that the table lacks is a warning;
// regions may be nil, then no region is looked up.
func ParseCitizen(s string, today day.Day, regions *Tree) (Citizen, error) {
	s = Normalize(s)
	what := label("citizen")
	if n := utf8.RuneCountInString(s); n != 18 {
		if n == 15 && digits(what, s, 0).IsZero() {
			return Citizen{}, wording.M("gbcode.citizen.old", "label", what)
		}
		return Citizen{}, length(what, 18, n)
	}
	for i, c := range []rune(s) {
		if i < 17 && !isDigit(c) {
			return Citizen{}, faultAt(what, i+1, c, "digit")
		}
		if i == 17 && !isDigit(c) && c != 'X' {
			return Citizen{}, faultAt(what, i+1, c, "digit_or_x")
		}
	}
	birth, err := day.Parse(s[6:10] + "-" + s[10:12] + "-" + s[12:14])
	if err != nil {
		return Citizen{}, wording.M("gbcode.citizen.date", "label", what, "at", 7, "date", s[6:14])
	}
	c := Citizen{Number: s, Region: s[:6], Birth: birth, Sex: Female}
	if birth > today {
		return Citizen{}, wording.M("gbcode.citizen.future", "label", what, "at", 7, "date", birth, "today", today)
	}
	if want := citizenCheck(s); s[17] != want {
		return Citizen{}, checkDigit(what, 18, want, s[17])
	}
	c.Sequence, _ = strconv.Atoi(s[14:17]) // three digits, shown above
	if c.Sequence%2 == 1 {
		c.Sex = Male
	}
	if today > birth.AddMonths(120*12) {
		c.Warnings = append(c.Warnings, wording.M("gbcode.citizen.age", "label", what, "date", birth))
	}
	if w := unknownRegion(what, c.Region, regions); !w.IsZero() {
		c.Warnings = append(c.Warnings, w)
	}
	return c, nil
}

// unknownRegion is the warning about a region that the table lacks, or zero.
// 83 stands in the residence permits of people from Taiwan and is no region.
func unknownRegion(what wording.Message, code string, regions *Tree) wording.Message {
	if regions == nil || code[:2] == "83" {
		return wording.Message{}
	}
	if _, ok := regions.Find(code); ok {
		return wording.Message{}
	}
	near, ok := regions.Nearest(code)
	if !ok {
		return wording.M("gbcode.region.unknown", "label", what, "code", code)
	}
	return wording.M("gbcode.region.former", "label", what, "code", code, "near", regions.FullName(near.Code))
}

// CitizenNumber makes the number with this region (6 digits), day of birth and
// sequence (0–999, odd for men), check digit included. It is meant for invented
// people of a demonstration; an error tells which part cannot be.
func CitizenNumber(region string, birth day.Day, seq int) (string, error) {
	what := label("region")
	if len(region) != 6 {
		return "", length(what, 6, utf8.RuneCountInString(region))
	}
	if m := digits(what, region, 0); !m.IsZero() {
		return "", m
	}
	y, m, d := birth.Date()
	if seq < 0 || seq > 999 || y < 0 || y > 9999 {
		return "", wording.M("gbcode.citizen.parts", "seq", seq, "year", y)
	}
	s := fmt.Sprintf("%s%04d%02d%02d%03d", region, y, m, d, seq)
	return s + string(citizenCheck(s)), nil
}
