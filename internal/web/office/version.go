package office

import (
	"strconv"
	"strings"

	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/identity"
	"tongban/internal/rules/day"
	"tongban/internal/web/casepage"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
)

// mover is the actor in the post that may move a case to another version.
func mover(c *casepage.Call) {
	if acting, ok := identity.Acting(c.Actor, "head", c.Case.Agency); ok {
		c.Actor = acting
	}
}

// versionForm shows what moving the case would change before it is ordered.
func versionForm(c *casepage.Call) (*casepage.Form, error) {
	var targets []*catalog.Version
	if err := c.Door.House.Store.Read(c.R.Context(), func(tx *store.Tx) (err error) {
		targets, err = c.Door.House.Office.MoveTargets(tx, c.Case)
		return err
	}); err != nil {
		return nil, err
	}
	if len(targets) == 0 {
		return &casepage.Form{Lead: ui.M("office.version.none")}, nil
	}
	to := ui.Field{Kind: ui.FieldRadios, Name: "to", Label: ui.M("office.version.to"), Value: strconv.FormatInt(chosenVersion(c, targets), 10)}
	for _, v := range targets {
		to.Options = append(to.Options, ui.Option{Value: strconv.FormatInt(v.ID, 10), Label: ui.M("office.version.of", "n", v.N, "name", v.Name)})
	}
	mover(c)
	x, err := c.Door.House.Office.PreviewMove(c.R.Context(), c.Actor, c.Case.ID, chosenVersion(c, targets))
	if err != nil {
		return nil, err
	}
	f := &casepage.Form{Lead: ui.M("office.version.lead"), Facts: changes(c, x), Fields: []ui.Field{to}}
	if len(targets) > 1 {
		f.Buttons = []ui.Button{{Text: ui.M("office.version.show"), Name: "act", Value: "preview"}}
	}
	if len(x.Wrong) > 0 {
		f.Lead = ui.M("office.version.not")
		return f, nil
	}
	article := ui.Field{Kind: ui.FieldText, Name: "article", Label: ui.M("office.field.article")}
	f.Legal, f.Fields, f.Buttons = ui.M("office.version.legal"), append(f.Fields, article, area("reason", 3)), append(submit("version"), f.Buttons...)
	return f, nil
}

// chosenVersion is the version that was chosen, or the first there is.
func chosenVersion(c *casepage.Call, targets []*catalog.Version) int64 {
	id, _ := strconv.ParseInt(c.Value("to"), 10, 64)
	for _, v := range targets {
		if v.ID == id {
			return id
		}
	}
	return targets[0].ID
}

// changes are the facts of a planned move: what changes, what stays, or why it cannot be.
func changes(c *casepage.Call, x *casework.Move) []ui.Fact {
	var list []ui.Fact
	add := func(key string, value ui.Text) {
		list = append(list, ui.Fact{Label: ui.M("office.version." + key), Value: value})
	}
	if len(x.Wrong) > 0 {
		for _, w := range x.Wrong {
			add("wrong", w)
		}
		return list
	}
	for _, t := range x.Tasks {
		add("at", ui.M("office.version.step", "was", t.Was.Name, "now", t.Now.Name, "due", ui.OnDay(t.Now.Due)))
	}
	dated := func(key string, was, now day.Day) {
		if now != 0 && was != now {
			add(key, ui.M("office.version.change", "was", ui.OnDay(was), "now", ui.OnDay(now)))
		} else if now != 0 {
			add(key, ui.OnDay(now))
		}
	}
	dated("due", x.Due, x.DueNow)
	dated("promised", x.Promised, x.PromisedNow)
	if x.Agency != x.AgencyNow {
		add("agency", ui.M("office.version.change", "was", c.Pages.Agency(c.R, x.Agency), "now", c.Pages.Agency(c.R, x.AgencyNow)))
	}
	for _, l := range []struct {
		key   string
		names []string
	}{{"added", x.Added}, {"dropped", x.Dropped}, {"passed", x.Passed}, {"stays", keptTerms(x)}, {"waived", materials(x.Waived)}, {"spared", materials(x.Spared)}} {
		if len(l.names) > 0 {
			add(l.key, ui.Plain(strings.Join(l.names, "、")))
		}
	}
	return list
}

func keptTerms(x *casework.Move) []string {
	var list []string
	for _, k := range x.Kept {
		list = append(list, ui.M("office.version.term."+k).In("zh"))
	}
	return list
}

func materials(list []catalog.Material) []string {
	var names []string
	for _, m := range list {
		names = append(names, m.Name)
	}
	return names
}

func version(c *casepage.Call) (casework.Done, error) {
	mover(c)
	to, _ := strconv.ParseInt(c.Value("to"), 10, 64)
	return c.Door.House.Office.Move(c.R.Context(), c.Actor, c.Key(), casework.MoveIn{Case: c.Case.ID, To: to, Article: c.Value("article"), Reason: c.Value("reason")})
}
