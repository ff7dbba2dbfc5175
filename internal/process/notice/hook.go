package notice

import (
	"context"
	"encoding/hex"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

var (
	setHook       = act.Command{Name: "notice.set_hook", Right: "account.own"}
	setAgencyHook = act.Command{Name: "notice.set_agency_hook", Right: "agency.manage"}
)

// Commands lists the commands of this room.
func Commands() []act.Command { return []act.Command{markRead, setHook, setAgencyHook} }

// HookIn sets where notices are sent.
type HookIn struct {
	Agency string `json:"agency,omitempty"` // an agency's hook instead of the actor's own
	URL    string `json:"url"`              // empty: no longer
	Renew  bool   `json:"renew,omitempty"`  // make a new secret
}

// HookSet refers to the hook.
type HookSet struct {
	ID int64 `json:"id"`
}

// SetHook sets the hook of the actor, or of an agency: from now on its notices
// are sent there too. The secret that signs them is made here and read with Hook.
func (d *Desk) SetHook(ctx context.Context, a act.Actor, token string, in HookIn) (HookSet, error) {
	cmd := setHook
	if in.Agency != "" {
		cmd = setAgencyHook
	}
	return act.Run(ctx, d.Runner, a, token, cmd, in, d.setHook)
}

func (d *Desk) setHook(c *act.Call, in HookIn) (HookSet, error) {
	owner, scope := Person(c.Actor.Person), act.Scope{Owner: c.Actor.Person}
	if in.Agency != "" {
		owner, scope = Agency(in.Agency), act.Scope{Agency: in.Agency}
	}
	if err := c.Allow(scope); err != nil {
		return HookSet{}, err
	}
	h, found, err := d.hook(c.Tx, owner)
	if err != nil {
		return HookSet{}, err
	}
	state, host := "off", ""
	if in.URL != "" {
		u, err := d.Gate.Check(in.URL)
		if err != nil {
			return HookSet{}, err
		}
		state, in.URL, host = "on", u.String(), u.Host
	} else if !found {
		return HookSet{}, act.Missing("notice.hook.thing")
	}
	if !found {
		h.ID = c.Tx.NewID()
	}
	if !found || in.Renew {
		key, err := d.Vault.NewKey(c.Tx, "hook", h.ID)
		if err != nil {
			return HookSet{}, err
		}
		h.sealed = key.Seal("hook", h.ID, "secret", d.newSecret())
	}
	if found {
		c.Tx.Put(`update hook set url = $3, secret = $4, state = $5, changed = $6 where home = $1 and id = $2`, c.Tx.Home(), h.ID, in.URL, h.sealed, state, c.Now())
	} else {
		c.Tx.PutOne(act.Changed("notice.hook.thing"), `insert into hook(home, id, owner, url, secret, state, changed) values($1, $2, $3, $4, $5, $6, $7)
			on conflict do nothing`, c.Tx.Home(), h.ID, owner, in.URL, h.sealed, state, c.Now())
	}
	_, err = c.Note(nil, ledger.Event{
		Stream: "inbox/" + string(owner), Kind: "notice.hook_set", Facts: map[string]any{"hook": h.ID, "state": state, "host": host, "renewed": in.Renew},
	})
	return HookSet{h.ID}, err
}

func (d *Desk) newSecret() []byte {
	b := make([]byte, 32)
	d.Vault.Random(b)
	return []byte(hex.EncodeToString(b))
}

// Hook is where a reader's notices are sent, as its owner sees it.
type Hook struct {
	ID      int64
	URL     string
	On      bool
	Secret  string
	Changed day.Instant
	Waiting int64  // notices not answered yet
	Why     string // of the last failure among them

	sealed []byte
}

// Hook returns a reader's hook, and whether there is one. Only its owner may see it.
func (d *Desk) Hook(tx *store.Tx, owner Reader) (Hook, bool, error) {
	h, found, err := d.hook(tx, owner)
	if err != nil || !found {
		return h, found, err
	}
	secret, err := d.Vault.Open(tx, "hook", h.ID, "secret", h.sealed)
	if err != nil {
		return h, true, err
	}
	h.Secret = string(secret)
	if _, err := tx.Get([]any{&h.Waiting}, `select count(*) from delivery where home = $1 and hook = $2 and state = 'waiting'`, tx.Home(), h.ID); err != nil {
		return h, true, err
	}
	_, err = tx.Get([]any{&h.Why}, `select why from delivery where home = $1 and hook = $2 and state = 'waiting' and why <> '' order by tried_at desc limit 1`,
		tx.Home(), h.ID)
	return h, true, err
}

func (d *Desk) hook(tx *store.Tx, owner Reader) (h Hook, found bool, err error) {
	var state string
	found, err = tx.Get([]any{&h.ID, &h.URL, &h.sealed, &state, &h.Changed}, `select id, url, secret, state, changed from hook where home = $1 and owner = $2`,
		tx.Home(), owner)
	h.On = state == "on"
	return h, found, err
}
