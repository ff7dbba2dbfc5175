package ui

import (
	"html/template"
	"slices"
	"strings"

	"tongban/internal/rules/wording"
)

// Table is a list of records. Under 640 pixels, and in the large sizes, each
// row becomes a card whose cells carry their column's label.
type Table struct {
	Caption Text
	// HideCaption keeps the caption for screen readers when a heading says the same.
	HideCaption bool
	Columns     []Column
	Rows        []Row
	// Select names the tick boxes of a table inside Bulk.
	Select string
	Empty  Empty
	// Plain never turns rows into cards: figures of two or three narrow columns.
	Plain bool
}

// Column is a column's head. Sort is the address that sorts by it.
type Column struct {
	Label Text
	Sort  string
	// Sorted is how it is sorted now.
	Sorted SortOrder
	// Number aligns right with tabular figures; the unit belongs into Label.
	Number bool
	// Bare values say what they are: a card has them without their label, one beside
	// the other.
	Bare bool
}

// SortOrder is the state of a sorted column, as aria-sort has it.
type SortOrder string

// The sort orders.
const (
	Ascending  SortOrder = "ascending"
	Descending SortOrder = "descending"
)

// Row is one record. The first cell is the row's head.
type Row struct {
	// ID is the value of the tick box and the anchor to come back to.
	ID     string
	Cells  []Cell
	Ticked bool
	// Tone marks a row that is overdue or soon due, beside its words.
	Tone Tone
}

// Cell is one value: text, link, state or deadline, in that order, with a note below.
type Cell struct {
	Text   Text
	Href   string
	Note   Text
	Status *Status
	Due    *Due
	Links  []Link
	HTML   template.HTML
}

// Cells makes plain cells from texts.
func Cells(texts ...Text) []Cell {
	cells := make([]Cell, len(texts))
	for i, t := range texts {
		cells[i].Text = t
	}
	return cells
}

// Bulk is a table whose ticked rows can be moved together. It never decides:
// bulk acts only move work.
type Bulk struct {
	// Action is posted to with Table.Select and the pressed button.
	Action  string
	Table   Table
	Buttons []Button
	Ticked  int
	// TickPage reloads with this page's rows ticked; TickAll, which names its
	// number, is a choice of its own.
	TickPage string
	TickAll  *Link
	Error    Text
}

// Filter is a form above a list. The list opens unfiltered; what is chosen is
// shown as chips that can be removed.
type Filter struct {
	Action string
	Fields []Field
	Chips  []Chip
	// Keep are query parameters that the form must not lose.
	Keep map[string]string
	Save *Link
}

// Inputs are the fields as a filter shows them: none is ever required.
func (f Filter) Inputs() []Field {
	list := make([]Field, len(f.Fields))
	for i, x := range f.Fields {
		x.Optional = true
		list[i] = x
	}
	return list
}

// Chip is a chosen filter with the address without it.
type Chip struct {
	Text   Text
	Remove string
}

// Pager leads through a list by cursor. Total is -1 when it is not counted.
type Pager struct {
	From, To, Total int
	Prev, Next      string
	// Sizes are links for the number of rows on a page.
	Sizes []Link
}

// Filled is the table without the columns that say nothing on this page: a row of
// dashes tells nobody anything. The first column, and those that a list can be sorted
// by, stay.
func (t Table) Filled() Table {
	keep := make([]bool, len(t.Columns))
	for i, c := range t.Columns {
		keep[i] = i == 0 || c.Sort != "" || slices.ContainsFunc(t.Rows, func(r Row) bool { return i >= len(r.Cells) || !r.Cells[i].Blank() })
	}
	if len(t.Rows) == 0 || !slices.Contains(keep, false) {
		return t
	}
	columns, rows := t.Columns, t.Rows
	t.Columns, t.Rows = nil, make([]Row, len(rows))
	for i, c := range columns {
		if keep[i] {
			t.Columns = append(t.Columns, c)
		}
	}
	for n, r := range rows {
		cells := r.Cells
		r.Cells = nil
		for i, c := range cells {
			if i >= len(keep) || keep[i] {
				r.Cells = append(r.Cells, c)
			}
		}
		t.Rows[n] = r
	}
	return t
}

// Blank tells whether a cell says nothing, or only marks that there is nothing: a
// card leaves it out.
func (c Cell) Blank() bool {
	if c.Href != "" || c.Note != nil || c.Status != nil || c.Due != nil || len(c.Links) > 0 || c.HTML != "" {
		return false
	}
	said := strings.TrimSpace(Say(wording.ZH, c.Text))
	return said == "" || said == "—"
}

// RowID is the anchor of a row, for links that return to it.
func (r Row) RowID() string { return "row-" + r.ID }
