package reorganise

import (
	"context"
	"errors"
	"maps"
	"slices"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/identity"
	"tongban/internal/register/power"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// Effect is exactly what an act does on a day: what moves, and what stands in its way.
type Effect struct {
	Act
	On       day.Day // from which it would hold
	Agencies []Agency
	Moves    []Move  // in the order of agency, kind and what it is
	Things   []Thing // everything that the agencies have which end or cede, moved or not
	Cases    []Case
	Seals    []Seal
	Faults   []wording.Message // each names what has to be settled first
	Rivals   []Act             // decided acts on one of the agencies

	named    map[Move]string // what the act names, by its move without receiver
	items    map[int64]*item
	holdings map[int64]*held
	posts    map[int64]identity.Post
	officers map[int64]power.Assignment
	entries  map[Move]bool // moves of entries, as a set
	codes    map[string]string
	called   map[string]string // agencies by their keys
	gone     map[string]bool   // agencies that are none on the day
	wants    []want
}

// Case is an open case that is handed over.
type Case struct {
	ID     int64
	Number string
	Title  string
	Tasks  int               // open ones that move
	To     map[string]string // old agency → new
}

// Seal is a change of seals.
type Seal struct {
	Agency string
	Last   day.Day // of the seal that it has; 0: it had none
	First  day.Day // of its new one; 0: it gets none
}

// item is an item of which agencies change.
type item struct {
	v  *catalog.Version
	to map[string]string
}

// held is a holding of a power with who has it and gave it afterwards.
type held struct {
	power.Holding
	to, giver string
}

// Preview shows what an act would do on its day, or today when that has passed.
func (d *Desk) Preview(ctx context.Context, id int64) (e *Effect, err error) {
	err = d.Runner.Store.Read(ctx, func(tx *store.Tx) error {
		x, err := ByID(tx, id)
		if err != nil {
			return err
		}
		e, err = d.effect(tx, x, max(x.From, tx.Today()))
		return err
	})
	return e, err
}

// fault names what has to be settled first; agencies are called by their names.
func (e *Effect) fault(key string, pairs ...any) {
	for i := 0; i+1 < len(pairs); i += 2 {
		if agency, ok := pairs[i+1].(string); ok && pairs[i] == "agency" && e.called[agency] != "" {
			pairs[i+1] = e.called[agency]
		}
	}
	e.Faults = append(e.Faults, wording.M(key, pairs...))
}

// effect computes what an act does on a day.
func (d *Desk) effect(tx *store.Tx, x Act, on day.Day) (*Effect, error) {
	e := &Effect{Act: x, On: on, named: map[Move]string{}, items: map[int64]*item{}, holdings: map[int64]*held{}, posts: map[int64]identity.Post{},
		officers: map[int64]power.Assignment{}, entries: map[Move]bool{}, codes: map[string]string{}, called: map[string]string{}, gone: map[string]bool{}}
	var err error
	if e.Agencies, err = Agencies(tx, x.ID); err != nil {
		return nil, err
	}
	moves, err := Moves(tx, x.ID)
	if err != nil {
		return nil, err
	}
	if x.Stage == Done {
		e.Moves, e.Seals = moves, sealsGone(moves)
		return e, nil
	}
	for _, m := range moves {
		e.named[Move{m.Agency, m.Kind, m.Ref, ""}] = m.To
	}
	if err := d.bodies(tx, e, moves); err != nil {
		return nil, err
	}
	for _, g := range e.Agencies {
		if g.Fate != End && g.Fate != Cede || e.gone[g.Key] {
			continue // who moves what is only asked of agencies that are
		}
		for _, f := range []func(*store.Tx, *Effect, Agency) error{d.powers, d.links, d.entriesOf, d.itemsOf, d.staff, d.casesOf, d.waiting} {
			if err := f(tx, e, g); err != nil {
				return nil, err
			}
		}
	}
	if err := d.powerless(tx, e); err != nil {
		return nil, err
	}
	e.strangers(moves)
	e.uncoded()
	if err := d.seals(tx, e); err != nil {
		return nil, err
	}
	e.Rivals, err = rivals(tx, e)
	slices.SortStableFunc(e.Moves, func(a, b Move) int { return compare(a, b) })
	return e, err
}

// bodies asks whether every agency named can have the fate, or receive.
func (d *Desk) bodies(tx *store.Tx, e *Effect, moves []Move) error {
	fate := map[string]string{}
	for _, g := range e.Agencies {
		fate[g.Key] = g.Fate
	}
	if len(fate) == 0 {
		e.fault("reorganise.fault.nothing")
	}
	receivers := map[string]bool{}
	if err := d.call(tx, e); err != nil {
		return err
	}
	for _, g := range e.Agencies {
		if err := d.body(tx, e, g); err != nil {
			return err
		}
		if g.Heir != "" {
			receivers[g.Heir] = true
		}
	}
	for _, m := range moves {
		if f := fate[m.Agency]; f != End && f != Cede {
			e.fault("reorganise.fault.stays", "agency", m.Agency, "ref", m.Ref)
		}
		if m.To != Nobody {
			receivers[m.To] = true
		}
	}
	for _, key := range slices.Sorted(maps.Keys(receivers)) {
		if fate[key] == Begin {
			continue
		}
		_, err := d.People.Agency(tx, key, e.On)
		switch {
		case act.KindOf(err) == act.NotFound:
			e.fault("reorganise.fault.receiver", "agency", key)
		case err != nil:
			return err
		case fate[key] == End:
			e.fault("reorganise.fault.ends", "agency", key)
		}
	}
	return nil
}

// Called is what an agency is called on the act's day; its key, when it is not known.
func (e *Effect) Called(agency string) string {
	if name := e.called[agency]; name != "" {
		return name
	}
	return agency
}

// Rival says that another decided act concerns the same agencies.
func (a Act) Rival() wording.Message {
	return wording.M("reorganise.fault.rival", "document", a.Document, "day", a.From)
}

// call finds what the agencies of an act are called on its day, or as it founds them.
func (d *Desk) call(tx *store.Tx, e *Effect) error {
	now, err := d.People.Agencies(tx, e.On)
	for _, a := range now {
		e.called[a.Key] = a.Name
	}
	for _, g := range e.Agencies {
		if g.Fate == Begin && e.called[g.Key] == "" {
			e.called[g.Key] = g.Name
		}
	}
	return err
}

func (d *Desk) body(tx *store.Tx, e *Effect, g Agency) error {
	known, err := d.People.EverAgency(tx, g.Key)
	if err != nil {
		return err
	}
	if g.Fate == Begin {
		if known {
			e.fault("reorganise.fault.known", "key", g.Key)
		}
		var bad *act.Error
		if errors.As(d.People.CheckAgency(identity.Agency{Key: g.Key, Name: g.Name, NameEN: g.NameEN, USCC: g.USCC, Region: e.Region}), &bad) {
			for _, f := range bad.Fields {
				e.Faults = append(e.Faults, f.Msg)
			}
		}
		return nil
	}
	now, err := d.People.Agency(tx, g.Key, e.On)
	if act.KindOf(err) == act.NotFound {
		e.fault("reorganise.fault.gone", "agency", g.Key, "day", e.On)
		e.gone[g.Key] = true
		return nil
	}
	if g.Fate == Rename && err == nil {
		var bad *act.Error
		if errors.As(d.People.CheckAgency(identity.Agency{Key: g.Key, Name: now.Name, NameEN: g.NameEN, Region: now.Region}), &bad) {
			e.Faults = append(e.Faults, bad.Fields[0].Msg)
		}
	}
	if err == nil && g.Fate != Cede && (now.Span.From >= e.On || now.Span.Until != 0) {
		e.fault("reorganise.fault.dated", "agency", g.Key)
	}
	return err
}

// receiver is who gets a thing of an agency; "" when it stays, or when nobody is
// named, which is a fault.
func (e *Effect) receiver(g Agency, kind, ref string, follows ...Move) string {
	about := Move{g.Key, kind, ref, ""}
	to := g.Heir
	for _, m := range append([]Move{about}, follows...) {
		if named := e.named[m]; named != "" {
			to = named
			break
		}
	}
	t := Thing{Move: about, Named: e.named[about] != ""}
	t.To = to
	e.Things = append(e.Things, t)
	if to == "" && g.Fate == End {
		e.fault("reorganise.fault.unassigned", "agency", g.Key, "kind", wording.M("reorganise.kind."+kind), "ref", e.label(ref))
	}
	return to
}

// label is what people call a thing; its reference, when it has no other name.
func (e *Effect) label(ref string) string {
	if s := e.codes[ref]; s != "" {
		return s
	}
	return ref
}

func (e *Effect) moves(g Agency, kind, ref, to string) {
	e.Moves = append(e.Moves, Move{g.Key, kind, ref, to})
}

// strangers names what the act gives away and the agency does not have.
func (e *Effect) strangers(moves []Move) {
	has := map[Move]bool{}
	for _, m := range e.Moves {
		has[Move{m.Agency, m.Kind, m.Ref, ""}] = true
	}
	for _, m := range moves {
		about := Move{m.Agency, m.Kind, m.Ref, ""}
		if !has[about] && m.Kind != OnItem && !e.gone[m.Agency] { // a case of an item that ended may still need one
			e.fault("reorganise.fault.not_theirs", "agency", m.Agency, "kind", wording.M("reorganise.kind."+m.Kind), "ref", m.Ref)
		}
	}
}

// uncoded names new agencies that get items and have no credit code: they could issue
// nothing.
func (e *Effect) uncoded() {
	for _, g := range e.Agencies {
		if g.Fate == Begin && g.USCC == "" && slices.ContainsFunc(e.Moves, func(m Move) bool { return m.Kind == OnItem && m.To == g.Key }) {
			e.fault("reorganise.fault.uscc", "agency", g.Key)
		}
	}
}

// rivals are decided acts that concern one of the agencies of this one.
func rivals(tx *store.Tx, e *Effect) ([]Act, error) {
	mine, err := concerned(tx, e.ID)
	if err != nil {
		return nil, err
	}
	all, err := store.All(tx, scan, `select `+columns+` from reorganisation where home = $1 and stage = $2 and id <> $3 order by id`, tx.Home(), Decided, e.ID)
	if err != nil {
		return nil, err
	}
	var list []Act
	for _, x := range all {
		theirs, err := concerned(tx, x.ID)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(theirs, func(k string) bool { return slices.Contains(mine, k) }) {
			list = append(list, x)
		}
	}
	return list, nil
}

// concerned are the agencies of an act, those that only receive among them.
func concerned(tx *store.Tx, id int64) ([]string, error) {
	return store.All(tx, func(r store.Row) (s string, err error) { return s, r.Scan(&s) },
		`select agency from reorganisation_agency where home = $1 and act = $2
		union select heir from reorganisation_agency where home = $1 and act = $2 and heir <> ''
		union select receiver from reorganisation_move where home = $1 and act = $2 and receiver <> '-' order by 1`, tx.Home(), id)
}
