package casework

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"tongban/internal/process/paper"
	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/file"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/record/vault"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/day"
	"tongban/internal/rules/form"
	"tongban/internal/rules/gbcode"
	"tongban/internal/rules/wording"
)

var (
	apply    = act.Command{Name: "case.apply", Right: "case.apply"}
	applyFor = act.Command{Name: "case.apply_for", Right: "case.apply_for"}
)

// ApplyIn submits an application: a draft as it was saved, or all at once.
type ApplyIn struct {
	Draft    int64          `json:"draft,omitempty"`
	Item     int64          `json:"item,omitempty"`    // without a draft
	Subject  int64          `json:"subject,omitempty"` // whose matter; 0 is the actor
	Values   map[string]any `json:"values,omitempty"`
	Delivery string         `json:"delivery,omitempty"` // window or courier
	Address  string         `json:"address,omitempty"`  // for the courier
	Agent    int64          `json:"agent,omitempty"`    // at the window: who came for the applicant (行政许可法 29)
	Shown    []string       `json:"shown,omitempty"`    // at the window: materials shown on paper
}

// Apply submits an application for oneself or for somebody one may act for.
func (o *Office) Apply(ctx context.Context, a act.Actor, token string, in ApplyIn) (Done, error) {
	return act.Run(ctx, o.Runner, a, token, apply, in, func(c *act.Call, in ApplyIn) (Done, error) { return o.apply(c, in, false) })
}

// ApplyFor submits an application at the window for somebody who came in
// person, or for whom an agent came with authority.
func (o *Office) ApplyFor(ctx context.Context, a act.Actor, token string, in ApplyIn) (Done, error) {
	return act.Run(ctx, o.Runner, a, token, applyFor, in, func(c *act.Call, in ApplyIn) (Done, error) { return o.apply(c, in, true) })
}

func (o *Office) apply(c *act.Call, in ApplyIn, window bool) (Done, error) {
	d, key, err := o.startOf(c, &in)
	if err != nil {
		return Done{}, err
	}
	v, err := o.Items.InForce(c.Tx, in.Item, c.Today())
	if err != nil {
		return Done{}, err
	}
	if err := o.mayApply(c, v, in.Subject, window); err != nil {
		return Done{}, err
	}
	party, err := o.party(c.Tx, in.Subject)
	if err != nil {
		return Done{}, err
	}
	if !contains(v.Applicants, party.kind) {
		return Done{}, act.Refuse("casework.apply.who", "kind", wording.M("casework.applicant."+party.kind))
	}
	if len(v.Channels) > 0 && !contains(v.Channels, channel(window)) {
		return Done{}, act.Refuse("casework.apply.channel."+channel(window)).Then("casework.apply.channel.next", "address", v.Contact.Address, "phone", v.Contact.Phone)
	}
	m := &matter{o: o, c: c, v: v, key: key, f: &File{ID: d.ID, Channel: channel(window), ApplicantKind: party.kind, Agent: in.Agent}, changed: true,
		secret: &Secret{Applicant: party.Party, Address: in.Address}}
	if d.Secret != nil {
		in.Values = overlay(v.Form, d.Secret.Form, in.Values)
	}
	known, err := o.KnownOf(c.Tx, in.Subject)
	if err != nil {
		return Done{}, err
	}
	if err := m.fillForm(in.Values, known, in.Subject); err != nil {
		return Done{}, err
	}
	if err := m.fillMaterials(in, known, window); err != nil {
		return Done{}, err
	}
	if err := m.fillAgent(in, window); err != nil {
		return Done{}, err
	}
	m.p = o.newProceeding(c, v, d, key, in.Subject, party)
	return m.submit(d, in.Delivery)
}

// startOf gives the draft to be submitted, or begins one that is submitted at once.
func (o *Office) startOf(c *act.Call, in *ApplyIn) (*Draft, *vault.Key, error) {
	if in.Draft == 0 {
		if in.Subject == 0 {
			in.Subject = c.Actor.Person
		}
		d := &Draft{ID: c.Tx.NewID()}
		key, err := o.Vault.NewKey(c.Tx, Kind, d.ID)
		return d, key, err
	}
	d, err := o.holdDraft(c.Tx, c.Actor.Person, in.Draft)
	if err != nil {
		return nil, nil, err
	}
	if d.Submitted {
		return nil, nil, act.Changed("casework.draft")
	}
	c.Tx.PutOne(act.Changed("casework.draft"), `update draft set submitted = $3 where home = $1 and id = $2 and not submitted`, c.Tx.Home(), d.ID, true)
	in.Item, in.Subject = d.Item, d.Subject
	if in.Address == "" {
		in.Address = d.Secret.Address
	}
	if in.Delivery == "" {
		in.Delivery = d.Secret.Delivery
	}
	key, err := o.Vault.Key(c.Tx, d.Key)
	return d, key, err
}

func channel(window bool) string {
	if window {
		return "window"
	}
	return "online"
}

// applicantParty is the applicant as the register knows them.
type applicantParty struct {
	Party
	kind  string
	label string // masked for a natural person
}

// party reads the applicant from the register: a natural person, a firm, an agency.
func (o *Office) party(tx *store.Tx, id int64) (applicantParty, error) {
	if err := o.mustBeUsed(tx, id); err != nil {
		return applicantParty{}, err
	}
	p, err := o.People.Person(tx, id)
	if err == nil {
		return applicantParty{Party{p.Name, p.IDNo, p.Phone}, "person", gbcode.MaskName(p.Name)}, nil
	}
	if act.KindOf(err) != act.NotFound {
		return applicantParty{}, err
	}
	l, err := o.People.Legal(tx, id)
	if err != nil {
		return applicantParty{}, err
	}
	kind := "legal"
	if l.Kind == "agency" {
		kind = "agency"
	}
	return applicantParty{Party{l.Name, l.USCC, l.Phone}, kind, l.Name}, nil
}

// fillForm lays what is known over what was typed and judges the whole.
func (m *matter) fillForm(values map[string]any, known map[string]form.Known, applicant int64) error {
	s := form.Setting{Today: m.c.Today(), Applicant: m.f.ApplicantKind}
	pre := m.v.Form.Prefill(known, s)
	out := m.v.Form.Validate(pre.Apply(values), s)
	if err := alsoFormer(m.c.Tx, m.v, &out, applicant); err != nil {
		return err
	}
	var wrong []act.Field
	for _, p := range out.Problems {
		wrong = append(wrong, act.Field{Name: p.Field, Msg: p.Message})
	}
	if err := act.WrongFields("casework.apply.form", wrong); err != nil {
		return err
	}
	m.secret.Form, m.secret.Sources = out.Values, map[string]string{}
	for k, x := range pre.Locked {
		m.secret.Sources[k] = x.Source.In(wording.ZH)
	}
	return nil
}

// fillMaterials says where each material stands. One that data supply is taken
// and never asked for; one that is asked for must be there, or may follow.
func (m *matter) fillMaterials(in ApplyIn, known map[string]form.Known, window bool) error {
	var files []file.Attachment
	if in.Draft != 0 { // files are handed in to a draft
		var err error
		if files, err = m.o.Files.List(m.c.Tx, FilesOf(m.f.ID)); err != nil {
			return err
		}
	}
	var wrong []act.Field
	for _, x := range m.v.Materials {
		needed, err := m.needed(x)
		if err != nil {
			return err
		}
		if !needed {
			continue
		}
		got := MaterialIn{Key: x.Key}
		for _, f := range files {
			if f.Slot == x.Key {
				got.Files = append(got.Files, f.ID)
			}
		}
		at := standing(x, known, len(got.Files) > 0)
		got.State, got.Grade, got.Source = at.State, at.Grade, at.Source
		if window && got.State != MaterialSupplied && contains(in.Shown, x.Key) {
			got.State, got.Grade, got.Checked = MaterialChecked, "B", m.c.Actor.Person
		}
		if got.State == MaterialMissing {
			wrong = append(wrong, act.Field{Name: "material:" + x.Key, Msg: wording.M("casework.apply.material", "name", x.Name)})
			continue
		}
		m.f.Facts.Materials = append(m.f.Facts.Materials, got)
	}
	return act.WrongFields("casework.apply.materials", wrong)
}

// needed tells whether the item asks for a material in this case.
func (m *matter) needed(x catalog.Material) (bool, error) {
	if _, err := m.personal(); err != nil {
		return false, err
	}
	facts, err := m.facts("")
	if err != nil {
		return false, err
	}
	return m.o.needed(x, facts)
}

func (o *Office) needed(x catalog.Material, facts map[string]any) (bool, error) {
	if x.When == "" {
		return true, nil
	}
	return o.Conditions.True(x.When, facts)
}

// standing says where a material stands before anybody has compared it with an
// original: supplied by data, handed in, to be brought, to follow, or missing.
func standing(x catalog.Material, known map[string]form.Known, given bool) MaterialIn {
	at := MaterialIn{Key: x.Key}
	k, found := known[x.Element]
	switch {
	case x.Supplied() && found && k.Grade.Settled():
		at.State, at.Grade, at.Source = MaterialSupplied, string(k.Grade), k.Source.In(wording.ZH)
	case given:
		at.State, at.Grade = MaterialGiven, "C"
	case x.Supplied():
		at.State = MaterialBring
	case x.DeferDays > 0 || !x.Required:
		at.State = MaterialDeferred
	default:
		at.State = MaterialMissing
	}
	return at
}

// fillAgent enters who came for the applicant. At the window it takes a person
// with authority; online the login itself shows who acts for whom.
func (m *matter) fillAgent(in ApplyIn, window bool) error {
	agent := in.Agent
	if !window {
		agent = 0
		if m.c.Actor.Person != in.Subject {
			agent = m.c.Actor.Person
		}
	}
	m.f.Agent = agent
	if agent == 0 {
		return nil
	}
	may, err := m.o.People.MayActFor(m.c.Tx, agent, in.Subject, "case.apply", m.c.Today())
	if err != nil {
		return err
	}
	if !may {
		return act.Refuse("casework.apply.agent").By("行政许可法第二十九条").Then("casework.apply.agent.next").Recorded()
	}
	p, err := m.o.People.Person(m.c.Tx, agent)
	m.secret.Agent = &Party{p.Name, p.IDNo, p.Phone}
	return err
}

func (o *Office) newProceeding(c *act.Call, v *catalog.Version, d *Draft, key *vault.Key, subject int64, party applicantParty) *proceeding.Proceeding {
	p := &proceeding.Proceeding{
		ID: d.ID, Kind: Kind, Number: o.number(c.Today(), d.ID), Item: v.Of, ItemVersion: v.ID, Title: v.Name, Agency: v.Agency, Region: o.Region,
		Applicant: subject, Filer: subject, Label: party.label, Status: Received, Received: c.Today(), Key: key.ID(), Opened: c.Now(),
	}
	if party.kind != "person" && c.Actor.Who == act.Applicant {
		p.Filer = c.Actor.Person
	}
	return p
}

// number is the case's number: region, day, and the id, which is unique; so no
// counter holds anybody up. It guesses at nothing secret: without the query
// code it opens nothing.
func (o *Office) number(d day.Day, id int64) string {
	y, mon, n := d.Date()
	return fmt.Sprintf("%s-%02d%02d%02d-%06d", o.Region, y%100, mon, n, id)
}

// QueryCode is what, with the number, shows a case's progress without login. It
// is derived from the number under a key of the vault: nothing is stored, and
// nobody can compute it from outside.
func (o *Office) QueryCode(number string) string {
	return o.Vault.Code("query-code", number)
}

// submit begins the flow and writes everything.
func (m *matter) submit(d *Draft, delivery string) (Done, error) {
	if delivery == "" && len(m.v.Delivery) > 0 {
		delivery = m.v.Delivery[0]
	}
	if len(m.v.Delivery) > 0 && !contains(m.v.Delivery, delivery) {
		return Done{}, act.WrongFields("casework.text.wrong", []act.Field{{Name: "delivery", Msg: wording.M("casework.apply.delivery")}})
	}
	if delivery == ByCourier && strings.TrimSpace(m.secret.Address) == "" {
		return Done{}, act.WrongFields("casework.text.wrong", []act.Field{{Name: "address", Msg: wording.M("casework.apply.address")}})
	}
	m.f.Facts.Delivery = delivery
	m.f.NameKey = m.o.Vault.Index("casefile.name", gbcode.Normalize(m.secret.Applicant.Name))
	m.f.IDNoKey = m.o.Vault.Index("casefile.idno", gbcode.Normalize(m.secret.Applicant.IDNo))
	if m.f.Agent != 0 && m.p.Filer == m.p.Applicant {
		m.p.Filer = m.f.Agent
	}
	var err error
	if m.told, err = m.readers(); err != nil {
		return Done{}, err
	}
	facts, err := m.facts("")
	if err != nil {
		return Done{}, err
	}
	if err := m.reckon(); err != nil {
		return Done{}, err
	}
	if _, err := m.o.engine().Begin(m.c, m.p, m.v.Flow, m.body, facts); err != nil {
		return Done{}, err
	}
	receipt, err := m.receipt()
	if err != nil {
		return Done{}, err
	}
	return m.first(d, receipt)
}

// receipt writes the receipt: number, query code, and the day by which the
// applicant hears.
func (m *matter) receipt() (paper.Paper, error) {
	return m.paper("receipt", m.window(), func(f *paper.Facts) {
		f.Number, f.Due = m.p.Number, wording.Date(wording.ZH, m.p.Due)
		if deemable(m.v) {
			f.Article = "行政许可法第三十二条"
		}
		f.Lines = []paper.Line{{Label: "查询码", Value: m.o.QueryCode(m.p.Number)}}
		for _, x := range m.f.Facts.Materials {
			f.Lines = append(f.Lines, paper.Line{Label: m.materialName(x.Key), Value: wording.Text(wording.ZH, "casework.material."+x.State)})
		}
	})
}

// first writes the new case with its first event.
func (m *matter) first(d *Draft, receipt paper.Paper) (Done, error) {
	m.p.Wake = m.nextWake()
	sealed, err := sealSecret(m.key, "casefile", m.f.ID, m.secret)
	if err != nil {
		return Done{}, err
	}
	m.f.Secret = sealed
	e := m.event("case.applied", map[string]any{"item": m.v.Code, "channel": m.f.Channel, "agency": m.p.Agency, "due": m.p.Due, "paper": receipt.ID, "kind": m.f.ApplicantKind})
	answers, err := json.Marshal(m.secret.Form)
	if err != nil {
		return Done{}, err
	}
	e.Personal = []ledger.Personal{{Field: "applicant.name", Value: m.secret.Applicant.Name}, {Field: "applicant.idno", Value: m.secret.Applicant.IDNo}, {Field: "form", Value: string(answers)}}
	if e.State, err = digest(m.p, m.f); err != nil {
		return Done{}, err
	}
	m.f.insert(m.c.Tx)
	id, err := m.p.Insert(m.c, m.key, e)
	return Done{Case: m.p.ID, Number: m.p.Number, Status: m.p.Status, Event: id, Paper: receipt.ID}, err
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
