package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
)

// TheList names a kind of list, and the answer that the reader holds.
type TheList struct {
	List  string `path:"list" maxLength:"40" example:"power"`
	Match string `header:"If-None-Match" maxLength:"200"`
}

// AskedOfList asks for a page of a list, as it stands on a day.
type AskedOfList struct {
	Paged
	Q      string `query:"q" maxLength:"200" example:"食品"`
	Agency string `query:"agency" maxLength:"40" example:"scjg"`
	Type   string `query:"type" maxLength:"40" example:"01"`
	Region string `query:"region" maxLength:"12" example:"990124001"`
	On     string `query:"on" format:"date" example:"2026-05-01"`
}

type entriesIn struct {
	TheList
	AskedOfList
}

type entryIn struct {
	TheList
	Code string `path:"code" maxLength:"80" example:"PL-01-001"`
	On   string `query:"on" format:"date" example:"2026-05-01"`
}

// TheEntry names an entry of a list.
type TheEntry struct {
	TheList
	Code string `path:"code" maxLength:"80" example:"PL-01-001"`
}

type versionIn struct {
	TheEntry
	N int `path:"n" minimum:"1" maximum:"1000000" example:"1"`
}

type differencesIn struct {
	TheList
	Paged
	From string `query:"from" required:"true" format:"date" example:"2026-05-01"`
	To   string `query:"until" format:"date" example:"2026-06-01"`
}

type listChangesIn struct {
	List  string `query:"list" maxLength:"40" example:"power"`
	After int64  `query:"after" minimum:"0" example:"0"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"25"`
	Match string `header:"If-None-Match" maxLength:"200"`
}

// listedOut is an answer that may be kept, with the way to the next page.
type listedOut struct {
	Status      int
	ContentType string `header:"Content-Type"`
	ETag        string `header:"ETag"`
	Cache       string `header:"Cache-Control"`
	Link        string `header:"Link"`
	Body        []byte
}

func publicLists(s *server) {
	get := func(id, path string, answer any) spec {
		return spec{id: id, method: http.MethodGet, path: path, tag: "list", access: public, cached: true, answer: answer}
	}
	on(s, get("showLists", "/lists", listsView{}), s.showLists)
	changes := get("listChanges", "/lists/changes", pageOf[listChange]{})
	changes.errors = []int{http.StatusNotFound}
	on(s, changes, s.listChanges)
	on(s, get("showList", "/lists/{list}", listKind{}), s.showList)
	schema := get("showListSchema", "/lists/{list}/schema", node{})
	schema.content = "application/schema+json"
	on(s, schema, s.listSchema)
	on(s, get("listEntries", "/lists/{list}/entries", pageOf[entryView]{}), s.listEntries)
	on(s, get("showEntry", "/lists/{list}/entries/{code}", entryView{}), s.showEntry)
	on(s, get("listVersions", "/lists/{list}/entries/{code}/versions", pageOf[entryView]{}), s.listVersions)
	on(s, get("showVersion", "/lists/{list}/entries/{code}/versions/{n}", entryView{}), s.showVersion)
	on(s, get("compareList", "/lists/{list}/differences", pageOf[DifferenceView]{}), s.compareList)
}

// listed answers from the lists as they stand: the tag is known before anything
// is read, because only a change of a list, of a name or of the day changes it.
func (s *server) listed(ctx context.Context, v *visit, match string, asked any, f func(tx *store.Tx) (body any, link string, err error)) (*listedOut, error) {
	out := &listedOut{Status: http.StatusOK, ContentType: "application/json", Cache: "public, max-age=300"}
	err := s.read(ctx, func(tx *store.Tx) error {
		seq, err := lists.Head(tx)
		if err != nil {
			return err
		}
		epoch, err := s.h.People.Epoch(tx, "place")
		if err != nil {
			return err
		}
		items, err := catalog.Epoch(tx)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(fmt.Appendf(nil, "%s %d %d %d %d %s %T %+v", s.o.Version, seq, items, tx.Today(), epoch, v.lang, asked, asked))
		out.ETag = `"` + hex.EncodeToString(sum[:12]) + `"`
		body, link, err := any(nil), "", error(nil)
		if match == out.ETag {
			out.Status = http.StatusNotModified
			return nil
		}
		if body, link, err = f(tx); err != nil {
			return err
		}
		out.Link = link
		if out.Body, _ = body.([]byte); out.Body == nil {
			out.Body, err = asJSON(body)
		}
		return err
	})
	return out, err
}

// asJSON is a value as JSON, with the signs of markup left as they are.
func asJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return b.Bytes(), err
}

// unlabelled leaves the tag that the reader holds out of what was asked for.
func unlabelled[T any](in *T, match *string) T {
	kept := *match
	*match = ""
	asked := *in
	*match = kept
	return asked
}

// theDay reads a day that the decoder has checked; "" is today.
func theDay(tx *store.Tx, s string) (day.Day, error) {
	if s == "" {
		return tx.Today(), nil
	}
	d, err := day.Parse(s)
	if err != nil {
		return 0, act.Wrong("api.fault.date")
	}
	return d, nil
}

// known refuses a code that no entry can have.
func known(code string) error {
	if store.Text(code) != code {
		return act.Missing("lists.thing.entry")
	}
	return nil
}

func (s *server) showLists(ctx context.Context, v *visit, in *struct {
	Match string `header:"If-None-Match" maxLength:"200"`
}) (*listedOut, error) {
	return s.listed(ctx, v, in.Match, "lists", func(tx *store.Tx) (any, string, error) {
		all, err := lists.Overview(tx, tx.Today())
		out := listsView{Items: []ListLine{}}
		for _, k := range lists.Kinds() {
			out.Items = append(out.Items, lineOfList(k, all[k.Key]))
		}
		return out, "", err
	})
}

func (s *server) showList(ctx context.Context, v *visit, in *TheList) (*listedOut, error) {
	return s.listed(ctx, v, in.Match, "list "+in.List, func(tx *store.Tx) (any, string, error) {
		k, err := lists.KindOf(in.List)
		if err != nil {
			return nil, "", err
		}
		all, err := lists.Overview(tx, tx.Today())
		return kindView(k, all[k.Key]), "", err
	})
}

func (s *server) listSchema(ctx context.Context, v *visit, in *TheList) (*listedOut, error) {
	out, err := s.listed(ctx, v, in.Match, "schema "+in.List, func(*store.Tx) (any, string, error) {
		k, err := lists.KindOf(in.List)
		if err != nil {
			return nil, "", err
		}
		b, err := k.Schema()
		return b, "", err
	})
	out.ContentType = "application/schema+json"
	return out, err
}

func (s *server) listEntries(ctx context.Context, v *visit, in *entriesIn) (*listedOut, error) {
	return s.listed(ctx, v, in.Match, unlabelled(in, &in.Match), func(tx *store.Tx) (any, string, error) {
		return s.entriesOf(tx, in.List, "/lists/"+url.PathEscape(in.List)+"/entries", in.AskedOfList, lists.Page)
	})
}

// entriesOf is a page of a list by code: read is who keeps it, and path where the
// page that follows is.
func (s *server) entriesOf(tx *store.Tx, list, path string, in AskedOfList, read func(*store.Tx, lists.Query) ([]lists.Entry, error)) (body any, link string, err error) {
	on, err := theDay(tx, in.On)
	if err != nil {
		return nil, "", err
	}
	q := lists.Query{List: list, At: lists.Stand{Day: on}, Agency: store.Text(in.Agency), Type: store.Text(in.Type), Region: store.Text(in.Region), Text: store.Text(in.Q), Limit: in.Limit + 1}
	if err := place(in.Cursor, &q.After); err != nil {
		return nil, "", err
	}
	q.After = store.Text(q.After)
	all, err := read(tx, q)
	if err != nil {
		return nil, "", err
	}
	views, err := s.entryViews(tx, on, all)
	out := page(path, url.Values{"q": {in.Q}, "agency": {in.Agency}, "type": {in.Type}, "region": {in.Region}, "on": {in.On}}, in.Paged, views,
		func(e entryView) any { return e.Code })
	return out.Body, out.Link, err
}

func (s *server) showEntry(ctx context.Context, v *visit, in *entryIn) (*listedOut, error) {
	return s.listed(ctx, v, in.Match, unlabelled(in, &in.Match), func(tx *store.Tx) (any, string, error) {
		on, err := theDay(tx, in.On)
		if err == nil {
			err = known(in.Code)
		}
		if err != nil {
			return nil, "", err
		}
		e, err := lists.EntryOn(tx, in.List, in.Code, lists.Stand{Day: on})
		if err != nil {
			return nil, "", err
		}
		views, err := s.entryViews(tx, on, []lists.Entry{e})
		return views[0], "", err
	})
}

func (s *server) listVersions(ctx context.Context, v *visit, in *TheEntry) (*listedOut, error) {
	return s.listed(ctx, v, in.Match, unlabelled(in, &in.Match), func(tx *store.Tx) (any, string, error) {
		views, err := s.versionsOf(tx, in)
		return pageOf[entryView]{Items: views}, "", err
	})
}

func (s *server) showVersion(ctx context.Context, v *visit, in *versionIn) (*listedOut, error) {
	return s.listed(ctx, v, in.Match, unlabelled(in, &in.Match), func(tx *store.Tx) (any, string, error) {
		views, err := s.versionsOf(tx, &in.TheEntry)
		if err != nil {
			return nil, "", err
		}
		i := slices.IndexFunc(views, func(e entryView) bool { return e.N == in.N })
		if i < 0 {
			return nil, "", act.Missing("lists.thing.entry")
		}
		return views[i], "", nil
	})
}

// versionsOf are all versions of an entry, oldest first.
func (s *server) versionsOf(tx *store.Tx, in *TheEntry) ([]entryView, error) {
	if err := known(in.Code); err != nil {
		return nil, err
	}
	all, err := lists.Versions(tx, in.List, in.Code)
	if err != nil {
		return nil, err
	}
	return s.entryViews(tx, tx.Today(), all)
}

func (s *server) compareList(ctx context.Context, v *visit, in *differencesIn) (*listedOut, error) {
	return s.listed(ctx, v, in.Match, unlabelled(in, &in.Match), func(tx *store.Tx) (any, string, error) {
		from, err := theDay(tx, in.From)
		if err != nil {
			return nil, "", err
		}
		to, err := theDay(tx, in.To)
		if err != nil {
			return nil, "", err
		}
		after := ""
		if err := place(in.Cursor, &after); err != nil {
			return nil, "", err
		}
		list, last, err := s.h.Lists.Differences(tx, in.List, lists.Stand{Day: from}, lists.Stand{Day: to}, store.Text(after), in.Limit)
		if err != nil {
			return nil, "", err
		}
		out := pageOf[DifferenceView]{Items: differenceViews(list)}
		if last != "" {
			out.Next = mark(last)
		}
		return out, next("/lists/"+url.PathEscape(in.List)+"/differences", url.Values{"from": {in.From}, "until": {in.To}}, in.Limit, out.Next), nil
	})
}

func (s *server) listChanges(ctx context.Context, v *visit, in *listChangesIn) (*listedOut, error) {
	return s.listed(ctx, v, in.Match, unlabelled(in, &in.Match), func(tx *store.Tx) (any, string, error) {
		if in.List != "" {
			if _, err := lists.KindOf(in.List); err != nil {
				return nil, "", err
			}
		}
		list, err := lists.Since(tx, in.List, in.After, in.Limit+1)
		out, link := pageOf[listChange]{Items: []listChange{}}, ""
		if len(list) > in.Limit {
			list = list[:in.Limit]
			out.Next = fmt.Sprint(list[in.Limit-1].Seq)
			q := url.Values{"after": {out.Next}, "limit": {fmt.Sprint(in.Limit)}}
			if in.List != "" {
				q.Set("list", in.List)
			}
			link = fmt.Sprintf(`<%s/lists/changes?%s>; rel="next"`, Prefix, q.Encode())
		}
		for _, c := range list {
			out.Items = append(out.Items, changeOf(c))
		}
		return out, link, err
	})
}
