package api

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/licence"
	"tongban/internal/rules/day"
	"tongban/internal/rules/seal"
	"tongban/internal/rules/wording"
	"tongban/internal/work/casework"
)

// LicenceLine is a licence in a list.
type LicenceLine struct {
	ID        int64         `json:"id"`
	Number    string        `json:"number"`
	Title     string        `json:"title"`
	Agency    string        `json:"agency"`
	Holder    string        `json:"holder"`
	State     licence.State `json:"state" enum:"valid,suspended,revoked,superseded,future,expired"`
	StateText string        `json:"state_text"`
	Day       day.Day       `json:"day"`
	From      day.Day       `json:"from"`
	Last      day.Day       `json:"last,omitempty"`
	Sample    bool          `json:"sample"`
	Case      int64         `json:"case,omitempty"`
}

type licenceView struct {
	LicenceLine
	Version  int          `json:"version"`
	Code     string       `json:"code"`
	Reason   string       `json:"reason,omitempty"`
	EndedDay day.Day      `json:"ended_day,omitempty"`
	EndedBy  string       `json:"ended_by,omitempty"`
	Document documentView `json:"document"`
}

// checkView is what anybody who has a code sees.
type checkView struct {
	Kind       string        `json:"kind" enum:"licence,paper"`
	Real       bool          `json:"real"`
	Faults     []string      `json:"faults,omitempty"`
	State      licence.State `json:"state,omitempty"`
	StateText  string        `json:"state_text,omitempty"`
	Number     string        `json:"number"`
	Title      string        `json:"title"`
	Holder     string        `json:"holder,omitempty"`
	Fields     []seal.Field  `json:"fields,omitempty"`
	Agency     string        `json:"agency"`
	AgencyName string        `json:"agency_name,omitempty"`
	Day        day.Day       `json:"day"`
	From       day.Day       `json:"from,omitempty"`
	Last       day.Day       `json:"last,omitempty"`
	Sample     bool          `json:"sample"`
	EndedDay   day.Day       `json:"ended_day,omitempty"`
	EndedBy    string        `json:"ended_by,omitempty"`
	Newer      string        `json:"newer,omitempty"`
}

type theLicence struct {
	Licence int64 `path:"licence" example:"6001"`
	Stated
}

type licencesIn struct {
	Paged
	Holder int64 `query:"holder"`
}

type theCode struct {
	Code string `path:"code" maxLength:"100" example:"ABCDEFGHJKLMNPQR"`
}

type grantsIn struct {
	Paged
	Agency string `query:"agency" maxLength:"40" example:"scjg"`
}

func licences(s *server) {
	on(s, spec{id: "listLicences", method: http.MethodGet, path: "/licences", tag: "licence"}, s.listLicences)
	on(s, spec{id: "showLicence", method: http.MethodGet, path: "/licences/{licence}", tag: "licence"}, s.showLicence)
	on(s, spec{id: "printLicence", method: http.MethodGet, path: "/licences/{licence}/pdf", tag: "licence", content: "application/pdf"}, s.printLicence)
	on(s, spec{id: "downloadLicence", method: http.MethodGet, path: "/licences/{licence}/file", tag: "licence", content: "text/plain"}, s.downloadLicence)
	on(s, spec{id: "check", method: http.MethodGet, path: "/check/{code}", tag: "open", access: public, errors: []int{http.StatusTooManyRequests}}, s.check)
	on(s, spec{id: "listGrants", method: http.MethodGet, path: "/grants", tag: "open", access: public}, s.grants)
}

func (s *server) lineOfLicence(l *licence.Licence, lang wording.Lang) LicenceLine {
	state := l.State(s.h.Store.Now().Day())
	return LicenceLine{l.ID, l.Number, l.Title, l.Agency, l.Label, state, state.Label().In(lang), l.Day, l.Span.From, l.Last(), l.Sample, l.Proceeding}
}

func (s *server) listLicences(ctx context.Context, v *visit, in *licencesIn) (*pageOut[LicenceLine], error) {
	var at before
	if err := place(in.Cursor, &at); err != nil {
		return nil, err
	}
	list, err := s.h.Office.LicencesOf(ctx, v.actor, in.Holder, at.ID, in.Limit+1)
	var lines []LicenceLine
	for _, l := range list {
		lines = append(lines, s.lineOfLicence(l, v.lang))
	}
	q := url.Values{}
	if in.Holder != 0 {
		q.Set("holder", strconv.FormatInt(in.Holder, 10))
	}
	return page("/licences", q, in.Paged, lines, func(l LicenceLine) any { return before{l.ID} }), err
}

func (s *server) open(ctx context.Context, v *visit, in *theLicence) (licence.Shown, error) {
	return s.h.Office.OpenLicence(ctx, v.actor, in.Licence, v.why(in.Stated))
}

func (s *server) showLicence(ctx context.Context, v *visit, in *theLicence) (*bodyOf[licenceView], error) {
	l, err := s.open(ctx, v, in)
	return &bodyOf[licenceView]{licenceView{s.lineOfLicence(&l.Licence, v.lang), l.Version, l.Code, l.Reason, l.EndedDay, l.EndedBy, documentOf(l.Document)}}, err
}

func (s *server) printLicence(ctx context.Context, v *visit, in *theLicence) (*download, error) {
	if s.o.Printer == nil {
		return nil, noPrinter()
	}
	l, err := s.open(ctx, v, in)
	if err != nil {
		return nil, err
	}
	b, err := licence.PDF(s.o.Printer, l)
	return &download{"application/pdf", attached("licence-" + l.Number + ".pdf"), b}, err
}

func (s *server) downloadLicence(ctx context.Context, v *visit, in *theLicence) (*download, error) {
	l, err := s.open(ctx, v, in)
	if err != nil {
		return nil, err
	}
	return sealedFile(l.Sealed, "licence-"+l.Number)
}

// check answers a code of a licence or of a paper.
func (s *server) check(ctx context.Context, v *visit, in *theCode) (*bodyOf[checkView], error) {
	if err := s.guards.pass(v.source); err != nil {
		return nil, err
	}
	out := &bodyOf[checkView]{}
	err := s.read(ctx, func(tx *store.Tx) error {
		l, err := s.h.Licences.Verify(tx, in.Code)
		if err == nil {
			out.Body = checkView{
				Kind: "licence", Real: l.Real, Faults: texts(l.Faults, v.lang), State: l.State, StateText: l.State.Label().In(v.lang), Number: l.Number, Title: l.Title,
				Holder: l.Holder, Fields: l.Fields, Agency: l.AgencyKey, AgencyName: l.Agency, Day: l.Day, From: l.From, Last: l.Last, Sample: l.Sample,
				EndedDay: l.EndedDay, EndedBy: l.EndedBy, Newer: l.Newer,
			}
			return nil
		}
		if act.KindOf(err) != act.NotFound {
			return err
		}
		p, err := s.h.Papers.Check(tx, in.Code)
		if err != nil {
			return err
		}
		out.Body = checkView{Kind: "paper", Real: p.Real, Faults: texts(p.Faults, v.lang), Number: p.Number, Title: p.Title, Agency: p.Agency, Day: p.Day, Sample: p.Sample}
		out.Body.AgencyName, err = s.h.People.AgencyName(tx, p.Agency, p.Day)
		return err
	})
	return out, s.guards.missed(v.source, err)
}

func texts(list []wording.Message, lang wording.Lang) []string {
	var out []string
	for _, m := range list {
		out = append(out, m.In(lang))
	}
	return out
}

func (s *server) grants(ctx context.Context, _ *visit, in *grantsIn) (*pageOut[casework.Grant], error) {
	var at proceeding.Cursor
	if err := place(in.Cursor, &at); err != nil {
		return nil, err
	}
	in.Limit = min(in.Limit, 99) // the register shows a hundred at most
	var list []casework.Grant
	err := s.read(ctx, func(tx *store.Tx) (err error) {
		list, err = casework.Grants(tx, in.Agency, at, in.Limit+1)
		return err
	})
	return page("/grants", url.Values{"agency": {in.Agency}}, in.Paged, list, func(g casework.Grant) any { return proceeding.Cursor{Due: g.Day, ID: g.ID} }), err
}
