package casepage

import (
	"net/http"
	"strconv"
	"strings"

	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

// Find is the page on which a case is looked for.
type Find struct {
	Field  ui.Field
	Table  ui.Table
	Asked  bool
	Action string
}

// Find finds cases by number, name or identity number, under the counter's
// address or the office's. It is posted: what is
// looked for may identify a person and has no place in an address.
func (p *Pages) Find(w http.ResponseWriter, r *http.Request, action string) {
	f, err := p.finding(r, action)
	if err != nil {
		p.door.Fail(w, r, err)
		return
	}
	p.door.UI.Render(w, r, http.StatusOK, ui.Page{Name: "case/find", Title: ui.M("office.find.title"), Shell: ui.Staff, Wide: true, Current: action, Data: f})
}

func (p *Pages) finding(r *http.Request, action string) (Find, error) {
	f := Find{Action: action, Asked: r.Method == http.MethodPost, Field: ui.Field{Kind: ui.FieldSearch, Name: "text", Label: ui.M("office.find.label"), Hint: ui.M("office.find.hint"), Chars: 20}}
	f.Table = ui.Table{Caption: ui.M("office.find.found"), Empty: ui.Empty{Text: ui.M("office.find.none")},
		Columns: []ui.Column{{Label: ui.M("office.col.case")}, {Label: ui.M("office.col.item")}, {Label: ui.M("office.col.received")}, {Label: ui.M("office.col.due")}, {Label: ui.M("office.col.status")}}}
	if !f.Asked {
		return f, nil
	}
	f.Field.Value = strings.TrimSpace(r.PostFormValue("text"))
	list, err := p.door.House.Office.Find(r.Context(), door.Actor(r), f.Field.Value)
	for _, x := range list {
		status := Status(x.Status)
		f.Table.Rows = append(f.Table.Rows, ui.Row{ID: strconv.FormatInt(x.ID, 10), Cells: []ui.Cell{{Text: ui.Plain(x.Label), Href: Address(x.ID, ""), Note: ui.Plain(x.Number)},
			{Text: ui.Plain(x.Title)}, {Text: ui.OnDay(x.Received)}, {Text: ui.OnDay(x.Due)}, {Status: &status}}})
	}
	return f, err
}
