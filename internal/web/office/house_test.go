package office_test

import (
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/web/admin"
	"tongban/internal/web/counter"
	"tongban/internal/web/office"
	"tongban/internal/web/ui"
	"tongban/internal/web/webtest"
)

// found is the county behind the pages of those who work there.
func found(t *testing.T) *webtest.World {
	t.Helper()
	return webtest.Found(t, 7, func(a act.Actor) []ui.Link {
		switch a.Post {
		case "window":
			return counter.Menu()
		case "admin", "catalogue":
			return admin.Menu(a)
		}
		return office.Menu(a)
	}, counter.Mount, office.Mount, admin.Mount)
}
