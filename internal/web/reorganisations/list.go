package reorganisations

import (
	"errors"
	"net/http"
	"strconv"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/reorganise"
)

// List is the acts.
type List struct {
	Table ui.Table
	Next  string
	May   bool
}

func (o *desk) list(w http.ResponseWriter, r *http.Request) {
	before, _ := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	data := List{Table: ui.Table{Caption: ui.M("reorganisations.title"), HideCaption: true, Columns: columns("document", "stage", "agencies", "from"),
		Empty: ui.Empty{Text: ui.M("reorganisations.empty")}}}
	if !o.Read(w, r, func(tx *store.Tx) error {
		data.May = o.allowed(tx, r, reorganise.CommandDraft)
		list, err := reorganise.List(tx, before, onPage+1)
		if err != nil {
			return err
		}
		if len(list) > onPage {
			list = list[:onPage]
			data.Next = with(here, "before", strconv.FormatInt(list[onPage-1].ID, 10))
		}
		for _, a := range list {
			agencies, err := reorganise.Agencies(tx, a.ID)
			if err != nil {
				return err
			}
			s := stage(a.Stage)
			data.Table.Rows = append(data.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: ui.Plain(a.Document), Href: address(a.ID), Note: ui.Plain(a.Reason)},
				{Status: &s}, {Text: o.said(tx, a.From, agencies)}, {Text: ui.OnDay(a.From)}}})
		}
		return nil
	}) {
		return
	}
	o.render(w, r, "list", ui.Page{Title: ui.M("reorganisations.title"), Data: data})
}

// said says in a line what becomes of which agencies.
func (o *desk) said(tx *store.Tx, on day.Day, agencies []reorganise.Agency) ui.Text {
	const most = 3
	n := o.names(tx, on, agencies)
	line := ui.Join{Sep: "；"}
	for _, g := range agencies[:min(len(agencies), most)] {
		line.Texts = append(line.Texts, ui.Join{Sep: "：", Texts: []ui.Text{n.of(g.Key), ui.M("reorganise.fate." + g.Fate)}})
	}
	if len(agencies) > most {
		line.Texts = append(line.Texts, ui.M("reorganisations.more", "n", len(agencies)))
	}
	return line
}

// headFields are what an act says of itself.
func headFields(p reorganise.Plan) []ui.Field {
	document, reason, from := field(ui.FieldText, "document", false), field(ui.FieldArea, "reason", false), field(ui.FieldDay, "from", false)
	document.Value, document.Chars, reason.Value, from.Hint = p.Document, 20, p.Reason, ui.M("reorganisations.hint.from")
	if p.From != 0 {
		from.Value = p.From.String()
	}
	return []ui.Field{document, from, reason}
}

func (o *desk) newPage(w http.ResponseWriter, r *http.Request) {
	o.showNew(w, r, headFields(reorganise.Plan{}), nil)
}

func (o *desk) showNew(w http.ResponseWriter, r *http.Request, fields []ui.Field, wrong []ui.FieldError) {
	o.render(w, r, "new", ui.Page{Title: ui.M("reorganisations.new"), Data: fields, Errors: wrong, Back: &ui.Link{Text: ui.M("reorganisations.title"), Href: here}})
}

func (o *desk) begin(w http.ResponseWriter, r *http.Request) {
	var p reorganise.Plan
	var done reorganise.At
	err := o.head(r, &p)
	if err == nil {
		done, err = o.reform.Begin(r.Context(), door.Actor(r), door.Key(r), p)
	}
	if wrong, ok := door.Wrong(err); ok {
		fields := headFields(reorganise.Plan{})
		o.showNew(w, r, fields, ui.Fill(fields, r.PostForm, wrong))
		return
	}
	o.settled(w, r, err, with(address(done.ID), "done", "saved"))
}

// head reads what an act says of itself from a form.
func (o *desk) head(r *http.Request, p *reorganise.Plan) (err error) {
	p.Document, p.Reason, p.From = value(r, "document"), value(r, "reason"), 0
	if value(r, "from") == "" {
		return nil // the command asks for it
	}
	p.From, err = ui.ParseDay(value(r, "from"), o.House.Store.Now().Day(), ui.M("reorganisations.field.from"))
	var m wording.Message
	if errors.As(err, &m) {
		return act.WrongFields("reorganise.wrong", []act.Field{{Name: "from", Msg: m}})
	}
	return err
}

// settled sends the reader on, or shows what was refused.
func (o *desk) settled(w http.ResponseWriter, r *http.Request, err error, to string) {
	if err != nil {
		o.Fail(w, r, err)
		return
	}
	door.Done(w, r, to)
}
