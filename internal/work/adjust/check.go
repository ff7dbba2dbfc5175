package adjust

import (
	"context"
	"slices"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/rules/checkup"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// Examined is what an adjustment comes to as it stands.
type Examined struct {
	Adjustment
	Entries  []Entry
	Plans    []ListPlan        // what differs on each list
	Faults   []wording.Message // what must be mended; nobody can accept them
	Findings []Finding         // of the checkup of what would result
	Cases    []Running         // items that go and have open cases
}

// ListPlan is what would differ on a list.
type ListPlan struct {
	List string
	lists.Plan
}

// Finding is one of the checkup, and the reason for which a manager accepted it.
type Finding struct {
	checkup.Finding
	Accepted string
	By       int64
}

// Blocks tells whether the adjustment cannot be handed in with it: an error breaks
// the law or a list and nobody accepts it; a warning blocks until it is accepted.
func (f Finding) Blocks() bool {
	return f.Severity == checkup.Error || f.Severity == checkup.Warning && f.Accepted == ""
}

// Running is an entry that takes away an item that has open cases.
type Running struct {
	Entry
	Open  int  // cases
	Stay  int  // of them, settled to stay with the version that they began with
	Needs bool // each must be settled: its successors are named
}

// Ready tells whether nothing stands in the way of handing in.
func (x *Examined) Ready() bool {
	return len(x.Faults) == 0 && !slices.ContainsFunc(x.Findings, Finding.Blocks)
}

// Examine judges an adjustment: against the lists, against itself and against other
// adjustments, and by the checkup of what would result. It writes nothing.
func (d *Desk) Examine(ctx context.Context, id int64) (*Examined, error) {
	x := &Examined{}
	err := d.Runner.Store.Read(ctx, func(tx *store.Tx) (err error) {
		if x.Adjustment, err = ByID(tx, id); err != nil {
			return err
		}
		if x.Entries, err = Entries(tx, id); err != nil {
			return err
		}
		return d.faults(tx, x)
	})
	if err != nil {
		return nil, d.Runner.SettleFor(ctx, "adjust.examine", err)
	}
	if x.Stage == Done {
		return x, nil // what it did stands on the lists
	}
	if x.Plans, err = d.Plans(ctx, x.Adjustment, x.Entries); err != nil {
		return nil, err
	}
	for _, p := range x.Plans {
		for _, problem := range p.Problems {
			x.Faults = append(x.Faults, problem.Sentence())
		}
	}
	err = d.Runner.Store.Read(ctx, func(tx *store.Tx) error { return d.checkup(tx, x) })
	return x, d.Runner.SettleFor(ctx, "adjust.examine", err)
}

// Plans says what will differ on each list and of the items, as they stand; for an
// adjustment that has not been carried into them.
func (d *Desk) Plans(ctx context.Context, x Adjustment, entries []Entry) (plans []ListPlan, err error) {
	for _, b := range batches(x, entries) {
		p, err := d.Lists.Preview(ctx, act.Machine(), b)
		if err != nil {
			return nil, err
		}
		plans = append(plans, ListPlan{b.List, p})
	}
	err = d.Runner.Store.Read(ctx, func(tx *store.Tx) error {
		p, err := d.itemPlan(tx, x, entries)
		if len(p.Differences) > 0 {
			plans = append(plans, p)
		}
		return err
	})
	return plans, d.Runner.SettleFor(ctx, "adjust.plan", err)
}

// faults finds what the adjustment itself has wrong.
func (d *Desk) faults(tx *store.Tx, x *Examined) error {
	add := func(key string, pairs ...any) { x.Faults = append(x.Faults, wording.M(key, pairs...)) }
	if len(x.Entries) == 0 {
		add("adjust.fault.empty")
	}
	if x.From < tx.Today() {
		add("adjust.past", "day", x.From)
	}
	for _, e := range x.Entries {
		if e.Does == Unsettled {
			add("adjust.fault.unsettled", "code", e.Code, "name", e.Name)
		}
	}
	wrong, err := successors(x.Entries, func(list, code string) (bool, error) {
		return d.stands(tx, list, code, max(x.From, tx.Today()))
	})
	if err != nil {
		return err
	}
	x.Faults = append(x.Faults, wrong...)
	if wrong, err = d.rivals(tx, x); err != nil {
		return err
	}
	x.Faults = append(x.Faults, wrong...)
	if x.Cases, err = d.running(tx, x.ID, x.Entries); err != nil {
		return err
	}
	for _, r := range x.Cases {
		if r.Needs && r.Stay < r.Open {
			add("adjust.fault.cases", "code", r.Code, "name", r.Name, "n", r.Open-r.Stay)
		}
	}
	return d.itemFaults(tx, x)
}

// stands tells whether a code is on its list, or an item in force on a day: the
// parts of an item that is split may begin on the day on which it ends.
func (d *Desk) stands(tx *store.Tx, list, code string, on day.Day) (bool, error) {
	if list == OnItems {
		item, err := d.Items.ByCode(tx, code)
		if err == nil {
			_, err = d.Items.InForce(tx, item, on)
		}
		if k := act.KindOf(err); k == act.NotFound || k == act.Refused {
			return false, nil
		}
		return err == nil, err
	}
	e, err := newest(tx, list, code)
	return e != nil && !e.Ended, err
}

// rivals finds entries that another adjustment under way changes too.
func (d *Desk) rivals(tx *store.Tx, x *Examined) ([]wording.Message, error) {
	return store.All(tx, func(r store.Row) (wording.Message, error) {
		var code, name, document string
		err := r.Scan(&code, &name, &document)
		return wording.M("adjust.fault.rival", "code", code, "name", name, "document", document), err
	}, `select e.code, e.name, a.document from adjustment_entry e
		join adjustment_entry o on o.home = e.home and o.list = e.list and o.code = e.code and o.adjustment <> e.adjustment and o.does <> 'keep'
		join adjustment a on a.home = o.home and a.id = o.adjustment and a.stage in ('consent', 'panel', 'decided', 'notice')
		where e.home = $1 and e.adjustment = $2 and e.does <> 'keep' order by e.list, e.code limit 100`, tx.Home(), x.ID)
}

// running counts the open cases of the items that go.
func (d *Desk) running(tx *store.Tx, adjustment int64, entries []Entry) ([]Running, error) {
	var out []Running
	for _, e := range entries {
		if !e.ends() {
			continue
		}
		item, err := d.itemOf(tx, e)
		if err != nil {
			return nil, err
		}
		if item == 0 {
			continue
		}
		r := Running{Entry: e, Needs: e.succeeded()}
		if _, err := tx.Get([]any{&r.Open, &r.Stay}, `select count(*), count(s.matter) from proceeding p
			left join adjustment_stay s on s.home = p.home and s.adjustment = $3 and s.matter = p.id
			where p.home = $1 and p.item = $2 and p.closed = 0`, tx.Home(), item, adjustment); err != nil {
			return nil, err
		}
		if r.Open > 0 {
			out = append(out, r)
		}
	}
	return out, nil
}

// itemOf is the item that an entry is about or names as its own; 0 for none.
func (d *Desk) itemOf(tx *store.Tx, e Entry) (int64, error) {
	code := e.Code
	if e.List != OnItems {
		k, err := lists.KindOf(e.List)
		if err != nil {
			return 0, err
		}
		// Where an item is handled (its code is the entry's own) is not whether it is.
		if k.Column("code").Type == lists.Item || k.Group != "power" || k.Column("item") == nil {
			return 0, nil
		}
		now, err := newest(tx, e.List, e.Code)
		if err != nil || now == nil {
			return 0, err
		}
		code = now.Content.Columns.Text("item")
	}
	if code == "" {
		return 0, nil
	}
	item, err := d.Items.ByCode(tx, code)
	if act.KindOf(err) == act.NotFound {
		return 0, nil
	}
	return item, err
}
