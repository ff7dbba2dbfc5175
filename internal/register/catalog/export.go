package catalog

import (
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// ExportFolder gives a version back as the files of its folder, by name, word
// for word as they were read. An item known by name only has item.yaml alone.
func ExportFolder(v *Version) map[string][]byte {
	files := map[string][]byte{itemFile: v.itemYAML}
	if v.Complete() {
		files[flowFile], files[formFile] = v.FlowXML, v.formJSON
	}
	return files
}

// Reindex makes everything a search needs again from the versions themselves:
// after a restore, which does not carry what can be derived.
func Reindex(tx *store.Tx) error {
	type stored struct {
		id, item int64
		span     day.Span
		complete bool
		written  []byte
	}
	all, err := store.All(tx, func(r store.Row) (s stored, err error) {
		err = r.Scan(&s.id, &s.item, &s.span.From, &s.span.Until, &s.complete, &s.written)
		return s, err
	}, `select id, item, from_day, until_day, complete, written from item_version where home = $1 order by id`, tx.Home())
	if err != nil {
		return err
	}
	tx.Put(`delete from item_search where home = $1`, tx.Home())
	if tx.Engine() == store.SQLite {
		tx.Put(`insert into item_gram(item_gram) values('delete-all')`)
	} else {
		tx.Put(`delete from item_gram where home = $1`, tx.Home())
	}
	for _, s := range all {
		d, err := readEntry(s.written)
		if err != nil {
			return err
		}
		putSearch(tx, s.id, s.item, &d.Item, s.span, s.complete)
	}
	return nil
}
