package portal

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/law"
	"tongban/internal/rules/draw"
	"tongban/internal/rules/flow"
	"tongban/internal/rules/wording"
	"tongban/internal/web/door"
	"tongban/internal/web/laws"
	"tongban/internal/web/objections"
	"tongban/internal/web/ui"
	"tongban/internal/work/object"
)

type guideData struct {
	catalog.GuideView
	Body      ui.Text // the agency
	Phone     string  // whom to call where the item names nobody
	Start     ui.Link
	Window    bool
	Supplied  []paperLine
	Bring     []paperLine
	Steps     ui.TaskList
	Limits    ui.TaskList
	Special   ui.Table
	Standards ui.Table // 裁量标准
	Outline   []draw.TextLine
	Picture   string
	Narrow    string // the same for narrow screens
	File      string
	Trips     []ui.Fact
	Contact   []ui.Fact
	Told      objections.Told   // what was objected to the guide
	Law       map[string]string // where in the library of laws a citation leads
	Family    ui.TaskList       // the item and its variants, where it has any
	Versions  ui.Table
	Current   int     // number of the version of today, 0 for none
	Before    ui.Text // what differs from the version before
	Compared  ui.Table
	On        ui.Field // the day for which the guide is asked
}

// paperLine is a material with its conditions as sentences.
type paperLine struct {
	catalog.GuidePaper
	Notes []ui.Text
	At    string // the article on which it is asked for, where the library of laws has it
}

// guide is the guide of an item as it holds today, or on the day that is asked for.
func (p *portal) guide(w http.ResponseWriter, r *http.Request) {
	on, field := p.asOf(r)
	p.guideOf(w, r, field, func(tx *store.Tx, item int64) (*catalog.Version, error) {
		return p.House.Items.InForce(tx, item, on)
	})
}

// guideOf shows a version of an item.
func (p *portal) guideOf(w http.ResponseWriter, r *http.Request, field ui.Field, which func(*store.Tx, int64) (*catalog.Version, error)) {
	item, ok := p.number(w, r, "id")
	if !ok {
		return
	}
	data := guideData{On: field}
	var v *catalog.Version
	var notice *ui.Notice
	if !p.Read(w, r, func(tx *store.Tx) (err error) {
		if v, err = which(tx, item); err != nil {
			return err
		}
		linked(w.Header(), v, tx.Today())
		data.GuideView = catalog.Guide(v, p.House.Calendars.Current(), tx.Today(), door.Lang(r))
		g, err := p.House.People.Agency(tx, v.Agency, tx.Today())
		if err == nil {
			data.Phone = g.Phone
		}
		data.Body = p.agency(tx, v.Agency)
		if data.Law, err = lawsOf(tx, item); err != nil {
			return err
		}
		p.guideTables(tx, &data)
		if data.Told, err = objections.Tell(tx, object.OnItems, v.Code); err != nil {
			return err
		}
		if err := p.related(tx, v, &data); err != nil {
			return err
		}
		err = p.versions(tx, v, &data)
		notice = data.past(v, tx.Today())
		return err
	}) {
		return
	}
	page := ui.Page{Name: "portal/guide", Title: ui.Both{ZH: v.Name, EN: v.NameEN}, Back: &ui.Link{Text: ui.M("portal.search.back"), Href: "/search"}}
	if !v.Complete() {
		page.Name = "portal/nameonly"
	} else {
		p.guideFlow(r, v, notice != nil, &data)
	}
	if field.Error != nil {
		page.Errors = []ui.FieldError{{Field: field.ID(), Text: field.Error}}
	}
	page.Notice = notice
	page.Data = data
	if field.Error != nil {
		p.wrong(w, r, page)
		return
	}
	p.show(w, r, page)
}

// lawsOf leads from what an item cites, as it is written, to the articles.
func lawsOf(tx *store.Tx, item int64) (map[string]string, error) {
	places, err := law.PlacesOf(tx, catalog.LawKind, id(item), tx.Today())
	to := map[string]string{}
	for _, p := range places {
		if at := laws.Place(p); at != "" && to[p.Words] == "" {
			to[p.Words] = at
		}
	}
	return to, err
}

func (p *portal) guideTables(tx *store.Tx, d *guideData) {
	d.Start = ui.Link{Text: ui.M("portal.guide.start"), Href: "/apply/" + id(d.Item)}
	for _, m := range d.GuideView.Supplied {
		d.Supplied = append(d.Supplied, lineOf(m, d.Law))
	}
	for _, m := range d.GuideView.Bring {
		d.Bring = append(d.Bring, lineOf(m, d.Law))
	}
	for _, x := range d.GuideView.Steps {
		body := ui.Text(ui.M("portal.guide.you"))
		if x.Agency != "" {
			body = p.agency(tx, x.Agency)
		}
		d.Steps.Tasks = append(d.Steps.Tasks, line(ui.Plain(x.Name), joined(body, note(x.Note), said("portal.guide.step.risk", x.Risk), said("portal.guide.step.guard", x.Guard), said("portal.guide.step.basis", x.Basis)), x.Term, d.Law[x.Basis]))
	}
	for _, l := range d.GuideView.Limits {
		d.Limits.Tasks = append(d.Limits.Tasks, line(ui.Plain(l.Name), joined(note(l.Note), note(l.Article)), l.Term, d.Law[l.Article]))
	}
	d.Special = ui.Table{Caption: ui.M("portal.guide.special"), HideCaption: true,
		Columns: []ui.Column{{Label: ui.M("portal.guide.what")}, {Label: ui.M("portal.guide.long")}, {Label: ui.M("portal.guide.counts")}, {Label: ui.M("portal.guide.law")}}}
	for _, s := range d.GuideView.Special {
		d.Special.Rows = append(d.Special.Rows, ui.Row{Cells: []ui.Cell{{Text: ui.Plain(s.Name)}, {Text: orDash(s.Term)}, {Text: ui.Plain(s.Words)}, {Text: orDash(s.Basis), Href: d.Law[s.Basis]}}})
	}
	for _, t := range d.GuideView.Trips {
		d.Trips = append(d.Trips, ui.Fact{Label: ui.Plain(t.Name), Value: ui.Plain(t.Words)})
		d.Window = d.Window || t.Channel == "window"
	}
	d.Standards = ui.Table{Caption: ui.M("portal.guide.discretion"), HideCaption: true,
		Columns: []ui.Column{{Label: ui.M("portal.guide.discretion.when")}, {Label: ui.M("portal.guide.discretion.what")}, {Label: ui.M("portal.guide.law")}}}
	for _, x := range d.Measures {
		d.Standards.Rows = append(d.Standards.Rows, ui.Row{Cells: ui.Cells(ui.Plain(x.Situation), ui.Plain(x.Measure), ui.Plain(x.Article))})
	}
	d.contact()
}

// contact is whom to ask; what the item does not name is left out.
func (d *guideData) contact() {
	c := d.GuideView.Contact
	if c.Phone == "" {
		c.Phone = d.Phone
	}
	for _, f := range []struct{ key, value string }{{"phone", c.Phone}, {"address", c.Address}, {"hours", c.Hours}, {"complaint", d.Complain}} {
		if f.value != "" {
			d.Contact = append(d.Contact, ui.Fact{Label: ui.M("portal.guide.contact." + f.key), Value: ui.Plain(f.value)})
		}
	}
}

func lineOf(m catalog.GuidePaper, law map[string]string) paperLine {
	l := paperLine{GuidePaper: m, At: law[m.Basis]}
	add := func(t ui.Text) { l.Notes = append(l.Notes, t) }
	if m.How != "" {
		add(ui.Plain(m.How))
	}
	if m.By != "" {
		add(ui.Plain(m.By))
	}
	if m.Why != "" {
		add(ui.M("portal.guide.why", "why", m.Why))
	}
	if len(m.Formats) > 0 && m.From != "" {
		rule := ui.FileRule{Formats: m.Formats, MaxMB: m.MaxMB}
		add(ui.M("portal.guide.file", "formats", rule.FormatList(), "mb", m.MaxMB))
	}
	if m.Defer != "" {
		add(ui.Plain(m.Defer))
	}
	return l
}

func (p *portal) guideFlow(r *http.Request, v *catalog.Version, past bool, d *guideData) {
	d.Outline = draw.Text(v.Flow, nil, door.Lang(r), v.Env().Phrase)
	base := "/items/" + id(v.Of)
	at := func(file, dir string) string {
		q := url.Values{}
		for _, x := range []struct {
			name, value string
			is          bool
		}{{"dir", dir, dir != ""}, {"lang", "en", door.Lang(r) == wording.EN && dir+file != ".bpmn"}, {"v", "v" + strconv.Itoa(v.N), past}} {
			if x.is {
				q.Set(x.name, x.value)
			}
		}
		if len(q) == 0 {
			return base + "/flow" + file
		}
		return base + "/flow" + file + "?" + q.Encode()
	}
	d.Picture, d.Narrow, d.File = at(".svg", ""), at(".svg", "down"), at(".bpmn", "")
}

// Indent is the class of a line's depth, for the outline of the flow.
func (d guideData) Indent(n int) string { return strings.Repeat("　", min(n, 4)) }

func (p *portal) version(w http.ResponseWriter, r *http.Request) (*catalog.Version, bool) {
	item, ok := p.number(w, r, "id")
	if !ok {
		return nil, false
	}
	var v *catalog.Version
	ok = p.Read(w, r, func(tx *store.Tx) (err error) {
		if n := r.URL.Query().Get("v"); n != "" {
			v, err = p.numbered(tx, item, n)
			return err
		}
		v, err = p.House.Items.InForce(tx, item, tx.Today())
		return err
	})
	if ok && v.Flow == nil {
		p.UI.NotFound(w, r)
		return nil, false
	}
	return v, ok
}

// flowPicture is the flowchart; ?dir=down draws it for narrow screens.
func (p *portal) flowPicture(w http.ResponseWriter, r *http.Request) {
	v, ok := p.version(w, r)
	if !ok {
		return
	}
	o := draw.Options{Lang: door.Lang(r), Phrase: v.Env().Phrase}
	if r.URL.Query().Get("dir") == "down" {
		o.Relay, o.Dir = true, flow.Downwards
	}
	w.Header().Set("Content-Type", "image/svg+xml; charset=utf-8")
	w.Header().Set("Cache-Control", "max-age=3600")
	_, _ = w.Write(draw.SVG(v.Flow, o))
}

// flowFile is the flow as it was written, in BPMN 2.0.
func (p *portal) flowFile(w http.ResponseWriter, r *http.Request) {
	v, ok := p.version(w, r)
	if !ok {
		return
	}
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="flow.bpmn"`)
	_, _ = w.Write(slices.Clone(v.FlowXML))
}

// line is a line of a list: what, about it, how long; it leads to the article on
// which it rests, where the library of laws has it.
func line(what, about ui.Text, long, at string) ui.Task {
	return ui.Task{Label: what, Href: at, Hint: about, Status: ui.Status{Tone: ui.ToneDone, Text: ui.Plain(long)}}
}

// joined are texts in a row, those that are missing left out.
func joined(list ...ui.Text) ui.Text {
	var j ui.Join
	for _, t := range list {
		if t != nil {
			j.Texts = append(j.Texts, t)
		}
	}
	if len(j.Texts) == 0 {
		return nil
	}
	j.Sep = " · "
	return j
}

func orDash(s string) ui.Text {
	if s == "" {
		return ui.Plain("—")
	}
	return ui.Plain(s)
}

// said is a sentence about something that may be missing.
func said(key, what string) ui.Text {
	if what == "" {
		return nil
	}
	return ui.M(key, "what", what)
}

// note is a text that may be missing.
func note(s string) ui.Text {
	if s == "" {
		return nil
	}
	return ui.Plain(s)
}
