package casework_test

import (
	"bytes"
	"testing"

	"tongban/internal/house"
	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/register/identity"
	"tongban/internal/register/licence"
	"tongban/internal/rules/day"
	"tongban/internal/work/casework"
)

// The whole story: an application, one notice, its correction, acceptance, three
// bodies side by side with a question and a step back, a stand-in, an extension
// by the head of government, the decision by somebody else, a sealed licence,
// its delivery, and the proof of it all.
func TestTheStory(t *testing.T) {
	both(t, func(w *world) {
		id := w.applied().Case
		clerk := w.of("spj", "window", 0)

		// One notice of everything missing, then its correction; nothing new.
		missing := []casework.Missing{{Key: "material:plan", What: "平面图看不清门的位置", How: "白天重拍一张，四个角都拍进去"}}
		_, err := w.Office.Notify(w.ctx, clerk, "", casework.NotifyIn{Case: id, Missing: missing})
		w.must(err)
		_, err = w.Office.Correct(w.ctx, w.as("baker"), "", casework.CorrectIn{Case: id})
		w.refused("casework.apply.materials", err)
		_, err = w.Office.Upload(w.ctx, w.as("baker"), id, "plan", "新平面图.png", bytes.NewReader(picture()))
		w.must(err)
		w.pass(2)
		_, err = w.Office.Correct(w.ctx, w.as("baker"), "", casework.CorrectIn{Case: id})
		w.must(err)
		_, err = w.Office.Notify(w.ctx, clerk, "", casework.NotifyIn{Case: id, Missing: missing})
		w.refused("casework.notify.twice", err)

		_, err = w.Office.Accept(w.ctx, clerk, "", casework.AcceptIn{Case: id, Checked: []string{"plan"}})
		w.must(err)
		c := w.show(id)
		if c.Status != casework.Handling || c.Accepted != w.clock.Now().Day() || c.Statutory.Total != 45 || c.Promised.Total != 20 {
			t.Fatalf("after acceptance: %s since %v, %d and %d days", c.Status, c.Accepted, c.Statutory.Total, c.Promised.Total)
		}
		if n := openParts(c); n != 3 {
			t.Fatalf("%d bodies work side by side, want 3", n)
		}
		w.askAndSendBack(id)
		w.visitWithStandIn(id)
		w.waitForTest(id)
		w.extendByLeader(id)
		w.decideAndDeliver(id)
		w.proofHolds(id)
	})
}

func openParts(c *casework.Case) (n int) {
	for _, x := range c.Tasks {
		if x.State == proceeding.TaskOpen {
			n++
		}
	}
	return n
}

// One body asks another; after its opinion it takes its own step back, with a
// reason, and does it again.
func (w *world) askAndSendBack(id int64) {
	w.t.Helper()
	market := w.of("scjg", "reviewer", 0)
	q, err := w.Office.Ask(w.ctx, market, "", casework.AskIn{TaskIn: w.task(id, "review", "scjg"), To: "sthj", Question: "附近有没有污染源？", Days: 3})
	w.must(err)
	_, err = w.Office.Answer(w.ctx, w.of("xfjy", "inspector", 0), "", casework.AnswerIn{Case: id, Inquiry: q.Extra, Text: "不归我答"})
	w.refused("act.not_allowed", err)
	_, err = w.Office.Answer(w.ctx, w.of("sthj", "reviewer", 0), "", casework.AnswerIn{Case: id, Inquiry: q.Extra, Text: "没有"})
	w.must(err)
	_, err = w.Office.Answer(w.ctx, w.of("sthj", "reviewer", 0), "", casework.AnswerIn{Case: id, Inquiry: q.Extra, Text: "再答一次"})
	w.refused("act.changed", err)
	in := casework.ReviewIn{TaskIn: w.task(id, "review", "scjg"), Passed: true, Text: "通过", Points: []string{"review.4.9"}}
	_, err = w.Office.Review(w.ctx, market, "", in)
	w.refused("casework.points.unknown", err)
	points := w.show(id).Item.PointsFor("review", "market")
	if len(points) < 2 {
		w.t.Fatalf("%d review points", len(points))
	}
	in.Points = []string{points[1].Key}
	_, err = w.Office.Review(w.ctx, market, "", in)
	w.must(err)
	c := w.show(id)
	if got := c.Facts.PointsOf(in.Task); len(got) != 1 || got[0] != points[1].Key {
		w.t.Errorf("ticked off: %v", got)
	}
}

// The site visit needs two officers; one of the posts is held by a stand-in for
// somebody on leave. It does not stop the clock.
func (w *world) visitWithStandIn(id int64) {
	w.t.Helper()
	in := w.task(id, "visit", "xfjy")
	one := w.of("xfjy", "inspector", 0)
	_, err := w.Office.Visit(w.ctx, one, "", casework.VisitIn{TaskIn: in, Passed: true, Text: "看过了", Officers: []int64{one.Person}})
	w.refused("casework.visit.officers", err)
	standIn := w.of("xfjy", "inspector", 2)
	var forWhom int64
	for _, g := range standIn.Grants {
		if g.Of != 0 {
			forWhom = g.Of
		}
	}
	if forWhom == 0 {
		w.t.Fatal("nobody stands in for the inspector on leave")
	}
	before := w.show(id).Statutory.Used
	w.pass(1)
	_, err = w.Office.Visit(w.ctx, standIn, "", casework.VisitIn{TaskIn: in, Passed: true, Text: "出口畅通，灭火器两具", Officers: []int64{standIn.Person, one.Person}})
	w.must(err)
	if after := w.show(id).Statutory.Used; after != before+1 {
		w.t.Fatalf("the visit stopped the clock: %d then %d days", before, after)
	}
}

// The laboratory test stops the clock, with reason and days in writing.
func (w *world) waitForTest(id int64) {
	w.t.Helper()
	env := w.of("sthj", "reviewer", 0)
	_, err := w.Office.Review(w.ctx, env, "", casework.ReviewIn{TaskIn: w.task(id, "test", "sthj"), Passed: true, Text: "不用测"})
	w.refused("casework.test.first", err)
	_, err = w.Office.Pause(w.ctx, w.of("xfjy", "inspector", 0), "", casework.PauseIn{TaskIn: w.task(id, "test", "sthj"), Reason: "想停", Days: 5})
	w.refused("act.not_allowed", err)
	before := w.show(id)
	w.tested(id)
	after := w.show(id)
	if after.Statutory.Used > before.Statutory.Used+1 || after.Statutory.PausedDays != 5 {
		w.t.Fatalf("paused %d days, used %d then %d", after.Statutory.PausedDays, before.Statutory.Used, after.Statutory.Used)
	}
	if after.Due <= before.Due {
		w.t.Fatalf("the test did not move the due day: %v then %v", before.Due, after.Due)
	}
}

// The head of government approves the one extension of a joint case.
func (w *world) extendByLeader(id int64) {
	w.t.Helper()
	before := w.show(id).Due
	_, err := w.Office.AskExtension(w.ctx, w.of("scjg", "decider", 0), "", casework.AskExtensionIn{Case: id, Days: 20, Reason: "太久"})
	w.refused("workday.extend.most", err)
	_, err = w.Office.AskExtension(w.ctx, w.of("scjg", "decider", 0), "", casework.AskExtensionIn{Case: id, Days: 10, Reason: "两次核查都没人在"})
	w.must(err)
	_, err = w.Office.SettleExtension(w.ctx, w.of("scjg", "head", 0), "", casework.SettleExtensionIn{Case: id, Approve: true})
	w.refused("act.not_allowed", err)
	_, err = w.Office.SettleExtension(w.ctx, w.of("zfb", "leader", 0), "", casework.SettleExtensionIn{Case: id, Approve: true})
	w.must(err)
	if after := w.show(id).Due; after <= before {
		w.t.Fatalf("the extension did not move the due day: %v then %v", before, after)
	}
	_, err = w.Office.AskExtension(w.ctx, w.of("scjg", "decider", 0), "", casework.AskExtensionIn{Case: id, Days: 5, Reason: "再来一次"})
	w.refused("casework.extend.twice", err)
}

func (w *world) decideAndDeliver(id int64) {
	w.t.Helper()
	in := w.task(id, "decide", "scjg")
	_, err := w.Office.Decide(w.ctx, w.of("scjg", "reviewer", 0), "", granted(in))
	w.refused("act.not_allowed", err)
	done, err := w.Office.Decide(w.ctx, w.of("scjg", "decider", 0), "", granted(in))
	w.must(err)
	c := w.show(id)
	if c.Status != casework.Delivering || c.Facts.Licence == 0 || c.Facts.LicenceNo == "" {
		w.t.Fatalf("decided: %s, licence %d %q", c.Status, c.Facts.Licence, c.Facts.LicenceNo)
	}
	w.licenceIsReal(done.Extra)
	_, err = w.Office.Deliver(w.ctx, w.of("spj", "window", 1), "", casework.DeliverIn{Case: id, Mode: casework.ByCourier})
	w.refused("casework.text.wrong", err)
	_, err = w.Office.Deliver(w.ctx, w.of("spj", "window", 1), "", casework.DeliverIn{Case: id, Mode: casework.ByCourier, Tracking: "YH20260401001"})
	w.must(err)
	if c := w.show(id); c.Status != casework.Concluded || c.Closed == 0 {
		w.t.Fatalf("delivered: %s", c.Status)
	}
	w.must(w.Store.Read(w.ctx, func(tx *store.Tx) error {
		list, err := casework.Grants(tx, "", proceeding.Cursor{}, 10)
		if err == nil && (len(list) != 1 || list[0].ID != id) {
			w.t.Errorf("published grants: %v", list)
		}
		return err
	}))
}

func (w *world) licenceIsReal(id int64) {
	w.t.Helper()
	w.must(w.Store.Read(w.ctx, func(tx *store.Tx) error {
		shown, err := w.Licences.Show(tx, id)
		if err != nil {
			return err
		}
		view, err := w.Licences.Verify(tx, shown.Code)
		if err == nil && (!view.Real || view.State != licence.Valid || !view.Sample || len(view.Fields) == 0) {
			w.t.Errorf("the licence scans as %+v", view)
		}
		return err
	}))
}

// Every act of the case up to now, without a hole, against keys from elsewhere.
func (w *world) proofHolds(id int64) {
	w.t.Helper()
	if w.Store.Engine() == store.Postgres {
		_, err := w.Ledger.Number(w.ctx, 10_000)
		w.must(err)
	}
	p, err := w.Ledger.Prove(w.ctx, casework.ProofStream(id))
	w.must(err)
	keys, err := house.Verifiers(w.LogKeys.Ed25519Key, w.LogKeys.SM2Key)
	w.must(err)
	found, err := ledger.CheckProof(p, keys)
	w.must(err)
	if len(found.Acts) < 15 || found.Acts[0].Kind != "case.applied" {
		w.t.Fatalf("the proof holds %d acts from %s", len(found.Acts), found.Acts[0].Kind)
	}
	report, err := w.Ledger.Verify(w.ctx, casework.StateDigest)
	w.must(err)
	if len(report.Findings) > 0 || report.States == 0 {
		w.t.Fatalf("the record: %+v", report)
	}
}

// Her uncle has neither phone nor account; somebody comes for him with his
// authority, which must be on record (行政许可法 29).
func TestTheUncleAtTheWindow(t *testing.T) {
	both(t, func(w *world) {
		clerk := w.of("spj", "window", 0)
		uncle, neighbour := w.c.Person("uncle"), w.c.Person("r04")
		values := bakery()
		values["phone"], values["workshop_name"] = "19995550003", "大山豆腐坊"
		in := casework.ApplyIn{Item: w.c.Items["food-workshop"].ID, Subject: uncle, Agent: neighbour, Values: values, Shown: []string{"plan", "photo"}, Delivery: "window"}
		_, err := w.Office.ApplyFor(w.ctx, clerk, "", in)
		w.refused("casework.apply.agent", err)
		_, err = w.People.Represent(w.ctx, clerk, "", identity.Representation{Agent: neighbour, Subject: uncle, Role: "agent", Document: "委托书2026-03", Span: day.Span{From: w.clock.Now().Day()}})
		w.must(err)
		done, err := w.Office.ApplyFor(w.ctx, clerk, "", in)
		w.must(err)
		_, err = w.Office.Progress(w.ctx, done.Number, w.Office.QueryCode(done.Number))
		w.must(err)
		_, err = w.Office.Progress(w.ctx, done.Number, "AAAAAAAAAA")
		w.refused("act.not_found", err)
		found, err := w.Office.Find(w.ctx, clerk, "云大山")
		w.must(err)
		if len(found) != 1 || found[0].ID != done.Case || found[0].Label == "云大山" {
			t.Fatalf("found by name: %+v", found)
		}
	})
}

// Five working days without a word: accepted since the day of receipt, whether
// or not a timer fired (行政许可法 32).
func TestSilenceIsAcceptance(t *testing.T) {
	both(t, func(w *world) {
		seen, unseen := w.applied().Case, w.applied().Case
		received := w.clock.Now().Day()
		w.pass(7) // Monday to Monday: five working days have passed, the fifth was today
		if c := w.show(seen); c.Status != casework.Received {
			t.Fatalf("on the last day: %s", c.Status)
		}
		w.pass(1)
		if c := w.show(unseen); c.Status != casework.Handling || c.Deemed != received || c.Accepted != received {
			t.Fatalf("no timer fired, and it is %s since %v", c.Status, c.Accepted)
		}
		_, err := w.Office.SettleDue(w.ctx, 100)
		w.must(err)
		c := w.show(seen)
		if c.Status != casework.Handling || c.Facts.Deemed != received || openParts(c) != 3 {
			t.Fatalf("after the timer: %s, deemed %v, %d tasks", c.Status, c.Facts.Deemed, openParts(c))
		}
		if c.Statutory.Used != 6 {
			t.Errorf("the clock runs from receipt: %d days used, want 6", c.Statutory.Used)
		}
		_, err = w.Office.Notify(w.ctx, w.of("spj", "window", 0), "", casework.NotifyIn{Case: seen, Missing: []casework.Missing{{Key: "material:plan", What: "不清楚", How: "重拍"}}})
		w.refused("casework.notify.deemed", err)
	})
}

// Never corrected: a reminder, then the configured end.
func TestNeverCorrectedLapses(t *testing.T) {
	both(t, func(w *world) {
		id := w.applied().Case
		_, err := w.Office.Notify(w.ctx, w.of("spj", "window", 0), "", casework.NotifyIn{Case: id, Missing: []casework.Missing{{Key: "material:photo", What: "照片是别处的", How: "在自己的作坊门口拍"}}})
		w.must(err)
		w.pass(20)
		_, err = w.Office.SettleDue(w.ctx, 100)
		w.must(err)
		if n := w.show(id).Facts.Notice; n.Reminded == 0 {
			t.Fatal("nobody reminded her")
		}
		w.pass(10)
		if c := w.show(id); c.Status != casework.Correcting {
			t.Fatalf("on the last day: %s", c.Status)
		}
		w.pass(1)
		_, err = w.Office.Correct(w.ctx, w.as("baker"), "", casework.CorrectIn{Case: id})
		w.refused("casework.status", err)
		_, err = w.Office.SettleDue(w.ctx, 100)
		w.must(err)
		if c := w.show(id); c.Status != casework.Lapsed || c.Closed == 0 {
			t.Fatalf("after the last day: %s", c.Status)
		}
	})
}

// An instant item is decided on the spot by one clerk at one window; any other
// item refuses that.
func TestInstantItem(t *testing.T) {
	both(t, func(w *world) {
		clerk := w.of("spj", "window", 0)
		in := casework.ApplyIn{Item: w.c.Items["senior-card"].ID, Subject: w.c.Person("uncle"), Values: map[string]any{"grade": "a"}, Shown: []string{"identity", "portrait"}, Delivery: "window"}
		in.Values = w.senior()
		done, err := w.Office.ApplyFor(w.ctx, clerk, "", in)
		w.must(err)
		spot := casework.SpotIn{Case: done.Case, Verdict: casework.Verdict{Outcome: casework.Granted}, Handed: true}
		_, err = w.Office.DecideOnSpot(w.ctx, clerk, "", spot)
		w.must(err)
		if c := w.show(done.Case); c.Status != casework.Concluded || c.Facts.LicenceNo == "" {
			t.Fatalf("on the spot: %s, licence %q", c.Status, c.Facts.LicenceNo)
		}
		spot.Case = w.applied().Case
		_, err = w.Office.DecideOnSpot(w.ctx, clerk, "", spot)
		w.refused("casework.spot.not_instant", err)
	})
}

// Staff who look at a case leave a look that the applicant can see, and why.
func TestEveryLookIsSeen(t *testing.T) {
	both(t, func(w *world) {
		id := w.applied().Case
		clerk := w.of("spj", "window", 0)
		c, err := w.Office.Look(w.ctx, clerk, id, "受理")
		w.must(err)
		if c.Personal == nil || c.Personal.Applicant.Name == "" {
			t.Fatal("the clerk saw nothing")
		}
		_, err = w.Office.Look(w.ctx, w.of("lyj", "reviewer", 0), id, "好奇")
		w.refused("act.not_allowed", err)
		_, err = w.Office.Look(w.ctx, w.as("neighbour"), id, "")
		w.refused("act.not_found", err)
		w.must(w.Store.Read(w.ctx, func(tx *store.Tx) error {
			acts, err := w.Ledger.Acts(tx, act.LookStream(w.c.Person("baker")), 100)
			looks := 0
			for _, a := range acts {
				if a.Kind == "person.looked_at" && a.Facts["why"] == "受理" && a.By.Person == clerk.Person {
					looks++
				}
			}
			if looks != 1 {
				t.Errorf("she sees %d looks of the clerk", looks)
			}
			return err
		}))
	})
}
