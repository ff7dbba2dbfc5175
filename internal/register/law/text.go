package law

import (
	"strings"

	"tongban/internal/rules/citation"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// Text is one version of a law as it is written in a file: its head and its
// articles in order.
type Text struct {
	Head
	Articles []Article
}

// Head is what stands above the articles.
type Head struct {
	Key       string   // short name for addresses: administrative-licensing
	Title     string   // in full: 中华人民共和国行政许可法
	Kind      string   // one of Kinds
	Issuer    string   // who made it
	Number    string   // document number, "" for none
	Adopted   day.Day  // day on which it was first adopted, 0 not known
	Published day.Day  // day on which this version was published, 0 not known
	From      day.Day  // day from which this version holds
	Until     day.Day  // day from which it no longer holds, 0 for none
	Aliases   []string // short names by which it is cited
	Source    string   // where the text was taken from
	Note      string   // what the reader must know of this text
	History   []string // adoption and changes, as the text's own head tells them
	Excerpt   bool     // only some of its articles stand here
	Invented  bool     // no legislature made it: a demonstration's law
}

// Kinds are the kinds of documents in the library, by rank.
var Kinds = []string{"法律", "行政法规", "党内法规", "部门规章", "地方性法规", "地方政府规章", "规范性文件"}

// Article is an article (条): its paragraphs (款), items (项) and points (目),
// a line each, as Lines reads them.
type Article struct {
	citation.Article
	Under []string // the headings above it, the outermost first: 第四章 …, 第一节 …
	Text  string
}

// Line is a line of an article and what it is: a paragraph, an item of the
// paragraph before it, or a point of the item before it.
type Line struct {
	Paragraph int
	Item      int // 0 for the paragraph's own words
	Point     int // 0 for the item's own words
	Text      string
}

// Lines takes an article's text apart.
func Lines(text string) []Line {
	var list []Line
	var at Line
	for line := range strings.SplitSeq(text, "\n") {
		if n := itemNumber(line); n > 0 && at.Paragraph > 0 {
			at.Item, at.Point = n, 0
		} else if n := pointNumber(line); n > 0 && at.Item > 0 {
			at.Point = n
		} else {
			at.Paragraph, at.Item, at.Point = at.Paragraph+1, 0, 0
		}
		at.Text = line
		list = append(list, at)
	}
	return list
}

// has tells whether an article has the place that a citation names. An item
// without paragraph may stand in any.
func (a Article) has(c citation.Citation) bool {
	if c.Paragraph == 0 && c.Item == 0 && c.Point == 0 {
		return true
	}
	for _, l := range Lines(a.Text) {
		if (c.Paragraph == 0 || c.Paragraph == l.Paragraph) && c.Item == l.Item && c.Point == l.Point {
			return true
		}
	}
	return false
}

// itemNumber is the number of a line that begins with （四）; 0 of any other.
func itemNumber(line string) int {
	rest, ok := strings.CutPrefix(line, "（")
	if !ok {
		return 0
	}
	number, _, ok := strings.Cut(rest, "）")
	if !ok {
		return 0
	}
	return chinese(number)
}

// chinese reads a number in Chinese numerals; （1） numbers no item.
func chinese(s string) int {
	if strings.ContainsAny(s, "0123456789０１２３４５６７８９") {
		return 0
	}
	n, _ := citation.ParseNumeral(s)
	return n
}

// pointNumber is the number of a line that begins with 1. or 1．; 0 of any other.
func pointNumber(line string) int {
	for _, dot := range []string{".", "．", "、"} {
		if number, rest, ok := strings.Cut(line, dot); ok && len(number) <= 2 && rest != "" && strings.Trim(number, "0123456789") == "" {
			n, _ := citation.ParseNumeral(number)
			return n
		}
	}
	return 0
}

// Problem is one thing that is wrong with a file, with its place.
type Problem struct {
	File string
	Line int // from 1; 0 for the file as a whole
	Msg  wording.Message
}

// Sentence is the problem with its place, for one line of a report.
func (p Problem) Sentence() wording.Message {
	if p.Line == 0 {
		return wording.M("law.place.file", "file", p.File, "what", p.Msg)
	}
	return wording.M("law.place.line", "file", p.File, "line", p.Line, "what", p.Msg)
}
