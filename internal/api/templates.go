package api

import (
	"context"
	"net/http"

	"tongban/internal/process/paper"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

type templatesOn struct {
	On string `query:"on" format:"date" example:"2026-06-01"`
}

type templateOf struct {
	Kind string `path:"kind" maxLength:"40" example:"acceptance"`
}

// paperTemplate is a version of a kind of paper, or of the rule of all papers.
type paperTemplate struct {
	Kind    string  `json:"kind"`
	Agency  string  `json:"agency,omitempty"`
	Version int     `json:"version"`
	From    day.Day `json:"from"`
	Until   day.Day `json:"until,omitempty"`
	Title   string  `json:"title"`
	TitleEN string  `json:"title_en,omitempty"`
	Word    string  `json:"word,omitempty"`
	Number  string  `json:"number,omitempty"`
	Sealed  bool    `json:"sealed"`
	Text    string  `json:"text,omitempty"`
}

func templates(s *server) {
	on(s, spec{id: "listPaperTemplates", method: http.MethodGet, path: "/paper-templates", tag: "open", access: public}, s.listTemplates)
	on(s, spec{id: "showPaperTemplate", method: http.MethodGet, path: "/paper-templates/{kind}", tag: "open", access: public, errors: []int{http.StatusNotFound}}, s.showTemplate)
}

// listTemplates lists what is used on a day, without the texts.
func (s *server) listTemplates(ctx context.Context, _ *visit, in *templatesOn) (*bodyOf[listOf[paperTemplate]], error) {
	on := s.h.Store.Now().Day()
	if in.On != "" {
		var err error
		if on, err = day.Parse(in.On); err != nil {
			return nil, err
		}
	}
	return s.templates(ctx, false, func(tx *store.Tx) ([]paper.Listed, error) { return paper.Catalogue(tx, on) })
}

// showTemplate is every version of a kind, with its text.
func (s *server) showTemplate(ctx context.Context, _ *visit, in *templateOf) (*bodyOf[listOf[paperTemplate]], error) {
	return s.templates(ctx, true, func(tx *store.Tx) ([]paper.Listed, error) { return paper.Versions(tx, in.Kind) })
}

func (s *server) templates(ctx context.Context, text bool, read func(*store.Tx) ([]paper.Listed, error)) (*bodyOf[listOf[paperTemplate]], error) {
	out := &bodyOf[listOf[paperTemplate]]{listOf[paperTemplate]{[]paperTemplate{}}}
	err := s.read(ctx, func(tx *store.Tx) error {
		list, err := read(tx)
		for _, l := range list {
			x := paperTemplate{l.Kind, l.Agency, l.Version, l.Span.From, l.Span.Until, l.Title, l.TitleEN, l.Word, l.Number, l.Sealed, l.Text}
			if !text {
				x.Text = ""
			}
			out.Body.Items = append(out.Body.Items, x)
		}
		return err
	})
	return out, err
}
