package demo

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"sync"
)

// sheet is a small file that applicants hand in, valid by its content.
type sheet struct {
	kind    string // pdf, jpg
	content []byte
}

// sheets are the files that are handed in again and again. Nothing can be read
// in them: what people really hand in is nobody's business here.
var sheets = sync.OnceValue(func() []sheet {
	list := []sheet{{"pdf", pdf("DEMO 1")}, {"pdf", pdf("DEMO 2")}}
	for i := range 4 {
		list = append(list, sheet{"jpg", picture(i)})
	}
	return list
})

// pdf writes a page with one line in a standard font.
func pdf(line string) []byte {
	var b bytes.Buffer
	var at []int
	object := func(format string, args ...any) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n"+format+"\nendobj\n", append([]any{len(at)}, args...)...)
	}
	b.WriteString("%PDF-1.4\n")
	text := "BT /F1 24 Tf 72 720 Td (" + line + ") Tj ET"
	object("<< /Type /Catalog /Pages 2 0 R >>")
	object("<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
	object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>")
	object("<< /Length %d >>\nstream\n%s\nendstream", len(text), text)
	object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
	return b.Bytes()
}

// picture draws a small photograph: a sky, a wall, a door.
func picture(n int) []byte {
	const w, h = 160, 120
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{uint8(150 + n*20), uint8(180 + y/4), 220, 255}
			switch {
			case y > 50 && x > 60+n*5 && x < 95+n*5 && y > 70:
				c = color.RGBA{uint8(90 + n*25), 60, 40, 255}
			case y > 50:
				c = color.RGBA{200, uint8(190 - n*10), uint8(170 - y/3), 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 60}); err != nil {
		panic(err) // a picture of this size can always be written
	}
	return b.Bytes()
}
