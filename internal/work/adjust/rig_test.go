package adjust_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/act/acttest"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/identity/identitytest"
	"tongban/internal/register/lists"
	"tongban/internal/register/power"
	"tongban/internal/rules/checkup"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
	"tongban/internal/rules/workday"
	"tongban/internal/work/adjust"
)

var bg = context.Background()

var must, code = acttest.Must, acttest.Code

// rig is a small county with everybody whom an adjustment needs.
type rig struct {
	*identitytest.World
	desk                             *adjust.Desk
	lists                            *lists.Register
	ann, ben, head, leader, citizen  act.Actor // ann and ben keep the catalogue
	member1, member2, market, window act.Actor
}

func both(t *testing.T, f func(t *testing.T, g *rig)) {
	t.Helper()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		g := &rig{World: w, lists: lists.New(w.Runner, w.Register)}
		g.desk = &adjust.Desk{Runner: w.Runner, People: w.Register, Lists: g.lists, Items: catalog.New(), Power: power.New(w.Runner, w.Register),
			Calendar: workday.Default, Region: identitytest.County}
		as := func(name, agency, post string) act.Actor { return w.As(w.Official(name, agency, post), agency, post) }
		g.ann, g.ben = as("测试甲", "zfb", "catalogue"), as("测试乙", "zfb", "catalogue")
		g.head, g.market = as("测试丙", "spj", "head"), as("测试丁", "scjg", "head")
		g.leader, g.window = as("测试戊", "zfb", "leader"), as("测试己", "spj", "window")
		g.member1, g.member2 = as("测试庚", "zfb", "reviewer"), as("测试辛", "spj", "decider")
		g.citizen = w.As(w.Resident("测试壬"), "", "")
		f(t, g)
	})
}

// power is a power that is in order.
func powerOf(code, name, agency string) *lists.Content {
	return &lists.Content{
		Columns: lists.Row{"code": code, "name": name, "type": "02", "agency": agency},
		Tables: map[string][]lists.Row{
			"basis":      {{"article": "《食品安全法》第三十五条"}},
			"duties":     {{"step": "受理", "text": "依法受理"}},
			"situations": {{"text": "不依法公示的", "article": "《行政许可法》第七十二条"}},
		},
	}
}

var names = strings.Fields("食品摊贩占道处罚 噪声扰民处罚 危化品超量处罚 网吧接纳未成年处罚 黑车营运处罚 伪劣种子处罚 违法采砂处罚 破坏古树处罚")

// stand puts powers on the list, as the first edition does.
func (g *rig) stand(t testing.TB, codes ...string) {
	t.Helper()
	b := lists.Batch{List: "power", Document: "云政发〔2026〕1号", Reason: "首次公布", From: today}
	for i, c := range codes {
		b.Changes = append(b.Changes, lists.Change{Content: *powerOf(c, names[i%len(names)], "scjg")})
	}
	_, err := g.lists.Change(bg, g.ann, "", b)
	must(t, says(err))
}

var today = identitytest.Start.Day()

// later is an effective day behind every limit of the way.
var later = today + 60

func (g *rig) begin(t testing.TB, document string, entries ...adjust.Entry) adjust.At {
	t.Helper()
	b, err := g.desk.Begin(bg, g.ann, "", adjust.Head{Document: document, Reason: "简政放权", From: later})
	must(t, says(err))
	if len(entries) > 0 {
		b, err = g.desk.Edit(bg, g.ann, "", adjust.Edit{At: b.At, Put: entries})
		must(t, says(err))
	}
	return b.At
}

// through takes a draft to its notice.
func (g *rig) through(t testing.TB, at adjust.At) {
	t.Helper()
	g.tolerate(t, at)
	must(t, says(g.desk.HandIn(bg, g.ann, "", at)))
	g.agree(t, at)
	must(t, says(g.desk.Convene(bg, g.ann, "", at, []int64{g.member1.Person, g.member2.Person}, "")))
	must(t, g.desk.Opine(bg, g.member1, "", at, true, true, "有依据，群众少跑腿"))
	must(t, g.desk.Opine(bg, g.member2, "", at, true, true, "同意"))
	must(t, says(g.desk.Decide(bg, g.leader, "", at, true, "")))
	must(t, says(g.desk.Announce(bg, g.ann, "", at)))
}

// tolerate accepts every warning.
func (g *rig) tolerate(t testing.TB, at adjust.At) {
	t.Helper()
	x, err := g.desk.Examine(bg, at.ID)
	must(t, err)
	done := map[string]bool{}
	for _, f := range x.Findings {
		if f.Severity == checkup.Warning && !done[f.Rule] {
			done[f.Rule] = true
			must(t, g.desk.Accept(bg, g.ann, "", at, f.Rule, "已核对，情况属实"))
		}
	}
}

func (g *rig) agree(t testing.TB, at adjust.At) {
	t.Helper()
	var asked []adjust.Answered
	g.read(t, func(tx *store.Tx) (err error) { asked, err = adjust.Consents(tx, at.ID); return err })
	for _, a := range asked {
		who := map[string]act.Actor{"scjg": g.market, "spj": g.head}[a.Agency]
		must(t, says(g.desk.Agree(bg, who, "", at, a.Agency, true, "")))
	}
}

func (g *rig) read(t testing.TB, f func(tx *store.Tx) error) {
	t.Helper()
	must(t, g.Store.Read(bg, f))
}

func (g *rig) stage(t testing.TB, at adjust.At) (a adjust.Adjustment) {
	t.Helper()
	g.read(t, func(tx *store.Tx) (err error) { a, err = adjust.ByID(tx, at.ID); return err })
	return a
}

// onList are the names of the powers on a day, by code.
func (g *rig) onList(t testing.TB, on day.Day) map[string]string {
	t.Helper()
	all := map[string]string{}
	g.read(t, func(tx *store.Tx) error {
		page, err := lists.Page(tx, lists.Query{List: "power", At: lists.Stand{Day: on}, Limit: lists.MaxPage})
		for _, e := range page {
			all[e.Code] = e.Name
		}
		return err
	})
	return all
}

// says makes an error tell what its fields say.
func says(err error) error {
	if e, ok := err.(*act.Error); ok {
		for _, f := range e.Fields {
			err = fmt.Errorf("%w\n%s %s", err, f.Name, f.Msg.In(wording.ZH))
		}
	}
	return err
}

func refused(t testing.TB, what string, err error, want string) {
	t.Helper()
	if !strings.Contains(code(err)+" "+fields(err), want) {
		t.Errorf("%s: %v %s (%s), want %s", what, err, code(err), fields(err), want)
	}
}

// fields are the keys of what is wrong with single fields.
func fields(err error) string {
	var keys []string
	if e, ok := err.(*act.Error); ok {
		for _, f := range e.Fields {
			keys = append(keys, f.Msg.Key)
		}
	}
	return strings.Join(keys, " ")
}
