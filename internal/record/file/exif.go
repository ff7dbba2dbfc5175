package file

import (
	"bytes"
	"encoding/binary"
	"io"
)

// exifBound is how far into a JPEG its orientation is looked for.
const exifBound = 128 << 10

// orientation reads from a JPEG's EXIF how the camera was held, 1 to 8; 1 is
// upright, and the answer wherever the file does not say.
func orientation(r io.Reader) int {
	b, err := io.ReadAll(io.LimitReader(r, exifBound))
	if err != nil || len(b) < 4 {
		return 1
	}
	b = b[2:] // start of image
	for len(b) >= 4 && b[0] == 0xff && b[1] != 0xda {
		n := int(binary.BigEndian.Uint16(b[2:])) + 2
		if n < 4 || n > len(b) {
			return 1
		}
		if b[1] == 0xe1 && bytes.HasPrefix(b[4:n], []byte("Exif\x00\x00")) {
			return orientationIn(b[10:n])
		}
		b = b[n:]
	}
	return 1
}

// orientationIn reads the first directory of a TIFF block.
func orientationIn(tiff []byte) int {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	if tiff[0] == 'M' {
		order = binary.BigEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	entries := tiff[at:]
	n := int(order.Uint16(entries))
	entries = entries[2:]
	for range n {
		if len(entries) < 12 {
			return 1
		}
		if order.Uint16(entries) == 0x0112 {
			if v := int(order.Uint16(entries[8:])); v >= 1 && v <= 8 {
				return v
			}
			return 1
		}
		entries = entries[12:]
	}
	return 1
}
