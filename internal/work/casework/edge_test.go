package casework_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/day"
	"tongban/internal/work/casework"
)

// roadWorks is what a firm fills in to dig up a road.
func roadWorks(w *world) map[string]any {
	today := w.clock.Now().Day()
	return map[string]any{
		"contact_name": "云小满", "contact_phone": "19995550001", "road_section": "云禾路K3+200", "method": "span", "length": 30.0, "closing": false,
		"start_date": (today + 60).String(), "end_date": (today + 90).String(), "restore": "分层回填压实",
	}
}

// firmApplied is the application of a firm, filed by its agent.
func (w *world) firmApplied(agent act.Actor) int64 {
	w.t.Helper()
	firm := w.c.Firms["f01"]
	d, err := w.Office.SaveDraft(w.ctx, agent, "", casework.DraftIn{Item: w.c.Items["road-works"].ID, Subject: firm, Values: roadWorks(w)})
	w.must(err)
	for _, m := range []string{"works_plan", "traffic_plan"} {
		_, err := w.Office.Upload(w.ctx, agent, d.Case, m, m+".png", bytes.NewReader(picture()))
		w.must(err)
	}
	done, err := w.Office.Apply(w.ctx, agent, "", casework.ApplyIn{Draft: d.Case})
	w.must(err)
	return done.Case
}

func (w *world) accept(id int64) {
	w.t.Helper()
	_, err := w.Office.Accept(w.ctx, w.of("spj", "window", 0), "", casework.AcceptIn{Case: id})
	w.must(err)
}

// verified wants every case to lie in the database as its last event says.
func (w *world) verified() {
	w.t.Helper()
	if w.Store.Engine() == store.Postgres {
		_, err := w.Ledger.Number(w.ctx, 100_000)
		w.must(err)
	}
	r, err := w.Ledger.Verify(w.ctx, casework.StateDigest)
	w.must(err)
	if len(r.Findings) > 0 {
		w.t.Errorf("the ledger names %v", r.Findings)
	}
}

func (w *world) acts(stream string) []ledger.Leaf {
	w.t.Helper()
	var list []ledger.Leaf
	w.must(w.Store.Read(w.ctx, func(tx *store.Tx) (err error) {
		list, err = w.Ledger.Acts(tx, stream, 1000)
		return err
	}))
	return list
}

// One click that the browser sends twice at once is answered twice alike.
func TestOneClickSentTwiceAtOnce(t *testing.T) {
	both(t, func(w *world) {
		id, clerk := w.applied().Case, w.of("spj", "window", 0)
		var wg sync.WaitGroup
		var done [6]casework.Done
		var errs [6]error
		for i := range done {
			wg.Go(func() { done[i], errs[i] = w.Office.Accept(w.ctx, clerk, "click", casework.AcceptIn{Case: id}) })
		}
		wg.Wait()
		for i := range done {
			if errs[i] != nil || done[i] != done[0] || done[i].Paper == 0 {
				t.Errorf("press %d: %+v, %v", i, done[i], errs[i])
			}
		}
	})
}

// One person who is the head of government here and a reviewer there asks for
// two parts that may not meet, in two browsers at the same moment. One of them
// wins, whichever it is, and the other refusal is on record.
func TestOnePersonTwoPartsAtTheSameMoment(t *testing.T) {
	both(t, func(w *world) {
		leader := w.of("zfb", "leader", 0)
		w.alsoReviewer(leader.Person)
		id := w.accepted()
		_, err := w.Office.AskExtension(w.ctx, w.of("scjg", "decider", 0), "", casework.AskExtensionIn{Case: id, Days: 5, Reason: "人手不够"})
		w.must(err)
		leader, reviewer := w.byPerson(leader.Person, "zfb", "leader"), w.byPerson(leader.Person, "scjg", "reviewer")
		in := w.task(id, "review", "scjg")
		in.Seen = 0
		var wg sync.WaitGroup
		var one, two error
		wg.Go(func() {
			_, one = w.Office.SettleExtension(w.ctx, leader, "", casework.SettleExtensionIn{Case: id, Approve: true})
		})
		wg.Go(func() {
			_, two = w.Office.Review(w.ctx, reviewer, "", casework.ReviewIn{TaskIn: in, Passed: true, Text: "同意"})
		})
		wg.Wait()
		if (one == nil) == (two == nil) {
			t.Fatalf("both or none: %v, %v", one, two)
		}
		w.refused("proceeding.duty", errors.Join(one, two))
		if !slices.ContainsFunc(w.acts("refusals"), func(l ledger.Leaf) bool { return l.Facts["code"] == "proceeding.duty" }) {
			t.Error("the refusal left no record")
		}
		w.verified()
	})
}

// What time decides is the platform's act, not that of whoever came next.
func TestSilenceIsNobodysAct(t *testing.T) {
	both(t, func(w *world) {
		id := w.applied().Case
		w.pass(8)
		_, err := w.Office.Withdraw(w.ctx, w.as("baker"), "", casework.WithdrawIn{Case: id})
		w.must(err)
		for _, l := range w.acts(casework.ProofStream(id)) {
			if l.Kind == "case.deemed_accepted" && (l.By.Person != 0 || l.By.Post != "system") {
				t.Errorf("the law's decision was written as an act of %+v", l.By)
			}
		}
		for _, x := range w.show(id).Tasks {
			if x.Part == "accept" && x.DoneBy != 0 {
				t.Errorf("the applicant stands as who accepted: %s", x.DoneByName)
			}
		}
		w.verified()
	})
}

// A step is sent back while its special procedure goes on: the clock runs again.
// Withdrawn in the middle of the next one, nothing is left open.
func TestNoPauseOutlivesItsTask(t *testing.T) {
	both(t, func(w *world) {
		id := w.firmApplied(w.as("r38"))
		w.accept(id)
		one := w.of("jtj", "reviewer", 0)
		_, err := w.Office.Review(w.ctx, one, "", casework.ReviewIn{TaskIn: w.task(id, "review", "jtj"), Passed: true, Text: "已评审"})
		w.must(err)
		_, err = w.Office.Pause(w.ctx, one, "", casework.PauseIn{TaskIn: w.task(id, "review", "jtj"), Reason: "再请专家看一次", Days: 10})
		w.must(err)
		w.pass(4)
		_, err = w.Office.SendBack(w.ctx, one, "", casework.SendBackIn{TaskIn: w.task(id, "review", "jtj"), To: "expert_review", Reason: "评审记录不全"})
		w.must(err)
		c := w.show(id)
		if c.Statutory.Paused || c.Facts.Tests[0].Until == 0 {
			t.Fatalf("the clock still stands: %+v", c.Statutory)
		}
		_, err = w.Office.Pause(w.ctx, one, "", casework.PauseIn{TaskIn: w.task(id, "review", "jtj"), Reason: "专家评审", Days: 10})
		w.must(err)
		w.verified()
		w.pass(1)
		_, err = w.Office.Withdraw(w.ctx, w.as("r38"), "", casework.WithdrawIn{Case: id})
		w.must(err)
		if c := w.show(id); c.Statutory.Paused || !c.Statutory.Ended || c.Facts.Tests[1].Until == 0 {
			t.Fatalf("withdrawn, and the clock is %+v", c.Statutory)
		}
		w.verified()
	})
}

// Who filed for a firm and has left it sees and does nothing more, and is told
// nothing; the firm is told through who is left.
func TestAgentWhoHasLeft(t *testing.T) {
	both(t, func(w *world) {
		agent, chief := w.as("r38"), w.as("r12")
		id := w.firmApplied(agent)
		var rep int64
		w.must(w.Store.Read(w.ctx, func(tx *store.Tx) error {
			list, err := w.People.Representations(tx, agent.Person, tx.Today())
			rep = list[0].ID
			return err
		}))
		w.must(w.People.EndRepresentation(w.ctx, w.of("spj", "window", 0), "", rep))
		_, err := w.Office.Look(w.ctx, agent, id, "")
		w.refused("act.not_found", err)
		_, err = w.Office.Proof(w.ctx, agent, id)
		w.refused("act.not_found", err)
		_, err = w.Office.Withdraw(w.ctx, agent, "", casework.WithdrawIn{Case: id})
		w.refused("act.not_found", err)
		w.accept(id)
		acts := w.acts(casework.ProofStream(id))
		if told := acts[len(acts)-1].Facts["notify"]; len(told.([]any)) != 1 || int64(told.([]any)[0].(float64)) != chief.Person {
			t.Errorf("told: %v, want %d", told, chief.Person)
		}
		_, err = w.Office.Look(w.ctx, chief, id, "")
		w.must(err)
		w.verified()
	})
}

// A year whose notice is not there: nothing is deemed on a guess, and when the
// notice comes the days are counted again.
func TestYearWithoutNotice(t *testing.T) {
	both(t, func(w *world) {
		w.clock.Set(day.MustParse("2026-12-28").Start() + 9*day.Hour)
		id := w.applied().Case
		if c := w.show(id); !c.Provisional {
			t.Fatalf("due %v is not provisional", c.Due)
		}
		w.pass(20)
		_, err := w.Office.SettleDue(w.ctx, 100)
		w.must(err)
		if c := w.show(id); c.Status != casework.Received {
			t.Fatalf("decided on a guess: %s", c.Status)
		}
		file := `{"year": 2027, "papers": ["http://example.org/zhengceku/2026-11/25/content_1.htm"], "days": [{"name": "元旦", "date": "2027-01-01", "isOffDay": true}]}`
		_, err = w.Calendars.ImportYear(w.ctx, w.Runner, w.of("zfb", "catalogue", 0), "", []byte(file))
		w.must(err)
		w.verified()
		_, err = w.Office.SettleDue(w.ctx, 100)
		w.must(err)
		if c := w.show(id); c.Status != casework.Handling || c.Facts.Deemed != day.MustParse("2026-12-28") {
			t.Fatalf("with the notice: %s, deemed %v", c.Status, c.Facts.Deemed)
		}
		w.verified()
	})
}

// A notice that changes the running year moves the days that it touches.
func TestNoticeThatChangesTheRunningYear(t *testing.T) {
	both(t, func(w *world) {
		id := w.accepted()
		before := w.show(id).Due
		year, _ := w.Calendars.Current().Year(before.Year())
		b, err := json.Marshal(year)
		w.must(err)
		var file map[string]any
		w.must(json.Unmarshal(b, &file))
		file["days"] = append(file["days"].([]any), map[string]any{"name": "临时放假", "date": before.String(), "isOffDay": true})
		file["papers"] = append(file["papers"].([]any), "http://example.org/zhengceku/2026-03/05/content_2.htm")
		b, err = json.Marshal(file)
		w.must(err)
		_, err = w.Calendars.ImportYear(w.ctx, w.Runner, w.of("zfb", "catalogue", 0), "", b)
		w.must(err)
		var row day.Day
		w.must(w.Store.Read(w.ctx, func(tx *store.Tx) error {
			p, err := proceeding.Get(tx, id)
			row = p.Due
			return err
		}))
		if row <= before || row != w.show(id).Due {
			t.Errorf("due %v, then %v in the row and %v on the page", before, row, w.show(id).Due)
		}
		w.verified()
	})
}

// One case that cannot be settled keeps no other waiting.
func TestOneBadCaseStopsNoOther(t *testing.T) {
	both(t, func(w *world) {
		bad, good := w.applied().Case, w.applied().Case
		w.must(w.Store.Do(w.ctx, store.People, func(tx *store.Tx) error {
			p, err := proceeding.Get(tx, bad)
			if err != nil {
				return err
			}
			return w.Vault.Erase(tx, p.Key)
		}))
		w.pass(8)
		if _, err := w.Office.SettleDue(w.ctx, 100); err == nil {
			t.Error("the case without its key was settled")
		}
		if c := w.show(good); c.Facts.Deemed == 0 {
			t.Error("the other case waits")
		}
	})
}

// Pages of one draft saved at the same moment are all kept.
func TestPagesSavedAtOnce(t *testing.T) {
	both(t, func(w *world) {
		baker := w.as("baker")
		d := w.draft(baker, "food-workshop", nil)
		var wg sync.WaitGroup
		for k, v := range bakery() {
			wg.Go(func() {
				if _, err := w.Office.SaveDraft(w.ctx, baker, "", casework.DraftIn{Draft: d, Values: map[string]any{k: v}}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		w.must(w.Store.Read(w.ctx, func(tx *store.Tx) error {
			got, err := w.Office.Draft(tx, baker.Person, d)
			if err == nil && len(got.Secret.Form) != len(bakery()) {
				t.Errorf("kept %d of %d answers", len(got.Secret.Form), len(bakery()))
			}
			return err
		}))
	})
}

// A draft outlives a version of its item: what is no longer asked is forgotten.
func TestDraftOfAnOldVersion(t *testing.T) {
	both(t, func(w *world) {
		baker := w.as("baker")
		d := w.draft(baker, "food-workshop", bakery(), "plan", "photo")
		w.nextVersion("food-workshop", "workers", "{from: 2026-03-20}")
		w.clock.Set(day.MustParse("2026-03-20").Start() + 9*day.Hour)
		w.must(w.Store.Read(w.ctx, func(tx *store.Tx) error {
			p, err := w.Office.Prepare(tx, baker.Person, d)
			if err == nil && !p.Outcome.OK() {
				t.Errorf("cannot be submitted: %v", p.Outcome.Problems)
			}
			return err
		}))
		_, err := w.Office.Apply(w.ctx, baker, "", casework.ApplyIn{Draft: d, Delivery: "window"})
		w.must(err)
	})
}

// nextVersion publishes an item's next version: one field less, and in force
// for these days.
func (w *world) nextVersion(slug, field, inForce string) {
	w.t.Helper()
	next, problems := catalog.ReadFolder(withoutField(w.t, slug, field, inForce), slug)
	if len(problems) > 0 {
		w.t.Fatal(problems)
	}
	made, err := w.Changes.Propose(w.ctx, w.of("zfb", "catalogue", 0), "", w.c.Items[slug].ID, next, "少问一项")
	w.must(err)
	_, err = w.Changes.Publish(w.ctx, w.of("zfb", "catalogue", 1), "", made.Proposal)
	w.must(err)
}

// withoutField is the folder of an item as its next version: one field less.
func withoutField(t *testing.T, slug, field, inForce string) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	for _, name := range []string{"item.yaml", "flow.bpmn", "form.json"} {
		b, err := os.ReadFile("../../demo/county/items/" + slug + "/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if name == "item.yaml" {
			b = bytes.Replace(b, []byte("in_force: {from: 2025-01-01}"), []byte("in_force: "+inForce), 1)
		}
		if name == "form.json" {
			var f map[string]any
			if err := json.Unmarshal(b, &f); err != nil {
				t.Fatal(err)
			}
			delete(f["properties"].(map[string]any), field)
			f["required"] = slices.DeleteFunc(f["required"].([]any), func(x any) bool { return x == field })
			if b, err = json.Marshal(f); err != nil {
				t.Fatal(err)
			}
		}
		out[slug+"/"+name] = &fstest.MapFile{Data: b}
	}
	return out
}

// An item that does not hold on the day, and numbers whose check digit is wrong.
func TestNotInForceAndWrongCheckDigits(t *testing.T) {
	both(t, func(w *world) {
		clerk := w.of("spj", "window", 0)
		values := map[string]any{"contact_name": "云小满", "contact_phone": "19995550001", "staff_name": "云小满", "staff_idno": "990124199001011234", "entry": "exam",
			"start_date": w.clock.Now().Day().String(), "post_kind": "civil", "first_pay": int64(500000)}
		in := casework.ApplyIn{Item: w.c.Items["agency-insurance"].ID, Subject: w.c.Bodies["jkj"], Values: values}
		if in.Subject == 0 {
			for _, id := range w.c.Bodies {
				in.Subject = id
			}
		}
		_, err := w.Office.ApplyFor(w.ctx, clerk, "", in)
		w.refused("casework.apply.form", err)
		if !slices.ContainsFunc(err.(*act.Error).Fields, func(f act.Field) bool { return f.Name == "staff_idno" }) {
			t.Errorf("the wrong number is not named: %v", err.(*act.Error).Fields)
		}
		d := w.draft(w.as("baker"), "food-workshop", bakery(), "plan", "photo")
		w.nextVersion("food-workshop", "workers", "{from: 2026-03-20, until: 2026-04-01}")
		w.clock.Set(day.MustParse("2026-04-01").Start() + 9*day.Hour)
		_, err = w.Office.SaveDraft(w.ctx, w.as("baker"), "", casework.DraftIn{Item: w.c.Items["food-workshop"].ID})
		w.refused("catalog.no_longer", err)
		_, err = w.Office.Apply(w.ctx, w.as("baker"), "", casework.ApplyIn{Draft: d})
		w.refused("catalog.no_longer", err)
	})
}

// A browser that is closed in the middle of a command: it is stored whole or not
// at all, and the same submission tells which.
func TestBrowserClosedInMidCommand(t *testing.T) {
	both(t, func(w *world) {
		baker := w.as("baker")
		in := casework.ApplyIn{Draft: w.draft(baker, "food-workshop", bakery(), "plan", "photo"), Delivery: "window"}
		ctx, closeBrowser := context.WithCancel(w.ctx)
		go closeBrowser()
		first, err := w.Office.Apply(ctx, baker, "closed", in)
		if err != nil && act.KindOf(err) != act.Unavailable {
			t.Fatal(err)
		}
		again, err := w.Office.Apply(w.ctx, baker, "closed", in)
		w.must(err)
		if first.Case != 0 && first != again {
			t.Errorf("answered %+v, then %+v", first, again)
		}
		list, err := w.Office.Mine(w.ctx, baker, 0, 10)
		w.must(err)
		if len(list) != 1 || list[0].ID != again.Case {
			t.Errorf("%d cases", len(list))
		}
		w.verified()
	})
}

// Whom a case does not concern finds nothing of it and hands nothing in.
func TestCasesOfOthers(t *testing.T) {
	both(t, func(w *world) {
		done := w.applied()
		for _, x := range []struct {
			agency, post string
			want         int
		}{{"spj", "window", 1}, {"scjg", "reviewer", 1}, {"lyj", "reviewer", 0}} {
			found, err := w.Office.Find(w.ctx, w.of(x.agency, x.post, 0), done.Number)
			w.must(err)
			if len(found) != x.want {
				t.Errorf("%s finds %d cases", x.agency, len(found))
			}
		}
		_, err := w.Office.Notify(w.ctx, w.of("spj", "window", 0), "", casework.NotifyIn{Case: done.Case,
			Missing: []casework.Missing{{Key: "material:plan", What: "看不清", How: "重拍一张"}}})
		w.must(err)
		unread := strings.NewReader(string(picture()))
		_, err = w.Office.Upload(w.ctx, w.as("neighbour"), done.Case, "plan", "别人的.png", unread)
		w.refused("act.not_found", err)
		if unread.Len() != len(picture()) {
			t.Error("the bytes of somebody whom the case does not concern were taken in")
		}
	})
}

// An instant item that a clerk accepted first can still be decided on the spot,
// and what is granted is not published: article 40 is about licences.
func TestInstantItemAcceptedBefore(t *testing.T) {
	both(t, func(w *world) {
		clerk := w.of("spj", "window", 0)
		done, err := w.Office.ApplyFor(w.ctx, clerk, "", casework.ApplyIn{Item: w.c.Items["senior-card"].ID, Subject: w.c.Person("uncle"), Values: w.senior(),
			Shown: []string{"identity", "portrait"}, Delivery: "window"})
		w.must(err)
		w.accept(done.Case)
		_, err = w.Office.DecideOnSpot(w.ctx, clerk, "", casework.SpotIn{Case: done.Case, Verdict: casework.Verdict{Outcome: casework.Granted}, Handed: true})
		w.must(err)
		if c := w.show(done.Case); c.Status != casework.Concluded {
			t.Errorf("on the spot: %s", c.Status)
		}
		w.must(w.Store.Read(w.ctx, func(tx *store.Tx) error {
			list, err := casework.Grants(tx, "", proceeding.Cursor{}, 10)
			if len(list) != 0 {
				t.Errorf("published: %v", list)
			}
			return err
		}))
		w.verified()
	})
}

// Nobody handles a matter of their own, whatever post they hold.
func TestNobodyHandlesTheirOwnMatter(t *testing.T) {
	both(t, func(w *world) {
		id := w.accepted()
		baker := w.c.Person("baker")
		w.alsoReviewer(baker)
		in := casework.ReviewIn{TaskIn: w.task(id, "review", "scjg"), Passed: true, Text: "我的没问题"}
		_, err := w.Office.Review(w.ctx, w.byPerson(baker, "scjg", "reviewer"), "", in)
		w.refused("proceeding.own", err)
		_, err = w.Office.Review(w.ctx, w.of("scjg", "reviewer", 0), "", in)
		w.must(err)
	})
}
