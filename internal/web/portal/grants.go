package portal

import (
	"fmt"
	"html/template"
	"net/http"

	"tongban/internal/process/proceeding"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
)

// grantsOnPage is how many grants one page shows.
const grantsOnPage = 20

type grantsData struct {
	Filter ui.Filter
	Table  ui.Table
	Pager  ui.Pager
	First  string
}

// grants are the published decisions that granted something (行政许可法 40).
func (p *portal) grants(w http.ResponseWriter, r *http.Request) {
	agency := ui.Field{Kind: ui.FieldSelect, Name: "agency", Label: ui.M("portal.agency"), Value: r.URL.Query().Get("agency")}
	data := grantsData{Filter: ui.Filter{Action: "/grants", Fields: []ui.Field{agency}}, Table: ui.Table{Caption: ui.M("portal.grants.title"), HideCaption: true,
		Columns: []ui.Column{{Label: ui.M("portal.item")}, {Label: ui.M("portal.grants.holder")}, {Label: ui.M("portal.grants.body")}, {Label: ui.M("portal.grants.day")}, {Label: ui.M("portal.grants.paper")}},
		Empty:   ui.Empty{Text: ui.M("portal.grants.none")}}}
	var before proceeding.Cursor
	var n int
	if _, err := fmt.Sscanf(r.URL.Query().Get("after"), "%d-%d", &n, &before.ID); err == nil {
		before.Due = day.Day(n)
	}
	next := ""
	if !p.Read(w, r, func(tx *store.Tx) (err error) {
		if data.Filter.Fields[0].Options, err = p.agencyOptions(tx); err != nil {
			return err
		}
		list, err := casework.Grants(tx, agency.Value, before, grantsOnPage+1)
		if err != nil {
			return err
		}
		if len(list) > grantsOnPage {
			list = list[:grantsOnPage]
			last := list[grantsOnPage-1]
			next = fmt.Sprintf("%d-%d", int(last.Day), last.ID)
		}
		for _, g := range list {
			paper := ui.Cell{Text: ui.Plain(g.PaperNo)}
			if g.LicenceNo != "" {
				paper.HTML = template.HTML(`<span class="cell-note number">` + template.HTMLEscapeString(g.LicenceNo) + `</span>`) //nolint:gosec // escaped here
			}
			data.Table.Rows = append(data.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: ui.Plain(g.Title)}, {Text: ui.Plain(g.Label)}, {Text: p.agencyOn(tx, g.Agency, g.Day)},
				{Text: ui.OnDay(g.Day)}, paper}})
		}
		return nil
	}) {
		return
	}
	chips(&data.Filter, r)
	data.Pager, data.First = pager(r, len(data.Table.Rows), next)
	p.show(w, r, ui.Page{Name: "portal/grants", Title: ui.M("portal.grants.title"), Wide: true, Back: &ui.Link{Text: ui.M("ui.home"), Href: "/"}, Data: data})
}
