package casework

import (
	"context"
	"strings"

	"tongban/internal/process/paper"
	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/rules/wording"
)

var notify = act.Command{Name: "case.notify", Right: "case.notify", Part: "accept"}

// NotifyIn names everything that is missing or wrong, once.
type NotifyIn struct {
	Case    int64     `json:"case"`
	Seen    int64     `json:"seen,omitempty"` // version of the task that the clerk saw
	Missing []Missing `json:"missing"`
}

// receiving is the article on what an agency answers to an application.
const receiving = "行政许可法第三十二条"

// Notify sends the one notice of everything missing (行政许可法 32(4)): at once or
// within five working days, all at one time; nothing new may be demanded later.
func (o *Office) Notify(ctx context.Context, a act.Actor, token string, in NotifyIn) (Done, error) {
	return act.Run(ctx, o.Runner, a, token, notify, in, o.notify)
}

func (o *Office) notify(c *act.Call, in NotifyIn) (Done, error) {
	m, err := o.take(c, in.Case, atWindow)
	if err != nil {
		return Done{}, err
	}
	if m.f.Facts.Deemed != 0 {
		return Done{}, act.Refuse("casework.notify.deemed", "from", wording.Date(wording.ZH, m.f.Facts.Deemed)).By("行政许可法第三十二条").Recorded()
	}
	if m.f.Facts.Notice != nil {
		return Done{}, act.Refuse("casework.notify.twice", "day", wording.Date(wording.ZH, m.f.Facts.Notice.Day)).
			By(m.article(receiving, m.v.Terms.Notice)).Then("casework.notify.twice.next").Recorded()
	}
	if err := m.must(Received); err != nil {
		return Done{}, err
	}
	if _, err := m.mine(c, "accept", in.Seen); err != nil {
		return Done{}, err
	}
	s, err := m.edit()
	if err != nil {
		return Done{}, err
	}
	if err := m.checkMissing(in.Missing, s.Sources); err != nil {
		return Done{}, err
	}
	for _, x := range in.Missing {
		if key, ok := strings.CutPrefix(x.Key, "material:"); ok {
			if err := m.mayDemand(key); err != nil {
				return Done{}, err
			}
		}
	}
	if err := m.mayName(in.Missing); err != nil {
		return Done{}, err
	}
	s.Missing = in.Missing
	n := &Noticed{Day: c.Today(), Until: m.v.Terms.Lapse.Due(o.Calendar(), c.Today()).Day}
	for _, x := range in.Missing {
		n.Keys = append(n.Keys, x.Key)
		if key, ok := strings.CutPrefix(x.Key, "material:"); ok {
			m.f.Facts.Material(key).State = MaterialMissing
		}
	}
	m.f.Facts.Notice = n
	doc, err := m.paper("deficiency", m.window(), func(f *paper.Facts) {
		f.Due, f.Article = wording.Date(wording.ZH, n.Until), m.article(receiving, m.v.Terms.Notice)
		for _, x := range in.Missing {
			f.Missing = append(f.Missing, paper.Missing{What: x.What, How: x.How})
		}
	})
	if err != nil {
		return Done{}, err
	}
	n.Paper = doc.ID
	m.p.Status = Correcting
	e := m.event("case.notified_missing", map[string]any{"missing": len(in.Missing), "until": n.Until, "paper": doc.ID})
	e.Rules = m.rule("行政许可法第三十二条第一款第四项", m.v.Terms.Notice)
	done, err := m.save(e)
	done.Paper = doc.ID
	return done, err
}

// checkMissing wants each thing to be one that the item asks for, with words
// on how to mend it: a notice must be something that a person can act on.
func (m *matter) checkMissing(list []Missing, supplied map[string]string) error {
	if len(list) == 0 {
		return act.Wrong("casework.notify.nothing")
	}
	var wrong []act.Field
	seen := map[string]bool{}
	for _, x := range list {
		var msg wording.Message
		kind, key, _ := strings.Cut(x.Key, ":")
		switch {
		case seen[x.Key]:
			msg = wording.M("casework.notify.double")
		case kind == "material" && m.f.Facts.Material(key) == nil, kind == "field" && !m.hasField(key), kind != "material" && kind != "field":
			msg = wording.M("casework.notify.not_asked")
		case kind == "field" && supplied[key] != "":
			msg = wording.M("casework.notify.supplied", "source", supplied[key])
		case strings.TrimSpace(x.What) == "" || strings.TrimSpace(x.How) == "":
			msg = wording.M("casework.notify.how")
		}
		seen[x.Key] = true
		if !msg.IsZero() {
			wrong = append(wrong, act.Field{Name: x.Key, Msg: msg})
		}
	}
	return act.WrongFields("casework.notify.wrong", wrong)
}

// mayName wants what the notice says of each thing to ask for nothing that no list
// lets this item ask for.
func (m *matter) mayName(list []Missing) error {
	var said []string
	for _, x := range list {
		said = append(said, x.Key, x.What+"\n"+x.How)
	}
	return m.maySay(said...)
}

// mine finds the open task that plays a part, wants it to be at the version that
// the actor saw, and enters the actor for the part's class.
func (m *matter) mine(c *act.Call, part string, seen int64) (*proceeding.Task, error) {
	t, err := proceeding.OpenPart(c.Tx, m.p.ID, part)
	if err != nil {
		return nil, err
	}
	if seen != 0 && t.Seen != seen {
		return nil, act.Changed("proceeding.task")
	}
	return t, m.takePart(c, part, c.Actor.Person)
}

func (m *matter) takePart(c *act.Call, part string, person int64) error {
	if c.Actor.Who == act.System {
		return nil
	}
	return proceeding.Take(c, m.p, m.v.Class(part), part, person)
}

func (m *matter) hasField(key string) bool {
	_, ok := m.v.Form.Field(key)
	return ok
}
