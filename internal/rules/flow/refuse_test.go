package flow_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tongban/internal/rules/flow"
	"tongban/internal/rules/wording"
)

const head = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:tb="urn:tongban:bpmn:1" id="d" targetNamespace="urn:test">
`

func process(inner string) string {
	return head + `<process id="p" isExecutable="true">` + inner + `</process></definitions>`
}

// edges writes sequence flows given as "a>b", with "a>b?cond" for a condition.
func edges(list ...string) string {
	var b strings.Builder
	for i, e := range list {
		ends, cond, _ := strings.Cut(e, "?")
		from, to, _ := strings.Cut(ends, ">")
		if cond != "" {
			cond = "<conditionExpression>" + cond + "</conditionExpression>"
		}
		fmt.Fprintf(&b, `<sequenceFlow id="e%d" sourceRef="%s" targetRef="%s">%s</sequenceFlow>`, i+1, from, to, cond)
	}
	return b.String()
}

const ends = `<startEvent id="s"/><endEvent id="z" name="办结"/>`

// TestFilesThatCannotBeRead are answered with what is wrong and where, at once.
func TestFilesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	bomb := `<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>` + process(ends+"&b;")
	for name, c := range map[string]struct{ src, key string }{
		"empty":             {"", "flow.read.empty"},
		"text":              {"流程图", "flow.read.outside"},
		"document type":     {bomb, "flow.read.dtd"},
		"entity":            {process(ends + "&lol;"), "flow.read.xml"},
		"deep":              {head + strings.Repeat("<a>", 100_000) + strings.Repeat("</a>", 100_000), "flow.read.deep"},
		"many":              {process(strings.Repeat("<text/>", flow.MaxElements)), "flow.read.many"},
		"attributes":        {process("<task " + strings.Repeat("x", 1) + `="1" ` + manyAttributes(500) + "/>"), "flow.read.many"},
		"large":             {process("<!--" + strings.Repeat("大", flow.MaxBytes/3+1) + "-->"), "flow.read.large"},
		"invalid UTF-8":     {process("<task id=\"a\" name=\"\xff\xfe\"/>"), "flow.read.utf8"},
		"other encoding":    {`<?xml version="1.0" encoding="GBK"?><definitions/>`, "flow.read.encoding"},
		"cut off":           {process(ends)[:200], "flow.read.xml"},
		"wrong end tag":     {head + "<process></definitions>", "flow.read.xml"},
		"not BPMN":          {"<svg xmlns='http://www.w3.org/2000/svg'/>", "flow.read.not_bpmn"},
		"other namespace":   {"<definitions xmlns='urn:x'/>", "flow.read.not_bpmn"},
		"two roots":         {process(ends) + "<definitions/>", "flow.read.outside"},
		"id twice":          {process(ends + `<userTask id="s"/>`), "flow.read.id_twice"},
		"undeclared prefix": {process(ends + `<userTask id="a" camunda:form="x"/>`), "flow.read.prefix"},
		"attribute twice":   {process(`<startEvent id="s" id="t"/>`), "flow.read.attribute_twice"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			_, err := flow.Parse([]byte(c.src))
			var m wording.Message
			if !errors.As(err, &m) || m.Key != c.key {
				t.Fatalf("got %v (%s), want %s", err, m.Key, c.key)
			}
			if !wording.Has(wording.EN, m.Key) || strings.Contains(m.In(wording.ZH), "⟦") || strings.Contains(m.In(wording.ZH), "{") {
				t.Errorf("badly worded: %s", m.In(wording.ZH))
			}
			if took := time.Since(began); took > 2*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func manyAttributes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `a%d="" `, i)
	}
	return b.String()
}

// TestFlowsThatCannotRun names for each fault the sentence and the element.
func TestFlowsThatCannotRun(t *testing.T) {
	t.Parallel()
	const two = `<userTask id="a" name="审查"/><userTask id="b" name="核查"/>`
	const split = `<parallelGateway id="and1" name="分"/><parallelGateway id="and2" name="合"/>`
	const choice = `<exclusiveGateway id="x1" name="选" default="e2"/><exclusiveGateway id="x2" name="并"/>`
	timer := `<timerEventDefinition><timeDuration>P5W</timeDuration></timerEventDefinition>`
	for name, c := range map[string]struct{ src, key, id string }{
		"no process":          {head + "</definitions>", "no_process", "d"},
		"no start":            {process(`<userTask id="a"/><endEvent id="z"/>` + edges("a>z")), "no_start", "p"},
		"two starts":          {process(ends + `<startEvent id="s2"/><userTask id="a"/>` + edges("s>a", "s2>a", "a>z")), "many_starts", "p"},
		"dangling":            {process(ends + edges("s>nowhere", "s>z")), "dangling", "e1"},
		"cycle without task":  {process(ends + choice + `<serviceTask id="a" tb:action="x"/>` + edges("s>x2", "x1>z", "x1>x2?c", "x2>a", "a>x1")), "idle_cycle", "x1"},
		"no default":          {process(ends + two + `<exclusiveGateway id="x1"/>` + edges("s>x1", "x1>a?c", "x1>b?d", "a>z", "b>z")), "no_default", "x1"},
		"no condition":        {process(ends + two + choice + edges("s>x1", "x1>a?c", "x1>b", "a>z", "b>z")), "no_condition", "e3"},
		"condition elsewhere": {process(ends + two + edges("s>a?c", "a>b", "b>z")), "condition_here", "e1"},
		"choice into join":    {process(ends + two + choice + split + edges("s>x1", "x1>a", "x1>b?c", "a>and2", "b>and2", "and2>z")), "stray_join", "and2"},
		"split into choice":   {process(ends + two + split + choice + edges("s>and1", "and1>a", "and1>b", "a>x2", "b>x2", "x2>z")), "branches_meet", "x2"},
		"branch ends":         {process(ends + two + split + `<endEvent id="z2"/>` + edges("s>and1", "and1>a", "and1>b", "a>z2", "b>z")), "branch_ends", "and1"},
		"two joins": {process(ends + two + split + `<userTask id="c"/><parallelGateway id="and3"/><parallelGateway id="and4"/>` +
			edges("s>and1", "and1>a", "and1>b", "and1>c", "a>and2", "b>and2", "c>and3", "and2>and3", "and3>z")), "two_joins", "and1"},
		"into a branch":        {process(ends + two + split + choice + edges("s>x1", "x1>and1", "x1>a?c", "and1>a", "and1>b", "a>and2", "b>and2", "and2>z")), "", ""},
		"unreachable":          {process(ends + two + edges("s>a", "a>z", "b>z")), "unreachable", "b"},
		"dead end":             {process(ends + two + edges("s>a", "a>b")), "dead_end", "b"},
		"no way out":           {process(ends + two + `<userTask id="c"/>` + choice + edges("s>x1", "x1>z", "x1>a?c", "a>b", "b>a")), "no_way_out", "a"},
		"implicit split":       {process(ends + two + edges("s>a", "s>b", "a>z", "b>z")), "implicit_split", "s"},
		"reminder comes back":  {process(ends + two + `<boundaryEvent id="t" attachedToRef="a" cancelActivity="false">` + timer + `</boundaryEvent>` + edges("s>a", "a>b", "b>z", "t>b")), "side_returns", "b"},
		"boundary on nothing":  {process(ends + two + `<boundaryEvent id="t" attachedToRef="q">` + timer + `</boundaryEvent>` + edges("s>a", "a>b", "b>z", "t>b")), "no_host", "t"},
		"term":                 {process(ends + `<userTask id="a" tb:term="7 days"/>` + edges("s>a", "a>z")), "term", "a"},
		"officers":             {process(ends + `<userTask id="a" tb:officers="two"/>` + edges("s>a", "a>z")), "officers", "a"},
		"service without work": {process(ends + `<serviceTask id="a"/>` + edges("s>a", "a>z")), "no_action", "a"},
		"two processes":        {head + `<process id="p">` + ends + edges("s>z") + `</process><process id="q"><startEvent id="s2"/></process></definitions>`, "many_processes", "d"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := flow.Check(mustParse(t, []byte(c.src)), nil)
			if r.OK {
				t.Fatal("accepted")
			}
			for _, p := range r.Problems {
				if text := p.Reason.In(wording.ZH); strings.ContainsAny(text, "⟦{") {
					t.Errorf("badly worded: %s", text)
				}
				if c.key == "" || (p.Reason.Key == "flow.check."+c.key && p.ID == c.id && p.Line > 0) {
					return
				}
			}
			t.Fatalf("want %s at %s, got %s", c.key, c.id, complaints(r))
		})
	}
}

// TestWhatDoesNotRunYetIsRefusedByName has one case for each kind.
func TestWhatDoesNotRunYetIsRefusedByName(t *testing.T) {
	t.Parallel()
	for element, key := range map[string]string{
		`<task id="a"/>`: "abstract", `<scriptTask id="a"/>`: "script", `<sendTask id="a"/>`: "send", `<receiveTask id="a"/>`: "receive",
		`<callActivity id="a"/>`: "call", `<subProcess id="a"/>`: "sub", `<transaction id="a"/>`: "sub", `<adHocSubProcess id="a"/>`: "sub",
		`<inclusiveGateway id="a"/>`: "inclusive", `<eventBasedGateway id="a"/>`: "event_based", `<complexGateway id="a"/>`: "complex",
		`<intermediateThrowEvent id="a"/>`:                                                 "throw",
		`<userTask id="a"><multiInstanceLoopCharacteristics/></userTask>`:                  "multi",
		`<userTask id="a"><standardLoopCharacteristics/></userTask>`:                       "loop_marker",
		`<userTask id="a" isForCompensation="true"/>`:                                      "compensation",
		`<userTask id="a" completionQuantity="2"/>`:                                        "quantity",
		`<intermediateCatchEvent id="a"/>`:                                                 "triggers",
		`<intermediateCatchEvent id="a"><signalEventDefinition/></intermediateCatchEvent>`: "trigger",
		`<intermediateCatchEvent id="a"><timerEventDefinition><timeDate>2026-01-01</timeDate></timerEventDefinition></intermediateCatchEvent>`: "timer",
		`<robotTask id="a"/>`: "unknown",
	} {
		r := flow.Check(mustParse(t, []byte(process(ends+element+edges("s>a", "a>z")))), nil)
		found := false
		for _, e := range r.Refused {
			found = found || e.Reason.Key == "flow.refuse."+key
		}
		if !found || r.OK || r.Sound {
			t.Errorf("%s: want refusal %s, got %s", element, key, complaints(r))
		}
	}
	r := flow.Check(mustParse(t, []byte(process(`<startEvent id="s"/><endEvent id="z"><terminateEventDefinition/></endEvent>`+edges("s>z")))), nil)
	if len(r.Refused) != 1 || r.Refused[0].Reason.Key != "flow.refuse.end" {
		t.Errorf("terminate: %s", complaints(r))
	}
}

// TestOnePoolRunsTheOthersAreDrawn takes the only executable process of a collaboration.
func TestOnePoolRunsTheOthersAreDrawn(t *testing.T) {
	t.Parallel()
	src := head + `<collaboration id="c"><participant id="pa" processRef="p"/><participant id="pb" processRef="q"/><messageFlow id="m" sourceRef="x" targetRef="s"/></collaboration>
<process id="p" isExecutable="true">` + ends + edges("s>z") + `</process><process id="q"><startEvent id="s2"/><callActivity id="x"/></process></definitions>`
	d := mustParse(t, []byte(src))
	r := flow.Check(d, nil)
	if !r.OK || d.ID != "p" || len(r.Refused) != 0 {
		t.Fatalf("process %q: %s", d.ID, complaints(r))
	}
	drawn := map[string]bool{}
	for _, e := range r.Drawn {
		drawn[e.ID] = true
	}
	for _, id := range []string{"c", "pa", "pb", "m", "q", "s2", "x"} {
		if !drawn[id] {
			t.Errorf("%s is not listed as drawn", id)
		}
	}
}

// TestWideFlowIsCheckedAtOnce checks 20 parallel branches of 5 tasks, whose
// states would be 6^20, and a flow near the bound of size.
func TestWideFlowIsCheckedAtOnce(t *testing.T) {
	t.Parallel()
	src := wide(20, 5)
	began := time.Now()
	r := flow.Check(mustParse(t, src), nil)
	took := time.Since(began)
	if !r.OK {
		t.Fatal(complaints(r))
	}
	if took > 250*time.Millisecond {
		t.Errorf("20 branches of 5 tasks took %v", took)
	}
	t.Logf("20 branches of 5 tasks: %v", took)

	src = wide(1500, 4)
	began = time.Now()
	if r := flow.Check(mustParse(t, src), nil); !r.OK {
		t.Fatal(complaints(r))
	}
	t.Logf("1,500 branches of 4 tasks (%d kB): %v", len(src)>>10, time.Since(began))
}

func wide(branches, tasks int) []byte {
	s := &sample{}
	start, split := s.node("startEvent"), s.node("parallelGateway")
	s.flow(start, split)
	join := s.node("parallelGateway")
	for range branches {
		at := split
		for range tasks {
			n := s.node("userTask")
			s.flow(at, n)
			at = n
		}
		s.flow(at, join)
	}
	s.flow(join, s.node("endEvent"))
	s.settle()
	return s.xml()
}

func BenchmarkCheckWide(b *testing.B) {
	src := wide(20, 5)
	for b.Loop() {
		d, err := flow.Parse(src)
		if err != nil {
			b.Fatal(err)
		}
		if r := flow.Check(d, nil); !r.OK {
			b.Fatal("refused")
		}
	}
}
