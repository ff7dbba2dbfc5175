package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"tongban/internal/house/asked"
	"tongban/internal/rules/wording"
)

// reshape makes the decoder speak like the house: its errors become Problems in
// our words. It sets what the library keeps for the whole program, once.
var reshape = sync.OnceFunc(func() {
	huma.DefaultArrayNullable = false // a list that is there is a list
	huma.NewError = func(status int, _ string, errs ...error) huma.StatusError { return decoded(status, wording.ZH, errs) }
	huma.NewErrorWithContext = func(ctx huma.Context, status int, _ string, errs ...error) huma.StatusError {
		lang := langOf(ctx.Header("Accept-Language"))
		p := decoded(status, lang, errs)
		for k, v := range p.GetHeaders() {
			ctx.SetHeader(k, v[0])
		}
		p.Request = asked.ID(ctx.Context())
		return p
	}
})

// decoded is the Problem of a request that could not be read.
func decoded(status int, lang wording.Lang, errs []error) *Problem {
	key := map[int]string{
		http.StatusBadRequest: "api.unreadable", http.StatusRequestEntityTooLarge: "api.large", http.StatusRequestTimeout: "api.timeout",
		http.StatusUnsupportedMediaType: "api.media", http.StatusNotAcceptable: "api.accept", http.StatusUnprocessableEntity: "api.wrong",
	}[status]
	if key == "" {
		key, status = "api.broken", http.StatusBadRequest
	}
	var faults []Fault
	for _, err := range errs {
		var d *huma.ErrorDetail
		if status == http.StatusUnprocessableEntity && errors.As(err, &d) {
			faults = append(faults, faultOf(d, lang))
		}
	}
	return plain(status, key, lang, faults...)
}

// phrases are how the decoder's messages begin, and what is said instead. What
// was sent is never repeated: it may be somebody's number.
var phrases = []struct{ begins, key string }{
	{"expected required property ", "api.fault.required"},
	{"required ", "api.fault.required"},
	{"unexpected property", "api.fault.unexpected"},
	{"unknown query parameter", "api.fault.unexpected"},
	{"expected boolean", "api.fault.boolean"},
	{"invalid boolean", "api.fault.boolean"},
	{"expected integer", "api.fault.integer"},
	{"invalid integer", "api.fault.integer"},
	{"expected number to be", "api.fault.range"},
	{"expected number >", "api.fault.range"},
	{"expected number <", "api.fault.range"},
	{"expected number", "api.fault.number"},
	{"expected string to be RFC 3339 date", "api.fault.date"},
	{"expected string", "api.fault.string"},
	{"expected array length", "api.fault.range"},
	{"expected array", "api.fault.array"},
	{"expected object", "api.fault.object"},
	{"expected length", "api.fault.range"},
	{"expected value to be one of ", "api.fault.one_of"},
}

func faultOf(d *huma.ErrorDetail, lang wording.Lang) Fault {
	where := d.Location
	for _, part := range []string{"body.", "query.", "path.", "header."} {
		where = strings.TrimPrefix(where, part)
	}
	if where == "body" {
		where = ""
	}
	for _, p := range phrases {
		rest, ok := strings.CutPrefix(d.Message, p.begins)
		if !ok {
			continue
		}
		choices := ""
		switch p.begins {
		case "expected required property ":
			name, _, _ := strings.Cut(rest, " ")
			where = strings.TrimPrefix(where+"."+name, ".")
		case "expected value to be one of ":
			choices = strings.ReplaceAll(strings.Trim(rest, `"`), ", ", " / ")
		}
		return Fault{Field: where, Message: wording.Text(lang, p.key, "choices", choices)}
	}
	return Fault{Field: where, Message: wording.Text(lang, "api.fault.form")}
}

// maxDepth bounds how deep a body may nest; no form comes near it.
const maxDepth = 32

var errDepth = errors.New("nested too deep")

// unmarshal reads JSON of bounded depth.
func unmarshal(data []byte, v any) error {
	depth, text, escaped := 0, false, false
	for _, b := range data {
		switch {
		case escaped:
			escaped = false
		case text && b == '\\':
			escaped = true
		case b == '"':
			text = !text
		case text:
		case b == '{' || b == '[':
			if depth++; depth > maxDepth {
				return errDepth
			}
		case b == '}' || b == ']':
			depth--
		}
	}
	return json.Unmarshal(data, v)
}
