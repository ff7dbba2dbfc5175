// Package house puts the rooms together: one value that a server, the command
// line, the demonstration and the tests open in the same way. It holds no rule
// and no SQL.
package house

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/mod/sumdb/note"

	"tongban/internal/process/notice"
	"tongban/internal/process/paper"
	"tongban/internal/record/act"
	"tongban/internal/record/archive"
	"tongban/internal/record/file"
	"tongban/internal/record/job"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/record/vault"
	"tongban/internal/register/calendar"
	"tongban/internal/register/catalog"
	"tongban/internal/register/identity"
	"tongban/internal/register/law"
	"tongban/internal/register/licence"
	"tongban/internal/register/lists"
	"tongban/internal/register/power"
	"tongban/internal/register/received"
	"tongban/internal/rules/day"
	"tongban/internal/work/adjust"
	"tongban/internal/work/casework"
	"tongban/internal/work/change"
	"tongban/internal/work/inspect"
	"tongban/internal/work/object"
	"tongban/internal/work/publish"
	"tongban/internal/work/reorganise"
)

// Options say which house is opened. The zero value of each but Dir is usable.
type Options struct {
	Dir      string // data folder: attachments, the keys unless Keys says where, and the database where it is SQLite
	Keys     string // key folder; "" is keys in Dir
	Signed   string // file outside the database that keeps the last signed checkpoint; "" is last-checkpoint in the key folder
	Database string // postgres://…; "" is SQLite in Dir
	Confirm  bool   // PostgreSQL: store nothing unless a second server has it before it is acknowledged
	Home     int64  // tenancy; 0 is 1
	// Attachments is the bucket that keeps them, s3://host/bucket/prefix; "" is the
	// data folder, or the database where that is PostgreSQL.
	Attachments string
	Origin      string    // identity of the ledger; "" is "tongban.local/log"
	Region      string    // region code that begins case numbers; "" is 000000
	Remedies    string    // what may be done against a refusal
	Clock       day.Clock // nil is the machine's
	Rand        io.Reader // nil is the machine's; only the seeded demonstration brings another
	Sample      bool      // demonstration or training: licences and papers are 样本
	NoSync      bool      // while a demonstration is built: nothing is flushed
	Restore     bool      // the database is about to be restored into: it extends nothing yet
	Hooks       notice.Gate
	Higher      publish.Higher // portal of the higher level; none when its URL is ""
	Backups     Backups        // copies made by themselves; none when Dir is ""
	Watched     Watched
	Hash        identity.Argon
	Log         *slog.Logger
	Metrics     *Metrics // nil measures nothing
}

// Watched says who is asked to cosign the ledger's checkpoints, and how often; 0
// is the ledger's own pace.
type Watched struct {
	Witnesses []ledger.Witness
	Every     time.Duration
}

// House is an open Tongban.
type House struct {
	Options   Options
	Store     *store.Store
	Vault     *vault.Vault
	Ledger    *ledger.Ledger
	LogKeys   vault.LogSigner
	Runner    *act.Runner
	Files     *file.Shelf
	People    *identity.Register
	Laws      *law.Register
	Power     *power.Register
	Lists     *lists.Register
	Received  *received.Register
	Items     *catalog.Catalog
	Calendars *calendar.Calendars
	Licences  *licence.Register
	Papers    *paper.Desk
	Notices   *notice.Desk
	Office    *casework.Office
	Changes   *change.Desk
	Adjust    *adjust.Desk
	Object    *object.Desk
	Reform    *reorganise.Desk
	Checkup   *inspect.Desk
	Publish   *publish.Desk
	Jobs      *job.Runner
	Archive   *archive.Archive
	Followers []ledger.Follower // what watches the ledger

	readOnly error
	leaving  atomic.Bool
	stop     context.CancelFunc
	running  sync.WaitGroup
}

// Open opens and migrates the house. Nothing runs by itself until Run.
func Open(ctx context.Context, o Options) (*House, error) {
	o.fill()
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, err
	}
	keys, err := vault.ReadyKeys(o.Keys, o.Rand)
	if err != nil {
		return nil, err
	}
	h := &House{Options: o, Vault: vault.New(keys, o.Rand)}
	if err := h.openLedger(ctx); err != nil {
		return nil, err
	}
	if err := h.settleIn(ctx); err != nil {
		return nil, errors.Join(err, h.Store.Close())
	}
	if err := h.furnish(ctx); err != nil {
		return nil, errors.Join(err, h.Store.Close())
	}
	return h, nil
}

func (o *Options) fill() {
	if o.Origin == "" {
		o.Origin = "tongban.local/log"
	}
	if o.Keys == "" {
		o.Keys = filepath.Join(o.Dir, "keys")
	}
	if o.Signed == "" {
		o.Signed = filepath.Join(o.Keys, "last-checkpoint")
	}
	if o.Region == "" {
		o.Region = "000000"
	}
	if o.Clock == nil {
		o.Clock = day.System
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
}

// openLedger opens store and ledger, which need each other.
func (h *House) openLedger(ctx context.Context) error {
	o := h.Options
	var err error
	if h.LogKeys, err = h.Vault.LogSigner(o.Origin); err != nil {
		return err
	}
	verifiers, err := Verifiers(append([]string{h.LogKeys.Ed25519Key, h.LogKeys.SM2Key}, h.LogKeys.Former...)...)
	if err != nil {
		return err
	}
	h.Ledger = ledger.New(ledger.Options{
		Origin: o.Origin, Signers: h.LogKeys.Signers(), Verifiers: verifiers, Keys: keyring{h.Vault},
		Outside: o.Signed, Rand: o.Rand, Log: o.Log,
		Witnesses: o.Watched.Witnesses, WitnessEvery: o.Watched.Every,
	})
	var committed func(int, time.Duration)
	if o.Metrics != nil {
		committed = o.Metrics.committed
	}
	h.Store, err = store.Open(ctx, store.Options{
		URL: o.Database, Dir: o.Dir, Home: o.Home, Confirmed: o.Confirm, Clock: o.Clock, Log: o.Log, BeforeCommit: h.Ledger.BeforeCommit, Committed: committed, NoSync: o.NoSync,
	})
	return err
}

// settleIn brings the database to the newest schema and opens the log there.
func (h *House) settleIn(ctx context.Context) error {
	if err := h.Store.Migrate(ctx); err != nil {
		return err
	}
	return h.Ledger.Attach(ctx, h.Store)
}

// Verifiers reads the public keys of a log, and those of witnesses among them.
func Verifiers(keys ...string) (note.Verifiers, error) {
	var list []note.Verifier
	for _, k := range keys {
		w, err := ledger.ParseWitnessKey(k)
		if err == nil {
			list = append(list, w)
			continue
		} else if !errors.Is(err, ledger.ErrNotWitness) {
			return nil, err
		}
		v, err := vault.Verifier(k)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return note.VerifierList(list...), nil
}

func (h *House) furnish(ctx context.Context) error {
	o := h.Options
	h.Runner = &act.Runner{Store: h.Store, Ledger: h.Ledger, Log: o.Log, Rand: o.Rand}
	if o.Metrics != nil {
		h.Runner.Seen = o.Metrics.ran
	}
	h.People = identity.New(h.Store, h.Runner, h.Vault, identity.Options{Hash: o.Hash})
	h.Runner.Rights = h.People
	var err error
	if o.Attachments != "" {
		h.Files, err = file.InBucket(ctx, h.Store, h.Vault, o.Attachments, filepath.Join(o.Dir, "uploads"))
	} else if o.Database == "" {
		h.Files, err = file.InFolder(h.Store, h.Vault, filepath.Join(o.Dir, "attachments"))
	} else {
		h.Files = file.InDatabase(h.Store, h.Vault)
	}
	if err != nil {
		return err
	}
	h.Calendars = calendar.New()
	if err := h.Calendars.Refresh(ctx, h.Store); err != nil {
		return err
	}
	h.Laws = law.New(h.Runner)
	h.Power = power.New(h.Runner, h.People)
	h.Lists = lists.New(h.Runner, h.People)
	h.Received = received.New(h.Runner, h.Vault, o.Region)
	h.Items = catalog.New()
	h.Licences = &licence.Register{Vault: h.Vault}
	h.Papers = &paper.Desk{Vault: h.Vault, Agencies: h.People, Runner: h.Runner, Sample: o.Sample}
	h.Office = &casework.Office{
		Store: h.Store, Runner: h.Runner, Vault: h.Vault, Files: h.Files, People: h.People, Power: h.Power, Items: h.Items, Licences: h.Licences,
		Papers: h.Papers, Calendar: h.Calendars.Current, Conditions: NewConditions(), Region: o.Region, Sample: o.Sample, Remedies: o.Remedies,
	}
	h.Calendars.OnImport(h.Office.Recount)
	h.Notices = &notice.Desk{Store: h.Store, Runner: h.Runner, Vault: h.Vault, Gate: o.Hooks}
	h.Checkup = &inspect.Desk{Runner: h.Runner, People: h.People, Items: h.Items, Region: o.Region}
	h.Publish = &publish.Desk{Runner: h.Runner, Lists: h.Lists, Region: o.Region, Higher: o.Higher}
	h.Changes = &change.Desk{Runner: h.Runner, Checkup: h.Checkup}
	h.Object = &object.Desk{Runner: h.Runner, People: h.People, Items: h.Items, Vault: h.Vault, Calendar: h.Calendars.Current, Region: o.Region, Adjusts: adjust.Naming}
	h.Adjust = &adjust.Desk{Runner: h.Runner, People: h.People, Lists: h.Lists, Items: h.Items, Power: h.Power, Calendar: h.Calendars.Current, Region: o.Region}
	h.Office.Successors, h.Adjust.MoveCases = h.Adjust.Successors, h.moveCases
	h.Reform = &reorganise.Desk{Runner: h.Runner, People: h.People, Power: h.Power, Lists: h.Lists, Items: h.Items, Cases: h.handOver, Region: o.Region}
	h.Followers = []ledger.Follower{h.Notices.Follower()}
	h.Jobs = job.New(h.Store, map[string]job.Handler{notice.JobKind: h.Notices.Deliver, publish.JobKind: h.Publish.Work, inspect.JobKind: h.Checkup.Work, casework.JobMoves: h.Office.WorkMoves}, job.Options{Log: o.Log})
	if err := h.Store.Read(ctx, func(tx *store.Tx) error { return h.Vault.Check(tx) }); err != nil {
		return err
	}
	h.Archive = archive.New(archive.Options{Store: h.Store, Ledger: h.Ledger, Shelf: h.Files, Erasures: h.Vault, Again: h.Office.EraseAgain, Log: o.Log})
	if err := h.protect(); err != nil {
		return err
	}
	if o.Restore {
		return nil
	}
	if err := archive.Unfinished(ctx, h.Store); err != nil {
		return err
	}
	if h.readOnly = h.Ledger.CheckOutside(ctx); h.readOnly != nil {
		h.Store.Bar(h.readOnly)
	}
	return nil
}

// ReadOnly tells why the house must not write: its database does not extend the
// last checkpoint kept outside it.
func (h *House) ReadOnly() error { return h.readOnly }

// Run starts what works by itself: numbering and signing, followers, timers and
// jobs. Close ends it.
func (h *House) Run(ctx context.Context) {
	ctx, h.stop = context.WithCancel(ctx)
	for _, f := range []func(context.Context){
		func(ctx context.Context) { h.Store.Watch(ctx, h.Ledger.Compare) },
		func(ctx context.Context) { h.Ledger.Run(ctx, "") },
		h.Ledger.RunWitnesses,
		h.Jobs.Run,
		h.settle,
		h.reorganise,
		h.backups,
		h.sweep,
		h.pointItems,
		h.indexWords,
		h.forgets,
		h.rotate,
		h.publishes,
	} {
		h.running.Go(func() { f(ctx) })
	}
	for _, f := range h.Followers {
		h.running.Go(func() { h.Ledger.Follow(ctx, f) })
	}
}

// CatchUp does at once what Run would do in its first minutes: followers see all
// that happened, jobs that are due are done, indexes and pointers at articles are
// filled. For a house in which much was written before it is opened.
func (h *House) CatchUp(ctx context.Context) error {
	for _, f := range h.Followers {
		if _, err := h.Ledger.CatchUp(ctx, f); err != nil {
			return err
		}
	}
	if _, err := h.Jobs.RunDue(ctx, h.Store.Now()); err != nil {
		return err
	}
	return errors.Join(h.itemsPointed(ctx), h.indexed(ctx))
}

const (
	settleEvery = time.Second
	settleBatch = 200
)

// settle looks for cases whose time has come. The law does not wait for it:
// every command and every page settles by itself; this only makes it punctual.
func (h *House) settle(ctx context.Context) {
	every(ctx, settleEvery, func() {
		// A calendar that another machine imported counts here too.
		if err := h.Calendars.Refresh(ctx, h.Store); err != nil && ctx.Err() == nil {
			h.Options.Log.Error("calendar not read", "err", err)
		}
		if _, err := h.Office.SettleDue(ctx, settleBatch); err != nil && ctx.Err() == nil {
			h.Options.Log.Error("cases not settled", "err", err)
		}
	})
}

// Backups say where copies are made by themselves, how often, and how many are kept.
type Backups struct {
	Dir   string
	Every time.Duration
	Keep  int
}

// backups makes a copy whenever its time has come.
func (h *House) backups(ctx context.Context) {
	b := h.Options.Backups
	if b.Dir == "" || b.Every <= 0 {
		return
	}
	every(ctx, b.Every, func() {
		if path, err := h.Archive.Backup(ctx, b.Dir, b.Keep); err != nil {
			h.Options.Log.Error("backup failed", "err", err)
		} else {
			h.Options.Log.Info("backup made", "file", filepath.Base(path))
		}
	})
}

// Restore reads an archive into this empty house, and makes again what archives
// leave out because it follows from the rest.
func (h *House) Restore(ctx context.Context, r io.ReadSeeker, erased []vault.Gone) (archive.Summary, error) {
	sum, err := h.Archive.Restore(ctx, r, erased)
	if err != nil {
		return sum, err
	}
	return sum, h.Store.Do(ctx, store.Background, func(tx *store.Tx) error { return catalog.Reindex(tx) })
}

const (
	sweepEvery = time.Hour
	indexEvery = time.Minute
)

// pointBatch is how many items are pointed at articles in one transaction.
const pointBatch = 100

// pointItems points at articles, once, the items that a program before the
// library of laws published.
func (h *House) pointItems(ctx context.Context) {
	if err := h.itemsPointed(ctx); err != nil && ctx.Err() == nil {
		h.Options.Log.Warn("items not pointed at articles", "err", err)
	}
}

func (h *House) itemsPointed(ctx context.Context) error {
	var some bool
	err := h.Store.Read(ctx, func(tx *store.Tx) (err error) {
		some, err = catalog.Unpointed(tx)
		return err
	})
	for after := int64(0); some && err == nil && h.readOnly == nil; some = after != 0 {
		err = h.Store.Do(ctx, store.Background, func(tx *store.Tx) (err error) {
			after, err = catalog.PointUnpointed(tx, after, pointBatch)
			return err
		})
	}
	return err
}

// indexWords brings into the indexes of words, and into what the library of laws
// knows of the lists, what they miss: what stood before there was one, what a
// server of the release before wrote, what was restored, large changes.
func (h *House) indexWords(ctx context.Context) {
	if h.readOnly != nil {
		return
	}
	index := func() {
		if err := h.indexed(ctx); err != nil && ctx.Err() == nil {
			h.Options.Log.Warn("words not indexed, or entries not pointed at articles", "err", err)
		}
	}
	index()
	every(ctx, indexEvery, index)
}

func (h *House) indexed(ctx context.Context) error {
	return errors.Join(h.Lists.IndexWords(ctx), h.Laws.IndexWords(ctx), h.Lists.PointEntries(ctx), h.Items.IndexKeys(ctx, h.Store))
}

// sweep clears away what nobody needs any more: sessions that are over, uploads
// whose command never came.
func (h *House) sweep(ctx context.Context) {
	every(ctx, sweepEvery, func() {
		_, err := h.Files.Sweep(ctx)
		// Another server may have imported a calendar.
		if err = errors.Join(err, h.People.DropExpired(ctx), h.Calendars.Refresh(ctx, h.Store)); err != nil && ctx.Err() == nil {
			h.Options.Log.Error("not swept", "err", err)
		}
	})
}

func every(ctx context.Context, d time.Duration, f func()) {
	tick := time.NewTicker(d)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			f()
		}
	}
}

// Close ends what runs by itself, then closes the database.
func (h *House) Close() error {
	if h.stop != nil {
		h.stop()
		h.running.Wait()
	}
	return h.Store.Close()
}
