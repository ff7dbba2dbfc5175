package manage

import (
	"html/template"
	"net/http"
	"net/url"
	"strconv"

	"tongban/internal/rules/draw"
	"tongban/internal/rules/flow"
	"tongban/internal/rules/flowtable"
	"tongban/internal/rules/workday"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

// Tryout is a flow that is tried with a clock that only this page has. All of it
// stands in the address: nothing is stored.
type Tryout struct {
	*Sheet
	flowtable.Trial
	Turns []string // as the address carries them
	Cards []Card
	Joins []ui.Text
	Facts []ui.Fact
	Log   ui.Table
	Yes   string
	No    string
	Asked Asked
	Back  string
	Again string
	SVG   template.HTML
}

// Card is a step that waits for somebody.
type Card struct {
	flowtable.Open
	Who   ui.Text
	Limit ui.Text
	Used  ui.Text
	Tone  ui.Tone
	Whole int // days to go on by, as offered
}

func (o *desk) try(w http.ResponseWriter, r *http.Request) {
	s, ok := o.open(w, r)
	if !ok {
		return
	}
	q := r.URL.Query()
	list := q["t"]
	if token := q.Get("token"); token != "" { // a press: it becomes part of the address
		list = append(list, token+"."+q.Get("days")+".")
		if len(flowtable.ParseTurns(list)) == len(list) {
			door.Done(w, r, s.tryAt(list))
			return
		}
		list = list[:len(list)-1]
	}
	t, err := o.tried(s, list)
	data := Tryout{Sheet: s, Trial: t, Again: s.at("/try")}
	page := ui.Page{Title: ui.M("manage.try.title"), Back: &ui.Link{Text: ui.M("manage.editor.title"), Href: s.at("")}}
	if t.Ask != nil && len(t.Ask.Names) > 0 {
		data.Asked = s.asked(t)
		if given, wrong, there := s.given(q, t.Ask.Names, t.Today); there && len(wrong) == 0 {
			door.Done(w, r, s.tryAt(answered(t.Turns, given)))
			return
		} else if there {
			page.Errors = ui.Fill(data.Asked.Fields, q, wrong)
		}
	}
	if err != nil {
		page.Notice = &ui.Notice{Kind: ui.Todo, Title: ui.M("manage.try.not"), Body: ui.M("manage.try.not.next"), Links: []ui.Link{{Text: ui.M("manage.editor.title"), Href: s.at("")}}}
		page.Data = data
		o.render(w, r, "try", http.StatusUnprocessableEntity, page)
		return
	}
	data.fill()
	data.SVG = template.HTML(draw.SVG(s.flow, draw.Options{Lang: door.Lang(r), State: &t.State, Name: s.Name, Relay: true, Dir: flow.Downwards, Phrase: s.env.Phrase})) //nolint:gosec // drawn by us
	page.Data = data
	o.render(w, r, "try", 0, page)
}

// tried plays the turns of an address from today.
func (o *desk) tried(s *Sheet, list []string) (flowtable.Trial, error) {
	return flowtable.Try(s.flow, s.v.Form, o.door.House.Calendars.Current(), o.door.House.Store.Now().Day(), flowtable.ParseTurns(list))
}

func (s *Sheet) tryAt(list []string) string {
	return s.at("/try") + "?" + url.Values{"t": list}.Encode()
}

func (d *Tryout) fill() {
	for _, turn := range d.Trial.Turns {
		d.Turns = append(d.Turns, turn.String())
	}
	if n := len(d.Turns); n > 1 {
		d.Back = d.tryAt(d.Turns[:n-1])
	}
	if n := len(d.Turns); d.Ask != nil {
		answered := func(a string) string { return d.tryAt(append(d.Turns[:n-1:n-1], d.Turns[n-1]+a)) }
		d.Yes, d.No = answered("y"), answered("n")
	}
	for _, x := range d.Open {
		c := Card{Open: x, Who: d.who(x.Step), Used: ui.WorkingDays(x.Used), Limit: ui.M("manage.try.no_limit"), Whole: 1}
		if x.Due != 0 {
			key, n := "manage.try.left.", x.Left
			if x.Left < 0 {
				key, n, c.Tone = "manage.try.over.", -x.Left, ui.ToneLegal
			}
			c.Limit = ui.M(key+string(x.Unit), "n", n, "day", ui.OnDay(x.Due))
		}
		d.Cards = append(d.Cards, c)
	}
	for _, j := range d.Trial.Joins {
		d.Joins = append(d.Joins, ui.M("manage.try.join", "n", j.Arrived, "of", j.Of))
	}
	d.Facts = []ui.Fact{{Label: ui.M("manage.try.today"), Value: ui.OnDay(d.Today)}, {Label: ui.M("manage.try.counted"), Value: ui.WorkingDays(d.Counted)}}
	if d.Stopped > 0 {
		d.Facts = append(d.Facts, ui.Fact{Label: ui.M("manage.try.stopped"), Value: ui.M("manage.try.stopped.n", "n", d.Stopped, "article", workday.PauseArticle)})
	}
	for _, limit := range []struct {
		key  string
		term workday.Term
	}{{"promised", d.v.Terms.Promised}, {"statutory", d.v.Terms.Statutory}} {
		if limit.term.Days > 0 && limit.term.Unit == workday.WorkingDays {
			key, n := "manage.try.rest", limit.term.Days-d.Counted
			if n < 0 {
				key, n = "manage.try.passed", -n
			}
			d.Facts = append(d.Facts, ui.Fact{Label: ui.M("manage.try."+limit.key, "n", limit.term.Days), Value: ui.M(key, "n", n)})
		}
	}
	d.Log = ui.Table{Caption: ui.M("manage.try.log"), Plain: true, Columns: []ui.Column{{Label: ui.M("manage.col.day")}, {Label: ui.M("manage.col.what")}}}
	for i := len(d.Trial.Log) - 1; i >= 0; i-- {
		x := d.Trial.Log[i]
		d.Log.Rows = append(d.Log.Rows, ui.Row{ID: strconv.Itoa(i), Cells: ui.Cells(ui.OnDay(x.Day), x.Text)})
	}
}
