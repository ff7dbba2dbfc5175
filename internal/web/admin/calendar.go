package admin

import (
	"net/http"

	"tongban/internal/record/store"
	"tongban/internal/register/calendar"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

// Calendar is the page of the years that are known.
type Calendar struct {
	Table  ui.Table
	Fields []ui.Field
	Lead   ui.Text
}

func (o *desk) calendar(w http.ResponseWriter, r *http.Request) { o.showCalendar(w, r, nil) }

func (o *desk) showCalendar(w http.ResponseWriter, r *http.Request, wrong map[string]ui.Text) {
	data := Calendar{Table: ui.Table{Caption: ui.M("admin.calendar.years"), Columns: []ui.Column{{Label: ui.M("admin.calendar.year")}, {Label: ui.M("admin.calendar.from")}, {Label: ui.M("admin.calendar.source")}, {Label: ui.M("admin.calendar.imported")}}},
		Fields: []ui.Field{{Kind: ui.FieldFile, Name: "file", Label: ui.M("admin.calendar.file"), Hint: ui.M("admin.calendar.hint"), File: &ui.FileRule{Formats: []string{"json"}, MaxMB: 1}}}}
	if !o.door.Read(w, r, func(tx *store.Tx) error {
		list, err := o.door.House.Calendars.Entries(tx)
		for i := len(list) - 1; i >= 0; i-- {
			row, e := o.yearRow(tx, list[i])
			if e != nil {
				return e
			}
			data.Table.Rows = append(data.Table.Rows, row)
		}
		if len(list) > 0 {
			data.Lead = ui.M("admin.calendar.lead", "year", list[len(list)-1].Year)
		}
		return err
	}) {
		return
	}
	page := ui.Page{Current: "/admin/calendar", Errors: ui.Fill(data.Fields, nil, wrong)}
	page.Data = data
	o.render(w, r, "calendar", "admin.calendar.title", page)
}

func (o *desk) yearRow(tx *store.Tx, e calendar.Entry) (ui.Row, error) {
	from, by := ui.Text(ui.M("office.none")), ui.Text(ui.M("admin.calendar.inside"))
	if e.KnownFrom != 0 {
		from = ui.OnDay(e.KnownFrom)
	}
	if e.Imported != 0 {
		name, err := o.door.House.People.Name(tx, e.By)
		if err != nil {
			return ui.Row{}, err
		}
		by = ui.Join{Sep: " ", Texts: []ui.Text{ui.At(e.Imported), ui.Plain(name)}}
	}
	source := ui.Join{Sep: " "}
	for _, n := range e.Notices {
		source.Texts = append(source.Texts, ui.Plain(n.URL))
	}
	return ui.Row{Cells: ui.Cells(ui.M("admin.calendar.n", "year", e.Year), from, source, by)}, nil
}

// importYear brings in a year's notice; the due days that rested on it move.
func (o *desk) importYear(w http.ResponseWriter, r *http.Request) {
	_, b, values, err := upload(r)
	if err == nil {
		var got calendar.Imported
		got, err = o.door.House.Calendars.ImportYear(r.Context(), o.door.House.Runner, door.Actor(r), values.Get("idempotency_key"), b)
		if err == nil {
			to := "/admin/calendar?done=year"
			if !got.Changed {
				to = "/admin/calendar?done=known"
			}
			door.Done(w, r, to)
			return
		}
	}
	list, ok := door.Wrong(err)
	if !ok {
		o.door.Fail(w, r, err)
		return
	}
	if m := list[""]; m != nil {
		list["file"] = m
		delete(list, "")
	}
	o.showCalendar(w, r, list)
}
