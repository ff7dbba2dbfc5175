package flowtable_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"tongban/internal/rules/day"
	"tongban/internal/rules/flow"
	"tongban/internal/rules/flowtable"
	"tongban/internal/rules/workday"
)

func workshop(t *testing.T) *flow.Definition {
	t.Helper()
	src, err := os.ReadFile("../../demo/county/items/food-workshop/flow.bpmn")
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, src)
}

func TestTheTableOfAJointCase(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, r := range flowtable.Of(workshop(t), nil).Rows {
		fmt.Fprintf(&b, "%s%s %d %s%s %s%s\n", strings.Repeat(" ", r.Depth), r.Kind, r.No, r.Step.Name, r.Way.Name, r.Step.Term, r.Way.Condition)
	}
	want := `event 0 提交申请 
step 1 受理 P5W
split 0  
 branch 0  
  step 2 市场监管审查 
 branch 0  
  step 3 消防现场核查 P7W
 branch 0  
  step 4 生态环境检测 
join 0  
step 5 决定 
choice 0 是否准予 
 way 0 准予 decision == "granted"
  step 6 制证 
 way 0 不予 
step 7 送达 P10W
event 0 办结 
`
	if b.String() != want {
		t.Errorf("got\n%s", b.String())
	}
}

// TestMovingUpAndDownComesBack moves a step through the whole flow and back.
func TestMovingUpAndDownComesBack(t *testing.T) {
	t.Parallel()
	d, seen := workshop(t), []string{}
	for range 20 {
		_, down := flowtable.Of(d, nil).Neighbours(d, "market_review")
		if down == "" {
			break
		}
		d = parse(t, apply(t, flow.Write(d), flowtable.Move{Node: "market_review", To: down}))
		if r := flow.Check(d, nil); !r.OK {
			t.Fatalf("%v", r.Problems)
		}
		for i, r := range flowtable.Of(d, nil).Rows {
			if r.Node == "market_review" {
				seen = append(seen, fmt.Sprint(i))
			}
		}
	}
	if got := strings.Join(seen, " "); len(seen) < 8 || !strings.HasPrefix(got, "5 6 7 ") {
		t.Errorf("it came to rows %s", got)
	}
	for range 20 {
		if up, _ := flowtable.Of(d, nil).Neighbours(d, "market_review"); up != "" {
			d = parse(t, apply(t, flow.Write(d), flowtable.Move{Node: "market_review", To: up}))
		}
	}
	if r := flowtable.Of(d, nil).Rows[1]; r.Node != "market_review" {
		t.Errorf("on top stands %s", r.Node)
	}
}

func TestCompareTellsEachDifferenceOnce(t *testing.T) {
	t.Parallel()
	was := workshop(t)
	if list := flowtable.Compare(was, workshop(t), nil); len(list) != 0 {
		t.Errorf("equal flows differ: %+v", list)
	}
	src := flow.Write(was)
	s := flowtable.StepOf(was.Node("fire_visit"))
	s.Term, s.About.Risk = "P5W", "放宽标准"
	src = apply(t, src, flowtable.Change{Node: "fire_visit", Step: s})
	src = apply(t, src, flowtable.Remove{Node: "water_test"})
	src = apply(t, src, flowtable.Add{At: "flow_start_accept", Step: step})
	src = apply(t, src, flowtable.Steer{Flow: "flow_granted_issue", Way: flowtable.Way{Name: "准予", Condition: `decision != "refused"`}})
	var got []string
	for _, x := range flowtable.Compare(was, parse(t, src), nil) {
		r := x.Is
		if r == nil {
			r = x.Was
		}
		got = append(got, fmt.Sprintf("%s %s%s%v", x.Kind, r.Node, r.Flow, x.Fields))
	}
	want := "added step_1[] placed accept[] changed fire_visit[term risk] changed flow_granted_issue[condition] removed water_test[]"
	if strings.Join(got, " ") != want {
		t.Errorf("got %s", strings.Join(got, " "))
	}
}

// TestATrialOfAJointCase plays a case: the branches are waited for, days of a
// special procedure do not count, a condition is asked before the way is taken.
func TestATrialOfAJointCase(t *testing.T) {
	t.Parallel()
	d := workshop(t)
	if d.Node("water_test").About.Special != string(workday.Testing) {
		t.Fatal("the test does not stop the clock")
	}
	play := func(turns ...string) flowtable.Trial {
		t.Helper()
		got, err := flowtable.Try(d, nil, workday.Default(), day.MustParse("2026-03-02"), flowtable.ParseTurns(turns))
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	at := play()
	if len(at.Open) != 1 || at.Open[0].Name != "受理" || at.Open[0].Left != 5 || at.Open[0].Due != day.MustParse("2026-03-09") {
		t.Fatalf("at the start: %+v", at.Open)
	}
	at = play("1.2.")
	if len(at.Open) != 3 || at.Counted != 0 || at.Today != day.MustParse("2026-03-04") {
		t.Fatalf("accepted: %+v", at)
	}
	at = play("1.2.", "2.3.", "4.10.")
	if at.Stopped != 13 || at.Counted != 0 || len(at.Joins) != 1 || at.Joins[0].Arrived != 2 || at.Joins[0].Of != 3 {
		t.Fatalf("tested: %+v", at)
	}
	if o := at.Open[0]; o.Name != "消防现场核查" || o.Left != -6 || o.Used != 13 {
		t.Fatalf("late: %+v", o)
	}
	at = play("1.2.", "2.3.", "4.10.", "3.1.", "5.2.")
	if at.Ask == nil || at.Ask.Condition != `decision == "granted"` || at.Ask.Gateway != "是否准予" || at.Open[0].Name != "决定" {
		t.Fatalf("asked: %+v", at)
	}
	at = play("1.2.", "2.3.", "4.10.", "3.1.", "5.2.y", "7.1.", "99.1.")
	if !at.Over || at.Counted != 4 || at.State.End != "end" || !at.State.HasPassed("issue") {
		t.Fatalf("over: %+v", at)
	}
	if at = play("1.2.", "2.3.", "4.10.", "3.1.", "5.2.n"); at.State.HasPassed("issue") {
		t.Error("refused, and issued")
	}
}

// TestTimeRunsOutInATrial lets a boundary event fire and an awaited time come.
func TestTimeRunsOutInATrial(t *testing.T) {
	t.Parallel()
	src := strings.Replace(plain, `<b:endEvent id="e"/>`, `<b:endEvent id="e"/><b:boundaryEvent id="late" name="催办" attachedToRef="accept" cancelActivity="false" tb:term="P2W"><b:timerEventDefinition/></b:boundaryEvent>
<b:userTask id="urge" name="说明" tb:role="window"/><b:endEvent id="e2"/><b:sequenceFlow id="g1" sourceRef="late" targetRef="urge"/><b:sequenceFlow id="g2" sourceRef="urge" targetRef="e2"/>`, 1)
	got, err := flowtable.Try(parse(t, []byte(src)), nil, workday.Default(), day.MustParse("2026-03-02"), flowtable.ParseTurns([]string{"1.4."}))
	if err != nil || len(got.Open) != 2 || got.Open[0].Name != "说明" || got.Open[0].Since != day.MustParse("2026-03-05") || got.Open[1].Name != "决定" {
		t.Errorf("%v %+v", err, got.Open)
	}
}

func TestParseTurnsStopsAtNonsense(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]int{"": 0, "1.2.": 1, "1.2.yn 2.0.y": 2, "1.2. x": 1, "1.-2.": 0, "1.2.z": 0, "1.999.": 0, "a.b.c 1.1.": 0, strings.Repeat("1.0. ", 200): flowtable.MaxTurns} {
		if got := flowtable.ParseTurns(strings.Fields(in)); len(got) != want {
			t.Errorf("%.20q: %d turns, want %d", in, len(got), want)
		}
	}
}

// FuzzApply looks for files that an edit breaks: whatever can be read can be read
// again afterwards.
func FuzzApply(f *testing.F) {
	f.Add([]byte(plain), uint(2))
	f.Add([]byte(strings.Replace(plain, `<b:endEvent id="e"/>`, `<b:subProcess id="e"/>`, 1)), uint(3))
	f.Fuzz(func(t *testing.T, src []byte, pick uint) {
		d, err := flow.Parse(src)
		if err != nil {
			return
		}
		rows := flowtable.Of(d, nil).Rows
		if len(rows) == 0 {
			return
		}
		r := rows[pick%uint(len(rows))]
		for _, e := range []flowtable.Edit{flowtable.Change{Node: r.Node, Step: step}, flowtable.Add{At: r.Place, Step: step}, flowtable.Remove{Node: r.Node},
			flowtable.AddBeside{Node: r.Node, Step: step}, flowtable.AddWhen{At: r.Above, Condition: "a", Step: step}, flowtable.RemoveWay{Flow: r.Flow}, flowtable.Tidy{}} {
			out, err := flowtable.Apply(d, e)
			if err != nil {
				continue
			}
			if _, err := flow.Parse(out); err != nil {
				t.Fatalf("%#v: %v\n%s", e, err, out)
			}
		}
	})
}

// TestALargeFlow edits a flow of two thousand steps.
func TestALargeFlow(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(`<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d"><process id="p" isExecutable="true"><startEvent id="t0"/><sequenceFlow id="f0" sourceRef="t0" targetRef="t1"/>`)
	const n = 2000
	for i := 1; i <= n; i++ {
		fmt.Fprintf(&b, `<userTask id="t%d" name="第%d步"><incoming>f%d</incoming><outgoing>f%d</outgoing></userTask><sequenceFlow id="f%d" sourceRef="t%d" targetRef="t%d"/>`, i, i, i-1, i, i, i, i+1)
	}
	fmt.Fprintf(&b, `<endEvent id="t%d"/></process></definitions>`, n+1)
	src := []byte(b.String())
	out := apply(t, src, flowtable.Move{Node: "t1000", To: "f1500"})
	d := parse(t, out)
	if rows := flowtable.Of(d, nil).Steps(); len(rows) != n || rows[1499].Node != "t1000" {
		t.Errorf("%d steps", len(rows))
	}
	if list := flowtable.Compare(parse(t, src), d, nil); len(list) != 3 {
		t.Errorf("%d differences", len(list))
	}
}
