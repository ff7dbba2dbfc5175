package flow

import (
	"strconv"
	"strings"
)

// Parse reads BPMN 2.0 XML. What cannot be read as BPMN at all (not XML, a
// document type, an id used twice, a file beyond MaxBytes, MaxElements or
// MaxDepth) is an error with the line; what is BPMN but does not run is left to
// Check. The error is always a wording.Message.
func Parse(src []byte) (*Definition, error) {
	text, encoding, err := decode(src)
	if err != nil {
		return nil, err
	}
	root, end, err := readTree(text)
	if err != nil {
		return nil, err
	}
	if !root.is("definitions") {
		return nil, say("read.not_bpmn", "found", root.local, "line", root.line)
	}
	if err := uniqueIDs(root); err != nil {
		return nil, err
	}
	d := &Definition{
		src: src, encoding: encoding, root: root, insertAt: rawOffset(text, end, encoding),
		byID: map[string]*Node{}, flowByID: map[string]*Flow{},
	}
	d.Name = root.attr("name")
	if d.process = chooseProcess(root); d.process != nil {
		d.ID = d.process.attr("id")
		if name := d.process.attr("name"); name != "" {
			d.Name = name
		}
		d.readNodes()
		d.readFlows()
		d.readLanes(d.process)
		d.linkBoundaries()
	}
	if d.Name == "" {
		d.Name = d.ID
	}
	d.index()
	d.readNotes()
	d.Diagram = readDiagram(root)
	d.plan = newPlan(d)
	d.report = d.sort()
	return d, nil
}

// rawOffset turns an offset in the decoded text into one in the file.
func rawOffset(text []byte, end int, encoding string) int {
	if end < 0 || encoding != "iso-8859-1" {
		return end
	}
	return len([]rune(string(text[:end])))
}

func uniqueIDs(root *element) error {
	lines := map[string]int{}
	var twice error
	root.walk(func(e *element) {
		id := e.attr("id")
		if id == "" || twice != nil || (e.space != nsModel && e.space != nsBPMNDI) {
			return
		}
		if first, known := lines[id]; known {
			twice = say("read.id_twice", "id", id, "first", first, "line", e.line)
		}
		lines[id] = e.line
	})
	return twice
}

// chooseProcess returns the process that runs: the only one that holds flow
// nodes or, among several, the only one marked isExecutable. Nil when the file
// leaves it open.
func chooseProcess(root *element) *element {
	var full, marked []*element
	for _, p := range processes(root) {
		full = append(full, p)
		if p.attr("isExecutable") == "true" {
			marked = append(marked, p)
		}
	}
	switch {
	case len(full) == 1:
		return full[0]
	case len(marked) == 1:
		return marked[0]
	}
	return nil
}

// processes lists the processes that hold at least one flow node.
func processes(root *element) []*element {
	var found []*element
	for _, k := range root.kids {
		if !k.is("process") {
			continue
		}
		for _, n := range k.kids {
			if n.space == nsModel && flowNode(n.local) {
				found = append(found, k)
				break
			}
		}
	}
	return found
}

func (d *Definition) readNodes() {
	for _, e := range d.process.kids {
		if e.space != nsModel || !flowNode(e.local) || e.attr("id") == "" {
			continue
		}
		n := &Node{
			ID: e.attr("id"), Name: oneLine(e.attr("name")), Kind: runnableKind(e.local), Type: e.local,
			Doc: e.child("documentation").words(), Line: e.line, Col: e.col,
			Default: e.attr("default"), at: len(d.Nodes), source: e,
			Interrupting: e.attr("cancelActivity") != "false",
			Task: Task{
				Role: e.attrIn(nsTongban, "role"), Post: e.attrIn(nsTongban, "post"), Part: e.attrIn(nsTongban, "part"),
				Term: e.attrIn(nsTongban, "term"), Action: e.attrIn(nsTongban, "action"),
			},
			About: About{Special: e.attrIn(nsTongban, "special"), Risk: e.attrIn(nsTongban, "risk"),
				Guard: e.attrIn(nsTongban, "guard"), Basis: e.attrIn(nsTongban, "basis")},
		}
		if v := e.attrIn(nsTongban, "officers"); v != "" {
			n.Task.Officers = -1 // reported by Check unless it is a number
			if i, err := strconv.Atoi(v); err == nil && i >= 0 && i < 100 {
				n.Task.Officers = i
			}
		}
		d.readTrigger(n)
		d.Nodes = append(d.Nodes, n)
		d.byID[n.ID] = n
	}
}

// readTrigger reads what a timer or message event waits for.
func (d *Definition) readTrigger(n *Node) {
	if t := n.source.child("timerEventDefinition"); t != nil {
		n.Timer = n.Task.Term
		if n.Timer == "" {
			n.Timer = t.child("timeDuration").words()
		}
	}
	if m := n.source.child("messageEventDefinition"); m != nil {
		n.Message = n.Name
		ref := m.attr("messageRef")
		if i := strings.LastIndexByte(ref, ':'); i >= 0 {
			ref = ref[i+1:]
		}
		for _, k := range d.root.kids {
			if ref != "" && k.is("message") && k.attr("id") == ref {
				n.Message = k.attr("name")
			}
		}
		if n.Message == "" {
			n.Message = n.ID
		}
	}
}

// oneLine joins what a drawing tool broke into lines.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func (d *Definition) readFlows() {
	for _, e := range d.process.kids {
		if !e.is("sequenceFlow") {
			continue
		}
		f := &Flow{
			ID: e.attr("id"), Name: oneLine(e.attr("name")), From: d.byID[e.attr("sourceRef")], To: d.byID[e.attr("targetRef")],
			Condition: e.child("conditionExpression").words(), Line: e.line, Col: e.col, source: e,
		}
		if f.From == nil || f.To == nil || f.ID == "" {
			missing := e.attr("targetRef")
			if f.From == nil {
				missing = e.attr("sourceRef")
			}
			d.dangling = append(d.dangling, entryOf(e, say("check.dangling", "id", f.ID, "ref", missing, "line", e.line)))
			continue
		}
		f.From.Out = append(f.From.Out, f)
		f.To.In = append(f.To.In, f)
		d.Flows = append(d.Flows, f)
		d.flowByID[f.ID] = f
	}
}

func (d *Definition) linkBoundaries() {
	for _, n := range d.Nodes {
		if n.Kind != KindBoundary {
			continue
		}
		host := d.byID[n.source.attr("attachedToRef")]
		if host == nil || !(host.Activity() || host.Kind == KindKept) {
			d.dangling = append(d.dangling, entryOf(n.source,
				say("check.no_host", "name", n.Label(), "ref", n.source.attr("attachedToRef"), "line", n.Line)))
			continue
		}
		n.Host = host
		host.Boundary = append(host.Boundary, n)
	}
}

// readLanes keeps the innermost lanes; a lane that only holds others is drawn
// from the diagram.
func (d *Definition) readLanes(in *element) {
	for _, set := range in.kids {
		if !set.is("laneSet") && !set.is("childLaneSet") {
			continue
		}
		for _, l := range set.kids {
			if !l.is("lane") {
				continue
			}
			if l.child("childLaneSet") != nil {
				d.readLanes(l)
				continue
			}
			lane := Lane{ID: l.attr("id"), Name: l.attr("name")}
			for _, ref := range l.kids {
				if ref.is("flowNodeRef") && d.byID[ref.words()] != nil {
					lane.Nodes = append(lane.Nodes, ref.words())
				}
			}
			d.Lanes = append(d.Lanes, lane)
		}
	}
}

// readNotes keeps what is drawn but carries no token, from the whole file.
func (d *Definition) readNotes() {
	d.root.walk(func(e *element) {
		if e.space != nsModel {
			return
		}
		id := e.attr("id")
		switch e.local {
		case "textAnnotation":
			d.Notes = append(d.Notes, Note{ID: id, Type: e.local, Text: e.child("text").words()})
		case "dataObjectReference", "dataStoreReference", "dataInput", "dataOutput", "group", "participant":
			d.Notes = append(d.Notes, Note{ID: id, Type: e.local, Text: e.attr("name")})
		case "association", "messageFlow":
			d.Links = append(d.Links, Link{ID: id, Type: e.local, From: e.attr("sourceRef"), To: e.attr("targetRef")})
		case "dataInputAssociation", "dataOutputAssociation":
			d.Links = append(d.Links, Link{ID: id, Type: e.local, From: e.child("sourceRef").words(), To: e.child("targetRef").words()})
		}
	})
}
