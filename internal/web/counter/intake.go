package counter

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/identity"
	"tongban/internal/rules/gbcode"
	"tongban/internal/web/casepage"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
)

// Intake is taking in an application for somebody who came in person: who it
// is, who acts for them, and for what.
type Intake struct {
	Subject  *Party
	Agent    *Party
	Who      []ui.Field // to find the person
	New      []ui.Field // to register one who is not known
	Acting   []ui.Field // to enter an agent's authority
	Can      []ui.Link  // who may act for the subject already
	Search   ui.Field
	Words    string
	Items    []Offer
	Searched bool
}

// Party is a person or body at the counter.
type Party struct {
	ID   int64
	Kind string
	List ui.SummaryList
}

// Offer is an item that can be applied for.
type Offer struct {
	ID         int64
	Name, Code string
	Agency     string
	Open       bool
}

func text(kind ui.FieldKind, name string, optional bool) ui.Field {
	return ui.Field{Kind: kind, Name: name, Label: ui.M("counter.field." + name), Optional: optional}
}

// whoFields find a person by the number on their document.
func whoFields() []ui.Field {
	f := text(ui.FieldIDNo, "number", false)
	f.Hint = ui.M("counter.number.hint")
	return []ui.Field{f}
}

func newFields() []ui.Field {
	kind := ui.Field{Kind: ui.FieldSelect, Name: "id_kind", Label: ui.M("counter.field.id_kind"), Value: identity.Citizen, Options: []ui.Option{
		{Value: identity.Citizen, Label: ui.M("counter.id.citizen")}, {Value: identity.Residence, Label: ui.M("counter.id.residence")}, {Value: identity.Passport, Label: ui.M("counter.id.passport")}, {Value: "uscc", Label: ui.M("counter.id.uscc")}}}
	return []ui.Field{text(ui.FieldText, "name", false), kind, text(ui.FieldIDNo, "idno", false), text(ui.FieldPhone, "phone", true), text(ui.FieldText, "address", true)}
}

func agentFields() []ui.Field {
	role := ui.Field{Kind: ui.FieldSelect, Name: "role", Label: ui.M("counter.field.role"), Value: identity.Agent, Options: []ui.Option{
		{Value: identity.Agent, Label: ui.M("counter.role.agent")}, {Value: identity.Guardian, Label: ui.M("counter.role.guardian")}}}
	doc := text(ui.FieldText, "document", false)
	doc.Hint = ui.M("counter.document.hint")
	until := text(ui.FieldDay, "until", true)
	number := text(ui.FieldIDNo, "agent_number", false)
	number.Hint = ui.M("counter.agent.hint")
	return []ui.Field{number, role, doc, until}
}

func param(r *http.Request, name string) int64 {
	n, _ := strconv.ParseInt(r.FormValue(name), 10, 64)
	return n
}

// at is the intake of a subject, with an agent where there is one.
func at(subject, agent int64) string {
	q := url.Values{"subject": {strconv.FormatInt(subject, 10)}}
	if agent != 0 {
		q.Set("agent", strconv.FormatInt(agent, 10))
	}
	return "/counter/intake?" + q.Encode()
}

func (o *desk) intake(w http.ResponseWriter, r *http.Request) { o.showIntake(w, r, "", nil) }

// showIntake shows the intake, with what is wrong with one of its forms.
func (o *desk) showIntake(w http.ResponseWriter, r *http.Request, wrongIn string, err error) {
	data := Intake{Who: whoFields(), Words: strings.TrimSpace(r.URL.Query().Get("words"))}
	data.Search = ui.Field{Kind: ui.FieldSearch, Name: "words", Label: ui.M("counter.search"), Value: data.Words, Chars: 20}
	subject, agent := param(r, "subject"), param(r, "agent")
	if subject != 0 {
		var fail error
		if data.Subject, fail = o.party(r, subject); fail == nil && agent != 0 {
			data.Agent, fail = o.party(r, agent)
		}
		if fail == nil {
			fail = o.offers(r, &data, agent)
		}
		if fail != nil {
			o.door.Fail(w, r, fail)
			return
		}
		data.Acting = agentFields()
	}
	page := ui.Page{}
	if wrongIn == "register" || wrongIn == "unknown" {
		data.New = newFields()
	}
	forms := map[string][]ui.Field{"who": data.Who, "register": data.New, "agent": data.Acting}
	if wrongIn == "unknown" {
		data.New[2].Value = strings.TrimSpace(r.PostFormValue("number"))
		data.Who[0].Value = data.New[2].Value
		page.Notice = &ui.Notice{Kind: ui.Todo, Title: ui.M("counter.unknown"), Body: ui.M("counter.unknown.next")}
	}
	if err != nil {
		list, ok := door.Wrong(err)
		if !ok {
			o.door.Fail(w, r, err)
			return
		}
		page.Errors = ui.Fill(forms[wrongIn], r.PostForm, list)
	}
	page.Data = data
	o.render(w, r, "intake", "counter.intake.title", page)
}

// who finds the person or body with a number. It is posted: the number has no
// place in an address.
func (o *desk) who(w http.ResponseWriter, r *http.Request) {
	number := gbcode.Normalize(r.PostFormValue("number"))
	if number == "" {
		o.showIntake(w, r, "who", act.WrongFields("counter.number.wrong", []act.Field{{Name: "number", Msg: ui.M("counter.number.empty")}}))
		return
	}
	id, err := o.byNumber(r, number)
	switch {
	case act.KindOf(err) == act.NotFound:
		o.showIntake(w, r, "unknown", nil)
	case err != nil:
		o.door.Fail(w, r, err)
	default:
		door.Done(w, r, at(id, 0))
	}
}

// byNumber finds who has a document's number or a credit code, for a clerk.
func (o *desk) byNumber(r *http.Request, number string) (id int64, err error) {
	h, a := o.door.House, door.Actor(r)
	err = h.Store.Read(r.Context(), func(tx *store.Tx) error {
		if err := h.Runner.Rights.Authorise(tx, a, "person.find", act.Scope{Agency: a.Agency, Region: h.Office.Region}); err != nil {
			return err
		}
		for _, kind := range []string{identity.Citizen, identity.Residence, identity.Passport} {
			found := false
			if id, found, err = h.People.FindByIDNo(tx, kind, number); err != nil || found {
				return err
			}
		}
		l, found, err := h.People.ByUSCC(tx, number)
		if err == nil && !found {
			err = act.Missing("counter.person")
		}
		id = l.ID
		return err
	})
	return id, h.Runner.Settle("find person", err)
}

// register registers a person or body whose document the clerk has seen.
func (o *desk) register(w http.ResponseWriter, r *http.Request) {
	v := func(name string) string { return strings.TrimSpace(r.PostFormValue(name)) }
	var got identity.Registered
	var err error
	if people := o.door.House.People; v("id_kind") == "uscc" {
		got, err = people.AddLegalPerson(r.Context(), door.Actor(r), door.Key(r), identity.LegalPerson{
			Name: v("name"), USCC: v("idno"), Kind: identity.Enterprise, Phone: v("phone"), Address: v("address"), Region: o.door.House.Office.Region})
	} else {
		got, err = people.RegisterPerson(r.Context(), door.Actor(r), door.Key(r), identity.NewPerson{
			Name: v("name"), IDKind: v("id_kind"), IDNo: v("idno"), Phone: v("phone"), Address: v("address"), Region: o.door.House.Office.Region})
	}
	if err != nil {
		o.showIntake(w, r, "register", err)
		return
	}
	door.Done(w, r, at(got.Person, 0))
}

// agentPowers are what an agent may do for an applicant in a case.
var agentPowers = []string{"case.apply", "case.draft", "case.correct", "case.withdraw", "case.look"}

// agent enters that somebody may act for the subject, by a document that the
// clerk has seen (行政许可法 29).
func (o *desk) agent(w http.ResponseWriter, r *http.Request) {
	subject := param(r, "subject")
	wrong := func(name, key string) {
		o.showIntake(w, r, "agent", act.WrongFields("counter.number.wrong", []act.Field{{Name: name, Msg: ui.M(key)}}))
	}
	agent, err := o.byNumber(r, gbcode.Normalize(r.PostFormValue("agent_number")))
	if act.KindOf(err) == act.NotFound {
		wrong("agent_number", "counter.agent.unknown")
		return
	}
	if err != nil {
		o.door.Fail(w, r, err)
		return
	}
	doc := strings.TrimSpace(r.PostFormValue("document"))
	if doc == "" {
		wrong("document", "counter.document.empty")
		return
	}
	in := identity.Representation{Agent: agent, Subject: subject, Role: r.PostFormValue("role"), Powers: agentPowers, Document: doc}
	if s := strings.TrimSpace(r.PostFormValue("until")); s != "" {
		last, err := ui.ParseDay(s, o.door.House.Store.Now().Day(), ui.M("counter.field.until"))
		if err != nil {
			o.showIntake(w, r, "agent", act.WrongFields("counter.number.wrong", []act.Field{{Name: "until", Msg: casepage.Sentence(err)}}))
			return
		}
		in.Span.Until = last + 1
	}
	if _, err := o.door.House.People.Represent(r.Context(), door.Actor(r), door.Key(r), in); err != nil {
		o.showIntake(w, r, "agent", err)
		return
	}
	door.Done(w, r, at(subject, agent))
}

// start begins the draft that the clerk fills in.
func (o *desk) start(w http.ResponseWriter, r *http.Request) {
	in := casework.DraftIn{Item: param(r, "item"), Subject: param(r, "subject")}
	done, err := o.door.House.Office.SaveDraftFor(r.Context(), door.Actor(r), door.Key(r), in)
	if err != nil {
		o.door.Fail(w, r, err)
		return
	}
	to := fmt.Sprintf("/counter/draft/%d", done.Case)
	if agent := param(r, "agent"); agent != 0 {
		to += "?agent=" + strconv.FormatInt(agent, 10)
	}
	door.Done(w, r, to)
}
