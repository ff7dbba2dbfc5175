package reorganisations

import (
	"net/http"
	"slices"

	"tongban/internal/record/store"
	"tongban/internal/web/ui"
	"tongban/internal/work/reorganise"
)

// levels are the levels of an agency.
var levels = []string{"county", "township", "city", "province"}

// forms are the fields of what the reader may do.
func (o *desk) forms(tx *store.Tx, d *One, n names, r *http.Request) error {
	d.Reason = field(ui.FieldText, "reason", false)
	d.Reason.Label = ui.M("reorganisations.field.why")
	yes := ui.Field{Kind: ui.FieldYesNo, Name: "approve", Label: ui.M("reorganisations.field.approve"), Inline: true}
	why := field(ui.FieldArea, "reason", true)
	why.Label = ui.M("reorganisations.field.opinion")
	d.Decide = []ui.Field{yes, why}
	if d.Can.Edit {
		d.Head = headFields(reorganise.Plan{Document: d.Document, Reason: d.Act.Reason, From: d.From})
		if err := o.agencyForms(tx, d, n); err != nil {
			return err
		}
	}
	if r.PostForm != nil { // what was typed stays in the form that was sent
		ui.Fill(map[string][]ui.Field{"head": d.Head, "agency": d.Agency, "found": d.Founded, "": d.Decide}[value(r, "act")], r.PostForm, nil)
	}
	return nil
}

// agencyForms say what becomes of an agency that is, and what one is that begins.
func (o *desk) agencyForms(tx *store.Tx, d *One, n names) error {
	which, heir := field(ui.FieldSelect, "agency", false), field(ui.FieldSelect, "heir", true)
	all, err := o.House.People.Agencies(tx, tx.Today())
	if err != nil {
		return err
	}
	for _, a := range all {
		which.Options = append(which.Options, ui.Option{Value: a.Key, Label: ui.Plain(a.Name)})
	}
	fate := field(ui.FieldRadios, "fate", false)
	fate.Value = reorganise.End
	for _, f := range []string{reorganise.End, reorganise.Cede, reorganise.Rename} {
		fate.Options = append(fate.Options, ui.Option{Value: f, Label: ui.M("reorganise.fate." + f), Hint: ui.M("reorganisations.hint.fate." + f)})
	}
	heir.Hint = ui.M("reorganisations.hint.heir")
	heir.Options = append([]ui.Option{{Label: ui.M("reorganisations.none")}}, d.receivers(n, which.Options, "")...)
	name := field(ui.FieldText, "name", true)
	name.Hint = ui.M("reorganisations.hint.name")
	d.Agency = []ui.Field{which, fate, heir, name, field(ui.FieldText, "short", true), field(ui.FieldText, "name_en", true)}

	key, level := field(ui.FieldText, "key", false), field(ui.FieldSelect, "level", false)
	key.Chars, key.Hint = 12, ui.M("reorganisations.hint.key")
	for _, l := range levels {
		level.Options = append(level.Options, ui.Option{Value: l, Label: ui.M("reorganisations.level." + l)})
	}
	uscc := field(ui.FieldUSCC, "uscc", true)
	uscc.Hint = ui.M("reorganisations.hint.uscc")
	d.Founded = []ui.Field{key, field(ui.FieldText, "name", false), field(ui.FieldText, "short", true), field(ui.FieldText, "name_en", true), uscc, level, field(ui.FieldText, "address", true), field(ui.FieldPhone, "phone", true)}
	return nil
}

// receivers are the agencies that can get something from one: those that are, and
// those that the act founds, without those that it ends.
func (d *One) receivers(n names, today []ui.Option, giver string) (list []ui.Option) {
	ends := func(key string) bool {
		return key == giver || slices.ContainsFunc(d.Effect.Agencies, func(g reorganise.Agency) bool { return g.Key == key && g.Fate == reorganise.End })
	}
	for _, g := range d.Effect.Agencies {
		if g.Fate == reorganise.Begin {
			list = append(list, ui.Option{Value: g.Key, Label: n.of(g.Key)})
		}
	}
	for _, x := range today {
		if !ends(x.Value) {
			list = append(list, x)
		}
	}
	return list
}
