package ui

import (
	"fmt"
	"strings"

	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// Text is anything that can be said in a language: a wording.Message, a Plain
// or Both from data, or a value with its own form in each language (OnDay, At,
// Fen, Count). A nil Text is empty.
type Text interface {
	In(lang wording.Lang) string
}

// M is wording.M: a sentence of the catalogue with its arguments.
func M(key string, pairs ...any) wording.Message { return wording.M(key, pairs...) }

// Plain is text that comes from data and reads the same in every language, such
// as the name of an item or a case number.
type Plain string

// In returns the text as it is.
func (p Plain) In(wording.Lang) string { return string(p) }

// Both is text from data that may have an English form; without one, the
// Chinese is shown.
type Both struct{ ZH, EN string }

// In returns the English form for English readers if there is one.
func (b Both) In(lang wording.Lang) string {
	if lang == wording.EN && b.EN != "" {
		return b.EN
	}
	return b.ZH
}

// String is the Chinese form, for logs and for arguments of a Message.
func (b Both) String() string { return b.ZH }

// Join is several texts in a row with Sep between those that are not empty.
type Join struct {
	Sep   string
	Texts []Text
}

// In renders the parts and joins them.
func (j Join) In(lang wording.Lang) string {
	var said []string
	for _, t := range j.Texts {
		if s := Say(lang, t); s != "" {
			said = append(said, s)
		}
	}
	return strings.Join(said, j.Sep)
}

// OnDay is a day written out in full: 2026年12月8日.
type OnDay day.Day

// In writes the day in the reader's language.
func (d OnDay) In(lang wording.Lang) string { return Date(lang, day.Day(d)) }

// String is the Chinese form, for logs and for arguments of a Message.
func (d OnDay) String() string { return d.In(wording.ZH) }

// At is a moment written with its day and minute: 11月24日 14:05.
type At day.Instant

// In writes the moment in the reader's language.
func (i At) In(lang wording.Lang) string { return Moment(lang, day.Instant(i)) }

// String is the Chinese form, for logs and for arguments of a Message.
func (i At) String() string { return i.In(wording.ZH) }

// Fen is an amount of money in integer fen.
type Fen int64

// In writes the amount in yuan.
func (f Fen) In(lang wording.Lang) string { return Money(lang, int64(f)) }

// String is the Chinese form, for logs and for arguments of a Message.
func (f Fen) String() string { return f.In(wording.ZH) }

// Count is a whole number, written with thousands separators.
type Count int

// In writes the number.
func (c Count) In(wording.Lang) string { return Thousands(int64(c)) }

// Say renders a value as a person reads it: a Text or Message in lang, a day or
// an instant in its long form, anything else as fmt prints it. Nil is "".
func Say(lang wording.Lang, v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case Text:
		return v.In(lang)
	case day.Day:
		return Date(lang, v)
	case day.Instant:
		return Moment(lang, v)
	case error:
		return v.Error()
	default:
		return fmt.Sprint(v)
	}
}
