package flow_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"tongban/internal/rules/flow"
)

// joint is the demonstration's shape: accept, three bodies at once, decide,
// correct, issue, deliver; with a reminder and a term that interrupts.
func joint() string {
	timer := func(term string) string {
		return `<timerEventDefinition><timeDuration>` + term + `</timeDuration></timerEventDefinition>`
	}
	return process(`<startEvent id="s"/><endEvent id="z" name="办结"/><endEvent id="z2" name="提醒完"/>
<userTask id="accept" name="受理" tb:role="window" tb:post="window" tb:part="accept" tb:term="P5W"/>
<parallelGateway id="and1"/><parallelGateway id="and2"/>
<userTask id="market" name="审查"/><userTask id="fire" name="核查" tb:officers="2"/><userTask id="opinion" name="意见"/>
<intermediateCatchEvent id="report" name="检测报告"><messageEventDefinition/></intermediateCatchEvent>
<boundaryEvent id="late" attachedToRef="fire" cancelActivity="false">` + timer("P7W") + `</boundaryEvent><userTask id="remind" name="催办"/>
<userTask id="decide" name="决定"/><boundaryEvent id="over" attachedToRef="decide">` + timer("P20W") + `</boundaryEvent><userTask id="explain" name="说明理由"/>
<exclusiveGateway id="x" default="no"/><serviceTask id="issue" name="制证" tb:action="issue"/><manualTask id="deliver" name="送达"/>
<sequenceFlow id="yes" sourceRef="x" targetRef="issue"><conditionExpression>granted</conditionExpression></sequenceFlow>
<sequenceFlow id="no" sourceRef="x" targetRef="deliver"/>` +
		edges("s>accept", "accept>and1", "and1>market", "and1>fire", "and1>report", "market>and2", "fire>opinion", "opinion>and2", "report>and2",
			"late>remind", "remind>z2", "and2>decide", "decide>x", "over>explain", "explain>x", "issue>deliver", "deliver>z"))
}

// play steps a flow and remembers what is open, as the proceeding does.
type play struct {
	t  *testing.T
	d  *flow.Definition
	st flow.State
	fx []flow.Effect
}

func begin(t *testing.T, src string) *play {
	t.Helper()
	p := &play{t: t, d: mustParse(t, []byte(src))}
	if r := flow.Check(p.d, nil); !r.OK {
		t.Fatal(complaints(r))
	}
	p.do(flow.Start{Instance: "case-1"})
	return p
}

func (p *play) do(ev flow.Event) []flow.Effect {
	p.t.Helper()
	st, fx, err := flow.Step(p.d, p.st, ev, named{})
	if err != nil {
		p.t.Fatalf("%#v: %v", ev, err)
	}
	p.st, p.fx = st, fx
	return fx
}

func (p *play) fails(ev flow.Event, want flow.Fault) {
	p.t.Helper()
	before := p.open()
	_, fx, err := flow.Step(p.d, p.st, ev, named{})
	var e *flow.Error
	if !errors.As(err, &e) || e.Fault != want || len(fx) > 0 {
		p.t.Fatalf("%#v: got %v, want %s", ev, err, want)
	}
	if strings.ContainsAny(e.Error(), "⟦{") {
		p.t.Errorf("badly worded: %s", e.Error())
	}
	if p.open() != before {
		p.t.Error("a failed step changed the state")
	}
}

// task is the number of the open token at a node.
func (p *play) task(node string) int {
	p.t.Helper()
	for _, t := range p.st.Tokens {
		if t.Node == node {
			return t.ID
		}
	}
	p.t.Fatalf("%s is not open: %s", node, p.open())
	return 0
}

func (p *play) done(nodes ...string) {
	p.t.Helper()
	for _, n := range nodes {
		p.do(flow.Done{Task: p.task(n), Facts: map[string]any{"granted": true}})
	}
}

func (p *play) open() string {
	var list []string
	for _, t := range p.st.Tokens {
		list = append(list, t.Node)
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

func (p *play) wants(open string) {
	p.t.Helper()
	if p.open() != open {
		p.t.Fatalf("open: %q, want %q", p.open(), open)
	}
}

func TestCaseFromStartToEnd(t *testing.T) {
	t.Parallel()
	p := begin(t, joint())
	if want := []flow.Effect{flow.OpenTask{ID: 1, Node: "accept",
		Task: flow.Task{Role: "window", Post: "window", Part: "accept", Term: "P5W"}}}; !reflect.DeepEqual(p.fx, want) {
		t.Fatalf("start: %#v", p.fx)
	}
	p.done("accept")
	p.wants("fire market report")
	if !slices.Contains(p.fx, flow.Effect(flow.SetTimer{ID: "3/late", Node: "late", Term: "P7W"})) {
		t.Errorf("no timer: %#v", p.fx)
	}
	p.done("market")
	p.do(flow.Message{Name: "检测报告"})
	p.done("fire")
	if !slices.Contains(p.fx, flow.Effect(flow.ClearTimer{ID: "3/late", Node: "late"})) {
		t.Errorf("timer not cleared: %#v", p.fx)
	}
	p.done("opinion", "decide")
	p.wants("issue")
	job := p.fx[len(p.fx)-1].(flow.Service)
	if job.Action != "issue" || len(job.ID) != 32 {
		t.Fatalf("job %#v", job)
	}
	p.fails(flow.Done{Task: job.Token}, flow.FaultUnknown) // no person finishes a job
	p.do(flow.Message{ID: job.ID})
	p.fails(flow.Message{ID: job.ID}, flow.FaultGone) // the answer came twice
	p.done("deliver")
	if p.st.Over != flow.OverEnded || p.st.End != "z" || !reflect.DeepEqual(p.fx, []flow.Effect{flow.Ended{End: "z"}}) {
		t.Fatalf("end: %+v %#v", p.st, p.fx)
	}
	p.fails(flow.Done{Task: 1}, flow.FaultOver)
	p.fails(flow.Start{}, flow.FaultOver)
}

func TestTwoClickAtOnce(t *testing.T) {
	t.Parallel()
	p := begin(t, joint())
	first := p.task("accept")
	p.done("accept")
	p.fails(flow.Done{Task: first}, flow.FaultGone)
	p.fails(flow.Done{Task: 99}, flow.FaultUnknown)
	p.fails(flow.Timer{ID: "1/late"}, flow.FaultGone)
	p.fails(flow.Timer{ID: "x"}, flow.FaultUnknown)
	p.fails(flow.Message{Name: "谁也不等的"}, flow.FaultGone)
}

func TestReminderAndInterruption(t *testing.T) {
	t.Parallel()
	p := begin(t, joint())
	p.done("accept")
	fire := p.task("fire")
	p.do(flow.Timer{ID: fmt.Sprintf("%d/late", fire)})
	p.wants("fire market remind report")
	p.fails(flow.Timer{ID: fmt.Sprintf("%d/late", fire)}, flow.FaultGone)
	p.done("market", "fire", "opinion")
	p.do(flow.Message{Name: "report"})
	p.wants("decide remind") // the join does not wait for the reminder
	decide := p.task("decide")
	fx := p.do(flow.Timer{ID: fmt.Sprintf("%d/over", decide)})
	want := []flow.Effect{flow.CloseTask{ID: decide, Node: "decide", Why: flow.Interrupted},
		flow.OpenTask{ID: p.task("explain"), Node: "explain"}}
	if !reflect.DeepEqual(fx, want) {
		t.Fatalf("interrupted: %#v", fx)
	}
	p.done("explain")
	p.do(flow.Message{ID: p.fx[0].(flow.Service).ID})
	p.done("deliver")
	if p.st.Over != "" || p.st.End != "z" {
		t.Fatal("ended although the reminder is open")
	}
	p.done("remind")
	if p.st.Over != flow.OverEnded || p.st.End != "z" {
		t.Fatalf("end: %+v", p.st)
	}
}

func TestSendBack(t *testing.T) {
	t.Parallel()
	before := func(t *testing.T) *play { // decide is open, all three branches are done
		p := begin(t, joint())
		p.done("accept", "fire", "market", "opinion")
		p.do(flow.Message{Name: "report"})
		p.wants("decide")
		return p
	}
	t.Run("before the block: all of it is withdrawn", func(t *testing.T) {
		t.Parallel()
		p := begin(t, joint())
		p.done("accept", "market")
		fire := p.task("fire")
		p.do(flow.Timer{ID: fmt.Sprintf("%d/late", fire)})
		p.do(flow.Return{Task: fire, To: "accept"})
		p.wants("accept")
		if len(p.st.Arrived) > 0 || p.st.HasPassed("market") || p.st.HasPassed("accept") {
			t.Errorf("left behind: %+v", p.st)
		}
		p.done("accept")
		p.wants("fire market report")
	})
	t.Run("into a joined branch: the others stay done", func(t *testing.T) {
		t.Parallel()
		p := before(t)
		if got := flow.Targets(p.d, p.st, p.task("decide")); !reflect.DeepEqual(got, []string{"accept", "fire", "market", "opinion"}) {
			t.Fatalf("targets %v", got)
		}
		decide := p.task("decide")
		fx := p.do(flow.Return{Task: decide, To: "fire"})
		p.wants("fire")
		if !slices.Contains(fx, flow.Effect(flow.CloseTask{ID: decide, Node: "decide", Why: flow.Returned})) {
			t.Errorf("decide not closed: %#v", fx)
		}
		if !p.st.HasPassed("market") || p.st.HasPassed("opinion") || p.st.HasPassed("and2") {
			t.Errorf("passed: %v", p.st.Passed)
		}
		p.done("fire", "opinion")
		p.wants("decide")
	})
	t.Run("within a branch", func(t *testing.T) {
		t.Parallel()
		p := begin(t, joint())
		p.done("accept", "fire")
		p.do(flow.Return{Task: p.task("opinion"), To: "fire"})
		p.wants("fire market report")
	})
	t.Run("never to a sister, onward, or off a side path", func(t *testing.T) {
		t.Parallel()
		p := begin(t, joint())
		p.done("accept")
		p.do(flow.Timer{ID: fmt.Sprintf("%d/late", p.task("fire"))})
		p.done("market", "fire")
		p.fails(flow.Return{Task: p.task("opinion"), To: "market"}, flow.FaultNotThere)
		p.fails(flow.Return{Task: p.task("opinion"), To: "decide"}, flow.FaultNotThere)
		p.fails(flow.Return{Task: p.task("opinion"), To: "nowhere"}, flow.FaultNotThere)
		p.fails(flow.Return{Task: p.task("remind"), To: "accept"}, flow.FaultNotThere)
		p.fails(flow.Return{Task: 1, To: "accept"}, flow.FaultGone)
	})
}

func TestCancelClosesEverything(t *testing.T) {
	t.Parallel()
	p := begin(t, joint())
	p.done("accept", "market")
	fx := p.do(flow.Cancel{})
	if p.st.Over != flow.OverCancelled || len(p.st.Tokens)+len(p.st.Arrived) > 0 || len(fx) != 2 {
		t.Fatalf("%+v %#v", p.st, fx)
	}
}

func TestConditionThatCannotBeAnswered(t *testing.T) {
	t.Parallel()
	p := begin(t, joint())
	p.done("accept", "fire", "market", "opinion")
	p.do(flow.Message{Name: "report"})
	p.fails(flow.Done{Task: p.task("decide"), Facts: map[string]any{}}, flow.FaultCondition)
	if _, _, err := flow.Step(p.d, p.st, flow.Done{Task: p.task("decide")}, nil); err == nil {
		t.Error("a choice without an evaluator")
	}
}

func TestUnsoundFlowIsNotStepped(t *testing.T) {
	t.Parallel()
	d := mustParse(t, []byte(process(ends+`<userTask id="a"/>`+edges("s>a"))))
	var e *flow.Error
	if _, _, err := flow.Step(d, flow.State{}, flow.Start{}, nil); !errors.As(err, &e) || e.Fault != flow.FaultState {
		t.Fatal(err)
	}
}

// TestStoredStates steps every state that a binary ever stored. Add to the
// folder when the form changes; never take away.
func TestStoredStates(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/states/*.json")
	if err != nil || len(files) < 6 {
		t.Fatalf("%d states, %v", len(files), err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var stored struct {
			Flow  string          `json:"flow"`
			State json.RawMessage `json:"state"`
			Event struct {
				Kind string `json:"kind"`
				Task int    `json:"task"`
				To   string `json:"to"`
				ID   string `json:"id"`
				Name string `json:"name"`
			} `json:"event"`
			Open []string `json:"open"`
			Over string   `json:"over"`
		}
		if err := json.Unmarshal(b, &stored); err != nil {
			t.Fatal(file, err)
		}
		src, err := os.ReadFile(filepath.Join("testdata/states", stored.Flow))
		if err != nil {
			t.Fatal(err)
		}
		p := &play{t: t, d: mustParse(t, src)}
		if err := json.Unmarshal(stored.State, &p.st); err != nil {
			t.Fatal(file, err)
		}
		f := map[string]any{"granted": true}
		e := stored.Event
		p.do(map[string]flow.Event{
			"done": flow.Done{Task: e.Task, Facts: f}, "return": flow.Return{Task: e.Task, To: e.To, Facts: f}, "cancel": flow.Cancel{},
			"timer": flow.Timer{ID: e.ID, Facts: f}, "message": flow.Message{ID: e.ID, Name: e.Name, Facts: f},
		}[e.Kind])
		if got := p.open(); got != strings.Join(stored.Open, " ") || string(p.st.Over) != stored.Over {
			t.Errorf("%s: open %q over %q", file, got, p.st.Over)
		}
		again, err := json.Marshal(p.st)
		var back flow.State
		if err != nil || json.Unmarshal(again, &back) != nil || !reflect.DeepEqual(back, p.st) {
			t.Errorf("%s: state does not come back from JSON: %s", file, again)
		}
	}
}
