package adjust

import (
	"errors"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// Moves are moves of running cases that follow from an adjustment: by the order of
// whoever decided it, from the day on which it takes effect.
type Moves struct {
	Item       int64
	From       day.Day
	Article    string
	Reason     string
	By         int64
	Adjustment int64
	Document   string
}

// maxArticle bounds the words that name an article, in characters.
const maxArticle = 200

// settleMoves checks what an entry says of running cases: only those of an item that
// is changed can be moved, for what else becomes of an item leaves no new version.
func (e *Entry) settleMoves(wrong func(string, string, ...any) error) error {
	e.Moves = strings.TrimSpace(e.Moves)
	switch n := len([]rune(e.Moves)); {
	case n > maxArticle:
		return wrong("moves", "adjust.reason", "max", maxArticle, "got", n)
	case n > 0 && !e.GoesOn():
		return wrong("moves", "adjust.entry.moves")
	}
	return nil
}

// moveCases orders the moves of an entry inside the command that publishes its change.
func (d *Desk) moveCases(c *act.Call, x Adjustment, e Entry, item int64) error {
	if e.Moves == "" {
		return nil
	}
	if d.MoveCases == nil {
		return errors.New("adjust: nobody moves cases here")
	}
	d.MoveCases(c, Moves{Item: item, From: x.From, Article: e.Moves, Reason: x.Reason, By: x.DecidedBy, Adjustment: x.ID, Document: x.Document})
	return nil
}

// Goes is a changed item with its running cases: Moves of the entry tells whether they
// go over to its new version.
type Goes struct {
	Entry
	Item int64
	Open int
}

// Going lists the changed items of an adjustment with how many cases of each run now.
func (d *Desk) Going(tx *store.Tx, entries []Entry) ([]Goes, error) {
	var list []Goes
	for _, e := range entries {
		if !e.GoesOn() {
			continue
		}
		item, err := d.itemOf(tx, e)
		if err != nil {
			return nil, err
		}
		g := Goes{Entry: e, Item: item}
		if _, err := tx.Get([]any{&g.Open}, `select count(*) from proceeding where home = $1 and kind = 'case' and item = $2 and closed = 0`, tx.Home(), item); err != nil {
			return nil, err
		}
		list = append(list, g)
	}
	return list, nil
}
