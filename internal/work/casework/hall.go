package casework

import (
	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
)

// HallList is the kind of the list of hall presence.
const HallList = "hall"

// What the list of hall presence says of an item that is decided elsewhere.
const (
	HallAuthorised = "decided"  // authorised on the list, and yet decided elsewhere
	HallReceived   = "received" // the window only receives
	HallOut        = "out"      // not at the hall
	HallUnlisted   = "unlisted" // not on the list at all
)

// Hollow is a hollow window (前店后厂): an item that the hall accepts and another
// agency decides.
type Hollow struct {
	proceeding.Elsewhere
	Code, Name string
	Listed     string // HallAuthorised, HallReceived, HallOut, HallUnlisted
	Reason     string // as the list gives it
}

// hollowMax bounds the hollow windows that are shown.
const hollowMax = 200

// HollowWindows finds the hollow windows of a year from its cases, most cases
// first, with what the list of hall presence says of the item on a day. It
// opens nothing personal. The caller has asked for the right.
func (o *Office) HollowWindows(tx *store.Tx, from, until, on day.Day) ([]Hollow, error) {
	rows, err := proceeding.DecidedElsewhere(tx, Kind, from, until, hollowMax)
	if err != nil {
		return nil, err
	}
	list := make([]Hollow, len(rows))
	for i, e := range rows {
		all, err := o.Items.Versions(tx, e.Item)
		if err != nil {
			return nil, err
		}
		v := all[len(all)-1]
		list[i] = Hollow{Elsewhere: e, Code: v.Code, Name: v.Name, Listed: HallUnlisted}
		listed, err := lists.EntryOn(tx, HallList, v.Code, lists.Stand{Day: on})
		if act.KindOf(err) == act.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		list[i].Listed, list[i].Reason = listed.Type, listed.Content.Columns.Text("reason")
	}
	return list, nil
}
