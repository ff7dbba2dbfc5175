package casepage

import (
	"strings"

	"tongban/internal/register/catalog"
	"tongban/internal/rules/day"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
)

// MoveFacts are the facts of a planned move to another version: what changes, what
// stays, or why it cannot be. agency names an agency for people.
func MoveFacts(x *casework.Move, agency func(key string) string) []ui.Fact {
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
		add("agency", ui.M("office.version.change", "was", agency(x.Agency), "now", agency(x.AgencyNow)))
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
