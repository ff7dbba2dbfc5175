package ledger

import (
	"context"
	"encoding/binary"

	"golang.org/x/mod/sumdb/tlog"

	"tongban/internal/record/store"
)

// Fill numbers n made-up leaves without events, for the tests of large trees.
func (l *Ledger) Fill(ctx context.Context, n int) ([]tlog.Hash, error) {
	var all []tlog.Hash
	err := l.s.Do(ctx, store.People, func(tx *store.Tx) error {
		all = nil
		list := make([]numberable, n)
		for i := range list {
			id := tx.NewID()
			list[i] = numberable{id, tlog.RecordHash(binary.BigEndian.AppendUint64(nil, uint64(id)))}
			all = append(all, list[i].hash)
		}
		return l.number(tx, list)
	})
	return all, err
}

// Path proves one leaf of the newest log at its present size.
func (l *Ledger) Path(tx *store.Tx, seq int64) (tlog.RecordProof, error) {
	h, _, err := l.head(tx)
	if err != nil {
		return nil, err
	}
	return tlog.ProveRecord(h.size, seq, newReader(tx, h.log, h.size))
}

// StaleExtend reads the head, lets others number meanwhile, and then goes on as
// if nothing had happened: the numberer that was paused and woke up.
func (l *Ledger) StaleExtend(ctx context.Context, meanwhile func() error) error {
	var old head
	if err := l.s.Read(ctx, func(tx *store.Tx) (err error) {
		old, _, err = l.head(tx)
		return err
	}); err != nil {
		return err
	}
	if err := meanwhile(); err != nil {
		return err
	}
	return l.s.Do(ctx, store.Background, func(tx *store.Tx) error {
		id := tx.NewID()
		return l.extend(tx, old, []numberable{{id, tlog.RecordHash([]byte("stale"))}})
	})
}

// LastActsSelect is the statement that reads a page of last acts.
const LastActsSelect = lastActsSelect

// ErrNumberedElsewhere is what a numberer gets that came too late.
var ErrNumberedElsewhere = errNumberedElsewhere

// Hold takes the lease.
func (l *Ledger) Hold(ctx context.Context, name, holder string) (bool, error) {
	return l.hold(ctx, name, holder, leaseFor)
}
