package lists

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/law"
	"tongban/internal/register/lists"
	"tongban/internal/rules/citation"
	"tongban/internal/rules/day"
	"tongban/internal/web/door"
	"tongban/internal/web/laws"
	"tongban/internal/web/objections"
	"tongban/internal/web/ui"
)

// entryPage is an entry of a list, in one version.
type entryPage struct {
	Standing ui.Text
	Facts    []fact
	Runs     *runs
	Tables   []section
	On       ui.Field
	Action   string
	Versions ui.Table
	Compared *ui.Table // what differs from the version before
	Before   ui.Text
	Same     bool
	Links    []ui.Link
	Told     objections.Told // what was objected to it
}

// fact is a column of the entry with where it leads.
type fact struct {
	Label ui.Text
	Value ui.Cell
}

// runs is the item that the entry is handled by.
type runs struct {
	Guide, Flow string
	Name        ui.Text
}

type section struct {
	Title ui.Text
	Table ui.Table
	Rest  *ui.Table // what is folded
	N     int
}

// entry shows an entry as it stands on a day.
func (o *desk) entry(w http.ResponseWriter, r *http.Request, k *lists.Kind) {
	on, field := o.dayField(r, "on", o.today())
	field.Label = ui.M("listed.see.on")
	o.entryAs(w, r, k, field, on, func(all []lists.Entry) (lists.Entry, bool) { return standsOn(all, on), true })
}

// version shows a version of an entry: its permanent address.
func (o *desk) version(w http.ResponseWriter, r *http.Request, k *lists.Kind) {
	n := 0
	if digits, ok := strings.CutPrefix(r.PathValue("version"), "v"); ok {
		n, _ = strconv.Atoi(digits)
		if "v"+strconv.Itoa(n) != r.PathValue("version") {
			n = 0
		}
	}
	field := ui.Field{Kind: ui.FieldDay, Name: "on", Label: ui.M("listed.see.on")}
	o.entryAs(w, r, k, field, 0, func(all []lists.Entry) (lists.Entry, bool) {
		i := slices.IndexFunc(all, func(e lists.Entry) bool { return e.N == n })
		if i < 0 {
			return lists.Entry{}, false
		}
		return all[i], true
	})
}

// standsOn is the version of a day; before the first, that one.
func standsOn(all []lists.Entry, on day.Day) lists.Entry {
	for _, e := range slices.Backward(all) {
		if e.Span.From <= on && (e.Span.Until == 0 || e.Span.Until > on) {
			return e
		}
	}
	return all[0]
}

// entryAs shows the version of an entry that pick chooses; on is 0 where the
// version itself is asked for.
func (o *desk) entryAs(w http.ResponseWriter, r *http.Request, k *lists.Kind, field ui.Field, on day.Day, pick func([]lists.Entry) (lists.Entry, bool)) {
	code := r.PathValue("code")
	if door.Asked(code, most) != code {
		o.UI.NotFound(w, r)
		return
	}
	data := entryPage{On: field, Action: entryPath(k, code)}
	var e lists.Entry
	if !o.Read(w, r, func(tx *store.Tx) error {
		all, err := lists.Versions(tx, k.Key, code)
		if err != nil {
			return err
		}
		found := false
		if e, found = pick(all); !found {
			return act.Missing("listed.thing.version")
		}
		return o.fillEntry(tx, k, all, e, on, &data)
	}) {
		return
	}
	page := ui.Page{Name: "lists/entry", Title: ui.Plain(e.Name), Errors: faults(field), Wide: true, Data: data, Back: &ui.Link{Text: kindText(k), Href: kindPath(k)}}
	if on == 0 {
		page.Heading = ui.Join{Texts: []ui.Text{ui.Plain(e.Name), ui.M("listed.version.of", "n", e.N)}}
	}
	o.show(w, r, page)
}

func (o *desk) fillEntry(tx *store.Tx, k *lists.Kind, all []lists.Entry, e lists.Entry, on day.Day, d *entryPage) error {
	at := on
	if at == 0 {
		at = e.Span.From
	}
	names, err := o.names(tx, at)
	if err != nil {
		return err
	}
	d.Standing = standingOf(e, at)
	if d.Told, err = objections.Tell(tx, k.Key, e.Code); err != nil {
		return err
	}
	f := finder{o: o, tx: tx, on: min(at, tx.Today()), names: names, articles: map[string][]ui.Link{}}
	if err := d.content(&f, k, e); err != nil {
		return err
	}
	if d.Runs, err = f.runs(k, e); err != nil {
		return err
	}
	if err := o.versions(tx, k, all, e, d); err != nil {
		return err
	}
	if i := slices.IndexFunc(all, func(x lists.Entry) bool { return x.N == e.N }); i > 0 {
		d.compare(k, &all[i-1], &e, names)
	}
	d.Links = []ui.Link{{Text: ui.M("listed.permanent"), Href: versionPath(k, e.Code, e.N)}}
	return nil
}

// standingOf says whether an entry is on its list.
func standingOf(e lists.Entry, at day.Day) ui.Text {
	switch {
	case e.Ended:
		return ui.M("listed.standing.ended", "day", ui.OnDay(e.Span.From))
	case e.Span.From > at:
		return ui.M("listed.standing.not_yet", "day", ui.OnDay(e.Span.From))
	}
	return spanText(e.Span)
}

// content writes the columns and tables of the entry.
func (d *entryPage) content(f *finder, k *lists.Kind, e lists.Entry) error {
	for i := range k.Columns {
		c := &k.Columns[i]
		if v := e.Content.Columns[c.Key]; v != nil && c.Key != "name" {
			cell, err := f.cell(c, v)
			if err != nil {
				return err
			}
			d.Facts = append(d.Facts, fact{columnText(c), cell})
		}
	}
	for i := range k.Tables {
		t := &k.Tables[i]
		rows := e.Content.Tables[t.Key]
		if len(rows) == 0 {
			continue
		}
		s := section{Title: tableText(t), N: len(rows), Table: ui.Table{Caption: tableText(t), HideCaption: true}}
		used := slices.DeleteFunc(columnsOf(t), func(c *lists.Column) bool {
			return !slices.ContainsFunc(rows, func(r lists.Row) bool { return r[c.Key] != nil })
		})
		for _, c := range used {
			s.Table.Columns = append(s.Table.Columns, ui.Column{Label: columnText(c)})
		}
		for _, r := range rows {
			row := ui.Row{}
			for _, c := range used {
				cell, err := f.cell(c, r[c.Key])
				if err != nil {
					return err
				}
				row.Cells = append(row.Cells, cell)
			}
			s.Table.Rows = append(s.Table.Rows, row)
		}
		if len(rows) > rowsOpen {
			rest := s.Table
			rest.Rows, s.Table.Rows = s.Table.Rows[rowsOpen:], s.Table.Rows[:rowsOpen]
			s.Rest = &rest
		}
		d.Tables = append(d.Tables, s)
	}
	return nil
}

func columnsOf(t *lists.Table) []*lists.Column {
	list := make([]*lists.Column, len(t.Columns))
	for i := range t.Columns {
		list[i] = &t.Columns[i]
	}
	return list
}

// finder leads from what an entry says to what it points at, on a day.
type finder struct {
	o        *desk
	tx       *store.Tx
	on       day.Day
	names    lists.Names
	articles map[string][]ui.Link
}

// cell is a value with where it leads: an article to the library, an item to
// its guide.
func (f *finder) cell(c *lists.Column, v any) (ui.Cell, error) {
	cell := ui.Cell{Text: dashed(shown{f.names, c, v})}
	text, _ := v.(string)
	switch {
	case text == "":
	case c.Type == lists.Article:
		links, err := f.cited(text)
		if err != nil {
			return cell, err
		}
		if len(links) == 1 {
			cell.Href = links[0].Href
		} else {
			cell.Links = links
		}
	case c.Type == lists.Item:
		item, err := f.item(text)
		if err != nil || item == 0 {
			return cell, err
		}
		cell.Href = "/items/" + strconv.FormatInt(item, 10)
	}
	return cell, nil
}

// cited are the places in the library of laws that a text cites.
func (f *finder) cited(text string) ([]ui.Link, error) {
	if links, known := f.articles[text]; known {
		return links, nil
	}
	var links []ui.Link
	for _, c := range citation.Parse(text) {
		if c.Own() {
			continue
		}
		r, err := law.Resolve(f.tx, c, f.on)
		if err != nil {
			return nil, err
		}
		if href := laws.Place(law.Place{Key: r.Law.Key, Article: c.Article, Found: r.Finding == law.Known || r.Finding == law.NoSuchPlace}); href != "" {
			links = append(links, ui.Link{Text: ui.Plain(c.String()), Href: href})
		}
	}
	f.articles[text] = links
	return links, nil
}

// item is the item with a code, 0 where the catalogue has none.
func (f *finder) item(code string) (int64, error) {
	item, err := f.o.House.Items.ByCode(f.tx, code)
	if act.KindOf(err) == act.NotFound {
		return 0, nil
	}
	return item, err
}

// runs finds the item by which an entry is handled, and its flow; nil when there is none.
func (f *finder) runs(k *lists.Kind, e lists.Entry) (*runs, error) {
	for i := range k.Columns {
		code := e.Content.Columns.Text(k.Columns[i].Key)
		if k.Columns[i].Type != lists.Item || code == "" {
			continue
		}
		item, err := f.item(code)
		if err != nil || item == 0 {
			return nil, err
		}
		v, err := f.o.House.Items.InForce(f.tx, item, f.tx.Today())
		if act.KindOf(err) == act.NotFound || act.KindOf(err) == act.Gone {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		return runsOf(item, v), nil
	}
	return nil, nil
}

func runsOf(item int64, v *catalog.Version) *runs {
	r := &runs{Guide: "/items/" + strconv.FormatInt(item, 10), Name: ui.Both{ZH: v.Name, EN: v.NameEN}}
	if v.Flow != nil {
		r.Flow = r.Guide + "/flow.svg"
	}
	return r
}

// versions is the history of the entry, newest first.
func (o *desk) versions(tx *store.Tx, k *lists.Kind, all []lists.Entry, now lists.Entry, d *entryPage) error {
	d.Versions = ui.Table{Caption: ui.M("listed.versions"), HideCaption: true,
		Columns: []ui.Column{{Label: ui.M("listed.version")}, {Label: ui.M("listed.holds")}, {Label: ui.M("listed.document")}, {Label: ui.M("listed.reason")}}}
	for _, e := range slices.Backward(all) {
		if len(d.Versions.Rows) == versionsOnPage {
			break
		}
		c, err := lists.ChangeOf(tx, e.Seq)
		if err != nil {
			return err
		}
		first := ui.Cell{Text: ui.M("listed.version.n", "n", e.N), Href: versionPath(k, e.Code, e.N)}
		if e.N == now.N {
			first.Note = ui.M("listed.version.this")
		}
		holds := spanText(e.Span)
		if e.Ended {
			holds = ui.M("listed.standing.ended", "day", ui.OnDay(e.Span.From))
		}
		d.Versions.Rows = append(d.Versions.Rows, ui.Row{Cells: []ui.Cell{first, {Text: holds}, {Text: orDash(c.Document)}, {Text: orDash(c.Reason)}}})
	}
	return nil
}

// compare says what differs from the version before.
func (d *entryPage) compare(k *lists.Kind, was, is *lists.Entry, names lists.Names) {
	d.Before = ui.M("listed.compared", "n", was.N)
	if is.Ended {
		return
	}
	fields := k.Compare(was, is, names)
	if d.Same = len(fields) == 0; !d.Same {
		t := Sides(k, fields, ui.M("listed.version.n", "n", was.N), ui.M("listed.version.n", "n", is.N))
		d.Compared = &t
	}
}
