package identity

import (
	"context"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// How long a session lasts: without a request, and at most.
const (
	StaffIdle     = 30 * day.Minute
	StaffLongest  = 12 * day.Hour
	PublicIdle    = 20 * day.Hour // a form left in the evening is there in the morning
	PublicLongest = 7 * 24 * day.Hour
	secondLongest = 5 * day.Minute // between password and code
)

// seenEvery is how often a session's last request is written down.
const seenEvery = day.Minute

// Step is what a session still lacks before its person may act.
type Step string

// The steps.
const (
	Ready        Step = ""
	SecondFactor Step = "second"   // the code of the authenticator app, or a recovery code
	NewPassword  Step = "password" // the first password must be changed
	NeedTOTP     Step = "totp"     // an official without second factor: acts as applicant only
)

// as in session.post: acting as oneself although posts are held.
const asSelf = "self"

// Session is an open session.
type Session struct {
	Actor   act.Actor
	Next    Step
	Expires day.Instant // when it ends if no further request comes
	TOTP    bool        // the account has a second factor
	digest  []byte
	factor  bool
}

// sessionRow is the session with its account, and the epoch of posts.
type sessionRow struct {
	ID, Account, Person int64
	State               string
	Factor              bool
	Agency, Post        string
	StandsFor           int64
	Created, Seen       day.Instant
	MustChange          bool
	TOTP                []byte
	AccountState        string
	Epoch               int64
}

const sessionSelect = `select s.id, s.account, s.person, s.state, s.factor, s.agency, s.post, s.stands_for, s.created, s.seen,
	a.must_change, a.totp, a.state, coalesce(e.n, 0)
	from session s join account a on a.home = s.home and a.id = s.account
	left join register_epoch e on e.home = s.home and e.name = 'staff'
	where s.home = $1 and s.digest = $2`

func scanSession(row store.Row) (s sessionRow, err error) {
	return s, row.Scan(&s.ID, &s.Account, &s.Person, &s.State, &s.Factor, &s.Agency, &s.Post, &s.StandsFor, &s.Created, &s.Seen,
		&s.MustChange, &s.TOTP, &s.AccountState, &s.Epoch)
}

func (r *Register) sessionDigest(token string) []byte { return r.vault.Digest("session", token) }

// Actor returns who sends a request with this token, with what they may do at
// this moment. An unknown, ended or unfinished session is refused with act.sign_in,
// one whose first password must be changed with identity.password.change_first.
func (r *Register) Actor(ctx context.Context, token string) (act.Actor, error) {
	s, err := r.Open(ctx, token)
	if err != nil {
		return act.Actor{}, err
	}
	switch s.Next {
	case SecondFactor:
		return act.Actor{}, act.Refuse("act.sign_in")
	case NewPassword:
		return act.Actor{}, act.Refuse("identity.password.change_first")
	}
	return s.Actor, nil
}

// Open returns the session of a token, unfinished ones included: for the pages
// of signing in. It notes the request, at most once a minute.
func (r *Register) Open(ctx context.Context, token string) (Session, error) {
	if token == "" {
		return Session{}, act.Refuse("act.sign_in")
	}
	var s Session
	var seen day.Instant
	err := r.store.Read(ctx, func(tx *store.Tx) (err error) {
		s, seen, err = r.session(tx, r.sessionDigest(token))
		return err
	})
	if err != nil {
		return Session{}, r.runner.SettleFor(ctx, "session", err)
	}
	if now := r.store.Now(); now-seen >= seenEvery {
		// A request that cannot be noted is served all the same: the session ends sooner, that is all.
		_ = r.store.Do(ctx, store.People, func(tx *store.Tx) error {
			tx.Put(`update session set seen = $3 where home = $1 and digest = $2 and seen < $3`, tx.Home(), s.digest, now)
			return nil
		})
	}
	return s, nil
}

// Whose tells whose session a token was, also after it has ended, 0 when that is
// not known any more: so that what somebody typed is given back to nobody else.
func (r *Register) Whose(ctx context.Context, token string) (person int64) {
	_ = r.store.Read(ctx, func(tx *store.Tx) error {
		_, err := tx.Get([]any{&person}, `select person from session where home = $1 and digest = $2`, tx.Home(), r.sessionDigest(token))
		return err
	})
	return person
}

// session reads a session and puts its actor together.
func (r *Register) session(tx *store.Tx, digest []byte) (Session, day.Instant, error) {
	row, found, err := store.Find(tx, scanSession, sessionSelect, tx.Home(), digest)
	if err != nil {
		return Session{}, 0, err
	}
	if !found || row.AccountState != accountOpen {
		return Session{}, 0, act.Refuse("act.sign_in")
	}
	st, err := r.standingAt(tx, row.Person, row.Epoch)
	if err != nil {
		return Session{}, 0, err
	}
	s := Session{Actor: st.actor(row.Person), Next: row.next(len(st.grants) > 0), TOTP: len(row.TOTP) > 0, digest: digest, factor: row.Factor}
	s.Actor.Account, s.Actor.Session = row.Account, row.ID
	if !row.Factor {
		s.Actor.Grants = nil // posts need the second factor
	}
	row.choose(&s.Actor)
	s.Expires = row.expires(len(s.Actor.Grants) > 0)
	if tx.Now() >= s.Expires {
		return Session{}, 0, act.Refuse("identity.session.ended")
	}
	return s, row.Seen, nil
}

func (s sessionRow) next(staff bool) Step {
	switch {
	case s.State == string(SecondFactor):
		return SecondFactor
	case s.MustChange:
		return NewPassword
	case staff && !s.Factor:
		return NeedTOTP
	}
	return Ready
}

// choose puts the actor into the post chosen in the session, if it is still
// held, else into the first; who chose to act as themself does.
func (s sessionRow) choose(a *act.Actor) {
	if len(a.Grants) == 0 || s.Post == asSelf {
		return
	}
	for i, g := range a.Grants {
		if g.Role == s.Post && g.Agency == s.Agency && g.Of == s.StandsFor {
			a.Grants[0], a.Grants[i] = a.Grants[i], a.Grants[0]
			break
		}
	}
	g := a.Grants[0]
	a.Who, a.Agency, a.Post, a.StandsFor = act.Staff, g.Agency, g.Role, g.Of
}

func (s sessionRow) expires(staff bool) day.Instant {
	switch {
	case s.State == string(SecondFactor):
		return s.Created + secondLongest
	case staff:
		return min(s.Seen+StaffIdle, s.Created+StaffLongest)
	}
	return min(s.Seen+PublicIdle, s.Created+PublicLongest)
}

// ChoosePost makes a session act in another of the posts held; post "" is the
// person as themself. of is the person on leave, 0 for one's own post.
func (r *Register) ChoosePost(ctx context.Context, token, agency, post string, of int64) error {
	s, err := r.Open(ctx, token)
	if err != nil {
		return err
	}
	held := post == ""
	for _, g := range s.Actor.Grants {
		held = held || g.Role == post && g.Agency == agency && g.Of == of
	}
	if !held {
		return act.Refuse("identity.post.gone", "post", PostLabel(post)).Then("identity.post.gone.next")
	}
	if post == "" {
		agency, post, of = "", asSelf, 0
	}
	err = r.store.Do(ctx, store.People, func(tx *store.Tx) error {
		tx.PutOne(act.Refuse("act.sign_in"), `update session set agency = $3, post = $4, stands_for = $5 where home = $1 and digest = $2`,
			tx.Home(), s.digest, agency, post, of)
		return nil
	})
	return r.runner.SettleFor(ctx, "choose post", err)
}

// DropExpired deletes sessions and failed attempts that are long over; the timer calls it.
func (r *Register) DropExpired(ctx context.Context) error {
	err := r.store.Do(ctx, store.Background, func(tx *store.Tx) error {
		tx.Put(`delete from session where home = $1 and (seen < $2 or created < $3)`, tx.Home(), tx.Now()-PublicIdle, tx.Now()-PublicLongest)
		tx.Put(`delete from failed_login where home = $1 and last_at < $2`, tx.Home(), tx.Now()-forgotten)
		return nil
	})
	return r.runner.SettleFor(ctx, "drop expired sessions", err)
}

// LiveMax is where the counting of sessions stops.
const LiveMax = 100_000

// Live counts the sessions with a request in the last half hour, up to LiveMax.
func Live(tx *store.Tx) (n int64, err error) {
	_, err = tx.Get([]any{&n}, `select count(*) from (select 1 from session where home = $1 and seen > $2 limit $3) x`,
		tx.Home(), tx.Now()-StaffIdle, LiveMax)
	return n, err
}
