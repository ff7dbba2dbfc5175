// Package ui is the design system of every page: layouts, components, wording
// functions, tokens, security headers and the style guide (mounted at /_ui).
// Pages are rendered on the server; the script adds comfort only.
//
// A page is a template and a handler. The template, say
// internal/web/portal/pages/notices.html, holds what stands below the h1 and
// reads the Page as its dot; components are templates that take typed data:
//
//	{{template "filter" .Data.Filter}}
//	{{template "table" .Data.Table}}
//	{{template "pager" .Data.Pager}}
//	<form method="post" action="/notices">{{key}}
//	{{template "fields" .Data.Fields}}
//	{{template "buttons" .Data.Buttons}}</form>
//
// The room adds its templates once, at start, and its handlers fill them:
//
//	//go:embed pages
//	var pages embed.FS
//
//	err := renderer.Add("portal", pages)
//
//	func (h *Handler) notices(w http.ResponseWriter, r *http.Request) {
//		fields := []ui.Field{{Kind: ui.FieldPhone, Name: "phone", Label: ui.M("portal.notices.phone")}}
//		page := ui.Page{Name: "portal/notices", Title: ui.M("portal.notices.title")}
//		status := http.StatusOK
//		if wrong := h.check(r); len(wrong) > 0 { // map[string]ui.Text by field name
//			page.Errors, status = ui.Fill(fields, r.PostForm, wrong), http.StatusUnprocessableEntity
//		}
//		page.Data = fields
//		h.renderer.Render(w, r, status, page)
//	}
//
// Fill keeps what was typed, puts each sentence at its field, and returns the
// same sentences for the summary on top; the title then begins with 有错误.
// Words come from the catalogue: {{t "portal.notices.none"}} in templates, M in
// Go; what comes from data is Plain, or Both when it has an English form. A page
// never needs to know its language, the size of its letters or who is signed
// in: the Renderer takes them from the request and Options.Frame.
//
// Components, with their data: field and fields (Field), button and buttons
// (Button; in a template also submit, go and act), link and links (Link),
// notice (Notice), error-summary, status (Status), due (Due), summary-list
// (SummaryList), task-list (TaskList), table (Table), bulk (Bulk), filter
// (Filter), pager (Pager), timeline (Timeline), progress (Progress), identity
// (IdentityBar), subnav (SubNav), facts ([]Fact), figures ([]Figure), chart
// (Chart), receipt (Receipt), licence (LicenceCard), confirm (Confirm), details
// (Details), empty (Empty), live (Live). Layout classes for a page's own markup:
// lead, muted, group (rows), columns, split (left, even), grid, panel, tiles, row,
// hero, search, results, result, prose, lines, buttons. There are no others: what is missing belongs here.
//
// Every POST form starts with {{key}}; the handler hands its value
// (r.PostFormValue("idempotency_key")) to the command, so that a second press
// gets the first one's receipt. Headers wraps the whole server; Assets is
// mounted at AssetPath and PrefsHandler at /prefs. There is no inline style or
// script, and the policy would refuse one.
package ui
