package identity_test

import (
	"slices"
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/identity"
	"tongban/internal/register/identity/identitytest"
	"tongban/internal/rules/wording"
)

// authorise asks for one right.
func authorise(t testing.TB, w *identitytest.World, a act.Actor, right string, on act.Scope) error {
	t.Helper()
	var answer error
	must(t, w.Store.Do(bg, store.People, func(tx *store.Tx) error {
		answer = w.Authorise(tx, a, right, on)
		return nil
	}))
	return answer
}

func TestEveryRightHasItsRolesAndNoOthers(t *testing.T) {
	t.Parallel()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		agency := map[string]string{"leader": "zfb", "catalogue": "zfb", "supervisor": "zfb", "admin": "zfb"}
		actors := map[string]act.Actor{identity.Applicant: w.As(w.Resident("测试甲"), "", "")}
		for i, role := range identity.Roles {
			if role == identity.Applicant {
				continue
			}
			if agency[role] == "" {
				agency[role] = "scjg"
			}
			p := w.Official("测试官"+string(rune('甲'+i)), agency[role], role)
			actors[role] = w.As(p, agency[role], role)
		}
		pairs := identity.Pairs()
		for _, p := range pairs {
			for role, a := range actors {
				right := strings.Replace(p.Right, "*", "anything", 1)
				err := authorise(t, w, a, right, act.Scope{Agency: agency[p.Role], Region: identitytest.County, Owner: a.Person})
				may := identity.Allows(role, right)
				// A role whose right reaches only its own agency is refused where the scope is another's.
				only := slices.ContainsFunc(pairs, func(q identity.Pair) bool {
					return q.Role == role && (q.Right == p.Right || strings.HasSuffix(q.Right, ".*") && strings.HasPrefix(p.Right, strings.TrimSuffix(q.Right, "*"))) && q.Reach != identity.OwnAgency
				})
				if may = may && (only || agency[role] == agency[p.Role]); may != (err == nil) {
					t.Errorf("%s, %s: may %v, answer %v", role, right, may, err)
				}
			}
		}
		if identity.Allows("admin", "case.decide") || identity.Allows("admin", "case.look") || identity.Allows("window", "case.decide") {
			t.Error("a role has a right it must never have")
		}
	})
}

func TestEveryRightAndRoleHasAName(t *testing.T) {
	t.Parallel()
	for _, p := range identity.Pairs() {
		if !strings.HasSuffix(p.Right, "*") && identity.RightLabel(p.Right).Key == "identity.right.other" {
			t.Errorf("right %s has no name", p.Right)
		}
		if !wording.Has(wording.EN, identity.PostLabel(p.Role).Key) || identity.PostLabel(p.Role).Key == "identity.post.other" {
			t.Errorf("role %s has no name", p.Role)
		}
	}
	for _, c := range identity.Commands() {
		if c.Right == "" {
			continue
		}
		if !slices.ContainsFunc(identity.Roles, func(role string) bool { return identity.Allows(role, c.Right) }) {
			t.Errorf("nobody may %s", c.Name)
		}
	}
}

func TestRightsReachTheirRegionAndNoFurther(t *testing.T) {
	t.Parallel()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		county := w.As(w.Official("测试甲", "zfb", "supervisor"), "zfb", "supervisor")
		p := w.Resident("测试乙")
		w.Post(p, "xzz", "supervisor", "")
		town := w.As(p, "xzz", "supervisor")
		q := w.Resident("测试丙")
		w.Post(q, "spj", "window", identitytest.Township)
		counter := w.As(q, "spj", "window")
		for _, c := range []struct {
			what  string
			actor act.Actor
			right string
			on    act.Scope
			may   bool
		}{
			{"the county watches the county", county, "case.watch", act.Scope{Agency: "scjg"}, true},
			{"the county watches the township", county, "case.watch", act.Scope{Agency: "xzz"}, true},
			{"by region alone", county, "case.watch", act.Scope{Region: identitytest.Township + "001"}, true},
			{"not another county", county, "case.watch", act.Scope{Region: "990125"}, false},
			{"not nowhere", county, "case.watch", act.Scope{}, false},
			{"the township watches itself", town, "case.watch", act.Scope{Agency: "xzz"}, true},
			{"the township does not watch the county", town, "case.watch", act.Scope{Agency: "scjg"}, false},
			{"a township counter receives its own", counter, "case.receive", act.Scope{Agency: "spj", Region: identitytest.Township}, true},
			{"a township counter leaves the county's", counter, "case.receive", act.Scope{Agency: "spj"}, false},
			{"nobody receives for another agency", counter, "case.receive", act.Scope{Agency: "scjg", Region: identitytest.Township}, false},
			{"an agency must be named", counter, "case.receive", act.Scope{Region: identitytest.Township}, false},
		} {
			if err := authorise(t, w, c.actor, c.right, c.on); (err == nil) != c.may {
				t.Errorf("%s: %v", c.what, err)
			}
		}
		_, err := w.GrantPost(bg, act.Machine(), "", identity.Post{Person: q, Agency: "xzz", Post: "reviewer", Region: identitytest.County})
		wantCode(t, err, "identity.post.region")
	})
}

func TestApplicantsReachTheirOwnMattersOnly(t *testing.T) {
	t.Parallel()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		me, other := w.Resident("测试甲"), w.Resident("测试乙")
		a := w.As(me, "", "")
		must(t, authorise(t, w, a, "case.withdraw", act.Scope{Owner: me}))
		must(t, authorise(t, w, a, "case.withdraw", act.Scope{Owner: other, Agents: []int64{me}}))
		wantCode(t, authorise(t, w, a, "case.withdraw", act.Scope{Owner: other}), "act.not_allowed")
		wantCode(t, authorise(t, w, a, "case.withdraw", act.Scope{}), "act.not_allowed")
		wantCode(t, authorise(t, w, a, "case.decide", act.Scope{Owner: me}), "act.not_allowed")
		wantCode(t, authorise(t, w, act.Actor{Who: act.Anyone}, "case.apply", act.Scope{}), "act.sign_in")
		_, err := w.Represent(bg, act.Machine(), "", identity.Representation{Agent: me, Subject: other, Powers: []string{"case.withdraw"}})
		must(t, err)
		must(t, authorise(t, w, a, "case.withdraw", act.Scope{Owner: other}))
		wantCode(t, authorise(t, w, a, "case.correct", act.Scope{Owner: other}), "act.not_allowed")
	})
}

func TestTheRightComesFromThePostActedIn(t *testing.T) {
	t.Parallel()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		p := w.Official("测试甲", "scjg", "reviewer")
		w.Post(p, "scjg", "decider", "")
		reviewing := w.As(p, "scjg", "reviewer")
		err := authorise(t, w, reviewing, "case.decide", act.Scope{Agency: "scjg"})
		wantCode(t, err, "act.not_allowed")
		if next := err.(*act.Error).Next.In(wording.ZH); !strings.Contains(next, "决定") {
			t.Errorf("does not say which post: %q", next)
		}
		deciding, ok := identity.Acting(reviewing, "decider", "scjg")
		if !ok {
			t.Fatal("holds the post and cannot act in it")
		}
		must(t, authorise(t, w, deciding, "case.decide", act.Scope{Agency: "scjg"}))
		forged := reviewing
		forged.Post = "head"
		forged.Grants = []act.Grant{{Role: "head", Agency: "scjg"}}
		wantCode(t, authorise(t, w, forged, "extension.approve", act.Scope{Agency: "scjg"}), "identity.post.gone")
	})
}

func TestAPostTakenAwayThisMorningIsGone(t *testing.T) {
	t.Parallel()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		p := w.Resident("测试甲")
		post := w.Post(p, "scjg", "decider", "")
		a := w.As(p, "scjg", "decider")
		on := act.Scope{Agency: "scjg"}
		must(t, authorise(t, w, a, "case.decide", on))
		must(t, w.EndPost(bg, act.Machine(), "", identity.EndOfPost{Post: post}))
		wantCode(t, authorise(t, w, a, "case.decide", on), "identity.post.gone")
		wantCode(t, w.EndPost(bg, act.Machine(), "", identity.EndOfPost{Post: post}), "act.changed")
		w.Post(p, "scjg", "decider", "")
		must(t, authorise(t, w, a, "case.decide", on))
	})
}

func TestAdministratorsGiveThemselvesNothing(t *testing.T) {
	t.Parallel()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		p := w.Official("测试甲", "zfb", "admin")
		admin := w.As(p, "zfb", "admin")
		_, err := w.GrantPost(bg, admin, "", identity.Post{Person: p, Agency: "scjg", Post: "decider"})
		wantCode(t, err, "identity.post.self")
		other := w.Resident("测试乙")
		_, err = w.GrantPost(bg, admin, "", identity.Post{Person: other, Agency: "scjg", Post: "decider"})
		must(t, err)
		_, err = w.GrantPost(bg, admin, "", identity.Post{Person: other, Agency: "scjg", Post: "decider"})
		wantCode(t, err, "identity.post.held")
		_, err = w.GrantPost(bg, w.As(other, "scjg", "decider"), "", identity.Post{Person: p, Agency: "scjg", Post: "decider"})
		wantCode(t, err, "act.not_allowed")
		if kinds := w.Acts("refusals"); len(kinds) != 1 {
			t.Errorf("refusals recorded: %v", kinds)
		}
	})
}
