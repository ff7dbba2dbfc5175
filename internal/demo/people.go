package demo

import (
	"fmt"
	"maps"
	"slices"

	"tongban/internal/record/act"
	"tongban/internal/register/identity"
	"tongban/internal/rules/day"
)

// firstAdministrator gives everybody else their posts and accounts.
const firstAdministrator = "zfb_admin_1"

// clerk registers residents, firms and who may act for whom.
const clerk = "spj_window_1"

// staff registers the officials, gives them their posts and their accounts. The
// first administrator gets their post from the platform.
func (f *founding) staff() error {
	hash, err := f.h.People.Hash(f.ctx, StaffPassword)
	if err != nil {
		return err
	}
	list := slices.Clone(f.b.Staff)
	slices.SortStableFunc(list, func(a, b official) int { return btoi(b.Key == firstAdministrator) - btoi(a.Key == firstAdministrator) })
	for _, s := range list {
		p, err := f.h.People.RegisterPerson(f.ctx, act.Machine(), "", identity.NewPerson{Name: s.Name, IDNo: s.IDNo, Phone: s.Phone, Region: s.Region})
		if err != nil {
			return fmt.Errorf("%s: %w", s.Key, explained(err))
		}
		f.persons[s.Key] = p.Person
		if err := f.employ(s, hash); err != nil {
			return fmt.Errorf("%s: %w", s.Key, explained(err))
		}
	}
	return nil
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// employ gives an official posts and account.
func (f *founding) employ(s official, hash string) error {
	giver := act.Machine()
	if s.Key != firstAdministrator {
		var err error
		if giver, err = f.actor(firstAdministrator); err != nil {
			return err
		}
	}
	for _, post := range s.Posts {
		in := identity.Post{Person: f.persons[s.Key], Agency: s.Agency, Post: post, Region: s.Region, Span: day.Span{From: Since}}
		if _, err := f.h.People.GrantPost(f.ctx, giver, "", in); err != nil {
			return err
		}
	}
	_, err := f.h.People.CreateAccount(f.ctx, giver, identity.NewAccount{Person: f.persons[s.Key], Login: s.Login, Hash: hash, TOTP: StaffTOTP})
	return err
}

// leave enters who is away on the day on which the clock begins to run.
func (f *founding) leave() error {
	for _, l := range f.b.Leave {
		i := slices.IndexFunc(f.b.Staff, func(s official) bool { return s.Key == l.Staff })
		if i < 0 {
			return fmt.Errorf("no official %s", l.Staff)
		}
		head, err := f.actor(f.b.Staff[i].Agency + "_head_1")
		if err != nil {
			return err
		}
		from := Start.Day()
		in := identity.Leave{Person: f.persons[l.Staff], StandIn: f.persons[l.StandIn], Span: day.Span{From: from + day.Day(l.FromDay), Until: from + day.Day(l.UntilDay)}}
		if in.Span.Until <= f.h.Store.Now().Day() {
			continue // founded later than that
		}
		if _, err := f.h.People.SetLeave(f.ctx, head, "", in); err != nil {
			return err
		}
	}
	return nil
}

// people registers the residents at the window, with what bodies know of them.
func (f *founding) people() error {
	at, err := f.actor(clerk)
	if err != nil {
		return err
	}
	hash, err := f.h.People.Hash(f.ctx, PeoplePassword)
	if err != nil {
		return err
	}
	for _, r := range f.b.People {
		in := identity.NewPerson{Name: r.Name, IDNo: r.IDNo, Phone: r.Phone, Address: r.Address, Region: r.Region}
		p, err := f.h.People.RegisterPerson(f.ctx, at, "", in)
		if err != nil {
			return fmt.Errorf("%s: %w", r.Key, explained(err))
		}
		f.persons[r.Key] = p.Person
		if err := f.h.People.Know(f.ctx, at, "", identity.NewValues{Subject: p.Person, Values: f.values("person", r.Data)}); err != nil {
			return fmt.Errorf("%s: %w", r.Key, explained(err))
		}
		if r.Account == "" {
			continue
		}
		if _, err := f.h.People.CreateAccount(f.ctx, at, identity.NewAccount{Person: p.Person, Login: r.Account, Hash: hash}); err != nil {
			return fmt.Errorf("%s: %w", r.Key, explained(err))
		}
	}
	return nil
}

// values are what is known of a holder: what the file says, and what every
// holder of the kind has.
func (f *founding) values(holder string, known data) []identity.Value {
	var list []identity.Value
	for _, key := range slices.Sorted(maps.Keys(known)) {
		x := known[key]
		list = append(list, identity.Value{Element: key, Value: x[0], Grade: identity.Grade(x[1]), Source: f.short(x[2]), AsOf: Since})
	}
	for _, e := range f.b.Elements {
		if e.Standing && (e.Holder == holder || e.Holder == "any") {
			list = append(list, identity.Value{Element: e.Key, Value: e.Name, Grade: identity.Grade(e.Grade), Source: f.short(e.Source), AsOf: Since})
		}
	}
	return list
}

// short is an agency's short name, for the source of a value.
func (f *founding) short(key string) string {
	i := slices.IndexFunc(f.b.Agencies, func(a agency) bool { return a.Key == key })
	if i < 0 {
		return key
	}
	return f.b.Agencies[i].Short
}

// firms registers firms, and agencies as applicants.
func (f *founding) firms() error {
	at, err := f.actor(clerk)
	if err != nil {
		return err
	}
	add := func(key, holder string, in identity.LegalPerson, known data) error {
		l, err := f.h.People.AddLegalPerson(f.ctx, at, "", in)
		if err == nil {
			f.legal[key] = l.Person
			err = f.h.People.Know(f.ctx, at, "", identity.NewValues{Subject: l.Person, Values: f.values(holder, known)})
		}
		if err != nil {
			return fmt.Errorf("%s: %w", key, explained(err))
		}
		return nil
	}
	for _, x := range f.b.Firms {
		in := identity.LegalPerson{Name: x.Name, USCC: x.USCC, Kind: legalKinds[x.Kind], Region: x.Region, Address: x.Address, Phone: x.Phone, Grade: identity.GradeA}
		if err := add(x.Key, "legal", in, x.Data); err != nil {
			return err
		}
	}
	for _, a := range f.b.applying() {
		in := identity.LegalPerson{Name: a.Name, USCC: a.USCC, Kind: identity.AgencyKind, Region: a.Region, Address: a.Address, Phone: a.Phone, Grade: identity.GradeA}
		known := data{"agency.name": {a.Name, "A", "zfb"}, "agency.uscc": {a.USCC, "A", "zfb"}}
		if err := add("agency/"+a.Key, "agency", in, known); err != nil {
			return err
		}
	}
	return nil
}

// legalKinds maps the kinds of county.yaml to those of the register.
var legalKinds = map[string]string{
	"enterprise": identity.Enterprise, "cooperative": identity.Organisation, "social": identity.Organisation, "individual": identity.Individual,
}

// roles maps what county.yaml calls a person who acts to the register's roles.
var roles = map[string]string{
	"法定代表人": identity.LegalRepresentative, "经营者": identity.LegalRepresentative, "经办人": identity.Agent, "人事经办人": identity.ForAgency,
}

// rights maps what county.yaml lets a person do to the rights that it takes.
var rights = map[string][]string{
	"apply":     {"case.apply", "case.draft", "case.look", "case.proof", "case.rate"},
	"correct":   {"case.correct"},
	"withdraw":  {"case.withdraw"},
	"collect":   {"licence.show"},
	"authorise": {"person.authorise"},
}

// acting enters who may act for whom: for firms and agencies, and the neighbour
// for the uncle (行政许可法 29).
func (f *founding) acting() error {
	at, err := f.actor(clerk)
	if err != nil {
		return err
	}
	represent := func(subject int64, x acting, document string) error {
		in := identity.Representation{Agent: f.persons[x.Person], Subject: subject, Role: roles[x.Role], Document: document, Span: day.Span{From: x.From}}
		for _, m := range x.May {
			in.Powers = append(in.Powers, rights[m]...)
		}
		_, err := f.h.People.Represent(f.ctx, at, "", in)
		return err
	}
	for _, x := range f.b.Firms {
		for _, a := range x.Acting {
			if err := represent(f.legal[x.Key], a, "登记信息"); err != nil {
				return fmt.Errorf("%s for %s: %w", a.Person, x.Key, explained(err))
			}
		}
	}
	for _, a := range f.b.Acting {
		if err := represent(f.legal["agency/"+a.Agency], acting{a.Person, a.Role, a.May, a.From}, "单位授权书"); err != nil {
			return fmt.Errorf("%s for %s: %w", a.Person, a.Agency, explained(err))
		}
	}
	return represent(f.persons["uncle"], acting{"neighbour", "经办人", []string{"apply", "correct", "withdraw", "collect"}, Since}, "委托书2025-001")
}
