package gbcode

import (
	"fmt"

	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// Kind names a kind of number for Check.
type Kind string

// The kinds that Check knows.
const (
	KindUSCC    Kind = "uscc"
	KindCitizen Kind = "citizen"
	KindLicence Kind = "licence"
	KindItem    Kind = "item"
	KindRegion  Kind = "region"
	KindPhone   Kind = "phone"
)

// Kinds lists what Check knows, in the order in which help shows it.
var Kinds = []Kind{KindUSCC, KindCitizen, KindLicence, KindItem, KindRegion, KindPhone}

// Part is one part of a number: its name, the characters, and what they mean,
// where that is known.
type Part struct {
	Name    wording.Message
	Value   string
	Meaning any // nil, a string or a wording.Message
}

// Result is what Check found.
type Result struct {
	Kind     Kind
	Value    string // normalised
	OK       bool
	Fault    wording.Message // zero when OK
	Warnings []wording.Message
	Parts    []Part // only when OK
}

// Report is a Result in one language, fit for JSON.
type Report struct {
	Kind     Kind         `json:"kind"`
	Value    string       `json:"value"`
	OK       bool         `json:"ok"`
	Fault    string       `json:"fault,omitempty"`
	At       int          `json:"at,omitempty"` // place of the fault, from 1, where there is one
	Warnings []string     `json:"warnings,omitempty"`
	Parts    []ReportPart `json:"parts,omitempty"`
}

// ReportPart is a Part in one language.
type ReportPart struct {
	Name    string `json:"name"`
	Value   string `json:"value"`
	Meaning string `json:"meaning,omitempty"`
}

// Check reads value as a number of this kind and explains it. A kind that it
// does not know is a fault like any other. today and regions are as in the parsers.
func Check(kind Kind, value string, today day.Day, regions *Tree) Result {
	r := Result{Kind: kind, Value: Normalize(value)}
	var err error
	switch kind {
	case KindUSCC:
		err = r.uscc(value, regions)
	case KindCitizen:
		err = r.citizen(value, today, regions)
	case KindLicence:
		err = r.licence(value, regions)
	case KindItem:
		err = r.item(value, regions)
	case KindRegion:
		err = r.region(value, regions)
	case KindPhone:
		r.Value, err = ParsePhone(value)
	default:
		err = wording.M("gbcode.kind", "kind", kind, "kinds", fmt.Sprint(Kinds))
	}
	if err != nil {
		r.Fault, r.Value = err.(wording.Message), Normalize(value)
	}
	r.OK = err == nil
	return r
}

// In renders the result in one language.
func (r Result) In(lang wording.Lang) Report {
	out := Report{Kind: r.Kind, Value: r.Value, OK: r.OK}
	if !r.Fault.IsZero() {
		out.Fault = r.Fault.In(lang)
		out.At, _ = r.Fault.Args["at"].(int)
	}
	for _, w := range r.Warnings {
		out.Warnings = append(out.Warnings, w.In(lang))
	}
	for _, p := range r.Parts {
		rp := ReportPart{Name: p.Name.In(lang), Value: p.Value}
		switch m := p.Meaning.(type) {
		case wording.Message:
			rp.Meaning = m.In(lang)
		case string:
			rp.Meaning = m
		}
		out.Parts = append(out.Parts, rp)
	}
	return out
}

func (r *Result) add(name, value string, meaning any) {
	r.Parts = append(r.Parts, Part{Name: label(name), Value: value, Meaning: meaning})
}

func (r *Result) citizen(value string, today day.Day, regions *Tree) error {
	c, err := ParseCitizen(value, today, regions)
	if err != nil {
		return err
	}
	r.Warnings = c.Warnings
	r.add("region", c.Region, regions.nameOf(c.Region))
	r.add("birth", c.Number[6:14], c.BirthDate())
	r.add("sequence", c.Number[14:17], wording.M("gbcode.sex."+string(c.Sex)))
	r.add("check", c.Number[17:], nil)
	return nil
}

func (r *Result) uscc(value string, regions *Tree) error {
	u, err := ParseUSCC(value, regions)
	if err != nil {
		return err
	}
	r.Warnings = u.Warnings
	r.add("uscc_category", u.Category, u.CategoryName)
	r.add("region", u.Region, regions.nameOf(u.Region))
	r.add("organisation", u.Organisation, nil)
	r.add("check", u.Code[17:], nil)
	return nil
}

func (r *Result) licence(value string, regions *Tree) error {
	l, err := ParseLicence(value)
	if err != nil {
		return err
	}
	r.Warnings = l.Warnings
	r.add("licence_type", l.Type, nil)
	var where any
	if len(l.Issuer) == 18 && digits(wording.Message{}, l.Issuer[2:8], 0).IsZero() {
		where = regions.nameOf(l.Issuer[2:8])
	}
	r.add("licence_issuer", l.Issuer, where)
	r.add("licence_serial", l.Serial, nil)
	r.add("licence_version", fmt.Sprintf("%03d", l.Version), nil)
	r.add("licence_check", l.Check, nil)
	return nil
}

func (r *Result) item(value string, regions *Tree) error {
	it, err := ParseItem(value, regions)
	if err != nil {
		return err
	}
	r.Value, r.Warnings = it.Code, it.Warnings
	r.add("item_form", string(it.Form), it.Note)
	if it.Body != "" {
		r.add("item_body", it.Body, nil)
	}
	if it.Region != "" {
		r.add("item_base_local", it.Base, nil)
		r.add("region", it.Region, regions.nameOf(it.Region))
	}
	if !it.Form.Standard() {
		return nil
	}
	if it.Level != "" {
		r.add("item_level", it.Level, LevelName(it.Level))
	}
	r.add("item_province", it.Province, regions.nameOf(it.Province))
	r.add("item_type", it.Type, TypeName(it.Type))
	r.add("item_department", it.Department, DepartmentName(it.Department))
	r.add("item_main", it.Main, nil)
	r.add("item_sub", it.Sub, nil)
	if it.Business != "" {
		r.add("item_business", it.Business, nil)
	}
	return nil
}

func (r *Result) region(value string, regions *Tree) error {
	if regions == nil {
		regions = China()
	}
	reg, err := ParseRegion(value, regions)
	if err != nil {
		return err
	}
	for c := reg.Code; c != ""; c = parentCode(c) {
		if up, ok := regions.Find(c); ok {
			r.Parts = append([]Part{{Name: label("region"), Value: up.Code, Meaning: up.Name}}, r.Parts...)
		}
	}
	return nil
}

// nameOf is the full name of a region, nil where it is not known; t may be nil.
func (t *Tree) nameOf(code string) any {
	if code == "00" || code == "100000" {
		return wording.M("gbcode.level.1")
	}
	if t == nil {
		return nil
	}
	if name := t.FullName(code); name != "" {
		return name
	}
	return nil
}
