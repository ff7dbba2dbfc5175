package adjust

import (
	"context"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// Announce opens the public notice, for the configured term from today.
func (d *Desk) Announce(ctx context.Context, a act.Actor, token string, at At) error {
	_, err := act.Run(ctx, d.Runner, a, token, CommandAnnounce, at, func(c *act.Call, at At) (struct{}, error) {
		x, err := hold(c, at, Decided)
		if err != nil {
			return struct{}{}, err
		}
		until := d.until(c.Today(), d.noticeTerm())
		if x.From <= until {
			return struct{}{}, act.Refuse("adjust.announce.late", "day", x.From, "until", until).Then("adjust.past.next")
		}
		c.Tx.PutOne(act.Changed("adjust.thing.adjustment"), `update adjustment set stage = $3, notice_from = $4, notice_until = $5 where home = $1 and id = $2 and stage = $6`,
			c.Tx.Home(), x.ID, Notice, c.Today(), until, Decided)
		return struct{}{}, x.note(c, "announced", map[string]any{"from": c.Today().String(), "until": until.String()})
	})
	return err
}

// What becomes of a comment.
const (
	Taken    = "taken"
	Partly   = "partly"
	Declined = "declined"
)

// Outcomes lists what may become of a comment.
var Outcomes = []string{Taken, Partly, Declined}

// Comment is what somebody says about an adjustment; Outcome is "" while nobody
// answered it, and until then it is not shown to the public.
type Comment struct {
	ID         int64
	Adjustment int64
	Person     int64
	Words      string
	At         day.Instant
	Outcome    string
	Answer     string
	AnsweredBy int64
	AnsweredAt day.Instant
}

// mostComments is how many comments one person may make on an adjustment.
const mostComments = 10

// commentIn is the input of Say.
type commentIn struct {
	Adjustment int64
	Words      string
}

// Say is a comment of somebody signed in, while the notice runs.
func (d *Desk) Say(ctx context.Context, a act.Actor, token string, adjustment int64, words string) (int64, error) {
	in := commentIn{adjustment, strings.TrimSpace(words)}
	return act.Run(ctx, d.Runner, a, token, CommandComment, in, func(c *act.Call, in commentIn) (int64, error) {
		if err := c.Allow(act.Scope{Owner: c.Actor.Person}); err != nil {
			return 0, err
		}
		x, err := PublicByID(c.Tx, in.Adjustment)
		if err != nil {
			return 0, err
		}
		if x.Stage != Notice || c.Today() > x.NoticeUntil {
			return 0, act.Refuse("adjust.comment.over", "day", x.NoticeUntil)
		}
		if n := len([]rune(in.Words)); n == 0 || n > maxWords {
			return 0, act.WrongFields("adjust.wrong", []act.Field{{Name: "words", Msg: wording.M("adjust.comment.words", "max", maxWords, "got", n)}})
		}
		var made int
		if _, err := c.Tx.Get([]any{&made}, `select count(*) from adjustment_comment where home = $1 and adjustment = $2 and person = $3`, c.Tx.Home(), x.ID, c.Actor.Person); err != nil {
			return 0, err
		}
		if made >= mostComments {
			return 0, act.Refuse("adjust.comment.many", "max", mostComments)
		}
		id := c.Tx.NewID()
		c.Tx.Put(`insert into adjustment_comment(home, id, adjustment, person, words, at, outcome, answer, answered_by, answered_at)
			values($1, $2, $3, $4, $5, $6, '', '', 0, 0)`, c.Tx.Home(), id, x.ID, c.Actor.Person, in.Words, c.Now())
		return id, x.note(c, "commented", map[string]any{"comment": id})
	})
}

// Answer says what became of a comment and why.
func (d *Desk) Answer(ctx context.Context, a act.Actor, token string, comment int64, outcome, answer string) error {
	in := answerIn{ID: comment, Answer: outcome, Reason: strings.TrimSpace(answer)}
	_, err := act.Run(ctx, d.Runner, a, token, CommandAnswer, in, func(c *act.Call, in answerIn) (struct{}, error) {
		m, found, err := store.Find(c.Tx, scanComment, commentSelect+`and id = $2`, c.Tx.Home(), in.ID)
		if err == nil && !found {
			err = act.Missing("adjust.thing.comment")
		}
		if err != nil {
			return struct{}{}, err
		}
		x, err := ByID(c.Tx, m.Adjustment)
		if err != nil {
			return struct{}{}, err
		}
		if err := c.Allow(act.Scope{Region: x.Region}); err != nil {
			return struct{}{}, err
		}
		if !one(Outcomes, in.Answer) {
			return struct{}{}, act.WrongFields("adjust.wrong", []act.Field{{Name: "outcome", Msg: wording.M("adjust.comment.outcome")}})
		}
		if err := said(in.Reason); err != nil {
			return struct{}{}, err
		}
		c.Tx.PutOne(act.Changed("adjust.thing.comment"), `update adjustment_comment set outcome = $3, answer = $4, answered_by = $5, answered_at = $6
			where home = $1 and id = $2 and outcome = ''`, c.Tx.Home(), m.ID, in.Answer, in.Reason, c.Actor.Person, c.Now())
		return struct{}{}, x.note(c, "answered", map[string]any{"comment": m.ID, "outcome": in.Answer})
	})
	return err
}

const commentSelect = `select id, adjustment, person, words, at, outcome, answer, answered_by, answered_at from adjustment_comment where home = $1 `

func scanComment(r store.Row) (m Comment, err error) {
	return m, r.Scan(&m.ID, &m.Adjustment, &m.Person, &m.Words, &m.At, &m.Outcome, &m.Answer, &m.AnsweredBy, &m.AnsweredAt)
}

// Comments lists what was said about an adjustment, the first first, behind one;
// public leaves out what nobody answered yet. At most limit.
func Comments(tx *store.Tx, adjustment int64, public bool, after int64, limit int) ([]Comment, error) {
	which := ``
	if public {
		which = `and outcome <> '' `
	}
	return store.All(tx, scanComment, commentSelect+`and adjustment = $2 and ($3 = 0 or (at, id) > (select b.at, b.id from adjustment_comment b
		where b.home = $1 and b.id = $3)) `+which+`order by at, id limit $4`, tx.Home(), adjustment, after, limit)
}

// CommentCounts are how many comments an adjustment has, and how many wait for an answer.
func CommentCounts(tx *store.Tx, adjustment int64) (all, open int, err error) {
	_, err = tx.Get([]any{&all, &open}, `select count(*), coalesce(sum(case when outcome = '' then 1 else 0 end), 0) from adjustment_comment
		where home = $1 and adjustment = $2`, tx.Home(), adjustment)
	return all, open, err
}
