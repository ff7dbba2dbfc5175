package casework

import (
	"slices"

	"tongban/internal/record/act"
	"tongban/internal/record/file"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/form"
)

// Prepared is a draft with what is known about it: which answers are there
// already, which are asked, where each material stands, and what would be wrong
// if it were submitted now. Nothing is written.
type Prepared struct {
	*Draft
	Version   *catalog.Version // in force today, by which it will be submitted
	Kind      string           // of the applicant: person, legal, agency
	Label     string           // the applicant's name, masked for a natural person
	Prefilled form.Prefilled
	Values    map[string]any // what was typed under what is known
	Outcome   form.Outcome
	Materials []Wanted
}

// Wanted is a material that the item asks for in this case.
type Wanted struct {
	catalog.Material
	State  string // given, supplied, bring, deferred, or missing
	Source string // where data supply it
	Files  []file.Attachment
}

// Prepare reads a draft of this person as it would be submitted, with what is
// known of its subject: only for those who could submit it today.
func (o *Office) Prepare(tx *store.Tx, person, id int64) (*Prepared, error) {
	d, err := o.Draft(tx, person, id)
	if err != nil {
		return nil, err
	}
	p := &Prepared{Draft: d}
	if d.Submitted {
		return p, nil
	}
	if p.Version, err = o.Items.InForce(tx, d.Item, tx.Today()); err != nil {
		return nil, err
	}
	if err := p.Version.Open(); err != nil {
		return nil, err
	}
	if err := o.mayPrepare(tx, p.Version, person, d.Subject); err != nil {
		return nil, err
	}
	party, err := o.party(tx, d.Subject)
	if err != nil {
		return nil, err
	}
	p.Kind, p.Label = party.kind, party.label
	known, err := o.KnownOf(tx, d.Subject)
	if err != nil {
		return nil, err
	}
	s := p.Setting(tx)
	p.Prefilled = p.Version.Form.Prefill(known, s)
	p.Values = p.Prefilled.Apply(overlay(p.Version.Form, d.Secret.Form, nil))
	p.Outcome = p.Version.Form.Validate(p.Values, s)
	if err := alsoFormer(tx, p.Version, &p.Outcome, d.Subject); err != nil {
		return nil, err
	}
	return p, o.wanted(tx, p, known)
}

// mayPrepare tells whether a person may still fill in something for a subject:
// for themself, for somebody they act for, or at the item's window.
func (o *Office) mayPrepare(tx *store.Tx, v *catalog.Version, person, subject int64) error {
	may, err := o.People.MayActFor(tx, person, subject, "", tx.Today())
	if err != nil || may {
		return err
	}
	clerks, err := o.People.StaffOf(tx, windowOf(v), "window", tx.Today())
	if err == nil && !slices.Contains(clerks, person) {
		err = act.Missing("casework.draft")
	}
	return err
}

// Setting is what the draft's form is judged by today.
func (p *Prepared) Setting(tx *store.Tx) form.Setting {
	return form.Setting{Today: tx.Today(), Applicant: p.Kind}
}

func (o *Office) wanted(tx *store.Tx, p *Prepared, known map[string]form.Known) error {
	files, err := o.Files.List(tx, FilesOf(p.ID))
	if err != nil {
		return err
	}
	facts := map[string]any{"form": p.Outcome.Values, "decision": "", "applicant": map[string]any{"kind": p.Kind}}
	for _, x := range p.Version.Materials {
		needed, err := o.needed(x, facts)
		if err != nil || !needed {
			if err != nil && p.Outcome.OK() {
				return err
			}
			continue // a condition on answers that are not there yet
		}
		w := Wanted{Material: x}
		for _, f := range files {
			if f.Slot == x.Key {
				w.Files = append(w.Files, f)
			}
		}
		in := standing(x, known, len(w.Files) > 0)
		w.State, w.Source = in.State, in.Source
		p.Materials = append(p.Materials, w)
	}
	return nil
}

// PartyOf names an applicant as the register has it: kind and masked name.
func (o *Office) PartyOf(tx *store.Tx, id int64) (kind, label string, err error) {
	p, err := o.party(tx, id)
	return p.kind, p.label, err
}
