package portal_test

import (
	"net/http"
	"net/url"
	"testing"

	"tongban/internal/web/laws"
	"tongban/internal/web/lists"
	"tongban/internal/web/portal"
	"tongban/internal/web/webtest"
)

// world is the founded county behind the pages of the portal.
type world struct{ *webtest.World }

func found(t *testing.T) *world {
	t.Helper()
	return &world{webtest.Found(t, 11, nil, portal.Mount, laws.Mount, lists.Mount)}
}

// browser is somebody who goes through the portal page by page: each page has
// one form that matters, the first.
type browser struct {
	*webtest.Browser
	w *world
}

func (w *world) browser() *browser { return &browser{w.Anybody(), w} }

// resident is a browser of somebody who is signed in.
func (w *world) resident(login string) *browser {
	w.T.Helper()
	return &browser{w.Resident(login), w}
}

func (b *browser) get(path string) *browser { b.World.T.Helper(); b.Get(path); return b }

func (b *browser) take(r *http.Response, err error) *browser {
	b.World.T.Helper()
	b.Take(r, err)
	return b
}

// post sends the page's form with these answers changed.
func (b *browser) post(change url.Values) *browser {
	b.World.T.Helper()
	action, v := b.Form("")
	for k, list := range change {
		v[k] = list
	}
	b.Post(action, v)
	return b
}

// upload sends one file by the page's form.
func (b *browser) upload(name string, content []byte) *browser {
	b.World.T.Helper()
	b.Upload("", map[string][]byte{"file=" + name: content})
	return b
}

func (b *browser) follow(text string) *browser { b.World.T.Helper(); b.Follow(text); return b }

// says wants the page to have this status and to hold these texts.
func (b *browser) says(status int, texts ...string) *browser {
	b.World.T.Helper()
	b.Is(status).Says(texts...)
	return b
}
