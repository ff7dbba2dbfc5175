package counter

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tongban/internal/rules/form"
	"tongban/internal/rules/wording"
	"tongban/internal/web/casepage"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
)

// Notice is the one notice of everything missing, as it is being written: a row
// for each material and field, with the sentences ready to be changed.
type Notice struct {
	Rows []NoticeRow
	Say  ui.Text // the plain sentence to read out, once something is ticked
}

// NoticeRow is one thing that may be missing.
type NoticeRow struct {
	Key, Name string
	Status    *ui.Status
	Given     string // what was answered
	Ticked    bool
	What, How string
}

// notifyForm asks what is missing, all at one time (行政许可法 32).
func notifyForm(c *casepage.Call) (*casepage.Form, error) {
	n := Notice{}
	full, err := c.Door.House.Office.Look(c.R.Context(), c.Actor, c.Case.ID, ui.M("office.part.accept").In(wording.ZH))
	if err != nil {
		return nil, err
	}
	var posted url.Values
	if c.R.Method == http.MethodPost {
		posted = c.R.PostForm
	}
	row := func(key, name, what, how string, status *ui.Status) {
		x := NoticeRow{Key: key, Name: name, What: what, How: how, Status: status}
		if posted != nil {
			x.Ticked = slices.Contains(posted["missing"], key)
			x.What, x.How = posted.Get("what:"+key), posted.Get("how:"+key)
		}
		n.Rows = append(n.Rows, x)
	}
	say := func(key string, pairs ...any) string { return ui.M(key, pairs...).In(wording.ZH) }
	for _, m := range c.Case.Facts.Materials {
		if m.State == casework.MaterialSupplied {
			continue
		}
		status, how := casepage.MaterialState(m.State), ""
		if of := casepage.ItemMaterial(c.Case.Item, m.Key); of != nil {
			how = of.How
		}
		if how == "" {
			how = say("counter.sample.how.material")
		}
		row("material:"+m.Key, name(c.Case, m.Key), say("counter.sample.what."+m.State, "name", name(c.Case, m.Key)), how, &status)
	}
	for _, f := range askedOf(c, full) {
		row("field:"+f.Key, f.Title, say("counter.sample.what.field", "name", f.Title), say("counter.sample.how.field", "name", f.Title), nil)
		n.Rows[len(n.Rows)-1].Given = casework.Display(f, full.Personal.Form[f.Key])
	}
	if c.Preview {
		n.Say = sentence(c, n)
	}
	return &casepage.Form{Lead: ui.M("counter.notify.lead"), Legal: ui.M("counter.notify.legal"), Template: "counter/notify", Data: n,
		Buttons: append(submit("notify"), ui.Button{Text: ui.M("counter.submit.read"), Name: "act", Value: "preview"})}, nil
}

// askedOf are the questions that the applicant was asked: those they answered,
// then those they left open. What the registers supplied is nobody's to correct here.
func askedOf(c *casepage.Call, full *casework.Case) []*form.Field {
	if c.Case.Item.Form == nil || full.Personal == nil {
		return nil
	}
	supplied := form.Prefilled{Locked: map[string]form.Known{}}
	for key := range full.Personal.Sources {
		supplied.Locked[key] = form.Known{}
	}
	list := c.Case.Item.Form.Asked(full.Personal.Form, supplied, form.Setting{Today: c.Case.Received, Applicant: c.Case.Kind})
	slices.SortStableFunc(list, func(a, b *form.Field) int { return open(full, a) - open(full, b) })
	return list
}

func open(full *casework.Case, f *form.Field) int {
	if _, answered := full.Personal.Form[f.Key]; answered {
		return 0
	}
	return 1
}

// sentence is what the clerk reads out.
func sentence(c *casepage.Call, n Notice) ui.Text {
	var list []string
	for _, x := range n.Rows {
		if x.Ticked {
			list = append(list, strings.TrimRight(x.What, "。"))
		}
	}
	if len(list) == 0 {
		return ui.M("counter.say.nothing")
	}
	until := c.Case.Item.Terms.Lapse.Due(c.Door.House.Office.Calendar(), c.Door.House.Store.Now().Day()).Day
	return ui.M("counter.say.missing", "n", len(list), "list", strings.Join(list, "；"), "until", ui.Long(until))
}

func notify(c *casepage.Call) (casework.Done, error) {
	in := casework.NotifyIn{Case: c.Case.ID, Seen: c.Seen()}
	for _, key := range c.R.PostForm["missing"] {
		in.Missing = append(in.Missing, casework.Missing{Key: key, What: c.Value("what:" + key), How: c.Value("how:" + key)})
	}
	return c.Door.House.Office.Notify(c.R.Context(), c.Actor, c.Key(), in)
}
