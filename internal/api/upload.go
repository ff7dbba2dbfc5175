package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"tongban/internal/record/act"
)

// uploadIn streams: the request is kept and read part by part by the shelf, so
// that no upload is ever whole in memory or in a temporary file.
type uploadIn struct {
	ID       int64  `path:"id" example:"42"`
	Material string `query:"material" required:"true" maxLength:"60" example:"plan"`
	r        *http.Request
	w        http.ResponseWriter
}

// Resolve keeps the request for the handler.
func (u *uploadIn) Resolve(ctx huma.Context) []error {
	u.r, u.w = humago.Unwrap(ctx)
	return nil
}

type uploaded struct {
	File int64 `json:"file"`
}

// stalled is how long an upload may send nothing.
const stalled = 30 * time.Second

// patient reads an upload and gives up when nothing comes any more.
type patient struct {
	io.Reader
	wait *http.ResponseController
}

// Read reads on.
func (p patient) Read(b []byte) (int, error) {
	_ = p.wait.SetReadDeadline(time.Now().Add(stalled)) // not every connection can
	return p.Reader.Read(b)
}

// upload adds the operation that takes one file for a draft or a case.
func upload(s *server, id, path, tag string) {
	on(s, spec{id: id, method: http.MethodPost, path: path, tag: tag, command: "case.add_file", status: http.StatusCreated}, s.upload)
	media := &huma.MediaType{Schema: &huma.Schema{
		Type: huma.TypeObject, Required: []string{"file"}, Properties: map[string]*huma.Schema{"file": {Type: huma.TypeString, Format: "binary"}},
	}}
	s.api.OpenAPI().Paths[path].Post.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": media}}
}

func (s *server) upload(ctx context.Context, v *visit, in *uploadIn) (*bodyOf[uploaded], error) {
	if in.r.ContentLength > s.o.MaxUpload {
		return nil, tooLarge()
	}
	parts, err := in.r.MultipartReader()
	if err != nil {
		return nil, act.Wrong("api.upload.form")
	}
	in.r.Body = struct {
		io.Reader
		io.Closer
	}{patient{in.r.Body, http.NewResponseController(in.w)}, in.r.Body}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, act.Wrong("api.upload.none")
		}
		if err != nil {
			return nil, broken(err)
		}
		if part.FormName() != "file" || part.FileName() == "" {
			continue
		}
		done, err := s.h.Office.Upload(ctx, v.actor, in.ID, in.Material, part.FileName(), part)
		if err != nil {
			return nil, broken(err)
		}
		return &bodyOf[uploaded]{uploaded{done.Extra}}, nil
	}
}

func tooLarge() error { return act.Wrong("api.large") }

// broken tells an upload that was cut off at the limit from one that broke off.
func broken(err error) error {
	var large *http.MaxBytesError
	var e *act.Error
	switch {
	case errors.As(err, &large):
		return tooLarge()
	case errors.As(err, &e):
		return err
	}
	return act.Wrong("api.upload.broken")
}
