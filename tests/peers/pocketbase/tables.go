package main

import (
	"fmt"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// Clerk is the only clerk: of this agency and post, with this password.
const (
	clerk    = "clerk@peer.invalid"
	password = "clerk-of-the-peer"
	agency   = "scjg"
	post     = "reviewer"
)

// collections makes what is measured, once.
func collections(app core.App) error {
	if _, err := app.FindCollectionByNameOrId("applications"); err == nil {
		return nil
	}
	applications := core.NewBaseCollection("applications")
	applications.CreateRule, applications.ViewRule, applications.ListRule = types.Pointer(""), types.Pointer(""), types.Pointer("")
	for _, name := range []string{"name", "phone", "address", "category"} {
		applications.Fields.Add(&core.TextField{Name: name, Required: true, Max: 200})
	}
	applications.Fields.Add(&core.NumberField{Name: "area", Required: true})

	clerks := core.NewAuthCollection("clerks")
	clerks.Fields.Add(&core.TextField{Name: "agency"}, &core.TextField{Name: "post"})

	tasks := core.NewBaseCollection("tasks")
	for _, name := range []string{"number", "title", "applicant", "status", "name", "part", "agency", "post", "state"} {
		tasks.Fields.Add(&core.TextField{Name: name})
	}
	for _, name := range []string{"assignee", "opened", "due", "promised_due", "seen"} {
		tasks.Fields.Add(&core.NumberField{Name: name})
	}
	tasks.ListRule = types.Pointer(`agency = @request.auth.agency && post = @request.auth.post && state = "open"`)
	tasks.AddIndex("tasks_worklist", false, "agency, post, state, due, id", "")
	for _, c := range []*core.Collection{applications, clerks, tasks} {
		if err := app.Save(c); err != nil {
			return fmt.Errorf("%s: %w", c.Name, err)
		}
	}
	who := core.NewRecord(clerks)
	who.SetEmail(clerk)
	who.SetPassword(password)
	who.SetVerified(true)
	who.Set("agency", agency)
	who.Set("post", post)
	return app.Save(who)
}

// load fills the tasks: one for each case, nine of ten done, spread evenly over
// the agencies, with texts as long as a real list has.
func load(app core.App, cases int, agencies []string) error {
	for k, a := range agencies {
		each := cases / len(agencies)
		_, err := app.NonconcurrentDB().NewQuery(strings.ReplaceAll(`insert into tasks(id, number, title, applicant, status, name, part, agency, post, state, assignee, opened, due, promised_due, seen)
			with recursive s(i) as (select 1 union all select i + 1 from s where i < {:n})
			select printf('%015d', {:from} + i), '99012420261122' || printf('%06d', i), '三家联办许可（测量用）', '林小满', 'accepted', '市场监管审查', 'review', {:agency}, {:post},
			case when i % 10 = 0 then 'open' else 'done' end, 0, 1795300000000000 + i, 20780 + i % 60, 20760 + i % 60, 1 from s`, "\n\t\t\t", " ")).
			Bind(dbx.Params{"n": each, "from": k * each, "agency": a, "post": post}).Execute()
		if err != nil {
			return fmt.Errorf("load %s: %w", a, err)
		}
	}
	_, err := app.NonconcurrentDB().NewQuery(`analyze`).Execute()
	return err
}
