package checkup

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"math"

	"tongban/internal/rules/wording"
)

// namedRing is how many members of a ring have room for their names beside them;
// larger rings show numbers only, and the list beside the picture tells the names.
const namedRing = 24

// Drawing is the ring as an SVG picture, nil for a finding without one: a circle
// of numbered documents, clockwise from the top, an arrow from each to the one
// that it needs. It carries no style, so that a strict page can show it; id is
// the prefix of the ids in it.
func (f Finding) Drawing(id string, lang wording.Lang) []byte {
	return drawing(f.Ring, id, f.Message.In(lang))
}

// Drawing is the ring of a finding that was kept in one language.
func (p Plain) Drawing(id string) []byte { return drawing(p.Ring, id, p.Message) }

func drawing(ring []Subject, id, title string) []byte {
	n := len(ring)
	if n == 0 {
		return nil
	}
	names := n <= namedRing
	radius := max(90, float64(n)*26/math.Pi)
	side, width := 2*radius+60, 2*radius+60
	if names {
		width += 440
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" class="ring" role="img" aria-labelledby="%s-title" viewBox="0 0 %.0f %.0f" font-size="14">`, escape(id), width, side)
	fmt.Fprintf(&b, `<title id="%s-title">%s</title>`, escape(id), escape(title))
	fmt.Fprintf(&b, `<defs><marker id="%s-arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 10 5 0 10z" fill="#b3261e"/></marker></defs>`, escape(id))
	at := func(i int) (x, y, sin, cos float64) {
		sin, cos = math.Sincos(2 * math.Pi * float64(i) / float64(n))
		return width/2 + radius*sin, side/2 - radius*cos, sin, cos
	}
	for i := range n {
		x1, y1, _, _ := at(i)
		x2, y2, _, _ := at((i + 1) % n)
		arrow(&b, id, x1, y1, x2, y2)
	}
	for i, s := range ring {
		x, y, sin, _ := at(i)
		fmt.Fprintf(&b, `<g><circle cx="%.1f" cy="%.1f" r="14" fill="#fff" stroke="#b3261e" stroke-width="2"/>`, x, y)
		fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" text-anchor="middle">%d</text>`, x, y+5, i+1)
		if names {
			anchor, shift := "start", 20.0
			if sin < -0.01 {
				anchor, shift = "end", -20.0
			}
			fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" text-anchor="%s">%s</text>`, x+shift, y+5, anchor, escape(short(s.Name)))
		}
		b.WriteString(`</g>`)
	}
	b.WriteString(`</svg>`)
	return b.Bytes()
}

// arrow draws an arrow between two documents; one that needs itself has a loop.
func arrow(b *bytes.Buffer, id string, x1, y1, x2, y2 float64) {
	const rim = 16
	length := math.Hypot(x2-x1, y2-y1)
	path := fmt.Sprintf("M%.1f %.1fc-40 -30 -40 30 0 18", x1-rim, y1-6)
	if length > 0 {
		dx, dy := (x2-x1)/length*rim, (y2-y1)/length*rim
		mx, my := (x1+x2)/2-dy, (y1+y2)/2+dx // bent a little, so that two that need each other show two arrows
		path = fmt.Sprintf("M%.1f %.1fQ%.1f %.1f %.1f %.1f", x1+dx, y1+dy, mx, my, x2-dx, y2-dy)
	}
	fmt.Fprintf(b, `<path d="%s" fill="none" stroke="#b3261e" stroke-width="2" marker-end="url(#%s-arrow)"/>`, path, escape(id))
}

// short is a name that fits beside its document.
func short(s string) string {
	const most = 14
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

func escape(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s))
	return b.String()
}
