package law_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/law"
	"tongban/internal/rules/citation"
	"tongban/internal/rules/day"
)

func TestCitationsAreFoundOnTheDay(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		_, err := g.laws.Import(bg, by(ann), "", law.Library())
		must(t, err)
		_, err = g.bring(bakery("2025-01-01", "一。", "二。"), bakery("2026-01-01", "一。\n\n加一款。\n\n（一）项。", "二。", "三。"))
		must(t, err)
		for text, want := range map[string]string{
			"《行政许可法》第三十二条第一款第（四）项":              "known",
			"行政许可法第四十二条、第八十三条、第八十四条":            "known known no_article",
			"中华人民共和国市场主体登记管理条例第十六条":             "known",
			"行政许可法第三十二条第九款":                     "no_place",
			"《云禾县糕点办法（示范，虚构）》第三条；糕点办法第一条第二款第一项": "known known",
			"《海商法》第一条":                          "unknown_law",
			"《行政许可法》":                           "known",
		} {
			if got := g.findings(text, "2026-03-09"); got != want {
				t.Errorf("%s: %s, want %s", text, got, want)
			}
		}
		for on, want := range map[string]string{"2024-12-31": "not_yet", "2025-01-01": "no_article", "2025-12-31": "no_article", "2026-01-01": "known"} {
			if got := g.findings("糕点办法第三条", on); got != want {
				t.Errorf("on %s: %s, want %s", on, got, want)
			}
		}
		_, err = g.bring(strings.NewReplacer("糕点", "面条", "bakery", "noodles", "虚构：是", "虚构：是\n节录：是", "第二条 ", "第七条 ").Replace(bakery("2025-01-01", "一。", "二。")))
		must(t, err)
		if got := g.findings("面条办法第三条、第七条", "2026-03-09"); got != "not_included known" {
			t.Errorf("in an excerpt: %s", got)
		}
	})
}

func TestABadFileIsNamedAndNothingIsImported(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		_, err := g.bring(bakery("2025-01-01", "一。"))
		must(t, err)
		other := strings.Replace(bakery("2025-01-01", "一。"), "简码：bakery", "简码：other", 1)
		for name, x := range map[string]struct {
			files []string
			want  string
		}{
			"a bad line in the second":  {[]string{strings.ReplaceAll(other, "糕点", "面包"), strings.Replace(bakery("2026-01-01", "一。"), "第一条", "第二条", 1)}, "b.md 第 14 行"},
			"the same day, other words": {[]string{bakery("2025-01-01", "另一种写法。")}, "内容不同"},
			"another law's name":        {[]string{other}, "已经是另一部法规（bakery）"},
			"two with one name":         {[]string{strings.ReplaceAll(other, "糕点", "面条"), strings.ReplaceAll(strings.Replace(other, "other", "third", 1), "糕点", "面条")}, "已经是另一部法规（other）"},
			"two of one day":            {[]string{bakery("2026-01-01", "一。"), bakery("2026-01-01", "二。")}, "内容不同"},
			"nothing":                   {nil, "1 到 500 个文件"},
		} {
			if _, err := g.bring(x.files...); act.KindOf(err) != act.Invalid || !strings.Contains(said(err), x.want) {
				t.Errorf("%s: %v", name, said(err))
			}
		}
		if n := g.count("law_version") + g.count("law"); n != 2 {
			t.Errorf("%d laws and versions after bad imports", n)
		}
		out, err := g.bring(bakery("2025-01-01", "一。"))
		if err != nil || out.Same != 1 || len(out.Changes) > 0 {
			t.Errorf("the same again: %+v %v", out, err)
		}
		if _, err := g.laws.Import(bg, by(ben), "", law.Library()); act.KindOf(err) != act.Refused {
			t.Errorf("imported without the right: %v", err)
		}
		if acts := g.Acts("law/bakery"); len(acts) != 1 || acts[0].Kind != "law.imported" {
			t.Errorf("%d events", len(acts))
		}
	})
}

func (g *rig) count(table string) (n int) {
	g.T.Helper()
	g.Read(func(tx *store.Tx) error {
		_, err := tx.Get([]any{&n}, `select count(*) from `+table+` where home = $1`, tx.Home())
		return err
	})
	return n
}

// point points n subjects at articles of the bakery: each at its own article,
// and all at the first.
func (g *rig) point(n int, from string) {
	g.T.Helper()
	g.Do(func(tx *store.Tx) error {
		for i := range n {
			s := law.Subject{Kind: "item", Code: fmt.Sprintf("i%03d", i), Label: fmt.Sprintf("事项%d", i)}
			if err := law.Point(tx, s, day.Span{From: day.MustParse(from)}, []law.Cite{
				{Part: law.Basis, Words: "糕点办法第一条"}, {Part: law.Limit, Words: "《云禾县糕点办法（示范，虚构）》第" + citation.Numeral(i%3+1) + "条第一款"}, {Part: law.Fee, Words: "本机关承诺"},
			}); err != nil {
				return err
			}
		}
		return nil
	})
}

func (g *rig) touched(change int64) (codes []string) {
	g.T.Helper()
	g.Read(func(tx *store.Tx) error {
		var after law.Subject
		for {
			page, err := law.TouchedBy(tx, change, after, 2)
			if err != nil || len(page) == 0 {
				return err
			}
			for _, s := range page {
				codes = append(codes, s.Code)
			}
			after = page[len(page)-1]
		}
	})
	return codes
}

func TestALawThatChangesListsAllThatItTouches(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		g.point(7, "2025-01-01")        // the library does not have the law yet
		g.Do(func(tx *store.Tx) error { // cites the law as a whole: every change touches it
			return law.PointNew(tx, law.Subject{Kind: "item", Code: "whole", Label: "整部"}, day.Span{From: day.MustParse("2025-01-01")}, []law.Cite{{Part: law.Basis, Words: "《糕点办法》"}})
		})
		out, err := g.bring(bakery("2025-01-01", "一。", "二。", "三。"))
		must(t, err)
		if got := g.touched(out.Changes[0]); len(got) != 8 {
			t.Fatalf("the new law touches %v", got)
		}
		out, err = g.bring(bakery("2026-05-01", "一。", "二。", "另三。"))
		must(t, err)
		if got := strings.Join(g.touched(out.Changes[0]), " "); got != "i002 i005 whole" || len(out.Amended) != 1 {
			t.Fatalf("the third article touches %s, %+v", got, out)
		}
		x, err := g.laws.Interpret(bg, by(ann), "", law.InterpretIn{Law: "bakery", Article: citation.Article{N: 2}, Number: "云府函〔2026〕3号", Words: "二是指两个。"})
		must(t, err)
		if got := g.touched(x.Change); x.Subjects != 3 || !slices.Equal(got, []string{"i001", "i004", "whole"}) {
			t.Fatalf("the interpretation touches %v (%d)", got, x.Subjects)
		}
		x, err = g.laws.Repeal(bg, by(ann), "", law.RepealIn{Law: "bakery", From: day.MustParse("2026-06-01"), Number: "云府发〔2026〕9号"})
		must(t, err)
		if x.Subjects != 8 || len(g.touched(x.Change)) != 8 {
			t.Fatalf("the repeal touches %d", x.Subjects)
		}
		if got := g.findings("糕点办法第一条", "2026-06-01"); got != "no_longer" {
			t.Errorf("after the repeal: %s", got)
		}
		var kinds []string
		g.Read(func(tx *store.Tx) error {
			l, err := law.ByKey(tx, "bakery")
			must(t, err)
			list, err := law.Changes(tx, l.ID, 10)
			for _, c := range list {
				kinds = append(kinds, string(c.Kind))
			}
			return err
		})
		if strings.Join(kinds, " ") != "repeal amend interpret enact" {
			t.Errorf("changes %v", kinds)
		}
		for _, kind := range []string{"law.imported", "law.imported", "law.interpret", "law.repeal"} {
			if !slices.ContainsFunc(g.kinds("law/bakery"), func(k string) bool { return k == kind }) {
				t.Errorf("no event %s", kind)
			}
		}
	})
}

func (g *rig) kinds(stream string) (list []string) {
	for _, e := range g.Acts(stream) {
		list = append(list, e.Kind)
	}
	return list
}

func TestBadRepealsAndInterpretations(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		_, err := g.bring(bakery("2025-01-01", "一。"))
		must(t, err)
		repeal := func(who int64, in law.RepealIn) error { _, err := g.laws.Repeal(bg, by(who), "", in); return err }
		interpret := func(in law.InterpretIn) error { _, err := g.laws.Interpret(bg, by(ann), "", in); return err }
		for name, x := range map[string]struct {
			err  error
			kind act.Kind
		}{
			"no right":        {repeal(ben, law.RepealIn{Law: "bakery", Number: "1"}), act.Refused},
			"no such law":     {repeal(ann, law.RepealIn{Law: "none", Number: "1"}), act.NotFound},
			"before it began": {repeal(ann, law.RepealIn{Law: "bakery", Number: "1", From: day.MustParse("2025-01-01")}), act.Invalid},
			"no document":     {repeal(ann, law.RepealIn{Law: "bakery", Number: "  "}), act.Invalid},
			"a long document": {repeal(ann, law.RepealIn{Law: "bakery", Number: strings.Repeat("长", 200)}), act.Invalid},
			"no words":        {interpret(law.InterpretIn{Law: "bakery", Number: "1"}), act.Invalid},
			"too many words":  {interpret(law.InterpretIn{Law: "bakery", Number: "1", Words: strings.Repeat("长", 3000)}), act.Invalid},
			"no such article": {interpret(law.InterpretIn{Law: "bakery", Number: "1", Words: "x", Article: citation.Article{N: 9}}), act.NotFound},
		} {
			if act.KindOf(x.err) != x.kind {
				t.Errorf("%s: %v, want %s", name, x.err, x.kind)
			}
		}
		must(t, repeal(ann, law.RepealIn{Law: "bakery", Number: "1"}))
		if err := repeal(ann, law.RepealIn{Law: "bakery", Number: "1"}); act.KindOf(err) != act.Refused {
			t.Errorf("repealed twice: %v", err)
		}
		if n := g.count("law_change"); n != 2 {
			t.Errorf("%d changes", n)
		}
	})
}

// What a subject rests on is replaced from a day on, and what held before holds
// for the days before.
func TestPointersHoldFromTheirDay(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		_, err := g.bring(bakery("2025-01-01", "一。", "二。", "三。"))
		must(t, err)
		g.point(30, "2025-01-01")
		g.Do(func(tx *store.Tx) error {
			return law.Point(tx, law.Subject{Kind: "item", Code: "i000", Label: "改名"}, day.Span{From: day.MustParse("2026-04-01")},
				[]law.Cite{{Part: law.Basis, Words: "糕点办法第三条"}, {Part: law.Basis, Words: "海商法第二条"}, {Part: law.Basis, Words: "糕点办法"}})
		})
		for on, want := range map[string]int{"2024-12-31": 0, "2026-03-31": 30, "2026-04-01": 29} {
			if n := g.touching(1, on); n != want {
				t.Errorf("%d rest on article 1 on %s, want %d", n, on, want)
			}
		}
		if a, b := g.touching(3, "2026-03-31"), g.touching(3, "2026-04-01"); a != 10 || b != 11 {
			t.Errorf("article 3: %d then %d", a, b)
		}
		if n := g.touching(0, "2026-04-01"); n != 1 {
			t.Errorf("%d cite the law as a whole", n)
		}
		g.Read(func(tx *store.Tx) error {
			places, err := law.PlacesOf(tx, "item", "i000", day.MustParse("2026-04-01"))
			must(t, err)
			if len(places) != 3 || !places[0].Found || places[0].Key != "bakery" || places[1].Found || places[1].Key != "" || !places[2].Found {
				t.Errorf("places %+v", places)
			}
			left, err := law.Unresolved(tx, day.MustParse("2026-04-01"), law.Cursor{}, 10)
			if err == nil && (len(left) != 1 || left[0].Words != "海商法第二条") {
				t.Errorf("unresolved %+v", left)
			}
			return err
		})
	})
}

// touching counts the subjects on an article, page by page.
func (g *rig) touching(article int, on string) (n int) {
	g.T.Helper()
	g.Read(func(tx *store.Tx) error {
		l, err := law.ByKey(tx, "bakery")
		must(g.T, err)
		codes := map[string]bool{}
		var after law.Cursor
		for {
			page, err := law.Touching(tx, l.ID, citation.Article{N: article}, day.MustParse(on), after, 7)
			if err != nil || len(page) == 0 {
				n = len(codes)
				return err
			}
			for _, p := range page {
				codes[p.Code] = true
				after = law.Cursor{Kind: p.Kind, Code: p.Code, Part: p.Part}
			}
		}
	})
	return n
}

func TestTheLibraryIsListedAndSearched(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		_, err := g.laws.Import(bg, by(ann), "", law.Library())
		must(t, err)
		_, err = g.bring(bakery("2025-01-01", "一般100%要求_。"))
		must(t, err)
		g.Read(func(tx *store.Tx) error {
			seen, after := map[string]bool{}, ""
			for {
				page, next, err := law.List(tx, "", "", after, 5)
				must(t, err)
				for _, l := range page {
					if seen[l.Key] {
						t.Errorf("%s is listed twice", l.Key)
					}
					seen[l.Key] = true
				}
				if after = next; next == "" {
					break
				}
			}
			if len(seen) != 17 {
				t.Errorf("%d laws listed", len(seen))
			}
			page, _, err := law.List(tx, "《行政 许可法", "法律", "", 5)
			must(t, err)
			if len(page) != 1 || page[0].Key != "administrative-licensing" || page[0].Articles != 83 {
				t.Errorf("found %+v", page)
			}
			for words, want := range map[string]int{"没有哪一条这样写": 0, "一次告知申请人需要补正的全部内容": 1, "100%要求_": 1, "%": 5, "行政许可": 78} {
				n, after := 0, ""
				for {
					hits, next, err := law.Search(tx, law.Query{Words: words, On: day.MustParse("2026-03-09"), After: after, Limit: 20})
					must(t, err)
					n += len(hits)
					if after = next; next == "" {
						break
					}
				}
				if words == "行政许可" && n > 60 {
					continue // in several laws
				}
				if n != want {
					t.Errorf("%s is found in %d articles, want %d", words, n, want)
				}
			}
			hits, _, err := law.Search(tx, law.Query{Words: "行政许可", On: day.MustParse("2000-01-01"), Limit: 5})
			if len(hits) > 0 {
				t.Errorf("found before any law holds: %d", len(hits))
			}
			return err
		})
	})
}

func TestObstaclesAreAskedUpwardAndAnswered(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		_, err := g.bring(bakery("2025-01-01", "一。"))
		must(t, err)
		one := citation.Article{N: 1}
		id, err := g.laws.Meet(bg, by(ben), "k1", law.MeetIn{Law: "bakery", Article: one, Words: "“一”指什么不清楚", Case: "990124202603090001"})
		must(t, err)
		again, err := g.laws.Meet(bg, by(ben), "k1", law.MeetIn{Law: "bakery", Article: one, Words: "“一”指什么不清楚", Case: "990124202603090001"})
		if err != nil || again != id {
			t.Errorf("sent twice: %d %v", again, err)
		}
		elsewhere := by(ben)
		elsewhere.Agency = "wjj"
		for name, x := range map[string]struct {
			err  error
			kind act.Kind
		}{
			"without words":         {fail(g.laws.Meet(bg, by(ben), "", law.MeetIn{Law: "bakery", Article: one})), act.Invalid},
			"too long":              {fail(g.laws.Meet(bg, by(ben), "", law.MeetIn{Law: "bakery", Article: one, Words: strings.Repeat("长", 3000)})), act.Invalid},
			"no such article":       {fail(g.laws.Meet(bg, by(ben), "", law.MeetIn{Law: "bakery", Article: citation.Article{N: 2}, Words: "x"})), act.NotFound},
			"no such law":           {fail(g.laws.Meet(bg, by(ben), "", law.MeetIn{Law: "none", Article: one, Words: "x"})), act.NotFound},
			"a stranger":            {fail(g.laws.Meet(bg, by(99), "", law.MeetIn{Law: "bakery", Article: one, Words: "x"})), act.Refused},
			"answered before asked": {g.laws.Answer(bg, by(ann), "", law.AnswerIn{Obstacle: id, Words: "x", Number: "1"}), act.Refused},
			"asked by another body": {g.laws.Ask(bg, elsewhere, "", law.AskIn{Obstacle: id, Body: "市局"}), act.Refused},
			"asked nobody":          {g.laws.Ask(bg, by(ben), "", law.AskIn{Obstacle: id}), act.Invalid},
			"no such obstacle":      {g.laws.Ask(bg, by(ann), "", law.AskIn{Obstacle: 5, Body: "市局"}), act.NotFound},
		} {
			if act.KindOf(x.err) != x.kind {
				t.Errorf("%s: %v, want %s", name, x.err, x.kind)
			}
		}
		must(t, g.laws.Ask(bg, by(ben), "", law.AskIn{Obstacle: id, Body: "市市场监督管理局", Number: "云市监〔2026〕2号"}))
		if err := g.laws.Ask(bg, by(ben), "", law.AskIn{Obstacle: id, Body: "市局"}); act.KindOf(err) != act.Conflict {
			t.Errorf("asked twice: %v", err)
		}
		if err := g.laws.Answer(bg, by(ben), "", law.AnswerIn{Obstacle: id, Words: "x", Number: "1"}); act.KindOf(err) != act.Refused {
			t.Errorf("answered without the right: %v", err)
		}
		must(t, g.laws.Answer(bg, by(ann), "", law.AnswerIn{Obstacle: id, Words: "指每一个。", Number: "市监函〔2026〕8号"}))
		g.Read(func(tx *store.Tx) error {
			o, err := law.ObstacleByID(tx, id)
			must(t, err)
			if o.State != law.Answered || o.Answer != "指每一个。" || o.Asked != "市市场监督管理局" || o.Case == "" {
				t.Errorf("obstacle %+v", o)
			}
			on, err := law.ObstaclesOn(tx, o.Law, one, 0, 10)
			must(t, err)
			open, err := law.Obstacles(tx, law.Open, 0, 10)
			if len(on) != 1 || len(open) != 0 {
				t.Errorf("%d on the article, %d open", len(on), len(open))
			}
			return err
		})
		if got := strings.Join(g.kinds(fmt.Sprintf("law-obstacle/%d", id)), " "); got != "law.obstacle_met law.obstacle_asked law.obstacle_answered" {
			t.Errorf("events %s", got)
		}
	})
}

func fail(_ int64, err error) error { return err }
