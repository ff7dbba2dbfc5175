package casework

import (
	"slices"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/licence"
	"tongban/internal/rules/form"
	"tongban/internal/rules/gbcode"
	"tongban/internal/rules/wording"
)

// former finds the licence that a grant would end by the number in the form: one
// of the applicant's own, of the type that the item names, which has not ended.
// nil is none: the item ends none, or nothing is written there. Another number is
// a problem of that field.
func former(tx *store.Tx, v *catalog.Version, values map[string]any, applicant int64) (*licence.Licence, form.FieldProblem, error) {
	field, ok := strings.CutPrefix(v.Result.Ends.Number, "form.")
	if !ok {
		return nil, form.FieldProblem{}, nil
	}
	number, _ := values[field].(string)
	if number = strings.TrimSpace(number); number == "" {
		return nil, form.FieldProblem{}, nil
	}
	wrong := form.FieldProblem{Field: field, Message: wording.M("casework.apply.former", "name", v.Result.Ends.Name)}
	l, err := licence.ByNumber(tx, gbcode.Normalize(number))
	switch {
	case act.KindOf(err) == act.NotFound:
		return nil, wrong, nil
	case err != nil:
		return nil, form.FieldProblem{}, err
	case l.Holder != applicant || l.Type != gbcode.Normalize(v.Result.Ends.Type) || l.Stored != licence.Valid && l.Stored != licence.Suspended:
		return nil, wrong, nil
	}
	return l, form.FieldProblem{}, nil
}

// alsoFormer adds what is wrong with the number of that licence to what else is
// wrong with the form.
func alsoFormer(tx *store.Tx, v *catalog.Version, out *form.Outcome, applicant int64) error {
	_, wrong, err := former(tx, v, out.Values, applicant)
	known := slices.ContainsFunc(out.Problems, func(p form.FieldProblem) bool { return p.Field == wrong.Field })
	if err == nil && wrong.Field != "" && !known {
		out.Problems = append(out.Problems, wrong)
	}
	return err
}

// endFormer ends the licence that the grant puts an end to: it is changed,
// prolonged or given up. One that ended while the case ran is left as it is.
func (m *matter) endFormer() error {
	s, err := m.personal()
	if err != nil {
		return err
	}
	l, _, err := former(m.c.Tx, m.v, s.Form, m.p.Applicant)
	if err != nil || l == nil {
		return err
	}
	_, err = m.o.Licences.Revoke(m.c, l.ID, licence.Ending{Article: m.v.Result.Ends.Article, Notify: m.told,
		Reason: wording.Text(wording.ZH, "casework.former.reason", "title", m.p.Title, "number", m.p.Number)})
	return err
}
