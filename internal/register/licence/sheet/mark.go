package sheet

import (
	"fmt"
	"math"
	"strings"

	"github.com/skip2/go-qrcode"
)

// seal draws the mark of the electronic seal: a double ring with the agency's
// name along it. It is blue: red is kept for the law's own warnings, and nobody
// should take it for the print of a stamp.
func (w *writer) seal(x, y float64) {
	w.pdf.SetStrokeColor(0x1e, 0x3a, 0x8a)
	w.pdf.SetTextColor(0x1e, 0x3a, 0x8a)
	w.pdf.SetLineWidth(1.8)
	w.pdf.Oval(x-sealRadius, y-sealRadius, x+sealRadius, y+sealRadius)
	w.pdf.SetLineWidth(0.6)
	w.pdf.Oval(x-sealRadius+3.5, y-sealRadius+3.5, x+sealRadius-3.5, y+sealRadius-3.5)
	name := []rune(w.known(w.d.Agency))
	size := math.Min(10, 150/float64(max(len(name), 1)))
	step := math.Min(24, 230/float64(max(len(name), 1))) // degrees from one character to the next
	for i, r := range name {
		turn := (float64(i) - float64(len(name)-1)/2) * step
		w.pdf.Rotate(-turn, x, y)
		w.text(x-w.measure(string(r), size)/2, y-sealRadius+7, size, string(r))
		w.pdf.RotateReset()
	}
	for i, line := range []string{say("seal"), ShortKey(w.d.KeyID)} {
		size := []float64{11, 7.5}[i]
		w.text(x-w.measure(line, size)/2, y+float64(i)*19-5, size, line)
	}
	w.pdf.SetTextColor(0x11, 0x18, 0x27)
}

// ShortKey is the name of a seal key as it stands in the mark: at most its last
// twelve characters.
func ShortKey(id string) string {
	if len(id) > 12 {
		return "…" + id[len(id)-12:]
	}
	return id
}

// code draws the QR code as squares, sharp at any size.
func (w *writer) code(x, y, size float64) error {
	bits, err := squares(w.address)
	if err != nil {
		return err
	}
	w.pdf.SetFillColor(0, 0, 0)
	unit := size / float64(len(bits))
	for r, row := range bits {
		for c := 0; c < len(row); c++ {
			n := run(row, c)
			if n > 0 {
				w.pdf.RectFromUpperLeftWithStyle(x+float64(c)*unit, y+float64(r)*unit, float64(n)*unit, unit*1.02, "F")
				c += n
			}
		}
	}
	return nil
}

// run is the number of dark squares from c on.
func run(row []bool, c int) int {
	n := 0
	for c+n < len(row) && row[c+n] {
		n++
	}
	return n
}

func squares(text string) ([][]bool, error) {
	q, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return nil, err
	}
	return q.Bitmap(), nil
}

// PNG draws a QR code, size pixels wide.
func PNG(text string, size int) ([]byte, error) { return qrcode.Encode(text, qrcode.Medium, size) }

// SVG draws a QR code for a page; label is what it is for those who do not see it.
func SVG(text, label string) (string, error) {
	bits, err := squares(text)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" shape-rendering="crispEdges"><title>%s</title>`,
		len(bits), len(bits), escape.Replace(label))
	fmt.Fprintf(&b, `<path fill="#fff" d="M0 0h%dv%dH0z"/><path d="`, len(bits), len(bits))
	for r, row := range bits {
		for c := 0; c < len(row); c++ {
			if n := run(row, c); n > 0 {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", c, r, n, n)
				c += n
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return b.String(), nil
}

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")
