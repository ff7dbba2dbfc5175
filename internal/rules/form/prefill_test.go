package form_test

import (
	"slices"
	"testing"

	"tongban/internal/rules/form"
	"tongban/internal/rules/wording"
)

func TestPrefill(t *testing.T) {
	t.Parallel()
	f := workshop(t)
	from := wording.M("form.element.licence.business")
	p := f.Prefill(map[string]form.Known{
		"person.name":      {Value: "苏小麦", Source: from, Grade: form.GradeA},
		"person.idno":      {Value: "11010519491231002x", Source: from, Grade: form.GradeB},
		"person.phone":     {Value: "13800000000", Source: from, Grade: form.GradeD},
		"premises.address": {Value: "南街", Source: from, Grade: form.GradeA},    // too short: the field would refuse it
		"premises.area":    {Value: "sixty", Source: from, Grade: form.GradeA}, // not even a number
		"enterprise.staff": {Value: 3, Source: from, Grade: form.GradeC},
		"enterprise.uscc":  {Value: "11370800MB28559185", Source: from, Grade: form.GradeA}, // wrong check digit
		"agency.name":      {Value: "x", Source: from, Grade: form.GradeA},                  // not asked for
		"":                 {Value: "x", Grade: form.GradeA},
	}, setting)
	if len(p.Locked) != 2 || p.Locked["name"].Value != "苏小麦" || p.Locked["idno"].Value != "11010519491231002X" || p.Locked["name"].Source.Key != from.Key {
		t.Errorf("locked %v", p.Locked)
	}
	if len(p.Offered) != 4 || p.Offered["phone"].Value != "13800000000" || p.Offered["staff"].Value != int64(3) || p.Offered["address"].Value != "南街" {
		t.Errorf("offered %v", p.Offered)
	}

	start := p.Start()
	if len(start) != 6 || start["name"] != "苏小麦" || start["phone"] != "13800000000" {
		t.Errorf("start %v", start)
	}
	sent := map[string]any{"name": "别人", "address": "青石镇南街 12 号"}
	values := p.Apply(sent)
	if values["name"] != "苏小麦" || values["idno"] != "11010519491231002X" || values["address"] != "青石镇南街 12 号" || sent["name"] != "别人" {
		t.Errorf("applied %v, sent %v", values, sent)
	}
	if got := (form.Prefilled{}).Apply(nil); got == nil || len(got) != 0 {
		t.Errorf("%v", got)
	}

	var asked []string
	for _, x := range f.Asked(values, p, setting) {
		asked = append(asked, x.Key)
	}
	if want := []string{"phone", "address", "area", "staff", "rent", "opening", "checked", "own", "foods"}; !slices.Equal(asked, want) {
		t.Errorf("asked %v", asked)
	}
}

func TestYuan(t *testing.T) {
	t.Parallel()
	for fen, want := range map[int64]string{0: "0", 5: "0.05", 120_000: "1200", 120_050: "1200.50", -1: "-0.01"} {
		if got := form.Yuan(fen); got != want {
			t.Errorf("%d = %s, want %s", fen, got, want)
		}
	}
}
