package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"golang.org/x/text/language"

	"tongban/internal/house/asked"
	"tongban/internal/record/act"
	"tongban/internal/rules/wording"
)

// Problem is an error as RFC 9457 writes it.
type Problem struct {
	Type   string `json:"type" format:"uri"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	Code   string `json:"code"`
	Law    string `json:"law,omitempty"`
	Next   string `json:"next,omitempty"`
	ID     string `json:"id,omitempty"`
	// Request is the number of the request, as in the log and in X-Request-Id.
	Request string  `json:"request,omitempty"`
	Errors  []Fault `json:"errors,omitempty"`

	lang  wording.Lang
	retry int // seconds
}

// Fault is what is wrong with one field; of a cell of a file that was sent also where it
// stands, what is wrong there and what is allowed.
type Fault struct {
	Field   string `json:"field"`
	Message string `json:"message"`
	Sheet   string `json:"sheet,omitempty"`
	Row     int    `json:"row,omitempty"`
	Column  string `json:"column,omitempty"`
	What    string `json:"what,omitempty"`
	Allowed string `json:"allowed,omitempty"`
}

// faultAt is a fault with its place, where its sentence has one: the sheet or file, the
// row or line, and the column.
func faultAt(f act.Field, lang wording.Lang) Fault {
	out, args := Fault{Field: f.Name, Message: f.Msg.In(lang)}, f.Msg.Args
	what, ok := args["what"].(wording.Message)
	if !ok {
		return out
	}
	for _, name := range []string{"sheet", "file"} {
		if s, ok := args[name].(string); ok {
			out.Sheet = s
		}
	}
	for _, name := range []string{"row", "line"} {
		if n, ok := args[name].(int); ok {
			out.Row = n
		}
	}
	out.Column, _ = args["column"].(string)
	if out.Sheet != "" || out.Row != 0 || out.Column != "" {
		out.What, out.Allowed = what.Halves(lang)
	}
	return out
}

// Error is the detail.
func (p *Problem) Error() string { return p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is that of RFC 9457.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders are the headers that come with the problem.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{"Content-Language": {tagOf(p.lang)}, "Cache-Control": {"no-store"}}
	if p.retry > 0 {
		h.Set("Retry-After", strconv.Itoa(p.retry))
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	return h
}

// panicked is a panic as an error.
type panicked struct{ v any }

// Error tells what was thrown.
func (p panicked) Error() string { return fmt.Sprintf("panic: %v", p.v) }

// retryAfter is how many seconds to wait after something could not be stored.
const retryAfter = 30

// statusOf is the HTTP status of an error: by its kind, but for those that say
// who one is or that one should wait.
func statusOf(e *act.Error) int {
	switch e.Code {
	case "act.sign_in", "identity.session.ended", "received.key":
		return http.StatusUnauthorized
	case "identity.sign_in.wait", "api.slow":
		return http.StatusTooManyRequests
	case "file.too_large", "api.large":
		return http.StatusRequestEntityTooLarge
	}
	switch e.Kind {
	case act.Invalid:
		return http.StatusUnprocessableEntity
	case act.Refused:
		return http.StatusForbidden
	case act.NotFound:
		return http.StatusNotFound
	case act.Conflict:
		return http.StatusConflict
	case act.Gone:
		return http.StatusGone
	case act.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// problemOf writes an error of the house for a reader. err has been settled.
func problemOf(err error, lang wording.Lang) *Problem {
	var e *act.Error
	if !errors.As(err, &e) {
		e = &act.Error{Kind: act.Internal, Code: "act.internal", Msg: wording.M("act.internal", "id", "-")}
	}
	p := &Problem{
		Type: "urn:tongban:error:" + e.Code, Code: e.Code, Status: statusOf(e), Detail: e.Msg.In(lang), Law: e.Law, ID: e.ID, lang: lang,
		Title: wording.Text(lang, "api.kind."+string(e.Kind)),
	}
	if !e.Next.IsZero() {
		p.Next = e.Next.In(lang)
	}
	for _, f := range e.Fields {
		p.Errors = append(p.Errors, faultAt(f, lang))
	}
	switch p.Status {
	case http.StatusServiceUnavailable:
		p.retry = retryAfter
	case http.StatusTooManyRequests:
		p.retry = seconds(e.Msg.Args["seconds"])
	}
	return p
}

func seconds(v any) int {
	if n, ok := v.(int64); ok {
		return int(n)
	}
	return retryAfter
}

// plain is a problem of the protocol itself.
func plain(status int, key string, lang wording.Lang, faults ...Fault) *Problem {
	return &Problem{
		Type: "urn:tongban:error:" + key, Code: key, Status: status, Title: wording.Text(lang, "api.status."+strconv.Itoa(status)),
		Detail: wording.Text(lang, key, "n", len(faults)), Errors: faults, lang: lang,
	}
}

// send writes a problem where no operation is running.
func send(w http.ResponseWriter, p *Problem) {
	h := w.Header()
	for k, v := range p.GetHeaders() {
		h[k] = v
	}
	h.Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	p.Request = w.Header().Get(asked.Header)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(p) // the reader has gone
}

var languages = language.NewMatcher([]language.Tag{language.SimplifiedChinese, language.English})

// langOf chooses the language of the answer: Chinese unless English comes first.
func langOf(accept string) wording.Lang {
	if _, i := language.MatchStrings(languages, accept); i == 1 {
		return wording.EN
	}
	return wording.ZH
}

func tagOf(lang wording.Lang) string {
	if lang == wording.EN {
		return "en"
	}
	return "zh-CN"
}
