package api

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
	"tongban/internal/work/casework"
)

// hallLine is how many items of an agency stand at the hall, and how.
type hallLine struct {
	Agency     string `json:"agency"`
	AgencyName string `json:"agency_name"`
	Decided    int    `json:"decided"`
	Received   int    `json:"received"`
	Out        int    `json:"out"`
}

// hollowView is an item that a window receives and another agency decides.
type hollowView struct {
	Item    int64  `json:"item"`
	Code    string `json:"code"`
	Name    string `json:"name"`
	Window  string `json:"window"`
	Decider string `json:"decider"`
	Cases   int    `json:"cases"`
	Listed  string `json:"listed"`
	Reason  string `json:"reason,omitempty"`
}

// hollowCase is a case behind a hollow window, by its number alone.
type hollowCase struct {
	Number   string  `json:"number"`
	Accepted day.Day `json:"accepted"`
	Decided  string  `json:"decided" format:"date-time"`
}

type hollowCasesIn struct {
	Item    int64  `query:"item" required:"true" example:"17"`
	Window  string `query:"window" required:"true" maxLength:"40" example:"spj"`
	Decider string `query:"decider" required:"true" maxLength:"40" example:"scjg"`
}

// hollowCasesShown bounds the cases behind a hollow window.
const hollowCasesShown = 100

// manualView is the staff's work manual of an item.
type manualView struct {
	Item       int64                `json:"item"`
	N          int                  `json:"n"`
	Version    int64                `json:"version"`
	Parts      []manualPart         `json:"parts"`
	Discretion []catalog.Discretion `json:"discretion"`
}

// manualPart is what one part of the work looks at, as a role plays it. The keys of
// its points are what the acts on a task tick off.
type manualPart struct {
	Part   string        `json:"part"`
	Role   string        `json:"role,omitempty"`
	Points []manualPoint `json:"points"`
}

type manualPoint struct {
	Key      string   `json:"key" example:"review.1.1"`
	Text     string   `json:"text"`
	Article  string   `json:"article"`
	Look     string   `json:"look"`
	Mistakes []string `json:"mistakes,omitempty"`
	Opinion  string   `json:"opinion,omitempty"`
}

type manualIn struct {
	Item    int64 `path:"item" example:"17"`
	Version int64 `query:"version" minimum:"0" example:"0"`
}

type samplesIn struct {
	Item int64 `path:"item" example:"17"`
	Paged
}

// halls adds hall presence and hollow windows, the work manual and the samples.
func halls(s *server) {
	get := func(id, path, tag string, a access) spec {
		return spec{id: id, method: http.MethodGet, path: path, tag: tag, access: a}
	}
	on(s, get("listHall", "/hall", "check", staff), s.listHall)
	on(s, get("listHollow", "/hall/hollow", "check", staff), s.listHollow)
	on(s, get("listHollowCases", "/hall/hollow/cases", "check", staff), s.listHollowCases)
	on(s, get("showManual", "/items/{item}/manual", "item", public), s.showManual)
	on(s, get("listSamples", "/items/{item}/samples", "item", public), s.listSamples)
}

// listHall counts the list of hall presence by agency.
func (s *server) listHall(ctx context.Context, v *visit, in *Paged) (*pageOut[hallLine], error) {
	var list []hallLine
	err := s.read(ctx, func(tx *store.Tx) error {
		agency, err := s.only(tx, v)
		if err != nil {
			return err
		}
		counted, err := lists.Count(tx, lists.Query{List: casework.HallList, Agency: agency})
		if err != nil {
			return err
		}
		by := map[string]*hallLine{}
		for _, c := range counted {
			l := by[c.Agency]
			if l == nil {
				l = &hallLine{Agency: c.Agency}
				if l.AgencyName, err = s.h.People.AgencyName(tx, c.Agency, tx.Today()); err != nil {
					return err
				}
				by[c.Agency] = l
			}
			switch c.Type {
			case "decided":
				l.Decided += c.Entries
			case "received":
				l.Received += c.Entries
			case "out":
				l.Out += c.Entries
			}
		}
		for _, l := range by {
			list = append(list, *l)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(list, func(a, b hallLine) int { return cmp.Compare(a.Agency, b.Agency) })
	return pageAfter("/hall", nil, *in, list, func(l hallLine) string { return l.Agency })
}

// lastYear is the year of cases that is looked at.
func lastYear(tx *store.Tx) (from, until day.Day) { return tx.Today().AddMonths(-12), tx.Today() + 1 }

func (s *server) listHollow(ctx context.Context, v *visit, in *Paged) (*pageOut[hollowView], error) {
	var list []hollowView
	err := s.read(ctx, func(tx *store.Tx) error {
		agency, err := s.only(tx, v)
		if err != nil {
			return err
		}
		from, until := lastYear(tx)
		found, err := s.h.Office.HollowWindows(tx, from, until, tx.Today())
		for _, h := range found {
			if agency != "" && h.Window != agency && h.Decider != agency {
				continue
			}
			list = append(list, hollowView{h.Item, h.Code, h.Name, h.Window, h.Decider, h.Count, h.Listed, h.Reason})
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return pageFrom("/hall/hollow", nil, *in, list)
}

// listHollowCases lists the newest cases behind a hollow window, by their numbers.
func (s *server) listHollowCases(ctx context.Context, v *visit, in *hollowCasesIn) (*bodyOf[listOf[hollowCase]], error) {
	out := &bodyOf[listOf[hollowCase]]{listOf[hollowCase]{[]hollowCase{}}}
	err := s.read(ctx, func(tx *store.Tx) error {
		agency, err := s.only(tx, v)
		if err == nil && agency != "" && in.Window != agency {
			err = s.theirs(tx, v, in.Decider)
		}
		if err != nil {
			return err
		}
		from, until := lastYear(tx)
		list, err := proceeding.ShowElsewhere(tx, casework.Kind, from, until,
			proceeding.Elsewhere{Item: in.Item, Window: store.Text(in.Window), Decider: store.Text(in.Decider)}, hollowCasesShown)
		for _, c := range list {
			out.Body.Items = append(out.Body.Items, hollowCase{c.Number, c.Accepted, moment(c.Decided)})
		}
		return err
	})
	return out, err
}

// showManual is the manual of the version in force, or of one that a case pinned.
func (s *server) showManual(ctx context.Context, _ *visit, in *manualIn) (*bodyOf[manualView], error) {
	out := &bodyOf[manualView]{}
	err := s.read(ctx, func(tx *store.Tx) error {
		v, err := s.version(tx, in.Item, in.Version)
		if err != nil {
			return err
		}
		out.Body = manualView{Item: v.Of, N: v.N, Version: v.ID, Parts: []manualPart{}, Discretion: append([]catalog.Discretion{}, v.Written.Discretion...)}
		seen := map[string]bool{}
		for _, m := range v.Written.Manual {
			if seen[m.Part+" "+m.Role] {
				continue // PointsFor has all of a part and role together
			}
			seen[m.Part+" "+m.Role] = true
			part := manualPart{m.Part, m.Role, []manualPoint{}}
			for _, p := range v.PointsFor(m.Part, m.Role) {
				part.Points = append(part.Points, manualPoint{p.Key, p.Text, p.Article, p.Look, p.Mistakes, p.Sample})
			}
			out.Body.Parts = append(out.Body.Parts, part)
		}
		return nil
	})
	return out, err
}

// version is the version in force, or the one with this number that the item has.
func (s *server) version(tx *store.Tx, item, id int64) (*catalog.Version, error) {
	if id == 0 {
		return s.h.Items.InForce(tx, item, tx.Today())
	}
	all, err := s.h.Items.Versions(tx, item)
	if err != nil {
		return nil, err
	}
	for _, v := range all {
		if v.ID == id {
			return v, nil
		}
	}
	return nil, act.Missing("catalog.thing.item")
}

func (s *server) listSamples(ctx context.Context, _ *visit, in *samplesIn) (*pageOut[catalog.Sample], error) {
	var list []catalog.Sample
	err := s.read(ctx, func(tx *store.Tx) error {
		v, err := s.h.Items.InForce(tx, in.Item, tx.Today())
		if err == nil {
			list = v.Written.Samples
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return pageFrom("/items/"+strconv.FormatInt(in.Item, 10)+"/samples", url.Values{}, in.Paged, list)
}
