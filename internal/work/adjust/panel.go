package adjust

import (
	"slices"

	"tongban/internal/record/store"
)

// Candidate is somebody who may be a member of a panel.
type Candidate struct {
	Person     int64
	Name       string
	Agency     string // where they are posted
	AgencyName string
}

// justice is the agency whose reviewers review laws (合法性审查).
const justice = "sfj"

// Candidates lists those who may give an opinion on an adjustment and wrote none
// of it, by agency: heads, deciders and keepers of the catalogue, and of reviewers
// those of the justice bureau.
func (d *Desk) Candidates(tx *store.Tx, x Adjustment) ([]Candidate, error) {
	writers, err := writersOf(tx, x)
	if err != nil {
		return nil, err
	}
	agencies, err := d.People.Agencies(tx, tx.Today())
	if err != nil {
		return nil, err
	}
	var list []Candidate
	for _, a := range agencies {
		for _, post := range []string{"head", "decider", "reviewer", "catalogue"} {
			if post == "reviewer" && a.Key != justice {
				continue
			}
			staff, err := d.People.StaffOf(tx, a.Key, post, tx.Today())
			if err != nil {
				return nil, err
			}
			for _, p := range staff {
				if slices.Contains(writers, p) || slices.ContainsFunc(list, func(c Candidate) bool { return c.Person == p }) {
					continue
				}
				name, err := d.People.StaffName(tx, p)
				if err != nil {
					return nil, err
				}
				list = append(list, Candidate{p, name, a.Key, a.Name})
			}
		}
	}
	return list, nil
}
