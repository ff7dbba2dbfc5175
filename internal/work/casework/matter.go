package casework

import (
	"encoding/json"
	"fmt"
	"slices"

	"tongban/internal/process/paper"
	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/record/vault"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
	"tongban/internal/rules/workday"
)

// matter is a case inside a command: locked, settled, with what it pins.
type matter struct {
	o   *Office
	c   *act.Call
	p   *proceeding.Proceeding
	f   *File
	v   *catalog.Version
	key *vault.Key

	told    []int64  // who is told of what happens
	secret  *Secret  // opened when first asked for
	changed bool     // secret must be sealed again
	points  []string // review points that this act ticked off
}

// Secret is what identifies people on a case, and the free texts that may.
type Secret struct {
	Applicant Party             `json:"applicant"`
	Agent     *Party            `json:"agent,omitempty"`
	Authority string            `json:"authority,omitempty"` // on what the agent acts
	Form      map[string]any    `json:"form,omitempty"`
	Sources   map[string]string `json:"sources,omitempty"` // form field → where its value came from
	Missing   []Missing         `json:"missing,omitempty"`
	Reasons   []string          `json:"reasons,omitempty"`  // of the decision
	Texts     map[string]string `json:"texts,omitempty"`    // reasons of other acts, by act
	Delivery  string            `json:"delivery,omitempty"` // of a draft: how the result is wanted
	Address   string            `json:"address,omitempty"`  // for the courier
}

// Party is a person or body as it stood when the application was made.
type Party struct {
	Name  string `json:"name"`
	IDNo  string `json:"idno,omitempty"` // citizen number or credit code
	Phone string `json:"phone,omitempty"`
}

// Missing is one thing that is missing or wrong, and how to mend it.
type Missing struct {
	Key  string `json:"key"` // "material:plan" or "field:area"
	What string `json:"what"`
	How  string `json:"how"`
}

// take locks a case for a command, asks for the command's right, and settles
// what the law has decided in the meantime. scope tells whose right is asked:
// the case's own (applicant) or a task's agency.
func (o *Office) take(c *act.Call, id int64, scope func(m *matter) (act.Scope, error)) (*matter, error) {
	p, err := proceeding.Lock(c.Tx, id)
	if err != nil {
		return nil, err
	}
	m := &matter{o: o, c: c, p: p}
	if m.f, err = getFile(c.Tx, id); err != nil {
		return nil, err
	}
	if m.v, err = o.Items.Pinned(c.Tx, p.ItemVersion); err != nil {
		return nil, err
	}
	if m.v, err = o.holding(c.Tx, m.v, m.f); err != nil {
		return nil, err
	}
	on, err := scope(m)
	if err != nil {
		return nil, err
	}
	if err := c.Allow(on); err != nil {
		if c.Actor.Who == act.Applicant && act.KindOf(err) == act.Refused {
			err = act.Missing("proceeding.case") // that it exists is nobody else's business
		}
		return nil, err
	}
	if m.key, err = o.Vault.Key(c.Tx, p.Key); err != nil {
		return nil, err
	}
	if m.told, err = m.readers(); err != nil {
		return nil, err
	}
	return m, m.settle()
}

// asApplicant is the scope of the person whose matter the case is, and of those
// who may act for them today.
func asApplicant(m *matter) (act.Scope, error) {
	return m.o.ownScope(m.c.Tx, m.c.Actor.Person, m.c.Command.Right, m.p.Applicant, m.p.Filer)
}

// ownScope is the scope of an applicant's right on a case, for a person. Who
// filed it goes on as long as they may act for the applicant at all: a
// representative who has left and an agent whose authority has ended see and do
// nothing more. Others need an authority that covers the right.
func (o *Office) ownScope(tx *store.Tx, person int64, right string, applicant, filer int64) (act.Scope, error) {
	s := act.Scope{Owner: applicant, Region: o.Region}
	if person == 0 || person == applicant {
		return s, nil
	}
	if person == filer {
		right = ""
	}
	may, err := o.People.MayActFor(tx, person, applicant, right, tx.Today())
	if may {
		s.Agents = []int64{person}
	}
	return s, err
}

// at is the scope of an agency.
func at(agency string) func(*matter) (act.Scope, error) {
	return func(m *matter) (act.Scope, error) { return act.Scope{Agency: agency, Region: m.p.Region}, nil }
}

// atWindow is the scope of the agency whose window receives the case.
func atWindow(m *matter) (act.Scope, error) {
	return act.Scope{Agency: m.window(), Region: m.p.Region}, nil
}

// window is the agency of the window at which the item is handled.
func (m *matter) window() string { return windowOf(m.v) }

func windowOf(v *catalog.Version) string {
	if a := v.Roles["window"]; a != "" {
		return a
	}
	return v.Agency
}

// article is what an act on a case rests on: 行政许可法 binds licences only, other
// items follow the rule that sets their own term.
func (m *matter) article(licence string, term workday.Term) string {
	if m.v.Type == catalog.TypeLicence {
		return licence
	}
	return term.Article
}

// rule is the article of an act for the ledger.
func (m *matter) rule(licence string, term workday.Term) []ledger.Rule {
	if a := m.article(licence, term); a != "" {
		return []ledger.Rule{{Article: a}}
	}
	return nil
}

func (m *matter) body(role string) string { return m.v.Roles[role] }

// must refuses an act that the case's status does not allow, saying how it stands.
func (m *matter) must(status ...string) error {
	for _, s := range status {
		if m.p.Status == s {
			return nil
		}
	}
	return act.Refuse("casework.status", "status", statusMessage(m.p.Status)).Then("casework.status.next")
}

// personal opens the case's secret.
func (m *matter) personal() (*Secret, error) {
	if m.secret != nil {
		return m.secret, nil
	}
	s, err := openSecret(m.key, "casefile", m.f.ID, m.f.Secret)
	m.secret = s
	return s, err
}

func openSecret(key *vault.Key, table string, id int64, sealed []byte) (*Secret, error) {
	s := &Secret{}
	if len(sealed) == 0 {
		return s, nil
	}
	b, err := key.Open(table, id, "secret", sealed)
	if err != nil {
		return nil, err
	}
	return s, json.Unmarshal(b, s)
}

func sealSecret(key *vault.Key, table string, id int64, s *Secret) ([]byte, error) {
	b, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	return key.Seal(table, id, "secret", b), nil
}

// edit opens the secret to be changed; save seals it again.
func (m *matter) edit() (*Secret, error) {
	m.changed = true
	return m.personal()
}

// text keeps a free text of an act with the case's secret.
func (m *matter) text(act, text string) error {
	s, err := m.edit()
	if err != nil {
		return err
	}
	if s.Texts == nil {
		s.Texts = map[string]string{}
	}
	s.Texts[act] = text
	return nil
}

// facts are what the conditions of the flow are asked on. The form is opened only
// for a flow that asks for it.
func (m *matter) facts(decision string) (map[string]any, error) {
	facts := map[string]any{"decision": decision, "applicant": map[string]any{"kind": m.f.ApplicantKind}}
	if m.secret == nil && !m.v.Flow.Asks("form") {
		return facts, nil
	}
	s, err := m.personal()
	if err != nil {
		return nil, err
	}
	facts["form"] = s.Form
	return facts, nil
}

// event makes the event of what was done, with what every event of a case tells.
func (m *matter) event(kind string, facts map[string]any) ledger.Event {
	if facts == nil {
		facts = map[string]any{}
	}
	facts["case"], facts["number"], facts["status"] = m.p.ID, m.p.Number, m.p.Status
	facts["notify"] = m.told
	facts["title"] = m.p.Title
	if len(m.points) > 0 {
		facts["points"] = m.points
	}
	return ledger.Event{Kind: kind, Facts: facts}
}

// readers are the persons who are told of what happens: the applicant, and who
// filed for them while they may still act for them. A firm or agency is told
// through whoever filed, and when that person has left, through all who may act
// for it now.
func (m *matter) readers() ([]int64, error) {
	natural := m.f.ApplicantKind == "person"
	if natural && m.p.Filer == m.p.Applicant {
		return []int64{m.p.Applicant}, nil
	}
	list, err := m.o.People.RepresentedBy(m.c.Tx, m.p.Applicant, m.c.Today())
	if err != nil {
		return nil, err
	}
	var all, filed []int64
	for _, r := range list {
		if !slices.Contains(all, r.Agent) {
			all = append(all, r.Agent)
		}
	}
	if slices.Contains(all, m.p.Filer) {
		filed = []int64{m.p.Filer}
	}
	switch {
	case natural:
		return append(filed, m.p.Applicant), nil
	case len(filed) > 0:
		return filed, nil
	}
	return all, nil
}

// also appends an event that comes before the command's own: what the law had
// decided already.
func (m *matter) also(e ledger.Event) error { return m.p.Also(m.c, m.key, e) }

// save recomputes what follows from the case's facts, seals, and writes case
// and event together.
func (m *matter) save(e ledger.Event) (Done, error) {
	if err := m.reckon(); err != nil {
		return Done{}, err
	}
	e.Facts["status"], e.Facts["due"] = m.p.Status, m.p.Due
	if m.changed {
		b, err := sealSecret(m.key, "casefile", m.f.ID, m.secret)
		if err != nil {
			return Done{}, err
		}
		m.f.Secret = b
	}
	d, err := digest(m.p, m.f)
	if err != nil {
		return Done{}, err
	}
	e.State = d
	m.f.update(m.c.Tx, m.changed)
	id, err := m.p.Save(m.c, m.key, e)
	return Done{Case: m.p.ID, Number: m.p.Number, Status: m.p.Status, Event: id}, err
}

// reckon computes the due days and the next wake-up from the facts.
func (m *matter) reckon() error {
	was := m.p.Due
	due := m.dueNow()
	m.p.Due, m.p.Provisional = due.statutory.Day, due.statutory.Provisional
	m.p.PromisedDue = due.promised.Day
	m.p.Wake = m.nextWake()
	if was != m.p.Due && was != 0 {
		m.moveTasks(was)
	}
	return nil
}

// moveTasks moves the tasks that are due with the case: those without a term of
// their own, and the acceptance, whose term is the case's.
func (m *matter) moveTasks(was day.Day) {
	for _, t := range m.p.State.Tokens {
		n := m.v.Flow.Node(t.Node)
		if n != nil && (n.Task.Term == "" || n.Task.Part == "accept") {
			m.p.MoveTask(m.c, t.ID, was)
		}
	}
}

type dues struct{ statutory, promised workday.Due }

func (m *matter) dueNow() dues { return duesOf(m.p, m.f, m.v, m.o.Calendar(), m.c.Today()) }

// duesOf is the day by which something must have happened, for a case in any status.
func duesOf(p *proceeding.Proceeding, f *File, v *catalog.Version, cal *workday.Calendar, today day.Day) dues {
	switch p.Status {
	case Received:
		d := v.Terms.Notice.Due(cal, p.Received)
		return dues{d, d}
	case Correcting:
		return dues{statutory: workday.Due{Day: f.Facts.Notice.Until}}
	case Handling:
		d := dues{statutory: p.Clock.Settle(workday.Case, workday.Statutory, v.Terms.Statutory, cal, today).Due}
		if !v.Terms.Promised.IsZero() {
			d.promised = p.Clock.Settle(workday.Case, workday.Promised, v.Terms.Promised, cal, today).Due
		}
		return d
	case Delivering:
		if v.Terms.Deliver.IsZero() || f.Facts.Decision == nil {
			return dues{}
		}
		d := v.Terms.Deliver.Due(cal, f.Facts.Decision.Day)
		return dues{d, d}
	}
	return dues{}
}

// paperFacts are the facts that every paper of the case has.
func (m *matter) paperFacts(agency string) (paper.Facts, error) {
	s, err := m.personal()
	if err != nil {
		return paper.Facts{}, err
	}
	name, err := m.o.People.AgencyName(m.c.Tx, agency, m.c.Today())
	if err != nil {
		return paper.Facts{}, err
	}
	now, err := m.v.Today(m.c.Tx)
	if err != nil {
		return paper.Facts{}, err
	}
	fee := ""
	if now.Fees.Charged {
		fee = now.Fees.Text
	}
	return paper.Facts{
		Applicant: s.Applicant.Name, Item: m.p.Title, Agency: name, Day: wording.Date(wording.ZH, m.c.Today()),
		Contact: fmt.Sprintf("%s，%s", m.v.Contact.Phone, m.v.Contact.Address), Remedies: m.o.Remedies, Fee: fee,
	}, nil
}

// paper writes a sealed paper on the case.
func (m *matter) paper(kind, agency string, fill func(*paper.Facts)) (paper.Paper, error) {
	f, err := m.paperFacts(agency)
	if err != nil {
		return paper.Paper{}, err
	}
	fill(&f)
	return m.o.Papers.Write(m.c, m.p, m.key, kind, agency, f)
}
