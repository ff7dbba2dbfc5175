package ui

import (
	"cmp"
	"fmt"
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"

	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// Chart is a drawing with the sentence it proves, its table and where its
// numbers come from. Exactly one of Bars, Lines and Heat is set.
type Chart struct {
	// Finding is the title: what the chart shows, in a sentence.
	Finding Text
	// Range is what the numbers cover: 11月1—30日, 18,354 件.
	Range                     Text
	AsOf                      day.Instant
	Source, Owner, Definition Text
	// Numbers is the same figures as a table, with the same rounding.
	Numbers Table
	// CSV is the address of the same table as a file.
	CSV string

	Bars  *Bars
	Lines *Lines
	Heat  *Heat
}

// Bars are horizontal bars from zero, in the order given. With several Series
// each bar is stacked, at most four deep.
type Bars struct {
	Series []Text
	Items  []Bar
	// Max is the value at full width; zero takes the largest bar.
	Max float64
}

// Bar is one row: Values has one number, or one for each series.
type Bar struct {
	Label  Text
	Values []float64
	// Shown is the number as it is printed at the end of the bar.
	Shown Text
	// Legal paints the bar in the red of the law: overdue.
	Legal bool
}

// Lines are series over time on one axis, at most four.
type Lines struct {
	Points []Text
	Series []Series
	// Min and Max bound the axis; Min above zero is said in words below the chart.
	Min, Max float64
	// Target is drawn as a dashed line when TargetText is set.
	Target     float64
	TargetText Text
	// Suffix follows the axis' numbers: %, 天.
	Suffix string
}

// Series is one line; NaN leaves a gap.
type Series struct {
	Name   Text
	Values []float64
}

// Heat is a table whose cells are shaded by their number.
type Heat struct {
	Caption Text
	Columns []Text
	Bands   []Band
}

// Band is a row of a Heat.
type Band struct {
	Label Text
	Marks []Mark
}

// Mark is a number with its shade from 0 to 5; Hidden ones are too few to be
// told apart from persons.
type Mark struct {
	Value, Level int
	Hidden       bool
}

// NewHeat shades values by fifths of the largest. Numbers from 1 to fewest-1
// are hidden, as they might point at persons.
func NewHeat(caption Text, columns, rows []Text, values [][]int, fewest int) *Heat {
	h := &Heat{Caption: caption, Columns: columns}
	most := 1
	for _, row := range values {
		for _, v := range row {
			most = max(most, v)
		}
	}
	for i, row := range values {
		b := Band{Label: rows[i]}
		for _, v := range row {
			m := Mark{Value: v, Level: (v*5 + most - 1) / most}
			if v > 0 && v < fewest {
				m = Mark{Hidden: true}
			}
			b.Marks = append(b.Marks, m)
		}
		h.Bands = append(h.Bands, b)
	}
	return h
}

// The drawing uses em for heights and percentages for widths, and no viewBox:
// letters keep the page's size on every screen and in 长辈版.
const (
	barStep   = 3.0  // em from one bar to the next
	barWide   = 72.0 // % of the width at Max; the rest is for the number
	plotFrom  = 13.0 // % of the width for the axis' numbers
	plotWide  = 63.0 // % of the width for lines; the rest is for their names
	plotTall  = 11.0 // em
	gridLines = 4
	lineGap   = 1.4 // em between the names of two lines
)

// draw writes the chart's SVG in a language. Every text in it is escaped here.
func (c Chart) draw(lang wording.Lang) template.HTML {
	d := drawing{lang: lang}
	switch {
	case c.Bars != nil:
		d.bars(c.Bars)
	case c.Lines != nil:
		d.lines(c.Lines)
	}
	title := template.HTMLEscapeString(Say(lang, c.Finding))
	desc := template.HTMLEscapeString(Say(lang, c.Range))
	return template.HTML(fmt.Sprintf( //nolint:gosec // escaped above and in drawing
		`%s<svg class="draw" role="img" width="100%%" height="%sem"><title>%s</title><desc>%s</desc>%s</svg>`,
		d.legend, svgNum(d.tall), title, desc, d.out.String()))
}

type drawing struct {
	lang   wording.Lang
	out    strings.Builder
	legend string
	tall   float64
}

func (d *drawing) add(format string, args ...any) { fmt.Fprintf(&d.out, format, args...) }

func (d *drawing) say(t Text) string { return template.HTMLEscapeString(Say(d.lang, t)) }

func (d *drawing) bars(b *Bars) {
	most := b.Max
	for _, it := range b.Items {
		if b.Max == 0 {
			most = math.Max(most, sum(it.Values))
		}
	}
	if most == 0 {
		most = 1
	}
	for i, it := range b.Items {
		top := float64(i) * barStep
		d.add(`<text x="0" y="%sem">%s</text>`, svgNum(top+1), d.say(it.Label))
		x := 0.0
		for j, v := range it.Values {
			wide := v / most * barWide
			class := "c" + strconv.Itoa(j%4)
			if it.Legal {
				class = "legal"
			}
			d.add(`<rect class="%s" x="%s%%" y="%sem" width="%s%%" height="1em"/>`, class, svgNum(x), svgNum(top+1.4), svgNum(wide))
			x += wide
		}
		d.add(`<text class="value" x="%s%%" dx=".4em" y="%sem">%s</text>`, svgNum(x), svgNum(top+2.25), d.say(it.Shown))
	}
	d.tall = float64(len(b.Items)) * barStep
	if len(b.Series) > 1 {
		d.key(b.Series)
	}
}

// key names the colours of a stack above it, in the order of the segments.
func (d *drawing) key(names []Text) {
	var s strings.Builder
	s.WriteString(`<ul class="legend">`)
	for i, name := range names {
		fmt.Fprintf(&s, `<li><svg class="swatch" width="1em" height="1em" aria-hidden="true"><rect class="c%d" width="100%%" height="100%%"/></svg>%s</li>`,
			i%4, d.say(name))
	}
	s.WriteString(`</ul>`)
	d.legend = s.String()
}

func (d *drawing) lines(l *Lines) {
	span := l.Max - l.Min
	if span <= 0 {
		span = 1
	}
	up := func(v float64) float64 { return 100 - (v-l.Min)/span*100 }
	d.tall = plotTall + 4
	d.add(`<svg x="%s%%" y="1.5em" width="%s%%" height="%sem" overflow="visible">`, svgNum(plotFrom), svgNum(plotWide), svgNum(plotTall))
	for i := 0; i <= gridLines; i++ {
		v := l.Min + span*float64(i)/gridLines
		d.add(`<line class="grid" x1="0" x2="100%%" y1="%s%%" y2="%s%%"/>`, svgNum(up(v)), svgNum(up(v)))
		d.add(`<text class="axis" x="0" dx="-.6em" y="%s%%" dy=".35em" text-anchor="end">%s%s</text>`, svgNum(up(v)), svgNum(v), template.HTMLEscapeString(l.Suffix))
	}
	if l.TargetText != nil {
		d.add(`<line class="target" x1="0" x2="100%%" y1="%s%%" y2="%s%%"/>`, svgNum(up(l.Target)), svgNum(up(l.Target)))
		d.add(`<text class="axis" x="100%%" dx=".5em" y="%s%%" dy="-.5em">%s</text>`, svgNum(up(l.Target)), d.say(l.TargetText))
	}
	ends := make([]float64, len(l.Series))
	for i, s := range l.Series {
		ends[i] = d.series(i, s, len(l.Points), up)
	}
	for i, y := range apart(ends, lineGap/plotTall*100) {
		if !math.IsNaN(y) {
			d.add(`<text x="100%%" dx=".7em" y="%s%%" dy=".35em">%s</text>`, svgNum(y), d.say(l.Series[i].Name))
		}
	}
	d.add(`</svg>`)
	last := len(l.Points) - 1
	for i, p := range l.Points {
		if i != 0 && i != last && i*2 != last {
			continue
		}
		anchor := "middle"
		switch i {
		case 0: // also where it is the only one: it stands at the left edge
			anchor = "start"
		case last:
			anchor = "end"
		}
		d.add(`<text class="axis" x="%s%%" y="%sem" text-anchor="%s">%s</text>`,
			svgNum(plotFrom+along(i, len(l.Points))*plotWide/100), svgNum(plotTall+3), anchor, d.say(p))
	}
}

// apart moves heights, in percent from the top, until each lies gap below the one
// above it, so that names do not stand on each other; NaN has no height.
func apart(heights []float64, gap float64) []float64 {
	order := make([]int, 0, len(heights))
	for i, y := range heights {
		if !math.IsNaN(y) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(heights[a], heights[b]) })
	moved := slices.Clone(heights)
	floor := 100.0
	for _, i := range slices.Backward(order) { // from the bottom up, as the axis ends there
		moved[i] = min(moved[i], floor)
		floor = moved[i] - gap
	}
	return moved
}

// series draws one line and a marker of its own shape on each point. It returns
// the height at which it ends, NaN if it has no point.
func (d *drawing) series(i int, s Series, points int, up func(float64) float64) float64 {
	class := "c" + strconv.Itoa(i%4)
	last := math.NaN()
	d.add(`<svg width="100%%" height="100%%" viewBox="0 0 100 100" preserveAspectRatio="none" overflow="visible"><path class="line %s" d="`, class)
	pen := "M"
	for j, v := range s.Values {
		if math.IsNaN(v) {
			pen = "M"
			continue
		}
		d.add("%s%s %s", pen, svgNum(along(j, points)), svgNum(up(v)))
		pen = "L"
	}
	d.add(`"/></svg>`)
	for j, v := range s.Values {
		if math.IsNaN(v) {
			continue
		}
		last = up(v)
		d.add(`<svg x="%s%%" y="%s%%" overflow="visible">%s</svg>`, svgNum(along(j, points)), svgNum(last), marker(class, i))
	}
	return last
}

func marker(class string, i int) string {
	switch i % 4 {
	case 1:
		return `<rect class="` + class + `" x="-4" y="-4" width="8" height="8"/>`
	case 2:
		return `<path class="` + class + `" d="M0-5 5 4H-5z"/>`
	case 3:
		return `<path class="` + class + `" d="M0-5 5 0 0 5-5 0z"/>`
	}
	return `<circle class="` + class + `" r="4"/>`
}

// along is the place of point i of k on the axis, in percent.
func along(i, k int) float64 {
	if k < 2 {
		return 0
	}
	return float64(i) / float64(k-1) * 100
}

func sum(list []float64) float64 {
	total := 0.0
	for _, v := range list {
		total += v
	}
	return total
}

// svgNum writes a number for SVG with at most two decimals.
func svgNum(v float64) string {
	return strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64)
}
