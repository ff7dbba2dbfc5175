package api

import (
	"context"
	"net/http"
	"strconv"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/law"
	"tongban/internal/rules/citation"
	"tongban/internal/rules/day"
)

// lawChange is something that happened to a law.
type lawChange struct {
	ID     int64   `json:"id"`
	Law    string  `json:"law"`
	Title  string  `json:"title"`
	Kind   string  `json:"kind" enum:"enact,amend,repeal,interpret"`
	On     day.Day `json:"on"`
	Number string  `json:"number,omitempty"`
	Words  string  `json:"words,omitempty"`
	Whole  bool    `json:"whole"`
	Made   string  `json:"made" format:"date-time"`
}

type repealBody struct {
	Number string `json:"number" maxLength:"200" example:"云政发〔2026〕9号"`
	From   string `json:"from,omitempty" format:"date" example:"2026-07-01"`
	Words  string `json:"words,omitempty" maxLength:"4000" example:"已有上位法"`
}

type interpretBody struct {
	Article string `json:"article,omitempty" maxLength:"12" example:"7"`
	Number  string `json:"number" maxLength:"200" example:"云府法函〔2026〕4号"`
	From    string `json:"from,omitempty" format:"date" example:"2026-07-01"`
	Words   string `json:"words" maxLength:"4000" example:"“固定场所”包括租用的场所。"`
}

// onLaw is a command on a law.
type onLaw[B any] struct {
	Keyed
	Law  string `path:"law" maxLength:"60" example:"food-workshops"`
	Body B
}

type lawFilesIn struct {
	Keyed
	Sent
}

// TheLawChange names a change of a law.
type TheLawChange struct {
	Change int64 `path:"change" example:"1001"`
}

type touchedIn struct {
	TheLawChange
	Paged
}

// lawChanges adds how the library is kept, and whom a change touches.
func lawChanges(s *server) {
	post := func(id, path string, c act.Command, example any) spec {
		return spec{id: id, method: http.MethodPost, path: path, tag: "law", command: c.Name, access: staff, example: example}
	}
	on(s, post("importLaws", "/laws/import", law.CommandImport, nil), s.importLaws)
	s.takesFiles("/laws/import")
	on(s, post("repealLaw", "/laws/{law}/repeal", law.CommandRepeal, repealBody{Number: "云政发〔2026〕9号", From: "2026-07-01"}), s.repealLaw)
	on(s, post("interpretLaw", "/laws/{law}/interpret", law.CommandInterpret,
		interpretBody{"7", "云府法函〔2026〕4号", "2026-07-01", "“固定场所”包括租用的场所。"}), s.interpretLaw)
	on(s, spec{id: "listLawChanges", method: http.MethodGet, path: "/law-changes", tag: "law", access: public}, s.listLawChanges)
	on(s, spec{id: "showLawChange", method: http.MethodGet, path: "/law-changes/{change}", tag: "law", access: public}, s.showLawChange)
	on(s, spec{id: "listTouched", method: http.MethodGet, path: "/law-changes/{change}/subjects", tag: "law", access: staff}, s.listTouched)
}

// importLaws brings files of laws in, all or nothing: every bad line is named.
func (s *server) importLaws(ctx context.Context, v *visit, in *lawFilesIn) (*echoedBody[law.Imported], error) {
	if err := s.first(ctx, v, law.CommandImport); err != nil {
		return nil, err
	}
	sent, err := in.files()
	if err != nil {
		return nil, err
	}
	files := make([]law.File, len(sent))
	for i, f := range sent {
		files[i] = law.File{Name: f.name, Text: f.text}
	}
	done, err := s.h.Laws.Import(ctx, v.actor, in.Key, files)
	return &echoedBody[law.Imported]{Echoed(in.Keyed), done}, err
}

// typedDay reads a day of a body; "" is left to the command.
func typedDay(s string) (day.Day, error) {
	if s == "" {
		return 0, nil
	}
	d, err := day.Parse(s)
	if err != nil {
		return 0, act.Wrong("api.fault.date")
	}
	return d, nil
}

func (s *server) repealLaw(ctx context.Context, v *visit, in *onLaw[repealBody]) (*echoedBody[law.Recorded], error) {
	from, err := typedDay(in.Body.From)
	if err != nil {
		return nil, err
	}
	done, err := s.h.Laws.Repeal(ctx, v.actor, in.Key, law.RepealIn{Law: store.Text(in.Law), From: from, Number: in.Body.Number, Words: in.Body.Words})
	return &echoedBody[law.Recorded]{Echoed(in.Keyed), done}, err
}

func (s *server) interpretLaw(ctx context.Context, v *visit, in *onLaw[interpretBody]) (*echoedBody[law.Recorded], error) {
	from, err := typedDay(in.Body.From)
	var n citation.Article
	if err == nil && in.Body.Article != "" {
		n, err = numbered(in.Body.Article)
	}
	if err != nil {
		return nil, err
	}
	done, err := s.h.Laws.Interpret(ctx, v.actor, in.Key, law.InterpretIn{Law: store.Text(in.Law), Article: n, From: from, Number: in.Body.Number, Words: in.Body.Words})
	return &echoedBody[law.Recorded]{Echoed(in.Keyed), done}, err
}

// changeView names the law of a change.
func changeView(tx *store.Tx, x law.Change) (lawChange, error) {
	l, err := law.ByID(tx, x.Law)
	return lawChange{x.ID, l.Key, l.Title, string(x.Kind), x.On, x.Number, x.Words, x.Whole, moment(x.At)}, err
}

func (s *server) listLawChanges(ctx context.Context, _ *visit, in *Paged) (*pageOut[lawChange], error) {
	after, list := int64(0), []lawChange(nil)
	if err := place(in.Cursor, &after); err != nil {
		return nil, err
	}
	err := s.read(ctx, func(tx *store.Tx) error {
		all, err := law.ChangesAfter(tx, after, in.Limit+1)
		for _, x := range all {
			c, err := changeView(tx, x)
			if err != nil {
				return err
			}
			list = append(list, c)
		}
		return err
	})
	return page("/law-changes", nil, *in, list, func(c lawChange) any { return c.ID }), err
}

func (s *server) showLawChange(ctx context.Context, _ *visit, in *TheLawChange) (*bodyOf[lawChange], error) {
	out := &bodyOf[lawChange]{}
	err := s.read(ctx, func(tx *store.Tx) error {
		x, err := law.ChangeByID(tx, in.Change)
		if err != nil {
			return err
		}
		out.Body, err = changeView(tx, x)
		return err
	})
	return out, err
}

// listTouched lists everything that rests on what a change touched.
func (s *server) listTouched(ctx context.Context, v *visit, in *touchedIn) (*pageOut[restingView], error) {
	var after law.Subject
	if err := place(in.Cursor, &after); err != nil {
		return nil, err
	}
	var list []restingView
	err := s.seeing(ctx, v, law.CommandImport, func(tx *store.Tx) error {
		if _, err := law.ChangeByID(tx, in.Change); err != nil {
			return err
		}
		after.Kind, after.Code = store.Text(after.Kind), store.Text(after.Code)
		all, err := law.TouchedBy(tx, in.Change, after, in.Limit+1)
		for _, x := range all {
			list = append(list, restingView{Kind: x.Kind, Code: x.Code, Name: x.Label})
		}
		return err
	})
	return page("/law-changes/"+strconv.FormatInt(in.Change, 10)+"/subjects", nil, in.Paged, list,
		func(r restingView) any { return law.Subject{Kind: r.Kind, Code: r.Code} }), err
}
