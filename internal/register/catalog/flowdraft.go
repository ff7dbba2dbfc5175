package catalog

import (
	"regexp"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/flow"
)

// FlowDraft is the flow of an item while managers edit it. There is one of an
// item; it takes no effect before it is proposed and another person publishes it.
type FlowDraft struct {
	Item int64
	Base int    // version that it began from
	Rev  int    // what was saved so far, from 1; 0 for a draft that was not begun
	Flow []byte // nil in lists
	By   int64
	At   day.Instant
}

const draftColumns = `item, base, rev, flow, edited_by, edited_at`

func scanFlowDraft(r store.Row) (d FlowDraft, err error) {
	err = r.Scan(&d.Item, &d.Base, &d.Rev, &d.Flow, &d.By, &d.At)
	return d, err
}

// FlowDraftOf returns the draft of an item's flow, false when nobody edits it.
func FlowDraftOf(tx *store.Tx, item int64) (FlowDraft, bool, error) {
	return store.Find(tx, scanFlowDraft, `select `+draftColumns+` from flow_draft where home = $1 and item = $2`, tx.Home(), item)
}

// FlowDrafts lists the flows that are being edited, of an agency's items or of all
// for "", those changed last first, at most limit, without the flows themselves.
func FlowDrafts(tx *store.Tx, agency string, limit int) ([]FlowDraft, error) {
	return store.All(tx, func(r store.Row) (d FlowDraft, err error) {
		err = r.Scan(&d.Item, &d.Base, &d.Rev, &d.By, &d.At)
		return d, err
	}, `select item, base, rev, edited_by, edited_at from flow_draft d where home = $1 and ($3 = '' or exists(select 1 from item i join item_version v
		on v.home = i.home and v.item = i.id and v.n = i.newest where i.home = d.home and i.id = d.item and v.agency = $3))
		order by edited_at desc, item limit $2`, tx.Home(), limit, agency)
}

// SaveFlow keeps a flow as the draft of an item's next one. The caller has asked
// for the right. rev is the revision that the writer saw, 0 when there was no draft:
// when another saved meanwhile it is a Conflict and nothing is written. What cannot
// be read as a flow is Invalid; what is only wrong with it may be saved.
func SaveFlow(c *act.Call, item int64, rev int, src []byte) (FlowDraft, error) {
	if _, err := flow.Parse(src); err != nil {
		return FlowDraft{}, act.WrongFields("catalog.flow.wrong", []act.Field{{Name: "file", Msg: asMessage(err)}})
	}
	r, err := lockItem(c.Tx, item)
	if err != nil {
		return FlowDraft{}, err
	}
	was, found, err := FlowDraftOf(c.Tx, item)
	if err != nil {
		return FlowDraft{}, err
	}
	if found && was.Rev != rev || !found && rev != 0 {
		return FlowDraft{}, act.Changed("catalog.thing.flow_draft")
	}
	d := FlowDraft{Item: item, Base: was.Base, Rev: rev + 1, Flow: src, By: c.Actor.Person, At: c.Tx.Now()}
	if !found {
		d.Base = r.newest
	}
	c.Tx.Put(`insert into flow_draft(home, item, base, rev, flow, edited_by, edited_at) values($1, $2, $3, $4, $5, $6, $7)
		on conflict (home, item) do update set rev = excluded.rev, flow = excluded.flow, edited_by = excluded.edited_by, edited_at = excluded.edited_at`,
		c.Tx.Home(), item, d.Base, d.Rev, d.Flow, d.By, d.At)
	return d, nil
}

// DropFlow puts the draft of an item's flow away, as the writer saw it.
func DropFlow(c *act.Call, item int64, rev int) error {
	if _, err := lockItem(c.Tx, item); err != nil {
		return err
	}
	d, found, err := FlowDraftOf(c.Tx, item)
	if err == nil && (!found || d.Rev != rev) {
		err = act.Changed("catalog.thing.flow_draft")
	}
	if err != nil {
		return err
	}
	c.Tx.Put(`delete from flow_draft where home = $1 and item = $2`, c.Tx.Home(), item)
	return nil
}

// ProposeFlow writes the draft of a flow as a proposal that holds from a day, and
// puts the draft away. A draft that began from an older version is a Conflict: what
// changed since would be lost. Everything that is wrong with it is Invalid.
func ProposeFlow(c *act.Call, cat *Catalog, item int64, rev int, from day.Day, reason string) (int64, error) {
	d, found, err := FlowDraftOf(c.Tx, item)
	if err != nil {
		return 0, err
	}
	if !found || d.Rev != rev {
		return 0, act.Changed("catalog.thing.flow_draft")
	}
	all, err := cat.Versions(c.Tx, item)
	if err != nil {
		return 0, err
	}
	v := all[len(all)-1]
	if v.N != d.Base {
		return 0, act.Changed("catalog.thing.item")
	}
	next, problems := v.WithFlow(d.Flow, from)
	if err := AsError(problems); err != nil {
		return 0, err
	}
	if err := DropFlow(c, item, rev); err != nil {
		return 0, err
	}
	return Propose(c, item, next, reason)
}

var forceLines = regexp.MustCompile(`(?m)^in_force:[^\n]*\n(?:[ \t]+[^\n]*\n)*`)

// startingOn is item.yaml with other days in force.
func startingOn(written []byte, f Force) []byte {
	days := "from: " + f.From.String()
	if f.Until != 0 {
		days += ", until: " + f.Until.String()
	}
	return forceLines.ReplaceAll(written, []byte("in_force: {"+days+"}\n"))
}

// WithFlow is the item as this version has it, with another flow, from a day on
// (0: as it is written there). It returns the draft or everything that is wrong with it.
func (v *Version) WithFlow(src []byte, from day.Day) (*Draft, []Problem) {
	written := v.itemYAML
	if from != 0 {
		written = startingOn(written, Force{From: from})
	}
	return Read(written, src, v.formJSON)
}

// FlowXML is the flow of a proposal as it was written, nil when it has none.
func (p Proposal) FlowXML(tx *store.Tx) ([]byte, error) {
	var src []byte
	_, err := tx.Get([]any{&src}, `select flow from item_proposal where home = $1 and id = $2`, tx.Home(), p.ID)
	return src, err
}
