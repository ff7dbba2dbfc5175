package lists

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"sync"

	"github.com/goccy/go-yaml"

	"tongban/internal/record/act"
	"tongban/internal/rules/wording"
)

// Kind is a kind of list, as its file in kinds says.
type Kind struct {
	Key     string   `yaml:"key"`
	Group   string   `yaml:"group"` // power, item, fee, intermediary, market, service, inspection: what belongs together on a page
	Order   int      `yaml:"order"` // place among the lists
	Name    string   `yaml:"name"`
	NameEN  string   `yaml:"name_en"`
	About   string   `yaml:"about"` // what is on the list, in a sentence
	AboutEN string   `yaml:"about_en"`
	Right   string   `yaml:"right"`  // whose right it is to change it
	Past    bool     `yaml:"past"`   // an effective day may have passed: the list follows a higher one
	Source  string   `yaml:"source"` // where the columns come from
	Like    string   `yaml:"like"`   // key of the kind whose columns and tables it has
	Columns []Column `yaml:"columns"`
	Tables  []Table  `yaml:"tables"`
	Most    int      `yaml:"-"` // rows that a file of it may have; 0 is MostRows
}

// most bounds the rows of a file.
func (k *Kind) most() int { return cmp.Or(k.Most, MostRows) }

// Table is a table below each entry, such as the duties of a power.
type Table struct {
	Key     string   `yaml:"key"`
	Title   string   `yaml:"title"`
	TitleEN string   `yaml:"en"`
	Columns []Column `yaml:"columns"`
	Min     int      `yaml:"min"` // rows that an entry has at least
}

// Type is the type of a column.
type Type string

// The types. In a Row a Number and Money (fen) are int64, a YesNo is bool, all others are string.
const (
	Text    Type = "text"
	Number  Type = "number"
	Money   Type = "money"
	Day     Type = "day"     // YYYY-MM-DD
	Code    Type = "code"    // without blanks, ordinary characters
	Agency  Type = "agency"  // key of an agency
	Region  Type = "region"  // code prefix of GB/T 2260
	Choice  Type = "choice"  // key of one of the column's choices
	Article Type = "article" // a law and its article, or the number of a document
	Item    Type = "item"    // code of an item of the catalogue
	YesNo   Type = "yesno"
)

// Column is a column of a list or of a table below it. The keys code, name,
// agency, region and type of a list's own columns are what it is found by.
type Column struct {
	Key      string   `yaml:"key"`
	Title    string   `yaml:"title"`
	TitleEN  string   `yaml:"en"`
	Type     Type     `yaml:"type"`
	Required bool     `yaml:"required"`
	When     When     `yaml:"when"` // required when another column says so
	Choices  []Option `yaml:"choices"`
	Max      int64    `yaml:"max"` // text: characters (0 is 500); number and money: the largest
	Min      int64    `yaml:"min"`
	Pattern  string   `yaml:"pattern"` // code: what it looks like
	Help     string   `yaml:"help"`
	Also     []string `yaml:"also"` // other heads that people give it in their files

	pattern *regexp.Regexp
}

// When says that a column is required where a choice of the same row has one of these keys.
type When struct {
	Column string   `yaml:"column"`
	In     []string `yaml:"in"`
}

// Option is a value that a choice may have.
type Option struct {
	Key     string   `yaml:"key"`
	Title   string   `yaml:"title"`
	TitleEN string   `yaml:"en"`
	Also    []string `yaml:"also"` // other words for it that people type
}

// maxTables is how many tables a kind can have: the columns part1 … of list_version.
const maxTables = 6

//go:embed kinds/*.yaml
var files embed.FS

// Kinds lists the kinds of list, in their order.
func Kinds() []*Kind { return kinds() }

// KindOf finds a kind by its key; a NotFound error when there is none.
func KindOf(key string) (*Kind, error) {
	for _, k := range kinds() {
		if k.Key == key {
			return k, nil
		}
	}
	return nil, act.Missing("lists.thing.list")
}

// kinds are read once; a file of the program that cannot be read is a fault that any test meets.
var kinds = sync.OnceValue(func() []*Kind {
	all, err := readKinds(files)
	if err != nil {
		panic(err)
	}
	return all
})

func readKinds(from fs.FS) ([]*Kind, error) {
	names, err := fs.Glob(from, "kinds/*.yaml")
	if err != nil {
		return nil, err
	}
	var all []*Kind
	byKey := map[string]*Kind{}
	for _, name := range names {
		src, err := fs.ReadFile(from, name)
		if err != nil {
			return nil, err
		}
		k := &Kind{}
		if err := yaml.UnmarshalWithOptions(src, k, yaml.Strict()); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if name != "kinds/"+k.Key+".yaml" || byKey[k.Key] != nil {
			return nil, fmt.Errorf("%s: key %q", name, k.Key)
		}
		all, byKey[k.Key] = append(all, k), k
	}
	for _, k := range all {
		if err := k.complete(byKey); err != nil {
			return nil, fmt.Errorf("kinds/%s.yaml: %w", k.Key, err)
		}
	}
	slices.SortFunc(all, func(a, b *Kind) int { return a.Order - b.Order })
	return all, nil
}

// complete takes what the kind has from another one and sees that it is in order.
func (k *Kind) complete(all map[string]*Kind) error {
	if k.Like != "" {
		other := all[k.Like]
		if other == nil || other.Like != "" {
			return fmt.Errorf("like %q", k.Like)
		}
		k.Columns, k.Tables = slices.Clone(other.Columns), other.Tables
	}
	if k.Right == "" {
		k.Right = CommandChange.Right
	}
	if len(k.Tables) > maxTables || k.Name == "" || k.NameEN == "" || k.Source == "" {
		return fmt.Errorf("name, name_en, source, at most %d tables", maxTables)
	}
	for _, key := range []string{"code", "name"} {
		if c := k.Column(key); c == nil || !c.Required {
			return fmt.Errorf("column %s is missing or not required", key)
		}
	}
	taken := map[string]bool{}
	for _, t := range k.Tables {
		if taken[t.Key] || k.Column(t.Key) != nil || t.Title == "" {
			return fmt.Errorf("table %s", t.Key)
		}
		taken[t.Key] = true
		if err := completeColumns(t.Columns); err != nil {
			return fmt.Errorf("table %s: %w", t.Key, err)
		}
	}
	return completeColumns(k.Columns)
}

func completeColumns(list []Column) error {
	taken := map[string]bool{}
	types := []Type{Text, Number, Money, Day, Code, Agency, Region, Choice, Article, Item, YesNo}
	for i := range list {
		c := &list[i]
		if taken[c.Key] || taken[c.Title] || c.Key == "" || c.Title == "" || c.TitleEN == "" || !slices.Contains(types, c.Type) || (c.Type == Choice) != (len(c.Choices) > 0) {
			return fmt.Errorf("column %q", c.Key)
		}
		taken[c.Key], taken[c.Title] = true, true
		var err error
		if c.Pattern != "" {
			if c.pattern, err = regexp.Compile("^(?:" + c.Pattern + ")$"); err != nil {
				return err
			}
		}
	}
	return nil
}

// Column finds one of the list's own columns; nil when it has none of this key.
func (k *Kind) Column(key string) *Column {
	i := slices.IndexFunc(k.Columns, func(c Column) bool { return c.Key == key })
	if i < 0 {
		return nil
	}
	return &k.Columns[i]
}

// Table finds a table below the entries; nil when there is none of this key.
func (k *Kind) Table(key string) *Table {
	i := slices.IndexFunc(k.Tables, func(t Table) bool { return t.Key == key })
	if i < 0 {
		return nil
	}
	return &k.Tables[i]
}

// columns are those of a table, or the list's own where part is "".
func (k *Kind) columns(part string) []Column {
	if part == "" {
		return k.Columns
	}
	if t := k.Table(part); t != nil {
		return t.Columns
	}
	return nil
}

// Label is the list's name in a language.
func (k *Kind) Label(lang wording.Lang) string { return inLang(lang, k.Name, k.NameEN) }

// Label is the table's title in a language.
func (t *Table) Label(lang wording.Lang) string { return inLang(lang, t.Title, t.TitleEN) }

// Label is the column's title in a language.
func (c *Column) Label(lang wording.Lang) string { return inLang(lang, c.Title, c.TitleEN) }

// Label is the choice's title in a language.
func (o Option) Label(lang wording.Lang) string { return inLang(lang, o.Title, o.TitleEN) }

func inLang(lang wording.Lang, zh, en string) string {
	if lang == wording.EN && en != "" {
		return en
	}
	return zh
}

// option finds a choice by its key.
func (c *Column) option(key string) (Option, bool) {
	i := slices.IndexFunc(c.Choices, func(o Option) bool { return o.Key == key })
	if i < 0 {
		return Option{}, false
	}
	return c.Choices[i], true
}
