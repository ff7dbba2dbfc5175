package catalog

import (
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
)

// Reread reads an item again from its files as they were kept, checked by this
// program; one without a flow is known by name only.
func Reread(itemYAML, flowXML, formJSON []byte) (*Draft, []Problem) {
	if len(flowXML) > 0 {
		return Read(itemYAML, flowXML, formJSON)
	}
	d, err := readEntry(itemYAML)
	if err != nil {
		return nil, []Problem{{File: itemFile, Msg: asMessage(err)}}
	}
	return d, nil
}

// Named is an item known by name only, as a row of ListKind tells it, or all that
// is wrong with the row. The day from which it holds is not taken from it.
func Named(columns lists.Row) (*Draft, []Problem) {
	b := lists.Batch{List: ListKind.Key, Changes: []lists.Change{{Code: columns.Text("code"), Content: lists.Content{Columns: columns}}}}
	var d *Draft
	wrong := b.FileRows(ListKind, func(r *lists.FileRow) { d = entryOf(r) })
	problems := make([]Problem, len(wrong))
	for i, p := range wrong {
		problems[i] = Problem{Msg: p.Msg}
	}
	if len(problems) > 0 {
		return nil, problems
	}
	d.row, d.InForce = row{}, Force{}
	d.write()
	return d, nil
}

// Row is what a row of ListKind tells of the draft.
func (d *Draft) Row() lists.Row { return listRow(&d.Item) }

// Starting is the draft as it is written, holding from a day on, or everything that
// is then wrong with it.
func (d *Draft) Starting(on day.Day) (*Draft, []Problem) {
	if d.NameOnly() || d.InForce.From == on {
		return d, nil
	}
	return Read(startingOn(d.ItemYAML, Force{From: on, Until: d.InForce.Until}), d.FlowXML, d.FormJSON)
}

// Fits tells what stands in the way of a draft that would hold from a day on: a body
// that there is not, what differs from its base item, what it charges or asks for off
// the lists. What it leaves to its base item is filled in.
func (d *Draft) Fits(tx *store.Tx, on day.Day) ([]Problem, error) {
	bodies, err := agencies(tx)
	if err != nil {
		return nil, err
	}
	problems := settleAgency(d, bodies)
	differs, err := d.stand(tx, on)
	if err != nil {
		return nil, err
	}
	off, err := d.listed(tx, on)
	return append(append(problems, differs...), off...), err
}

// Version is the draft as a version would tell it, for what differs from another.
func (d *Draft) Version() *Version {
	return &Version{Span: day.Span{From: d.InForce.From, Until: d.InForce.Until}, Written: d.Item, FlowXML: d.FlowXML, Flow: d.Flow, Form: d.Form,
		itemYAML: d.ItemYAML, formJSON: d.FormJSON}
}

// EnterIn enters a new item that holds from a day on inside another command, which
// was decided by more than one person and has asked for its own right. A code is an
// item's for ever: one that stands is a Conflict. Whoever wrote a guide does not
// publish it.
func EnterIn(c *act.Call, d *Draft, region string, from day.Day, proposedBy int64) (Ref, error) {
	if !d.NameOnly() && proposedBy == c.Actor.Person {
		return Ref{}, samePerson()
	}
	if from < c.Today() {
		return Ref{}, act.Wrong("catalog.proposal.past", "name", d.Name, "day", from)
	}
	d, problems := d.Starting(from)
	if err := AsError(problems); err != nil {
		return Ref{}, err
	}
	wrong, err := d.Fits(c.Tx, from)
	if err == nil {
		err = AsError(wrong)
	}
	if err != nil {
		return Ref{}, err
	}
	ref, err := create(c, newRow{d: d, region: region, span: day.Span{From: from, Until: d.InForce.Until}, proposed: proposedBy})
	if err != nil {
		return ref, err
	}
	bump(c.Tx)
	return ref, c.Tx.Flush()
}

func samePerson() error {
	return act.Refuse("catalog.proposal.same_person").Then("catalog.proposal.same_person.next").Recorded()
}
