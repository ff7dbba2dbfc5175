package flow_test

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tongban/internal/rules/flow"
)

// TestWriteAddsADrawing writes a flow without a drawing: everything that was
// there is there, what other tools put in included, and now it is drawn too.
func TestWriteAddsADrawing(t *testing.T) {
	t.Parallel()
	src := strings.Replace(joint(), `<userTask id="market" name="审查"/>`,
		`<userTask id="market" name="审查" xmlns:o="urn:other" o:colour="blue"><extensionElements><o:x a="1">是</o:x></extensionElements></userTask>
<laneSet id="ls"><lane id="l1" name="窗口"><flowNodeRef>s</flowNodeRef><flowNodeRef>accept</flowNodeRef></lane><lane id="l2" name="机关"><flowNodeRef>market</flowNodeRef></lane></laneSet>`, 1)
	d := mustParse(t, []byte(src))
	out := flow.Write(d)
	at := strings.LastIndex(src, "</definitions>")
	if !bytes.HasPrefix(out, []byte(src[:at])) || !bytes.HasSuffix(out, []byte(src[at:])) {
		t.Fatal("something of the file was lost")
	}
	again := mustParse(t, out)
	if again.Diagram == nil || !flow.Check(again, nil).OK {
		t.Fatal("no drawing, or no flow any more")
	}
	for _, n := range d.Nodes {
		if again.Diagram.Shape(n.ID) == nil {
			t.Errorf("%s is not drawn", n.ID)
		}
	}
	if len(again.Diagram.Edges) != len(d.Flows) || again.Diagram.Shape("l1") == nil {
		t.Errorf("%d of %d flows are drawn", len(again.Diagram.Edges), len(d.Flows))
	}
	if twice := flow.Write(again); !bytes.Equal(twice, out) {
		t.Error("written twice, it differs")
	}
}

// TestWriteKeepsTheEncoding puts the drawing into a Latin-1 file at the right byte.
func TestWriteKeepsTheEncoding(t *testing.T) {
	t.Parallel()
	src := strings.Replace(process(ends+`<userTask id="a" name="Prüfung"/>`+edges("s>a", "a>z")), "办结", "Schluß", 1)
	src = strings.Replace(src, "UTF-8", "ISO-8859-1", 1)
	var latin []byte
	for _, r := range src {
		latin = append(latin, byte(r))
	}
	d := mustParse(t, latin)
	if d.Node("a").Name != "Prüfung" {
		t.Fatalf("read as %q", d.Node("a").Name)
	}
	again := mustParse(t, flow.Write(d))
	if again.Node("z").Name != "Schluß" || again.Diagram == nil {
		t.Error("the drawing broke the file")
	}
}

// TestWritesForAnIndependentReader leaves what the package writes in the
// folder that TONGBAN_BPMN_OUT names, for tests/bpmn to read.
func TestWritesForAnIndependentReader(t *testing.T) {
	dir := os.Getenv("TONGBAN_BPMN_OUT")
	if dir == "" {
		dir = t.TempDir()
	}
	save := func(name string, src []byte) {
		out := flow.Write(mustParse(t, src))
		if err := os.WriteFile(filepath.Join(dir, name), out, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob("testdata/miwg/*.bpmn")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		save("miwg-"+filepath.Base(file), src)
	}
	save("joint.bpmn", []byte(joint()))
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		if n++; n <= 40 {
			save(fmt.Sprintf("grown-%02d.bpmn", n), nested(rt, 10, true).xml())
		}
	})
}

// TestLayout draws every node once, none over another, and every flow from its
// source to its target, both ways of reading.
func TestLayout(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := mustParse(t, nested(t, 8, true).xml())
		for _, dir := range []flow.Direction{flow.Across, flow.Downwards} {
			g := flow.Layout(d, dir)
			if len(g.Shapes) != len(d.Nodes) || len(g.Edges) != len(d.Flows) {
				t.Fatalf("%d shapes of %d nodes, %d edges of %d flows", len(g.Shapes), len(d.Nodes), len(g.Edges), len(d.Flows))
			}
			for i, a := range g.Shapes {
				for _, b := range g.Shapes[:i] {
					if boundary := d.Node(a.Element).Host != nil || d.Node(b.Element).Host != nil; !boundary && overlap(a.Box, b.Box) {
						t.Fatalf("%s and %s overlap", a.Element, b.Element)
					}
				}
			}
			for _, e := range g.Edges {
				f := d.Flow(e.Element)
				if !touches(e.Points[0], g.Shape(f.From.ID).Box) || !touches(e.Points[len(e.Points)-1], g.Shape(f.To.ID).Box) {
					t.Fatalf("%s does not reach from %s to %s", f.ID, f.From.ID, f.To.ID)
				}
			}
		}
	})
}

func overlap(a, b flow.Box) bool {
	return a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H
}

func touches(p flow.Point, b flow.Box) bool {
	const near = 0.5
	return p.X > b.X-near && p.X < b.X+b.W+near && p.Y > b.Y-near && p.Y < b.Y+b.H+near
}

// TestOutlineTellsEachNodeOnce holds the text beside the flow.
func TestOutlineTellsEachNodeOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := mustParse(t, nested(t, 8, true).xml())
		told := map[string]int{}
		for _, l := range flow.Outline(d, nil) {
			told[l.Node]++
			if l.Text.IsZero() || l.Depth < 0 {
				t.Fatalf("empty line %+v", l)
			}
		}
		for _, n := range d.Nodes {
			quiet := n.Kind == flow.KindParallel || n.Kind == flow.KindChoice
			if told[n.ID] > 1 || (told[n.ID] == 0 && !quiet) {
				t.Fatalf("%s %s is told %d times\n%s", n.Kind, n.ID, told[n.ID], text(d))
			}
		}
	})
}

func text(d *flow.Definition) string {
	var b strings.Builder
	for _, l := range flow.Outline(d, nil) {
		fmt.Fprintf(&b, "%s%s\n", strings.Repeat("  ", l.Depth), l.Text.Error())
	}
	return b.String()
}

func TestOutlineOfTheJointCase(t *testing.T) {
	t.Parallel()
	want := `开始
受理
下面 3 路同时办，都办完再往下
  第 1 路
    审查
  第 2 路
    核查
      过了 7 个工作日 还没办完，同时：
        催办
        结束：提醒完
    意见
  第 3 路
    等待：检测报告
3 路都办完，合到一起
决定
  过了 20 个工作日 还没办完，改走：
    说明理由
    转到：看情况走一条路
看情况走一条路
  granted时
    制证
  其他情况
送达
结束：办结
`
	if got := text(mustParse(t, []byte(joint()))); got != want {
		t.Errorf("got\n%s", got)
	}
}

// FuzzParse looks for input that makes the reader, the check, the drawing's
// layout or the writer fall over, and holds that a file comes back unchanged.
func FuzzParse(f *testing.F) {
	f.Add([]byte(joint()))
	f.Add([]byte(process(ends + `<subProcess id="x"><task id="y"/></subProcess>` + edges("s>x", "x>z"))))
	f.Add([]byte(`<?xml version="1.0" encoding="ISO-8859-1"?><a:definitions xmlns:a="http://www.omg.org/spec/BPMN/20100524/MODEL"/>`))
	f.Fuzz(func(t *testing.T, src []byte) {
		d, err := flow.Parse(src)
		if err != nil {
			return
		}
		r := flow.Check(d, nil)
		if r.OK {
			st, _, err := flow.Step(d, flow.State{}, flow.Start{}, nil)
			if err == nil && st.V != flow.StateVersion {
				t.Error("a start that did not start")
			}
		}
		for _, dir := range []flow.Direction{flow.Across, flow.Downwards} {
			if b := flow.Layout(d, dir).Bounds(); math.IsNaN(b.W) || math.IsInf(b.H, 0) {
				t.Errorf("bounds %v", b)
			}
		}
		flow.Outline(d, nil)
		out := flow.Write(d)
		again, err := flow.Parse(out)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, out)
		}
		if got := flow.Check(again, nil); got.OK != r.OK || len(got.Refused) != len(r.Refused) {
			t.Errorf("written, it is judged otherwise")
		}
	})
}
