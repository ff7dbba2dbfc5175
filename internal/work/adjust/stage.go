package adjust

import (
	"context"
	"slices"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// The articles that the procedure follows: a draft is reviewed for legality by the
// body that is responsible for it, before it is discussed.
const reviewArticle = "重大行政决策程序暂行条例第二十五条"

// acceptIn is the input of Accept.
type acceptIn struct {
	At
	Rule   string
	Reason string
}

// Accept accepts the warnings of a rule with a reason. Errors break the law or a
// list: nobody accepts them.
func (d *Desk) Accept(ctx context.Context, a act.Actor, token string, at At, rule, reason string) error {
	x, err := d.Examine(ctx, at.ID)
	if err != nil {
		return err
	}
	_, err = act.Run(ctx, d.Runner, a, token, CommandAccept, acceptIn{at, rule, reason}, func(c *act.Call, in acceptIn) (struct{}, error) {
		now, err := hold(c, in.At, Draft)
		if err != nil {
			return struct{}{}, err
		}
		if err := said(in.Reason); err != nil {
			return struct{}{}, err
		}
		var ids []string
		for _, f := range x.Findings {
			if f.Rule != in.Rule || f.Accepted != "" {
				continue
			}
			if !f.Blocks() || f.Severity == "error" {
				return struct{}{}, act.Refuse("adjust.accept.error").By(f.Article)
			}
			ids = append(ids, f.ID)
			c.Tx.Put(`insert into adjustment_accepted(home, adjustment, finding, rule, reason, person, at) values($1, $2, $3, $4, $5, $6, $7)
				on conflict do nothing`, c.Tx.Home(), now.ID, f.ID, f.Rule, in.Reason, c.Actor.Person, c.Now())
		}
		if len(ids) == 0 {
			return struct{}{}, act.Missing("adjust.thing.finding")
		}
		return struct{}{}, now.note(c, "accepted", map[string]any{"rule": in.Rule, "findings": len(ids), "reason": in.Reason})
	})
	return err
}

// stayIn is the input of Stay.
type stayIn struct {
	At
	Entry  int64
	Reason string
}

// Stay settles that the cases which are open now on an item that goes run to their
// end under the version that they began with. Cases that begin later are not meant.
func (d *Desk) Stay(ctx context.Context, a act.Actor, token string, at At, entry int64, reason string) (settled int, err error) {
	return act.Run(ctx, d.Runner, a, token, CommandStay, stayIn{at, entry, reason}, func(c *act.Call, in stayIn) (int, error) {
		x, err := hold(c, in.At, Draft, Consent, Panel, Decided, Notice)
		if err != nil {
			return 0, err
		}
		if err := said(in.Reason); err != nil {
			return 0, err
		}
		e, found, err := store.Find(c.Tx, scanEntry, `select `+entryColumns+` from adjustment_entry where home = $1 and adjustment = $2 and id = $3`, c.Tx.Home(), x.ID, in.Entry)
		if err == nil && !found {
			err = act.Missing("adjust.thing.entry")
		}
		if err != nil {
			return 0, err
		}
		item, err := d.itemOf(c.Tx, e)
		if err != nil {
			return 0, err
		}
		open, err := store.All(c.Tx, func(r store.Row) (id int64, err error) { return id, r.Scan(&id) },
			`select id from proceeding where home = $1 and item = $2 and closed = 0 order by id`, c.Tx.Home(), item)
		if err != nil {
			return 0, err
		}
		rows := make([][]any, len(open))
		for i, id := range open {
			rows[i] = []any{c.Tx.Home(), x.ID, id, e.ID, c.Actor.Person, c.Now()}
		}
		c.Tx.Put(`delete from adjustment_stay where home = $1 and adjustment = $2 and entry = $3`, c.Tx.Home(), x.ID, e.ID)
		c.Tx.PutRows(`insert into adjustment_stay(home, adjustment, matter, entry, person, at)`, rows)
		return len(open), x.note(c, "stay", map[string]any{"code": e.Code, "cases": open, "reason": in.Reason})
	})
}

// HandIn ends the draft: the checks are made, and the agencies concerned are asked
// until a day. Faults, errors and warnings that nobody accepted send it back.
func (d *Desk) HandIn(ctx context.Context, a act.Actor, token string, at At) error {
	x, err := d.Examine(ctx, at.ID)
	if err != nil {
		return err
	}
	_, err = act.Run(ctx, d.Runner, a, token, CommandHandIn, at, func(c *act.Call, at At) (struct{}, error) {
		now, err := hold(c, at, Draft)
		if err != nil {
			return struct{}{}, err
		}
		if x.Rev != now.Rev {
			return struct{}{}, act.Changed("adjust.thing.adjustment")
		}
		if err := now.ownOnly(c); err != nil {
			return struct{}{}, err
		}
		// Two that are handed in at one moment both see the other's entries here.
		if err := d.People.Lock(c.Tx, "adjust"); err != nil {
			return struct{}{}, err
		}
		rivals, err := d.rivals(c.Tx, x)
		if err != nil {
			return struct{}{}, err
		}
		if len(rivals) > 0 {
			e := act.Changed("adjust.thing.entry")
			e.Fields = messages(rivals)
			return struct{}{}, e
		}
		if err := x.wrong(); err != nil {
			return struct{}{}, err
		}
		until := d.until(c.Today(), d.consentTerm())
		asked := concerned(x.Entries)
		for _, key := range asked {
			c.Tx.Put(`insert into adjustment_consent(home, adjustment, agency, answer, reason, person, at) values($1, $2, $3, '', '', 0, 0)`, c.Tx.Home(), now.ID, key)
		}
		stage := Consent
		if len(asked) == 0 {
			stage = Panel
		}
		c.Tx.PutOne(act.Changed("adjust.thing.adjustment"), `update adjustment set stage = $3, handed_by = $4, handed_at = $5, consent_until = $6
			where home = $1 and id = $2 and stage = $7 and rev = $8`, c.Tx.Home(), now.ID, stage, c.Actor.Person, c.Now(), until, Draft, now.Rev)
		return struct{}{}, now.note(c, "handed_in", map[string]any{"entries": len(x.Entries), "agencies": asked, "until": until.String(), "findings": len(x.Findings)})
	})
	return err
}

func messages(list []wording.Message) []act.Field {
	fields := make([]act.Field, len(list))
	for i, m := range list {
		fields[i] = act.Field{Name: "entries", Msg: m}
	}
	return fields
}

// wrong is the error of an adjustment that cannot go on; nil when it can.
func (x *Examined) wrong() error {
	list := slices.Clone(x.Faults)
	for _, f := range x.Findings {
		if f.Blocks() {
			list = append(list, f.Message)
		}
	}
	if len(list) > 100 {
		list = list[:100]
	}
	return act.WrongFields("adjust.not_ready", messages(list))
}

// answerIn is the input of commands that answer with a word and a reason.
type answerIn struct {
	At
	ID     int64
	Agency string
	Answer string
	Reason string
}

// What an agency says.
const (
	Agreed   = "agreed"
	Objected = "objected"
)

// Agree says whether an agency concerned agrees, as long as its answer is not in;
// an objection needs its reason.
func (d *Desk) Agree(ctx context.Context, a act.Actor, token string, at At, agency string, agrees bool, reason string) error {
	in := answerIn{At: at, Agency: agency, Answer: Objected, Reason: strings.TrimSpace(reason)}
	if agrees {
		in.Answer = Agreed
	}
	_, err := act.Run(ctx, d.Runner, a, token, CommandConsent, in, func(c *act.Call, in answerIn) (struct{}, error) {
		x, err := holdFor(c, in.At, func(Adjustment) act.Scope { return act.Scope{Agency: in.Agency} }, Consent)
		if err != nil {
			return struct{}{}, err
		}
		writers, err := writersOf(c.Tx, x)
		if err != nil {
			return struct{}{}, err
		}
		if slices.Contains(writers, c.Actor.Person) {
			return struct{}{}, act.Refuse("adjust.consent.own").Then("adjust.consent.own.next").Recorded()
		}
		if in.Answer == Objected || in.Reason != "" {
			if err := said(in.Reason); err != nil {
				return struct{}{}, err
			}
		}
		c.Tx.PutOne(act.Missing("adjust.thing.consent"), `update adjustment_consent set answer = $4, reason = $5, person = $6, at = $7
			where home = $1 and adjustment = $2 and agency = $3 and answer = ''`, c.Tx.Home(), x.ID, in.Agency, in.Answer, in.Reason, c.Actor.Person, c.Now())
		return struct{}{}, x.note(c, "consent", map[string]any{"agency": in.Agency, "answer": in.Answer, "reason": in.Reason})
	})
	return err
}

// conveneIn is the input of Convene.
type conveneIn struct {
	At
	Members []int64
	Reason  string
}

// leastMembers is how many a panel has at least.
const leastMembers = 2

// Convene names the members of the panel, once every agency has answered or its
// limit has passed; going on over an objection needs a reason. Nobody who wrote any
// of it is a member. While the panel sits, members who said nothing can be replaced.
func (d *Desk) Convene(ctx context.Context, a act.Actor, token string, at At, members []int64, reason string) error {
	members = slices.Compact(slices.Sorted(slices.Values(members)))
	in := conveneIn{at, members, strings.TrimSpace(reason)}
	_, err := act.Run(ctx, d.Runner, a, token, CommandConvene, in, func(c *act.Call, in conveneIn) (struct{}, error) {
		x, err := holdWhole(c, in.At, Consent, Panel)
		if err != nil {
			return struct{}{}, err
		}
		if err := d.mayConvene(c, x, in); err != nil {
			return struct{}{}, err
		}
		c.Tx.Put(`delete from adjustment_opinion where home = $1 and adjustment = $2 and legal = ''`, c.Tx.Home(), x.ID)
		for _, m := range in.Members {
			c.Tx.Put(`insert into adjustment_opinion(home, adjustment, person, legal, reasonable, reasons, at) values($1, $2, $3, '', '', '', 0)
				on conflict do nothing`, c.Tx.Home(), x.ID, m)
		}
		x.move(c, Panel)
		return struct{}{}, x.note(c, "convened", map[string]any{"members": in.Members, "reason": in.Reason})
	})
	return err
}

func (d *Desk) mayConvene(c *act.Call, x Adjustment, in conveneIn) error {
	if len(in.Members) < leastMembers {
		return act.WrongFields("adjust.wrong", []act.Field{{Name: "members", Msg: wording.M("adjust.panel.few", "min", leastMembers)}})
	}
	writers, err := writersOf(c.Tx, x)
	if err != nil {
		return err
	}
	for _, m := range in.Members {
		if _, err := d.People.Person(c.Tx, m); err != nil {
			return err
		}
		if slices.Contains(writers, m) {
			return ownDraft()
		}
	}
	if x.Stage == Panel {
		return nil
	}
	answers, err := Consents(c.Tx, x.ID)
	if err != nil {
		return err
	}
	for _, a := range answers {
		switch {
		case a.Answer == "" && c.Today() <= x.ConsentUntil:
			return act.Refuse("adjust.consent.missing", "day", x.ConsentUntil).Then("adjust.consent.missing.next")
		case a.Answer == Objected && in.Reason == "":
			return act.WrongFields("adjust.wrong", []act.Field{{Name: "reason", Msg: wording.M("adjust.consent.objected")}})
		}
	}
	return nil
}

func ownDraft() error {
	return act.Refuse("adjust.panel.own").By(reviewArticle).Then("adjust.panel.own.next").Recorded()
}

// writersOf are all who wrote something of an adjustment.
func writersOf(tx *store.Tx, x Adjustment) ([]int64, error) {
	list, err := store.All(tx, func(r store.Row) (id int64, err error) { return id, r.Scan(&id) },
		`select touched_by from adjustment_entry where home = $1 and adjustment = $2
		union select written_by from adjustment_item where home = $1 and adjustment = $2
		union select p.proposed_by from item_proposal p join adjustment_entry e on e.home = p.home and e.proposal = p.id where e.home = $1 and e.adjustment = $2`, tx.Home(), x.ID)
	return append(list, x.By, x.HandedBy), err
}

// Opinion is what a member of the panel says.
type Opinion struct {
	Person     int64
	Legal      string // yes, no; '' not yet
	Reasonable string
	Reasons    string
	At         day.Instant
}

// opineIn is the input of Opine.
type opineIn struct {
	At
	Legal, Reasonable bool
	Reasons           string
}

// Opine gives a member's opinion on legality and reasonableness, with reasons. It
// is advice. Whoever wrote any of the draft gives none.
func (d *Desk) Opine(ctx context.Context, a act.Actor, token string, at At, legal, reasonable bool, reasons string) error {
	in := opineIn{at, legal, reasonable, strings.TrimSpace(reasons)}
	_, err := act.Run(ctx, d.Runner, a, token, CommandOpine, in, func(c *act.Call, in opineIn) (struct{}, error) {
		x, err := hold(c, in.At, Panel)
		if err != nil {
			return struct{}{}, err
		}
		writers, err := writersOf(c.Tx, x)
		if err != nil {
			return struct{}{}, err
		}
		if slices.Contains(writers, c.Actor.Person) {
			return struct{}{}, ownDraft()
		}
		if err := said(in.Reasons); err != nil {
			return struct{}{}, err
		}
		members, err := Opinions(c.Tx, x.ID)
		if err != nil {
			return struct{}{}, err
		}
		i := slices.IndexFunc(members, func(o Opinion) bool { return o.Person == c.Actor.Person })
		if i < 0 {
			return struct{}{}, act.Refuse("adjust.panel.stranger")
		}
		c.Tx.PutOne(act.Changed("adjust.thing.opinion"), `update adjustment_opinion set legal = $4, reasonable = $5, reasons = $6, at = $7
			where home = $1 and adjustment = $2 and person = $3 and legal = ''`, c.Tx.Home(), x.ID, c.Actor.Person, yes(in.Legal), yes(in.Reasonable), in.Reasons, c.Now())
		return struct{}{}, x.note(c, "opinion", map[string]any{"legal": in.Legal, "reasonable": in.Reasonable, "reasons": in.Reasons})
	})
	return err
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// decideIn is the input of Decide.
type decideIn struct {
	At
	Approve bool
	Reason  string
}

// Decide is the government's decision, by somebody who wrote none of it, once every
// member of the panel has spoken. The panel advises: a decision that departs from
// any of its opinions says why.
func (d *Desk) Decide(ctx context.Context, a act.Actor, token string, at At, approve bool, reason string) error {
	in := decideIn{at, approve, strings.TrimSpace(reason)}
	_, err := act.Run(ctx, d.Runner, a, token, CommandDecide, in, func(c *act.Call, in decideIn) (struct{}, error) {
		x, err := hold(c, in.At, Panel)
		if err != nil {
			return struct{}{}, err
		}
		if err := mayDecide(c, x, in); err != nil {
			return struct{}{}, err
		}
		stage := Refused
		if in.Approve {
			stage = Decided
		}
		c.Tx.PutOne(act.Changed("adjust.thing.adjustment"), `update adjustment set stage = $3, approved = $4, decision = $5, decided_by = $6, decided_at = $7
			where home = $1 and id = $2 and stage = $8 and rev = $9`, c.Tx.Home(), x.ID, stage, in.Approve, in.Reason, c.Actor.Person, c.Now(), Panel, x.Rev)
		return struct{}{}, x.note(c, "decided", map[string]any{"approved": in.Approve, "reason": in.Reason})
	})
	return err
}

func mayDecide(c *act.Call, x Adjustment, in decideIn) error {
	writers, err := writersOf(c.Tx, x)
	if err != nil {
		return err
	}
	if slices.Contains(writers, c.Actor.Person) {
		return act.Refuse("adjust.decide.own").Recorded()
	}
	if in.Approve && x.From < c.Today() {
		return act.Refuse("adjust.past", "day", x.From).Then("adjust.past.next")
	}
	opinions, err := Opinions(c.Tx, x.ID)
	if err != nil {
		return err
	}
	departs := false
	for _, o := range opinions {
		if o.Legal == "" {
			return act.Refuse("adjust.decide.early").By(reviewArticle).Then("adjust.decide.early.next")
		}
		departs = departs || in.Approve != (o.Legal == "yes" && o.Reasonable == "yes")
	}
	if len(opinions) < leastMembers {
		return act.Refuse("adjust.decide.early").By(reviewArticle).Then("adjust.decide.early.next")
	}
	if (departs || !in.Approve) && in.Reason == "" {
		return act.WrongFields("adjust.wrong", []act.Field{{Name: "reason", Msg: wording.M("adjust.decide.reason")}})
	}
	if in.Reason != "" {
		return said(in.Reason)
	}
	return nil
}
