package flow

import "strings"

// Figure is what a drawing needs to know of an element, whether it runs or not.
type Figure struct {
	ID, Type  string // Type is the element's name in the file
	Name      string // its name, or the text of an annotation
	Trigger   string // what an event waits for or throws: timer, message, signal …
	Dashed    bool   // a boundary or start event that does not interrupt
	Filled    bool   // an event that throws
	Default   bool   // the default flow of a split
	Collapsed bool   // a sub-process that is drawn closed
	Marker    string // loop, parallel, sequential or ""
}

// Figure returns what to draw for an element of the file, false when the file
// has no such element.
func (d *Definition) Figure(id string) (Figure, bool) {
	e := d.elements[id]
	if e == nil {
		return Figure{}, false
	}
	f := Figure{ID: id, Type: e.local, Name: oneLine(e.attr("name"))}
	switch e.local {
	case "textAnnotation":
		f.Name = e.child("text").words()
	case "group":
		if c := d.elements[localName(e.attr("categoryValueRef"))]; c != nil {
			f.Name = oneLine(c.attr("value"))
		}
	case "boundaryEvent":
		f.Dashed = e.attr("cancelActivity") == "false"
	case "startEvent":
		f.Dashed = e.attr("isInterrupting") == "false"
	case "sequenceFlow":
		if from := d.elements[e.attr("sourceRef")]; from != nil {
			f.Default = id != "" && from.attr("default") == id
		}
	case "subProcess", "adHocSubProcess", "transaction", "callActivity":
		f.Collapsed = !d.expanded[id]
	}
	f.Filled = e.local == "intermediateThrowEvent" || e.local == "endEvent"
	for _, k := range e.kids {
		switch {
		case k.space != nsModel:
		case strings.HasSuffix(k.local, "EventDefinition"):
			f.Trigger = strings.TrimSuffix(k.local, "EventDefinition")
		case k.local == "standardLoopCharacteristics":
			f.Marker = "loop"
		case k.local == "multiInstanceLoopCharacteristics" && k.attr("isSequential") == "true":
			f.Marker = "sequential"
		case k.local == "multiInstanceLoopCharacteristics":
			f.Marker = "parallel"
		}
	}
	return f, true
}

// index finds elements by id and notes which shapes the drawing shows open.
func (d *Definition) index() {
	d.elements, d.expanded = map[string]*element{}, map[string]bool{}
	d.root.walk(func(e *element) {
		id := e.attr("id")
		switch {
		case e.space == nsModel && id != "":
			d.elements[id] = e
		case e.space == nsBPMNDI && e.local == "BPMNShape" && e.attr("isExpanded") == "true":
			d.expanded[localName(e.attr("bpmnElement"))] = true
		}
	})
}
