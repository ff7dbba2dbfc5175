package paper_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"tongban/internal/process/paper"
	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/act/acttest"
	"tongban/internal/record/store"
	"tongban/internal/record/vault"
	"tongban/internal/register/identity"
	"tongban/internal/rules/day"
)

var bg = context.Background()

var must, codeOf = acttest.Must, acttest.Code

// bodies are the agencies of the tests.
type bodies map[string]identity.Agency

func (b bodies) Agency(_ *store.Tx, key string, _ day.Day) (identity.Agency, error) {
	if a, ok := b[key]; ok {
		return a, nil
	}
	return identity.Agency{}, act.Missing("identity.thing.agency")
}

// desk writes papers for two agencies, on a rig.
type desk struct {
	*paper.Desk
	*acttest.Rig
	key *vault.Key
}

var today = day.MustParse("2026-11-23")

func newDesk(t testing.TB, e store.Engine) *desk {
	t.Helper()
	d := &desk{Rig: acttest.New(t, e, today.Start()+10*day.Hour)}
	d.Desk = &paper.Desk{
		Vault: d.Rig.Vault, Runner: d.Rig.Runner,
		Agencies: bodies{
			"scjg": {Key: "scjg", Name: "云禾县市场监督管理局", Short: "市监局", USCC: "11990124YH0000034J"},
			"spj":  {Key: "spj", Name: "云禾县行政审批局", Short: "审批局", USCC: "11990124YH0000026P"},
		},
	}
	d.Do(func(tx *store.Tx) (err error) {
		for _, a := range []string{"scjg", "spj"} {
			if _, err := d.Rig.Vault.NewSealKey(tx, a, today-30); err != nil {
				return err
			}
		}
		d.key, err = d.Rig.Vault.NewKey(tx, "case", 77)
		return err
	})
	return d
}

// withCounty imports the templates of the demonstration county.
func (d *desk) withCounty() *desk {
	d.T.Helper()
	for _, text := range county(d.T) {
		_, err := d.take(paper.ImportIn{YAML: text})
		must(d.T, err)
	}
	return d
}

// county reads the templates of the demonstration county.
func county(t testing.TB) map[string]string {
	t.Helper()
	files, err := filepath.Glob("../../demo/county/documents/*.yaml")
	must(t, err)
	if len(files) < 10 {
		t.Fatalf("only %d templates in the county", len(files))
	}
	all := map[string]string{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		must(t, err)
		all[filepath.Base(f)] = string(b)
	}
	return all
}

// take imports a template as the platform.
func (d *desk) take(in paper.ImportIn) (paper.Imported, error) {
	return d.Import(bg, act.Machine(), "", in)
}

// write writes a paper on proceeding 77; after is what the command does last.
func (d *desk) write(kind, agency string, f paper.Facts, after ...func() error) (p paper.Paper, err error) {
	err = d.Command("test", func(c *act.Call) (err error) {
		p, err = d.Write(c, &proceeding.Proceeding{ID: 77, Number: "990124-2026-0000017"}, d.key, kind, agency, f)
		for _, f := range after {
			if err == nil {
				err = f()
			}
		}
		return err
	})
	return p, err
}

func (d *desk) open(id int64) (o paper.Opened) {
	d.T.Helper()
	d.Read(func(tx *store.Tx) (err error) { o, err = d.Open(tx, id); return err })
	return o
}

// facts are what an acceptance says.
func facts() paper.Facts {
	return paper.Facts{
		Applicant: "林晓禾", Item: "食品作坊经营许可（示范）", Due: "2027年1月28日（星期四）", Article: "行政许可法第三十二条", Contact: "0999-5550030",
		Lines: []paper.Line{{Label: "办件编号", Value: "990124-2026-0000017"}},
	}
}

// both runs f on a desk with the county's templates over each engine.
func both(t *testing.T, f func(t *testing.T, d *desk)) {
	t.Helper()
	acttest.Both(t, func(t *testing.T, e store.Engine) { f(t, newDesk(t, e).withCounty()) })
}
