package gbcode_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tongban/internal/rules/day"
	"tongban/internal/rules/gbcode"
	"tongban/internal/rules/wording"
)

var today = day.MustParse("2026-11-24")

// 11010519491231002X is the example printed in GB 11643 itself.
const standardCitizen = "11010519491231002X"

func TestParseCitizen(t *testing.T) {
	t.Parallel()
	for _, typed := range []string{standardCitizen, "11010519491231002x", " 110105 19491231 002X ", "11010519491231002Ｘ"} {
		c, err := gbcode.ParseCitizen(typed, today, gbcode.China())
		if err != nil {
			t.Fatalf("%q: %v", typed, err)
		}
		if c.Number != standardCitizen || c.Region != "110105" || c.BirthDate() != "1949-12-31" ||
			c.Birth != day.MustParse("1949-12-31") || c.Sequence != 2 || c.Sex != gbcode.Female || len(c.Warnings) != 0 {
			t.Errorf("%q read as %+v", typed, c)
		}
	}
}

func TestCitizenFaultsNamePlaceAndFault(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		typed, key string
		at         any
		says       string
	}{
		{"1101051949123100X", "gbcode.length", nil, "应是 18 位，现在是 17 位"},
		{"", "gbcode.length", nil, "现在是 0 位"},
		{"110105491231002", "gbcode.citizen.old", nil, "15 位的老身份证号"},
		{"11O10519491231002X", "gbcode.character", 3, "第 3 位是“O”，这里只能是数字"},
		{"1101051949123100XX", "gbcode.character", 17, "第 17 位是“X”"},
		{"11010519491231002Y", "gbcode.character", 18, "数字或 X"},
		{"110105194902290020", "gbcode.citizen.date", 7, "19490229，日历上没有这一天"},
		{"110105203001010020", "gbcode.citizen.future", 7, "2030年1月1日，在今天（2026年11月24日）之后"},
		{"110105194912310021", "gbcode.check", 18, "应是“X”，现在是“1”"},
	} {
		_, err := gbcode.ParseCitizen(c.typed, today, gbcode.China())
		checkFault(t, c.typed, err, c.key, c.at, c.says)
	}
}

// checkFault compares an error with the key, place and words it should have.
func checkFault(t *testing.T, typed string, err error, key string, at any, says string) {
	t.Helper()
	m, ok := err.(wording.Message)
	if !ok || m.Key != key || m.Args["at"] != at {
		t.Errorf("%q: fault %#v, want %s at %v", typed, err, key, at)
		return
	}
	for _, lang := range []wording.Lang{wording.ZH, wording.EN} {
		if text := m.In(lang); strings.ContainsAny(text, "{}⟦⟧") || text == "" {
			t.Errorf("%q: unfinished sentence %q", typed, text)
		}
	}
	if text := m.In(wording.ZH); !strings.Contains(text, says) {
		t.Errorf("%q: says %q, want %q in it", typed, text, says)
	}
}

func TestRegionOfCitizenWarnsAndNeverRefuses(t *testing.T) {
	t.Parallel()
	for region, says := range map[string]string{
		"990124": "990124", "110103": "北京市", "512301": "四川省", "810000": "", "830000": "",
	} {
		n, err := gbcode.CitizenNumber(region, day.MustParse("1980-02-29"), 17)
		if err != nil {
			t.Fatal(err)
		}
		c, err := gbcode.ParseCitizen(n, today, gbcode.China())
		if err != nil {
			t.Errorf("%s refused: %v", region, err)
		}
		if says == "" && len(c.Warnings) == 0 {
			continue
		}
		if len(c.Warnings) != 1 || says == "" || !strings.Contains(c.Warnings[0].Error(), says) {
			t.Errorf("%s: warnings %v, want %q", region, c.Warnings, says)
		}
	}
}

func TestVeryOldCitizenWarns(t *testing.T) {
	t.Parallel()
	n, _ := gbcode.CitizenNumber("110105", day.MustParse("1906-11-23"), 1)
	if c, err := gbcode.ParseCitizen(n, today, nil); err != nil || len(c.Warnings) != 1 || c.Sex != gbcode.Male {
		t.Errorf("%+v %v", c, err)
	}
}

func TestBornOnTheZeroDay(t *testing.T) {
	t.Parallel()
	n, _ := gbcode.CitizenNumber("110105", 0, 1)
	if c, err := gbcode.ParseCitizen(n, today, nil); err != nil || c.BirthDate() != "1970-01-01" {
		t.Errorf("%+v %v", c, err)
	}
}

func citizens() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		n, err := gbcode.CitizenNumber(rapid.StringMatching(`[1-8]\d{5}`).Draw(t, "region"),
			day.Day(rapid.Int32Range(int32(day.MustParse("1900-01-01")), int32(today)).Draw(t, "birth")),
			rapid.IntRange(0, 999).Draw(t, "seq"))
		if err != nil {
			t.Fatal(err)
		}
		return n
	})
}

func TestCitizenBetraysEveryWrongCharacterAndEveryExchange(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := citizens().Draw(t, "number")
		if _, err := gbcode.ParseCitizen(n, today, nil); err != nil {
			t.Fatalf("%s refused: %v", n, err)
		}
		everyMistake(n, "0123456789X", func(wrong string) {
			if _, err := gbcode.ParseCitizen(wrong, today, nil); err == nil {
				t.Fatalf("%s passes for %s", wrong, n)
			}
		})
	})
}

// everyMistake calls f with s after every replacement of one character by one
// of set, and after every exchange of two different neighbours.
func everyMistake(s, set string, f func(string)) {
	for i := range len(s) {
		for _, c := range set {
			if byte(c) != s[i] {
				f(s[:i] + string(c) + s[i+1:])
			}
		}
		if i > 0 && s[i] != s[i-1] {
			f(s[:i-1] + s[i:i+1] + s[i-1:i] + s[i+1:])
		}
	}
}

func TestCitizenNumberRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		region string
		seq    int
	}{{"1101", 1}, {"11010A", 1}, {"110105", 1000}, {"110105", -1}} {
		if n, err := gbcode.CitizenNumber(c.region, today, c.seq); err == nil {
			t.Errorf("%v made %s", c, n)
		}
	}
}

func TestLabelledTakesTheReadersWord(t *testing.T) {
	t.Parallel()
	_, err := gbcode.ParseCitizen("1", today, nil)
	if got := gbcode.Labelled(err.(wording.Message), "经营者身份证号").Error(); !strings.HasPrefix(got, "经营者身份证号应是 18 位") {
		t.Error(got)
	}
	if !strings.HasPrefix(err.Error(), "身份证号应是") {
		t.Error("the fault itself was changed")
	}
}

func FuzzParseCitizen(f *testing.F) {
	f.Add(standardCitizen)
	f.Add("110105491231002")
	f.Add("１１\xff0105")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := gbcode.ParseCitizen(s, today, gbcode.China())
		if err != nil {
			if m, ok := err.(wording.Message); !ok || m.IsZero() || strings.Contains(m.Error(), "⟦") {
				t.Fatalf("%q: %#v", s, err)
			}
			return
		}
		n, err := gbcode.CitizenNumber(c.Region, c.Birth, c.Sequence)
		if err != nil || n != c.Number || n != gbcode.Normalize(s) {
			t.Fatalf("%q → %+v → %q %v", s, c, n, err)
		}
	})
}
