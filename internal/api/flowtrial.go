package api

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/rules/day"
	"tongban/internal/rules/flowtable"
	"tongban/internal/rules/wording"
)

// flowTurn is one thing that is let happen: so many working days pass, then the open
// step is finished. Given are values for the conditions on the way, as the page of the
// form sends them: form.area, applicant.kind, decision. They hold in all later turns.
// Answers says of each condition that was given no values whether it holds.
type flowTurn struct {
	Token   int                 `json:"token" minimum:"0" example:"1"`
	Days    int                 `json:"days" minimum:"0" maximum:"400" example:"2"`
	Given   map[string][]string `json:"given,omitempty"`
	Answers []bool              `json:"answers,omitempty" maxItems:"100"`
}

type flowTryBody struct {
	Start string     `json:"start,omitempty" format:"date" example:"2026-09-01"`
	Turns []flowTurn `json:"turns" maxItems:"100"`
}

// flowTrial is where a case that was only tried stands.
type flowTrial struct {
	Start   day.Day       `json:"start"`
	Today   day.Day       `json:"today"`
	Counted int           `json:"counted"`
	Stopped int           `json:"stopped"`
	Open    []flowOpen    `json:"open"`
	Joins   []flowJoin    `json:"joins"`
	Log     []flowHappen  `json:"log"`
	Ask     *flowQuestion `json:"ask,omitempty"`
	Over    bool          `json:"over"`
}

// flowOpen is a step or an event that waits.
type flowOpen struct {
	Token int     `json:"token"`
	Node  string  `json:"node"`
	Name  string  `json:"name"`
	Wait  bool    `json:"wait"`
	Since day.Day `json:"since"`
	Used  int     `json:"used"`
	Due   day.Day `json:"due,omitempty"`
	Left  int     `json:"left"`
	Unit  string  `json:"unit,omitempty"`
}

// flowJoin is a place where branches wait for each other.
type flowJoin struct {
	Node    string `json:"node"`
	Arrived int    `json:"arrived"`
	Of      int    `json:"of"`
}

// flowHappen is a line of what has happened.
type flowHappen struct {
	Day  day.Day `json:"day"`
	Text string  `json:"text"`
}

// flowQuestion is a condition that must be answered before the last turn is made.
type flowQuestion struct {
	Gateway   string `json:"gateway"`
	Way       string `json:"way"`
	Condition string `json:"condition"`
	// Names are what it speaks about and nobody has given yet.
	Names []string `json:"names" nullable:"false"`
}

// tryFlow plays turns through the flow with a clock that only this answer has; it
// keeps nothing.
func (s *server) tryFlow(ctx context.Context, v *visit, in *struct {
	TheFlow
	Body flowTryBody
}) (*bodyOf[flowTrial], error) {
	x, err := s.flow(ctx, v, in.Item)
	if err != nil {
		return nil, err
	}
	start, err := typedDay(in.Body.Start)
	if err != nil {
		return nil, err
	}
	if start == 0 {
		start = s.h.Store.Now().Day()
	}
	turns := make([]flowtable.Turn, len(in.Body.Turns))
	var wrong []act.Field
	for i, t := range in.Body.Turns {
		turns[i] = flowtable.Turn{Token: t.Token, Days: t.Days, Answers: answersOf(t.Answers), Given: t.Given}
		said := flowtable.WrongGiven(x.Newest.Form, turns[i].Given, start)
		for _, name := range slices.Sorted(maps.Keys(said)) {
			wrong = append(wrong, act.Field{Name: fmt.Sprintf("turns[%d].given.%s", i, name), Msg: said[name]})
		}
	}
	if len(wrong) > 0 {
		return nil, act.WrongFields("api.wrong", wrong)
	}
	t, err := flowtable.Try(x.Flow, x.Newest.Form, s.h.Calendars.Current(), start, turns)
	var m wording.Message
	if errors.As(err, &m) {
		return nil, act.WrongFields("api.flow.stuck", []act.Field{{Name: "flow", Msg: m}})
	}
	if err != nil {
		return nil, act.Wrong("api.flow.stuck")
	}
	return &bodyOf[flowTrial]{trialOf(t, v.lang)}, nil
}

func answersOf(list []bool) string {
	var b strings.Builder
	for _, yes := range list {
		if yes {
			b.WriteByte('y')
		} else {
			b.WriteByte('n')
		}
	}
	return b.String()
}

func trialOf(t flowtable.Trial, lang wording.Lang) flowTrial {
	v := flowTrial{Start: t.Start, Today: t.Today, Counted: t.Counted, Stopped: t.Stopped, Open: []flowOpen{}, Joins: []flowJoin{}, Log: []flowHappen{}, Over: t.Over}
	for _, o := range t.Open {
		v.Open = append(v.Open, flowOpen{o.Token, o.Node, o.Name, o.Wait, o.Since, o.Used, o.Due, o.Left, string(o.Unit)})
	}
	for _, j := range t.Joins {
		v.Joins = append(v.Joins, flowJoin{j.Node, j.Arrived, j.Of})
	}
	for _, h := range t.Log {
		v.Log = append(v.Log, flowHappen{h.Day, h.Text.In(lang)})
	}
	if t.Ask != nil {
		v.Ask = &flowQuestion{t.Ask.Gateway, t.Ask.Way, t.Ask.Condition, append([]string{}, t.Ask.Names...)}
	}
	return v
}
