package portal

import (
	"net/http"

	"tongban/internal/process/paper"
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/licence"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

type checkData struct {
	Field   ui.Field
	Licence *licence.View
	Paper   *paper.View
	Verdict ui.Status
	Faults  []ui.Text
	Facts   []ui.Fact
	Ended   ui.Text
	Newer   string
	Sample  bool
	At      ui.Text
	Answers *answering // who answers for it, when it is another now
}

func codeField() ui.Field {
	return ui.Field{Kind: ui.FieldText, Name: "code", Label: ui.M("portal.check.code"), Hint: ui.M("portal.check.hint"), Chars: 20, Autocomplete: "off"}
}

func (p *portal) checkForm(w http.ResponseWriter, r *http.Request) {
	if code := licence.NormalCode(r.URL.Query().Get("code")); code != "" {
		door.Done(w, r, "/check/"+code)
		return
	}
	data := checkData{Field: codeField()}
	page := ui.Page{Name: "portal/check", Title: ui.M("portal.check.title"), Back: &ui.Link{Text: ui.M("ui.home"), Href: "/"}}
	if r.URL.Query().Has("code") {
		data.Field.Error = ui.M("portal.check.empty")
		page.Errors = ui.ErrorsIn(data.Field)
	}
	page.Data = data
	p.show(w, r, page)
}

// check is where the QR code of a licence or paper leads: is it real, whose,
// until when, in which state. Nothing that could be copied as a picture proves
// it; the reader looks at the address of this site.
func (p *portal) check(w http.ResponseWriter, r *http.Request) {
	source, now := door.Source(r), p.House.Store.Now()
	if err := p.guesses.allow(source, now); err != nil {
		p.Fail(w, r, err)
		return
	}
	code := r.PathValue("code")
	data := checkData{Field: codeField(), At: ui.At(now)}
	err := p.House.Runner.SettleFor(r.Context(), "check", p.House.Store.Read(r.Context(), func(tx *store.Tx) error {
		v, err := p.House.Licences.Verify(tx, code)
		if err == nil {
			data.licence(v)
			data.Answers, err = p.answers(tx, v.AgencyKey, v.Day, v.Case)
			return err
		}
		if act.KindOf(err) != act.NotFound {
			return err
		}
		doc, err := p.House.Papers.Check(tx, code)
		if err == nil {
			data.paper(doc, p.agencyOn(tx, doc.Agency, doc.Day))
			data.Answers, err = p.answers(tx, doc.Agency, doc.Day, doc.Case)
		}
		return err
	}))
	if act.KindOf(err) == act.NotFound {
		p.guesses.wrong(source, now)
		p.UI.Problem(w, r, http.StatusNotFound, ui.Problem{Title: ui.M("portal.check.none"), Body: ui.M("portal.check.none.body"), Links: []ui.Link{
			{Text: ui.M("portal.check.again"), Href: "/check"}, {Text: ui.M("portal.call"), Href: "tel:12345"}, {Text: ui.M("portal.spot_fakes.title"), Href: "/spot-fakes"}}})
		return
	}
	if err != nil {
		p.Fail(w, r, err)
		return
	}
	p.show(w, r, ui.Page{Name: "portal/checked", Title: ui.M("portal.check.result"), Robots: "noindex", Back: &ui.Link{Text: ui.M("portal.check.again"), Href: "/check"}, Data: data})
}

func (d *checkData) field(key string, v ui.Text) {
	d.Facts = append(d.Facts, ui.Fact{Label: ui.M("licence.field." + key), Value: v})
}

func (d *checkData) licence(v licence.View) {
	d.Licence, d.Sample, d.Newer = &v, v.Sample, v.Newer
	for _, m := range v.Faults {
		d.Faults = append(d.Faults, m)
	}
	switch {
	case !v.Real:
		d.Verdict = ui.Status{Tone: ui.ToneLegal, Text: ui.M("portal.check.notreal")}
	case v.State == licence.Valid:
		d.Verdict = ui.Status{Tone: ui.ToneOK, Text: ui.M("portal.check.valid")}
	default:
		d.Verdict = ui.Status{Tone: ui.ToneLegal, Text: ui.M("portal.check.state", "state", v.State.Label())}
	}
	d.Facts = append(d.Facts, ui.Fact{Label: ui.M("portal.check.kind"), Value: ui.Plain(v.Title)})
	d.field("holder", ui.Plain(v.Holder))
	for _, f := range v.Fields {
		d.Facts = append(d.Facts, ui.Fact{Label: ui.Plain(f.Label), Value: ui.Plain(f.Value)})
	}
	d.field("number", ui.Plain(v.Number))
	d.field("agency", ui.Plain(v.Agency))
	d.field("day", ui.OnDay(v.Day))
	if v.Last != 0 {
		d.field("span", ui.M("licence.sheet.span", "from", ui.OnDay(v.From), "last", ui.OnDay(v.Last)))
	} else {
		d.field("span", ui.M("portal.licence.forever"))
	}
	if v.EndedDay != 0 {
		d.Ended = ui.M("portal.licence.ended", "day", ui.OnDay(v.EndedDay), "article", v.EndedBy, "agency", v.Agency)
	}
}

func (d *checkData) paper(v paper.View, agency ui.Text) {
	d.Paper, d.Sample = &v, v.Sample
	d.Verdict = ui.Status{Tone: ui.ToneLegal, Text: ui.M("portal.check.notreal")}
	if v.Real {
		d.Verdict = ui.Status{Tone: ui.ToneOK, Text: ui.M("portal.check.realpaper")}
	}
	for _, m := range v.Faults {
		d.Faults = append(d.Faults, m)
	}
	d.Facts = []ui.Fact{{Label: ui.M("portal.check.kind"), Value: ui.Plain(v.Title)}, {Label: ui.M("portal.check.number"), Value: ui.Plain(v.Number)},
		{Label: ui.M("portal.check.body"), Value: agency}, {Label: ui.M("portal.check.day"), Value: ui.OnDay(v.Day)}}
}
