package adjust_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/lists"
	"tongban/internal/register/power"
	"tongban/internal/rules/checkup"
	"tongban/internal/rules/day"
	"tongban/internal/work/adjust"
)

// named is an item known by name only.
func named(code, name, kind, agency string) *lists.Content {
	return &lists.Content{Columns: lists.Row{"code": code, "name": name, "type": kind, "agency": agency}}
}

// written is an item of the county with all its files, which holds from the day that
// they say.
func written(t testing.TB, slug string) *catalog.Draft {
	t.Helper()
	d, problems := catalog.ReadFolder(os.DirFS("../../demo/county"), "items/"+slug)
	if len(problems) > 0 {
		t.Fatal(catalog.Problems(problems))
	}
	return d
}

// stands are items by name, in force on a day.
func (g *rig) stands(t testing.TB, code string, on day.Day) (v *catalog.Version) {
	t.Helper()
	g.read(t, func(tx *store.Tx) error {
		item, err := g.desk.Items.ByCode(tx, code)
		if err == nil {
			v, err = g.desk.Items.InForce(tx, item, on)
		}
		if k := act.KindOf(err); k == act.NotFound || k == act.Refused {
			return nil
		}
		return err
	})
	return v
}

// carried drafts an adjustment of items, takes it through and carries it out.
func (g *rig) carried(t testing.TB, document string, from day.Day, entries ...adjust.Entry) (adjust.At, adjust.Applied) {
	t.Helper()
	b, err := g.desk.Begin(bg, g.ann, "", adjust.Head{Document: document, Reason: "简政放权", From: from})
	must(t, says(err))
	b, err = g.desk.Edit(bg, g.ann, "", adjust.Edit{At: b.At, Put: entries})
	must(t, says(err))
	g.through(t, b.At)
	g.Pass(15 * 24 * day.Hour)
	did, err := g.desk.Apply(bg, g.ben, "", b.At)
	must(t, says(err))
	return b.At, did
}

func (g *rig) put(t testing.TB, at adjust.At, e adjust.Entry) error {
	t.Helper()
	e.List = adjust.OnItems
	return g.edit(at, e)
}

func (g *rig) edit(at adjust.At, e adjust.Entry) error {
	_, err := g.desk.Edit(bg, g.ann, "", adjust.Edit{At: at, Put: []adjust.Entry{e}})
	return err
}

// New items, by name and fully written, and one that is taken over, stand from the
// effective day, with the power over them; until then nobody finds them.
func TestNewItemsComeWithAnAdjustment(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		guide := written(t, "senior-card")
		at := g.begin(t, "云政发〔2026〕9号", adjust.Entry{List: adjust.OnItems, Code: "X-1", Does: adjust.TakeOver, Giver: "省市场监督管理局",
			Content: named("X-1", "食品小作坊登记", "07", "云禾县市场监督管理局")})
		b, err := g.desk.Edit(bg, g.ben, "", adjust.Edit{At: at, Put: adjust.Drafted(adjust.New, []*catalog.Draft{guide})})
		must(t, says(err))
		at = b.At
		must(t, says(g.put(t, at, adjust.Entry{Code: guide.Code, Does: adjust.New, Note: "先在县城办"}))) // its files stay, and are ben's
		at.Rev++
		x, err := g.desk.Examine(bg, at.ID)
		must(t, err)
		if len(x.Faults) > 0 || len(x.Plans) != 1 || len(x.Plans[0].Differences) != 2 {
			t.Fatalf("faults %v, plans %+v", x.Faults, x.Plans)
		}
		materials := 0
		for _, d := range x.Plans[0].Differences {
			if d.Op != lists.Add || len(d.Fields) < 4 {
				t.Errorf("%+v", d)
			}
			for _, f := range d.Fields {
				if f.Table == "materials" && f.Before == "" {
					materials++
				}
			}
		}
		if materials != len(guide.Materials) {
			t.Errorf("the notice tells %d materials of %d", materials, len(guide.Materials))
		}
		g.tolerate(t, at)
		must(t, says(g.desk.HandIn(bg, g.ann, "", at)))
		g.agree(t, at)
		refused(t, "who wrote the guide on the panel", g.desk.Convene(bg, g.ann, "", at, []int64{g.member1.Person, g.ben.Person}, ""), "adjust.panel.own")
		must(t, says(g.desk.Convene(bg, g.ben, "", at, []int64{g.member1.Person, g.member2.Person}, "")))
		for _, m := range []act.Actor{g.member1, g.member2} {
			must(t, g.desk.Opine(bg, m, "", at, true, true, "有依据"))
		}
		must(t, says(g.desk.Decide(bg, g.leader, "", at, true, "")))
		must(t, says(g.desk.Announce(bg, g.ann, "", at)))
		g.Pass(20 * 24 * day.Hour)
		_, err = g.desk.Apply(bg, g.ben, "", at)
		refused(t, "published by who wrote the guide", err, "catalog.proposal.same_person")
		if g.stands(t, "X-1", later) != nil {
			t.Error("half of it was carried out")
		}
		did, err := g.desk.Apply(bg, g.ann, "", at)
		must(t, says(err))
		if did.Items != 2 || did.Powers != 2 {
			t.Errorf("did %+v", did)
		}
		for code, complete := range map[string]bool{guide.Code: true, "X-1": false} {
			if g.stands(t, code, later-1) != nil {
				t.Errorf("%s stands before its day", code)
			}
			v := g.stands(t, code, later)
			if v == nil || v.N != 1 || v.Complete() != complete || v.Written.InForce.From != 0 && v.Written.InForce.From != later {
				t.Fatalf("%s from its day: %+v", code, v)
			}
			g.read(t, func(tx *store.Tx) error {
				held, err := g.desk.Power.HoldersOf(tx, code, later)
				if len(held) != 1 || held[0].Agency != v.Agency || held[0].Basis != "云政发〔2026〕9号" {
					t.Errorf("%s is held by %+v", code, held)
				}
				return err
			})
		}
	})
}

// New items are judged with what comes with them: one needs its power, which the same
// document may bring, and two are held against each other.
func TestNewItemsAreJudgedTogether(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		g.stand(t, "P-001")
		item := adjust.Entry{List: adjust.OnItems, Code: "X-1", Does: adjust.New, Content: named("X-1", "食品小作坊登记", "07", "scjg")}
		at := g.begin(t, "云政发〔2026〕9号", item)
		found := func() string {
			x, err := g.desk.Examine(bg, at.ID)
			must(t, err)
			var rules []string
			for _, f := range x.Findings {
				if f.Severity != checkup.Note {
					rules = append(rules, f.Rule+" "+f.Subject.Code)
				}
			}
			return strings.Join(rules, "|")
		}
		if got := found(); got != "item_powerless X-1" {
			t.Errorf("without its power: %s", got)
		}
		content := powerOf("P-002", "食品小作坊登记", "scjg")
		content.Columns["type"], content.Columns["item"] = "07", "X-1"
		must(t, says(g.edit(at, adjust.Entry{List: "power", Code: "P-002", Does: adjust.New, Content: content})))
		at.Rev++
		if got := found(); got != "" {
			t.Errorf("with its power: %s", got)
		}
		must(t, says(g.edit(at, adjust.Entry{List: adjust.OnItems, Code: "X-2", Does: adjust.New, Content: named("X-2", "食品小作坊登记", "20", "scjg")})))
		if got := found(); got != "name_twice X-1" {
			t.Errorf("two of one name: %s", got)
		}
	})
}

// What does not fit is refused where it is put in, each with its own sentence.
func TestItemsThatDoNotFit(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		code, _, _ := g.item(t)
		at := g.begin(t, "云政发〔2026〕9号")
		items := adjust.Drafted(adjust.New, []*catalog.Draft{written(t, "senior-card"), written(t, "tree-felling")})
		known, other := items[0], items[1]
		other.Code = "X-9"
		for name, c := range map[string]struct {
			e    adjust.Entry
			want string
		}{
			"a code that stands":              {known, "adjust.entry.known"},
			"nothing written":                 {adjust.Entry{Code: "X-1", Does: adjust.New}, "adjust.entry.new_item"},
			"no name":                         {adjust.Entry{Code: "X-1", Does: adjust.New, Content: named("X-1", "", "07", "scjg")}, "lists.value.required"},
			"a type that there is not":        {adjust.Entry{Code: "X-1", Does: adjust.New, Content: named("X-1", "某事", "99", "scjg")}, "lists."},
			"an agency that there is not":     {adjust.Entry{Code: "X-1", Does: adjust.New, Content: named("X-1", "某事", "07", "没有的局")}, "catalog.place"},
			"a file of another code":          {other, "adjust.entry.file_code"},
			"taken over from nobody":          {adjust.Entry{Code: "X-1", Does: adjust.TakeOver, Giver: " ", Content: named("X-1", "某事", "07", "scjg")}, "adjust.entry.giver"},
			"resumed without a suspension":    {adjust.Entry{Code: code, Does: adjust.Resume}, "adjust.entry.not_suspended"},
			"resumed what never was":          {adjust.Entry{Code: "X-1", Does: adjust.Resume}, "adjust.entry.not_there"},
			"filed under a code that says 20": {adjust.Entry{Code: code, Does: adjust.Filing}, "adjust.entry.filing_into"},
			"handed down":                     {adjust.Entry{Code: code, Does: adjust.HandDown, Receiver: "xzz"}, "adjust.entry.item"},
			"moving cases of a new one":       {adjust.Entry{Code: "X-1", Does: adjust.New, Moves: "第一条", Content: named("X-1", "某事", "07", "scjg")}, "adjust.entry.moves"},
		} {
			refused(t, name, g.put(t, at, c.e), c.want)
		}
	})
}

// An item is suspended and resumed: between the days nobody can apply, and afterwards
// it is as it was, held by whom it was taken from. What was cancelled is not resumed.
func TestASuspendedItemIsResumed(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		code, item, version := g.item(t)
		g.open(t, item, version, 1)
		_, err := g.desk.Power.Give(bg, act.Machine(), "", []power.Holding{{Power: code, Agency: "spj", Kind: power.Delegated, Giver: "scjg", Basis: "放权"}})
		must(t, err)
		entry := func(does adjust.Does) adjust.Entry { return adjust.Entry{List: adjust.OnItems, Code: code, Does: does} }
		_, did := g.carried(t, "云政发〔2026〕9号", later, entry(adjust.Suspend))
		if did.Items != 1 || did.Powers != 1 {
			t.Errorf("suspended: %+v", did)
		}
		early := g.begin(t, "云政发〔2026〕10号")
		b, err := g.desk.Edit(bg, g.ann, "", adjust.Edit{At: early, Head: &adjust.Head{Document: "云政发〔2026〕10号", Reason: "恢复", From: later - 1}, Put: []adjust.Entry{entry(adjust.Resume)}})
		must(t, says(err))
		refused(t, "before it is suspended", g.desk.HandIn(bg, g.ann, "", b.At), "adjust.fault.resume_early")
		must(t, g.desk.Drop(bg, g.ann, "", b.At, "改日期"))

		back := later + 30
		_, did = g.carried(t, "云政发〔2026〕11号", back, entry(adjust.Resume))
		if did.Items != 1 || did.Powers != 1 {
			t.Errorf("resumed: %+v", did)
		}
		for on, n := range map[day.Day]int{later - 1: 1, later: 0, back - 1: 0, back: 2} {
			if v := g.stands(t, code, on); v == nil && n > 0 || v != nil && (v.N != n || !v.Complete() || v.Type != "20") {
				t.Errorf("on %s: %+v", on, v)
			}
		}
		g.read(t, func(tx *store.Tx) error {
			held, err := g.desk.Power.HoldersOf(tx, code, back)
			if len(held) != 1 || held[0].Agency != "spj" || held[0].Giver != "scjg" {
				t.Errorf("held by %+v", held)
			}
			var running int
			if _, err := tx.Get([]any{&running}, `select count(*) from proceeding where home = $1 and item_version = $2 and closed = 0`, tx.Home(), version); err != nil {
				return err
			}
			if running != 1 {
				t.Errorf("%d cases run on", running)
			}
			return err
		})
		gone := back + 30
		g.carried(t, "云政发〔2026〕12号", gone, entry(adjust.Cancel))
		at := g.begin(t, "云政发〔2026〕13号")
		refused(t, "what was cancelled", g.put(t, at, entry(adjust.Resume)), "adjust.entry.not_suspended")
		g.Pass(120 * 24 * day.Hour)
		b, err = g.desk.Begin(bg, g.ann, "", adjust.Head{Document: "云政发〔2026〕14号", Reason: "再改", From: gone + 200})
		must(t, says(err))
		for _, does := range []adjust.Does{adjust.Cancel, adjust.Suspend, adjust.Change, adjust.Filing} {
			refused(t, "what is gone", g.put(t, b.At, entry(does)), "adjust.entry.not_there")
		}
	})
}

// An item becomes one that is only told: one known by name as it follows, a written
// one by the guide that somebody wrote for that; one whose code says its type under
// another code, once its open cases are settled.
func TestAnItemBecomesAFiling(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		code, item, version := g.item(t)
		g.open(t, item, version, 1)
		d := written(t, "senior-card")
		local := func(kind string, from day.Day) *catalog.Draft {
			t.Helper()
			yaml := string(d.ItemYAML)
			for _, swap := range [][2]string{{"from: 2025-01-01", "from: " + from.String()}, {`type: "20"`, `type: "` + kind + `"`}, {`code: "` + code + `"`, `code: "X-2"`}, {"name: 老年人优待证办理", "name: 公园年票领取"}} {
				yaml = strings.Replace(yaml, swap[0], swap[1], 1)
			}
			yaml = regexp.MustCompile(`(?m)^base:.*\n`).ReplaceAllString(yaml, "")
			next, problems := catalog.Read([]byte(yaml), d.FlowXML, d.FormJSON)
			if len(problems) > 0 {
				t.Fatal(catalog.Problems(problems))
			}
			return next
		}
		g.carried(t, "云政发〔2026〕8号", today+40, append(adjust.Drafted(adjust.New, []*catalog.Draft{local("20", today)}),
			adjust.Entry{List: adjust.OnItems, Code: "X-1", Does: adjust.New, Content: named("X-1", "广告牌设置许可", "01", "scjg")})...)

		at := g.begin(t, "云政发〔2026〕9号", adjust.Entry{List: adjust.OnItems, Code: "X-1", Does: adjust.Filing},
			adjust.Entry{List: adjust.OnItems, Code: code, Does: adjust.Filing, Into: []string{"X-3"}},
			adjust.Entry{List: adjust.OnItems, Code: "X-3", Does: adjust.New, Content: named("X-3", "老年人优待登记备案", "20", "spj")})
		filing := adjust.Entry{Code: "X-2", Does: adjust.Filing}
		refused(t, "nothing is written", g.put(t, at, filing), "adjust.entry.filing_proposal")
		of := g.stands(t, "X-2", today+40).Of
		for _, kind := range []string{"20", "10"} {
			must(t, says(g.Command("item.propose", func(c *act.Call) error {
				if id, err := catalog.OpenProposal(c.Tx, of); err != nil {
					return err
				} else if id != 0 {
					if err := catalog.DropProposal(c, id, "重写"); err != nil {
						return err
					}
				}
				if err := c.Tx.Flush(); err != nil {
					return err
				}
				_, err := catalog.Propose(c, of, local(kind, later), "改为备案")
				return err
			})))
			if kind == "20" {
				refused(t, "a guide of another type", g.put(t, at, filing), "adjust.entry.filing_proposal")
			}
		}
		must(t, says(g.put(t, at, filing)))
		at.Rev++
		refused(t, "under the code of a service", g.desk.HandIn(bg, g.ann, "", at), "adjust.fault.refiled")
		refused(t, "with an open case", g.desk.HandIn(bg, g.ann, "", at), "adjust.fault.cases")
		must(t, says(g.put(t, at, adjust.Entry{Code: "X-3", Does: adjust.New, Content: named("X-3", "老年人优待登记备案", "10", "spj")})))
		at.Rev++
		x, err := g.desk.Examine(bg, at.ID)
		must(t, err)
		_, err = g.desk.Stay(bg, g.ann, "", at, x.Cases[0].ID, "按原来的版本办完")
		must(t, err)
		g.through(t, at)
		g.Pass(20 * 24 * day.Hour)
		did, err := g.desk.Apply(bg, g.ben, "", at)
		must(t, says(err))
		if did.Items != 4 {
			t.Errorf("did %+v", did)
		}
		for c, want := range map[string][2]string{code: {"20", ""}, "X-1": {"01", "10"}, "X-2": {"20", "10"}, "X-3": {"", "10"}} {
			for i, on := range []day.Day{later - 1, later} {
				got := ""
				if v := g.stands(t, c, on); v != nil {
					got = v.Type
				}
				if got != want[i] {
					t.Errorf("%s is of type %q on %s, want %q", c, got, on, want[i])
				}
			}
		}
		g.read(t, func(tx *store.Tx) error {
			next, err := g.desk.Successors(tx, item)
			if len(next) != 1 || err != nil {
				t.Errorf("successors %v: %v", next, err)
			}
			return err
		})
		refused(t, "twice", g.put(t, g.begin(t, "云政发〔2026〕10号"), filing), "adjust.entry.filed")
	})
}
