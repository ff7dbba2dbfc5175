package draw

import (
	"fmt"
	"strings"

	"tongban/internal/rules/flow"
)

// Colours, all with at least 3:1 on white for lines and 4.5:1 for text. Red is
// the law's and is not used.
const (
	ink      = "#1A1F26"
	ink2     = "#4A5361"
	ink3     = "#5F6875"
	line     = "#7D8796"
	paper    = "#FFFFFF"
	shade    = "#F4F6F9"
	blue     = "#1F5A96"
	blueTint = "#E6EFF8"
	green    = "#1B6B3A"
	greenTip = "#E6F4EA"
)

// look is how a shape is painted.
type look struct {
	fill, stroke string
	width        float64
	dash         string
	text         string
}

func (c *canvas) look(id string) look {
	switch c.state[id] {
	case done:
		return look{greenTip, green, 1.5, "", ink}
	case now:
		return look{blueTint, blue, 3, "", ink}
	case later:
		return look{paper, line, 1.5, "5 3", ink2}
	case skipped:
		return look{shade, line, 1, "2 3", ink3}
	}
	switch c.opt.Marks[id] {
	case Added:
		return look{greenTip, green, 3, "", ink}
	case Removed:
		return look{shade, line, 2, "5 3", ink2}
	case Changed:
		return look{blueTint, blue, 3, "", ink}
	}
	return look{paper, ink2, 1.5, "", ink}
}

func (l look) attrs() string {
	s := fmt.Sprintf(`fill="%s" stroke="%s" stroke-width="%s"`, l.fill, l.stroke, num(l.width))
	if l.dash != "" {
		s += fmt.Sprintf(` stroke-dasharray="%s"`, l.dash)
	}
	return s
}

func (c *canvas) shapes(g *flow.Diagram, wanted func(flow.Figure) bool) {
	for i := range g.Shapes {
		s := &g.Shapes[i]
		f, ok := c.d.Figure(s.Element)
		if ok && wanted(f) {
			c.shape(s, f)
		}
	}
}

func (c *canvas) shape(s *flow.Shape, f flow.Figure) {
	class := "flow-node flow-" + f.Type
	if p := c.state[f.ID]; p != plain {
		class += " is-" + string(p)
	}
	if m := c.opt.Marks[f.ID]; m != "" {
		class += " is-" + string(m)
	}
	link := ""
	if c.opt.Href != nil && c.d.Node(f.ID) != nil && f.Name != "" {
		link = c.opt.Href(f.ID)
	}
	if link != "" {
		fmt.Fprintf(&c.b, `<a href="%s">`, escape(link))
	}
	fmt.Fprintf(&c.b, `<g class="%s" data-node="%s">`, class, escape(f.ID))
	if p := c.state[f.ID]; p != plain {
		fmt.Fprintf(&c.b, "<title>%s</title>", escape(c.say("element_state", "name", f.Name, "state", c.say(string(p)))))
	} else if f.Name != "" {
		fmt.Fprintf(&c.b, "<title>%s</title>", escape(f.Name))
	}
	switch {
	case f.Type == "participant" || f.Type == "lane":
		c.lane(s, f)
	case strings.HasSuffix(f.Type, "Event"):
		c.event(s, f)
	case strings.HasSuffix(f.Type, "Gateway"):
		c.gateway(s, f)
	case f.Type == "textAnnotation":
		c.note(s, f)
	case f.Type == "group":
		c.rect(s.Box, 10, look{"none", ink3, 1.5, "8 3 2 3", ink2})
		c.label(f.Name, flow.Box{X: s.Box.X, Y: s.Box.Y - 18, W: s.Box.W, H: 16}, ink2)
	case strings.HasPrefix(f.Type, "data"):
		c.data(s, f)
	default:
		c.task(s, f)
	}
	c.b.WriteString("</g>")
	if link != "" {
		c.b.WriteString("</a>")
	}
	c.b.WriteByte('\n')
}

func (c *canvas) rect(b flow.Box, radius float64, l look) {
	fmt.Fprintf(&c.b, `<rect x="%s" y="%s" width="%s" height="%s" rx="%s" %s/>`, num(b.X), num(b.Y), num(b.W), num(b.H), num(radius), l.attrs())
}

func (c *canvas) lane(s *flow.Shape, f flow.Figure) {
	c.rect(s.Box, 0, look{"none", line, 1, "", ink})
	b := s.Box
	if !s.Horizontal {
		c.label(f.Name, flow.Box{X: b.X, Y: b.Y, W: b.W, H: 30}, ink)
		return
	}
	x, y := b.X+15, b.Y+b.H/2
	fmt.Fprintf(&c.b, `<path d="M%s %s v%s" stroke="%s"/>`, num(b.X+30), num(b.Y), num(b.H), line)
	lines := wrap(f.Name, b.H-8, 12, 2)
	fmt.Fprintf(&c.b, `<g transform="rotate(-90 %s %s)">`, num(x), num(y))
	c.lines(lines, x, y, 12, ink)
	c.b.WriteString("</g>")
}

func (c *canvas) event(s *flow.Shape, f flow.Figure) {
	l := c.look(f.ID)
	r := min(s.Box.W, s.Box.H) / 2
	x, y := s.Box.X+s.Box.W/2, s.Box.Y+s.Box.H/2
	if f.Dashed {
		l.dash = "4 3"
	}
	if f.Type == "endEvent" {
		l.width = 4
	}
	c.circle(x, y, r, l)
	if f.Type != "startEvent" && f.Type != "endEvent" {
		inner := l
		inner.fill = "none"
		c.circle(x, y, r-3.5, inner)
	}
	c.trigger(f, x, y, r, l.stroke)
	if f.Trigger == "" || c.state[f.ID] == now {
		c.sign(f.ID, x, y, r)
	}
	c.outside(s, f, l.text)
}

func (c *canvas) circle(x, y, r float64, l look) {
	fmt.Fprintf(&c.b, `<circle cx="%s" cy="%s" r="%s" %s/>`, num(x), num(y), num(max(r, 1)), l.attrs())
}

// trigger draws what an event waits for: a clock, an envelope, or its own sign.
func (c *canvas) trigger(f flow.Figure, x, y, r float64, colour string) {
	k := r / 18
	fill := "none"
	if f.Filled {
		fill = colour
	}
	path := ""
	switch f.Trigger {
	case "":
		return
	case "timer":
		c.circle(x, y, 9*k, look{"none", colour, 1.2, "", ""})
		path = "M0 -6 L0 0 L4 3"
		fill = "none"
	case "message":
		path = "M-8 -5 H8 V6 H-8 Z M-8 -5 L0 2 L8 -5"
	case "signal":
		path = "M0 -8 L8 6 H-8 Z"
	case "error":
		path = "M-8 7 L-3 -7 L3 1 L8 -7 L3 7 L-3 -1 Z"
	case "escalation":
		path = "M0 -9 L7 8 L0 1 L-7 8 Z"
	case "conditional":
		path, fill = "M-6 -8 H6 V8 H-6 Z M-3 -4 H3 M-3 0 H3 M-3 4 H3", "none"
	case "link":
		path = "M-8 -3 H2 V-7 L9 0 L2 7 V3 H-8 Z"
	case "compensate":
		path = "M0 -6 V6 L-8 0 Z M8 -6 V6 L0 0 Z"
	case "cancel":
		path = "M-7 -4 L-4 -7 L0 -3 L4 -7 L7 -4 L3 0 L7 4 L4 7 L0 3 L-4 7 L-7 4 L-3 0 Z"
	case "terminate":
		c.circle(x, y, 10*k, look{colour, colour, 1, "", ""})
		return
	default:
		path = "M-6 -6 H6 V6 H-6 Z"
	}
	fmt.Fprintf(&c.b, `<path transform="translate(%s %s) scale(%s)" d="%s" fill="%s" stroke="%s" stroke-width="1.2"/>`,
		num(x), num(y), fmt.Sprintf("%.2f", k), path, fill, colour)
}

func (c *canvas) gateway(s *flow.Shape, f flow.Figure) {
	l := c.look(f.ID)
	b := s.Box
	x, y := b.X+b.W/2, b.Y+b.H/2
	fmt.Fprintf(&c.b, `<path d="M%s %s L%s %s L%s %s L%s %s Z" %s/>`, num(x), num(b.Y), num(b.X+b.W), num(y), num(x), num(b.Y+b.H), num(b.X), num(y), l.attrs())
	mark := ""
	switch f.Type {
	case "exclusiveGateway":
		mark = "M-7 -8 L7 8 M7 -8 L-7 8"
	case "parallelGateway":
		mark = "M0 -11 V11 M-11 0 H11"
	case "complexGateway":
		mark = "M0 -11 V11 M-11 0 H11 M-8 -8 L8 8 M8 -8 L-8 8"
	case "eventBasedGateway":
		c.circle(x, y, b.W/4, look{"none", l.stroke, 1.2, "", ""})
		mark = "M0 -7 L7 -2 L4 6 H-4 L-7 -2 Z"
	case "inclusiveGateway":
		c.circle(x, y, b.W/4, look{"none", l.stroke, 2.5, "", ""})
	}
	if mark != "" {
		fmt.Fprintf(&c.b, `<path transform="translate(%s %s) scale(%s)" d="%s" fill="none" stroke="%s" stroke-width="2.5"/>`,
			num(x), num(y), fmt.Sprintf("%.2f", b.W/50), mark, l.stroke)
	}
	c.outside(s, f, l.text)
}

func (c *canvas) note(s *flow.Shape, f flow.Figure) {
	b := s.Box
	fmt.Fprintf(&c.b, `<path d="M%s %s H%s V%s H%s" stroke="%s" stroke-width="1.5"/>`, num(b.X+12), num(b.Y), num(b.X), num(b.Y+b.H), num(b.X+12), ink2)
	c.lines(wrap(f.Name, max(b.W-10, 80), 12, max(3, int(b.H/15))), b.X+6+max(b.W-10, 80)/2, b.Y+b.H/2, 12, ink2)
}

func (c *canvas) data(s *flow.Shape, f flow.Figure) {
	b := s.Box
	if strings.HasPrefix(f.Type, "dataStore") {
		e := b.H / 8
		fmt.Fprintf(&c.b, `<path d="M%[1]s %[2]s v%[3]s a%[4]s %[5]s 0 0 0 %[6]s 0 v-%[3]s a%[4]s %[5]s 0 0 0 -%[6]s 0 a%[4]s %[5]s 0 0 0 %[6]s 0" fill="%[7]s" stroke="%[8]s"/>`,
			num(b.X), num(b.Y+e), num(max(b.H-2*e, 0)), num(b.W/2), num(e), num(b.W), paper, ink2)
	} else {
		k := min(b.W, b.H) / 4
		fmt.Fprintf(&c.b, `<path d="M%s %s h%s l%s %s v%s h-%s Z m%s 0 v%s h%s" fill="%s" stroke="%s"/>`,
			num(b.X), num(b.Y), num(b.W-k), num(k), num(k), num(max(b.H-k, 0)), num(b.W), num(b.W-k), num(k), num(k), paper, ink2)
	}
	c.outside(s, f, ink2)
}

func (c *canvas) task(s *flow.Shape, f flow.Figure) {
	l := c.look(f.ID)
	if f.Type == "callActivity" {
		l.width = 4
	}
	c.rect(s.Box, 8, l)
	if f.Type == "transaction" {
		b := s.Box
		c.rect(flow.Box{X: b.X + 3, Y: b.Y + 3, W: max(b.W-6, 0), H: max(b.H-6, 0)}, 6, look{"none", l.stroke, 1, "", ""})
	}
	c.taskSign(s, f, l.stroke)
	inner := flow.Box{X: s.Box.X + 6, Y: s.Box.Y + 4, W: s.Box.W - 12, H: s.Box.H - 8}
	if isFrame(f) {
		inner.H = 18 // an open sub-process keeps its middle for its contents
	}
	if f.Collapsed || f.Marker != "" {
		inner.H -= 14
	}
	c.label(f.Name, inner, l.text)
	c.badge(s, f)
}

// taskSign tells the kinds of tasks apart, and marks what is drawn closed or repeats.
func (c *canvas) taskSign(s *flow.Shape, f flow.Figure, colour string) {
	path := map[string]string{
		"userTask":         "M3 14 v-3 q0 -4 4.5 -4 t4.5 4 v3 Z M7.5 1 a2.8 2.8 0 1 0 .01 0 Z",
		"manualTask":       "M1 12 V6 l5 -4 l1 1 l-2 3 h8 v2 h-5 h5 v2 h-6 v2 h-7 Z",
		"serviceTask":      "M7 1 v3 M7 10 v3 M1 7 h3 M10 7 h3 M3 3 l2 2 M9 9 l2 2 M11 3 l-2 2 M5 9 l-2 2 M7 4 a3 3 0 1 0 .01 0",
		"businessRuleTask": "M1 2 h13 v10 h-13 Z M1 5 h13 M1 8.5 h13 M5 5 v7",
		"scriptTask":       "M3 1 h9 q-3 3 0 6 t0 6 h-9 q3 -3 0 -6 t0 -6 M4 5 h5 M5 9 h5",
		"sendTask":         "M1 2 h13 v9 h-13 Z M1 2 l6.5 5 l6.5 -5",
		"receiveTask":      "M1 2 h13 v9 h-13 Z M1 2 l6.5 5 l6.5 -5",
	}[f.Type]
	if path != "" {
		fmt.Fprintf(&c.b, `<path transform="translate(%s %s)" d="%s" stroke="%s"/>`, num(s.Box.X+5), num(s.Box.Y+5), path, colour)
	}
	marks := []string{}
	if f.Collapsed {
		marks = append(marks, "M-6 -6 h12 v12 h-12 Z M-4 0 h8 M0 -4 v8")
	}
	switch f.Marker {
	case "loop":
		marks = append(marks, "M-2 5 a5.5 5.5 0 1 1 5 -1 M-2 5 v-4 M-2 5 h-4")
	case "parallel":
		marks = append(marks, "M-4 -5 v10 M0 -5 v10 M4 -5 v10")
	case "sequential":
		marks = append(marks, "M-5 -4 h10 M-5 0 h10 M-5 4 h10")
	}
	for i, m := range marks {
		x := s.Box.X + s.Box.W/2 + (float64(i)-float64(len(marks)-1)/2)*16
		fmt.Fprintf(&c.b, `<path transform="translate(%s %s)" d="%s" stroke="%s" stroke-width="1.3"/>`, num(x), num(s.Box.Y+s.Box.H-9), m, colour)
	}
}

// badge says on a task how far it is, by sign and word, across its upper edge.
func (c *canvas) badge(s *flow.Shape, f flow.Figure) {
	p := c.state[f.ID]
	if p == plain {
		c.markBadge(s, f)
		return
	}
	l := c.look(f.ID)
	word := c.say(string(p))
	w := width(word, 11) + 26
	x, y := s.Box.X+s.Box.W-w+6, s.Box.Y-9
	c.rect(flow.Box{X: x, Y: y, W: w, H: 18}, 9, look{paper, l.stroke, 1.5, "", ""})
	c.sign(f.ID, x+11, y+9, 9)
	fmt.Fprintf(&c.b, `<text x="%s" y="%s" font-size="11" fill="%s">%s</text>`, num(x+19), num(y+13), l.text, escape(word))
}

// markBadge says on a task in what it differs, by word as well as by colour.
func (c *canvas) markBadge(s *flow.Shape, f flow.Figure) {
	m := c.opt.Marks[f.ID]
	if m == "" {
		return
	}
	l, word := c.look(f.ID), c.say(string(m))
	w := width(word, 11) + 16
	x, y := s.Box.X+s.Box.W-w+6, s.Box.Y-9
	c.rect(flow.Box{X: x, Y: y, W: w, H: 18}, 9, look{paper, l.stroke, 1.5, "", ""})
	fmt.Fprintf(&c.b, `<text x="%s" y="%s" font-size="11" fill="%s">%s</text>`, num(x+8), num(y+13), l.text, escape(word))
}

// sign is a shape for how far something is: a tick, a full dot, an empty ring, a dash.
func (c *canvas) sign(id string, x, y, r float64) {
	k := r / 9
	switch c.state[id] {
	case done:
		fmt.Fprintf(&c.b, `<path transform="translate(%s %s) scale(%s)" d="M-4 0 L-1 3 L4 -3" stroke="%s" stroke-width="2"/>`, num(x), num(y), fmt.Sprintf("%.2f", min(k, 1.4)), green)
	case now:
		c.circle(x, y, 4.5*min(k, 1.4), look{blue, blue, 1, "", ""})
	case later:
		c.circle(x, y, 3.5*min(k, 1.4), look{"none", line, 1.5, "", ""})
	case skipped:
		fmt.Fprintf(&c.b, `<path d="M%s %s h8" stroke="%s" stroke-width="2"/>`, num(x-4), num(y), line)
	}
}
