package casepage

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/register/identity"
	"tongban/internal/rules/wording"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
)

// Deed is one act on a case: its form, and the command behind it.
type Deed struct {
	// Name is its key: office.deed.<name> is its heading, office.done.<name>
	// what is said when it was done.
	Name string
	// Path is its whole address; {id} is the case, {task} a task of it.
	Path string
	// Part is the part whose open task a deed without {task} is about.
	Part string
	Form func(*Call) (*Form, error)
	Do   func(*Call) (casework.Done, error)
	// Then is where to go when it was done; nil is the case's first page.
	Then func(*Call, casework.Done) string
}

// Call is a request for a deed.
type Call struct {
	Door  *door.Door
	Pages *Pages
	R     *http.Request
	Actor act.Actor // in the post that the deed needs
	Case  *casework.Case
	Task  *casework.TaskView // nil when there is none
	// Preview says that the form is to be shown again with what it would send.
	Preview bool
}

// In is the task with the version that the reader saw.
func (c *Call) In() casework.TaskIn {
	in := casework.TaskIn{Case: c.Case.ID, Seen: c.Seen()}
	if c.Task != nil {
		in.Task = c.Task.ID
	}
	return in
}

// Seen is the version of the task that the reader saw, from the posted form.
func (c *Call) Seen() int64 {
	n, _ := strconv.ParseInt(c.R.PostFormValue("seen"), 10, 64)
	return n
}

// Value is a posted value without blanks at its ends.
func (c *Call) Value(name string) string { return strings.TrimSpace(c.R.PostFormValue(name)) }

// Int is a posted whole number; 0 when it is none, which the command then names.
func (c *Call) Int(name string) int {
	n, _ := strconv.Atoi(c.Value(name))
	return n
}

// Key is the idempotency key of the posted form.
func (c *Call) Key() string { return door.Key(c.R) }

// Form is what a deed asks.
type Form struct {
	Lead, Legal ui.Text
	Facts       []ui.Fact
	Fields      []ui.Field
	Buttons     []ui.Button
	// Template shows what fields cannot, above the buttons; Data is its dot.
	Template string
	Data     any
	// Side stands beside the form: what the reader should have before them.
	Side     string
	SideData any
	// Below stands under the form, for forms of its own.
	Below     string
	BelowData any
	// Hidden are posted as they are.
	Hidden map[string]string
	// Action is posted to, set from the address.
	Action string
	Title  ui.Text
	Seen   int64
	Back   string
}

// Add adds the pages of deeds.
func (p *Pages) Add(mux *door.Mux, deeds ...Deed) {
	for _, d := range deeds {
		mux.HandleFunc("GET "+d.Path, p.door.Staff(func(w http.ResponseWriter, r *http.Request) { p.ask(w, r, d) }))
		mux.HandleFunc("POST "+d.Path, p.door.Staff(func(w http.ResponseWriter, r *http.Request) { p.carryOut(w, r, d) }))
	}
}

// call finds the case and the task, and the post that the task needs.
func (p *Pages) call(w http.ResponseWriter, r *http.Request, d Deed) (*Call, bool) {
	a, c, ok := p.glance(w, r)
	if !ok {
		return nil, false
	}
	call := &Call{Door: p.door, Pages: p, R: r, Actor: a, Case: c}
	id := Number(r, "task")
	for i := range c.Tasks {
		t := &c.Tasks[i]
		if t.ID == id || id == 0 && d.Part != "" && t.Part == d.Part && t.State == proceeding.TaskOpen {
			call.Task = t
		}
	}
	if call.Task != nil {
		if acting, ok := identity.ActingOn(a, call.Task.Post, call.Task.Agency, call.Task.Assignee); ok {
			call.Actor = acting
		}
	}
	return call, true
}

func (p *Pages) ask(w http.ResponseWriter, r *http.Request, d Deed) {
	c, ok := p.call(w, r, d)
	if !ok {
		return
	}
	if (r.PathValue("task") != "" || d.Part != "") && (c.Task == nil || c.Task.State != proceeding.TaskOpen) {
		p.conflict(w, r, c)
		return
	}
	p.show(w, c, d, nil)
}

func (p *Pages) carryOut(w http.ResponseWriter, r *http.Request, d Deed) {
	if err := r.ParseForm(); err != nil {
		p.door.Fail(w, r, act.Wrong("office.form.broken"))
		return
	}
	c, ok := p.call(w, r, d)
	if !ok {
		return
	}
	if r.PostFormValue("act") == "preview" {
		c.Preview = true
		p.show(w, c, d, nil)
		return
	}
	done, err := d.Do(c)
	switch act.KindOf(err) {
	case "":
		to := Address(c.Case.ID, "") + "?done=" + d.Name
		if d.Then != nil {
			to = d.Then(c, done)
		}
		door.Done(w, r, to)
	case act.Invalid:
		p.show(w, c, d, err)
	case act.Conflict:
		p.conflict(w, r, c)
	default:
		p.door.Fail(w, r, err)
	}
}

// show shows the deed's form, with what is wrong with what was sent.
func (p *Pages) show(w http.ResponseWriter, c *Call, d Deed, wrong error) {
	f, err := d.Form(c)
	if err != nil {
		p.door.Fail(w, c.R, err)
		return
	}
	f.Title, f.Action, f.Back = ui.M("office.deed."+d.Name), c.R.URL.Path, Address(c.Case.ID, "")
	if c.Task != nil {
		f.Seen = c.Task.Seen
	}
	v := p.view(c.Case, c.Actor, "-")
	v.Bar.Actions, v.Bar.More, v.Part = nil, nil, f
	if in := c.Actor.StandsFor; in != 0 {
		names, err := p.Names(c.R.Context(), []int64{in})
		if err != nil {
			p.door.Fail(w, c.R, err)
			return
		}
		v.Bar.Facts = append(v.Bar.Facts, ui.Fact{Label: ui.M("office.task.stead"), Value: ui.Plain(names[in])})
	}
	page := ui.Page{Name: "case/deed", Title: f.Title, Shell: ui.Staff, OwnHeading: true, Wide: true, Data: v, Current: current(c.R),
		Back: &ui.Link{Text: ui.M("office.deed.return"), Href: f.Back}}
	status := http.StatusOK
	if c.R.Method == http.MethodPost {
		list, _ := door.Wrong(wrong)
		page.Errors = ui.Fill(f.Fields, c.R.PostForm, list)
		if seen := c.Seen(); seen != 0 {
			f.Seen = seen // of the page that was answered: a change meanwhile must still be found
		}
	}
	if wrong != nil {
		status = http.StatusUnprocessableEntity
	}
	p.door.UI.Render(w, c.R, status, page)
}

// Conflict is what a page says when somebody else was first.
type Conflict struct {
	Timeline ui.Timeline
	Links    []ui.Link
}

// newest is how many of the last acts a conflict page shows.
const newest = 3

// conflict says who was first and what changed.
func (p *Pages) conflict(w http.ResponseWriter, r *http.Request, c *Call) {
	_, now, err := p.Reader(r.Context(), door.Actor(r), c.Case.ID)
	if err != nil {
		p.door.Fail(w, r, err)
		return
	}
	v := p.view(now, c.Actor, "-")
	v.Part = Conflict{Timeline: Timeline(now, newest), Links: []ui.Link{{Text: ui.M("office.conflict.look"), Href: Address(now.ID, "")}, {Text: ui.M("office.conflict.list"), Href: current(r)}}}
	p.door.UI.Render(w, r, http.StatusConflict, ui.Page{Name: "case/conflict", Title: ui.M("office.conflict.title"), Shell: ui.Staff, OwnHeading: true, Wide: true, Data: v, Current: current(r)})
}

// Known tells whether done is the name of a deed, so that nothing from an
// address becomes a sentence.
func Known(done string) bool { return slices.Contains(deedNames, done) }

var deedNames = strings.Fields(`accept notify refuse spot check correct withdraw deliver assign review visit pause resume ask answer back
	extend settle decide amend version applied moved`)

// Messages are the errors of fields, as the template of a deed's own rows shows them.
func Messages(err error) map[string]ui.Text {
	list := map[string]ui.Text{}
	var e *act.Error
	if errors.As(err, &e) {
		for _, f := range e.Fields {
			list[f.Name] = f.Msg
		}
	}
	return list
}

// Sentence is an error of reading what was typed, as a field shows it.
func Sentence(err error) wording.Message {
	var m wording.Message
	if errors.As(err, &m) {
		return m
	}
	return wording.M("office.form.broken")
}
