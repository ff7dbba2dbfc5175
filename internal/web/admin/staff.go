package admin

import (
	"net/http"
	"strconv"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/identity"
	"tongban/internal/rules/day"
	"tongban/internal/rules/gbcode"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

// Staff is the page of an agency's officials.
type Staff struct {
	Agency ui.Field
	Table  ui.Table
	New    []ui.Field
}

// staff lists who holds which post at an agency today.
func (o *desk) staff(w http.ResponseWriter, r *http.Request) { o.showStaff(w, r, nil) }

func (o *desk) showStaff(w http.ResponseWriter, r *http.Request, wrong map[string]ui.Text) {
	key := chosenAgency(r)
	data := Staff{New: []ui.Field{field(ui.FieldIDNo, "idno", false)},
		Table: ui.Table{Caption: ui.M("admin.staff.list"), HideCaption: true, Empty: ui.Empty{Text: ui.M("admin.staff.none")},
			Columns: []ui.Column{{Label: ui.M("admin.field.name")}, {Label: ui.M("admin.col.post")}, {Label: ui.M("admin.col.region")}, {Label: ui.M("admin.col.from")}, {Label: ui.M("admin.col.account")}}}}
	if !o.door.Read(w, r, func(tx *store.Tx) (err error) {
		if data.Agency, err = o.agencies(tx, key); err != nil {
			return err
		}
		posts, err := o.door.House.People.PostsAt(tx, key, tx.Today())
		if err != nil {
			return err
		}
		for _, p := range posts {
			row, err := o.staffRow(tx, p)
			if err != nil {
				return err
			}
			data.Table.Rows = append(data.Table.Rows, row)
		}
		return nil
	}) {
		return
	}
	page := ui.Page{Current: "/admin/staff"}
	if wrong != nil {
		page.Errors = ui.Fill(data.New, r.PostForm, wrong)
	}
	page.Data = data
	o.render(w, r, "staff", "admin.staff.title", page)
}

func (o *desk) staffRow(tx *store.Tx, p identity.Post) (ui.Row, error) {
	people := o.door.House.People
	name, err := people.Name(tx, p.Person)
	if err != nil {
		return ui.Row{}, err
	}
	region, err := people.RegionName(tx, p.Region, tx.Today())
	if err != nil {
		return ui.Row{}, err
	}
	has, err := people.HasAccount(tx, p.Person)
	account := ui.Status{Tone: ui.ToneOK, Text: ui.M("admin.account.has")}
	if !has {
		account = ui.Status{Tone: ui.ToneTodo, Text: ui.M("admin.account.none")}
	}
	id := strconv.FormatInt(p.ID, 10)
	return ui.Row{ID: id, Cells: []ui.Cell{{Text: ui.Plain(name), Href: "/admin/staff/" + strconv.FormatInt(p.Person, 10)}, {Text: identity.PostLabel(p.Post)}, {Text: ui.Plain(region)}, {Text: ui.OnDay(p.Span.From)}, {Status: &account}}}, err
}

// lookUp finds an official by their document; posts and account come on their
// own page. Who is not registered yet shows the document at a window, as
// everybody does.
func (o *desk) lookUp(w http.ResponseWriter, r *http.Request) {
	var id int64
	err := o.door.House.Store.Read(r.Context(), func(tx *store.Tx) error {
		if err := o.door.House.Runner.Rights.Authorise(tx, door.Actor(r), "staff.grant", act.Scope{Region: o.door.House.Office.Region}); err != nil {
			return err
		}
		found, err := false, error(nil)
		id, found, err = o.door.House.People.FindByIDNo(tx, "", gbcode.Normalize(value(r, "idno")))
		if err == nil && !found {
			err = act.WrongFields("admin.staff.wrong", []act.Field{{Name: "idno", Msg: ui.M("admin.staff.register")}})
		}
		return err
	})
	if list, ok := door.Wrong(err); ok {
		o.showStaff(w, r, list)
		return
	}
	o.done(w, r, err, "/admin/staff/"+strconv.FormatInt(id, 10))
}

// Official is the page of one official: posts, account, leave.
type Official struct {
	ID      int64
	Name    string
	Posts   []Post
	Leaves  []Leave
	Account bool
	First   *identity.FirstPassword
	Grant   []ui.Field
	Leave   []ui.Field
	Login   []ui.Field
}

// Post is a post with names.
type Post struct {
	identity.Post
	Label  ui.Text
	Agency string
	Over   bool
}

// Leave is a leave with the stand-in's name.
type Leave struct {
	identity.Leave
	Name string
	Last day.Day
}

func (o *desk) official(w http.ResponseWriter, r *http.Request) { o.showOfficial(w, r, nil) }

func (o *desk) showOfficial(w http.ResponseWriter, r *http.Request, first *identity.FirstPassword) {
	id := number(r, "id")
	data := Official{ID: id, First: first}
	if !o.door.Read(w, r, func(tx *store.Tx) (err error) {
		people := o.door.House.People
		if data.Name, err = people.Name(tx, id); err != nil {
			return err
		}
		if data.Account, err = people.HasAccount(tx, id); err != nil {
			return err
		}
		posts, err := people.PostsOf(tx, id)
		if err != nil {
			return err
		}
		agency := door.Actor(r).Agency
		for _, p := range posts {
			name, err := people.AgencyName(tx, p.Agency, tx.Today())
			if err != nil {
				return err
			}
			over := p.Span.Until != 0 && p.Span.Until <= tx.Today()
			data.Posts = append(data.Posts, Post{Post: p, Label: identity.PostLabel(p.Post), Agency: name, Over: over})
			if !over {
				agency = p.Agency
			}
		}
		if err := o.leaves(tx, &data); err != nil {
			return err
		}
		return o.officialForms(tx, &data, agency)
	}) {
		return
	}
	o.render(w, r, "official", "admin.official.title", ui.Page{Current: "/admin/staff", Data: data, Back: &ui.Link{Text: ui.M("admin.staff.title"), Href: "/admin/staff"}})
}

func (o *desk) leaves(tx *store.Tx, data *Official) error {
	list, err := o.door.House.People.Leaves(tx, data.ID, tx.Today())
	if err != nil {
		return err
	}
	for _, l := range list {
		name, err := o.door.House.People.Name(tx, l.StandIn)
		if err != nil {
			return err
		}
		data.Leaves = append(data.Leaves, Leave{Leave: l, Name: name, Last: l.Span.Until - 1})
	}
	return nil
}

func (o *desk) officialForms(tx *store.Tx, data *Official, agency string) error {
	at, err := o.agencies(tx, agency)
	if err != nil {
		return err
	}
	post := ui.Field{Kind: ui.FieldSelect, Name: "post", Label: ui.M("admin.col.post")}
	for _, p := range identity.Roles {
		if p != identity.Applicant {
			post.Options = append(post.Options, ui.Option{Value: p, Label: identity.PostLabel(p)})
		}
	}
	data.Grant = []ui.Field{at, post, field(ui.FieldDay, "from", true)}
	stand := ui.Field{Kind: ui.FieldSelect, Name: "stand_in", Label: ui.M("admin.field.stand_in")}
	posts, err := o.door.House.People.PostsAt(tx, agency, tx.Today())
	if err != nil {
		return err
	}
	seen := map[int64]bool{data.ID: true}
	for _, p := range posts {
		if seen[p.Person] {
			continue
		}
		seen[p.Person] = true
		name, err := o.door.House.People.Name(tx, p.Person)
		if err != nil {
			return err
		}
		stand.Options = append(stand.Options, ui.Option{Value: strconv.FormatInt(p.Person, 10), Label: ui.Plain(name)})
	}
	data.Leave = []ui.Field{stand, field(ui.FieldDay, "leave_from", false), field(ui.FieldDay, "last", false)}
	login := field(ui.FieldText, "login", data.Account)
	data.Login = []ui.Field{login}
	return nil
}

func official(r *http.Request, done string) string {
	return "/admin/staff/" + r.PathValue("id") + "?done=" + done
}

// dayOf reads a day of a form; empty is 0.
func (o *desk) dayOf(r *http.Request, name string) (day.Day, error) {
	s := value(r, name)
	if s == "" {
		return 0, nil
	}
	d, err := ui.ParseDay(s, o.door.House.Store.Now().Day(), ui.M("admin.field."+name))
	if err != nil {
		return 0, act.Wrong("admin.day.wrong")
	}
	return d, nil
}

func (o *desk) grant(w http.ResponseWriter, r *http.Request) {
	in := identity.Post{Person: number(r, "id"), Agency: value(r, "agency"), Post: value(r, "post")}
	var err error
	if in.Span.From, err = o.dayOf(r, "from"); err == nil {
		_, err = o.door.House.People.GrantPost(r.Context(), door.Actor(r), door.Key(r), in)
	}
	o.done(w, r, err, official(r, "granted"))
}

func (o *desk) endPost(w http.ResponseWriter, r *http.Request) {
	err := o.door.House.People.EndPost(r.Context(), door.Actor(r), door.Key(r), identity.EndOfPost{Post: valueInt(r, "post")})
	o.done(w, r, err, official(r, "ended"))
}

// account makes an account, or gives it a first password again. The password
// is told on this page, once.
func (o *desk) account(w http.ResponseWriter, r *http.Request) {
	id, login, people := number(r, "id"), strings.TrimSpace(value(r, "login")), o.door.House.People
	var first identity.FirstPassword
	var err error
	if value(r, "act") == "reset" {
		first, err = people.ResetAccount(r.Context(), door.Actor(r), id, login)
	} else {
		first, err = people.CreateAccount(r.Context(), door.Actor(r), identity.NewAccount{Person: id, Login: login})
	}
	if err != nil {
		o.door.Fail(w, r, err)
		return
	}
	o.showOfficial(w, r, &first)
}

func (o *desk) leave(w http.ResponseWriter, r *http.Request) {
	in := identity.Leave{Person: number(r, "id"), StandIn: valueInt(r, "stand_in")}
	var err error
	if in.Span.From, err = o.dayOf(r, "leave_from"); err == nil {
		var last day.Day
		if last, err = o.dayOf(r, "last"); last != 0 {
			in.Span.Until = last + 1
		}
	}
	if err == nil {
		_, err = o.door.House.People.SetLeave(r.Context(), door.Actor(r), door.Key(r), in)
	}
	o.done(w, r, err, official(r, "leave"))
}

func (o *desk) back(w http.ResponseWriter, r *http.Request) {
	err := o.door.House.People.EndLeave(r.Context(), door.Actor(r), door.Key(r), valueInt(r, "leave"))
	o.done(w, r, err, official(r, "returned"))
}
