package main

import (
	"fmt"
	"strings"

	"tongban/internal/record/ledger"
	"tongban/internal/rules/wording"
)

// seen says who cosigned what was verified, and what is not proven.
func (s *shell) seen(found ledger.Checked) {
	for _, w := range found.Seen {
		fmt.Fprintln(s.out, wording.Text(s.lang, "log.seen.by", "witness", w.Witness, "at", w.At, "n", w.Size))
	}
	if len(found.Others) > 0 {
		fmt.Fprintln(s.out, wording.Text(s.lang, "log.seen.other", "keys", strings.Join(found.Others, ", ")))
	}
	if len(found.Seen) == 0 {
		fmt.Fprintln(s.out, wording.Text(s.lang, "log.seen.none"))
	}
	fmt.Fprintln(s.out, wording.Text(s.lang, "log.seen.after"))
}
