package manage

import (
	"html/template"
	"net/http"
	"net/url"
	"strconv"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/law"
	"tongban/internal/rules/checkup"
	"tongban/internal/rules/citation"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/inspect"
)

// relatedShown bounds the things beside a finding that are named one by one.
const relatedShown = 50

// OneFinding is the page of a finding.
type OneFinding struct {
	inspect.Finding
	Whole   bool // the reader manages the whole area and may say that it is in order
	At      string
	Facts   ui.SummaryList
	Links   []ui.Link     // to the articles that want it otherwise
	Subject ui.Link       // what is to be mended
	Related ui.Table      // what it collides with
	More    int           // of them that are not named
	Picture template.HTML // of a circle
	Ring    ui.Table      // its members
	Fields  []ui.Field    // of the acceptance
}

// show tells a finding in full.
func (k *checking) show(w http.ResponseWriter, r *http.Request) { k.showWith(w, r, nil, nil, nil) }

func (k *checking) showWith(w http.ResponseWriter, r *http.Request, typed url.Values, wrong map[string]ui.Text, notice *ui.Notice) {
	var data OneFinding
	if !k.door.Read(w, r, func(tx *store.Tx) (err error) {
		if data.Finding, err = inspect.ByID(tx, r.PathValue("finding")); err != nil {
			return err
		}
		if err = k.theirs(tx, r, data.Finding.Agency); err != nil {
			return err
		}
		only, err := k.only(tx, r)
		data.Whole = only == ""
		if err != nil {
			return err
		}
		return k.fill(tx, &data)
	}) {
		return
	}
	data.At = "/manage/checkup/" + data.ID
	p := ui.Page{Title: ui.Plain(named(data.Finding.Subject)), Notice: notice, Back: &ui.Link{Text: ui.M("inspect.page.title"), Href: "/manage/checkup"}}
	status := 0
	if notice != nil {
		status = http.StatusConflict
	}
	if data.Whole && data.State == inspect.Open && inspect.Acceptable(data.Severity) {
		data.Fields = []ui.Field{{Kind: ui.FieldArea, Name: "reason", Label: ui.M("inspect.page.reason"), Hint: ui.M("inspect.page.reason.hint"), Rows: 3}}
		if typed != nil {
			p.Errors = ui.Fill(data.Fields, typed, wrong)
		}
	}
	p.Data = data
	k.render(w, r, "finding", status, p)
}

// fill reads what the page tells beside the finding itself.
func (k *checking) fill(tx *store.Tx, data *OneFinding) error {
	f := &data.Finding
	bodies, err := k.bodies(tx)
	if err != nil {
		return err
	}
	row := func(key string, value ui.Text) *ui.SummaryRow {
		data.Facts.Rows = append(data.Facts.Rows, ui.SummaryRow{Key: ui.M(key), Value: value})
		return &data.Facts.Rows[len(data.Facts.Rows)-1]
	}
	if rule, ok := checkup.RuleOf(f.Rule); ok {
		row("inspect.page.col.rule", rule.Name())
	}
	row("inspect.page.col.severity", f.Severity.Name())
	row("inspect.page.code", ui.Plain(f.Plain.Subject.Code))
	row("manage.col.agency", ui.Plain(nameOf(bodies, f.Agency)))
	row("inspect.page.col.first", ui.OnDay(f.First))
	state := row("inspect.page.col.state", ui.M("inspect.state."+string(f.State)))
	switch f.State {
	case inspect.Mended:
		state.More = []ui.Text{ui.OnDay(f.Mended)}
	case inspect.Accepted:
		by, err := k.door.House.People.Name(tx, f.By)
		if err != nil {
			return err
		}
		state.More = []ui.Text{ui.Plain(f.Reason), ui.Join{Texts: []ui.Text{ui.Plain(by + " "), ui.At(f.At)}}}
	}
	if data.Links, err = articleLinks(tx, f.Article); err != nil {
		return err
	}
	if data.Subject, err = k.subject(tx, f.Plain.Subject); err != nil {
		return err
	}
	data.More = max(0, len(f.Plain.Related)-relatedShown)
	if data.Related, err = k.subjects(tx, "inspect.page.related", f.Plain.Related[:min(len(f.Plain.Related), relatedShown)]); err != nil {
		return err
	}
	if len(f.Plain.Ring) > 0 {
		data.Picture = template.HTML(f.Drawing("ring")) //nolint:gosec // drawn by us, every name escaped
	}
	data.Ring, err = k.subjects(tx, "inspect.page.ring", f.Plain.Ring)
	return err
}

// articleLinks are the articles that a finding rests on, linked where the library
// has them; what cites no law is said as it is.
func articleLinks(tx *store.Tx, words string) (list []ui.Link, err error) {
	for _, c := range citation.Parse(words) {
		found, err := law.Resolve(tx, c, tx.Today())
		if err != nil {
			return nil, err
		}
		link := ui.Link{Text: ui.Plain(c.String())}
		switch {
		case found.Law.Key == "":
		case c.Article.N != 0 && (found.Finding == law.Known || found.Finding == law.NoSuchPlace):
			link.Href = "/laws/" + found.Law.Key + "/" + c.Article.Code()
		default:
			link.Href = "/laws/" + found.Law.Key
		}
		list = append(list, link)
	}
	if len(list) == 0 && words != "" {
		list = []ui.Link{{Text: ui.Plain(words)}}
	}
	return list, nil
}

// listOf is where things of a kind are read.
var listOf = map[checkup.Kind]string{checkup.OfBase: "base_item", checkup.OfPower: "power", checkup.OfProof: "proof"}

// subject leads to a thing of the catalogue.
func (k *checking) subject(tx *store.Tx, s checkup.Subject) (ui.Link, error) {
	link := ui.Link{Text: ui.Plain(named(s))}
	if list := listOf[s.Kind]; list != "" {
		link.Href = "/lists/" + list + "/" + url.PathEscape(s.Code)
	}
	if s.Kind == checkup.OfItem {
		id, err := k.door.House.Items.ByCode(tx, s.Code)
		if err != nil && act.KindOf(err) != act.NotFound {
			return link, err
		}
		if err == nil {
			link.Href = "/items/" + text(id)
		}
	}
	return link, nil
}

// subjects lists things of the catalogue by number, name and code.
func (k *checking) subjects(tx *store.Tx, caption string, list []checkup.Subject) (ui.Table, error) {
	t := ui.Table{Caption: ui.M(caption), Columns: []ui.Column{{Label: ui.M("inspect.page.col.n")}, {Label: ui.M("inspect.page.col.what")}, {Label: ui.M("inspect.page.code")}}}
	for i, s := range list {
		link, err := k.subject(tx, s)
		if err != nil {
			return t, err
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: ui.Count(i + 1)}, {Text: link.Text, Href: link.Href}, {Text: ui.Plain(s.Code)}}})
	}
	return t, nil
}

// accept takes an acceptance with its reason.
func (k *checking) accept(w http.ResponseWriter, r *http.Request) {
	k.settle(w, r, "accepted", k.inspect.Accept(r.Context(), door.Actor(r), door.Key(r), acceptance(r)))
}

// reopen takes an acceptance back.
func (k *checking) reopen(w http.ResponseWriter, r *http.Request) {
	k.settle(w, r, "reopened", k.inspect.Reopen(r.Context(), door.Actor(r), door.Key(r), acceptance(r)))
}

func acceptance(r *http.Request) inspect.Acceptance {
	rev, _ := strconv.Atoi(value(r, "rev"))
	return inspect.Acceptance{Finding: r.PathValue("finding"), Rev: rev, Reason: value(r, "reason")}
}

// settle answers what was said of a finding.
func (k *checking) settle(w http.ResponseWriter, r *http.Request, done string, err error) {
	switch {
	case err == nil:
		door.Done(w, r, "/manage/checkup/"+url.PathEscape(r.PathValue("finding"))+"?done="+done)
	case act.KindOf(err) == act.Conflict:
		k.showWith(w, r, r.PostForm, nil, &ui.Notice{Kind: ui.Todo, Urgent: true, Title: ui.M("inspect.page.conflict"), Body: ui.M("inspect.page.conflict.next")})
	default:
		wrong, ok := door.Wrong(err)
		if !ok {
			k.door.Fail(w, r, err)
			return
		}
		k.showWith(w, r, r.PostForm, wrong, nil)
	}
}
