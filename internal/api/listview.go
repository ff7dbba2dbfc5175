package api

import (
	"time"

	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
)

// listsView is every kind of list.
type listsView struct {
	Items []ListLine `json:"items"`
}

// ListLine is a list and how it stands today.
type ListLine struct {
	Key     string  `json:"key"`
	Group   string  `json:"group"`
	Name    string  `json:"name"`
	NameEN  string  `json:"name_en"`
	About   string  `json:"about"`
	AboutEN string  `json:"about_en"`
	Entries int     `json:"entries"`
	Edition int     `json:"edition"`
	Changed day.Day `json:"changed,omitempty"`
	Coming  day.Day `json:"coming,omitempty"`
}

// listKind is a list with its columns.
type listKind struct {
	ListLine
	Columns []columnView `json:"columns"`
	Tables  []tableView  `json:"tables"`
}

type columnView struct {
	Key      string       `json:"key"`
	Title    string       `json:"title"`
	TitleEN  string       `json:"title_en"`
	Type     string       `json:"type"`
	Required bool         `json:"required"`
	Choices  []choiceView `json:"choices,omitempty"`
}

type choiceView struct {
	Key     string `json:"key"`
	Title   string `json:"title"`
	TitleEN string `json:"title_en"`
}

type tableView struct {
	Key     string       `json:"key"`
	Title   string       `json:"title"`
	TitleEN string       `json:"title_en"`
	Columns []columnView `json:"columns"`
}

// entryView is a version of an entry. Its content is what the schema of the list
// describes: money in fen, choices and agencies by key.
type entryView struct {
	List       string         `json:"list"`
	Code       string         `json:"code"`
	Name       string         `json:"name"`
	Agency     string         `json:"agency,omitempty"`
	AgencyName string         `json:"agency_name,omitempty"`
	Region     string         `json:"region"`
	RegionName string         `json:"region_name"`
	Type       string         `json:"type,omitempty"`
	N          int            `json:"n"`
	From       day.Day        `json:"from"`
	Until      day.Day        `json:"until,omitempty"`
	Ended      bool           `json:"ended"`
	Seq        int64          `json:"seq"`
	Content    map[string]any `json:"content"`
}

// listChange is an act that changed a list.
type listChange struct {
	Seq      int64   `json:"seq"`
	List     string  `json:"list"`
	Edition  int     `json:"edition"`
	Document string  `json:"document"`
	From     day.Day `json:"from"`
	Reason   string  `json:"reason"`
	Made     string  `json:"made" format:"date-time"`
	Agency   string  `json:"agency,omitempty"`
	Added    int     `json:"added"`
	Edited   int     `json:"edited"`
	Ended    int     `json:"taken_off"`
}

// DifferenceView is how an entry differs between two days.
type DifferenceView struct {
	Op     string            `json:"op" enum:"add,edit,end"`
	Code   string            `json:"code"`
	Name   string            `json:"name"`
	Fields []fieldDifference `json:"fields"`
}

// fieldDifference is one column, or one row of a table, before and after.
type fieldDifference struct {
	Table  string `json:"table,omitempty"`
	Key    string `json:"key,omitempty"`
	Title  string `json:"title"`
	Before string `json:"before"`
	After  string `json:"after"`
}

func lineOfList(k *lists.Kind, s lists.Standing) ListLine {
	return ListLine{k.Key, k.Group, k.Name, k.NameEN, k.About, k.AboutEN, s.Entries, s.Edition, s.Changed, s.Coming}
}

func kindView(k *lists.Kind, s lists.Standing) listKind {
	v := listKind{ListLine: lineOfList(k, s), Columns: columnViews(k.Columns), Tables: []tableView{}}
	for _, t := range k.Tables {
		v.Tables = append(v.Tables, tableView{t.Key, t.Title, t.TitleEN, columnViews(t.Columns)})
	}
	return v
}

func columnViews(columns []lists.Column) []columnView {
	list := make([]columnView, len(columns))
	for i, c := range columns {
		list[i] = columnView{Key: c.Key, Title: c.Title, TitleEN: c.TitleEN, Type: string(c.Type), Required: c.Required}
		for _, o := range c.Choices {
			list[i].Choices = append(list[i].Choices, choiceView{o.Key, o.Title, o.TitleEN})
		}
	}
	return list
}

// entryViews names the bodies and places of entries as they are called on a day.
func (s *server) entryViews(tx *store.Tx, on day.Day, entries []lists.Entry) ([]entryView, error) {
	names, err := s.h.Lists.Names(tx, on)
	list := make([]entryView, len(entries))
	for i, e := range entries {
		list[i] = entryView{List: e.List, Code: e.Code, Name: e.Name, Agency: e.Agency, Region: e.Region, RegionName: names.Region(e.Region), Type: e.Type,
			N: e.N, From: e.Span.From, Until: e.Span.Until, Ended: e.Ended, Seq: e.Seq, Content: flat(e.Content)}
		if e.Agency != "" {
			list[i].AgencyName = names.Agency(e.Agency)
		}
	}
	return list, err
}

func changeOf(c lists.Changed) listChange {
	return listChange{c.Seq, c.List, c.Edition, c.Document, c.From, c.Reason, c.Made.Time().Format(time.RFC3339), c.Agency, c.Added, c.Edited, c.Ended}
}

func differenceViews(all []lists.Difference) []DifferenceView {
	list := []DifferenceView{}
	for _, d := range all {
		v := DifferenceView{Op: string(d.Op), Code: d.Code, Name: d.Name, Fields: []fieldDifference{}}
		for _, f := range d.Fields {
			v.Fields = append(v.Fields, fieldDifference{f.Table, f.Key, f.Title, f.Before, f.After})
		}
		list = append(list, v)
	}
	return list
}
