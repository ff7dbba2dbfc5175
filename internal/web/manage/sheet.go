package manage

import (
	"html/template"
	"net/http"
	"net/url"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/day"
	"tongban/internal/rules/draw"
	"tongban/internal/rules/flow"
	"tongban/internal/rules/flowtable"
	"tongban/internal/rules/wording"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

// Sheet is the flow of an item as it is being edited, or as it is in force where
// nobody edits it.
type Sheet struct {
	Item     int64
	Name     string // of the item
	Rev      int    // of the draft, 0 for none
	By       string
	At       day.Instant
	Stale    bool // the item changed since the draft was begun
	Waiting  bool // a proposal of the item waits
	v        *catalog.Version
	base     *catalog.Version // that the draft began from
	flow     *flow.Definition
	src      []byte
	table    flowtable.Table
	agencies map[string]string // names by role of the item
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

// read reads the Sheet of an item; a name without a flow has none.
func (o *desk) read(tx *store.Tx, item int64) (*Sheet, error) {
	all, err := o.door.House.Items.Versions(tx, item)
	if err != nil {
		return nil, err
	}
	s := &Sheet{Item: item, v: all[len(all)-1], agencies: map[string]string{}}
	if !s.v.Complete() {
		return nil, act.Refuse("manage.flow.none", "name", s.v.Name).Then("manage.flow.none.next")
	}
	s.Name, s.base, s.src, s.flow = s.v.Name, s.v, s.v.FlowXML, s.v.Flow
	d, found, err := catalog.FlowDraftOf(tx, item)
	if err != nil {
		return nil, err
	}
	if found {
		if s.flow, err = flow.Parse(d.Flow); err != nil {
			return nil, err
		}
		s.Rev, s.At, s.src, s.Stale = d.Rev, d.At, d.Flow, d.Base != s.v.N
		if d.Base > 0 && d.Base <= len(all) && all[d.Base-1].Flow != nil {
			s.base = all[d.Base-1]
		}
		if s.By, err = o.door.House.People.Name(tx, d.By); err != nil {
			return nil, err
		}
	}
	s.table = flowtable.Of(s.flow)
	for role, agency := range s.v.Roles {
		if s.agencies[role], err = o.door.House.People.AgencyName(tx, agency, tx.Today()); err != nil {
			return nil, err
		}
	}
	open, err := catalog.Proposals(tx, catalog.Open, 0, 200)
	for _, p := range open {
		s.Waiting = s.Waiting || p.Item == item
	}
	return s, err
}

// open reads the Sheet of a request's item, or answers it.
func (o *desk) open(w http.ResponseWriter, r *http.Request) (s *Sheet, ok bool) {
	ok = o.door.Read(w, r, func(tx *store.Tx) (err error) {
		s, err = o.read(tx, number(r))
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

// problems is everything that stands in the way of the flow, as the item has it:
// the same judge that a proposal goes through.
func (s *Sheet) problems() []problem {
	_, wrong := s.v.WithFlow(s.src, 0)
	var list []problem
	for _, p := range wrong {
		x := problem{Text: p.Msg}
		for _, r := range s.table.Rows {
			if p.Line > 0 && r.InFile == p.Line && p.File == "flow.bpmn" && r.Kind != flowtable.RowGo {
				x.Row, x.Name = rowID(r), r.Line.In(wording.ZH)
				break
			}
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
	o := draw.Options{Lang: door.Lang(r), Name: s.Name, Marks: marks, Href: func(id string) string { return "#row-" + id }}
	if down {
		o.Relay, o.Dir, o.ID = true, flow.Downwards, "down"
	}
	return template.HTML(draw.SVG(s.flow, o)) //nolint:gosec // drawn by us
}
