package condition_test

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"tongban/internal/rules/condition"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

var env = condition.Case(map[string]condition.Var{
	"area": {Kind: condition.Number}, "count": {Kind: condition.Whole}, "fee": {Kind: condition.Money},
	"own": {Kind: condition.YesNo}, "start": {Kind: condition.Date}, "name": {Kind: condition.Text},
	"crop":  {Kind: condition.Text, Options: []string{"rice", "maize", "fruit"}},
	"kinds": {Kind: condition.List, Options: []string{"a", "b"}},
})

func values(form map[string]any) map[string]any {
	return map[string]any{"form": form, "decision": "granted", "applicant": map[string]any{"kind": "legal"}}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	full := map[string]any{"area": 60.5, "count": json.Number("3"), "fee": int64(120_00), "own": false, "crop": "rice",
		"start": day.MustParse("2026-11-24"), "name": "小麦坊", "kinds": []string{"a"}}
	for _, c := range []struct {
		source      string
		full, empty bool
	}{
		{`decision == "granted"`, true, true},
		{`applicant.kind == "legal" && form.area > 50`, true, false},
		{`form.area <= 50`, false, false},
		{`not (form.area <= 50)`, true, true},
		{`form.area != 1`, true, false},
		{`form.own`, false, false},
		{`!form.own`, true, true},
		{`form.own == false`, true, false},
		{`form.own == true || form.crop == "rice"`, true, false},
		{`form.crop in ["rice", "maize"]`, true, false},
		{`form.crop not in ["maize"]`, true, true},
		{`"a" in form.kinds`, true, false},
		{`"b" in form.kinds or form.count == 3`, true, false},
		{`form.fee >= 10000`, true, false},
		{`form.fee / 100 == 120`, true, false},
		{`form.count * form.area > 180`, true, false},
		{`form.count % 2 == 1`, true, false},
		{`form.start > "2026-11-23" and form.start < "2027-01-01"`, true, false},
		{`form.name startsWith "小" and form.name contains "麦"`, true, false},
		{`len(form.name) == 3`, true, false},
		{`has(form.area)`, true, false},
		{`not has(form.area)`, false, true},
		{`form.own ? form.area > 1 : form.area > 60`, true, false},
		{`(form.own ? 1 : 2) == 2`, true, true},
		{`40 < form.area and form.area < 70`, true, false},
		{`max(form.area, 70) == 70`, true, false},
		{`-form.area < 0`, true, false},
		{`true`, true, true},
		{`false or form.own`, false, false},
	} {
		p, err := condition.Compile(c.source, env)
		if err != nil {
			t.Errorf("%s: %v", c.source, err)
			continue
		}
		for _, v := range []struct {
			form map[string]any
			want bool
		}{{full, c.full}, {map[string]any{}, c.empty}, {nil, c.empty}} {
			if got, err := p.Bool(values(v.form)); err != nil || got != v.want {
				t.Errorf("%s with %d values: %v %v", c.source, len(v.form), got, err)
			}
		}
		if p.Source() != c.source {
			t.Errorf("source %q", p.Source())
		}
	}
}

func TestFaultsNameThePlace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		source, key string
		at          any
		says        string
	}{
		{"", "condition.empty", nil, "空的"},
		{" \n", "condition.empty", nil, ""},
		{strings.Repeat("x", 1001), "condition.long", nil, "1001"},
		{"true" + strings.Repeat(" and true", 110), "condition.complex", nil, "200"},
		{`form.area >`, "condition.syntax", 11, "“>”"},
		{`form.area > > 5`, "condition.syntax", 13, "“> 5”"},
		{`form.area > 50 and (`, "condition.syntax", 20, ""},
		{`form.name == "坊`, "condition.unfinished", 16, ""},
		{`form.aera > 50`, "condition.name", 1, "form.area"},
		{`foo > 50`, "condition.name", 1, "decision"},
		{`form.area > "50"`, "condition.types", 11, ""},
		{`form.name > 5`, "condition.types", 11, ""},
		{`form.area`, "condition.result", nil, ""},
		{`form.area + 1`, "condition.result", nil, ""},
		{`form.own + 1 == 2`, "condition.types", nil, ""},
		{`"坊" == form.aera`, "condition.name", 8, ""},
		{`now() > 5`, "condition.function", 1, "now"},
		{`filter([1], true) == 1`, "condition.function", 1, ""},
		{`len(1..100000) > 5`, "condition.construct", nil, ""},
		{`form.name matches "a+"`, "condition.construct", nil, ""},
		{`let x = 5; x == 5`, "condition.construct", nil, ""},
		{`form["na" + "me"] == ""`, "condition.construct", nil, ""},
		{`form?.name == ""`, "condition.construct", nil, ""},
		{`form.name.x == ""`, "condition.construct", nil, ""},
		{`{"a": 1} == 1`, "condition.construct", nil, ""},
		{`form.name[0:1] == ""`, "condition.construct", nil, ""},
		{`form.name == nil`, "condition.construct", nil, ""},
		{`2 ** 3 == 8`, "condition.construct", nil, ""},
		{`$env.decision == ""`, "condition.name", nil, ""},
		{`has(form.area + 1)`, "condition.construct", 1, ""},
		{`has(form.area, form.own)`, "condition.function", 1, ""},
		{`form.crop == "rise"`, "condition.option", 14, "rice、maize、fruit"},
		{`form.crop in ["rice", "wheat"]`, "condition.option", 23, "wheat"},
		{`applicant.kind != "firm"`, "condition.option", 19, "legal"},
	} {
		_, err := condition.Compile(c.source, env)
		m, ok := err.(wording.Message)
		if !ok || m.Key != c.key || c.at != nil && m.Args["at"] != c.at {
			t.Errorf("%.40q: %#v, want %s at %v", c.source, err, c.key, c.at)
			continue
		}
		for _, lang := range []wording.Lang{wording.ZH, wording.EN} {
			if s := m.In(lang); strings.ContainsAny(s, "⟦") || strings.Contains(s, "{at}") || strings.Contains(s, "{near}") {
				t.Errorf("%q: unfinished sentence %q", c.source, s)
			}
		}
		if !strings.Contains(m.Error(), c.says) {
			t.Errorf("%q: %s", c.source, m.Error())
		}
	}
}

func TestValuesOfAnotherKindAreAnError(t *testing.T) {
	t.Parallel()
	for source, form := range map[string]map[string]any{
		`form.area > 1`:       {"area": "1"},
		`form.count > 1`:      {"count": 1.5},
		`form.own`:            {"own": "yes"},
		`form.name == "x"`:    {"name": 5},
		`"a" in form.kinds`:   {"kinds": []any{1}},
		`form.count % 0 == 1`: {"count": 1},
	} {
		p, err := condition.Compile(source, env)
		if err != nil {
			t.Fatal(source, err)
		}
		yes, err := p.Bool(values(form))
		if _, ok := err.(wording.Message); !ok || yes {
			t.Errorf("%s with %v: %v %v", source, form, yes, err)
		}
	}
}

func TestAFlowWithoutItsForm(t *testing.T) {
	t.Parallel()
	p, err := condition.Compile(`form.lane == "carriageway" and form.volume > 10 and form.closing`, condition.Case(nil))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(p.Refs(), " "); got != "form.lane form.volume form.closing" {
		t.Error(got)
	}
	for _, c := range []struct {
		form map[string]any
		want bool
	}{
		{map[string]any{"lane": "carriageway", "volume": 11, "closing": true}, true},
		{map[string]any{"lane": "carriageway", "volume": 10, "closing": true}, false},
		{map[string]any{"lane": "carriageway", "volume": 11}, false},
		{nil, false},
	} {
		if got, err := p.Bool(values(c.form)); err != nil || got != c.want {
			t.Errorf("%v: %v %v", c.form, got, err)
		}
	}
	if _, err := p.Bool(values(map[string]any{"lane": "carriageway", "volume": "many"})); err == nil {
		t.Error("a text was compared with a number")
	}
	if _, err := condition.Compile(`form.x == 1 and foo`, condition.Case(nil)); err == nil {
		t.Error("a name outside the form was taken")
	}
}

// A comparison in which anything is missing is false, whichever operator it has.
func TestMissingValuesNeverHold(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		op := rapid.SampledFrom([]string{"==", "!=", "<", "<=", ">", ">="}).Draw(t, "op")
		sides := []string{"form.area", "form.count", "form.area * 2", "(form.count + 1)", "7", "form.fee - form.area"}
		l, r := rapid.SampledFrom(sides).Draw(t, "left"), rapid.SampledFrom(sides).Draw(t, "right")
		p, err := condition.Compile(l+" "+op+" "+r, env)
		if err != nil {
			t.Fatal(err)
		}
		form := map[string]any{"area": 1, "count": 2, "fee": 3}
		if _, err := p.Bool(values(form)); err != nil {
			t.Fatal(err)
		}
		for _, ref := range p.Refs() {
			if ref == "form.*" {
				continue
			}
			key := strings.TrimPrefix(ref, "form.")
			kept := form[key]
			delete(form, key)
			if yes, err := p.Bool(values(form)); yes || err != nil {
				t.Fatalf("%s without %s: %v %v", p.Source(), key, yes, err)
			}
			form[key] = kept
		}
	})
}

func TestManyAskAtOnce(t *testing.T) {
	t.Parallel()
	p, err := condition.Compile(`form.area > 50 and form.crop in ["rice", "maize"]`, env)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 200 {
				area := float64((i*31 + j) % 100)
				if got, err := p.Bool(values(map[string]any{"area": area, "crop": "rice"})); err != nil || got != (area > 50) {
					t.Errorf("area %v: %v %v", area, got, err)
				}
			}
		})
	}
	wg.Wait()
}

func FuzzCompile(f *testing.F) {
	for _, s := range []string{`decision == "granted"`, `form.area > 50 and not form.own`, `form.crop in ["rice"]`, `has(form.x)`,
		`(((`, `"\u`, `1..9`, `a?.b`, `form.own ? 1 : 2`, `len("x") == 1`, `let a = 1; a`, `1 % 0 == 0`, "# comment", `form.a | len() > 1`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, e := range []condition.Env{env, condition.Case(nil)} {
			p, err := condition.Compile(s, e)
			if err != nil {
				if m, ok := err.(wording.Message); !ok || strings.Contains(m.Error(), "⟦") {
					t.Fatalf("%q: %#v", s, err)
				}
				continue
			}
			for _, form := range []map[string]any{nil, {"area": 3.5, "own": true, "crop": "rice", "name": "x", "fee": 5, "a": "b"}} {
				a, err := p.Bool(values(form))
				if b, again := p.Bool(values(form)); a != b || (err == nil) != (again == nil) {
					t.Fatalf("%q answers %v, then %v", s, a, b)
				}
			}
		}
	})
}

func BenchmarkBool(b *testing.B) {
	p, err := condition.Compile(`applicant.kind == "legal" and form.area > 50`, env)
	if err != nil {
		b.Fatal(err)
	}
	v := values(map[string]any{"area": 60.0})
	b.ReportAllocs()
	for b.Loop() {
		if yes, err := p.Bool(v); !yes || err != nil {
			b.Fatal(yes, err)
		}
	}
}
