package adjust

import (
	"slices"

	"tongban/internal/register/lists"
	"tongban/internal/rules/wording"
)

// batches is what an adjustment does to the lists, one batch for each in the order
// of their keys. Entries about items are no part of it.
func batches(x Adjustment, entries []Entry) []lists.Batch {
	var out []lists.Batch
	for _, e := range entries {
		if e.List == OnItems {
			continue
		}
		ch := lists.Change{Code: e.Code}
		switch {
		case e.Does.adds():
			ch.Op = lists.Add
		case e.edits():
			ch.Op, ch.Base = lists.Edit, e.Base
		case e.ends():
			ch.Op, ch.Base = lists.End, e.Base
		default:
			continue
		}
		if e.Content != nil && ch.Op != lists.End {
			ch.Content = *e.Content
		}
		i := slices.IndexFunc(out, func(b lists.Batch) bool { return b.List == e.List })
		if i < 0 {
			i, out = len(out), append(out, lists.Batch{List: e.List, Document: x.Document, From: x.From, Reason: x.Reason, Region: x.Region})
		}
		out[i].Changes = append(out[i].Changes, ch)
	}
	return out
}

// successors tells which successors that entries name would not be on their list
// afterwards; stands says whether a code is on a list now.
func successors(entries []Entry, stands func(list, code string) (bool, error)) ([]wording.Message, error) {
	after := map[string]bool{} // list and code, of the entries that the adjustment touches
	for _, e := range entries {
		after[e.List+" "+e.Code] = !e.ends()
	}
	var wrong []wording.Message
	for _, e := range entries {
		if !e.succeeded() {
			continue
		}
		for _, code := range e.Into {
			there, touched := after[e.List+" "+code]
			if !touched {
				var err error
				if there, err = stands(e.List, code); err != nil {
					return nil, err
				}
			}
			if !there {
				wrong = append(wrong, wording.M("adjust.fault.successor", "code", e.Code, "name", e.Name, "into", code))
			}
		}
	}
	return wrong, nil
}

// concerned are the agencies that an adjustment takes something from or gives
// something to, in order.
func concerned(entries []Entry) []string {
	var keys []string
	add := func(key string) {
		if key != "" && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	for _, e := range entries {
		if e.Does == Keep {
			continue
		}
		add(e.Agency)
		add(e.Receiver)
		if e.Content != nil {
			add(e.Content.Columns.Text("agency"))
		}
	}
	slices.Sort(keys)
	return keys
}
