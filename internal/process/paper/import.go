package paper

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"sync"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

var importTemplate = act.Command{Name: "paper.import_template", Right: "item.paper_template"}

// Commands lists the commands of this room.
func Commands() []act.Command { return []act.Command{importTemplate} }

// ImportIn is a template and from when it is used.
type ImportIn struct {
	Agency string  `json:"agency"` // "" for all agencies without one of their own
	From   day.Day `json:"from"`   // 0 is today
	YAML   string  `json:"yaml"`
}

// Imported refers to what an import made.
type Imported struct {
	ID      int64  `json:"id"`
	Kind    string `json:"kind"`
	Version int    `json:"version"`
}

// Import takes a template into use from a day on; the one before it ends then.
// The same template again changes nothing.
func (d *Desk) Import(ctx context.Context, a act.Actor, token string, in ImportIn) (Imported, error) {
	return act.Run(ctx, d.Runner, a, token, importTemplate, in, d.importTemplate)
}

func (d *Desk) importTemplate(c *act.Call, in ImportIn) (Imported, error) {
	if err := c.Allow(act.Scope{Agency: in.Agency}); err != nil {
		return Imported{}, err
	}
	t, err := ParseTemplate([]byte(in.YAML))
	if err != nil {
		return Imported{}, err
	}
	if in.From == 0 {
		in.From = c.Today()
	}
	var was Imported
	var from day.Day
	var text string
	found, err := c.Tx.Get([]any{&was.ID, &was.Version, &from, &text}, `select id, version, from_day, yaml from paper_template
		where home = $1 and kind = $2 and agency = $3 order by version desc limit 1`, c.Tx.Home(), t.Kind, in.Agency)
	if err != nil {
		return Imported{}, err
	}
	if found && text == in.YAML {
		was.Kind = t.Kind
		return was, nil
	}
	if found && in.From <= from {
		return Imported{}, act.Wrong("paper.template.order", "day", wording.Date(wording.ZH, from))
	}
	now := Imported{ID: c.Tx.NewID(), Kind: t.Kind, Version: was.Version + 1}
	if found {
		c.Tx.PutOne(act.Changed("paper.thing"), `update paper_template set until_day = $3 where home = $1 and id = $2 and until_day = 0`, c.Tx.Home(), was.ID, in.From)
	}
	c.Tx.Put(`insert into paper_template(home, id, kind, agency, version, from_day, until_day, yaml) values($1, $2, $3, $4, $5, $6, 0, $7)`,
		c.Tx.Home(), now.ID, t.Kind, in.Agency, now.Version, in.From, in.YAML)
	sum := sha256.Sum256([]byte(in.YAML))
	_, err = c.Note(nil, ledger.Event{
		Stream: "paper-template/" + t.Kind, Kind: "paper.template_imported", Day: in.From,
		Facts: map[string]any{"template": now.ID, "kind": t.Kind, "agency": in.Agency, "version": now.Version, "sha256": hex.EncodeToString(sum[:])},
	})
	return now, err
}

// forms remembers parsed templates; a stored template never changes.
type forms struct {
	mu   sync.Mutex
	byID map[int64]*Template
}

func (f *forms) get(id int64) *Template {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.byID[id]
}

func (f *forms) put(t *Template) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.byID == nil {
		f.byID = map[int64]*Template{}
	}
	f.byID[t.id] = t
}

// form finds the template in force on a day: the agency's own, else the one for all.
func (d *Desk) form(tx *store.Tx, kind, agency string, on day.Day) (*Template, error) {
	var id int64
	found, err := tx.Get([]any{&id}, `select id from paper_template where home = $1 and kind = $2 and agency in ($3, '')
		and from_day <= $4 and (until_day = 0 or until_day > $4) order by agency desc, version desc limit 1`, tx.Home(), kind, agency, on)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, act.Refuse("paper.no_template", "kind", kind).Then("paper.no_template.next")
	}
	if t := d.forms.get(id); t != nil {
		return t, nil
	}
	var text string
	if _, err := tx.Get([]any{&text}, `select yaml from paper_template where home = $1 and id = $2`, tx.Home(), id); err != nil {
		return nil, err
	}
	t, err := ParseTemplate([]byte(text))
	if err != nil {
		return nil, err
	}
	t.id = id
	tx.After(func() { d.forms.put(t) })
	return t, nil
}
