package draw

import (
	"fmt"
	"math"
	"strings"

	"tongban/internal/rules/flow"
)

// edge draws a flow or a link. A flow that a running case has come along is
// drawn stronger.
func (c *canvas) edge(e *flow.Edge) {
	f, ok := c.d.Figure(e.Element)
	if !ok {
		return
	}
	colour, w, extra := ink2, 1.5, fmt.Sprintf(` marker-end="url(#%s-arrow)"`, escape(c.opt.ID))
	class := "flow-edge"
	switch f.Type {
	case "association", "dataInputAssociation", "dataOutputAssociation":
		extra = ` stroke-dasharray="2 3"`
		if f.Type != "association" {
			extra += fmt.Sprintf(` marker-end="url(#%s-open-arrow)"`, escape(c.opt.ID))
		}
		class = "flow-link"
	case "messageFlow", "conversationLink":
		extra = fmt.Sprintf(` stroke-dasharray="7 4" marker-end="url(#%s-open-arrow)"`, escape(c.opt.ID))
		class = "flow-link"
	default:
		if c.walked(e.Element) {
			colour, w = green, 2.5
			extra = fmt.Sprintf(` marker-end="url(#%s-done-arrow)"`, escape(c.opt.ID))
			class += " is-done"
		}
	}
	var d strings.Builder
	for i, p := range e.Points {
		fmt.Fprintf(&d, "%c%s %s", "ML"[min(i, 1)], num(p.X), num(p.Y))
	}
	switch m := c.opt.Marks[e.Element]; m {
	case Added:
		colour, w, class = green, 2.5, class+" is-added"
		extra = fmt.Sprintf(` marker-end="url(#%s-done-arrow)"`, escape(c.opt.ID))
	case Changed:
		colour, w, class = blue, 2.5, class+" is-changed"
	case Removed:
		class, extra = class+" is-removed", extra+` stroke-dasharray="5 3"`
	}
	fmt.Fprintf(&c.b, `<g class="%s"><path d="%s" stroke="%s" stroke-width="%s"%s/>`, class, d.String(), colour, num(w), extra)
	if f.Default {
		c.defaultMark(e.Points)
	}
	f.Name = c.spoken(e.Element, f.Name)
	c.edgeLabel(e, f)
	c.b.WriteString("</g>\n")
}

// spoken is what a way is called: by its condition where it has no name. The whole
// sentence is there for those who point at the way.
func (c *canvas) spoken(id, name string) string {
	f := c.d.Flow(id)
	if f == nil || f.Condition == "" || c.opt.Phrase == nil {
		return name
	}
	words := c.opt.Phrase(f.Condition).In(c.opt.Lang)
	fmt.Fprintf(&c.b, "<title>%s</title>", escape(words))
	if name == "" {
		return words
	}
	return name
}

// walked tells whether both ends lie behind the case, so that it came this way
// or could have: a split's flow counts only when it was the only one taken.
func (c *canvas) walked(id string) bool {
	f := c.d.Flow(id)
	if f == nil || c.state[f.From.ID] != done {
		return false
	}
	if p := c.state[f.To.ID]; p != done && p != now {
		return false
	}
	if f.From.Kind != flow.KindChoice || len(f.From.Out) < 2 {
		return true
	}
	taken := 0
	for _, o := range f.From.Out {
		if p := c.state[o.To.ID]; p == done || p == now {
			taken++
		}
	}
	return taken == 1
}

// defaultMark is the short stroke across the beginning of a default flow.
func (c *canvas) defaultMark(points []flow.Point) {
	a, b := points[0], points[1]
	l := math.Hypot(b.X-a.X, b.Y-a.Y)
	if l < 16 {
		return
	}
	ux, uy := (b.X-a.X)/l, (b.Y-a.Y)/l
	x, y := a.X+10*ux, a.Y+10*uy
	dx, dy := 5*(ux-uy)*0.7, 5*(uy+ux)*0.7
	fmt.Fprintf(&c.b, `<path d="M%s %s L%s %s" stroke="%s" stroke-width="1.5"/>`, num(x-dx), num(y-dy), num(x+dx), num(y+dy), ink2)
}

func (c *canvas) edgeLabel(e *flow.Edge, f flow.Figure) {
	if f.Name == "" {
		return
	}
	if e.Label != nil && e.Label.W > 0 {
		b := *e.Label
		b.X, b.W, b.H = b.X-6, b.W+12, math.Max(b.H, 16)
		c.label(f.Name, b, ink2)
		return
	}
	// On the last long level stretch, above the line; the ways out of a split
	// part there.
	best, at := -1.0, 0
	for i := 1; i < len(e.Points); i++ {
		l := math.Abs(e.Points[i].X - e.Points[i-1].X)
		if l > best {
			best, at = l, i
		}
	}
	a, b := e.Points[at-1], e.Points[at]
	room := math.Max(best-6, 60)
	lines := wrap(f.Name, room, 11, 3)
	x, y := (a.X+b.X)/2, math.Min(a.Y, b.Y)-4-float64(len(lines))*7
	if best < 20 { // only upright stretches: beside the line
		x, y = a.X+room/2+4, (a.Y+b.Y)/2
	}
	c.lines(lines, x, y, 11, ink2)
}
