package main

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"

	"tongban/internal/demo"
	"tongban/internal/house"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/work/casework"
)

// far is how far each case of the county is brought.
type far int

const (
	taken far = iota
	noticed
	accepted
	paused
	ready
)

// play brings a few food workshops to different points of their way, days apart.
func play(ctx context.Context, h *house.House, c *demo.County, clock *demo.Clock) error {
	for i, f := range []far{accepted, accepted, paused, ready, accepted, noticed, taken, taken, taken} {
		if err := one(ctx, h, c, []string{"uncle", "baker", "neighbour", "r04"}[i%4], f); err != nil {
			return err
		}
		clock.Set(clock.Now() + 2*24*60*day.Minute)
	}
	return nil
}

func one(ctx context.Context, h *house.House, c *demo.County, who string, f far) error {
	clerk, err := c.Actor(ctx, "spj_window_1")
	if err != nil {
		return err
	}
	d, err := h.Office.SaveDraftFor(ctx, clerk, "", casework.DraftIn{Item: c.Items["food-workshop"].ID, Subject: c.Person(who)})
	if err != nil {
		return err
	}
	for _, m := range []string{"plan", "photo"} {
		if _, err := h.Office.Upload(ctx, clerk, d.Case, m, m+".png", bytes.NewReader(drawing())); err != nil {
			return err
		}
	}
	if _, err := h.Office.ApplyFor(ctx, clerk, "", casework.ApplyIn{Draft: d.Case, Values: map[string]any{
		"phone": "19995550003", "home_address": "云禾县石桥镇青石巷69号", "premises_address": "云禾县石桥镇麦田路7号", "area": 36.0, "tenure": "owned", "workshop_name": "麦田豆腐坊", "category": "tofu", "workers": 2.0, "water": "tap", "gas": false}}); err != nil {
		return err
	}
	if f == noticed {
		_, err = h.Office.Notify(ctx, clerk, "", casework.NotifyIn{Case: d.Case, Missing: []casework.Missing{{Key: "material:plan", What: "平面图看不清门的位置", How: "重新拍清楚上传"}}})
		return err
	}
	if f < accepted {
		return nil
	}
	if _, err := h.Office.Accept(ctx, clerk, "", casework.AcceptIn{Case: d.Case}); err != nil || f == accepted {
		return err
	}
	return handle(ctx, h, c, d.Case, f)
}

func handle(ctx context.Context, h *house.House, c *demo.County, id int64, f far) error {
	task := func(node string) (in casework.TaskIn, err error) {
		err = h.Store.Read(ctx, func(tx *store.Tx) error {
			x, err := h.Office.Show(tx, id)
			if err != nil {
				return err
			}
			for _, t := range x.Tasks {
				if t.Node == node {
					in = casework.TaskIn{Case: id, Task: t.ID}
				}
			}
			return nil
		})
		return in, err
	}
	env, err := c.Actor(ctx, "sthj_reviewer_1")
	if err != nil {
		return err
	}
	test, err := task("water_test")
	if err != nil {
		return err
	}
	if _, err := h.Office.Pause(ctx, env, "", casework.PauseIn{TaskIn: test, Reason: "做豆腐用水多，要测水质", Days: 10}); err != nil || f == paused {
		return err
	}
	if _, err := h.Office.Resume(ctx, env, "", casework.ResumeIn{TaskIn: test, Result: "菌落数在限值以内"}); err != nil {
		return err
	}
	if _, err := h.Office.Review(ctx, env, "", casework.ReviewIn{TaskIn: test, Passed: true, Text: "水质符合饮用水要求。"}); err != nil {
		return err
	}
	fire, err := c.Actor(ctx, "xfjy_inspector_3")
	if err != nil {
		return err
	}
	visit, err := task("fire_visit")
	if err != nil {
		return err
	}
	if _, err := h.Office.Visit(ctx, fire, "", casework.VisitIn{TaskIn: visit, Passed: true, Text: "出口畅通，灭火器 2 具。", Officers: []int64{c.Person("xfjy_inspector_3"), c.Person("xfjy_inspector_1")}}); err != nil {
		return err
	}
	market, err := c.Actor(ctx, "scjg_reviewer_1")
	if err != nil {
		return err
	}
	review, err := task("market_review")
	if err != nil {
		return err
	}
	_, err = h.Office.Review(ctx, market, "", casework.ReviewIn{TaskIn: review, Passed: true, Text: "分区合理，和平面图一致。"})
	if err != nil {
		return err
	}
	decider, err := c.Actor(ctx, "scjg_decider_1")
	if err != nil {
		return err
	}
	_, err = h.Office.AskExtension(ctx, decider, "", casework.AskExtensionIn{Case: id, Days: 10, Reason: "要等另一家作坊一起核查"})
	return err
}

// drawing is a picture that stands for a plan.
func drawing() []byte {
	m := image.NewRGBA(image.Rect(0, 0, 480, 320))
	for x := range 480 {
		for y := range 320 {
			c := color.RGBA{250, 250, 250, 255}
			if x < 8 || x > 471 || y < 8 || y > 311 || x == 240 || y == 160 && x < 240 {
				c = color.RGBA{40, 60, 90, 255}
			}
			m.Set(x, y, c)
		}
	}
	var b bytes.Buffer
	_ = png.Encode(&b, m)
	return b.Bytes()
}
