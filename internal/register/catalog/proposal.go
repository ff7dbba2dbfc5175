package catalog

import (
	"slices"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// The kinds of proposals.
const (
	Publishing = "publish"  // a further version
	Ending     = "withdraw" // the item is no longer offered
)

// The states of a proposal.
const (
	Open      = "open"
	Published = "published"
	Dropped   = "dropped"
)

// Proposal is a change of an item that one person wrote and that takes effect
// when another publishes it.
type Proposal struct {
	ID       int64
	Item     int64
	Code     string
	Name     string  // of the item, as it is searched for today
	Kind     string  // publish, withdraw
	Base     int     // newest version when it was written
	From     day.Day // 0: from the day on which it is published
	Reason   string
	Region   string
	By       int64 // who wrote it
	At       day.Instant
	State    string
	Settled  day.Instant
	SettleBy int64
	Note     string
}

// proposal is one about to be written.
type proposal struct {
	kind, region, reason string
	from                 day.Day
	d                    *Draft // nil for a withdrawal
}

// Propose writes a change of an item: the draft becomes its next version on the
// day that it says. The caller has asked for the right. One proposal at a time
// is open for an item.
func Propose(c *act.Call, item int64, d *Draft, reason string) (int64, error) {
	r, err := lockItem(c.Tx, item)
	if err != nil {
		return 0, err
	}
	if d.Code != r.code {
		return 0, act.Wrong("catalog.proposal.code", "code", r.code, "got", d.Code)
	}
	was, err := r.newestVersion(c.Tx)
	if err != nil {
		return 0, err
	}
	wrong, err := proposable(c.Tx, r, was, d)
	if err != nil {
		return 0, err
	}
	bodies, err := agencies(c.Tx)
	if err != nil {
		return 0, err
	}
	differs, err := d.stand(c.Tx, max(d.InForce.From, c.Today()))
	if err != nil {
		return 0, err
	}
	off, err := d.listed(c.Tx, max(d.InForce.From, c.Today()))
	if err != nil {
		return 0, err
	}
	if err := AsError(slices.Concat(wrong, settleAgency(d, bodies), differs, off)); err != nil {
		return 0, err
	}
	region, err := regionOf(c.Tx, r)
	if err != nil {
		return 0, err
	}
	return r.propose(c, proposal{kind: Publishing, region: region, from: d.InForce.From, reason: reason, d: d})
}

// ProposeEnd writes that an item is no longer offered from a day on. Its
// running cases go on by the version that they began with.
func ProposeEnd(c *act.Call, item int64, from day.Day, reason string) (int64, error) {
	r, err := lockItem(c.Tx, item)
	if err != nil {
		return 0, err
	}
	was, err := r.newestVersion(c.Tx)
	if err != nil {
		return 0, err
	}
	if from < c.Today() {
		return 0, act.Wrong("catalog.proposal.past", "name", was.Name, "day", from)
	}
	region, err := regionOf(c.Tx, r)
	if err != nil {
		return 0, err
	}
	return r.propose(c, proposal{kind: Ending, region: region, from: from, reason: reason})
}

func regionOf(tx *store.Tx, r root) (region string, err error) {
	_, err = tx.Get([]any{&region}, `select region from item_version where home = $1 and item = $2 and n = $3`, tx.Home(), r.id, r.newest)
	return region, err
}

// ScopeOf is the area of an item and whose it is: the scope in which a right to
// change it is asked for.
func ScopeOf(tx *store.Tx, item int64) (on act.Scope, err error) {
	found, err := tx.Get([]any{&on.Region, &on.Agency}, `select v.region, v.agency from item i join item_version v on v.home = i.home and v.item = i.id and v.n = i.newest
		where i.home = $1 and i.id = $2`, tx.Home(), item)
	if err == nil && !found {
		err = act.Missing("catalog.thing.item")
	}
	return on, err
}

func (r *root) propose(c *act.Call, p proposal) (int64, error) {
	tx, id := c.Tx, c.Tx.NewID()
	facts := map[string]any{"proposal": id, "kind": p.kind, "base": r.newest, "from": p.from.String(), "reason": p.reason}
	written, flowXML, formJSON := []byte{}, []byte{}, []byte{}
	if p.d != nil {
		written, flowXML, formJSON = p.d.ItemYAML, some(p.d.FlowXML), some(p.d.FormJSON)
		facts["digest"], facts["name"] = hexOf(p.d.digest()), p.d.Name
	}
	if err := r.note(c, ledger.Event{Kind: "item.proposed", Facts: facts}); err != nil {
		return 0, err
	}
	r.save(tx)
	tx.PutOne(act.Wrong("catalog.proposal.open", "name", r.code), `insert into item_proposal(home, id, item, kind, base, from_day, reason, region,
		written, flow, form, proposed_by, proposed_at, state) values($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
		on conflict do nothing`, tx.Home(), id, r.id, p.kind, r.newest, p.from, p.reason, p.region, written, flowXML, formJSON,
		c.Actor.Person, tx.Now(), Open)
	return id, nil
}

const proposalColumns = `p.id, p.item, i.code, coalesce((select s.name from item_version v join item_search s on s.home = v.home and s.version = v.id
	where v.home = p.home and v.item = p.item and v.n = i.newest), ''), p.kind, p.base, p.from_day, p.reason, p.region, p.proposed_by, p.proposed_at,
	p.state, p.settled_at, p.settled_by, p.note from item_proposal p join item i on i.home = p.home and i.id = p.item`

func scanProposal(r store.Row) (p Proposal, err error) {
	err = r.Scan(&p.ID, &p.Item, &p.Code, &p.Name, &p.Kind, &p.Base, &p.From, &p.Reason, &p.Region, &p.By, &p.At, &p.State, &p.Settled, &p.SettleBy, &p.Note)
	return p, err
}

// ProposalByID returns a proposal.
func ProposalByID(tx *store.Tx, id int64) (Proposal, error) {
	p, found, err := store.Find(tx, scanProposal, `select `+proposalColumns+` where p.home = $1 and p.id = $2`, tx.Home(), id)
	if err == nil && !found {
		err = act.Missing("catalog.thing.proposal")
	}
	return p, err
}

// Proposals lists the proposals in a state by their number, after one; at most
// limit of them.
func Proposals(tx *store.Tx, state string, after int64, limit int) ([]Proposal, error) {
	return store.All(tx, scanProposal, `select `+proposalColumns+` where p.home = $1 and p.state = $2 and p.id > $3 order by p.id limit $4`,
		tx.Home(), state, after, limit)
}

// OpenProposal finds the proposal of an item that waits; 0 when there is none.
func OpenProposal(tx *store.Tx, item int64) (id int64, err error) {
	_, err = tx.Get([]any{&id}, `select id from item_proposal where home = $1 and item = $2 and state = $3 order by id`, tx.Home(), item, Open)
	return id, err
}

// Draft reads what a proposal would publish, checked again by this program;
// nil for a withdrawal.
func (p Proposal) Draft(tx *store.Tx) (*Draft, error) {
	if p.Kind != Publishing {
		return nil, nil
	}
	var written, flowXML, formJSON []byte
	if _, err := tx.Get([]any{&written, &flowXML, &formJSON}, `select written, flow, form from item_proposal where home = $1 and id = $2`, tx.Home(), p.ID); err != nil {
		return nil, err
	}
	d, problems := Reread(written, flowXML, formJSON)
	return d, AsError(problems)
}
