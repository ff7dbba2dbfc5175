package reorganise

import (
	"context"
	"slices"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

const (
	maxDocument = 60
	maxWords    = 500
	maxAgencies = 200
	maxMoves    = 20000
)

// Plan is what an act says.
type Plan struct {
	Document string
	Reason   string
	From     day.Day
	Agencies []Agency
	Moves    []Move // what is named
}

// settle checks a plan as far as it can be without its registers.
func (p *Plan) settle(today day.Day) error {
	p.Document, p.Reason = strings.TrimSpace(p.Document), strings.TrimSpace(p.Reason)
	var wrong []act.Field
	add := func(name, key string, pairs ...any) {
		wrong = append(wrong, act.Field{Name: name, Msg: wording.M(key, pairs...)})
	}
	if n := len([]rune(p.Document)); n == 0 || n > maxDocument {
		add("document", "reorganise.document", "max", maxDocument)
	}
	if n := len([]rune(p.Reason)); n == 0 || n > maxWords {
		add("reason", "reorganise.reason", "max", maxWords)
	}
	if p.From == 0 {
		add("from", "reorganise.from")
	} else if p.From < today {
		add("from", "reorganise.past", "day", p.From)
	}
	if len(p.Agencies) > maxAgencies || len(p.Moves) > maxMoves {
		add("agencies", "reorganise.many", "agencies", maxAgencies, "moves", maxMoves)
	}
	seen := map[string]bool{}
	for i := range p.Agencies {
		a := &p.Agencies[i]
		a.Name, a.Short = strings.TrimSpace(a.Name), strings.TrimSpace(a.Short)
		if a.Short == "" {
			a.Short = a.Name
		}
		if !slices.Contains(Fates, a.Fate) || a.Key == "" || seen[a.Key] {
			add("agencies", "reorganise.agency", "agency", a.Key)
		}
		if (a.Fate == Rename || a.Fate == Begin) && a.Name == "" {
			add("agencies", "reorganise.name", "agency", a.Key)
		}
		if a.Fate != End {
			a.Heir = ""
		}
		seen[a.Key] = true
	}
	for _, m := range p.Moves {
		if !slices.Contains(Kinds, m.Kind) || m.Ref == "" || m.To == "" || m.To == m.Agency || m.To == Nobody && m.Kind != OnPost {
			add("moves", "reorganise.move", "ref", m.Ref)
		}
	}
	return act.WrongFields("reorganise.wrong", wrong)
}

// Begin writes the draft of an act.
func (d *Desk) Begin(ctx context.Context, a act.Actor, token string, p Plan) (At, error) {
	return act.Run(ctx, d.Runner, a, token, CommandDraft, p, func(c *act.Call, p Plan) (At, error) {
		if err := c.Allow(act.Scope{Region: d.Region}); err != nil {
			return At{}, err
		}
		if err := p.settle(c.Today()); err != nil {
			return At{}, err
		}
		x := Act{ID: c.Tx.NewID(), Document: p.Document, From: p.From}
		c.Tx.Put(`insert into reorganisation(home, id, document, reason, from_day, region, stage, rev, drafted_by, began) values($1, $2, $3, $4, $5, $6, $7, 1, $8, $9)`,
			c.Tx.Home(), x.ID, p.Document, p.Reason, p.From, d.Region, Draft, c.Actor.Person, c.Now())
		x.put(c, p)
		return At{x.ID, 1}, x.note(c, "drafted", map[string]any{"reason": p.Reason, "agencies": keysOf(p.Agencies), "named": len(p.Moves)})
	})
}

// editIn is the input of Edit.
type editIn struct {
	At
	Plan
}

// Edit writes a draft anew. When somebody else changed it since it was seen, it is a
// Conflict. Whoever wrote last may not decide it: the draft is theirs then.
func (d *Desk) Edit(ctx context.Context, a act.Actor, token string, at At, p Plan) (At, error) {
	return act.Run(ctx, d.Runner, a, token, CommandEdit, editIn{at, p}, func(c *act.Call, in editIn) (At, error) {
		x, err := hold(c, in.At, Draft)
		if err != nil {
			return At{}, err
		}
		if err := in.Plan.settle(c.Today()); err != nil {
			return At{}, err
		}
		c.Tx.PutOne(act.Changed("reorganise.thing.act"), `update reorganisation set document = $3, reason = $4, from_day = $5, rev = rev + 1, drafted_by = $6
			where home = $1 and id = $2 and rev = $7`, c.Tx.Home(), x.ID, in.Document, in.Reason, in.From, c.Actor.Person, x.Rev)
		x.Document, x.From = in.Document, in.From
		x.put(c, in.Plan)
		return At{x.ID, x.Rev + 1}, x.note(c, "edited", map[string]any{"reason": in.Reason, "agencies": keysOf(in.Agencies), "named": len(in.Moves)})
	})
}

// put writes what an act says in place of what it said.
func (a Act) put(c *act.Call, p Plan) {
	tx := c.Tx
	tx.Put(`delete from reorganisation_agency where home = $1 and act = $2`, tx.Home(), a.ID)
	rows := make([][]any, len(p.Agencies))
	for i, g := range p.Agencies {
		rows[i] = []any{tx.Home(), a.ID, g.Key, g.Fate, g.Heir, g.Name, g.Short, g.USCC, g.Level, g.Address, g.Phone, g.NameEN}
	}
	tx.PutRows(`insert into reorganisation_agency(home, act, agency, fate, heir, name, short, uscc, level, address, phone, name_en)`, rows)
	a.putMoves(tx, p.Moves, false)
}

// putMoves writes the moves; the last of two about one thing counts.
func (a Act) putMoves(tx *store.Tx, list []Move, done bool) {
	tx.Put(`delete from reorganisation_move where home = $1 and act = $2`, tx.Home(), a.ID)
	last := map[Move]int{}
	var rows [][]any
	for _, m := range list {
		row := []any{tx.Home(), a.ID, m.Agency, m.Kind, m.Ref, m.To, done}
		about := Move{m.Agency, m.Kind, m.Ref, ""}
		if i, twice := last[about]; twice {
			rows[i] = row
			continue
		}
		last[about] = len(rows)
		rows = append(rows, row)
	}
	tx.PutRows(`insert into reorganisation_move(home, act, agency, kind, ref, receiver, done)`, rows)
}

func keysOf(list []Agency) []string {
	keys := make([]string, len(list))
	for i, g := range list {
		keys[i] = g.Key
	}
	return keys
}

// dropIn is the input of Drop.
type dropIn struct {
	At
	Reason string
}

// Drop puts an act away that is not carried out yet.
func (d *Desk) Drop(ctx context.Context, a act.Actor, token string, at At, reason string) error {
	_, err := act.Run(ctx, d.Runner, a, token, CommandDrop, dropIn{at, strings.TrimSpace(reason)}, func(c *act.Call, in dropIn) (struct{}, error) {
		now, err := ByID(c.Tx, in.ID)
		if err != nil {
			return struct{}{}, err
		}
		stage := Draft
		if now.Stage == Decided {
			stage = Decided
		}
		x, err := hold(c, in.At, stage)
		if err != nil {
			return struct{}{}, err
		}
		if in.Reason == "" || len([]rune(in.Reason)) > maxWords {
			return struct{}{}, act.Wrong("reorganise.reason", "max", maxWords)
		}
		x.move(c, stage, Dropped)
		return struct{}{}, x.note(c, "dropped", map[string]any{"reason": in.Reason})
	})
	return err
}

func (a Act) move(c *act.Call, from, to string) {
	c.Tx.PutOne(act.Changed("reorganise.thing.act"), `update reorganisation set stage = $3 where home = $1 and id = $2 and stage = $4 and rev = $5`,
		c.Tx.Home(), a.ID, to, from, a.Rev)
}
