package portal_test

import (
	"bytes"
	"image"
	"image/png"
	"strconv"
	"testing"

	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/work/casework"
)

// granted takes the baker's workshop to a licence that is in her hand.
func (w *world) granted() casework.Done {
	t, o, ctx := w.T, w.House.Office, w.T.Context()
	t.Helper()
	must := func(d casework.Done, err error) casework.Done {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	of := func(agency, post string, n int) act.Actor {
		a, err := w.County.ActorIn(ctx, w.County.Officials(agency, post)[n], agency, post)
		must(casework.Done{}, err)
		return a
	}
	pass := func(days day.Day) { w.Clock.Set((w.Clock.Now().Day() + days).Start() + 9*day.Hour) }
	baker, err := w.County.Actor(ctx, "baker")
	must(casework.Done{}, err)
	draft := must(o.SaveDraft(ctx, baker, "", casework.DraftIn{Item: w.County.Items["food-workshop"].ID, Values: map[string]any{
		"area": 38.0, "tenure": "owned", "workshop_name": "小满糕点坊", "category": "pastry", "workers": int64(2), "water": "tap", "gas": false}}))
	var picture bytes.Buffer
	must(casework.Done{}, png.Encode(&picture, image.NewGray(image.Rect(0, 0, 8, 8))))
	for _, m := range []string{"plan", "photo"} {
		must(o.Upload(ctx, baker, draft.Case, m, m+".png", bytes.NewReader(picture.Bytes())))
	}
	id := must(o.Apply(ctx, baker, "", casework.ApplyIn{Draft: draft.Case, Delivery: "window"})).Case
	task := func(part, agency string) (in casework.TaskIn) {
		must(casework.Done{}, w.House.Store.Read(ctx, func(tx *store.Tx) error {
			c, err := o.Show(tx, id)
			for _, x := range c.Tasks {
				if x.Part == part && x.Agency == agency && x.State == proceeding.TaskOpen {
					in = casework.TaskIn{Case: id, Task: x.ID, Seen: x.Seen}
				}
			}
			return err
		}))
		return in
	}
	must(o.Accept(ctx, of("spj", "window", 0), "", casework.AcceptIn{Case: id}))
	must(o.Review(ctx, of("scjg", "reviewer", 0), "", casework.ReviewIn{TaskIn: task("review", "scjg"), Passed: true, Text: "材料符合要求"}))
	one, two := of("xfjy", "inspector", 0), of("xfjy", "inspector", 2)
	must(o.Visit(ctx, one, "", casework.VisitIn{TaskIn: task("visit", "xfjy"), Passed: true, Text: "出口畅通", Officers: []int64{one.Person, two.Person}}))
	env := of("sthj", "reviewer", 0)
	must(o.Pause(ctx, env, "", casework.PauseIn{TaskIn: task("test", "sthj"), Reason: "取水样送检", Days: 10}))
	pass(7)
	must(o.Resume(ctx, env, "", casework.ResumeIn{TaskIn: task("test", "sthj"), Result: "符合饮用水要求"}))
	must(o.Review(ctx, env, "", casework.ReviewIn{TaskIn: task("test", "sthj"), Passed: true, Text: "水质合格"}))
	must(o.Decide(ctx, of("scjg", "decider", 0), "", casework.DecideIn{TaskIn: task("decide", "scjg"), Verdict: casework.Verdict{Outcome: casework.Granted, Articles: []string{"示范办法第七条"}}}))
	return must(o.Deliver(ctx, of("spj", "window", 0), "", casework.DeliverIn{Case: id, Mode: casework.ByWindow}))
}

// The licence that an agency issued and the case that it closed stay what they were
// when the agency is no more: valid, under its name, and traceable to who answers now.
func TestALicenceAndAClosedCaseOutliveTheirAgency(t *testing.T) {
	t.Parallel()
	w := found(t)
	done := w.granted()
	kase := "/my/" + strconv.FormatInt(done.Case, 10)
	before := w.resident("baker")
	before.get(kase).says(200, "云禾县", "办结")
	before.get("/licences").follow("食品作坊经营许可证").says(200, "有效", "市场监督管理局")
	licence := before.At
	w.merged(map[string]string{"scjg": "nyj"})
	after := w.resident("baker")
	after.get(kase).says(200, "办结", "这是云禾县市场监督管理局作出的", "云委〔2026〕9号", "由云禾县农业农村局负责")
	after.get(licence).says(200, "有效", "市场监督管理局", "云委〔2026〕9号", "由云禾县农业农村局负责")
}
