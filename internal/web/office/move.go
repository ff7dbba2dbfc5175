package office

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/identity"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
)

// Move asks once more before work is moved, naming exactly what it covers.
type Move struct {
	List    ui.Table
	Tasks   []Picked
	Act     string
	Fields  []ui.Field
	Buttons []ui.Button
}

// Picked is a row that was ticked: its case, its task, and the version seen.
type Picked struct {
	Case, Task int64
	Seen       int64
	Title      string
	place      proceeding.Place
}

// String is the row as the form posts it.
func (p Picked) String() string { return fmt.Sprintf("%d.%d.%d", p.Case, p.Task, p.Seen) }

// pickedMost bounds what is moved at once: what one page can show.
const pickedMost = 50

// move moves the ticked tasks: first a page that names them, then the moving.
func (o *desk) move(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		o.door.Fail(w, r, act.Wrong("office.form.broken"))
		return
	}
	picked, err := o.picked(r)
	if err != nil {
		o.door.Fail(w, r, err)
		return
	}
	if len(picked) == 0 {
		door.Done(w, r, "/office?none=1")
		return
	}
	if r.PostFormValue("sure") != "" && (r.PostFormValue("act") != "hand" || r.PostFormValue("person") != "") {
		o.moveAll(w, r, picked)
		return
	}
	o.moveAsk(w, r, picked)
}

// picked reads the ticked rows as they stand now.
func (o *desk) picked(r *http.Request) ([]Picked, error) {
	var list []Picked
	for _, s := range r.PostForm["task"] {
		part := strings.Split(s, ".")
		if len(part) < 2 || len(list) == pickedMost {
			continue
		}
		p := Picked{}
		p.Case, _ = strconv.ParseInt(part[0], 10, 64)
		p.Task, _ = strconv.ParseInt(part[1], 10, 64)
		if len(part) == 3 {
			p.Seen, _ = strconv.ParseInt(part[2], 10, 64)
		}
		_, c, err := o.cases.Reader(r.Context(), door.Actor(r), p.Case)
		if err != nil {
			return nil, err
		}
		for _, t := range c.Tasks {
			if t.ID == p.Task {
				p.Seen = cmp.Or(p.Seen, t.Seen)
				p.Title, p.place = fmt.Sprintf("%s · %s · %s", c.Number, c.Title, t.Name), proceeding.Place{Agency: t.Agency, Post: t.Post}
				list = append(list, p)
			}
		}
	}
	return list, nil
}

func (o *desk) moveAsk(w http.ResponseWriter, r *http.Request, picked []Picked) {
	what := r.PostFormValue("act")
	m := Move{Tasks: picked, Act: what, List: ui.Table{Caption: ui.M("office.move.list", "n", len(picked)), Plain: true, Columns: []ui.Column{{Label: ui.M("office.col.case")}}},
		Buttons: []ui.Button{{Text: ui.M("office.move.yes."+verb(what), "n", len(picked)), Kind: ui.Primary, Name: "sure", Value: "1"}}}
	for _, p := range picked {
		m.List.Rows = append(m.List.Rows, ui.Row{Cells: ui.Cells(ui.Plain(p.Title))})
	}
	page := ui.Page{Current: "/office", Back: &ui.Link{Text: ui.M("office.work.title"), Href: "/office"}}
	if what == "hand" {
		f, err := o.receivers(r, picked)
		if err != nil {
			o.door.Fail(w, r, err)
			return
		}
		m.Fields = []ui.Field{f}
		if r.PostFormValue("sure") != "" {
			page.Errors = ui.Fill(m.Fields, nil, map[string]ui.Text{"person": ui.M("office.move.choose")})
		}
	}
	page.Data = m
	o.render(w, r, "move", "office.move.title."+verb(what), page)
}

// verb keeps what is moved and how to what there is.
func verb(s string) string {
	switch s {
	case "hand", "release":
		return s
	}
	return "claim"
}

// receivers are those who may take every one of the tasks.
func (o *desk) receivers(r *http.Request, picked []Picked) (ui.Field, error) {
	f := ui.Field{Kind: ui.FieldRadios, Name: "person", Label: ui.M("office.field.person")}
	places := map[proceeding.Place]bool{}
	count, order := map[int64]int{}, []int64{}
	for _, p := range picked {
		places[p.place] = true
	}
	err := o.door.House.Store.Read(r.Context(), func(tx *store.Tx) error {
		for at := range places {
			ids, err := o.door.House.People.StaffOf(tx, at.Agency, at.Post, tx.Today())
			if err != nil {
				return err
			}
			for _, id := range ids {
				if count[id]++; count[id] == 1 {
					order = append(order, id)
				}
			}
		}
		return nil
	})
	if err != nil {
		return f, err
	}
	names, err := o.cases.Names(r.Context(), order)
	for _, id := range order {
		if count[id] == len(places) {
			f.Options = append(f.Options, ui.Option{Value: strconv.FormatInt(id, 10), Label: ui.Plain(names[id])})
		}
	}
	if len(f.Options) == 0 {
		f.Hint = ui.M("office.move.nobody")
	}
	return f, err
}

// moveAll moves each task by a command of its own: what cannot be moved is
// told, and nothing else is held up by it.
func (o *desk) moveAll(w http.ResponseWriter, r *http.Request, picked []Picked) {
	to := door.Actor(r).Person
	switch r.PostFormValue("act") {
	case "hand":
		to, _ = strconv.ParseInt(r.PostFormValue("person"), 10, 64)
	case "release":
		to = 0
	}
	done, left := 0, 0
	for _, p := range picked {
		a := door.Actor(r)
		if acting, ok := identity.Acting(a, p.place.Post, p.place.Agency); ok {
			a = acting
		}
		in := casework.AssignIn{TaskIn: casework.TaskIn{Case: p.Case, Task: p.Task, Seen: p.Seen}, Person: to}
		_, err := o.door.House.Office.Assign(r.Context(), a, fmt.Sprintf("%s/%d", door.Key(r), p.Task), in)
		switch act.KindOf(err) {
		case "":
			done++
		case act.Unavailable, act.Internal:
			o.door.Fail(w, r, err)
			return
		default:
			left++
		}
	}
	door.Done(w, r, "/office?"+url.Values{"moved": {strconv.Itoa(done)}, "left": {strconv.Itoa(left)}}.Encode())
}

// moved says how many were moved and how many somebody else had already taken.
func moved(q url.Values) *ui.Notice {
	n, _ := strconv.Atoi(q.Get("moved"))
	left, _ := strconv.Atoi(q.Get("left"))
	notice := &ui.Notice{Kind: ui.Done, Title: ui.M("office.moved", "n", n)}
	if left > 0 {
		notice.Kind, notice.Body = ui.Todo, ui.M("office.moved.left", "n", left)
	}
	return notice
}

// find finds cases by number, name or identity number.
func (o *desk) find(w http.ResponseWriter, r *http.Request) {
	o.cases.Find(w, r, "/office/find")
}
