package manage

import (
	"io"
	"net/http"
	"net/url"
	"strconv"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/web/casepage"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/compare"
)

// matching is the pages on which agencies' own lists are set beside the catalogue.
type matching struct {
	*desk
	compare *compare.Desk
}

// mountMatching adds the pages of 事项比对.
func mountMatching(o *desk, mux *door.Mux) {
	h := o.door.House
	m := &matching{o, &compare.Desk{Runner: h.Runner, People: h.People, Items: h.Items, Region: h.Office.Region}}
	for pattern, f := range map[string]http.HandlerFunc{
		"GET /manage/compare":               m.list,
		"GET /manage/compare/template":      m.template,
		"GET /manage/compare/{id}":          m.show,
		"GET /manage/compare/{id}/download": m.download,
		"GET /manage/compare/{id}/row/{n}":  m.row,
		"POST /manage/compare/{id}/row/{n}": m.decide,
		"POST /manage/compare/{id}/agree":   m.agree,
	} {
		mux.HandleFunc(pattern, o.door.Staff(o.may(f)))
	}
	mux.Upload("POST /manage/compare", o.door.Staff(o.may(m.begin)))
}

// listMax bounds an own list, in bytes.
const listMax = 16 << 20

// Matches is the page on which a list is handed in, with those of before.
type Matches struct {
	Fields []ui.Field
	Wrong  ui.Table
	Table  ui.Table
	Pager  ui.Pager
}

// list shows the form and the comparisons of before.
func (m *matching) list(w http.ResponseWriter, r *http.Request) {
	m.listWith(w, r, nil, nil)
}

// listWith shows the page again with what was typed and what is wrong with it.
func (m *matching) listWith(w http.ResponseWriter, r *http.Request, typed url.Values, wrong error) {
	data := Matches{Table: ui.Table{Caption: ui.M("manage.match.before"), Empty: ui.Empty{Text: ui.M("manage.match.none")}, Columns: []ui.Column{
		{Label: ui.M("manage.match.col.file")}, {Label: ui.M("manage.col.agency")}, {Label: ui.M("manage.match.col.lines"), Number: true},
		{Label: ui.M("manage.match.col.rows"), Number: true}, {Label: ui.M("manage.col.by")}, {Label: ui.M("manage.col.at")}}}}
	before, _ := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	agency := ui.Field{Kind: ui.FieldSelect, Name: "agency", Label: ui.M("manage.match.agency")}
	if !m.door.Read(w, r, func(tx *store.Tx) error {
		only, err := m.only(tx, r)
		if err != nil {
			return err
		}
		bodies, err := m.door.House.People.Agencies(tx, tx.Today())
		if err != nil {
			return err
		}
		for _, a := range bodies {
			if only != "" && a.Key != only {
				continue
			}
			agency.Options = append(agency.Options, ui.Option{Value: a.Key, Label: ui.Plain(a.Name)})
		}
		return m.recent(tx, only, before, &data)
	}) {
		return
	}
	p := ui.Page{Title: ui.M("manage.match.title")}
	if n := len(data.Table.Rows); n == pageSize {
		data.Pager.Next = ui.Page{URL: r.URL}.With("before", data.Table.Rows[n-1].ID)
	}
	data.Fields = []ui.Field{agency, {Kind: ui.FieldFile, Name: "file", Label: ui.M("manage.match.file"), Hint: ui.M("manage.match.file.hint"),
		File: &ui.FileRule{Formats: []string{"xlsx", "csv", "json"}, MaxMB: listMax >> 20}}}
	if wrong != nil {
		list, ok := door.Wrong(wrong)
		if !ok {
			m.door.Fail(w, r, wrong)
			return
		}
		if data.Wrong = wrongRows(wrong); len(data.Wrong.Rows) > 0 {
			list = map[string]ui.Text{"file": ui.M("manage.match.wrong", "n", len(data.Wrong.Rows))}
		}
		p.Errors = ui.Fill(data.Fields, typed, list)
	}
	p.Data = data
	m.render(w, r, "match", 0, p)
}

// recent fills in the comparisons of before, of one agency or of all.
func (m *matching) recent(tx *store.Tx, only string, before int64, data *Matches) error {
	all, err := compare.Recent(tx, only, before, pageSize)
	if err != nil {
		return err
	}
	people := m.door.House.People
	for _, x := range all {
		agency, err := people.AgencyName(tx, x.Agency, tx.Today())
		if err != nil {
			return err
		}
		by, err := people.Name(tx, x.By)
		if err != nil {
			return err
		}
		data.Table.Rows = append(data.Table.Rows, ui.Row{ID: text(x.ID), Cells: []ui.Cell{{Text: ui.Plain(x.File), Href: "/manage/compare/" + text(x.ID)},
			{Text: ui.Plain(agency)}, {Text: ui.Count(x.Theirs)}, {Text: ui.Count(x.Found)}, {Text: ui.Plain(by)}, {Text: ui.At(x.At)}}})
	}
	return nil
}

// wrongRows lists what is wrong with a list, problem by problem.
func wrongRows(err error) ui.Table {
	t := ui.Table{Caption: ui.M("manage.match.problems"), Columns: []ui.Column{{Label: ui.M("manage.match.col.problem")}}}
	if e, ok := err.(*act.Error); ok && len(e.Fields) > 0 && e.Fields[0].Name == "problem.0" {
		for _, f := range e.Fields {
			t.Rows = append(t.Rows, ui.Row{Cells: ui.Cells(f.Msg)})
		}
	}
	return t
}

// begin takes a list and compares it.
func (m *matching) begin(w http.ResponseWriter, r *http.Request) {
	var in compare.Sent
	values, _, err := casepage.MultipartUpTo(r, 1<<16, func(_, name string, content io.Reader) (err error) {
		in.File = name
		in.Src, err = io.ReadAll(io.LimitReader(content, listMax+1))
		return err
	})
	if err != nil {
		m.door.Fail(w, r, err)
		return
	}
	in.Agency = values.Get("agency")
	var id int64
	switch {
	case len(in.Src) == 0:
		err = act.WrongFields("manage.match.choose", []act.Field{{Name: "file", Msg: ui.M("manage.match.choose")}})
	case len(in.Src) > listMax:
		err = act.WrongFields("manage.match.large", []act.Field{{Name: "file", Msg: ui.M("manage.match.large", "mb", listMax>>20)}})
	default:
		id, err = m.compare.Begin(r.Context(), door.Actor(r), values.Get("idempotency_key"), in)
	}
	if err != nil {
		m.listWith(w, r, values, err)
		return
	}
	door.Done(w, r, "/manage/compare/"+text(id)+"?done=begun")
}

// template is the empty workbook of an own list.
func (m *matching) template(w http.ResponseWriter, _ *http.Request) {
	file(w, "own.xlsx")
	_ = lists.Export{Kind: compare.Own}.Excel(w, nil) // broken off when the reader is gone
}

// file says what is sent.
func file(w http.ResponseWriter, name string) {
	kind := "text/csv; charset=utf-8"
	if name[len(name)-4:] == "xlsx" {
		kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
}

// download is the result as a workbook or text, row by row.
func (m *matching) download(w http.ResponseWriter, r *http.Request) {
	x, ok := m.read(w, r)
	if !ok {
		return
	}
	rows := compare.Entries(r.Context(), m.door.House.Store, compare.Query{Comparison: x.ID})
	out := lists.Export{Kind: compare.Results}
	if r.URL.Query().Get("as") == "csv" {
		file(w, "compare-"+text(x.ID)+".csv")
		if out.CSV(w, "", rows) != nil {
			panic(http.ErrAbortHandler) // half a list is never taken for a whole
		}
		return
	}
	file(w, "compare-"+text(x.ID)+".xlsx")
	if out.Excel(w, rows) != nil {
		panic(http.ErrAbortHandler)
	}
}

// read reads the comparison of an address, or answers the request.
func (m *matching) read(w http.ResponseWriter, r *http.Request) (x compare.Comparison, ok bool) {
	ok = m.door.Read(w, r, func(tx *store.Tx) (err error) {
		x, err = m.compared(tx, r)
		return err
	})
	return x, ok
}

// compared is the comparison of an address, for whoever manages the agency's part.
func (m *matching) compared(tx *store.Tx, r *http.Request) (compare.Comparison, error) {
	x, err := compare.ByID(tx, number(r))
	if err == nil {
		err = m.theirs(tx, r, x.Agency)
	}
	return x, err
}
