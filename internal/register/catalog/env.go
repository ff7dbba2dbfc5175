package catalog

import "tongban/internal/rules/condition"

// Env declares what the conditions of the item may speak about, with what people call
// it: the fields of its form, the decision, the applicant.
func (v *Version) Env() condition.Env {
	if v.Form == nil {
		return condition.Case(nil)
	}
	return v.Form.Env()
}
