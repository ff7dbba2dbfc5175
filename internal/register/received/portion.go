package received

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"tongban/internal/record/act"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// Format names the form of a portion.
const Format = "tongban-portion/1"

// MostRows bounds the rows of a portion.
const MostRows = 500

// Portion is what a body sends at once.
type Portion struct {
	Format  string `json:"format" maxLength:"40" example:"tongban-portion/1"`
	Entries []Row  `json:"entries" maxItems:"500" nullable:"false"`
	Gone    []Gone `json:"gone" maxItems:"500" nullable:"false"`
}

// Row is a version of an entry as the public reads it at the body's portal. Digest
// is the SHA-256, in hex, of Content as JSON: keys in byte order, no white space.
type Row struct {
	List    string            `json:"list" maxLength:"40" example:"power"`
	Code    string            `json:"code" maxLength:"200" example:"PL-01-001"`
	N       int               `json:"n" example:"1"`
	From    day.Day           `json:"from"`
	Ended   bool              `json:"ended"`
	Region  string            `json:"region" maxLength:"12" example:"990124"`
	Link    string            `json:"link" maxLength:"2000" example:"https://yunhe.example/lists/power/PL-01-001/v1"`
	Digest  string            `json:"digest" maxLength:"64" example:"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"`
	Names   map[string]string `json:"names"`
	Content map[string]any    `json:"content"`

	text []byte // Content in its canonical form
}

// Gone names a version that the body never published, by the digest of what is
// held under its number.
type Gone struct {
	List   string `json:"list" maxLength:"40" example:"power"`
	Code   string `json:"code" maxLength:"200" example:"PL-01-001"`
	N      int    `json:"n" example:"1"`
	Digest string `json:"digest" maxLength:"64" example:"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"`
}

const (
	codeMost  = 200
	valueMost = 20_000 // characters of a value
	linkMost  = 500
	namesMost = 200
	nMost     = 1_000_000
)

var listShape = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// check names every row that cannot be taken, and makes the others ready.
func (p *Portion) check(region string) error {
	if p.Format != Format {
		return act.Wrong("received.format", "want", Format)
	}
	if n := len(p.Entries) + len(p.Gone); n > MostRows {
		return act.Wrong("received.many", "max", MostRows, "got", n)
	}
	var fields []act.Field
	seen := map[string]bool{}
	add := func(part string, i int, list, code string, n int, m wording.Message) {
		if key := fmt.Sprint(part, list, "\n", code, "\n", n); m.IsZero() && seen[key] {
			m = wording.M("received.twice")
		} else {
			seen[key] = true
		}
		if !m.IsZero() {
			fields = append(fields, act.Field{Name: fmt.Sprintf("%s[%d] %s %s v%d", part, i, cut(list), cut(code), n), Msg: m})
		}
	}
	for i := range p.Entries {
		e := &p.Entries[i]
		add("entries", i, e.List, e.Code, e.N, e.check(region))
	}
	for i, g := range p.Gone {
		add("gone", i, g.List, g.Code, g.N, named(g.List, g.Code, g.N))
	}
	if len(fields) > 0 {
		return act.WrongFields("received.wrong", fields)
	}
	return nil
}

// cut makes a text short enough to be named.
func cut(s string) string {
	if r := []rune(s); len(r) > codeMost {
		return string(r[:codeMost]) + "…"
	}
	return s
}

// named says what is wrong with the name of a version.
func named(list, code string, n int) wording.Message {
	switch {
	case !listShape.MatchString(list):
		return wording.M("received.row.list")
	case code == "" || utf8.RuneCountInString(code) > codeMost || strings.ContainsFunc(code, unicode.IsControl):
		return wording.M("received.row.code", "max", codeMost)
	case n < 1 || n > nMost:
		return wording.M("received.row.n")
	}
	return wording.Message{}
}

// check says what is wrong with a row; nothing when it can be kept.
func (e *Row) check(region string) wording.Message {
	if m := named(e.List, e.Code, e.N); !m.IsZero() {
		return m
	}
	link, err := url.Parse(e.Link)
	name, _ := e.Content["name"].(string)
	switch {
	case e.From <= 0:
		return wording.M("received.row.from")
	case e.Region != "" && !strings.HasPrefix(e.Region, region):
		return wording.M("received.row.region", "region", region)
	case err != nil || len(e.Link) > linkMost || link.Scheme != "http" && link.Scheme != "https" || link.Host == "" || link.User != nil:
		return wording.M("received.row.link")
	case e.Content["code"] != e.Code:
		return wording.M("received.row.same")
	case strings.TrimSpace(name) == "":
		return wording.M("received.row.name")
	case len(e.Names) > namesMost:
		return wording.M("received.row.names", "max", namesMost)
	}
	for key, v := range e.Names {
		if !plain(key) || !plain(v) {
			return wording.M("received.row.value", "key", "names")
		}
	}
	for key, v := range e.Content {
		if !plain(key) || !value(v, true) {
			return wording.M("received.row.value", "key", cut(key))
		}
	}
	if e.text, err = canonical(e.Content); err != nil {
		return wording.M("received.row.value", "key", "content")
	}
	if sum := sha256.Sum256(e.text); hex.EncodeToString(sum[:]) != e.Digest {
		return wording.M("received.row.digest")
	}
	return wording.Message{}
}

// canonical is a content in the form over which its digest is taken.
func canonical(content map[string]any) ([]byte, error) {
	return lists.Content{Columns: content}.MarshalJSON()
}

// plain tells whether a text can be kept and shown.
func plain(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsRune(s, 0) && utf8.RuneCountInString(s) <= valueMost
}

// value tells whether something can stand in a column: a text, a whole number, yes
// or no; as a table, rows of such.
func value(v any, table bool) bool {
	switch v := v.(type) {
	case string:
		return plain(v)
	case bool:
		return true
	case float64:
		return v == math.Trunc(v) && math.Abs(v) < 1<<53
	case []any:
		return table && !slices.ContainsFunc(v, func(x any) bool { return !row(x) })
	}
	return false
}

func row(x any) bool {
	cells, ok := x.(map[string]any)
	if !ok {
		return false
	}
	for key, v := range cells {
		if !plain(key) || !value(v, false) {
			return false
		}
	}
	return true
}

// digestIs tells whether a content that is kept has a digest.
func digestIs(content, digest string) bool {
	want, err := hex.DecodeString(digest)
	sum := sha256.Sum256([]byte(content))
	return err == nil && bytes.Equal(want, sum[:])
}
