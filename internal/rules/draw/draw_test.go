package draw_test

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tongban/internal/rules/draw"
	"tongban/internal/rules/flow"
	"tongban/internal/rules/wording"
)

func read(t *testing.T, file string) *flow.Definition {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	d, err := flow.Parse(src)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// picture is what a test looks at: elements and attributes as they were read back.
type picture struct {
	elements map[string]int
	attrs    map[string][]string
	ids      map[string]bool
	text     string
}

// look reads the SVG as XML and refuses what a strict policy would block.
func look(t *testing.T, svg []byte) picture {
	t.Helper()
	p := picture{map[string]int{}, map[string][]string{}, map[string]bool{}, ""}
	dec := xml.NewDecoder(strings.NewReader(string(svg)))
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return p
		}
		if err != nil {
			t.Fatalf("not XML: %v\n%s", err, svg)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			p.elements[tok.Name.Local]++
			for _, a := range tok.Attr {
				p.attrs[a.Name.Local] = append(p.attrs[a.Name.Local], a.Value)
				if a.Name.Local == "id" {
					if p.ids[a.Value] {
						t.Errorf("id %s twice", a.Value)
					}
					p.ids[a.Value] = true
				}
				if a.Name.Local == "style" || strings.HasPrefix(a.Name.Local, "on") || strings.Contains(a.Value, "NaN") {
					t.Errorf("attribute %s=%q", a.Name.Local, a.Value)
				}
			}
		case xml.CharData:
			p.text += string(tok)
		}
		if p.elements["style"]+p.elements["script"]+p.elements["foreignObject"] > 0 {
			t.Fatal("an element that a strict policy blocks")
		}
	}
}

// TestEveryModelIsDrawn draws each interchange model whole: every shape of the
// file's drawing is in the picture, whatever runs of it.
func TestEveryModelIsDrawn(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../flow/testdata/miwg/*.bpmn")
	if err != nil || len(files) < 8 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		d := read(t, file)
		p := look(t, draw.SVG(d, draw.Options{}))
		drawn := strings.Join(p.attrs["data-node"], " ")
		for _, s := range d.Diagram.Shapes {
			if !strings.Contains(drawn, s.Element) {
				t.Errorf("%s: %s is not drawn", file, s.Element)
			}
		}
		if p.elements["title"] == 0 || !p.ids["flow-title"] || !p.ids["flow-desc"] || p.attrs["role"][0] != "img" {
			t.Errorf("%s: no title, description or role", file)
		}
	}
}

const joint = "../flow/testdata/states/joint-1.bpmn"

// TestRunningCase shows how far a case is by class, sign and word.
func TestRunningCase(t *testing.T) {
	t.Parallel()
	d := read(t, joint)
	st, _, err := flow.Step(d, flow.State{}, flow.Start{Instance: "c"}, nil)
	if err == nil {
		st, _, err = flow.Step(d, st, flow.Done{Task: 1}, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []flow.Direction{flow.Across, flow.Downwards} {
		p := look(t, draw.SVG(d, draw.Options{State: &st, Dir: dir, ID: "case", Href: func(id string) string { return "/step/" + id + `?a="&b` }}))
		state := map[string]string{}
		var nodes []string
		for _, c := range p.attrs["class"] {
			if strings.HasPrefix(c, "flow-node") {
				nodes = append(nodes, c)
			}
		}
		for i, id := range p.attrs["data-node"] {
			state[id] = nodes[i][strings.LastIndex(nodes[i], " ")+1:]
		}
		for id, want := range map[string]string{"accept": "is-done", "and1": "is-done", "fire": "is-now", "market": "is-now", "decide": "is-later", "z": "is-later"} {
			if state[id] != want {
				t.Errorf("%s is drawn as %s, want %s", id, state[id], want)
			}
		}
		for _, word := range []string{"已办", "正在办", "还没到", "受理：已办"} {
			if !strings.Contains(p.text, word) {
				t.Errorf("the word %s is missing", word)
			}
		}
		named := 0 // a link must have a name
		for _, n := range d.Nodes {
			if n.Name != "" {
				named++
			}
		}
		if !p.ids["case-title"] || p.elements["a"] != named {
			t.Errorf("ids %v, %d links", p.ids, p.elements["a"])
		}
	}
}

// TestFinishedCase says of what was never come to that it was not taken.
func TestFinishedCase(t *testing.T) {
	t.Parallel()
	d := read(t, joint)
	st := flow.State{V: 1, Over: flow.OverEnded, Passed: []string{"s", "accept"}, End: "z"}
	marks := map[string]string{}
	for _, l := range draw.Text(d, &st, wording.EN, nil) {
		if l.Node != "" {
			marks[l.Node] = l.Mark + " " + l.State
		}
	}
	if marks["accept"] != "done done" || marks["explain"] != "skipped not taken" {
		t.Errorf("%v", marks)
	}
}

// TestHostileNames keeps what a file says as text.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	src, err := os.ReadFile(joint)
	if err != nil {
		t.Fatal(err)
	}
	bad := `&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&quot;x`
	d, err := flow.Parse([]byte(strings.ReplaceAll(string(src), "审查", bad)))
	if err != nil {
		t.Fatal(err)
	}
	p := look(t, draw.SVG(d, draw.Options{Name: `"><script>`, ID: `a"b`}))
	if !strings.Contains(p.text, "<script>alert(1)") {
		t.Error("the name was not kept as text")
	}
}

// TestNothingToDraw still gives a picture with its title.
func TestNothingToDraw(t *testing.T) {
	t.Parallel()
	d, err := flow.Parse([]byte(`<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" name="空"/>`))
	if err != nil {
		t.Fatal(err)
	}
	if p := look(t, draw.SVG(d, draw.Options{})); !strings.Contains(p.text, "流程图：空") {
		t.Errorf("%q", p.text)
	}
}

// TestMarksAreSaidInWords marks what differs by class and word, not by colour alone.
func TestMarksAreSaidInWords(t *testing.T) {
	t.Parallel()
	src, err := os.ReadFile("../../demo/county/items/food-workshop/flow.bpmn")
	if err != nil {
		t.Fatal(err)
	}
	d, err := flow.Parse(src)
	if err != nil {
		t.Fatal(err)
	}
	out := string(draw.SVG(d, draw.Options{Marks: map[string]draw.Mark{"accept": draw.Changed, "fire_visit": draw.Added, "decide": draw.Removed, "flow_granted_issue": draw.Added}}))
	for _, want := range []string{"is-changed", ">改动<", "is-added", ">新增<", "is-removed", ">去掉<", "flow-edge is-added"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(string(draw.SVG(d, draw.Options{})), "is-added") {
		t.Error("marked without marks")
	}
}
