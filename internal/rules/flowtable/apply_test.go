package flowtable_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tongban/internal/rules/flow"
	"tongban/internal/rules/flowtable"
	"tongban/internal/rules/wording"
)

// plain is a flow as another tool might write it: foreign attributes and
// elements, comments, an annotation, a drawing.
const plain = `<?xml version="1.0" encoding="UTF-8"?>
<!-- before -->
<b:definitions xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:w="http://www.omg.org/spec/DD/20100524/DI" xmlns:o="urn:other" xmlns:tb="urn:tongban:bpmn:1" id="d" targetNamespace="urn:t" o:made="yes">
  <b:process id="p" name="示范" isExecutable="true">
    <b:extensionElements><o:whole a='1 &gt; 0'><![CDATA[<x>]]></o:whole></b:extensionElements>
    <b:startEvent id="s"/>
    <b:userTask id="accept" name="受理" tb:role="window" tb:post="window" tb:part="accept" tb:term="P5W" o:colour="blue">
      <b:documentation>看材料</b:documentation>
      <b:extensionElements><o:note>留着</o:note></b:extensionElements>
    </b:userTask>
    <!-- between -->
    <b:userTask id="decide" name="决定" tb:role="market" tb:post="decider" tb:part="decide"/>
    <b:endEvent id="e"/>
    <b:sequenceFlow id="f1" sourceRef="s" targetRef="accept"/>
    <b:sequenceFlow id="f2" sourceRef="accept" targetRef="decide"/>
    <b:sequenceFlow id="f3" sourceRef="decide" targetRef="e"/>
    <b:textAnnotation id="n1"><b:text>注</b:text></b:textAnnotation>
    <b:association id="a1" sourceRef="decide" targetRef="n1"/>
  </b:process>
  <di:BPMNDiagram id="dg"><di:BPMNPlane id="pl" bpmnElement="p">
    <di:BPMNShape id="s_di" bpmnElement="s"><dc:Bounds x="10" y="20" width="36" height="36"/></di:BPMNShape>
    <di:BPMNShape id="accept_di" bpmnElement="accept" o:stroke="red"><dc:Bounds x="100" y="0" width="100" height="80"/></di:BPMNShape>
    <di:BPMNShape id="decide_di" bpmnElement="decide"><dc:Bounds x="250" y="0" width="100" height="80"/></di:BPMNShape>
    <di:BPMNShape id="e_di" bpmnElement="e"><dc:Bounds x="400" y="22" width="36" height="36"/></di:BPMNShape>
    <di:BPMNEdge id="f1_di" bpmnElement="f1"><w:waypoint x="46" y="40"/><w:waypoint x="100" y="40"/></di:BPMNEdge>
    <di:BPMNEdge id="f2_di" bpmnElement="f2"><w:waypoint x="200" y="40"/><w:waypoint x="250" y="40"/></di:BPMNEdge>
    <di:BPMNEdge id="f3_di" bpmnElement="f3"><w:waypoint x="350" y="40"/><w:waypoint x="400" y="40"/></di:BPMNEdge>
    <di:BPMNEdge id="a1_di" bpmnElement="a1"><w:waypoint x="300" y="80"/><w:waypoint x="300" y="120"/></di:BPMNEdge>
  </di:BPMNPlane></di:BPMNDiagram>
</b:definitions>
<!-- behind -->
`

type fataler interface {
	Helper()
	Fatalf(string, ...any)
}

func parse(t fataler, src []byte) *flow.Definition {
	t.Helper()
	d, err := flow.Parse(src)
	if err != nil {
		t.Fatalf("parse: %v\n%s", err, src)
	}
	return d
}

func apply(t fataler, src []byte, e flowtable.Edit) []byte {
	t.Helper()
	out, err := flowtable.Apply(parse(t, src), e)
	if err != nil {
		t.Fatalf("%#v: %v", e, err)
	}
	return out
}

var step = flowtable.Step{Kind: flow.KindUser, Name: "现场核查", Role: "fire", Post: "inspector", Part: "visit", Officers: 2, Term: "P7W",
	About: flow.About{Special: "testing", Risk: "“打招呼” <改结论> & 拖", Guard: "两人到场\n录像", Basis: "行政许可法第三十四条"}}

// canon reads a file with a reader that knows nothing of BPMN and lists what it
// holds, each thing with its place: elements by id or place among their like,
// attributes, texts, comments. What has no id stands under what has one.
func canon(t fataler, src []byte) map[string]string {
	t.Helper()
	dec := xml.NewDecoder(bytes.NewReader(src))
	dec.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	all, path, texts := map[string]string{}, []string{""}, []string{""}
	note := func(key, value string) {
		for n := 0; ; n++ {
			if _, twice := all[fmt.Sprint(key, "#", n)]; !twice {
				all[fmt.Sprint(key, "#", n)] = value
				return
			}
		}
	}
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, src)
		}
		at := path[len(path)-1]
		switch tok := tok.(type) {
		case xml.StartElement:
			var attrs []string
			own := at + "/" + tok.Name.Local
			for _, a := range tok.Attr {
				if a.Name.Local == "id" && a.Name.Space == "" {
					own = tok.Name.Local + ":" + a.Value
				}
				attrs = append(attrs, fmt.Sprintf("%s %s=%q", a.Name.Space, a.Name.Local, a.Value))
			}
			sort.Strings(attrs)
			note(own, tok.Name.Space+" "+strings.Join(attrs, " "))
			path, texts = append(path, own), append(texts, "")
		case xml.EndElement:
			if s := strings.TrimSpace(texts[len(texts)-1]); s != "" {
				note(at+" text", s)
			}
			path, texts = path[:len(path)-1], texts[:len(texts)-1]
		case xml.CharData:
			texts[len(texts)-1] += string(tok)
		case xml.Comment:
			note(at+" comment", string(tok))
		}
	}
}

// touched lists what differs between two files.
func touched(t fataler, a, b []byte) (gone, added, changed []string) {
	t.Helper()
	x, y := canon(t, a), canon(t, b)
	for k, v := range x {
		if w, ok := y[k]; !ok {
			gone = append(gone, k)
		} else if v != w {
			changed = append(changed, k)
		}
	}
	for k := range y {
		if _, ok := x[k]; !ok {
			added = append(added, k)
		}
	}
	for _, list := range [][]string{gone, added, changed} {
		sort.Strings(list)
	}
	return gone, added, changed
}

func TestOnlyWhatIsEditedDiffers(t *testing.T) {
	t.Parallel()
	const d = "decide"
	for name, c := range map[string]struct {
		edit                 flowtable.Edit
		gone, added, changed string
	}{
		"change": {flowtable.Change{Node: "accept", Step: flowtable.Step{Kind: flow.KindUser, Name: "收件", Role: "window", Post: "window", Part: "accept", Term: "P3W"}},
			"", "", "userTask:accept#0"},
		"kind": {flowtable.Change{Node: d, Step: flowtable.Step{Kind: flow.KindManual, Name: "决定", Role: "market", Post: "decider", Part: "decide"}},
			"userTask:decide#0", "manualTask:decide#0", ""},
		"the same": {flowtable.Change{Node: d, Step: flowtable.Step{Kind: flow.KindUser, Name: "决定", Role: "market", Post: "decider", Part: "decide"}}, "", "", ""},
		"add": {flowtable.Add{At: "f2", Step: step}, "",
			"BPMNEdge:flow_1_di_1#0 BPMNEdge:flow_1_di_1/waypoint#0 BPMNEdge:flow_1_di_1/waypoint#1 BPMNShape:step_1_di_1#0 BPMNShape:step_1_di_1/Bounds#0 sequenceFlow:flow_1#0 userTask:step_1#0 userTask:step_1/incoming#0 userTask:step_1/incoming text#0 userTask:step_1/outgoing#0 userTask:step_1/outgoing text#0",
			"sequenceFlow:f2#0"},
		"remove": {flowtable.Remove{Node: d},
			"BPMNEdge:a1_di#0 BPMNEdge:a1_di/waypoint#0 BPMNEdge:a1_di/waypoint#1 BPMNEdge:f3_di#0 BPMNEdge:f3_di/waypoint#0 BPMNEdge:f3_di/waypoint#1 BPMNShape:decide_di#0 BPMNShape:decide_di/Bounds#0 association:a1#0 sequenceFlow:f3#0 userTask:decide#0",
			"", "sequenceFlow:f2#0"},
	} {
		gone, added, changed := touched(t, []byte(plain), apply(t, []byte(plain), c.edit))
		changed = slices.DeleteFunc(changed, func(s string) bool { return strings.HasPrefix(s, "BPMNEdge:f2_di/") })
		added = slices.DeleteFunc(added, func(s string) bool {
			return strings.HasPrefix(s, "BPMNEdge:f2_di/") || strings.HasPrefix(s, "BPMNEdge:flow_1_di_1/waypoint#")
		})
		want := strings.ReplaceAll(strings.ReplaceAll(c.added, " BPMNEdge:flow_1_di_1/waypoint#0", ""), " BPMNEdge:flow_1_di_1/waypoint#1", "")
		sort.Strings(added)
		wanted := strings.Fields(strings.ReplaceAll(want, " text#", "~"))
		sort.Strings(wanted)
		for i := range added {
			added[i] = strings.ReplaceAll(added[i], " text#", "~")
		}
		sort.Strings(added)
		if got := strings.Join(gone, " "); got != c.gone {
			t.Errorf("%s: gone %s", name, got)
		}
		if !slices.Equal(added, wanted) {
			t.Errorf("%s: added %s", name, strings.Join(added, " "))
		}
		if got := strings.Join(changed, " "); got != c.changed {
			t.Errorf("%s: changed %s", name, got)
		}
	}
}

func TestAStepComesBackAsItWasTyped(t *testing.T) {
	t.Parallel()
	for _, src := range []string{plain, strings.ReplaceAll(strings.ReplaceAll(plain, ` xmlns:tb="urn:tongban:bpmn:1"`, ""), "tb:", "o:tb-")} {
		d := parse(t, apply(t, []byte(src), flowtable.Add{At: "f2", Step: step}))
		if got := flowtable.StepOf(d.Node("step_1")); got != step {
			t.Errorf("added: %+v", got)
		}
		d = parse(t, apply(t, []byte(src), flowtable.Change{Node: "decide", Step: step}))
		if got := flowtable.StepOf(d.Node("decide")); got != step {
			t.Errorf("changed: %+v", got)
		}
	}
}

// TestEditsKeepAFlowSound grows flows by random edits from a plain one. After
// each the flow may run, everything of other tools is there, every node and way
// is drawn, and an edit that is taken back by its opposite leaves an equal flow.
func TestEditsKeepAFlowSound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		src := []byte(plain)
		for range rapid.IntRange(1, 8).Draw(t, "edits") {
			src = grow(t, src)
		}
		d := parse(t, src)
		if r := flow.Check(d, nil); !r.OK {
			t.Fatalf("%v\n%s", r.Problems, src)
		}
		for _, keep := range []string{`<!-- before -->`, `<!-- between -->`, `<!-- behind -->`, `o:made="yes"`, `<o:whole a='1 &gt; 0'><![CDATA[<x>]]></o:whole>`, `<b:text>注</b:text>`} {
			if !bytes.Contains(src, []byte(keep)) {
				t.Fatalf("lost: %s\n%s", keep, src)
			}
		}
		drawn := map[string]bool{}
		for _, s := range d.Diagram.Shapes {
			drawn[s.Element] = true
		}
		for _, e := range d.Diagram.Edges {
			drawn[e.Element] = true
		}
		for _, n := range d.Nodes {
			if !drawn[n.ID] {
				t.Fatalf("%s is not drawn", n.ID)
			}
		}
		for _, f := range d.Flows {
			if !drawn[f.ID] {
				t.Fatalf("%s is not drawn", f.ID)
			}
		}
		for _, e := range d.Diagram.Edges {
			if strings.HasPrefix(e.Element, "a1") {
				continue
			}
			if d.Flow(e.Element) == nil {
				t.Fatalf("%s is drawn and gone", e.Element)
			}
		}
	})
}

// grow makes one random edit that a table offers.
func grow(t *rapid.T, src []byte) []byte {
	d := parse(t, src)
	rows := flowtable.Of(d, nil).Rows
	r := rapid.SampledFrom(rows).Draw(t, "row")
	s := flowtable.Step{Kind: rapid.SampledFrom(flowtable.Kinds()).Draw(t, "kind"), Name: "加的一步", Action: "do"}
	var e flowtable.Edit
	switch act := rapid.SampledFrom([]string{"add", "before", "when", "beside", "way", "remove", "cut", "move", "steer", "tidy"}).Draw(t, "act"); {
	case act == "add" && r.Place != "":
		e = flowtable.Add{At: r.Place, Step: s}
	case act == "before" && r.Above != "":
		e = flowtable.Add{At: r.Above, Step: s}
	case act == "when" && r.Place != "":
		e = flowtable.AddWhen{At: r.Place, Name: "要不要", Condition: "form.area > 1", Step: s}
	case act == "beside" && (r.Kind == flowtable.RowStep || r.Kind == flowtable.RowSplit):
		e = flowtable.AddBeside{Node: r.Node, Step: s}
	case act == "way" && r.Kind == flowtable.RowChoice:
		e = flowtable.AddWay{Gateway: r.Node, Way: flowtable.Way{Name: "另一路", Condition: "form.b"}, Step: s}
	case act == "remove" && r.Kind == flowtable.RowStep:
		e = flowtable.Remove{Node: r.Node}
	case act == "cut" && (r.Kind == flowtable.RowBranch || r.Kind == flowtable.RowWay && !r.Way.Otherwise):
		e = flowtable.RemoveWay{Flow: r.Flow}
	case act == "move" && r.Kind == flowtable.RowStep:
		up, down := flowtable.Of(d, nil).Neighbours(d, r.Node)
		to := rapid.SampledFrom([]string{up, down}).Draw(t, "to")
		if to == "" {
			return src
		}
		e = flowtable.Move{Node: r.Node, To: to}
	case act == "steer" && r.Kind == flowtable.RowWay && !r.Way.Otherwise:
		e = flowtable.Steer{Flow: r.Flow, Way: flowtable.Way{Name: "改了", Condition: `decision == "granted"`}}
	case act == "tidy":
		e = flowtable.Tidy{}
	default:
		return src
	}
	out := apply(t, src, e)
	if r := flow.Check(parse(t, out), nil); !r.OK {
		t.Fatalf("%#v left %v\nfrom %s\nto %s", e, r.Problems, src, out)
	}
	return out
}

// TestModelsOfOtherTools edits the files of the interchange group, of the
// demonstration county and of an old encoding: what an edit does not name is there.
func TestModelsOfOtherTools(t *testing.T) {
	t.Parallel()
	var files []string
	for _, pattern := range []string{"../flow/testdata/miwg/*.bpmn", "../../demo/county/items/*/flow.bpmn"} {
		list, err := filepath.Glob(pattern)
		if err != nil || len(list) < 8 {
			t.Fatalf("%s: %v %v", pattern, list, err)
		}
		files = append(files, list...)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		d := parse(t, src)
		if got := flow.Write(d); !bytes.Equal(got, src) && d.Diagram != nil {
			t.Errorf("%s: not as it came", file)
		}
		for i, r := range flowtable.Of(d, nil).Rows {
			if r.Kind == flowtable.RowGo {
				continue
			}
			for k, e := range []flowtable.Edit{
				flowtable.Change{Node: r.Node, Step: flowtable.Step{Kind: r.Type, Name: "新名字", Officers: 3}}, flowtable.Add{At: r.Place, Step: step},
				flowtable.Remove{Node: r.Node}, flowtable.AddBeside{Node: r.Node, Step: step},
			} {
				if len(src) > 40_000 && (i+k)%4 != 0 {
					continue // the large ones row by row, one edit each
				}
				survives(t, file, src, e)
			}
		}
	}
}

// survives holds that an edit that can be done takes nothing away beyond what it
// names and what leads there.
func survives(t *testing.T, file string, src []byte, e flowtable.Edit) {
	t.Helper()
	out, err := flowtable.Apply(parse(t, src), e)
	if err != nil {
		return
	}
	gone, _, changed := touched(t, src, out)
	removed, isRemove := e.(flowtable.Remove)
	for _, k := range gone {
		if !isRemove && !strings.Contains(k, "incoming") && !strings.Contains(k, "waypoint") {
			t.Errorf("%s: %#v took %s", file, e, k)
		}
	}
	if _, isChange := e.(flowtable.Change); isChange && len(changed) > 1 {
		t.Errorf("%s: %#v changed %v", file, e, changed)
	}
	if isRemove && parse(t, out).Node(removed.Node) != nil {
		t.Errorf("%s: %s is still there", file, removed.Node)
	}
}

func TestEditsThatCannotBeDone(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("长", 600)
	for want, e := range map[string]flowtable.Edit{
		"edit.gone":      flowtable.Change{Node: "x", Step: step},
		"edit.place":     flowtable.Add{At: "x", Step: step},
		"edit.name":      flowtable.Add{At: "f2"},
		"edit.long":      flowtable.Add{At: "f2", Step: flowtable.Step{Name: long}},
		"edit.officers":  flowtable.Change{Node: "accept", Step: flowtable.Step{Name: "受理", Officers: 100}},
		"edit.term":      flowtable.Change{Node: "accept", Step: flowtable.Step{Name: "受理", Term: "七天"}},
		"edit.special":   flowtable.Change{Node: "accept", Step: flowtable.Step{Name: "受理", About: flow.About{Special: "lunch"}}},
		"edit.ends":      flowtable.Remove{Node: "s"},
		"edit.condition": flowtable.AddWhen{At: "f2", Step: step},
		"edit.no_choice": flowtable.Steer{Flow: "f2", Way: flowtable.Way{Condition: "a"}},
		"edit.no_way":    flowtable.RemoveWay{Flow: "f2"},
		"edit.here":      flowtable.Move{Node: "decide", To: "f2"},
		"edit.beside":    flowtable.AddBeside{Node: "e", Step: step},
	} {
		_, err := flowtable.Apply(parse(t, []byte(plain)), e)
		var m wording.Message
		if !errors.As(err, &m) || m.Key != "flowtable."+want || strings.Contains(m.Error(), "⟦") || strings.Contains(m.In(wording.EN), "⟦") {
			t.Errorf("%s: %v", want, err)
		}
	}
}
