// Package office is the pages of those who handle cases: reviewers, inspectors,
// deciders, heads, the government's leader and supervisors.
package office

import (
	"net/http"

	"tongban/internal/record/act"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

// Mount adds the office's pages.
func Mount(d *door.Door, mux *http.ServeMux) error { return nil }

// Menu is the left menu of a post.
func Menu(a act.Actor) []ui.Link {
	return []ui.Link{{Text: ui.M("office.menu.work"), Href: "/office"}}
}
