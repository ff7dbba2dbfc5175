package catalog

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// Bounds of what is kept of words that found nothing.
const (
	missWord   = 20 // characters; a longer text is no name of an item
	missDigits = 5  // digits; more may be somebody's number
	missKept   = 5000
)

// Miss is a search that found nothing.
type Miss struct {
	Words string
	N     int64
	Last  day.Instant
}

// Missed keeps words that found nothing, for those who write the aliases. It
// keeps no text that may tell who was looking: long ones, and those with the
// digits of a number, are dropped.
func Missed(ctx context.Context, s *store.Store, words string) error {
	words = fold(words, true)
	n, digits := utf8.RuneCountInString(words), strings.Count(strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return '0'
		}
		return r
	}, words), "0")
	if n == 0 || n > missWord || digits > missDigits {
		return nil
	}
	return s.Do(ctx, store.Background, func(tx *store.Tx) error {
		month := monthOf(tx.Today())
		var kept int
		if _, err := tx.Get([]any{&kept}, `select count(*) from search_miss where home = $1 and month = $2`, tx.Home(), month); err != nil {
			return err
		}
		if kept >= missKept {
			tx.Put(`update search_miss set n = n + 1, last_at = $4 where home = $1 and month = $2 and words = $3`, tx.Home(), month, words, tx.Now())
			return nil
		}
		tx.Put(`insert into search_miss(home, month, words, n, last_at) values($1, $2, $3, 1, $4)
			on conflict (home, month, words) do update set n = search_miss.n + 1, last_at = excluded.last_at`, tx.Home(), month, words, tx.Now())
		return nil
	})
}

// Misses lists what was looked for in the month of a day and not found, the
// most frequent first.
func Misses(tx *store.Tx, month day.Day, limit int) ([]Miss, error) {
	return store.All(tx, func(r store.Row) (m Miss, err error) {
		err = r.Scan(&m.Words, &m.N, &m.Last)
		return m, err
	}, `select words, n, last_at from search_miss where home = $1 and month = $2 order by n desc, words limit $3`, tx.Home(), monthOf(month), limit)
}

func monthOf(d day.Day) int {
	y, m, _ := d.Date()
	return y*100 + m
}
