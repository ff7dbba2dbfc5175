package reconcile

import (
	"slices"
	"strings"

	"tongban/internal/rules/gbcode"
	"tongban/internal/rules/wording"
	"tongban/internal/rules/workday"
)

// differences lists in what a line of theirs and one of ours differ. What one of
// them does not say is no difference. Days, steps, fees and materials of a line
// that is several of the other list's are compared with each.
func (m *matcher) differences(t, o int, rel Relation) (list []Difference) {
	x, y := &m.theirs.entries[t], &m.ours.entries[o]
	add := func(f Field, theirs, ours string) {
		list = append(list, Difference{Field: f, Theirs: theirs, Ours: ours, TheirAt: t, OurAt: o})
	}
	if rel == Renamed {
		add(FieldName, x.Name, y.Name)
	}
	if x.Type != "" && y.Type != "" && x.Type != y.Type {
		add(FieldType, typeName(x.Type), typeName(y.Type))
	}
	if x.Agency != "" && y.Agency != "" && x.Agency != y.Agency {
		add(FieldAgency, x.Agency, y.Agency)
	}
	if daysDiffer(x.Days, y.Days) {
		add(FieldDays, x.Days.In(wording.ZH), y.Days.In(wording.ZH))
	}
	for _, f := range []struct {
		field        Field
		theirs, ours []string
	}{{FieldSteps, x.Steps, y.Steps}, {FieldFees, x.Fees, y.Fees}, {FieldMaterials, x.Materials, y.Materials}} {
		if f.theirs == nil || f.ours == nil {
			continue
		}
		more, less := beside(f.theirs, f.ours), beside(f.ours, f.theirs)
		turned := f.field == FieldSteps && len(more)+len(less) == 0 && !slices.EqualFunc(f.theirs, f.ours, sameText)
		if len(more)+len(less) > 0 || turned {
			list = append(list, Difference{Field: f.field, Theirs: strings.Join(f.theirs, "、"), Ours: strings.Join(f.ours, "、"), More: more, Less: less, TheirAt: t, OurAt: o})
		}
	}
	return list
}

// typeName is the name of a type for people; one that nobody knows is shown as it is.
func typeName(code string) string {
	m := gbcode.TypeName(code)
	if m.IsZero() {
		return code
	}
	return m.In(wording.ZH)
}

// daysDiffer tells whether two limits are not the same; one that is not said differs from none.
func daysDiffer(a, b workday.Term) bool {
	return !a.IsZero() && !b.IsZero() && (a.Days != b.Days || a.Unit != b.Unit && a.Unit != "" && b.Unit != "")
}

func sameText(a, b string) bool { return Fold(a) == Fold(b) }

// beside lists what stands in a and not in b.
func beside(a, b []string) (more []string) {
	for _, s := range a {
		if !slices.ContainsFunc(b, func(o string) bool { return sameText(s, o) }) {
			more = append(more, s)
		}
	}
	return more
}
