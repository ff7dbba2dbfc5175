package office

import (
	"strconv"

	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/identity"
	"tongban/internal/web/casepage"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
)

// mover is the actor in the post that may move a case to another version.
func mover(c *casepage.Call) {
	if acting, ok := identity.Acting(c.Actor, "head", c.Case.Agency); ok {
		c.Actor = acting
	}
}

// versionForm shows what moving the case would change before it is ordered.
func versionForm(c *casepage.Call) (*casepage.Form, error) {
	var targets []*catalog.Version
	if err := c.Door.House.Store.Read(c.R.Context(), func(tx *store.Tx) (err error) {
		targets, err = c.Door.House.Office.MoveTargets(tx, c.Case)
		return err
	}); err != nil {
		return nil, err
	}
	if len(targets) == 0 {
		return &casepage.Form{Lead: ui.M("office.version.none")}, nil
	}
	to := ui.Field{Kind: ui.FieldRadios, Name: "to", Label: ui.M("office.version.to"), Value: strconv.FormatInt(chosenVersion(c, targets), 10)}
	for _, v := range targets {
		to.Options = append(to.Options, ui.Option{Value: strconv.FormatInt(v.ID, 10), Label: ui.M("office.version.of", "n", v.N, "name", v.Name)})
	}
	mover(c)
	x, err := c.Door.House.Office.PreviewMove(c.R.Context(), c.Actor, c.Case.ID, chosenVersion(c, targets))
	if err != nil {
		return nil, err
	}
	f := &casepage.Form{Lead: ui.M("office.version.lead"), Facts: casepage.MoveFacts(x, func(key string) string { return c.Pages.Agency(c.R, key) }), Fields: []ui.Field{to}}
	if len(targets) > 1 {
		f.Buttons = []ui.Button{{Text: ui.M("office.version.show"), Name: "act", Value: "preview"}}
	}
	if len(x.Wrong) > 0 {
		f.Lead = ui.M("office.version.not")
		return f, nil
	}
	article := ui.Field{Kind: ui.FieldText, Name: "article", Label: ui.M("office.field.article")}
	f.Legal, f.Fields, f.Buttons = ui.M("office.version.legal"), append(f.Fields, article, area("reason", 3)), append(submit("version"), f.Buttons...)
	return f, nil
}

// chosenVersion is the version that was chosen, or the first there is.
func chosenVersion(c *casepage.Call, targets []*catalog.Version) int64 {
	id, _ := strconv.ParseInt(c.Value("to"), 10, 64)
	for _, v := range targets {
		if v.ID == id {
			return id
		}
	}
	return targets[0].ID
}

func version(c *casepage.Call) (casework.Done, error) {
	mover(c)
	to, _ := strconv.ParseInt(c.Value("to"), 10, 64)
	return c.Door.House.Office.Move(c.R.Context(), c.Actor, c.Key(), casework.MoveIn{Case: c.Case.ID, To: to, Article: c.Value("article"), Reason: c.Value("reason")})
}
