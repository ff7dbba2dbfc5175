package flow_test

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"
)

// sample is a flow as the tests know it: they write it as BPMN for the package
// to read, and explore it themselves.
type sample struct {
	nodes []sampleNode
	flows []sampleFlow
}

type sampleNode struct {
	id, kind string // kind is the BPMN element name
	host     string // of a boundary event
	side     bool   // the boundary event does not interrupt
	trigger  string // "timer" or "message" of a catch or boundary event
	def      string // default flow
}

type sampleFlow struct{ id, from, to, cond string }

func (s *sample) node(kind string) string {
	id := fmt.Sprintf("n%d", len(s.nodes)+1)
	s.nodes = append(s.nodes, sampleNode{id: id, kind: kind})
	return id
}

func (s *sample) flow(from, to string) string {
	id := fmt.Sprintf("f%d", len(s.flows)+1)
	s.flows = append(s.flows, sampleFlow{id: id, from: from, to: to})
	return id
}

func (s *sample) at(id string) *sampleNode {
	for i := range s.nodes {
		if s.nodes[i].id == id {
			return &s.nodes[i]
		}
	}
	return nil
}

// settle gives every exclusive split a default and conditions, the last way
// out being the default, as a careful author would.
func (s *sample) settle() {
	for i := range s.nodes {
		n := &s.nodes[i]
		n.def = ""
		var out []*sampleFlow
		for k := range s.flows {
			s.flows[k].cond = strings.TrimPrefix(s.flows[k].cond, " ")
			if s.flows[k].from == n.id {
				s.flows[k].cond = ""
				out = append(out, &s.flows[k])
			}
		}
		if n.kind != "exclusiveGateway" || len(out) < 2 {
			continue
		}
		for _, f := range out[:len(out)-1] {
			f.cond = "go_" + f.id
		}
		n.def = out[len(out)-1].id
	}
}

func (s *sample) xml() []byte {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:tb="urn:tongban:bpmn:1" id="d" targetNamespace="urn:test">
<process id="p" isExecutable="true">
`)
	for _, n := range s.nodes {
		attrs := ""
		if n.def != "" {
			attrs += fmt.Sprintf(` default="%s"`, n.def)
		}
		if n.kind == "serviceTask" {
			attrs += ` tb:action="do"`
		}
		if n.host != "" {
			attrs += fmt.Sprintf(` attachedToRef="%s" cancelActivity="%t"`, n.host, !n.side)
		}
		inner := ""
		switch n.trigger {
		case "timer":
			inner = "<timerEventDefinition><timeDuration>P3W</timeDuration></timerEventDefinition>"
		case "message":
			inner = "<messageEventDefinition/>"
		}
		fmt.Fprintf(&b, "<%s id=\"%s\" name=\"%s\"%s>%s</%s>\n", n.kind, n.id, n.id, attrs, inner, n.kind)
	}
	for _, f := range s.flows {
		cond := ""
		if f.cond != "" {
			cond = "<conditionExpression>" + f.cond + "</conditionExpression>"
		}
		fmt.Fprintf(&b, "<sequenceFlow id=\"%s\" sourceRef=\"%s\" targetRef=\"%s\">%s</sequenceFlow>\n", f.id, f.from, f.to, cond)
	}
	b.WriteString("</process>\n</definitions>\n")
	return []byte(b.String())
}

// grower draws nested flows at random.
type grower struct {
	t      *rapid.T
	s      *sample
	end    string
	budget int
	loops  bool
}

// nested draws a flow out of sequences, exclusive and parallel blocks, loops
// with a task, boundary events and early ends.
func nested(t *rapid.T, size int, loops bool) *sample {
	s := &sample{}
	g := &grower{t: t, s: s, budget: size, loops: loops}
	start := s.node("startEvent")
	g.end = s.node("endEvent")
	s.flow(g.block(start, 3, true), g.end)
	s.settle()
	return s
}

// block appends a block behind from and returns its last node. top is true
// where an end event may be reached early, that is in no parallel branch.
func (g *grower) block(from string, depth int, top bool) string {
	kinds := []string{"task", "task", "wait"}
	if depth > 0 && g.budget > 0 {
		kinds = append(kinds, "sequence", "choice", "parallel", "parallel", "overdue", "reminder")
		if g.loops {
			kinds = append(kinds, "loop")
		}
		if top {
			kinds = append(kinds, "early")
		}
	}
	g.budget--
	switch rapid.SampledFrom(kinds).Draw(g.t, "block") {
	case "wait":
		return g.wait(from)
	case "sequence":
		return g.block(g.block(from, depth-1, top), depth-1, top)
	case "choice":
		return g.branches("exclusiveGateway", from, depth, top)
	case "parallel":
		return g.branches("parallelGateway", from, depth, false)
	case "loop":
		head := g.s.node("exclusiveGateway")
		g.s.flow(from, head)
		tail := g.s.node("exclusiveGateway")
		g.s.flow(g.block(g.task(head), depth-1, false), tail)
		g.s.flow(tail, head)
		return tail
	case "overdue":
		return g.boundary(from, false, depth)
	case "reminder":
		return g.boundary(from, true, depth)
	case "early":
		split := g.s.node("exclusiveGateway")
		g.s.flow(from, split)
		g.s.flow(g.task(split), g.end)
		return split
	}
	return g.task(from)
}

func (g *grower) task(from string) string {
	n := g.s.node(rapid.SampledFrom([]string{"userTask", "userTask", "manualTask"}).Draw(g.t, "task"))
	g.s.flow(from, n)
	return n
}

func (g *grower) wait(from string) string {
	kind := rapid.SampledFrom([]string{"serviceTask", "timer", "message"}).Draw(g.t, "wait")
	n := ""
	if kind == "serviceTask" {
		n = g.s.node(kind)
	} else {
		n = g.s.node("intermediateCatchEvent")
		g.s.at(n).trigger = kind
	}
	g.s.flow(from, n)
	return n
}

func (g *grower) branches(kind, from string, depth int, top bool) string {
	split, join := g.s.node(kind), g.s.node(kind)
	g.s.flow(from, split)
	for range rapid.IntRange(2, 3).Draw(g.t, "branches") {
		if rapid.IntRange(0, 5).Draw(g.t, "empty") == 0 {
			g.s.flow(split, join)
		} else {
			g.s.flow(g.block(split, depth-1, top), join)
		}
	}
	return join
}

func (g *grower) boundary(from string, side bool, depth int) string {
	task := g.task(from)
	b := g.s.node("boundaryEvent")
	*g.s.at(b) = sampleNode{id: b, kind: "boundaryEvent", host: task, side: side,
		trigger: rapid.SampledFrom([]string{"timer", "message"}).Draw(g.t, "trigger")}
	if side {
		g.s.flow(g.block(b, min(depth-1, 1), false), g.s.node("endEvent"))
		return task
	}
	merge := g.s.node("exclusiveGateway")
	g.s.flow(task, merge)
	g.s.flow(g.task(b), merge)
	return merge
}
