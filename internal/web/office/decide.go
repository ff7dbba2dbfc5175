package office

import (
	"tongban/internal/record/act"
	"tongban/internal/rules/wording"
	"tongban/internal/web/casepage"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
)

// decideForm asks for the outcome, its reasons and articles, with what was
// found beside it, and shows the paper as it would be sent.
func decideForm(c *casepage.Call) (*casepage.Form, error) {
	outcome := ui.Field{Kind: ui.FieldRadios, Name: "outcome", Label: ui.M("office.field.outcome"),
		Options: []ui.Option{option(casework.Granted, "office.outcome.granted"), option(casework.Refused, "office.outcome.refused")}}
	if casework.Loops(c.Case.Item) {
		outcome.Options = append(outcome.Options, option(casework.Returned, "office.outcome.returned"))
	}
	reasons := area("reason", 5)
	reasons.Hint = ui.M("office.decide.reasons")
	by := ui.Field{Kind: ui.FieldChecks, Name: "articles", Label: ui.M("office.field.articles"), Hint: ui.M("office.decide.articles"), Options: articles(c.Case.Item)}
	f := &casepage.Form{Lead: ui.M("office.decide.lead"), Fields: append(casepage.Points(c), outcome, reasons, by), Facts: standards(c), Buttons: append(submit("decide"), ui.Button{Text: ui.M("office.submit.preview"), Name: "act", Value: "preview"})}
	full, err := c.Door.House.Office.Look(c.R.Context(), c.Actor, c.Case.ID, c.Task.Name)
	if err != nil {
		return nil, err
	}
	if f.SideData, err = c.Pages.Found(c.R, full); err != nil {
		return nil, err
	}
	f.Side = "case/found"
	if c.Preview {
		f.Template = "office/preview"
		f.Data, err = preview(c)
	}
	return f, err
}

// standards are the lines of the item's discretion standard, beside the question
// that they settle.
func standards(c *casepage.Call) (list []ui.Fact) {
	for _, d := range c.Case.Item.Discretion {
		list = append(list, ui.Fact{Label: ui.Plain(d.Situation), Value: ui.M("office.manual.measure", "measure", d.Measure, "article", d.Article)})
	}
	return list
}

// Preview is the paper as it would be sent, or why it cannot be yet.
type Preview struct {
	Title, Body string
	Wrong       ui.Text
}

func preview(c *casepage.Call) (Preview, error) {
	reader := c.Actor
	reader.Purpose = c.Task.Name
	p, err := c.Door.House.Office.PreviewDecision(c.R.Context(), reader, c.Case.ID, c.Task.ID, verdict(c))
	switch act.KindOf(err) {
	case "":
		return Preview{Title: p.Title, Body: p.Body}, nil
	case act.Invalid:
		wrong := ui.Join{}
		for _, m := range casepage.Messages(err) {
			wrong.Texts = append(wrong.Texts, m)
		}
		if len(wrong.Texts) == 0 {
			wrong.Texts = append(wrong.Texts, ui.M("casework.decide.outcome"))
		}
		return Preview{Wrong: wrong}, nil
	}
	return Preview{}, err
}

func verdict(c *casepage.Call) casework.Verdict {
	return casework.Verdict{Outcome: c.Value("outcome"), Reasons: lines(c.R.PostFormValue("reason")), Articles: c.R.PostForm["articles"]}
}

func decide(c *casepage.Call) (casework.Done, error) {
	return c.Door.House.Office.Decide(c.R.Context(), c.Actor, c.Key(), casework.DecideIn{TaskIn: c.In(), Verdict: verdict(c), Points: c.R.PostForm["points"]})
}

// wrongField is what is wrong with one field, where a page asks something that
// the command has no word for.
func wrongField(name string, m wording.Message) error {
	return act.WrongFields("casework.text.wrong", []act.Field{{Name: name, Msg: m}})
}
