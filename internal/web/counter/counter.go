// Package counter is the pages of the window: the queue, taking in what people
// bring, and the acts of receiving. It holds no rule; what may be done is asked
// in the command.
package counter

import (
	"net/http"

	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

// Mount adds the counter's pages.
func Mount(d *door.Door, mux *http.ServeMux) error { return nil }

// Menu is the left menu of a window clerk.
func Menu() []ui.Link {
	return []ui.Link{
		{Text: ui.M("counter.menu.queue"), Href: "/counter"},
		{Text: ui.M("counter.menu.intake"), Href: "/counter/intake"},
		{Text: ui.M("counter.menu.find"), Href: "/counter/find"},
	}
}
