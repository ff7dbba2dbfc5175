package gbcode_test

import (
	"encoding/csv"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"tongban/internal/rules/gbcode"
)

func TestRegions(t *testing.T) {
	t.Parallel()
	tree := gbcode.China()
	if tree.Len() != 31+342+2978+41352+3 {
		t.Errorf("%d regions", tree.Len())
	}
	for code, want := range map[string]string{
		"11": "北京市", "110000": "北京市", "1101": "北京市", "110101": "北京市东城区", "110101001": "北京市东城区东华门街道",
		"511602000000": "四川省广安市广安区", "511600": "四川省广安市", "441900": "广东省东莞市", "4419": "广东省东莞市",
		"350527000": "福建省泉州市金门县", "81": "香港特别行政区", "429004": "湖北省仙桃市", "110101001000": "北京市东城区东华门街道",
		"99": "", "": "", "1": "", "110102999": "", "110101001001": "", "ab": "", "110199000": "",
	} {
		if got := tree.FullName(code); got != want {
			t.Errorf("%q is %q, want %q", code, got, want)
		}
	}
	if p, ok := tree.Parent("110101001"); !ok || p.Name != "东城区" {
		t.Errorf("parent %v", p)
	}
	if p, ok := tree.Parent("11"); ok {
		t.Errorf("above a province stands %v", p)
	}
	if n, ok := tree.Nearest("110101999001"); !ok || n.Code != "110101" {
		t.Errorf("nearest %v", n)
	}
	if _, ok := tree.Nearest("990101"); ok {
		t.Error("something near nowhere")
	}
}

func TestChildrenAreTheWholeTreeOnce(t *testing.T) {
	t.Parallel()
	tree, seen := gbcode.China(), 0
	var walk func(code string, level int)
	walk = func(code string, level int) {
		for _, r := range tree.Children(code) {
			seen++
			if r.Level() != level+1 || !gbcode.Under(r.Code, code) {
				t.Fatalf("%v is listed below %q", r, code)
			}
			if p, ok := tree.Parent(r.Code); ok != (code != "") || p.Code != code {
				t.Fatalf("parent of %v is %v, not %q", r, p, code)
			}
			walk(r.Code, level+1)
		}
	}
	walk("", 1)
	if seen != tree.Len() || len(tree.Children("")) != 34 || tree.Children("99") != nil {
		t.Errorf("walked %d of %d", seen, tree.Len())
	}
}

func TestUnder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code, ancestor string
		want           bool
	}{
		{"511602", "51", true}, {"511602", "510000", true}, {"511602000000", "511600", true}, {"511602001", "511602000000", true},
		{"511602", "", true}, {"511602", "511602", true}, {"5116", "511602", false}, {"511603", "511602", false},
		{"990124001002", "990124", true}, {"441900003", "441900", true}, {"110000", "1101", false},
	} {
		if got := gbcode.Under(c.code, c.ancestor); got != c.want {
			t.Errorf("Under(%s, %s) = %v", c.code, c.ancestor, got)
		}
	}
}

func TestWithAddsADemonstrationCounty(t *testing.T) {
	t.Parallel()
	county := []gbcode.Region{{Code: "990124001", Name: "青石镇"}, {Code: "990124", Name: "云禾县"}, {Code: "9901", Name: "云州市"}, {Code: "99", Name: "云省"}}
	tree, err := gbcode.China().With(county...)
	if err != nil {
		t.Fatal(err)
	}
	if got := tree.FullName("990124001000"); got != "云省云州市云禾县青石镇" {
		t.Error(got)
	}
	if got := tree.FullName("511602"); got != "四川省广安市广安区" || tree.Len() != gbcode.China().Len()+4 {
		t.Errorf("the real ones suffered: %s", got)
	}
	if _, ok := gbcode.China().Find("99"); ok {
		t.Error("the real table was changed")
	}
	for _, wrong := range []gbcode.Region{{Code: "11"}, {Code: "980124"}, {Code: "9901241"}, {Code: "9A"}, {Code: ""}} {
		if _, err := tree.With(wrong); err == nil {
			t.Errorf("%v was added", wrong)
		}
	}
	if _, err := tree.With(gbcode.Region{Code: "98"}, gbcode.Region{Code: "98"}); err == nil {
		t.Error("one code twice was added")
	}
}

func TestParseRegion(t *testing.T) {
	t.Parallel()
	if r, err := gbcode.ParseRegion("５１1602 000000", gbcode.China()); err != nil || r.Name != "广安区" {
		t.Errorf("%v %v", r, err)
	}
	for typed, key := range map[string]string{"5116O2": "gbcode.character", "51160": "gbcode.region.shape", "": "gbcode.region.shape",
		"511699": "gbcode.region.former", "990124": "gbcode.region.unknown", "830000": "gbcode.region.unknown"} {
		_, err := gbcode.ParseRegion(typed, gbcode.China())
		var at any
		if key == "gbcode.character" {
			at = 5
		}
		checkFault(t, typed, err, key, at, "行政区划代码")
	}
}

func TestUnderAgreesWithWalkingUp(t *testing.T) {
	t.Parallel()
	tree := gbcode.China()
	var all []string
	for _, p := range tree.Children("11") {
		for _, c := range tree.Children(p.Code) {
			all = append(all, c.Code)
			for _, s := range tree.Children(c.Code) {
				all = append(all, s.Code)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.SampledFrom(all).Draw(t, "a"), rapid.SampledFrom(all).Draw(t, "b")
		walked := a == b
		for r, ok := tree.Parent(a); ok; r, ok = tree.Parent(r.Code) {
			walked = walked || r.Code == b
		}
		if gbcode.Under(a, b) != walked {
			t.Fatalf("Under(%s, %s) = %v", a, b, !walked)
		}
	})
}

func FuzzRegion(f *testing.F) {
	for _, s := range []string{"", "11", "110101001", "511602000000", "\xff\xff", "000000", "99:"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		tree := gbcode.China()
		r, ok := tree.Find(s)
		if ok && (!gbcode.Under(s, r.Code) || tree.FullName(s) == "") {
			t.Fatalf("%q found as %v", s, r)
		}
		if n, near := tree.Nearest(s); ok && (!near || n != r) {
			t.Fatalf("%q is %v and nearest is %v", s, r, n)
		}
		tree.Parent(s)
		tree.Children(s)
	})
}

var source = flag.String("regions", "", "folder of the CSV files from which regions.txt.gz was made; compares them")

func TestPackedRegionsAreTheSource(t *testing.T) {
	t.Parallel()
	if *source == "" {
		t.Skip("needs -regions, the dist folder of modood/Administrative-divisions-of-China")
	}
	n := 3
	for _, name := range []string{"provinces", "cities", "areas", "streets"} {
		f, err := os.Open(filepath.Join(*source, name+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(f).ReadAll()
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows[1:] {
			n++
			if r, ok := gbcode.China().Find(row[0]); !ok || r.Name != row[1] || r.Code != row[0] {
				t.Errorf("%v is packed as %v", row, r)
			}
		}
	}
	if n != gbcode.China().Len() {
		t.Errorf("%d rows, %d packed", n, gbcode.China().Len())
	}
}
