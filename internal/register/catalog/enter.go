package catalog

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/gram"
)

// root is the root row of an item inside a command: its lock and the head of
// its stream.
type root struct {
	id     int64
	code   string
	newest int
	chain  ledger.Chain
}

// stream is the ledger stream of an item.
func stream(item int64) string { return fmt.Sprintf("item/%d", item) }

const rootColumns = `id, code, newest, version, leaf`

func scanRoot(r store.Row) (x root, err error) {
	err = r.Scan(&x.id, &x.code, &x.newest, &x.chain.Version, &x.chain.Leaf)
	return x, err
}

// lockItem takes the item for this command.
func lockItem(tx *store.Tx, item int64) (root, error) {
	r, found, err := store.Held(tx, scanRoot, `select `+rootColumns+` from item where home = $1 and id = $2`, tx.Home(), item)
	if err == nil && !found {
		err = act.Missing("catalog.thing.item")
	}
	return r, err
}

// note writes an event at the end of the item's stream.
func (r *root) note(c *act.Call, e ledger.Event) error {
	e.Stream = stream(r.id)
	chain, _, err := c.Append(r.chain, nil, e)
	r.chain = chain
	return err
}

// save writes the root row back.
func (r *root) save(tx *store.Tx) {
	tx.Put(`update item set newest = $3, version = $4, leaf = $5 where home = $1 and id = $2`, tx.Home(), r.id, r.newest, r.chain.Version, r.chain.Leaf)
}

// newRow is a version about to be written.
type newRow struct {
	d        *Draft
	region   string
	span     day.Span
	proposed int64 // who wrote it, when another published it
	handed   bool  // the version in force in other hands: nothing that it asks for is new
}

// stand holds the version against the base catalogue of its first day.
func (n newRow) stand(tx *store.Tx) error {
	wrong, err := n.d.stand(tx, n.span.From)
	if err == nil && !n.handed {
		var off []Problem
		off, err = n.d.listed(tx, n.span.From)
		wrong = append(wrong, off...)
	}
	if err != nil {
		return err
	}
	return AsError(wrong)
}

// create puts a new item with its first version and its event. The code is the
// item's for ever: a second command with the same code ends in a conflict.
func create(c *act.Call, n newRow) (Ref, error) {
	_, ref, err := enter(c, n)
	return ref, err
}

func enter(c *act.Call, n newRow) (root, Ref, error) {
	tx := c.Tx
	if err := n.stand(tx); err != nil {
		return root{}, Ref{}, err
	}
	r := root{id: tx.NewID(), code: n.d.Code, newest: 1}
	v := tx.NewID()
	if err := r.note(c, publishedEvent("item.entered", r, v, n)); err != nil {
		return r, Ref{}, err
	}
	tx.PutOne(act.Changed("catalog.thing.item"), `insert into item(home, id, code, newest, created, version, leaf)
		values($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`, tx.Home(), r.id, r.code, r.newest, tx.Now(), r.chain.Version, r.chain.Leaf)
	putVersion(c, r, v, n)
	return r, Ref{Item: r.id, Version: v, Code: r.code}, r.point(tx, n)
}

// publish puts a further version: the one in force ends where it begins.
func (r *root) publish(c *act.Call, n newRow) (Ref, error) {
	tx := c.Tx
	var last day.Day
	if _, err := tx.Get([]any{&last}, `select from_day from item_version where home = $1 and item = $2 and n = $3`, tx.Home(), r.id, r.newest); err != nil {
		return Ref{}, err
	}
	if n.span.From <= last {
		return Ref{}, act.Wrong("catalog.order", "name", n.d.Name, "day", last)
	}
	if err := n.stand(tx); err != nil {
		return Ref{}, err
	}
	r.newest++
	v := tx.NewID()
	if err := r.note(c, publishedEvent("item.published", *r, v, n)); err != nil {
		return Ref{}, err
	}
	endAt(tx, r.id, n.span.From)
	r.save(tx)
	putVersion(c, *r, v, n)
	return Ref{Item: r.id, Version: v, Code: r.code}, r.point(tx, n)
}

// endAt ends what is in force on a day on that day.
func endAt(tx *store.Tx, item int64, on day.Day) {
	tx.Put(`update item_version set until_day = $3 where home = $1 and item = $2 and (until_day = 0 or until_day > $3)`, tx.Home(), item, on)
	tx.Put(`update item_search set until_day = $3 where home = $1 and version in (select v.id from item_version v where v.home = $1 and v.item = $2)
		and (until_day = 0 or until_day > $3)`, tx.Home(), item, on)
}

func publishedEvent(kind string, r root, version int64, n newRow) ledger.Event {
	facts := map[string]any{
		"code": n.d.Code, "name": n.d.Name, "agency": n.d.Agency, "n": r.newest, "version": version,
		"from": n.span.From.String(), "complete": !n.d.NameOnly(), "digest": hex.EncodeToString(n.d.digest()),
	}
	if n.span.Until != 0 {
		facts["until"] = n.span.Until.String()
	}
	if n.proposed != 0 {
		facts["proposed_by"] = n.proposed
	}
	return ledger.Event{Kind: kind, Day: n.span.From, Item: version, Facts: facts}
}

func putVersion(c *act.Call, r root, id int64, n newRow) {
	tx, d := c.Tx, n.d
	tx.Put(`insert into item_version(home, id, item, n, from_day, until_day, region, agency, complete, written, flow, form, digest,
		published, published_by, proposed_by) values($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		tx.Home(), id, r.id, r.newest, n.span.From, n.span.Until, n.region, d.Agency, !d.NameOnly(), d.ItemYAML, some(d.FlowXML), some(d.FormJSON),
		d.digest(), tx.Now(), c.Actor.Person, n.proposed)
	putSearch(tx, id, r.id, &d.Item, n.span, !d.NameOnly())
	it := d.Checkup(n.region)
	putKeys(tx, id, &it)
}

// some is b, or empty bytes in place of none.
func some(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// putSearch puts what a search needs of a version.
func putSearch(tx *store.Tx, version, item int64, it *Item, span day.Span, complete bool) {
	tx.Put(`insert into item_search(home, version, item, code, name, name_key, name_text, alias_text, aliases, type, agency, applicants,
		online, complete, from_day, until_day) values($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		tx.Home(), version, item, it.Code, it.Name, fold(it.Name, false), lined(forms(it.Name)), aliasText(it.Aliases),
		strings.Join(it.Aliases, "\n"), it.Type, it.Agency, strings.Join(it.Applicants, " "),
		complete && hasOnline(it), complete, span.From, span.Until)
	tokens := tokensOf(it, complete)
	if tx.Engine() == store.SQLite {
		tx.Put(`insert into item_gram(rowid, tokens) values($1, $2)`, version, strings.Join(tokens, " "))
		return
	}
	tx.Put(`insert into item_gram(home, version, tokens) values($1, $2, $3)`, tx.Home(), version, gram.Set(tokens))
}

func hasOnline(it *Item) bool { return slices.Contains(it.Channels, "online") }

// lined puts each text on a line of its own, so that beginnings and ends can be
// looked for.
func lined(texts []string) string { return "\n" + strings.Join(texts, "\n") + "\n" }

func aliasText(aliases []string) string {
	var all []string
	for _, a := range aliases {
		all = append(all, forms(a)...)
	}
	if len(all) == 0 {
		return ""
	}
	return lined(all)
}

// newest is the newest version of an item as a change looks at it.
type newest struct {
	Item
	from     day.Day
	complete bool
	digest   []byte
}

func (r *root) newestVersion(tx *store.Tx) (newest, error) {
	v, _, err := r.numbered(tx, r.newest)
	return v, err
}

// numbered reads a version by its number.
func (r *root) numbered(tx *store.Tx, n int) (v newest, found bool, err error) {
	var written []byte
	if found, err = tx.Get([]any{&v.from, &v.complete, &v.digest, &written}, `select from_day, complete, digest, written
		from item_version where home = $1 and item = $2 and n = $3`, tx.Home(), r.id, n); err != nil || !found {
		return v, found, err
	}
	return v, true, yaml.Unmarshal(written, &v.Item)
}

// newestAtOnce is of how many items the newest versions are read together.
const newestAtOnce = 200

// newestOf reads the newest versions of the items that drafts have the codes of, by item.
func newestOf(tx *store.Tx, roots map[string]*root, drafts []*Draft) (map[int64]newest, error) {
	args, in := []any{tx.Home()}, []string{}
	for _, d := range drafts {
		if r := roots[d.Code]; r != nil {
			args = append(args, r.id)
			in = append(in, "$"+strconv.Itoa(len(args)))
		}
	}
	all := map[int64]newest{}
	if len(in) == 0 {
		return all, nil
	}
	return all, tx.Each(func(row store.Row) error {
		var id int64
		var v newest
		var written []byte
		if err := row.Scan(&id, &v.from, &v.complete, &v.digest, &written); err != nil {
			return err
		}
		err := yaml.Unmarshal(written, &v.Item)
		all[id] = v
		return err
	}, `select i.id, v.from_day, v.complete, v.digest, v.written from item i join item_version v on v.home = i.home and v.item = i.id and v.n = i.newest
		where i.home = $1 and i.id in (`+strings.Join(in, ", ")+`)`, args...)
}
