package file

import (
	"bytes"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// Whatever a file is called, it is shown and saved under a plain name.
func FuzzCleanName(f *testing.F) {
	for _, s := range []string{"平面图.png", "../../etc/passwd", `C:\x\y.pdf`, "a\u202egnp.exe", ".pdf", "x.", "a\x00b.png", "\xff\xfe", "a/b\\c:d*e?f\"g<h>i|j"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name := fullName(cleanNameOf(s))
		if !utf8.ValidString(name) || name == "" || strings.HasPrefix(name, ".") || utf8.RuneCountInString(name) > nameMax+10 {
			t.Errorf("%q is called %q", s, name)
		}
		for _, r := range name {
			if unicode.IsControl(r) || unicode.In(r, unicode.Cf) || strings.ContainsRune(`/\"<>|:*?`, r) {
				t.Errorf("%q is called %q", s, name)
			}
		}
	})
}

func cleanNameOf(s string) (stem, ext, typ string) {
	stem, ext = cleanName(s)
	return stem, ext, PNG
}

// Telling what a file is reads what strangers wrote, and only bounded parts of it.
func FuzzKind(f *testing.F) {
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\xff", 18)))
	f.Add([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xff\xff\xff\xff\xff\xff\xff\xff"))
	f.Add([]byte("\xff\xd8\xff\xe1\xff\xffExif\x00\x00II*\x00\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		sniff(b)
		if typ, err := zipType(bytes.NewReader(b), int64(len(b))); typ == "" && err == nil {
			t.Error("an archive is nothing")
		}
		if turn := orientation(bytes.NewReader(b)); turn < 0 || turn > 8 {
			t.Errorf("turned by %d", turn)
		}
		for _, typ := range []string{PNG, JPG} {
			if n, err := pixels(typ, bytes.NewReader(b)); err == nil && n <= 0 {
				t.Errorf("%s of %d pixels", typ, n)
			}
		}
	})
}
