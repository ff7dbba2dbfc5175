package api

import (
	"context"
	"net/http"
	"net/url"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/day"
	"tongban/internal/work/change"
)

// proposalView is a change of an item that takes effect when a second person
// publishes it.
type proposalView struct {
	ID     int64   `json:"id"`
	Item   int64   `json:"item"`
	Code   string  `json:"code"`
	Name   string  `json:"name"`
	Kind   string  `json:"kind" enum:"publish,withdraw"`
	Base   int     `json:"base"`
	From   day.Day `json:"from,omitempty"`
	Reason string  `json:"reason"`
	By     string  `json:"by"`
	At     string  `json:"at" format:"date-time"`
	State  string  `json:"state" enum:"open,published,dropped"`
	Note   string  `json:"note,omitempty"`
}

type proposalsIn struct {
	Paged
	State string `query:"state" enum:"open,published,dropped" default:"open"`
}

// TheProposal names a proposal.
type TheProposal struct {
	Proposal int64 `path:"proposal" example:"1001"`
}

type noteBody struct {
	Note string `json:"note" maxLength:"1000" example:"先等上位法"`
}

type endItemBody struct {
	From   string `json:"from,omitempty" format:"date" example:"2026-09-01"`
	Reason string `json:"reason" maxLength:"1000" example:"依据已经废止"`
}

// publishing is the command whose right those have to whom proposals are shown.
var publishing = act.Command{Name: "item.publish", Right: "item.publish"}

// proposals adds what one person writes of an item and another publishes.
func proposals(s *server) {
	on(s, spec{id: "listProposals", method: http.MethodGet, path: "/proposals", tag: "flow", access: staff}, s.listProposals)
	on(s, spec{id: "showProposal", method: http.MethodGet, path: "/proposals/{proposal}", tag: "flow", access: staff}, s.showProposal)
	on(s, spec{id: "publishProposal", method: http.MethodPost, path: "/proposals/{proposal}/publish", tag: "flow", access: staff, command: "item.publish"},
		func(ctx context.Context, v *visit, in *struct {
			Keyed
			TheProposal
		}) (*echoedBody[change.Settled], error) {
			done, err := s.h.Changes.Publish(ctx, v.actor, in.Key, in.Proposal)
			return &echoedBody[change.Settled]{Echoed(in.Keyed), done}, err
		})
	on(s, spec{id: "dropProposal", method: http.MethodPost, path: "/proposals/{proposal}/drop", tag: "flow", access: staff, command: "item.drop",
		example: noteBody{"先等上位法"}}, func(ctx context.Context, v *visit, in *struct {
		Keyed
		TheProposal
		Body noteBody
	}) (*echoedBody[change.Settled], error) {
		done, err := s.h.Changes.Drop(ctx, v.actor, in.Key, in.Proposal, in.Body.Note)
		return &echoedBody[change.Settled]{Echoed(in.Keyed), done}, err
	})
	on(s, spec{id: "importItems", method: http.MethodPost, path: "/items/import", tag: "flow", access: staff, command: catalog.Import.Name}, s.importItems)
	s.takesFiles("/items/import")
	on(s, spec{id: "endItem", method: http.MethodPost, path: "/items/{item}/withdraw", tag: "flow", access: staff, command: "item.withdraw",
		example: endItemBody{"2026-09-01", "依据已经废止"}}, func(ctx context.Context, v *visit, in *onFlow[endItemBody]) (*echoedBody[change.Settled], error) {
		from, err := typedDay(in.Body.From)
		if err != nil {
			return nil, err
		}
		done, err := s.h.Changes.Withdraw(ctx, v.actor, in.Key, in.Item, from, in.Body.Reason)
		return &echoedBody[change.Settled]{Echoed(in.Keyed), done}, err
	})
}

type itemFilesIn struct {
	Keyed
	Sent
	Try bool `query:"try" example:"true"`
}

// importedView is what an import did, or would do; of a try also in what the rows of a
// list differ from the items that they change.
type importedView struct {
	catalog.Imported
	Changed []changedView `json:"changed,omitempty"`
}

// changedView is in what a row differs from the item that it changes.
type changedView struct {
	Code   string            `json:"code"`
	Name   string            `json:"name"`
	Fields []fieldDifference `json:"fields" nullable:"false"`
}

// importItems brings items in from a list or an archive, all or nothing; with try it
// tells what would be done.
func (s *server) importItems(ctx context.Context, v *visit, in *itemFilesIn) (*echoedBody[importedView], error) {
	if err := s.first(ctx, v, catalog.Import); err != nil {
		return nil, err
	}
	files, err := in.files()
	if err != nil {
		return nil, err
	}
	drafts, wrong, err := change.ReadUpload(files[0].name, files[0].text)
	if err == nil {
		err = catalog.AsError(wrong)
	}
	if err != nil {
		return nil, err
	}
	bring := s.h.Changes.Import
	if in.Try {
		bring = s.h.Changes.Check
	}
	done, err := bring(ctx, v.actor, catalog.ImportOptions{Region: s.h.Office.Region, Token: in.Key}, drafts)
	if err != nil {
		return nil, err
	}
	out := &echoedBody[importedView]{Echoed: Echoed(in.Keyed), Body: importedView{Imported: done}}
	err = s.read(ctx, func(tx *store.Tx) error {
		for _, d := range done.Changed {
			if err := d.Call(func(key string) (string, error) { return s.h.People.AgencyName(tx, key, tx.Today()) }); err != nil {
				return err
			}
			x := changedView{Code: d.Code, Name: d.Name, Fields: []fieldDifference{}}
			for _, f := range d.Fields {
				x.Fields = append(x.Fields, fieldDifference{f.Table, f.Key, f.Title, f.Before, f.After})
			}
			out.Body.Changed = append(out.Body.Changed, x)
		}
		return nil
	})
	return out, err
}

func (s *server) proposalOf(tx *store.Tx, p catalog.Proposal) (proposalView, error) {
	by, err := s.official(tx, p.By)
	return proposalView{p.ID, p.Item, p.Code, p.Name, p.Kind, p.Base, p.From, p.Reason, by, moment(p.At), p.State, p.Note}, err
}

func (s *server) listProposals(ctx context.Context, v *visit, in *proposalsIn) (*pageOut[proposalView], error) {
	after, list := int64(0), []proposalView(nil)
	if err := place(in.Cursor, &after); err != nil {
		return nil, err
	}
	err := s.seeing(ctx, v, publishing, func(tx *store.Tx) error {
		all, err := catalog.Proposals(tx, in.State, after, in.Limit+1)
		for _, p := range all {
			x, err := s.proposalOf(tx, p)
			if err != nil {
				return err
			}
			list = append(list, x)
		}
		return err
	})
	return page("/proposals", url.Values{"state": {in.State}}, in.Paged, list, func(p proposalView) any { return p.ID }), err
}

func (s *server) showProposal(ctx context.Context, v *visit, in *TheProposal) (*bodyOf[proposalView], error) {
	out := &bodyOf[proposalView]{}
	err := s.seeing(ctx, v, proposing, func(tx *store.Tx) error {
		p, err := catalog.ProposalByID(tx, in.Proposal)
		if err != nil {
			return err
		}
		all, err := s.h.Items.Versions(tx, p.Item)
		if err == nil {
			err = s.theirs(tx, v, all[len(all)-1].Agency)
		}
		if err != nil {
			return err
		}
		out.Body, err = s.proposalOf(tx, p)
		return err
	})
	return out, err
}
