package identity

import (
	"slices"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// standingsKept bounds how many people's posts are remembered.
const standingsKept = 20_000

// standing is what a person is on one day: their name and the posts they hold,
// own ones first, then those of people on leave for whom they stand in.
type standing struct {
	epoch  int64
	day    day.Day
	name   string
	grants []act.Grant
}

// standing returns a person's posts of today. They are read again when posts,
// leave or names changed, or the day did.
func (r *Register) standing(tx *store.Tx, person int64) (standing, error) {
	n, err := r.Epoch(tx, epochStaff)
	if err != nil {
		return standing{}, err
	}
	return r.standingAt(tx, person, n)
}

func (r *Register) standingAt(tx *store.Tx, person, epoch int64) (standing, error) {
	r.mu.Lock()
	st, ok := r.people[person]
	r.mu.Unlock()
	if ok && st.epoch == epoch && st.day == tx.Today() {
		return st, nil
	}
	st = standing{epoch: epoch, day: tx.Today()}
	var err error
	if st.name, err = r.Name(tx, person); err != nil {
		return standing{}, err
	}
	if st.grants, err = grantsOf(tx, person, tx.Today()); err != nil {
		return standing{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.people) >= standingsKept {
		clear(r.people)
	}
	r.people[person] = st
	return st, nil
}

// StaffName is Name of somebody of the staff, remembered as their posts are.
func (r *Register) StaffName(tx *store.Tx, person int64) (string, error) {
	st, err := r.standing(tx, person)
	return st.name, err
}

// grantsOf reads the posts that a person holds on day d, and those of people on
// leave that day whose stand-in the person is. A stand-in's own stand-in gets
// only the stand-in's own posts, and nobody stands in as administrator.
func grantsOf(tx *store.Tx, person int64, d day.Day) ([]act.Grant, error) {
	grants, err := store.All(tx, scanGrant, `select post, agency, region, 0 from staff_post
		where home = $1 and person = $2 and from_day <= $3 and (until_day = 0 or until_day > $3)
		union all
		select p.post, p.agency, p.region, p.person from staff_leave l join staff_post p on p.home = l.home and p.person = l.person
		where l.home = $1 and l.stand_in = $2 and l.from_day <= $3 and l.until_day > $3
		and p.from_day <= $3 and (p.until_day = 0 or p.until_day > $3) and p.post <> 'admin'`, tx.Home(), person, d)
	slices.SortStableFunc(grants, func(a, b act.Grant) int {
		switch {
		case (a.Of == 0) != (b.Of == 0):
			return order(a.Of == 0)
		case a.Role != b.Role:
			return slices.Index(Roles, a.Role) - slices.Index(Roles, b.Role)
		case a.Agency != b.Agency:
			return order(a.Agency < b.Agency)
		case a.Of != b.Of:
			return order(a.Of < b.Of)
		}
		return 0
	})
	return grants, err
}

// order turns "the first comes first" into what sorting wants.
func order(first bool) int {
	if first {
		return -1
	}
	return 1
}

func scanGrant(row store.Row) (g act.Grant, err error) {
	return g, row.Scan(&g.Role, &g.Agency, &g.Region, &g.Of)
}

// ActorOf returns a person as actor without a session: for tests, the
// demonstration and the shell. post "" is the person as applicant; otherwise
// one of the posts held today, own ones before stand-ins.
func (r *Register) ActorOf(tx *store.Tx, person int64, agency, post string) (act.Actor, error) {
	st, err := r.standing(tx, person)
	if err != nil {
		return act.Actor{}, err
	}
	a := st.actor(person)
	if post == "" {
		return a, nil
	}
	a, ok := Acting(a, post, agency)
	if !ok {
		return act.Actor{}, act.Refuse("identity.post.gone", "post", PostLabel(post)).Then("identity.post.gone.next")
	}
	return a, nil
}

// actor is the person as applicant, with the posts they could act in.
func (st standing) actor(person int64) act.Actor {
	return act.Actor{Who: act.Applicant, Person: person, Name: st.name, Grants: slices.Clone(st.grants), Lang: wording.ZH}
}
