package laws

import (
	"net/http"
	"strconv"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/identity"
	"tongban/internal/register/law"
	"tongban/internal/rules/citation"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

// obstaclesOnPage is how many obstacles a page lists.
const obstaclesOnPage = 50

func meetFields() []ui.Field {
	return []ui.Field{
		{Kind: ui.FieldArea, Name: "words", Label: ui.M("laws.obstacle.words"), Hint: ui.M("laws.obstacle.words.hint")},
		{Kind: ui.FieldText, Name: "case", Label: ui.M("laws.obstacle.case"), Optional: true, Chars: 20},
	}
}

// obstaclesOn lists the obstacles of an article, for officials.
func (o *desk) obstaclesOn(tx *store.Tx, id int64, n citation.Article, d *articlePage) error {
	list, err := law.ObstaclesOn(tx, id, n, 0, obstaclesOnPage)
	if err != nil {
		return err
	}
	d.Obstacle, err = o.obstacleTable(tx, list)
	return err
}

func (o *desk) obstacleTable(tx *store.Tx, list []law.Obstacle) (ui.Table, error) {
	t := ui.Table{Caption: ui.M("laws.obstacles"), HideCaption: true, Empty: ui.Empty{Text: ui.M("laws.obstacles.none")},
		Columns: []ui.Column{{Label: ui.M("laws.obstacle.words")}, {Label: ui.M("laws.obstacle.article")}, {Label: ui.M("laws.obstacle.agency")}, {Label: ui.M("laws.obstacle.state")}, {Label: ui.M("laws.obstacle.answer")}}}
	for _, x := range list {
		l, err := law.ByID(tx, x.Law)
		if err != nil {
			return t, err
		}
		name, err := o.House.People.AgencyName(tx, x.Agency, tx.Today())
		if act.KindOf(err) == act.NotFound {
			name, err = x.Agency, nil
		}
		if err != nil {
			return t, err
		}
		t.Rows = append(t.Rows, ui.Row{ID: id(x.ID), Cells: []ui.Cell{{Text: ui.Plain(x.Words), Href: "/office/obstacles/" + id(x.ID), Note: note(x.Case)},
			{Text: ui.Plain(l.Title + x.Article.String()), Href: articlePath(l.Key, x.Article)}, {Text: ui.Plain(name)},
			{Text: ui.M("laws.state." + x.State), Note: note(x.Asked)}, {Text: orDash(x.Answer), Note: note(x.AnswerNo)}}})
	}
	return t, nil
}

func note(s string) ui.Text {
	if s == "" {
		return nil
	}
	return ui.Plain(s)
}

func id(n int64) string { return strconv.FormatInt(n, 10) }

// obstaclesPage is the list of all obstacles in a state.
type obstaclesPage struct {
	Nav   ui.SubNav
	Table ui.Table
	Next  string
}

// obstacles lists the obstacles of all laws in a state, the oldest first.
func (o *desk) obstacles(w http.ResponseWriter, r *http.Request) {
	state, here := r.URL.Query().Get("state"), ui.Page{URL: r.URL}
	if state != law.Asked && state != law.Answered {
		state = law.Open
	}
	after, _ := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64)
	data := obstaclesPage{Nav: ui.SubNav{Label: ui.M("laws.obstacles")}}
	for _, s := range []string{law.Open, law.Asked, law.Answered} {
		data.Nav.Links = append(data.Nav.Links, ui.Link{Text: ui.M("laws.state." + s), Href: "/office/obstacles?state=" + s, Current: s == state})
	}
	if !o.Read(w, r, func(tx *store.Tx) error {
		list, err := law.Obstacles(tx, state, after, obstaclesOnPage+1)
		if err != nil {
			return err
		}
		if len(list) > obstaclesOnPage {
			list = list[:obstaclesOnPage]
			data.Next = here.With("after", id(list[obstaclesOnPage-1].ID))
		}
		data.Table, err = o.obstacleTable(tx, list)
		return err
	}) {
		return
	}
	o.show(w, r, ui.Page{Name: "laws/obstacles", Title: ui.M("laws.obstacles"), Shell: ui.Staff, Wide: true, Data: data})
}

// obstaclePage is one obstacle with what can be done about it.
type obstaclePage struct {
	Obstacle law.Obstacle
	Href     string
	Where    string
	Facts    []ui.Fact
	Ask      []ui.Field
	Answer   []ui.Field
}

// obstacle shows an obstacle and the forms of what comes next.
func (o *desk) obstacle(w http.ResponseWriter, r *http.Request) {
	o.obstacleWith(w, r, nil)
}

// obstacleWith is the page with what is wrong with its form.
func (o *desk) obstacleWith(w http.ResponseWriter, r *http.Request, wrong map[string]ui.Text) {
	n, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		o.UI.NotFound(w, r)
		return
	}
	var data obstaclePage
	if !o.Read(w, r, func(tx *store.Tx) error {
		if data.Obstacle, err = law.ObstacleByID(tx, n); err != nil {
			return err
		}
		l, err := law.ByID(tx, data.Obstacle.Law)
		data.Href, data.Where = articlePath(l.Key, data.Obstacle.Article), l.Title+data.Obstacle.Article.String()
		return err
	}) {
		return
	}
	page := ui.Page{Name: "laws/obstacle", Title: ui.M("laws.obstacle"), Shell: ui.Staff, Back: &ui.Link{Text: ui.M("laws.obstacles"), Href: "/office/obstacles"}}
	data.facts()
	number := ui.Field{Kind: ui.FieldText, Name: "number", Label: ui.M("laws.number"), Chars: 20}
	switch data.Obstacle.State {
	case law.Open:
		number.Optional = true
		data.Ask = []ui.Field{{Kind: ui.FieldText, Name: "body", Label: ui.M("laws.obstacle.body")}, number}
		page.Errors = fill(data.Ask, r, wrong)
	case law.Asked:
		data.Answer = []ui.Field{{Kind: ui.FieldArea, Name: "words", Label: ui.M("laws.obstacle.answer")}, number}
		page.Errors = fill(data.Answer, r, wrong)
	}
	page.Data = data
	o.show(w, r, page)
}

func fill(fields []ui.Field, r *http.Request, wrong map[string]ui.Text) []ui.FieldError {
	if wrong == nil {
		return nil
	}
	return ui.Fill(fields, r.PostForm, wrong)
}

func (d *obstaclePage) facts() {
	x := d.Obstacle
	for _, f := range []struct {
		key  string
		text ui.Text
	}{
		{"laws.obstacle.state", ui.M("laws.state." + x.State)}, {"laws.obstacle.met", ui.At(x.MetAt)}, {"laws.obstacle.case", note(x.Case)},
		{"laws.obstacle.body", note(x.Asked)}, {"laws.obstacle.letter", note(x.AskedNo)}, {"laws.obstacle.answer", note(x.Answer)}, {"laws.number", note(x.AnswerNo)},
	} {
		if f.text != nil {
			d.Facts = append(d.Facts, ui.Fact{Label: ui.M(f.key), Value: f.text})
		}
	}
}

// meet registers an obstacle that an official met on an article.
func (o *desk) meet(w http.ResponseWriter, r *http.Request) {
	key, number := r.PostFormValue("law"), r.PostFormValue("article")
	n, ok := citation.ParseCode(number)
	if !ok {
		o.Fail(w, r, act.Missing("law.thing.article"))
		return
	}
	_, err := o.House.Laws.Meet(r.Context(), door.Actor(r), door.Key(r), law.MeetIn{Law: key, Article: n, Words: r.PostFormValue("words"), Case: r.PostFormValue("case")})
	if wrong, mend := door.Wrong(err); mend {
		fields := meetFields()
		o.articleWith(w, r, key, number, fields, ui.Fill(fields, r.PostForm, wrong))
		return
	}
	o.done(w, r, err, articlePath(key, n)+"#obstacles")
}

// ask records that a body above was asked.
func (o *desk) ask(w http.ResponseWriter, r *http.Request) {
	n, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	err := o.House.Laws.Ask(r.Context(), o.acting(r), door.Key(r), law.AskIn{Obstacle: n, Body: r.PostFormValue("body"), Number: r.PostFormValue("number")})
	o.mend(w, r, err, n)
}

// answer records what the body above answered.
func (o *desk) answer(w http.ResponseWriter, r *http.Request) {
	n, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	err := o.House.Laws.Answer(r.Context(), o.acting(r), door.Key(r), law.AnswerIn{Obstacle: n, Words: r.PostFormValue("words"), Number: r.PostFormValue("number")})
	o.mend(w, r, err, n)
}

// acting is the reader in the post that may ask upward, where they hold it
// besides the one they are in.
func (o *desk) acting(r *http.Request) act.Actor {
	a := door.Actor(r)
	if identity.Allows(a.Post, law.CommandAsk.Right) {
		return a
	}
	if head, ok := identity.Acting(a, "head", a.Agency); ok {
		return head
	}
	return a
}

func (o *desk) mend(w http.ResponseWriter, r *http.Request, err error, n int64) {
	if wrong, mend := door.Wrong(err); mend {
		o.obstacleWith(w, r, wrong)
		return
	}
	o.done(w, r, err, "/office/obstacles/"+id(n))
}

// done sends the reader on, or shows what stands in the way.
func (o *desk) done(w http.ResponseWriter, r *http.Request, err error, to string) {
	if err != nil {
		o.Fail(w, r, err)
		return
	}
	door.Done(w, r, to)
}
