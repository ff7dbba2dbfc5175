package flow

import (
	"fmt"
	"strconv"
	"strings"
)

// Write gives the file back. What was read comes back byte for byte, other
// tools' elements and attributes included; a file without a drawing gets one,
// put in before its end, so that tools that only draw can open it.
func Write(d *Definition) []byte {
	if d.Diagram != nil || d.process == nil || d.insertAt < 0 || d.ID == "" {
		return append([]byte(nil), d.src...)
	}
	var b strings.Builder
	b.Write(d.src[:d.insertAt])
	d.writeDiagram(&b, Layout(d, Across))
	b.Write(d.src[d.insertAt:])
	return []byte(b.String())
}

func (d *Definition) writeDiagram(b *strings.Builder, g *Diagram) {
	ids := d.freshIDs()
	fmt.Fprintf(b, "  <bpmndi:BPMNDiagram xmlns:bpmndi=%q xmlns:dc=%q xmlns:di=%q id=\"%s\">\n", nsBPMNDI, nsDC, nsDI, ids("Diagram"))
	fmt.Fprintf(b, "    <bpmndi:BPMNPlane id=\"%s\" bpmnElement=\"%s\">\n", ids("Plane"), quote(d.ID))
	for _, s := range g.Shapes {
		flag := ""
		if d.byID[s.Element] == nil {
			flag = fmt.Sprintf(" isHorizontal=\"%t\"", s.Horizontal)
		}
		fmt.Fprintf(b, "      <bpmndi:BPMNShape id=\"%s\" bpmnElement=\"%s\"%s>\n", ids("Shape"), quote(s.Element), flag)
		fmt.Fprintf(b, "        <dc:Bounds x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"/>\n      </bpmndi:BPMNShape>\n",
			digits(s.Box.X), digits(s.Box.Y), digits(s.Box.W), digits(s.Box.H))
	}
	for _, e := range g.Edges {
		fmt.Fprintf(b, "      <bpmndi:BPMNEdge id=\"%s\" bpmnElement=\"%s\">\n", ids("Edge"), quote(e.Element))
		for _, p := range e.Points {
			fmt.Fprintf(b, "        <di:waypoint x=\"%s\" y=\"%s\"/>\n", digits(p.X), digits(p.Y))
		}
		b.WriteString("      </bpmndi:BPMNEdge>\n")
	}
	b.WriteString("    </bpmndi:BPMNPlane>\n  </bpmndi:BPMNDiagram>\n")
}

// freshIDs makes ids that the file does not use.
func (d *Definition) freshIDs() func(kind string) string {
	used := map[string]bool{}
	d.root.walk(func(e *element) { used[e.attr("id")] = true })
	n := 0
	return func(kind string) string {
		for {
			n++
			if id := fmt.Sprintf("tb%s_%d", kind, n); !used[id] {
				return id
			}
		}
	}
}

func digits(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// quote writes an attribute's value in ASCII, whatever the file's encoding.
func quote(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r > 126 || r < 32 || strings.ContainsRune(`<>&"'`, r) {
			fmt.Fprintf(&b, "&#%d;", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
