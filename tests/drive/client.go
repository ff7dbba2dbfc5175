package drive

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"tongban/internal/demo"
	"tongban/internal/web/door"
)

// Client speaks to one server over kept connections.
type Client struct {
	URL  string
	http *http.Client
}

// requestLimit bounds one request; a server that was killed answers none.
const requestLimit = 30 * time.Second

// NewClient makes a client that keeps up to n connections.
func NewClient(url string, n int) *Client {
	t := &http.Transport{
		MaxIdleConns: n, MaxIdleConnsPerHost: n, IdleConnTimeout: time.Minute, DisableCompression: true,
		DialContext: (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
	}
	return &Client{URL: url, http: &http.Client{Transport: t, Timeout: requestLimit}}
}

// Close drops the connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Problem is a refusal as the server writes it (RFC 9457). It was answered: what
// was asked for is surely not stored.
type Problem struct {
	Status int    `json:"status"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
	Errors []struct {
		Field   string `json:"field"`
		Message string `json:"message"`
	} `json:"errors"`
}

// Error tells all of it.
func (p *Problem) Error() string {
	return fmt.Sprintf("%d %s %s %v", p.Status, p.Code, p.Detail, p.Errors)
}

// Session is somebody who is signed in.
type Session struct {
	*Client
	token string
}

// With is somebody whose token is known.
func (c *Client) With(token string) *Session { return &Session{c, token} }

// SignIn signs in with a password, and with a one-time code where one is asked for.
func (c *Client) SignIn(ctx context.Context, login, password string) (*Session, error) {
	type started struct{ Token, Next string }
	in, err := Ask[started](ctx, &Session{Client: c}, http.MethodPost, "/api/v1/sessions", "", map[string]string{"login": login, "password": password})
	if err != nil {
		return nil, fmt.Errorf("sign in %s: %w", login, err)
	}
	s := &Session{c, in.Token}
	if in.Next != "second" {
		return s, nil
	}
	now, err := code()
	if err != nil {
		return nil, err
	}
	if in, err = Ask[started](ctx, s, http.MethodPost, "/api/v1/sessions/second", "", map[string]string{"code": now}); err != nil {
		return nil, fmt.Errorf("second factor of %s: %w", login, err)
	}
	s.token = in.Token
	return s, nil
}

// Resident signs a resident in.
func (c *Client) Resident(ctx context.Context, login string) (*Session, error) {
	return c.SignIn(ctx, login, demo.PeoplePassword)
}

// Official signs an official in.
func (c *Client) Official(ctx context.Context, login string) (*Session, error) {
	return c.SignIn(ctx, login, demo.StaffPassword)
}

// At is the same person on another server: the session lies in the database.
func (s *Session) At(c *Client) *Session { return &Session{c, s.token} }

// Ask sends one request and reads its answer into an Out. A refusal is a
// *Problem; any other error means that nobody knows what became of it.
func Ask[Out any](ctx context.Context, s *Session, method, path, key string, in any) (out Out, err error) {
	b, err := s.Bytes(ctx, method, path, key, in)
	if err != nil {
		return out, err
	}
	if len(b) > 0 {
		err = json.Unmarshal(b, &out)
	}
	return out, err
}

// Bytes sends one request and returns the body of its answer.
func (s *Session) Bytes(ctx context.Context, method, path, key string, in any) ([]byte, error) {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, method, s.URL+path, body)
	if err != nil {
		return nil, err
	}
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if s.token != "" {
		r.Header.Set("Authorization", "Bearer "+s.token)
		r.AddCookie(&http.Cookie{Name: door.Cookie, Value: s.token}) // for the pages
	}
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	a, err := s.http.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = a.Body.Close() }()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		return nil, err
	}
	if a.StatusCode >= http.StatusMultipleChoices {
		p := &Problem{Status: a.StatusCode, Detail: string(b)}
		_ = json.Unmarshal(b, p)
		return nil, p
	}
	return b, nil
}

// Upload hands a file in, as a form, and returns its id.
func (s *Session) Upload(ctx context.Context, path, key, contentType string, form io.Reader) (int64, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL+path, form)
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("Authorization", "Bearer "+s.token)
	r.Header.Set("Idempotency-Key", key)
	a, err := s.http.Do(r)
	if err != nil {
		return 0, err
	}
	defer func() { _ = a.Body.Close() }()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		return 0, err
	}
	var done struct {
		File int64 `json:"file"`
	}
	if a.StatusCode != http.StatusCreated {
		p := &Problem{Status: a.StatusCode, Detail: string(b)}
		_ = json.Unmarshal(b, p)
		return 0, p
	}
	return done.File, json.Unmarshal(b, &done)
}
