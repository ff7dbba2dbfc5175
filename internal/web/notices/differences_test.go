package notices

import (
	"strconv"
	"testing"

	"tongban/internal/register/lists"
	"tongban/internal/work/adjust"
)

// Whoever turns the pages reads every difference once, whichever list it is on.
func TestEveryDifferenceIsOnAPage(t *testing.T) {
	t.Parallel()
	var plans []adjust.ListPlan
	want := 0
	for _, list := range []string{"power", "once", "hall"} {
		p := adjust.ListPlan{List: list}
		for i := range 37 {
			d := lists.Difference{Code: list + strconv.Itoa(i), Name: "某项"}
			for range i % 11 {
				d.Fields = append(d.Fields, lists.FieldChange{Title: "名称", After: strconv.Itoa(want)})
				want++
			}
			p.Differences = append(p.Differences, d)
		}
		plans = append(plans, p)
	}
	read, pages := 0, 0
	for from := 1; from > 0; pages++ {
		tables, next := differencesFrom(plans, from)
		for _, table := range tables {
			for _, row := range table.Rows {
				if got := row.Cells[3].Text.In("zh"); got != strconv.Itoa(read) {
					t.Fatalf("difference %d is %s", read, got)
				}
				read++
			}
		}
		from = next
	}
	if read != want || pages != (want+differencesShow-1)/differencesShow {
		t.Errorf("%d of %d differences on %d pages", read, want, pages)
	}
	if tables, next := differencesFrom(plans, want+1); len(tables) > 0 || next > 0 {
		t.Error("something behind the last")
	}
}
