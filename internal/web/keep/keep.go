// Package keep is the pages about what is kept of people: what would be erased,
// what must stay until when and why, asking for erasure, and settling what was
// asked. It holds no rule; what may be done is asked in the command.
package keep

import (
	"embed"
	"net/http"
	"strconv"

	"tongban/internal/record/act"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

//go:embed pages
var files embed.FS

// room is these pages.
type room struct{ *door.Door }

// Mount adds the pages of the person, of the clerk before whom they stand, and of
// those who settle.
func Mount(d *door.Door, mux *door.Mux) error {
	k := &room{d}
	mux.HandleFunc("GET /my/data", d.Person(k.mine))
	mux.HandleFunc("POST /my/data", d.Person(k.ask))
	mux.HandleFunc("POST /my/data/use", d.Person(k.use))
	mux.HandleFunc("GET /counter/data/{person}", d.Staff(k.theirs))
	mux.HandleFunc("POST /counter/data/{person}", d.Staff(k.askFor))
	mux.HandleFunc("GET /office/erasures", d.Staff(k.list))
	mux.HandleFunc("GET /office/erasures/{id}", d.Staff(k.one))
	mux.HandleFunc("POST /office/erasures/{id}", d.Staff(k.settle))
	return d.UI.Add("keep", files)
}

// Menu is the left menu of who settles.
func Menu() []ui.Link {
	return []ui.Link{{Text: ui.M("keep.menu"), Href: "/office/erasures"}}
}

// number reads an id of the address; 0 when it is none, which nothing has.
func number(r *http.Request, name string) int64 {
	n, err := strconv.ParseInt(r.PathValue(name), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func id(n int64) string { return strconv.FormatInt(n, 10) }

// oneself is the reader without the post they act in: officials have data of
// their own too.
func oneself(r *http.Request) act.Actor {
	a := door.Actor(r)
	a.Who, a.Agency, a.Post, a.StandsFor = act.Applicant, "", "", 0
	return a
}
