package paper

import (
	"tongban/internal/record/store"
	"tongban/internal/rules/wording"
)

// Preview is a paper as it would read, without number, seal or code.
type Preview struct{ Title, Body string }

// Preview renders the paper that Write would write today from these facts. It
// writes nothing and takes no number; its own number is left open.
func (d *Desk) Preview(tx *store.Tx, kind, agency string, f Facts) (Preview, error) {
	form, rule, err := d.form(tx, kind, agency, tx.Today())
	if err != nil {
		return Preview{}, err
	}
	body, err := d.Agencies.Agency(tx, agency, tx.Today())
	if err != nil {
		return Preview{}, err
	}
	f.Agency, f.Reference = body.Name, wording.Text(wording.ZH, "paper.preview.number")
	if f.Day == "" {
		f.Day = wording.Date(wording.ZH, tx.Today())
	}
	text, err := form.render(rule, f)
	return Preview{Title: form.Title, Body: text}, err
}
