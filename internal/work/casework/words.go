package casework

import (
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/wording"
)

// textMax bounds one free text, in characters.
const textMax = 5000

// wantText wants each named text to be written, and not endless.
func wantText(pairs ...string) error {
	var wrong []act.Field
	for i := 0; i+1 < len(pairs); i += 2 {
		name, text := pairs[i], strings.TrimSpace(pairs[i+1])
		switch n := len([]rune(text)); {
		case n == 0:
			wrong = append(wrong, act.Field{Name: name, Msg: wording.M("casework.text.empty", "name", wording.M("casework.text."+name))})
		case n > textMax:
			wrong = append(wrong, act.Field{Name: name, Msg: wording.M("casework.text.long", "name", wording.M("casework.text."+name), "n", n, "max", textMax)})
		}
	}
	return act.WrongFields("casework.text.wrong", wrong)
}

// words is wantText for texts that reach the applicant: what an official writes to
// somebody goes through here, or through maySay where it may be left empty.
func (m *matter) words(pairs ...string) error {
	if err := wantText(pairs...); err != nil {
		return err
	}
	return m.maySay(pairs...)
}

// maySay refuses texts that ask the applicant for money or for a service of an
// intermediary that no list lets this item ask for today, whatever its guide says.
func (m *matter) maySay(pairs ...string) error {
	var said []catalog.Said
	for i := 0; i+1 < len(pairs); i += 2 {
		said = append(said, catalog.Said{Field: pairs[i], Words: pairs[i+1]})
	}
	return m.v.MaySay(m.c.Tx, m.c.Today(), said...)
}
