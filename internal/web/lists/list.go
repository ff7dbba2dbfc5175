package lists

import (
	"net/http"
	"slices"
	"strconv"

	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
	"tongban/internal/web/ui"
)

// listPage is one list on a day.
type listPage struct {
	About    ui.Text
	Source   string
	Facts    []ui.Fact
	Search   ui.Field
	Action   string
	Kept     map[string]string
	Filter   ui.Filter
	Table    ui.Table
	Pager    ui.Pager
	First    string
	Files    []ui.Link
	Tables   []ui.Link
	Follow   []ui.Link
	Filtered bool
}

// asked is the part of a list that an address asks for.
func (o *desk) asked(r *http.Request, k *lists.Kind) (lists.Query, ui.Field) {
	on, field := o.dayField(r, "on", o.today())
	return lists.Query{List: k.Key, At: lists.Stand{Day: on}, Text: param(r, "q"), Agency: param(r, "agency"), Type: param(r, "type"), Region: param(r, "region")}, field
}

// list shows a list: its entries by code, those that are looked for, on a day.
func (o *desk) list(w http.ResponseWriter, r *http.Request, k *lists.Kind) {
	q, on := o.asked(r, k)
	q.After, q.Limit = param(r, "after"), entriesOnPage+1
	here := ui.Page{URL: r.URL}
	data := listPage{About: ui.Both{ZH: k.About, EN: k.AboutEN}, Source: k.Source, Action: kindPath(k), Filtered: q.Text+q.Agency+q.Type+q.Region != ""}
	data.Search = ui.Field{Kind: ui.FieldSearch, Name: "q", Label: ui.M("listed.search"), Hint: ui.M("listed.search.hint"), Value: q.Text, Optional: true}
	data.Kept = map[string]string{"agency": q.Agency, "type": q.Type, "region": q.Region, "on": r.URL.Query().Get("on")}
	if !o.Read(w, r, func(tx *store.Tx) error { return o.fillList(tx, here, k, q, on, &data) }) {
		return
	}
	data.files(k, here)
	data.Follow = []ui.Link{{Text: ui.M("listed.changes"), Href: kindPath(k) + "/changes"}, {Text: ui.M("listed.feed"), Href: kindPath(k) + "/changes.atom"}}
	if k == catalog.ListKind {
		data.Follow = []ui.Link{{Text: ui.M("listed.items.find"), Href: "/search"}, {Text: ui.M("listed.api"), Href: "/api/docs"}}
	}
	page := ui.Page{Name: "lists/list", Title: kindText(k), Errors: faults(on), Wide: true, Data: data, Back: &ui.Link{Text: ui.M("listed.title"), Href: "/lists"}}
	if q.At.Day != o.today() && on.Error == nil {
		page.Notice = &ui.Notice{Kind: ui.Info, Title: ui.M("listed.asof", "day", ui.OnDay(q.At.Day)), Links: []ui.Link{{Text: ui.M("listed.asof.today"), Href: here.With("on", "", "after", "", "from", "")}}}
	}
	o.show(w, r, page)
}

func (o *desk) fillList(tx *store.Tx, here ui.Page, k *lists.Kind, q lists.Query, on ui.Field, d *listPage) error {
	names, err := o.names(tx, q.At.Day)
	if err != nil {
		return err
	}
	counted, err := o.filters(tx, here, k, q, on, names, d)
	if err != nil {
		return err
	}
	page, err := o.keeps(k).page(tx, q)
	if err != nil {
		return err
	}
	next := ""
	if len(page) > entriesOnPage {
		page = page[:entriesOnPage]
		next = page[entriesOnPage-1].Code
	}
	from, err := strconv.Atoi(here.URL.Query().Get("from"))
	if err != nil || from < 1 || from > counted.Entries {
		from = 1
	}
	d.Pager = ui.Pager{From: from, To: from + len(page) - 1, Total: counted.Entries}
	if next != "" {
		d.Pager.Next = here.With("after", next, "from", strconv.Itoa(from+len(page)))
	}
	if q.After != "" {
		d.First = here.With("after", "", "from", "")
	}
	d.table(k, page, names, o.on(q.At.Day))
	standing, err := o.overview.at(tx)
	if err != nil {
		return err
	}
	d.facts(k, counted, standing[k.Key], q.At.Day == tx.Today())
	return nil
}

// filters offers what the list can be cut by, each with how much it leaves, and
// counts what the chosen part holds.
func (o *desk) filters(tx *store.Tx, here ui.Page, k *lists.Kind, q lists.Query, on ui.Field, names lists.Names, d *listPage) (total lists.Counted, err error) {
	whole := q
	whole.Agency, whole.Type = "", ""
	all, err := o.keeps(k).counts.of(tx, o.keeps(k), whole)
	if err != nil {
		return total, err
	}
	part := slices.DeleteFunc(slices.Clone(all), func(c lists.Counted) bool {
		return q.Agency != "" && c.Agency != q.Agency || q.Type != "" && c.Type != q.Type
	})
	total = lists.Total(part)
	d.Filter.Action, d.Filter.Keep = kindPath(k), map[string]string{"q": q.Text}
	d.choice(here, "agency", q.Agency, sum(all, func(c lists.Counted) string { return c.Agency }), k.Column("agency"), names)
	d.choice(here, "type", q.Type, sum(all, func(c lists.Counted) string { return c.Type }), k.Column("type"), names)
	if c := k.Column("region"); c != nil {
		whole.Agency, whole.Type, whole.Region = q.Agency, q.Type, ""
		regions, err := lists.CountRegions(tx, whole)
		if err != nil {
			return total, err
		}
		var n counts
		for _, x := range regions {
			n = n.add(x.Region, x.Entries)
		}
		d.choice(here, "region", q.Region, n, c, names)
	}
	d.Filter.Fields = append(d.Filter.Fields, on)
	if on.Value != "" && on.Error == nil {
		d.Filter.Chips = append(d.Filter.Chips, ui.Chip{Text: ui.OnDay(q.At.Day), Remove: here.With("on", "", "after", "", "from", "")})
	}
	return total, nil
}

// counts are numbers by key, in order.
type counts []struct {
	key string
	n   int
}

func (c counts) add(key string, n int) counts {
	for i := range c {
		if c[i].key == key {
			c[i].n += n
			return c
		}
	}
	return append(c, struct {
		key string
		n   int
	}{key, n})
}

func sum(all []lists.Counted, key func(lists.Counted) string) (n counts) {
	for _, c := range all {
		n = n.add(key(c), c.Entries)
	}
	return n
}

// choice adds a filter over a column, and its chip when something is chosen.
func (d *listPage) choice(here ui.Page, name, chosen string, n counts, c *lists.Column, names lists.Names) {
	if c == nil {
		return
	}
	f := ui.Field{Kind: ui.FieldSelect, Name: name, Label: columnText(c), Value: chosen, Options: []ui.Option{{Label: ui.M("listed.all")}}}
	for _, x := range n {
		if x.key != "" {
			f.Options = append(f.Options, ui.Option{Value: x.key, Label: ui.Join{Sep: " ", Texts: []ui.Text{shown{names, c, x.key}, ui.M("listed.of", "n", ui.Thousands(int64(x.n)))}}})
		}
	}
	if chosen != "" {
		if !slices.ContainsFunc(f.Options, func(o ui.Option) bool { return o.Value == chosen }) {
			f.Options = append(f.Options, ui.Option{Value: chosen, Label: shown{names, c, chosen}})
		}
		d.Filter.Chips = append(d.Filter.Chips, ui.Chip{Text: shown{names, c, chosen}, Remove: here.With(name, "", "after", "", "from", "")})
	}
	d.Filter.Fields = append(d.Filter.Fields, f)
}

// facts are what the list holds, in numbers.
func (d *listPage) facts(k *lists.Kind, total lists.Counted, s lists.Standing, today bool) {
	add := func(label, value ui.Text) { d.Facts = append(d.Facts, ui.Fact{Label: label, Value: value}) }
	add(ui.M("listed.picture.entries"), ui.Count(total.Entries))
	for i := range k.Tables {
		if total.Entries > 0 && total.Parts[i] > 0 {
			add(tableText(&k.Tables[i]), ui.Count(total.Parts[i]))
		}
	}
	if today && s.Changed != 0 {
		add(ui.M("listed.newest"), ui.OnDay(s.Changed))
	}
	if today && s.Coming != 0 {
		add(ui.M("listed.next"), ui.OnDay(s.Coming))
	}
}

// others is how many columns stand beside what an entry is found by.
const others = 2

// columns are what a row shows: the name with its code, then what most ask for.
func columns(k *lists.Kind) (list []*lists.Column) {
	for _, key := range []string{"type", "agency", "region"} {
		if c := k.Column(key); c != nil {
			list = append(list, c)
		}
	}
	n := 0
	for i := range k.Columns {
		c := &k.Columns[i]
		if n < others && !slices.Contains([]string{"code", "name", "type", "agency", "region", "note"}, c.Key) {
			list = append(list, c)
			n++
		}
	}
	return list
}

func (d *listPage) table(k *lists.Kind, page []lists.Entry, names lists.Names, on string) {
	cols := columns(k)
	d.Table = ui.Table{Caption: kindText(k), HideCaption: true, Columns: []ui.Column{{Label: columnText(k.Column("name"))}},
		Empty: ui.Empty{Text: ui.M("listed.none"), Links: []ui.Link{{Text: ui.M("listed.none.all"), Href: kindPath(k)}}}}
	if !d.Filtered {
		d.Table.Empty = ui.Empty{Text: ui.M("listed.empty")}
	}
	for _, c := range cols {
		d.Table.Columns = append(d.Table.Columns, ui.Column{Label: columnText(c), Number: c.Type == lists.Money || c.Type == lists.Number, Bare: c.Key == "type" || c.Key == "agency"})
	}
	for _, e := range page {
		href := entryPath(k, e.Code)
		if k == catalog.ListKind {
			href = kindPath(k) + "/" + strconv.FormatInt(e.ID, 10)
		}
		row := ui.Row{ID: e.Code, Cells: []ui.Cell{{Text: ui.Plain(e.Name), Href: href + on, Note: ui.Plain(e.Code)}}}
		for _, c := range cols {
			row.Cells = append(row.Cells, ui.Cell{Text: dashed(shown{names, c, e.Content.Columns[c.Key]})})
		}
		d.Table.Rows = append(d.Table.Rows, row)
	}
}

// dashed writes a dash where a value says nothing.
func dashed(s shown) ui.Text {
	if s.value == nil || s.value == "" {
		return ui.Plain("—")
	}
	return s
}

// files are the ways to take the chosen part away.
func (d *listPage) files(k *lists.Kind, here ui.Page) {
	u := *here.URL
	for _, f := range formats {
		u.Path = kindPath(k) + "/download." + f.ending
		d.Files = append(d.Files, ui.Link{Text: ui.M("listed.file." + f.ending), Href: ui.Page{URL: &u}.With("after", "", "from", ""), Note: ui.M("listed.file." + f.ending + ".note")})
	}
	d.Files = append(d.Files, ui.Link{Text: ui.M("listed.schema"), Href: kindPath(k) + "/schema.json", Note: ui.M("listed.schema.note")})
	u.Path = kindPath(k) + "/download.csv"
	for i := range k.Tables {
		t := &k.Tables[i]
		d.Tables = append(d.Tables, ui.Link{Text: tableText(t), Href: ui.Page{URL: &u}.With("after", "", "from", "", "part", t.Key)})
	}
}

// before is the day before another.
func before(d day.Day) day.Day { return d - 1 }
