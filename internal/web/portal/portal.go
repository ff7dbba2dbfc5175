// Package portal is the pages of the public and of applicants: finding what to
// do, applying, following a case, licences, and checking whether a paper is
// real. It holds no rule and no SQL: what may be done is asked in the command.
package portal

import (
	"embed"
	"net/http"
	"strconv"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/wording"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

//go:embed pages
var pages embed.FS

// portal draws the pages of this room.
type portal struct {
	*door.Door
	guesses *guesses // of query codes and check codes
}

// Mount adds the pages of the public and of applicants.
func Mount(d *door.Door, mux *door.Mux) error {
	if err := d.UI.Add("portal", pages); err != nil {
		return err
	}
	p := &portal{Door: d, guesses: newGuesses()}
	p.public(mux)
	p.apply(mux)
	p.mine(mux)
	return nil
}

// public adds what anybody may read.
func (p *portal) public(mux *door.Mux) {
	mux.HandleFunc("GET /{$}", p.home)
	mux.HandleFunc("GET /search", p.search)
	mux.HandleFunc("POST /search/missing", p.missing)
	mux.HandleFunc("GET /items/{id}", p.guide)
	mux.HandleFunc("GET /items/{id}/{version}", p.guideVersion)
	mux.HandleFunc("GET /items/{id}/flow.svg", p.flowPicture)
	mux.HandleFunc("GET /items/{id}/flow.bpmn", p.flowFile)
	mux.HandleFunc("GET /progress", p.progressForm)
	mux.HandleFunc("POST /progress", p.progress)
	mux.HandleFunc("GET /grants", p.grants)
	mux.HandleFunc("GET /check", p.checkForm)
	mux.HandleFunc("GET /check/{code}", p.check)
	mux.HandleFunc("GET /sign-up", p.signUpPage)
	mux.HandleFunc("POST /sign-up", p.signUp)
	mux.HandleFunc("GET /proof", p.proofHelp)
	for _, name := range texts {
		mux.HandleFunc("GET /"+name, p.text(name))
	}
}

// apply adds the way from the guide to the receipt.
func (p *portal) apply(mux *door.Mux) {
	mux.HandleFunc("GET /apply/{item}", p.own(p.startPage))
	mux.HandleFunc("POST /apply/{item}", p.own(p.start))
	mux.HandleFunc("GET /draft/{id}", p.own(p.draftPage))
	mux.HandleFunc("GET /draft/{id}/form/{group}", p.own(p.questionPage))
	mux.HandleFunc("POST /draft/{id}/form/{group}", p.own(p.question))
	mux.HandleFunc("GET /draft/{id}/file/{material}", p.own(p.uploadPage))
	mux.Upload("POST /draft/{id}/file/{material}", p.own(p.upload))
	mux.HandleFunc("POST /draft/{id}/file/{material}/remove/{file}", p.own(p.removeFile))
	mux.HandleFunc("GET /draft/{id}/delivery", p.own(p.deliveryPage))
	mux.HandleFunc("POST /draft/{id}/delivery", p.own(p.delivery))
	mux.HandleFunc("GET /draft/{id}/check", p.own(p.answersPage))
	mux.HandleFunc("POST /draft/{id}/check", p.own(p.submit))
	mux.HandleFunc("GET /files/{id}", p.own(p.fileContent))
	mux.HandleFunc("GET /files/{id}/preview", p.own(p.filePreview))
}

// mine adds what belongs to the person who is signed in.
func (p *portal) mine(mux *door.Mux) {
	mux.HandleFunc("GET /my", p.own(p.cases))
	mux.HandleFunc("GET /my/{id}", p.own(p.casePage))
	mux.HandleFunc("GET /my/{id}/calendar.ics", p.own(p.calendar))
	mux.HandleFunc("GET /my/{id}/papers/{paper}", p.own(p.paper))
	mux.HandleFunc("GET /my/{id}/papers/{paper}/pdf", p.own(p.paperPDF))
	mux.HandleFunc("GET /my/{id}/correct", p.own(p.correctPage))
	mux.HandleFunc("POST /my/{id}/correct", p.own(p.correct))
	mux.HandleFunc("GET /my/{id}/correct/{material}", p.own(p.replacePage))
	mux.Upload("POST /my/{id}/correct/{material}", p.own(p.replace))
	mux.HandleFunc("GET /my/{id}/withdraw", p.own(p.withdrawPage))
	mux.HandleFunc("POST /my/{id}/withdraw", p.own(p.withdraw))
	mux.HandleFunc("GET /my/{id}/proof", p.own(p.proofPage))
	mux.HandleFunc("GET /my/{id}/proof.json", p.own(p.proof))
	mux.HandleFunc("GET /licences", p.own(p.licences))
	mux.HandleFunc("GET /licences/{id}", p.own(p.licence))
	mux.HandleFunc("GET /licences/{id}/qr.svg", p.own(p.licenceQR))
	mux.HandleFunc("GET /licences/{id}/pdf", p.own(p.licencePDF))
	mux.HandleFunc("GET /licences/{id}/sealed", p.own(p.licenceFile))
	mux.HandleFunc("GET /inbox", p.own(p.inbox))
	mux.HandleFunc("POST /inbox", p.own(p.read))
	mux.HandleFunc("GET /looks", p.own(p.looks))
}

// handler is a page of somebody who is signed in and acts for themself.
type handler func(w http.ResponseWriter, r *http.Request, a act.Actor)

// own wants somebody who acts for themself: officials in a post set it aside first.
func (p *portal) own(h handler) http.HandlerFunc {
	return p.Person(func(w http.ResponseWriter, r *http.Request) {
		a := door.Actor(r)
		if a.Who == act.Staff {
			p.UI.Problem(w, r, http.StatusForbidden, ui.Problem{Title: ui.M("portal.own.title"), Body: ui.M("portal.own.body"),
				Links: []ui.Link{{Text: ui.M("portal.own.switch"), Href: "/post"}, {Text: ui.M("ui.home"), Href: "/"}}})
			return
		}
		h(w, r, a)
	})
}

// show renders a page of this room.
func (p *portal) show(w http.ResponseWriter, r *http.Request, page ui.Page) {
	p.UI.Render(w, r, http.StatusOK, page)
}

// wrong renders a form again with what is to be mended.
func (p *portal) wrong(w http.ResponseWriter, r *http.Request, page ui.Page) {
	p.UI.Render(w, r, http.StatusUnprocessableEntity, page)
}

// number reads an id in the address; ok is false when the answer has been written.
func (p *portal) number(w http.ResponseWriter, r *http.Request, name string) (id int64, ok bool) {
	id, err := strconv.ParseInt(r.PathValue(name), 10, 64)
	if err != nil || id <= 0 {
		p.UI.NotFound(w, r)
		return 0, false
	}
	return id, true
}

// agency is an agency's full name today; one that is gone is called by its key.
func (p *portal) agency(tx *store.Tx, key string) ui.Text {
	g, err := p.House.People.Agency(tx, key, tx.Today())
	if err != nil {
		return ui.Plain(key)
	}
	return ui.Both{ZH: g.Name, EN: g.NameEN}
}

func say(r *http.Request, key string, pairs ...any) string {
	return wording.Text(door.Lang(r), key, pairs...)
}

func id(n int64) string { return strconv.FormatInt(n, 10) }

// parseID reads an id; what is none is 0.
func parseID(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}
