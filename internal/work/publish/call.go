package publish

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"

	"tongban/internal/rules/wording"
)

// prefix is where the operations of a portal begin; below it are those about
// lower bodies.
const prefix = "/api/v1/lower/"

// answerMost bounds an answer in bytes.
const answerMost = 64 << 20

// trouble is what is wrong with an attempt, in a sentence that says what to do.
type trouble struct{ wording.Message }

func wrong(key string, pairs ...any) error { return trouble{wording.M("publish.why."+key, pairs...)} }

// call asks the higher portal about this portal's region. in is sent as JSON
// where it is not nil, and the answer read into out.
func (d *Desk) call(ctx context.Context, method, path string, q url.Values, in, out any) error {
	var body bytes.Buffer
	if in != nil {
		enc := json.NewEncoder(&body)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(in); err != nil {
			return err
		}
	}
	address := strings.TrimRight(d.Higher.URL, "/") + prefix + d.Region + path
	if len(q) > 0 {
		address += "?" + q.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, method, address, &body)
	if err != nil {
		return err
	}
	r.Header.Set("Accept-Language", "zh-CN")
	r.Header.Set("User-Agent", "Tongban")
	if in != nil {
		key, err := os.ReadFile(d.Higher.KeyFile)
		if err != nil {
			return wrong("key_file", "file", d.Higher.KeyFile)
		}
		r.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(key)))
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := d.http().Do(r)
	if err != nil {
		return d.unreached(ctx, err)
	}
	defer func() { _ = answer.Body.Close() }()
	b, err := io.ReadAll(io.LimitReader(answer.Body, answerMost))
	if err != nil {
		return d.unreached(ctx, err)
	}
	if answer.StatusCode != http.StatusOK {
		return d.declined(answer.StatusCode, b)
	}
	if out == nil {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	if dec.Decode(out) != nil {
		return wrong("answer", "host", host(d.Higher.URL))
	}
	return nil
}

// unreached says why there was no answer.
func (d *Desk) unreached(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return wrong("certificate", "host", host(d.Higher.URL))
	}
	return wrong("unreachable", "host", host(d.Higher.URL))
}

// The bounds of what is told of a refusal.
const (
	faultsTold = 5
	faultMost  = 200 // characters
)

// declined says what an answer other than 200 means.
func (d *Desk) declined(status int, body []byte) error {
	var p struct {
		Detail string `json:"detail"`
		Errors []struct {
			Field   string `json:"field"`
			Message string `json:"message"`
		} `json:"errors"`
	}
	_ = json.Unmarshal(body, &p) // whatever answered, the status says enough
	at := host(d.Higher.URL)
	switch {
	case status == http.StatusUnauthorized:
		return wrong("key", "host", at, "file", d.Higher.KeyFile)
	case status == http.StatusForbidden:
		return wrong("forbidden", "host", at, "region", d.Region)
	case status == http.StatusNotFound, status >= 300 && status < 400:
		return wrong("nowhere", "host", at, "region", d.Region)
	case status == http.StatusUnprocessableEntity && len(p.Errors) > 0:
		var told []string
		for _, f := range p.Errors[:min(len(p.Errors), faultsTold)] {
			told = append(told, short(f.Field+"："+f.Message))
		}
		return wrong("refused", "host", at, "n", len(p.Errors), "rows", strings.Join(told, "；"))
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable, status == http.StatusBadGateway, status == http.StatusGatewayTimeout:
		return wrong("busy", "host", at)
	}
	return wrong("status", "host", at, "status", status, "said", short(p.Detail))
}

func short(s string) string {
	if r := []rune(s); len(r) > faultMost {
		return string(r[:faultMost]) + "…"
	}
	return s
}
