package gbcode_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tongban/internal/rules/gbcode"
	"tongban/internal/rules/wording"
)

func TestRealLicenceIdentifiers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		id       string
		warnings int
	}{
		{"1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U", 0},
		{"1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.002.S", 0},
		{"1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0", 0},
		{"1.2.156.3005.2.11100000000013338W032.11220000013544541J.2430599.001.F", 0},
		// The issuer is a region, not a body: carried with a warning.
		{"1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9", 1},
	} {
		l, err := gbcode.ParseLicence(c.id)
		if err != nil || len(l.Warnings) != c.warnings {
			t.Errorf("%s: %v %v", c.id, l.Warnings, err)
			continue
		}
		if len(l.Issuer) != 18 {
			continue
		}
		if made, err := gbcode.LicenceID(l.Type, l.Issuer, l.Serial, l.Version); err != nil || made != c.id {
			t.Errorf("built %s %v, want %s", made, err, c.id)
		}
	}
}

func TestLicenceFaults(t *testing.T) {
	t.Parallel()
	const root = "1.2.156.3005.2."
	for _, c := range []struct {
		typed, key string
		at         any
		says       string
	}{
		{"1.2.156.3005.3.x", "gbcode.licence.root", 1, "应以 1.2.156.3005.2. 开头"},
		{root + "11100000000013338W011.11430000006122244L.20230000403.001", "gbcode.licence.parts", nil, "现在是 4 段"},
		{root + "11100000000013338W01.11430000006122244L.20230000403.001.U", "gbcode.length", nil, "证照类型代码应是 21 位，现在是 20 位"},
		{root + "11100000000013338W011..20230000403.001.U", "gbcode.length_between", nil, "颁发机构代码应是 1–18 位"},
		{root + "11100000000013338W011.11430000006122244L.2023_0403.001.U", "gbcode.character", 5, "证照流水号第 5 位是“_”"},
		{root + "11100000000013338W011.11430000006122244L." + strings.Repeat("9", 33) + ".001.U", "gbcode.length_between", nil, "现在是 33 位"},
		{root + "11100000000013338W011.11430000006122244L.20230000403.0A1.U", "gbcode.character", 2, "证照版本号第 2 位"},
		{root + "11100000000013338W011.11430000006122244L.20230000403.000.U", "gbcode.licence.version", nil, "没有 000"},
		{root + "11100000000013338W011.11430000006122244L.20230000403.001.UU", "gbcode.length", nil, "证照校验位应是 1 位"},
		{root + "11100000000013338W011.11430000006122244L.20230000403.001.", "gbcode.length", nil, "现在是 0 位"},
		{root + "11100000000013338W011.11430000006122244L.20230000403.001.-", "gbcode.character", 1, "“-”"},
		{root + "11100000000013338W011.11430000006122244L.20230000403.001.V", "gbcode.check", 73, "应是“U”，现在是“V”"},
	} {
		_, err := gbcode.ParseLicence(c.typed)
		checkFault(t, c.typed, err, c.key, c.at, c.says)
	}
}

func TestLicenceIDRefusesWrongBodies(t *testing.T) {
	t.Parallel()
	const typ, issuer = "11100000000013338W011", "11430000006122244L"
	for _, c := range []struct {
		typ, issuer, serial string
		version             int
	}{
		{"11100000000013338X011", issuer, "1", 1}, {typ, "11430000006122244M", "1", 1}, {typ, "340100", "1", 1},
		{typ, issuer, "", 1}, {typ, issuer, "a.b", 1}, {typ, issuer, "1", 0}, {typ, issuer, "1", 1000}, {typ, issuer, "1", -1},
	} {
		if id, err := gbcode.LicenceID(c.typ, c.issuer, c.serial, c.version); err == nil {
			t.Errorf("%+v made %s", c, id)
		}
	}
}

// The standard promises every single wrong character. Of exchanged neighbours
// it misses some of those that follow each other in the alphabet, and no others.
func TestWhatTheLicenceCheckBetrays(t *testing.T) {
	t.Parallel()
	const set = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	rapid.Check(t, func(t *rapid.T) {
		id, err := gbcode.LicenceID("11100000000013338W011", "11430000006122244L",
			rapid.StringMatching(`[0-9A-Z]{1,32}`).Draw(t, "serial"), rapid.IntRange(1, 999).Draw(t, "version"))
		if err != nil {
			t.Fatal(err)
		}
		body := strings.TrimPrefix(id, gbcode.LicenceRoot)
		everyMistake(body, set, func(wrong string) {
			l, err := gbcode.ParseLicence(gbcode.LicenceRoot + wrong)
			if err != nil || len(l.Warnings) > 0 { // a moved dot leaves a body that is no credit code
				return
			}
			i := 0
			for wrong[i] == body[i] {
				i++
			}
			a, b := strings.IndexByte(set, body[i]), strings.IndexByte(set, wrong[i])
			exchanged := i+1 < len(body) && wrong[i] == body[i+1] && wrong[i+1] == body[i]
			if d := (a - b + 36) % 36; !exchanged || d != 1 && d != 35 {
				t.Fatalf("%s passes for %s", wrong, body)
			}
		})
	})
}

func FuzzParseLicence(f *testing.F) {
	f.Add("1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U")
	f.Add("1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9")
	f.Add("1.2.156.3005.2.....")
	f.Fuzz(func(t *testing.T, s string) {
		l, err := gbcode.ParseLicence(s)
		if err != nil {
			if m, ok := err.(wording.Message); !ok || m.IsZero() || strings.Contains(m.Error(), "⟦") {
				t.Fatalf("%q: %#v", s, err)
			}
			return
		}
		if len(l.Warnings) > 0 {
			return
		}
		if id, err := gbcode.LicenceID(l.Type, l.Issuer, l.Serial, l.Version); err != nil || id != l.ID {
			t.Fatalf("%q → %+v → %q %v", s, l, id, err)
		}
	})
}
