package witness

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"tongban/internal/record/ledger"
)

// Client asks one witness over HTTP. It is a ledger.Asker.
type Client struct {
	prefix string
	http   *http.Client
}

// clientTime bounds one request whatever the caller allows.
const clientTime = 15 * time.Second

// NewClient asks the witness with this submission prefix. Redirects are not
// followed: the address is the operator's word.
func NewClient(prefix string) *Client {
	return &Client{strings.TrimRight(prefix, "/"), &http.Client{
		Timeout:       clientTime,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// AddCheckpoint implements ledger.Asker.
func (c *Client) AddCheckpoint(ctx context.Context, old int64, proof tlog.TreeProof, checkpoint string) (string, error) {
	body := request{old, proof, checkpoint}.String()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.prefix+addPath, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	r.Header.Set("Content-Type", "text/plain; charset=utf-8")
	a, err := c.http.Do(r)
	if err != nil {
		return "", err
	}
	defer a.Body.Close()
	b, err := io.ReadAll(io.LimitReader(a.Body, requestMost))
	if err != nil {
		return "", err
	}
	text := string(b)
	switch a.StatusCode {
	case http.StatusOK:
		return text, nil
	case http.StatusConflict:
		if size, ok := strings.CutSuffix(text, "\n"); ok && a.Header.Get("Content-Type") == sizeType {
			if n, err := parseSize(size); err == nil {
				return "", ledger.OtherSize{Size: n}
			}
		}
		return "", fmt.Errorf("%w: %s", ledger.ErrApart, a.Status)
	case http.StatusUnprocessableEntity:
		return "", fmt.Errorf("%w: the proof does not hold for the witness", ledger.ErrApart)
	}
	return "", fmt.Errorf("the witness answered %s: %.200q", a.Status, text)
}

// Parse reads how an operator names a witness: its key, @, its address, as in
// "shi.example/w1+1234abcd+BA…@https://shi.example/witness".
func Parse(text string) (ledger.Witness, error) {
	at := strings.LastIndex(text, "@http")
	if at < 0 {
		return ledger.Witness{}, errors.New("a witness is written KEY@URL")
	}
	key, err := ledger.ParseWitnessKey(text[:at])
	if err != nil {
		return ledger.Witness{}, err
	}
	u, err := url.Parse(text[at+1:])
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return ledger.Witness{}, fmt.Errorf("%q is not the address of a witness", text[at+1:])
	}
	return ledger.Witness{Key: key, Asker: NewClient(u.String())}, nil
}
