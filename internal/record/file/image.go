package file

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"

	"tongban/internal/rules/wording"
)

// decoding lets one picture at a time be decoded: each may take 300 MB.
var decoding = make(chan struct{}, 1)

// jpegQuality is good enough to read a scanned paper.
const jpegQuality = 85

// Picture is a picture made for showing, always a JPEG.
type Picture struct {
	JPEG          []byte
	Width, Height int // pixels
}

// ShowImage decodes an attached picture and makes a new one of it for the
// page, at most side pixels wide and high and turned upright. Nothing of the
// file itself reaches the browser: no place where it was taken, no second
// content behind the picture.
func ShowImage(a Attachment, c io.ReadSeeker, side int) (Picture, error) {
	none := wording.M("file.no_picture")
	if a.Type != JPG && a.Type != PNG || side <= 0 {
		return Picture{}, none
	}
	decoding <- struct{}{}
	defer func() { <-decoding }()
	// Asked again, whatever was stored: a few bytes must not make gigabytes.
	if n, err := pixels(a.Type, c); err != nil || n > maxPixels {
		return Picture{}, none
	}
	if _, err := c.Seek(0, io.SeekStart); err != nil {
		return Picture{}, err
	}
	decode, turn := png.Decode, 1
	if a.Type == JPG {
		decode, turn = jpeg.Decode, orientation(c)
		if _, err := c.Seek(0, io.SeekStart); err != nil {
			return Picture{}, err
		}
	}
	img, err := decode(c)
	if err != nil {
		return Picture{}, none
	}
	small := upright(shrink(img, side), turn)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, small, &jpeg.Options{Quality: jpegQuality}); err != nil {
		return Picture{}, err
	}
	return Picture{b.Bytes(), small.Rect.Dx(), small.Rect.Dy()}, nil
}

// shrink scales a picture down to fit side, each new pixel the mean of those
// it covers, on white where the picture is transparent.
func shrink(img image.Image, side int) *image.RGBA {
	r := img.Bounds()
	w, h := r.Dx(), r.Dy()
	if long := max(w, h); long > side {
		w, h = max(1, w*side/long), max(1, h*side/long)
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		y0, y1 := r.Min.Y+y*r.Dy()/h, r.Min.Y+(y+1)*r.Dy()/h
		for x := range w {
			x0, x1 := r.Min.X+x*r.Dx()/w, r.Min.X+(x+1)*r.Dx()/w
			out.SetRGBA(x, y, mean(img, x0, y0, x1, y1))
		}
	}
	return out
}

func mean(img image.Image, x0, y0, x1, y1 int) color.RGBA {
	var r, g, b, n uint64
	for y := y0; y < y1; y++ {
		for x := x0; x < x1; x++ {
			pr, pg, pb, pa := at(img, x, y)
			white := uint64(0xffff - pa)
			r, g, b, n = r+uint64(pr)+white, g+uint64(pg)+white, b+uint64(pb)+white, n+1
		}
	}
	return color.RGBA{uint8(r / n >> 8), uint8(g / n >> 8), uint8(b / n >> 8), 0xff}
}

// at reads a pixel without the allocation that Image.At makes for the common
// kinds: a photo has twelve million.
func at(img image.Image, x, y int) (r, g, b, a uint32) {
	switch m := img.(type) {
	case *image.YCbCr:
		return m.YCbCrAt(x, y).RGBA()
	case *image.NRGBA:
		return m.NRGBAAt(x, y).RGBA()
	case *image.RGBA:
		return m.RGBAAt(x, y).RGBA()
	case *image.Gray:
		return m.GrayAt(x, y).RGBA()
	}
	return img.At(x, y).RGBA()
}

// upright undoes the eight ways in which a camera is held, as EXIF numbers them.
func upright(img *image.RGBA, turn int) *image.RGBA {
	if turn <= 1 || turn > 8 {
		return img
	}
	w, h := img.Rect.Dx(), img.Rect.Dy()
	dw, dh := w, h
	if turn >= 5 {
		dw, dh = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, dw, dh))
	for y := range dh {
		for x := range dw {
			sx, sy := source(turn, x, y, w, h)
			out.SetRGBA(x, y, img.RGBAAt(sx, sy))
		}
	}
	return out
}

// source tells which pixel of a picture of w × h comes to x, y when it is upright.
func source(turn, x, y, w, h int) (int, int) {
	switch turn {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return y, h - 1 - x
	case 7:
		return w - 1 - y, h - 1 - x
	case 8:
		return w - 1 - y, x
	}
	return x, y
}
