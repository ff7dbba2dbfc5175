package identity

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// The commands of representation.
var (
	CommandRepresent    = act.Command{Name: "representation.add", Right: "person.authorise"}
	CommandEndRepresent = act.Command{Name: "representation.end", Right: "person.authorise"}
)

// The roles in which a person acts for another.
const (
	LegalRepresentative = "legal_representative" // 法定代表人
	Agent               = "agent"                // 委托代理人, 行政许可法 29
	Guardian            = "guardian"             // 监护人
	ForAgency           = "staff"                // an official who applies for the agency (对公办事)
)

// Representation says that one person may act for another or for a legal person.
type Representation struct {
	ID       int64
	Agent    int64
	Subject  int64
	Role     string
	Powers   []string // rights such as case.apply; none or "*" is all that an applicant has
	Document string   // number of the paper or file that shows it; no names
	Span     day.Span
}

// Covers tells whether the representation gives this right.
func (p Representation) Covers(right string) bool {
	return len(p.Powers) == 0 || slices.Contains(p.Powers, "*") || slices.Contains(p.Powers, right)
}

// Represent lets a person act for another (行政许可法 29: an application may be
// made through an agent). The one represented does it, the legal representative
// for a legal person, or a clerk who has seen the document.
func (r *Register) Represent(ctx context.Context, a act.Actor, token string, in Representation) (int64, error) {
	return run(ctx, r, a, token, CommandRepresent, in, func(c *act.Call, in Representation) (int64, error) {
		if err := r.allowAuthorise(c, in.Subject); err != nil {
			return 0, err
		}
		if err := r.checkRepresentation(c, &in); err != nil {
			return 0, err
		}
		in.ID = c.Tx.NewID()
		c.Tx.Put(`insert into representation(home, id, agent, subject, role, powers, document, from_day, until_day, created)
			values($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, c.Tx.Home(), in.ID, in.Agent, in.Subject, in.Role,
			strings.Join(in.Powers, " "), in.Document, in.Span.From, in.Span.Until, c.Now())
		_, err := c.Note(nil, ledger.Event{Stream: personStream(in.Subject), Kind: "representation.added", Day: in.Span.From,
			Rules: []ledger.Rule{{Article: "行政许可法第二十九条"}},
			Facts: map[string]any{"id": in.ID, "agent": in.Agent, "role": in.Role, "powers": in.Powers, "document": in.Document, "until": in.Span.Until.String()}})
		return in.ID, err
	})
}

// allowAuthorise asks for the right over the subject. Agents do not hand their
// authority on; a legal representative may let others act.
func (r *Register) allowAuthorise(c *act.Call, subject int64) error {
	if c.Actor.Who == act.Applicant && c.Actor.Person != subject {
		list, err := r.Representations(c.Tx, c.Actor.Person, c.Today())
		if err != nil {
			return err
		}
		principal := slices.ContainsFunc(list, func(p Representation) bool {
			return p.Subject == subject && (p.Role == LegalRepresentative || p.Role == Guardian)
		})
		if !principal {
			_ = c.Allow(act.Scope{})
			return act.Refuse("identity.represent.not_yours")
		}
	}
	return c.Allow(act.Scope{Owner: subject})
}

func (r *Register) checkRepresentation(c *act.Call, in *Representation) error {
	if in.Agent == in.Subject {
		return act.Wrong("identity.represent.self")
	}
	if _, err := r.Person(c.Tx, in.Agent); err != nil {
		return err
	}
	if _, err := r.Name(c.Tx, in.Subject); err != nil {
		return err
	}
	switch in.Role {
	case "":
		in.Role = Agent
	case LegalRepresentative, Agent, Guardian, ForAgency:
	default:
		return act.Wrong("identity.represent.role")
	}
	// Only a clerk, with the register extract or the document in hand, makes
	// somebody a legal representative or guardian.
	if c.Actor.Who == act.Applicant && in.Role != Agent {
		return act.Refuse("identity.represent.window")
	}
	if slices.ContainsFunc(in.Powers, func(p string) bool { return strings.ContainsAny(p, " \t\n") }) {
		return act.Wrong("identity.represent.role")
	}
	if in.Span.From == 0 {
		in.Span.From = c.Today()
	}
	if in.Span.Until != 0 && in.Span.Until <= in.Span.From {
		return act.Wrong("identity.span")
	}
	return nil
}

// EndRepresentation ends a representation from today on; the agent may lay it down too.
func (r *Register) EndRepresentation(ctx context.Context, a act.Actor, token string, id int64) error {
	_, err := run(ctx, r, a, token, CommandEndRepresent, id, func(c *act.Call, id int64) (struct{}, error) {
		p, found, err := store.Find(c.Tx, scanRepresentation, representationSelect+`and id = $2`, c.Tx.Home(), id)
		if err != nil {
			return struct{}{}, err
		}
		if !found {
			return struct{}{}, act.Missing("identity.thing.representation")
		}
		if c.Actor.Person == p.Agent && c.Actor.Who == act.Applicant {
			err = c.Allow(act.Scope{Owner: p.Agent})
		} else {
			err = r.allowAuthorise(c, p.Subject)
		}
		if err != nil {
			return struct{}{}, err
		}
		until := max(c.Today(), p.Span.From)
		c.Tx.PutOne(act.Changed("identity.thing.representation"), `update representation set until_day = $3
			where home = $1 and id = $2 and (until_day = 0 or until_day > $3)`, c.Tx.Home(), id, until)
		_, err = c.Note(nil, ledger.Event{Stream: personStream(p.Subject), Kind: "representation.ended", Day: until, Facts: map[string]any{"id": id, "agent": p.Agent}})
		return struct{}{}, err
	})
	return err
}

const representationSelect = `select id, agent, subject, role, powers, document, from_day, until_day from representation where home = $1 `

func scanRepresentation(row store.Row) (p Representation, err error) {
	var powers string
	err = row.Scan(&p.ID, &p.Agent, &p.Subject, &p.Role, &powers, &p.Document, &p.Span.From, &p.Span.Until)
	p.Powers = strings.Fields(powers)
	return p, err
}

// Representations lists for whom a person may act on day d.
func (r *Register) Representations(tx *store.Tx, agent int64, d day.Day) ([]Representation, error) {
	return store.All(tx, scanRepresentation, representationSelect+`and agent = $2 and from_day <= $3 and (until_day = 0 or until_day > $3) order by id`, tx.Home(), agent, d)
}

// RepresentedBy lists who may act for a subject on day d.
func (r *Register) RepresentedBy(tx *store.Tx, subject int64, d day.Day) ([]Representation, error) {
	return store.All(tx, scanRepresentation, representationSelect+`and subject = $2 and from_day <= $3 and (until_day = 0 or until_day > $3) order by id`, tx.Home(), subject, d)
}

// MayActFor tells whether person may use an applicant's right for subject on day
// d: for themself always, for another by a representation that covers it.
// right "" asks whether there is any.
func (r *Register) MayActFor(tx *store.Tx, person, subject int64, right string, d day.Day) (bool, error) {
	if person == subject {
		return person != 0, nil
	}
	list, err := store.All(tx, scanRepresentation, representationSelect+`and agent = $2 and subject = $3
		and from_day <= $4 and (until_day = 0 or until_day > $4) order by id`, tx.Home(), person, subject, d)
	if err != nil {
		return false, fmt.Errorf("representation: %w", err)
	}
	return slices.ContainsFunc(list, func(p Representation) bool { return right == "" || p.Covers(right) }), nil
}
