package paper_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"tongban/internal/process/paper"
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/record/vault"
	"tongban/internal/register/licence/sheet"
	"tongban/internal/rules/seal"
	"tongban/internal/rules/wording"
)

func TestPaperIsSealedAndKeptAsItWas(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, d *desk) {
		p, err := d.write("acceptance", "scjg", facts())
		must(t, err)
		if p.Number != "云市监局受〔2026〕1号" || p.Title != "受理通知书" || p.Day != today {
			t.Errorf("%+v", p)
		}
		o := d.open(p.ID)
		for _, want := range []string{"林晓禾：", "从" + wording.Date(wording.ZH, today) + "起受理", "办件编号：990124-2026-0000017", "最迟2027年1月28日（星期四）给您结果", "云禾县市场监督管理局\n2026年11月23日"} {
			if !strings.Contains(o.Document.Body, want) {
				t.Errorf("%q is not in\n%s", want, o.Document.Body)
			}
		}
		var public []byte
		d.Read(func(tx *store.Tx) error {
			k, _, err := d.Rig.Vault.SealPublic(tx, p.KeyID)
			public = k.Public
			return err
		})
		file, err := o.Sealed.File()
		must(t, err)
		if f := seal.CheckFile(file, vault.VerifySM2, public); !f.Whole() || f.Document.Kind != "paper/acceptance" {
			t.Errorf("offline: %+v", f)
		}

		// A new template and a new name of the applicant change nothing that was written.
		_, err = d.take(paper.ImportIn{From: today + 1, YAML: strings.ReplaceAll(county(t)["acceptance.yaml"], "最迟", "不晚于")})
		must(t, err)
		if again := d.open(p.ID); again.Document.Body != o.Document.Body || again.Hash() != p.Hash() {
			t.Error("the paper is not what was written")
		}
		d.Set((today + 1).Start())
		next, err := d.write("acceptance", "scjg", facts())
		must(t, err)
		if body := d.open(next.ID).Document.Body; !strings.Contains(body, "不晚于") || next.N != 2 {
			t.Errorf("the new template is not used: %s", body)
		}
		d.Read(func(tx *store.Tx) error {
			list, err := paper.List(tx, 77)
			if len(list) != 2 || list[0].ID != p.ID {
				t.Errorf("%d papers", len(list))
			}
			return err
		})
	})
}

func TestEveryTemplateOfTheCountyWrites(t *testing.T) {
	t.Parallel()
	d := newDesk(t, store.SQLite).withCounty()
	full := paper.Facts{Missing: []paper.Missing{{"房产证", "拍清楚重传"}, {"平面图", "标上尺寸"}}, Lines: []paper.Line{{"查询码", "ABCD"}}}
	for v, i := reflect.ValueOf(&full).Elem(), 0; i < v.NumField(); i++ {
		if v.Field(i).Kind() == reflect.String {
			v.Field(i).SetString("某" + v.Type().Field(i).Name)
		}
	}
	for name := range county(t) {
		kind := strings.TrimSuffix(name, ".yaml")
		if kind == paper.RuleKind {
			continue
		}
		for _, f := range []paper.Facts{full, {}} {
			p, err := d.write(kind, "spj", f)
			if err != nil {
				t.Errorf("%s: %v", kind, err)
				continue
			}
			body := d.open(p.ID).Document.Body
			if strings.Contains(body, "<no value>") || !strings.Contains(body, "云禾县行政审批局") {
				t.Errorf("%s:\n%s", kind, body)
			}
			if f.Reference == "" && strings.Contains(body, "{{") {
				t.Errorf("%s is not filled:\n%s", kind, body)
			}
		}
	}
	p, err := d.write("receipt", "spj", paper.Facts{Applicant: "林晓禾"})
	must(t, err)
	if body := d.open(p.ID).Document.Body; !strings.Contains(body, "编号990124-2026-0000017") {
		t.Errorf("the receipt does not carry the case's number:\n%s", body)
	}
}

// Fifty commands at once, some of them refused after they had a number: every
// number is given once, and none is missing.
func TestNumbersAreGivenOnce(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, d *desk) {
		refused := act.Refuse("paper.not_sealed")
		var all sync.WaitGroup
		var mu sync.Mutex
		seen := map[string]bool{}
		for i := range 50 {
			all.Go(func() {
				p, err := d.write("acceptance", []string{"scjg", "spj"}[i%2], facts(), func() error {
					if i%5 == 0 {
						return refused
					}
					return nil
				})
				mu.Lock()
				defer mu.Unlock()
				if err == nil && seen[p.Number] {
					t.Errorf("%s was given twice", p.Number)
				}
				if (err == nil) == (i%5 == 0) {
					t.Errorf("%d: %v", i, err)
				}
				seen[p.Number] = err == nil
			})
		}
		all.Wait()
		gaps := func() (list []paper.Gap) {
			t.Helper()
			d.Read(func(tx *store.Tx) (err error) { list, err = paper.Gaps(tx, "scjg", 2026); return err })
			return list
		}
		if g := gaps(); len(g) != 0 {
			t.Errorf("gaps: %v", g)
		}
		if p, err := d.write("receipt", "scjg", facts()); err != nil || p.Number != "990124-2026-0000017" || len(gaps()) != 0 {
			t.Errorf("a receipt bears its case's number and is not counted: %s %v, gaps %v", p.Number, err, gaps())
		}
		must(t, d.Rig.Store.Do(bg, store.People, func(tx *store.Tx) error {
			_, err := tx.Exec(`delete from paper where agency = 'scjg' and n in (1, 4, 5, 20)`)
			return err
		}))
		if g := gaps(); !reflect.DeepEqual(g, []paper.Gap{{"acceptance", 1, 1}, {"acceptance", 4, 5}, {"acceptance", 20, 20}}) {
			t.Errorf("gaps: %v", g)
		}
		d.Set((today + 60).Start())
		if p, err := d.write("acceptance", "scjg", facts()); err != nil || p.Number != "云市监局受〔2027〕1号" {
			t.Errorf("in the new year: %s %v", p.Number, err)
		}
	})
}

func TestWhoeverScansAPaperSeesThatItIsReal(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, d *desk) {
		p, err := d.write("decision-grant", "scjg", facts())
		must(t, err)
		code := d.open(p.ID).Code
		check := func(code string) (v paper.View, err error) {
			err = d.Rig.Store.Read(bg, func(tx *store.Tx) (err error) { v, err = d.Check(tx, code); return err })
			return v, err
		}
		if v, err := check(strings.ToLower(sheet.Spaced(code))); err != nil || !v.Real || v.Number != p.Number {
			t.Errorf("%+v %v", v, err)
		}
		if _, err := check("AAAAAAAAAAAAAAAA"); codeOf(err) != "paper.no_such_code" {
			t.Errorf("an invented code: %v", err)
		}
		for _, set := range []string{`number = 'x'`, `title = 'x'`, `agency = 'spj'`, `day = day - 400`,
			`content = (select o.content from paper o where o.id <> paper.id limit 1)`,
			`signature = (select o.signature from paper o where o.id <> paper.id limit 1)`} {
			p, err := d.write("decision-grant", "scjg", facts())
			must(t, err)
			code := d.open(p.ID).Code
			must(t, d.Rig.Store.Do(bg, store.People, func(tx *store.Tx) error {
				_, err := tx.Exec(`update paper set `+set+` where id = $1`, p.ID)
				return err
			}))
			v, err := check(code)
			if now := d.publicOf(p.ID); err != nil || v.Real || now.Hash() == p.Hash() {
				t.Errorf("%s: real %v, same hash %v, %v", set, v.Real, now.Hash() == p.Hash(), err)
			}
		}
		must(t, d.Rig.Store.Do(bg, store.People, func(tx *store.Tx) error { return d.Rig.Vault.Erase(tx, d.key.ID()) }))
		if v, err := check(code); err != nil || v.Real || len(v.Faults) != 1 || v.Faults[0].Key != "vault.erased" {
			t.Errorf("erased: %+v %v", v, err)
		}
	})
}

func (d *desk) publicOf(id int64) (p paper.Paper) {
	d.T.Helper()
	d.Read(func(tx *store.Tx) (err error) { p, err = paper.Get(tx, id); return err })
	return p
}

func TestPaperNeedsTemplateAndSeal(t *testing.T) {
	t.Parallel()
	d := newDesk(t, store.SQLite).withCounty()
	if _, err := d.write("no-such-kind", "scjg", facts()); codeOf(err) != "paper.no_template" || act.KindOf(err) != act.Refused {
		t.Errorf("%v", err)
	}
	must(t, d.Rig.Store.Do(bg, store.People, func(tx *store.Tx) error { d.Rig.Vault.EndSealKey(tx, "scjg", today); return nil }))
	if _, err := d.write("receipt", "scjg", facts()); codeOf(err) != "vault.no_seal" {
		t.Errorf("%v", err)
	}
	long := facts()
	long.Reasons = strings.Repeat("很长", 20_000)
	if _, err := d.write("acceptance", "spj", long); codeOf(err) != "paper.too_long" {
		t.Errorf("%v", err)
	}
}

func TestPrintedPaper(t *testing.T) {
	t.Parallel()
	printer, err := sheet.New(os.DirFS("../../web/ui/fonts"), "https://demo.invalid/check/")
	if err != nil {
		t.Fatalf("%v: run make fonts", err)
	}
	d := newDesk(t, store.SQLite).withCounty()
	d.Sample = true
	p, err := d.write("deficiency", "spj", paper.Facts{
		Applicant: "林晓禾", Item: "食品作坊经营许可（示范）", Due: "2026年12月23日（星期三）", Article: "行政许可法第三十二条", Contact: "0999-5550020",
		Missing: []paper.Missing{{What: "经营场所平面图", How: "标上尺寸和门窗，拍清楚重传"}},
	})
	must(t, err)
	pdf, err := paper.PDF(printer, d.open(p.ID))
	must(t, err)
	file := filepath.Join(t.TempDir(), "a.pdf")
	must(t, os.WriteFile(file, pdf, 0o600))
	out, err := exec.Command("pdftotext", "-layout", file, "-").CombinedOutput()
	if err != nil {
		t.Fatalf("pdftotext (install the package poppler-utils): %v\n%s", err, out)
	}
	for _, want := range []string{"一次性告知书", "云审批局补〔2026〕1号", "还差1样", "· 经营场所平面图", "怎么办：标上尺寸和门窗，拍清楚重传", "2026年12月23日（星期三）前补上"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q is not on the printed paper:\n%s", want, out)
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	d := newDesk(b, store.SQLite).withCounty()
	for b.Loop() {
		if _, err := d.write("acceptance", "scjg", facts()); err != nil {
			b.Fatal(err)
		}
	}
}
