package checkup

import (
	"slices"
)

var lawRules = []check{
	{Rule: Rule{"law_repealed", "laws", Error, "优化营商环境条例第三十五条"}, whole: func(f *finder) { f.cited(repealed) }},
	{Rule: Rule{"law_article", "laws", Error, "GB/T 39554.1—2020"}, whole: func(f *finder) { f.cited(f.noArticle) }},
	{Rule: Rule{"law_unknown", "laws", Note, "GB/T 39554.1—2020"}, whole: func(f *finder) { f.unknown() }},
}

// cited asks a question of every article on which something rests. Nothing is
// asked of laws that are invented.
func (f *finder) cited(wrong func(*Law, Article) bool) {
	f.resting(func(s Subject, basis []Article) { f.citedBy(s, basis, wrong) })
}

// resting goes through everything that rests on articles. Without a law library
// there is nothing to go through.
func (f *finder) resting(each func(Subject, []Article)) {
	if f.c.Laws == nil {
		return
	}
	for i := range f.c.Items {
		if it := &f.c.Items[i]; it.Guide != nil {
			each(it.subject(), it.Guide.Basis)
		}
	}
	for i := range f.c.Bases {
		each(f.c.Bases[i].subject(), f.c.Bases[i].Basis)
	}
	for i := range f.c.Powers {
		each(f.c.Powers[i].subject(), f.c.Powers[i].Basis)
	}
	for i := range f.c.Proofs {
		each(f.c.Proofs[i].subject(), f.c.Proofs[i].Basis)
	}
}

func (f *finder) citedBy(s Subject, basis []Article, wrong func(*Law, Article) bool) {
	var said []string
	for _, a := range basis {
		if f.stopped || a.Invented || blank(a.Law) {
			continue
		}
		if !wrong(f.law(a), a) {
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

// law is the law that an article belongs to, nil when the library does not have it.
func (f *finder) law(a Article) *Law {
	if i, ok := f.index.laws[lawName(a.Law)]; ok {
		return &f.c.Laws[i]
	}
	return nil
}

// mostResting bounds the things that a finding about a law names; it counts all.
const mostResting = 200

// unknown: a law is not in the library, so that nobody hears when it changes. It is
// one finding for each law, the same whatever rests on it: one text brought in
// mends it for all. Asked about one code, it counts what that has.
func (f *finder) unknown() {
	type missing struct {
		law  Subject
		on   []Subject
		n    int
		last Subject
	}
	var all []*missing
	by := map[string]*missing{}
	f.resting(func(s Subject, basis []Article) {
		for _, a := range basis {
			if a.Invented || blank(a.Law) || f.law(a) != nil || f.only != "" && f.only != s.Code {
				continue
			}
			key := lawName(a.Law)
			m := by[key]
			if m == nil {
				m = &missing{law: Subject{OfLaw, key, a.Law}}
				by[key], all = m, append(all, m)
			}
			if m.last == s {
				continue // several articles of it
			}
			m.n, m.last = m.n+1, s
			if len(m.on) < mostResting {
				m.on = append(m.on, s)
			}
		}
	})
	for _, m := range all {
		x := Finding{Rule: f.check.Key, Subject: m.law}
		x.identify()
		x.Related = m.on
		f.give(x, "law", m.law.Name, "n", m.n)
	}
}
