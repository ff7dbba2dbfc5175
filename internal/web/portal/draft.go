package portal

import (
	"net/http"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/form"
	"tongban/internal/rules/wording"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
)

// draft is an application that is being filled in, with the pages that it has.
type draft struct {
	*casework.Prepared
	setting form.Setting
	steps   []draftStep
}

// draftStep is one page of an application.
type draftStep struct {
	Key   string // form/<group>, file/<material>, delivery
	Title ui.Text
	Done  bool
	Later bool // may be left open
}

func (d *draft) href(step string) string { return "/draft/" + id(d.ID) + "/" + step }

// open reads the draft of the address. One that was submitted has become the
// case of the same number: its reader is led there.
func (p *portal) open(w http.ResponseWriter, r *http.Request, a act.Actor) (*draft, bool) {
	n, ok := p.number(w, r, "id")
	if !ok {
		return nil, false
	}
	var d *draft
	if err := p.House.Runner.SettleFor(r.Context(), r.Pattern, p.House.Store.Read(r.Context(), func(tx *store.Tx) error {
		prepared, err := p.House.Office.Prepare(tx, a.Person, n)
		if err != nil {
			return err
		}
		d = &draft{Prepared: prepared}
		if !prepared.Submitted {
			d.setting = prepared.Setting(tx)
			d.plan()
		}
		return nil
	})); err != nil {
		if !p.orphan(w, r, a, n, err) {
			p.Fail(w, r, err)
		}
		return nil, false
	}
	if d.Submitted {
		door.Done(w, r, "/my/"+id(n)+"?was=submitted")
		return nil, false
	}
	return d, true
}

// plan lists the pages: the questions that are not answered by what is known,
// the materials that data do not supply, and how the result is wanted.
func (d *draft) plan() {
	wrong := map[string]bool{}
	for _, p := range d.Outcome.Problems {
		wrong[p.Field] = true
	}
	for _, g := range d.Version.Form.Groups {
		fields := d.asked(g.Key)
		if len(fields) == 0 {
			continue
		}
		s := draftStep{Key: "form/" + g.Key, Title: g.Name(), Done: true}
		touched := false
		for _, x := range fields {
			_, typed := d.Secret.Form[x.Key]
			touched = touched || typed
			s.Done = s.Done && !wrong[x.Key]
		}
		s.Done = s.Done && touched
		d.steps = append(d.steps, s)
	}
	for _, m := range d.Materials {
		if m.State != casework.MaterialSupplied {
			d.steps = append(d.steps, draftStep{Key: "file/" + m.Key, Title: ui.Plain(m.Name), Done: len(m.Files) > 0,
				Later: m.State != casework.MaterialMissing})
		}
	}
	if len(d.Version.Delivery) > 0 {
		d.steps = append(d.steps, draftStep{Key: "delivery", Title: ui.M("portal.delivery.title"), Done: d.Secret.Delivery != ""})
	}
}

// asked are the fields of a group that the person is asked.
func (d *draft) asked(group string) []*form.Field {
	var list []*form.Field
	for _, x := range d.Version.Form.Asked(d.Values, d.Prefilled, d.setting) {
		if x.Group == group {
			list = append(list, x)
		}
	}
	return list
}

// step finds a page of the draft and where it stands.
func (d *draft) step(key string) (at int, found bool) {
	for i, s := range d.steps {
		if s.Key == key {
			return i, true
		}
	}
	return 0, false
}

// after is the page that follows; the last leads to the check of all answers.
// A question can open or close others, so the draft is read anew before.
func (d *draft) after(key string) string {
	at, found := d.step(key)
	if !found || at+1 >= len(d.steps) {
		return d.href("check")
	}
	return d.href(d.steps[at+1].Key)
}

// before is the link back.
func (d *draft) before(key string) *ui.Link {
	if at, found := d.step(key); found && at > 0 {
		return &ui.Link{Href: d.href(d.steps[at-1].Key)}
	}
	return &ui.Link{Href: "/draft/" + id(d.ID)}
}

// next is the first page that still wants something.
func (d *draft) next() string {
	for _, s := range d.steps {
		if !s.Done && !s.Later {
			return d.href(s.Key)
		}
	}
	return d.href("check")
}

// place says which of the pages this is, for a step that exists.
func (d *draft) place(key string) ui.Text {
	at, _ := d.step(key)
	return ui.M("portal.step", "n", at+1, "of", len(d.steps))
}

// saved says until when the draft is kept, and whom to ask.
func (d *draft) saved() ui.Text {
	return ui.M("portal.draft.saved", "time", ui.At(d.Saved), "until", ui.OnDay(d.Expires), "phone", d.phone())
}

func (d *draft) phone() string {
	if ph := d.Version.Contact.Phone; ph != "" {
		return ph
	}
	return "12345"
}

func itemName(v *catalog.Version) ui.Text { return ui.Both{ZH: v.Name, EN: v.NameEN} }

type draftData struct {
	Applicant ui.Text
	Known     ui.SummaryList
	Count     int
	Tasks     ui.TaskList
	Next      string
	Saved     ui.Text
	Phone     string
}

// draftPage is the beginning of an application and the place to come back to:
// what is known already, and what is left to do.
func (p *portal) draftPage(w http.ResponseWriter, r *http.Request, a act.Actor) {
	d, ok := p.open(w, r, a)
	if !ok {
		return
	}
	data := draftData{Applicant: ui.Plain(d.Label), Known: d.known(), Next: d.next(), Saved: d.saved(), Phone: d.phone()}
	data.Count = len(data.Known.Rows)
	for _, s := range d.steps {
		t := ui.Task{Label: s.Title, Href: d.href(s.Key), Status: ui.Status{Tone: ui.ToneOff, Text: ui.M("portal.draft.open")}}
		switch {
		case s.Done:
			t.Status = ui.Status{Tone: ui.ToneOK, Text: ui.M("portal.draft.done")}
		case s.Later:
			t.Status.Text = ui.M("portal.draft.later")
		}
		data.Tasks.Tasks = append(data.Tasks.Tasks, t)
	}
	check := ui.Task{Label: ui.M("portal.check_answers.title"), Status: ui.Status{Tone: ui.ToneOff, Text: ui.M("portal.draft.last")}}
	if data.Next == d.href("check") {
		check.Href, check.Status.Text = data.Next, ui.M("portal.draft.ready")
	}
	data.Tasks.Tasks = append(data.Tasks.Tasks, check)
	var notice *ui.Notice
	if !p.Read(w, r, func(tx *store.Tx) (err error) { notice, err = p.moved(tx, d); return err }) {
		return
	}
	p.show(w, r, ui.Page{Name: "portal/draft", Notice: notice, Title: itemName(d.Version), Back: &ui.Link{Text: ui.M("portal.guide.back"), Href: "/items/" + id(d.Item)}, Data: data})
}

// known is what the register already has: filled in, with its source, not asked.
func (d *draft) known() ui.SummaryList {
	var list ui.SummaryList
	visible := d.Version.Form.Visible(d.Values, d.setting)
	for i := range d.Version.Form.Fields {
		x := &d.Version.Form.Fields[i]
		if k, locked := d.Prefilled.Locked[x.Key]; locked && visible[x.Key] {
			list.Rows = append(list.Rows, ui.SummaryRow{Key: x.Label(), Value: ui.Plain(shown(x, k.Value, true)), Source: from(k.Source)})
		}
	}
	for _, m := range d.Materials {
		if m.State == casework.MaterialSupplied {
			list.Rows = append(list.Rows, ui.SummaryRow{Key: ui.Plain(m.Name), Value: ui.M("portal.material.supplied"), Source: from(ui.Plain(m.Source))})
		}
	}
	return list
}

// from says where something that is there already comes from.
func from(source ui.Text) ui.Text { return ui.M("portal.from", "source", source) }

// draftTasks lists the drafts of a person that can still be submitted.
func (p *portal) draftTasks(tx *store.Tx, person int64) ([]ui.Task, error) {
	drafts, err := p.House.Office.Drafts(tx, person)
	if err != nil {
		return nil, err
	}
	var list []ui.Task
	for _, d := range drafts {
		v, err := p.House.Items.ByID(tx, d.Version)
		if err != nil {
			return nil, err
		}
		list = append(list, ui.Task{Label: itemName(v), Href: "/draft/" + id(d.ID), Hint: ui.M("portal.draft.kept", "until", ui.OnDay(d.Expires)),
			Status: ui.Status{Tone: ui.ToneOff, Text: ui.M("portal.draft.unsent")}})
	}
	return list, nil
}

// messageOf is the sentence of an error, for pages that show it above a form.
func messageOf(err error) wording.Message {
	if e, ok := err.(*act.Error); ok {
		return e.Msg
	}
	return wording.M("act.internal", "id", "")
}
