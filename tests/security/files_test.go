package security_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"mime/multipart"
	"net/textproto"
	"strings"
)

// picture is a PNG of so many pixels.
func picture(width, height int) []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height)))
	return b.Bytes()
}

// multipartOf is a form with one file.
func multipartOf(field, name string, content []byte) (kind string, body []byte) {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	part, _ := m.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="` + field + `"; filename="` + strings.NewReplacer(`"`, "%22", "\r", "%0D", "\n", "%0A").Replace(name) + `"`},
		"Content-Type":        {"application/octet-stream"},
	})
	_, _ = part.Write(content)
	_ = m.Close()
	return m.FormDataContentType(), b.Bytes()
}

// claiming is a PNG head that claims so many pixels, and nothing after it.
func claiming(width, height uint32) []byte {
	b := picture(1, 1)
	binary.BigEndian.PutUint32(b[16:], width)
	binary.BigEndian.PutUint32(b[20:], height)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return b
}

// placed is a JPEG that tells in its EXIF data where it was taken.
func placed(mark string) []byte {
	var b bytes.Buffer
	_ = jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 16, 16)), nil)
	exif := append([]byte("Exif\x00\x00II*\x00\x08\x00\x00\x00\x00\x00"), mark...)
	head := []byte{0xff, 0xd8, 0xff, 0xe1, byte((len(exif) + 2) >> 8), byte(len(exif) + 2)}
	return append(append(head, exif...), b.Bytes()[2:]...)
}

// packed is a ZIP of entries, each of so many zero bytes.
func packed(size int, names ...string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	zeros := make([]byte, 1<<20)
	for _, name := range names {
		w, _ := z.Create(name)
		for left := size; left > 0; left -= len(zeros) {
			_, _ = w.Write(zeros[:min(left, len(zeros))])
		}
	}
	_ = z.Close()
	return b.Bytes()
}

// packedText is a ZIP of texts.
func packedText(files map[string]string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range files {
		w, _ := z.Create(name)
		_, _ = w.Write([]byte(text))
	}
	_ = z.Close()
	return b.Bytes()
}
