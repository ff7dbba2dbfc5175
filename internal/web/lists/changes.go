package lists

import (
	"html/template"
	"net/http"
	"strconv"

	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
	"tongban/internal/web/ui"
)

// yearBack is how far back a comparison begins when nobody says.
const yearBack = 365

// changesPage is what changed on a list between two days.
type changesPage struct {
	Action   string
	Days     []ui.Field
	From, To day.Day
	Between  ui.Text
	Changes  []changed
	More     string
	First    string
	Acts     ui.Table
	Earlier  string // older acts
	Follow   []ui.Link
}

// changed is an entry that differs.
type changed struct {
	Name, Code, Href string
	Status           ui.Status
	Fields           ui.Table
}

// changes shows what changed between two days, side by side, and the acts that did it.
func (o *desk) changes(w http.ResponseWriter, r *http.Request, k *lists.Kind) {
	to, toField := o.dayField(r, "to", o.today())
	from, fromField := o.dayField(r, "from", to-yearBack)
	switch {
	case fromField.Value == "":
		fromField.Value = from.String()
	case from > to && fromField.Error == nil && toField.Error == nil:
		fromField.Error = ui.M("listed.order", "to", ui.OnDay(to))
	}
	if toField.Value == "" {
		toField.Value = to.String()
	}
	data := changesPage{Action: kindPath(k) + "/changes", Days: []ui.Field{fromField, toField}, From: from, To: to,
		Between: ui.M("listed.between", "from", ui.OnDay(from), "to", ui.OnDay(to))}
	here := ui.Page{URL: r.URL}
	if !o.Read(w, r, func(tx *store.Tx) error { return o.fillChanges(tx, here, r, k, len(faults(data.Days...)) == 0, &data) }) {
		return
	}
	data.Follow = []ui.Link{{Text: ui.M("listed.feed"), Href: kindPath(k) + "/changes.atom", Note: ui.M("listed.feed.note")}}
	o.show(w, r, ui.Page{Name: "lists/changes", Title: ui.M("listed.changes.title", "list", kindText(k)), Errors: faults(data.Days...), Wide: true, Data: data,
		Back: &ui.Link{Text: kindText(k), Href: kindPath(k)}})
}

func (o *desk) fillChanges(tx *store.Tx, here ui.Page, r *http.Request, k *lists.Kind, asked bool, d *changesPage) error {
	before, _ := strconv.ParseInt(param(r, "before"), 10, 64)
	if err := d.acts(tx, here, k, max(0, before)); err != nil || !asked {
		return err
	}
	after := param(r, "after")
	list, last, err := o.House.Lists.Differences(tx, k.Key, lists.Stand{Day: d.From}, lists.Stand{Day: d.To}, after, differencesOnPage)
	if err != nil {
		return err
	}
	if last != "" {
		d.More = here.With("after", last)
	}
	if after != "" {
		d.First = here.With("after", "")
	}
	for _, x := range list {
		d.Changes = append(d.Changes, d.changed(k, x))
	}
	return nil
}

var opStatus = map[lists.Op]ui.Status{
	lists.Add: {Tone: ui.ToneOK, Text: ui.M("listed.op.add")}, lists.Edit: {Tone: ui.ToneNow, Text: ui.M("listed.op.edit")}, lists.End: {Tone: ui.ToneOff, Text: ui.M("listed.op.end")},
}

func (d *changesPage) changed(k *lists.Kind, x lists.Difference) changed {
	c := changed{Name: x.Name, Code: x.Code, Href: entryPath(k, x.Code) + "?on=" + d.To.String(), Status: opStatus[x.Op]}
	if x.Op == lists.Edit {
		c.Href = versionPath(k, x.Code, x.After.N)
		c.Fields = Sides(k, x.Fields, ui.OnDay(d.From), ui.OnDay(d.To))
	}
	return c
}

// Sides puts what differs side by side, under the names of the two states.
func Sides(k *lists.Kind, fields []lists.FieldChange, was, is ui.Text) ui.Table {
	t := ui.Table{Caption: ui.M("listed.differs"), HideCaption: true, Columns: []ui.Column{{Label: ui.M("listed.column")}, {Label: was}, {Label: is}}}
	for _, f := range fields {
		var label ui.Text = ui.Plain(f.Title)
		if c := k.Column(f.Key); f.Table == "" && c != nil {
			label = columnText(c)
		} else if below := k.Table(f.Table); below != nil {
			label = tableText(below)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: label}, marked("del", f.Before), marked("ins", f.After)}})
	}
	return t
}

// marked is a text that went or came.
func marked(tag, text string) ui.Cell {
	if text == "" {
		return ui.Cell{Text: ui.Plain("—")}
	}
	return ui.Cell{HTML: template.HTML("<" + tag + ` lang="zh-CN">` + template.HTMLEscapeString(text) + "</" + tag + ">")} //nolint:gosec // escaped here
}

// acts lists the acts that changed the list, newest first.
func (d *changesPage) acts(tx *store.Tx, here ui.Page, k *lists.Kind, before int64) error {
	list, err := lists.Recent(tx, k.Key, before, actsOnPage+1)
	if err != nil {
		return err
	}
	if len(list) > actsOnPage {
		list = list[:actsOnPage]
		d.Earlier = here.With("before", strconv.FormatInt(list[actsOnPage-1].Seq, 10)) + "#acts"
	}
	d.Acts = ui.Table{Caption: ui.M("listed.acts"), HideCaption: true, Empty: ui.Empty{Text: ui.M("listed.acts.none")},
		Columns: []ui.Column{{Label: ui.M("listed.act.from")}, {Label: ui.M("listed.document")}, {Label: ui.M("listed.reason")}, {Label: ui.M("listed.act.what")}}}
	for _, c := range list {
		d.Acts.Rows = append(d.Acts.Rows, ui.Row{Cells: []ui.Cell{{Text: ui.OnDay(c.From), Href: actPath(k, c)}, {Text: orDash(c.Document)}, {Text: orDash(c.Reason)}, {Text: actText(c)}}})
	}
	return nil
}

// actPath shows what an act changed: the day before it took effect beside its day.
func actPath(k *lists.Kind, c lists.Changed) string {
	at := c.Stand().Day
	return kindPath(k) + "/changes?from=" + before(c.From).String() + "&to=" + at.String()
}

// actText says how much an act changed.
func actText(c lists.Changed) ui.Text {
	j := ui.Join{Sep: " · "}
	for _, x := range []struct {
		key string
		n   int
	}{{"add", c.Added}, {"edit", c.Edited}, {"end", c.Ended}} {
		if x.n > 0 {
			j.Texts = append(j.Texts, ui.M("listed.act."+x.key, "n", x.n))
		}
	}
	return j
}
