package condition_test

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tongban/internal/rules/condition"
	"tongban/internal/rules/wording"
)

// spoken is a form whose fields have names for people.
var spoken = func() condition.Env {
	word := func(s string) wording.Message { return wording.M("form.both", "zh", s, "en", s+"*") }
	e := condition.Case(map[string]condition.Var{
		"area": {Kind: condition.Number, Title: word("用地面积")}, "count": {Kind: condition.Whole, Title: word("人数")},
		"money": {Kind: condition.Money, Title: word("金额")}, "own": {Kind: condition.YesNo, Title: word("自有")},
		"start": {Kind: condition.Date, Title: word("开业日期")}, "name": {Kind: condition.Text, Title: word("店名")},
		"crop": {Kind: condition.Text, Title: word("作物"), Options: []string{"rice", "maize", "fruit"},
			Labels: []condition.Label{{"rice", word("水稻")}, {"maize", word("玉米")}, {"fruit", word("水果")}}},
		"kinds": {Kind: condition.List, Title: word("种类"), Options: []string{"a", "b"}, Labels: []condition.Label{{"a", word("甲")}, {"b", word("乙")}}},
	})
	return e
}()

func TestConditionsAreSaid(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		`form.area > 5000 && applicant.kind == "person" || form.money >= 100000`: "“用地面积”大于 5000，并且申请人是“个人”；或者“金额”不小于 1000 元",
		`(form.area > 50 or form.own) and decision == "granted"`:                 "（“用地面积”大于 50，或者“自有”答“是”），并且决定是“准予”",
		`decision != "granted"`:                          "决定不是“准予”",
		`form.crop in ["rice", "maize"]`:                 "“作物”是“水稻”、“玉米”之一",
		`form.crop not in ["rice"]`:                      "“作物”不是“水稻”",
		`form.crop != "rice"`:                            "“作物”填了，但不是“水稻”",
		`"a" in form.kinds and not ("b" in form.kinds)`:  "“种类”里选了“甲”，并且“种类”里没有选“乙”",
		`form.start >= "2026-11-23"`:                     "“开业日期”不早于 2026年11月23日",
		`form.money / 3 > 1050`:                          "“金额”除以 3大于 10.5 元",
		`form.own == false or not form.own`:              "“自有”答“否”，或者“自有”没有答“是”",
		`not has(form.area) or len(form.name) > 3`:       "“用地面积”没有填，或者“店名”的字数大于 3",
		`not (form.area > 3 and form.area < 9)`:          "不是这样：（“用地面积”大于 3，并且“用地面积”小于 9）",
		`form.own ? form.area > 1 : form.area > 60`:      "（如果“自有”答“是”，要“用地面积”大于 1；否则要“用地面积”大于 60）",
		`max(form.area, 70) == 70 and form.count % 2==1`: "“用地面积”、70中最大的等于 70，并且“人数”除以 2 的余数等于 1",
	} {
		m, err := spoken.Say(source)
		if err != nil || m.In(wording.ZH) != want {
			t.Errorf("%s: %v\n %s\n %s", source, err, m.In(wording.ZH), want)
		}
	}
	if got := spoken.Phrase(`form.area > 5000 && applicant.kind == "person" || form.money >= 100050`).In(wording.EN); got != "“用地面积*” is more than 5000 and the applicant is “a person”; or “金额*” is at least 1000.5 yuan" {
		t.Error(got)
	}
	if m, err := spoken.Say("form.area >"); err == nil || !m.IsZero() || spoken.Phrase("form.area >").In(wording.ZH) != "form.area >" {
		t.Error("a broken condition is said")
	}
	if _, err := spoken.Say("form.aera > 1"); err == nil || !strings.Contains(err.Error(), "form.area（用地面积）") {
		t.Errorf("what may be used: %v", err)
	}
}

func TestRowsOfConditions(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		`form.area > 5000 && applicant.kind == "person" || form.money >= 100000`: `(form.area > 5000 and applicant.kind == "person") or form.money >= 100000`,
		`(5 < form.area or form.own) and decision == "granted"`:                  `(form.area > 5 or form.own == true) and decision == "granted"`,
		`form.own != true`: `form.own == false`,
		`!form.own`:        `not form.own`,
		`form.crop == "rice" or !("a" in form.kinds)`:                `form.crop == "rice" or "a" not in form.kinds`,
		`has(form.start) and form.area > -3`:                         `has(form.start) and form.area > -3`,
		`form.area > 5 + 1`:                                          "",
		`not (form.area > 5)`:                                        "",
		`form.own and (form.area > 1 or form.area < 0 and form.own)`: "",
		`form.area > form.count`:                                     "",
		`form.money > 100.5`:                                         "",
		`len(form.name) > 3`:                                         "",
		`form.start > "yesterday"`:                                   "",
		`"麦" contains form.name`:                                     "",
		`form.own ? true : false`:                                    "",
		`true`:                                                       "",
		`form.name in ["a", "b"]`:                                    "",
		`form.nothing == 1`:                                          "",
		`form.crop in [] or has(x)`:                                  "",
	} {
		rows, ok := condition.RowsOf(source, spoken)
		if ok != (want != "") {
			t.Errorf("%s: rows %v", source, ok)
			continue
		}
		if got, err := rows.Source(spoken); err != nil || got != want {
			t.Errorf("%s: %q, want %q: %v", source, got, want, err)
		}
	}
	for _, r := range []condition.Row{{"form.nothing", condition.Equal, []string{"1"}}, {"form.area", "", []string{"1"}}, {"form.area", condition.Includes, []string{"1"}},
		{"form.area", condition.More, nil}, {"form.area", condition.More, []string{""}}, {"form.area", condition.More, []string{"viele"}}, {"form.area", condition.More, []string{"Inf"}},
		{"form.money", condition.More, []string{"1.5"}}, {"form.start", condition.More, []string{"2026-02-30"}}, {"form.crop", condition.Among, nil}, {"form.crop", condition.Among, []string{"tea"}},
		{"form.crop", condition.Unequal, []string{"rice", "maize"}}, {"form.kinds", condition.Includes, []string{"c"}}, {"form.area", condition.More, []string{"1 or true"}}} {
		s, err := condition.Rows{Groups: [][]condition.Row{{r}}}.Source(spoken)
		if m, ok := err.(wording.Message); !ok || s != "" || strings.Contains(m.In(wording.ZH)+m.In(wording.EN), "⟦") {
			t.Errorf("%v: %q %v", r, s, err)
		}
	}
}

// row draws one comparison that a row can make.
func row(t *rapid.T) condition.Row {
	names := slices.Sorted(maps.Keys(spoken))
	r := condition.Row{Name: rapid.SampledFrom(names).Draw(t, "name")}
	v := spoken[r.Name]
	r.Is = rapid.SampledFrom(v.Comparisons()).Draw(t, "is")
	if !r.Is.Valued() {
		return r
	}
	one := func() string {
		switch {
		case len(v.Labels) > 0:
			return rapid.SampledFrom(v.Labels).Draw(t, "option").Value
		case v.Kind == condition.Text:
			return rapid.SampledFrom([]string{"麦", `"`, `a\b`, "x\ny", "' or true", "麦坊"}).Draw(t, "text")
		case v.Kind == condition.Date:
			return rapid.SampledFrom([]string{"2026-11-23", "2026-11-24", "2026-11-25"}).Draw(t, "day")
		case v.Kind == condition.Money:
			return strconv.Itoa(rapid.IntRange(-2, 3).Draw(t, "fen"))
		}
		return rapid.SampledFrom([]string{"-1", "0", "1", "1.5", "2"}).Draw(t, "number")
	}
	r.Values = []string{one()}
	for (r.Is == condition.Among || r.Is == condition.NotAmong) && rapid.Bool().Draw(t, "more") {
		r.Values = append(r.Values, one())
	}
	return r
}

// world draws values of the form, some of them not there.
func world(t *rapid.T) map[string]any {
	form := map[string]any{}
	for name, g := range map[string]*rapid.Generator[any]{
		"area": anyOf[any](-1.0, 0.0, 1.5, 2.0), "count": anyOf[any](int64(-1), int64(1), int64(2)), "money": anyOf[any](int64(-1), int64(2), int64(3)), "own": anyOf[any](true, false),
		"start": anyOf[any]("2026-11-23", "2026-11-24"), "name": anyOf[any]("", "麦", "麦坊", `a\b`, `"`, "' or true"), "crop": anyOf[any]("rice", "maize", "fruit"),
		"kinds": anyOf[any]([]any{}, []any{"a"}, []any{"a", "b"}),
	} {
		if rapid.IntRange(0, 3).Draw(t, "there") > 0 {
			form[name] = g.Draw(t, name)
		}
	}
	return map[string]any{"form": form, "decision": rapid.SampledFrom([]string{"", "granted", "refused"}).Draw(t, "decision"),
		"applicant": map[string]any{"kind": rapid.SampledFrom([]string{"person", "legal"}).Draw(t, "kind")}}
}

func anyOf[T any](list ...T) *rapid.Generator[T] { return rapid.SampledFrom(list) }

// written draws a condition of the language, of those that rows can say and of others.
func written(t *rapid.T, depth int) string {
	if depth > 0 {
		inner := func() string { return written(t, depth-1) }
		switch rapid.IntRange(0, 5).Draw(t, "shape") {
		case 0, 1:
			return inner() + rapid.SampledFrom([]string{" and ", " && "}).Draw(t, "and") + inner()
		case 2, 3:
			return inner() + rapid.SampledFrom([]string{" or ", " || "}).Draw(t, "or") + inner()
		case 4:
			return "(" + inner() + ")"
		}
	}
	if rapid.IntRange(0, 3).Draw(t, "plain") == 0 {
		return rapid.SampledFrom([]string{"form.own", "!form.own", "not has(form.area)", "2 > form.area", "form.own != false", `not (form.crop in ["rice"])`,
			"form.area > form.count", "not (form.area > 1)", "form.area + 1 > 2", `len(form.name) == 1`, "form.own ? form.area > 0 : form.count > 0", "true"}).Draw(t, "source")
	}
	s, err := condition.Rows{Groups: [][]condition.Row{{row(t)}}}.Source(spoken)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// What rows say means what the condition meant, whatever is filled in; rows that were
// written are read as the same rows; and every condition has a sentence.
func TestRowsKeepTheMeaning(t *testing.T) {
	t.Parallel()
	read := 0
	rapid.Check(t, func(t *rapid.T) {
		source := written(t, 3)
		before, err := condition.Compile(source, spoken)
		if err != nil {
			t.Skip(err) // too many parts
		}
		for _, lang := range []wording.Lang{wording.ZH, wording.EN} {
			if m, err := spoken.Say(source); err != nil || strings.ContainsAny(m.In(lang), "⟦{") || m.In(lang) == "" {
				t.Fatalf("%s is said as %s", source, m.In(lang))
			}
		}
		rows, ok := condition.RowsOf(source, spoken)
		if !ok {
			return
		}
		read++
		again, err := rows.Source(spoken)
		if err != nil {
			t.Fatalf("%s: %v", source, err)
		}
		if third, ok := condition.RowsOf(again, spoken); !ok {
			t.Fatalf("%s cannot be read again", again)
		} else if s, err := third.Source(spoken); err != nil || s != again {
			t.Fatalf("%s becomes %s", again, s)
		}
		after, err := condition.Compile(again, spoken)
		if err != nil {
			t.Fatalf("%s from %s: %v", again, source, err)
		}
		for range 4 {
			v := world(t)
			a, err1 := before.Bool(v)
			b, err2 := after.Bool(v)
			if a != b || err1 != nil || err2 != nil {
				t.Fatalf("%s is %v, %s is %v for %v (%v %v)", source, a, again, b, v, err1, err2)
			}
		}
	})
	if read == 0 {
		t.Error("no condition was read as rows")
	}
}
