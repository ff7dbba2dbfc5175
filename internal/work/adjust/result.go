package adjust

import (
	"cmp"
	"slices"
	"strings"

	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/rules/checkup"
	"tongban/internal/work/inspect"
)

// checkup judges the lists as they would stand, and keeps what concerns an entry of
// the adjustment or was not so before.
func (d *Desk) checkup(tx *store.Tx, x *Examined) error {
	before, err := d.catalogue(tx, x, fewPowers)
	if err != nil {
		return err
	}
	accepted, err := acceptedOf(tx, x.ID)
	if err != nil {
		return err
	}
	for _, f := range differing(before, x) {
		if follows(f, x.Plans) {
			f.Severity = checkup.Warning
		}
		a := accepted[f.ID]
		x.Findings = append(x.Findings, Finding{f, a.reason, a.person})
	}
	items, err := d.written(tx, x)
	for _, f := range items {
		a := accepted[f.ID]
		x.Findings = append(x.Findings, Finding{f, a.reason, a.person})
	}
	return err
}

// differing is what is found in the catalogue as it would be that is not found in it
// as it stands, or that is about an entry of the adjustment.
func differing(before *checkup.Catalogue, x *Examined) (list []checkup.Finding) {
	was := map[string]bool{}
	for f := range checkup.Judge(before) {
		was[f.ID] = true
	}
	for f := range checkup.Judge(resulting(before, x.Plans)) {
		if !was[f.ID] || slices.ContainsFunc(x.Entries, func(e Entry) bool { return e.Does != Keep && f.Subject.Code == e.Code }) {
			list = append(list, f)
		}
	}
	return list
}

// follows tells whether an item names a fee or a service of an intermediary only
// because this adjustment takes that off its list. From that day nobody is asked for
// it, whatever the item says; that its guide still says so is a warning.
func follows(f checkup.Finding, plans []ListPlan) bool {
	if f.Rule != "fee_off_list" && f.Rule != "service_off_list" {
		return false
	}
	for _, p := range plans {
		for _, diff := range p.Differences {
			if said := cmp.Or(f.Message.Args["fee"], f.Message.Args["service"]); diff.After == nil && diff.Before != nil && (said == diff.Before.Name || said == diff.Code) {
				return true
			}
		}
	}
	return false
}

// inspector judges items.
func (d *Desk) inspector() *inspect.Desk {
	return &inspect.Desk{Runner: d.Runner, People: d.People, Items: d.Items, Region: d.Region}
}

type acceptance struct {
	reason string
	person int64
}

func acceptedOf(tx *store.Tx, adjustment int64) (map[string]acceptance, error) {
	all := map[string]acceptance{}
	return all, tx.Each(func(r store.Row) error {
		var id string
		var a acceptance
		err := r.Scan(&id, &a.reason, &a.person)
		all[id] = a
		return err
	}, `select finding, reason, person from adjustment_accepted where home = $1 and adjustment = $2`, tx.Home(), adjustment)
}

// catalogue is what is judged together, as far as it can matter: the powers when
// powers change; the lists of fees and intermediary services, which are short, with
// the written items that name something of them when those do. few is fewPowers; less
// than 0 reads everything.
func (d *Desk) catalogue(tx *store.Tx, x *Examined, few int) (*checkup.Catalogue, error) {
	c := &checkup.Catalogue{Agencies: map[string]string{}}
	agencies, err := d.People.Agencies(tx, tx.Today())
	if err != nil {
		return nil, err
	}
	for _, a := range agencies {
		c.Agencies[a.Key] = a.Name
	}
	touches := func(stem string) bool {
		return slices.ContainsFunc(x.Plans, func(p ListPlan) bool { return strings.HasPrefix(p.List, stem) })
	}
	if touches("power") {
		if c.Powers, err = powers(tx, x, few); err != nil {
			return nil, err
		}
	}
	if !touches("fee_") && !touches("intermediary") {
		return c, nil
	}
	c.Fees, c.Intermediaries = []checkup.Entry{}, []checkup.Entry{}
	for _, k := range lists.Kinds() {
		to := inspect.EntriesOf(c, k.Key)
		if to == nil {
			continue
		}
		if err := lists.Each(tx, lists.Query{List: k.Key}, func(e lists.Entry) { *to = append(*to, inspect.Line(e)) }); err != nil {
			return nil, err
		}
	}
	if few < 0 {
		c.Items, err = inspect.Written(tx, d.Items)
	} else {
		c.Items, err = d.asking(tx, x.Plans)
	}
	return c, err
}

// powerOf is a power as it is judged here: items are not, so that one that names
// its item lacks none.
func powerOf(e lists.Entry) checkup.Power {
	p := inspect.Power(e)
	p.Internal = e.Content.Columns.Text("item") != ""
	return p
}

// resulting is the catalogue with what the plans change.
func resulting(before *checkup.Catalogue, plans []ListPlan) *checkup.Catalogue {
	after := *before
	after.Powers, after.Fees, after.Intermediaries = slices.Clone(before.Powers), slices.Clone(before.Fees), slices.Clone(before.Intermediaries)
	for _, p := range plans {
		for _, diff := range p.Differences {
			if p.List == "power" {
				after.Powers = slices.DeleteFunc(after.Powers, func(x checkup.Power) bool { return x.Code == diff.Code })
				if diff.After != nil {
					after.Powers = append(after.Powers, powerOf(*diff.After))
				}
			}
			if to := inspect.EntriesOf(&after, p.List); to != nil {
				*to = slices.DeleteFunc(*to, func(x checkup.Entry) bool { return x.Code == diff.Code })
				if diff.After != nil {
					*to = append(*to, inspect.Line(*diff.After))
				}
			}
		}
	}
	return &after
}
