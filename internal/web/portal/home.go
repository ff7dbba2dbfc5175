package portal

import (
	"net/http"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
)

// homeItems is how many items the home page lists.
const homeItems = 8

type homeData struct {
	Search ui.Field
	Who    ui.SubNav
	Todo   ui.TaskList
	Items  []ui.Link
	Look   []ui.Link
	Mine   []ui.Link
	Ways   []ui.Link
}

// audience is for whom somebody looks: persons, firms or agencies; "" is all.
func audience(r *http.Request) string {
	switch w := r.URL.Query().Get("who"); w {
	case "person", "legal", "agency":
		return w
	}
	return ""
}

func (p *portal) home(w http.ResponseWriter, r *http.Request) {
	who := audience(r)
	if who == "" {
		who = "person"
	}
	data := homeData{
		Search: ui.Field{Kind: ui.FieldSearch, Name: "q", Label: ui.M("portal.home.title"), Heading: true, Hint: ui.M("portal.home.hint")},
		Who:    ui.SubNav{Label: ui.M("portal.who")},
		Look: []ui.Link{
			{Text: ui.M("portal.progress.title"), Href: "/progress", Note: ui.M("portal.home.progress")},
			{Text: ui.M("portal.check.title"), Href: "/check", Note: ui.M("portal.home.check")},
			{Text: ui.M("portal.grants.title"), Href: "/grants", Note: ui.M("portal.home.grants")},
			{Text: ui.M("listed.title"), Href: "/lists", Note: ui.M("listed.home")},
			{Text: ui.M("laws.title"), Href: "/laws"},
			{Text: ui.M("portal.spot_fakes.title"), Href: "/spot-fakes"},
		},
		Ways: []ui.Link{
			{Text: ui.M("portal.call"), Href: "tel:12345", Note: ui.M("portal.home.call")},
			{Text: ui.M("portal.contact.title"), Href: "/contact", Note: ui.M("portal.home.window")},
			{Text: ui.M("portal.about.title"), Href: "/about"},
		},
	}
	for _, x := range []string{"person", "legal", "agency"} {
		data.Who.Links = append(data.Who.Links, ui.Link{Text: ui.M("portal.who." + x), Href: "/?who=" + x, Current: x == who})
	}
	if !p.Read(w, r, func(tx *store.Tx) error {
		hits, err := catalog.Search(tx, catalog.Query{Who: who, Complete: true, Limit: homeItems})
		if err != nil {
			return err
		}
		for _, h := range hits.List {
			v, err := p.House.Items.ByID(tx, h.Version)
			if err != nil {
				return err
			}
			data.Items = append(data.Items, ui.Link{Text: itemName(v), Href: "/items/" + id(h.Item)})
		}
		return nil
	}) {
		return
	}
	data.Items = append(data.Items, ui.Link{Text: ui.M("portal.home.all"), Href: "/search?who=" + who})
	page := ui.Page{Name: "portal/home", Title: ui.M("portal.home.page"), OwnHeading: true, Wide: true}
	if a := door.Actor(r); a.Who == act.Applicant {
		if !p.homeOf(w, r, a, &data) {
			return
		}
	}
	page.Data = data
	p.show(w, r, page)
}

// homeOf adds what somebody who is signed in has to do.
func (p *portal) homeOf(w http.ResponseWriter, r *http.Request, a act.Actor, data *homeData) bool {
	found, err := p.House.Office.Mine(r.Context(), a, 0, casesOnPage)
	if err != nil {
		p.Fail(w, r, err)
		return false
	}
	return p.Read(w, r, func(tx *store.Tx) error {
		drafts, err := p.draftTasks(tx, a.Person)
		if err != nil {
			return err
		}
		for _, f := range found {
			if f.Status == casework.Correcting {
				data.Todo.Tasks = append(data.Todo.Tasks, p.caseTask(tx, f))
			}
		}
		data.Todo.Tasks = append(data.Todo.Tasks, drafts...)
		data.Mine = []ui.Link{{Text: ui.M("portal.my.title"), Href: "/my"}, {Text: ui.M("portal.licences.title"), Href: "/licences"},
			{Text: ui.M("portal.inbox.title"), Href: "/inbox"}, {Text: ui.M("portal.looks.title"), Href: "/looks"}}
		return nil
	})
}
