package checkup

import (
	"slices"
)

var lawRules = []check{
	{Rule: Rule{"law_repealed", "laws", Error, "优化营商环境条例第三十五条"}, whole: func(f *finder) { f.cited(repealed) }},
	{Rule: Rule{"law_article", "laws", Error, "GB/T 39554.1—2020"}, whole: func(f *finder) { f.cited(f.noArticle) }},
	{Rule: Rule{"law_unknown", "laws", Note, "GB/T 39554.1—2020"}, whole: func(f *finder) { f.cited(notKept) }},
}

// cited asks a question of every article on which something rests. Nothing is
// asked where no law library was handed in, nor of laws that are invented.
func (f *finder) cited(wrong func(*Law, Article) bool) {
	if f.c.Laws == nil {
		return
	}
	for i := range f.c.Items {
		if it := &f.c.Items[i]; it.Guide != nil {
			f.citedBy(it.subject(), it.Guide.Basis, wrong)
		}
	}
	for i := range f.c.Bases {
		f.citedBy(f.c.Bases[i].subject(), f.c.Bases[i].Basis, wrong)
	}
	for i := range f.c.Powers {
		f.citedBy(f.c.Powers[i].subject(), f.c.Powers[i].Basis, wrong)
	}
	for i := range f.c.Proofs {
		f.citedBy(f.c.Proofs[i].subject(), f.c.Proofs[i].Basis, wrong)
	}
}

func (f *finder) citedBy(s Subject, basis []Article, wrong func(*Law, Article) bool) {
	var said []string
	for _, a := range basis {
		if f.stopped || a.Invented || blank(a.Law) {
			continue
		}
		var l *Law
		if i, ok := f.index.laws[lawName(a.Law)]; ok {
			l = &f.c.Laws[i]
		}
		if !wrong(l, a) {
			continue
		}
		if label := lawName(a.Law) + a.Article; !slices.Contains(said, label) {
			said = append(said, label)
			f.found(s, "law", a.Law, "article", a.Article)
		}
	}
}

// placeIn is an article of a law.
type placeIn struct {
	law    *Law
	number string
}

// repealed: nothing rests on a law that no longer holds (立改废释).
func repealed(l *Law, _ Article) bool { return l != nil && l.Repealed }

// noArticle: the article is there.
func (f *finder) noArticle(l *Law, a Article) bool {
	if l == nil || l.Repealed || l.Articles == nil || blank(a.Article) {
		return false
	}
	_, number := a.place()
	return !f.index.articles[placeIn{l, number}]
}

// notKept: the law is not in the library, so that nobody hears when it changes.
func notKept(l *Law, _ Article) bool { return l == nil }
