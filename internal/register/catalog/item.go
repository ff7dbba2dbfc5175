// Package catalog keeps the service items (政务服务事项): what can be applied
// for, from whom, with which materials, by which flow, within which terms. Items
// have versions with days in force; a case pins the version it began with.
//
// It never judges a case; it says what holds for an item on a day.
package catalog

import (
	"tongban/internal/rules/checkup"
	"tongban/internal/rules/day"
	"tongban/internal/rules/flow"
	"tongban/internal/rules/form"
	"tongban/internal/rules/workday"
)

// Format is the first line of a written item.
const Format = "tongban-item/1"

// Handling is how an item is handled (办件类型, GB/T 39046).
type Handling string

// The kinds of handling.
const (
	Instant    Handling = "instant"  // 即办件: decided on the spot
	InPromised Handling = "promised" // 承诺件: decided within a promised term
)

// TypeLicence is the item type 行政许可 of GB/T 39046; deemed acceptance
// (行政许可法 32) binds this type only.
const TypeLicence = "01"

// Item is one version of a written item, as it stands in item.yaml.
type Item struct {
	Format      string            `yaml:"format" json:"-"`
	Code        string            `yaml:"code" json:"code"`
	Base        Base              `yaml:"base" json:"base,omitzero"`
	Name        string            `yaml:"name" json:"name"`
	NameEN      string            `yaml:"name_en" json:"name_en,omitempty"`
	SourceCode  string            `yaml:"source_code" json:"source_code,omitempty"` // code in the list that it was taken from, where that is another
	Aliases     []string          `yaml:"aliases" json:"aliases,omitempty"`
	Type        string            `yaml:"type" json:"type"`
	Handles     checkup.Handling  `yaml:"handling" json:"handling,omitempty"` // 审核 or 审批; "" as the base item says, or 审批
	Kind        Handling          `yaml:"kind" json:"kind"`
	Applicants  []string          `yaml:"applicants" json:"applicants"`
	Agency      string            `yaml:"agency" json:"agency"`
	Roles       map[string]string `yaml:"roles" json:"roles,omitempty"`
	Joint       bool              `yaml:"joint" json:"joint,omitempty"`
	InForce     Force             `yaml:"in_force" json:"in_force"`
	Situation   string            `yaml:"situation" json:"situation,omitempty"` // in which this item, of its family, is the right one
	SituationEN string            `yaml:"situation_en" json:"situation_en,omitempty"`
	Summary     string            `yaml:"summary" json:"summary"`
	SummaryEN   string            `yaml:"summary_en" json:"summary_en,omitempty"`
	Basis       []Basis           `yaml:"basis" json:"basis,omitempty"`
	Conditions  []string          `yaml:"conditions" json:"conditions,omitempty"`
	Materials   []Material        `yaml:"materials" json:"materials,omitempty"`
	Terms       Terms             `yaml:"terms" json:"terms"`
	Deemed      bool              `yaml:"deemed" json:"deemed,omitempty"`
	Special     []Special         `yaml:"special" json:"special,omitempty"`
	Visits      []Visit           `yaml:"visits" json:"visits,omitempty"`
	Fees        Fees              `yaml:"fees" json:"fees"`
	Result      Result            `yaml:"result" json:"result"`
	Channels    []string          `yaml:"channels" json:"channels,omitempty"`
	Trips       map[string]int    `yaml:"trips" json:"trips,omitempty"`
	Delivery    []string          `yaml:"delivery" json:"delivery,omitempty"`
	Classes     map[string]string `yaml:"classes" json:"classes,omitempty"`
	Contact     Contact           `yaml:"contact" json:"contact"`
	Complaint   string            `yaml:"complaint" json:"complaint,omitempty"`
	FAQ         []Answer          `yaml:"faq" json:"faq,omitempty"`
	Manual      []Review          `yaml:"manual" json:"manual,omitempty"`
	Discretion  []Discretion      `yaml:"discretion" json:"discretion,omitempty"`
	Samples     []Sample          `yaml:"samples" json:"samples,omitempty"`
}

// Force is the span of days in which a version holds.
type Force struct {
	From  day.Day `yaml:"from" json:"from"`
	Until day.Day `yaml:"until" json:"until,omitempty"`
}

// Basis is an article on which the item rests; Invented marks the articles of
// the demonstration county, which no legislature made. Own marks an article that
// the body handles by (materials, limits, procedure) and that did not set the item
// up: it need not be in the base item.
type Basis struct {
	Law      string `yaml:"law" json:"law"`
	Article  string `yaml:"article" json:"article"`
	Text     string `yaml:"text" json:"text,omitempty"`
	Invented bool   `yaml:"invented" json:"invented,omitempty"`
	Own      bool   `yaml:"own" json:"own,omitempty"`
}

// Material is one paper that the applicant brings or that the record supplies.
type Material struct {
	Key       string   `yaml:"key" json:"key"`
	Name      string   `yaml:"name" json:"name"`
	Source    string   `yaml:"source" json:"source"`             // self, licence (supplied by data), agency
	Element   string   `yaml:"element" json:"element,omitempty"` // data element that supplies it
	Grade     string   `yaml:"grade" json:"grade,omitempty"`
	Required  bool     `yaml:"required" json:"required"`
	When      string   `yaml:"when" json:"when,omitempty"` // condition on form and applicant
	Formats   []string `yaml:"formats" json:"formats,omitempty"`
	MaxMB     int      `yaml:"max_mb" json:"max_mb,omitempty"`
	Why       string   `yaml:"why" json:"why,omitempty"`
	Basis     string   `yaml:"basis" json:"basis,omitempty"`
	How       string   `yaml:"how" json:"how,omitempty"`
	DeferDays int      `yaml:"defer_days" json:"defer_days,omitempty"`
	// Intermediary is the service of an intermediary that makes the material, by
	// its code or name on the list: what is not on it is not asked for.
	Intermediary string `yaml:"intermediary" json:"intermediary,omitempty"`
	// Served is that service as the list of a day tells it; nil in what is written.
	Served *Served `yaml:"-" json:"served,omitempty"`
}

// Supplied tells whether data supply the material, so that it is never asked for.
func (m Material) Supplied() bool { return m.Source != "self" }

// Terms are the limits of an item; a zero term is not set.
type Terms struct {
	Notice    workday.Term `yaml:"notice" json:"notice"`
	Statutory workday.Term `yaml:"statutory" json:"statutory"`
	Promised  workday.Term `yaml:"promised" json:"promised"`
	Extension Extension    `yaml:"extension" json:"extension"`
	Deliver   workday.Term `yaml:"deliver" json:"deliver"`
	Lapse     Configured   `yaml:"lapse" json:"lapse"`
	Remind    Configured   `yaml:"remind" json:"remind"`
}

// Extension is the one extension that an article allows, and who approves it.
type Extension struct {
	workday.Term `yaml:",inline"`
	Approver     workday.Approver `yaml:"approver" json:"approver"`
}

// Configured is a term that no article sets; it says so.
type Configured struct {
	workday.Term `yaml:",inline"`
	Configured   bool `yaml:"configured" json:"configured"`
}

// Special is a procedure that stops the clock (行政许可法 45), with the basis on
// which this item requires it and the days it is expected to take.
type Special struct {
	Kind    workday.Procedure `yaml:"kind" json:"kind"`
	Name    string            `yaml:"name" json:"name"`
	Role    string            `yaml:"role" json:"role"`
	Article string            `yaml:"article" json:"article"`
	Basis   string            `yaml:"basis" json:"basis"`
	Days    int               `yaml:"days" json:"days"`
}

// Visit is a site visit; it has a term of its own and does not stop the clock.
type Visit struct {
	Role     string       `yaml:"role" json:"role"`
	Officers int          `yaml:"officers" json:"officers"`
	Term     workday.Term `yaml:"term" json:"term"`
	When     string       `yaml:"when" json:"when,omitempty"` // condition on form and applicant, "" for always
}

// Fees says what may be charged. What is charged is named as it stands on its
// list: the words that people read of it come from there.
type Fees struct {
	Charged bool     `yaml:"charged" json:"charged"`
	On      []string `yaml:"on" json:"on,omitempty"` // each fee by its code or name on the lists of fees
	Text    string   `yaml:"text" json:"text"`
	Basis   string   `yaml:"basis" json:"basis,omitempty"`
}

// Result is what a grant yields. An empty LicenceType is a document, no licence.
type Result struct {
	Name        string        `yaml:"name" json:"name"`
	LicenceType string        `yaml:"licence_type" json:"licence_type,omitempty"` // GB/T 36904: 21 characters
	ValidMonths int           `yaml:"valid_months" json:"valid_months,omitempty"`
	Fields      []ResultField `yaml:"fields" json:"fields,omitempty"`
	Ends        Ends          `yaml:"ends" json:"ends,omitzero"`
}

// Ends is the licence that a grant puts an end to: the one that is changed,
// prolonged or given up. Its number stands in a field of the form; where nothing is
// written there, none ends.
type Ends struct {
	Number  string `yaml:"number" json:"number"`   // form.<field>
	Name    string `yaml:"name" json:"name"`       // what the licence is called
	Type    string `yaml:"type" json:"type"`       // GB/T 36904: 21 characters
	Article string `yaml:"article" json:"article"` // by which it ends
}

// ResultField is a line of the result: its label and the fact that fills it.
type ResultField struct {
	Label string `yaml:"label" json:"label"`
	Value string `yaml:"value" json:"value"` // applicant.name, form.<field>
}

// Contact is whom to ask.
type Contact struct {
	Phone   string `yaml:"phone" json:"phone"`
	Address string `yaml:"address" json:"address"`
	Hours   string `yaml:"hours" json:"hours"`
}

// Answer is a question with its answer.
type Answer struct {
	Q string `yaml:"q" json:"q"`
	A string `yaml:"a" json:"a"`
}

// Version is one version of an item in the register, whole and read-only: it
// may be shared between requests. A version known by name only has no Form and
// no Flow and cannot be applied for.
type Version struct {
	ID   int64 // of this version: what a case pins
	Of   int64 // the item through all its versions
	N    int   // 1, 2, …
	Span day.Span
	// Region is the code prefix of the area for which the item holds.
	Region string
	Written
	FlowXML []byte
	Flow    *flow.Definition
	Form    *form.Form

	itemYAML []byte // the files as they were written
	formJSON []byte
}

// Written lets a Version carry the fields of the written item as its own.
type Written = Item

// Complete tells whether the item can be applied for here.
func (v *Version) Complete() bool { return v.Flow != nil && v.Form != nil }

// Class is the exclusive class of a part on this item's cases: one person holds
// one class on one case.
func (v *Version) Class(part string) string {
	if c := v.Classes[part]; c != "" {
		return c
	}
	return part
}

// SpecialFor returns the special procedure that a role may order, if any.
func (v *Version) SpecialFor(role string) (Special, bool) {
	for _, s := range v.Special {
		if s.Role == role {
			return s, true
		}
	}
	return Special{}, false
}
