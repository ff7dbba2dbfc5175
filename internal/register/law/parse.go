package law

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"tongban/internal/rules/citation"
	"tongban/internal/rules/wording"
)

// The bounds of a file.
const (
	maxFile     = 4 << 20 // bytes
	maxArticles = 3000
	maxLine     = 8000 // characters
	maxValue    = 400  // characters of a value in the head
	maxProblems = 200
)

// mark stands alone on the line between head and articles.
const mark = "---"

// Parse reads a law's file. It returns the text, or everything that is wrong
// with the file, each with its line. name is the file's, for the reader.
//
// The format is plain text, UTF-8: "# " and the title; the head, a line for each
// field (类别：法律); "---"; then headings (## 第一章 总则, ### 第一节 …) and
// articles, each beginning its line with 第…条 and a blank. The lines of an article
// are its paragraphs (款); lines that begin with （一） are items (项) of the
// paragraph before, lines that begin with "1." points (目) of the item before.
func Parse(name string, src []byte) (*Text, []Problem) {
	p := &parser{file: name, out: &Text{}, seen: map[string]bool{}}
	switch {
	case len(src) > maxFile:
		p.wrong("law.text.large", "max", maxFile>>20)
	case !utf8.Valid(src):
		p.wrong("law.text.encoding")
	default:
		p.lines(string(bytes.TrimPrefix(src, []byte("\ufeff"))))
	}
	if len(p.problems) > 0 {
		return nil, p.problems
	}
	return p.out, nil
}

// parser goes through the lines of a file once.
type parser struct {
	file     string
	line     int
	out      *Text
	seen     map[string]bool // lines of the head
	body     bool
	under    [3]heading // 编, 章, 节
	anew     bool       // a new 编 has begun: its chapters may count from one
	waits    int        // level, from 1, of a heading with nothing under it yet
	problems []Problem
}

// heading is where the file is within its parts.
type heading struct {
	n    int
	text string
}

func (p *parser) wrong(key string, pairs ...any) {
	if len(p.problems) < maxProblems {
		p.problems = append(p.problems, Problem{File: p.file, Line: p.line, Msg: wording.M(key, pairs...)})
	}
}

func (p *parser) lines(src string) {
	for line := range strings.SplitSeq(src, "\n") {
		p.line++
		line = clean(line)
		switch {
		case line == "":
		case len([]rune(line)) > maxLine:
			p.wrong("law.text.line", "max", maxLine)
		case strings.ContainsFunc(line, unicode.IsControl):
			p.wrong("law.text.control")
		case p.body:
			p.inBody(line)
		case strings.HasPrefix(line, "# "):
			p.title(clean(line[2:]))
		case line == mark:
			p.whole()
			p.body = true
		default:
			p.head(line)
		}
	}
	p.line = 0
	switch {
	case p.out.Title == "":
		p.wrong("law.text.no_title")
	case !p.body:
		p.wrong("law.text.no_mark")
	case len(p.out.Articles) == 0:
		p.wrong("law.text.no_articles")
	case p.waits > 0:
		p.wrong("law.text.heading_hollow", "heading", p.under[p.waits-1].text)
	default:
		p.filled()
	}
}

// clean takes blanks off the ends of a line, full-width ones too.
func clean(line string) string {
	return strings.TrimFunc(line, func(c rune) bool { return unicode.IsSpace(c) || c == '\u200b' || c == '\ufeff' })
}

func (p *parser) title(t string) {
	switch {
	case p.out.Title != "":
		p.wrong("law.text.titles")
	case t == "" || len([]rune(t)) > maxValue || strings.ContainsAny(t, "《》"):
		p.wrong("law.text.title")
	default:
		p.out.Title = t
	}
}

func (p *parser) inBody(line string) {
	if strings.HasPrefix(line, "#") {
		p.heading(clean(strings.TrimLeft(line, "#")))
		return
	}
	if a, rest, ok := articleLine(line); ok {
		p.article(a, rest)
		return
	}
	n := len(p.out.Articles)
	if n == 0 {
		p.wrong("law.text.before", "got", clip(line))
		return
	}
	line = bracketed(line)
	last := &p.out.Articles[n-1]
	if at := itemNumber(line); at > 1 && at > lastItem(last.Text)+1 {
		p.wrong("law.text.item", "article", last.String(), "got", citation.Numeral(at))
	}
	if last.Text == "" {
		last.Text = line
		return
	}
	last.Text += "\n" + line
}

// lastItem is the item that the text ends with; 0 when the last line is none.
func lastItem(text string) int {
	all := Lines(text)
	return all[len(all)-1].Item
}

// bracketed gives the number of an item its full-width brackets: (一) → （一）.
func bracketed(line string) string {
	rest, ok := strings.CutPrefix(line, "(")
	if !ok {
		if rest, ok = strings.CutPrefix(line, "（"); !ok {
			return line
		}
	}
	i := strings.IndexAny(rest, ")）")
	if i < 0 {
		return line
	}
	n := chinese(clean(rest[:i]))
	if n == 0 {
		return line
	}
	_, size := utf8.DecodeRuneInString(rest[i:])
	return "（" + citation.Numeral(n) + "）" + clean(rest[i+size:])
}

// articleLine reads the beginning of an article: 第六十二条之一 and a blank.
func articleLine(line string) (a citation.Article, rest string, ok bool) {
	number, ok := strings.CutPrefix(line, "第")
	if !ok {
		return a, "", false
	}
	number, rest, ok = strings.Cut(number, "条")
	if !ok || len(number) > 40 {
		return a, "", false
	}
	if a.N, ok = citation.ParseNumeral(number); !ok {
		return a, "", false
	}
	end := strings.IndexFunc(rest, unicode.IsSpace)
	if end < 0 {
		end = len(rest)
	}
	if sub, found := strings.CutPrefix(rest[:end], "之"); found {
		if a.Sub, ok = citation.ParseNumeral(sub); !ok {
			return a, "", false
		}
	} else if end > 0 {
		return a, "", false // 第三条第一款规定的…: a line that speaks of an article
	}
	return a, clean(rest[end:]), true
}

// article begins an article; numbers follow one another, without a gap unless
// the file holds an excerpt.
func (p *parser) article(a citation.Article, words string) {
	p.filled()
	var was citation.Article
	if n := len(p.out.Articles); n > 0 {
		was = p.out.Articles[n-1].Article
	}
	next := a.N == was.N+1 && a.Sub == 0 || a.N == was.N && a.Sub == was.Sub+1 && was.N > 0
	if !next && !(p.out.Excerpt && was.Before(a)) {
		p.wrong("law.text.order", "got", a.String(), "want", citation.Article{N: was.N + 1}.String())
	}
	if len(p.out.Articles) == maxArticles {
		p.wrong("law.text.many", "max", maxArticles)
		return
	}
	p.waits = 0
	p.out.Articles = append(p.out.Articles, Article{Article: a, Under: p.headings(), Text: bracketed(words)})
}

// filled asks that the article before says something.
func (p *parser) filled() {
	if n := len(p.out.Articles); n > 0 && p.out.Articles[n-1].Text == "" {
		p.wrong("law.text.hollow", "article", p.out.Articles[n-1].String())
	}
}

// heading begins a part, chapter or section; each counts from one under the
// heading above it, chapters through the whole law.
func (p *parser) heading(line string) {
	number, name, ok := strings.Cut(line, "第")
	if !ok || number != "" {
		p.wrong("law.text.heading", "got", clip(line))
		return
	}
	for level, unit := range []string{"编", "章", "节"} {
		number, name, found := strings.Cut(name, unit)
		n, isNumber := citation.ParseNumeral(number)
		if !found || !isNumber {
			continue
		}
		was := p.under[level].n
		if n != was+1 && (level != 1 || n != 1 || !p.anew) && !(p.out.Excerpt && n > was) {
			p.wrong("law.text.heading_order", "got", clip(line), "want", "第"+citation.Numeral(was+1)+unit)
		}
		if p.waits > level {
			p.wrong("law.text.heading_hollow", "heading", p.under[p.waits-1].text)
		}
		p.anew, p.waits = level == 0, level+1
		p.under[level] = heading{n, strings.TrimSpace("第" + citation.Numeral(n) + unit + " " + joined(name))}
		for below := level + 1; below < len(p.under); below++ {
			p.under[below].text = ""
			if level == 1 {
				p.under[below].n = 0
			}
		}
		return
	}
	p.wrong("law.text.heading", "got", clip(line))
}

// joined takes the blanks out of a heading: 总 则.
func joined(s string) string {
	return strings.Join(strings.Fields(s), "")
}

func (p *parser) headings() []string {
	var list []string
	for _, h := range p.under {
		if h.text != "" {
			list = append(list, h.text)
		}
	}
	return list
}

// Write writes a text as Parse reads it.
func Write(t *Text) []byte {
	var b strings.Builder
	b.WriteString("# " + t.Title + "\n\n")
	for _, f := range fields {
		for _, v := range f.get(&t.Head) {
			b.WriteString(f.name + "：" + v + "\n")
		}
	}
	b.WriteString("\n" + mark + "\n")
	var under []string
	for _, a := range t.Articles {
		for i, h := range a.Under {
			if i >= len(under) || under[i] != h {
				b.WriteString("\n" + strings.Repeat("#", i+2) + " " + h + "\n")
				under = nil
			}
		}
		under = a.Under
		b.WriteString("\n" + a.String() + " " + strings.ReplaceAll(a.Text, "\n", "\n\n") + "\n")
	}
	return []byte(b.String())
}
