package casepage

import (
	"slices"
	"strings"

	"tongban/internal/register/catalog"
	"tongban/internal/web/ui"
)

// Points is the work manual of a deed's step as boxes to tick, one for each
// review point; nothing where the item has no manual for it. Nobody is made to
// tick: what was ticked is kept with the act.
func Points(c *Call) []ui.Field {
	if c.Task == nil {
		return nil
	}
	f := ui.Field{Kind: ui.FieldChecks, Name: "points", Label: ui.M("office.manual.points"), Hint: ui.M("office.manual.hint"), Optional: true,
		Values: c.Case.Facts.PointsOf(c.Task.ID)}
	for _, p := range c.Case.Item.PointsFor(c.Task.Part, c.Task.Role) {
		about := ui.Join{Texts: []ui.Text{ui.M("office.manual.look", "look", p.Look, "article", p.Article)}, Sep: " · "}
		if len(p.Mistakes) > 0 {
			about.Texts = append(about.Texts, ui.M("office.manual.mistakes", "list", strings.Join(p.Mistakes, "；")))
		}
		if p.Sample != "" {
			about.Texts = append(about.Texts, ui.M("office.manual.sample", "text", p.Sample))
		}
		f.Options = append(f.Options, ui.Option{Value: p.Key, Label: ui.Plain(p.Text), Hint: about})
	}
	if len(f.Options) == 0 {
		return nil
	}
	return []ui.Field{f}
}

// ticked says how many of a step's review points were ticked off, and which were not.
func ticked(all []catalog.Numbered, keys []string) ui.Fact {
	var left []string
	for _, p := range all {
		if !slices.Contains(keys, p.Key) {
			left = append(left, p.Text)
		}
	}
	f := ui.Fact{Label: ui.M("office.manual.points"), Value: ui.M("office.manual.ticked", "n", len(all), "all", len(all))}
	if len(left) > 0 {
		f.Value = ui.M("office.manual.left", "n", len(all)-len(left), "all", len(all), "list", strings.Join(left, "；"))
	}
	return f
}
