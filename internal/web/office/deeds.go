package office

import (
	"slices"
	"strconv"
	"strings"

	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/identity"
	"tongban/internal/rules/wording"
	"tongban/internal/web/casepage"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
)

const (
	atCase = "/office/case/{id}/"
	atTask = "/office/case/{id}/task/{task}/"
)

// deeds are the acts of those who handle a case.
func deeds() []casepage.Deed {
	return []casepage.Deed{
		{Name: "assign", Path: atTask + "assign", Form: assignForm, Do: assign},
		{Name: "review", Path: atTask + "review", Form: reviewForm, Do: review},
		{Name: "visit", Path: atTask + "visit", Form: visitForm, Do: visit},
		{Name: "pause", Path: atTask + "pause", Form: pauseForm, Do: pause},
		{Name: "resume", Path: atTask + "resume", Form: resumeForm, Do: resume},
		{Name: "ask", Path: atTask + "ask", Form: askForm, Do: ask},
		{Name: "back", Path: atTask + "back", Form: backForm, Do: sendBack},
		{Name: "decide", Path: atTask + "decide", Form: decideForm, Do: decide},
		{Name: "answer", Path: atCase + "answer/{inquiry}", Form: answerForm, Do: answer},
		{Name: "extend", Path: atCase + "extension", Form: extendForm, Do: extend},
		{Name: "settle", Path: atCase + "extension/settle", Form: settleForm, Do: settle},
		{Name: "version", Path: atCase + "version", Form: versionForm, Do: version},
		{Name: "amend", Path: atCase + "amend", Form: amendForm, Do: amend},
	}
}

// submit is the one primary button of a deed.
func submit(name string) []ui.Button {
	return []ui.Button{{Text: ui.M("office.submit." + name), Kind: ui.Primary}}
}

func area(name string, rows int) ui.Field {
	return ui.Field{Kind: ui.FieldArea, Name: name, Label: ui.M("office.field." + name), Rows: rows}
}

func option(value, key string) ui.Option { return ui.Option{Value: value, Label: ui.M(key)} }

// staff are the people who may take the task, as choices.
func staff(c *casepage.Call, agency, post string) ([]ui.Option, error) {
	var ids []int64
	err := c.Door.House.Store.Read(c.R.Context(), func(tx *store.Tx) (err error) {
		ids, err = c.Door.House.People.StaffOf(tx, agency, post, tx.Today())
		return err
	})
	if err != nil {
		return nil, err
	}
	names, err := c.Pages.Names(c.R.Context(), ids)
	if err != nil {
		return nil, err
	}
	var list []ui.Option
	for _, id := range ids {
		o := ui.Option{Value: strconv.FormatInt(id, 10), Label: ui.Plain(names[id])}
		if id == c.Actor.Person {
			o.Label = ui.M("office.assign.me", "name", names[id])
			list = slices.Insert(list, 0, o)
			continue
		}
		list = append(list, o)
	}
	return list, nil
}

func assignForm(c *casepage.Call) (*casepage.Form, error) {
	list, err := staff(c, c.Task.Agency, c.Task.Post)
	if err != nil {
		return nil, err
	}
	f := ui.Field{Kind: ui.FieldRadios, Name: "person", Label: ui.M("office.field.person"), Options: append(list, option("0", "office.assign.nobody"))}
	if f.Value = strconv.FormatInt(c.Actor.Person, 10); c.Task.Assignee == c.Actor.Person {
		f.Value = ""
	}
	return &casepage.Form{Lead: ui.M("office.assign.lead", "task", c.Task.Name, "post", identity.PostLabel(c.Task.Post)), Fields: []ui.Field{f}, Buttons: submit("assign")}, nil
}

func assign(c *casepage.Call) (casework.Done, error) {
	person, err := strconv.ParseInt(c.Value("person"), 10, 64)
	if err != nil {
		person = -1 // nobody chosen: no such person holds the post
	}
	return c.Door.House.Office.Assign(c.R.Context(), c.Actor, c.Key(), casework.AssignIn{TaskIn: c.In(), Person: person})
}

func passed() ui.Field {
	return ui.Field{Kind: ui.FieldRadios, Name: "passed", Label: ui.M("office.field.passed"), Inline: true,
		Options: []ui.Option{option("yes", "office.passed.yes"), option("no", "office.passed.no")}}
}

func reviewForm(c *casepage.Call) (*casepage.Form, error) {
	f := area("opinion", 6)
	f.Hint = ui.M("office.review.hint")
	return &casepage.Form{Lead: ui.Plain(c.Task.Name), Fields: append(casepage.Points(c), passed(), f), Buttons: submit("review")}, nil
}

// chosen wants one of two radios to be ticked: silence is no opinion.
func chosen(c *casepage.Call, name string) error {
	if v := c.Value(name); v == "yes" || v == "no" {
		return nil
	}
	return wrongField(name, ui.M("office.passed.choose"))
}

func review(c *casepage.Call) (casework.Done, error) {
	if err := chosen(c, "passed"); err != nil {
		return casework.Done{}, err
	}
	return c.Door.House.Office.Review(c.R.Context(), c.Actor, c.Key(), casework.ReviewIn{TaskIn: c.In(), Passed: c.Value("passed") == "yes", Text: c.Value("opinion"), Points: c.R.PostForm["points"]})
}

func visitForm(c *casepage.Call) (*casepage.Form, error) {
	list, err := staff(c, c.Task.Agency, c.Task.Post)
	if err != nil {
		return nil, err
	}
	who := ui.Field{Kind: ui.FieldChecks, Name: "officers", Label: ui.M("office.field.officers", "n", c.Task.Officers), Hint: ui.M("office.visit.hint"),
		Options: list, Values: []string{strconv.FormatInt(c.Actor.Person, 10)}}
	return &casepage.Form{Lead: ui.M("office.visit.lead"), Fields: append(casepage.Points(c), who, passed(), area("findings", 6)), Buttons: submit("visit")}, nil
}

func visit(c *casepage.Call) (casework.Done, error) {
	if err := chosen(c, "passed"); err != nil {
		return casework.Done{}, err
	}
	in := casework.VisitIn{TaskIn: c.In(), Passed: c.Value("passed") == "yes", Text: c.Value("findings"), Points: c.R.PostForm["points"]}
	for _, s := range c.R.PostForm["officers"] {
		if id, err := strconv.ParseInt(s, 10, 64); err == nil {
			in.Officers = append(in.Officers, id)
		}
	}
	return c.Door.House.Office.Visit(c.R.Context(), c.Actor, c.Key(), in)
}

func pauseForm(c *casepage.Call) (*casepage.Form, error) {
	f := &casepage.Form{Fields: []ui.Field{area("reason", 4), days("days", 365)}, Buttons: submit("pause")}
	if s, ok := c.Case.Item.SpecialFor(c.Task.Role); ok {
		f.Lead = ui.M("office.pause.lead", "name", s.Name)
		f.Facts = []ui.Fact{{Label: ui.M("office.pause.basis"), Value: ui.Plain(s.Article + "；" + s.Basis)}}
		f.Fields[1].Value = strconv.Itoa(s.Days)
	}
	f.Legal = ui.M("office.pause.legal")
	return f, nil
}

func days(name string, most int) ui.Field {
	return ui.Field{Kind: ui.FieldNumber, Name: name, Label: ui.M("office.field." + name), Hint: ui.M("office.days.hint", "max", most), Unit: ui.M("office.days.unit"), Chars: 4}
}

func pause(c *casepage.Call) (casework.Done, error) {
	return c.Door.House.Office.Pause(c.R.Context(), c.Actor, c.Key(), casework.PauseIn{TaskIn: c.In(), Reason: c.Value("reason"), Days: c.Int("days")})
}

func resumeForm(*casepage.Call) (*casepage.Form, error) {
	return &casepage.Form{Lead: ui.M("office.resume.lead"), Fields: []ui.Field{area("result", 5)}, Buttons: submit("resume")}, nil
}

func resume(c *casepage.Call) (casework.Done, error) {
	return c.Door.House.Office.Resume(c.R.Context(), c.Actor, c.Key(), casework.ResumeIn{TaskIn: c.In(), Result: c.Value("result")})
}

func askForm(c *casepage.Call) (*casepage.Form, error) {
	to := ui.Field{Kind: ui.FieldSelect, Name: "to", Label: ui.M("office.field.to"), Options: []ui.Option{option("", "office.ask.choose")}}
	err := c.Door.House.Store.Read(c.R.Context(), func(tx *store.Tx) error {
		list, err := c.Door.House.People.Agencies(tx, tx.Today())
		for _, a := range list {
			if a.Key != c.Task.Agency {
				to.Options = append(to.Options, ui.Option{Value: a.Key, Label: ui.Plain(a.Name)})
			}
		}
		return err
	})
	d := days("days", 30)
	d.Value = "5"
	return &casepage.Form{Lead: ui.M("office.ask.lead"), Fields: []ui.Field{to, area("question", 5), d}, Buttons: submit("ask")}, err
}

func ask(c *casepage.Call) (casework.Done, error) {
	return c.Door.House.Office.Ask(c.R.Context(), c.Actor, c.Key(), casework.AskIn{TaskIn: c.In(), To: c.Value("to"), Question: c.Value("question"), Days: c.Int("days")})
}

func inquiry(c *casepage.Call) int64 { return casepage.Number(c.R, "inquiry") }

func answerForm(c *casepage.Call) (*casepage.Form, error) {
	f := &casepage.Form{Fields: []ui.Field{area("answer", 6)}, Buttons: submit("answer")}
	full, err := c.Door.House.Office.Look(c.R.Context(), c.Actor, c.Case.ID, ui.M("office.act.answer").In(wording.ZH))
	if err != nil {
		return nil, err
	}
	for _, q := range full.Asked {
		if q.ID == inquiry(c) {
			f.Facts = []ui.Fact{{Label: ui.M("office.finding.question"), Value: ui.Plain(q.Question)}, {Label: ui.M("office.finding.due"), Value: ui.OnDay(q.Due)}}
		}
	}
	return f, nil
}

func answer(c *casepage.Call) (casework.Done, error) {
	return c.Door.House.Office.Answer(c.R.Context(), c.Actor, c.Key(), casework.AnswerIn{Case: c.Case.ID, Inquiry: inquiry(c), Text: c.Value("answer")})
}

func backForm(c *casepage.Call) (*casepage.Form, error) {
	to := ui.Field{Kind: ui.FieldRadios, Name: "node", Label: ui.M("office.field.node")}
	for _, s := range c.Task.Back {
		to.Options = append(to.Options, ui.Option{Value: s.Node, Label: ui.Plain(s.Name)})
	}
	return &casepage.Form{Lead: ui.M("office.back.lead"), Fields: []ui.Field{to, area("reason", 4)}, Buttons: submit("back")}, nil
}

func sendBack(c *casepage.Call) (casework.Done, error) {
	return c.Door.House.Office.SendBack(c.R.Context(), c.Actor, c.Key(), casework.SendBackIn{TaskIn: c.In(), To: c.Value("node"), Reason: c.Value("reason")})
}

func amendForm(c *casepage.Call) (*casepage.Form, error) {
	field := ui.Field{Kind: ui.FieldSelect, Name: "field", Label: ui.M("office.field.field"), Options: []ui.Option{option("applicant.name", "casework.applicant.name")}}
	if c.Case.Item.Form != nil {
		for i := range c.Case.Item.Form.Fields {
			x := &c.Case.Item.Form.Fields[i]
			field.Options = append(field.Options, ui.Option{Value: x.Key, Label: x.Label()})
		}
	}
	value := ui.Field{Kind: ui.FieldText, Name: "value", Label: ui.M("office.field.value")}
	return &casepage.Form{Lead: ui.M("office.amend.lead"), Fields: []ui.Field{field, value, area("reason", 3)}, Buttons: submit("amend")}, nil
}

func amend(c *casepage.Call) (casework.Done, error) {
	return c.Door.House.Office.Amend(c.R.Context(), c.Actor, c.Key(), casework.AmendIn{Case: c.Case.ID, Field: c.Value("field"), Value: c.Value("value"), Reason: c.Value("reason")})
}

// articles are those of the item's own basis that a decision may rest on.
func articles(v *catalog.Version) []ui.Option {
	var list []ui.Option
	for _, b := range v.Basis {
		name := b.Law + b.Article
		list = append(list, ui.Option{Value: name, Label: ui.Plain(name), Hint: ui.Plain(short(b.Text))})
	}
	return list
}

func short(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "……"
	}
	return s
}

// lines splits what was typed into reasons, one a line.
func lines(s string) []string {
	var list []string
	for _, l := range strings.Split(s, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			list = append(list, l)
		}
	}
	return list
}
