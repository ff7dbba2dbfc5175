package casework

import (
	"context"
	"maps"
	"slices"
	"strings"

	"tongban/internal/process/paper"
	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/register/licence"
	"tongban/internal/rules/form"
	"tongban/internal/rules/gbcode"
	"tongban/internal/rules/wording"
)

var (
	correct    = act.Command{Name: "case.correct", Right: "case.correct"}
	correctFor = act.Command{Name: "case.correct_for", Right: "case.correct_for"}
	amend      = act.Command{Name: "case.amend", Right: "case.amend"}
)

// CorrectIn corrects what the notice named. Files were uploaded before.
type CorrectIn struct {
	Case   int64          `json:"case"`
	Values map[string]any `json:"values,omitempty"` // only fields that the notice named
	Shown  []string       `json:"shown,omitempty"`  // at the window: materials shown on paper
}

// Correct completes an application. From this day the window has its five days
// again to accept; it may demand nothing new (行政许可法 32).
func (o *Office) Correct(ctx context.Context, a act.Actor, token string, in CorrectIn) (Done, error) {
	in.Shown = nil
	return act.Run(ctx, o.Runner, a, token, correct, in, o.correct(asApplicant))
}

// CorrectFor does the same at the window.
func (o *Office) CorrectFor(ctx context.Context, a act.Actor, token string, in CorrectIn) (Done, error) {
	return act.Run(ctx, o.Runner, a, token, correctFor, in, o.correct(atWindow))
}

func (o *Office) correct(scope func(*matter) (act.Scope, error)) func(*act.Call, CorrectIn) (Done, error) {
	return func(c *act.Call, in CorrectIn) (Done, error) {
		m, err := o.take(c, in.Case, scope)
		if err != nil {
			return Done{}, err
		}
		if err := m.must(Correcting); err != nil {
			return Done{}, err
		}
		s, err := m.edit()
		if err != nil {
			return Done{}, err
		}
		if err := m.correctFields(s, in.Values); err != nil {
			return Done{}, err
		}
		if err := m.correctMaterials(in.Shown); err != nil {
			return Done{}, err
		}
		m.f.Facts.Notice.Corrected, m.p.Received, m.p.Status = c.Today(), c.Today(), Received
		t, err := proceeding.OpenPart(c.Tx, m.p.ID, "accept")
		if err != nil {
			return Done{}, err
		}
		proceeding.Touch(c, t, m.dueNow().statutory.Day)
		e := m.event("case.corrected", map[string]any{"notice_due": m.dueNow().statutory.Day})
		e.Rules = m.rule("行政许可法第三十二条第一款第五项", m.v.Terms.Notice)
		return m.save(e)
	}
}

// named tells whether the notice asked for this material or field.
func (m *matter) named(key string) bool {
	return m.f.Facts.Notice != nil && slices.Contains(m.f.Facts.Notice.Keys, key)
}

// correctFields takes new values for the fields that the notice named, and
// wants each of those to have been touched.
func (m *matter) correctFields(s *Secret, values map[string]any) error {
	for k := range values {
		if !m.named("field:" + k) {
			return act.Refuse("casework.correct.not_named").By(m.article(receiving, m.v.Terms.Notice))
		}
	}
	next := maps.Clone(s.Form)
	maps.Copy(next, values)
	out := m.v.Form.Validate(next, form.Setting{Today: m.c.Today(), Applicant: m.f.ApplicantKind})
	if _, given := values[strings.TrimPrefix(m.v.Result.Ends.Number, "form.")]; given {
		if err := alsoFormer(m.c.Tx, m.v, &out, m.p.Applicant); err != nil {
			return err
		}
	}
	var wrong []act.Field
	for _, p := range out.Problems {
		wrong = append(wrong, act.Field{Name: p.Field, Msg: p.Message})
	}
	for _, k := range m.f.Facts.Notice.Keys {
		if f, ok := strings.CutPrefix(k, "field:"); ok {
			if _, given := values[f]; !given {
				wrong = append(wrong, act.Field{Name: f, Msg: wording.M("casework.correct.field")})
			}
		}
	}
	s.Form = out.Values
	return act.WrongFields("casework.apply.form", wrong)
}

func (m *matter) correctMaterials(shown []string) error {
	var wrong []act.Field
	for i := range m.f.Facts.Materials {
		x := &m.f.Facts.Materials[i]
		if x.State != MaterialMissing {
			continue
		}
		if contains(shown, x.Key) {
			x.State, x.Grade, x.Checked = MaterialChecked, "B", m.c.Actor.Person
			continue
		}
		if gone, err := m.waive(x); err != nil {
			return err
		} else if gone {
			continue
		}
		wrong = append(wrong, act.Field{Name: "material:" + x.Key, Msg: wording.M("casework.apply.material", "name", m.materialName(x.Key))})
	}
	return act.WrongFields("casework.apply.materials", wrong)
}

// AmendIn puts a clerical error right.
type AmendIn struct {
	Case   int64  `json:"case"`
	Field  string `json:"field"` // of the form, or "applicant.name"
	Value  string `json:"value"`
	Reason string `json:"reason"`
}

// Amend corrects a slip of the pen in what was decided: a wrong character, no
// other content. The old licence is superseded by its next version.
func (o *Office) Amend(ctx context.Context, a act.Actor, token string, in AmendIn) (Done, error) {
	return act.Run(ctx, o.Runner, a, token, amend, in, func(c *act.Call, in AmendIn) (Done, error) {
		m, err := o.take(c, in.Case, func(m *matter) (act.Scope, error) { return at(m.p.Agency)(m) })
		if err != nil {
			return Done{}, err
		}
		if m.f.Facts.Decision == nil {
			return Done{}, act.Refuse("casework.amend.early")
		}
		if err := wantText("value", in.Value); err != nil {
			return Done{}, err
		}
		if err := m.words("reason", in.Reason); err != nil {
			return Done{}, err
		}
		return m.amend(in)
	})
}

func (m *matter) amend(in AmendIn) (Done, error) {
	s, err := m.edit()
	if err != nil {
		return Done{}, err
	}
	label, was, err := m.change(s, in.Field, in.Value)
	if err != nil {
		return Done{}, err
	}
	if in.Field == "applicant.name" {
		m.p.Label = in.Value
		if m.f.ApplicantKind == "person" {
			m.p.Label = gbcode.MaskName(in.Value)
		}
	}
	doc, err := m.paper("correction", m.p.Agency, func(f *paper.Facts) {
		f.Reasons, f.Article = in.Reason, wording.Text(wording.ZH, "casework.amend.article")
		f.Lines = []paper.Line{{Label: "更正的内容", Value: label}, {Label: "原来写的", Value: was}, {Label: "更正为", Value: in.Value}}
	})
	if err != nil {
		return Done{}, err
	}
	if m.f.Facts.Licence != 0 {
		l, err := m.o.Licences.Amend(m.c, m.f.Facts.Licence, licence.Amendment{
			HolderName: s.Applicant.Name, Fields: m.licenceFields(s), Article: wording.Text(wording.ZH, "casework.amend.article"), Reason: in.Reason, Notify: m.told,
		})
		if err != nil {
			return Done{}, err
		}
		m.f.Facts.Licence, m.f.Facts.LicenceNo = l.ID, l.Number
	}
	m.republish()
	m.f.Facts.Amendments = append(m.f.Facts.Amendments, Amendment{Field: in.Field, Day: m.c.Today(), By: m.c.Actor.Person, Paper: doc.ID})
	e := m.event("case.amended", map[string]any{"field": in.Field, "paper": doc.ID, "licence": m.f.Facts.Licence})
	e.Personal = []ledger.Personal{{Field: "was", Value: was}, {Field: "value", Value: in.Value}, {Field: "reason", Value: in.Reason}}
	done, err := m.save(e)
	done.Paper = doc.ID
	return done, err
}

// change sets one field and returns its label and what stood there.
func (m *matter) change(s *Secret, field, value string) (label, was string, err error) {
	if field == "applicant.name" {
		was, s.Applicant.Name = s.Applicant.Name, value
		return wording.Text(wording.ZH, "casework.applicant.name"), was, nil
	}
	f, ok := m.v.Form.Field(field)
	if !ok {
		return "", "", act.Wrong("casework.draft.field", "name", field)
	}
	was = display(f, s.Form[field])
	next := maps.Clone(s.Form)
	maps.Copy(next, m.v.Form.FromStrings(map[string][]string{field: {value}}))
	out := m.v.Form.Validate(next, form.Setting{Today: m.c.Today(), Applicant: m.f.ApplicantKind})
	for _, p := range out.Problems {
		if p.Field == field {
			return "", "", act.WrongFields("casework.apply.form", []act.Field{{Name: field, Msg: p.Message}})
		}
	}
	s.Form = out.Values
	return f.Title, was, nil
}

// issue makes the licence, or leaves it at the decision's paper for items
// whose result is a document; what the grant puts an end to ends in the same act.
func (m *matter) issue() error {
	if err := m.endFormer(); err != nil {
		return err
	}
	if m.v.Result.LicenceType == "" {
		return nil
	}
	s, err := m.personal()
	if err != nil {
		return err
	}
	agency, err := m.o.People.Agency(m.c.Tx, m.p.Agency, m.c.Today())
	if err != nil {
		return err
	}
	masked := gbcode.MaskCitizenOwn(s.Applicant.IDNo)
	if m.f.ApplicantKind != "person" {
		masked = s.Applicant.IDNo
	}
	l, err := m.o.Licences.Issue(m.c, licence.Issue{
		Type: m.v.Result.LicenceType, Title: m.v.Result.Name, Agency: m.p.Agency, AgencyName: agency.Name, AgencyUSCC: agency.USCC,
		Holder: m.p.Applicant, Legal: m.f.ApplicantKind != "person", HolderName: s.Applicant.Name, HolderIDMasked: masked, Fields: m.licenceFields(s),
		Months: m.v.Result.ValidMonths, Item: m.v.Of, ItemVersion: m.v.ID, Proceeding: m.p.ID, Key: m.key, Sample: m.o.Sample,
	})
	if err != nil {
		return err
	}
	m.f.Facts.Licence, m.f.Facts.LicenceNo = l.ID, l.Number
	return nil
}

// licenceFields are the lines of the result, filled from applicant and form.
func (m *matter) licenceFields(s *Secret) []licence.Field {
	var list []licence.Field
	for _, x := range m.v.Result.Fields {
		text := s.Applicant.Name
		if key, ok := strings.CutPrefix(x.Value, "form."); ok {
			f, _ := m.v.Form.Field(key)
			text = display(f, s.Form[key])
		}
		list = append(list, licence.Field{Label: x.Label, Value: text})
	}
	return list
}

// KnownOf is what the register knows of a person or firm, by data element, for
// filling in forms.
func (o *Office) KnownOf(tx *store.Tx, subject int64) (map[string]form.Known, error) {
	values, err := o.People.Known(tx, subject)
	if err != nil {
		return nil, err
	}
	known := make(map[string]form.Known, len(values))
	for k, v := range values {
		known[k] = form.Known{Value: v.Value, Source: source(v.Source), Grade: form.Grade(v.Grade)}
	}
	return known, nil
}
