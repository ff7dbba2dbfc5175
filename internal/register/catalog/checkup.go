package catalog

import (
	"fmt"
	"slices"
	"strings"

	"tongban/internal/record/store"
	"tongban/internal/rules/checkup"
	"tongban/internal/rules/day"
	"tongban/internal/rules/flow"
)

// Checkup is the draft as the checkup of a whole catalogue takes it (清单体检);
// region is the area for which it would hold.
func (d *Draft) Checkup(region string) checkup.Item {
	return checkupOf(&d.Item, d.Flow, d.NameOnly(), region)
}

// Checkup is the version as the checkup of a whole catalogue takes it.
func (v *Version) Checkup() checkup.Item {
	it := checkupOf(&v.Written, v.Flow, !v.Complete(), v.Region)
	it.From = v.Span.From
	return it
}

func checkupOf(w *Item, def *flow.Definition, nameOnly bool, region string) checkup.Item {
	it := checkup.Item{Code: w.Code, Base: w.Base.Code, Name: w.Name, Type: w.Type, Agency: w.Agency, Region: region, From: w.InForce.From, Review: w.Reviewed()}
	it.ReadCode()
	if nameOnly {
		return it
	}
	g := &checkup.Guide{
		Handling: string(w.Kind), Applicants: w.Applicants, Conditions: w.Conditions, Joint: w.Joint, Deemed: w.Deemed,
		Terms: checkup.Terms{Notice: w.Terms.Notice, Statutory: w.Terms.Statutory, Promised: w.Terms.Promised,
			Extension: w.Terms.Extension.Term, Deliver: w.Terms.Deliver, Approver: w.Terms.Extension.Approver},
		FeeText: w.Fees.Text, Result: checkup.Result{Name: w.Result.Name, Licence: w.Result.LicenceType != ""},
		Channels: w.Channels, TripsSaid: tripsSaid(w),
		Phone: w.Contact.Phone, Place: w.Contact.Address, Hours: w.Contact.Hours, Complaint: w.Complaint,
		Flow: checkup.FlowOf(def, w.Roles),
	}
	for _, b := range w.Basis {
		g.Basis = append(g.Basis, checkup.Article{Law: b.Law, Article: b.Article, Invented: b.Invented})
	}
	for _, m := range w.Materials {
		if m.Intermediary != "" {
			g.Intermediaries = append(g.Intermediaries, m.Intermediary)
		}
		g.Materials = append(g.Materials, checkup.Material{Key: m.Key, Name: m.Name, Required: m.Required, When: m.When != "",
			Supplied: m.Supplied(), How: m.How, Basis: m.Basis})
	}
	for _, s := range w.Special {
		g.Special = append(g.Special, checkup.Special{Kind: s.Kind, Name: s.Name, Role: s.Role, Basis: s.Basis})
	}
	for _, v := range w.Visits {
		g.Visits = append(g.Visits, checkup.Visit{Role: v.Role, Officers: v.Officers})
	}
	for _, name := range w.Fees.On {
		g.Fees = append(g.Fees, checkup.Fee{Name: name, Basis: w.Fees.Basis})
	}
	if w.Fees.Charged && len(w.Fees.On) == 0 {
		g.Fees = []checkup.Fee{{Name: w.Fees.Text, Basis: w.Fees.Basis}}
	}
	it.Guide = g
	return it
}

// tripsSaid tells whether the item says for every channel how often to come.
func tripsSaid(w *Item) bool {
	for _, c := range w.Channels {
		if _, ok := w.Trips[c]; !ok {
			return false
		}
	}
	return len(w.Channels) > 0
}

// Checkups are the items in force on a day as the checkup takes them, in the order
// of their codes' bytes: those that are fully written with their guide, the others by
// name. It takes two statements, however many items there are.
func (c *Catalog) Checkups(tx *store.Tx, on day.Day) ([]checkup.Item, error) {
	written := map[string]checkup.Item{}
	if err := tx.Each(func(row store.Row) error {
		r, err := scanVersion(row)
		if err != nil {
			return err
		}
		w, err := c.read(r)
		if err != nil {
			return fmt.Errorf("item %d version %d: %w", r.Of, r.N, err)
		}
		v := *w
		v.Span = r.Span
		written[v.Code] = v.Checkup()
		return nil
	}, `select id, item, n, from_day, until_day, region, written, flow, form from item_version
		where home = $1 and complete and from_day <= $2 and (until_day = 0 or until_day > $2)`, tx.Home(), on); err != nil {
		return nil, err
	}
	all, err := store.All(tx, func(r store.Row) (it checkup.Item, err error) {
		m, err := scanMet(r)
		if full, ok := written[m.Item.Code]; ok {
			return full, err
		}
		return m.Item, err
	}, metColumns+` from item_search s join item_version v on v.home = s.home and v.id = s.version
		where s.home = $1 and s.from_day <= $2 and (s.until_day = 0 or s.until_day > $2)`, tx.Home(), on)
	slices.SortFunc(all, func(a, b checkup.Item) int { return strings.Compare(a.Code, b.Code) }) // one order on both engines
	return all, err
}
