package paper_test

import (
	"strings"
	"testing"

	"tongban/internal/process/paper"
	"tongban/internal/record/act/acttest"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

const ruled = "kind: rule\ntitle: 规则\nnumber: 云{short}{word}〔{year}〕{n}号\nheading: |-\n  {{with .Item}}业务名称：{{.}}{{end}}\n"

// Every kind of the county is headed and numbered by the one rule, with a word
// that no other kind has; the receipt bears the number of its case.
func TestOneRuleHeadsAndNumbersAllPapers(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, d *desk) {
		seen := map[string]string{}
		for name := range county(t) {
			kind := strings.TrimSuffix(name, ".yaml")
			if kind == paper.RuleKind {
				continue
			}
			p, err := d.write(kind, "scjg", facts())
			must(t, err)
			if other := seen[p.Number]; other != "" {
				t.Errorf("%s and %s are both %s", kind, other, p.Number)
			}
			seen[p.Number] = kind
			if kind != "receipt" && (!strings.HasPrefix(p.Number, "云市监局") || !strings.HasSuffix(p.Number, "〔2026〕1号")) {
				t.Errorf("%s is numbered %s", kind, p.Number)
			}
			if body := d.open(p.ID).Document.Body; !strings.HasPrefix(body, "业务名称：食品作坊经营许可（示范）\n\n") {
				t.Errorf("%s begins %.60q", kind, body)
			}
		}
	})
}

// A new rule holds from its day for all kinds; the numbers go on without a gap,
// what was written stays, and a template with a rule of its own is refused.
func TestARuleHasVersions(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, d *desk) {
		old, err := d.write("acceptance", "scjg", facts())
		must(t, err)
		text := d.open(old.ID).Document.Body
		must(t, second(d.take(paper.ImportIn{From: today + 1, YAML: strings.Replace(ruled, "〔{year}〕{n}号", "字〔{year}〕第{n}号", 1)})))
		again, err := d.write("acceptance", "scjg", facts())
		must(t, err)
		d.Set((today + 1).Start())
		next, err := d.write("acceptance", "scjg", facts())
		must(t, err)
		if got := old.Number + again.Number + next.Number; got != "云市监局受〔2026〕1号云市监局受〔2026〕2号云市监局受字〔2026〕第3号" {
			t.Error(got)
		}
		if d.open(old.ID).Document.Body != text {
			t.Error("what was written has changed")
		}
		d.Read(func(tx *store.Tx) error {
			for on, want := range map[day.Day]string{today: "云{short}{word}〔{year}〕{n}号", today + 1: "云{short}{word}字〔{year}〕第{n}号"} {
				list, err := paper.Catalogue(tx, on)
				must(t, err)
				if len(list) != len(county(t)) || list[0].Kind != paper.RuleKind || list[0].Number != want {
					t.Errorf("%s: %d kinds, %+v", on, len(list), list[0])
				}
			}
			if all, err := paper.Versions(tx, paper.RuleKind); len(all) != 2 || all[0].Version != 2 || all[1].Span.Until != today+1 {
				t.Errorf("%+v %v", all, err)
			}
			if x, err := d.Specimen(tx, "deficiency", "scjg"); err != nil || !strings.Contains(x.Body, "业务名称：某项许可（示例）") || !strings.Contains(x.Body, "平面图没有标尺寸") {
				t.Errorf("%v %s", err, x.Body)
			}
			n, err := d.NumberAs(tx, "extension", "scjg")
			if n != "云市监局延字〔2026〕第1号" {
				t.Error(n)
			}
			return err
		})
		for name, c := range map[string]struct{ yaml, agency, want string }{
			"a rule of its own":    {strings.Replace(county(t)["pause.yaml"], "word: 特", "number: 云{short}特〔{year}〕{n}号", 1), "", "paper.template.own_number"},
			"another kind's word":  {strings.Replace(county(t)["pause.yaml"], "word: 特", "word: 受", 1), "", "paper.template.word_taken"},
			"no word":              {strings.Replace(county(t)["pause.yaml"], "word: 特", "word: A1", 1), "", "paper.template.word_form"},
			"the number of a case": {strings.Replace(county(t)["pause.yaml"], "word: 特", "number: \"{case}\"", 1), "", ""},
			"a rule of an agency":  {ruled, "scjg", "paper.rule.all"},
		} {
			if _, err := d.take(paper.ImportIn{Agency: c.agency, From: today + 2, YAML: c.yaml}); acttest.Code(err) != c.want {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestARuleIsCheckedWhole(t *testing.T) {
	t.Parallel()
	for change, want := range map[[2]string]string{
		{"{word}", ""}: "paper.rule.number", {"{n}", ""}: "paper.rule.number", {"〕{n}", "{n}"}: "paper.rule.number", {"{n}", "{n}{n}"}: "paper.rule.number", {"{n}", "{case}{n}"}: "paper.rule.number",
		{".Item", ".Nickname"}: "paper.template.fact", {"title: 规则", "title: ''"}: "paper.template.empty", {"heading", "headings"}: "paper.template.file", {"云", "县"}: "",
	} {
		_, err := paper.ParseRule([]byte(strings.Replace(ruled, change[0], change[1], 1)))
		if m, _ := err.(wording.Message); m.Key != want {
			t.Errorf("%q for %q: %v, want %s", change[1], change[0], err, want)
		}
	}
	d := newDesk(t, store.SQLite)
	must(t, second(d.take(paper.ImportIn{YAML: county(t)["pause.yaml"]})))
	if _, err := d.write("pause", "scjg", facts()); acttest.Code(err) != "paper.no_rule" {
		t.Errorf("a word and no rule: %v", err)
	}
}
