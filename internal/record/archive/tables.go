package archive

import (
	"fmt"
	"slices"
	"strings"

	"tongban/internal/record/store"
)

// derived are the tables that no archive holds: what can be made again from the
// others, what is about this database only, and the content of attachments,
// which the shelf gives. Who adds a table that can be made again names it here;
// a table that the archive could not carry makes a test fail.
var derived = map[string]string{
	"goose_db_version": "the schema's own",
	"restore_mark":     "about this database",
	"lease":            "about processes that run now",
	"item_search":      "made again from item_version",
	"item_gram":        "made again from item_version",
	"item_key":         "made again from item_version",
	"item_key_mark":    "made again from item_version",
	"list_gram":        "made again from list_version",
	"list_gram_mark":   "made again from list_version",
	"law_gram":         "made again from law_article",
	"law_gram_place":   "made again from law_article",
	"law_gram_version": "made again from law_article",
	"file_blob":        "attachments come from the shelf",
	"file_frame":       "attachments come from the shelf",
}

// kind is a type that both engines have.
type kind string

const (
	kindInt   kind = "int"
	kindText  kind = "text"
	kindBytes kind = "bytes"
	kindBool  kind = "bool"
	kindReal  kind = "real"
)

var kinds = map[string]kind{
	"bigint": kindInt, "integer": kindInt, "smallint": kindInt, "int": kindInt,
	"text": kindText, "bytea": kindBytes, "blob": kindBytes, "boolean": kindBool,
	"double precision": kindReal, "real": kindReal,
}

type column struct {
	Name string `json:"name"`
	Kind kind   `json:"kind"`

	key int // place in the primary key, from 1; 0 for none
}

type table struct {
	Name    string   `json:"table"`
	Columns []column `json:"columns"`

	needs []string // tables that its foreign keys point to
}

// selectSQL names every column, in the order of the primary key.
func (t table) selectSQL() string {
	keys := make([]column, 0, len(t.Columns))
	for _, c := range t.Columns {
		if c.key > 0 {
			keys = append(keys, c)
		}
	}
	slices.SortFunc(keys, func(a, b column) int { return a.key - b.key })
	sql := `select ` + names(t.Columns) + ` from ` + quote(t.Name)
	if len(keys) > 0 {
		sql += ` order by ` + names(keys)
	}
	return sql
}

func (t table) insertSQL() string {
	marks := make([]string, len(t.Columns))
	for i := range marks {
		marks[i] = fmt.Sprintf("$%d", i+1)
	}
	return `insert into ` + quote(t.Name) + `(` + names(t.Columns) + `) values(` + strings.Join(marks, ", ") + `)`
}

func names(list []column) string {
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = quote(c.Name)
	}
	return strings.Join(out, ", ")
}

// quote makes an identifier safe: the names in an archive come from a file.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// catalogue reads the tables off the database itself, in an order in which each
// comes after those that it refers to.
func catalogue(tx *store.Tx) ([]table, error) {
	read := sqliteTables
	if tx.Engine() == store.Postgres {
		read = postgresTables
	}
	list, err := read(tx)
	if err != nil {
		return nil, fmt.Errorf("list the tables: %w", err)
	}
	return inOrder(list)
}

// collect puts the rows (table, column, type, place in the key) of a catalogue
// query into tables.
func collect(tx *store.Tx, sql string) ([]*table, error) {
	var list []*table
	err := tx.Each(func(r store.Row) error {
		var name, typ string
		var c column
		if err := r.Scan(&name, &c.Name, &typ, &c.key); err != nil {
			return err
		}
		if _, ok := derived[name]; ok {
			return nil
		}
		c.Kind = kinds[strings.ToLower(typ)]
		if c.Kind == "" {
			return fmt.Errorf("column %s.%s is %s, which the other engine does not have: name the table as derived, or change it", name, c.Name, typ)
		}
		if len(list) == 0 || list[len(list)-1].Name != name {
			list = append(list, &table{Name: name})
		}
		t := list[len(list)-1]
		t.Columns = append(t.Columns, c)
		return nil
	}, sql)
	return list, err
}

// references adds the rows (table, table that it refers to).
func references(tx *store.Tx, list []*table, sql string) ([]*table, error) {
	byName := map[string]*table{}
	for _, t := range list {
		byName[t.Name] = t
	}
	err := tx.Each(func(r store.Row) error {
		var from, to string
		err := r.Scan(&from, &to)
		if t := byName[from]; t != nil {
			t.needs = append(t.needs, to)
		}
		return err
	}, sql)
	return list, err
}

// sqliteTables leaves out virtual tables and the shadow tables that hold them.
func sqliteTables(tx *store.Tx) ([]*table, error) {
	list, err := collect(tx, `select t.name, c.name, c.type, c.pk from pragma_table_list t join pragma_table_xinfo(t.name) c
		where t.schema = 'main' and t.type = 'table' and t.name not like 'sqlite\_%' escape '\' and c.hidden = 0 order by t.name, c.cid`)
	if err != nil {
		return nil, err
	}
	return references(tx, list, `select t.name, f."table" from pragma_table_list t join pragma_foreign_key_list(t.name) f
		where t.schema = 'main' and t.type = 'table' order by t.name, f.id, f.seq`)
}

func postgresTables(tx *store.Tx) ([]*table, error) {
	list, err := collect(tx, `select c.relname::text, a.attname::text, format_type(a.atttypid, null)::text,
		coalesce(array_position(i.indkey::int[], a.attnum::int) - array_lower(i.indkey::int[], 1) + 1, 0)
		from pg_class c join pg_namespace s on s.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
		left join pg_index i on i.indrelid = c.oid and i.indisprimary
		where s.nspname = current_schema() and c.relkind in ('r', 'p') and not c.relispartition
		and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by c.relname collate "C", a.attnum`)
	if err != nil {
		return nil, err
	}
	return references(tx, list, `select c.relname::text, r.relname::text from pg_constraint k join pg_class c on c.oid = k.conrelid
		join pg_class r on r.oid = k.confrelid join pg_namespace s on s.oid = c.relnamespace
		where k.contype = 'f' and s.nspname = current_schema() order by c.relname collate "C", r.relname collate "C"`)
}

// inOrder sorts the tables so that none refers to a later one. Tables that refer
// to each other or to themselves cannot be loaded row by row and are refused.
func inOrder(list []*table) ([]table, error) {
	byName, state := map[string]*table{}, map[string]int{} // 1 being placed, 2 placed
	for _, t := range list {
		byName[t.Name] = t
	}
	var out []table
	var place func(t *table) error
	place = func(t *table) error {
		switch state[t.Name] {
		case 1:
			return fmt.Errorf("table %s refers to itself, perhaps through others", t.Name)
		case 2:
			return nil
		}
		state[t.Name] = 1
		for _, n := range t.needs {
			if to := byName[n]; to != nil {
				if err := place(to); err != nil {
					return err
				}
			}
		}
		state[t.Name] = 2
		out = append(out, *t)
		return nil
	}
	for _, t := range list {
		if err := place(t); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// schemaVersion is the newest migration of the database.
func schemaVersion(tx *store.Tx) (v int64, err error) {
	_, err = tx.Get([]any{&v}, `select coalesce(max(version_id), 0) from goose_db_version`)
	return v, err
}
