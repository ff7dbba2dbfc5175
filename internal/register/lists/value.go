package lists

import (
	"encoding/json"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"tongban/internal/rules/day"
	"tongban/internal/rules/gbcode"
	"tongban/internal/rules/wording"
)

// mostText is how long a text is where its column does not say.
const mostText = 500

// settle turns what somebody typed, or a program sent, into the one form in
// which a column keeps it; nil for an empty cell. The message says what is
// wrong and what is allowed.
func (c *Column) settle(v any, names Names) (any, wording.Message) {
	var s string
	switch v := v.(type) {
	case nil:
		return nil, wording.Message{}
	case bool:
		if c.Type == YesNo {
			return v, wording.Message{}
		}
		return nil, c.wrong(strconv.FormatBool(v))
	case int64:
		if c.Type == Number || c.Type == Money {
			return c.bounded(v)
		}
		s = strconv.FormatInt(v, 10)
	case int:
		return c.settle(int64(v), names)
	case float64:
		if (c.Type == Number || c.Type == Money) && v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return c.bounded(int64(v))
		}
		s = strconv.FormatFloat(v, 'f', -1, 64)
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return c.settle(n, names)
		}
		s = v.String()
	case string:
		s = v
	default:
		return nil, c.wrong("…")
	}
	return c.read(s, names)
}

// read reads what somebody typed into a cell.
func (c *Column) read(s string, names Names) (any, wording.Message) {
	if !utf8.ValidString(s) {
		return nil, wording.M("lists.value.encoding")
	}
	if s = tidy(s); s == "" {
		return nil, wording.Message{}
	}
	switch c.Type {
	case Number:
		n, ok := whole(fold(s))
		if !ok {
			return nil, c.wrong(s)
		}
		return c.bounded(n)
	case Money:
		n, ok := fen(fold(s))
		if !ok {
			return nil, c.wrong(s)
		}
		return c.bounded(n)
	case Day:
		d, ok := readDay(fold(s))
		if !ok {
			return nil, c.wrong(s)
		}
		return d.String(), wording.Message{}
	case YesNo:
		if yes, ok := yesNo[strings.ToLower(fold(s))]; ok {
			return yes, wording.Message{}
		}
		return nil, c.wrong(s)
	case Choice:
		for _, o := range c.Choices {
			if s == o.Key || s == o.Title || s == o.TitleEN || fold(s) == o.Key || "0"+fold(s) == o.Key || slices.Contains(o.Also, fold(s)) {
				return o.Key, wording.Message{}
			}
		}
		return nil, c.wrong(s)
	}
	return c.readText(s, names)
}

// readText reads codes, names of places, and words.
func (c *Column) readText(s string, names Names) (any, wording.Message) {
	switch c.Type {
	case Code:
		s = gbcode.Normalize(s)
		if c.pattern != nil && !c.pattern.MatchString(s) {
			return nil, c.wrong(s)
		}
	case Item:
		it, err := gbcode.ParseItem(s, nil)
		if err != nil {
			if m, ok := err.(wording.Message); ok {
				return nil, m
			}
			return nil, c.wrong(s)
		}
		s = it.Code
	case Agency:
		if names.agency == nil {
			break // who keeps the rows knows the names
		}
		if _, known := names.agency[s]; !known {
			if names.key[s] == "" {
				return nil, wording.M("lists.value.agency", "got", short(s))
			}
			s = names.key[s]
		}
	case Region:
		if name := names.region[fold(s)]; name != "" {
			s = fold(s)
		} else if names.code[s] != "" {
			s = names.code[s]
		} else {
			return nil, wording.M("lists.value.region", "got", short(s))
		}
	}
	most := c.Max
	if c.Type != Text || most == 0 {
		most = mostText
	}
	if n := utf8.RuneCountInString(s); int64(n) > most {
		return nil, wording.M("lists.value.long", "max", most, "got", n)
	}
	return s, wording.Message{}
}

func (c *Column) bounded(n int64) (any, wording.Message) {
	most := c.Max
	if most == 0 {
		most = 1e15
	}
	if n < c.Min || n > most {
		if c.Type == Money {
			return nil, wording.M("lists.value.between", "min", yuan(c.Min), "max", yuan(most), "got", yuan(n))
		}
		return nil, wording.M("lists.value.between", "min", c.Min, "max", most, "got", n)
	}
	return n, wording.Message{}
}

// wrong says what a column takes.
func (c *Column) wrong(got string) wording.Message {
	switch c.Type {
	case Number:
		return wording.M("lists.value.number", "got", short(got))
	case Money:
		return wording.M("lists.value.money", "got", short(got))
	case Day:
		return wording.M("lists.value.day", "got", short(got))
	case YesNo:
		return wording.M("lists.value.yesno", "got", short(got))
	case Choice:
		known := make([]string, len(c.Choices))
		for i, o := range c.Choices {
			known[i] = o.Title
		}
		return wording.M("lists.value.choice", "got", short(got), "known", strings.Join(known, "、"))
	case Code:
		return wording.M("lists.value.code", "got", short(got))
	}
	return wording.M("lists.value.text")
}

// short cuts what somebody typed to what a sentence can hold.
func short(s string) string {
	const most = 40
	r := []rune(s)
	if len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// tidy takes off blanks at the ends and characters that are not seen; it makes
// every kind of line end one, and leaves the rest as it was typed.
func tidy(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\r' || r == '\u2028' || r == '\u2029' || r == '\u0085':
			return '\n'
		case r < 0x20 || r == 0xa0 || r == 0x3000:
			return ' '
		case r == 0x7f || unicode.Is(unicode.Cf, r) || r == 0xfffe || r == 0xffff:
			return -1
		}
		return r
	}, s)
	return strings.TrimFunc(s, unicode.IsSpace)
}

// fold makes the full-width copies of ASCII ordinary ones and drops blanks.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return -1
		case r >= 0xFF01 && r <= 0xFF5E:
			return r - 0xFEE0
		case r == '。':
			return '.'
		}
		return r
	}, s)
}

// nameKey is a name as it is searched: ordinary small letters, no blanks, no
// brackets or stops.
func nameKey(s string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, fold(s)))
}

var yesNo = map[string]bool{"是": true, "有": true, "√": true, "yes": true, "y": true, "true": true, "1": true,
	"否": false, "无": false, "×": false, "no": false, "n": false, "false": false, "0": false}

// whole reads a whole number, also with separators between thousands, and with
// the .0 that a workbook gives it.
func whole(s string) (int64, bool) {
	if i := strings.IndexByte(s, '.'); i > 0 && strings.Trim(s[i+1:], "0") == "" {
		s = s[:i]
	}
	if !thousands.MatchString(s) {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.ReplaceAll(s, ",", ""), 10, 64)
	return n, err == nil
}

var (
	thousands = regexp.MustCompile(`^-?(?:\d{1,3}(?:,\d{3})+|\d{1,18})$`)
	money     = regexp.MustCompile(`^(?:¥|人民币)?(\d{1,3}(?:,\d{3}){1,3}|\d{1,12})(?:\.(\d{1,2})0*)?(?:元)?$`)
)

// fen reads money in yuan: 80, 80.5, 1,200.00元.
func fen(s string) (int64, bool) {
	m := money.FindStringSubmatch(strings.ReplaceAll(s, "￥", "¥"))
	if m == nil {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.ReplaceAll(m[1], ",", "")+(m[2] + "00")[:2], 10, 64)
	return n, err == nil
}

// yuan writes money as it is read: 80, 80.50.
func yuan(fen int64) string {
	if fen%100 == 0 {
		return strconv.FormatInt(fen/100, 10)
	}
	return strconv.FormatInt(fen/100, 10) + "." + strconv.FormatInt(fen%100+100, 10)[1:]
}

var written = regexp.MustCompile(`^(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?$`)

// readDay reads a day as people write it: 2026-1-31, 2026/1/31, 2026.1.31,
// 2026年1月31日, 20260131.
func readDay(s string) (day.Day, bool) {
	if len(s) == 8 && strings.Trim(s, "0123456789") == "" {
		s = s[:4] + "-" + s[4:6] + "-" + s[6:]
	}
	m := written.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	d, err := day.Parse(m[1] + "-" + ("0" + m[2])[len(m[2])-1:] + "-" + ("0" + m[3])[len(m[3])-1:])
	return d, err == nil && d > 0
}
