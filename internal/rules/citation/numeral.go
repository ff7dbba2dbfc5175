package citation

import "strings"

// maxNumber bounds the numbers that are read: no law has ten thousand articles.
const maxNumber = 9999

const digits = "零一二三四五六七八九"

// Numeral writes a number from 1 to 9999 as laws do: 十, 二十一, 一百零一,
// 一百一十. Other numbers are "".
func Numeral(n int) string {
	if n < 1 || n > maxNumber {
		return ""
	}
	var b strings.Builder
	names := []rune(digits)
	gap := false
	for _, u := range []struct {
		size int
		name string
	}{{1000, "千"}, {100, "百"}, {10, "十"}, {1, ""}} {
		d := n / u.size % 10
		switch {
		case d == 0:
			gap = b.Len() > 0
			continue
		case gap:
			b.WriteString("零")
			gap = false
		}
		if d != 1 || u.size != 10 || b.Len() > 0 {
			b.WriteRune(names[d])
		}
		b.WriteString(u.name)
	}
	return b.String()
}

// ParseNumeral reads a number from 1 to 9999 as laws and people write it: 一百零一,
// 一百一, 一〇一, 101, １０１.
func ParseNumeral(s string) (int, bool) {
	r := []rune(s)
	n, used := readNumeral(r)
	return n, used > 0 && used == len(r)
}

// readNumeral reads the number that r begins with and tells how many characters
// it takes; 0 when there is none.
func readNumeral(r []rune) (n, used int) {
	used = 0
	for used < len(r) && (digit(r[used]) >= 0 || unit(r[used]) > 0) {
		used++
	}
	if used == 0 || used > 9 {
		return 0, 0
	}
	r = r[:used]
	n, ok := positional(r)
	if !ok {
		n, ok = additive(r)
	}
	if !ok || n < 1 || n > maxNumber {
		return 0, 0
	}
	return n, used
}

// positional reads 101, 一〇一: figures only.
func positional(r []rune) (n int, ok bool) {
	if len(r) > 4 {
		return 0, false
	}
	for _, c := range r {
		d := digit(c)
		if d < 0 {
			return 0, false
		}
		n = n*10 + d
	}
	return n, true
}

// additive reads 一百零一: figures before units that grow smaller.
func additive(r []rune) (n int, ok bool) {
	figure, last, zero := -1, 10_000, false
	for i, c := range r {
		if u := unit(c); u > 0 {
			if u >= last || figure < 0 && u != 10 {
				return 0, false
			}
			n, last, figure, zero = n+max(figure, 1)*u, u, -1, false
			continue
		}
		switch d := digit(c); {
		case c < 128 || figure >= 0:
			return 0, false // figures of two kinds, or two in a row
		case d == 0:
			if i == 0 || i == len(r)-1 || zero {
				return 0, false
			}
			zero = true
		default:
			figure = d
		}
	}
	if figure > 0 {
		if last > 10 && last < 10_000 && !zero {
			figure *= last / 10 // 一百一 is 110
		}
		n += figure
	}
	return n, last < 10_000 || figure > 0
}

func digit(c rune) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= '０' && c <= '９':
		return int(c - '０')
	case c == '〇' || c == '○':
		return 0
	case c == '两':
		return 2
	}
	i := 0
	for _, d := range digits {
		if d == c {
			return i
		}
		i++
	}
	return -1
}

func unit(c rune) int {
	switch c {
	case '十':
		return 10
	case '百':
		return 100
	case '千':
		return 1000
	}
	return 0
}
