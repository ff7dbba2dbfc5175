package manage

import (
	"html/template"
	"net/http"
	"net/url"

	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/condition"
	"tongban/internal/rules/draw"
	"tongban/internal/rules/flow"
	"tongban/internal/rules/flowtable"
	"tongban/internal/rules/wording"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/change"
)

// Sheet is the flow of an item as it is being edited, or as it is in force where
// nobody edits it, with the names that pages show.
type Sheet struct {
	*change.FlowSheet
	By       string // who edits it
	Whole    bool   // the reader manages the whole area, and publishes
	v        *catalog.Version
	base     *catalog.Version // that the draft began from
	flow     *flow.Definition
	table    flowtable.Table
	agencies map[string]string // names by role of the item
	env      condition.Env     // what conditions speak about
}

// Base is the number of the version that the draft began from.
func (s *Sheet) Base() int { return s.base.N }

// at is an address below this flow's.
func (s *Sheet) at(path string, pairs ...string) string {
	to := "/manage/flows/" + text(s.Item) + path
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) > 0 {
		to += "?" + q.Encode()
	}
	return to
}

// Below is an address below this flow's, for the templates.
func (s *Sheet) Below(path string) string { return s.at(path) }

// read reads the Sheet of an item that the reader manages; a name without a flow has none.
func (o *desk) read(tx *store.Tx, r *http.Request, item int64) (*Sheet, error) {
	x, err := change.ReadFlow(tx, o.door.House.Items, item)
	if err != nil {
		return nil, err
	}
	if err := o.theirs(tx, r, x.Newest.Agency); err != nil {
		return nil, err
	}
	s := &Sheet{FlowSheet: x, agencies: map[string]string{}}
	s.fill()
	only, err := o.only(tx, r)
	if err != nil {
		return nil, err
	}
	s.Whole = only == ""
	if x.Rev > 0 {
		if s.By, err = o.door.House.People.Name(tx, x.Editor); err != nil {
			return nil, err
		}
	}
	for role, agency := range s.v.Roles {
		if s.agencies[role], err = o.door.House.People.AgencyName(tx, agency, tx.Today()); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// fill takes what the pages go by from the sheet that was read.
func (s *Sheet) fill() {
	s.v, s.base, s.flow, s.table = s.Newest, s.Began, s.Flow, s.Table
	s.env = s.v.Env()
}

// open reads the Sheet of a request's item, or answers it.
func (o *desk) open(w http.ResponseWriter, r *http.Request) (s *Sheet, ok bool) {
	ok = o.door.Read(w, r, func(tx *store.Tx) (err error) {
		s, err = o.read(tx, r, number(r))
		return err
	})
	return s, ok
}

// problem is something that is wrong with a flow, with the row where it is.
type problem struct {
	Text ui.Text
	Row  string // id of the row, "" for the flow as a whole
	Name string
}

// problems is everything that stands in the way of the flow, as the item has it.
func (s *Sheet) problems() []problem {
	var list []problem
	for _, p := range s.Problems() {
		x := problem{Text: p.Text}
		if p.Row != nil {
			x.Row, x.Name = rowID(*p.Row), p.Row.Line.In(wording.ZH)
		}
		list = append(list, x)
	}
	return list
}

func rowID(r flowtable.Row) string {
	if r.Node != "" {
		return r.Node
	}
	return r.Flow
}

// svg is the flow drawn; every step leads to its row.
func (s *Sheet) svg(r *http.Request, down bool, marks map[string]draw.Mark) template.HTML {
	o := draw.Options{Lang: door.Lang(r), Name: s.Name, Marks: marks, Phrase: s.env.Phrase, Href: func(id string) string { return "#row-" + id }}
	if down {
		o.Relay, o.Dir, o.ID = true, flow.Downwards, "down"
	}
	return template.HTML(draw.SVG(s.flow, o)) //nolint:gosec // drawn by us
}
