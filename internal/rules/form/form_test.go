package form_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"tongban/internal/rules/condition"
	"tongban/internal/rules/day"
	"tongban/internal/rules/form"
	"tongban/internal/rules/wording"
)

var (
	today   = day.MustParse("2026-11-24")
	setting = form.Setting{Today: today, Applicant: "person"}
	firm    = form.Setting{Today: today, Applicant: "legal"}
)

func source(t testing.TB) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/workshop.json")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func workshop(t testing.TB) *form.Form {
	t.Helper()
	f, problems := form.Parse(source(t))
	for _, p := range problems {
		t.Errorf("%s: %s", p.Path, p.Message.Error())
	}
	if f == nil {
		t.FailNow()
	}
	return f
}

func TestParse(t *testing.T) {
	t.Parallel()
	f := workshop(t)
	var keys []string
	for _, x := range f.Fields {
		keys = append(keys, x.Key)
	}
	if got := strings.Join(keys, " "); got != "name idno phone uscc branch address area plan_note staff rent opening checked own landlord tenure foods" {
		t.Error(got)
	}
	if f.Title != "食品作坊经营许可申请表" || len(f.Groups) != 3 || len(f.InGroup("person")) != 3 || f.Groups[2].HelpEN == "" {
		t.Errorf("%q %v", f.Title, f.Groups)
	}
	if got := f.Sensitive(); !slices.Equal(got, []string{"idno", "phone"}) {
		t.Errorf("sensitive %v", got)
	}
	if got := f.Elements()["premises.address"]; !slices.Equal(got, []string{"address"}) {
		t.Errorf("bindings %v", got)
	}
	name, _ := f.Field("name")
	if !name.Required || name.MaxLength != 50 || name.Widget != form.Text || name.Label().In(wording.EN) != "Name" {
		t.Errorf("the $ref was not followed: %+v", name)
	}
	branch, _ := f.Field("branch")
	landlord, _ := f.Field("landlord")
	if branch.Required || !landlord.Required || branch.Label().In(wording.EN) != "分支机构名称" {
		t.Errorf("%+v %+v", branch, landlord)
	}
	tenure, _ := f.Field("tenure")
	if len(tenure.Options) != 2 || tenure.Options[1].Text().In(wording.ZH) != "一年以上" || tenure.Options[1].Text().In(wording.EN) != "longer" {
		t.Errorf("%v", tenure.Options)
	}
	if _, ok := f.Field("nothing"); ok {
		t.Error("a field that is not there")
	}
}

// change applies edits to the sample form, each a path with dots and a value
// (nil deletes), and returns the new source.
func change(t *testing.T, edits ...any) []byte {
	t.Helper()
	var root map[string]any
	if err := json.Unmarshal(source(t), &root); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(edits); i += 2 {
		path := strings.Split(edits[i].(string), ".")
		m := root
		for _, p := range path[:len(path)-1] {
			m = m[p].(map[string]any)
		}
		if m[path[len(path)-1]] = edits[i+1]; edits[i+1] == nil {
			delete(m, path[len(path)-1])
		}
	}
	b, err := json.Marshal(root)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestParseListsEveryProblem(t *testing.T) {
	t.Parallel()
	f, problems := form.Parse(change(t, "properties.area.x-widget", "slider", "properties.name.title", nil, "properties.own.x-order", 110,
		"properties.idno.x-sensitive", nil, "properties.plan_note.x-when", "form.size > 50", "properties.address.$ref", "#/$defs/nowhere"))
	if f != nil {
		t.Error("a form with problems was taken")
	}
	var got []string
	for _, p := range problems {
		got = append(got, p.Path+" "+strings.TrimPrefix(p.Message.Key, "form.problem."))
	}
	slices.Sort(got)
	want := []string{"/properties/address/$ref ref", "/properties/area/x-widget widget", "/properties/idno/x-sensitive sensitive",
		"/properties/name/title title", "/properties/own/x-order order_twice", "/properties/plan_note/x-when when"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestParseProblems(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		key, path string
		edits     []any
	}{
		{"keyword", "/x-wehn", []any{"x-wehn", "1"}},
		{"keyword", "/properties/area/x-wehn", []any{"properties.area.x-wehn", "true"}},
		{"keyword", "/allOf", []any{"allOf", []any{}}},
		{"dialect", "/$schema", []any{"$schema", "http://json-schema.org/draft-07/schema#"}},
		{"object", "/type", []any{"type", "array"}},
		{"additional", "/additionalProperties", []any{"additionalProperties", true}},
		{"title", "/title", []any{"title", ""}},
		{"kind", "/title", []any{"title", 5}},
		{"kind", "/$defs", []any{"$defs", "x", "properties.name.$ref", nil, "properties.name.type", "string", "properties.name.x-widget", "text"}},
		{"groups", "/x-groups", []any{"x-groups", []any{}}},
		{"fields", "/properties", []any{"properties", nil}},
		{"required", "/required/0", []any{"required", []any{"nobody"}}},
		{"kind", "/required", []any{"required", "name"}},
		{"key", "/properties/Größe", []any{"properties.Größe", map[string]any{"type": "string", "title": "x", "x-order": 999, "x-group": "place", "x-widget": "text"}}},
		{"kind", "/properties/odd", []any{"properties.odd", "string"}},
		{"order", "/properties/area/x-order", []any{"properties.area.x-order", nil}},
		{"order", "/properties/area/x-order", []any{"properties.area.x-order", 60.5}},
		{"kind", "/properties/area/x-order", []any{"properties.area.x-order", "60"}},
		{"group", "/properties/area/x-group", []any{"properties.area.x-group", "nowhere"}},
		{"group_order", "/properties/phone/x-order", []any{"properties.phone.x-order", 65}},
		{"type", "/properties/area/type", []any{"properties.area.type", "string"}},
		{"type", "/properties/own/type", []any{"properties.own.type", nil}},
		{"enum", "/properties/phone/enum", []any{"properties.phone.enum", []any{"1"}}},
		{"options", "/properties/tenure/enum", []any{"properties.tenure.enum", []any{}}},
		{"options", "/properties/tenure/enum", []any{"properties.tenure.enum", []any{"year", "long", 5}}},
		{"options", "/properties/foods/items", []any{"properties.foods.items", map[string]any{"type": "number"}}},
		{"label", "/properties/tenure/x-labels", []any{"properties.tenure.x-labels.long", nil}},
		{"label_unused", "/properties/tenure/x-labels/short", []any{"properties.tenure.x-labels.short", "短"}},
		{"date", "/properties/opening/x-date", []any{"properties.opening.x-date", "tomorrow"}},
		{"date", "/properties/area/x-date", []any{"properties.area.x-date", "past"}},
		{"format", "/properties/phone/format", []any{"properties.phone.format", "email"}},
		{"range", "/properties/area", []any{"properties.area.minimum", 501}},
		{"range", "/properties/address", []any{"properties.address.minLength", 121}},
		{"pattern", "/properties/phone/pattern", []any{"properties.phone.pattern", "(?=1)"}},
		{"ref", "/properties/name/$ref", []any{"properties.name.$ref", "https://example.org/x"}},
		{"ref", "/properties/name/$ref", []any{"properties.name.$ref", 5}},
		{"schema", "/properties/area/multipleOf", []any{"properties.area.multipleOf", 0}},
		{"schema", "/properties/address/minLength", []any{"properties.address.minLength", -1}},
		{"when", "/properties/plan_note/x-when", []any{"properties.plan_note.x-when", `form.area > "x"`}},
		{"when", "/properties/tenure/x-when", []any{"properties.tenure.x-when", `"pizza" in form.foods`}},
		{"when_later", "/properties/plan_note/x-when", []any{"properties.plan_note.x-when", "form.staff > 5"}},
		{"when_later", "/properties/plan_note/x-when", []any{"properties.plan_note.x-when", `form.plan_note == ""`}},
		{"when_decision", "/properties/plan_note/x-when", []any{"properties.plan_note.x-when", `decision == "granted"`}},
		{"element", "/properties/area/x-element", []any{"properties.area.x-element", "premises.aera"}},
		{"element_document", "/properties/branch/x-element", []any{"properties.branch.x-element", "licence.business"}},
		{"element_widget", "/properties/branch/x-widget", []any{"properties.branch.x-element", "enterprise.uscc"}},
		{"sensitive", "/properties/address/x-sensitive", []any{"properties.address.x-element", "person.address"}},
		{"kind", "/properties/address/x-sensitive", []any{"properties.address.x-sensitive", "yes"}},
	} {
		f, problems := form.Parse(change(t, c.edits...))
		i := slices.IndexFunc(problems, func(p form.Problem) bool { return p.Path == c.path && p.Message.Key == "form.problem."+c.key })
		if f != nil || i < 0 {
			t.Errorf("%v: no %s at %s in %v", c.edits, c.key, c.path, problems)
			continue
		}
		for _, lang := range []wording.Lang{wording.ZH, wording.EN} {
			if s := problems[i].Message.In(lang); strings.ContainsAny(s, "{}⟦⟧") {
				t.Errorf("unfinished sentence %q", s)
			}
		}
	}
}

func TestParseRefusesWhatIsNoForm(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ source, key string }{
		{"", "form.problem.json"}, {"{", "form.problem.json"}, {"{} {}", "form.problem.json"}, {"[]", "form.problem.object"},
		{"{}", "form.problem.object"}, {strings.Repeat(" ", form.MaxSource+1), "form.problem.large"},
		{`{"examples":[{"a":1e-999999999}]}`, "form.problem.number"}, {`{"a":123456789012345678901}`, "form.problem.number"},
		{`{"type":"object","properties":{` + strings.Repeat(`"a":1,`, 5) + `"b":2}}`, "form.problem.kind"},
	} {
		f, problems := form.Parse([]byte(c.source))
		if f != nil || !slices.ContainsFunc(problems, func(p form.Problem) bool { return p.Message.Key == c.key }) {
			t.Errorf("%.20q: %v", c.source, problems)
		}
	}
}

func TestFieldsAreDeclaredToConditions(t *testing.T) {
	t.Parallel()
	env := workshop(t).Env()
	for _, good := range []string{`form.area > 50`, `form.rent >= 100`, `form.own and "cake" in form.foods`, `form.opening > "2026-12-01"`, `decision == "granted"`} {
		if _, err := condition.Compile(good, env); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{`form.area == "50"`, `form.tenure == "short"`, `form.nothing`} {
		if _, err := condition.Compile(bad, env); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}

func TestElementsAreNamedAndInOrder(t *testing.T) {
	t.Parallel()
	list := form.Elements()
	for i, e := range list {
		if i > 0 && list[i-1].Key >= e.Key {
			t.Errorf("%s after %s", e.Key, list[i-1].Key)
		}
		if !wording.Has(wording.ZH, e.Name.Key) || !wording.Has(wording.EN, e.Name.Key) {
			t.Errorf("%s has no name", e.Key)
		}
		if got, ok := form.FindElement(e.Key); !ok || got.Key != e.Key {
			t.Errorf("%s is not found", e.Key)
		}
	}
	for _, key := range []string{"person.idno", "person.phone", "person.address"} {
		if e, ok := form.FindElement(key); !ok || !e.Sensitive {
			t.Errorf("%s: %+v", key, e)
		}
	}
	if e, ok := form.FindElement("licence.business"); !ok || !e.Document() || e.Sensitive {
		t.Errorf("%+v", e)
	}
	if _, ok := form.FindElement("person"); ok {
		t.Error("found half a key")
	}
}

func TestWordingIsInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, k := range wording.Keys(wording.ZH) {
		if room := strings.SplitN(k, ".", 2)[0]; (room == "form" || room == "condition") && !wording.Has(wording.EN, k) {
			t.Errorf("%s has no English", k)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(source(f))
	f.Add([]byte(`{"type":"object","title":"x","x-groups":[{"key":"a","title":"x"}],"properties":{"a":{"type":"string","title":"x","x-order":1,"x-group":"a","x-widget":"text"}}}`))
	f.Add([]byte(`{"type":"object","properties":{"a":{"$ref":"#"}},"$defs":{"a":{"$ref":"#/$defs/a"}}}`))
	f.Add([]byte(`[1]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		it, problems := form.Parse(b)
		if (it == nil) != (len(problems) > 0) {
			t.Fatalf("form %v with problems %v", it, problems)
		}
		for _, p := range problems {
			if s := p.Message.Error(); s == "" || strings.Contains(s, "⟦") {
				t.Fatalf("%s: %q", p.Path, s)
			}
		}
		if it != nil {
			it.Validate(map[string]any{"a": "b"}, setting)
		}
	})
}
