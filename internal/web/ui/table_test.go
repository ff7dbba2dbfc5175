package ui_test

import (
	"testing"

	"tongban/internal/web/ui"
)

// A column in which nothing stands is left out; what is sorted by, linked or noted stays,
// and so does every row's own first cell.
func TestColumnsThatSayNothingAreLeftOut(t *testing.T) {
	t.Parallel()
	said := func(s string) ui.Cell { return ui.Cell{Text: ui.Plain(s)} }
	table := ui.Table{Columns: []ui.Column{{Label: ui.Plain("a")}, {Label: ui.Plain("b")}, {Label: ui.Plain("c"), Sort: "?by=c"}, {Label: ui.Plain("d")}, {Label: ui.Plain("e")}, {Label: ui.Plain("f")}},
		Rows: []ui.Row{{ID: "1", Cells: []ui.Cell{said(""), said("—"), said(""), {Note: ui.Plain("note")}, said("0"), {}}}, {ID: "2", Cells: []ui.Cell{said("x"), {}, said("—"), said(""), said(""), said(" ")}}}}
	got := table.Filled()
	if len(got.Columns) != 4 || got.Columns[1].Label != ui.Plain("c") || got.Columns[2].Label != ui.Plain("d") || got.Columns[3].Label != ui.Plain("e") {
		t.Fatalf("columns %v", got.Columns)
	}
	for _, r := range got.Rows {
		if len(r.Cells) != 4 {
			t.Errorf("row %s has %d cells", r.ID, len(r.Cells))
		}
	}
	if got.Rows[1].Cells[0].Text != ui.Plain("x") || got.Rows[0].Cells[2].Note != ui.Plain("note") || len(table.Rows[0].Cells) != 6 {
		t.Error("cells are mixed up, or the table itself was changed")
	}
	if none := (ui.Table{Columns: table.Columns}).Filled(); len(none.Columns) != 6 {
		t.Error("an empty table lost its columns")
	}
}
