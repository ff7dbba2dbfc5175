// Package identity says who is who: people, legal persons and who may act for
// them, agencies and regions, posts, leave and stand-ins, accounts and sessions;
// and who may do what (Authorise).
//
// It never decides a case, and what it tells about a person it tells only to
// callers that recorded the look. Personal values lie sealed under the person's
// own data key; firms and agencies are public.
//
// Every change is a command with an event. Facts are dated: a post, a leave, a
// representation holds from one day to another, and the question is always
// asked for a day.
package identity

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/record/vault"
	"tongban/internal/rules/gbcode"
)

// Options of a register; the zero value is usable.
type Options struct {
	Issuer string       // name shown by authenticator apps; "" is Tongban
	Hash   Argon        // cost of passwords; zero is DefaultArgon
	China  *gbcode.Tree // national regions; nil is gbcode.China()
}

// Register keeps people, agencies, posts, accounts. It is safe for concurrent use.
type Register struct {
	store  *store.Store
	runner *act.Runner
	vault  *vault.Vault
	o      Options
	gate   chan struct{} // bounds the passwords hashed at once, and their memory
	dummy  string        // password hash compared for accounts that do not exist

	mu     sync.Mutex // guards what follows
	people map[int64]standing
	places *places
}

// hashedAtOnce bounds the memory of password hashing: about 19 MiB each.
const hashedAtOnce = 4

// New makes a register. The caller sets runner.Rights to it.
func New(s *store.Store, runner *act.Runner, v *vault.Vault, o Options) *Register {
	if o.Issuer == "" {
		o.Issuer = "Tongban"
	}
	if o.Hash == (Argon{}) {
		o.Hash = DefaultArgon
	}
	r := &Register{store: s, runner: runner, vault: v, o: o, gate: make(chan struct{}, hashedAtOnce), people: map[int64]standing{}}
	r.dummy = r.o.Hash.hash(r.random(16), r.secret(20))
	return r
}

// run runs a command of this room. What the idempotency key remembers of the
// input is a keyed digest: a plain hash of an identity number could be guessed.
func run[In, Out any](ctx context.Context, r *Register, a act.Actor, token string, cmd act.Command, in In, do func(*act.Call, In) (Out, error)) (Out, error) {
	var digest []byte
	if token != "" {
		b, err := json.Marshal(in)
		if err != nil {
			return *new(Out), fmt.Errorf("command %s: input: %w", cmd.Name, err)
		}
		digest = r.vault.Digest("command/"+cmd.Name, string(b))
	}
	return act.Run(ctx, r.runner, a, token, cmd, digest, func(c *act.Call, _ []byte) (Out, error) { return do(c, in) })
}

// china is the national table of regions; it is read when first asked for.
func (r *Register) china() *gbcode.Tree {
	if r.o.China != nil {
		return r.o.China
	}
	return gbcode.China()
}

func (r *Register) random(n int) []byte {
	b := make([]byte, n)
	r.vault.Random(b)
	return b
}

// secretLetters has no letters that look alike when read from paper.
const secretLetters = "abcdefghjkmnpqrstuvwxyz23456789"

// secret returns n random letters, about five bits each.
func (r *Register) secret(n int) string {
	out := make([]byte, 0, n)
	for len(out) < n {
		for _, b := range r.random(n) {
			if int(b) < 256/len(secretLetters)*len(secretLetters) && len(out) < n {
				out = append(out, secretLetters[int(b)%len(secretLetters)])
			}
		}
	}
	return string(out)
}

// scanID reads a row of one id.
func scanID(row store.Row) (id int64, err error) { return id, row.Scan(&id) }

// trimmed takes the white space off what was typed.
func trimmed(s string) string { return strings.Join(strings.Fields(s), " ") }

var _ act.Authoriser = (*Register)(nil)
