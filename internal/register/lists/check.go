package lists

import (
	"strings"

	"tongban/internal/rules/wording"
)

// mostRows bounds the rows of a table below one entry.
const mostRows = 2000

// checker goes over the content of one change.
type checker struct {
	k        *Kind
	b        *Batch
	ch       *Change
	code     string
	names    Names
	problems Problems
}

// wrong notes what is wrong with a column of a row; key "" is the whole row.
func (x *checker) wrong(part string, at line, key string, msg wording.Message) {
	if at.lost[key] {
		return
	}
	p := Problem{Row: at.n, Code: x.code, Msg: msg}
	sheets := x.b.sheets
	if x.ch.at.sheets != nil {
		sheets = x.ch.at.sheets
	}
	h, written := sheets[part]
	if written {
		p.Sheet = h.name
	}
	if key != "" {
		title := key
		for _, c := range x.k.columns(part) {
			if c.Key == key {
				title = c.Title
			}
		}
		p.Column = title
		if letter := h.letters[key]; letter != "" {
			p.Column = letter + "（" + title + "）"
		}
	}
	x.problems = append(x.problems, p)
}

// content settles what a change wants to say. before is what the entry says
// now, nil for one that is not on the list.
func (x *checker) content(before *Content) Content {
	out := Content{Tables: map[string][]Row{}}
	switch {
	case x.ch.at.partial && before == nil:
		x.wrong("", x.ch.at.line, "", wording.M("lists.change.only_tables"))
		return out
	case x.ch.at.partial:
		out.Columns = before.Columns
	default:
		out.Columns = x.row("", x.k.Columns, x.ch.Content.Columns, x.ch.at.line)
	}
	for key := range x.ch.Content.Tables {
		if x.k.Table(key) == nil {
			x.wrong("", x.ch.at.line, "", x.unknown(key, x.k.Columns))
		}
	}
	for i := range x.k.Tables {
		t := &x.k.Tables[i]
		rows, given := x.ch.Content.Tables[t.Key]
		switch {
		case given:
			rows = x.rows(t, rows)
		case before != nil:
			rows = before.Tables[t.Key]
		}
		if (given || before == nil) && len(rows) < t.Min {
			x.wrong("", x.ch.at.line, "", wording.M("lists.table.min", "table", t.Title, "min", t.Min))
		}
		if len(rows) > 0 {
			out.Tables[t.Key] = rows
		}
	}
	return out
}

func (x *checker) rows(t *Table, given []Row) []Row {
	if len(given) > mostRows {
		x.wrong("", x.ch.at.line, "", wording.M("lists.table.many", "table", t.Title, "max", mostRows, "got", len(given)))
		return nil
	}
	rows := make([]Row, 0, len(given))
	for i, r := range given {
		at := line{}
		if where := x.ch.at.rows[t.Key]; i < len(where) {
			at = where[i]
		}
		rows = append(rows, x.row(t.Key, t.Columns, r, at))
	}
	return rows
}

// row settles one row of the list or of a table.
func (x *checker) row(part string, columns []Column, given Row, at line) Row {
	out := make(Row, len(given))
	known := 0
	for i := range columns {
		c := &columns[i]
		v, there := given[c.Key]
		if there {
			known++
		}
		settled, msg := c.settle(v, x.names)
		if !msg.IsZero() {
			x.wrong(part, at, c.Key, msg)
			continue
		}
		if settled != nil {
			out[c.Key] = settled
		} else if c.Required {
			x.wrong(part, at, c.Key, wording.M("lists.value.required"))
		}
	}
	if known < len(given) {
		for key := range given {
			if !has(columns, key) {
				x.wrong(part, at, "", x.unknown(key, columns))
			}
		}
	}
	for i := range columns {
		x.when(part, columns, &columns[i], out, at)
	}
	return out
}

// when asks for a column that a choice in the same row makes necessary.
func (x *checker) when(part string, columns []Column, c *Column, row Row, at line) {
	if c.When.Column == "" || row[c.Key] != nil {
		return
	}
	for _, key := range c.When.In {
		if row.Text(c.When.Column) != key {
			continue
		}
		for i := range columns {
			if other := &columns[i]; other.Key == c.When.Column {
				o, _ := other.option(key)
				x.wrong(part, at, c.Key, wording.M("lists.value.required_when", "other", other.Title, "choice", o.Title))
			}
		}
	}
}

func (x *checker) unknown(key string, columns []Column) wording.Message {
	known := make([]string, len(columns))
	for i, c := range columns {
		known[i] = c.Key
	}
	return wording.M("lists.value.unknown", "got", short(key), "known", strings.Join(known, "、"))
}

func has(columns []Column, key string) bool {
	for i := range columns {
		if columns[i].Key == key {
			return true
		}
	}
	return false
}
