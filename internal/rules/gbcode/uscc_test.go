package gbcode_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tongban/internal/rules/gbcode"
	"tongban/internal/rules/wording"
)

func TestRealCreditCodes(t *testing.T) {
	t.Parallel()
	for code, region := range map[string]string{
		"11370800MB28559184": "山东省济宁市", "11370883MB2857374H": "山东省济宁市邹城市",
		"11430000006122244L": "湖南省", "11330105002500287C": "浙江省杭州市拱墅区",
		"11100000000013338W": "", "11511301008778183N": "四川省",
		"91610800064834709t": "陕西省榆林市", // small letter, as found
	} {
		u, err := gbcode.ParseUSCC(code, gbcode.China())
		if err != nil {
			t.Errorf("%s: %v", code, err)
			continue
		}
		if got := gbcode.China().FullName(u.Region); region != "四川省" && got != region {
			t.Errorf("%s lies in %q, want %q", code, got, region)
		}
		if u.Code[8:17] != u.Organisation || u.Code[:2] != u.Category {
			t.Errorf("%s taken apart as %+v", code, u)
		}
	}
}

func TestUSCCFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		typed, key string
		at         any
		says       string
	}{
		{"11370800MB2855918", "gbcode.length", nil, "应是 18 位，现在是 17 位"},
		{"1137O800MB28559184", "gbcode.uscc.letter", 5, "多半是“0”"},
		{"11370800MB2855918Z", "gbcode.uscc.letter", 18, "多半是“2”"},
		{"113708A0MB28559184", "gbcode.character", 7, "这里只能是数字"},
		{"11370800MB2855918?", "gbcode.character", 18, "I、O、S、V、Z 除外"},
		{"11370800MB28559194", "gbcode.uscc.organisation", 17, "按前 8 位算应是“8”，现在是“9”"},
		{"11370800MB28559185", "gbcode.check", 18, "应是“4”，现在是“5”"},
		{"12370800MB28559184", "gbcode.check", 18, "第 18 位是校验位"},
	} {
		_, err := gbcode.ParseUSCC(c.typed, gbcode.China())
		checkFault(t, c.typed, err, c.key, c.at, c.says)
	}
}

func TestUSCCWarnsOfUnknownCategoryAndRegion(t *testing.T) {
	t.Parallel()
	code, err := gbcode.MakeUSCC("QQ", "990124", "MA000001")
	if err != nil {
		t.Fatal(err)
	}
	u, err := gbcode.ParseUSCC(code, gbcode.China())
	if err != nil || len(u.Warnings) != 2 {
		t.Errorf("%v %v", u.Warnings, err)
	}
	if _, err := gbcode.ParseUSCC(code, nil); err != nil {
		t.Error(err)
	}
}

func TestUSCCBetraysEveryWrongCharacterAndEveryExchange(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		code, err := gbcode.MakeUSCC(rapid.SampledFrom([]string{"11", "91", "92", "51"}).Draw(t, "category"),
			rapid.StringMatching(`\d{6}`).Draw(t, "region"), rapid.StringMatching(`[0-9A-HJ-NPQRTUWXY]{8}`).Draw(t, "organisation"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := gbcode.ParseUSCC(code, nil); err != nil {
			t.Fatalf("%s refused: %v", code, err)
		}
		everyMistake(code, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", func(wrong string) {
			if _, err := gbcode.ParseUSCC(wrong, nil); err == nil {
				t.Fatalf("%s passes for %s", wrong, code)
			}
		})
	})
}

func TestOrganisationCodes(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{"00877868-5": "008778685", "76726532-x": "76726532X", "083372204": "083372204", "76726532X": "76726532X"} {
		if got, err := gbcode.ParseOrganisation(typed); err != nil || got != want {
			t.Errorf("%s: %s %v", typed, got, err)
		}
	}
	_, err := gbcode.ParseOrganisation("00877868-4")
	checkFault(t, "00877868-4", err, "gbcode.check", 9, "应是“5”")
	_, err = gbcode.ParseOrganisation("8282348")
	checkFault(t, "8282348", err, "gbcode.length", nil, "现在是 7 位")
	_, err = gbcode.ParseOrganisation("0087_8685")
	checkFault(t, "0087_8685", err, "gbcode.character", 5, "“_”")
}

func TestMakeUSCCRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{{"9", "990124", "MA000001"}, {"91", "99012", "MA000001"}, {"91", "990124", "MA00001"},
		{"91", "99012A", "MA000001"}, {"91", "990124", "MAO00001"}} {
		if code, err := gbcode.MakeUSCC(c[0], c[1], c[2]); err == nil {
			t.Errorf("%v made %s", c, code)
		}
	}
}

func FuzzParseUSCC(f *testing.F) {
	f.Add("11370800MB28559184")
	f.Add("11370800MB2855918Z")
	f.Add("９１\xff")
	f.Fuzz(func(t *testing.T, s string) {
		u, err := gbcode.ParseUSCC(s, gbcode.China())
		if err != nil {
			if m, ok := err.(wording.Message); !ok || m.IsZero() || strings.Contains(m.Error(), "⟦") {
				t.Fatalf("%q: %#v", s, err)
			}
			return
		}
		if made, err := gbcode.MakeUSCC(u.Category, u.Region, u.Organisation[:8]); err != nil || made != gbcode.Normalize(s) {
			t.Fatalf("%q → %+v → %q %v", s, u, made, err)
		}
	})
}
