package sheet_test

import (
	"bytes"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	_ "image/png" // QR codes are drawn as PNG

	"tongban/internal/register/licence/sheet"
	"tongban/internal/rules/day"
)

func printer(t testing.TB) *sheet.Printer {
	t.Helper()
	p, err := sheet.New(os.DirFS("../../../web/ui/fonts"), "https://demo.invalid/check/")
	if err != nil {
		t.Fatalf("%v: run make fonts", err)
	}
	return p
}

// page is a document with everything on it.
func page() sheet.Document {
	return sheet.Document{
		Title: "受理通知书", Number: "云市监局受〔2026〕17号", Agency: "云禾县市场监督管理局", KeyID: "seal-1048577", Code: "ABCDEFGHIJKLMNOP",
		Day: day.MustParse("2026-11-22"), Lines: []sheet.Line{{Label: "经营者", Value: "林晓禾"}},
		Body: "您申请的“食品作坊经营许可（示范）”材料齐全、符合要求，从2026年11月22日（星期日）起受理。\n\n有不清楚的，找0999-5550030。\n",
	}
}

// pdftotext reads a PDF as another program sees it.
func pdftotext(t testing.TB, pdf []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-layout", file, "-").CombinedOutput()
	if err != nil {
		t.Fatalf("pdftotext (install the package poppler-utils): %v\n%s", err, out)
	}
	return string(out)
}

func TestTextComesOutAsItWentIn(t *testing.T) {
	t.Parallel()
	pdf, err := printer(t).PDF(page())
	if err != nil {
		t.Fatal(err)
	}
	text := pdftotext(t, pdf)
	for _, want := range []string{"受理通知书", "云市监局受〔2026〕17号", "经营者：林晓禾", "有不清楚的，找0999-5550030。", "电子印章", "ABCD EFGH IJKL MNOP", "第 1 页，共 1 页", "扫码核验真假和状态"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the printed text:\n%s", want, text)
		}
	}
	if joined := strings.ReplaceAll(strings.ReplaceAll(text, "\n", ""), " ", ""); !strings.Contains(joined, "从2026年11月22日（星期日）起受理。") {
		t.Errorf("a broken line was not whole again:\n%s", text)
	}
	if strings.Contains(text, "样本") {
		t.Error("a real paper says that it is a sample")
	}
}

func TestSampleSaysSoOnEveryPage(t *testing.T) {
	t.Parallel()
	d := page()
	d.Sample, d.Body = true, strings.Repeat(d.Body, 20)
	pdf, err := printer(t).PDF(d)
	if err != nil {
		t.Fatal(err)
	}
	pages := strings.Split(strings.TrimSuffix(pdftotext(t, pdf), "\f"), "\f")
	if len(pages) < 2 {
		t.Fatalf("%d pages", len(pages))
	}
	for i, p := range pages {
		if !strings.Contains(strings.ReplaceAll(p, "\n", ""), "样") || !strings.Contains(p, "共 "+string(rune('0'+len(pages)))+" 页") {
			t.Errorf("page %d:\n%s", i+1, p)
		}
	}
	if n := strings.Count(strings.Join(pages, ""), "有不清楚的，找0999-5550030。"); n != 20 {
		t.Errorf("%d of 20 paragraphs printed", n)
	}
}

func TestSameDocumentSameBytes(t *testing.T) {
	t.Parallel()
	p := printer(t)
	first, err := p.PDF(page())
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			again, err := p.PDF(page())
			if err != nil || !bytes.Equal(first, again) {
				t.Errorf("printed another time it differs (%d and %d bytes): %v", len(first), len(again), err)
			}
		})
	}
	all.Wait()
}

func TestCharacterWithoutGlyphIsNotDroppedSilently(t *testing.T) {
	t.Parallel()
	d := page()
	d.Lines[0].Value = "林\U0010fffd禾"
	pdf, err := printer(t).PDF(d)
	if err != nil {
		t.Fatal(err)
	}
	if text := pdftotext(t, pdf); !strings.Contains(text, "林〓禾") || !strings.Contains(text, "〓 是这里的字库里没有的字") {
		t.Errorf("printed:\n%s", text)
	}
}

func TestLinesAreNotBrokenInsideWords(t *testing.T) {
	t.Parallel()
	d := page()
	d.Body = strings.Repeat("找联系人0999-5550030，", 12)
	pdf, err := printer(t).PDF(d)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(pdftotext(t, pdf)) {
		if strings.HasPrefix(strings.TrimSpace(line), "，") {
			t.Errorf("a line begins with a comma: %s", line)
		}
		if n := strings.Count(line, "0999"); n != strings.Count(line, "0999-5550030") {
			t.Errorf("a number is broken: %s", line)
		}
	}
}

func TestCodesAreDrawn(t *testing.T) {
	t.Parallel()
	png, err := sheet.PNG("https://demo.invalid/check/ABCDEFGHIJKLMNOP", 256)
	if err != nil {
		t.Fatal(err)
	}
	if img, _, err := image.Decode(bytes.NewReader(png)); err != nil || img.Bounds().Dx() != 256 {
		t.Errorf("PNG: %v %v", img, err)
	}
	svg, err := sheet.SVG("https://demo.invalid/check/ABCDEFGHIJKLMNOP", `核验 <"码">`)
	if err != nil || !strings.HasPrefix(svg, "<svg ") || !strings.Contains(svg, "核验 &lt;&quot;码&quot;&gt;") {
		t.Errorf("SVG: %v %.120s", err, svg)
	}
}

func BenchmarkPDF(b *testing.B) {
	p := printer(b)
	for b.Loop() {
		if _, err := p.PDF(page()); err != nil {
			b.Fatal(err)
		}
	}
}
