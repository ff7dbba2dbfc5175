package manage

import (
	"net/http"

	"tongban/internal/record/store"
	"tongban/internal/rules/checkup"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/inspect"
)

// checking is the pages of the check of the whole catalogue (清单体检).
type checking struct {
	*desk
	inspect *inspect.Desk
}

// mountChecking adds the pages of 清单体检.
func mountChecking(o *desk, mux *door.Mux) {
	h := o.door.House
	k := &checking{o, h.Checkup}
	for pattern, f := range map[string]http.HandlerFunc{
		"GET /manage/checkup":                   k.list,
		"POST /manage/checkup":                  k.run,
		"GET /manage/checkup/{finding}":         k.show,
		"POST /manage/checkup/{finding}/accept": k.accept,
		"POST /manage/checkup/{finding}/reopen": k.reopen,
	} {
		mux.HandleFunc(pattern, o.door.Staff(o.may(f)))
	}
}

// runsShown bounds the runs of the chart, findingsShown the findings of a page: each
// is a card of several lines on a phone.
const (
	runsShown     = 24
	findingsShown = 15
)

// Check is the page of the newest run.
type Check struct {
	Never  bool // nobody ever ran it
	Going  *Going
	Whole  bool // the whole area is shown, not one agency's part
	Run    inspect.Run
	By     string
	Chart  ui.Chart
	Rules  ui.Table
	Chosen bool // findings are listed, not counted by rule
	Filter ui.Filter
	Table  ui.Table
	Next   string
}

// Going is a check that is under way.
type Going struct {
	inspect.Underway
	Follows bool    // the page is loaded again by itself
	Toggle  ui.Link // to the page that is, or is not
}

const (
	goingAt    = "/manage/checkup?follow=1"
	goingEvery = "3" // seconds
)

// run has the catalogue checked by a job, and leads to the page that says how far
// it is.
func (k *checking) run(w http.ResponseWriter, r *http.Request) {
	if err := k.inspect.Order(r.Context(), door.Actor(r), door.Key(r)); err != nil {
		k.door.Fail(w, r, err)
		return
	}
	k.door.House.Jobs.Wake()
	door.Done(w, r, goingAt)
}

// going tells how far a check is that is under way; nil for none.
func going(tx *store.Tx, r *http.Request) (*Going, error) {
	u, there, err := inspect.UnderwayNow(tx)
	if err != nil || !there {
		return nil, err
	}
	g := &Going{Underway: u, Follows: r.URL.Query().Get("follow") != "", Toggle: ui.Link{Text: ui.M("inspect.page.going.follow"), Href: goingAt}}
	if g.Follows {
		g.Toggle = ui.Link{Text: ui.M("inspect.page.going.stay"), Href: "/manage/checkup"}
	}
	return g, nil
}

// list shows the newest run, how much was found by each rule, and the findings.
func (k *checking) list(w http.ResponseWriter, r *http.Request) {
	q, here := r.URL.Query(), ui.Page{URL: r.URL}
	ask := inspect.Query{State: inspect.State(q.Get("state")), Severity: checkup.Severity(q.Get("severity")), Rule: q.Get("rule"), Agency: q.Get("agency"),
		After: q.Get("after"), Limit: findingsShown}
	data := Check{Chosen: q.Has("state") || q.Has("severity") || q.Has("rule") || q.Has("agency") || q.Has("after")}
	if !k.door.Read(w, r, func(tx *store.Tx) error {
		only, err := k.only(tx, r)
		if err != nil {
			return err
		}
		runs, err := inspect.Recent(tx, 0, runsShown)
		if err != nil {
			return err
		}
		if data.Whole = only == ""; data.Whole {
			if data.Going, err = going(tx, r); err != nil {
				return err
			}
		}
		if data.Never = len(runs) == 0; data.Never {
			return nil
		}
		data.Run = runs[0]
		if data.Whole {
			data.Chart = trend(runs)
		} else {
			ask.Agency = only
		}
		if data.Run.By != 0 {
			if data.By, err = k.door.House.People.Name(tx, data.Run.By); err != nil {
				return err
			}
		}
		counts, err := inspect.Count(tx, only)
		if err != nil {
			return err
		}
		bodies, err := k.bodies(tx)
		if err != nil {
			return err
		}
		found := []string{only}
		if data.Whole {
			if found, err = inspect.Agencies(tx); err != nil {
				return err
			}
		}
		data.Rules, data.Filter = rulesTable(counts), checkFilter(ask, counts, found, bodies, here)
		if !data.Chosen {
			return nil
		}
		list, err := inspect.Page(tx, ask)
		if len(list) == ask.Limit {
			data.Next = here.With("after", list[len(list)-1].ID, "done", "")
		}
		data.Table = findingsTable(list, bodies, ask)
		return err
	}) {
		return
	}
	if data.Going != nil && data.Going.Follows {
		w.Header().Set("Refresh", goingEvery)
	}
	k.render(w, r, "check", 0, ui.Page{Title: ui.M("inspect.page.title"), Data: data, Back: &ui.Link{Text: ui.M("manage.menu.flows"), Href: "/manage/flows"}})
}

// bodies are the agencies' names by key.
func (k *checking) bodies(tx *store.Tx) (map[string]string, error) {
	all, err := k.door.House.People.Agencies(tx, tx.Today())
	names := map[string]string{}
	for _, a := range all {
		names[a.Key] = a.Name
	}
	return names, err
}

// trend draws how much each run found, the oldest first.
func trend(runs []inspect.Run) ui.Chart {
	newest := runs[0]
	lines := &ui.Lines{Series: make([]ui.Series, 3), Max: 4}
	for i, s := range checkup.Severities() {
		lines.Series[i].Name = s.Name()
	}
	table := ui.Table{Caption: ui.M("inspect.page.trend"), HideCaption: true, Columns: []ui.Column{{Label: ui.M("inspect.page.col.at")},
		{Label: checkup.Error.Name(), Number: true}, {Label: checkup.Warning.Name(), Number: true}, {Label: checkup.Note.Name(), Number: true},
		{Label: ui.M("inspect.state.accepted"), Number: true}, {Label: ui.M("inspect.page.col.fresh"), Number: true}, {Label: ui.M("inspect.state.mended"), Number: true}}}
	for i := len(runs) - 1; i >= 0; i-- {
		x := runs[i]
		lines.Points = append(lines.Points, ui.OnDay(x.On))
		for j, n := range []int{x.Errors, x.Warnings, x.Notes} {
			lines.Series[j].Values = append(lines.Series[j].Values, float64(n))
			lines.Max = max(lines.Max, roof(n))
		}
		table.Rows = append(table.Rows, ui.Row{Cells: ui.Cells(ui.At(x.At), ui.Count(x.Errors), ui.Count(x.Warnings), ui.Count(x.Notes), ui.Count(x.Accepted), ui.Count(x.Fresh), ui.Count(x.Mended))})
	}
	return ui.Chart{Finding: ui.M("inspect.page.finding", "errors", newest.Errors, "warnings", newest.Warnings, "notes", newest.Notes), Range: ui.M("inspect.page.runs", "n", len(runs)),
		AsOf: newest.At, Numbers: table, Lines: lines}
}

// roof is the next number above n that four lines of a grid divide well.
func roof(n int) float64 {
	step := 4
	for step < n {
		if step*2 >= n {
			return float64(step * 2)
		}
		step *= 10
	}
	return float64(step)
}

// rulesTable lists the rules that find something; each leads to its findings.
func rulesTable(counts []inspect.RuleCount) ui.Table {
	t := ui.Table{Caption: ui.M("inspect.page.rules"), Plain: true, Empty: ui.Empty{Text: ui.M("inspect.page.clean")}, Columns: []ui.Column{{Label: ui.M("inspect.page.col.rule")},
		{Label: ui.M("inspect.page.col.severity")}, {Label: ui.M("inspect.state.open"), Number: true}, {Label: ui.M("inspect.state.accepted"), Number: true}}}
	for _, c := range counts {
		accepted := ui.Cell{Text: ui.Plain("")}
		if c.Accepted > 0 {
			accepted.Text = ui.Count(c.Accepted)
		}
		t.Rows = append(t.Rows, ui.Row{ID: c.Key, Cells: []ui.Cell{{Text: c.Name(), Href: "/manage/checkup?rule=" + c.Key + "#findings"}, {Status: severityStatus(c.Severity)}, {Text: ui.Count(c.Open)}, accepted}})
	}
	return t
}

var severityTones = map[checkup.Severity]ui.Tone{checkup.Error: ui.ToneLegal, checkup.Warning: ui.ToneTodo, checkup.Note: ui.ToneOff}

func severityStatus(s checkup.Severity) *ui.Status {
	return &ui.Status{Tone: severityTones[s], Text: s.Name()}
}

var stateTones = map[inspect.State]ui.Tone{inspect.Open: ui.ToneNow, inspect.Accepted: ui.ToneOK, inspect.Mended: ui.ToneDone}

func stateStatus(s inspect.State) *ui.Status {
	return &ui.Status{Tone: stateTones[s], Text: ui.M("inspect.state." + string(s))}
}

// checkFilter is the form by which findings are chosen.
func checkFilter(q inspect.Query, counts []inspect.RuleCount, found []string, bodies map[string]string, here ui.Page) ui.Filter {
	among := func(name, value string, label ui.Text, first ui.Text, options []ui.Option) ui.Field {
		return ui.Field{Kind: ui.FieldSelect, Name: name, Label: label, Value: value, Options: append([]ui.Option{{Value: "", Label: first}}, options...)}
	}
	all := ui.M("manage.match.all")
	var states, severities, rules, agencies []ui.Option
	for _, s := range []inspect.State{inspect.Accepted, inspect.Mended} {
		states = append(states, ui.Option{Value: string(s), Label: ui.M("inspect.state." + string(s))})
	}
	for _, s := range checkup.Severities() {
		severities = append(severities, ui.Option{Value: string(s), Label: s.Name()})
	}
	for _, c := range counts {
		rules = append(rules, ui.Option{Value: c.Key, Label: c.Name()})
	}
	for _, key := range found {
		agencies = append(agencies, ui.Option{Value: key, Label: ui.Plain(nameOf(bodies, key))})
	}
	f := ui.Filter{Action: "/manage/checkup", Fields: []ui.Field{among("severity", string(q.Severity), ui.M("inspect.page.col.severity"), all, severities),
		among("rule", q.Rule, ui.M("inspect.page.col.rule"), all, rules), among("agency", q.Agency, ui.M("manage.col.agency"), all, agencies),
		among("state", string(q.State), ui.M("inspect.page.col.state"), ui.M("inspect.state.open"), states)}}
	for _, x := range f.Fields {
		for _, o := range x.Options {
			if o.Value != "" && o.Value == x.Value {
				f.Chips = append(f.Chips, ui.Chip{Text: o.Label, Remove: here.With(x.Name, "", "after", "", "done", "")})
			}
		}
	}
	return f
}

// nameOf is the name of an agency; its key where nobody has it.
func nameOf(bodies map[string]string, key string) string {
	switch {
	case key == "":
		return "—"
	case bodies[key] == "":
		return key
	}
	return bodies[key]
}

// findingsTable lists findings, each with the page on which it is told in full. What
// was asked for, all of them have: it has no column.
func findingsTable(list []inspect.Finding, bodies map[string]string, ask inspect.Query) ui.Table {
	t := ui.Table{Caption: ui.M("inspect.page.findings"), Empty: ui.Empty{Text: ui.M("inspect.page.empty")}, Columns: []ui.Column{{Label: ui.M("inspect.page.col.what")},
		{Label: ui.M("manage.col.agency")}, {Label: ui.M("inspect.page.col.severity")}, {Label: ui.M("inspect.page.col.first")}, {Label: ui.M("inspect.page.col.state")}}}
	for i := range list {
		f := &list[i]
		cells := []ui.Cell{{Text: ui.Plain(named(f.Subject)), Href: "/manage/checkup/" + f.ID, Note: ui.Plain(f.Message)}, {}, {}, {Text: ui.OnDay(f.First)}, {}}
		if ask.Agency == "" {
			cells[1].Text = ui.Plain(nameOf(bodies, f.Agency))
		}
		if ask.Rule == "" && ask.Severity == "" {
			cells[2].Status = severityStatus(f.Severity)
		}
		switch f.State {
		case inspect.Accepted:
			cells[4] = ui.Cell{Status: stateStatus(f.State), Note: ui.Plain(f.Reason)}
		case inspect.Mended:
			cells[4] = ui.Cell{Status: stateStatus(f.State), Note: ui.OnDay(f.Mended)}
		}
		t.Rows = append(t.Rows, ui.Row{ID: f.ID, Cells: cells})
	}
	return t
}

// named is what a subject is called: its code where it has no name.
func named(s checkup.Subject) string {
	switch {
	case s.Name != "":
		return s.Name
	case s.Code != "":
		return s.Code
	}
	return "—"
}
