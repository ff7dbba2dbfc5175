package flow

import "slices"

// Sending back ("return with a reason") moves a case from an open task to a
// task that was done before and is now done again.
//
// It is sound because it only ever makes configurations that the flow itself
// could have reached. Let the common region be the innermost one that holds
// both tasks. Its one token is taken out of wherever it is: out of the task
// itself, or out of the whole parallel block in which the task lies, whose
// other branches are withdrawn with it. Then the token is put on the target:
//   - in the common region itself: like any loop back;
//   - inside a block that was already joined: only that branch is opened
//     again, the others count as arrived, and the join waits for the one.
//
// A task cannot be sent to a sister branch, since the work there is another
// body's and may still be under way, nor into or out of a side path, since
// that would change the number of tokens on the main path.

// Targets lists the ids of the tasks to which the open task may be sent back,
// oldest first. It is empty for a task that is not open.
func Targets(d *Definition, s State, task int) []string {
	t, ok := s.Waiting(task)
	if !ok || Fits(d, s) != nil || s.Over != "" {
		return nil
	}
	r := &run{d: d, s: s}
	var ids []string
	for _, id := range s.Passed {
		n := d.byID[id]
		if n == nil || !n.ByPerson() || n.ID == t.Node {
			continue
		}
		if _, err := r.common(d.byID[t.Node], n); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

func (r *run) sendBack(ev Return) error {
	t, err := r.open(ev.Task)
	if err != nil {
		return err
	}
	from, to := r.d.byID[t.Node], r.d.byID[ev.To]
	if !from.ByPerson() || to == nil || !to.ByPerson() || from == to || !r.s.HasPassed(ev.To) {
		return fault(FaultNotThere, "not_before", "from", from.Label(), "to", ev.To)
	}
	home, err := r.common(from, to)
	if err != nil {
		return err
	}
	r.withdraw(home, from, to)
	r.forget(home, to)
	for at := r.d.plan.region[to]; at != home; at = at.parent {
		for _, sister := range at.block.branches {
			if sister == at {
				continue
			}
			if i, there := slices.BinarySearch(r.s.Arrived, sister.exit.ID); !there {
				r.s.Arrived = slices.Insert(r.s.Arrived, i, sister.exit.ID)
			}
		}
	}
	return r.move(arrival{node: to})
}

// common returns the innermost region around both tasks, or why there is no way.
func (r *run) common(from, to *Node) (*region, error) {
	a, b := r.d.plan.region[from], r.d.plan.region[to]
	var belowA, belowB *region // the regions just inside the common one
	for a.depth() > b.depth() {
		belowA, a = a, a.parent
	}
	for b.depth() > a.depth() {
		belowB, b = b, b.parent
	}
	for a != b {
		belowA, a = a, a.parent
		belowB, b = b, b.parent
	}
	for at := r.d.plan.region[from]; at != a; at = at.parent {
		if at.side != nil {
			return nil, fault(FaultNotThere, "side_path", "from", from.Label(), "to", to.Label())
		}
	}
	for at := r.d.plan.region[to]; at != a; at = at.parent {
		if at.side != nil {
			return nil, fault(FaultNotThere, "side_path", "from", from.Label(), "to", to.Label())
		}
	}
	if belowA != nil && belowB != nil && belowA.block == belowB.block {
		return nil, fault(FaultNotThere, "sister", "from", from.Label(), "to", to.Label())
	}
	return a, nil
}

// withdraw takes the token of home out of the flow: the open task itself, or
// everything in the block around it. Side paths opened since the target was
// done go with it; those of tasks that stay done do not.
func (r *run) withdraw(home *region, from, to *Node) {
	var gone *block
	for at := r.d.plan.region[from]; at != home; at = at.parent {
		gone = at.block
	}
	since := r.since(home, to)
	for _, t := range slices.Clone(r.s.Tokens) {
		at := r.regionOf(t.Node)
		switch {
		case t.Node == from.ID, gone != nil && inBlock(at, gone), r.besides(at, home, since):
			r.take(t.ID, Returned)
		}
	}
	r.s.Arrived = slices.DeleteFunc(r.s.Arrived, func(id string) bool {
		f := r.d.flowByID[id]
		if gone != nil && (f.To == gone.join || inBlock(r.d.plan.region[f.From], gone)) {
			return true
		}
		return r.besides(r.d.plan.region[f.From], home, since)
	})
}

// since lists what was passed from the target on, in home and inside it, and
// is taken back with it. When a branch of a joined block is opened again, its
// sisters stay done.
func (r *run) since(home *region, to *Node) map[*Node]bool {
	list := map[*Node]bool{}
	for _, id := range r.s.Passed[slices.Index(r.s.Passed, to.ID):] {
		if n := r.d.byID[id]; n != nil && r.d.plan.region[n].within(home) && !r.sisterOf(home, to, n) {
			list[n] = true
		}
	}
	for _, t := range r.s.Tokens {
		if r.regionOf(t.Node) == home {
			list[r.d.byID[t.Node]] = true
		}
	}
	return list
}

// sisterOf tells whether n lies in a branch beside the one that leads from home to the target.
func (r *run) sisterOf(home *region, to, n *Node) bool {
	for at := r.d.plan.region[to]; at != home; at = at.parent {
		for _, sister := range at.block.branches {
			if sister != at && r.d.plan.region[n].within(sister) {
				return true
			}
		}
	}
	return false
}

// besides tells whether at lies on a side path, inside home, that one of the
// tasks since opened.
func (r *run) besides(at, home *region, since map[*Node]bool) bool {
	for ; at != nil && at != home; at = at.parent {
		if at.side != nil && since[at.side.Host] {
			return true
		}
	}
	return false
}

func inBlock(at *region, b *block) bool {
	for ; at != nil; at = at.parent {
		if at.block == b {
			return true
		}
	}
	return false
}

// forget takes back what was passed since the target.
func (r *run) forget(home *region, to *Node) {
	again := r.since(home, to)
	r.s.Passed = slices.DeleteFunc(r.s.Passed, func(id string) bool { return again[r.d.byID[id]] })
}
