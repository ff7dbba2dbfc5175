package catalog

import (
	"maps"

	"github.com/goccy/go-yaml"

	"tongban/internal/record/act"
	"tongban/internal/rules/checkup"
	"tongban/internal/rules/day"
)

// again is the version as it would be written for a day on which it begins anew,
// with what edit changes in it, or everything that is then wrong with it.
func (v *Version) again(from day.Day, edit func(*Item)) (*Draft, []Problem) {
	d := &Draft{FlowXML: v.FlowXML, FormJSON: v.formJSON, Flow: v.Flow, Form: v.Form}
	err := yaml.Unmarshal(v.itemYAML, &d.Item)
	if err == nil {
		d.Roles = maps.Clone(d.Roles)
		edit(&d.Item)
		d.InForce.From = from
		d.ItemYAML, err = yaml.MarshalWithOptions(d.Item, yaml.OmitEmpty())
	}
	if err != nil {
		return nil, []Problem{{File: itemFile, Msg: asMessage(err)}}
	}
	if v.Complete() {
		return Read(d.ItemYAML, d.FlowXML, d.FormJSON)
	}
	return d, nil
}

// Resumed is an item that was suspended, as it was, from a day on.
func (v *Version) Resumed(from day.Day) (*Draft, []Problem) {
	return v.again(from, func(it *Item) { it.InForce.Until = 0 })
}

// Filed is an item known by name only as one that is only told to the body (改为备案).
func (v *Version) Filed(from day.Day) (*Draft, []Problem) {
	return v.again(from, func(it *Item) { it.Type = checkup.OtherPower })
}

// RenewIn publishes a draft as an item's next version inside another command, which
// was decided by more than one person and has asked for its own right. base is the
// version that they saw; when another was published since it is a Conflict.
func RenewIn(c *act.Call, item int64, base int, d *Draft, proposedBy int64) (Ref, error) {
	r, err := lockItem(c.Tx, item)
	if err != nil {
		return Ref{}, err
	}
	if r.newest != base {
		return Ref{}, act.Changed("catalog.thing.item")
	}
	wrong, err := d.Fits(c.Tx, d.InForce.From)
	if err == nil {
		err = AsError(wrong)
	}
	if err != nil {
		return Ref{}, err
	}
	return r.renew(c, newRow{d: d, proposed: proposedBy})
}

// renew publishes a draft where the item held, from its own day.
func (r *root) renew(c *act.Call, n newRow) (ref Ref, err error) {
	if n.region, err = regionOf(c.Tx, *r); err != nil {
		return Ref{}, err
	}
	n.span = day.Span{From: n.d.InForce.From, Until: n.d.InForce.Until}
	if ref, err = r.publish(c, n); err != nil {
		return ref, err
	}
	bump(c.Tx)
	return ref, c.Tx.Flush()
}
