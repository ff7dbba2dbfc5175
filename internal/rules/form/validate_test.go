package form_test

import (
	"encoding/json"
	"maps"
	"math"
	"reflect"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"tongban/internal/rules/form"
	"tongban/internal/rules/gbcode"
	"tongban/internal/rules/wording"
)

// filled is an application in order, as a page posts it.
func filled() map[string][]string {
	return map[string][]string{
		"name": {" 苏小麦 "}, "idno": {"11010519491231002x"}, "phone": {"138 0000 0000"}, "address": {"青石镇南街 12 号"},
		"area": {"４８．５"}, "staff": {"3"}, "rent": {"1.2万"}, "opening": {"2026年12月1日"}, "checked": {"20261101"},
		"own": {"是"}, "foods": {"cake", "", "tofu"}, "landlord": {""},
	}
}

func TestAnApplicationInOrder(t *testing.T) {
	t.Parallel()
	f := workshop(t)
	o := f.Validate(f.FromStrings(filled()), setting)
	if !o.OK() {
		t.Fatalf("%v", o.Problems)
	}
	want := map[string]any{"name": "苏小麦", "idno": "11010519491231002X", "phone": "13800000000", "address": "青石镇南街 12 号",
		"area": 48.5, "staff": int64(3), "rent": int64(1_200_000), "opening": "2026-12-01", "checked": "2026-11-01",
		"own": true, "foods": []any{"cake", "tofu"}}
	if !reflect.DeepEqual(o.Values, want) {
		t.Errorf("got  %v\nwant %v", o.Values, want)
	}
}

// problems validates the application after changes and returns the sentences by field.
func problems(t *testing.T, f *form.Form, s form.Setting, change map[string][]string) map[string]wording.Message {
	t.Helper()
	posted := filled()
	maps.Copy(posted, change)
	out := map[string]wording.Message{}
	for _, p := range f.Validate(f.FromStrings(posted), s).Problems {
		if _, twice := out[p.Field]; twice {
			t.Errorf("two sentences about %s", p.Field)
		}
		out[p.Field] = p.Message
	}
	return out
}

func TestEachFieldSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	f := workshop(t)
	for _, c := range []struct {
		field, typed, says, english string
	}{
		{"name", "", "姓名还没填。和身份证上的一样。", "“Name” is still empty. As on the identity card."},
		{"name", strings.Repeat("长", 51), "姓名最多 50 个字，现在是 51 个", "takes 50 characters"},
		{"name", "苏\x00麦", "姓名里有看不见的字符", "cannot be seen"},
		{"name", "苏\xff麦", "姓名里有看不见的字符", "cannot be seen"},
		{"idno", "1101051949123100X", "身份证号应是 18 位，现在是 17 位", "Citizen number has 18 characters"},
		{"idno", "110105194912310021", "按其他各位算应是“X”", "should be “X”"},
		{"phone", "1380000", "手机号应是 11 位", "11 digits"},
		{"phone", "0826-2220000", "手机号的写法和要求的不一样", "not written as it should be"},
		{"address", "南街", "经营场所地址至少 6 个字，现在是 2 个。再写全一点。写到门牌号。", "at least 6 characters"},
		{"area", "很大", "面积（平方米）要填数字", "takes a number"},
		{"area", "4", "面积（平方米）最少 5，现在是 4", "at least 5; this is 4"},
		{"area", "500.5", "最多 500，现在是 500.5", "at most 500"},
		{"area", "48.3", "要是 0.5 的倍数", "steps of 0.5"},
		{"area", "1e9", "要填数字", "takes a number"},
		{"staff", "2.5", "从业人数要填整数", "whole number"},
		{"staff", "100", "从业人数要小于 100", "less than 100"},
		{"rent", "100000.01", "年租金最多 100000 元，现在是 100000.01 元", "at most 100000 yuan"},
		{"rent", "12.345", "年租金要填金额，以元为单位", "amount in yuan"},
		{"opening", "2026-02-30", "开业日期要写成日历上有的年月日", "day of the calendar"},
		{"opening", "2026-11-23", "开业日期要在今天（2026年11月24日）或以后", "24 November 2026"},
		{"checked", "2026-11-25", "体检日期不能晚于今天（2026年11月24日）", "cannot be after today"},
		{"own", "也许", "场所是自己的吗还没选", "still to be chosen"},
		{"foods", "pizza", "食品种类要从列出的选项里选", "one of the options"},
		{"foods", "", "食品种类还没选", "still to be chosen"},
		{"nobody", "x", "没有“nobody”这一项", "no field “nobody”"},
	} {
		got := problems(t, f, setting, map[string][]string{"plan_note": {"门朝南"}, c.field: {c.typed}})
		m, ok := got[c.field]
		if !ok || len(got) != 1 {
			t.Errorf("%s %q: %v", c.field, c.typed, got)
			continue
		}
		if s := m.In(wording.ZH); !strings.Contains(s, c.says) || strings.ContainsAny(s, "{}⟦⟧") {
			t.Errorf("%s %q says %q, want %q", c.field, c.typed, s, c.says)
		}
		if s := m.In(wording.EN); !strings.Contains(s, c.english) || strings.ContainsAny(s, "{}⟦⟧") {
			t.Errorf("%s %q says %q, want %q", c.field, c.typed, s, c.english)
		}
	}
}

func TestChoicesOfSeveral(t *testing.T) {
	t.Parallel()
	f := workshop(t)
	for _, c := range []struct {
		picked []string
		key    string
	}{{[]string{"cake", "noodle", "tofu"}, "form.pick_fewer"}, {[]string{"cake", "cake"}, "form.pick_twice"},
		{[]string{"cake", "cake", "tofu", "tofu"}, "form.choice"}} {
		if got := problems(t, f, setting, map[string][]string{"foods": c.picked}); got["foods"].Key != c.key || len(got) != 1 {
			t.Errorf("%v: %v", c.picked, got)
		}
	}
}

func TestHiddenFieldsAreDroppedAndNotRequired(t *testing.T) {
	t.Parallel()
	f := workshop(t)
	posted := filled()
	posted["plan_note"], posted["uscc"], posted["landlord"], posted["tenure"] = []string{"说明"}, []string{"x"}, []string{"房东"}, []string{"?"}
	o := f.Validate(f.FromStrings(posted), setting)
	if !o.OK() {
		t.Errorf("%v", o.Problems)
	}
	for _, key := range []string{"plan_note", "uscc", "landlord", "tenure"} {
		if v, ok := o.Values[key]; ok {
			t.Errorf("%s = %v was kept", key, v)
		}
	}
	// Shown, they are required, but for the optional one.
	got := problems(t, f, firm, map[string][]string{"area": {"60"}, "own": {"否"}})
	if len(got) != 3 || got["plan_note"].Key != "form.fill" || got["uscc"].Key != "form.fill" || got["landlord"].Key != "form.fill" {
		t.Errorf("%v", got)
	}
	// A field that hangs on a hidden field is hidden with it.
	got = problems(t, f, setting, map[string][]string{"own": {"否"}, "landlord": {"房东"}})
	if len(got) != 1 || got["tenure"].Key != "form.pick" {
		t.Errorf("%v", got)
	}
}

func TestValidateTakesJSONAndIsStrictAboutKinds(t *testing.T) {
	t.Parallel()
	f := workshop(t)
	ok := f.Validate(f.FromStrings(filled()), setting).Values
	b, err := json.Marshal(ok)
	if err != nil {
		t.Fatal(err)
	}
	var plain, exact map[string]any
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.UseNumber()
	if err := json.Unmarshal(b, &plain); err != nil {
		t.Fatal(err)
	}
	if err := d.Decode(&exact); err != nil {
		t.Fatal(err)
	}
	for _, values := range []map[string]any{plain, exact} {
		if o := f.Validate(values, setting); !o.OK() || !reflect.DeepEqual(o.Values, ok) {
			t.Errorf("%v %v", o.Problems, o.Values)
		}
	}
	for key, v := range map[string]any{"area": "48.5", "rent": "1200", "own": "true", "name": 5, "foods": "cake", "staff": math.NaN(),
		"idno": []any{"x"}, "address": map[string]any{}} {
		values := maps.Clone(ok)
		values[key] = v
		if o := f.Validate(values, setting); len(o.Problems) != 1 || o.Problems[0].Field != key {
			t.Errorf("%s = %v: %v", key, v, o.Problems)
		}
	}
}

func TestUnknownRegionIsAWarning(t *testing.T) {
	t.Parallel()
	f := workshop(t)
	s := setting
	s.Regions = gbcode.China()
	posted := filled()
	n, err := gbcode.CitizenNumber("990124", today-10_000, 12)
	if err != nil {
		t.Fatal(err)
	}
	posted["idno"] = []string{n}
	if o := f.Validate(f.FromStrings(posted), s); !o.OK() || len(o.Warnings) != 1 || o.Warnings[0].Field != "idno" {
		t.Errorf("%v %v", o.Problems, o.Warnings)
	}
}

func TestFromStringsReadsUsualNotations(t *testing.T) {
	t.Parallel()
	f := workshop(t)
	for _, c := range []struct {
		field, typed string
		want         any
	}{
		{"opening", "20261124", "2026-11-24"}, {"opening", "2026-1-5", "2026-01-05"}, {"opening", "2026/11/24", "2026-11-24"},
		{"opening", "2026.11.24", "2026-11-24"}, {"opening", "2026年11月24日", "2026-11-24"}, {"opening", "２０２６年１月５日", "2026-01-05"},
		{"opening", "2026 年 11 月 24 日", "2026-11-24"}, {"opening", "明天", "明天"}, {"opening", "2026-02-30", "2026-02-30"},
		{"area", "1,234.5", 1234.5}, {"area", "60", 60.0}, {"area", "0x10", "0x10"}, {"area", "Inf", "Inf"}, {"area", "-3", -3.0},
		{"staff", "１２", int64(12)}, {"staff", "12.0", int64(12)}, {"staff", "12.5", 12.5}, {"staff", "", nil},
		{"rent", "1200", int64(120_000)}, {"rent", "￥1,200.50元", int64(120_050)}, {"rent", "1200.5", int64(120_050)}, {"rent", "3万元", int64(3_000_000)},
		{"rent", "0.123456万", int64(123_456)}, {"rent", "1.005", "1.005"}, {"rent", "-5", "-5"}, {"rent", "1.2000", int64(120)},
		{"own", "on", true}, {"own", "FALSE", false}, {"own", "没有", false}, {"own", "?", "?"},
		{"phone", "+86 138-0000-0000", "13800000000"}, {"name", " a\t b\r\n", "a  b"}, {"plan_note", " a\r\nb ", "a\nb"},
		{"idno", "１１０１０５１９４９１２３１００２ｘ", "11010519491231002X"}, {"ghost", " x ", "x"},
	} {
		if got := f.FromStrings(map[string][]string{c.field: {c.typed}})[c.field]; got != c.want {
			t.Errorf("%s %q = %#v, want %#v", c.field, c.typed, got, c.want)
		}
	}
	three := f.FromStrings(map[string][]string{"opening.year": {"2026"}, "opening.month": {"1"}, "opening.day": {"5"}, "checked.year": {""}})
	if !reflect.DeepEqual(three, map[string]any{"opening": "2026-01-05"}) {
		t.Errorf("%v", three)
	}
	if got := f.FromStrings(map[string][]string{"own": {"false", "true"}})["own"]; got != true {
		t.Errorf("a ticked box is %v", got)
	}
}

func TestSizesAreBounded(t *testing.T) {
	t.Parallel()
	f := workshop(t)
	huge := strings.Repeat("长", 200_000)
	for _, key := range []string{"name", "idno", "phone", "opening", "area", "rent", "own", "foods", "address"} {
		if got := problems(t, f, setting, map[string][]string{key: {huge}}); len(got) != 1 || len(got[key].Error()) > 500 {
			t.Errorf("%s: %d problems", key, len(got))
		}
	}
	many := map[string]any{}
	for i := range 10_000 {
		many["k"+strings.Repeat("x", i%300)+string(rune('a'+i%26))] = i
	}
	for _, p := range f.Validate(many, setting).Problems {
		if len(p.Field) > 200 {
			t.Errorf("a name of %d bytes is repeated", len(p.Field))
		}
	}
	if n := len(f.Validate(many, setting).Problems); n > 40 {
		t.Errorf("%d problems", n)
	}
}

// anything is any value that a JSON decoder or FromStrings may bring.
func anything() *rapid.Generator[any] {
	return rapid.OneOf(
		rapid.Map(rapid.String(), func(s string) any { return s }),
		rapid.Map(rapid.SampledFrom([]string{"2026-12-01", "11010519491231002X", "13800000000", "cake", "year", "青石镇南街 12 号"}), func(s string) any { return s }),
		rapid.Map(rapid.Float64(), func(x float64) any { return x }),
		rapid.Map(rapid.IntRange(-10, 600), func(i int) any { return i }),
		rapid.Map(rapid.Bool(), func(b bool) any { return b }),
		rapid.Just[any](nil), rapid.Just[any]([]any{"cake"}), rapid.Just[any]([]any{1, nil}), rapid.Just[any](map[string]any{"a": 1}),
		rapid.Just[any](json.Number("7")), rapid.Just[any](json.Number("x")), rapid.Just[any]([]string{"tofu"}),
	)
}

// Whatever comes in, Validate answers; what it takes, it takes again unchanged.
func TestValidateIsStable(t *testing.T) {
	t.Parallel()
	f := workshop(t)
	keys := []string{"ghost"}
	for _, x := range f.Fields {
		keys = append(keys, x.Key)
	}
	rapid.Check(t, func(t *rapid.T) {
		s := form.Setting{Today: today, Applicant: rapid.SampledFrom([]string{"person", "legal", "agency", ""}).Draw(t, "applicant")}
		values := f.FromStrings(filled())
		maps.Copy(values, rapid.MapOf(rapid.SampledFrom(keys), anything()).Draw(t, "values"))
		o := f.Validate(values, s)
		for _, p := range o.Problems {
			if text := p.Message.In(wording.ZH) + p.Message.In(wording.EN); strings.Contains(text, "⟦") {
				t.Fatalf("%s: %s", p.Field, text)
			}
		}
		again := f.Validate(o.Values, s)
		if o.OK() && (!again.OK() || !reflect.DeepEqual(o.Values, again.Values)) {
			t.Fatalf("%v became %v: %v", o.Values, again.Values, again.Problems)
		}
		b, err := json.Marshal(o.Values)
		if err != nil {
			t.Fatal(err)
		}
		var back map[string]any
		if err := json.Unmarshal(b, &back); err != nil {
			t.Fatal(err)
		}
		if third := f.Validate(back, s); o.OK() && !reflect.DeepEqual(o.Values, third.Values) {
			t.Fatalf("%v through JSON became %v", o.Values, third.Values)
		}
	})
}

func TestManyValidateAtOnce(t *testing.T) {
	t.Parallel()
	f := workshop(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 50 {
				posted := filled()
				if i%2 == 1 {
					posted["area"] = []string{"60"}
				}
				if o := f.Validate(f.FromStrings(posted), setting); o.OK() != (i%2 == 0) {
					t.Errorf("%v", o.Problems)
				}
			}
		})
	}
	wg.Wait()
}

func FuzzFromStrings(f *testing.F) {
	it := workshop(f)
	for _, s := range []string{"", "2026年11月24日", "１．２万元", "1e309", "\xff", "是", "11010519491231002x", strings.Repeat("9", 40)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		posted := map[string][]string{"opening.year": {s}, "checked.day": {s}, s: {s}}
		for _, x := range it.Fields {
			posted[x.Key] = []string{s}
		}
		values := it.FromStrings(posted)
		o := it.Validate(values, firm)
		if again := it.Validate(o.Values, firm); o.OK() && !reflect.DeepEqual(again.Values, o.Values) {
			t.Fatalf("%q: %v, then %v", s, o.Values, again.Values)
		}
	})
}

func BenchmarkValidate(b *testing.B) {
	f := workshop(b)
	posted := filled()
	b.ReportAllocs()
	for b.Loop() {
		if o := f.Validate(f.FromStrings(posted), setting); !o.OK() {
			b.Fatal(o.Problems)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	src := source(b)
	for b.Loop() {
		if _, problems := form.Parse(src); problems != nil {
			b.Fatal(problems)
		}
	}
}
