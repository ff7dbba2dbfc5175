package api

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/register/received"
	"tongban/internal/rules/day"
)

// maxPortion bounds the portion that a lower body sends, in bytes: an entry with
// long tables may be larger than any form.
const maxPortion = 8 << 20

// TheBody names a lower body by its region.
type TheBody struct {
	Region string `path:"region" maxLength:"12" example:"990124"`
}

// TheLowerList names a list of a lower body.
type TheLowerList struct {
	TheBody
	List string `path:"list" maxLength:"40" example:"power"`
}

type lowerEntriesIn struct {
	TheLowerList
	Paged
	Q  string `query:"q" maxLength:"200" example:"食品"`
	On string `query:"on" format:"date" example:"2026-05-01"`
}

type lowerVersionsIn struct {
	TheLowerList
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"200"`
	Cursor string `query:"cursor" maxLength:"500" example:"eyJjIjoiUEwtMDEifQ"`
}

type lowerEntryIn struct {
	TheLowerList
	Code string `path:"code" maxLength:"200" example:"PL-01-001"`
}

type portionIn struct {
	TheBody
	Body received.Portion
}

// LowerBody is a body below this portal's level.
type LowerBody struct {
	Region   string `json:"region" example:"990124"`
	Name     string `json:"name" example:"云禾县"`
	Received string `json:"received,omitempty" format:"date-time"`
}

// lowerBodyLists is a lower body with its lists.
type lowerBodyLists struct {
	LowerBody
	Lists []lowerList `json:"lists" nullable:"false"`
}

// lowerList is a list of a lower body: what of it holds today, and all versions.
type lowerList struct {
	List     string `json:"list" example:"power"`
	Name     string `json:"name"`
	Entries  int    `json:"entries"`
	Versions int    `json:"versions"`
}

// lowerEntry is a version with all that it says.
type lowerEntry struct {
	received.Held
	List       string         `json:"list"`
	AgencyName string         `json:"agency_name,omitempty"`
	Region     string         `json:"region"`
	Link       string         `json:"link"`
	Received   string         `json:"received" format:"date-time"`
	Content    map[string]any `json:"content"`
}

// lower adds what is received from lower bodies. Reading is for everybody: it was
// public where it came from.
func lower(s *server) {
	get := func(id, path string) spec {
		return spec{id: id, method: http.MethodGet, path: path, tag: "list", access: public}
	}
	on(s, get("listLower", "/lower"), s.listLower)
	on(s, get("showLower", "/lower/{region}"), s.showLower)
	on(s, get("listLowerEntries", "/lower/{region}/lists/{list}/entries"), s.lowerEntries)
	on(s, get("showLowerEntry", "/lower/{region}/lists/{list}/entries/{code}"), s.lowerEntry)
	on(s, get("listLowerVersions", "/lower/{region}/lists/{list}/versions"), s.lowerVersions)
	on(s, spec{id: "receivePublished", method: http.MethodPost, path: "/lower/{region}/portions", tag: "list", command: received.CommandReceive.Name, access: system, most: maxPortion,
		example: examplePortion()}, s.receive)
}

// examplePortion is a portion that would be taken.
func examplePortion() received.Portion {
	return received.Portion{Format: received.Format, Entries: []received.Row{{List: "power", Code: "PL-01-001", N: 1, From: day.Of(2026, 5, 1), Region: "990124",
		Link: "https://yunhe.example/lists/power/PL-01-001/v1", Digest: "d2a28eaa5e5e6a59ad5a8f29b9fc0ae0be2bb8ca4f01e8b87d8a2f6c4f5a3c11", Names: map[string]string{"scjg": "云禾县市场监督管理局"},
		Content: map[string]any{"code": "PL-01-001", "name": "食品经营许可", "agency": "scjg"}}}, Gone: []received.Gone{}}
}

// receive takes a portion of the body whose key came with it.
func (s *server) receive(ctx context.Context, v *visit, in *portionIn) (*bodyOf[received.Done], error) {
	if in.Region != v.body.Region {
		return nil, act.Refuse("received.other", "region", v.body.Region)
	}
	done, err := s.h.Received.Receive(ctx, in.Region, in.Body)
	return &bodyOf[received.Done]{done}, err
}

// admitBody finds the lower body whose key a request brings.
func (s *server) admitBody(r *http.Request, v *visit) error {
	scheme, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "bearer") {
		key = ""
	}
	return s.read(r.Context(), func(tx *store.Tx) (err error) {
		v.body, err = s.h.Received.BodyWith(tx, strings.TrimSpace(key))
		return err
	})
}

func bodyLine(b received.Body) LowerBody {
	out := LowerBody{Region: b.Region, Name: b.Name}
	if b.Received != 0 {
		out.Received = moment(b.Received)
	}
	return out
}

func (s *server) listLower(ctx context.Context, _ *visit, in *Paged) (*pageOut[LowerBody], error) {
	var list []LowerBody
	if err := s.read(ctx, func(tx *store.Tx) error {
		all, err := received.Bodies(tx)
		for _, b := range all {
			list = append(list, bodyLine(b))
		}
		return err
	}); err != nil {
		return nil, err
	}
	return pageAfter("/lower", nil, *in, list, func(b LowerBody) string { return b.Region })
}

func (s *server) showLower(ctx context.Context, v *visit, in *TheBody) (*bodyOf[lowerBodyLists], error) {
	out := &bodyOf[lowerBodyLists]{lowerBodyLists{Lists: []lowerList{}}}
	err := s.read(ctx, func(tx *store.Tx) error {
		b, err := received.BodyOf(tx, store.Text(in.Region))
		if err != nil {
			return err
		}
		out.Body.LowerBody = bodyLine(b)
		held, err := received.Lists(tx, b.Region, tx.Today())
		for _, l := range held {
			line := lowerList{l.List, l.List, l.Entries, l.Versions}
			if k, err := lists.KindOf(l.List); err == nil {
				line.Name = k.Label(v.lang)
			}
			out.Body.Lists = append(out.Body.Lists, line)
		}
		return err
	})
	return out, err
}

func entryLine(e *received.Entry) lowerEntry {
	return lowerEntry{e.Held(), e.List, e.Agency(), e.Region, e.Link, moment(e.At), flat(e.Content)}
}

// below reads something of a body that is there.
func (s *server) below(ctx context.Context, region string, f func(tx *store.Tx) ([]received.Entry, error)) (list []received.Entry, err error) {
	err = s.read(ctx, func(tx *store.Tx) error {
		if _, err := received.BodyOf(tx, store.Text(region)); err != nil {
			return err
		}
		list, err = f(tx)
		return err
	})
	return list, err
}

func (s *server) lowerEntries(ctx context.Context, _ *visit, in *lowerEntriesIn) (*pageOut[lowerEntry], error) {
	q := received.Query{Region: in.Region, List: store.Text(in.List), Text: store.Text(in.Q), Limit: in.Limit + 1}
	if err := place(in.Cursor, &q.After); err != nil {
		return nil, err
	}
	q.After = store.Text(q.After)
	all, err := s.below(ctx, in.Region, func(tx *store.Tx) (_ []received.Entry, err error) {
		if q.On, err = theDay(tx, in.On); err != nil {
			return nil, err
		}
		return received.Page(tx, q)
	})
	if err != nil {
		return nil, err
	}
	list := make([]lowerEntry, len(all))
	for i := range all {
		list[i] = entryLine(&all[i])
	}
	return page(in.path("entries"), url.Values{"q": {in.Q}, "on": {in.On}}, in.Paged, list, func(e lowerEntry) any { return e.Code }), nil
}

// path is an address below the list's.
func (in TheLowerList) path(rest string) string {
	return "/lower/" + url.PathEscape(in.Region) + "/lists/" + url.PathEscape(in.List) + "/" + rest
}

// lowerVersions lists all versions of a list by digest, for whoever compares.
func (s *server) lowerVersions(ctx context.Context, _ *visit, in *lowerVersionsIn) (*pageOut[received.Held], error) {
	var after received.Place
	if err := place(in.Cursor, &after); err != nil {
		return nil, err
	}
	after.Code = store.Text(after.Code)
	all, err := s.below(ctx, in.Region, func(tx *store.Tx) ([]received.Entry, error) {
		return received.Versions(tx, in.Region, store.Text(in.List), after, in.Limit+1)
	})
	if err != nil {
		return nil, err
	}
	list := make([]received.Held, len(all))
	for i := range all {
		list[i] = all[i].Held()
	}
	return page(in.path("versions"), nil, Paged{Limit: in.Limit, Cursor: in.Cursor}, list, func(x received.Held) any { return received.Place{Code: x.Code, N: x.N} }), nil
}

// lowerEntry lists the versions of an entry, the oldest first.
func (s *server) lowerEntry(ctx context.Context, _ *visit, in *lowerEntryIn) (*bodyOf[listOf[lowerEntry]], error) {
	if err := known(in.Code); err != nil {
		return nil, err
	}
	all, err := s.below(ctx, in.Region, func(tx *store.Tx) ([]received.Entry, error) {
		return received.VersionsOf(tx, in.Region, store.Text(in.List), in.Code)
	})
	out := &bodyOf[listOf[lowerEntry]]{listOf[lowerEntry]{[]lowerEntry{}}}
	for i := range all {
		out.Body.Items = append(out.Body.Items, entryLine(&all[i]))
	}
	return out, err
}
