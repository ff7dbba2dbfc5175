package form

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"tongban/internal/rules/day"
	"tongban/internal/rules/gbcode"
)

// FromStrings turns what an HTML form posts into values of the kinds that the
// fields have: numbers and money (typed in yuan, kept in fen), yes or no, days
// in any usual notation, full-width digits. A day may come as three inputs,
// key.year, key.month, key.day. Empty inputs are left out. What cannot be
// turned stays a string, for Validate to speak about; keys that the form does
// not have stay, for Validate to refuse.
func (f *Form) FromStrings(posted map[string][]string) map[string]any {
	out := make(map[string]any, len(posted))
	for key, list := range posted {
		if base, _, ok := strings.Cut(key, "."); ok {
			if x, known := f.Field(base); known && x.Widget == Date {
				if d := threeInputs(posted, base); d != "" && out[base] == nil {
					out[base] = x.tidy(d)
				}
				continue
			}
		}
		x, known := f.Field(key)
		if known && x.Multiple {
			if picked := pick(list); len(picked) > 0 {
				out[key] = picked
			}
			continue
		}
		s := last(list)
		if s == "" {
			continue
		}
		if known {
			out[key] = x.fromString(s)
		} else {
			out[key] = s
		}
	}
	return out
}

// last is the last of several inputs of one name: a ticked box follows the
// hidden input that stands for "not ticked".
func last(list []string) string {
	for i := len(list) - 1; i >= 0; i-- {
		if s := strings.TrimSpace(list[i]); s != "" {
			return s
		}
	}
	return ""
}

func pick(list []string) []any {
	var out []any
	for _, s := range list {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func threeInputs(posted map[string][]string, key string) string {
	y, m, d := last(posted[key+".year"]), last(posted[key+".month"]), last(posted[key+".day"])
	if y+m+d == "" {
		return ""
	}
	return y + "-" + m + "-" + d
}

// fromString turns one non-empty text.
func (f *Field) fromString(s string) any {
	if len(s) > MaxText*utf8.UTFMax {
		return s // too long whatever it says
	}
	switch f.Widget {
	case Number:
		return parseNumber(s, f.Integer)
	case Money:
		return parseMoney(s)
	case YesNo:
		return parseYesNo(s)
	}
	return f.tidy(s)
}

// tidy brings a text into the one notation in which it is stored. Validate
// does the same, so that the API and the page store the same.
func (f *Field) tidy(s string) string {
	if len(s) > MaxText*utf8.UTFMax {
		return s
	}
	switch f.Widget {
	case Date:
		if d, ok := parseDay(s); ok {
			return d
		}
		return strings.TrimSpace(s)
	case IDNo, USCC:
		return gbcode.Normalize(s)
	case Phone:
		if p, err := gbcode.ParsePhone(s); err == nil {
			return p
		}
		return gbcode.Normalize(s)
	case TextArea:
		return strings.TrimSpace(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s))
	case Choice:
		return strings.TrimSpace(s)
	}
	lines := strings.FieldsFunc(s, func(r rune) bool { return r != ' ' && unicode.IsSpace(r) })
	return strings.TrimSpace(strings.Join(lines, " ")) // one line, whatever was pasted
}

var dayNotation = regexp.MustCompile(`^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$|^(\d{4})(\d{2})(\d{2})$`)

// parseDay reads 2026-11-24, 2026/11/24, 2026.11.24, 2026年11月24日 and 20261124.
func parseDay(s string) (string, bool) {
	m := dayNotation.FindStringSubmatch(gbcode.Normalize(s))
	if m == nil {
		return "", false
	}
	parts := m[1:4]
	if m[1] == "" {
		parts = m[4:7]
	}
	for i := 1; i < 3; i++ {
		if len(parts[i]) == 1 {
			parts[i] = "0" + parts[i]
		}
	}
	text := strings.Join(parts, "-")
	if _, err := day.Parse(text); err != nil {
		return "", false
	}
	return text, true
}

var plainNumber = regexp.MustCompile(`^[+-]?\d{1,15}(\.\d{1,10})?$`)

func parseNumber(s string, whole bool) any {
	n := strings.ReplaceAll(gbcode.Normalize(s), ",", "")
	if !plainNumber.MatchString(n) {
		return s
	}
	if whole {
		head, tail, _ := strings.Cut(n, ".")
		if i, err := strconv.ParseInt(head, 10, 64); err == nil && strings.Trim(tail, "0") == "" {
			return i
		}
	}
	x, err := strconv.ParseFloat(n, 64)
	if err != nil {
		return s
	}
	return x
}

var moneyNotation = regexp.MustCompile(`^[¥￥]?(\d{1,12})(?:\.(\d{1,8}))?(万?)元?$`)

// parseMoney reads yuan with at most two decimals, or 万元, and returns fen.
func parseMoney(s string) any {
	m := moneyNotation.FindStringSubmatch(strings.ReplaceAll(gbcode.Normalize(s), ",", ""))
	if m == nil {
		return s
	}
	places := 2
	if m[3] != "" {
		places = 6
	}
	decimals := strings.TrimRight(m[2], "0")
	if len(decimals) > places {
		return s
	}
	fen, err := strconv.ParseInt(m[1]+decimals+strings.Repeat("0", places-len(decimals)), 10, 64)
	if err != nil || fen > 1<<53 {
		return s
	}
	return fen
}

func parseYesNo(s string) any {
	switch strings.ToLower(gbcode.Normalize(s)) {
	case "true", "yes", "on", "1", "是", "有":
		return true
	case "false", "no", "off", "0", "否", "无", "没有":
		return false
	}
	return s
}
