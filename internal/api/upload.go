package api

import (
	"context"
	"errors"
	"io"
	"net/http"

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
}

// Resolve keeps the request for the handler.
func (u *uploadIn) Resolve(ctx huma.Context) []error {
	u.r, _ = humago.Unwrap(ctx)
	return nil
}

type uploaded struct {
	File int64 `json:"file"`
}

// upload adds the operation that takes one file for a draft or a case.
func upload(s *server, id, path, tag string) {
	on(s, spec{id: id, method: http.MethodPost, path: path, tag: tag, command: "case.add_file", status: http.StatusCreated}, s.upload)
	s.takesFiles(path)
}

func (s *server) upload(ctx context.Context, v *visit, in *uploadIn) (*bodyOf[uploaded], error) {
	if in.r.ContentLength > s.o.MaxUpload {
		return nil, tooLarge()
	}
	parts, err := in.r.MultipartReader()
	if err != nil {
		return nil, act.Wrong("api.upload.form")
	}
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
