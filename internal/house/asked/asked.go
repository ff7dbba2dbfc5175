// Package asked gives every request an id, one line in the log, and a place in
// the metrics. The line holds the pattern of the route, never the address with
// what stands in it, and what sort of actor asked, never who.
package asked

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// Header carries the id of a request, in and out.
const Header = "X-Request-Id"

// acceptable is an id that a proxy before us may bring: bounded, and of
// characters that can do no harm in a log, a header or a page.
var acceptable = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{7,63}$`)

// Seen is what is told of a finished request.
type Seen struct {
	ID      string
	Method  string // one of the usual ones, else "other"
	Pattern string // of the route, as registered; "" where nothing answers
	Class   string // of the route: one of a few, see Class
	Status  int
	Bytes   int64
	Who     string // the actor's kind; "" where nobody asked
	Took    time.Duration
}

// record is what the rooms behind tell about a request while it runs.
type record struct {
	id, pattern, who string
}

type recordKey struct{}

func of(ctx context.Context) *record {
	r, _ := ctx.Value(recordKey{}).(*record)
	return r
}

// ID is the id of the request that ctx belongs to, "" for none.
func ID(ctx context.Context) string {
	if r := of(ctx); r != nil {
		return r.id
	}
	return ""
}

// By tells what sort of actor asks: anyone, applicant, staff. Never a name.
func By(ctx context.Context, kind string) {
	if r := of(ctx); r != nil {
		r.who = kind
	}
}

// Routed tells the pattern that the router next chose, which copies of the
// request made before it do not show.
func Routed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if rec := of(r.Context()); rec != nil && rec.pattern == "" && r.Pattern != "" { // the innermost router tells most
				rec.pattern = r.Pattern
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// Handler gives each request its id, and tells seen and the log of it when it
// has been answered.
func Handler(next http.Handler, log *slog.Logger, seen func(Seen)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		rec := &record{id: r.Header.Get(Header)}
		if !acceptable.MatchString(rec.id) {
			rec.id = rand.Text()
		}
		w.Header().Set(Header, rec.id)
		r = r.WithContext(context.WithValue(r.Context(), recordKey{}, rec))
		c := &counted{ResponseWriter: w}
		answered := false
		defer func() {
			if c.status == 0 {
				c.status = http.StatusOK
			}
			if !answered { // a panic goes on upwards
				c.status = http.StatusInternalServerError
			}
			if rec.pattern == "" {
				rec.pattern = r.Pattern
			}
			s := Seen{ID: rec.id, Method: method(r.Method), Pattern: path(rec.pattern), Status: c.status, Bytes: c.bytes, Who: rec.who, Took: time.Since(began)}
			s.Class = Class(s.Pattern)
			if seen != nil {
				seen(s)
			}
			tell(r.Context(), log, s)
		}()
		next.ServeHTTP(c, r)
		answered = true
	})
}

// tell writes the line. What asks whether the server is alive would fill the
// log with nothing, so it is told below info.
func tell(ctx context.Context, log *slog.Logger, s Seen) {
	level := slog.LevelInfo
	if s.Class == "probe" {
		level = slog.LevelDebug
	}
	log.LogAttrs(ctx, level, "request", slog.String("method", s.Method), slog.String("route", s.Pattern), slog.Int("status", s.Status),
		slog.Float64("ms", float64(s.Took.Microseconds())/1000), slog.Int64("bytes", s.Bytes), slog.String("who", s.Who))
}

// path is a pattern without its method; the pattern that takes what nothing else
// takes is none.
func path(pattern string) string {
	if _, rest, ok := strings.Cut(pattern, " "); ok {
		pattern = rest
	}
	if pattern == "/" {
		return ""
	}
	return pattern
}

// method keeps the values few, whatever is sent.
func method(s string) string {
	switch s {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete:
		return s
	}
	return "other"
}

// classes are the first segments of routes and what they belong to. The rest is
// public.
var classes = map[string]string{
	"apply": "apply", "draft": "apply", "my": "apply", "counter": "counter", "office": "office", "admin": "admin", "api": "api",
	"openapi.json": "api", "assets": "asset", "_ui": "asset", "qr": "asset", "healthz": "probe", "readyz": "probe", "metrics": "probe",
	"sign-in": "door", "sign-out": "door", "sign-up": "door", "password": "door", "second-factor": "door", "post": "door", "account": "door",
}

// Class is the part of the site that a route belongs to: public, apply, door,
// counter, office, admin, api, asset, probe, or none where nothing answers.
func Class(pattern string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(pattern, "/"), "/")
	switch {
	case pattern == "":
		return "none"
	case classes[first] != "":
		return classes[first]
	}
	return "public"
}

type counted struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// WriteHeader notes the status.
func (c *counted) WriteHeader(status int) {
	if c.status == 0 || c.status < http.StatusOK {
		c.status = status
	}
	c.ResponseWriter.WriteHeader(status)
}

// Write counts what is sent.
func (c *counted) Write(b []byte) (int, error) {
	if c.status == 0 {
		c.status = http.StatusOK
	}
	n, err := c.ResponseWriter.Write(b)
	c.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (c *counted) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// Log adds the id of the request to every line that is logged with its context.
func Log(h slog.Handler) slog.Handler { return named{h} }

type named struct{ slog.Handler }

// Handle adds the id.
func (n named) Handle(ctx context.Context, r slog.Record) error {
	if id := ID(ctx); id != "" {
		r.AddAttrs(slog.String("request", id))
	}
	return n.Handler.Handle(ctx, r)
}

// WithAttrs keeps adding the id.
func (n named) WithAttrs(attrs []slog.Attr) slog.Handler { return named{n.Handler.WithAttrs(attrs)} }

// WithGroup keeps adding the id.
func (n named) WithGroup(name string) slog.Handler { return named{n.Handler.WithGroup(name)} }
