package law

import (
	"context"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/citation"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// ChangeKind is what happened to a law (立改废释).
type ChangeKind string

// The kinds of changes.
const (
	Enacted     ChangeKind = "enact"
	Amended     ChangeKind = "amend"
	Repealed    ChangeKind = "repeal"
	Interpreted ChangeKind = "interpret"
)

// Change is something that happened to a law.
type Change struct {
	ID      int64
	Law     int64
	Kind    ChangeKind
	On      day.Day // from which it counts
	Version int64   // the new text, 0 where there is none
	Number  string  // of the document
	Words   string  // the interpretation, or why
	Whole   bool    // touches all of the law, else the articles that Articles lists
	At      day.Instant
}

// Label names the kind for people.
func (k ChangeKind) Label() wording.Message { return wording.M("law.change." + string(k)) }

// The bounds of what is typed.
const (
	maxWords  = 2000
	maxNumber = 100
)

// Recorded is what came of a change.
type Recorded struct {
	Change   int64 `json:"change"`
	Subjects int   `json:"subjects"` // items, powers and others that rest on what changed
}

// RepealIn ends a law on a day, by a document.
type RepealIn struct {
	Law    string // key
	From   day.Day
	Number string // document
	Words  string // why, may be ""
}

// Repeal ends a law: from that day on it no longer holds (废). TouchedBy lists who
// rests on it.
func (r *Register) Repeal(ctx context.Context, a act.Actor, token string, in RepealIn) (Recorded, error) {
	return act.Run(ctx, r.runner, a, token, CommandRepeal, in, func(c *act.Call, in RepealIn) (Recorded, error) {
		l, v, err := openLaw(c, in.Law)
		if err != nil {
			return Recorded{}, err
		}
		switch {
		case in.From == 0:
			in.From = c.Today()
		case in.From <= v.Span.From:
			return Recorded{}, act.Wrong("law.repeal.day", "day", v.Span.From)
		}
		if v.Span.Until != 0 && v.Span.Until <= in.From {
			return Recorded{}, act.Refuse("law.repeal.already", "title", l.Title, "day", v.Span.Until)
		}
		if err := typed(in.Number, in.Words, false); err != nil {
			return Recorded{}, err
		}
		c.Tx.Put(`update law_version set until_day = $3 where home = $1 and id = $2`, c.Tx.Home(), v.ID, in.From)
		return record(c, l, Change{Law: l.ID, Kind: Repealed, On: in.From, Number: strings.TrimSpace(in.Number), Words: strings.TrimSpace(in.Words), Whole: true}, nil)
	})
}

// InterpretIn is an interpretation of a law or of one article.
type InterpretIn struct {
	Law     string           // key
	Article citation.Article // zero for the law as a whole
	From    day.Day
	Number  string // document
	Words   string // what it says
}

// Interpret records how a law is to be understood (释). TouchedBy lists who rests
// on it.
func (r *Register) Interpret(ctx context.Context, a act.Actor, token string, in InterpretIn) (Recorded, error) {
	return act.Run(ctx, r.runner, a, token, CommandInterpret, in, func(c *act.Call, in InterpretIn) (Recorded, error) {
		l, v, err := openLaw(c, in.Law)
		if err != nil {
			return Recorded{}, err
		}
		if in.From == 0 {
			in.From = c.Today()
		}
		if err := typed(in.Number, in.Words, true); err != nil {
			return Recorded{}, err
		}
		var touched []citation.Article
		if in.Article.N != 0 {
			if _, err := ArticleOf(c.Tx, v.ID, in.Article); err != nil {
				return Recorded{}, err
			}
			touched = []citation.Article{in.Article}
		}
		return record(c, l, Change{Law: l.ID, Kind: Interpreted, On: in.From, Number: strings.TrimSpace(in.Number), Words: strings.TrimSpace(in.Words), Whole: in.Article.N == 0}, touched)
	})
}

// openLaw asks for the right and takes a law with its newest version.
func openLaw(c *act.Call, key string) (l Law, v Version, err error) {
	if err = c.Allow(act.Scope{}); err != nil {
		return l, v, err
	}
	l, found, err := lock(c.Tx, key)
	if err == nil && !found {
		err = act.Missing("law.thing.law")
	}
	if err != nil {
		return l, v, err
	}
	all, err := Versions(c.Tx, l.ID)
	if err != nil {
		return l, v, err
	}
	return l, all[0], nil
}

// typed checks what somebody typed about a document.
func typed(number, words string, must bool) error {
	var wrong []act.Field
	switch n := len([]rune(strings.TrimSpace(number))); {
	case n == 0:
		wrong = append(wrong, act.Field{Name: "number", Msg: wording.M("law.typed.number")})
	case n > maxNumber:
		wrong = append(wrong, act.Field{Name: "number", Msg: wording.M("law.typed.long", "max", maxNumber, "got", n)})
	}
	if f, bad := long(words, must); bad {
		wrong = append(wrong, f)
	}
	return act.WrongFields("law.typed.faults", wrong)
}

// long checks a text that somebody typed.
func long(words string, must bool) (act.Field, bool) {
	switch n := len([]rune(strings.TrimSpace(words))); {
	case n == 0 && must:
		return act.Field{Name: "words", Msg: wording.M("law.typed.words")}, true
	case n > maxWords:
		return act.Field{Name: "words", Msg: wording.M("law.typed.long", "max", maxWords, "got", n)}, true
	}
	return act.Field{}, false
}

// record puts a change with its event and counts whom it touches.
func record(c *act.Call, l Law, x Change, touched []citation.Article) (Recorded, error) {
	id := put(c, x, touched)
	facts := map[string]any{"change": id, "title": l.Title, "kind": string(x.Kind), "number": x.Number, "words": x.Words}
	if len(touched) == 1 {
		facts["article"] = touched[0].String()
	}
	if err := note(c, l.Key, "law."+string(x.Kind), x.On, facts); err != nil {
		return Recorded{}, err
	}
	if err := c.Tx.Flush(); err != nil {
		return Recorded{}, err
	}
	n, err := touchedCount(c.Tx, id)
	return Recorded{Change: id, Subjects: n}, err
}

// put puts a change and the articles that it touches.
func put(c *act.Call, x Change, touched []citation.Article) int64 {
	tx, id := c.Tx, c.Tx.NewID()
	tx.Put(`insert into law_change(home, id, law, kind, on_day, version, number, words, whole, at, person)
		values($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, tx.Home(), id, x.Law, string(x.Kind), x.On, x.Version, x.Number, x.Words, x.Whole, tx.Now(), c.Actor.Person)
	rows := make([][]any, len(touched))
	for i, a := range touched {
		rows[i] = []any{tx.Home(), id, a.N, a.Sub}
	}
	tx.PutRows(`insert into law_changed(home, change, number, sub)`, rows)
	return id
}

const changeColumns = `id, law, kind, on_day, version, number, words, whole, at`

func scanChange(r store.Row) (x Change, err error) {
	return x, r.Scan(&x.ID, &x.Law, &x.Kind, &x.On, &x.Version, &x.Number, &x.Words, &x.Whole, &x.At)
}

// Changes lists up to limit changes of a law, the latest first.
func Changes(tx *store.Tx, law int64, limit int) ([]Change, error) {
	return store.All(tx, scanChange, `select `+changeColumns+` from law_change where home = $1 and law = $2 order by on_day desc, id desc limit $3`,
		tx.Home(), law, limit)
}

// ChangeByID returns a change.
func ChangeByID(tx *store.Tx, id int64) (Change, error) {
	x, found, err := store.Find(tx, scanChange, `select `+changeColumns+` from law_change where home = $1 and id = $2`, tx.Home(), id)
	if err == nil && !found {
		err = act.Missing("law.thing.change")
	}
	return x, err
}

// LatestChanges lists up to limit changes of all laws, those recorded last first.
func LatestChanges(tx *store.Tx, limit int) ([]Change, error) {
	return store.All(tx, scanChange, `select `+changeColumns+` from law_change where home = $1 order by at desc, id desc limit $2`, tx.Home(), limit)
}

// ChangesAfter lists up to limit changes of all laws that were recorded after a
// change, by its number: what a follower makes tasks of.
func ChangesAfter(tx *store.Tx, after int64, limit int) ([]Change, error) {
	return store.All(tx, scanChange, `select `+changeColumns+` from law_change where home = $1 and id > $2 order by id limit $3`, tx.Home(), after, limit)
}

// Interpretations lists how an article was interpreted, the latest first.
func Interpretations(tx *store.Tx, law int64, a citation.Article, limit int) ([]Change, error) {
	return store.All(tx, scanChange, `select `+changeColumns+` from law_change x where home = $1 and law = $2 and kind = 'interpret' and (whole or exists
		(select 1 from law_changed t where t.home = x.home and t.change = x.id and t.number = $3 and t.sub = $4)) order by on_day desc, id desc limit $5`,
		tx.Home(), law, a.N, a.Sub, limit)
}
