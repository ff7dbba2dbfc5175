package paper

import (
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// Listed is a version of a template, or of the rule of all papers, as anybody may
// read it.
type Listed struct {
	Kind    string
	Agency  string // "" for all
	Version int
	Span    day.Span
	Title   string
	TitleEN string
	Word    string // in its 字号; "" for the rule and for a paper that bears the number of its case
	Number  string // of the rule; of a template with a number of its own
	Sealed  bool
	Text    string // the body, or the heading of the rule
}

const listedColumns = `kind, agency, version, from_day, until_day, yaml`

func scanListed(r store.Row) (Listed, error) {
	var l Listed
	var text string
	if err := r.Scan(&l.Kind, &l.Agency, &l.Version, &l.Span.From, &l.Span.Until, &text); err != nil {
		return l, err
	}
	if l.Kind == RuleKind {
		rule, err := ParseRule([]byte(text))
		if err == nil {
			l.Title, l.TitleEN, l.Number, l.Text = rule.Title, rule.TitleEN, rule.Number, rule.Heading
		}
		return l, err
	}
	t, err := ParseTemplate([]byte(text))
	if err == nil {
		l.Title, l.TitleEN, l.Word, l.Number, l.Sealed, l.Text = t.Title, t.TitleEN, t.Word, t.Number, t.Sealed, t.Body
	}
	return l, err
}

// catalogueMax bounds the templates that are listed at once.
const catalogueMax = 500

// Catalogue lists the templates in force on a day, the rule of all papers first.
func Catalogue(tx *store.Tx, on day.Day) ([]Listed, error) {
	return store.All(tx, scanListed, `select `+listedColumns+` from paper_template where home = $1 and from_day <= $2 and (until_day = 0 or until_day > $2)
		order by case when kind = $3 then 0 else 1 end, kind, agency limit $4`, tx.Home(), on, RuleKind, catalogueMax)
}

// Versions lists every version of the templates of a kind, the newest first.
func Versions(tx *store.Tx, kind string) ([]Listed, error) {
	list, err := store.All(tx, scanListed, `select `+listedColumns+` from paper_template where home = $1 and kind = $2 order by from_day desc, agency, version desc limit $3`,
		tx.Home(), kind, catalogueMax)
	if err == nil && len(list) == 0 {
		err = act.Missing("paper.thing.template")
	}
	return list, err
}

// Specimen is a paper of a kind as an agency would write it today, from invented
// facts. It takes no number and is marked by what it says.
func (d *Desk) Specimen(tx *store.Tx, kind, agency string) (Preview, error) {
	say := func(key string) string { return wording.Text(wording.ZH, "paper.sample."+key) }
	on := wording.Date(wording.ZH, tx.Today())
	return d.Preview(tx, kind, agency, Facts{
		Applicant: say("applicant"), Agent: say("agent"), Item: say("item"), Number: say("number"), Received: on, Due: on, DueRule: say("article"), Reasons: say("text"),
		Article: say("article"), Remedies: say("text"), Contact: say("contact"), Fee: say("fee"),
		Missing: []Missing{{say("what"), say("how")}}, Lines: []Line{{say("label"), say("number")}}, Materials: []Line{{say("what"), say("how")}},
	})
}

// NumberAs is the number that the first paper of a kind of this year would have,
// by the rule in force.
func (d *Desk) NumberAs(tx *store.Tx, kind, agency string) (string, error) {
	form, rule, err := d.form(tx, kind, agency, tx.Today())
	if err != nil {
		return "", err
	}
	body, err := d.Agencies.Agency(tx, agency, tx.Today())
	if err != nil {
		return "", err
	}
	return form.number(rule, body.Short, wording.Text(wording.ZH, "paper.sample.number"), tx.Today().Year(), 1), nil
}
