package portal

import (
	"fmt"
	"net/http"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/licence"
	"tongban/internal/register/licence/sheet"
	"tongban/internal/rules/day"
	"tongban/internal/web/ui"
)

// licencesOnPage bounds one page of licences of one holder.
const licencesOnPage = 50

type licencesData struct {
	Nav     ui.SubNav
	Holders []holder
	None    ui.Empty
}

// holder is somebody whose licences the person may see.
type holder struct {
	Name  ui.Text
	Tasks ui.TaskList
}

func (p *portal) licences(w http.ResponseWriter, r *http.Request, a act.Actor) {
	data := licencesData{Nav: nav("/licences"), None: ui.Empty{Text: ui.M("portal.licences.none"), Links: []ui.Link{{Text: ui.M("portal.search.all"), Href: "/search"}}}}
	subjects := []int64{a.Person}
	names := map[int64]string{}
	if !p.Read(w, r, func(tx *store.Tx) error {
		reps, err := p.House.People.Representations(tx, a.Person, tx.Today())
		if err != nil {
			return err
		}
		for _, rep := range reps {
			if !rep.Covers("licence.show") || names[rep.Subject] != "" {
				continue
			}
			if _, names[rep.Subject], err = p.House.Office.PartyOf(tx, rep.Subject); err != nil {
				return err
			}
			subjects = append(subjects, rep.Subject)
		}
		return nil
	}) {
		return
	}
	today := p.House.Store.Now().Day()
	for _, s := range subjects {
		list, err := p.House.Office.LicencesOf(r.Context(), a, s, 0, licencesOnPage)
		if err != nil {
			p.Fail(w, r, err)
			return
		}
		h := holder{Name: ui.M("portal.licences.own")}
		if s != a.Person {
			h.Name = ui.Plain(names[s])
		}
		for _, l := range list {
			st := licenceStatus(l, today)
			h.Tasks.Tasks = append(h.Tasks.Tasks, ui.Task{Label: ui.Plain(l.Title), Href: "/licences/" + id(l.ID), Hint: ui.Plain(l.Number), Status: st})
		}
		if len(h.Tasks.Tasks) > 0 {
			data.Holders = append(data.Holders, h)
		}
	}
	p.show(w, r, ui.Page{Name: "portal/licences", Title: ui.M("portal.licences.title"), Data: data})
}

// licenceStatus is a licence's state today, in a word and a day.
func licenceStatus(l *licence.Licence, today day.Day) ui.Status {
	switch s := l.State(today); s {
	case licence.Valid:
		if last := l.Last(); last != 0 {
			return ui.Status{Tone: ui.ToneOK, Text: ui.M("portal.licence.until", "day", ui.OnDay(last))}
		}
		return ui.Status{Tone: ui.ToneOK, Text: ui.M("portal.licence.forever")}
	case licence.Revoked, licence.Suspended:
		return ui.Status{Tone: ui.ToneLegal, Text: s.Label()}
	default:
		return ui.Status{Tone: ui.ToneOff, Text: s.Label()}
	}
}

type licenceData struct {
	Card    ui.LicenceCard
	Links   []ui.Link
	Ended   ui.Text
	Reason  string
	Sample  bool
	Numbers []ui.Fact
	Answers *answering
}

// openLicence opens a licence of the reader, or of one they may act for.
func (p *portal) openLicence(w http.ResponseWriter, r *http.Request, a act.Actor) (licence.Shown, bool) {
	n, ok := p.number(w, r, "id")
	if !ok {
		return licence.Shown{}, false
	}
	s, err := p.House.Office.OpenLicence(r.Context(), a, n, "")
	if err != nil {
		p.Fail(w, r, err)
		return s, false
	}
	return s, true
}

func (p *portal) licence(w http.ResponseWriter, r *http.Request, a act.Actor) {
	s, ok := p.openLicence(w, r, a)
	if !ok {
		return
	}
	today := p.House.Store.Now().Day()
	base := "/licences/" + id(s.ID)
	card := ui.LicenceCard{Name: ui.Plain(s.Title), Status: licenceStatus(&s.Licence, today), QR: base + "/qr.svg", QRAlt: ui.M("portal.licence.qr"), Digits: s.Code,
		Source: ui.M("portal.licence.source", "agency", s.Document.Agency, "day", ui.OnDay(s.Day))}
	state := s.State(today)
	card.Void = state != licence.Valid && state != licence.Future
	card.Fields = append(card.Fields, ui.Fact{Label: ui.M("licence.field.holder"), Value: ui.Plain(s.Document.Holder)})
	for _, f := range s.Document.Fields {
		card.Fields = append(card.Fields, ui.Fact{Label: ui.Plain(f.Label), Value: ui.Plain(f.Value)})
	}
	card.Fields = append(card.Fields, ui.Fact{Label: ui.M("licence.field.number"), Value: ui.Plain(s.Number), Number: true},
		ui.Fact{Label: ui.M("licence.field.agency"), Value: ui.Plain(s.Document.Agency)})
	data := licenceData{Card: card, Sample: s.Sample, Reason: s.Reason, Links: []ui.Link{
		{Text: ui.M("portal.licence.pdf"), Href: base + "/pdf"},
		{Text: ui.M("portal.licence.file"), Href: base + "/sealed", Note: ui.M("portal.licence.file.note")},
		{Text: ui.M("portal.licence.check"), Href: "/check/" + s.Code},
		{Text: ui.M("portal.looks.title"), Href: "/looks"},
	}}
	if s.EndedDay != 0 {
		data.Ended = ui.M("portal.licence.ended", "day", ui.OnDay(s.EndedDay), "article", s.EndedBy, "agency", s.Document.Agency)
	}
	if !p.Read(w, r, func(tx *store.Tx) (err error) {
		data.Answers, err = p.answers(tx, s.Agency, s.Day, s.Proceeding)
		return err
	}) {
		return
	}
	if s.Proceeding != 0 {
		data.Links = append(data.Links, ui.Link{Text: ui.M("portal.licence.case"), Href: "/my/" + id(s.Proceeding)})
	}
	p.show(w, r, ui.Page{Name: "portal/licence", Title: ui.M("portal.licence.title"), Back: &ui.Link{Text: ui.M("portal.licences.title"), Href: "/licences"}, Data: data})
}

// address is where a code is checked: as it is printed, or on this site.
func (p *portal) address(r *http.Request, code string) string {
	if p.Printer != nil {
		return p.Printer.Address(code)
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host + "/check/" + code
}

func (p *portal) licenceQR(w http.ResponseWriter, r *http.Request, a act.Actor) {
	s, ok := p.openLicence(w, r, a)
	if !ok {
		return
	}
	svg, err := sheet.SVG(p.address(r, s.Code), say(r, "portal.licence.qr"))
	if err != nil {
		p.Fail(w, r, p.House.Runner.SettleFor(r.Context(), "qr", err))
		return
	}
	w.Header().Set("Content-Type", "image/svg+xml; charset=utf-8")
	w.Header().Set("Cache-Control", "private, no-store")
	_, _ = w.Write([]byte(svg))
}

func (p *portal) licencePDF(w http.ResponseWriter, r *http.Request, a act.Actor) {
	s, ok := p.openLicence(w, r, a)
	if !ok {
		return
	}
	if p.Printer == nil {
		p.noPrinter(w, r)
		return
	}
	b, err := licence.PDF(p.Printer, s)
	p.pdf(w, r, b, err, "licence")
}

// licenceFile is the sealed data themselves, which prove the licence offline.
func (p *portal) licenceFile(w http.ResponseWriter, r *http.Request, a act.Actor) {
	s, ok := p.openLicence(w, r, a)
	if !ok {
		return
	}
	b, err := s.Sealed.File()
	if err != nil {
		p.Fail(w, r, p.House.Runner.SettleFor(r.Context(), "sealed", err))
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s.sealed"`, strings.ReplaceAll(s.Number, `"`, "")))
	w.Header().Set("Cache-Control", "private, no-store")
	_, _ = w.Write(b)
}
