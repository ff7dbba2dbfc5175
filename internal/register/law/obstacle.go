package law

import (
	"context"
	"fmt"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/rules/citation"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// The states of an obstacle.
const (
	Open     = "open"     // registered
	Asked    = "asked"    // asked upward
	Answered = "answered" // answered
)

// Obstacle is what stands in the way of work on an article: met by an official,
// asked upward, answered.
type Obstacle struct {
	ID       int64
	Law      int64
	Article  citation.Article
	Agency   string // whose official met it
	Words    string
	Case     string // number of the case, "" for none
	State    string
	MetAt    day.Instant
	Asked    string // the body above that was asked
	AskedNo  string // number of the letter
	AskedAt  day.Instant
	Answer   string
	AnswerNo string // number of the answer's document
	Answered day.Instant
}

// MeetIn registers an obstacle.
type MeetIn struct {
	Law     string // key
	Article citation.Article
	Words   string // what stands in the way
	Case    string // number of the case in which it was met, may be ""
}

// Meet registers an obstacle that an official met on an article, for their own
// agency. The words stay inside the administration.
func (r *Register) Meet(ctx context.Context, a act.Actor, token string, in MeetIn) (int64, error) {
	return act.Run(ctx, r.runner, a, token, CommandMeet, in, func(c *act.Call, in MeetIn) (int64, error) {
		if err := c.Allow(act.Scope{Agency: c.Actor.Agency}); err != nil {
			return 0, err
		}
		l, err := ByKey(c.Tx, in.Law)
		if err != nil {
			return 0, err
		}
		if err := known(c.Tx, l.ID, in.Article); err != nil {
			return 0, err
		}
		var wrong []act.Field
		if f, bad := long(in.Words, true); bad {
			wrong = append(wrong, f)
		}
		if n := len([]rune(strings.TrimSpace(in.Case))); n > maxNumber {
			wrong = append(wrong, act.Field{Name: "case", Msg: wording.M("law.typed.long", "max", maxNumber, "got", n)})
		}
		if err := act.WrongFields("law.typed.faults", wrong); err != nil {
			return 0, err
		}
		tx, id := c.Tx, c.Tx.NewID()
		tx.Put(`insert into law_obstacle(home, id, law, number, sub, agency, words, matter, state, met_at, met_by)
			values($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, tx.Home(), id, l.ID, in.Article.N, in.Article.Sub, c.Actor.Agency,
			strings.TrimSpace(in.Words), strings.TrimSpace(in.Case), Open, tx.Now(), c.Actor.Person)
		return id, trace(c, id, "law.obstacle_met", map[string]any{"law": l.Key, "article": in.Article.String(), "agency": c.Actor.Agency})
	})
}

// known asks that some version of the law has the article.
func known(tx *store.Tx, law int64, a citation.Article) error {
	var one int
	found, err := tx.Get([]any{&one}, `select 1 from law_article a join law_version v on v.home = a.home and v.id = a.version
		where v.home = $1 and v.law = $2 and a.number = $3 and a.sub = $4`, tx.Home(), law, a.N, a.Sub)
	if err == nil && !found {
		err = act.Missing("law.thing.article")
	}
	return err
}

// trace writes an event on an obstacle's stream: that it happened, not its words.
func trace(c *act.Call, id int64, kind string, facts map[string]any) error {
	_, err := c.Note(nil, ledger.Event{Stream: fmt.Sprintf("law-obstacle/%d", id), Kind: kind, Day: c.Today(), Facts: facts})
	return err
}

// AskIn asks a body above about an obstacle.
type AskIn struct {
	Obstacle int64
	Body     string // whom
	Number   string // number of the letter
}

// Ask records that a body above was asked about an obstacle.
func (r *Register) Ask(ctx context.Context, a act.Actor, token string, in AskIn) error {
	_, err := act.Run(ctx, r.runner, a, token, CommandAsk, in, func(c *act.Call, in AskIn) (struct{}, error) {
		o, err := openObstacle(c, in.Obstacle, Open)
		if err != nil {
			return struct{}{}, err
		}
		body := strings.TrimSpace(in.Body)
		var wrong []act.Field
		if n := len([]rune(body)); n == 0 || n > maxNumber {
			wrong = append(wrong, act.Field{Name: "body", Msg: wording.M("law.typed.body", "max", maxNumber)})
		}
		if n := len([]rune(strings.TrimSpace(in.Number))); n > maxNumber {
			wrong = append(wrong, act.Field{Name: "number", Msg: wording.M("law.typed.long", "max", maxNumber, "got", n)})
		}
		if err := act.WrongFields("law.typed.faults", wrong); err != nil {
			return struct{}{}, err
		}
		c.Tx.PutOne(act.Changed("law.thing.obstacle"), `update law_obstacle set state = $3, asked = $4, asked_no = $5, asked_at = $6, asked_by = $7
			where home = $1 and id = $2 and state = $8`, c.Tx.Home(), o.ID, Asked, body, strings.TrimSpace(in.Number), c.Now(), c.Actor.Person, Open)
		return struct{}{}, trace(c, o.ID, "law.obstacle_asked", map[string]any{"body": body})
	})
	return err
}

// AnswerIn is the answer to an obstacle.
type AnswerIn struct {
	Obstacle int64
	Words    string
	Number   string // of the document that answers
}

// Answer records what the body above answered.
func (r *Register) Answer(ctx context.Context, a act.Actor, token string, in AnswerIn) error {
	_, err := act.Run(ctx, r.runner, a, token, CommandAnswer, in, func(c *act.Call, in AnswerIn) (struct{}, error) {
		o, err := openObstacle(c, in.Obstacle, Asked)
		if err != nil {
			return struct{}{}, err
		}
		if err := typed(in.Number, in.Words, true); err != nil {
			return struct{}{}, err
		}
		c.Tx.PutOne(act.Changed("law.thing.obstacle"), `update law_obstacle set state = $3, answer = $4, answer_no = $5, answered_at = $6, answered_by = $7
			where home = $1 and id = $2 and state = $8`, c.Tx.Home(), o.ID, Answered, strings.TrimSpace(in.Words), strings.TrimSpace(in.Number), c.Now(), c.Actor.Person, Asked)
		return struct{}{}, trace(c, o.ID, "law.obstacle_answered", map[string]any{"number": strings.TrimSpace(in.Number)})
	})
	return err
}

// openObstacle asks for the right over the obstacle's agency and that it waits
// for what comes.
func openObstacle(c *act.Call, id int64, state string) (Obstacle, error) {
	o, found, err := store.Held(c.Tx, scanObstacle, `select `+obstacleColumns+` from law_obstacle where home = $1 and id = $2`, c.Tx.Home(), id)
	if err == nil && !found {
		err = act.Missing("law.thing.obstacle")
	}
	if err != nil {
		return o, err
	}
	if err := c.Allow(act.Scope{Agency: o.Agency}); err != nil {
		return o, err
	}
	switch o.State {
	case state:
		return o, nil
	case Open:
		return o, act.Refuse("law.obstacle.not_asked")
	}
	return o, act.Changed("law.thing.obstacle")
}

const obstacleColumns = `id, law, number, sub, agency, words, matter, state, met_at, asked, asked_no, asked_at, answer, answer_no, answered_at`

func scanObstacle(r store.Row) (o Obstacle, err error) {
	return o, r.Scan(&o.ID, &o.Law, &o.Article.N, &o.Article.Sub, &o.Agency, &o.Words, &o.Case, &o.State, &o.MetAt, &o.Asked, &o.AskedNo, &o.AskedAt,
		&o.Answer, &o.AnswerNo, &o.Answered)
}

// ObstacleByID returns an obstacle.
func ObstacleByID(tx *store.Tx, id int64) (Obstacle, error) {
	o, found, err := store.Find(tx, scanObstacle, `select `+obstacleColumns+` from law_obstacle where home = $1 and id = $2`, tx.Home(), id)
	if err == nil && !found {
		err = act.Missing("law.thing.obstacle")
	}
	return o, err
}

// ObstaclesOn lists up to limit obstacles of an article, the oldest first, behind one.
func ObstaclesOn(tx *store.Tx, law int64, a citation.Article, after int64, limit int) ([]Obstacle, error) {
	return store.All(tx, scanObstacle, `select `+obstacleColumns+` from law_obstacle where home = $1 and law = $2 and number = $3 and sub = $4 and id > $5
		order by id limit $6`, tx.Home(), law, a.N, a.Sub, after, limit)
}

// Obstacles lists up to limit obstacles in a state, the oldest first, behind one.
func Obstacles(tx *store.Tx, state string, after int64, limit int) ([]Obstacle, error) {
	return store.All(tx, scanObstacle, `select `+obstacleColumns+` from law_obstacle where home = $1 and state = $2 and id > $3 order by id limit $4`,
		tx.Home(), state, after, limit)
}
