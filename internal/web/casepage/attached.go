package casepage

import (
	"net/http"

	"tongban/internal/record/act"
	"tongban/internal/record/file"
	"tongban/internal/record/store"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

// openFile finds an attachment for whoever may look at its case.
func (p *Pages) openFile(w http.ResponseWriter, r *http.Request) (file.Attachment, *file.Content, bool) {
	id, a := Number(r, "file"), door.Actor(r)
	var at file.Attachment
	err := p.door.House.Store.Read(r.Context(), func(tx *store.Tx) error {
		var found bool
		var err error
		if at, found, err = p.door.House.Files.Get(tx, id); err == nil && !found {
			err = act.Missing("casework.attachment")
		}
		return err
	})
	why := ui.Say(door.Lang(r), ui.M("office.act.look"))
	if err == nil {
		if reader, c, e := p.Reader(r.Context(), a, at.Owner.ID); e == nil {
			a, why = reader, Why(c, reader)
		}
		at, err = p.door.House.Office.OpenFile(r.Context(), a, id, why)
	}
	if err != nil {
		p.door.Fail(w, r, err)
		return at, nil, false
	}
	content, err := p.door.House.Files.Open(r.Context(), at)
	if err != nil {
		p.door.Fail(w, r, p.door.House.Runner.SettleFor(r.Context(), "file", err))
		return at, nil, false
	}
	return at, content, true
}

func (p *Pages) download(w http.ResponseWriter, r *http.Request) {
	at, content, ok := p.openFile(w, r)
	if !ok {
		return
	}
	defer func() { _ = content.Close() }()
	at.SetDownload(w.Header())
	http.ServeContent(w, r, "", at.Created.Time(), content)
}

// previewSide is the longest side of a picture on the page, in pixels.
const previewSide = 1200

// preview shows an attached picture, made anew.
func (p *Pages) preview(w http.ResponseWriter, r *http.Request) {
	at, content, ok := p.openFile(w, r)
	if !ok {
		return
	}
	defer func() { _ = content.Close() }()
	pic, err := file.ShowImage(at, content, previewSide)
	if err != nil {
		p.door.Fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "image/jpeg")
	w.Header().Set("Cache-Control", "private, no-store")
	_, _ = w.Write(pic.JPEG)
}
