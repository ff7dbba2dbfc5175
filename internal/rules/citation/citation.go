// Package citation reads how people cite law, such as
// 《行政许可法》第三十二条第一款第（四）项, and writes it back. It knows no law: what
// is cited is looked up by register/law.
package citation

import (
	"strconv"
	"strings"
)

// Article is the number of an article; Sub is that of one put in later
// (第六十二条之一 is 62, 1). The zero value is the law as a whole.
type Article struct {
	N, Sub int
}

// String writes the number as laws do: 第六十二条之一; "" for the law as a whole.
func (a Article) String() string {
	switch {
	case a.N == 0:
		return ""
	case a.Sub == 0:
		return "第" + Numeral(a.N) + "条"
	}
	return "第" + Numeral(a.N) + "条之" + Numeral(a.Sub)
}

// Code writes the number for addresses: 62-1.
func (a Article) Code() string {
	if a.Sub == 0 {
		return strconv.Itoa(a.N)
	}
	return strconv.Itoa(a.N) + "-" + strconv.Itoa(a.Sub)
}

// ParseCode reads what Code writes.
func ParseCode(s string) (Article, bool) {
	n, sub, more := strings.Cut(s, "-")
	var a Article
	var err error
	if a.N, err = strconv.Atoi(n); err == nil && more {
		a.Sub, err = strconv.Atoi(sub)
	}
	ok := err == nil && a.N > 0 && a.N <= maxNumber && a.Sub >= 0 && a.Sub <= maxNumber && a.Code() == s
	return a, ok
}

// Before orders articles as they stand in a law.
func (a Article) Before(b Article) bool { return a.N < b.N || a.N == b.N && a.Sub < b.Sub }

// Citation is a place in a law: the title as it was written, without 《》, the
// article (条), and in it paragraph (款), item (项) and point (目), each 0 when it
// is not named. A citation without article is of the law as a whole.
type Citation struct {
	Law       string
	Article   Article
	Paragraph int
	Item      int
	Point     int
}

// Own tells whether the law speaks of itself: 本法, 本条例.
func (c Citation) Own() bool { return strings.HasPrefix(c.Law, "本") && len([]rune(c.Law)) <= 4 }

// String writes the citation in full: 《行政许可法》第三十二条第一款第（四）项.
func (c Citation) String() string {
	var b strings.Builder
	switch {
	case c.Law == "":
	case c.Own():
		b.WriteString(c.Law)
	default:
		b.WriteString("《" + c.Law + "》")
	}
	b.WriteString(c.Place())
	return b.String()
}

// Place is the citation without the law: 第三十二条第一款第（四）项.
func (c Citation) Place() string {
	s := c.Article.String()
	if c.Paragraph > 0 {
		s += "第" + Numeral(c.Paragraph) + "款"
	}
	if c.Item > 0 {
		s += "第（" + Numeral(c.Item) + "）项"
	}
	if c.Point > 0 {
		s += "第" + Numeral(c.Point) + "目"
	}
	return s
}

// state is the full name that titles of national laws begin with.
const state = "中华人民共和国"

// editions are what a title says in brackets of the text, not of the law.
var editions = []string{"修正", "修订", "修改", "公布", "发布", "示范", "虚构"}

// Key is what titles of one law have in common: without 《》, blanks, the name of
// the state and the edition in brackets behind it.
func Key(title string) string {
	s := string(tidy(title))
	s = strings.TrimSuffix(strings.TrimPrefix(s, "《"), "》")
	s = strings.TrimPrefix(s, state)
	if open := strings.LastIndex(s, "（"); open > 0 && strings.HasSuffix(s, "）") {
		for _, e := range editions {
			if strings.Contains(s[open:], e) {
				return s[:open]
			}
		}
	}
	return s
}
