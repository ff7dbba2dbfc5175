package file_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"

	"tongban/internal/record/file"
)

func show(t *testing.T, typ string, b []byte, side int) image.Image {
	t.Helper()
	p, err := file.ShowImage(file.Attachment{Type: typ}, bytes.NewReader(b), side)
	must(t, err)
	img, err := jpeg.Decode(bytes.NewReader(p.JPEG))
	must(t, err)
	if img.Bounds().Dx() != p.Width || img.Bounds().Dy() != p.Height {
		t.Fatalf("said %d × %d, is %v", p.Width, p.Height, img.Bounds())
	}
	return img
}

func bright(img image.Image, x, y int) bool {
	g := color.GrayModel.Convert(img.At(x, y)).(color.Gray)
	return g.Y > 128
}

func TestPictureIsShownUprightAndSmall(t *testing.T) {
	t.Parallel()
	plain := aJPEG(t, aPicture(640, 320))
	// Where the first corner of the stored picture comes to lie (EXIF 2.3, orientation).
	for turn, corner := range map[int]string{1: "TL", 2: "TR", 3: "BR", 4: "BL", 5: "TL", 6: "TR", 7: "BR", 8: "BL"} {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			img := show(t, file.JPG, withOrientation(plain, turn, order), 160)
			w, h := img.Bounds().Dx(), img.Bounds().Dy()
			if wantW, wantH := size(turn); w != wantW || h != wantH {
				t.Fatalf("turn %d: %d × %d", turn, w, h)
			}
			for at, p := range map[string][2]int{"TL": {w / 8, h / 8}, "TR": {w * 7 / 8, h / 8}, "BL": {w / 8, h * 7 / 8}, "BR": {w * 7 / 8, h * 7 / 8}} {
				if bright(img, p[0], p[1]) != (at == corner) {
					t.Errorf("turn %d: corner %s", turn, at)
				}
			}
		}
	}
}

func size(turn int) (w, h int) {
	if turn >= 5 {
		return 80, 160
	}
	return 160, 80
}

// withOrientation puts an EXIF block behind the start of a JPEG.
func withOrientation(plain []byte, turn int, order binary.AppendByteOrder) []byte {
	tiff := []byte("II*\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		tiff = []byte("MM\x00*")
	}
	tiff = order.AppendUint32(tiff, 8)
	tiff = order.AppendUint16(tiff, 1)
	tiff = order.AppendUint16(tiff, 0x0112)
	tiff = order.AppendUint16(tiff, 3)
	tiff = order.AppendUint32(tiff, 1)
	tiff = order.AppendUint16(tiff, uint16(turn))
	tiff = append(tiff, 0, 0, 0, 0, 0, 0)
	block := append([]byte("Exif\x00\x00"), tiff...)
	out := append([]byte{}, plain[:2]...)
	out = append(out, 0xff, 0xe1)
	out = binary.BigEndian.AppendUint16(out, uint16(len(block)+2))
	return append(append(out, block...), plain[2:]...)
}

func TestShownPictureCarriesNothingOfTheFile(t *testing.T) {
	t.Parallel()
	secret := []byte("GPS 26.1 104.3 <script>")
	b := append(withOrientation(aJPEG(t, aPicture(64, 64)), 1, binary.LittleEndian), secret...)
	p, err := file.ShowImage(file.Attachment{Type: file.JPG}, bytes.NewReader(b), 64)
	must(t, err)
	if bytes.Contains(p.JPEG, secret) || bytes.Contains(p.JPEG, []byte("Exif")) {
		t.Fatal("the shown picture carries what lay in the file")
	}
}

func TestTransparentPictureIsShownOnWhite(t *testing.T) {
	t.Parallel()
	img := show(t, file.PNG, aPNG(t, image.NewNRGBA(image.Rect(0, 0, 40, 20))), 400)
	if img.Bounds().Dx() != 40 || !bright(img, 20, 10) {
		t.Fatalf("shown as %v", img.At(20, 10))
	}
	gray := image.NewGray16(image.Rect(0, 0, 300, 3))
	var b bytes.Buffer
	must(t, png.Encode(&b, gray))
	if got := show(t, file.PNG, b.Bytes(), 10).Bounds(); got.Dx() != 10 || got.Dy() != 1 {
		t.Fatalf("a thin picture became %v", got)
	}
}

func TestWhatCannotBeShownSaysSo(t *testing.T) {
	t.Parallel()
	jpg := aJPEG(t, aPicture(64, 64))
	for name, c := range map[string]struct {
		typ string
		b   []byte
	}{
		"a PDF":         {file.PDF, aPDF(100)},
		"broken":        {file.JPG, jpg[:len(jpg)/2]},
		"not a picture": {file.PNG, jpg},
		"a bomb":        {file.PNG, bomb(60_000, 60_000)},
	} {
		if _, err := file.ShowImage(file.Attachment{Type: c.typ}, bytes.NewReader(c.b), 100); says(err) != "file.no_picture" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
