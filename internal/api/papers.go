package api

import (
	"context"
	"io"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"tongban/internal/process/paper"
	"tongban/internal/record/act"
	"tongban/internal/record/file"
	"tongban/internal/rules/day"
	"tongban/internal/rules/seal"
	"tongban/internal/rules/wording"
)

type thePaper struct {
	Paper int64 `path:"paper" example:"4001"`
	Stated
}

type theFile struct {
	File int64 `path:"file" example:"5001"`
	Stated
}

// paperView is a paper as it was written.
type paperView struct {
	PaperLine
	Case     int64        `json:"case"`
	Agency   string       `json:"agency"`
	Code     string       `json:"code"`
	Sample   bool         `json:"sample"`
	Document documentView `json:"document"`
}

// documentView is what a seal covers. The file that is downloaded holds it word
// for word.
type documentView struct {
	Holder string       `json:"holder"`
	Agency string       `json:"agency"`
	USCC   string       `json:"uscc"`
	From   day.Day      `json:"from,omitempty"`
	Last   day.Day      `json:"last,omitempty"`
	Fields []seal.Field `json:"fields,omitempty"`
	Body   string       `json:"body,omitempty"`
}

func documentOf(d seal.Document) documentView {
	return documentView{d.Holder, d.Agency, d.USCC, d.From, d.Last, d.Fields, d.Body}
}

func papers(s *server) {
	missing := []int{http.StatusNotFound}
	templates(s)
	on(s, spec{id: "showPaper", method: http.MethodGet, path: "/papers/{paper}", tag: "paper"}, s.showPaper)
	on(s, spec{id: "readPaper", method: http.MethodGet, path: "/papers/{paper}/text", tag: "paper", content: "text/plain", errors: missing}, s.readPaper)
	on(s, spec{id: "printPaper", method: http.MethodGet, path: "/papers/{paper}/pdf", tag: "paper", content: "application/pdf", errors: missing}, s.printPaper)
	on(s, spec{id: "downloadPaper", method: http.MethodGet, path: "/papers/{paper}/file", tag: "paper", content: "text/plain", errors: missing}, s.downloadPaper)
	on(s, spec{id: "downloadFile", method: http.MethodGet, path: "/files/{file}", tag: "paper", content: "application/octet-stream", errors: missing}, s.downloadFile)
}

func (s *server) showPaper(ctx context.Context, v *visit, in *thePaper) (*bodyOf[paperView], error) {
	o, err := s.h.Office.OpenPaper(ctx, v.actor, in.Paper, v.why(in.Stated))
	return &bodyOf[paperView]{paperView{lineOfPaper(o.Paper), o.Proceeding, o.Agency, o.Code, o.Sample, documentOf(o.Document)}}, err
}

func (s *server) readPaper(ctx context.Context, v *visit, in *thePaper) (*download, error) {
	o, err := s.h.Office.OpenPaper(ctx, v.actor, in.Paper, v.why(in.Stated))
	return &download{ContentType: "text/plain; charset=utf-8", Body: []byte(o.Document.Body)}, err
}

func (s *server) printPaper(ctx context.Context, v *visit, in *thePaper) (*download, error) {
	if s.o.Printer == nil {
		return nil, noPrinter()
	}
	o, err := s.h.Office.OpenPaper(ctx, v.actor, in.Paper, v.why(in.Stated))
	if err != nil {
		return nil, err
	}
	b, err := paper.PDF(s.o.Printer, o)
	return &download{"application/pdf", attached("paper-" + strconv.FormatInt(in.Paper, 10) + ".pdf"), b}, err
}

func noPrinter() error {
	return &act.Error{Kind: act.Unavailable, Code: "api.no_printer", Msg: wording.M("api.no_printer")}
}

func (s *server) downloadPaper(ctx context.Context, v *visit, in *thePaper) (*download, error) {
	o, err := s.h.Office.OpenPaper(ctx, v.actor, in.Paper, v.why(in.Stated))
	if err != nil {
		return nil, err
	}
	return sealedFile(o.Sealed, "paper-"+strconv.FormatInt(in.Paper, 10))
}

// sealedFile is the file that verifies offline; what bears no seal has none.
func sealedFile(x seal.Sealed, name string) (*download, error) {
	if len(x.Signature) == 0 {
		return nil, act.Missing("api.sealed_file")
	}
	b, err := x.File()
	return &download{"text/plain; charset=utf-8", attached(name + ".txt"), b}, err
}

// sent is a content that is copied as it is read.
type sent struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Length      int64  `header:"Content-Length"`
	Body        func(huma.Context)
}

func (s *server) downloadFile(ctx context.Context, v *visit, in *theFile) (*sent, error) {
	at, err := s.h.Office.OpenFile(ctx, v.actor, in.File, v.why(in.Stated))
	if err != nil {
		return nil, err
	}
	c, err := s.h.Files.Open(ctx, at)
	if err != nil {
		return nil, err
	}
	return &sent{Body: func(w huma.Context) { s.copy(w, at, c) }}, nil
}

func (s *server) copy(w huma.Context, at file.Attachment, c *file.Content) {
	defer func() { _ = c.Close() }()
	h := http.Header{}
	at.SetDownload(h)
	for k, x := range h {
		w.SetHeader(k, x[0])
	}
	w.SetHeader("Content-Length", strconv.FormatInt(at.Size, 10))
	w.SetStatus(http.StatusOK)
	if _, err := io.Copy(w.BodyWriter(), c); err != nil {
		s.h.Options.Log.Warn("download not finished", "file", at.ID, "err", err)
	}
}
