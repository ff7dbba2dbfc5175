package portal_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/web/webtest"
	"tongban/internal/work/change"
	"tongban/internal/work/reorganise"
)

// merged carries out an act that ends agencies and gives all that they have to others.
func (w *world) merged(heirs map[string]string) {
	t := w.T
	t.Helper()
	at := w.reorganised(reorganise.Plan{Document: "云委〔2026〕9号", Reason: "机构改革", From: w.Clock.Now().Day() + 1, Agencies: func() (list []reorganise.Agency) {
		for from, to := range heirs {
			list = append(list, reorganise.Agency{Key: from, Fate: reorganise.End, Heir: to})
		}
		return list
	}()})
	w.Clock.Set(w.Clock.Now() + 24*day.Hour)
	if n, err := w.House.Reform.CarryDue(t.Context()); n != 1 || err != nil {
		t.Fatalf("act %d: %d carried out: %v", at.ID, n, err)
	}
}

// reorganised drafts an act and has it decided.
func (w *world) reorganised(p reorganise.Plan) (at reorganise.At) {
	t := w.T
	t.Helper()
	ann := w.managers()[0]
	err := w.House.Store.Read(t.Context(), func(tx *store.Tx) error {
		deciders, err := w.House.People.StaffOf(tx, "zfb", "leader", tx.Today())
		if err != nil {
			return err
		}
		bob, err := w.House.People.ActorOf(tx, deciders[0], "zfb", "leader")
		if err != nil {
			return err
		}
		if at, err = w.House.Reform.Begin(t.Context(), ann, "", p); err != nil {
			return err
		}
		return w.House.Reform.Decide(t.Context(), bob, "", at, true, "")
	})
	if err != nil {
		t.Fatalf("%v", err)
	}
	return at
}

// What an agency wrote stays what it was when it merges into another: whoever checks
// it is told who answers for it now. What somebody was filling in goes on there.
func TestWhatAnAgencyWroteOutlivesIt(t *testing.T) {
	t.Parallel()
	w := found(t)
	b := w.browser().begin()
	writer := ""
	draft := b.At
	b.fillInFrom(draft+"/form/", plan(t))
	action, v := b.Form("")
	v["true"] = []string{"yes"}
	at := b.take(b.Client.PostForm(w.Server.URL+action, v)).says(200, "已收到你的申请").At
	b.get(at).follow("收件回执")
	check := b.Link("核验这份文书")
	before := w.browser().get(check).says(200, "真的，确由这个机关发出").Text()
	for _, name := range []string{"云禾县市场监督管理局", "云禾县行政审批局"} {
		if strings.Contains(before, name) {
			writer = name
		}
	}
	if writer == "" || strings.Contains(before, "谁负责") {
		t.Fatalf("before: %s", before)
	}
	second := w.resident("neighbour")
	second.get("/search?q=" + url.QueryEscape("食品作坊经营许可")).follow("食品作坊经营许可").follow("开始办理")
	for _, tag := range second.Inputs() {
		if webtest.Attribute(tag, "name") == "subject" {
			second.post(url.Values{"subject": {webtest.Attribute(tag, "value")}}).says(200, "要你填的")
			break
		}
	}
	open := second.At

	w.merged(map[string]string{"scjg": "nyj", "spj": "zfb"})
	now := map[string]string{"云禾县市场监督管理局": "云禾县农业农村局", "云禾县行政审批局": "云禾县人民政府办公室"}[writer]
	w.browser().get(check).says(200, "真的，确由这个机关发出", writer, "云委〔2026〕9号", "以后，由"+now+"负责")
	second = w.resident("neighbour")
	second.get(open).says(200, "市场监督管理局的这件事现在由云禾县农业农村局办理", "要你填的")

	// When the heir drops the item, the draft says so and whom to ask.
	w.ended("食品作坊经营许可", strings.TrimPrefix(second.itemOf(), "/items/"))
	second = w.resident("neighbour")
	second.get(open).says(403, "不再这样办了", "云禾县市场监督管理局", "问云禾县农业农村局", "找现在怎么办")
	if to := second.Link("问云禾县农业农村局"); to != "/agencies/nyj" {
		t.Errorf("ask at %s", to)
	}
}

// itemOf is the address of the guide that the draft's page leads back to.
func (b *browser) itemOf() string {
	b.World.T.Helper()
	return b.Link("办事指南")
}

// ended has an item withdrawn by two people from the next day on.
func (w *world) ended(name, id string) {
	t := w.T
	t.Helper()
	item, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	staff := w.managers()
	desk := &change.Desk{Runner: w.House.Runner}
	p, err := desk.Withdraw(t.Context(), staff[0], "", item, w.Clock.Now().Day()+1, name+"停办")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := desk.Publish(t.Context(), staff[1], "", p.Proposal); err != nil {
		t.Fatal(err)
	}
	w.Clock.Set(w.Clock.Now() + 24*day.Hour)
}

// managers are two who manage the catalogue.
func (w *world) managers() (list []act.Actor) {
	t := w.T
	t.Helper()
	if err := w.House.Store.Read(t.Context(), func(tx *store.Tx) error {
		staff, err := w.House.People.StaffOf(tx, "zfb", "catalogue", tx.Today())
		for _, p := range staff {
			a, err := w.House.People.ActorOf(tx, p, "zfb", "catalogue")
			if err != nil {
				return err
			}
			list = append(list, a)
		}
		return err
	}); err != nil || len(list) < 2 {
		t.Fatalf("%d managers: %v", len(list), err)
	}
	return list
}
