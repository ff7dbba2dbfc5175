package counter

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/wording"
	"tongban/internal/web/casepage"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
)

const atCase = "/counter/case/{id}/"

// deeds are the acts of the window on a case.
func deeds() []casepage.Deed {
	return []casepage.Deed{
		{Name: "accept", Path: atCase + "accept", Part: "accept", Form: acceptForm, Do: accept},
		{Name: "notify", Path: atCase + "notify", Part: "accept", Form: notifyForm, Do: notify},
		{Name: "refuse", Path: atCase + "refuse", Part: "accept", Form: refuseForm, Do: refuse},
		{Name: "spot", Path: atCase + "spot", Part: "accept", Form: spotForm, Do: spot},
		{Name: "check", Path: atCase + "check", Part: "accept", Form: checkForm, Do: check, Then: backToMaterial},
		{Name: "deliver", Path: atCase + "deliver", Part: "deliver", Form: deliverForm, Do: deliver},
		{Name: "correct", Path: atCase + "correct", Form: correctForm, Do: correct},
		{Name: "withdraw", Path: atCase + "withdraw", Form: withdrawForm, Do: withdraw},
	}
}

func submit(name string) []ui.Button {
	return []ui.Button{{Text: ui.M("counter.submit." + name), Kind: ui.Primary}}
}

func area(name string, rows int) ui.Field {
	return ui.Field{Kind: ui.FieldArea, Name: name, Label: ui.M("counter.field." + name), Rows: rows}
}

// originals are the materials that can be compared with their originals now.
func originals(c *casepage.Call) ui.Field {
	f := ui.Field{Kind: ui.FieldChecks, Name: "checked", Label: ui.M("counter.field.checked"), Hint: ui.M("counter.checked.hint"), Optional: true}
	for _, m := range c.Case.Facts.Materials {
		if m.State == casework.MaterialSupplied || m.State == casework.MaterialChecked {
			continue
		}
		f.Options = append(f.Options, ui.Option{Value: m.Key, Label: ui.Plain(name(c.Case, m.Key)), Hint: casepage.MaterialState(m.State).Text})
	}
	return f
}

func name(c *casework.Case, key string) string {
	if m := casepage.ItemMaterial(c.Item, key); m != nil {
		return m.Name
	}
	return key
}

// checks leaves the field out when there is nothing to be compared.
func checks(c *casepage.Call) []ui.Field {
	if f := originals(c); len(f.Options) > 0 {
		return []ui.Field{f}
	}
	return nil
}

func acceptForm(c *casepage.Call) (*casepage.Form, error) {
	t := c.Case.Item.Terms
	f := &casepage.Form{Lead: ui.M("counter.accept.lead"), Fields: append(casepage.Points(c), checks(c)...), Buttons: submit("accept"), Facts: []ui.Fact{{Label: ui.M("counter.term.statutory"), Value: t.Statutory}}}
	if !t.Promised.IsZero() {
		f.Facts = append(f.Facts, ui.Fact{Label: ui.M("counter.term.promised"), Value: t.Promised})
	}
	return f, nil
}

func accept(c *casepage.Call) (casework.Done, error) {
	return c.Door.House.Office.Accept(c.R.Context(), c.Actor, c.Key(), casework.AcceptIn{Case: c.Case.ID, Seen: c.Seen(), Checked: c.R.PostForm["checked"], Points: c.R.PostForm["points"]})
}

func checkForm(c *casepage.Call) (*casepage.Form, error) {
	f := ui.Field{Kind: ui.FieldRadios, Name: "material", Label: ui.M("counter.field.material"), Options: originals(c).Options}
	return &casepage.Form{Fields: []ui.Field{f}, Buttons: submit("check")}, nil
}

func check(c *casepage.Call) (casework.Done, error) {
	return c.Door.House.Office.CheckMaterial(c.R.Context(), c.Actor, c.Key(), casework.CheckMaterialIn{Case: c.Case.ID, Key: c.Value("material"), Seen: c.Seen()})
}

func backToMaterial(c *casepage.Call, _ casework.Done) string {
	return casepage.Address(c.Case.ID, "materials") + "?m=" + c.Value("material") + "&done=check"
}

func refuseForm(*casepage.Call) (*casepage.Form, error) {
	return &casepage.Form{Lead: ui.M("counter.refuse.lead"), Legal: ui.M("counter.refuse.legal"), Fields: []ui.Field{area("reason", 3), area("where", 3)}, Buttons: submit("refuse")}, nil
}

func refuse(c *casepage.Call) (casework.Done, error) {
	return c.Door.House.Office.RefuseAcceptance(c.R.Context(), c.Actor, c.Key(), casework.RefuseAcceptanceIn{Case: c.Case.ID, Seen: c.Seen(), Reason: c.Value("reason"), Where: c.Value("where")})
}

// spotForm accepts and decides an instant item in one act.
func spotForm(c *casepage.Call) (*casepage.Form, error) {
	outcome := ui.Field{Kind: ui.FieldRadios, Name: "outcome", Label: ui.M("office.field.outcome"), Inline: true, Options: []ui.Option{
		{Value: casework.Granted, Label: ui.M("office.outcome.granted")}, {Value: casework.Refused, Label: ui.M("office.outcome.refused")}}}
	reasons := area("reason", 3)
	reasons.Optional, reasons.Hint = true, ui.M("counter.spot.reason")
	by := ui.Field{Kind: ui.FieldChecks, Name: "articles", Label: ui.M("office.field.articles"), Hint: ui.M("counter.spot.articles"), Optional: true, Options: articles(c.Case.Item)}
	handed := ui.Field{Kind: ui.FieldChecks, Name: "handed", Label: ui.M("counter.field.handed"), Optional: true, Options: []ui.Option{{Value: "1", Label: ui.M("counter.handed.now")}}, Values: []string{"1"}}
	return &casepage.Form{Lead: ui.M("counter.spot.lead"), Fields: append(checks(c), outcome, reasons, by, handed), Buttons: submit("spot")}, nil
}

func articles(v *catalog.Version) []ui.Option {
	var list []ui.Option
	for _, b := range v.Basis {
		list = append(list, ui.Option{Value: b.Law + b.Article, Label: ui.Plain(b.Law + b.Article)})
	}
	return list
}

func spot(c *casepage.Call) (casework.Done, error) {
	var reasons []string
	for l := range strings.Lines(c.R.PostFormValue("reason")) {
		if l = strings.TrimSpace(l); l != "" {
			reasons = append(reasons, l)
		}
	}
	return c.Door.House.Office.DecideOnSpot(c.R.Context(), c.Actor, c.Key(), casework.SpotIn{Case: c.Case.ID, Seen: c.Seen(), Checked: c.R.PostForm["checked"],
		Verdict: casework.Verdict{Outcome: c.Value("outcome"), Reasons: reasons, Articles: c.R.PostForm["articles"]}, Handed: c.Value("handed") != ""})
}

func deliverForm(c *casepage.Call) (*casepage.Form, error) {
	mode := ui.Field{Kind: ui.FieldRadios, Name: "mode", Label: ui.M("counter.field.mode"), Inline: true, Value: c.Case.Facts.Delivery, Options: []ui.Option{
		{Value: casework.ByWindow, Label: ui.M("casework.deliver.window")}, {Value: casework.ByCourier, Label: ui.M("casework.deliver.courier")}}}
	track := ui.Field{Kind: ui.FieldText, Name: "tracking", Label: ui.M("counter.field.tracking"), Hint: ui.M("counter.tracking.hint"), Optional: true, Chars: 20}
	f := &casepage.Form{Lead: ui.M("counter.deliver.lead"), Fields: []ui.Field{mode, track}, Buttons: submit("deliver")}
	if d := c.Case.Facts.Decision; d != nil {
		f.Facts = append(f.Facts, ui.Fact{Label: ui.M("counter.deliver.paper"), Value: ui.Plain(d.PaperNo)})
	}
	if n := c.Case.Facts.LicenceNo; n != "" {
		f.Facts = append(f.Facts, ui.Fact{Label: ui.M("counter.deliver.licence"), Value: ui.Plain(n)})
	}
	full, err := c.Door.House.Office.Look(c.R.Context(), c.Actor, c.Case.ID, ui.M("office.part.deliver").In(wording.ZH))
	if err == nil && full.Personal != nil && full.Personal.Address != "" {
		f.Facts = append(f.Facts, ui.Fact{Label: ui.M("office.who.address"), Value: ui.Plain(full.Personal.Address)})
	}
	return f, err
}

func deliver(c *casepage.Call) (casework.Done, error) {
	return c.Door.House.Office.Deliver(c.R.Context(), c.Actor, c.Key(), casework.DeliverIn{Case: c.Case.ID, Seen: c.Seen(), Mode: c.Value("mode"), Tracking: c.Value("tracking")})
}

func withdrawForm(*casepage.Call) (*casepage.Form, error) {
	r := area("reason", 3)
	r.Optional = true
	return &casepage.Form{Lead: ui.M("counter.withdraw.lead"), Fields: []ui.Field{r}, Buttons: submit("withdraw")}, nil
}

func withdraw(c *casepage.Call) (casework.Done, error) {
	return c.Door.House.Office.WithdrawFor(c.R.Context(), c.Actor, c.Key(), casework.WithdrawIn{Case: c.Case.ID, Reason: c.Value("reason")})
}

// Scan lets files be scanned for what the notice named, each by a form of its own.
type Scan struct {
	Action    string
	Materials []Material
}

// correctForm takes in, at the window, what the one notice asked for.
func correctForm(c *casepage.Call) (*casepage.Form, error) {
	full, err := c.Door.House.Office.Look(c.R.Context(), c.Actor, c.Case.ID, ui.M("office.act.correct").In(wording.ZH))
	if err != nil {
		return nil, err
	}
	f := &casepage.Form{Lead: ui.M("counter.correct.lead"), Buttons: submit("correct"), Below: "counter/scan"}
	if full.Personal == nil || full.Facts.Notice == nil {
		return f, nil
	}
	scan := Scan{Action: fmt.Sprintf("/counter/case/%d/scan", full.ID)}
	paper := ui.Field{Kind: ui.FieldChecks, Name: "shown", Label: ui.M("counter.field.shown"), Optional: true}
	for _, m := range full.Personal.Missing {
		kind, key, _ := strings.Cut(m.Key, ":")
		f.Facts = append(f.Facts, ui.Fact{Label: ui.Plain(m.What), Value: ui.Plain(m.How)})
		if field, ok := full.Item.Form.Field(key); kind == "field" && ok {
			f.Fields = append(f.Fields, casepage.Input(field, full.Personal.Form[key]))
		}
		if of := casepage.ItemMaterial(full.Item, key); kind == "material" && of != nil {
			state := full.Facts.Material(key).State
			if state == casework.MaterialMissing {
				paper.Options = append(paper.Options, ui.Option{Value: key, Label: ui.Plain(of.Name)})
			}
			rule := ui.FileRule{Formats: of.Formats}
			scan.Materials = append(scan.Materials, Material{Key: key, Name: of.Name, Status: casepage.MaterialState(state), Accept: rule.Accept(),
				Rule: ui.M("ui.file.rule", "formats", rule.FormatList(), "mb", of.MaxMB)})
		}
	}
	if len(paper.Options) > 0 {
		f.Fields = append(f.Fields, paper)
	}
	f.BelowData = scan
	return f, nil
}

func correct(c *casepage.Call) (casework.Done, error) {
	named := func(key string) bool {
		return c.Case.Facts.Notice != nil && slices.Contains(c.Case.Facts.Notice.Keys, "field:"+key)
	}
	in := casework.CorrectIn{Case: c.Case.ID, Shown: c.R.PostForm["shown"]}
	if c.Case.Item.Form != nil {
		in.Values = casepage.Posted(c.Case.Item.Form, c.R.PostForm, named)
	}
	return c.Door.House.Office.CorrectFor(c.R.Context(), c.Actor, c.Key(), in)
}

// scan takes in one scanned file for a material that the notice named.
func (o *desk) scan(w http.ResponseWriter, r *http.Request) {
	id := casepage.Number(r, "id")
	_, bad, err := casepage.Multipart(r, func(input, name string, content io.Reader) error {
		_, err := o.door.House.Office.Upload(r.Context(), door.Actor(r), id, strings.TrimPrefix(input, "material:"), name, content)
		return err
	})
	if err == nil && len(bad) > 0 {
		err = act.WrongFields("counter.scan.wrong", bad)
	}
	if err != nil {
		o.door.Fail(w, r, err)
		return
	}
	door.Done(w, r, fmt.Sprintf("/counter/case/%d/correct", id))
}
