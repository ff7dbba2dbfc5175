package doctor

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"tongban/internal/house"
	"tongban/internal/record/job"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/register/calendar"
	"tongban/internal/rules/day"
	"tongban/internal/work/casework"
)

const (
	checkMost  = 2 << 30 // bytes of SQLite's file that its own check reads unasked
	leaseLate  = day.Minute
	signedLate = 5 * day.Minute
)

// database looks at the database and at what lies in it.
func (e *examination) database(ctx context.Context) {
	o, whole := e.o.House, true
	if o.Database == "" {
		info, err := os.Stat(filepath.Join(o.Dir, "tongban.db"))
		if err != nil {
			e.found(Bad, "database", "database.none", "dir", o.Dir)
			return
		}
		whole = info.Size() < checkMost || e.o.Full
	}
	s, err := store.Open(ctx, store.Options{URL: o.Database, Dir: o.Dir, Home: o.Home, Clock: o.Clock})
	if store.Damaged(err) {
		e.found(Bad, "database", "database.damaged", "why", err.Error())
		return
	}
	if err != nil {
		e.found(Bad, "database", "database.away", "why", err.Error())
		return
	}
	defer func() { _ = s.Close() }()
	h, err := s.Health(ctx, whole)
	if err != nil {
		e.found(Bad, "database", "database.away", "why", err.Error())
		return
	}
	e.durable(h)
	switch {
	case len(h.Faults) > 0:
		return // nothing that it says can be relied on
	case h.Schema > h.Newest:
		e.found(Bad, "schema", "schema.newer", "has", h.Schema, "want", h.Newest)
		return
	case h.Schema < h.Newest:
		e.found(Warn, "schema", "schema.older", "has", h.Schema, "want", h.Newest)
		return
	}
	e.ok("schema", "schema.ok", "has", h.Schema)
	e.calendar(ctx, s)
	e.ledger(ctx)
}

// durable looks whether what is acknowledged is on the disk.
func (e *examination) durable(h store.Health) {
	if len(h.Faults) > 0 {
		e.found(Bad, "database", "database.damaged", "why", strings.Join(h.Faults, "; "))
		return
	}
	if h.Engine == store.SQLite {
		if h.Settings["journal_mode"] != "wal" {
			e.found(Bad, "database", "database.journal", "mode", h.Settings["journal_mode"])
			return
		}
		e.ok("database", "database.sqlite")
		return
	}
	well := true
	for _, name := range []string{"fsync", "full_page_writes"} {
		if h.Settings[name] != "on" {
			e.found(Bad, "database", "database.setting", "name", name, "value", h.Settings[name], "want", "on")
			well = false
		}
	}
	switch commit := h.Settings["synchronous_commit"]; {
	case commit == "off" || commit == "local" && h.Settings["synchronous_standby_names"] != "":
		e.found(Bad, "database", "database.setting", "name", "synchronous_commit", "value", commit, "want", "on")
		well = false
	case h.Settings["synchronous_standby_names"] == "":
		e.found(Warn, "database", "database.alone")
		well = false
	case h.Standbys == 0:
		e.found(Bad, "database", "database.no_standby", "names", h.Settings["synchronous_standby_names"])
		well = false
	}
	if h.Replica {
		e.found(Bad, "database", "database.replica")
		well = false
	}
	if h.Settings["server_encoding"] != "UTF8" {
		e.found(Bad, "database", "database.setting", "name", "server_encoding", "value", h.Settings["server_encoding"], "want", "UTF8")
		well = false
	}
	if well {
		e.ok("database", "database.postgres", "version", h.Settings["server_version"], "standbys", h.Standbys)
	}
}

// calendar looks whether the days of the years that are needed are known.
func (e *examination) calendar(ctx context.Context, s *store.Store) {
	c := calendar.New()
	if err := c.Refresh(ctx, s); err != nil {
		e.found(Bad, "calendar", "database.away", "why", err.Error())
		return
	}
	missing := house.MissingYears(c.Current(), day.Instant(e.now.UnixMicro()).Day())
	if len(missing) > 0 {
		e.found(Warn, "calendar", "calendar.missing", "year", missing[0])
		return
	}
	years := c.Current().Years()
	e.ok("calendar", "calendar.ok", "from", years[0], "to", years[len(years)-1])
}

// ledger looks at the record: the checkpoint outside, its newest acts or all of
// them, and who works on it.
func (e *examination) ledger(ctx context.Context) {
	h, err := house.Inspect(ctx, e.o.House)
	if err != nil {
		return // the keys are missing: said already
	}
	defer func() { _ = h.Store.Close() }()
	err = h.Ledger.CheckOutside(ctx)
	switch {
	case errors.Is(err, ledger.ErrRolledBack):
		e.found(Bad, "ledger", "ledger.rolled_back", "why", err.Error())
	case err != nil:
		e.found(Bad, "ledger", "ledger.unread", "why", err.Error())
	}
	var report ledger.Report
	if e.o.Full {
		report, err = h.Ledger.Verify(ctx, casework.StateDigest)
	} else {
		report, err = h.Ledger.VerifyRecent(ctx, e.o.Last)
	}
	switch {
	case err != nil:
		e.found(Bad, "ledger", "ledger.unread", "why", err.Error())
	case len(report.Findings) > 0:
		e.found(Bad, "ledger", "ledger.wrong", "n", len(report.Findings), "first", report.Findings[0].What)
	default:
		e.ok("ledger", "ledger.ok", "n", report.Events, "checkpoints", report.Checkpoints)
	}
	if err := h.Store.Read(ctx, func(tx *store.Tx) error { return e.work(tx, h) }); err != nil {
		e.found(Bad, "database", "database.away", "why", err.Error())
	}
}

// work looks at what lies waiting and at who ought to be working on it.
func (e *examination) work(tx *store.Tx, h *house.House) error {
	now := day.Instant(e.now.UnixMicro())
	p, err := h.Ledger.Pulse(tx)
	if err != nil {
		return err
	}
	if ahead := p.LastAct - now; ahead > day.Instant(clockAhead.Microseconds()) {
		e.found(Bad, "clock", "clock.behind", "seconds", int64(ahead/day.Second))
	}
	if p.OldestUnsigned > 0 && now-p.OldestUnsigned > signedLate {
		e.found(Warn, "ledger", "ledger.unsigned", "minutes", int64((now-p.OldestUnsigned)/day.Minute))
	}
	leases, err := ledger.Leases(tx)
	if err != nil {
		return err
	}
	for _, l := range leases {
		if now-l.Until > leaseLate {
			e.found(Warn, "lease", "lease.expired", "name", l.Name, "minutes", int64((now-l.Until)/day.Minute))
		}
	}
	parked, err := ledger.ParkedCounts(tx)
	if err != nil {
		return err
	}
	for name, n := range parked {
		e.found(Warn, "parked", "parked.some", "name", name, "n", n)
	}
	if len(parked) == 0 {
		e.ok("parked", "parked.ok")
	}
	return e.jobs(tx, now)
}

func (e *examination) jobs(tx *store.Tx, now day.Instant) error {
	n, err := job.Count(tx)
	if err != nil {
		return err
	}
	if n.Late > 0 {
		e.found(Warn, "jobs", "jobs.late", "n", n.Late, "minutes", int64((now-n.Oldest)/day.Minute))
	}
	if n.Parked > 0 {
		e.found(Warn, "jobs", "jobs.parked", "n", n.Parked)
	}
	if n.Late+n.Parked == 0 {
		e.ok("jobs", "jobs.ok", "n", n.Waiting)
	}
	return nil
}
