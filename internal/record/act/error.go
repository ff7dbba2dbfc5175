package act

import (
	"errors"

	"tongban/internal/rules/wording"
)

// Kind is the coarse class of an error: what the caller can do about it.
type Kind string

// The kinds. Everything that is none of them is Internal: logged with an id and
// shown as that id.
const (
	Invalid     Kind = "invalid"     // mend the input and send it again
	Refused     Kind = "refused"     // a rule or a right says no
	NotFound    Kind = "not_found"   // there is no such thing, or not for this reader
	Conflict    Kind = "conflict"    // somebody else was first: look again
	Unavailable Kind = "unavailable" // not stored; send the same again later
	Internal    Kind = "internal"    // our fault
)

// Error is the one error of everything above the store: what is wrong, in words
// for the reader, by which article, and what to do next.
type Error struct {
	Kind   Kind
	Code   string          // stable name for programs; the key of Msg unless set
	Msg    wording.Message // what is wrong
	Law    string          // article that refuses, if one does
	Next   wording.Message // what to do next, if Msg does not say
	Fields []Field         // field by field, for forms
	ID     string          // of an internal error, to be quoted
	record bool
	cause  error
}

// Field is what is wrong with one field.
type Field struct {
	Name string
	Msg  wording.Message
}

// Error returns the message in Chinese.
func (e *Error) Error() string { return e.Msg.In(wording.ZH) }

// Unwrap returns the cause, if there is one.
func (e *Error) Unwrap() error { return e.cause }

// Is tells whether target is an Error of the same code, so that errors.Is works
// on values made with these constructors.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

func newError(kind Kind, key string, pairs []any) *Error {
	return &Error{Kind: kind, Code: key, Msg: wording.M(key, pairs...)}
}

// Wrong makes an Invalid error from a key of the catalogue and its arguments.
func Wrong(key string, pairs ...any) *Error { return newError(Invalid, key, pairs) }

// Refuse makes a Refused error.
func Refuse(key string, pairs ...any) *Error { return newError(Refused, key, pairs) }

// Missing makes a NotFound error for the thing that key names.
func Missing(thing string) *Error {
	return newError(NotFound, "act.not_found", []any{"what", wording.M(thing)})
}

// Changed makes a Conflict error for the thing that key names.
func Changed(thing string) *Error {
	return newError(Conflict, "act.changed", []any{"what", wording.M(thing)})
}

// WrongFields makes an Invalid error from what is wrong with single fields; nil
// when nothing is.
func WrongFields(key string, fields []Field) error {
	if len(fields) == 0 {
		return nil
	}
	e := newError(Invalid, key, []any{"n", len(fields)})
	e.Fields = fields
	return e
}

// By names the article that refuses.
func (e *Error) By(article string) *Error { e.Law = article; return e }

// Then says what to do next.
func (e *Error) Then(key string, pairs ...any) *Error { e.Next = wording.M(key, pairs...); return e }

// Recorded asks that the refusal itself be written to the ledger after the
// command's work was rolled back.
func (e *Error) Recorded() *Error { e.record = true; return e }

// KindOf is the kind of any error; nil has none.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	if err == nil {
		return ""
	}
	return Internal
}
