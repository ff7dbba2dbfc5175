// Package draw makes a picture of a flow: SVG from the file's own drawing, or
// from one that is laid out here, with a running case's steps shown on it.
//
// The picture carries no style element and no style attribute, so that a page
// with a strict content-security policy can show it; colours are presentation
// attributes, and classes let a page's own style sheet change them. What a
// colour says, a shape and a word say too.
package draw

import (
	"fmt"
	"strconv"
	"strings"

	"tongban/internal/rules/flow"
	"tongban/internal/rules/wording"
)

// Options say what to draw.
type Options struct {
	Lang  wording.Lang           // language of the words, Chinese when empty
	State *flow.State            // a running case to show, nil for the plain flowchart
	Dir   flow.Direction         // for a flow that is laid out here
	Relay bool                   // lay out anew even when the file has a drawing, for narrow screens
	Name  string                 // title, the flow's own name when empty
	ID    string                 // prefix of the ids in the picture, "flow" when empty; differs between pictures on one page
	Href  func(id string) string // address behind a node, nil for none
	Marks map[string]Mark        // nodes and flows that differ from another version

	Phrase flow.Phrase // says the condition of a way that has no name; nil leaves it out
}

// Mark says in what a node or flow differs from another version.
type Mark string

// The marks. What was taken away is marked in the drawing of the older version.
const (
	Added   Mark = "added"
	Removed Mark = "removed"
	Changed Mark = "changed"
)

// progress is how far a running case is with a node.
type progress string

const (
	plain   progress = ""
	done    progress = "done"
	now     progress = "now"
	later   progress = "later"
	skipped progress = "skipped"
)

// SVG draws the flow. It never fails: what a file does not say is left out.
func SVG(d *flow.Definition, opt Options) []byte {
	if opt.Lang == "" {
		opt.Lang = wording.ZH
	}
	if opt.ID == "" {
		opt.ID = "flow"
	}
	if opt.Name == "" {
		opt.Name = d.Name
	}
	g := d.Diagram
	if g == nil || opt.Relay {
		g = flow.Layout(d, opt.Dir)
	}
	c := &canvas{d: d, opt: opt, state: map[string]progress{}}
	c.readState()
	c.open(g)
	for _, layer := range []func(flow.Figure) bool{isFrame, isGroup} {
		c.shapes(g, layer)
	}
	for i := range g.Edges {
		c.edge(&g.Edges[i])
	}
	c.shapes(g, func(f flow.Figure) bool { return !isFrame(f) && !isGroup(f) && f.Type != "boundaryEvent" })
	c.shapes(g, func(f flow.Figure) bool { return f.Type == "boundaryEvent" })
	c.b.WriteString("</svg>\n")
	return []byte(c.b.String())
}

// canvas collects the picture.
type canvas struct {
	d     *flow.Definition
	opt   Options
	state map[string]progress
	b     strings.Builder
}

func isFrame(f flow.Figure) bool {
	switch f.Type {
	case "participant", "lane":
		return true
	case "subProcess", "adHocSubProcess", "transaction":
		return !f.Collapsed
	}
	return false
}

func isGroup(f flow.Figure) bool { return f.Type == "group" }

// readState sorts the nodes into done, now and later. When the case is over,
// what it never came to was not taken.
func (c *canvas) readState() {
	s := c.opt.State
	if s == nil {
		return
	}
	rest := later
	if s.Over != "" {
		rest = skipped
	}
	for _, n := range c.d.Nodes {
		c.state[n.ID] = rest
	}
	for _, id := range s.Passed {
		c.state[id] = done
	}
	for _, t := range s.Tokens {
		c.state[t.Node] = now
	}
}

func (c *canvas) say(key string, pairs ...any) string {
	return wording.Text(c.opt.Lang, "flow.draw."+key, pairs...)
}

func (c *canvas) open(g *flow.Diagram) {
	box := g.Bounds()
	const pad = 24.0
	w, h := box.W+2*pad, box.H+2*pad
	role := "img"
	if c.opt.Href != nil {
		role = "group" // what is in an image cannot be reached by itself
	}
	fmt.Fprintf(&c.b, `<svg xmlns="http://www.w3.org/2000/svg" class="flow-drawing" role="%s" aria-labelledby="%s-title" aria-describedby="%s-desc" `,
		role, escape(c.opt.ID), escape(c.opt.ID))
	fmt.Fprintf(&c.b, `viewBox="%s %s %s %s" width="%s" height="%s" font-family="sans-serif" font-size="12" fill="none">`+"\n",
		num(box.X-pad), num(box.Y-pad), num(w), num(h), num(w), num(h))
	fmt.Fprintf(&c.b, "<title id=\"%s-title\">%s</title>\n", escape(c.opt.ID), escape(c.say("title", "name", c.opt.Name)))
	fmt.Fprintf(&c.b, "<desc id=\"%s-desc\">%s</desc>\n", escape(c.opt.ID), escape(c.describe()))
	c.arrow("arrow", ink2, true)
	c.arrow("open-arrow", ink2, false)
	c.arrow("done-arrow", green, true)
}

func (c *canvas) arrow(name, colour string, filled bool) {
	fill := "none"
	if filled {
		fill = colour
	}
	fmt.Fprintf(&c.b, `<defs><marker id="%s-%s" viewBox="0 0 10 10" refX="9" refY="5" markerUnits="userSpaceOnUse" markerWidth="11" markerHeight="11" orient="auto">`+
		`<path d="M1 1 L9 5 L1 9%s" fill="%s" stroke="%s"/></marker></defs>`+"\n",
		escape(c.opt.ID), name, map[bool]string{true: " Z", false: ""}[filled], fill, colour)
}

// describe is the alternative in words: the whole flow as one paragraph. The
// page shows the same as a list (Text).
func (c *canvas) describe() string {
	steps := 0
	for _, n := range c.d.Nodes {
		if n.Activity() {
			steps++
		}
	}
	var parts []string
	for _, l := range Text(c.d, c.opt.State, c.opt.Lang, c.opt.Phrase) {
		part := l.Text
		if l.State != "" {
			part = c.say("element_state", "name", part, "state", l.State)
		}
		parts = append(parts, part)
	}
	sep := "；"
	if c.opt.Lang == wording.EN {
		sep = "; "
	}
	return c.say("desc", "steps", steps, "text", strings.Join(parts, sep))
}

// TextLine is a line of the flow in words, with how far a case is with it.
type TextLine struct {
	Depth int
	Node  string
	Text  string
	Why   string // the condition of a way with a name of its own, "" where the name says it
	State string // the word for done, now …; "" without a case or for a line that is no node
	Mark  string // done, now, later, skipped or "", for the page's own signs
}

// Text is the flow as an indented list in words, for phones and screen
// readers: the alternative to the picture. state and phrase may be nil.
func Text(d *flow.Definition, state *flow.State, lang wording.Lang, phrase flow.Phrase) []TextLine {
	c := &canvas{d: d, opt: Options{Lang: lang, State: state}, state: map[string]progress{}}
	c.readState()
	var lines []TextLine
	for _, l := range flow.Outline(d, phrase) {
		line := TextLine{Depth: l.Depth, Node: l.Node, Text: l.Text.In(lang)}
		if !l.Why.IsZero() {
			line.Why = l.Why.In(lang)
		}
		if p := c.state[l.Node]; l.Node != "" && p != plain {
			line.State, line.Mark = c.say(string(p)), string(p)
		}
		lines = append(lines, line)
	}
	return lines
}

func num(v float64) string {
	s := strconv.FormatFloat(v, 'f', 1, 64)
	return strings.TrimSuffix(s, ".0")
}

// escape writes text so that it stays text, in elements and in attributes.
func escape(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		case r == '"':
			b.WriteString("&quot;")
		case r == '\'':
			b.WriteString("&#39;")
		case r < 32 && r != '\n' && r != '\t', r == 0xfffe, r == 0xffff:
			b.WriteRune(' ')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
