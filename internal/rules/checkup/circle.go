package checkup

import "slices"

// ring is documents that need each other: all of them, in order, and of their
// circles a shortest one.
type ring struct{ members, shortest []int }

// rings finds the circles among the documents that can never be had, in the
// order of their first documents.
func (g *needs) rings() []ring {
	left := g.never()
	next := make([][]int, len(g.nodes))
	for _, w := range g.ways {
		if !left[w.to] {
			continue
		}
		for _, a := range w.asks {
			if left[a] {
				next[w.to] = append(next[w.to], a)
			}
		}
	}
	var out []ring
	for _, members := range components(next) {
		if len(members) > 1 || slices.Contains(next[members[0]], members[0]) {
			slices.Sort(members)
			out = append(out, ring{members, shortestRing(next, members)})
		}
	}
	slices.SortFunc(out, func(a, b ring) int { return a.members[0] - b.members[0] })
	return out
}

// components finds the strongly connected components of a graph, by Tarjan's
// algorithm with a stack of its own: a chain of any length overflows nothing.
func components(next [][]int) [][]int {
	const unseen = -1
	n := len(next)
	number, low := make([]int, n), make([]int, n)
	onStack := make([]bool, n)
	for v := range number {
		number[v] = unseen
	}
	type frame struct{ v, edge int }
	var out [][]int
	var stack []int
	var calls []frame
	count := 0
	open := func(v int) {
		number[v], low[v] = count, count
		count++
		stack, onStack[v] = append(stack, v), true
		calls = append(calls, frame{v, 0})
	}
	for root := range next {
		if number[root] != unseen {
			continue
		}
		open(root)
		for len(calls) > 0 {
			top := &calls[len(calls)-1]
			v := top.v
			if top.edge < len(next[v]) {
				w := next[v][top.edge]
				top.edge++
				if number[w] == unseen {
					open(w)
				} else if onStack[w] {
					low[v] = min(low[v], number[w])
				}
				continue
			}
			calls = calls[:len(calls)-1]
			if len(calls) > 0 {
				up := calls[len(calls)-1].v
				low[up] = min(low[up], low[v])
			}
			if low[v] == number[v] {
				i := len(stack) - 1
				for ; stack[i] != v; i-- {
					onStack[stack[i]] = false
				}
				onStack[v] = false
				out = append(out, slices.Clone(stack[i:]))
				stack = stack[:i]
			}
		}
	}
	return out
}

// effort bounds the search for a shortest circle, in documents visited. Up to
// a thousand documents it is a shortest of all; of more, a shortest through the
// first of them.
const effort = 1_000_000

// shortestRing finds a shortest circle in a component.
func shortestRing(next [][]int, members []int) []int {
	in := make(map[int]bool, len(members))
	for _, v := range members {
		in[v] = true
	}
	var best []int
	for _, start := range members[:max(1, min(len(members), effort/len(members)))] {
		if r := ringThrough(next, in, start, len(best)); r != nil {
			best = r
		}
	}
	return best
}

// ringThrough is a shortest circle through a document, nil when it is not
// shorter than the best so far (0: none yet).
func ringThrough(next [][]int, in map[int]bool, start, best int) []int {
	from := map[int]int{start: start}
	level := []int{start}
	for length := 1; len(level) > 0 && (best == 0 || length < best); length++ {
		var below []int
		for _, v := range level {
			for _, w := range next[v] {
				if w == start {
					return backFrom(from, v, start)
				}
				if _, seen := from[w]; !seen && in[w] {
					from[w] = v
					below = append(below, w)
				}
			}
		}
		level = below
	}
	return nil
}

func backFrom(from map[int]int, v, start int) []int {
	out := []int{v}
	for v != start {
		v = from[v]
		out = append(out, v)
	}
	slices.Reverse(out)
	return out
}
