package lists

import (
	"strconv"

	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// Names knows agencies and regions by key and by name, on a day.
type Names struct {
	agency map[string]string // key → name
	key    map[string]string // name, short name → key; "" when two share it
	region map[string]string // code → name
	code   map[string]string // name → code; "" when two share it
	seat   map[string]string // agency → region

	inEnglish map[string]string // key of an agency, code of a region → its English name, where it has one
}

// Agency is the name of an agency, or its key when nobody knows it.
func (n Names) Agency(key string) string {
	if name := n.agency[key]; name != "" {
		return name
	}
	return key
}

// AgencyIn is the name of an agency for readers of a language.
func (n Names) AgencyIn(lang wording.Lang, key string) string {
	if name := n.inEnglish[key]; name != "" && lang == wording.EN {
		return name
	}
	return n.Agency(key)
}

// RegionIn is the name of a region for readers of a language.
func (n Names) RegionIn(lang wording.Lang, code string) string {
	if name := n.inEnglish[code]; name != "" && lang == wording.EN {
		return name
	}
	return n.Region(code)
}

// Region is the name of a region, or its code when nobody knows it.
func (n Names) Region(code string) string {
	if name := n.region[code]; name != "" {
		return name
	}
	return code
}

// Show writes a value of a column in words: choices by their titles, agencies by
// their names, money in yuan.
func (n Names) Show(c *Column, v any, lang wording.Lang) string {
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		if v {
			return wording.Text(lang, "lists.yes")
		}
		return wording.Text(lang, "lists.no")
	case int64:
		if c.Type == Money {
			return yuan(v)
		}
		return strconv.FormatInt(v, 10)
	case string:
		switch c.Type {
		case Choice:
			if o, ok := c.option(v); ok {
				return o.Label(lang)
			}
		case Agency:
			return n.AgencyIn(lang, v)
		}
		return v
	}
	return ""
}

// Names reads the agencies and regions of a day.
func (r *Register) Names(tx *store.Tx, d day.Day) (Names, error) {
	n := Names{agency: map[string]string{}, key: map[string]string{}, region: map[string]string{}, code: map[string]string{}, seat: map[string]string{},
		inEnglish: map[string]string{}}
	agencies, err := r.people.Agencies(tx, d)
	if err != nil {
		return n, err
	}
	for _, a := range agencies {
		n.agency[a.Key], n.seat[a.Key] = a.Name, a.Region
		once(n.key, a.Name, a.Key)
		if a.Short != a.Name {
			once(n.key, a.Short, a.Key)
		}
		if a.NameEN != "" {
			n.inEnglish[a.Key] = a.NameEN
			once(n.key, a.NameEN, a.Key)
		}
	}
	for _, a := range agencies {
		// A county may keep its own regions without the province and city above it.
		for _, digits := range []int{0, 2, 4, 6, 9, 12} {
			if digits <= len(a.Region) {
				if err := r.regions(tx, n, a.Region[:digits], d); err != nil {
					return n, err
				}
			}
		}
	}
	return n, nil
}

// regions notes a region and all that is stored below it.
func (r *Register) regions(tx *store.Tx, n Names, code string, d day.Day) error {
	if _, seen := n.region[code]; seen {
		return nil
	}
	name, err := r.people.RegionName(tx, code, d)
	if err != nil {
		return err
	}
	n.region[code] = name
	if name != code {
		once(n.code, name, code)
	}
	english, err := r.people.RegionNameEN(tx, code, d)
	if err != nil {
		return err
	}
	if english != "" {
		n.inEnglish[code] = english
		once(n.code, english, code)
	}
	below, err := r.people.Regions(tx, code, d)
	for _, g := range below {
		if err == nil {
			err = r.regions(tx, n, g.Code, d)
		}
	}
	return err
}

// once notes what a name stands for; a name of two things stands for neither.
func once(m map[string]string, name, key string) {
	if _, twice := m[name]; twice {
		key = ""
	}
	m[name] = key
}
