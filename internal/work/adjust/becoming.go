package adjust

import (
	"slices"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/lists"
	"tongban/internal/rules/checkup"
	"tongban/internal/rules/wording"
)

// becomes is an item as an entry has it afterwards, before and after: nil before for
// what is not in force until then, nil after for what goes.
type becomes struct {
	Entry
	was   *catalog.Version
	last  *catalog.Version // of a known item: the newest
	is    *catalog.Draft
	wrong []catalog.Problem
}

// becoming tells what each entry about an item comes to.
func (d *Desk) becoming(tx *store.Tx, x Adjustment, entries []Entry) (list []becomes, err error) {
	for _, e := range entries {
		if e.List != OnItems || e.Does == Keep || e.Does == Unsettled {
			continue
		}
		b := becomes{Entry: e}
		if e.begins() {
			b.is, b.wrong, err = d.drafted(tx, x.ID, e.whole())
			if err == nil && b.is != nil && len(b.wrong) == 0 {
				b.is, b.wrong = b.is.Starting(x.From)
			}
		} else {
			err = d.renewed(tx, x, &b)
		}
		if err == nil && b.is != nil && b.Proposal == 0 && len(b.wrong) == 0 {
			b.wrong, err = b.is.Fits(tx, x.From) // and what it leaves to its base item is filled in
		}
		if err != nil {
			return nil, err
		}
		list = append(list, b)
	}
	return list, nil
}

// whole is the entry as its kept files tell it, where there are any.
func (e Entry) whole() *Entry {
	if e.Guided {
		e.Content = nil
	}
	return &e
}

// renewed fills in what an entry about a known item comes to.
func (d *Desk) renewed(tx *store.Tx, x Adjustment, b *becomes) error {
	item, err := d.Items.ByCode(tx, b.Code)
	if err != nil {
		return err
	}
	all, err := d.Items.Versions(tx, item)
	if err != nil {
		return err
	}
	b.last = all[len(all)-1]
	if b.Does != Resume {
		b.was = b.last
	}
	switch {
	case !b.renews():
	case b.Proposal != 0:
		p, err := catalog.ProposalByID(tx, b.Proposal)
		if err != nil {
			return err
		}
		b.is, err = p.Draft(tx)
		return err
	case b.Does == Resume:
		b.is, b.wrong = b.last.Resumed(x.From)
	case b.Does == Filing:
		b.is, b.wrong = b.last.Filed(x.From)
	}
	return nil
}

// itemFaults finds what entries about items have wrong.
func (d *Desk) itemFaults(tx *store.Tx, x *Examined) error {
	list, err := d.becoming(tx, x.Adjustment, x.Entries)
	for _, b := range list {
		if err == nil {
			err = d.itemFault(tx, x, b)
		}
		if err == nil && b.refiled() && x.Stage != Done {
			err = d.refiledFault(tx, x, b.Entry, list)
		}
	}
	return err
}

// refiledFault finds an item that would become a filing under the code of one that is none.
func (d *Desk) refiledFault(tx *store.Tx, x *Examined, e Entry, list []becomes) error {
	kind := checkup.OtherPower // one that is nowhere is another fault
	if i := slices.IndexFunc(list, func(b becomes) bool { return b.Code == e.Into[0] && b.is != nil }); i >= 0 {
		kind = list[i].is.Type
	} else if item, err := d.Items.ByCode(tx, e.Into[0]); err == nil {
		all, err := d.Items.Versions(tx, item)
		if err != nil {
			return err
		}
		kind = all[len(all)-1].Type
	} else if act.KindOf(err) != act.NotFound {
		return err
	}
	if kind != checkup.OtherPower {
		x.Faults = append(x.Faults, wording.M("adjust.fault.refiled", "code", e.Code, "name", e.Name, "into", e.Into[0]))
	}
	return nil
}

func (d *Desk) itemFault(tx *store.Tx, x *Examined, b becomes) error {
	add := func(key string, pairs ...any) {
		x.Faults = append(x.Faults, wording.M(key, append(pairs, "code", b.Code, "name", b.Name)...))
	}
	if x.Stage == Done {
		return nil
	}
	if b.begins() {
		_, err := d.Items.ByCode(tx, b.Code)
		if err == nil {
			add("adjust.fault.known")
			return nil
		}
		if act.KindOf(err) != act.NotFound {
			return err
		}
		if b.is == nil && len(b.wrong) == 0 {
			add("adjust.fault.new_item")
		}
		x.told(b.wrong)
		return nil
	}
	if b.Proposal != 0 && b.renews() {
		p, err := catalog.ProposalByID(tx, b.Proposal)
		if err == nil && (p.State != catalog.Open || p.Kind != catalog.Publishing || p.From != x.From) {
			add("adjust.fault.proposal", "day", x.From)
		}
		return err
	}
	switch {
	case b.last == nil:
	case b.last.N != b.Base:
		add("adjust.fault.moved")
	case b.Does == Resume && x.From < b.last.Span.Until:
		add("adjust.fault.resume_early", "day", b.last.Span.Until)
	}
	x.told(b.wrong)
	return nil
}

// told adds problems to the faults.
func (x *Examined) told(problems []catalog.Problem) {
	for _, p := range problems {
		x.Faults = append(x.Faults, p.Sentence())
	}
}

// itemPlan is what will differ of the items, as the plan of a list.
func (d *Desk) itemPlan(tx *store.Tx, x Adjustment, entries []Entry) (p ListPlan, err error) {
	p.List, p.From = OnItems, x.From
	list, err := d.becoming(tx, x, entries)
	if err != nil || len(list) == 0 {
		return p, err
	}
	names, err := d.Lists.Names(tx, tx.Today())
	if err != nil {
		return p, err
	}
	for _, b := range list {
		diff := lists.Difference{Op: lists.Edit, Code: b.Code, Name: b.Name}
		var is *catalog.Version
		switch {
		case b.is != nil:
			is = b.is.Version()
		case !b.ends():
			continue
		}
		switch {
		case is == nil:
			diff.Op = lists.End
		case b.was == nil:
			diff.Op = lists.Add
		}
		if diff.Fields = catalog.Differences(b.was, is, names.Agency); len(p.Differences) < lists.MostDifferences {
			p.Differences = append(p.Differences, diff)
		}
	}
	return p, nil
}

// written judges the items as the adjustment would have them: what is found about
// them that is not so as they stand.
func (d *Desk) written(tx *store.Tx, x *Examined) ([]checkup.Finding, error) {
	list, err := d.becoming(tx, x.Adjustment, x.Entries)
	if err != nil {
		return nil, err
	}
	var items []checkup.Item
	for _, b := range list {
		if b.is != nil && len(b.wrong) == 0 {
			items = append(items, b.is.Checkup(d.Region))
		}
	}
	var powers []lists.Difference
	for _, p := range x.Plans {
		if p.List == "power" {
			powers = p.Differences
		}
	}
	return d.inspector().Would(tx, powers, items...)
}
