package act

import (
	"slices"

	"tongban/internal/record/ledger"
	"tongban/internal/rules/wording"
)

// Who is the sort of actor.
type Who string

// The sorts of actors.
const (
	Anyone    Who = "anyone"    // not signed in
	Applicant Who = "applicant" // a person, for themself or for whom they may act
	Staff     Who = "staff"     // in a post of an agency
	System    Who = "system"    // a timer or job of the platform
)

// Actor is a person with what they may do at this moment, resolved once per request.
type Actor struct {
	Who       Who
	Person    int64 // 0 for Anyone and System
	Name      string
	Account   int64
	Session   int64
	Agency    string  // agency of the post that staff act in
	Post      string  // key of that post, such as "window"
	StandsFor int64   // person on leave for whom a stand-in acts
	Grants    []Grant // all that the person holds today, the post acted in first
	Lang      wording.Lang
	Purpose   string // why personal data are looked at, where the reader stated it
}

// Grant is a role held at an agency and in a region with everything below it.
type Grant struct {
	Role   string
	Agency string
	Region string // code prefix of GB/T 2260; "" is everywhere
	Of     int64  // the person on leave whose role a stand-in uses; 0 for one's own
}

// Machine is the platform itself, acting on a timer.
func Machine() Actor { return Actor{Who: System, Post: "system", Lang: wording.ZH} }

// Has tells whether the actor holds a role, at this agency when one is named.
func (a Actor) Has(role, agency string) bool {
	for _, g := range a.Grants {
		if g.Role == role && (agency == "" || g.Agency == agency) {
			return true
		}
	}
	return false
}

// Steads are the persons whose work is the actor's today: themself, then the
// colleagues on leave for whom they stand in.
func (a Actor) Steads() []int64 {
	list := []int64{a.Person}
	for _, g := range a.Grants {
		if g.Of != 0 && !slices.Contains(list, g.Of) {
			list = append(list, g.Of)
		}
	}
	return list
}

// by is how the actor stands in the ledger: staff by name and post, applicants
// by number only.
func (a Actor) by() ledger.By {
	b := ledger.By{Person: a.Person, Post: a.Post, Agency: a.Agency, For: a.StandsFor}
	if a.Who == Staff {
		b.Name = a.Name
	}
	return b
}

// Scope is what a right is asked for: whose case, at which agency, in which region.
type Scope struct {
	Agency string
	Region string
	Owner  int64   // the person whose matter it is
	Agents []int64 // persons with authority to act in it
}
