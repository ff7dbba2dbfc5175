package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"tongban/internal/house"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/rules/wording"
)

// seen says who cosigned what was verified, and what is not proven without.
func (s *shell) seen(seen []ledger.Cosigned, others []string) {
	for _, w := range seen {
		fmt.Fprintln(s.out, wording.Text(s.lang, "log.seen.by", "witness", w.Witness, "at", w.At, "n", w.Size))
	}
	if len(others) > 0 {
		fmt.Fprintln(s.out, wording.Text(s.lang, "log.seen.other", "keys", strings.Join(others, ", ")))
	}
	if len(seen) == 0 {
		fmt.Fprintln(s.out, wording.Text(s.lang, "log.seen.none"))
	}
}

// testified says which witnesses cosigned the log of a house, as far as the keys
// given go.
func (s *shell) testified(ctx context.Context, h *house.House, keys []string) error {
	var known []ledger.WitnessKey
	for _, text := range keys {
		k, err := ledger.ParseWitnessKey(text)
		if errors.Is(err, ledger.ErrNotWitness) {
			continue // a key of the log: the house has its own
		} else if err != nil {
			return wording.M("shell.verify.bad_key")
		}
		known = append(known, k)
	}
	return h.Store.Read(ctx, func(tx *store.Tx) error {
		seen, others, err := h.Ledger.Testified(tx, known...)
		if err == nil {
			s.seen(seen, others)
		}
		return err
	})
}
