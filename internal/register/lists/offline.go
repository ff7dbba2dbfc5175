package lists

// Contents is what the entries of a batch say, settled as the list keeps it but
// without a register: agencies and regions stay as they are written. What is wrong
// is named, and the rest is returned all the same.
func (b Batch) Contents(k *Kind) ([]Content, Problems) {
	wrong := b.Problems
	all := make([]Content, 0, len(b.Changes))
	for i := range b.Changes {
		ch := &b.Changes[i]
		x := &checker{k: k.anywhere(), b: &b, ch: ch, code: ch.Content.Columns.Text("code")}
		c := x.content(nil)
		if wrong = append(wrong, x.problems...); len(x.problems) == 0 {
			all = append(all, c)
		}
	}
	return all, wrong
}

// anywhere is the kind where no agency and no region is known, and a text file may
// have left out the tables.
func (k *Kind) anywhere() *Kind {
	out := *k
	out.Columns = placeless(k.Columns)
	out.Tables = make([]Table, len(k.Tables))
	for i, t := range k.Tables {
		t.Columns, t.Min = placeless(t.Columns), 0
		out.Tables[i] = t
	}
	return &out
}

func placeless(list []Column) []Column {
	out := make([]Column, len(list))
	for i, c := range list {
		if c.Type == Agency || c.Type == Region {
			c.Type = Text
		}
		out[i] = c
	}
	return out
}
