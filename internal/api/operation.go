package api

import (
	"context"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"tongban/internal/house/asked"
	"tongban/internal/record/store"
	"tongban/internal/rules/wording"
)

// access is who may come as far as an operation; whether they may do it is
// asked behind it.
type access int

const (
	signedIn   access = iota // somebody with a session
	public                   // anybody
	unfinished               // somebody between password and one-time code
	staff                    // somebody in a post
	system                   // the system of a lower body, with its key
)

// spec is one operation of the table.
type spec struct {
	id      string // stable, unique, in camel case; its words are api.op.<id>
	method  string
	path    string
	tag     string
	command string // name of the command that it runs, "" for readings
	access  access
	cached  bool // the answer sets its own Cache-Control
	status  int  // of success; 0 is 200, or 204 without a body
	errors  []int
	most    int64  // bytes of a body, where that is more than of others
	content string // media type of the answer where it is not JSON
	answer  any    // what the answer's JSON looks like when it is written as bytes
	example any    // of the body; a value of its type
}

// Keyed is the idempotency key of a command.
type Keyed struct {
	Key string `header:"Idempotency-Key" maxLength:"100" example:"5f0c1e3a-apply-1"`
}

// Echoed returns the key.
type Echoed struct {
	Key string `header:"Idempotency-Key"`
}

// Stated is why personal data are looked at.
type Stated struct {
	Purpose string `query:"purpose" maxLength:"200" example:"审查经营场所平面图"`
	Header  string `header:"Purpose" maxLength:"200"`
}

// on adds an operation to the table.
func on[I, O any](s *server, p spec, f func(ctx context.Context, v *visit, in *I) (*O, error)) {
	s.specs = append(s.specs, p)
	op := huma.Operation{
		OperationID: p.id, Method: p.method, Path: p.path, Tags: []string{p.tag}, DefaultStatus: p.status, Errors: p.failures(),
		Summary: wording.Text(wording.ZH, "api.op."+p.id), Middlewares: huma.Middlewares{s.enter(p)}, MaxBodyBytes: max(maxBody, p.most),
		Security: p.security(), Responses: s.answers(p), RejectUnknownQueryParameters: true,
	}
	huma.Register(s.api, op, func(ctx context.Context, in *I) (*O, error) {
		v := visitOf(ctx)
		out, err := f(ctx, v, in)
		if err != nil {
			problem := problemOf(s.h.Runner.SettleFor(ctx, p.id, err), v.lang)
			problem.Request = asked.ID(ctx)
			return nil, problem
		}
		return out, nil
	})
}

// answers describes an answer that is not made from a Go type.
func (s *server) answers(p spec) map[string]*huma.Response {
	list := map[string]*huma.Response{}
	if p.cached {
		list["304"] = &huma.Response{}
	}
	schema := &huma.Schema{Type: huma.TypeString}
	media := p.content
	switch {
	case p.answer != nil:
		if media == "" {
			media = "application/json"
		}
		schema = s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeOf(p.answer), true, p.id)
	case media == "":
		return list
	case !strings.HasPrefix(media, "text/") && !strings.HasSuffix(media, "xml"):
		schema.Format = "binary"
	}
	list["200"] = &huma.Response{Content: map[string]*huma.MediaType{media: {Schema: schema}}}
	return list
}

// security says which credentials are taken. Session cookies are the pages' own
// and are not described.
func (p spec) security() []map[string][]string {
	if p.access == public {
		return []map[string][]string{}
	}
	return []map[string][]string{{"bearer": {}}}
}

// failures are the statuses that an operation can fail with.
func (p spec) failures() []int {
	list := slices.Clone(p.errors)
	list = append(list, http.StatusServiceUnavailable)
	if p.access != public {
		list = append(list, http.StatusUnauthorized, http.StatusForbidden)
	}
	if strings.Contains(p.path, "{") {
		list = append(list, http.StatusNotFound)
	}
	if p.command != "" {
		list = append(list, http.StatusConflict, http.StatusNotFound)
	}
	if p.method == http.MethodPost || p.method == http.MethodPut {
		list = append(list, http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// read runs f on one view of the database.
func (s *server) read(ctx context.Context, f func(*store.Tx) error) error {
	return s.h.Store.Read(ctx, f)
}
