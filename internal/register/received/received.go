// Package received keeps what lower bodies published on their lists, as they sent
// it: the higher level's side of 上下级清单联通. The lower body's portal stays the
// canonical source; here its versions are held beside its region, shown, and told
// by digest to whoever compares.
//
// A version never changes at its source, so the order in which portions come, and
// how often, makes no difference: a version that is held already is left as it is.
// A portion is taken whole or not at all.
package received

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"unicode/utf8"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/record/vault"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// The commands of this room. Receiving is done by the platform for whoever brings
// the key of a body.
var (
	CommandAdmit   = act.Command{Name: "received.admit", Right: "list.receive"}
	CommandEnd     = act.Command{Name: "received.end", Right: "list.receive"}
	CommandReceive = act.Command{Name: "received.receive", Right: "list.receive"}
)

// Commands lists the commands of this room.
func Commands() []act.Command { return []act.Command{CommandAdmit, CommandEnd, CommandReceive} }

// Register keeps the bodies and what came from them.
type Register struct {
	runner *act.Runner
	vault  *vault.Vault
	region string
}

// New makes a register for the portal of a region.
func New(runner *act.Runner, v *vault.Vault, region string) *Register {
	return &Register{runner: runner, vault: v, region: region}
}

// Body is a lower body.
type Body struct {
	Region   string
	Name     string
	On       bool        // its key is taken
	Since    day.Instant // when its key was made
	Received day.Instant // when something last came; 0 is never
}

// AdmitIn names a body.
type AdmitIn struct {
	Region string `json:"region"`
	Name   string `json:"name"`
}

// Admitted is a body that got a key. Known tells the key that was made, without
// telling it.
type Admitted struct {
	Region string `json:"region"`
	Known  string `json:"known"`
}

const (
	keyBytes = 32
	nameMost = 100 // characters of a body's name
)

var regionShape = regexp.MustCompile(`^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})$`)

// Admit lets a lower body send its lists, and gives it a key, a new one where it
// had one. The key is told once and never again: it is "" where the same
// submission was answered before. Errors are fields that are wrong, or a refusal.
func (r *Register) Admit(ctx context.Context, a act.Actor, token string, in AdmitIn) (key string, err error) {
	b := make([]byte, keyBytes)
	r.vault.Random(b)
	fresh := hex.EncodeToString(b)
	in.Region, in.Name = strings.TrimSpace(in.Region), strings.TrimSpace(in.Name)
	done, err := act.Run(ctx, r.runner, a, token, CommandAdmit, in, func(c *act.Call, in AdmitIn) (Admitted, error) {
		return r.admit(c, in, fresh)
	})
	if err != nil || done.Known != known(fresh) {
		return "", err
	}
	return fresh, nil
}

// known names a key in what is kept of the command.
func known(key string) string {
	sum := sha256.Sum256([]byte("known " + key))
	return hex.EncodeToString(sum[:8])
}

func (r *Register) admit(c *act.Call, in AdmitIn, key string) (Admitted, error) {
	if err := c.Allow(act.Scope{Region: r.region}); err != nil {
		return Admitted{}, err
	}
	var fields []act.Field
	if !regionShape.MatchString(in.Region) || in.Region == r.region {
		fields = append(fields, act.Field{Name: "region", Msg: wording.M("received.admit.region")})
	}
	if n := utf8.RuneCountInString(in.Name); n == 0 || n > nameMost {
		fields = append(fields, act.Field{Name: "name", Msg: wording.M("received.admit.name", "max", nameMost)})
	}
	if len(fields) > 0 {
		return Admitted{}, act.WrongFields("received.admit.wrong", fields)
	}
	c.Tx.Put(`insert into received_body(home, region, name, key_digest, state, since, received_at) values($1, $2, $3, $4, 'on', $5, 0)
		on conflict (home, region) do update set name = excluded.name, key_digest = excluded.key_digest, state = 'on', since = excluded.since`,
		c.Tx.Home(), in.Region, in.Name, r.digest(key), c.Now())
	_, err := c.Note(nil, ledger.Event{Stream: "received/" + in.Region, Kind: "received.admitted", Facts: map[string]any{"region": in.Region, "name": in.Name}})
	return Admitted{in.Region, known(key)}, err
}

// End takes a body's key no more. What it published stays.
func (r *Register) End(ctx context.Context, a act.Actor, token, region string) error {
	_, err := act.Run(ctx, r.runner, a, token, CommandEnd, region, func(c *act.Call, region string) (struct{}, error) {
		if err := c.Allow(act.Scope{Region: r.region}); err != nil {
			return struct{}{}, err
		}
		b, found, err := store.Held(c.Tx, scanBody, bodySQL+` and region = $2`, c.Tx.Home(), region)
		if err != nil || !found {
			return struct{}{}, missing(err)
		}
		if !b.On {
			return struct{}{}, nil
		}
		c.Tx.Put(`update received_body set state = 'off' where home = $1 and region = $2`, c.Tx.Home(), region)
		_, err = c.Note(nil, ledger.Event{Stream: "received/" + region, Kind: "received.ended", Facts: map[string]any{"region": region}})
		return struct{}{}, err
	})
	return err
}

// missing is the error of a body that is not there.
func missing(err error) error {
	if err == nil {
		err = act.Missing("received.thing.body")
	}
	return err
}

func (r *Register) digest(key string) []byte { return r.vault.Digest("received", key) }

// BodyWith returns the body that a key belongs to; a refusal when it is nobody's.
func (r *Register) BodyWith(tx *store.Tx, key string) (Body, error) {
	b, found, err := store.Find(tx, scanBody, bodySQL+` and key_digest = $2 and state = 'on'`, tx.Home(), r.digest(key))
	if err == nil && !found {
		err = act.Refuse("received.key").Then("received.key.next")
	}
	return b, err
}

const bodySQL = `select region, name, state, since, received_at from received_body where home = $1`

func scanBody(r store.Row) (b Body, err error) {
	var state string
	err = r.Scan(&b.Region, &b.Name, &state, &b.Since, &b.Received)
	b.On = state == "on"
	return b, err
}

// Bodies lists the lower bodies by region.
func Bodies(tx *store.Tx) ([]Body, error) {
	return store.All(tx, scanBody, bodySQL+` order by region`, tx.Home())
}

// Any tells whether there is a lower body at all.
func Any(tx *store.Tx) (bool, error) {
	var region string
	return tx.Get([]any{&region}, `select region from received_body where home = $1 limit 1`, tx.Home())
}

// BodyOf returns the body of a region; a NotFound error when there is none.
func BodyOf(tx *store.Tx, region string) (Body, error) {
	b, found, err := store.Find(tx, scanBody, bodySQL+` and region = $2`, tx.Home(), region)
	if err == nil && !found {
		err = missing(nil)
	}
	return b, err
}
