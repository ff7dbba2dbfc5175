package flow

import "math"

// Direction is the way in which a laid-out flow reads.
type Direction int

// The directions of Layout. Downwards suits a phone.
const (
	Across Direction = iota
	Downwards
)

// Sizes of a laid-out drawing, in the units of BPMN diagrams.
const (
	taskW, taskH   = 100.0, 80.0
	gatewaySize    = 50.0
	eventSize      = 36.0
	columnW        = 170.0
	rowH           = 130.0
	downColumnW    = 150.0
	downRowH       = 130.0
	laneHead       = 30.0
	margin         = 20.0
	boundaryOffset = 18.0
)

// longest is how many cells a line keeps free for itself; beyond that a
// drawing is not read as a whole anyway.
const longest = 40

// Layout lays the flow out in layers along the longest way from the start,
// ways back left aside. It takes no notice of the file's own drawing.
func Layout(d *Definition, dir Direction) *Diagram {
	l := &layouter{d: d, layer: make([]int, len(d.Nodes)), row: make([]int, len(d.Nodes)), back: map[*Flow]bool{}, cells: map[[2]int]bool{}}
	l.findBack()
	l.layers()
	l.rows()
	return l.draw(dir)
}

type layouter struct {
	d     *Definition
	layer []int // by Node.at
	row   []int
	back  map[*Flow]bool
	cells map[[2]int]bool // layer and row of every node
	order []*Node         // from the start on, each node after all before it, ways back left aside
}

// findBack marks the flows that close a cycle and orders the nodes.
func (l *layouter) findBack() {
	const (
		fresh = iota
		open
		closed
	)
	mark := make([]int, len(l.d.Nodes))
	var visit func(n *Node)
	visit = func(n *Node) {
		mark[n.at] = open
		for _, f := range n.Out {
			switch mark[f.To.at] {
			case fresh:
				visit(f.To)
			case open:
				l.back[f] = true
			}
		}
		for _, b := range n.Boundary {
			if mark[b.at] == fresh {
				visit(b)
			}
		}
		mark[n.at] = closed
		l.order = append(l.order, n)
	}
	if l.d.plan.start != nil {
		visit(l.d.plan.start)
	}
	for _, n := range l.d.Nodes { // what the start does not reach is drawn all the same
		if mark[n.at] == fresh && n.Kind != KindBoundary {
			visit(n)
		}
	}
	for _, n := range l.d.Nodes {
		if mark[n.at] == fresh {
			visit(n)
		}
	}
	for i, j := 0, len(l.order)-1; i < j; i, j = i+1, j-1 {
		l.order[i], l.order[j] = l.order[j], l.order[i]
	}
}

func (l *layouter) layers() {
	for _, n := range l.order {
		for _, b := range n.Boundary {
			l.layer[b.at] = max(l.layer[b.at], l.layer[n.at])
		}
		for _, f := range n.Out {
			if !l.back[f] {
				l.layer[f.To.at] = max(l.layer[f.To.at], l.layer[n.at]+1)
			}
		}
	}
}

// rows gives each node the free row of its layer nearest to where it comes
// from. With lanes, each lane is a band of rows of its own.
func (l *layouter) rows() {
	bands := l.bands()
	taken := map[[3]int]bool{} // band, layer, row
	height := make([]int, len(bands))
	for _, band := range bands {
		height[band.index] = 1
	}
	local := make([]int, len(l.d.Nodes))
	bandOf := make([]int, len(l.d.Nodes))
	for i, band := range bands {
		for _, n := range band.nodes {
			bandOf[n.at] = i
		}
	}
	for _, n := range l.order {
		if n.Kind == KindBoundary && n.Host != nil {
			local[n.at] = local[n.Host.at] + 1 // where its way begins
			continue
		}
		want := 0
		for i, f := range n.In {
			if l.back[f] || bandOf[f.From.at] != bandOf[n.at] {
				continue
			}
			at := local[f.From.at]
			if f.From.Kind == KindChoice || f.From.Kind == KindParallel {
				at += placeOf(f)
			}
			if i == 0 || at < want {
				want = at
			}
		}
		b := bandOf[n.at]
		for !l.claim(taken, n, b, want) {
			want++
		}
		local[n.at] = want
		height[b] = max(height[b], want+1)
	}
	base := make([]int, len(bands))
	for i := 1; i < len(bands); i++ {
		base[i] = base[i-1] + height[i-1]
	}
	for _, n := range l.d.Nodes {
		l.row[n.at] = base[bandOf[n.at]] + local[n.at]
		if n.Kind != KindBoundary {
			l.cells[[2]int{l.layer[n.at], l.row[n.at]}] = true
		}
	}
}

// claim takes a cell of the grid for a node and, when its only way on leads
// far, the cells that the line crosses; false when one of them is taken.
func (l *layouter) claim(taken map[[3]int]bool, n *Node, band, row int) bool {
	first, last := l.layer[n.at], l.layer[n.at]
	if len(n.Out) == 1 && !l.back[n.Out[0]] {
		last = max(last, min(l.layer[n.Out[0].To.at]-1, first+longest))
	}
	for k := first; k <= last; k++ {
		if taken[[3]int{band, k, row}] {
			return false
		}
	}
	for k := first; k <= last; k++ {
		taken[[3]int{band, k, row}] = true
	}
	return true
}

// between tells whether a node lies in the row between the ends of a flow.
func (l *layouter) between(f *Flow) bool {
	for k := l.layer[f.From.at] + 1; k < l.layer[f.To.at]; k++ {
		if l.cells[[2]int{k, l.row[f.From.at]}] {
			return true
		}
	}
	return false
}

// placeOf is the place of a flow among those that leave its node.
func placeOf(f *Flow) int {
	for i, o := range f.From.Out {
		if o == f {
			return i
		}
	}
	return 0
}

type band struct {
	index int
	lane  *Lane
	nodes []*Node
}

// bands are the lanes, and one more for the nodes in none.
func (l *layouter) bands() []band {
	var list []band
	in := map[string]bool{}
	for i := range l.d.Lanes {
		b := band{index: len(list), lane: &l.d.Lanes[i]}
		for _, id := range l.d.Lanes[i].Nodes {
			if n := l.d.byID[id]; n != nil && !in[id] {
				in[id] = true
				b.nodes = append(b.nodes, n)
			}
		}
		list = append(list, b)
	}
	rest := band{index: len(list)}
	for _, n := range l.d.Nodes {
		if !in[n.ID] {
			rest.nodes = append(rest.nodes, n)
		}
	}
	if len(rest.nodes) > 0 || len(list) == 0 {
		list = append(list, rest)
	}
	return list
}

func size(n *Node) (w, h float64) {
	switch n.Kind {
	case KindStart, KindEnd, KindCatch, KindBoundary:
		return eventSize, eventSize
	case KindChoice, KindParallel:
		return gatewaySize, gatewaySize
	}
	return taskW, taskH
}

func (l *layouter) draw(dir Direction) *Diagram {
	g := &Diagram{}
	center := make([]Point, len(l.d.Nodes))
	head := 0.0
	if len(l.d.Lanes) > 0 {
		head = laneHead
	}
	for _, n := range l.order {
		x, y := float64(l.layer[n.at]), float64(l.row[n.at])
		if dir == Across {
			center[n.at] = Point{margin + head + (x+0.5)*columnW, margin + (y+0.5)*rowH}
		} else {
			center[n.at] = Point{margin + (y+0.5)*downColumnW, margin + head + (x+0.5)*downRowH}
		}
	}
	g.Shapes = append(g.Shapes, l.laneShapes(dir)...)
	for _, n := range l.d.Nodes {
		if n.Kind == KindBoundary && n.Host != nil {
			center[n.at] = boundaryCenter(n, center[n.Host.at], dir)
		}
		w, h := size(n)
		g.Shapes = append(g.Shapes, Shape{Element: n.ID, Box: Box{center[n.at].X - w/2, center[n.at].Y - h/2, w, h}, Label: labelBox(n, center[n.at], dir)})
	}
	for _, f := range l.d.Flows {
		g.Edges = append(g.Edges, Edge{Element: f.ID, Points: l.route(f, center, dir)})
	}
	return g
}

// labelBox keeps the name of a node that is drawn small off its lines: above
// and beside a gateway, beside an event when it reads downwards. Nil means
// underneath.
func labelBox(n *Node, at Point, dir Direction) *Box {
	w, h := size(n)
	switch {
	case w == taskW || n.Name == "":
		return nil
	case w == gatewaySize:
		return &Box{at.X + 8, at.Y - h/2 - 26, 84, 16}
	case dir == Downwards:
		return &Box{at.X + w/2 + 3, at.Y + 5, downColumnW - taskW/2 - w/2 - 6, 30}
	}
	return nil
}

// boundaryCenter spreads the boundary events along the far side of their host.
func boundaryCenter(n *Node, host Point, dir Direction) Point {
	i := 0
	for k, b := range n.Host.Boundary {
		if b == n {
			i = k
		}
	}
	along := taskW/2 - boundaryOffset - float64(i)*(eventSize+4)
	if dir == Across {
		return Point{host.X + along, host.Y + taskH/2}
	}
	return Point{host.X + taskW/2, host.Y + taskH/2 - boundaryOffset - float64(i)*(eventSize+4)}
}

func (l *layouter) laneShapes(dir Direction) []Shape {
	layers := 1
	for _, n := range l.d.Nodes {
		layers = max(layers, l.layer[n.at]+1)
	}
	var shapes []Shape
	for _, b := range l.bands() {
		if b.lane == nil || b.lane.ID == "" {
			continue
		}
		lo, hi := math.MaxInt, -1
		for _, n := range b.nodes {
			lo, hi = min(lo, l.row[n.at]), max(hi, l.row[n.at])
		}
		if hi < 0 {
			continue
		}
		first, rows := float64(lo), float64(hi-lo+1)
		s := Shape{Element: b.lane.ID, Horizontal: dir == Across}
		if dir == Across {
			s.Box = Box{margin, margin + first*rowH, laneHead + float64(layers)*columnW, rows * rowH}
		} else {
			s.Box = Box{margin + first*downColumnW, margin, rows * downColumnW, laneHead + float64(layers)*downRowH}
		}
		shapes = append(shapes, s)
	}
	return shapes
}

// route draws a flow with right angles: out at the far side of its source,
// and back over the top when it leads back.
func (l *layouter) route(f *Flow, center []Point, dir Direction) []Point {
	a, b := center[f.From.at], center[f.To.at]
	aw, ah := size(f.From)
	bw, bh := size(f.To)
	if dir == Downwards { // think across, then turn
		a, b = Point{a.Y, a.X}, Point{b.Y, b.X}
		aw, ah, bw, bh = ah, aw, bh, bw
	}
	var points []Point
	switch {
	case f.From.Kind == KindBoundary && b.X <= a.X:
		under := math.Max(a.Y, b.Y) + taskH/2 + 22
		points = []Point{{a.X, a.Y + ah/2}, {a.X, under}, {b.X, under}, {b.X, b.Y + bh/2}}
	case l.back[f] || b.X <= a.X: // back over the top, where no boundary event sits
		over := math.Min(a.Y, b.Y) - taskH/2 - 14
		points = []Point{{a.X, a.Y - ah/2}, {a.X, over}, {b.X, over}, {b.X, b.Y - bh/2}}
	case f.From.Kind == KindBoundary:
		points = []Point{{a.X, a.Y + ah/2}, {a.X, b.Y}, {b.X - bw/2, b.Y}}
	case a.Y == b.Y && l.between(f): // around what lies between
		under := a.Y + taskH/2 + 22
		points = []Point{{a.X, a.Y + ah/2}, {a.X, under}, {b.X, under}, {b.X, b.Y + bh/2}}
	case a.Y == b.Y:
		points = []Point{{a.X + aw/2, a.Y}, {b.X - bw/2, b.Y}}
	case len(f.From.Out) > 1: // leave a split by its corner
		side := ah / 2
		if b.Y < a.Y {
			side = -side
		}
		points = []Point{{a.X, a.Y + side}, {a.X, b.Y}, {b.X - bw/2, b.Y}}
	default:
		turn := b.X - bw/2 - 20
		points = []Point{{a.X + aw/2, a.Y}, {turn, a.Y}, {turn, b.Y}, {b.X - bw/2, b.Y}}
	}
	if dir == Downwards {
		for i, p := range points {
			points[i] = Point{p.Y, p.X}
		}
	}
	return points
}
