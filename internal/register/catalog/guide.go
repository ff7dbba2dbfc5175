package catalog

import (
	"tongban/internal/rules/day"
	"tongban/internal/rules/flow"
	"tongban/internal/rules/gbcode"
	"tongban/internal/rules/wording"
	"tongban/internal/rules/workday"
)

// GuideView is the guide of an item as a page or the API shows it: everything
// computed, every sentence in one language. It depends on the version, the
// language and the day only, and may be kept for them.
type GuideView struct {
	Version  int64         `json:"version"`
	Item     int64         `json:"item"`
	N        int           `json:"n"`
	Code     string        `json:"code"`
	Name     string        `json:"name"`
	NameEN   string        `json:"name_en,omitempty"`
	Type     string        `json:"type"`
	Agency   string        `json:"agency"`
	From     day.Day       `json:"from"`
	Until    day.Day       `json:"until,omitempty"`
	Open     bool          `json:"open"`              // can be applied for here, today
	Missing  []string      `json:"missing,omitempty"` // what an item known by name only lacks
	Summary  string        `json:"summary,omitempty"`
	Facts    []string      `json:"facts,omitempty"` // the line under the title: online, trips, days, fee
	Who      []string      `json:"who,omitempty"`
	Check    []string      `json:"conditions,omitempty"`
	Supplied []GuidePaper  `json:"supplied,omitempty"` // never asked for
	Bring    []GuidePaper  `json:"bring,omitempty"`
	Steps    []GuideStep   `json:"steps,omitempty"`
	Limits   []GuideLimit  `json:"limits,omitempty"`
	Special  []GuidePause  `json:"special,omitempty"`
	Trips    []GuideTrip   `json:"trips,omitempty"`
	Delivery []string      `json:"delivery,omitempty"`
	Fees     Fees          `json:"fees"`
	Result   *GuideResult  `json:"result,omitempty"`
	Basis    []Basis       `json:"basis,omitempty"`
	Samples  []Sample      `json:"samples,omitempty"`    // filled in, as they should look
	Measures []Discretion  `json:"discretion,omitempty"` // 裁量标准: what follows in which situation
	FAQ      []Answer      `json:"faq,omitempty"`
	Refused  string        `json:"refused,omitempty"` // what to do when it is not granted
	Deemed   string        `json:"deemed,omitempty"`  // what silence means (行政许可法 32)
	If       *GuideExample `json:"if_today,omitempty"`
	Contact  Contact       `json:"contact"`
	Complain string        `json:"complaint,omitempty"`
}

// GuidePaper is a material.
type GuidePaper struct {
	Key         string   `json:"key"`
	Name        string   `json:"name"`
	From        string   `json:"from"` // who supplies it
	Required    bool     `json:"required"`
	Conditional bool     `json:"conditional,omitempty"` // only in the cases that Why or How names
	Formats     []string `json:"formats,omitempty"`
	MaxMB       int      `json:"max_mb,omitempty"`
	Why         string   `json:"why,omitempty"`
	Basis       string   `json:"basis,omitempty"`
	How         string   `json:"how,omitempty"`
	By          string   `json:"by,omitempty"`    // the service of an intermediary that makes it, as its list tells it
	Defer       string   `json:"defer,omitempty"` // may follow within
}

// GuideStep is a step of the flow that people do, in order.
type GuideStep struct {
	Node   string `json:"node"`
	Name   string `json:"name"`
	Agency string `json:"agency,omitempty"` // key
	Part   string `json:"part,omitempty"`
	Term   string `json:"term,omitempty"`
	Note   string `json:"note,omitempty"`
	Basis  string `json:"basis,omitempty"` // law and article
	Risk   string `json:"risk,omitempty"`  // integrity risk point
	Guard  string `json:"guard,omitempty"` // what is done against it
}

// GuideLimit is a limit in words with its article.
type GuideLimit struct {
	Key     string `json:"key"`
	Name    string `json:"name"`
	Term    string `json:"term"`
	Article string `json:"article,omitempty"`
	Note    string `json:"note,omitempty"`
}

// GuidePause is a line of the table of special procedures.
type GuidePause struct {
	Name   string `json:"name"`
	Term   string `json:"term"`
	Counts bool   `json:"counts"` // counts in the limit
	Words  string `json:"words"`  // the same for people
	Basis  string `json:"basis,omitempty"`
}

// GuideTrip says how often one has to come in person.
type GuideTrip struct {
	Channel string `json:"channel"`
	Name    string `json:"name"`
	N       int    `json:"n"`
	Words   string `json:"words"`
}

// GuideResult is what a grant yields.
type GuideResult struct {
	Name    string `json:"name"`
	Licence bool   `json:"licence"` // a sealed electronic licence, not only a paper
	Valid   string `json:"valid"`
	Renew   string `json:"renew,omitempty"`
}

// GuideExample says when it would be decided if it were accepted today.
type GuideExample struct {
	Promised  workday.Due `json:"promised"`
	Statutory workday.Due `json:"statutory"`
	Words     string      `json:"words"`
}

// Guide computes the guide of a version for a day. It is pure.
func Guide(v *Version, cal *workday.Calendar, today day.Day, lang wording.Lang) GuideView {
	g := guide{v: v, lang: lang}
	view := GuideView{
		Version: v.ID, Item: v.Of, N: v.N, Code: v.Code, Name: v.Name, NameEN: v.NameEN, Type: gbcode.TypeName(v.Type).In(lang),
		Agency: v.Agency, From: v.Span.From, Until: v.Span.Until, Open: v.Complete() && v.Span.Holds(today),
		Summary: v.Summary, Check: v.Conditions, Fees: v.Fees, Basis: v.Basis, FAQ: v.FAQ, Contact: v.Contact, Complain: v.Complaint,
	}
	if lang == wording.EN && v.SummaryEN != "" {
		view.Summary = v.SummaryEN
	}
	view.Fees.Text = g.fees()
	for _, m := range v.Missing() {
		view.Missing = append(view.Missing, m.In(lang))
	}
	for _, w := range v.Applicants {
		view.Who = append(view.Who, g.say("word.who."+w))
	}
	if !v.Complete() {
		return view
	}
	for _, m := range v.Materials {
		if m.Supplied() {
			view.Supplied = append(view.Supplied, g.paper(m))
		} else {
			view.Bring = append(view.Bring, g.paper(m))
		}
	}
	view.Facts, view.Trips = g.facts(), g.trips()
	view.Steps, view.Limits, view.Special = g.steps(), g.limits(), g.special()
	for _, d := range v.Delivery {
		view.Delivery = append(view.Delivery, g.say("word.delivery."+d))
	}
	view.Result = g.result()
	view.Samples, view.Measures = v.Samples, v.Discretion
	view.Refused = g.say("guide.refused", "complaint", v.Complaint)
	if v.Deemed {
		view.Deemed = g.say("guide.deemed", "term", g.term(v.Terms.Notice))
	}
	view.If = g.example(cal, today)
	return view
}

type guide struct {
	v    *Version
	lang wording.Lang
}

func (g guide) say(key string, pairs ...any) string {
	return wording.Text(g.lang, "catalog."+key, pairs...)
}

func (g guide) term(t workday.Term) string { return t.In(g.lang) }

func (g guide) paper(m Material) GuidePaper {
	p := GuidePaper{Key: m.Key, Name: m.Name, From: g.say("guide.from." + m.Source), Required: m.Required, Conditional: m.When != "",
		Formats: m.Formats, MaxMB: m.MaxMB, Why: m.Why, Basis: m.Basis, How: m.How}
	if s := m.Served; s != nil {
		p.By = g.say("guide.by", "name", s.Name, "who", s.Who, "n", s.Days, "price", wording.M("catalog.guide.price."+s.Price))
	}
	if m.DeferDays > 0 {
		p.Defer = g.say("guide.defer", "n", m.DeferDays)
	}
	return p
}

// facts are what people ask first: online, how often to come, how long, how much.
func (g guide) facts() []string {
	var out []string
	if n, ok := g.v.Trips["online"]; ok {
		out = append(out, g.say("guide.online"))
		if n == 0 {
			out = append(out, g.say("guide.no_trip"))
		} else {
			out = append(out, g.say("guide.trips", "n", n))
		}
	}
	if g.v.Kind == Instant {
		out = append(out, g.say("guide.instant"))
	} else {
		out = append(out, g.say("guide.days", "promised", g.term(g.v.Terms.Promised), "statutory", g.term(g.v.Terms.Statutory)))
	}
	if !g.v.Fees.Charged {
		return append(out, g.say("guide.free"))
	}
	return append(out, g.fees())
}

// fees is what is charged, in the words of the lists, or that nothing is.
func (g guide) fees() string {
	switch {
	case g.v.Fees.Charged:
		return g.say("guide.charged", "fees", g.v.Fees.Text)
	case g.lang == wording.EN && g.v.Fees.Text != "":
		return g.say("guide.free")
	}
	return g.v.Fees.Text
}

func (g guide) trips() []GuideTrip {
	var out []GuideTrip
	for _, c := range g.v.Channels {
		n := g.v.Trips[c]
		t := GuideTrip{Channel: c, Name: g.say("word.channel." + c), N: n, Words: g.say("guide.trips", "n", n)}
		if n == 0 {
			t.Words = g.say("guide.no_trip")
		}
		out = append(out, t)
	}
	return out
}

// steps are the tasks of the flow in the order in which it is told.
func (g guide) steps() []GuideStep {
	out := []GuideStep{{Name: g.say("guide.submit")}}
	for _, l := range flow.Outline(g.v.Flow, nil) {
		n := g.v.Flow.Node(l.Node)
		if n == nil || !n.ByPerson() {
			continue
		}
		s := GuideStep{Node: n.ID, Name: n.Label(), Agency: g.v.Roles[n.Task.Role], Part: n.Task.Part,
			Basis: n.About.Basis, Risk: n.About.Risk, Guard: n.About.Guard}
		if t, err := workday.ParseTerm(n.Task.Term); err == nil {
			s.Term = g.term(t)
		}
		switch n.Task.Part {
		case "visit":
			for _, v := range g.v.Visits {
				if v.Role == n.Task.Role {
					s.Term, s.Note = g.term(v.Term), g.say("guide.visit", "n", v.Officers)
				}
			}
		case "decide":
			if g.v.Kind != Instant {
				s.Term = g.term(g.v.Terms.Promised)
				s.Note = g.say("guide.from_acceptance")
			}
		}
		if p, ok := g.v.SpecialFor(n.Task.Role); ok && (n.Task.Part == "test" || n.Task.Part == "review") {
			s.Note = g.say("guide.pause", "what", p.Name, "n", p.Days)
		}
		out = append(out, s)
	}
	return out
}

func (g guide) limits() []GuideLimit {
	t := g.v.Terms
	var out []GuideLimit
	add := func(key string, term workday.Term, note string) {
		if !term.IsZero() {
			out = append(out, GuideLimit{Key: key, Name: g.say("guide.limit." + key), Term: g.term(term), Article: term.Article, Note: note})
		}
	}
	add("notice", t.Notice, "")
	add("promised", t.Promised, g.say("guide.from_acceptance"))
	add("statutory", t.Statutory, g.say("guide.from_acceptance"))
	if !t.Extension.Term.IsZero() {
		add("extension", t.Extension.Term, g.say("guide.approver."+string(t.Extension.Approver)))
	}
	add("deliver", t.Deliver, "")
	add("lapse", t.Lapse.Term, g.say("guide.configured"))
	return out
}

// special lists what has a time of its own: site visits, which count in the
// limit (行政许可法 34), and the procedures of 45, which do not.
func (g guide) special() []GuidePause {
	var out []GuidePause
	for _, v := range g.v.Visits {
		out = append(out, GuidePause{Name: g.say("guide.visit_of", "n", v.Officers), Term: g.term(v.Term), Counts: true,
			Words: g.say("guide.counts"), Basis: v.Term.Article})
	}
	for _, s := range g.v.Special {
		out = append(out, GuidePause{Name: s.Name, Term: g.say("guide.about", "n", s.Days), Words: g.say("guide.counts_not"),
			Basis: s.Article + g.say("guide.and") + s.Basis})
	}
	return out
}

func (g guide) result() *GuideResult {
	r := g.v.Result
	out := &GuideResult{Name: r.Name, Licence: r.LicenceType != "", Valid: g.say("guide.valid_always")}
	if r.LicenceType == "" {
		out.Valid = ""
	}
	if r.ValidMonths > 0 {
		out.Valid = g.say("guide.valid_months", "n", r.ValidMonths)
		if r.ValidMonths%12 == 0 {
			out.Valid = g.say("guide.valid_years", "n", r.ValidMonths/12)
		}
		if renew, ok := workday.LimitOf(workday.LimitRenew); ok && g.v.Type == TypeLicence {
			out.Renew = g.say("guide.renew", "term", g.term(renew.Term), "article", renew.Term.Article)
		}
	}
	return out
}

func (g guide) example(cal *workday.Calendar, today day.Day) *GuideExample {
	t := g.v.Terms
	if cal == nil || g.v.Kind == Instant {
		return nil
	}
	e := &GuideExample{Promised: t.Promised.Due(cal, today), Statutory: t.Statutory.Due(cal, today)}
	key := "guide.if_today"
	if e.Promised.Provisional {
		key = "guide.if_today_provisional"
	}
	e.Words = g.say(key, "day", wording.Date(g.lang, e.Promised.Day))
	return e
}
