package checkup

import (
	"slices"
	"strings"

	"tongban/internal/rules/citation"
	"tongban/internal/rules/workday"
)

var limitRules = []check{
	{Rule: Rule{"limit_over_law", "limits", Error, "行政许可法第三十二条、第四十二条、第四十四条"}, item: limitOverLaw},
	{Rule: Rule{"limit_over_article", "limits", Error, "优化营商环境条例第三十六条"}, item: limitOverArticle},
	{Rule: Rule{"limit_promised", "limits", Error, "优化营商环境条例第三十六条"}, item: limitPromised},
	{Rule: Rule{"limit_basis", "limits", Warning, "GB/T 39554.1—2020"}, item: limitBasis},
	{Rule: Rule{"limit_deemed", "limits", Error, "行政许可法第三十二条第一款第四项"}, item: limitDeemed},
	{Rule: Rule{"limit_pause", "limits", Error, workday.PauseArticle}, item: limitPause},
}

// licensingLaw is the law that sets the limits of licences.
const licensingLaw = "行政许可法"

// longer tells whether a limit is longer than another, week for week where one
// counts working days and the other calendar days: five of one are seven of the other.
func longer(t, than workday.Term) bool { return fifths(t) > fifths(than) }

func fifths(t workday.Term) int {
	if t.Unit == workday.CalendarDays {
		return 5 * t.Days
	}
	return 7 * t.Days
}

// limitOverLaw holds the limits of a licence against 行政许可法: notice 32,
// decision and extension 42, delivery 44. Where 42 lets another law speak, a
// law that stands in the item's own basis may set the limit.
func limitOverLaw(f *finder, it *Item) {
	g := it.Guide
	if g == nil || it.Type != Licence {
		return
	}
	key := workday.LimitDecide
	if g.Joint {
		key = workday.LimitDecideJoint
	}
	decide, _ := workday.LimitOf(key)
	notice, _ := workday.LimitOf(workday.LimitNotice)
	deliver, _ := workday.LimitOf(workday.LimitDeliver)
	for _, x := range []struct {
		which      string
		got, limit workday.Term
		otherwise  bool
	}{
		{"notice", g.Terms.Notice, notice.Term, false},
		{"statutory", g.Terms.Statutory, decide.Term, true},
		{"extension", g.Terms.Extension, decide.Extension, true},
		{"deliver", g.Terms.Deliver, deliver.Term, false},
	} {
		if x.got.Days == 0 || !longer(x.got, x.limit) || x.otherwise && ownLaw(g, x.got.Article) {
			continue
		}
		f.found(it.subject(), "which", termName(x.which), "got", x.got, "max", x.limit, "article", x.limit.Article)
	}
}

// ownLaw tells whether the article is of another real law that the item rests on.
func ownLaw(g *Guide, article string) bool {
	law, _ := cite(article)
	return law != "" && law != licensingLaw && slices.ContainsFunc(g.Basis, func(a Article) bool { return !a.Invented && lawName(a.Law) == law })
}

// limitsOfArticles are limits that articles set for the items that name them as
// the source of their limit, beside 行政许可法; the law library adds its own.
var limitsOfArticles = map[string]workday.Term{
	"市场主体登记管理条例第十九条": {Days: 3, Unit: workday.WorkingDays},
	"政府信息公开条例第三十三条":  {Days: 20, Unit: workday.WorkingDays},
}

// limitOverArticle holds a limit against the article that the item itself names.
func limitOverArticle(f *finder, it *Item) {
	if it.Guide == nil {
		return
	}
	t := it.Guide.Terms.Statutory
	law, number := cite(t.Article)
	if law == "" || law == licensingLaw {
		return
	}
	limit, ok := limitsOfArticles[law+number]
	if i, known := f.index.laws[law]; known {
		for _, a := range f.c.Laws[i].Articles {
			if a.Number == number && a.Days > 0 {
				limit, ok = workday.Term{Days: a.Days, Unit: a.Unit}, true
			}
		}
	}
	if ok && longer(t, limit) {
		f.found(it.subject(), "got", t, "max", limit, "article", law+number)
	}
}

// limitPromised: a promise is not longer than the law's limit.
func limitPromised(f *finder, it *Item) {
	if it.Guide == nil {
		return
	}
	t := it.Guide.Terms
	if t.Promised.Days > 0 && t.Statutory.Days > 0 && longer(t.Promised, t.Statutory) {
		f.found(it.subject(), "promised", t.Promised, "statutory", t.Statutory)
	}
}

// limitBasis: a limit that the law sets names its article (法定办结时限说明).
func limitBasis(f *finder, it *Item) {
	if it.Guide != nil && it.Guide.Terms.Statutory.Days > 0 && blank(it.Guide.Terms.Statutory.Article) {
		f.found(it.subject(), "got", it.Guide.Terms.Statutory)
	}
}

// limitDeemed: silence accepts where a licence is applied for, and nowhere else
// by this law.
func limitDeemed(f *finder, it *Item) {
	if it.Guide != nil && it.Guide.Flow != nil && it.Guide.Deemed != (it.Type == Licence) {
		f.found(it.subject(), "got", typeName(it.Type))
	}
}

// limitPause: the clock of a licence stops for the procedures of 行政许可法 45
// only, and only where the item's basis requires them.
func limitPause(f *finder, it *Item) {
	if it.Guide == nil || it.Type != Licence {
		return
	}
	for _, s := range it.Guide.Special {
		if !s.Kind.Pauses() || blank(s.Basis) {
			f.found(it.subject(), "name", s.Name)
		}
	}
}

// cite takes the first citation of a text apart: the law by the key of its
// title, and the number of the article.
func cite(s string) (law, article string) {
	for _, c := range citation.Parse(s) {
		return lawName(c.Law), c.Article.String()
	}
	return "", ""
}

// unmarked takes the marks of titles away.
var unmarked = strings.NewReplacer("《", "", "》", "")

// lawName is what the titles of one law have in common.
func lawName(title string) string { return citation.Key(unmarked.Replace(title)) }

// place is a citation in its parts: the law by the key of its title, and the
// number of the article, without paragraph and item.
func (a Article) place() (law, article string) {
	law = lawName(a.Law)
	for _, c := range citation.Parse("《" + law + "》" + a.Article) {
		return law, c.Article.String()
	}
	return law, a.Article
}

// same tells whether two citations are of one article.
func (a Article) same(b Article) bool {
	law, article := a.place()
	otherLaw, other := b.place()
	return law == otherLaw && article == other
}
