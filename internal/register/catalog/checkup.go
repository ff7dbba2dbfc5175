package catalog

import (
	"tongban/internal/rules/checkup"
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
	it := checkup.Item{Code: w.Code, Name: w.Name, Type: w.Type, Agency: w.Agency, Region: region, From: w.InForce.From}
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
		g.Materials = append(g.Materials, checkup.Material{Key: m.Key, Name: m.Name, Required: m.Required, When: m.When != "",
			Supplied: m.Supplied(), How: m.How, Basis: m.Basis})
	}
	for _, s := range w.Special {
		g.Special = append(g.Special, checkup.Special{Kind: s.Kind, Name: s.Name, Role: s.Role, Basis: s.Basis})
	}
	for _, v := range w.Visits {
		g.Visits = append(g.Visits, checkup.Visit{Role: v.Role, Officers: v.Officers})
	}
	if w.Fees.Charged {
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
