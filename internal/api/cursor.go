package api

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"

	"tongban/internal/record/act"
)

// Paged asks for a page of a list.
type Paged struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"25"`
	Cursor string `query:"cursor" maxLength:"500" example:"eyJpIjo0Mn0"`
}

// Linked leads to the next page.
type Linked struct {
	Link string `header:"Link"`
}

// pageOf is a page of a list; Next is "" on the last.
type pageOf[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty"`
}

type pageOut[T any] struct {
	Linked
	Body pageOf[T]
}

// mark writes a place in a list as an opaque cursor.
func mark(at any) string {
	b, _ := json.Marshal(at) // numbers and days only
	return base64.RawURLEncoding.EncodeToString(b)
}

// place reads a cursor; none leaves at as it is.
func place(cursor string, at any) error {
	if cursor == "" {
		return nil
	}
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		err = json.Unmarshal(b, at)
	}
	if err != nil {
		return act.Wrong("api.cursor")
	}
	return nil
}

// page cuts a list that was asked for with one more than fits.
func page[T any](path string, q url.Values, p Paged, list []T, at func(T) any) *pageOut[T] {
	out := &pageOut[T]{Body: pageOf[T]{Items: list}}
	if len(list) > p.Limit {
		out.Body.Items = list[:p.Limit]
		out.Body.Next = mark(at(list[p.Limit-1]))
	}
	if out.Body.Items == nil {
		out.Body.Items = []T{}
	}
	out.Link = next(path, q, p.Limit, out.Body.Next)
	return out
}

// next is the Link header of the page that follows.
func next(path string, q url.Values, limit int, cursor string) string {
	if cursor == "" {
		return ""
	}
	if q == nil {
		q = url.Values{}
	}
	for k, v := range q {
		if v[0] == "" {
			q.Del(k)
		}
	}
	q.Set("limit", fmt.Sprint(limit))
	q.Set("cursor", cursor)
	return fmt.Sprintf(`<%s%s?%s>; rel="next"`, Prefix, path, q.Encode())
}

// pageAfter is a page of a list that is read whole because it is bounded: what
// stands behind the cursor's key. The list is in the order of its keys.
func pageAfter[T any](path string, q url.Values, p Paged, list []T, key func(T) string) (*pageOut[T], error) {
	after := ""
	if err := place(p.Cursor, &after); err != nil {
		return nil, err
	}
	i := 0
	for after != "" && i < len(list) && key(list[i]) <= after {
		i++
	}
	return page(path, q, p, list[i:min(i+p.Limit+1, len(list))], func(x T) any { return key(x) }), nil
}

// pageFrom is pageAfter for a list that has no key: the cursor counts.
func pageFrom[T any](path string, q url.Values, p Paged, list []T) (*pageOut[T], error) {
	n := 0
	if err := place(p.Cursor, &n); err != nil {
		return nil, err
	}
	n = min(max(n, 0), len(list))
	last := min(n+p.Limit, len(list))
	return page(path, q, p, list[n:min(last+1, len(list))], func(T) any { return last }), nil
}
