package portal

import (
	"net/http"
	"slices"
	"strconv"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
)

type startData struct {
	Who    ui.Field
	Drafts ui.TaskList
	Summary,
	Facts ui.Text
	Situation ui.Text // the one of its family that this item is for
	Which     ui.Link
	Action    string
}

// startOf reads what the start page shows: for whom the person may apply here,
// and what they had begun before.
func (p *portal) startOf(w http.ResponseWriter, r *http.Request, a act.Actor) (v *catalog.Version, data startData, ok bool) {
	item, ok := p.number(w, r, "item")
	if !ok {
		return nil, data, false
	}
	data.Action = "/apply/" + id(item)
	data.Who = ui.Field{Kind: ui.FieldRadios, Name: "subject", Label: ui.M("portal.start.who"), Heading: true, Hint: ui.M("portal.start.hint")}
	ok = p.Read(w, r, func(tx *store.Tx) (err error) {
		if v, err = p.House.Items.InForce(tx, item, tx.Today()); err != nil {
			return err
		}
		if err = v.Open(); err != nil {
			return err
		}
		if data.Who.Options, err = p.subjects(tx, v, a); err != nil {
			return err
		}
		drafts, err := p.House.Office.Drafts(tx, a.Person)
		for _, d := range drafts {
			if d.Item == item {
				data.Drafts.Tasks = append(data.Drafts.Tasks, ui.Task{Label: ui.M("portal.start.resume", "time", ui.At(d.Saved)), Href: "/draft/" + id(d.ID),
					Hint: ui.M("portal.draft.kept", "until", ui.OnDay(d.Expires)), Status: ui.Status{Tone: ui.ToneOff, Text: ui.M("portal.draft.unsent")}})
			}
		}
		return err
	})
	if len(data.Who.Options) == 1 {
		data.Who.Value = data.Who.Options[0].Value
	}
	return v, data, ok
}

// subjects are the person and those they may act for, as far as the item takes them.
func (p *portal) subjects(tx *store.Tx, v *catalog.Version, a act.Actor) ([]ui.Option, error) {
	var list []ui.Option
	if slices.Contains(v.Applicants, "person") {
		_, label, err := p.House.Office.PartyOf(tx, a.Person)
		if err != nil {
			return nil, err
		}
		list = append(list, ui.Option{Value: id(a.Person), Label: ui.M("portal.start.self", "name", label)})
	}
	reps, err := p.House.People.Representations(tx, a.Person, tx.Today())
	if err != nil {
		return nil, err
	}
	for _, rep := range reps {
		kind, label, err := p.House.Office.PartyOf(tx, rep.Subject)
		if err != nil {
			return nil, err
		}
		value := id(rep.Subject)
		if !rep.Covers("case.apply") || !slices.Contains(v.Applicants, kind) || slices.ContainsFunc(list, func(o ui.Option) bool { return o.Value == value }) {
			continue
		}
		list = append(list, ui.Option{Value: value, Label: ui.Plain(label), Hint: ui.M("portal.start.as." + rep.Role)})
	}
	return list, nil
}

func (p *portal) startPage(w http.ResponseWriter, r *http.Request, a act.Actor) {
	v, data, ok := p.startOf(w, r, a)
	if ok {
		p.showStart(w, r, v, data, nil)
	}
}

func (p *portal) showStart(w http.ResponseWriter, r *http.Request, v *catalog.Version, data startData, wrong map[string]ui.Text) {
	if len(data.Who.Options) == 0 {
		p.nobody(w, r, v)
		return
	}
	page := ui.Page{Name: "portal/start", Title: itemName(v), OwnHeading: true, Back: &ui.Link{Text: ui.M("portal.guide.back"), Href: "/items/" + id(v.Of)}}
	fields := []ui.Field{data.Who}
	page.Errors = ui.Fill(fields, nil, wrong)
	if v.Situation != "" {
		data.Situation = ui.M("portal.start.situation", "situation", ui.Both{ZH: v.Situation, EN: v.SituationEN})
		data.Which = ui.Link{Text: ui.M("portal.start.other"), Href: "/items/" + id(v.Of) + "#which"}
	}
	data.Who, data.Summary = fields[0], ui.Both{ZH: v.Summary, EN: v.SummaryEN}
	page.Data = data
	if len(wrong) > 0 {
		p.wrong(w, r, page)
		return
	}
	p.show(w, r, page)
}

// nobody says who may apply, when it is neither the person nor anybody they act for.
func (p *portal) nobody(w http.ResponseWriter, r *http.Request, v *catalog.Version) {
	who := ui.Join{Sep: say(r, "portal.comma")}
	for _, x := range v.Applicants {
		who.Texts = append(who.Texts, ui.M("portal.who."+x))
	}
	p.UI.Problem(w, r, http.StatusForbidden, ui.Problem{Title: ui.M("portal.start.nobody"),
		Body: ui.M("portal.start.nobody.body", "who", who), Links: []ui.Link{
			{Text: ui.M("portal.guide.back"), Href: "/items/" + id(v.Of)}, {Text: ui.M("portal.contact.title"), Href: "/contact"}}})
}

// start begins a draft.
func (p *portal) start(w http.ResponseWriter, r *http.Request, a act.Actor) {
	v, data, ok := p.startOf(w, r, a)
	if !ok {
		return
	}
	subject, err := strconv.ParseInt(r.PostFormValue("subject"), 10, 64)
	if err != nil {
		p.showStart(w, r, v, data, map[string]ui.Text{"subject": ui.M("portal.start.choose")})
		return
	}
	done, err := p.House.Office.SaveDraft(r.Context(), a, door.Key(r), casework.DraftIn{Item: v.Of, Subject: subject})
	if err != nil {
		p.Fail(w, r, err)
		return
	}
	door.Done(w, r, "/draft/"+id(done.Case))
}
