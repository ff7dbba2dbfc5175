package api

import (
	"context"
	"errors"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/rules/flowtable"
	"tongban/internal/rules/wording"
	"tongban/internal/work/adjust"
)

// told adds to a conflict what somebody else did meanwhile: whoever came second sees
// from the answer what stands now. Any other error is left as it is.
func (s *server) told(ctx context.Context, err error, f func(tx *store.Tx) ([]act.Field, error)) error {
	var e *act.Error
	if !errors.As(err, &e) || e.Kind != act.Conflict || len(e.Fields) > 0 {
		return err
	}
	more := *e
	if failed := s.read(ctx, func(tx *store.Tx) (err error) {
		more.Fields, err = f(tx)
		return err
	}); failed != nil {
		return failed
	}
	return &more
}

// meanwhile tells who saved the draft of a flow, and in which rows it now differs from
// the version that it began from.
func (s *server) meanwhile(ctx context.Context, v *visit, item int64, err error) error {
	return s.told(ctx, err, func(tx *store.Tx) ([]act.Field, error) {
		x, err := s.flowIn(tx, v, item)
		if err != nil {
			return nil, err
		}
		if x.Rev == 0 {
			return []act.Field{{Name: "rev", Msg: wording.M("api.meanwhile.none")}}, nil
		}
		who, err := s.official(tx, x.Editor)
		list := []act.Field{{Name: "rev", Msg: wording.M("api.meanwhile.flow", "who", who, "at", x.At, "rev", x.Rev)}}
		for _, d := range x.Differences() {
			list = append(list, act.Field{Name: "row", Msg: rowSaid(d, v.lang)})
		}
		return list, err
	})
}

// rowSaid says in what a row differs.
func rowSaid(d flowtable.Difference, lang wording.Lang) wording.Message {
	row := d.Is
	if row == nil {
		row = d.Was
	}
	columns := make([]string, len(d.Fields))
	for i, f := range d.Fields {
		columns[i] = wording.Text(lang, "flowtable.col."+f)
	}
	return wording.M("api.meanwhile.row."+string(d.Kind), "row", row.Line, "columns", strings.Join(columns, wording.Text(lang, "api.meanwhile.and")))
}

// meanwhileAdjusted tells what a draft of an adjustment says now of the entries that
// somebody wanted to put into it: who wrote them, and column by column what they say.
func (s *server) meanwhileAdjusted(ctx context.Context, e adjust.Edit, err error) error {
	return s.told(ctx, err, func(tx *store.Tx) ([]act.Field, error) {
		x, err := adjust.ByID(tx, e.ID)
		if err != nil {
			return nil, err
		}
		list := []act.Field{{Name: "rev", Msg: wording.M("api.meanwhile.adjustment", "rev", x.Rev)}}
		names, err := s.h.Lists.Names(tx, tx.Today())
		if err != nil {
			return nil, err
		}
		stands, err := adjust.Entries(tx, e.ID)
		for i := range stands {
			for j := range e.Put {
				if is, put := &stands[i], &e.Put[j]; is.List == put.List && is.Code == put.Code && err == nil {
					var said []act.Field
					said, err = s.entrySaid(tx, is, put, names)
					list = append(list, said...)
				}
			}
		}
		return list, err
	})
}

// entrySaid says who wrote an entry, and what it says where somebody else would have it
// say another thing.
func (s *server) entrySaid(tx *store.Tx, is, put *adjust.Entry, names lists.Names) ([]act.Field, error) {
	who, err := s.official(tx, is.Touched)
	list := []act.Field{{Name: is.List + " " + is.Code, Msg: wording.M("api.meanwhile.entry", "name", is.Name, "who", who)}}
	k, known := lists.KindOf(is.List)
	if err != nil || known != nil || is.Content == nil || put.Content == nil {
		return list, err
	}
	for _, f := range k.Compare(&lists.Entry{Content: *put.Content}, &lists.Entry{Content: *is.Content}, names) {
		list = append(list, act.Field{Name: is.List + " " + is.Code, Msg: wording.M("api.meanwhile.column", "name", is.Name, "title", f.Title, "now", f.After, "yours", f.Before)})
	}
	return list, nil
}
