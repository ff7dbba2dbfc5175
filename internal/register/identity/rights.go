package identity

import (
	"slices"
	"strings"

	"tongban/internal/rules/wording"
)

// Reach is how far a right goes from the post that has it.
type Reach int

// The reaches.
const (
	Self      Reach = iota + 1 // one's own: the scope's owner is the actor, or one for whom the actor may act
	OwnAgency                  // the agency of the post, within the post's region; the scope must name it
	Area                       // every agency of the post's region and below
	Office                     // not about a case of some agency: whoever stands before the counter
)

// Applicant is the role of everybody who signed in without a post, or set it aside.
const Applicant = "applicant"

// Roles lists the roles, posts first in the order in which a person's posts are offered.
var Roles = []string{"window", "reviewer", "inspector", "decider", "head", "leader", "catalogue", "manager", "supervisor", "privacy", "admin", Applicant}

// table says which role has which rights. A right that ends in ".*" is every
// right below it. What is not here, nobody may; an administrator never touches a case.
var table = map[string]map[Reach]string{
	Applicant: {
		Self: `case.apply case.draft case.correct case.withdraw case.look case.rate case.proof licence.show
			person.change person.authorise person.restrict erasure.ask account.own adjust.comment`,
	},
	"window": {
		Self:   `staff.leave account.own`,
		Office: `person.register person.change person.authorise person.account person.restrict person.find erasure.ask case.find`,
		OwnAgency: `case.receive case.apply_for case.notify case.accept case.refuse_acceptance case.withdraw_for case.correct_for
			case.check case.decide_on_spot case.deliver case.look case.reprint law.meet`,
	},
	"reviewer": {
		Self:   `staff.leave account.own`,
		Office: `case.find`,
		OwnAgency: `case.assign case.accept case.notify case.refuse_acceptance case.review case.ask case.answer case.return case.pause case.resume
			case.extend case.test case.look case.reprint law.meet`,
		Area: `adjust.opine`,
	},
	"inspector": {
		Self:      `staff.leave account.own`,
		OwnAgency: `case.visit case.answer case.look law.meet`,
	},
	"decider": {
		Self:   `staff.leave account.own`,
		Office: `case.find`,
		OwnAgency: `case.accept case.notify case.refuse_acceptance case.decide case.decide_on_spot case.amend case.return case.ask case.answer case.extend
			case.issue case.look case.reprint licence.revoke law.meet`,
		Area: `adjust.opine`,
	},
	"head": {
		Self:   `account.own`,
		Office: `case.find`,
		OwnAgency: `extension.approve case.assign case.move case.look staff.leave power.assign licence.revoke law.meet law.ask law.answer adjust.consent
			objection.answer`,
		Area: `adjust.opine`,
	},
	"leader": {
		Self:   `staff.leave account.own`,
		Area:   `extension.approve case.look adjust.decide reorganise.decide reorganise.look`,
		Office: `case.find`,
	},
	"catalogue": {
		Self: `staff.leave account.own`,
		Area: `item.* list.* power.give power.withdraw power.assign agency.manage region.manage law.meet law.ask law.answer adjust.draft adjust.publish adjust.opine reorganise.draft reorganise.look
			objection.answer`,
		Office: `calendar.import law.import law.change`,
	},
	"manager": {
		Self:      `staff.leave account.own`,
		OwnAgency: `item.propose adjust.draft adjust.consent objection.answer law.meet law.ask`,
		Area:      `adjust.opine`,
	},
	"supervisor": {
		Self:   `staff.leave account.own`,
		Area:   `case.watch case.look feed.read reorganise.look`,
		Office: `case.find`,
	},
	"privacy": {
		Self:   `staff.leave account.own`,
		Office: `erasure.ask erasure.settle person.restrict person.find`,
	},
	"admin": {
		Self:   `account.own`,
		Area:   `staff.* agency.manage region.manage`,
		Office: `calendar.import feed.read`,
	},
}

// Pair is one role with one right it has.
type Pair struct {
	Role  string
	Right string // may end in ".*"
	Reach Reach
}

// Pairs lists every role with every right it has, in order: tests of rights are
// generated from it.
func Pairs() []Pair {
	var list []Pair
	for _, role := range Roles {
		for _, reach := range []Reach{Self, OwnAgency, Area, Office} {
			for _, right := range strings.Fields(table[role][reach]) {
				list = append(list, Pair{role, right, reach})
			}
		}
	}
	return list
}

// reaches tells how far a role's right goes; none when the role lacks it.
func reaches(role, right string) []Reach {
	var list []Reach
	for reach, rights := range table[role] {
		if slices.ContainsFunc(strings.Fields(rights), func(r string) bool { return matches(r, right) }) {
			list = append(list, reach)
		}
	}
	return list
}

// Allows tells whether the role has the right at all, whatever its reach.
func Allows(role, right string) bool { return len(reaches(role, right)) > 0 }

func matches(pattern, right string) bool {
	if stem, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(right, stem)
	}
	return pattern == right
}

// RightLabel names a right for people.
func RightLabel(right string) wording.Message {
	if key := "identity.right." + right; wording.Has(wording.ZH, key) {
		return wording.M(key)
	}
	return wording.M("identity.right.other")
}

// PostLabel names a post for people.
func PostLabel(post string) wording.Message {
	if key := "identity.post." + post; wording.Has(wording.ZH, key) {
		return wording.M(key)
	}
	return wording.M("identity.post.other")
}
