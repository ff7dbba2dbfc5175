// Package checkup judges a whole catalogue at once (清单体检): what its entries
// lack, where they contradict the law, one another, the lists they should rest
// on and the flows that run them.
//
// It is pure. Whoever keeps the lists fills in a Catalogue; Judge walks through
// a table of small rules and hands out one finding after the other, in an order
// that depends on the input alone, so that 200,000 items need no more memory
// than themselves. A list that was not handed in (nil) is not judged against;
// one that was handed in empty is: then nothing is on it.
package checkup

import (
	"tongban/internal/rules/day"
	"tongban/internal/rules/workday"
)

// Catalogue is everything that is judged together: the lists of one county, or
// of a whole province.
type Catalogue struct {
	Items          []Item
	Bases          []Base
	Powers         []Power
	Fees           []Entry // fees that may be charged
	Intermediaries []Entry // intermediary services that may be asked for
	Shared         []Entry // documents that shared data supply, beside those that every place has
	Proofs         []Proof
	Laws           []Law
	Agencies       map[string]string // names for people by agency key; without one the key is shown
	Year           *Year
}

// Types of items and powers (GB/T 39046).
const (
	Licence    = "01"
	Penalty    = "02"
	Coercion   = "03"
	Levy       = "04"
	Grant      = "05"
	Inspection = "06"
	Confirming = "07"
	Reward     = "08"
	Ruling     = "09"
	OtherPower = "10"
	Service    = "20"
)

// Item is an implementation (实施清单的一项): what one body does for the public.
type Item struct {
	Code   string // implementation code, or the one that its list gives it
	Base   string // code of the base item; "" where its code does not carry one
	Of     string // code of the item of which it is a variant (业务办理项)
	Name   string
	Type   string
	Agency string   // key or name, the same for one body everywhere
	Region string   // area for which it holds; names are compared within one
	Level  string   // 1 the state … 6 the village (GB/T 39046); "" unknown
	Powers []string // codes of the powers it exercises
	Review bool     // 审核: prepared here, decided elsewhere; where the base item says, that holds
	From   day.Day  // first day in force; 0 unknown
	Guide  *Guide   // nil: known by name only
}

// Guide is what the public reads about an item, and how it is handled.
type Guide struct {
	Handling       string   // instant, promised
	Applicants     []string // person, legal, agency
	Basis          []Article
	Conditions     []string
	Materials      []Material
	Terms          Terms
	Joint          bool // joint handling (行政许可法 26)
	Deemed         bool // silence accepts (行政许可法 32)
	Special        []Special
	Visits         []Visit
	FeeText        string // what it says about fees
	Fees           []Fee  // what is charged; none: free
	Intermediaries []string
	Result         Result
	Channels       []string
	TripsSaid      bool // for every channel the visits in person are said
	Phone          string
	Place          string
	Hours          string
	Complaint      string
	Flow           *Flow
}

// Article is a place in a law.
type Article struct {
	Law      string // name, with or without 中华人民共和国
	Article  string // 第三十二条第一款
	Invented bool   // of a demonstration: no legislature made it
}

// Material is a document that is asked for.
type Material struct {
	Key, Name string
	Required  bool   // without exception; a condition (When) makes it required for some
	When      bool   // only on a condition
	Supplied  bool   // data supply it: the applicant brings nothing
	Issuer    string // who makes it out, where that is said
	How       string // what the guide says about getting it
	Basis     string
}

// Terms are the limits of an item; a zero term is not set.
type Terms struct {
	Notice, Statutory, Promised, Extension, Deliver workday.Term
	Approver                                        workday.Approver // of the extension
}

// Special is a procedure that stops the clock.
type Special struct {
	Kind          workday.Procedure
	Name, Role    string
	Basis         string
	Intermediated bool // done by an intermediary that the applicant pays
}

// Visit is a site visit.
type Visit struct {
	Role     string
	Officers int
}

// Fee is something charged.
type Fee struct{ Name, Basis string }

// Result is what a grant yields.
type Result struct {
	Name    string
	Licence bool // kept as an electronic licence (GB/T 36904)
}

// Base is a base item (基本目录的一项), from which every level takes name, type
// and basis.
type Base struct {
	Code, Name, Type string
	Handling         Handling // 审核或审批
	Basis            []Article
	Statutory        workday.Term // zero: not set
	Materials        []string     // nil: not set
}

// Handling is what a body does with an application (审核或审批); "" is not said.
type Handling string

// The ways of handling, as the list of base items names them.
const (
	Approves Handling = "approval" // decided here
	Reviews  Handling = "review"   // prepared here, decided by the body above
	DoesBoth Handling = "both"     // one at one level, the other at another: each item says
)

// Power is an entry of a power and responsibility list.
type Power struct {
	Code, Name, Type string
	Region           string
	Holders          []string // agencies that exercise it
	Joint            bool     // the law gives it to all of them together
	Internal         bool     // never asked for by the public: needs no item
	Basis            []Article
	Duties           int // 责任事项
	Situations       int // 追责情形
}

// Entry is a line of a list.
type Entry struct {
	Code, Name string
	Aliases    []string
	Items      []string // codes of the items for which it may be used; none: all
	Basis      []Article
}

// Proof is an entry of the list of proofs (证明事项清单).
type Proof struct {
	Code, Name string
	Aliases    []string
	Issuers    []string // who makes it out; none: nobody does
	Needs      []string // names of the documents without which it is not made out
	Cancelled  bool
	Basis      []Article
}

// Law is what the law library knows of one law.
type Law struct {
	Name     string
	Aliases  []string
	Repealed bool
	Articles []LawArticle // nil: its text is not kept
}

// LawArticle is an article, with the limit that it sets where it sets one.
type LawArticle struct {
	Number string // 第三十二条
	Days   int    // 0: sets none
	Unit   workday.Unit
}

// Year counts the cases that began from the first day to the last, both
// included, by item code; an item without a count had none.
type Year struct {
	First, Last day.Day
	Cases       map[string]int
}
