package identity

import (
	"errors"
	"slices"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// places is every agency and stored region of the home, of all days.
type places struct {
	epoch    int64
	agencies map[string][]Agency // by key, oldest first
	keys     []string            // in order
	regions  map[string][]Region
}

// placesNow returns the places as they stand, read again only after a change.
func (r *Register) placesNow(tx *store.Tx) (*places, error) {
	n, err := r.Epoch(tx, epochPlace)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	p := r.places
	r.mu.Unlock()
	if p != nil && p.epoch == n {
		return p, nil
	}
	if p, err = readPlaces(tx, n); err != nil {
		return nil, err
	}
	r.mu.Lock()
	r.places = p
	r.mu.Unlock()
	return p, nil
}

func readPlaces(tx *store.Tx, epoch int64) (*places, error) {
	p := &places{epoch: epoch, agencies: map[string][]Agency{}, regions: map[string][]Region{}}
	err := tx.Each(func(row store.Row) error {
		var g Agency
		err := row.Scan(&g.Key, &g.Span.From, &g.Span.Until, &g.Number, &g.Name, &g.Short, &g.USCC, &g.Region, &g.Address, &g.Phone, &g.Level, &g.NameEN)
		if len(p.agencies[g.Key]) == 0 {
			p.keys = append(p.keys, g.Key)
		}
		p.agencies[g.Key] = append(p.agencies[g.Key], g)
		return err
	}, `select key, from_day, until_day, number, name, short, uscc, region, address, phone, level, name_en
		from agency where home = $1 order by key, from_day`, tx.Home())
	if err != nil {
		return nil, err
	}
	err = tx.Each(func(row store.Row) error {
		var g Region
		err := row.Scan(&g.Code, &g.Span.From, &g.Span.Until, &g.Name, &g.Parent, &g.NameEN)
		p.regions[g.Code] = append(p.regions[g.Code], g)
		return err
	}, `select code, from_day, until_day, name, parent, name_en from region where home = $1 order by code, from_day`, tx.Home())
	return p, err
}

// Agencies lists the agencies in force on day d, in the order of their keys.
func (r *Register) Agencies(tx *store.Tx, d day.Day) ([]Agency, error) {
	p, err := r.placesNow(tx)
	if err != nil {
		return nil, err
	}
	var list []Agency
	for _, key := range p.keys {
		if g, ok := p.agency(key, d); ok {
			list = append(list, g)
		}
	}
	return list, nil
}

// Agency returns the agency with this key as it stands on day d; a NotFound
// error when there is none.
func (r *Register) Agency(tx *store.Tx, key string, d day.Day) (Agency, error) {
	p, err := r.placesNow(tx)
	if err != nil {
		return Agency{}, err
	}
	if g, ok := p.agency(key, d); ok {
		return g, nil
	}
	return Agency{}, act.Missing("identity.thing.agency")
}

// AgencyName returns the agency's short name on day d, of one that is gone by then the
// last one, or its key when it is not known.
func (r *Register) AgencyName(tx *store.Tx, key string, d day.Day) (string, error) {
	g, err := r.LastOf(tx, key, d)
	if act.KindOf(err) == act.NotFound {
		return key, nil
	}
	return g.Short, err
}

func (p *places) agency(key string, d day.Day) (Agency, bool) {
	for _, g := range p.agencies[key] {
		if g.Span.Holds(d) {
			return g, true
		}
	}
	return Agency{}, false
}

// Regions lists the stored regions right below parent on day d, by code; the
// national table is not among them.
func (r *Register) Regions(tx *store.Tx, parent string, d day.Day) ([]Region, error) {
	p, err := r.placesNow(tx)
	if err != nil {
		return nil, err
	}
	var list []Region
	for _, rows := range p.regions {
		for _, g := range rows {
			if g.Parent == parent && g.Span.Holds(d) {
				list = append(list, g)
			}
		}
	}
	slices.SortFunc(list, func(a, b Region) int {
		if a.Code < b.Code {
			return -1
		}
		return 1
	})
	return list, nil
}

// RegionNameEN returns what a region is called in English on day d, "" where nobody
// wrote it.
func (r *Register) RegionNameEN(tx *store.Tx, code string, d day.Day) (string, error) {
	p, err := r.placesNow(tx)
	if err != nil {
		return "", err
	}
	for _, g := range p.regions[code] {
		if g.Span.Holds(d) {
			return g.NameEN, nil
		}
	}
	return "", nil
}

// RegionName returns the region's own name on day d: the stored one, else the
// national table's, else the code.
func (r *Register) RegionName(tx *store.Tx, code string, d day.Day) (string, error) {
	p, err := r.placesNow(tx)
	if err != nil {
		return "", err
	}
	for _, g := range p.regions[code] {
		if g.Span.Holds(d) {
			return g.Name, nil
		}
	}
	if g, ok := r.china().Find(code); ok {
		return g.Name, nil
	}
	return code, nil
}

// asMessage takes the sentence out of an error of the rules.
func asMessage(err error) wording.Message {
	var m wording.Message
	if errors.As(err, &m) {
		return m
	}
	return wording.M("act.internal", "id", "")
}
