package lists

import (
	"net/http"

	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/register/received"
	"tongban/internal/rules/wording"
	"tongban/internal/web/ui"
)

// indexPage is all lists by group.
type indexPage struct {
	Groups []group
	Chart  *ui.Chart
	Follow []ui.Link
}

type group struct {
	key   string
	Title ui.Text
	Lists []listLine
}

type listLine struct {
	Name, About ui.Text
	Href        string
	Facts       ui.Text
}

// index is all lists: what is on each, how much, and since when.
func (o *desk) index(w http.ResponseWriter, r *http.Request) {
	var standing map[string]lists.Standing
	var below bool
	var items listLine
	if !o.Read(w, r, func(tx *store.Tx) (err error) {
		if standing, err = o.overview.at(tx); err == nil {
			below, err = received.Any(tx)
		}
		if err == nil {
			items, err = o.itemLine(tx)
		}
		return err
	}) {
		return
	}
	data := indexPage{Follow: []ui.Link{{Text: ui.M("listed.feed"), Href: "/lists/changes.atom", Note: ui.M("listed.feed.note")},
		{Text: ui.M("listed.api"), Href: "/api/docs"}}}
	if below {
		data.Follow = append(data.Follow, ui.Link{Text: ui.M("lower.title"), Href: "/lower"})
	}
	for _, k := range lists.Kinds() {
		n := len(data.Groups)
		if n == 0 || data.Groups[n-1].key != k.Group {
			data.Groups = append(data.Groups, group{key: k.Group, Title: ui.M("listed.group." + k.Group)})
			if n++; k.Group == "item" {
				data.Groups[n-1].Lists = []listLine{items}
			}
		}
		g := &data.Groups[n-1]
		g.Lists = append(g.Lists, listLine{Name: kindText(k), About: ui.Both{ZH: k.About, EN: k.AboutEN}, Href: kindPath(k), Facts: standingText(standing[k.Key])})
	}
	data.Chart = o.picture(standing)
	o.show(w, r, ui.Page{Name: "lists/index", Title: ui.M("listed.title"), Back: &ui.Link{Text: ui.M("ui.home"), Href: "/"}, Data: data})
}

// standingText says how much is on a list and since when.
func standingText(s lists.Standing) ui.Text {
	j := ui.Join{Sep: " · "}
	switch {
	case s.Edition == 0:
		return ui.M("listed.never")
	case s.Changed == 0:
		j.Texts = append(j.Texts, ui.M("listed.entries", "n", ui.Thousands(int64(s.Entries))))
	default:
		j.Texts = append(j.Texts, ui.M("listed.entries", "n", ui.Thousands(int64(s.Entries))), ui.M("listed.changed", "day", ui.OnDay(s.Changed)))
	}
	if s.Coming != 0 {
		j.Texts = append(j.Texts, ui.M("listed.coming", "day", ui.OnDay(s.Coming)))
	}
	return j
}

// picture shows how long the lists are; nil while there are none.
func (o *desk) picture(standing map[string]lists.Standing) *ui.Chart {
	total, bars := 0, &ui.Bars{}
	numbers := ui.Table{Caption: ui.M("listed.picture.numbers"), HideCaption: true, Plain: true,
		Columns: []ui.Column{{Label: ui.M("listed.list")}, {Label: ui.M("listed.picture.entries"), Number: true}}}
	var longest *lists.Kind
	for _, k := range lists.Kinds() {
		n := standing[k.Key].Entries
		if n == 0 {
			continue
		}
		total += n
		if longest == nil || n > standing[longest.Key].Entries {
			longest = k
		}
		bars.Items = append(bars.Items, ui.Bar{Label: kindText(k), Values: []float64{float64(n)}, Shown: ui.Count(n)})
		numbers.Rows = append(numbers.Rows, ui.Row{Cells: ui.Cells(kindText(k), ui.Count(n))})
	}
	if longest == nil {
		return nil
	}
	finding := finding{len(bars.Items), total, longest}
	return &ui.Chart{Finding: finding, AsOf: o.House.Store.Now(), Definition: ui.M("listed.picture.what"), Numbers: numbers, Bars: bars}
}

// finding is the sentence above the picture.
type finding struct {
	lists, entries int
	longest        *lists.Kind
}

// In says it in a language.
func (f finding) In(lang wording.Lang) string {
	return wording.Text(lang, "listed.picture", "lists", f.lists, "n", ui.Thousands(int64(f.entries)), "longest", f.longest.Label(lang))
}
