package demo

import (
	"context"
	"fmt"

	"tongban/internal/house"
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/rules/checkup"
	"tongban/internal/work/adjust"
)

// adjusted is an adjustment of the demonstration that is under way.
type adjusted struct {
	document, reason string
	agencies         []string    // whose powers; as many of each as does has
	does             adjust.Does // what becomes of them
	n                int
	above            bool   // it follows the batch from above
	stage            string // how far it is
}

// underWay are the adjustments that visitors find, one at each stage where somebody
// has to act.
var underWay = []adjusted{
	{"云政发〔2026〕21号（示范）", "落实上级取消一批处罚事项的决定（示范数据）", []string{"scjg", "sthj", "zjj"}, adjust.Cancel, 4, true, adjust.Notice},
	{"云政发〔2026〕22号（示范）", "内部审批环节改为政府内部管理（示范数据）", []string{"jtj", "nyj"}, adjust.Internal, 3, false, adjust.Panel},
	{"云政发〔2026〕23号（示范）", "暂停不具备检测条件的事项（示范数据）", []string{"wjj"}, adjust.Suspend, 2, false, adjust.Consent},
	{"云政发〔2026〕24号（示范）", "清理后保留的权力（示范数据）", []string{"gaj"}, adjust.Keep, 5, false, adjust.Draft},
}

// adjuster plays the parts of an adjustment.
type adjuster struct {
	ctx   context.Context
	h     *house.House
	c     *County
	order int64
}

// FoundAdjustments puts a batch from above and some adjustments under way into a
// county that has its lists, as they stand when the demonstration begins.
func FoundAdjustments(ctx context.Context, h *house.House) error {
	c, err := Find(ctx, h)
	if err != nil {
		return err
	}
	k := &adjuster{ctx: ctx, h: h, c: c}
	keeper, err := c.Actor(ctx, "zfb_catalogue_1")
	if err != nil {
		return err
	}
	today := h.Store.Now().Day()
	if k.order, err = h.Adjust.Order(ctx, keeper, "", adjust.NewOrder{Document: "省政发〔2026〕5号（示范）", Issuer: "省人民政府（示范）",
		Title: "关于取消一批行政处罚事项的决定（示范）", Items: 25, Decreed: today - 12, Days: 15}); err != nil {
		return explained(err)
	}
	for _, t := range []adjust.Task{{Agency: "scjg", Answer: adjust.Follow}, {Agency: "cl", Answer: adjust.NotApplicable, Reason: "本部门没有行政处罚事项"}} {
		if err := k.as(t.Agency+"_head_1", func(a act.Actor) error { return h.Adjust.Settle(ctx, a, "", k.order, t.Agency, t.Answer, t.Reason) }); err != nil {
			return err
		}
	}
	for _, x := range underWay {
		if err := k.play(keeper, x); err != nil {
			return fmt.Errorf("adjustment %s: %w", x.document, explained(err))
		}
	}
	return nil
}

// as does something as an official of the county.
func (k *adjuster) as(key string, do func(act.Actor) error) error {
	a, err := k.c.Actor(k.ctx, key)
	if err != nil {
		return err
	}
	return do(a)
}

// play takes an adjustment to its stage.
func (k *adjuster) play(keeper act.Actor, x adjusted) error {
	desk := k.h.Adjust
	head := adjust.Head{Document: x.document, Reason: x.reason, From: k.h.Store.Now().Day() + 45}
	if x.above {
		head.Source, head.Order = adjust.Above, k.order
	}
	begun, err := desk.Begin(k.ctx, keeper, "", head)
	if err != nil {
		return err
	}
	entries, err := k.entries(x)
	if err != nil {
		return err
	}
	if begun, err = desk.Edit(k.ctx, keeper, "", adjust.Edit{At: begun.At, Put: entries}); err != nil || x.stage == adjust.Draft {
		return err
	}
	if err := k.tolerate(keeper, begun.At); err != nil {
		return err
	}
	if err := desk.HandIn(k.ctx, keeper, "", begun.At); err != nil || x.stage == adjust.Consent {
		return err
	}
	for _, agency := range x.agencies {
		if err := k.as(agency+"_head_1", func(a act.Actor) error { return desk.Agree(k.ctx, a, "", begun.At, agency, true, "") }); err != nil {
			return err
		}
	}
	if err := desk.Convene(k.ctx, keeper, "", begun.At, []int64{k.c.Person(legality), k.c.Person(reasonableness)}, ""); err != nil || x.stage == adjust.Panel {
		return err
	}
	return k.decided(keeper, begun.At)
}

// The panel: the justice bureau's reviewer says whether a change is lawful, the head of
// the approval bureau whether it is reasonable. Neither wrote any of it.
const legality, reasonableness = "sfj_reviewer_1", "spj_head_1"

// decided goes from the panel to the notice.
func (k *adjuster) decided(keeper act.Actor, at adjust.At) error {
	for _, o := range [][2]string{{legality, "上位法依据已经取消，程序合法"}, {reasonableness, "取消后由双随机抽查衔接，合理"}} {
		if err := k.as(o[0], func(a act.Actor) error { return k.h.Adjust.Opine(k.ctx, a, "", at, true, true, o[1]) }); err != nil {
			return err
		}
	}
	if err := k.as("zfb_leader_1", func(a act.Actor) error { return k.h.Adjust.Decide(k.ctx, a, "", at, true, "") }); err != nil {
		return err
	}
	return k.h.Adjust.Announce(k.ctx, keeper, "", at)
}

// entries are powers of the agencies, the first by code of those that nobody applies for.
func (k *adjuster) entries(x adjusted) (out []adjust.Entry, err error) {
	err = k.h.Store.Read(k.ctx, func(tx *store.Tx) error {
		for _, agency := range x.agencies {
			page, err := lists.Page(tx, lists.Query{List: "power", Agency: agency, Type: checkup.Penalty, Limit: x.n, Bare: true})
			if err != nil {
				return err
			}
			for _, e := range page {
				out = append(out, adjust.Entry{List: "power", Code: e.Code, Does: x.does})
			}
		}
		return nil
	})
	return out, err
}

// tolerate accepts the warnings of the checkup.
func (k *adjuster) tolerate(keeper act.Actor, at adjust.At) error {
	x, err := k.h.Adjust.Examine(k.ctx, at.ID)
	if err != nil {
		return err
	}
	done := map[string]bool{}
	for _, f := range x.Findings {
		if f.Severity == checkup.Warning && !done[f.Rule] {
			done[f.Rule] = true
			if err := k.h.Adjust.Accept(k.ctx, keeper, "", at, f.Rule, "已核对（示范）"); err != nil {
				return err
			}
		}
	}
	return nil
}
