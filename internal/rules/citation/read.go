package citation

import (
	"slices"
	"strings"
	"unicode"
)

// MaxText bounds the text that Parse reads, in characters; what is behind is left.
const MaxText = 4000

// maxRange bounds 第十六条至第二十条, and with it what one text can come to.
const maxRange = 60

// maxFound bounds the citations found in one text.
const maxFound = 300

// tidy gives a text one form: half-width figures, full-width brackets, no blanks;
// a line's end separates.
func tidy(s string) []rune {
	out := make([]rune, 0, min(len(s), MaxText))
	for _, c := range s {
		if len(out) == MaxText {
			break
		}
		switch {
		case c == '\n':
			out = append(out, '；')
		case unicode.IsSpace(c) || c == '\ufeff' || c == '\u200b':
		case c >= '０' && c <= '９':
			out = append(out, c-'０'+'0')
		case c == '(':
			out = append(out, '（')
		case c == ')':
			out = append(out, '）')
		default:
			out = append(out, c)
		}
	}
	return out
}

// Parse finds the citations in a text, in order. Text that cites nothing gives
// none. A place without a law's name is of the law named before it
// (《行政许可法》第三十二条、第四十四条), lists and ranges are written out, and
// 本法 stays as it is.
func Parse(text string) []Citation {
	p := &reader{text: tidy(text)}
	for p.at < len(p.text) && len(p.found) < maxFound {
		switch c := p.text[p.at]; {
		case c == '《':
			p.title()
		case c == '第' && p.article():
		case separates(c):
			p.at++
			p.begin = p.at
		case c == '（':
			p.at = p.behind(p.at, '（', '）')
		default:
			p.at++
		}
	}
	return p.found
}

// reader goes through a text once.
type reader struct {
	text  []rune
	at    int
	begin int    // where a name without 《》 can begin
	law   string // named last
	known bool   // whether law was named at all, and no other name came between
	found []Citation
}

func separates(c rune) bool { return strings.ContainsRune("。；;，,、：:！？!?“”\"", c) }

// behind is the place after the bracket that closes the one at i; the one after
// i when none does.
func (p *reader) behind(i int, open, closing rune) int {
	depth := 0
	for j := i; j < len(p.text); j++ {
		switch p.text[j] {
		case open:
			depth++
		case closing:
			if depth--; depth == 0 {
				return j + 1
			}
		}
	}
	return i + 1
}

// title reads 《…》 and what it names: places in that law, or the law as a whole.
func (p *reader) title() {
	end := p.behind(p.at, '《', '》')
	if end <= p.at+2 {
		p.at++
		return
	}
	p.law, p.known = string(p.text[p.at+1:end-1]), true
	p.at = end
	if end < len(p.text) && p.text[end] == '（' {
		p.at = p.behind(end, '（', '）')
	}
	p.begin = p.at
	if p.at < len(p.text) && p.text[p.at] == '第' && p.article() {
		return
	}
	p.found = append(p.found, Citation{Law: p.law})
}

// article reads a place that begins at 第; false when there is none.
func (p *reader) article() bool {
	numbers, end := p.numbers(p.at, '条')
	if end == 0 {
		return false
	}
	if p.begin < p.at && !p.name(string(p.text[p.begin:p.at])) {
		return false
	}
	if !p.known {
		return false
	}
	first := len(p.found)
	for _, n := range numbers {
		p.found = append(p.found, Citation{Law: p.law, Article: Article{N: n}})
	}
	if end < len(p.text) && p.text[end] == '之' {
		if sub, used := readNumeral(p.text[end+1:]); used > 0 {
			p.found[len(p.found)-1].Article.Sub = sub
			end += 1 + used
		}
	}
	p.at = end
	p.fill(first)
	p.inside()
	p.begin = p.at
	return true
}

// fill writes out 第十六条至第二十条, whose first half was read just before.
func (p *reader) fill(first int) {
	if first == 0 || p.begin == 0 || p.text[p.begin-1] != rangeMark {
		return
	}
	from, to := p.found[first-1], p.found[first]
	if from.Law != to.Law || to.Article.N-from.Article.N > maxRange {
		return
	}
	var between []Citation
	for n := from.Article.N + 1; n < to.Article.N; n++ {
		between = append(between, Citation{Law: to.Law, Article: Article{N: n}})
	}
	p.found = slices.Insert(p.found, first, between...)
}

// rangeMark stands between the ends of a range.
const rangeMark = '至'

// inside reads paragraph, item and point of the article read last, and what
// follows it: a list of them, or the other end of a range.
func (p *reader) inside() {
	for p.at < len(p.text) && len(p.found) < maxFound {
		c, at := p.found[len(p.found)-1], p.at
		ranged := p.text[at] == rangeMark
		listed := ranged || strings.ContainsRune("、和及或与", p.text[at])
		if listed {
			at++
		}
		if at >= len(p.text) {
			return
		}
		level, numbers, end := p.below(at)
		if end == 0 {
			if listed {
				p.at++
			}
			return
		}
		if last := c.number(level); ranged && last > 0 && numbers[0]-last <= maxRange {
			for n := last + 1; n < numbers[0]; n++ {
				p.found = append(p.found, c.at(level, n))
			}
		}
		if !listed {
			p.found = p.found[:len(p.found)-1]
		}
		for _, n := range numbers {
			p.found = append(p.found, c.at(level, n))
		}
		p.at = end
	}
}

// below reads 第二款, 第（四）项 or 第一目 at a place.
func (p *reader) below(at int) (level rune, numbers []int, end int) {
	for _, level := range "款项目" {
		if numbers, end := p.numbers(at, level); end > 0 {
			return level, numbers, end
		}
	}
	return 0, nil, 0
}

// at is the citation at another place of the same article.
func (c Citation) at(level rune, n int) Citation {
	switch level {
	case '款':
		c.Paragraph, c.Item, c.Point = n, 0, 0
	case '项':
		c.Item, c.Point = n, 0
	default:
		c.Point = n
	}
	return c
}

// number is what the citation names at a level.
func (c Citation) number(level rune) int {
	switch level {
	case '款':
		return c.Paragraph
	case '项':
		return c.Item
	}
	return c.Point
}

// numbers reads 第三条, 第（一）、（三）项 or 第一至三款 at a place: the numbers
// before that unit, and where the text goes on; 0 when it is something else.
func (p *reader) numbers(at int, unit rune) (list []int, end int) {
	if p.text[at] != '第' {
		return nil, 0
	}
	at++
	for at < len(p.text) && len(list) < maxRange {
		n, used := p.number(at)
		if used == 0 {
			return nil, 0
		}
		at += used
		list = append(list, n)
		if at >= len(p.text) {
			return nil, 0
		}
		switch c := p.text[at]; {
		case c == unit:
			return list, at + 1
		case c == '、' || c == '和' || c == '及':
			at++
		case c == rangeMark:
			to, used := p.number(at + 1)
			if used == 0 || to <= n || to-n > maxRange {
				return nil, 0
			}
			for k := n + 1; k < to; k++ {
				list = append(list, k)
			}
			at++
		default:
			return nil, 0
		}
	}
	return nil, 0
}

// number reads 三 or （三） at a place.
func (p *reader) number(at int) (n, used int) {
	if at >= len(p.text) {
		return 0, 0
	}
	if p.text[at] != '（' {
		return readNumeral(p.text[at:])
	}
	n, used = readNumeral(p.text[at+1:])
	if used == 0 || at+1+used >= len(p.text) || p.text[at+1+used] != '）' {
		return 0, 0
	}
	return n, used + 2
}

// leads are words before a law's name that are no part of it.
var leads = []string{"依据", "根据", "依照", "按照", "参照", "违反", "规定和", "以及"}

// kinds are what titles of laws end with.
var kinds = []string{"法", "条例", "办法", "规定", "细则", "规则", "规程", "决定", "章程", "通知", "意见", "标准", "目录", "方案", "公告", "解释", "制度", "规范"}

// same are words that mean the law named before.
var same = []string{"", "和", "及", "或", "或者", "与", "该法", "同法", "该条例", "该办法", "其"}

// name takes the words before 第 for a law's name without 《》; false when they
// are not one.
func (p *reader) name(words string) bool {
	for _, l := range leads {
		if i := strings.LastIndex(words, l); i >= 0 {
			words = words[i+len(l):]
		}
	}
	for _, l := range []string{"和", "及", "与", "或者", "或"} {
		words = strings.TrimPrefix(words, l)
	}
	words = withoutChapter(words)
	if slices.Contains(same, words) {
		return p.known
	}
	body := words
	if open := strings.LastIndex(words, "（"); open > 0 && strings.HasSuffix(words, "）") {
		body = words[:open]
	}
	if len([]rune(body)) < 2 || !slices.ContainsFunc(kinds, func(k string) bool { return strings.HasSuffix(body, k) }) {
		p.known = false
		return false
	}
	p.law, p.known = words, true
	return true
}

// withoutChapter takes 第四章 and the like off the end: articles are counted
// through the whole law.
func withoutChapter(words string) string {
	r := []rune(words)
	for i, c := range r {
		if c != '第' {
			continue
		}
		if n, used := readNumeral(r[i+1:]); n > 0 && i+1+used < len(r) && strings.ContainsRune("编章节", r[i+1+used]) {
			return string(r[:i])
		}
	}
	return words
}
