package sheet

import "strings"

// stays are the characters that may not begin a line, hangs those that may not
// end one (GB/T 15834).
const (
	stays = "，。、；：？！）〕】》」』”’％%,.;:?!)]}…"
	hangs = "（〔【《「『“‘([{"
)

// absent stands for a character that the font lacks.
const absent = '〓'

// known replaces what the font lacks, and remembers that it did.
func (w *writer) known(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		if ok, err := w.pdf.IsCurrFontContainGlyph(r); err != nil || !ok {
			w.missing = true
			return absent
		}
		return r
	}, text)
}

// measure is the width of a text at a size, in points.
func (w *writer) measure(text string, size float64) float64 {
	sum := 0.0
	for _, r := range text {
		sum += w.glyph(r)
	}
	return sum * size
}

func (w *writer) glyph(r rune) float64 {
	if v, ok := w.width[r]; ok {
		return v
	}
	w.check(w.pdf.SetFontSize(100))
	v, err := w.pdf.MeasureTextWidth(string(r))
	w.check(err)
	w.width[r] = v / 100
	return w.width[r]
}

// wrap breaks a line at the width of the page, as Chinese is broken: anywhere
// between characters, except before what may not begin a line, after what may
// not end one, and inside a word or a number.
func (w *writer) wrap(line string) []string {
	const room = pageWidth - 2*margin
	rest := []rune(w.known(line))
	var out []string
	for len(rest) > 0 {
		n, x := 0, 0.0
		for n < len(rest) {
			if x += w.glyph(rest[n]) * textSize; x > room {
				break
			}
			n++
		}
		if n < len(rest) {
			n = breakAt(rest, n)
		}
		out = append(out, strings.TrimRight(string(rest[:n]), " "))
		rest = rest[n:]
	}
	if len(out) == 0 {
		out = []string{""}
	}
	return out
}

// breakAt looks back from n for a place where the line may be broken.
func breakAt(text []rune, n int) int {
	for i := n; i > n/2; i-- {
		before, after := text[i-1], text[i]
		if strings.ContainsRune(stays, after) || strings.ContainsRune(hangs, before) || inWord(before) && inWord(after) {
			continue
		}
		return i
	}
	return max(n, 1)
}

func inWord(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r == '-' || r == '.' || r == '/'
}
