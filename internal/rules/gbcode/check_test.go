package gbcode_test

import (
	"encoding/json"
	"strings"
	"testing"

	"tongban/internal/rules/gbcode"
	"tongban/internal/rules/wording"
)

func TestCheckExplains(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind  gbcode.Kind
		value string
		says  []string
	}{
		{gbcode.KindCitizen, "11010519491231002x", []string{"北京市朝阳区", "1949-12-31", "女"}},
		{gbcode.KindUSCC, "11370800MB28559184", []string{"机构编制部门登记的机关", "山东省济宁市", "MB2855918"}},
		{gbcode.KindLicence, "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U", []string{"湖南省", "20230000403", "001"}},
		{gbcode.KindItem, "11370883MB2857374H4370173016000", []string{"实施编码（31 位）", "县级", "山东省", "行政许可", "016"}},
		{gbcode.KindItem, "511A62001004-511602000000-000-TE5116020105116050-1-00", []string{"照原样保留", "四川省广安市广安区", "TE5116020105116050"}},
		{gbcode.KindItem, "000131001000", []string{"国家级", "市场监督管理"}},
		{gbcode.KindRegion, "511602000000", []string{"四川省", "广安市", "广安区"}},
		{gbcode.KindPhone, "+86 138-0000-0000", []string{"13800000000"}},
	} {
		r := gbcode.Check(c.kind, c.value, today, gbcode.China())
		b, err := json.Marshal(r.In(wording.ZH))
		if err != nil || !r.OK || !r.Fault.IsZero() {
			t.Errorf("%s %s: %+v %v", c.kind, c.value, r, err)
		}
		for _, s := range c.says {
			if !strings.Contains(string(b), s) {
				t.Errorf("%s %s does not say %s: %s", c.kind, c.value, s, b)
			}
		}
		if en, _ := json.Marshal(r.In(wording.EN)); strings.Contains(string(en), "⟦") {
			t.Errorf("%s", en)
		}
	}
}

func TestCheckFindsFaults(t *testing.T) {
	t.Parallel()
	for kind, value := range map[gbcode.Kind]string{
		gbcode.KindCitizen: "110105194912310021", gbcode.KindUSCC: "x", gbcode.KindLicence: "x", gbcode.KindItem: "x",
		gbcode.KindRegion: "x", gbcode.KindPhone: "x", "passport": "x",
	} {
		r := gbcode.Check(kind, value, today, nil)
		rep := r.In(wording.ZH)
		if r.OK || rep.OK || rep.Fault == "" || strings.ContainsAny(rep.Fault, "{⟦") || len(rep.Parts) != 0 {
			t.Errorf("%s %s: %+v", kind, value, rep)
		}
	}
	if rep := gbcode.Check(gbcode.KindCitizen, "110105194912310021", today, nil).In(wording.EN); rep.At != 18 || rep.Value != "110105194912310021" {
		t.Errorf("%+v", rep)
	}
}

func TestPhones(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"13800000000": "13800000000", "１３８ 0000 0000": "13800000000", "+86 13800000000": "13800000000", "8613800000000": "13800000000",
		"0571-88880000": "057188880000", "(0826) 2220000": "08262220000", "010-12345678": "01012345678",
	} {
		if got, err := gbcode.ParsePhone(typed); err != nil || got != want {
			t.Errorf("%s: %s %v", typed, got, err)
		}
	}
	for typed, key := range map[string]string{"": "gbcode.length", "1380000000": "gbcode.phone.length", "12800000000": "gbcode.phone.prefix",
		"23800000000": "gbcode.phone.prefix", "0571888": "gbcode.phone.landline", "00571888800": "gbcode.phone.landline", "1380000000a": "gbcode.character"} {
		_, err := gbcode.ParsePhone(typed)
		if m, ok := err.(wording.Message); !ok || m.Key != key {
			t.Errorf("%s: %v, want %s", typed, err, key)
		}
	}
}

func TestMasks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ got, want string }{
		{gbcode.MaskCitizenPublic(standardCitizen), "1****************X"},
		{gbcode.MaskCitizenOwn(standardCitizen), "110***********002X"},
		{gbcode.MaskPhone("13800001234"), "138****1234"},
		{gbcode.MaskPhone("1234567"), "*******"},
		{gbcode.MaskName("王小明"), "王*明"}, {gbcode.MaskName("王明"), "王*"}, {gbcode.MaskName("欧阳小明"), "欧**明"},
		{gbcode.MaskName("王"), "*"}, {gbcode.MaskName(""), ""}, {gbcode.MaskCitizenOwn("12"), "**"},
	} {
		if c.got != c.want {
			t.Errorf("%s, want %s", c.got, c.want)
		}
	}
}

// Every word of the room is in both languages, with the same arguments.
func TestWordingIsComplete(t *testing.T) {
	t.Parallel()
	n := 0
	for _, k := range wording.Keys(wording.ZH) {
		if !strings.HasPrefix(k, "gbcode.") {
			continue
		}
		n++
		if !wording.Has(wording.EN, k) {
			t.Errorf("%s has no English", k)
		}
	}
	if n < 100 {
		t.Errorf("only %d sentences", n)
	}
}

func FuzzParsePhone(f *testing.F) {
	f.Add("+86 13800000000")
	f.Add("0571-8888\xff")
	f.Fuzz(func(t *testing.T, s string) {
		p, err := gbcode.ParsePhone(s)
		if err != nil {
			return
		}
		if again, err := gbcode.ParsePhone(p); err != nil || again != p {
			t.Fatalf("%q → %q → %q %v", s, p, again, err)
		}
	})
}
