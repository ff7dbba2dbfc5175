package office

import (
	"strconv"

	"tongban/internal/register/identity"
	"tongban/internal/rules/wording"
	"tongban/internal/rules/workday"
	"tongban/internal/web/casepage"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
)

func extendForm(c *casepage.Call) (*casepage.Form, error) {
	x := c.Case.Item.Terms.Extension
	d := days("days", x.Days)
	d.Value = strconv.Itoa(x.Days)
	return &casepage.Form{
		Lead:  ui.M("office.extend.lead", "who", ui.M("workday.approver."+string(x.Approver))),
		Facts: []ui.Fact{{Label: ui.M("office.due.statutory"), Value: ui.Long(c.Case.Due)}, {Label: ui.M("office.extend.article"), Value: ui.Plain(x.Article)}},
		Legal: ui.M("office.extend.legal"), Fields: []ui.Field{area("reason", 4), d}, Buttons: submit("extend"),
	}, nil
}

func extend(c *casepage.Call) (casework.Done, error) {
	return c.Door.House.Office.AskExtension(c.R.Context(), c.Actor, c.Key(), casework.AskExtensionIn{Case: c.Case.ID, Days: c.Int("days"), Reason: c.Value("reason")})
}

func settleForm(c *casepage.Call) (*casepage.Form, error) {
	full, err := c.Door.House.Office.Look(c.R.Context(), c.Actor, c.Case.ID, ui.M("office.act.settle").In(wording.ZH))
	if err != nil {
		return nil, err
	}
	x := full.Facts.Extension
	if x == nil || x.Settled != 0 {
		return &casepage.Form{Lead: ui.M("office.settle.none")}, nil
	}
	f := &casepage.Form{Lead: ui.M("office.settle.lead"), Buttons: submit("settle"), Fields: []ui.Field{
		{Kind: ui.FieldRadios, Name: "passed", Label: ui.M("office.field.settle"), Inline: true, Options: []ui.Option{option("yes", "office.settle.yes"), option("no", "office.settle.no")}},
		area("reason", 3)}}
	f.Fields[1].Optional, f.Fields[1].Hint = true, ui.M("office.settle.hint")
	f.Facts = []ui.Fact{{Label: ui.M("office.due.statutory"), Due: casepage.Due(c.Door.House.Office.Calendar(), c.Door.House.Store.Now().Day(), full.Due, nil)},
		{Label: ui.M("office.settle.days"), Value: ui.WorkingDays(x.Days)}, {Label: ui.M("office.extend.article"), Value: ui.Plain(x.Article)}}
	if full.Personal != nil {
		f.Facts = append(f.Facts, ui.Fact{Label: ui.M("office.settle.reason"), Value: ui.Plain(full.Personal.Texts["extension"])})
	}
	return f, nil
}

func settle(c *casepage.Call) (casework.Done, error) {
	if err := chosen(c, "passed"); err != nil {
		return casework.Done{}, err
	}
	role := "head"
	if c.Case.Item.Terms.Extension.Approver == workday.Leader {
		role = "leader"
	}
	if acting, ok := identity.Acting(c.Actor, role, ""); ok {
		c.Actor = acting
	}
	return c.Door.House.Office.SettleExtension(c.R.Context(), c.Actor, c.Key(), casework.SettleExtensionIn{Case: c.Case.ID, Approve: c.Value("passed") == "yes", Reason: c.Value("reason")})
}
