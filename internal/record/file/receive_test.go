package file_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"unicode"

	"tongban/internal/record/file"
	"tongban/internal/rules/wording"
)

func TestWhatAFileIsDecidesNotItsName(t *testing.T) {
	t.Parallel()
	r := newRig(t, "folder")
	k := r.key(t)
	pdf, jpg, png := aPDF(500), aJPEG(t, aPicture(40, 30)), aPNG(t, aPicture(40, 30))
	docx := aZIP(t, "[Content_Types].xml", "word/document.xml")
	xlsx := aZIP(t, "[Content_Types].xml", "xl/workbook.xml")
	ofd := aZIP(t, "OFD.xml", "Doc_0/Document.xml")
	paper := file.Limits{Formats: []string{"pdf", "JPEG", ".png"}}
	only := file.Limits{Formats: []string{"pdf"}}
	for _, c := range []struct {
		name    string
		content []byte
		limits  file.Limits
		typ     string // when it is received
		as      string // under this name
		says    string // when it is not
	}{
		{"a.pdf", pdf, paper, file.PDF, "a.pdf", ""},
		{"a.JPEG", jpg, paper, file.JPG, "a.jpeg", ""},
		{"照片", png, paper, file.PNG, "照片.png", ""},
		{"C:\\扫描\\平面图.jpg", jpg, file.Limits{}, file.JPG, "平面图.jpg", ""},
		{"../../etc/passwd", pdf, paper, file.PDF, "passwd.pdf", ""},
		{".pdf", pdf, paper, file.PDF, "pdf.pdf", ""},
		{"", pdf, paper, file.PDF, "附件.pdf", ""},
		{"exe\u202efdp.pdf", pdf, paper, file.PDF, "exefdp.pdf", ""},
		{"a\r\nSet-Cookie: x.pdf", pdf, paper, file.PDF, "aSet-Cookie x.pdf", ""},
		{"a.docx", docx, everything, file.DOCX, "a.docx", ""},
		{"a.xlsx", xlsx, everything, file.XLSX, "a.xlsx", ""},
		{"a.ofd", ofd, everything, file.OFD, "a.ofd", ""},
		{"a.pdf", png, paper, "", "", "file.mismatch"},
		{"a.docx", xlsx, everything, "", "", "file.mismatch"},
		{"a.exe", pdf, paper, "", "", "file.mismatch"},
		{"a.pdf", png, only, "", "", "file.disguised"},
		{"a.png", png, only, "", "", "file.not_allowed"},
		{"a.docx", docx, paper, "", "", "file.not_allowed"},
		{"a.zip", aZIP(t, "a.txt"), everything, "", "", "file.not_allowed"},
		{"a.docx", docx[:len(docx)-40], everything, "", "", "file.disguised"},
		{"a.docx", aZIP(t, "[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), everything, "", "", "file.macro"},
		{"IMG_1.HEIC", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), paper, "", "", "file.heic"},
		{"IMG_1.jpg", []byte("\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00"), paper, "", "", "file.heic"},
		{"a.mp4", []byte("\x00\x00\x00\x18ftypisom\x00\x00\x00\x00"), paper, "", "", "file.not_allowed"},
		{"a.pdf", []byte("<html><script>alert(1)</script>"), paper, "", "", "file.unknown"},
		{"a.pdf", append([]byte("MZ\x90"), pdf...), paper, "", "", "file.unknown"},
		{"a.jpg", jpg[:30], paper, "", "", "file.broken_image"},
		{"a.png", bomb(50_000, 50_000), paper, "", "", "file.too_many_pixels"},
		{"a.png", bomb(0x7fffffff, 0x7fffffff), paper, "", "", "file.broken_image"},
		{"a.pdf", nil, paper, "", "", "file.empty"},
		{"a.pdf", aPDF(10<<20 + 1), paper, "", "", "file.too_large"},
		{"a.pdf", aPDF(10 << 20), paper, file.PDF, "a.pdf", ""},
	} {
		got, err := r.shelf.Receive(bg, k, c.name, bytes.NewReader(c.content), c.limits)
		if says(err) != c.says || got.Type != c.typ || got.Name != c.as {
			t.Errorf("%q of %d bytes: %q as %q, %v", c.name, len(c.content), got.Type, got.Name, err)
		}
		for _, lang := range []wording.Lang{wording.ZH, wording.EN} {
			if m, ok := err.(wording.Message); ok && strings.ContainsAny(m.In(lang), "{}⟦") {
				t.Errorf("unfinished sentence: %s", m.In(lang))
			}
		}
	}
}

func TestRefusalNamesWhatIsAllowed(t *testing.T) {
	t.Parallel()
	r := newRig(t, "folder")
	_, err := r.shelf.Receive(bg, r.key(t), "a.pdf", bytes.NewReader(aPNG(t, aPicture(4, 4))), file.Limits{Formats: []string{"pdf", "jpg", "docx"}})
	want := "名字是 .pdf，内容却是PNG 图片，这里只收 PDF、JPG 图片或 Word 文档（docx）。另存为这些格式再传，只改后缀不行。"
	if err == nil || err.Error() != want {
		t.Fatalf("said %v", err)
	}
}

// bomb is the head of a PNG that claims a size.
func bomb(w, h uint32) []byte {
	b := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
	b = binary.BigEndian.AppendUint32(b, w)
	b = binary.BigEndian.AppendUint32(b, h)
	b = append(b, 8, 6, 0, 0, 0)
	return binary.BigEndian.AppendUint32(b, crc(b[12:]))
}

func crc(b []byte) uint32 {
	c := ^uint32(0)
	for _, x := range b {
		c ^= uint32(x)
		for range 8 {
			c = c>>1 ^ 0xedb88320&-(c&1)
		}
	}
	return ^c
}

// Ten gigabytes are cut off at the limit, in little memory.
func TestEndlessUploadIsCutOff(t *testing.T) {
	for _, kind := range []string{"folder", "database sqlite"} {
		t.Run(kind, func(t *testing.T) {
			r := newRig(t, kind)
			k := r.key(t)
			runtime.GC()
			src := &endless{}
			before := heap()
			_, err := r.shelf.Receive(bg, k, "a.pdf", io.LimitReader(src, 10<<30), file.Limits{MaxBytes: 20 << 20})
			if says(err) != "file.too_large" || !strings.Contains(err.Error(), "20 MB") {
				t.Fatalf("got %v", err)
			}
			if src.read > 21<<20 {
				t.Fatalf("read %d bytes of it", src.read)
			}
			if more := src.most - before; more > 12<<20 {
				t.Fatalf("%d bytes of memory in use while it came", more)
			}
		})
	}
}

// heap tells how many bytes are reachable.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// endless is a PDF without an end that watches the memory of its reader.
type endless struct{ read, most int64 }

func (e *endless) Read(p []byte) (int, error) {
	if e.read == 0 {
		copy(p, "%PDF-1.7\n")
	}
	e.read += int64(len(p))
	if e.read%(4<<20) == 0 {
		e.most = max(e.most, heap())
	}
	return len(p), nil
}

// A ZIP that lists a million entries is not read into memory.
func TestHugeZipDirectoryIsNotRead(t *testing.T) {
	t.Parallel()
	r := newRig(t, "folder")
	names := make([]string, 6000)
	for i := range names {
		names[i] = fmt.Sprint("word/", i)
	}
	b := aZIP(t, append(names, "[Content_Types].xml", "word/document.xml")...)
	if _, err := r.shelf.Receive(bg, r.key(t), "a.docx", bytes.NewReader(b), everything); says(err) != "file.disguised" {
		t.Fatalf("got %v", err)
	}
}

func TestDownloadIsNeverShownByTheBrowser(t *testing.T) {
	t.Parallel()
	r := newRig(t, "folder")
	a := r.put(t, r.key(t), aCase, "平面图 (1);\"x.pdf", aPDF(100))
	h := http.Header{}
	a.SetDownload(h)
	if got := h.Get("Content-Disposition"); got != "attachment; filename*=UTF-8''%E5%B9%B3%E9%9D%A2%E5%9B%BE%20%281%29%3Bx.pdf" {
		t.Errorf("disposition %s", got)
	}
	if h.Get("Content-Type") != "application/octet-stream" || h.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("headers %v", h)
	}
}

func FuzzReceive(f *testing.F) {
	r := newRig(f, "folder")
	k := r.key(f)
	f.Add("a.pdf", aPDF(100))
	f.Add("a.png", aPNG(f, aPicture(3, 3)))
	f.Add("b.jpg", aJPEG(f, aPicture(3, 3)))
	f.Add("c.docx", aZIP(f, "[Content_Types].xml", "word/document.xml"))
	f.Fuzz(func(t *testing.T, name string, b []byte) {
		got, err := r.shelf.Receive(bg, k, name, bytes.NewReader(b), everything)
		if err != nil {
			if says(err) == "" {
				t.Fatalf("no sentence for people: %v", err)
			}
			return
		}
		if got.Size != int64(len(b)) || strings.ContainsFunc(got.Name, unicode.IsControl) || strings.ContainsAny(got.Name, `/\"`) || got.Name == "" {
			t.Fatalf("received %+v", got)
		}
		if p, err := file.ShowImage(file.Attachment{Type: got.Type}, bytes.NewReader(b), 50); err == nil {
			if _, _, err := image.Decode(bytes.NewReader(p.JPEG)); err != nil || p.Width > 50 || p.Height > 50 {
				t.Fatalf("shown as %d × %d, %v", p.Width, p.Height, err)
			}
		}
	})
}
