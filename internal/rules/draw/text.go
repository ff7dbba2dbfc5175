package draw

import (
	"fmt"
	"math"
	"strings"
	"unicode"

	"tongban/internal/rules/flow"
)

// width estimates how wide a text is set: Chinese characters are as wide as
// they are high, Latin ones a little over half of that.
func width(s string, size float64) float64 {
	w := 0.0
	for _, r := range s {
		w += runeWidth(r)
	}
	return w * size
}

func runeWidth(r rune) float64 {
	switch {
	case unicode.Is(unicode.Mn, r):
		return 0
	case r >= 0x1100 && (r <= 0x115f || (r >= 0x2e80 && r <= 0xa4cf) || (r >= 0xac00 && r <= 0xd7a3) ||
		(r >= 0xf900 && r <= 0xfaff) || (r >= 0xfe30 && r <= 0xfe6f) || (r >= 0xff00 && r <= 0xff60) || r >= 0x20000):
		return 1
	case unicode.IsUpper(r) || r == 'm' || r == 'w' || r == '—' || r == '…' || r == '“' || r == '”':
		return 0.7
	case r == 'i' || r == 'l' || r == '.' || r == ',' || r == ' ':
		return 0.3
	}
	return 0.56
}

// notFirst must not begin a line, notLast must not end one.
const (
	notFirst = "，。、；：？！）》”’」』】〕％,.;:?!)]}%"
	notLast  = "（《“‘「『【〔([{"
)

// pieces cuts a text where a line may break: between Chinese characters and
// after spaces and hyphens, never before a closing or after an opening mark.
func pieces(s string) []string {
	var list []string
	cur := ""
	prev := rune(0)
	for _, r := range s {
		wide := runeWidth(r) == 1 || runeWidth(prev) == 1
		mayBreak := cur != "" && (wide || prev == ' ' || prev == '-' || prev == '/') &&
			!strings.ContainsRune(notFirst, r) && !strings.ContainsRune(notLast, prev)
		if mayBreak {
			list = append(list, cur)
			cur = ""
		}
		cur += string(r)
		prev = r
	}
	if cur != "" {
		list = append(list, cur)
	}
	return list
}

// wrap breaks a text into at most n lines no wider than room; what does not
// fit is cut with an ellipsis, the whole name standing in the shape's title.
func wrap(s string, room, size float64, n int) []string {
	s = strings.Join(strings.Fields(s), " ")
	if s == "" || n < 1 {
		return nil
	}
	room = math.Max(room, 2*size)
	var lines []string
	cur := ""
	for _, p := range pieces(s) {
		for width(strings.TrimRight(p, " "), size) > room { // one long word: cut it anywhere
			head, tail := cut(p, room-width(cur, size), size)
			if head == "" {
				lines, cur = append(lines, strings.TrimSpace(cur)), ""
				continue
			}
			lines, cur, p = append(lines, strings.TrimSpace(cur+head)), "", tail
		}
		if width(strings.TrimRight(cur+p, " "), size) > room {
			lines, cur = append(lines, strings.TrimSpace(cur)), ""
		}
		cur += p
	}
	if strings.TrimSpace(cur) != "" {
		lines = append(lines, strings.TrimSpace(cur))
	}
	if len(lines) > n {
		lines = lines[:n]
		head, _ := cut(lines[n-1], room-size, size)
		lines[n-1] = head + "…"
	}
	return lines
}

// cut splits a text at the last character that still fits.
func cut(s string, room, size float64) (head, tail string) {
	w := 0.0
	for i, r := range s {
		w += runeWidth(r) * size
		if w > room {
			return s[:i], s[i:]
		}
	}
	return s, ""
}

// label sets a text in the middle of a box.
func (c *canvas) label(s string, b flow.Box, colour string) {
	const size = 12.0
	lines := wrap(s, b.W, size, max(int(b.H/(size*1.25)), 1))
	c.lines(lines, b.X+b.W/2, b.Y+b.H/2, size, colour)
}

// lines sets lines around a middle.
func (c *canvas) lines(lines []string, x, y, size float64, colour string) {
	if len(lines) == 0 {
		return
	}
	step := size * 1.25
	first := y - step*float64(len(lines)-1)/2 + size*0.36
	fmt.Fprintf(&c.b, `<text text-anchor="middle" font-size="%s" fill="%s">`, num(size), colour)
	for i, l := range lines {
		fmt.Fprintf(&c.b, `<tspan x="%s" y="%s">%s</tspan>`, num(x), num(first+step*float64(i)), escape(l))
	}
	c.b.WriteString("</text>")
}

// outside sets the name of an event, gateway or data object beside its shape,
// where the file says or else underneath.
func (c *canvas) outside(s *flow.Shape, f flow.Figure, colour string) {
	if f.Name == "" {
		return
	}
	box := flow.Box{X: s.Box.X + s.Box.W/2 - 55, Y: s.Box.Y + s.Box.H + 3, W: 110, H: 32}
	if s.Label != nil && s.Label.W > 0 {
		box = *s.Label
		if grow := 84 - box.W; grow > 0 { // tools differ in how wide they set a name
			box.X, box.W = box.X-grow/2, 84
		}
	}
	const size, most = 12.0, 3
	lines := wrap(f.Name, box.W, size, most)
	high := size * 1.25 * float64(len(lines))
	middle := box.Y + high/2
	if box.H > high && box.Y+box.H < s.Box.Y { // above the shape: keep close to it
		middle = box.Y + box.H - high/2
	}
	c.lines(lines, box.X+box.W/2, middle, size, colour)
}
