package adjustments

import (
	"cmp"
	"net/http"
	"strconv"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/law"
	"tongban/internal/register/lists"
	"tongban/internal/rules/checkup"
	"tongban/internal/rules/wording"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/adjust"
)

// One is an adjustment with all that is known about it.
type One struct {
	*adjust.Examined
	Here     string
	Facts    []ui.Fact
	Progress ui.Progress
	Counted  ui.Text
	Table    ui.Table
	Next     string
	Problems []wording.Message
	Rules    []Rule
	Cases    []Cases
	Moving   Moving
	Diffs    []Diff
	Unshown  int // entries whose differences are not all shown
	Consents ui.Table
	Opinions ui.Table
	Comments []Comment
	Further  string // address of more comments
	Can      Can
	Forms    Forms
}

// Can is what the reader may do now.
type Can struct{ Draft, HandIn, Convene, Reopen, Agree, Opine, Decide, Announce, Apply, Redate, Answer bool }

// Rule is what the checkup found by one rule.
type Rule struct {
	Key      string
	Name     ui.Text
	Status   ui.Status
	N        int
	Sentence []wording.Message
	Mend     wording.Message
	Accepted string
	Accept   bool // may be accepted with a reason
}

// Cases is an item that goes with open cases.
type Cases struct {
	adjust.Running
	Settle bool
}

// Diff is what will differ of one entry; Title is its list, code and name.
type Diff struct {
	Title ui.Text
	Table ui.Table
}

// Comment is what somebody of the public said.
type Comment struct {
	adjust.Comment
	State ui.Status
}

// one shows an adjustment.
func (o *desk) one(w http.ResponseWriter, r *http.Request) { o.oneWith(w, r, ui.Page{}) }

// oneWith shows it with what has to be mended.
func (o *desk) oneWith(w http.ResponseWriter, r *http.Request, p ui.Page) {
	if !o.Read(w, r, func(tx *store.Tx) error { return o.concerns(tx, r, number(r)) }) {
		return
	}
	x, err := o.adjust.Examine(r.Context(), number(r))
	if err != nil {
		o.Fail(w, r, err)
		return
	}
	data := One{Examined: x, Here: address(x.ID), Progress: progress(x.Stage), Problems: x.Faults}
	if x.Stage != adjust.Draft {
		data.Problems = nil
	}
	if !o.Read(w, r, func(tx *store.Tx) error {
		if err := o.facts(tx, &data); err != nil {
			return err
		}
		data.rules()
		data.diffs()
		if err := o.said(tx, ui.Page{URL: r.URL}, &data); err != nil {
			return err
		}
		o.can(tx, r, &data)
		data.entries(ui.Page{URL: r.URL}, r.URL.Query().Get("after"))
		if err := o.moving(tx, r, &data); err != nil {
			return err
		}
		if err := o.forms(tx, &data); err != nil || r.PostForm == nil {
			return err
		}
		for _, f := range [][]ui.Field{data.Forms.Put, data.Forms.Head, data.Forms.Convene, data.Forms.Agree, data.Forms.Opine, data.Forms.Decide, data.Forms.Redate} {
			ui.Fill(f, r.PostForm, nil) // what was typed stays
		}
		return nil
	}) {
		return
	}
	p.Title, p.Data, p.Back = ui.M("adjustments.one", "document", x.Document), data, &ui.Link{Text: ui.M("adjustments.title"), Href: here}
	o.render(w, r, "one", p)
}

// progress is the picture of the way.
func progress(at string) ui.Progress {
	var p ui.Progress
	passed := true
	way := adjust.Way
	if at == adjust.Refused || at == adjust.Dropped {
		way = []string{adjust.Draft, at}
	}
	for _, s := range way {
		step := ui.Step{Label: ui.M("adjust.stage." + s), State: ui.StepNext}
		switch {
		case s == at && s == adjust.Done:
			step.State = ui.StepDone
		case s == at:
			step.State, passed = ui.StepNow, false
		case passed:
			step.State = ui.StepDone
		}
		p.Steps = append(p.Steps, step)
	}
	return p
}

func (o *desk) facts(tx *store.Tx, d *One) error {
	name := func(person int64) ui.Text {
		if person == 0 {
			return nil
		}
		n, err := o.House.People.StaffName(tx, person)
		if err != nil {
			return nil
		}
		return ui.Plain(n)
	}
	add := func(key string, value ui.Text) {
		if value != nil {
			d.Facts = append(d.Facts, ui.Fact{Label: ui.M("adjustments.field." + key), Value: value})
		}
	}
	add("level", ui.M("adjust.level."+d.Level))
	add("source", ui.M("adjust.source."+d.Source))
	if d.Order != 0 {
		order, err := adjust.OrderByID(tx, d.Order)
		if err != nil {
			return err
		}
		add("order", ui.Plain(order.Document))
	}
	if d.LawChange != 0 {
		x, err := law.ChangeByID(tx, d.LawChange)
		if err != nil {
			return err
		}
		called, err := changeName(tx, x)
		if err != nil {
			return err
		}
		add("law_change", called)
	}
	add("from", ui.OnDay(d.From))
	add("reason", ui.Plain(d.Reason))
	add("drafter", name(d.By))
	if d.ConsentUntil != 0 && d.Stage == adjust.Consent {
		add("consent_until", ui.OnDay(d.ConsentUntil))
	}
	if d.DecidedBy != 0 {
		add("decided_by", name(d.DecidedBy))
		if d.Decision != "" {
			add("decision", ui.Plain(d.Decision))
		}
	}
	if d.NoticeUntil != 0 {
		add("notice_until", ui.OnDay(d.NoticeUntil))
	}
	counts, err := adjust.Counts(tx, d.ID)
	d.Counted = counted(counts)
	return err
}

// listName names a list for people.
func listName(key string) ui.Text {
	if key == adjust.OnItems {
		return ui.M("adjustments.items")
	}
	k, err := lists.KindOf(key)
	if err != nil {
		return ui.Plain(key)
	}
	return ui.Both{ZH: k.Name, EN: k.NameEN}
}

// entries are a page of what becomes of what.
func (d *One) entries(p ui.Page, after string) {
	d.Table = ui.Table{Caption: ui.M("adjustments.entries"), HideCaption: true, Columns: columns("name", "list", "does", "into", "note"), Empty: ui.Empty{Text: ui.M("adjustments.entries.none")}}
	for i, e := range d.Entries {
		at := e.List + " " + e.Code
		if at <= after {
			continue
		}
		if len(d.Table.Rows) == entriesShow {
			last := d.Entries[i-1]
			d.Next = p.With("after", last.List+" "+last.Code)
			return
		}
		into := ui.Join{Sep: "、"}
		for _, c := range append(append([]string{}, e.Into...), e.Receiver) {
			if c != "" {
				into.Texts = append(into.Texts, ui.Plain(c))
			}
		}
		if e.Giver != "" {
			into.Texts = append(into.Texts, ui.M("adjustments.giver", "giver", e.Giver))
		}
		row := ui.Row{Cells: []ui.Cell{{Text: ui.Plain(cmp.Or(e.Name, e.Code)), Note: ui.Plain(e.Code)}, {Text: listName(e.List)}, {Text: e.Does.Label()}, {Text: into}, {Text: ui.Plain(e.Note)}}}
		if d.Can.Draft {
			row.Cells[0].Href = d.Here + "/entry?list=" + e.List + "&code=" + e.Code
		}
		d.Table.Rows = append(d.Table.Rows, row)
	}
}

// rules groups the findings of the checkup by rule.
func (d *One) rules() {
	tones := map[checkup.Severity]ui.Tone{checkup.Error: ui.ToneLegal, checkup.Warning: ui.ToneTodo, checkup.Note: ui.ToneOff}
	at := map[string]int{}
	for _, f := range d.Findings {
		key := f.Rule + "/" + f.Accepted
		i, ok := at[key]
		if !ok {
			i, at[key] = len(d.Rules), len(d.Rules)
			rule, _ := checkup.RuleOf(f.Rule)
			d.Rules = append(d.Rules, Rule{Key: f.Rule, Name: rule.Name(), Status: ui.Status{Tone: tones[f.Severity], Text: f.Severity.Name()}, Mend: f.Mend, Accepted: f.Accepted,
				Accept: d.Stage == adjust.Draft && f.Severity == checkup.Warning && f.Accepted == ""})
		}
		if d.Rules[i].N++; d.Rules[i].N <= findingShow {
			d.Rules[i].Sentence = append(d.Rules[i].Sentence, f.Message)
		}
	}
	for _, c := range d.Examined.Cases {
		d.Cases = append(d.Cases, Cases{c, c.Needs && c.Stay < c.Open && d.Stage != adjust.Done})
	}
}

// diffs say what will differ of each entry, column by column; of each list the
// first diffsShow rows.
func (d *One) diffs() {
	for _, p := range d.Plans {
		shown := 0
		for _, diff := range p.Differences {
			title := ui.Join{Sep: " ", Texts: []ui.Text{listName(p.List), ui.Plain(diff.Code), ui.Plain(diff.Name)}}
			t := ui.Table{Caption: title, HideCaption: true, Columns: columns("field", "before", "after")}
			for _, f := range diff.Fields[:min(len(diff.Fields), diffsShow-shown)] {
				t.Rows = append(t.Rows, ui.Row{Cells: ui.Cells(ui.Plain(f.Title), ui.Plain(f.Before), ui.Plain(f.After))})
			}
			if len(t.Rows) < len(diff.Fields) {
				d.Unshown++
			}
			if shown += len(t.Rows); len(t.Rows) > 0 {
				d.Diffs = append(d.Diffs, Diff{title, t})
			}
		}
	}
}

// said is what agencies, panel and public say.
func (o *desk) said(tx *store.Tx, p ui.Page, d *One) error {
	d.Consents = ui.Table{Caption: ui.M("adjustments.consents"), HideCaption: true, Columns: columns("agency", "answer", "reason", "at")}
	answers, err := adjust.Consents(tx, d.ID)
	if err != nil {
		return err
	}
	for _, a := range answers {
		name, err := o.House.People.AgencyName(tx, a.Agency, tx.Today())
		if err != nil {
			return err
		}
		d.Consents.Rows = append(d.Consents.Rows, ui.Row{Cells: []ui.Cell{{Text: ui.Plain(name)}, {Status: answered(a, tx.Today() > d.ConsentUntil)}, {Text: ui.Plain(a.Reason)}, {Text: moment(a.At)}}})
	}
	opinions, err := adjust.Opinions(tx, d.ID)
	if err != nil {
		return err
	}
	d.Opinions = ui.Table{Caption: ui.M("adjustments.opinions"), HideCaption: true, Columns: columns("member", "legal", "reasonable", "reason", "at")}
	for _, m := range opinions {
		name, err := o.House.People.StaffName(tx, m.Person)
		if err != nil {
			return err
		}
		d.Opinions.Rows = append(d.Opinions.Rows, ui.Row{Cells: []ui.Cell{{Text: ui.Plain(name)}, {Status: verdict(m.Legal)}, {Status: verdict(m.Reasonable)}, {Text: ui.Plain(m.Reasons)}, {Text: moment(m.At)}}})
	}
	from, _ := strconv.ParseInt(p.URL.Query().Get("comments"), 10, 64)
	list, err := adjust.Comments(tx, d.ID, false, from, commentShow)
	if len(list) == commentShow {
		d.Further = p.With("comments", strconv.FormatInt(list[commentShow-1].ID, 10), "done", "")
	}
	for _, m := range list {
		x := Comment{m, ui.Status{Tone: ui.ToneTodo, Text: ui.M("adjustments.unanswered")}}
		if m.Outcome != "" {
			x.State = ui.Status{Tone: ui.ToneDone, Text: ui.M("adjust.comment." + m.Outcome)}
		}
		d.Comments = append(d.Comments, x)
	}
	return err
}

func answered(a adjust.Answered, late bool) *ui.Status {
	switch {
	case a.Answer == adjust.Agreed:
		return &ui.Status{Tone: ui.ToneOK, Text: ui.M("adjustments.agreed")}
	case a.Answer == adjust.Objected:
		return &ui.Status{Tone: ui.ToneLegal, Text: ui.M("adjustments.objected")}
	case late:
		return &ui.Status{Tone: ui.ToneOff, Text: ui.M("adjustments.silent")}
	}
	return &ui.Status{Tone: ui.ToneTodo, Text: ui.M("adjustments.waiting")}
}

func verdict(s string) *ui.Status {
	switch s {
	case "yes":
		return &ui.Status{Tone: ui.ToneOK, Text: ui.M("adjustments.yes")}
	case "no":
		return &ui.Status{Tone: ui.ToneLegal, Text: ui.M("adjustments.no")}
	}
	return &ui.Status{Tone: ui.ToneTodo, Text: ui.M("adjustments.waiting")}
}

// can settles what the reader may do now.
func (o *desk) can(tx *store.Tx, r *http.Request, d *One) {
	me := door.Actor(r)
	draft := o.House.Runner.Rights.Authorise(tx, me, adjust.CommandDraft.Right, act.Scope{Agency: d.Agency, Region: d.Region}) == nil
	publish := o.allowed(tx, r, adjust.CommandApply)
	under := d.Stage == adjust.Consent || d.Stage == adjust.Panel || d.Stage == adjust.Decided || d.Stage == adjust.Notice
	waits := false
	answers, _ := adjust.Consents(tx, d.ID)
	for _, a := range answers {
		waits = waits || a.Agency == me.Agency && a.Answer == ""
	}
	member := false
	opinions, _ := adjust.Opinions(tx, d.ID)
	for _, m := range opinions {
		member = member || m.Person == me.Person && m.Legal == ""
	}
	d.Can = Can{
		Draft: draft && d.Stage == adjust.Draft, HandIn: draft && d.Stage == adjust.Draft && d.Ready(),
		Convene: publish && (d.Stage == adjust.Consent || d.Stage == adjust.Panel), Reopen: publish && under,
		Agree: waits && d.Stage == adjust.Consent && o.allowed(tx, r, adjust.CommandConsent),
		Opine: member && d.Stage == adjust.Panel && o.allowed(tx, r, adjust.CommandOpine), Decide: d.Stage == adjust.Panel && o.allowed(tx, r, adjust.CommandDecide),
		Announce: publish && d.Stage == adjust.Decided, Apply: publish && d.Stage == adjust.Notice && tx.Today() > d.NoticeUntil, Redate: publish && under, Answer: publish && d.Stage == adjust.Notice,
	}
	if !draft {
		for i := range d.Rules {
			d.Rules[i].Accept = false
		}
		for i := range d.Cases {
			d.Cases[i].Settle = false
		}
	}
}

// proposals are the written changes of items that wait, as choices.
func proposals(tx *store.Tx) (ui.Field, error) {
	f := field(ui.FieldSelect, "proposal", true)
	f.Options = append(f.Options, ui.Option{Label: ui.M("adjustments.none")})
	open, err := catalog.Proposals(tx, catalog.Open, 0, 100)
	for _, p := range open {
		if p.Kind == catalog.Publishing {
			f.Options = append(f.Options, ui.Option{Value: strconv.FormatInt(p.ID, 10), Label: ui.M("adjustments.proposal", "name", p.Name, "day", p.From)})
		}
	}
	return f, err
}
