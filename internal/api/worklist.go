package api

import (
	"context"
	"net/http"
	"net/url"

	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// workIn asks for open tasks: of the post acted in, of every post held, or of
// the person alone.
type workIn struct {
	Paged
	Until string `query:"until" format:"date" example:"2026-06-30"`
	Of    string `query:"of" enum:"post,all,me" default:"post"`
}

type workLine struct {
	Task        int64   `json:"task"`
	Case        int64   `json:"case"`
	Number      string  `json:"number"`
	Title       string  `json:"title"`
	Applicant   string  `json:"applicant"`
	Status      string  `json:"status"`
	StatusText  string  `json:"status_text"`
	Name        string  `json:"name"`
	Part        string  `json:"part"`
	Agency      string  `json:"agency"`
	Post        string  `json:"post"`
	Assignee    int64   `json:"assignee,omitempty"`
	Opened      string  `json:"opened" format:"date-time"`
	Due         day.Day `json:"due,omitempty"`
	PromisedDue day.Day `json:"promised_due,omitempty"`
	Seen        int64   `json:"seen"`
}

type workOut struct {
	Linked
	Body struct {
		Items []workLine `json:"items"`
		Next  string     `json:"next,omitempty"`
		Total totalView  `json:"total"`
	}
}

// totalView counts a list, up to where counting stops.
type totalView struct {
	N        int  `json:"n"`
	MoreThan bool `json:"more_than"`
}

func worklists(s *server) {
	on(s, spec{id: "listWork", method: http.MethodGet, path: "/worklist", tag: "work", access: staff}, s.listWork)
}

// query is what a reader's worklist is made of.
func (in *workIn) query(a act.Actor) (proceeding.Query, error) {
	q := proceeding.Query{Limit: in.Limit + 1}
	if err := place(in.Cursor, &q.After); err != nil {
		return q, err
	}
	var err error
	if q.Until, err = dayOf("until", in.Until); err != nil {
		return q, err
	}
	switch in.Of {
	case "me":
		q.Given = a.Steads()
	case "all":
		for _, g := range a.Grants {
			q.Places = append(q.Places, proceeding.Place{Agency: g.Agency, Post: g.Role})
		}
	default:
		q.Places = []proceeding.Place{{Agency: a.Agency, Post: a.Post}}
	}
	return q, nil
}

func (s *server) listWork(ctx context.Context, v *visit, in *workIn) (*workOut, error) {
	q, err := in.query(v.actor)
	if err != nil {
		return nil, err
	}
	out := &workOut{}
	out.Body.Items = []workLine{}
	err = s.read(ctx, func(tx *store.Tx) error {
		rows, err := proceeding.Worklist(tx, q)
		if err != nil {
			return err
		}
		if len(rows) > in.Limit {
			rows = rows[:in.Limit]
			last := rows[len(rows)-1]
			out.Body.Next = mark(proceeding.Cursor{Due: last.Due, ID: last.ID})
			out.Link = next("/worklist", url.Values{"until": {in.Until}, "of": {in.Of}}, in.Limit, out.Body.Next)
		}
		for _, r := range rows {
			out.Body.Items = append(out.Body.Items, workLine{
				r.ID, r.Proceeding, r.Number, r.Title, r.Label, r.Status, wording.Text(v.lang, "casework.status."+r.Status), r.Name, r.Part, r.Agency, r.Post,
				r.Assignee, moment(r.Opened), r.Due, r.PromisedDue, r.Seen,
			})
		}
		out.Body.Total.N, out.Body.Total.MoreThan, err = proceeding.Count(tx, q)
		return err
	})
	return out, err
}

// dayOf reads a day of a query; an empty one is the zero day.
func dayOf(name, s string) (day.Day, error) {
	if s == "" {
		return 0, nil
	}
	d, err := day.Parse(s)
	if err != nil {
		return 0, act.WrongFields("api.wrong", []act.Field{{Name: name, Msg: wording.M("api.fault.date")}})
	}
	return d, nil
}
