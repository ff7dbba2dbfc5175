package licence_test

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
	"tongban/internal/record/vault"
	"tongban/internal/register/licence"
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

// desk is a register with a clock in hand, a ledger and a seal key for scjg.
type desk struct {
	t   testing.TB
	s   *store.Store
	v   *vault.Vault
	l   *ledger.Ledger
	r   *licence.Register
	run *act.Runner
	now day.Instant
	key *vault.Key
}

var today = day.MustParse("2026-11-23")

func newDesk(t testing.TB, e store.Engine) *desk {
	t.Helper()
	keys, err := vault.NewKeys(nil)
	must(t, err)
	d := &desk{t: t, v: vault.New(keys, nil), now: today.Start() + 10*day.Hour}
	d.l = ledger.New(ledger.Options{Origin: "test.invalid/log"})
	d.s = storetest.Open(t, e, func(o *store.Options) {
		o.Clock, o.BeforeCommit, o.NoSync = func() day.Instant { return d.now }, d.l.BeforeCommit, true
	})
	must(t, d.l.Attach(bg, d.s))
	d.run = &act.Runner{Store: d.s, Ledger: d.l, Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Rand: rand.Reader}
	d.r = &licence.Register{Vault: d.v}
	d.do(func(tx *store.Tx) (err error) {
		if _, err = d.v.NewSealKey(tx, "scjg", today-30); err == nil {
			d.key, err = d.v.NewKey(tx, "case", 77)
		}
		return err
	})
	return d
}

func (d *desk) do(f func(tx *store.Tx) error) {
	d.t.Helper()
	must(d.t, d.s.Do(bg, store.People, f))
}

func (d *desk) read(f func(tx *store.Tx) error) {
	d.t.Helper()
	must(d.t, d.s.Read(bg, f))
}

// act runs f as a command of the platform.
func (d *desk) act(f func(c *act.Call) (*licence.Licence, error)) (*licence.Licence, error) {
	var l *licence.Licence
	_, err := act.Run(bg, d.run, act.Machine(), "", act.Command{Name: "test"}, 0, func(c *act.Call, _ int) (int, error) {
		err := c.Allow(act.Scope{})
		if err == nil {
			l, err = f(c)
		}
		return 0, err
	})
	return l, err
}

func (d *desk) order() licence.Issue {
	return licence.Issue{
		Type: "11990124YH0000034J901", Title: "食品作坊经营许可证（示范）", Agency: "scjg", AgencyName: "云禾县市场监督管理局", AgencyUSCC: "11990124YH0000034J",
		Holder: 7, HolderName: "林晓禾", HolderIDMasked: "990***********0013", Months: 60, Item: 3, ItemVersion: 4, Proceeding: 77, Key: d.key,
		Fields: []licence.Field{{Label: "经营者", Value: "林晓禾"}, {Label: "经营场所", Value: "云禾县云溪镇桑园路11号"}, {Label: "联系电话", Value: "0999-5550030", Personal: true}},
	}
}

func (d *desk) issue(change func(*licence.Issue)) (*licence.Licence, error) {
	return d.act(func(c *act.Call) (*licence.Licence, error) {
		in := d.order()
		if change != nil {
			change(&in)
		}
		return d.r.Issue(c, in)
	})
}

func (d *desk) issued() *licence.Licence {
	d.t.Helper()
	l, err := d.issue(nil)
	must(d.t, err)
	return l
}

func (d *desk) shown(id int64) (s licence.Shown) {
	d.t.Helper()
	d.read(func(tx *store.Tx) (err error) { s, err = d.r.Show(tx, id); return err })
	return s
}

func (d *desk) verify(code string) (v licence.View) {
	d.t.Helper()
	d.read(func(tx *store.Tx) (err error) { v, err = d.r.Verify(tx, code); return err })
	return v
}

// acts are the events of a licence, oldest first.
func (d *desk) acts(root int64) (list []ledger.Leaf) {
	d.t.Helper()
	d.read(func(tx *store.Tx) (err error) { list, err = d.l.Acts(tx, licence.Stream(root), 100); return err })
	return list
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

// both runs f on a desk over each engine.
func both(t *testing.T, f func(t *testing.T, d *desk)) {
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) { t.Parallel(); f(t, newDesk(t, e)) })
	}
}
