package file

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"image/jpeg"
	"image/png"
	"io"
	"slices"
	"strings"

	"tongban/internal/rules/wording"
)

// The types that can be told by content. What an item allows is a list of them.
const (
	PDF  = "pdf"
	JPG  = "jpg"
	PNG  = "png"
	DOCX = "docx"
	XLSX = "xlsx"
	OFD  = "ofd"
)

// Types lists the types that can be received.
func Types() []string { return []string{PDF, JPG, PNG, DOCX, XLSX, OFD} }

// magic is how contents begin. Those that are not received are known so that
// the answer can say what the file is and what to do.
var magic = []struct {
	typ   string
	at    int
	bytes string
}{
	{PDF, 0, "%PDF-"},
	{JPG, 0, "\xff\xd8\xff"},
	{PNG, 0, "\x89PNG\r\n\x1a\n"},
	{"zip", 0, "PK\x03\x04"},
	{"doc", 0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"},
	{"gif", 0, "GIF8"},
	{"webp", 8, "WEBP"},
	{"bmp", 0, "BM"},
	{"tif", 0, "II*\x00"},
	{"tif", 0, "MM\x00*"},
	{"rar", 0, "Rar!\x1a\x07"},
	{"7z", 0, "7z\xbc\xaf\x27\x1c"},
	{"heic", 4, "ftyp"},
}

// mp4 brands lie where HEIC's do; these are the ones of pictures.
var heicBrands = []string{"heic", "heix", "hevc", "mif1", "msf1", "heim", "heis", "avif"}

// sniff tells the type from the first bytes; "" when they are not known. "zip"
// needs a look inside (zipType).
func sniff(first []byte) string {
	for _, m := range magic {
		if len(first) < m.at+len(m.bytes) || string(first[m.at:m.at+len(m.bytes)]) != m.bytes {
			continue
		}
		if m.typ == "heic" {
			if len(first) >= 12 && slices.Contains(heicBrands, string(first[8:12])) {
				return "heic"
			}
			return "mp4"
		}
		return m.typ
	}
	return ""
}

// The bounds of a ZIP's directory: an honest document has some dozen entries.
const (
	zipMaxEntries   = 5000
	zipMaxDirectory = 2 << 20
	zipEndSize      = 22
	zipMaxComment   = 1 << 16
)

// zipType tells which document a ZIP is; "zip" when none that is known. Its
// directory is bounded before it is read, and no entry is unpacked.
func zipType(r io.ReaderAt, size int64) (string, error) {
	if ok, err := zipBounded(r, size); err != nil || !ok {
		return "zip", err
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return "zip", nil //nolint:nilerr // a broken ZIP is a ZIP that holds no document
	}
	names := map[string]bool{}
	for _, f := range z.File {
		names[f.Name] = true
		if strings.HasSuffix(strings.ToLower(f.Name), "vbaproject.bin") {
			return "macro", nil
		}
	}
	switch {
	case names["OFD.xml"]:
		return OFD, nil
	case names["[Content_Types].xml"] && names["word/document.xml"]:
		return DOCX, nil
	case names["[Content_Types].xml"] && names["xl/workbook.xml"]:
		return XLSX, nil
	}
	return "zip", nil
}

// zipBounded reads the end record and tells whether the directory is small.
func zipBounded(r io.ReaderAt, size int64) (bool, error) {
	tail := make([]byte, min(size, zipEndSize+zipMaxComment))
	if _, err := r.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF {
		return false, err
	}
	i := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if i < 0 || len(tail)-i < zipEndSize {
		return false, nil
	}
	entries, directory := binary.LittleEndian.Uint16(tail[i+10:]), binary.LittleEndian.Uint32(tail[i+12:])
	// 0xffff means ZIP64, which no document of this size needs.
	return entries <= zipMaxEntries && directory <= zipMaxDirectory, nil
}

// maxPixels bounds a picture: 40 million are an A3 page at 400 dpi. A decoder
// takes up to 8 bytes for each, so pictures are decoded one at a time.
const maxPixels = 40_000_000

// pixels reads a picture's size from its head without decoding it.
func pixels(typ string, r io.Reader) (int, error) {
	read := jpeg.DecodeConfig
	if typ == PNG {
		read = png.DecodeConfig
	}
	c, err := read(r)
	if err != nil {
		return 0, err
	}
	if c.Width <= 0 || c.Height <= 0 || c.Width > 1<<20 || c.Height > 1<<20 {
		return 0, fmt.Errorf("picture of %d × %d", c.Width, c.Height)
	}
	return c.Width * c.Height, nil
}

// normalType maps extensions that mean the same, and drops case and dot.
func normalType(ext string) string {
	ext = strings.ToLower(strings.TrimPrefix(ext, "."))
	switch ext {
	case "jpeg", "jpe", "jfif":
		return JPG
	case "tiff":
		return "tif"
	case "heif":
		return "heic"
	case "xls", "ppt", "wps", "et":
		return "doc"
	}
	return ext
}

// typeName is how people call a type.
func typeName(typ string) wording.Message {
	if key := "file.type." + typ; wording.Has(wording.ZH, key) {
		return wording.M(key)
	}
	return wording.M("file.type.other")
}

// typeNames lists the names of types, in one phrase of the reader's language.
func typeNames(types []string) wording.Message {
	if len(types) == 1 {
		return typeName(types[0])
	}
	m := wording.M("file.types", "last", typeName(types[len(types)-1]))
	first := typeName(types[0])
	for _, t := range types[1 : len(types)-1] {
		first = wording.M("file.types.more", "first", first, "next", typeName(t))
	}
	m.Args["first"] = first
	return m
}
