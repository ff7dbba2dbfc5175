package checkup_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tongban/internal/rules/checkup"
)

// A law that the library does not have is one finding, which counts and names what
// rests on it and stays the same when that changes.
func TestAnUnknownLawIsFoundOnce(t *testing.T) {
	t.Parallel()
	powers := func(n int) *checkup.Catalogue {
		c := &checkup.Catalogue{Laws: []checkup.Law{{Name: "行政许可法"}}}
		for i := range n {
			c.Powers = append(c.Powers, checkup.Power{Code: fmt.Sprintf("QL-%d", i), Name: "权力", Basis: []checkup.Article{
				{Law: "《食品安全法》", Article: "第三条"}, {Law: "食品安全法", Article: "第四条"}, {Law: "行政许可法", Article: "第十二条"}, {Law: "云禾办法", Invented: true}}})
		}
		return c
	}
	unknown := func(c *checkup.Catalogue, about string) []checkup.Finding {
		all := checkup.Judge(c)
		if about != "" {
			all = checkup.About(c, about)
		}
		return slices.DeleteFunc(slices.Collect(all), func(f checkup.Finding) bool { return f.Rule != "law_unknown" })
	}
	few, many := unknown(powers(3), ""), unknown(powers(300), "")
	if len(few) != 1 || len(many) != 1 || few[0].ID != many[0].ID {
		t.Fatalf("%d and %d findings", len(few), len(many))
	}
	if f := few[0]; f.Subject.Kind != checkup.OfLaw || len(f.Related) != 3 || f.Related[2].Code != "QL-2" || !strings.Contains(f.Message.Error(), "3 项") {
		t.Errorf("%+v: %s", f, f.Message.Error())
	}
	if f := many[0]; len(f.Related) != 200 || !strings.Contains(f.Message.Error(), "300 项") {
		t.Errorf("%d are named of %s", len(f.Related), f.Message.Error())
	}
	if one := unknown(powers(300), "QL-299"); len(one) != 1 || one[0].ID != few[0].ID || len(one[0].Related) != 1 {
		t.Errorf("of one power: %+v", one)
	}
	if none := unknown(powers(3), "QL-9"); len(none) != 0 {
		t.Errorf("of nothing: %+v", none)
	}
}
