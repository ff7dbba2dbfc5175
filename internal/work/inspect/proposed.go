package inspect

import (
	"slices"
	"strconv"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/lists"
	"tongban/internal/rules/checkup"
)

// Proposed is what the check finds about an item as open proposals would have it
// that it does not find about it as it stands, by the same rules and the same
// lists. A proposal to end an item changes nothing that is judged here.
func (d *Desk) Proposed(tx *store.Tx, proposals ...catalog.Proposal) ([]checkup.Finding, error) {
	var items []checkup.Item
	for _, p := range proposals {
		draft, err := p.Draft(tx)
		if err != nil {
			return nil, err
		}
		if draft != nil {
			items = append(items, draft.Checkup(p.Region))
		}
	}
	return d.differing(tx, items...)
}

// Would is what the check finds about items as they would be that it does not find
// about them as they stand, also against each other, fewTogether of them at once;
// powers is what differs of the list of powers by then.
func (d *Desk) Would(tx *store.Tx, powers []lists.Difference, items ...checkup.Item) (list []checkup.Finding, err error) {
	for some := range slices.Chunk(items, fewTogether) {
		before, err := d.surrounding(tx, some)
		if err != nil {
			return nil, err
		}
		found, err := would(tx, before, powers, some)
		if err != nil {
			return nil, err
		}
		list = append(list, found...)
	}
	return list, nil
}

// fewTogether is how many items are judged in one catalogue.
const fewTogether = 100

// would judges items in a catalogue that was read.
func would(tx *store.Tx, before *checkup.Catalogue, powers []lists.Difference, items []checkup.Item) (list []checkup.Finding, err error) {
	after := before
	if before.Powers != nil {
		if after, err = exercising(tx, before, items, powers); err != nil {
			return nil, err
		}
	}
	for _, it := range items {
		after = with(after, it)
	}
	known := map[string]bool{} // as they stand, or told of another of them
	for _, it := range items {
		for f := range checkup.About(before, it.Code) {
			known[f.ID] = true
		}
	}
	for _, it := range items {
		for f := range checkup.About(after, it.Code) {
			if !known[f.ID] {
				known[f.ID] = true
				list = append(list, f)
			}
		}
	}
	return list, nil
}

// exercising fills in which powers items will exercise, and gives the catalogue with
// those powers as they will be.
func exercising(tx *store.Tx, before *checkup.Catalogue, items []checkup.Item, differs []lists.Difference) (*checkup.Catalogue, error) {
	entries, err := naming(tx, items)
	if err != nil {
		return nil, err
	}
	after := *before
	for _, diff := range differs {
		delete(entries, diff.Code)
		after.Powers = slices.DeleteFunc(slices.Clone(after.Powers), func(p checkup.Power) bool { return p.Code == diff.Code })
		if diff.After != nil {
			entries[diff.Code] = *diff.After
		}
	}
	x := exercise{c: &checkup.Catalogue{Items: items}, by: map[string][]string{}}
	if err := x.read(tx, entries); err != nil {
		return nil, err
	}
	after.Powers = slices.DeleteFunc(slices.Clone(after.Powers), func(p checkup.Power) bool { _, known := entries[p.Code]; return known })
	after.Powers = append(after.Powers, x.c.Powers...)
	return &after, nil
}

// surrounding is as much of the catalogue as can matter for items, or all of it.
func (d *Desk) surrounding(tx *store.Tx, items []checkup.Item) (*checkup.Catalogue, error) {
	stand, err := catalog.KeysStand(tx)
	if err != nil {
		return nil, err
	}
	if !stand {
		return d.Live(tx)
	}
	s, err := d.setting(tx)
	if err != nil {
		return nil, err
	}
	return d.around(tx, s, items...)
}

// differing is what is found about items in place of those with their codes. Of the
// catalogue only what can matter is read; all of it as long as it lacks keys.
func (d *Desk) differing(tx *store.Tx, items ...checkup.Item) (list []checkup.Finding, err error) {
	if len(items) == 0 {
		return nil, nil
	}
	stand, err := catalog.KeysStand(tx)
	if err != nil {
		return nil, err
	}
	var before *checkup.Catalogue
	var s *setting
	if stand {
		s, err = d.setting(tx)
	} else {
		before, err = d.Live(tx)
	}
	if err != nil {
		return nil, err
	}
	for _, it := range items {
		if stand {
			if before, err = d.around(tx, s, it); err != nil {
				return nil, err
			}
		}
		list = append(list, differing(before, it)...)
	}
	return list, nil
}

// differing is what is found about an item in place of the one with its code.
func differing(before *checkup.Catalogue, it checkup.Item) (list []checkup.Finding) {
	was := map[string]bool{}
	for f := range checkup.About(before, it.Code) {
		was[f.ID] = true
	}
	for f := range checkup.About(with(before, it), it.Code) {
		if !was[f.ID] {
			list = append(list, f)
		}
	}
	return list
}

// with is a catalogue with an item in place of the one with its code.
func with(before *checkup.Catalogue, it checkup.Item) *checkup.Catalogue {
	after := *before
	after.Items = slices.Clone(before.Items)
	if i := slices.IndexFunc(after.Items, func(x checkup.Item) bool { return x.Code == it.Code }); i >= 0 {
		if it.Powers == nil {
			it.Powers = after.Items[i].Powers
		}
		after.Items[i] = it
	} else {
		after.Items = append(after.Items, it)
	}
	return &after
}

// Faults makes one Invalid error of the errors among findings, a field each: what
// breaks a law or a list is not handed in. Of warnings and notes it is nil.
func Faults(list []checkup.Finding) error {
	var fields []act.Field
	for _, f := range list {
		if f.Severity == checkup.Error {
			fields = append(fields, act.Field{Name: "finding." + strconv.Itoa(len(fields)), Msg: f.Message})
		}
	}
	return act.WrongFields("inspect.proposed", fields)
}
