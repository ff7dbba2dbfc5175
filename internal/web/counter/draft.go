package counter

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/file"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/form"
	"tongban/internal/web/casepage"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
)

// Draft is the whole application on one page: form, materials, delivery.
type Draft struct {
	ID        int64
	Item      string
	Subject   *Party
	Agent     *Party
	Sections  []casepage.Section
	Materials []Material
	Delivery  []ui.Field
	Saved     bool
}

// Material is a row of the materials at the counter.
type Material struct {
	Key, Name, How string
	Status         ui.Status
	Note           ui.Text
	Supplied       bool
	Shown          bool
	Accept         string
	Rule           ui.Text
	Files          []file.Attachment
	Error          ui.Text
}

// work is a draft with all that its page needs.
type work struct {
	d     *casework.Draft
	v     *catalog.Version
	known map[string]form.Known
	pre   form.Prefilled
	on    form.Setting
	asked func(when string) bool // whether a condition may hold for this applicant
	files []file.Attachment
}

func (o *desk) work(r *http.Request) (*work, *Party, error) {
	h, x := o.door.House, &work{}
	read := func(f func(tx *store.Tx) error) error {
		return h.Runner.SettleFor(r.Context(), "draft", h.Store.Read(r.Context(), f))
	}
	if err := read(func(tx *store.Tx) (err error) {
		if x.d, err = h.Office.Draft(tx, door.Actor(r).Person, casepage.Number(r, "id")); err != nil {
			return err
		}
		if x.v, err = h.Items.ByID(tx, x.d.Version); err != nil {
			return err
		}
		if x.v, err = x.v.Today(tx); err != nil {
			return err
		}
		x.files, err = h.Files.List(tx, casework.FilesOf(x.d.ID))
		return err
	}); err != nil {
		return nil, nil, err
	}
	subject, err := o.party(r, x.d.Subject) // records the look before anything known is filled in
	if err != nil {
		return nil, nil, err
	}
	err = read(func(tx *store.Tx) (err error) {
		x.known, err = h.Office.KnownOf(tx, x.d.Subject)
		return err
	})
	x.on = form.Setting{Today: h.Store.Now().Day(), Applicant: subject.Kind}
	x.pre = x.v.Form.Prefill(x.known, x.on)
	x.asked = func(when string) bool {
		holds, err := h.Office.Conditions.True(when, map[string]any{"form": x.d.Secret.Form, "decision": "", "applicant": map[string]any{"kind": subject.Kind}})
		return holds || err != nil || !casepage.Settled(when)
	}
	return x, subject, err
}

func (o *desk) draft(w http.ResponseWriter, r *http.Request) { o.showDraft(w, r, nil, nil) }

// showDraft shows the draft, with what is wrong with what was sent.
func (o *desk) showDraft(w http.ResponseWriter, r *http.Request, typed url.Values, wrong map[string]ui.Text) {
	x, subject, err := o.work(r)
	if err != nil {
		o.door.Fail(w, r, err)
		return
	}
	if x.d.Submitted {
		door.Done(w, r, fmt.Sprintf("/counter/case/%d/receipt", x.d.ID))
		return
	}
	data := Draft{ID: x.d.ID, Item: x.v.Name, Subject: subject, Saved: r.URL.Query().Get("saved") != "",
		Sections: casepage.Sections(x.v.Form, x.d.Secret.Form, x.pre, x.on), Delivery: delivery(x.v, x.d.Secret.Address)}
	if agent := agentOf(r, typed); agent != 0 {
		if data.Agent, err = o.party(r, agent); err != nil {
			o.door.Fail(w, r, err)
			return
		}
	}
	page := ui.Page{Back: &ui.Link{Text: ui.M("counter.intake.title"), Href: at(x.d.Subject, agentOf(r, typed))}}
	rest := map[string]ui.Text{}
	for k, m := range wrong {
		rest[k] = m
	}
	for i := range data.Sections {
		s := &data.Sections[i]
		page.Errors = append(page.Errors, fill(s.Fields, typed, rest)...)
		later := fill(s.Later, typed, rest)
		s.Open, page.Errors = len(later) > 0, append(page.Errors, later...)
	}
	page.Errors = append(page.Errors, fill(data.Delivery, typed, rest)...)
	data.Materials = materials(x, typed, rest)
	for _, m := range data.Materials {
		if m.Error != nil {
			page.Errors = append(page.Errors, ui.FieldError{Field: "file-" + m.Key, Text: m.Error})
			delete(rest, "material:"+m.Key)
		}
	}
	page.Errors = append(page.Errors, ui.Fill(nil, nil, rest)...)
	if data.Saved && len(wrong) == 0 {
		page.Notice = &ui.Notice{Kind: ui.Done, Title: ui.M("counter.draft.saved", "until", ui.OnDay(x.d.Expires))}
	}
	page.Data = data
	o.render(w, r, "draft", "counter.draft.title", page)
}

// fill fills fields and takes their errors out of what is left over.
func fill(fields []ui.Field, typed url.Values, rest map[string]ui.Text) []ui.FieldError {
	mine := map[string]ui.Text{}
	for _, f := range fields {
		if m := rest[f.Name]; m != nil {
			mine[f.Name] = m
			delete(rest, f.Name)
		}
	}
	return ui.Fill(fields, typed, mine)
}

func agentOf(r *http.Request, typed url.Values) int64 {
	s := r.URL.Query().Get("agent")
	if typed != nil {
		s = typed.Get("tb_agent")
	}
	n, _ := strconv.ParseInt(s, 10, 64)
	return n
}

func delivery(v *catalog.Version, address string) []ui.Field {
	how := ui.Field{Kind: ui.FieldRadios, Name: "tb_delivery", Label: ui.M("counter.field.delivery"), Inline: true}
	for _, d := range v.Delivery {
		how.Options = append(how.Options, ui.Option{Value: d, Label: ui.M("casework.deliver." + d)})
	}
	if len(v.Delivery) > 0 {
		how.Value = v.Delivery[0]
	}
	return []ui.Field{how, {Kind: ui.FieldText, Name: "tb_address", Label: ui.M("counter.field.courier"), Value: address, Optional: true}}
}

func materials(x *work, typed url.Values, wrong map[string]ui.Text) []Material {
	var list []Material
	for _, m := range x.v.Materials {
		if m.When != "" && !x.asked(m.When) {
			continue
		}
		row := Material{Key: m.Key, Name: m.Name, How: m.How, Error: wrong["material:"+m.Key]}
		k, known := x.known[m.Element]
		row.Supplied = m.Supplied() && known && k.Grade.Settled()
		for _, f := range x.files {
			if f.Slot == m.Key {
				row.Files = append(row.Files, f)
			}
		}
		for _, s := range typed["tb_shown"] {
			row.Shown = row.Shown || s == m.Key
		}
		rule := ui.FileRule{Formats: m.Formats}
		row.Accept, row.Rule = rule.Accept(), ui.M("ui.file.rule", "formats", rule.FormatList(), "mb", m.MaxMB)
		switch {
		case row.Supplied:
			row.Status, row.Note = casepage.MaterialState(casework.MaterialSupplied), k.Source
		case len(row.Files) > 0:
			row.Status = casepage.MaterialState(casework.MaterialGiven)
		case m.When != "":
			row.Status = ui.Status{Tone: ui.ToneOff, Text: ui.M("counter.material.maybe")}
		case m.DeferDays > 0:
			row.Status, row.Note = casepage.MaterialState(casework.MaterialDeferred), ui.CalendarDays(m.DeferDays)
		case !m.Required:
			row.Status = ui.Status{Tone: ui.ToneOff, Text: ui.M("counter.material.optional")}
		default:
			row.Status = ui.Status{Tone: ui.ToneTodo, Text: ui.M("counter.material.needed")}
		}
		list = append(list, row)
	}
	return list
}

// fill takes in the whole page: scans as they come, then the answers; with the
// submit button, the application.
func (o *desk) fill(w http.ResponseWriter, r *http.Request) {
	id, a, office := casepage.Number(r, "id"), door.Actor(r), o.door.House.Office
	typed, bad, err := casepage.Multipart(r, func(input, name string, content io.Reader) error {
		_, err := office.Upload(r.Context(), a, id, strings.TrimPrefix(input, "material:"), name, content)
		return err
	})
	if err != nil {
		o.door.Fail(w, r, err)
		return
	}
	if len(bad) > 0 {
		o.showDraft(w, r, typed, byName(bad))
		return
	}
	x, _, err := o.work(r)
	if err != nil {
		o.door.Fail(w, r, err)
		return
	}
	values := casepage.Posted(x.v.Form, typed, nil)
	if !x.d.Submitted {
		if _, err := office.SaveDraftFor(r.Context(), a, "", casework.DraftIn{Draft: id, Values: values, Address: strings.TrimSpace(typed.Get("tb_address"))}); err != nil {
			o.wrong(w, r, typed, err)
			return
		}
	}
	if typed.Get("tb_act") != "submit" {
		door.Done(w, r, fmt.Sprintf("/counter/draft/%d?saved=1&agent=%d", id, agentOf(r, typed)))
		return
	}
	done, err := office.ApplyFor(r.Context(), a, typed.Get("idempotency_key"), casework.ApplyIn{Draft: id, Values: values, Delivery: typed.Get("tb_delivery"),
		Address: strings.TrimSpace(typed.Get("tb_address")), Agent: agentOf(r, typed), Shown: typed["tb_shown"]})
	if err != nil {
		o.wrong(w, r, typed, err)
		return
	}
	door.Done(w, r, fmt.Sprintf("/counter/case/%d/receipt", done.Case))
}

// wrong shows the draft again with the errors of a command, or the error's page.
func (o *desk) wrong(w http.ResponseWriter, r *http.Request, typed url.Values, err error) {
	list, ok := door.Wrong(err)
	if !ok {
		o.door.Fail(w, r, err)
		return
	}
	for _, own := range []string{"delivery", "address"} { // fields of the page, not of the item's form
		if m, ok := list[own]; ok {
			list["tb_"+own] = m
			delete(list, own)
		}
	}
	o.showDraft(w, r, typed, list)
}

func byName(list []act.Field) map[string]ui.Text {
	all := map[string]ui.Text{}
	for _, f := range list {
		all[f.Name] = f.Msg
	}
	return all
}

// Receipt is the receipt of an application taken in at the counter.
type Receipt struct {
	Receipt ui.Receipt
	Say     ui.Text
}

func (o *desk) receipt(w http.ResponseWriter, r *http.Request) {
	a, c, err := o.cases.Reader(r.Context(), door.Actor(r), casepage.Number(r, "id"))
	if err != nil {
		o.door.Fail(w, r, err)
		return
	}
	rc := ui.Receipt{Title: ui.M("counter.receipt.title"), Number: c.Number, QueryCode: o.door.House.Office.QueryCode(c.Number),
		Promise: []ui.Text{ui.M("counter.receipt.promise", "day", ui.Long(c.Due))}}
	for _, p := range c.Papers {
		if p.Kind == "receipt" {
			rc.Links = append(rc.Links, ui.Link{Text: ui.M("counter.receipt.print"), Href: fmt.Sprintf("/office/paper/%d/pdf", p.ID)})
		}
	}
	buttons, _ := casepage.Acts(c, a)
	for _, b := range buttons {
		rc.Links = append(rc.Links, ui.Link{Text: b.Text, Href: b.Href})
	}
	rc.Links = append(rc.Links, ui.Link{Text: ui.M("counter.receipt.case"), Href: casepage.Address(c.ID, "")}, ui.Link{Text: ui.M("counter.receipt.next"), Href: "/counter/intake"})
	o.render(w, r, "receipt", "counter.receipt.page", ui.Page{Data: Receipt{Receipt: rc, Say: ui.M("counter.receipt.say", "number", c.Number, "day", ui.Long(c.Due))}})
}
