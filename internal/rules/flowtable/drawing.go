package flowtable

import (
	"math"
	"strconv"
	"strings"

	"tongban/internal/rules/flow"
)

// Sizes of what is added to a drawing, as flow.Layout has them.
const (
	taskW, taskH = 100.0, 80.0
	gatewaySize  = 50.0
	apart        = 24.0 // least room between shapes
	rowH         = 120.0
	tries        = 60
)

// drawing is the file's drawing while an edit is worked out.
type drawing struct {
	shapes map[string]*piece // by the element they show
	edges  map[string]*piece
	boxes  map[string]flow.Box
	solid  []string // what nothing may lie upon
	plane  *piece
}

func (g *graph) readDrawing() *drawing {
	w := &drawing{shapes: map[string]*piece{}, edges: map[string]*piece{}, boxes: map[string]flow.Box{}}
	if g.d.Diagram == nil {
		return nil
	}
	g.e.s.root.walk(func(p *piece) {
		if p.space != nsBPMNDI {
			return
		}
		id := localName(p.attr("bpmnElement"))
		switch p.local {
		case "BPMNShape":
			w.shapes[id] = p
			if g.d.Node(id) != nil && w.plane == nil {
				w.plane = p.parent
			}
		case "BPMNEdge":
			w.edges[id] = p
		}
	})
	for _, s := range g.d.Diagram.Shapes {
		w.boxes[s.Element] = s.Box
		if f, ok := g.d.Figure(s.Element); ok && !g.gone[s.Element] && f.Type != "lane" && f.Type != "participant" && f.Type != "group" &&
			(!strings.HasSuffix(f.Type, "rocess") || f.Collapsed) && f.Type != "transaction" {
			w.solid = append(w.solid, s.Element)
		}
	}
	if w.plane == nil {
		return nil
	}
	return w
}

// draw gives what is new a place in the drawing and leads the ways there that
// changed. Every other shape and line stays as it is.
func (g *graph) draw() {
	w := g.readDrawing()
	if w == nil {
		return
	}
	var added strings.Builder
	for _, n := range g.nodes {
		w.boxes[n.id] = w.room(n.near, n.kind)
		w.solid = append(w.solid, n.id)
		added.WriteString(g.shapeText(w.plane, n.id, n.kind, w.boxes[n.id]))
	}
	for id := range g.moved {
		g.redrawMoved(w, id)
	}
	for _, o := range g.ways {
		a, okA := w.boxes[o.from]
		b, okB := w.boxes[o.to]
		changed := o.was == nil || o.from != o.was.From.ID || o.to != o.was.To.ID || g.moved[o.from] || g.moved[o.to]
		if !changed || !okA || !okB {
			continue
		}
		points := w.around(o, route(a, b))
		if p := w.edges[o.id]; p != nil {
			g.redrawEdge(p, points, false)
		} else {
			added.WriteString(g.edgeText(w.plane, o.id, points))
		}
	}
	if added.Len() > 0 {
		g.e.putLast(w.plane, added.String())
	}
}

func (g *graph) redrawMoved(w *drawing, id string) {
	p, box := w.shapes[id], w.boxes[id]
	in, out := g.in(id), g.out(id)
	if p == nil || len(in) == 0 || len(out) == 0 {
		return
	}
	for i, s := range w.solid {
		if s == id {
			w.solid = append(w.solid[:i:i], w.solid[i+1:]...)
			break
		}
	}
	at := w.room([2]string{in[0].from, out[0].to}, string(flow.KindUser))
	at = flow.Box{X: at.X + (at.W-box.W)/2, Y: at.Y + (at.H-box.H)/2, W: box.W, H: box.H}
	w.boxes[id] = at
	w.solid = append(w.solid, id)
	g.settle(p, at)
}

// settle writes a shape's place anew; its label, if it has one of its own, moves along.
func (g *graph) settle(p *piece, to flow.Box) {
	var was flow.Box
	move := func(b *piece, x, y float64) {
		g.e.set(b, pair{"", "x", digits(x)}, pair{"", "y", digits(y)})
	}
	for _, k := range p.kids {
		if k.space == nsDC && k.local == "Bounds" {
			was = flow.Box{X: number(k.attr("x")), Y: number(k.attr("y")), W: number(k.attr("width")), H: number(k.attr("height"))}
			move(k, to.X, to.Y)
			if was.W != to.W || was.H != to.H {
				g.e.set(k, pair{"", "width", digits(to.W)}, pair{"", "height", digits(to.H)})
			}
		}
	}
	for _, k := range p.kids {
		if k.space == nsBPMNDI && k.local == "BPMNLabel" {
			for _, b := range k.kids {
				if b.space == nsDC && b.local == "Bounds" {
					move(b, number(b.attr("x"))+to.X-was.X, number(b.attr("y"))+to.Y-was.Y)
				}
			}
		}
	}
}

// redrawEdge gives a line other points; what else it holds stays. When everything
// is drawn anew a label that was placed for the old line goes.
func (g *graph) redrawEdge(p *piece, points []flow.Point, all bool) {
	var behind *piece
	first := true
	var text strings.Builder
	for _, k := range p.kids {
		switch {
		case k.space == nsDI && k.local == "waypoint":
			if first {
				first = false
				for _, at := range points {
					text.WriteString(g.e.s.indent(k) + "<" + join(k.prefix, "waypoint") + ` x="` + digits(at.X) + `" y="` + digits(at.Y) + `"/>`)
				}
			}
			g.e.drop(k)
			behind = k
		case all && k.space == nsBPMNDI && k.local == "BPMNLabel":
			for _, b := range k.kids {
				if b.space == nsDC && b.local == "Bounds" {
					g.e.drop(b)
				}
			}
		}
	}
	if behind != nil {
		g.e.put(p, behind, text.String())
	}
}

// room finds a free place near the middle between two elements.
func (w *drawing) room(near [2]string, kind string) flow.Box {
	box := flow.Box{W: taskW, H: taskH}
	if kind == string(flow.KindChoice) || kind == string(flow.KindParallel) {
		box.W, box.H = gatewaySize, gatewaySize
	}
	a, okA := w.boxes[near[0]]
	b, okB := w.boxes[near[1]]
	switch {
	case !okA && !okB:
		a, b = w.below(), w.below()
	case !okA:
		a = b
	case !okB:
		b = a
	}
	x := (a.X+a.W/2+b.X+b.W/2)/2 - box.W/2
	y := (a.Y+a.H/2+b.Y+b.H/2)/2 - box.H/2
	for i := range tries {
		step := float64((i+1)/2) * (rowH / 3)
		if i%2 == 0 {
			step = -step
		}
		box.X, box.Y = math.Round(x), math.Round(y+step)
		if w.free(box) {
			return box
		}
	}
	low := w.below()
	box.Y = low.Y
	return box
}

// below is a place under everything.
func (w *drawing) below() flow.Box {
	box := flow.Box{W: taskW, H: taskH}
	for _, id := range w.solid {
		b := w.boxes[id]
		box.Y = math.Max(box.Y, b.Y+b.H+apart)
	}
	return box
}

func (w *drawing) free(box flow.Box) bool {
	for _, id := range w.solid {
		b := w.boxes[id]
		if box.X < b.X+b.W+apart && b.X < box.X+box.W+apart && box.Y < b.Y+b.H+apart && b.Y < box.Y+box.H+apart {
			return false
		}
	}
	return true
}

// route is a line with right angles from one box to another.
func route(a, b flow.Box) []flow.Point {
	ax, ay, bx, by := a.X+a.W/2, a.Y+a.H/2, b.X+b.W/2, b.Y+b.H/2
	switch {
	case b.X >= a.X+a.W && ay == by:
		return []flow.Point{{X: a.X + a.W, Y: ay}, {X: b.X, Y: by}}
	case b.X >= a.X+a.W+apart:
		turn := (a.X + a.W + b.X) / 2
		return []flow.Point{{X: a.X + a.W, Y: ay}, {X: turn, Y: ay}, {X: turn, Y: by}, {X: b.X, Y: by}}
	case b.Y >= a.Y+a.H:
		turn := (a.Y + a.H + b.Y) / 2
		return []flow.Point{{X: ax, Y: a.Y + a.H}, {X: ax, Y: turn}, {X: bx, Y: turn}, {X: bx, Y: b.Y}}
	case b.Y+b.H <= a.Y:
		turn := (b.Y + b.H + a.Y) / 2
		return []flow.Point{{X: ax, Y: a.Y}, {X: ax, Y: turn}, {X: bx, Y: turn}, {X: bx, Y: b.Y + b.H}}
	}
	under := math.Max(a.Y+a.H, b.Y+b.H) + apart
	return []flow.Point{{X: ax, Y: a.Y + a.H}, {X: ax, Y: under}, {X: bx, Y: under}, {X: bx, Y: b.Y + b.H}}
}

// around leads a line below what it would run through.
func (w *drawing) around(o *way, points []flow.Point) []flow.Point {
	a, b := w.boxes[o.from], w.boxes[o.to]
	low, crossed := math.Max(a.Y+a.H, b.Y+b.H), false
	left, right := math.Min(a.X, b.X), math.Max(a.X+a.W, b.X+b.W)
	for _, id := range w.solid {
		box := w.boxes[id]
		if id == o.from || id == o.to || box.X >= right || box.X+box.W <= left {
			continue
		}
		for i := 1; i < len(points); i++ {
			crossed = crossed || crosses(points[i-1], points[i], box)
		}
		low = math.Max(low, box.Y+box.H)
	}
	if !crossed {
		return points
	}
	ax, bx, under := a.X+a.W/2, b.X+b.W/2, low+apart
	return []flow.Point{{X: ax, Y: a.Y + a.H}, {X: ax, Y: under}, {X: bx, Y: under}, {X: bx, Y: b.Y + b.H}}
}

// crosses tells whether a level or upright line runs through a box.
func crosses(p, q flow.Point, b flow.Box) bool {
	return math.Max(p.X, q.X) > b.X && math.Min(p.X, q.X) < b.X+b.W && math.Max(p.Y, q.Y) > b.Y && math.Min(p.Y, q.Y) < b.Y+b.H
}

// names are the prefixes for a drawing's elements at a plane, with what has to be
// declared on each.
func (g *graph) names(plane *piece) (bpmndi, dc, di, declare string) {
	one := func(space, want string) string {
		if prefix, ok := plane.prefixFor(space, false); ok {
			return prefix
		}
		want = plane.free(want)
		declare += " xmlns:" + want + `="` + space + `"`
		return want
	}
	return one(nsBPMNDI, "bpmndi"), one(nsDC, "dc"), one(nsDI, "di"), declare
}

func (g *graph) shapeText(plane *piece, id, kind string, box flow.Box) string {
	bpmndi, dc, _, declare := g.names(plane)
	in, name, marker := g.e.s.indent(plane)+"  ", join(bpmndi, "BPMNShape"), ""
	if kind == string(flow.KindChoice) {
		marker = ` isMarkerVisible="true"`
	}
	return in + "<" + name + declare + ` id="` + g.e.fresh(id+"_di") + `" bpmnElement="` + g.e.s.quote(id) + `"` + marker + ">" +
		in + "  <" + join(dc, "Bounds") + ` x="` + digits(box.X) + `" y="` + digits(box.Y) + `" width="` + digits(box.W) + `" height="` + digits(box.H) + `"/>` +
		in + "</" + name + ">"
}

func (g *graph) edgeText(plane *piece, id string, points []flow.Point) string {
	bpmndi, _, di, declare := g.names(plane)
	in, name := g.e.s.indent(plane)+"  ", join(bpmndi, "BPMNEdge")
	var b strings.Builder
	b.WriteString(in + "<" + name + declare + ` id="` + g.e.fresh(id+"_di") + `" bpmnElement="` + g.e.s.quote(id) + `">`)
	for _, p := range points {
		b.WriteString(in + "  <" + join(di, "waypoint") + ` x="` + digits(p.X) + `" y="` + digits(p.Y) + `"/>`)
	}
	b.WriteString(in + "</" + name + ">")
	return b.String()
}

// redraw lays the whole flow out anew: every node, lane and way that the file
// draws gets another place; what the layout does not know stays where it is.
func (g *graph) redraw() {
	w := g.readDrawing()
	if w == nil {
		return
	}
	fresh := flow.Layout(g.d, flow.Across)
	var added strings.Builder
	for _, s := range fresh.Shapes {
		if p := w.shapes[s.Element]; p != nil {
			g.settle(p, s.Box)
		} else if n := g.d.Node(s.Element); n != nil {
			added.WriteString(g.shapeText(w.plane, s.Element, string(n.Kind), s.Box))
		}
	}
	for _, x := range fresh.Edges {
		if p := w.edges[x.Element]; p != nil {
			g.redrawEdge(p, x.Points, true)
		} else {
			added.WriteString(g.edgeText(w.plane, x.Element, x.Points))
		}
	}
	if added.Len() > 0 {
		g.e.putLast(w.plane, added.String())
	}
}

func digits(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func number(s string) float64 {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(v) || math.Abs(v) > 1e6 {
		return 0
	}
	return v
}
