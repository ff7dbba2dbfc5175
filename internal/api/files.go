package api

import (
	"errors"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"tongban/internal/record/act"
)

// maxFiles bounds the files that are handed in with one request, in bytes: tables,
// flows and laws, which are read whole before anything of them is done.
const maxFiles = 16 << 20

// Sent is a form with files. Its request is kept for the handler, which reads it.
type Sent struct {
	r *http.Request
}

// Resolve keeps the request for the handler.
func (f *Sent) Resolve(ctx huma.Context) []error {
	f.r, _ = humago.Unwrap(ctx)
	return nil
}

// sentFile is a file of a form.
type sentFile struct {
	name string
	text []byte
}

// files reads the files of the form that are called file, in order; at least one.
func (f *Sent) files() (list []sentFile, err error) {
	if f.r.ContentLength > maxFiles+maxBody {
		return nil, tooLarge()
	}
	parts, err := f.r.MultipartReader()
	if err != nil {
		return nil, act.Wrong("api.upload.form")
	}
	left := int64(maxFiles)
	for {
		part, err := parts.NextPart()
		switch {
		case errors.Is(err, io.EOF) && len(list) == 0:
			return nil, act.Wrong("api.upload.none")
		case errors.Is(err, io.EOF):
			return list, nil
		case err != nil:
			return nil, broken(err)
		}
		if part.FormName() != "file" || part.FileName() == "" {
			continue
		}
		b, err := io.ReadAll(io.LimitReader(part, left+1))
		if err != nil {
			return nil, broken(err)
		}
		if left -= int64(len(b)); left < 0 {
			return nil, tooLarge()
		}
		list = append(list, sentFile{part.FileName(), b})
	}
}

// takesFiles describes the form of an operation that is in the table.
func (s *server) takesFiles(path string) {
	media := &huma.MediaType{Schema: &huma.Schema{
		Type: huma.TypeObject, Required: []string{"file"}, Properties: map[string]*huma.Schema{"file": {Type: huma.TypeString, Format: "binary"}},
	}}
	s.api.OpenAPI().Paths[path].Post.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": media}}
}
