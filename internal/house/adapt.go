package house

import (
	"errors"
	"sync"

	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/record/vault"
	"tongban/internal/rules/condition"
)

// keyring gives the ledger the vault's keys.
type keyring struct{ v *vault.Vault }

// KeyByID implements ledger.Keys.
func (k keyring) KeyByID(tx *store.Tx, id int64) (ledger.Key, error) {
	key, err := k.v.Key(tx, id)
	var gone vault.Erased
	if errors.As(err, &gone) {
		return nil, erased{err}
	}
	return key, err
}

// erased tells the ledger that a value was erased, not lost.
type erased struct{ error }

// Erased marks it for the ledger.
func (erased) Erased() bool { return true }

// Unwrap returns the vault's own error.
func (e erased) Unwrap() error { return e.error }

// Conditions answers the conditions of flows and materials; each is compiled once.
type Conditions struct {
	mu   sync.Mutex
	kept map[string]*condition.Program
}

// conditionsKept bounds the compiled conditions that are remembered.
const conditionsKept = 10_000

// NewConditions makes an evaluator that has compiled nothing yet.
func NewConditions() *Conditions { return &Conditions{kept: map[string]*condition.Program{}} }

// True implements flow.Evaluator.
func (c *Conditions) True(source string, facts map[string]any) (bool, error) {
	p, err := c.program(source)
	if err != nil {
		return false, err
	}
	return p.Bool(facts)
}

func (c *Conditions) program(source string) (*condition.Program, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p, ok := c.kept[source]; ok {
		return p, nil
	}
	p, err := condition.Compile(source, condition.Case(nil))
	if err != nil {
		return nil, err
	}
	if len(c.kept) >= conditionsKept {
		clear(c.kept)
	}
	c.kept[source] = p
	return p, nil
}
