package demo

import (
	"context"
	"fmt"
	"io/fs"
	"slices"

	"tongban/internal/house"
	"tongban/internal/process/paper"
	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/identity"
	"tongban/internal/register/law"
	"tongban/internal/register/power"
	"tongban/internal/rules/day"
)

// founding is a county while it is being founded.
type founding struct {
	ctx context.Context
	h   *house.House
	b   *book

	persons map[string]int64
	legal   map[string]int64 // firms by key, agencies as "agency/<key>"
}

// Found founds the county in an empty house, through the commands of the rooms.
// The first acts have no person who could do them and are the platform's own;
// from there on administrator, catalogue editors, heads and clerks do their part.
func Found(ctx context.Context, h *house.House, progress Progress) (*County, error) {
	b, err := readBook()
	if err != nil {
		return nil, err
	}
	f := &founding{ctx: ctx, h: h, b: b, persons: map[string]int64{}, legal: map[string]int64{}}
	steps := []struct {
		name string
		do   func() error
	}{
		{"places", f.places}, {"seals", f.seals}, {"papers", f.papers}, {"staff", f.staff}, {"leave", f.leave},
		{"people", f.people}, {"firms", f.firms}, {"acting", f.acting}, {"laws", f.laws}, {"base", f.baseItems}, {"asked", f.asked}, {"items", f.items}, {"powers", f.powers},
	}
	for i, s := range steps {
		progress.tell(s.name, i, len(steps))
		if err := s.do(); err != nil {
			return nil, fmt.Errorf("founding the county, %s: %w", s.name, explained(err))
		}
	}
	progress.tell("founded", len(steps), len(steps))
	return Find(ctx, h)
}

// actor is an official in their first post.
func (f *founding) actor(key string) (a act.Actor, err error) {
	i := slices.IndexFunc(f.b.Staff, func(s official) bool { return s.Key == key })
	if i < 0 {
		return a, fmt.Errorf("no official %s", key)
	}
	s := f.b.Staff[i]
	err = f.h.Store.Read(f.ctx, func(tx *store.Tx) error {
		a, err = f.h.People.ActorOf(tx, f.persons[key], s.Agency, s.Posts[0])
		return err
	})
	return a, err
}

// places adds regions and agencies.
func (f *founding) places() error {
	since := day.Span{From: Since}
	regions := make([]identity.Region, len(f.b.Regions))
	for i, r := range f.b.Regions {
		regions[i] = identity.Region{Code: r.Code, Name: r.Name, NameEN: r.NameEN, Parent: r.Parent, Span: since}
	}
	if err := f.h.People.AddRegion(f.ctx, act.Machine(), "", regions); err != nil {
		return err
	}
	agencies := make([]identity.Agency, len(f.b.Agencies))
	for i, a := range f.b.Agencies {
		agencies[i] = identity.Agency{Key: a.Key, Name: a.Name, NameEN: a.NameEN, Short: a.Short, USCC: a.USCC, Region: a.Region, Address: a.Address, Phone: a.Phone, Level: "county", Span: since}
	}
	return f.h.People.AddAgency(f.ctx, act.Machine(), "", agencies)
}

// makeSeal makes an agency's seal key. Only the platform itself runs it: no
// post has the right.
var makeSeal = act.Command{Name: "seal.make_key", Right: "seal.make_key"}

// seals gives each agency the key of its seal.
func (f *founding) seals() error {
	for _, a := range f.b.Agencies {
		_, err := act.Run(f.ctx, f.h.Runner, act.Machine(), "", makeSeal, a.Key, func(c *act.Call, agency string) (string, error) {
			if err := c.Allow(act.Scope{Agency: agency}); err != nil {
				return "", err
			}
			key, err := f.h.Vault.NewSealKey(c.Tx, agency, Since)
			if err != nil {
				return "", err
			}
			_, err = c.Note(nil, ledger.Event{Stream: "seal/" + agency, Kind: "seal.key_made", Day: Since,
				Facts: map[string]any{"agency": agency, "key": key.KeyID, "public": string(key.Public)}})
			return key.KeyID, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// papers takes the templates of the papers into use, for all agencies.
func (f *founding) papers() error {
	list, err := fs.ReadDir(content(), "documents")
	if err != nil {
		return err
	}
	for _, x := range list {
		src, err := fs.ReadFile(content(), "documents/"+x.Name())
		if err != nil {
			return err
		}
		if _, err := f.h.Papers.Import(f.ctx, act.Machine(), "", paper.ImportIn{From: Since, YAML: string(src)}); err != nil {
			return fmt.Errorf("%s: %w", x.Name(), explained(err))
		}
	}
	return nil
}

// laws brings in the national laws and the county's own, which are invented.
func (f *founding) laws() error {
	editor, err := f.actor("zfb_catalogue_1")
	if err != nil {
		return err
	}
	own, err := law.ReadFiles(content(), "laws")
	if err != nil {
		return err
	}
	_, err = f.h.Laws.Import(f.ctx, editor, "", slices.Concat(law.Library(), own))
	return err
}

// items imports the items written in full and those known by name.
func (f *founding) items() error {
	editor, err := f.actor("zfb_catalogue_1")
	if err != nil {
		return err
	}
	_, written, err := writtenItems()
	if err != nil {
		return err
	}
	src, err := fs.ReadFile(content(), "items.csv")
	if err != nil {
		return err
	}
	names, problems := catalog.ReadCSV(src)
	if len(problems) > 0 {
		return catalog.Problems(problems)
	}
	_, err = catalog.ImportItems(f.ctx, f.h.Runner, editor, catalog.ImportOptions{Region: f.b.Region, From: Since}, slices.Concat(written, names)...)
	return err
}

// powers gives the bodies that decide the written items their powers, and the
// officials who decide them their assignments.
func (f *founding) powers() error {
	editor, err := f.actor("zfb_catalogue_1")
	if err != nil {
		return err
	}
	_, drafts, err := writtenItems()
	if err != nil {
		return err
	}
	since := day.Span{From: Since}
	var given []power.Holding
	officers := map[string][]power.Assignment{}
	for _, d := range drafts {
		for _, n := range d.Flow.Nodes {
			if n.Task.Part != "decide" || catalog.OfItem(d.Code) != "" { // who decides an item decides its variants
				continue
			}
			agency := d.Roles[n.Task.Role]
			given = append(given, power.Holding{Power: d.Code, Agency: agency, Kind: power.Own, Basis: d.Basis[0].Law + d.Basis[0].Article, Span: since})
			for _, s := range f.b.Staff {
				if s.Agency == agency && slices.Contains(s.Posts, n.Task.Post) {
					officers[agency] = append(officers[agency], power.Assignment{Person: f.persons[s.Key], Agency: agency, Power: d.Code, Span: since})
				}
			}
		}
	}
	if _, err := f.h.Power.Give(f.ctx, editor, "", given); err != nil {
		return err
	}
	for _, a := range f.b.Agencies {
		if len(officers[a.Key]) == 0 {
			continue
		}
		head, err := f.actor(a.Key + "_head_1")
		if err != nil {
			return err
		}
		if _, err := f.h.Power.Assign(f.ctx, head, "", officers[a.Key]); err != nil {
			return err
		}
	}
	return nil
}
