package portal

import (
	"errors"
	"net/http"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/form"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
)

type correctData struct {
	Action  string
	Until   ui.Text
	Article ui.Text
	Tasks   ui.TaskList
	Items   []casework.Missing
	Fields  []ui.Field
	Left    int // materials still to come
	Notice  string
	Contact []ui.Fact
}

// correcting opens a case that waits for its correction; any other leads to
// its page, which says how it stands.
func (p *portal) correcting(w http.ResponseWriter, r *http.Request, a act.Actor) (*casework.Case, bool) {
	c, ok := p.looked(w, r, a)
	if !ok {
		return nil, false
	}
	if c.Status != casework.Correcting || c.Facts.Notice == nil || c.Personal == nil {
		door.Done(w, r, "/my/"+id(c.ID))
		return nil, false
	}
	return c, true
}

func (p *portal) correctPage(w http.ResponseWriter, r *http.Request, a act.Actor) {
	if c, ok := p.correcting(w, r, a); ok {
		p.showCorrect(w, r, c, nil)
	}
}

func (p *portal) showCorrect(w http.ResponseWriter, r *http.Request, c *casework.Case, wrong map[string]ui.Text) {
	base := "/my/" + id(c.ID)
	data := correctData{Action: base + "/correct", Until: ui.Long(c.Facts.Notice.Until), Contact: contactOf(c),
		Notice: base + "/papers/" + id(c.Facts.Notice.Paper)}
	for _, m := range c.Personal.Missing {
		key, isMaterial := strings.CutPrefix(m.Key, "material:")
		if !isMaterial {
			data.Items = append(data.Items, m)
			continue
		}
		t := ui.Task{Label: ui.Plain(m.What), Hint: ui.Plain(m.How), Href: base + "/correct/" + key, Status: ui.Status{Tone: ui.ToneTodo, Text: ui.M("portal.correct.todo")}}
		if x := c.Facts.Material(key); x != nil && x.State != casework.MaterialMissing {
			t.Status = ui.Status{Tone: ui.ToneOK, Text: ui.M("portal.correct.done")}
		} else {
			data.Left++
		}
		data.Tasks.Tasks = append(data.Tasks.Tasks, t)
	}
	for _, x := range namedFields(c) {
		data.Fields = append(data.Fields, fieldOf(x, c.Personal.Form[x.Key]))
	}
	page := ui.Page{Name: "portal/correct", Title: ui.M("portal.correct.title"), Back: &ui.Link{Text: ui.M("portal.case.back"), Href: base}}
	if len(wrong) > 0 {
		page.Errors = ui.Fill(data.Fields, r.PostForm, wrong)
		page.Data = data
		p.wrong(w, r, page)
		return
	}
	page.Data = data
	p.show(w, r, page)
}

// namedFields are the fields of the form that the notice named.
func namedFields(c *casework.Case) []*form.Field {
	var list []*form.Field
	for _, k := range c.Facts.Notice.Keys {
		if name, ok := strings.CutPrefix(k, "field:"); ok {
			if x, known := c.Item.Form.Field(name); known {
				list = append(list, x)
			}
		}
	}
	return list
}

// correct hands in the correction as a whole.
func (p *portal) correct(w http.ResponseWriter, r *http.Request, a act.Actor) {
	c, ok := p.correcting(w, r, a)
	if !ok {
		return
	}
	if err := r.ParseForm(); err != nil {
		p.Fail(w, r, act.Wrong("portal.form_unread"))
		return
	}
	in := casework.CorrectIn{Case: c.ID}
	if fields := namedFields(c); len(fields) > 0 {
		in.Values = answersOf(c.Item.Form, fields, r.PostForm)
	}
	_, err := p.House.Office.Correct(r.Context(), a, door.Key(r), in)
	if err == nil {
		door.Done(w, r, "/my/"+id(c.ID)+"?was=corrected")
		return
	}
	var e *act.Error
	if errors.As(err, &e) && e.Kind == act.Invalid {
		if wrong, ok := door.Wrong(err); ok {
			p.showCorrect(w, r, c, wrong)
			return
		}
	}
	p.Fail(w, r, err)
}

// replacePage is the upload of one material that the notice named.
func (p *portal) replacePage(w http.ResponseWriter, r *http.Request, a act.Actor) {
	if c, ok := p.correcting(w, r, a); ok {
		p.showReplace(w, r, c, nil)
	}
}

func (p *portal) showReplace(w http.ResponseWriter, r *http.Request, c *casework.Case, wrong ui.Text) {
	key := r.PathValue("material")
	m, found := materialOf(c, key)
	if !found {
		p.UI.NotFound(w, r)
		return
	}
	base := "/my/" + id(c.ID) + "/correct"
	data := uploadData{Action: base + "/" + key, Next: base}
	data.Field = ui.Field{Kind: ui.FieldFile, Name: "file", Label: ui.M("portal.upload.field", "name", m.Name), File: fileRule(m.Formats, m.MaxMB, m.Why, m.Basis), Error: wrong}
	for _, x := range c.Personal.Missing {
		if x.Key == "material:"+key {
			data.Lead, data.How = ui.Plain(x.What), ui.Plain(x.How)
		}
	}
	page := ui.Page{Name: "portal/upload", Title: ui.Plain(m.Name), Back: &ui.Link{Text: ui.M("portal.correct.title"), Href: base}}
	if !p.Read(w, r, func(tx *store.Tx) error { return p.handedIn(tx, c, key, &data) }) {
		return
	}
	if wrong != nil {
		page.Errors, page.Data = ui.ErrorsIn(data.Field), data
		p.wrong(w, r, page)
		return
	}
	page.Data = data
	p.show(w, r, page)
}

// handedIn lists what has been uploaded since the notice.
func (p *portal) handedIn(tx *store.Tx, c *casework.Case, key string, data *uploadData) error {
	at := c.Facts.Material(key)
	if at == nil || at.State == casework.MaterialMissing {
		return nil
	}
	for _, n := range at.Files {
		f, found, err := p.House.Files.Get(tx, n)
		if err != nil {
			return err
		}
		if found {
			data.Field.File.Files = append(data.Field.File.Files, ui.Uploaded{Name: f.Name, Size: f.Size, Open: "/files/" + id(f.ID)})
		}
	}
	return nil
}

// materialOf finds a material that the notice named.
func materialOf(c *casework.Case, key string) (catalog.Material, bool) {
	for _, k := range c.Facts.Notice.Keys {
		if k != "material:"+key {
			continue
		}
		for _, m := range c.Item.Materials {
			if m.Key == key {
				return m, true
			}
		}
	}
	return catalog.Material{}, false
}

func (p *portal) replace(w http.ResponseWriter, r *http.Request, a act.Actor) {
	c, ok := p.correcting(w, r, a)
	if !ok {
		return
	}
	key := r.PathValue("material")
	m, found := materialOf(c, key)
	if !found {
		p.UI.NotFound(w, r)
		return
	}
	sent, _, err := p.take(r, a, c.ID, key)
	switch {
	case err != nil && act.KindOf(err) == act.Invalid:
		p.showReplace(w, r, c, messageOf(err))
	case err != nil:
		p.Fail(w, r, err)
	case !sent:
		p.showReplace(w, r, c, ui.M("casework.apply.material", "name", m.Name))
	default:
		door.Done(w, r, "/my/"+id(c.ID)+"/correct")
	}
}
