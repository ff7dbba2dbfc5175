package portal

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/file"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
)

type uploadData struct {
	Action   string
	Place    ui.Text
	How      ui.Text
	Lead     ui.Text
	Field    ui.Field
	Previews []preview
	Next     string
	Skip     ui.Text // why this page may be left open
	Saved    ui.Text
}

// preview is an uploaded file as its owner sees it.
type preview struct {
	file.Attachment
	Open, Picture string
}

func (p *portal) uploadPage(w http.ResponseWriter, r *http.Request, a act.Actor) {
	if d, ok := p.open(w, r, a); ok {
		p.showUpload(w, r, d, r.PathValue("material"), nil)
	}
}

func (d *draft) material(key string) (casework.Wanted, bool) {
	for _, m := range d.Materials {
		if m.Key == key {
			return m, true
		}
	}
	return casework.Wanted{}, false
}

func (p *portal) showUpload(w http.ResponseWriter, r *http.Request, d *draft, key string, wrong ui.Text) {
	m, found := d.material(key)
	if !found || m.State == casework.MaterialSupplied {
		door.Done(w, r, d.next())
		return
	}
	step := "file/" + key
	data := uploadData{Action: d.href(step), Place: d.place(step), Next: d.after(step), Saved: d.saved()}
	data.Field = ui.Field{Kind: ui.FieldFile, Name: "file", Label: ui.M("portal.upload.field", "name", m.Name), File: fileRule(m.Formats, m.MaxMB, m.Why, m.Basis),
		Optional: m.State == casework.MaterialBring || m.State == casework.MaterialDeferred, Error: wrong}
	if m.How != "" {
		data.How = ui.Plain(m.How)
	}
	switch m.State {
	case casework.MaterialBring:
		data.Skip = ui.M("portal.upload.bring")
	case casework.MaterialDeferred:
		data.Skip = ui.M("portal.upload.optional")
		if m.DeferDays > 0 {
			data.Skip = ui.M("portal.upload.defer", "n", m.DeferDays)
		}
	}
	for _, f := range m.Files {
		u := ui.Uploaded{Name: f.Name, Size: f.Size, Open: "/files/" + id(f.ID), Remove: d.href(step) + "/remove/" + id(f.ID)}
		data.Field.File.Files = append(data.Field.File.Files, u)
		if f.Type == file.JPG || f.Type == file.PNG {
			data.Previews = append(data.Previews, preview{f, u.Open, u.Open + "/preview"})
		}
	}
	page := ui.Page{Name: "portal/upload", Title: ui.Plain(m.Name), Back: d.before(step), Data: data, Notice: arrived(r, m.Files)}
	if wrong != nil {
		page.Errors = ui.ErrorsIn(data.Field)
		p.wrong(w, r, page)
		return
	}
	p.show(w, r, page)
}

// upload takes in one file, or goes on when there is one already or none is needed.
func (p *portal) upload(w http.ResponseWriter, r *http.Request, a act.Actor) {
	d, ok := p.open(w, r, a)
	if !ok {
		return
	}
	key := r.PathValue("material")
	m, found := d.material(key)
	if !found {
		p.UI.NotFound(w, r)
		return
	}
	sent, next, err := p.take(r, a, d.ID, key)
	switch {
	case err != nil && act.KindOf(err) != act.Invalid && act.KindOf(err) != act.Refused:
		p.Fail(w, r, err)
	case err != nil:
		p.showUpload(w, r, d, key, messageOf(err))
	case !sent && len(m.Files) == 0 && m.State == casework.MaterialMissing && next != "keep":
		p.showUpload(w, r, d, key, ui.M("casework.apply.material", "name", m.Name))
	case next == "keep":
		door.Done(w, r, "/draft/"+id(d.ID))
	case sent:
		door.Done(w, r, d.href("file/"+key)+"?sent=1")
	default:
		door.Done(w, r, d.after("file/"+key))
	}
}

// arrived says that a file has just been taken in.
func arrived(r *http.Request, files []file.Attachment) *ui.Notice {
	if !r.URL.Query().Has("sent") || len(files) == 0 {
		return nil
	}
	return &ui.Notice{Kind: ui.Done, Title: ui.M("portal.upload.arrived", "name", files[len(files)-1].Name)}
}

// drainMax is how much of a refused upload is still read, so that browsers
// show our answer and not a broken connection.
const drainMax = 64 << 20

// take reads the parts of an upload as they come, so that nothing but the file
// itself is ever held. sent tells whether there was one; button which was pressed.
func (p *portal) take(r *http.Request, a act.Actor, to int64, material string) (sent bool, button string, err error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return false, r.PostFormValue("act"), nil //nolint:nilerr // a form without a file
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return sent, button, nil
		}
		if err != nil {
			return sent, button, act.Wrong("portal.upload.broken")
		}
		switch part.FormName() {
		case "act":
			button = smallText(part)
		case "file":
			if part.FileName() == "" {
				continue
			}
			if _, err := p.House.Office.Upload(r.Context(), a, to, material, part.FileName(), part); err != nil {
				_, _ = io.CopyN(io.Discard, r.Body, drainMax)
				return sent, button, err
			}
			sent = true
		}
	}
}

// smallText reads a short part.
func smallText(part *multipart.Part) string {
	var b strings.Builder
	_, _ = io.CopyN(&b, part, 200)
	return b.String()
}

func (p *portal) removeFile(w http.ResponseWriter, r *http.Request, a act.Actor) {
	d, ok := p.number(w, r, "id")
	if !ok {
		return
	}
	f, ok := p.number(w, r, "file")
	if !ok {
		return
	}
	if _, err := p.House.Office.RemoveFile(r.Context(), a, "", casework.RemoveFileIn{Draft: d, File: f}); err != nil {
		p.Fail(w, r, err)
		return
	}
	door.Done(w, r, "/draft/"+id(d)+"/file/"+r.PathValue("material"))
}

// fileContent sends a file back to whoever may see it, to be saved.
func (p *portal) fileContent(w http.ResponseWriter, r *http.Request, a act.Actor) {
	at, c, ok := p.file(w, r, a)
	if !ok {
		return
	}
	defer func() { _ = c.Close() }()
	at.SetDownload(w.Header())
	http.ServeContent(w, r, "", at.Created.Time(), c)
}

// previewSide bounds the picture of a preview, in pixels.
const previewSide = 640

// filePreview draws an uploaded picture anew, small and upright.
func (p *portal) filePreview(w http.ResponseWriter, r *http.Request, a act.Actor) {
	at, c, ok := p.file(w, r, a)
	if !ok {
		return
	}
	defer func() { _ = c.Close() }()
	pic, err := file.ShowImage(at, c, previewSide)
	if err != nil {
		p.Fail(w, r, p.House.Runner.SettleFor(r.Context(), "preview", err))
		return
	}
	w.Header().Set("Content-Type", "image/jpeg")
	w.Header().Set("Cache-Control", "private, no-store")
	_, _ = w.Write(pic.JPEG)
}

func (p *portal) file(w http.ResponseWriter, r *http.Request, a act.Actor) (file.Attachment, *file.Content, bool) {
	n, ok := p.number(w, r, "id")
	if !ok {
		return file.Attachment{}, nil, false
	}
	at, err := p.House.Office.OpenFile(r.Context(), a, n, "")
	if err != nil {
		p.Fail(w, r, err)
		return at, nil, false
	}
	c, err := p.House.Files.Open(r.Context(), at)
	if err != nil {
		p.Fail(w, r, p.House.Runner.SettleFor(r.Context(), "file", err))
		return at, nil, false
	}
	return at, c, true
}
