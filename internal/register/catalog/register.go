package catalog

import (
	"errors"
	"fmt"
	"sync"

	"github.com/goccy/go-yaml"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/flow"
	"tongban/internal/rules/form"
	"tongban/internal/rules/wording"
)

// Catalog answers what holds for an item on a day. Versions are read once and
// shared; it is safe for concurrent use.
type Catalog struct {
	mu      sync.Mutex
	now     *remembered
	written map[int64]*Version // by version, without span: never changes
}

// remembered is what was read under one epoch. A reader keeps to the one that
// belongs to its own view of the database, so that a slow reader never leaves
// old facts among new ones.
type remembered struct {
	epoch int64

	mu    sync.Mutex
	items map[int64][]*Version // by item, oldest first
	byID  map[int64]*Version
}

// versionsKept bounds the versions remembered with flow and form.
const versionsKept = 5000

// New makes a catalogue that has read nothing yet.
func New() *Catalog { return &Catalog{written: map[int64]*Version{}} }

// InForce returns the version of an item that holds on a day: what an
// application of that day is made for, without the fees and the services of
// intermediaries that are not on their lists then. A refusal says from when or until when
// the item holds; a NotFound error that there is no such item.
func (c *Catalog) InForce(tx *store.Tx, item int64, on day.Day) (*Version, error) {
	all, err := c.Versions(tx, item)
	if err != nil {
		return nil, err
	}
	for _, v := range all {
		if v.Span.Holds(on) {
			return v.asListed(tx, on)
		}
	}
	return nil, notInForce(all, on)
}

// Numbered returns a version of an item by its number, with what the lists let it
// ask for on the last day on which it held, or today; of one that has yet to begin,
// on its first day.
func (c *Catalog) Numbered(tx *store.Tx, item int64, n int) (*Version, error) {
	all, err := c.Versions(tx, item)
	if err != nil {
		return nil, err
	}
	if n < 1 || n > len(all) {
		return nil, act.Missing("catalog.thing.version")
	}
	v := all[n-1]
	on := max(tx.Today(), v.Span.From)
	if v.Span.Until != 0 {
		on = min(on, v.Span.Until-1)
	}
	return v.asListed(tx, on)
}

// notInForce says in words when the item holds.
func notInForce(all []*Version, on day.Day) error {
	last := all[len(all)-1]
	for _, v := range all {
		if v.Span.From > on && (v.Span.Until == 0 || v.Span.Until > v.Span.From) {
			return act.Refuse("catalog.not_yet", "name", v.Name, "day", v.Span.From).Then("catalog.not_yet.next", "day", v.Span.From)
		}
	}
	return act.Refuse("catalog.no_longer", "name", last.Name, "day", last.Span.Until).Then("catalog.no_longer.next")
}

// ByID returns one version, in force or not: what a running case pinned.
func (c *Catalog) ByID(tx *store.Tx, version int64) (*Version, error) {
	r, err := c.remembered(tx)
	if err != nil {
		return nil, err
	}
	if v := r.version(version); v != nil {
		return v, nil
	}
	var item int64
	found, err := tx.Get([]any{&item}, `select item from item_version where home = $1 and id = $2`, tx.Home(), version)
	if err == nil && !found {
		err = act.Missing("catalog.thing.item")
	}
	if err != nil {
		return nil, err
	}
	if _, err := c.Versions(tx, item); err != nil {
		return nil, err
	}
	if v := r.version(version); v != nil {
		return v, nil
	}
	return nil, act.Missing("catalog.thing.item")
}

// Pinned returns the version that a running case pinned. What was written in it
// never changes, so that one that was read before costs no statement; its Span
// is not filled.
func (c *Catalog) Pinned(tx *store.Tx, version int64) (*Version, error) {
	c.mu.Lock()
	v := c.written[version]
	c.mu.Unlock()
	if v != nil {
		return v, nil
	}
	return c.ByID(tx, version)
}

// ByCode returns the item with this code, through all its versions.
func (c *Catalog) ByCode(tx *store.Tx, code string) (item int64, err error) {
	found, err := tx.Get([]any{&item}, `select id from item where home = $1 and code = $2`, tx.Home(), code)
	if err == nil && !found {
		err = act.Missing("catalog.thing.item")
	}
	return item, err
}

// Versions returns every version of an item, oldest first.
func (c *Catalog) Versions(tx *store.Tx, item int64) ([]*Version, error) {
	r, err := c.remembered(tx)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	all := r.items[item]
	r.mu.Unlock()
	if all != nil {
		return all, nil
	}
	if all, err = c.readVersions(tx, item); err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, act.Missing("catalog.thing.item")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.byID) > versionsKept {
		r.items, r.byID = map[int64][]*Version{}, map[int64]*Version{}
	}
	r.items[item] = all
	for _, v := range all {
		r.byID[v.ID] = v
	}
	return all, nil
}

func (r *remembered) version(id int64) *Version {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.byID[id]
}

// remembered returns what belongs to the epoch that this transaction sees.
func (c *Catalog) remembered(tx *store.Tx) (*remembered, error) {
	epoch, err := Epoch(tx)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.now == nil || c.now.epoch != epoch {
		c.now = &remembered{epoch: epoch, items: map[int64][]*Version{}, byID: map[int64]*Version{}}
	}
	return c.now, nil
}

// Epoch is the value that stands for the present state of all items; it changes
// with each version.
func Epoch(tx *store.Tx) (int64, error) {
	return store.Once(tx, epochKey{}, func() (n int64, err error) {
		_, err = tx.Get([]any{&n}, `select n from catalog_epoch where home = $1`, tx.Home())
		return n, err
	})
}

// bump puts a new epoch into the command's batch. The value is an id, which no
// other command gets, not even after a rollback.
func bump(tx *store.Tx) {
	epoch := tx.NewID()
	carryMark(tx, epoch)
	tx.Put(`insert into catalog_epoch(home, n) values($1, $2) on conflict (home) do update set n = excluded.n`, tx.Home(), epoch)
	tx.Forget(epochKey{})
}

// epochKey is what the epoch is remembered under in a transaction.
type epochKey struct{}

type versionRow struct {
	Version
	written, flow, form []byte
}

func scanVersion(row store.Row) (r versionRow, err error) {
	err = row.Scan(&r.ID, &r.Of, &r.N, &r.Span.From, &r.Span.Until, &r.Region, &r.written, &r.flow, &r.form)
	return r, err
}

func (c *Catalog) readVersions(tx *store.Tx, item int64) ([]*Version, error) {
	rows, err := store.All(tx, scanVersion, `select id, item, n, from_day, until_day, region, written, flow, form
		from item_version where home = $1 and item = $2 order by n`, tx.Home(), item)
	if err != nil {
		return nil, err
	}
	all := make([]*Version, len(rows))
	for i, r := range rows {
		w, err := c.read(r)
		if err != nil {
			return nil, fmt.Errorf("item %d version %d: %w", item, r.N, err)
		}
		v := *w
		v.Span = r.Span
		all[i] = &v
	}
	return all, nil
}

// read gives the written content of a version, from memory where it was read before.
func (c *Catalog) read(r versionRow) (*Version, error) {
	c.mu.Lock()
	v := c.written[r.ID]
	c.mu.Unlock()
	if v != nil {
		return v, nil
	}
	v = &Version{ID: r.ID, Of: r.Of, N: r.N, Region: r.Region, itemYAML: r.written, FlowXML: r.flow, formJSON: r.form}
	if err := yaml.Unmarshal(r.written, &v.Written); err != nil {
		return nil, err
	}
	if err := v.parse(); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.written) > versionsKept {
		c.written = map[int64]*Version{}
	}
	c.written[r.ID] = v
	return v, nil
}

// parse reads flow and form of a complete version. They were found in order
// when they were published; a program that can no longer read them says so.
func (v *Version) parse() error {
	if len(v.FlowXML) == 0 {
		return nil
	}
	def, err := flow.Parse(v.FlowXML)
	if err != nil {
		return err
	}
	f, wrong := form.Parse(v.formJSON)
	if len(wrong) > 0 {
		return errors.New(wrong[0].Path + ": " + wrong[0].Message.In(wording.EN))
	}
	v.Flow, v.Form = def, f
	return nil
}
