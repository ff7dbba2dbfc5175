package gbcode_test

import (
	"os"
	"strings"
	"testing"

	"tongban/internal/rules/gbcode"
	"tongban/internal/rules/wording"
)

func TestRealStandardItemCodes(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]gbcode.Item{
		"370117002011":                    {Form: gbcode.BaseItem, Base: "370117002011", Province: "37", Type: "01", Department: "17", Main: "002", Sub: "011"},
		"37-10-99-370-000":                {Form: gbcode.BaseItem, Base: "371099370000", Province: "37", Type: "10", Department: "99", Main: "370", Sub: "000"},
		"000131001000":                    {Form: gbcode.BaseItem, Base: "000131001000", Province: "00", Type: "01", Department: "31", Main: "001", Sub: "000"},
		"１１370800MB285591843370123020002": {Form: gbcode.Implementation, Body: "11370800MB28559184", Level: "3", Base: "370123020002", Province: "37", Type: "01", Department: "23", Main: "020", Sub: "002"},
		"11370883mb2857374h4370173016000": {Form: gbcode.Implementation, Body: "11370883MB2857374H", Level: "4", Base: "370173016000", Province: "37", Type: "01", Department: "73", Main: "016", Sub: "000"},
		"11370883MB2857374H437309800900101": {Form: gbcode.BusinessItem, Body: "11370883MB2857374H", Level: "4", Base: "373098009001", Province: "37", Type: "30", Department: "98",
			Main: "009", Sub: "001", Business: "01"},
	} {
		it, err := gbcode.ParseItem(code, gbcode.China())
		if err != nil {
			t.Errorf("%s: %v", code, err)
			continue
		}
		if (it.Type == "30") != (len(it.Warnings) == 1) {
			t.Errorf("%s: warnings %v", code, it.Warnings)
		}
		if !it.Form.Standard() || it.Note.IsZero() || it.Code != it.Body+it.Level+it.Base+it.Business {
			t.Errorf("%s: %+v", code, it)
		}
		want.Code, want.Note, want.Warnings = it.Code, it.Note, it.Warnings
		if !sameItem(it, want) {
			t.Errorf("%s: %+v, want %+v", code, it, want)
		}
	}
}

func sameItem(a, b gbcode.Item) bool {
	a.Note, b.Note, a.Warnings, b.Warnings = wording.Message{}, wording.Message{}, nil, nil
	return a.Code == b.Code && a.Form == b.Form && a.Body == b.Body && a.Level == b.Level && a.Base == b.Base && a.Province == b.Province &&
		a.Type == b.Type && a.Department == b.Department && a.Main == b.Main && a.Sub == b.Sub && a.Business == b.Business && a.Region == b.Region
}

func TestItemFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		typed, key string
		at         any
		says       string
	}{
		{"", "gbcode.item.length", nil, "现在是 0 位"},
		{"3701170020", "gbcode.item.length", nil, "应是 12 位（基本编码）、31 位（实施编码）或 33 位（业务办理项编码），现在是 10 位"},
		{"37011700201A", "gbcode.character", 12, "第 12 位是“A”"},
		{"11370800MB285591853370123020002", "gbcode.check", 18, "应是“4”"},
		{"11370800MB28559184937012302000A", "gbcode.item.level", 19, "行使层级，应是 1–7，现在是“9”"},
		{"11370800MB28559184337012302000A", "gbcode.character", 31, "第 31 位是“A”"},
		{"11370800MB2855918433701230200020A", "gbcode.character", 33, "第 33 位是“A”"},
		{"事项", "gbcode.character", 1, "第 1 位是“事”"},
		{strings.Repeat("A-", 40), "gbcode.length_between", nil, "现在是 80 位"},
	} {
		_, err := gbcode.ParseItem(c.typed, gbcode.China())
		checkFault(t, c.typed, err, c.key, c.at, c.says)
	}
}

// Every code of a real district is taken, and what is said of it fits it.
func TestEveryCodeOfADistrictIsClassified(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("testdata/item_codes.txt")
	if err != nil {
		t.Fatal(err)
	}
	count, warned := map[gbcode.ItemForm]int{}, 0
	for code := range strings.FieldsSeq(string(b)) {
		it, err := gbcode.ParseItem(code, gbcode.China())
		if err != nil {
			t.Errorf("%s: %v", code, err)
			continue
		}
		count[it.Form]++
		if it.Code != code {
			t.Errorf("%s was not carried as it is: %s", code, it.Code)
		}
		if it.Form == gbcode.RegionalItem && !gbcode.Under(it.Region, "51") {
			t.Errorf("%s lies in %s", code, it.Region)
		}
		if len(it.Warnings) > 0 {
			warned++
		}
	}
	if count[gbcode.RegionalItem] != 1132 || count[gbcode.OtherItem] != 3 || len(count) != 2 || warned != 119 { // bodies that are no credit or organisation code, most a digit short
		t.Errorf("forms %v, %d with a warning", count, warned)
	}
}

func TestRegionalCodeIsTakenApart(t *testing.T) {
	t.Parallel()
	it, err := gbcode.ParseItem("G-000007-001-511602000000-000-11511301452259996u-1-00", nil)
	if err != nil || it.Base != "G-000007-001" || it.Region != "511602000000" || it.Body != "11511301452259996U" || len(it.Warnings) != 0 {
		t.Errorf("%+v %v", it, err)
	}
	// 31 characters long and yet no implementation code.
	if it, err := gbcode.ParseItem("E-000004-001-11511301008778386B", nil); err != nil || it.Form != gbcode.OtherItem {
		t.Errorf("%+v %v", it, err)
	}
}

func FuzzParseItem(f *testing.F) {
	for _, s := range []string{"370117002011", "37-01-17-002-011", "11370883MB2857374H437309800900101",
		"511A0138000000-511602000000-000-115113010833722043-1-00", "Ａ-\xff-1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		it, err := gbcode.ParseItem(s, gbcode.China())
		if err != nil {
			if m, ok := err.(wording.Message); !ok || m.IsZero() || strings.Contains(m.Error(), "⟦") {
				t.Fatalf("%q: %#v", s, err)
			}
			return
		}
		again, err := gbcode.ParseItem(it.Code, gbcode.China())
		if err != nil || !sameItem(it, again) {
			t.Fatalf("%q → %+v → %+v %v", s, it, again, err)
		}
	})
}
