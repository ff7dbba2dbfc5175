package manage

import (
	"net/http"
	"net/url"
	"strconv"

	"tongban/internal/process/proceeding"
	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
)

// shownMax bounds the cases that are shown behind a hollow window.
const shownMax = 100

// mountHall adds the pages of hall presence.
func mountHall(o *desk, mux *door.Mux) {
	mux.HandleFunc("GET /manage/hall", o.door.Staff(o.may(o.hall)))
	mux.HandleFunc("GET /manage/hall/cases", o.door.Staff(o.may(o.hallCases)))
}

// Hall is what stands at the hall, and what is decided elsewhere.
type Hall struct {
	Lead   ui.Text
	Facts  []ui.Fact
	Bodies ui.Table
	Hollow ui.Table
	More   ui.Table // the hollow windows behind the first, folded away
}

// hollowShown bounds the hollow windows that are shown at once, the largest first.
const hollowShown = 10

// lastYear is the year of cases that is looked at.
func lastYear(today day.Day) (from, until day.Day) { return today.AddMonths(-12), today + 1 }

func (o *desk) hall(w http.ResponseWriter, r *http.Request) {
	data := Hall{
		Bodies: ui.Table{Caption: ui.M("manage.hall.bodies"), Empty: ui.Empty{Text: ui.M("manage.hall.none")}, Plain: true, Columns: []ui.Column{{Label: ui.M("manage.col.agency")},
			{Label: ui.M("manage.hall.decided"), Number: true}, {Label: ui.M("manage.hall.received"), Number: true}, {Label: ui.M("manage.hall.out"), Number: true}}},
		Hollow: ui.Table{Caption: ui.M("manage.hall.hollow"), Empty: ui.Empty{Text: ui.M("manage.hall.hollow.none")}, Columns: []ui.Column{{Label: ui.M("manage.hall.item")},
			{Label: ui.M("manage.hall.window")}, {Label: ui.M("manage.hall.decider")}, {Label: ui.M("manage.hall.count"), Number: true}, {Label: ui.M("manage.hall.listed")}}},
	}
	if !o.door.Read(w, r, func(tx *store.Tx) error {
		from, until := lastYear(tx.Today())
		data.Lead = ui.M("manage.hall.lead", "from", ui.OnDay(from), "max", proceeding.ElsewhereMax)
		only, err := o.only(tx, r)
		if err != nil {
			return err
		}
		if err := o.presence(tx, only, &data); err != nil {
			return err
		}
		found, err := o.door.House.Office.HollowWindows(tx, from, until, tx.Today())
		for i, h := range found {
			if err == nil && (only == "" || h.Window == only || h.Decider == only) {
				err = o.hollowRow(tx, &data.Hollow, i, h)
			}
		}
		return err
	}) {
		return
	}
	if all := data.Hollow.Rows; len(all) > hollowShown {
		data.More = data.Hollow
		data.More.HideCaption, data.More.Rows, data.Hollow.Rows = true, all[hollowShown:], all[:hollowShown]
	}
	o.render(w, r, "hall", 0, ui.Page{Title: ui.M("manage.hall.title"), Data: data})
}

// presence counts the list of hall presence by agency, one or all.
func (o *desk) presence(tx *store.Tx, only string, data *Hall) error {
	counted, err := lists.Count(tx, lists.Query{List: casework.HallList, Agency: only})
	if err != nil {
		return err
	}
	total := map[string]int{}
	var keys []string
	by := map[string]map[string]int{}
	for _, c := range counted {
		if by[c.Agency] == nil {
			by[c.Agency], keys = map[string]int{}, append(keys, c.Agency)
		}
		by[c.Agency][c.Type] += c.Entries
		total[c.Type] += c.Entries
	}
	for _, k := range []string{"decided", "received", "out"} {
		data.Facts = append(data.Facts, ui.Fact{Label: ui.M("manage.hall." + k), Value: ui.M("manage.hall.n", "n", total[k])})
	}
	for _, key := range keys {
		name, err := o.door.House.People.AgencyName(tx, key, tx.Today())
		if err != nil {
			return err
		}
		row := ui.Row{ID: key, Cells: []ui.Cell{{Text: ui.Plain(name)}}}
		for _, k := range []string{"decided", "received", "out"} {
			c := ui.Cell{Text: ui.Plain(strconv.Itoa(by[key][k]))}
			if k != "decided" && by[key][k] > 0 { // the list itself says why
				c.Href = "/lists/hall?" + url.Values{"agency": {key}, "type": {k}}.Encode()
			}
			row.Cells = append(row.Cells, c)
		}
		data.Bodies.Rows = append(data.Bodies.Rows, row)
	}
	return nil
}

func (o *desk) hollowRow(tx *store.Tx, t *ui.Table, n int, h casework.Hollow) error {
	window, err := o.door.House.People.AgencyName(tx, h.Window, tx.Today())
	if err != nil {
		return err
	}
	decider, err := o.door.House.People.AgencyName(tx, h.Decider, tx.Today())
	if err != nil {
		return err
	}
	says := ui.Text(ui.M("manage.hall.says." + h.Listed))
	if h.Reason != "" {
		says = ui.M("manage.hall.says.why", "says", says, "why", h.Reason)
	}
	at := "/manage/hall/cases?" + url.Values{"item": {text(h.Item)}, "window": {h.Window}, "decider": {h.Decider}}.Encode()
	t.Rows = append(t.Rows, ui.Row{ID: strconv.Itoa(n), Cells: []ui.Cell{{Text: ui.Plain(h.Name), Href: at}, {Text: ui.Plain(window)}, {Text: ui.Plain(decider)},
		{Text: ui.Plain(strconv.Itoa(h.Count))}, {Text: says}}})
	return nil
}

// hallCases lists the cases that show a hollow window, by their numbers alone.
func (o *desk) hallCases(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	item, _ := strconv.ParseInt(q.Get("item"), 10, 64)
	e := proceeding.Elsewhere{Item: item, Window: q.Get("window"), Decider: q.Get("decider")}
	t := ui.Table{Caption: ui.M("manage.hall.cases"), Empty: ui.Empty{Text: ui.M("manage.hall.hollow.none")},
		Columns: []ui.Column{{Label: ui.M("manage.hall.number")}, {Label: ui.M("manage.hall.accepted")}, {Label: ui.M("manage.hall.settled")}}}
	if !o.door.Read(w, r, func(tx *store.Tx) error {
		only, err := o.only(tx, r)
		if err != nil || only != "" && e.Window != only && e.Decider != only {
			return err // nothing of theirs
		}
		from, until := lastYear(tx.Today())
		list, err := proceeding.ShowElsewhere(tx, casework.Kind, from, until, e, shownMax)
		for _, s := range list {
			t.Rows = append(t.Rows, ui.Row{ID: s.Number, Cells: ui.Cells(ui.Plain(s.Number), ui.OnDay(s.Accepted), ui.At(s.Decided))})
		}
		return err
	}) {
		return
	}
	o.render(w, r, "hall", 0, ui.Page{Title: ui.M("manage.hall.cases"), Back: &ui.Link{Text: ui.M("manage.hall.title"), Href: "/manage/hall"},
		Data: Hall{Lead: ui.M("manage.hall.cases.lead", "max", shownMax), Hollow: t}})
}
