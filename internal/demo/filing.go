package demo

import (
	"bytes"
	"fmt"
	"slices"

	"tongban/internal/record/act"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/form"
	"tongban/internal/work/casework"
)

// material finds a material of the plan's item.
func (x *plan) material(key string) catalog.Material {
	i := slices.IndexFunc(x.item.Materials, func(m catalog.Material) bool { return m.Key == key })
	return x.item.Materials[i]
}

func (x *plan) supplied(key string) bool       { return x.material(key).Supplied() }
func (x *plan) materialName(key string) string { return x.material(key).Name }

// doubtful is the field that a clerk finds unclear where no material can be:
// the first that everybody has to write themself.
func (x *plan) doubtful() *form.Field {
	var last *form.Field
	for i := range x.item.Form.Fields {
		f := &x.item.Form.Fields[i]
		if f.Required && f.When == "" && f.Element == "" {
			if f.Widget == form.Text || f.Widget == form.TextArea {
				return f
			}
			last = f
		}
	}
	return last
}

// asked lists the materials that the applicant has to bring themself.
func (p *player) asked(x *plan) ([]catalog.Material, error) {
	var list []catalog.Material
	for _, m := range x.item.Materials {
		if m.Supplied() {
			continue
		}
		if m.When != "" {
			needed, err := p.h.Office.Conditions.True(m.When, map[string]any{"form": x.values, "decision": "", "applicant": map[string]any{"kind": x.kind}})
			if err != nil {
				return nil, err
			}
			if !needed {
				continue
			}
		}
		list = append(list, m)
	}
	return list, nil
}

// subject is whose matter the case is.
func (p *player) subject(x *plan) int64 {
	switch x.kind {
	case "legal":
		return p.c.Firms[x.applicant]
	case "agency":
		return p.c.Bodies[x.applicant]
	}
	return p.c.Person(x.applicant)
}

// apply files the application: online by draft, uploads and submission, at the
// window on paper or scanned.
func (p *player) apply(x *plan, c *played, a act.Actor) error {
	o := p.h.Office
	in := casework.ApplyIn{Item: p.c.Items[x.script.Slug].ID, Subject: p.subject(x), Values: x.values, Delivery: x.delivery}
	if x.delivery == "courier" {
		in.Address = p.address(x)
	}
	materials, err := p.asked(x)
	if err != nil {
		return err
	}
	if x.window {
		if x.agent != "" {
			in.Agent = p.c.Person(x.agent)
		}
		for _, m := range x.item.Materials {
			if m.Supplied() || x.paper {
				in.Shown = append(in.Shown, m.Key)
			}
		}
	}
	if !x.window || !x.paper {
		if in, err = p.draft(x, a, in, materials); err != nil {
			return err
		}
	}
	do := o.Apply
	if x.window {
		do = o.ApplyFor
	}
	done, err := do(p.ctx, a, "", in)
	c.id, c.number = done.Case, done.Number
	return err
}

// draft saves the application as a draft and uploads what it needs.
func (p *player) draft(x *plan, a act.Actor, in casework.ApplyIn, materials []catalog.Material) (casework.ApplyIn, error) {
	save := p.h.Office.SaveDraft
	if x.window {
		save = p.h.Office.SaveDraftFor
	}
	d, err := save(p.ctx, a, "", casework.DraftIn{Item: in.Item, Subject: in.Subject, Values: in.Values, Address: in.Address})
	if err != nil {
		return in, err
	}
	for i, m := range materials {
		if err := p.upload(a, d.Case, m, x.n+i); err != nil {
			return in, err
		}
	}
	return casework.ApplyIn{Draft: d.Case, Delivery: in.Delivery, Agent: in.Agent, Shown: in.Shown}, nil
}

// upload hands in one of the demonstration's papers, a photograph where the
// item takes one.
func (p *player) upload(a act.Actor, id int64, m catalog.Material, n int) error {
	s := sheets()[n%len(sheets())]
	if !slices.Contains(m.Formats, s.kind) {
		s = sheets()[0]
	}
	_, err := p.h.Office.Upload(p.ctx, a, id, m.Key, fmt.Sprintf("%s.%s", m.Name, s.kind), bytes.NewReader(s.content))
	return err
}

func (p *player) address(x *plan) string {
	for _, r := range p.c.book.People {
		if r.Key == x.filer {
			return r.Address
		}
	}
	return p.c.Hall.Address
}

// correct mends what the notice named: online with a new upload, at the window
// by showing it.
func (p *player) correct(x *plan, c *played, a act.Actor) error {
	in := casework.CorrectIn{Case: c.id, Values: map[string]any{}}
	for _, f := range c.fields {
		in.Values[f] = x.values[f]
	}
	if a.Who == act.Staff {
		in.Shown = c.missing
		_, err := p.h.Office.CorrectFor(p.ctx, a, "", in)
		return err
	}
	for i, k := range c.missing {
		if err := p.upload(a, c.id, x.material(k), x.n+i+1); err != nil {
			return err
		}
	}
	_, err := p.h.Office.Correct(p.ctx, a, "", in)
	return err
}
