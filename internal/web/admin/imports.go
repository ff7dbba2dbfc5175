package admin

import (
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/url"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/web/casepage"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/change"
)

// importMax bounds a file that is brought in, in bytes: a list of fifty thousand
// items or the folders of a hundred written ones are smaller.
const importMax = 8 << 20

// Import is the page on which items are brought in: what a file would do, and
// everything that is wrong with it; then the doing.
type Import struct {
	Field   ui.Field
	Name    string
	Content string // the file, base64, carried by the page until it is applied
	Wrong   ui.Table
	Sums    []ui.Fact
	Changed ui.Table // cell by cell
	Ready   bool
}

// Files are what to fill in: nothing yet, or the items as they stand.
func (Import) Files() []ui.Link {
	return []ui.Link{
		{Text: ui.M("admin.import.template"), Href: "/items/template.xlsx"},
		{Text: ui.M("admin.import.now", "form", "Excel"), Href: "/items/download.xlsx"},
		{Text: ui.M("admin.import.now", "form", "CSV"), Href: "/items/download.csv"},
		{Text: ui.M("admin.import.now", "form", "JSON"), Href: "/items/download.json"},
	}
}

func importField() ui.Field {
	return ui.Field{Kind: ui.FieldFile, Name: "file", Label: ui.M("admin.field.file"), Hint: ui.M("admin.import.hint"),
		File: &ui.FileRule{Formats: []string{"zip", "xlsx", "csv", "json"}, MaxMB: importMax >> 20}}
}

func (o *desk) importPage(w http.ResponseWriter, r *http.Request) {
	o.render(w, r, "import", "admin.import.title", ui.Page{Current: "/admin/import", Data: Import{Field: importField()}})
}

// upload reads the one file of a form, and its values.
func upload(r *http.Request) (name string, b []byte, values url.Values, err error) {
	values, _, err = casepage.MultipartUpTo(r, 2*importMax, func(_, n string, content io.Reader) (err error) {
		name = n
		b, err = io.ReadAll(io.LimitReader(content, importMax+1))
		return err
	})
	if err == nil && len(b) > importMax {
		err = act.Wrong("admin.import.large", "mb", importMax>>20)
	}
	if err == nil && len(b) == 0 {
		err = act.WrongFields("admin.import.wrong", []act.Field{{Name: "file", Msg: ui.M("admin.import.choose")}})
	}
	return name, b, values, err
}

// preview reads a file and says what bringing it in would do, or all that is
// wrong with it. Nothing is written.
func (o *desk) preview(w http.ResponseWriter, r *http.Request) {
	name, b, _, err := upload(r)
	data := Import{Field: importField(), Name: name}
	page := ui.Page{Current: "/admin/import"}
	if err == nil {
		var drafts []*catalog.Draft
		var wrong []catalog.Problem
		drafts, wrong, err = change.ReadUpload(name, b)
		if err == nil && len(wrong) == 0 {
			err = o.try(r, &data, drafts)
		}
		data.Wrong = problems(wrong, err)
		if len(wrong) > 0 {
			page.Errors = []ui.FieldError{{Field: "wrong", Text: ui.M("admin.import.rows", "n", len(wrong))}}
		}
	}
	if err != nil {
		list, ok := door.Wrong(err)
		if !ok {
			o.door.Fail(w, r, err)
			return
		}
		fields := []ui.Field{data.Field}
		if len(data.Wrong.Rows) > 0 {
			list = map[string]ui.Text{"": ui.M("admin.import.rows", "n", len(data.Wrong.Rows))}
		}
		page.Errors = ui.Fill(fields, nil, list)
		data.Field = fields[0]
	}
	if data.Ready = len(page.Errors) == 0; data.Ready {
		data.Content = base64.StdEncoding.EncodeToString(b)
	}
	page.Data = data
	o.render(w, r, "import", "admin.import.title", page)
}

func (o *desk) try(r *http.Request, data *Import, drafts []*catalog.Draft) error {
	got, err := o.change.Check(r.Context(), door.Actor(r), catalog.ImportOptions{Region: o.door.House.Office.Region}, drafts)
	data.Sums = []ui.Fact{{Label: ui.M("admin.import.new"), Value: ui.Count(len(got.New))}, {Label: ui.M("admin.import.changed"), Value: ui.Count(len(got.Proposed))}, {Label: ui.M("admin.import.same"), Value: ui.Count(got.Same)}}
	if err == nil && len(got.Changed) > 0 {
		err = o.cells(r, data, got.Changed)
	}
	return err
}

// cells shows what the rows of a list change, cell by cell.
func (o *desk) cells(r *http.Request, data *Import, list []catalog.Difference) error {
	data.Changed = ui.Table{Caption: ui.M("admin.import.cells"),
		Columns: []ui.Column{{Label: ui.M("admin.col.item")}, {Label: ui.M("admin.import.column")}, {Label: ui.M("admin.import.before")}, {Label: ui.M("admin.import.after")}}}
	return o.door.House.Store.Read(r.Context(), func(tx *store.Tx) error {
		for _, d := range list {
			if err := d.Call(func(key string) (string, error) { return o.door.House.People.AgencyName(tx, key, tx.Today()) }); err != nil {
				return err
			}
			for _, f := range d.Fields {
				data.Changed.Rows = append(data.Changed.Rows, ui.Row{Cells: []ui.Cell{{Text: ui.Plain(d.Name), Note: ui.Plain(d.Code)}, {Text: ui.Plain(f.Title)}, {Text: ui.Plain(f.Before)}, {Text: ui.Plain(f.After)}}})
			}
		}
		return nil
	})
}

// problems lists everything that is wrong with a file, a row for each.
func problems(wrong []catalog.Problem, err error) ui.Table {
	t := ui.Table{Caption: ui.M("admin.import.problems"), Columns: []ui.Column{{Label: ui.M("admin.col.place")}, {Label: ui.M("admin.col.problem")}}}
	for _, p := range wrong {
		place := ui.Join{Sep: " ", Texts: []ui.Text{ui.Plain(p.File)}}
		if p.Line > 0 {
			place.Texts = append(place.Texts, ui.M("admin.import.line", "n", p.Line))
		}
		place.Texts = append(place.Texts, ui.Plain(p.Column))
		t.Rows = append(t.Rows, ui.Row{Cells: ui.Cells(place, p.Msg)})
	}
	var e *act.Error
	if errors.As(err, &e) && e.Kind == act.Invalid {
		for _, f := range e.Fields {
			t.Rows = append(t.Rows, ui.Row{Cells: ui.Cells(ui.Plain(f.Name), f.Msg)})
		}
	}
	return t
}

// apply brings in what the preview has shown, all or nothing.
func (o *desk) apply(w http.ResponseWriter, r *http.Request) {
	_, _, values, err := upload(r)
	if act.KindOf(err) == act.Invalid && values != nil {
		err = nil // the file came with the page
	}
	var b []byte
	if err == nil {
		b, err = base64.StdEncoding.DecodeString(values.Get("content"))
	}
	if err != nil {
		o.door.Fail(w, r, act.Wrong("office.form.broken"))
		return
	}
	drafts, wrong, err := change.ReadUpload(values.Get("name"), b)
	if err == nil {
		err = catalog.AsError(wrong)
	}
	if err == nil {
		_, err = o.change.Import(r.Context(), door.Actor(r), catalog.ImportOptions{Region: o.door.House.Office.Region, Token: values.Get("idempotency_key")}, drafts)
	}
	o.done(w, r, err, "/admin/proposals?done=imported")
}
