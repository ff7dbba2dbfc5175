package counter

import (
	"net/http"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/identity"
	"tongban/internal/rules/gbcode"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

// party reads who stands at the counter, after the look was recorded.
func (o *desk) party(r *http.Request, id int64) (*Party, error) {
	h, a := o.door.House, door.Actor(r)
	if err := h.Store.Read(r.Context(), func(tx *store.Tx) error {
		return h.Runner.Rights.Authorise(tx, a, "person.find", act.Scope{Agency: a.Agency, Region: h.Office.Region})
	}); err != nil {
		return nil, h.Runner.SettleFor(r.Context(), "person", err)
	}
	p := &Party{ID: id}
	row := func(key, value string) {
		if value != "" {
			p.List.Rows = append(p.List.Rows, ui.SummaryRow{Key: ui.M("office.who." + key), Value: ui.Plain(value)})
		}
	}
	var legal identity.LegalPerson
	err := h.Store.Read(r.Context(), func(tx *store.Tx) (err error) { legal, err = h.People.Legal(tx, id); return err })
	if err == nil {
		p.Kind = "legal"
		if legal.Kind == identity.AgencyKind {
			p.Kind = "agency"
		}
		row("name", legal.Name)
		row("uscc", legal.USCC)
		row("phone", legal.Phone)
		row("address", legal.Address)
		return p, nil
	}
	if act.KindOf(err) != act.NotFound {
		return nil, h.Runner.SettleFor(r.Context(), "person", err)
	}
	if err := h.Runner.Looked(r.Context(), a, act.Look{Person: id, What: "person", Why: ui.Say("zh", ui.M("counter.why"))}); err != nil {
		return nil, err
	}
	p.Kind = "person"
	err = h.Store.Read(r.Context(), func(tx *store.Tx) error {
		x, err := h.People.Person(tx, id)
		row("name", x.Name)
		row("idno", gbcode.MaskCitizenOwn(x.IDNo))
		row("phone", x.Phone)
		row("address", x.Address)
		return err
	})
	return p, h.Runner.SettleFor(r.Context(), "person", err)
}

// offersMost bounds the items shown for a search.
const offersMost = 12

// offers finds the items for the words and who may act for the subject.
func (o *desk) offers(r *http.Request, data *Intake, agent int64) error {
	h := o.door.House
	err := h.Store.Read(r.Context(), func(tx *store.Tx) error {
		reps, err := h.People.RepresentedBy(tx, data.Subject.ID, tx.Today())
		if err != nil {
			return err
		}
		for _, x := range reps {
			name, err := h.People.MaskedName(tx, x.Agent)
			if err != nil {
				return err
			}
			data.Can = append(data.Can, ui.Link{Text: ui.M("counter.can", "name", name, "role", ui.M("counter.role."+x.Role)), Href: at(data.Subject.ID, x.Agent), Current: x.Agent == agent, Note: ui.Plain(x.Document)})
		}
		if data.Searched = data.Words != ""; !data.Searched {
			return nil
		}
		hits, err := catalog.Search(tx, catalog.Query{Words: data.Words, Who: data.Subject.Kind, Limit: offersMost})
		if err != nil {
			return err
		}
		for _, x := range hits.List {
			name, err := h.People.AgencyName(tx, x.Agency, tx.Today())
			if err != nil {
				return err
			}
			data.Items = append(data.Items, Offer{ID: x.Item, Name: x.Name, Code: x.Code, Agency: name, Open: x.Complete})
		}
		return nil
	})
	return h.Runner.SettleFor(r.Context(), "items", err)
}
