package house

import (
	"path"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/register/catalog"
	"tongban/internal/work/adjust"
	"tongban/internal/work/casework"
	"tongban/internal/work/change"
)

// ReadAdjusted reads entries of an adjustment from a file: what a list's own export
// has, or an archive (.zip) with the folders of new items. giver is the body above
// from which what is taken over comes. All that is wrong with it is one Invalid error.
func ReadAdjusted(list string, does adjust.Does, giver, name string, src []byte) (entries []adjust.Entry, err error) {
	if list == adjust.OnItems && strings.EqualFold(path.Ext(name), ".zip") {
		drafts, wrong, err := change.ReadUpload(name, src)
		if err == nil {
			err = catalog.AsError(wrong)
		}
		if err != nil {
			return nil, err
		}
		entries = adjust.Drafted(does, drafts)
	} else if entries, err = adjust.ReadEntries(list, does, name, src); err != nil {
		return nil, err
	}
	for i := range entries {
		entries[i].Giver = giver
	}
	return entries, nil
}

// moveCases lets an adjustment that takes effect move running cases.
func (h *House) moveCases(c *act.Call, m adjust.Moves) {
	casework.PlanMoves(c, casework.PlannedMoves(m))
}
