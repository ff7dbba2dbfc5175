package casework

import (
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
)

// asked is what the applicant was asked for: form, materials, fees, ways to apply
// and to be handed the result. It stays with the version under which a case was
// applied for, whatever version it is moved to: nothing may be demanded anew
// (行政许可法 32), and what was answered keeps its meaning.
const asked = "asked"

// stays takes over, by name, what holds of an earlier version.
var stays = map[string]func(now, old *catalog.Version){
	asked: func(now, old *catalog.Version) {
		now.Form, now.Materials, now.Fees, now.Applicants, now.Channels, now.Trips, now.Delivery, now.Deemed =
			old.Form, old.Materials, old.Fees, old.Applicants, old.Channels, old.Trips, old.Delivery, old.Deemed
	},
	"notice": func(now, old *catalog.Version) { now.Terms.Notice = old.Terms.Notice },
	"statutory": func(now, old *catalog.Version) {
		now.Terms.Statutory, now.Terms.Extension = old.Terms.Statutory, old.Terms.Extension
	},
	"promised": func(now, old *catalog.Version) { now.Terms.Promised = old.Terms.Promised },
	"lapse":    func(now, old *catalog.Version) { now.Terms.Lapse, now.Terms.Remind = old.Terms.Lapse, old.Terms.Remind },
}

// holding is what holds for a case of the version that it is under: with what
// stays from the versions before, and with the agencies that took over.
func (o *Office) holding(tx *store.Tx, v *catalog.Version, f *File) (*catalog.Version, error) {
	if len(f.Facts.Stays) == 0 {
		return f.as(v), nil
	}
	now := *v
	for what, id := range f.Facts.Stays {
		old, err := o.Items.Pinned(tx, id)
		if err != nil {
			return nil, err
		}
		if take := stays[what]; take != nil {
			take(&now, old)
		}
	}
	return f.as(&now), nil
}
