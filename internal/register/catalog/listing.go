package catalog

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
)

// Listed returns the items in force on a day as entries of ListKind, by code; the
// next page begins after the last entry's code. Of the query's state it asks for
// the day alone.
func Listed(tx *store.Tx, q lists.Query) ([]lists.Entry, error) {
	b := listing(tx, q)
	b.and("s.code > %s", b.arg(q.After))
	limit := q.Limit
	if limit <= 0 {
		limit = 50
	}
	return store.All(tx, scanListed, listedColumns+b.text()+` order by s.code limit `+b.arg(min(limit, lists.MaxPage)), b.args...)
}

// ListedAll goes through all that a query selects, by code, in short readings, so
// that a reader who is slow holds up nothing and no list fills the memory: of each
// version it holds the number alone. What is published meanwhile is not seen.
func ListedAll(ctx context.Context, s *store.Store, q lists.Query) iter.Seq2[lists.Entry, error] {
	return func(yield func(lists.Entry, error) bool) {
		var all []chosen
		err := s.Read(ctx, func(tx *store.Tx) (err error) {
			b := listing(tx, q)
			all, err = store.All(tx, func(r store.Row) (c chosen, err error) {
				err = r.Scan(&c.version, &c.until)
				return c, err
			}, `select s.version, s.until_day`+b.text()+` order by s.code`, b.args...)
			return err
		})
		for part := range slices.Chunk(all, lists.MaxPage) {
			var page []lists.Entry
			if err = s.Read(ctx, func(tx *store.Tx) (err error) { page, err = read(tx, part); return err }); err != nil {
				break
			}
			for _, e := range page {
				if !yield(e, nil) {
					return
				}
			}
		}
		if err != nil {
			yield(lists.Entry{}, err)
		}
	}
}

// chosen is a version that will be read, and its end as it was when it was chosen.
type chosen struct {
	version int64
	until   day.Day
}

// read reads versions in the order in which they were chosen.
func read(tx *store.Tx, part []chosen) ([]lists.Entry, error) {
	b := &statement{}
	b.and("s.home = %s", b.arg(tx.Home()))
	places := make([]string, len(part))
	for i, c := range part {
		places[i] = b.arg(c.version)
	}
	b.and("s.version in (%s)", strings.Join(places, ", "))
	found := make(map[int64]lists.Entry, len(part))
	if err := tx.Each(func(r store.Row) error {
		version := int64(0)
		e, err := scanVersioned(r, &version)
		found[version] = e
		return err
	}, `select s.version, `+strings.TrimPrefix(listedColumns, `select `)+b.text(), b.args...); err != nil {
		return nil, err
	}
	list := make([]lists.Entry, 0, len(part))
	for _, c := range part {
		e, ok := found[c.version]
		if !ok {
			return nil, fmt.Errorf("version %d of an item is gone", c.version)
		}
		e.Span.Until = c.until
		list = append(list, e)
	}
	return list, nil
}

// ListedCount counts the items of a query by agency and type.
func ListedCount(tx *store.Tx, q lists.Query) ([]lists.Counted, error) {
	b := listing(tx, q)
	return store.All(tx, func(r store.Row) (c lists.Counted, err error) {
		err = r.Scan(&c.Agency, &c.Type, &c.Entries)
		return c, err
	}, `select s.agency, s.type, count(*)`+b.text()+` group by s.agency, s.type order by s.agency, s.type`, b.args...)
}

const listedColumns = `select s.item, s.code, s.name, s.type, s.agency, s.aliases, v.region, v.n, s.from_day, s.until_day, v.digest, v.written`

// listing selects the items of a query.
func listing(tx *store.Tx, q lists.Query) *statement {
	if q.At.Day == 0 {
		q.At.Day = tx.Today()
	}
	b := &statement{}
	on := b.arg(q.At.Day)
	b.and("s.home = %s and s.from_day <= %s and (s.until_day = 0 or s.until_day > %s)", b.arg(tx.Home()), on, on)
	if q.Agency != "" {
		b.and("s.agency = %s", b.arg(q.Agency))
	}
	if q.Type != "" {
		b.and("s.type = %s", b.arg(q.Type))
	}
	if q.Region != "" {
		b.and("substr(v.region, 1, %d) = %s", len(q.Region), b.arg(q.Region))
	}
	if s := newSearch(Query{Words: q.Text}); s.whole != "" {
		b.and(`(s.name_text like %s escape '\' or s.code = %s)`, b.arg("%"+literal(s.whole)+"%"), b.arg(s.code))
	}
	return b
}

func (b *statement) text() string {
	return ` from item_search s join item_version v on v.home = s.home and v.id = s.version where ` + strings.Join(b.where, " and ")
}

func scanListed(r store.Row) (lists.Entry, error) { return scanVersioned(r) }

// scanVersioned scans an entry, behind what more is asked for.
func scanVersioned(r store.Row, before ...any) (e lists.Entry, err error) {
	var aliases string
	var written []byte
	if err = r.Scan(append(before, &e.ID, &e.Code, &e.Name, &e.Type, &e.Agency, &aliases, &e.Region, &e.N, &e.Span.From, &e.Span.Until, &e.Digest, &written)...); err != nil {
		return e, err
	}
	e.List = ListKind.Key
	e.Content.Columns = lists.Row{"code": e.Code, "name": e.Name, "type": e.Type, "agency": e.Agency, "from": e.Span.From.String()}
	if aliases != "" {
		e.Content.Columns["aliases"] = strings.ReplaceAll(aliases, "\n", listed)
	}
	if bytes.Contains(written, []byte("source_code")) {
		d, err := readEntry(written)
		if err != nil {
			return e, err
		}
		if d.SourceCode != "" {
			e.Content.Columns["source_code"] = d.SourceCode
		}
	}
	return e, nil
}
