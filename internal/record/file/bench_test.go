package file_test

import (
	"bytes"
	"io"
	"testing"

	"tongban/internal/record/file"
)

func BenchmarkReceive(b *testing.B) {
	for _, kind := range []string{"folder", "database sqlite", "database postgres"} {
		b.Run(kind, func(b *testing.B) {
			r := newRig(b, kind)
			k, content := r.key(b), aPDF(2<<20)
			b.SetBytes(int64(len(content)))
			for i := 0; b.Loop(); i++ {
				content[100], content[101], content[102] = byte(i), byte(i>>8), byte(i>>16)
				if _, err := r.shelf.Receive(b.Context(), k, "a.pdf", bytes.NewReader(content), file.Limits{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkOpen(b *testing.B) {
	for _, kind := range []string{"folder", "database sqlite", "database postgres"} {
		b.Run(kind, func(b *testing.B) {
			r := newRig(b, kind)
			a := r.put(b, r.key(b), aCase, "a.pdf", aPDF(2<<20))
			b.SetBytes(a.Size)
			for b.Loop() {
				c, err := r.shelf.Open(b.Context(), a)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := io.Copy(io.Discard, c); err != nil {
					b.Fatal(err)
				}
				_ = c.Close()
			}
		})
	}
}

// A phone's photo of twelve million pixels, made small for a page.
func BenchmarkShowImage(b *testing.B) {
	photo := aJPEG(b, aPicture(4000, 3000))
	for b.Loop() {
		if _, err := file.ShowImage(file.Attachment{Type: file.JPG}, bytes.NewReader(photo), 1600); err != nil {
			b.Fatal(err)
		}
	}
}
