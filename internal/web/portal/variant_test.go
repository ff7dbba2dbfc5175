package portal_test

import (
	"fmt"
	"maps"
	"net/url"
	"strings"
	"testing"

	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/licence"
	"tongban/internal/work/casework"
)

// lease is what the neighbour writes of his lease, by page.
var lease = map[string]url.Values{
	"/form/house": {"side": {"tenant"}, "house_address": {"云禾县云溪镇青石巷21号2单元301"}, "area": {"60"}},
	"/form/lease": {"other_party": {"云大山"}, "lease_from_y": {"2026"}, "lease_from_m": {"4"}, "lease_from_d": {"1"},
		"lease_to_y": {"2028"}, "lease_to_m": {"3"}, "lease_to_d": {"31"}, "rent": {"1300"}, "purpose": {"living"}},
}

// An applicant comes to an item that has variants, finds by the situations which of
// them is theirs, and applies; the case runs to its end under the variant, and the
// certificate that it renews ends in the same moment.
func TestAVariantFromTheItemsGuideToItsEnd(t *testing.T) {
	t.Parallel()
	w := found(t)
	neighbour := w.County.Person("neighbour")
	first, err := w.House.Office.ApplyFor(t.Context(), w.official("spj_window_1"), "", casework.ApplyIn{
		Item: w.County.Items["lease-filing"].ID, Subject: neighbour, Shown: []string{"contract", "property"}, Delivery: "window",
		Values: map[string]any{"phone": "19995550004", "side": "tenant", "house_address": lease["/form/house"].Get("house_address"), "area": 60, "other_party": "云大山",
			"lease_from": "2025-04-01", "lease_to": "2026-03-31", "rent": 120000, "purpose": "living"}})
	fatal(t, err)
	old := w.conclude(first.Case)

	b := w.browser()
	b.get("/search?q="+url.QueryEscape("退租备案")).says(200, "房屋租赁备案注销", "适合：已经备过案，提前退租或者不租了")
	b.get("/search?q="+url.QueryEscape("租房备案")).follow("房屋租赁备案（示范）").says(200, "你是哪一种情形", "新签了租房合同，第一次备案", "就是这一页",
		"已经备过案，租约到期接着租", "房屋租赁备案延续（示范）", "另外要交：续租合同；不用交：房屋租赁合同", "已经备过案，提前退租或者不租了", "填 10 项（原事项 13 项）")
	b.follow("已经备过案，租约到期接着租").says(200, "房屋租赁备案延续", "续租合同", "已经备过案，租金、租期、用途或者合租的人改了")
	if strings.Contains(b.Page, `>新签了租房合同，第一次备案</span>`) || !strings.Contains(b.Page, `>新签了租房合同，第一次备案</a>`) {
		t.Error("the way back to the item is missing")
	}
	b.follow("开始办理").says(200, "登录").post(url.Values{"login": {"neighbour"}, "password": {"yunhe-renmin-1949"}}).
		says(200, "给谁办", "这里办的是：已经备过案，租约到期接着租", "我是别的情形")
	b.post(url.Values{"subject": {fmt.Sprint(neighbour)}}).says(200, "系统替你填好").follow("继续")
	for range 9 {
		switch path, _, _ := strings.Cut(b.At, "?"); {
		case strings.HasSuffix(path, "/check"):
		case strings.Contains(path, "/file/"):
			b.upload("续租合同.png", plan(t)).says(200, "传上来了").follow("继续")
		case strings.HasSuffix(path, "/delivery"):
			b.post(url.Values{"delivery": {"window"}})
		default:
			v := lease[path[strings.LastIndex(path, "/form/"):]]
			if strings.HasSuffix(path, "/house") {
				b.post(with(v, "former_no", "1.2.156.3005.2.NONE")).says(422, "在你名下没有找到这个编号的“房屋租赁备案证明（示范）”")
				v = with(v, "former_no", old.Number)
			}
			b.post(v)
		}
	}
	b.says(200, "提交前核对一遍").post(url.Values{"true": {"yes"}}).says(200, "已收到你的申请", "房屋租赁备案延续")
	var id int64
	_, err = fmt.Sscanf(b.At, "/my/%d", &id)
	fatal(t, err)
	next := w.conclude(id)
	b.get(fmt.Sprintf("/my/%d", id)).says(200, "已办结", "房屋租赁备案延续")
	fatal(t, w.House.Store.Read(t.Context(), func(tx *store.Tx) error {
		was, err := licence.Get(tx, old.ID)
		if err == nil && (was.Stored != licence.Revoked || !strings.Contains(was.EndedBy, "第十一条") || next.State(tx.Today()) != licence.Valid || next.Holder != neighbour) {
			t.Errorf("the certificate before is %s by %s, the new one %s", was.Stored, was.EndedBy, next.Stored)
		}
		return err
	}))
	w.resident("neighbour").get("/licences").says(200, "已经撤销或者注销", "有效")

	// What has ended cannot be renewed again, nor can somebody else's be.
	for _, x := range []struct{ who, number string }{{"neighbour", old.Number}, {"baker", next.Number}} {
		a, err := w.County.Actor(t.Context(), x.who)
		fatal(t, err)
		_, err = w.House.Office.Apply(t.Context(), a, "", casework.ApplyIn{Item: w.County.Items["lease-filing/ending"].ID, Delivery: "window",
			Values: map[string]any{"side": "tenant", "house_address": "云禾县云溪镇青石巷21号2单元301", "former_no": x.number, "reason": "over", "ended_on": "2026-03-08"}})
		if act.KindOf(err) != act.Invalid {
			t.Errorf("%s ends %s: %v", x.who, x.number, err)
		}
	}
}

func with(v url.Values, key, value string) url.Values {
	v = maps.Clone(v)
	v.Set(key, value)
	return v
}

func fatal(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) official(key string) act.Actor {
	w.T.Helper()
	a, err := w.County.Actor(w.T.Context(), key)
	fatal(w.T, err)
	return a
}

// conclude has officials take a case of the housing bureau from the window to its
// delivery, and tells the certificate that it led to.
func (w *world) conclude(id int64) (l *licence.Licence) {
	w.T.Helper()
	task := func(part string) (in casework.TaskIn) {
		fatal(w.T, w.House.Store.Read(w.T.Context(), func(tx *store.Tx) error {
			x, err := proceeding.OpenPart(tx, id, part)
			in = casework.TaskIn{Case: id, Task: x.ID}
			return err
		}))
		return in
	}
	o, ctx := w.House.Office, w.T.Context()
	clerk := w.official("spj_window_1")
	_, err := o.Accept(ctx, clerk, "", casework.AcceptIn{Case: id})
	fatal(w.T, err)
	_, err = o.Review(ctx, w.official("zjj_reviewer_1"), "", casework.ReviewIn{TaskIn: task("review"), Passed: true, Text: "租约和登记信息一致。"})
	fatal(w.T, err)
	_, err = o.Decide(ctx, w.official("zjj_decider_1"), "", casework.DecideIn{TaskIn: task("decide"), Verdict: casework.Verdict{Outcome: casework.Granted}})
	fatal(w.T, err)
	_, err = o.Deliver(ctx, clerk, "", casework.DeliverIn{Case: id, Mode: casework.ByWindow})
	fatal(w.T, err)
	fatal(w.T, w.House.Store.Read(ctx, func(tx *store.Tx) error {
		all, err := licence.OfProceeding(tx, id)
		if err == nil && len(all) != 1 {
			w.T.Fatalf("%d certificates of case %d", len(all), id)
		}
		l = all[0]
		return err
	}))
	return l
}
