// Package admin is a small administration: the catalogue, the calendar, staff
// and their posts, and how the system stands.
package admin

import (
	"net/http"

	"tongban/internal/record/act"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

// Mount adds the administration's pages.
func Mount(d *door.Door, mux *http.ServeMux) error { return nil }

// Menu is the left menu of a post.
func Menu(a act.Actor) []ui.Link {
	return []ui.Link{{Text: ui.M("admin.menu.home"), Href: "/admin"}}
}
