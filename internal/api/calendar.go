package api

import (
	"context"
	"net/http"

	"tongban/internal/rules/day"
)

type dayIn struct {
	Day string `path:"day" format:"date" example:"2026-02-17"`
}

type dayView struct {
	Day     day.Day `json:"day"`
	Working bool    `json:"working"`
	Known   bool    `json:"known"`
}

// todayView is the platform's own time: a demonstration has another than its
// readers.
type todayView struct {
	Day     day.Day `json:"day"`
	Working bool    `json:"working"`
	Known   bool    `json:"known"`
	At      string  `json:"at" format:"date-time"`
}

type addIn struct {
	From        string `query:"from" required:"true" format:"date" example:"2026-02-10"`
	N           int    `query:"n" required:"true" minimum:"0" maximum:"100000" example:"20"`
	Provisional bool   `query:"provisional"`
}

type dueView struct {
	Day         day.Day `json:"day"`
	Provisional bool    `json:"provisional"`
	Calendar    string  `json:"calendar"`
}

type betweenIn struct {
	After       string `query:"after" required:"true" format:"date" example:"2026-02-10"`
	Until       string `query:"until" required:"true" format:"date" example:"2026-03-16"`
	Provisional bool   `query:"provisional"`
}

type countView struct {
	N           int    `json:"n"`
	Provisional bool   `json:"provisional"`
	Calendar    string `json:"calendar"`
}

func calendars(s *server) {
	on(s, spec{id: "showDay", method: http.MethodGet, path: "/calendar/{day}", tag: "tool", access: public}, s.showDay)
	on(s, spec{id: "showToday", method: http.MethodGet, path: "/calendar/today", tag: "tool", access: public}, s.today)
	on(s, spec{id: "addWorkingDays", method: http.MethodGet, path: "/calendar/add", tag: "tool", access: public}, s.addDays)
	on(s, spec{id: "countWorkingDays", method: http.MethodGet, path: "/calendar/between", tag: "tool", access: public}, s.countDays)
}

func (s *server) showDay(_ context.Context, _ *visit, in *dayIn) (*bodyOf[dayView], error) {
	d, err := dayOf("day", in.Day)
	if err != nil {
		return nil, err
	}
	working, known := s.h.Calendars.Current().IsWorking(d)
	return &bodyOf[dayView]{dayView{d, working, known}}, nil
}

func (s *server) today(context.Context, *visit, *struct{}) (*bodyOf[todayView], error) {
	now := s.h.Store.Now()
	working, known := s.h.Calendars.Current().IsWorking(now.Day())
	return &bodyOf[todayView]{todayView{now.Day(), working, known, moment(now)}}, nil
}

func (s *server) addDays(_ context.Context, _ *visit, in *addIn) (*bodyOf[dueView], error) {
	from, err := dayOf("from", in.From)
	if err != nil {
		return nil, err
	}
	c := s.h.Calendars.Current()
	due, err := c.Nth(from, in.N, in.Provisional)
	return &bodyOf[dueView]{dueView{due.Day, due.Provisional, c.Version()}}, err
}

func (s *server) countDays(_ context.Context, _ *visit, in *betweenIn) (*bodyOf[countView], error) {
	after, err := dayOf("after", in.After)
	if err != nil {
		return nil, err
	}
	until, err := dayOf("until", in.Until)
	if err != nil {
		return nil, err
	}
	c := s.h.Calendars.Current()
	n, provisional, err := c.Count(after, until, in.Provisional)
	return &bodyOf[countView]{countView{n, provisional, c.Version()}}, err
}
