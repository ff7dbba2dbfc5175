package security_test

import (
	"bytes"
	"image"
	"image/png"
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
