package catalog

import (
	"tongban/internal/record/act"
	"tongban/internal/rules/wording"
)

// Missing lists what the version lacks before it can be applied for here. It
// is empty for an item written in full.
func (v *Version) Missing() []wording.Message {
	var list []wording.Message
	lacks := func(yes bool, what string) {
		if yes {
			list = append(list, wording.M("catalog.lacks."+what))
		}
	}
	lacks(v.Summary == "", "summary")
	lacks(len(v.Applicants) == 0, "applicants")
	lacks(len(v.Conditions) == 0, "conditions")
	lacks(v.Form == nil, "materials")
	lacks(v.Form == nil, "form")
	lacks(v.Flow == nil, "flow")
	lacks(v.Terms.Statutory.IsZero(), "terms")
	lacks(v.Fees.Text == "", "fees")
	lacks(len(v.Basis) == 0, "basis")
	lacks(v.Result.Name == "", "result")
	lacks(v.Contact.Phone == "", "contact")
	return list
}

// Open refuses an application for an item known by name only and says what to
// do instead; nil when it can be applied for.
func (v *Version) Open() error {
	if v.Complete() {
		return nil
	}
	return act.Refuse("catalog.name_only", "name", v.Name).Then("catalog.name_only.next")
}
