package api

import (
	"context"
	"net/http"

	"tongban/internal/rules/gbcode"
)

// codeCheck is a number to be checked. It comes in the body, because it may be
// somebody's and addresses are logged.
type codeCheck struct {
	Kind  gbcode.Kind `json:"kind" enum:"uscc,citizen,licence,item" example:"uscc"`
	Value string      `json:"value" maxLength:"100" example:"11990124YH0000034J"`
}

func codes(s *server) {
	on(s, spec{id: "checkCode", method: http.MethodPost, path: "/codes/check", tag: "tool", access: public,
		example: codeCheck{gbcode.KindUSCC, "11990124YH0000034J"}}, s.checkCode)
}

func (s *server) checkCode(_ context.Context, v *visit, in *bodyOf[codeCheck]) (*bodyOf[gbcode.Report], error) {
	return &bodyOf[gbcode.Report]{gbcode.Check(in.Body.Kind, in.Body.Value, s.h.Store.Now().Day(), gbcode.China()).In(v.lang)}, nil
}
