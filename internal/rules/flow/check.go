package flow

import (
	"encoding/json"
	"slices"
	"strings"

	"tongban/internal/rules/wording"
)

// Element is one entry of a report: an element of the file and, where it does
// not simply run, why. Together the entries of a report cover every element of
// the file exactly once.
type Element struct {
	ID     string
	Name   string
	Type   string // the element's name in the file
	Line   int
	Column int
	Covers int // XML elements that belong to this entry, itself included; 0 for a problem
	Reason wording.Message
}

// MarshalJSON writes the reason in both languages beside its stable key.
func (e Element) MarshalJSON() ([]byte, error) {
	type reason struct {
		Code string `json:"code"`
		ZH   string `json:"zh"`
		EN   string `json:"en"`
	}
	out := struct {
		ID     string  `json:"id,omitempty"`
		Name   string  `json:"name,omitempty"`
		Type   string  `json:"type"`
		Line   int     `json:"line"`
		Column int     `json:"column"`
		Covers int     `json:"covers,omitempty"`
		Reason *reason `json:"reason,omitempty"`
	}{e.ID, e.Name, e.Type, e.Line, e.Column, e.Covers, nil}
	if !e.Reason.IsZero() {
		out.Reason = &reason{e.Reason.Key, e.Reason.In(wording.ZH), e.Reason.In(wording.EN)}
	}
	return json.Marshal(out)
}

// Report is the answer to "can this flow run?".
type Report struct {
	Process  string    `json:"process,omitempty"` // id of the process that runs
	Name     string    `json:"name,omitempty"`
	Runs     []Element `json:"runs"`     // kinds that run, where they would run
	Drawn    []Element `json:"drawn"`    // kept, drawn and written back, never run
	Refused  []Element `json:"refused"`  // kinds that do not run (yet): each stands in the way
	Problems []Element `json:"problems"` // what is wrong with elements that could run
	Sound    bool      `json:"sound"`    // the flow reduces to nested blocks and always ends
	OK       bool      `json:"ok"`       // sound, nothing refused, no problem: it may be published
}

// Check lists what runs, what is only drawn, what is refused and what is wrong.
// conditions may be nil: then a condition need only be there. It takes time
// linear in the size of the file.
func Check(d *Definition, conditions Checker) Report {
	r := d.report
	r.Runs, r.Drawn, r.Refused = slices.Clone(r.Runs), slices.Clone(r.Drawn), slices.Clone(r.Refused)
	r.Problems = append([]Element{}, d.plan.problems...)
	if conditions != nil {
		for _, f := range d.Flows {
			if f.Condition == "" || f.From.Kind != KindChoice || len(f.From.Out) < 2 || f.ID == f.From.Default {
				continue
			}
			if err := conditions.Check(f.Condition); err != nil {
				r.Problems = append(r.Problems, entryOf(f.source, say("check.condition",
					"from", f.From.Label(), "to", f.To.Label(), "line", f.Line, "detail", detail(err))))
			}
		}
	}
	r.OK = r.Sound && len(r.Problems) == 0
	return r
}

// detail keeps a message a message, so that it is rendered in the reader's language.
func detail(err error) any {
	if m, ok := err.(wording.Message); ok {
		return m
	}
	return err.Error()
}

func entryOf(e *element, reason wording.Message) Element {
	return Element{ID: e.attr("id"), Name: oneLine(e.attr("name")), Type: e.local, Line: e.line, Column: e.col, Reason: reason}
}

// sort puts every element of the file on one of the three lists.
func (d *Definition) sort() Report {
	r := Report{Process: d.ID, Name: d.Name, Runs: []Element{}, Drawn: []Element{}, Refused: []Element{}}
	s := sorter{d: d, r: &r}
	s.file(d.root)
	r.Sound = d.plan.sound && len(r.Refused) == 0
	return r
}

type sorter struct {
	d *Definition
	r *Report
}

// place says where in the file an element stands, as far as running goes.
type place struct {
	outside wording.Message // why nothing here runs, zero where it would
	process bool            // directly inside a process
}

func (s *sorter) file(root *element) {
	own := 1
	list, at := s.add(&s.r.Runs, root, wording.Message{})
	for _, k := range root.kids {
		own += s.visit(k, place{})
	}
	(*list)[at].Covers = own
}

func (s *sorter) add(list *[]Element, e *element, reason wording.Message) (*[]Element, int) {
	*list = append(*list, entryOf(e, reason))
	return list, len(*list) - 1
}

// visit enters e on a list, or returns how many elements it leaves to the
// entry around it.
func (s *sorter) visit(e *element, p place) int {
	list, reason, entry := s.judge(e, p)
	own := 1
	if entry && list == &s.r.Drawn && (e.space != nsModel || withParts[e.local]) {
		list, at := s.add(list, e, reason)
		(*list)[at].Covers = count(e)
		return 0
	}
	at := 0
	if entry {
		list, at = s.add(list, e, reason)
	}
	inner := s.inside(e, p)
	for _, k := range e.kids {
		own += s.visit(k, inner)
	}
	if entry {
		(*list)[at].Covers = own
		return 0
	}
	return own
}

func (s *sorter) inside(e *element, p place) place {
	inner := place{outside: p.outside}
	if e.space != nsModel {
		return inner
	}
	switch {
	case e.local == "process":
		inner.process = true
		if s.d.process != nil && e != s.d.process {
			inner.outside = say("check.other_process", "name", label(e))
		}
	case container(e.local):
		inner.process = true
		if inner.outside.IsZero() {
			inner.outside = say("check.inside", "name", label(e))
		}
	}
	return inner
}

// judge decides on which list e stands; entry is false when e is a part of the
// element around it.
func (s *sorter) judge(e *element, p place) (list *[]Element, reason wording.Message, entry bool) {
	if e.space != nsModel {
		return &s.r.Drawn, wording.Message{}, true
	}
	if key, ok := refused[e.local]; ok {
		if !p.outside.IsZero() && p.outside.Key == "flow.check.other_process" {
			return &s.r.Drawn, p.outside, true
		}
		return &s.r.Refused, say("refuse." + key), true
	}
	if kept[e.local] {
		return &s.r.Drawn, wording.Message{}, true
	}
	kind, runnable := runs[e.local]
	switch {
	case e.local == "process":
		if s.d.process != nil && e != s.d.process && contains(processes(s.d.root), e) {
			return &s.r.Drawn, say("check.other_process", "name", label(e)), true
		}
		return &s.r.Runs, wording.Message{}, true
	case !runnable && e.local != "sequenceFlow":
		if p.process && e.local != "documentation" && e.local != "supports" && unknown(e) {
			return &s.r.Refused, say("refuse.unknown"), true
		}
		return nil, wording.Message{}, false
	case !p.outside.IsZero():
		return &s.r.Drawn, p.outside, true
	}
	if why := refuseHere(e, kind); !why.IsZero() {
		return &s.r.Refused, why, true
	}
	return &s.r.Runs, wording.Message{}, true
}

// unknown tells whether e is a part that belongs to the containers themselves.
func unknown(e *element) bool {
	switch e.local {
	case "incoming", "outgoing", "text", "completionCondition":
		return false
	}
	return true
}

func contains(list []*element, e *element) bool {
	for _, k := range list {
		if k == e {
			return true
		}
	}
	return false
}

func label(e *element) string {
	if name := oneLine(e.attr("name")); name != "" {
		return name
	}
	return e.attr("id")
}

func count(e *element) int {
	n := 0
	e.walk(func(*element) { n++ })
	return n
}

// refuseHere names what an element of a kind that runs asks for beyond the subset.
func refuseHere(e *element, kind Kind) wording.Message {
	if e.attr("isForCompensation") == "true" {
		return say("refuse.compensation")
	}
	for _, q := range []string{"startQuantity", "completionQuantity"} {
		if v := e.attr(q); v != "" && v != "1" {
			return say("refuse.quantity")
		}
	}
	var triggers []string
	for _, k := range e.kids {
		if k.space == nsModel && (strings.HasSuffix(k.local, "EventDefinition") || k.local == "eventDefinitionRef") {
			triggers = append(triggers, k.local)
		}
	}
	switch kind {
	case KindStart:
		if len(triggers) > 0 {
			return say("refuse.start", "trigger", triggerName(triggers[0]))
		}
	case KindEnd:
		if len(triggers) > 0 {
			return say("refuse.end", "trigger", triggerName(triggers[0]))
		}
	case KindCatch, KindBoundary:
		if len(triggers) != 1 {
			return say("refuse.triggers", "n", len(triggers))
		}
		if triggers[0] != "timerEventDefinition" && triggers[0] != "messageEventDefinition" {
			return say("refuse.trigger", "trigger", triggerName(triggers[0]))
		}
		if t := e.child("timerEventDefinition"); t != nil && (t.child("timeDate") != nil || t.child("timeCycle") != nil) && e.attrIn(nsTongban, "term") == "" {
			return say("refuse.timer")
		}
	}
	return wording.Message{}
}

// triggerName is the name of an event definition in words.
func triggerName(local string) wording.Message {
	switch kind := strings.TrimSuffix(local, "EventDefinition"); kind {
	case "timer", "message", "signal", "error", "escalation", "compensate", "conditional", "link", "terminate", "cancel":
		return say("trigger." + kind)
	}
	return say("trigger.other")
}
