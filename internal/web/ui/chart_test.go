package ui_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"tongban/internal/web/ui"
)

// The first run of something gives lines of one point, with small numbers close
// to each other beside a large one.
func TestNamesOfLinesStandApart(t *testing.T) {
	t.Parallel()
	page := chart(t, ui.Chart{Finding: ui.Plain("第一次"), Lines: &ui.Lines{Points: []ui.Text{ui.Plain("3月9日")}, Max: 4000, Series: []ui.Series{
		{Name: ui.Plain("错误"), Values: []float64{4}}, {Name: ui.Plain("提醒"), Values: []float64{47}}, {Name: ui.Plain("记录"), Values: []float64{1163}}}}})
	if !strings.Contains(page, `text-anchor="start">3月9日`) {
		t.Error("the only point's day runs out of the drawing on the left")
	}
	var at []float64
	for _, name := range []string{"错误", "提醒", "记录"} {
		found := regexp.MustCompile(`y="([\d.-]+)%" dy=".35em">` + name).FindStringSubmatch(page)
		if found == nil {
			t.Fatalf("%s is not named in\n%s", name, page)
		}
		y, err := strconv.ParseFloat(found[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		at = append(at, y)
	}
	const line = 1.2 / 11 * 100 // em of a line in percent of the plot
	if at[0]-at[1] < line || at[1]-at[2] < line {
		t.Errorf("names stand on each other, at %v%%", at)
	}
	if at[0] > 100 {
		t.Errorf("a name lies below the axis, at %v%%", at[0])
	}
}
