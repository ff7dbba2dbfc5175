// Package act runs commands. A command is a value: its name, the right it needs,
// the part it plays in a case. Pages, API, command line and the authorisation
// tests all come from it, and every one of them runs it here.
//
// A command loads (one or two queries), decides (pure), and puts its writes and
// events; or it returns an *Error and nothing of it is stored. It must ask for
// its right with Call.Allow as soon as it knows what it acts on; the runner
// refuses to commit a command that did not.
package act

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/record/vault"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// Command describes a command.
type Command struct {
	Name  string // "case.accept": stable, in the ledger, the API and the tests
	Right string // the right it needs, "" only for what anyone may do
	Part  string // the part it plays in a case: accept, review, decide …; "" for none
}

// Label is the command's name for people.
func (c Command) Label() wording.Message { return wording.M("command." + c.Name) }

// Authoriser tells whether an actor holds a right in a scope; a refusal is an *Error.
type Authoriser interface {
	Authorise(tx *store.Tx, a Actor, right string, on Scope) error
}

// Runner runs commands.
type Runner struct {
	Store  *store.Store
	Ledger *ledger.Ledger
	Rights Authoriser
	Log    *slog.Logger
	Rand   io.Reader                                        // for the ids of internal errors
	Seen   func(command string, err error, d time.Duration) // metrics; err is nil or an *Error; may be nil

	mu       sync.Mutex
	recorded map[int64]burst
}

// Call is one run of a command.
type Call struct {
	Tx      *store.Tx
	Actor   Actor
	Command Command
	r       *Runner
	allowed bool
}

// Run runs a command. token is the idempotency key, "" for none: the same token
// with the same input answers what the first run answered; with another input
// it is refused. Out must be a reference to the result (ids, numbers), never
// what was typed, because it is kept.
func Run[In, Out any](ctx context.Context, r *Runner, a Actor, token string, c Command, in In, do func(*Call, In) (Out, error)) (Out, error) {
	var out Out
	began := time.Now()
	digest, err := requestDigest(token, c, in)
	if err == nil {
		err = r.untilSettled(func() error {
			err := r.Store.Do(ctx, priority(a), func(tx *store.Tx) error {
				var err error
				if out, err = attempt(r, tx, a, token, digest, c, in, do); err != nil {
					return r.recording(a, token, c, err)
				}
				return nil
			})
			if err == nil || token == "" {
				return err
			}
			out = *new(Out)
			return r.repeated(ctx, a, token, digest, &out, err)
		})
	}
	err = r.settle(ctx, c, err)
	if r.Seen != nil {
		r.Seen(c.Name, err, time.Since(began))
	}
	if err != nil {
		return *new(Out), err
	}
	return out, nil
}

// attempt runs the command once and sends its writes, so that what only the
// database can refuse is known here too.
func attempt[In, Out any](r *Runner, tx *store.Tx, a Actor, token string, digest []byte, c Command, in In, do func(*Call, In) (Out, error)) (Out, error) {
	call := &Call{Tx: tx, Actor: a, Command: c, r: r}
	out, err := do(call, in)
	switch {
	case err != nil:
		return out, err
	case !call.allowed:
		return out, fmt.Errorf("command %s never asked for its right", c.Name)
	}
	if err := remember(tx, a, token, c, digest, out); err != nil {
		return out, err
	}
	return out, tx.Flush()
}

// repeated looks, after a command with a key was not stored, whether the same
// submission was stored before, or by another request meanwhile: what this one
// found changed was its own doing, and the answer is the first one's. Nearly
// all submissions are the first of their key, so none looks beforehand.
func (r *Runner) repeated(ctx context.Context, a Actor, token string, digest []byte, out any, err error) error {
	replayed := false
	looked := r.Store.Do(ctx, priority(a), func(tx *store.Tx) (err error) {
		replayed, err = replay(tx, a, token, digest, out)
		return err
	})
	switch {
	case looked != nil: // the key is used for something else, or nobody can tell now
		return looked
	case replayed:
		return nil
	}
	return err
}

func priority(a Actor) store.Priority {
	if a.Who == System {
		return store.Background
	}
	return store.People
}

// errTokenTaken says that the same key was taken by another request. Unless its
// answer is found that request was not stored, and this one runs again.
var errTokenTaken = errors.New("act: token taken meanwhile")

func (r *Runner) untilSettled(f func() error) error {
	err := f()
	for range 3 {
		if !errors.Is(err, errTokenTaken) {
			break
		}
		err = f()
	}
	return err
}

func requestDigest(token string, c Command, in any) ([]byte, error) {
	if token == "" {
		return nil, nil
	}
	b, err := json.Marshal(in)
	if err != nil {
		return nil, fmt.Errorf("command %s: input: %w", c.Name, err)
	}
	h := sha256.New()
	_, _ = io.WriteString(h, c.Name+"\n")
	_, _ = h.Write(b)
	return h.Sum(nil), nil
}

func replay(tx *store.Tx, a Actor, token string, digest []byte, out any) (bool, error) {
	var was []byte
	var result string
	found, err := tx.Get([]any{&was, &result}, `select digest, result from idempotency where home = $1 and person = $2 and token = $3`,
		tx.Home(), a.Person, token)
	if err != nil || !found {
		return false, err
	}
	if string(was) != string(digest) {
		return false, Wrong("act.key_reused")
	}
	// The first run may have been stored on one server only when its connection was
	// cut; answering it acknowledges it.
	tx.Settle()
	return true, json.Unmarshal([]byte(result), out)
}

func remember(tx *store.Tx, a Actor, token string, c Command, digest []byte, out any) error {
	if token == "" {
		return nil
	}
	b, err := json.Marshal(out)
	if err != nil {
		return err
	}
	tx.PutOne(errTokenTaken, `insert into idempotency(home, person, token, command, digest, result, at)
		values($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`, tx.Home(), a.Person, token, c.Name, digest, string(b), tx.Now())
	return nil
}

// settle turns whatever came back into the one error type.
func (r *Runner) settle(ctx context.Context, c Command, err error) error {
	var e *Error
	var m wording.Message
	switch {
	case err == nil:
		return nil
	case errors.As(err, &e):
		return e
	case errors.As(err, new(vault.Erased)):
		return Erased()
	case errors.As(err, &m):
		return &Error{Kind: Invalid, Code: m.Key, Msg: m}
	case errors.Is(err, store.ErrUnavailable), errors.Is(err, store.ErrConflict):
		r.Log.WarnContext(ctx, "command not stored", "command", c.Name, "err", err)
		return &Error{Kind: Unavailable, Code: "act.unavailable", Msg: wording.M("act.unavailable"), cause: err}
	}
	return r.internal(ctx, c.Name, err)
}

// internal hides an unexpected error behind an id that is in the log.
func (r *Runner) internal(ctx context.Context, what string, err error) error {
	b := make([]byte, 6)
	_, _ = io.ReadFull(r.Rand, b)
	id := hex.EncodeToString(b)
	r.Log.ErrorContext(ctx, "internal error", "id", id, "what", what, "err", err)
	return &Error{Kind: Internal, Code: "act.internal", Msg: wording.M("act.internal", "id", id), ID: id, cause: err}
}

// Settle is for faces that read without a command: it gives any error the one type.
func (r *Runner) Settle(what string, err error) error {
	return r.SettleFor(context.Background(), what, err)
}

// SettleFor is Settle where it is known for which request: what is logged then
// tells its id.
func (r *Runner) SettleFor(ctx context.Context, what string, err error) error {
	return r.settle(ctx, Command{Name: what}, err)
}

// Allow asks for the command's right in this scope.
func (c *Call) Allow(on Scope) error {
	c.allowed = true
	if c.Command.Right == "" || c.Actor.Who == System {
		return nil
	}
	return c.r.Rights.Authorise(c.Tx, c.Actor, c.Command.Right, on)
}

// Now is the instant of the command, Today its legal day.
func (c *Call) Now() day.Instant { return c.Tx.Now() }

// Today is the legal day of the command.
func (c *Call) Today() day.Day { return c.Tx.Today() }

// Append writes an event of this actor at the end of a stream whose head the
// caller keeps, and returns the new head and the event's id.
func (c *Call) Append(at ledger.Chain, key ledger.Key, e ledger.Event) (ledger.Chain, int64, error) {
	e.By = c.Actor.by()
	return c.r.Ledger.Append(c.Tx, at, key, e)
}

// Note writes an event of this actor to a stream without a root row of its own.
func (c *Call) Note(key ledger.Key, e ledger.Event) (int64, error) {
	e.By = c.Actor.by()
	return c.r.Ledger.Note(c.Tx, key, e)
}
