package api

import (
	"context"
	"fmt"
	"net/http"

	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/day"
)

// ItemVersionLine is a version of an item with the days on which it holds.
type ItemVersionLine struct {
	N        int     `json:"n"`
	Version  int64   `json:"version"`
	Code     string  `json:"code"`
	Name     string  `json:"name"`
	Agency   string  `json:"agency"`
	From     day.Day `json:"from"`
	Until    day.Day `json:"until,omitempty"`
	Complete bool    `json:"complete"`
}

// TheItem names an item, and the answer that the reader holds.
type TheItem struct {
	Item  int64  `path:"item" example:"17"`
	Match string `header:"If-None-Match" maxLength:"200"`
}

// TheItemVersion names a version of an item.
type TheItemVersion struct {
	TheItem
	N int `path:"n" minimum:"1" maximum:"1000000" example:"1"`
}

type listItemsIn struct {
	AskedOfList
	Match string `header:"If-None-Match" maxLength:"200"`
}

// itemVersions adds the list of items, and the versions of one.
func itemVersions(s *server) {
	get := func(id, path string, answer any) spec {
		return spec{id: id, method: http.MethodGet, path: path, tag: "item", access: public, cached: true, answer: answer}
	}
	on(s, get("listItems", "/items/entries", pageOf[entryView]{}), s.listItems)
	schema := get("showItemsSchema", "/items/schema", node{})
	schema.content = "application/schema+json"
	on(s, schema, s.itemsSchema)
	on(s, get("listItemVersions", "/items/{item}/versions", pageOf[ItemVersionLine]{}), s.listItemVersions)
	on(s, get("showItemVersion", "/items/{item}/versions/{n}", guideView{}), s.showItemVersion)
	on(s, get("compareItemVersions", "/items/{item}/versions/{n}/differences", pageOf[fieldDifference]{}), s.compareItemVersions)
}

// canonical is the address of a version, which never changes.
func canonical(v *catalog.Version) string {
	return fmt.Sprintf(`<%s/items/%d/versions/%d>; rel="canonical"`, Prefix, v.Of, v.N)
}

// listItems lists the items as they are taken away, by code.
func (s *server) listItems(ctx context.Context, v *visit, in *listItemsIn) (*listedOut, error) {
	return s.listed(ctx, v, in.Match, unlabelled(in, &in.Match), func(tx *store.Tx) (any, string, error) {
		return s.entriesOf(tx, catalog.ListKind.Key, "/items/entries", in.AskedOfList, catalog.Listed)
	})
}

func (s *server) itemsSchema(ctx context.Context, v *visit, in *struct {
	Match string `header:"If-None-Match" maxLength:"200"`
}) (*listedOut, error) {
	out, err := s.listed(ctx, v, in.Match, "items schema", func(*store.Tx) (any, string, error) {
		b, err := catalog.ListKind.Schema()
		return b, "", err
	})
	out.ContentType = "application/schema+json"
	return out, err
}

func (s *server) listItemVersions(ctx context.Context, v *visit, in *TheItem) (*listedOut, error) {
	return s.listed(ctx, v, in.Match, unlabelled(in, &in.Match), func(tx *store.Tx) (any, string, error) {
		all, err := s.h.Items.Versions(tx, in.Item)
		out := pageOf[ItemVersionLine]{Items: []ItemVersionLine{}}
		for _, x := range all {
			out.Items = append(out.Items, ItemVersionLine{x.N, x.ID, x.Code, x.Name, x.Agency, x.Span.From, x.Span.Until, x.Complete()})
		}
		return out, "", err
	})
}

func (s *server) showItemVersion(ctx context.Context, v *visit, in *TheItemVersion) (*listedOut, error) {
	return s.listed(ctx, v, in.Match, unlabelled(in, &in.Match), func(tx *store.Tx) (any, string, error) {
		item, err := s.h.Items.Numbered(tx, in.Item, in.N)
		if err != nil {
			return nil, "", err
		}
		b, err := s.write(tx, item, "guide", v.lang)
		return b, canonical(item), err
	})
}

// compareItemVersions tells in what a version differs from the one before.
func (s *server) compareItemVersions(ctx context.Context, v *visit, in *TheItemVersion) (*listedOut, error) {
	return s.listed(ctx, v, in.Match, unlabelled(in, &in.Match), func(tx *store.Tx) (any, string, error) {
		is, err := s.h.Items.Numbered(tx, in.Item, in.N)
		out := pageOf[fieldDifference]{Items: []fieldDifference{}}
		if err != nil || in.N == 1 {
			return out, "", err
		}
		was, err := s.h.Items.Numbered(tx, in.Item, in.N-1)
		if err != nil {
			return nil, "", err
		}
		names, err := s.h.Lists.Names(tx, tx.Today())
		for _, f := range catalog.Differences(was, is, names.Agency) {
			out.Items = append(out.Items, fieldDifference{f.Table, f.Key, f.Title, f.Before, f.After})
		}
		return out, "", err
	})
}
