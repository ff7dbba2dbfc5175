package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// The style sheet is kept in parts for the reader of the source and sent as one.
//
//go:embed static
var staticFiles embed.FS

var styleParts = []string{"tokens.css", "base.css", "shell.css", "form.css", "list.css", "figure.css", "print.css"}

// AssetPath is where Assets is mounted.
const AssetPath = "/assets/"

type asset struct {
	name     string // with the hash of the content
	kind     string
	body, gz []byte
}

// assets are prepared once: named by content, so that they can be cached for
// ever, and compressed, so that no request pays for it.
var assets = sync.OnceValue(func() map[string]asset {
	all := map[string]asset{}
	var css bytes.Buffer
	for _, part := range styleParts {
		css.Write(mustStatic(part))
		css.WriteByte('\n')
	}
	add := func(name, kind string, body []byte) {
		sum := sha256.Sum256(body)
		ext := path.Ext(name)
		hashed := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
		all[name] = asset{name: hashed, kind: kind, body: body, gz: compress(body)}
	}
	add("app.css", "text/css; charset=utf-8", squeeze(css.Bytes()))
	add("app.js", "text/javascript; charset=utf-8", mustStatic("app.js"))
	add("mark.svg", "image/svg+xml", mustStatic("mark.svg"))
	return all
})

// AssetURL is the address of a static file by its plain name: app.css, app.js, mark.svg.
func AssetURL(name string) string { return AssetPath + assets()[name].name }

// Assets serves the style sheet, the script and the site's mark under
// AssetPath. A name with another hash is answered 404: it is another release's.
func Assets() http.Handler {
	byHash := map[string]asset{}
	for _, a := range assets() {
		byHash[a.name] = a
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := byHash[strings.TrimPrefix(r.URL.Path, AssetPath)]
		if !ok {
			http.NotFound(w, r)
			return
		}
		body := a.body
		h := w.Header()
		h.Set("Content-Type", a.kind)
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("Vary", "Accept-Encoding")
		if acceptsGzip(r) {
			h.Set("Content-Encoding", "gzip")
			body = a.gz
		}
		h.Set("Content-Length", strconv.Itoa(len(body)))
		if r.Method != http.MethodHead {
			_, _ = w.Write(body)
		}
	})
}

func acceptsGzip(r *http.Request) bool {
	for _, part := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		coding, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if coding == "gzip" {
			return strings.TrimSpace(q) != "q=0"
		}
	}
	return false
}

func mustStatic(name string) []byte {
	b, err := staticFiles.ReadFile("static/" + name)
	if err != nil {
		panic(err) // embedded: missing only if the build is wrong
	}
	return b
}

func compress(b []byte) []byte {
	var out bytes.Buffer
	z, _ := gzip.NewWriterLevel(&out, gzip.BestCompression)
	_, _ = z.Write(b)
	_ = z.Close()
	return out.Bytes()
}

var (
	cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	cssSpace   = regexp.MustCompile(`\s+`)
	cssTight   = regexp.MustCompile(`\s*([{};,])\s*`)
)

// squeeze drops comments and blanks from the style sheet; it changes no token.
func squeeze(css []byte) []byte {
	css = cssComment.ReplaceAll(css, nil)
	css = cssSpace.ReplaceAll(css, []byte(" "))
	css = cssTight.ReplaceAll(css, []byte("$1"))
	return bytes.TrimSpace(css)
}
