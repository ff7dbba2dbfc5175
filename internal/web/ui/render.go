package ui

import (
	"bytes"
	"compress/gzip"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

//go:embed templates/*.html templates/icons.svg
var layoutFiles embed.FS

// Options is what a Renderer is given; Clock and NewKey are injected so that
// tests and demonstrations are repeatable.
type Options struct {
	// Site is the name on every page, Authority the government it belongs to,
	// Address the host people should see in their browser.
	Site, Authority Text
	Address         string
	// Phone is the number printed at the foot of every page; empty is 12345.
	Phone string
	// Version and Updated are printed at the foot.
	Version string
	Updated day.Day
	// Clock tells the moment of the page.
	Clock day.Clock
	// NewKey makes an idempotency key, random and never used before.
	NewKey func() string
	// Frame finds who is signed in and the menu; nil leaves both to the page.
	Frame func(*http.Request) Frame
	// Log receives internal errors with the id that the reader is shown.
	Log *slog.Logger
}

// Renderer turns pages into HTML. It holds one template set for each language,
// because the functions in templates speak the page's language.
type Renderer struct {
	opt    Options
	sets   map[wording.Lang]*template.Template
	sealed atomic.Bool // after the first page no template may be added
	zips   sync.Pool
}

// New reads the layouts and components; it fails only if a template is wrong.
func New(opt Options) (*Renderer, error) {
	if opt.Clock == nil || opt.NewKey == nil {
		return nil, errors.New("ui: Options.Clock and Options.NewKey are needed")
	}
	if opt.Phone == "" {
		opt.Phone = "12345"
	}
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	r := &Renderer{opt: opt, sets: map[wording.Lang]*template.Template{}}
	r.zips.New = func() any { z, _ := gzip.NewWriterLevel(nil, 5); return z }
	for _, lang := range []wording.Lang{wording.ZH, wording.EN} {
		set := template.New("").Option("missingkey=error")
		set.Funcs(r.funcs(lang, set))
		set, err := set.ParseFS(layoutFiles, "templates/*.html")
		if err != nil {
			return nil, fmt.Errorf("ui: %w", err)
		}
		r.sets[lang] = set
	}
	return r, r.Add("guide", guideFiles)
}

// Add reads the templates of a room: every *.html in files, in whatever folder,
// becomes the template "room/name" by its base name without extension. Add all
// rooms before the first page is rendered.
func (r *Renderer) Add(room string, files fs.FS) error {
	if r.sealed.Load() {
		return fmt.Errorf("ui: room %s added after the first page", room)
	}
	return fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".html" {
			return err
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		full := room + "/" + strings.TrimSuffix(path.Base(name), ".html")
		for _, set := range r.sets {
			if set.Lookup(full) != nil {
				return fmt.Errorf("ui: template %s exists twice", full)
			}
			if _, err := set.New(full).Parse(string(text)); err != nil {
				return fmt.Errorf("ui: %w", err)
			}
		}
		return nil
	})
}

// Render writes the page with this status. The page is built in memory first:
// if its template fails, nothing of it is sent, the error is logged under an
// id, and the reader gets a page with that id. Status 0 is 200, or 422 where the
// page has errors: it is sent back to be mended.
func (r *Renderer) Render(w http.ResponseWriter, req *http.Request, status int, p Page) {
	switch {
	case status == 0 && len(p.Errors) > 0:
		status = http.StatusUnprocessableEntity
	case status == 0:
		status = http.StatusOK
	}
	html, err := r.build(req, p)
	if err != nil {
		r.Fault(w, req, err)
		return
	}
	r.send(w, req, status, p, html)
}

// Problem renders a page that says what went wrong and what to do, for what is
// not a mistake in a field: not found, not eligible, gone, conflict.
func (r *Renderer) Problem(w http.ResponseWriter, req *http.Request, status int, p Problem) {
	if p.Request == "" {
		p.Request = w.Header().Get(requestHeader)
	}
	r.Render(w, req, status, Page{Name: "ui/problem", Title: p.Title, Robots: "noindex", Data: p})
}

// requestHeader is the header of the answer that holds the number of the request.
const requestHeader = "X-Request-Id"

// NotFound renders the page for an address that does not exist.
func (r *Renderer) NotFound(w http.ResponseWriter, req *http.Request) {
	r.Problem(w, req, http.StatusNotFound, Problem{
		Title: M("ui.notfound.title"), Body: M("ui.notfound.body"),
		Links: []Link{{Text: M("ui.search"), Href: pathSearch}, {Text: M("ui.home"), Href: "/"}},
	})
}

// Fault logs err under a new id and renders the page that shows the id and
// nothing of err.
func (r *Renderer) Fault(w http.ResponseWriter, req *http.Request, err error) {
	id := r.opt.NewKey()
	r.opt.Log.ErrorContext(req.Context(), "page", "id", id, "route", req.Pattern, "err", err)
	p := Page{Name: "ui/problem", Title: M("ui.fault.title"), Robots: "noindex",
		Data: Problem{Title: M("ui.fault.title"), Body: M("act.internal", "id", id), ID: id, Request: w.Header().Get(requestHeader)}}
	html, err := r.build(req, p)
	if err != nil {
		r.opt.Log.ErrorContext(req.Context(), "problem page", "id", id, "err", err)
		http.Error(w, wording.Text(wording.ZH, "act.internal", "id", id), http.StatusInternalServerError)
		return
	}
	r.send(w, req, http.StatusInternalServerError, p, html)
}

// view is what the shells read: the page and the finished content.
type view struct {
	Page
	Opt  Options
	Body template.HTML
}

func (r *Renderer) build(req *http.Request, p Page) ([]byte, error) {
	r.sealed.Store(true)
	r.complete(req, &p)
	set := r.sets[p.Lang]
	if set == nil {
		return nil, fmt.Errorf("ui: no language %q", p.Lang)
	}
	var body, whole bytes.Buffer
	if err := set.ExecuteTemplate(&body, p.Name, p); err != nil {
		return nil, err
	}
	v := view{Page: p, Opt: r.opt, Body: template.HTML(body.String())} //nolint:gosec // made by html/template just above
	if err := set.ExecuteTemplate(&whole, "shell-"+string(p.Shell), v); err != nil {
		return nil, err
	}
	return whole.Bytes(), nil
}

// complete fills what the page left open from the request and the frame.
func (r *Renderer) complete(req *http.Request, p *Page) {
	prefs := PrefsOf(req)
	if p.Lang == "" {
		p.Lang = prefs.Lang
	}
	if p.Size == "" {
		p.Size = prefs.Size
	}
	if p.Density == "" {
		p.Density = prefs.Density
	}
	if p.Shell == "" {
		p.Shell = Public
	}
	if p.Now == 0 {
		p.Now = r.opt.Clock()
	}
	if p.URL == nil {
		p.URL = req.URL
	}
	if r.opt.Frame != nil {
		f := r.opt.Frame(req)
		if p.Person == nil {
			p.Person = f.Person
		}
		if p.Menu == nil {
			p.Menu = f.Menu
		}
		if p.Expires == 0 {
			p.Expires = f.Expires
		}
	}
	if p.Robots == "" && (p.Shell != Public || p.Person != nil) {
		p.Robots = "noindex"
	}
}

// gzipFrom is the size below which compressing a page gains nothing on the wire.
const gzipFrom = 1400

func (r *Renderer) send(w http.ResponseWriter, req *http.Request, status int, p Page, html []byte) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Add("Vary", "Accept-Encoding, Cookie")
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store")
	}
	if p.Shell == Wall && p.Refresh > 0 {
		h.Set("Refresh", strconv.Itoa(p.Refresh))
	}
	if len(html) >= gzipFrom && acceptsGzip(req) {
		html = r.zip(html)
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Content-Length", strconv.Itoa(len(html)))
	w.WriteHeader(status)
	if req.Method != http.MethodHead {
		_, _ = w.Write(html)
	}
}

func (r *Renderer) zip(b []byte) []byte {
	z := r.zips.Get().(*gzip.Writer)
	defer r.zips.Put(z)
	out := bytes.NewBuffer(make([]byte, 0, len(b)/3))
	z.Reset(out)
	_, _ = z.Write(b)
	_ = z.Close()
	return out.Bytes()
}
