package api

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"sync"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
	"tongban/internal/rules/draw"
	"tongban/internal/rules/wording"
)

// searchIn asks for items by words, by whom and where.
type searchIn struct {
	Paged
	Q        string `query:"q" maxLength:"200" example:"食品"`
	Who      string `query:"who" enum:"person,legal,agency"`
	Agency   string `query:"agency" maxLength:"40" example:"scjg"`
	Online   bool   `query:"online"`
	Complete bool   `query:"complete"`
}

type itemLine struct {
	ID         int64    `json:"id"`
	Version    int64    `json:"version"`
	Code       string   `json:"code"`
	Name       string   `json:"name"`
	Type       string   `json:"type"`
	Agency     string   `json:"agency"`
	Applicants []string `json:"applicants"`
	Online     bool     `json:"online"`
	Complete   bool     `json:"complete"`
	VariantOf  string   `json:"variant_of,omitempty"`
	Why        string   `json:"why,omitempty"`
}

// familyMember is an item of the same family: the item of which this is a variant
// (业务办理项), or a variant of it, with what differs for whoever applies.
type familyMember struct {
	ID        int64    `json:"id"`
	Code      string   `json:"code"`
	Name      string   `json:"name"`
	Situation string   `json:"situation,omitempty"`
	Differs   []string `json:"differs,omitempty"`
}

// guideView is everything that the guide of an item tells.
type guideView struct {
	ID       int64             `json:"id"`
	Version  int64             `json:"version"`
	N        int               `json:"n"`
	From     day.Day           `json:"from"`
	Until    day.Day           `json:"until,omitempty"`
	Complete bool              `json:"complete"`
	Lacks    []string          `json:"lacks,omitempty"`
	Bodies   map[string]string `json:"bodies"`
	Guide    catalog.Item      `json:"guide"`
	Form     *formView         `json:"form,omitempty"`
	Of       *familyMember     `json:"of_item,omitempty"`
	Variants []familyMember    `json:"variants,omitempty"`
}

// GuideIn names an item, and the answer that the reader holds.
type GuideIn struct {
	Item  int64  `path:"item" example:"17"`
	On    string `query:"on" format:"date" example:"2026-05-01"`
	Match string `header:"If-None-Match" maxLength:"200"`
}

// cachedOut is an answer that may be kept by whoever stands between.
type cachedOut struct {
	Status      int
	ContentType string `header:"Content-Type"`
	ETag        string `header:"ETag"`
	Cache       string `header:"Cache-Control"`
	Vary        string `header:"Vary"`
	Link        string `header:"Link"`
	Body        []byte
}

// guides keeps the written answers of public pages as long as nothing changed of
// what they are made from.
type guides struct {
	state store.Together[state]
	mu    sync.Mutex
	kept  map[guideKey]written
}

// state stands for everything that a guide is made from: any change of an item, a
// list, an agency's name, and each day, give another.
type state struct {
	day                  day.Day
	items, lists, places int64
}

type guideKey struct {
	state
	item int64
	on   day.Day // for which it is asked
	lang wording.Lang
	kind string
}

type written struct {
	body []byte
	etag string
	link string // the version itself
}

const guidesKept = 20_000

func newGuides() *guides { return &guides{kept: map[guideKey]written{}} }

func (g *guides) find(k guideKey) (written, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	w, ok := g.kept[k]
	return w, ok
}

func (g *guides) keep(k guideKey, body []byte, link string) written {
	sum := sha256.Sum256(body)
	w := written{body, `"` + hex.EncodeToString(sum[:12]) + `"`, link}
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.kept) >= guidesKept {
		clear(g.kept)
	}
	g.kept[k] = w
	return w
}

func items(s *server) {
	itemVersions(s)
	on(s, spec{id: "searchItems", method: http.MethodGet, path: "/items", tag: "item", access: public}, s.searchItems)
	on(s, spec{id: "showGuide", method: http.MethodGet, path: "/items/{item}", tag: "item", access: public, cached: true, answer: guideView{}},
		func(ctx context.Context, v *visit, in *GuideIn) (*cachedOut, error) {
			return s.public(ctx, v, in, "guide", "application/json")
		})
	for _, x := range []struct {
		id, path, kind, media string
		answer                any
	}{
		{"showService", "/items/{item}/service.jsonld", "cpsv", linked, node{}},
		{"showFlow", "/items/{item}/flow.bpmn", "bpmn", "application/xml", nil},
		{"drawFlow", "/items/{item}/flow.svg", "svg", "image/svg+xml", nil},
	} {
		on(s, spec{id: x.id, method: http.MethodGet, path: x.path, tag: "item", access: public, cached: true, content: x.media, answer: x.answer},
			func(ctx context.Context, v *visit, in *GuideIn) (*cachedOut, error) {
				return s.public(ctx, v, in, x.kind, x.media)
			})
	}
}

func (s *server) searchItems(ctx context.Context, v *visit, in *searchIn) (*pageOut[itemLine], error) {
	out := &pageOut[itemLine]{Body: pageOf[itemLine]{Items: []itemLine{}}}
	err := s.read(ctx, func(tx *store.Tx) error {
		hits, err := catalog.Search(tx, catalog.Query{
			Words: in.Q, Who: in.Who, Agency: in.Agency, Online: in.Online, Complete: in.Complete, Limit: in.Limit, After: in.Cursor,
		})
		for _, h := range hits.List {
			l := itemLine{h.Item, h.Version, h.Code, h.Name, h.Type, h.Agency, h.Applicants, h.Online, h.Complete, catalog.OfItem(h.Code), ""}
			if !h.Why.IsZero() {
				l.Why = h.Why.In(v.lang)
			}
			if l.Applicants == nil {
				l.Applicants = []string{}
			}
			out.Body.Items = append(out.Body.Items, l)
		}
		out.Body.Next = hits.Next
		return err
	})
	q := url.Values{"q": {in.Q}, "who": {in.Who}, "agency": {in.Agency}}
	for name, yes := range map[string]bool{"online": in.Online, "complete": in.Complete} {
		if yes {
			q.Set(name, "true")
		}
	}
	out.Link = next("/items", q, in.Limit, out.Body.Next)
	return out, err
}

// public answers a guide, or a flow, of the version that holds today, or on the day
// that is asked for.
func (s *server) public(ctx context.Context, v *visit, in *GuideIn, kind, media string) (*cachedOut, error) {
	now, err := s.guides.state.Read(ctx, s.h.Store, s.publicState)
	if err != nil {
		return nil, err
	}
	on, err := typedDay(in.On)
	if err != nil {
		return nil, err
	}
	k := guideKey{now, in.Item, cmp.Or(on, now.day), v.lang, kind}
	w, known := s.guides.find(k)
	if !known {
		if err := s.read(ctx, func(tx *store.Tx) error {
			item, err := s.h.Items.InForce(tx, in.Item, k.on)
			if err != nil {
				return err
			}
			body, err := s.write(tx, item, kind, v.lang)
			if err == nil {
				w = s.guides.keep(k, body, canonical(item))
			}
			return err
		}); err != nil {
			return nil, err
		}
	}
	out := &cachedOut{Status: http.StatusOK, ContentType: media, ETag: w.etag, Cache: "public, max-age=300", Vary: "Accept-Language", Link: w.link, Body: w.body}
	if in.Match == w.etag {
		out.Status, out.Body = http.StatusNotModified, nil
	}
	return out, nil
}

// publicState reads what state public answers are to be in. What is then kept
// under it can only be newer than it says.
func (s *server) publicState(tx *store.Tx) (now state, err error) {
	now.day = tx.Today()
	if now.items, err = catalog.Epoch(tx); err != nil {
		return now, err
	}
	if now.lists, err = lists.Head(tx); err != nil {
		return now, err
	}
	now.places, err = s.h.People.Epoch(tx, "place")
	return now, err
}

func (s *server) write(tx *store.Tx, item *catalog.Version, kind string, lang wording.Lang) ([]byte, error) {
	if (kind == "bpmn" || kind == "svg") && item.Flow == nil {
		return nil, act.Missing("api.flow")
	}
	switch kind {
	case "bpmn":
		return item.FlowXML, nil
	case "cpsv":
		return s.cpsv(tx, item)
	case "svg":
		return draw.SVG(item.Flow, draw.Options{Lang: lang, Name: item.Name, Phrase: item.Env().Phrase}), nil
	}
	g := guideView{ID: item.Of, Version: item.ID, N: item.N, From: item.Span.From, Until: item.Span.Until, Complete: item.Complete(), Guide: item.Written,
		Lacks: texts(item.Missing(), lang), Bodies: map[string]string{}}
	g.Guide.InForce = catalog.Force{From: item.Span.From, Until: item.Span.Until}
	if g.Guide.Applicants == nil { // of an item known by name only
		g.Guide.Applicants = []string{}
	}
	for _, key := range append([]string{item.Agency}, values(item.Roles)...) {
		name, err := s.h.People.AgencyName(tx, key, tx.Today())
		if err != nil {
			return nil, err
		}
		g.Bodies[key] = name
	}
	if item.Form != nil {
		g.Form = formOf(item.Form, lang)
	}
	if err := s.family(tx, item, &g, lang); err != nil {
		return nil, err
	}
	return asJSON(g)
}

// family adds the item of which an item is a variant, or its variants.
func (s *server) family(tx *store.Tx, item *catalog.Version, g *guideView, lang wording.Lang) error {
	all, err := s.h.Items.Family(tx, item.Code, tx.Today())
	for i, x := range all {
		k := familyMember{x.Of, x.Code, x.Name, situation(x.Version, lang), texts(x.Differs, lang)}
		switch {
		case i == 0 && x.Of != item.Of:
			g.Of = &k
		case i > 0 && all[0].Of == item.Of:
			g.Variants = append(g.Variants, k)
		}
	}
	return err
}

// situation is the one that an item of a family is for.
func situation(v *catalog.Version, lang wording.Lang) string {
	if lang == wording.EN && v.SituationEN != "" {
		return v.SituationEN
	}
	return v.Situation
}

func values(m map[string]string) []string {
	var list []string
	for _, v := range m {
		list = append(list, v)
	}
	return list
}
