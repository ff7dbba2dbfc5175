package identity

import (
	"slices"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/gbcode"
)

// Authorise tells whether the actor holds a right in a scope, in the post acted
// in: the post stands in the ledger, so it must be the one that gives the right.
// It trusts of the actor only who they are and the post; which posts the person
// holds is read (or remembered under the epoch) in this transaction, so that a
// post taken away meanwhile no longer counts. What officials are refused is recorded.
func (r *Register) Authorise(tx *store.Tx, a act.Actor, right string, on act.Scope) error {
	switch a.Who {
	case act.Staff:
		return r.authoriseStaff(tx, a, right, on)
	case act.Applicant:
		ok, err := r.own(tx, a, Applicant, right, on)
		if err != nil || ok {
			return err
		}
		return notAllowed(right)
	}
	return act.Refuse("act.sign_in")
}

func notAllowed(right string) *act.Error {
	return act.Refuse("act.not_allowed", "right", RightLabel(right))
}

func (r *Register) authoriseStaff(tx *store.Tx, a act.Actor, right string, on act.Scope) error {
	st, err := r.standing(tx, a.Person)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(st.grants, func(g act.Grant) bool {
		return g.Role == a.Post && g.Agency == a.Agency && g.Of == a.StandsFor
	})
	if i < 0 {
		return act.Refuse("identity.post.gone", "post", PostLabel(a.Post)).Then("identity.post.gone.next").Recorded()
	}
	ok, err := r.gives(tx, a, st.grants[i], right, on)
	if err != nil || ok {
		return err
	}
	for _, g := range st.grants {
		ok, err := r.gives(tx, a, g, right, on)
		if err != nil {
			return err
		}
		if ok {
			return notAllowed(right).Then("identity.post.switch", "post", PostLabel(g.Role)).Recorded()
		}
	}
	return notAllowed(right).Recorded()
}

// gives tells whether one grant gives the right in this scope.
func (r *Register) gives(tx *store.Tx, a act.Actor, g act.Grant, right string, on act.Scope) (bool, error) {
	for _, reach := range reaches(g.Role, right) {
		switch reach {
		case Office:
			return true, nil
		case Self:
			if on.Owner != 0 && on.Owner == a.Person {
				return true, nil
			}
		case OwnAgency, Area:
			if reach == OwnAgency && on.Agency != g.Agency {
				continue
			}
			ok, err := r.within(tx, g.Region, on)
			if err != nil || ok {
				return ok, err
			}
		}
	}
	return false, nil
}

// within tells whether the scope lies in the region of a post. A scope without
// region lies where its agency is; one that tells neither lies nowhere.
func (r *Register) within(tx *store.Tx, region string, on act.Scope) (bool, error) {
	if region == "" {
		return true, nil
	}
	where := on.Region
	if where == "" && on.Agency != "" {
		g, err := r.Agency(tx, on.Agency, tx.Today())
		if act.KindOf(err) == act.NotFound {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		where = g.Region
	}
	return where != "" && gbcode.Under(where, region), nil
}

// own tells whether an applicant's right reaches the scope: a matter of their
// own, one in which they were named agent, or one of somebody they represent.
func (r *Register) own(tx *store.Tx, a act.Actor, role, right string, on act.Scope) (bool, error) {
	if a.Person == 0 || !slices.Contains(reaches(role, right), Self) {
		return false, nil
	}
	if on.Owner == a.Person || slices.Contains(on.Agents, a.Person) {
		return true, nil
	}
	if on.Owner == 0 {
		return false, nil
	}
	return r.MayActFor(tx, a.Person, on.Owner, right, tx.Today())
}

// Acting returns the actor in another of the posts they hold: what a page does
// when a task needs a post that the reader has but is not in. agency "" is any.
// One's own posts come before those of people on leave.
func Acting(a act.Actor, post, agency string) (act.Actor, bool) {
	for _, own := range []bool{true, false} {
		for _, g := range a.Grants {
			if g.Role == post && (agency == "" || g.Agency == agency) && (g.Of == 0) == own {
				a.Who, a.Agency, a.Post, a.StandsFor = act.Staff, g.Agency, g.Role, g.Of
				return a, true
			}
		}
	}
	return a, false
}

// ActingOn is Acting for a task given to somebody. One given to a colleague on
// leave is done in their stead by their stand-in, who may hold the post as well:
// the record then names both.
func ActingOn(a act.Actor, post, agency string, given int64) (act.Actor, bool) {
	if given != 0 && given != a.Person {
		for _, g := range a.Grants {
			if g.Of == given && g.Role == post && g.Agency == agency {
				a.Who, a.Agency, a.Post, a.StandsFor = act.Staff, g.Agency, g.Role, g.Of
				return a, true
			}
		}
	}
	return Acting(a, post, agency)
}
