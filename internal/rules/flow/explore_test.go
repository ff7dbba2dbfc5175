package flow_test

import (
	"sort"
	"strings"
)

// explorer plays the token game of a sample directly on its graph. It knows
// nothing of regions and blocks, and decides nothing by conditions: a choice
// may go any way. Places are flows ("f1") and nodes that wait ("@n1"); a
// fired reminder is remembered as "!n1", so that it fires once.
type explorer struct {
	s         *sample
	in, out   map[string][]string // flows of a node
	reachable map[string]marking
	next      map[string][]string
	visited   map[string]bool // nodes that a token has come to
	limit     int
	unsafe    bool // two tokens met in one place
}

type marking map[string]int

func (m marking) key() string {
	var list []string
	for p, n := range m {
		if n > 0 {
			list = append(list, p+strings.Repeat("+", n-1))
		}
	}
	sort.Strings(list)
	return strings.Join(list, " ")
}

// tokens is the key of the marking without what is only remembered.
func (m marking) tokens() string {
	clean := marking{}
	for p, n := range m {
		if p[0] != '!' {
			clean[p] = n
		}
	}
	return clean.key()
}

func (m marking) with(take []string, put []string) marking {
	c := marking{}
	for p, n := range m {
		c[p] = n
	}
	for _, p := range take {
		if c[p]--; c[p] == 0 {
			delete(c, p)
		}
	}
	for _, p := range put {
		c[p]++
	}
	return c
}

// explore visits every marking up to limit; ok is false when there are more.
func explore(s *sample, limit int) (e *explorer, ok bool) {
	e = &explorer{s: s, in: map[string][]string{}, out: map[string][]string{}, reachable: map[string]marking{},
		next: map[string][]string{}, visited: map[string]bool{}, limit: limit}
	for _, f := range s.flows {
		e.out[f.from] = append(e.out[f.from], f.id)
		e.in[f.to] = append(e.in[f.to], f.id)
	}
	first := marking{}
	for _, n := range s.nodes {
		if n.kind == "startEvent" {
			e.visited[n.id] = true
			for _, f := range e.out[n.id] {
				first[f]++
			}
		}
	}
	queue := []marking{first}
	e.reachable[first.key()] = first
	for len(queue) > 0 {
		m := queue[0]
		queue = queue[1:]
		for _, n := range e.moves(m) {
			for p, count := range n {
				e.unsafe = e.unsafe || (count > 1 && p[0] != '!')
			}
			if e.unsafe {
				return e, true
			}
			k := n.key()
			e.next[m.key()] = append(e.next[m.key()], k)
			if _, known := e.reachable[k]; !known {
				if len(e.reachable) >= limit {
					return e, false
				}
				e.reachable[k] = n
				queue = append(queue, n)
			}
		}
	}
	return e, true
}

func (e *explorer) moves(m marking) []marking {
	var list []marking
	for _, n := range e.s.nodes {
		if n.kind == "parallelGateway" {
			ready := len(e.in[n.id]) > 0
			for _, f := range e.in[n.id] {
				ready = ready && m[f] > 0
			}
			if ready {
				e.visited[n.id] = true
				list = append(list, m.with(e.in[n.id], e.out[n.id]))
			}
			continue
		}
		for _, f := range e.in[n.id] {
			if m[f] > 0 {
				e.visited[n.id] = true
				list = append(list, e.enter(m, n, f)...)
			}
		}
		if m["@"+n.id] > 0 {
			list = append(list, e.finish(m, n)...)
		}
	}
	return list
}

func (e *explorer) enter(m marking, n sampleNode, via string) []marking {
	switch n.kind {
	case "exclusiveGateway":
		var list []marking
		for _, f := range e.out[n.id] {
			list = append(list, m.with([]string{via}, []string{f}))
		}
		return list
	case "endEvent":
		return []marking{m.with([]string{via}, nil)}
	}
	return []marking{m.with([]string{via}, []string{"@" + n.id})}
}

func (e *explorer) finish(m marking, n sampleNode) []marking {
	list := []marking{m.with([]string{"@" + n.id}, e.out[n.id])}
	for _, b := range e.s.nodes {
		if b.host != n.id {
			continue
		}
		e.visited[b.id] = true
		if !b.side {
			list = append(list, m.with([]string{"@" + n.id}, e.out[b.id]))
		} else if m["!"+b.id] == 0 {
			list = append(list, m.with(nil, append([]string{"!" + b.id}, e.out[b.id]...)))
		}
	}
	return list
}

// sound tells whether no place ever holds two tokens, every marking can come
// to its end with no token left, and every node can be reached.
func (e *explorer) sound() bool {
	if e.unsafe {
		return false
	}
	before := map[string][]string{}
	for from, list := range e.next {
		for _, to := range list {
			before[to] = append(before[to], from)
		}
	}
	ends := map[string]bool{}
	var todo []string
	for k, m := range e.reachable {
		if m.tokens() == "" {
			todo = append(todo, k)
		}
	}
	for len(todo) > 0 {
		k := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !ends[k] {
			ends[k] = true
			todo = append(todo, before[k]...)
		}
	}
	if len(ends) != len(e.reachable) {
		return false
	}
	for _, n := range e.s.nodes {
		if !e.visited[n.id] {
			return false
		}
	}
	return true
}
