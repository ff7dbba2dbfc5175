package licence_test

import (
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/act/acttest"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/record/vault"
	"tongban/internal/register/licence"
	"tongban/internal/rules/day"
)

var must, codeOf = acttest.Must, acttest.Code

// desk is a register on a rig, with a seal key for scjg and a case's data key.
type desk struct {
	*acttest.Rig
	r   *licence.Register
	key *vault.Key
}

var today = day.MustParse("2026-11-23")

func newDesk(t testing.TB, e store.Engine) *desk {
	t.Helper()
	d := &desk{Rig: acttest.New(t, e, today.Start()+10*day.Hour)}
	d.r = &licence.Register{Vault: d.Vault}
	d.Do(func(tx *store.Tx) (err error) {
		if _, err = d.Vault.NewSealKey(tx, "scjg", today-30); err == nil {
			d.key, err = d.Vault.NewKey(tx, "case", 77)
		}
		return err
	})
	return d
}

// act runs f as a command of the platform.
func (d *desk) act(f func(c *act.Call) (*licence.Licence, error)) (l *licence.Licence, err error) {
	err = d.Command("test", func(c *act.Call) (err error) { l, err = f(c); return err })
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
	d.T.Helper()
	l, err := d.issue(nil)
	must(d.T, err)
	return l
}

func (d *desk) shown(id int64) (s licence.Shown) {
	d.T.Helper()
	d.Read(func(tx *store.Tx) (err error) { s, err = d.r.Show(tx, id); return err })
	return s
}

func (d *desk) verify(code string) (v licence.View) {
	d.T.Helper()
	d.Read(func(tx *store.Tx) (err error) { v, err = d.r.Verify(tx, code); return err })
	return v
}

// acts are the events of a licence, oldest first.
func (d *desk) acts(root int64) []ledger.Leaf { return d.Acts(licence.Stream(root)) }

// both runs f on a desk over each engine.
func both(t *testing.T, f func(t *testing.T, d *desk)) {
	t.Helper()
	acttest.Both(t, func(t *testing.T, e store.Engine) { f(t, newDesk(t, e)) })
}
