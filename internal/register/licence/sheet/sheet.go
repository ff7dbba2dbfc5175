// Package sheet prints one sealed document, a licence or a paper, as PDF with
// Chinese text that can be searched and copied, and draws the QR codes of pages.
//
// A sheet is a rendering, made after the commit and never inside the writer:
// what counts is the sealed data that its code leads to. The same document
// gives the same bytes, so it is printed again as it was.
package sheet

import (
	"bytes"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"github.com/signintech/gopdf"

	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// FontFile is the font that a printer looks for: Noto Sans SC, regular (OFL),
// put in place by `make fonts`.
const FontFile = "NotoSansSC-Regular.ttf"

const family = "noto"

// Printer prints sheets. It is safe for concurrent use; the font, ten megabytes, is
// read once, when the first is printed.
type Printer struct {
	fonts func() (*gopdf.FontContainer, error)
	check string
}

// New makes a printer. fonts holds FontFile; check is the address of the page
// that checks codes, and the code follows it.
func New(fonts fs.FS, check string) (*Printer, error) {
	if _, err := fs.Stat(fonts, FontFile); err != nil {
		return nil, fmt.Errorf("font of printed papers (make fonts): %w", err)
	}
	return &Printer{check: check, fonts: sync.OnceValues(func() (*gopdf.FontContainer, error) { return read(fonts) })}, nil
}

func read(fonts fs.FS) (*gopdf.FontContainer, error) {
	data, err := fs.ReadFile(fonts, FontFile)
	c := &gopdf.FontContainer{}
	if err == nil {
		err = c.AddTTFFontData(family, data)
	}
	if err != nil {
		return nil, fmt.Errorf("font of printed papers: %w", err)
	}
	return c, nil
}

// Line is a labelled line.
type Line struct{ Label, Value string }

// Document is what is printed.
type Document struct {
	Title  string
	Number string
	Lines  []Line
	Body   string
	Agency string  // name in the seal
	KeyID  string  // of the seal; "" prints none
	Code   string  // verification code
	Day    day.Day // of issue, in the file's properties
	Sample bool
}

// Address is what a QR code of this document holds.
func (p *Printer) Address(code string) string { return p.check + code }

// PDF prints a document.
func (p *Printer) PDF(d Document) ([]byte, error) {
	w := &writer{d: d, address: p.Address(d.Code), width: map[rune]float64{}}
	w.pdf.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4})
	fonts, err := p.fonts()
	if err == nil {
		err = w.pdf.AddTTFFontFromFontContainer(family, fonts)
	}
	if err != nil {
		return nil, err
	}
	w.pdf.SetInfo(gopdf.PdfInfo{Title: d.Title + " " + d.Number, Author: d.Agency, Producer: "Tongban", CreationDate: d.Day.Start().Time()})
	if err := w.document(); err != nil {
		return nil, fmt.Errorf("print %s: %w", d.Number, err)
	}
	var b bytes.Buffer
	_, err = w.pdf.WriteTo(&b)
	return b.Bytes(), err
}

// Lengths on the page, in points.
const (
	pageWidth, pageHeight = 595.28, 841.89
	margin                = 64.0
	bottom                = pageHeight - 72 // last line of text above the foot
	textSize, leading     = 12.0, 21.0
	footSize              = 9.0
	qrSize                = 86.0
	sealRadius            = 46.0
	blockHeight           = 2*sealRadius + 12 // of seal and code, kept together
)

// writer prints one document.
type writer struct {
	pdf     gopdf.GoPdf
	d       Document
	address string
	width   map[rune]float64 // of a glyph at size 1
	missing bool             // a character was not in the font
	err     error            // the first one; printing goes on to nothing
}

func (w *writer) document() error {
	w.check(w.pdf.SetFont(family, "", textSize))
	body := w.lines()
	pages, last := paginate(len(body))
	for n := 1; n <= pages; n++ {
		w.pdf.AddPage()
		if w.d.Sample {
			w.sample()
		}
		y := margin
		if n == 1 {
			y = w.head()
		}
		for ; len(body) > 0 && y+leading <= bottom; y += leading {
			w.text(margin, y, textSize, body[0])
			body = body[1:]
		}
		if n == pages {
			w.block(last)
		}
		w.foot(n, pages)
	}
	return w.err
}

// headHeight is what title and number take on the first page.
const headHeight = 92.0

// paginate tells how many pages the lines take together with the block of seal
// and code, and where that block stands on the last page.
func paginate(lines int) (pages int, blockAt float64) {
	y, pages := margin+headHeight, 1
	for range lines {
		if y+leading > bottom {
			y, pages = margin, pages+1
		}
		y += leading
	}
	if y+blockHeight > bottom {
		y, pages = margin, pages+1
	}
	return pages, y + 8
}

// lines sets labelled lines and body to the width of the page.
func (w *writer) lines() []string {
	var out []string
	for _, l := range w.d.Lines {
		out = append(out, w.wrap(l.Label+"："+l.Value)...)
	}
	if len(out) > 0 && w.d.Body != "" {
		out = append(out, "")
	}
	if w.d.Body != "" {
		for line := range strings.SplitSeq(strings.TrimRight(w.d.Body, "\n"), "\n") {
			out = append(out, w.wrap(line)...)
		}
	}
	if w.missing {
		out = append(out, "", say("glyph"))
	}
	return out
}

func (w *writer) head() float64 {
	w.pdf.SetTextColor(0x11, 0x18, 0x27)
	w.centred(margin, 22, w.known(w.d.Title))
	w.centred(margin+42, 10.5, w.known(w.d.Number))
	w.pdf.SetStrokeColor(0x9c, 0xa3, 0xaf)
	w.pdf.SetLineWidth(0.6)
	w.pdf.Line(margin, margin+68, pageWidth-margin, margin+68)
	return margin + headHeight
}

// block draws code and seal side by side.
func (w *writer) block(y float64) {
	if w.d.Code != "" {
		w.check(w.code(margin, y, qrSize))
		w.text(margin+qrSize+10, y+qrSize-42, footSize, say("check"))
		w.text(margin+qrSize+10, y+qrSize-26, footSize, Spaced(w.d.Code))
		w.text(margin+qrSize+10, y+qrSize-10, footSize, w.address)
	}
	if w.d.KeyID != "" {
		w.seal(pageWidth-margin-sealRadius-8, y+sealRadius)
	}
}

func (w *writer) foot(n, pages int) {
	w.pdf.SetTextColor(0x4b, 0x55, 0x63)
	w.text(margin, bottom+18, footSize, say("note"))
	page := say("page", "n", n, "of", pages)
	w.text(pageWidth-margin-w.measure(page, footSize), bottom+18, footSize, page)
	w.pdf.SetTextColor(0x11, 0x18, 0x27)
}

// sample writes 样本 across the page, under everything else.
func (w *writer) sample() {
	const size = 150
	text := say("sample")
	w.pdf.SetTextColor(0xe5, 0xe7, 0xeb)
	w.pdf.Rotate(35, pageWidth/2, pageHeight/2)
	w.text((pageWidth-w.measure(text, size))/2, (pageHeight-size)/2, size, text)
	w.pdf.RotateReset()
	w.pdf.SetTextColor(0x11, 0x18, 0x27)
}

// centred writes one line, smaller when it would not fit.
func (w *writer) centred(y, size float64, text string) {
	size = min(size, (pageWidth-2*margin)/max(w.measure(text, 1), 1))
	w.text((pageWidth-w.measure(text, size))/2, y, size, text)
}

// text writes one line whose top left corner is x, y.
func (w *writer) text(x, y, size float64, text string) {
	if text == "" || w.err != nil {
		return
	}
	w.check(w.pdf.SetFontSize(size))
	w.pdf.SetXY(x, y)
	w.check(w.pdf.Cell(nil, text))
}

func (w *writer) check(err error) {
	if w.err == nil {
		w.err = err
	}
}

// Spaced writes a verification code in groups of four, as people read it out.
func Spaced(code string) string {
	var b strings.Builder
	for i, c := range code {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(c)
	}
	return b.String()
}

func say(key string, pairs ...any) string {
	return wording.Text(wording.ZH, "licence.sheet."+key, pairs...)
}
