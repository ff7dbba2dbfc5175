package door

import (
	"net/http"
	"slices"
)

const (
	maxForm   = 1 << 20   // bytes of a posted form
	maxUpload = 210 << 20 // bytes of a form with files; the item bounds each file
)

// Mux routes pages. It is http.ServeMux that can tell its routes, so that the
// test of who may go where cannot forget one, and that bounds what may be sent
// to each: a form of more than maxForm is cut off unless the route takes files.
type Mux struct {
	mux    *http.ServeMux
	routes []string
}

// NewMux makes a Mux without routes.
func NewMux() *Mux { return &Mux{mux: http.NewServeMux()} }

// Handle adds a route.
func (m *Mux) Handle(pattern string, h http.Handler) { m.add(pattern, h, maxForm) }

// HandleFunc adds a route.
func (m *Mux) HandleFunc(pattern string, h http.HandlerFunc) { m.add(pattern, h, maxForm) }

// Upload adds a route that takes files. Its handler reads them part by part.
func (m *Mux) Upload(pattern string, h http.HandlerFunc) { m.add(pattern, h, maxUpload) }

func (m *Mux) add(pattern string, h http.Handler, most int64) {
	m.routes = append(m.routes, pattern)
	m.mux.Handle(pattern, http.MaxBytesHandler(h, most))
}

// Routes lists the patterns of all routes, sorted.
func (m *Mux) Routes() []string { return slices.Sorted(slices.Values(m.routes)) }

// ServeHTTP answers a request by its route.
func (m *Mux) ServeHTTP(w http.ResponseWriter, r *http.Request) { m.mux.ServeHTTP(w, r) }
