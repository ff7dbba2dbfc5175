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
	if in.From == 0 {
		in.From = c.Today()
	}
	kind, err := kindOf(c.Tx, in)
	if err != nil {
		return Imported{}, err
	}
	var was Imported
	var from day.Day
	var text string
	found, err := c.Tx.Get([]any{&was.ID, &was.Version, &from, &text}, `select id, version, from_day, yaml from paper_template
		where home = $1 and kind = $2 and agency = $3 order by version desc limit 1`, c.Tx.Home(), kind, in.Agency)
	if err != nil {
		return Imported{}, err
	}
	if found && text == in.YAML {
		was.Kind = kind
		return was, nil
	}
	if found && in.From <= from {
		return Imported{}, act.Wrong("paper.template.order", "day", wording.Date(wording.ZH, from))
	}
	now := Imported{ID: c.Tx.NewID(), Kind: kind, Version: was.Version + 1}
	if found {
		c.Tx.PutOne(act.Changed("paper.thing"), `update paper_template set until_day = $3 where home = $1 and id = $2 and until_day = 0`, c.Tx.Home(), was.ID, in.From)
	}
	c.Tx.Put(`insert into paper_template(home, id, kind, agency, version, from_day, until_day, yaml) values($1, $2, $3, $4, $5, $6, 0, $7)`,
		c.Tx.Home(), now.ID, kind, in.Agency, now.Version, in.From, in.YAML)
	sum := sha256.Sum256([]byte(in.YAML))
	_, err = c.Note(nil, ledger.Event{
		Stream: "paper-template/" + kind, Kind: "paper.template_imported", Day: in.From,
		Facts: map[string]any{"template": now.ID, "kind": kind, "agency": in.Agency, "version": now.Version, "sha256": hex.EncodeToString(sum[:])},
	})
	return now, err
}

// kindOf reads what is imported and gives its kind. There is one rule for all
// agencies; a template leaves its numbers to it, with a word that no other kind
// has, or bears the number of its case.
func kindOf(tx *store.Tx, in ImportIn) (string, error) {
	if isRule([]byte(in.YAML)) {
		if in.Agency != "" {
			return "", act.Wrong("paper.rule.all")
		}
		_, err := ParseRule([]byte(in.YAML))
		return RuleKind, err
	}
	t, err := ParseTemplate([]byte(in.YAML))
	if err != nil {
		return "", err
	}
	taken, ruled, err := words(tx, in.From)
	switch {
	case err != nil:
		return "", err
	case ruled && t.Word == "" && t.counted():
		return "", act.Wrong("paper.template.own_number", "kind", t.Kind)
	case t.Word != "" && taken[t.Word] != "" && taken[t.Word] != t.Kind:
		return "", act.Wrong("paper.template.word_taken", "word", t.Word, "kind", taken[t.Word])
	}
	return t.Kind, nil
}

// forms remembers parsed templates and rules; a stored one never changes.
type forms struct {
	mu    sync.Mutex
	byID  map[int64]*Template
	rules map[int64]*Rule
}

func (f *forms) get(id, rule int64) (*Template, *Rule) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.byID[id], f.rules[rule]
}

func (f *forms) put(t *Template, r *Rule) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.byID == nil {
		f.byID, f.rules = map[int64]*Template{}, map[int64]*Rule{}
	}
	f.byID[t.id] = t
	if r != nil {
		f.rules[r.id] = r
	}
}

// form finds the template in force on a day, the agency's own, else the one for
// all, and the rule of all papers; nil where there is none. It takes one statement.
func (d *Desk) form(tx *store.Tx, kind, agency string, on day.Day) (*Template, *Rule, error) {
	var id, rule int64
	if _, err := tx.Get([]any{&id, &rule}, `select coalesce((select id from paper_template where home = $1 and kind = $2 and agency in ($3, '')
		and from_day <= $4 and (until_day = 0 or until_day > $4) order by agency desc, version desc limit 1), 0),
		coalesce((select id from paper_template where home = $1 and kind = $5 and agency = '' and from_day <= $4 and (until_day = 0 or until_day > $4)
		order by version desc limit 1), 0)`, tx.Home(), kind, agency, on, RuleKind); err != nil {
		return nil, nil, err
	}
	if id == 0 || kind == RuleKind {
		return nil, nil, act.Refuse("paper.no_template", "kind", kind).Then("paper.no_template.next")
	}
	t, r := d.forms.get(id, rule)
	if t == nil || r == nil && rule != 0 {
		var err error
		if t, r, err = readForm(tx, id, rule); err != nil {
			return nil, nil, err
		}
		tx.After(func() { d.forms.put(t, r) })
	}
	if r == nil && t.Word != "" {
		return nil, nil, act.Refuse("paper.no_rule").Then("paper.no_template.next")
	}
	return t, r, nil
}

func readForm(tx *store.Tx, id, rule int64) (t *Template, r *Rule, err error) {
	read := func(id int64) (text string, err error) {
		_, err = tx.Get([]any{&text}, `select yaml from paper_template where home = $1 and id = $2`, tx.Home(), id)
		return text, err
	}
	text, err := read(id)
	if err == nil {
		t, err = ParseTemplate([]byte(text))
	}
	if err != nil || rule == 0 {
		if t != nil {
			t.id = id
		}
		return t, nil, err
	}
	t.id = id
	if text, err = read(rule); err == nil {
		r, err = ParseRule([]byte(text))
	}
	if err == nil {
		r.id = rule
	}
	return t, r, err
}
