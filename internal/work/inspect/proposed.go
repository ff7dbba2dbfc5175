package inspect

import (
	"slices"
	"strconv"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/checkup"
)

// Proposed is what the check finds about an item as open proposals would have it
// that it does not find about it as it stands, by the same rules and the same
// lists. A proposal to end an item changes nothing that is judged here.
func (d *Desk) Proposed(tx *store.Tx, proposals ...catalog.Proposal) ([]checkup.Finding, error) {
	var before *checkup.Catalogue
	var list []checkup.Finding
	for _, p := range proposals {
		draft, err := p.Draft(tx)
		if err != nil {
			return nil, err
		}
		if draft == nil {
			continue
		}
		if before == nil {
			if before, err = d.Live(tx); err != nil {
				return nil, err
			}
		}
		list = append(list, differing(before, draft.Checkup(p.Region))...)
	}
	return list, nil
}

// differing is what is found about an item in place of the one with its code.
func differing(before *checkup.Catalogue, it checkup.Item) (list []checkup.Finding) {
	after := *before
	after.Items = slices.Clone(before.Items)
	if i := slices.IndexFunc(after.Items, func(x checkup.Item) bool { return x.Code == it.Code }); i >= 0 {
		it.Powers = after.Items[i].Powers
		after.Items[i] = it
	} else {
		after.Items = append(after.Items, it)
	}
	was := map[string]bool{}
	for f := range checkup.About(before, it.Code) {
		was[f.ID] = true
	}
	for f := range checkup.About(&after, it.Code) {
		if !was[f.ID] {
			list = append(list, f)
		}
	}
	return list
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
