package lists_test

import (
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/act/acttest"
	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
)

func fee(code, name string, most any) lists.Content {
	return lists.Content{Columns: lists.Row{"code": code, "name": name, "agency": "scjg", "standard": "每件80元", "most": most, "basis": "某财综〔2025〕1号", "funds": "treasury", "item": item}}
}

const (
	item = "11990124YH000006954992014903000" // its base code is the last twelve
	base = "992014903000"
)

// A fee is charged only while it is on a list, by the agency that has it, up to
// what the list says; the refusal names the article.
func TestFeesOffTheirList(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		r.change(t, batch("fee_admin", put(fee("F-1", "检验费", "80元")), put(fee("F-2", "工本费", nil))))
		b := batch("fee_admin", lists.Change{Op: lists.End, Code: "F-2"}, put(fee("F-1", "检验费", "60.50")))
		b.From = today + 10
		r.change(t, b)
		for _, c := range []struct {
			ask  lists.Charge
			on   day.Day
			code string
		}{
			{lists.Charge{Code: "F-1", Agency: "scjg", Fen: 8000}, today, ""},
			{lists.Charge{Name: "检验费", Fen: 8000}, today, ""},
			{lists.Charge{Name: " 检 验 费", Agency: "scjg", Fen: 8001}, today, "lists.fee.over"},
			{lists.Charge{Code: "F-1", Agency: "scjg", Fen: 8000}, today + 10, "lists.fee.over"},
			{lists.Charge{Code: "F-1", Agency: "scjg", Fen: 6050}, today + 10, ""},
			{lists.Charge{Code: "F-1", Agency: "spj"}, today, "lists.fee.agency"},
			{lists.Charge{Name: "工本费"}, today + 9, ""},
			{lists.Charge{Name: "工本费"}, today + 10, "lists.fee.ended"},
			{lists.Charge{Name: "加急费"}, today, "lists.fee.off"},
			{lists.Charge{}, today, "lists.fee.off"},
			{lists.Charge{Code: "F-1"}, today - 1, "lists.fee.off"},
		} {
			r.read(t, func(tx *store.Tx) error {
				_, err := r.lists.Charged(tx, c.ask, c.on)
				if acttest.Code(err) != c.code {
					t.Errorf("%+v on %s: %v", c.ask, c.on, err)
				}
				if e, ok := err.(*act.Error); ok && (e.Law != "优化营商环境条例第二十五条" || e.Next.IsZero() || strings.Contains(e.Error()+e.Next.Error(), "⟦")) {
					t.Errorf("%s %s %s", e, e.Law, e.Next)
				}
				return nil
			})
		}
		for _, c := range []struct {
			item, fee, agency string
			on                day.Day
			code              string
		}{
			{item, "F-1", "scjg", today, ""}, {item, "检验费", "scjg", today, ""}, {base, "F-2", "scjg", today, "lists.fee.item"}, {item, "F-1", "spj", today, "lists.fee.item"},
			{item, "F-2", "scjg", today + 10, "lists.fee.ended"}, {item, "加急费", "scjg", today, "lists.fee.off"},
		} {
			r.read(t, func(tx *store.Tx) error {
				_, err := lists.FeeFor(tx, c.item, c.fee, []string{"jtj", c.agency}, c.on)
				if acttest.Code(err) != c.code {
					t.Errorf("%+v: %v", c, err)
				}
				return nil
			})
		}
		r.read(t, func(tx *store.Tx) error {
			fees, err := lists.FeesOf(tx, item, today)
			if len(fees) != 2 {
				t.Errorf("%+v", fees)
			}
			return err
		})
	})
}

// An intermediary service is asked for only for the item that it is listed for.
func TestIntermediariesOffTheirList(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		r.change(t, batch("intermediary", put(lists.Content{Columns: lists.Row{"code": "Z-1", "name": "环境影响评价", "agency": "scjg", "item": base, "item_name": "某审批",
			"basis": "《环境影响评价法》第十六条", "who": "有能力的单位", "price": "market", "days": 20, "result": "报告书"}})))
		r.read(t, func(tx *store.Tx) error {
			for _, c := range []struct{ item, service, code string }{
				{item, "Z-1", ""}, {item, "环境影响评价", ""}, {base, "Z-1", ""}, {"510A-9", "Z-1", "lists.intermediary.item"}, {item, "水土保持评估", "lists.intermediary.off"},
			} {
				_, err := lists.Intermediary(tx, c.item, c.service, today)
				if acttest.Code(err) != c.code {
					t.Errorf("%+v: %v", c, err)
				}
			}
			all, err := lists.IntermediariesOf(tx, item, today)
			if len(all) != 1 {
				t.Errorf("%+v", all)
			}
			return err
		})
	})
}
