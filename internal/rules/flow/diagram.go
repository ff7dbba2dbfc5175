package flow

import (
	"math"
	"strconv"
	"strings"
)

// Point is a place in a drawing, in the units of the file (pixels by custom).
type Point struct{ X, Y float64 }

// Box is a rectangle in a drawing.
type Box struct{ X, Y, W, H float64 }

// Shape is the box of an element in a drawing.
type Shape struct {
	Element    string
	Box        Box
	Label      *Box // where the file puts the label, nil when it does not say
	Horizontal bool // of lanes and pools
}

// Edge is the line of a flow or link in a drawing.
type Edge struct {
	Element string
	Points  []Point
	Label   *Box
}

// Diagram is where everything lies: the file's own drawing, or one made by Layout.
type Diagram struct {
	Shapes []Shape
	Edges  []Edge
}

// Bounds is the box around the whole drawing.
func (g *Diagram) Bounds() Box {
	lo, hi := Point{math.Inf(1), math.Inf(1)}, Point{math.Inf(-1), math.Inf(-1)}
	grow := func(x, y float64) {
		lo = Point{math.Min(lo.X, x), math.Min(lo.Y, y)}
		hi = Point{math.Max(hi.X, x), math.Max(hi.Y, y)}
	}
	box := func(b *Box) {
		if b != nil {
			grow(b.X, b.Y)
			grow(b.X+b.W, b.Y+b.H)
		}
	}
	for i := range g.Shapes {
		box(&g.Shapes[i].Box)
		box(g.Shapes[i].Label)
	}
	for i := range g.Edges {
		for _, p := range g.Edges[i].Points {
			grow(p.X, p.Y)
		}
		box(g.Edges[i].Label)
	}
	if math.IsInf(lo.X, 1) {
		return Box{}
	}
	return Box{lo.X, lo.Y, hi.X - lo.X, hi.Y - lo.Y}
}

// Shape returns the shape of an element, nil when it is not drawn.
func (g *Diagram) Shape(id string) *Shape {
	for i := range g.Shapes {
		if g.Shapes[i].Element == id {
			return &g.Shapes[i]
		}
	}
	return nil
}

// readDiagram reads the first diagram of the file that draws anything.
func readDiagram(root *element) *Diagram {
	for _, k := range root.kids {
		if k.space != nsBPMNDI || k.local != "BPMNDiagram" {
			continue
		}
		g := &Diagram{}
		k.walk(func(e *element) {
			if e.space != nsBPMNDI {
				return
			}
			switch e.local {
			case "BPMNShape":
				if b := boundsIn(e); b != nil {
					g.Shapes = append(g.Shapes, Shape{Element: localName(e.attr("bpmnElement")), Box: *b,
						Label: labelIn(e), Horizontal: e.attr("isHorizontal") != "false"})
				}
			case "BPMNEdge":
				if points := waypoints(e); len(points) > 1 {
					g.Edges = append(g.Edges, Edge{Element: localName(e.attr("bpmnElement")), Points: points, Label: labelIn(e)})
				}
			}
		})
		if len(g.Shapes) > 0 {
			return g
		}
	}
	return nil
}

// localName takes the prefix off a qualified name.
func localName(ref string) string { return ref[strings.LastIndexByte(ref, ':')+1:] }

func labelIn(e *element) *Box {
	for _, k := range e.kids {
		if k.space == nsBPMNDI && k.local == "BPMNLabel" {
			return boundsIn(k)
		}
	}
	return nil
}

func boundsIn(e *element) *Box {
	for _, k := range e.kids {
		if k.space != nsDC || k.local != "Bounds" {
			continue
		}
		b := Box{number(k, "x"), number(k, "y"), number(k, "width"), number(k, "height")}
		if b.W < 0 || b.H < 0 {
			return nil
		}
		return &b
	}
	return nil
}

func waypoints(e *element) []Point {
	var points []Point
	for _, k := range e.kids {
		if k.space == nsDI && k.local == "waypoint" {
			points = append(points, Point{number(k, "x"), number(k, "y")})
		}
	}
	return points
}

// number reads a coordinate. What is not a sensible number becomes 0, so that
// a broken drawing is ugly and not a fault.
func number(e *element, name string) float64 {
	v, err := strconv.ParseFloat(e.attr(name), 64)
	if err != nil || math.IsNaN(v) || math.Abs(v) > 1e6 {
		return 0
	}
	return v
}
