package laws

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/law"
	"tongban/internal/register/lists"
	"tongban/internal/rules/citation"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
	"tongban/internal/web/casepage"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

// importMax bounds the files that are brought in together, in bytes: the library
// inside the program has less than one megabyte.
const importMax = 16 << 20

// latestShown is how many changes the manager's page lists.
const latestShown = 40

// manage adds the pages of those who keep the library.
func (o *desk) manage(mux *door.Mux) {
	may := func(h http.HandlerFunc) http.HandlerFunc { return o.Staff(o.may(h)) }
	mux.HandleFunc("GET /admin/laws", may(o.managePage))
	mux.Upload("POST /admin/laws", may(o.bring))
	mux.HandleFunc("POST /admin/laws/repeal", may(o.repeal))
	mux.HandleFunc("POST /admin/laws/interpret", may(o.interpret))
	mux.HandleFunc("GET /admin/laws/changes/{id}", may(o.changed))
}

// may asks for the right before a page is read; commands ask by themselves.
func (o *desk) may(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a := door.Actor(r)
		if o.Read(w, r, func(tx *store.Tx) error {
			return o.House.Runner.Rights.Authorise(tx, a, law.CommandImport.Right, act.Scope{})
		}) {
			h(w, r)
		}
	}
}

// managerPage is the page on which the library is kept.
type managerPage struct {
	File      []ui.Field
	Wrong     ui.Table
	Repeal    []ui.Field
	Interpret []ui.Field
	Latest    ui.Table
}

func managerFields() managerPage {
	cite := func(id string) ui.Field {
		return ui.Field{Kind: ui.FieldText, Name: id + "_cite", Label: ui.M("laws.manage.cite"), Hint: ui.M("laws.manage.cite.hint")}
	}
	number := func(id string) ui.Field {
		return ui.Field{Kind: ui.FieldText, Name: id + "_number", Label: ui.M("laws.number"), Chars: 20}
	}
	from := func(id string) ui.Field {
		return ui.Field{Kind: ui.FieldDay, Name: id + "_from", Label: ui.M("laws.manage.day"), Hint: ui.M("laws.on.hint")}
	}
	text := func(id string) ui.Field {
		return ui.Field{Kind: ui.FieldArea, Name: id + "_words", Label: ui.M("laws.manage.words")}
	}
	return managerPage{
		File: []ui.Field{{Kind: ui.FieldFile, Name: "file", Label: ui.M("laws.manage.file"), Hint: ui.M("laws.manage.format"),
			File: &ui.FileRule{Formats: []string{"md"}, MaxMB: importMax >> 20}}},
		Repeal: []ui.Field{cite("repeal"), number("repeal"), from("repeal")}, Interpret: []ui.Field{cite("interpret"), number("interpret"), from("interpret"), text("interpret")},
	}
}

func (o *desk) managePage(w http.ResponseWriter, r *http.Request) {
	page := ui.Page{}
	q := r.URL.Query()
	if q.Has("new") {
		n := func(name string) int { n, _ := strconv.Atoi(q.Get(name)); return n }
		page.Notice = &ui.Notice{Kind: ui.Done, Title: ui.M("laws.manage.imported", "new", n("new"), "amended", n("amended"), "same", n("same"))}
	}
	o.manageWith(w, r, page, managerFields())
}

// manageWith shows the page, with what has to be mended.
func (o *desk) manageWith(w http.ResponseWriter, r *http.Request, page ui.Page, data managerPage) {
	data.Latest = ui.Table{Caption: ui.M("laws.manage.latest"), HideCaption: true,
		Columns: []ui.Column{{Label: ui.M("laws.manage.law")}, {Label: ui.M("laws.change.what")}, {Label: ui.M("laws.change.day")}, {Label: ui.M("laws.number")}}}
	if !o.Read(w, r, func(tx *store.Tx) error {
		list, err := law.LatestChanges(tx, latestShown)
		for _, x := range list {
			l, err := law.ByID(tx, x.Law)
			if err != nil {
				return err
			}
			data.Latest.Rows = append(data.Latest.Rows, ui.Row{ID: id(x.ID), Cells: []ui.Cell{{Text: ui.Plain(l.Title), Href: changePath(x.ID)}, {Text: x.Kind.Label()}, {Text: ui.OnDay(x.On)}, {Text: orDash(x.Number)}}})
		}
		return err
	}) {
		return
	}
	page.Name, page.Title, page.Shell, page.Wide, page.Data = "laws/manage", ui.M("laws.manage"), ui.Staff, true, data
	page.Back = &ui.Link{Text: ui.M("laws.title"), Href: "/laws"}
	o.show(w, r, page)
}

func changePath(n int64) string { return "/admin/laws/changes/" + id(n) }

// bring imports the files of the form, all or nothing, and names each bad line.
func (o *desk) bring(w http.ResponseWriter, r *http.Request) {
	var files []law.File
	total := 0
	values, _, err := casepage.MultipartUpTo(r, 2*importMax, func(_, name string, content io.Reader) error {
		b, err := io.ReadAll(io.LimitReader(content, int64(max(importMax+1-total, 0))))
		if total += len(b); err == nil && len(b) > 0 {
			files = append(files, law.File{Name: name, Text: b})
		}
		return err
	})
	switch {
	case err != nil:
	case total > importMax:
		err = act.WrongFields("law.typed.faults", []act.Field{{Name: "file", Msg: ui.M("laws.manage.large", "mb", importMax>>20)}})
	case len(files) == 0:
		err = act.WrongFields("law.typed.faults", []act.Field{{Name: "file", Msg: ui.M("laws.manage.choose")}})
	}
	var done law.Imported
	if err == nil {
		done, err = o.House.Laws.Import(r.Context(), door.Actor(r), values.Get("idempotency_key"), files)
	}
	wrong, mend := door.Wrong(err)
	if !mend {
		o.done(w, r, err, "/admin/laws?"+url.Values{"new": {strconv.Itoa(len(done.New))}, "amended": {strconv.Itoa(len(done.Amended))}, "same": {strconv.Itoa(done.Same)}}.Encode())
		return
	}
	data := managerFields()
	var e *act.Error
	if errors.As(err, &e) && wrong["file"] == nil {
		wrong = map[string]ui.Text{"file": e.Msg}
		data.Wrong = ui.Table{Caption: ui.M("laws.manage.wrong"), Columns: []ui.Column{{Label: ui.M("laws.manage.place")}, {Label: ui.M("laws.manage.problem")}}}
		for i, f := range e.Fields {
			data.Wrong.Rows = append(data.Wrong.Rows, ui.Row{Cells: ui.Cells(ui.Count(i+1), f.Msg)})
		}
	}
	o.manageWith(w, r, ui.Page{Errors: ui.Fill(data.File, values, wrong)}, data)
}

// cited reads which law and article a form names, and from which day.
func (o *desk) cited(r *http.Request, form string) (key string, a citation.Article, from day.Day, err error) {
	var wrong []act.Field
	today := o.House.Store.Now().Day()
	if s := strings.TrimSpace(r.PostFormValue(form + "_from")); s != "" {
		if from, err = ui.ParseDay(s, today, ui.M("laws.manage.day")); err != nil {
			wrong = append(wrong, act.Field{Name: "from", Msg: sentence(err)})
		}
	}
	words := strings.TrimSpace(r.PostFormValue(form + "_cite"))
	found := citation.Parse(words)
	if len(found) == 0 && words != "" {
		found = []citation.Citation{{Law: words}}
	}
	err = o.House.Store.Read(r.Context(), func(tx *store.Tx) error {
		for _, c := range found {
			x, err := law.Resolve(tx, c, today)
			if err != nil {
				return err
			}
			key, a = x.Law.Key, c.Article
		}
		return nil
	})
	if len(found) != 1 || key == "" {
		wrong = append(wrong, act.Field{Name: "cite", Msg: ui.M("laws.manage.unknown")})
	}
	if err != nil {
		return key, a, from, err
	}
	return key, a, from, act.WrongFields("law.typed.faults", wrong)
}

// sentence is what an error says to a reader.
func sentence(err error) (m wording.Message) {
	_ = errors.As(err, &m)
	return m
}

// repeal records that a law is repealed.
func (o *desk) repeal(w http.ResponseWriter, r *http.Request) {
	key, _, from, err := o.cited(r, "repeal")
	var done law.Recorded
	if err == nil {
		done, err = o.House.Laws.Repeal(r.Context(), door.Actor(r), door.Key(r), law.RepealIn{Law: key, From: from, Number: r.PostFormValue("repeal_number")})
	}
	o.recorded(w, r, "repeal", done, err)
}

// interpret records how a law or an article is to be understood.
func (o *desk) interpret(w http.ResponseWriter, r *http.Request) {
	key, a, from, err := o.cited(r, "interpret")
	var done law.Recorded
	if err == nil {
		done, err = o.House.Laws.Interpret(r.Context(), door.Actor(r), door.Key(r),
			law.InterpretIn{Law: key, Article: a, From: from, Number: r.PostFormValue("interpret_number"), Words: r.PostFormValue("interpret_words")})
	}
	o.recorded(w, r, "interpret", done, err)
}

// recorded leads to what a change touches, or shows what has to be mended.
func (o *desk) recorded(w http.ResponseWriter, r *http.Request, form string, done law.Recorded, err error) {
	wrong, mend := door.Wrong(o.House.Runner.SettleFor(r.Context(), r.Pattern, err))
	if !mend {
		o.done(w, r, err, changePath(done.Change))
		return
	}
	named := map[string]ui.Text{}
	for name, text := range wrong {
		if name == "" {
			name = "from"
		}
		named[form+"_"+name] = text
	}
	data := managerFields()
	fields := data.Repeal
	if form == "interpret" {
		fields = data.Interpret
	}
	o.manageWith(w, r, ui.Page{Errors: ui.Fill(fields, r.PostForm, named)}, data)
}

// changePage is a change with whom it touches.
type changePage struct {
	Facts []ui.Fact
	Words string
	Href  string
	Law   string
	Table ui.Table
	Next  string
	Begin string // an adjustment of all that it touches
}

// changed shows a change of a law and lists all that it touches, by page.
func (o *desk) changed(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		o.UI.NotFound(w, r)
		return
	}
	here := ui.Page{URL: r.URL}
	var after law.Subject
	after.Kind, after.Code, _ = strings.Cut(here.URL.Query().Get("after"), ".")
	data := changePage{Table: ui.Table{Caption: ui.M("laws.manage.touched"), Empty: ui.Empty{Text: ui.M("laws.manage.none")},
		Columns: []ui.Column{{Label: ui.M("laws.manage.subject")}, {Label: ui.M("laws.manage.sort")}}}}
	if !o.Read(w, r, func(tx *store.Tx) error {
		x, err := law.ChangeByID(tx, n)
		if err != nil {
			return err
		}
		l, err := law.ByID(tx, x.Law)
		if err != nil {
			return err
		}
		data.Law, data.Href, data.Words = l.Title, lawPath(l.Key), x.Words
		data.Begin = "/manage/adjustments/new?law_change=" + id(n)
		data.Facts = []ui.Fact{{Label: ui.M("laws.change.what"), Value: x.Kind.Label()}, {Label: ui.M("laws.change.day"), Value: ui.OnDay(x.On)}, {Label: ui.M("laws.number"), Value: orDash(x.Number)}}
		list, err := law.TouchedBy(tx, n, after, pointersOnPage+1)
		if len(list) > pointersOnPage {
			list = list[:pointersOnPage]
			last := list[pointersOnPage-1]
			data.Next = here.With("after", last.Kind+"."+last.Code)
		}
		for _, s := range list {
			data.Table.Rows = append(data.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: ui.Plain(s.Label), Href: subjectPath(s)}, {Text: sortOf(s.Kind, door.Lang(r))}}})
		}
		return err
	}) {
		return
	}
	o.show(w, r, ui.Page{Name: "laws/change", Title: ui.M("laws.manage.change"), Shell: ui.Staff, Data: data, Back: &ui.Link{Text: ui.M("laws.manage"), Href: "/admin/laws"}})
}

// sortOf names a kind of subject: an entry of a list is named by its list.
func sortOf(kind string, lang wording.Lang) ui.Text {
	if kind == catalog.LawKind {
		return ui.M("laws.sort.item")
	}
	if k, err := lists.KindOf(kind); err == nil {
		return ui.Plain(k.Label(lang))
	}
	return ui.M("laws.sort.other")
}
