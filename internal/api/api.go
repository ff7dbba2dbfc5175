// Package api is the machine face of the house: REST with OpenAPI 3.1. Every
// operation is one entry of a table, from which routing, description, rights'
// tests and generated clients come. It holds no rule and no SQL: it decodes,
// calls, and writes what came back.
package api

import (
	"net"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"tongban/internal/house"
	"tongban/internal/house/asked"
	"tongban/internal/register/licence/sheet"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// Prefix is where the operations begin.
const Prefix = "/api/v1"

// Options say how the face is shown. The zero value is usable.
type Options struct {
	Version string // of the program, for the description
	// Cookie is the name of the session cookie of the pages; "" accepts none.
	Cookie string
	// Printer prints licences and papers; nil offers no PDF.
	Printer *sheet.Printer
	// Source tells where a request comes from, for slowing guesses; nil takes the
	// connection's address.
	Source func(*http.Request) string
	// MaxUpload bounds one upload in bytes, whatever the item allows; 0 is 200 MB.
	MaxUpload int64
}

const (
	maxBody   = 1 << 20 // bytes of a JSON body
	maxUpload = 200 << 20
)

// server is the face with what it needs.
type server struct {
	h      *house.House
	o      Options
	api    huma.API
	guards guards
	guides *guides
	specs  []spec
}

// Handler serves the operations under Prefix, their description at
// /openapi.json and its documentation at /api/docs.
func Handler(h *house.House, o Options) http.Handler {
	s := newServer(h, o)
	mux := http.NewServeMux()
	s.mount(mux)
	mux.HandleFunc("/", s.nowhere(mux))
	return s.recovered(http.MaxBytesHandler(asked.Routed(mux), s.o.MaxUpload+maxBody))
}

func newServer(h *house.House, o Options) *server {
	if o.MaxUpload == 0 {
		o.MaxUpload = maxUpload
	}
	if o.Source == nil {
		o.Source = address
	}
	return &server{h: h, o: o, guards: newGuards(h.Store.Now), guides: newGuides()}
}

// mount adds every operation and then what is generated from them.
func (s *server) mount(mux *http.ServeMux) {
	reshape()
	s.api = humago.NewWithPrefix(mux, Prefix, s.config())
	for _, room := range []func(*server){
		sessions, people, erasures, items, publicLists, lower, higher, objections, laws, comparisons, reorganisations, adjusting, flows, checkups, halls, drafts, cases, runs, acts, worklists, papers, licences, inbox, calendars, codes, events,
	} {
		room(s)
	}
	s.describe()
	logs(s, mux)
	mux.HandleFunc("GET /openapi.json", s.description())
	mux.HandleFunc("GET /api/docs", s.documentation())
	mux.HandleFunc("GET /api/docs.css", docStyle())
}

func (s *server) config() huma.Config {
	format := huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: unmarshal}
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: wording.Text(wording.ZH, "api.title"), Version: s.o.Version, Description: wording.Text(wording.ZH, "api.about"),
				Extensions: map[string]any{english: wording.Text(wording.EN, "api.about")},
			},
			Servers: []*huma.Server{{URL: Prefix}},
			Components: &huma.Components{
				Schemas: registry(),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"bearer": {Type: "http", Scheme: "bearer", Description: wording.Text(wording.ZH, "api.auth.bearer")},
				},
			},
		},
		Formats:       map[string]huma.Format{"application/json": format, "json": format},
		DefaultFormat: "application/json",
	}
}

// registry names the schemas; a day is described as one.
func registry() huma.Registry {
	r := huma.NewMapRegistry("#/components/schemas/", schemaName)
	r.RegisterTypeAlias(reflect.TypeFor[day.Day](), reflect.TypeFor[Date]())
	return r
}

func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// nowhere answers what no operation answers: another method, or nothing there.
func (s *server) nowhere(mux *http.ServeMux) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var allowed []string
		for _, m := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
			other := r.Clone(r.Context())
			other.Method = m
			if _, pattern := mux.Handler(other); pattern != "/" {
				allowed = append(allowed, m)
			}
		}
		if len(allowed) > 0 {
			w.Header().Set("Allow", strings.Join(allowed, ", "))
			send(w, plain(http.StatusMethodNotAllowed, "api.method", langOf(r.Header.Get("Accept-Language"))))
			return
		}
		send(w, plain(http.StatusNotFound, "api.nowhere", langOf(r.Header.Get("Accept-Language"))))
	}
}

// recovered turns a panic into an internal error with an id.
func (s *server) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if v == http.ErrAbortHandler {
				panic(v)
			}
			err := s.h.Runner.SettleFor(r.Context(), "api "+r.Method, panicked{v})
			send(w, problemOf(err, langOf(r.Header.Get("Accept-Language"))))
		}()
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		next.ServeHTTP(w, r)
	})
}
