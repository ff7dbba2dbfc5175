package portal

import (
	"net/http"
	"net/url"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/web/ui"
	"tongban/internal/work/reorganise"
)

// answering is who answers for something that an agency wrote and is no more, or is
// called otherwise.
type answering struct {
	Text ui.Text
	Link ui.Link
}

// answers finds who answers today for what an agency wrote on a day, on a case or on
// none (0). It is nil when the agency itself does, under its own name.
func (p *portal) answers(tx *store.Tx, agency string, written day.Day, on int64) (*answering, error) {
	about, err := p.House.Reform.Behind(tx, on)
	if err != nil {
		return nil, err
	}
	found, err := reorganise.Answers(tx, agency, written, tx.Today(), about)
	if err != nil || len(found.Steps) == 0 {
		return nil, err
	}
	from := p.agencyOn(tx, agency, written)
	if len(found.Now) == 1 && found.Now[0] == agency && from == p.agencyOn(tx, agency, tx.Today()) {
		return nil, nil
	}
	names := ui.Join{Sep: "、"}
	for _, key := range found.Now {
		names.Texts = append(names.Texts, p.agencyOn(tx, key, tx.Today()))
	}
	last := found.Steps[len(found.Steps)-1]
	a := &answering{Text: ui.M("agencies.document", "from", from, "document", last.Document, "day", ui.OnDay(last.Day), "to", names),
		Link: ui.Link{Text: ui.M("agencies.who"), Href: "/agencies/" + agency}}
	if len(found.Now) > 1 {
		a.Text = ui.M("agencies.document.open", "from", from, "to", names)
	}
	return a, nil
}

// agencyOn is an agency's full name on a day; one that is gone by then is called as it
// last was.
func (p *portal) agencyOn(tx *store.Tx, key string, on day.Day) ui.Both {
	g, err := p.House.People.LastOf(tx, key, on)
	if err != nil {
		return ui.Both{ZH: key}
	}
	return ui.Both{ZH: g.Name, EN: g.NameEN}
}

// orphan tells the owner of a draft whose item is no longer handled what to do; told is
// false when that is not what is wrong.
func (p *portal) orphan(w http.ResponseWriter, r *http.Request, a act.Actor, id int64, wrong error) (told bool) {
	if e, ok := wrong.(*act.Error); !ok || e.Code != "catalog.no_longer" {
		return false
	}
	err := p.House.Store.Read(r.Context(), func(tx *store.Tx) error {
		d, err := p.House.Office.Draft(tx, a.Person, id)
		if err != nil {
			return err
		}
		v, err := p.House.Items.ByID(tx, d.Version)
		if err != nil {
			return err
		}
		found, err := reorganise.Answers(tx, v.Agency, d.Saved.Day(), tx.Today(), reorganise.About{Item: v.Code})
		if err != nil {
			return err
		}
		last, err := p.House.Items.Versions(tx, v.Of)
		if err != nil {
			return err
		}
		ended := last[len(last)-1].Span.Until
		names := ui.Join{Sep: "、"}
		links := []ui.Link{{Text: ui.M("agencies.draft.ended.search"), Href: "/search?q=" + url.QueryEscape(v.Name)}}
		for _, key := range found.Now {
			name := p.agencyOn(tx, key, tx.Today())
			names.Texts = append(names.Texts, name)
			links = append(links, ui.Link{Text: ui.M("agencies.draft.ended.ask", "to", name), Href: "/agencies/" + key})
		}
		p.UI.Problem(w, r, http.StatusForbidden, ui.Problem{Title: ui.M("agencies.draft.ended.title"), Links: links,
			Body: ui.M("agencies.draft.ended", "name", itemName(v), "day", ui.OnDay(ended), "from", p.agencyOn(tx, v.Agency, d.Saved.Day()), "to", names)})
		return nil
	})
	return err == nil
}

// moved says on a draft that another agency handles the item now than when it was last
// saved; nil when it does not.
func (p *portal) moved(tx *store.Tx, d *draft) (*ui.Notice, error) {
	was, err := p.House.Items.ByID(tx, d.Prepared.Draft.Version)
	if err != nil || was.Agency == d.Version.Agency {
		return nil, err
	}
	return &ui.Notice{Kind: ui.Info, Title: ui.M("agencies.draft.moved", "from", p.agencyOn(tx, was.Agency, d.Saved.Day()), "to", p.agencyOn(tx, d.Version.Agency, tx.Today()))}, nil
}
