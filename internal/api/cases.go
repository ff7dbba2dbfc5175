package api

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
	"tongban/internal/work/casework"
)

// applyBody submits an application: a draft as it was saved, or all at once.
type applyBody struct {
	Draft    int64          `json:"draft,omitempty" example:"42"`
	Item     int64          `json:"item,omitempty" example:"17"`
	Subject  int64          `json:"subject,omitempty" example:"0"`
	Values   map[string]any `json:"values,omitempty"`
	Delivery string         `json:"delivery,omitempty" enum:"window,courier" example:"window"`
	Address  string         `json:"address,omitempty" maxLength:"200"`
	Agent    int64          `json:"agent,omitempty" example:"0"`
	Shown    []string       `json:"shown,omitempty" maxItems:"100"`
}

// applied is what an applicant holds after submitting.
type applied struct {
	Case      int64  `json:"case"`
	Number    string `json:"number"`
	QueryCode string `json:"query_code"`
	Status    string `json:"status"`
	Receipt   int64  `json:"receipt,omitempty"`
}

type appliedOut struct {
	Echoed
	Location string `header:"Location"`
	Body     applied
}

type theCase struct {
	Case int64 `path:"case" example:"1001"`
}

type lookAt struct {
	Case int64 `path:"case" example:"1001"`
	Stated
}

type caseLine struct {
	ID         int64   `json:"id"`
	Number     string  `json:"number"`
	Title      string  `json:"title"`
	Applicant  string  `json:"applicant"`
	Status     string  `json:"status"`
	StatusText string  `json:"status_text"`
	Received   day.Day `json:"received"`
	Due        day.Day `json:"due,omitempty"`
}

type findIn struct {
	Q string `query:"q" required:"true" minLength:"1" maxLength:"60" example:"990124202606010001"`
}

type progressBody struct {
	Number string `json:"number" maxLength:"60" example:"99012420260601000017"`
	Code   string `json:"code" maxLength:"40" example:"ABCD-EFGH-JKLM"`
}

type looked struct {
	At       string `json:"at" format:"date-time"`
	Who      string `json:"who"`
	PostName string `json:"post_name,omitempty"`
	Agency   string `json:"agency,omitempty"`
	Case     int64  `json:"case,omitempty"`
	What     string `json:"what"`
	Why      string `json:"why"`
}

// before is a place in a list that goes by id, newest first.
type before struct {
	ID int64 `json:"i"`
}

func cases(s *server) {
	o := s.h.Office
	example := applyBody{Draft: 42, Delivery: casework.ByWindow}
	for _, x := range []struct {
		id, path, command string
		access            access
		run               func(context.Context, act.Actor, string, casework.ApplyIn) (casework.Done, error)
	}{{"apply", "/cases", "case.apply", signedIn, o.Apply}, {"applyFor", "/window/cases", "case.apply_for", staff, o.ApplyFor}} {
		on(s, spec{id: x.id, method: http.MethodPost, path: x.path, tag: "mine", command: x.command, access: x.access, status: http.StatusCreated, example: example},
			func(ctx context.Context, v *visit, in *keyedBody[applyBody]) (*appliedOut, error) {
				done, err := x.run(ctx, v.actor, in.Key, casework.ApplyIn(in.Body))
				if err != nil {
					return nil, err
				}
				return &appliedOut{Echoed(in.Keyed), located("cases", done.Case), applied{done.Case, done.Number, o.QueryCode(done.Number), done.Status, done.Paper}}, nil
			})
	}
	upload(s, "uploadToCase", "/cases/{id}/files", "mine")
	on(s, spec{id: "listMyCases", method: http.MethodGet, path: "/cases", tag: "mine"}, s.listMine)
	on(s, spec{id: "showCase", method: http.MethodGet, path: "/cases/{case}", tag: "mine"}, s.showCase)
	on(s, spec{id: "findCases", method: http.MethodGet, path: "/cases/find", tag: "work", access: staff}, s.findCases)
	on(s, spec{id: "showProgress", method: http.MethodPost, path: "/progress", tag: "open", access: public,
		errors: []int{http.StatusNotFound, http.StatusTooManyRequests}, example: progressBody{"99012420260601000017", "ABCD-EFGH-JKLM"}}, s.progress)
	on(s, spec{id: "downloadProof", method: http.MethodGet, path: "/cases/{case}/proof", tag: "mine", answer: json.RawMessage{}}, s.proof)
	on(s, spec{id: "listLooks", method: http.MethodGet, path: "/looks", tag: "mine"}, s.looks)
}

func lineOf(f casework.Found, lang wording.Lang) caseLine {
	return caseLine{f.ID, f.Number, f.Title, f.Label, f.Status, wording.Text(lang, "casework.status."+f.Status), f.Received, f.Due}
}

func (s *server) listMine(ctx context.Context, v *visit, in *Paged) (*pageOut[caseLine], error) {
	var at before
	if err := place(in.Cursor, &at); err != nil {
		return nil, err
	}
	list, err := s.h.Office.Mine(ctx, v.actor, at.ID, in.Limit+1)
	var lines []caseLine
	for _, f := range list {
		lines = append(lines, lineOf(f, v.lang))
	}
	return page("/cases", url.Values{}, *in, lines, func(l caseLine) any { return before{l.ID} }), err
}

func (s *server) findCases(ctx context.Context, v *visit, in *findIn) (*bodyOf[listOf[caseLine]], error) {
	list, err := s.h.Office.Find(ctx, v.actor, in.Q)
	out := &bodyOf[listOf[caseLine]]{listOf[caseLine]{[]caseLine{}}}
	for _, f := range list {
		out.Body.Items = append(out.Body.Items, lineOf(f, v.lang))
	}
	return out, err
}

func (s *server) showCase(ctx context.Context, v *visit, in *lookAt) (*bodyOf[caseView], error) {
	c, err := s.h.Office.Look(ctx, v.actor, in.Case, v.why(in.Stated))
	if err != nil {
		return nil, err
	}
	out := &bodyOf[caseView]{viewOf(c, v, v.actor.Who == act.Staff)}
	if c.Personal != nil {
		err = s.read(ctx, func(tx *store.Tx) error {
			out.Body.Files, err = s.filesOf(tx, c.ID)
			return err
		})
	}
	return out, err
}

func (s *server) progress(ctx context.Context, v *visit, in *bodyOf[progressBody]) (*bodyOf[caseView], error) {
	if err := s.guards.pass(v.source); err != nil {
		return nil, err
	}
	c, err := s.h.Office.Progress(ctx, in.Body.Number, in.Body.Code)
	if err != nil {
		return nil, s.guards.missed(v.source, err)
	}
	return &bodyOf[caseView]{viewOf(c, v, false)}, nil
}

// download is a file to be saved.
type download struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func (s *server) proof(ctx context.Context, v *visit, in *theCase) (*download, error) {
	proof, err := s.h.Office.Proof(ctx, v.actor, in.Case)
	if err != nil {
		return nil, err
	}
	b, err := proof.Encode()
	return &download{"application/json", attached("proof.json"), b}, err
}

func attached(name string) string { return `attachment; filename="` + name + `"` }

func (s *server) looks(ctx context.Context, v *visit, _ *struct{}) (*bodyOf[listOf[looked]], error) {
	list, err := s.h.Office.LooksAt(ctx, v.actor)
	out := &bodyOf[listOf[looked]]{listOf[looked]{[]looked{}}}
	for _, l := range list {
		out.Body.Items = append(out.Body.Items, looked{moment(l.At), l.Who, postName(l.Post, v.lang), l.Agency, l.Case, l.What, l.Why})
	}
	return out, err
}
