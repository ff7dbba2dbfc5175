package paper_test

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"tongban/internal/process/paper"
	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
	"tongban/internal/record/vault"
	"tongban/internal/register/identity"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

var bg = context.Background()

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// bodies are the agencies of the tests.
type bodies map[string]identity.Agency

func (b bodies) Agency(_ *store.Tx, key string, _ day.Day) (identity.Agency, error) {
	if a, ok := b[key]; ok {
		return a, nil
	}
	return identity.Agency{}, act.Missing("identity.thing.agency")
}

// desk writes papers for two agencies with a clock in hand.
type desk struct {
	*paper.Desk
	t   testing.TB
	s   *store.Store
	l   *ledger.Ledger
	now day.Instant
	key *vault.Key
}

var today = day.MustParse("2026-11-23")

func newDesk(t testing.TB, e store.Engine) *desk {
	t.Helper()
	keys, err := vault.NewKeys(nil)
	must(t, err)
	d := &desk{t: t, now: today.Start() + 10*day.Hour, l: ledger.New(ledger.Options{Origin: "test.invalid/log"})}
	d.s = storetest.Open(t, e, func(o *store.Options) {
		o.Clock, o.BeforeCommit, o.NoSync = func() day.Instant { return d.now }, d.l.BeforeCommit, true
	})
	must(t, d.l.Attach(bg, d.s))
	d.Desk = &paper.Desk{
		Vault: vault.New(keys, nil),
		Agencies: bodies{
			"scjg": {Key: "scjg", Name: "云禾县市场监督管理局", Short: "市监局", USCC: "11990124YH0000034J"},
			"spj":  {Key: "spj", Name: "云禾县行政审批局", Short: "审批局", USCC: "11990124YH0000026P"},
		},
		Runner: &act.Runner{Store: d.s, Ledger: d.l, Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Rand: rand.Reader},
	}
	must(t, d.s.Do(bg, store.People, func(tx *store.Tx) (err error) {
		for _, a := range []string{"scjg", "spj"} {
			if _, err := d.Vault.NewSealKey(tx, a, today-30); err != nil {
				return err
			}
		}
		d.key, err = d.Vault.NewKey(tx, "case", 77)
		return err
	}))
	return d
}

// withCounty imports the templates of the demonstration county.
func (d *desk) withCounty() *desk {
	d.t.Helper()
	for _, text := range county(d.t) {
		_, err := d.take(paper.ImportIn{YAML: text})
		must(d.t, err)
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
func (d *desk) write(kind, agency string, f paper.Facts, after ...func() error) (paper.Paper, error) {
	var p paper.Paper
	_, err := act.Run(bg, d.Runner, act.Machine(), "", act.Command{Name: "test"}, 0, func(c *act.Call, _ int) (int, error) {
		err := c.Allow(act.Scope{})
		if err == nil {
			p, err = d.Write(c, &proceeding.Proceeding{ID: 77, Number: "990124-2026-0000017"}, d.key, kind, agency, f)
		}
		for _, f := range after {
			if err == nil {
				err = f()
			}
		}
		return 0, err
	})
	return p, err
}

func (d *desk) open(id int64) (o paper.Opened) {
	d.t.Helper()
	d.read(func(tx *store.Tx) (err error) { o, err = d.Open(tx, id); return err })
	return o
}

func (d *desk) read(f func(tx *store.Tx) error) {
	d.t.Helper()
	must(d.t, d.s.Read(bg, f))
}

// facts are what an acceptance says.
func facts() paper.Facts {
	return paper.Facts{
		Applicant: "林晓禾", Item: "食品作坊经营许可（示范）", Due: "2027年1月28日（星期四）", Article: "行政许可法第三十二条", Contact: "0999-5550030",
		Lines: []paper.Line{{Label: "办件编号", Value: "990124-2026-0000017"}},
	}
}

// codeOf is the stable code of an error or message.
func codeOf(err error) string {
	var e *act.Error
	var m wording.Message
	switch {
	case errors.As(err, &e):
		return e.Code
	case errors.As(err, &m):
		return m.Key
	case err != nil:
		return err.Error()
	}
	return ""
}

// both runs f on a desk with the county's templates over each engine.
func both(t *testing.T, f func(t *testing.T, d *desk)) {
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) { t.Parallel(); f(t, newDesk(t, e).withCounty()) })
	}
}
