package catalog

import (
	"slices"
	"strconv"
	"strings"

	"tongban/internal/rules/workday"
)

// licensingLaw is how an article of 行政许可法 begins.
const licensingLaw = "行政许可法"

func index(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// terms checks the limits of the item: against each other, and those of a
// licence against 行政许可法.
func (c *checker) terms() {
	t := c.d.Terms
	c.term("terms.notice", t.Notice, true)
	c.term("terms.statutory", t.Statutory, true)
	c.term("terms.promised", t.Promised, true)
	c.term("terms.deliver", t.Deliver, true)
	c.configured("terms.lapse", t.Lapse)
	c.configured("terms.remind", t.Remind)
	if t.Promised.Unit != t.Statutory.Unit {
		c.wrong("terms.promised", "units")
	} else if t.Promised.Days > t.Statutory.Days {
		c.wrong("terms.promised", "promised", "promised", t.Promised.Days, "statutory", t.Statutory.Days)
	}
	if t.Remind.Unit == t.Lapse.Unit && t.Remind.Days >= t.Lapse.Days {
		c.wrong("terms.remind", "remind", "lapse", t.Lapse.Days)
	}
	c.extension()
	c.law()
}

func (c *checker) term(path string, t workday.Term, cited bool) {
	if err := t.Check(); err != nil {
		c.wrongMessage(path, err)
		return
	}
	if t.Days == 0 {
		c.wrong(path, "term_days")
	}
	if cited && blank(t.Article) {
		c.wrong(path, "term_article")
	}
}

// configured asks that a term that no article sets says so.
func (c *checker) configured(path string, t Configured) {
	c.term(path, t.Term, false)
	if !t.Configured && blank(t.Article) {
		c.wrong(path, "configured")
	}
}

func (c *checker) extension() {
	x := c.d.Terms.Extension
	if x.Term.IsZero() && x.Approver == "" {
		return
	}
	c.term("terms.extension", x.Term, true)
	c.oneOf("terms.extension.approver", string(x.Approver), []string{string(workday.Head), string(workday.Leader)})
}

// law holds the terms of a licence against 行政许可法: 32 for the notice, 42 for
// the decision and its extension, 44 for delivery; and keeps its deemed
// acceptance (32) to licences.
func (c *checker) law() {
	it := &c.d.Item
	if it.Type == "" && it.based() {
		return // judged when the base item has said what it is
	}
	if it.Type != TypeLicence {
		if it.Deemed {
			c.wrong("deemed", "deemed")
		}
		return
	}
	if !it.Deemed {
		c.wrong("deemed", "deemed_missing")
	}
	key := workday.LimitDecide
	if it.Joint {
		key = workday.LimitDecideJoint
	}
	decide, _ := workday.LimitOf(key)
	notice, _ := workday.LimitOf(workday.LimitNotice)
	deliver, _ := workday.LimitOf(workday.LimitDeliver)
	c.within("terms.notice", it.Terms.Notice, notice.Term, false)
	c.within("terms.statutory", it.Terms.Statutory, decide.Term, true)
	c.within("terms.deliver", it.Terms.Deliver, deliver.Term, false)
	if x := it.Terms.Extension; !x.Term.IsZero() {
		c.within("terms.extension", x.Term, decide.Extension, true)
		if x.Approver != decide.Approver {
			c.wrong("terms.extension", "approver", "want", string(decide.Approver), "article", decide.Extension.Article)
		}
	}
}

// within refuses a term longer than the law's. Where the article says 法律、法规
// 另有规定的，依照其规定 (42), another law that stands in the item's basis may set it.
func (c *checker) within(path string, t, limit workday.Term, otherwise bool) {
	if t.Unit == limit.Unit && t.Days <= limit.Days {
		return
	}
	if otherwise && !strings.HasPrefix(t.Article, licensingLaw) && c.cited(t.Article) {
		return
	}
	c.wrong(path, "beyond_law", "got", t.Days, "max", limit.Days, "article", limit.Article)
}

// cited tells whether the article is of a real law named in the basis.
func (c *checker) cited(article string) bool {
	return slices.ContainsFunc(c.d.Basis, func(b Basis) bool {
		name := strings.TrimPrefix(b.Law, "中华人民共和国")
		return !b.Invented && name != "" && strings.HasPrefix(strings.TrimPrefix(article, "中华人民共和国"), name)
	})
}

// special checks what stops the clock: only what 行政许可法 45 lists, and only
// where the item's own basis requires it.
func (c *checker) special() {
	seen := map[string]bool{}
	for i, s := range c.d.Special {
		path := index("special", i)
		if !s.Kind.Pauses() {
			var known []string
			for _, p := range workday.Procedures() {
				known = append(known, string(p))
			}
			c.wrong(path+".kind", "special_kind", "got", string(s.Kind), "known", strings.Join(known, "、"))
		}
		if blank(s.Name) || blank(s.Basis) || blank(s.Article) {
			c.wrong(path, "special_basis")
		}
		if c.d.Type == TypeLicence && s.Article != workday.PauseArticle {
			c.wrong(path+".article", "special_article", "article", workday.PauseArticle)
		}
		if s.Days <= 0 || s.Days > 365 {
			c.wrong(path+".days", "special_days")
		}
		c.role(path+".role", s.Role)
		if seen[s.Role] {
			c.wrong(path+".role", "special_twice", "role", s.Role)
		}
		seen[s.Role] = true
	}
}

// visits checks site visits: two officers at least for a licence (行政许可法 34),
// each within a term of its own.
func (c *checker) visits() {
	fewest := 1
	if c.d.Type == TypeLicence {
		fewest = 2
	}
	for i, v := range c.d.Visits {
		path := index("visits", i)
		c.role(path+".role", v.Role)
		if v.Officers < fewest || v.Officers > 20 {
			c.wrong(path, "officers", "min", fewest)
		}
		c.term(path+".term", v.Term, false)
		c.when(path+".when", v.When)
	}
}

func (c *checker) role(path, role string) {
	if _, ok := c.d.Roles[role]; !ok {
		c.wrong(path, "role", "role", role, "known", roleList(c.d.Roles))
	}
}
