package api

import (
	"context"
	"net/http"
	"net/url"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/work/object"
)

// objectionBody is an objection to an entry of a list, or to an item's guide.
type objectionBody struct {
	List    string `json:"list" maxLength:"64" example:"hall"`
	Code    string `json:"code" maxLength:"100" example:"A-001"`
	Words   string `json:"words" maxLength:"4000" example:"依据已经废止"`
	Name    string `json:"name,omitempty" maxLength:"200" example:"某甲"`
	Contact string `json:"contact,omitempty" maxLength:"400" example:"0999-5550000"`
}

type objectionFiled struct {
	Number    string  `json:"number" example:"990124-Y260309-000123"`
	QueryCode string  `json:"query_code" example:"ABCDEFGHJK"`
	Until     day.Day `json:"until"`
}

// ObjectionAnswer is what the public reads of an objection, and who made it with
// number and query code.
type ObjectionAnswer struct {
	Number   string  `json:"number,omitempty" example:"990124-Y260309-000123"`
	List     string  `json:"list" example:"hall"`
	Code     string  `json:"code" example:"A-001"`
	Name     string  `json:"name" example:"某项许可"`
	Filed    day.Day `json:"filed"`
	State    string  `json:"state" enum:"open,overdue,answered"`
	Due      day.Day `json:"due"`
	Shown    string  `json:"shown,omitempty"`
	Outcome  string  `json:"outcome" enum:",mended,kept"`
	Answer   string  `json:"answer,omitempty"`
	Level    string  `json:"level" enum:",agency,county"`
	Answered day.Day `json:"answered,omitzero"`
	Document string  `json:"document,omitempty"`
	Mending  int     `json:"mending,omitempty"`

	id int64
}

// ObjectionLine is an objection for those who answer.
type ObjectionLine struct {
	ID     int64   `json:"id" example:"1001"`
	Agency string  `json:"agency" example:"scjg"`
	Until  day.Day `json:"until"`
	Second day.Day `json:"second"`
	Late   bool    `json:"late"`
	ObjectionAnswer
}

type objectionView struct {
	ObjectionLine
	Words string `json:"words"`
}

type objectionWho struct {
	Name    string `json:"name"`
	Contact string `json:"contact"`
}

type objectionCounts struct {
	Agency  string `json:"agency" example:"scjg"`
	Open    int    `json:"open"`
	Overdue int    `json:"overdue"`
	Mended  int    `json:"mended"`
	Kept    int    `json:"kept"`
	Late    int    `json:"late"`
}

type objectionReply struct {
	Outcome  string `json:"outcome" enum:"mended,kept" example:"kept"`
	Document string `json:"document,omitempty" maxLength:"100" example:"云政发〔2026〕9号"`
	Reason   string `json:"reason" maxLength:"4000" example:"依据仍然有效"`
	Shown    string `json:"shown" maxLength:"4000" example:"依据已经废止"`
}

// TheObjection names an objection.
type TheObjection struct {
	Objection int64 `path:"objection" example:"1001"`
}

type objectedIn struct {
	List string `query:"list" required:"true" maxLength:"64" example:"hall"`
	Code string `query:"code" required:"true" maxLength:"100" example:"A-001"`
	Paged
}

type objectionsIn struct {
	Agency string `query:"agency" maxLength:"40" example:"scjg"`
	State  string `query:"state" enum:"open,overdue,answered"`
	Paged
}

type whoIn struct {
	TheObjection
	Keyed
}

type replyIn struct {
	TheObjection
	Keyed
	Body objectionReply
}

func objections(s *server) {
	on(s, spec{id: "fileObjection", method: http.MethodPost, path: "/objections", tag: "list", command: object.CommandFile.Name, access: public,
		errors: []int{http.StatusForbidden}, example: objectionBody{"hall", "A-001", "依据已经废止", "", ""}}, s.fileObjection)
	on(s, spec{id: "showObjectionProgress", method: http.MethodPost, path: "/objections/progress", tag: "list", access: public,
		errors: []int{http.StatusNotFound, http.StatusTooManyRequests}, example: progressBody{"990124-Y260309-000123", "ABCD-EFGH-JK"}}, s.objectionProgress)
	on(s, spec{id: "listObjectionAnswers", method: http.MethodGet, path: "/objections/answers", tag: "list", access: public}, s.objectionAnswers)
	on(s, spec{id: "listObjections", method: http.MethodGet, path: "/objections", tag: "list", access: staff}, s.listObjections)
	on(s, spec{id: "countObjections", method: http.MethodGet, path: "/objections/counts", tag: "list", access: staff}, s.countObjections)
	on(s, spec{id: "showObjection", method: http.MethodGet, path: "/objections/{objection}", tag: "list", access: staff}, s.showObjection)
	on(s, spec{id: "openObjection", method: http.MethodPost, path: "/objections/{objection}/who", tag: "list", command: object.CommandOpen.Name, access: staff}, s.openObjection)
	on(s, spec{id: "answerObjection", method: http.MethodPost, path: "/objections/{objection}/answer", tag: "list", command: object.CommandAnswer.Name, access: staff,
		example: objectionReply{object.Kept, "", "依据仍然有效", "依据已经废止"}}, s.answerObjection)
}

func answerOf(x *object.Objection, today day.Day) ObjectionAnswer {
	a := ObjectionAnswer{List: x.List, Code: x.Code, Name: x.Name, Filed: x.Filed.Day(), State: string(x.StateOn(today)), Due: x.Due(today), Shown: x.Shown,
		Outcome: x.Outcome, Answer: x.Answer, Level: x.Level, Document: x.Document, Mending: x.Mending, id: x.ID}
	if x.Outcome != "" {
		a.Answered = x.AnsweredAt.Day()
	}
	return a
}

func objectionLineOf(x *object.Objection, today day.Day) ObjectionLine {
	l := ObjectionLine{x.ID, x.Agency, x.Until, x.Second, x.Late(today), answerOf(x, today)}
	l.Number = x.Number
	return l
}

func (s *server) fileObjection(ctx context.Context, v *visit, in *keyedBody[objectionBody]) (*echoedBody[objectionFiled], error) {
	b, key := in.Body, in.Key
	if v.actor.Person == 0 && key != "" {
		key = v.source + " " + key // of all who are nobody, each place has its own keys
	}
	done, err := s.h.Object.File(ctx, v.actor, key, object.New{List: b.List, Code: b.Code, Source: v.source, Said: object.Said{Name: b.Name, Contact: b.Contact, Words: b.Words}})
	return &echoedBody[objectionFiled]{Echoed(in.Keyed), objectionFiled{done.Number, done.Code, done.Until}}, err
}

func (s *server) objectionProgress(ctx context.Context, v *visit, in *bodyOf[progressBody]) (*bodyOf[ObjectionAnswer], error) {
	if err := s.guards.pass(v.source); err != nil {
		return nil, err
	}
	x, err := s.h.Object.Progress(ctx, in.Body.Number, in.Body.Code)
	if err != nil {
		return nil, s.guards.missed(v.source, err)
	}
	out := &bodyOf[ObjectionAnswer]{answerOf(&x, s.h.Store.Now().Day())}
	out.Body.Number = x.Number
	return out, nil
}

func (s *server) objectionAnswers(ctx context.Context, _ *visit, in *objectedIn) (*pageOut[ObjectionAnswer], error) {
	var at before
	if err := place(in.Cursor, &at); err != nil {
		return nil, err
	}
	var list []ObjectionAnswer
	err := s.read(ctx, func(tx *store.Tx) error {
		all, err := object.Published(tx, store.Text(in.List), store.Text(in.Code), at.ID, in.Limit+1)
		for i := range all {
			list = append(list, answerOf(&all[i], tx.Today()))
		}
		return err
	})
	return page("/objections/answers", url.Values{"list": {in.List}, "code": {in.Code}}, in.Paged, list, func(a ObjectionAnswer) any { return before{a.id} }), err
}

// answering is the agency whose objections a reader answers, "" for all of the area;
// who answers none is refused.
func (s *server) answering(tx *store.Tx, v *visit) (agency string, err error) {
	may := func(agency string) error {
		return s.h.Runner.Rights.Authorise(tx, v.actor, object.CommandAnswer.Right, act.Scope{Agency: agency, Region: s.h.Office.Region})
	}
	if err = may(""); act.KindOf(err) != act.Refused {
		return "", err
	}
	return v.actor.Agency, may(v.actor.Agency)
}

func (s *server) listObjections(ctx context.Context, v *visit, in *objectionsIn) (*pageOut[ObjectionLine], error) {
	var at before
	if err := place(in.Cursor, &at); err != nil {
		return nil, err
	}
	var list []ObjectionLine
	err := s.read(ctx, func(tx *store.Tx) error {
		only, err := s.answering(tx, v)
		if err != nil {
			return err
		}
		q := object.Query{Agency: store.Text(in.Agency), State: object.State(in.State), Before: at.ID, Limit: in.Limit + 1}
		if only != "" {
			q.Agency = only
		}
		all, err := object.Page(tx, q)
		for i := range all {
			list = append(list, objectionLineOf(&all[i], tx.Today()))
		}
		return err
	})
	return page("/objections", url.Values{"agency": {in.Agency}, "state": {in.State}}, in.Paged, list, func(l ObjectionLine) any { return before{l.ID} }), err
}

func (s *server) countObjections(ctx context.Context, v *visit, _ *struct{}) (*bodyOf[listOf[objectionCounts]], error) {
	out := &bodyOf[listOf[objectionCounts]]{listOf[objectionCounts]{[]objectionCounts{}}}
	err := s.read(ctx, func(tx *store.Tx) error {
		only, err := s.answering(tx, v)
		if err != nil {
			return err
		}
		all, err := object.Count(tx, only)
		for _, c := range all {
			out.Body.Items = append(out.Body.Items, objectionCounts(c))
		}
		return err
	})
	return out, err
}

// showObjection shows an objection with what was said, without who said it.
func (s *server) showObjection(ctx context.Context, v *visit, in *TheObjection) (*bodyOf[objectionView], error) {
	out := &bodyOf[objectionView]{}
	err := s.read(ctx, func(tx *store.Tx) error {
		only, err := s.answering(tx, v)
		if err != nil {
			return err
		}
		x, err := object.ByID(tx, in.Objection)
		if err == nil && only != "" && x.Agency != only {
			err = act.Missing("object.thing.objection")
		}
		if err != nil {
			return err
		}
		out.Body.ObjectionLine = objectionLineOf(&x, tx.Today())
		out.Body.Words, err = s.h.Object.Words(tx, &x)
		return err
	})
	return out, err
}

func (s *server) openObjection(ctx context.Context, v *visit, in *whoIn) (*echoedBody[objectionWho], error) {
	said, err := s.h.Object.Read(ctx, v.actor, in.Key, in.Objection)
	return &echoedBody[objectionWho]{Echoed(in.Keyed), objectionWho{said.Name, said.Contact}}, err
}

func (s *server) answerObjection(ctx context.Context, v *visit, in *replyIn) (*Echoed, error) {
	b := in.Body
	err := s.h.Object.Answer(ctx, v.actor, in.Key, object.Reply{ID: in.Objection, Outcome: b.Outcome, Document: b.Document, Reason: b.Reason, Shown: b.Shown})
	return &Echoed{in.Key}, err
}
