package catalog

import (
	"bytes"
	"context"
	"crypto/sha256"
	"strconv"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// Import is the command that brings in items from files.
var Import = act.Command{Name: "item.import", Right: "item.import"}

// Ref refers to a version of an item.
type Ref struct {
	Item    int64  `json:"item"`
	Version int64  `json:"version,omitempty"`
	Code    string `json:"code"`
}

// Imported says what an import did, or would do.
type Imported struct {
	New      []Ref `json:"new,omitempty"`      // entered, in force from their day
	Proposed []Ref `json:"proposed,omitempty"` // what another person has to publish: changes, and the guides of new items
	Same     int   `json:"same,omitempty"`     // known already, word for word

	// Changed is in what the rows of a list differ from what they change, up to
	// lists.MostDifferences; of a try alone.
	Changed []Difference `json:"-"`
}

// Difference is in what a row of a list differs from the item that it changes.
type Difference struct {
	Code, Name string
	Fields     []lists.FieldChange
}

// ImportOptions say where and from when what is imported holds.
type ImportOptions struct {
	Region string  // code prefix of the area in which the items hold
	From   day.Day // for items known by name only: in force from; 0 is today
	Token  string  // idempotency key, "" for none
	Try    bool    // only tell what would be done
	Ahead  bool    // of people: a new item may not begin in the past, and its guide is published by another, unless the catalogue is empty
}

// importIn is the input of the command, by which a repetition is known.
type importIn struct {
	Digest  []byte
	Options ImportOptions
}

// ImportItems brings in items, all or nothing, as one command with an event for
// each. New codes are entered and hold from their day; a code that is known
// with other words becomes a proposal that another person has to publish; what
// is known word for word is left alone. A new item that could be applied for is
// entered by its name where Ahead is asked for, and its guide, form and flow are
// such a proposal too: what is licensed is not for one person to say (行政许可法
// 14–17). What is wrong is an Invalid error with a field for each problem.
func ImportItems(ctx context.Context, r *act.Runner, a act.Actor, o ImportOptions, drafts ...*Draft) (Imported, error) {
	in := importIn{Digest: digestOf(drafts), Options: o}
	if o.Try {
		return try(ctx, r, a, o, drafts)
	}
	return act.Run(ctx, r, a, o.Token, Import, in, func(c *act.Call, in importIn) (Imported, error) {
		if err := c.Allow(act.Scope{Region: o.Region}); err != nil {
			return Imported{}, err
		}
		return bring(c, o, drafts)
	})
}

// try says what an import would do. It runs the checks on a view of the
// register and writes nothing.
func try(ctx context.Context, r *act.Runner, a act.Actor, o ImportOptions, drafts []*Draft) (out Imported, err error) {
	err = r.Store.Read(ctx, func(tx *store.Tx) error {
		if a.Who != act.System {
			if err := r.Rights.Authorise(tx, a, Import.Right, act.Scope{Region: o.Region}); err != nil {
				return err
			}
		}
		p, err := plan(tx, o, drafts)
		if err != nil {
			return err
		}
		for _, d := range p.enter {
			out.New = append(out.New, Ref{Code: d.Code})
		}
		for _, d := range p.announce {
			out.New = append(out.New, Ref{Code: d.Code})
			out.Proposed = append(out.Proposed, Ref{Code: d.Code})
		}
		for _, x := range p.propose {
			out.Proposed = append(out.Proposed, Ref{Item: x.root.id, Code: x.root.code})
			if x.d.NameOnly() && len(out.Changed) < lists.MostDifferences {
				out.Changed = append(out.Changed, x.difference(lists.Names{}))
			}
		}
		out.Same = p.same
		return nil
	})
	return out, r.SettleFor(ctx, Import.Name, err)
}

// planned is what an import comes to.
type planned struct {
	enter    []*Draft
	announce []*Draft // entered by name, and proposed with all that they say
	propose  []change
	same     int
}

type change struct {
	root root
	d    *Draft
	was  newest
}

// difference is what a row changes, cell by cell.
func (x change) difference(names lists.Names) Difference {
	entry := func(it *Item) *lists.Entry {
		e := &lists.Entry{Code: it.Code, Name: it.Name, Content: lists.Content{Columns: listRow(it)}}
		if it.InForce.From != 0 {
			e.Content.Columns["from"] = it.InForce.From.String()
		}
		return e
	}
	was := x.was.Item
	if was.InForce.From = x.was.from; x.d.InForce.From == 0 { // it begins when it is published
		was.InForce.From = 0
	}
	return Difference{x.d.Code, x.was.Name, ListKind.Compare(entry(&was), entry(&x.d.Item), names)}
}

// plan checks the drafts against the register and against each other.
func plan(tx *store.Tx, o ImportOptions, drafts []*Draft) (p planned, err error) {
	bodies, err := agencies(tx)
	if err != nil {
		return p, err
	}
	roots, err := rootsOf(tx, drafts)
	if err != nil {
		return p, err
	}
	if o.Ahead {
		// The first items only write down what held on paper before.
		some, err := tx.Get([]any{new(int64)}, `select id from item where home = $1 limit 1`, tx.Home())
		if err != nil {
			return p, err
		}
		o.Ahead = some
	}
	var problems []Problem
	first := make(map[string]*Draft, len(drafts))
	var was map[int64]newest
	for i, d := range drafts {
		if i%newestAtOnce == 0 {
			if was, err = newestOf(tx, roots, drafts[i:min(i+newestAtOnce, len(drafts))]); err != nil {
				return p, err
			}
		}
		problems = append(problems, settleAgency(d, bodies)...)
		if at, twice := first[d.Code]; twice {
			problems = append(problems, d.problem("catalog.import.twice", "code", d.Code, "first", at.Name))
			continue
		}
		first[d.Code] = d
		differs, err := d.stand(tx, firstDay(tx, o, d))
		if err != nil {
			return p, err
		}
		problems = append(problems, differs...)
		known := roots[d.Code]
		if known == nil {
			wrong, err := p.unknown(tx, o, d)
			if err != nil {
				return p, err
			}
			problems = append(problems, wrong...)
			continue
		}
		wrong, err := p.known(tx, *known, was[known.id], d)
		if err != nil {
			return p, err
		}
		problems = append(problems, wrong...)
	}
	if o.Try {
		return p, AsError(problems)
	}
	return p, refused(problems)
}

// known plans what becomes of a draft whose code is in the register.
func (p *planned) known(tx *store.Tx, r root, was newest, d *Draft) ([]Problem, error) {
	same := bytes.Equal(was.digest, d.digest())
	if d.NameOnly() {
		if wrong, done, err := p.since(tx, r, d); done || err != nil {
			return wrong, err
		}
		if same = was.says(d); !same {
			d.stays(&was)
			same = was.says(d)
		}
	}
	switch {
	case same:
		p.same++
		return nil, nil
	case d.row.op == lists.End:
		return []Problem{d.problem("catalog.import.end", "name", was.Name)}, nil
	case d.row.op == lists.Add:
		return []Problem{d.problem("catalog.import.there", "code", d.Code)}, nil
	case d.NameOnly() && was.complete:
		return []Problem{d.problem("catalog.import.complete", "name", was.Name)}, nil
	}
	p.propose = append(p.propose, change{r, d, was})
	return proposable(tx, r, was, d)
}

// since holds an entry that was made from an older version against that version:
// who did not touch it undoes nothing that was done since, who did is told.
func (p *planned) since(tx *store.Tx, r root, d *Draft) (wrong []Problem, done bool, err error) {
	if d.row.base == 0 || d.row.base == r.newest {
		return nil, false, nil
	}
	was, found, err := r.numbered(tx, d.row.base)
	if err != nil {
		return nil, true, err
	}
	if found {
		if d.stays(&was); was.says(d) {
			p.same++
			return nil, true, nil
		}
	}
	late := d.problem("catalog.import.since", "base", d.row.base, "newest", r.newest)
	late.meanwhile = true
	return []Problem{late}, true, nil
}

// unknown plans what becomes of a draft whose code is not in the register. A row
// that wants to do something with an item that there is not is refused.
func (p *planned) unknown(tx *store.Tx, o ImportOptions, d *Draft) (wrong []Problem, err error) {
	if d.row.base != 0 || d.row.op != lists.Put && d.row.op != lists.Add {
		wrong = append(wrong, d.problem("catalog.import.not_there", "code", d.Code))
	}
	if !o.Ahead {
		p.enter = append(p.enter, d)
		return wrong, nil
	}
	from := firstDay(tx, o, d)
	if d.NameOnly() {
		p.enter = append(p.enter, d)
		if from < tx.Today() {
			wrong = append(wrong, d.problem("catalog.import.past", "name", d.Name, "day", from))
		}
		return wrong, nil
	}
	p.announce = append(p.announce, d)
	if from <= tx.Today() { // the other person needs a day, and the name is there before
		wrong = append(wrong, d.problem("catalog.import.tomorrow", "name", d.Name, "day", tx.Today()+1))
	}
	off, err := d.listed(tx, from)
	return append(wrong, off...), err
}

// AsError makes one Invalid error of problems, a field each; nil of none.
func AsError(problems []Problem) error {
	fields := make([]act.Field, len(problems))
	for i, p := range problems {
		fields[i] = act.Field{Name: "problem." + strconv.Itoa(i), Msg: p.Sentence()}
	}
	return act.WrongFields("catalog.import.problems", fields)
}

// bring writes what the plan says.
func bring(c *act.Call, o ImportOptions, drafts []*Draft) (out Imported, err error) {
	p, err := plan(c.Tx, o, drafts)
	if act.KindOf(err) == act.Conflict { // somebody was first, perhaps between two readings: a second tells all that they did
		p, err = plan(c.Tx, o, drafts)
	}
	if err == nil {
		err = p.hold(c.Tx)
	}
	if err != nil {
		return out, err
	}
	out.Same = p.same
	for i, d := range p.enter {
		if i%entersAtOnce == entersAtOnce-1 { // those of a province are not all held
			if err := c.Tx.Flush(); err != nil {
				return out, err
			}
		}
		ref, err := create(c, newRow{d: d, region: o.Region, span: d.span(c, o)})
		if err != nil {
			return out, err
		}
		out.New = append(out.New, ref)
	}
	for _, d := range p.announce {
		ref, id, err := announce(c, o, d)
		if err != nil {
			return out, err
		}
		out.New = append(out.New, ref)
		out.Proposed = append(out.Proposed, Ref{Item: ref.Item, Version: id, Code: ref.Code})
	}
	for _, x := range p.propose {
		id, err := x.root.propose(c, proposal{kind: Publishing, region: o.Region, from: x.d.InForce.From, d: x.d})
		if err != nil {
			return out, err
		}
		out.Proposed = append(out.Proposed, Ref{Item: x.root.id, Version: id, Code: x.root.code})
	}
	if len(p.enter)+len(p.announce) > 0 {
		bump(c.Tx)
	}
	return out, counted(c.Tx, len(p.enter))
}

// announce enters a new item by its name from today on, and proposes what else it
// says for its own day.
func announce(c *act.Call, o ImportOptions, d *Draft) (Ref, int64, error) {
	name := &Draft{Item: Item{Format: Format, Name: d.Name, Code: d.Code, Type: d.Type, Agency: d.Agency, Aliases: d.Aliases, SourceCode: d.SourceCode}}
	name.write()
	r, ref, err := enter(c, newRow{d: name, region: o.Region, span: day.Span{From: c.Today()}})
	if err != nil {
		return ref, 0, err
	}
	id, err := r.propose(c, proposal{kind: Publishing, region: o.Region, from: firstDay(c.Tx, o, d), d: d})
	return ref, id, err
}

// entersAtOnce is how many new items are held before their rows are sent.
const entersAtOnce = 1000

// counted lets PostgreSQL count again after many new items: what is common and
// what is rare decides how it searches.
func counted(tx *store.Tx, entered int) error {
	if entered < 200 || tx.Engine() != store.Postgres {
		return nil
	}
	for _, table := range []string{"item_gram", "item_search", "item_key"} {
		if _, err := tx.Exec(`analyze ` + table); err != nil {
			return err
		}
	}
	return nil
}

// span is when a new item holds: as it says itself, or from the import's day.
func (d *Draft) span(c *act.Call, o ImportOptions) day.Span {
	return day.Span{From: firstDay(c.Tx, o, d), Until: d.InForce.Until}
}

func firstDay(tx *store.Tx, o ImportOptions, d *Draft) day.Day {
	for _, on := range []day.Day{d.InForce.From, o.From} {
		if on != 0 {
			return on
		}
	}
	return tx.Today()
}

// proposable tells what stands in the way of a change of a known item.
func proposable(tx *store.Tx, r root, was newest, d *Draft) ([]Problem, error) {
	var wrong []Problem
	switch from := d.InForce.From; {
	case from == 0 && d.NameOnly(): // holds from the day of its publication
	case from <= was.from:
		wrong = append(wrong, d.problem("catalog.order", "name", d.Name, "day", was.from))
	case from < tx.Today():
		wrong = append(wrong, d.problem("catalog.proposal.past", "name", d.Name, "day", from))
	}
	var open int
	_, err := tx.Get([]any{&open}, `select count(*) from item_proposal where home = $1 and item = $2 and state = $3`, tx.Home(), r.id, Open)
	if open > 0 {
		waits := d.problem("catalog.proposal.open", "name", d.Name)
		waits.meanwhile = true
		wrong = append(wrong, waits)
	}
	return wrong, err
}

// problem is a problem with the draft as a whole, at the row or file it came from.
func (d *Draft) problem(key string, pairs ...any) Problem {
	p := d.row.at
	if p.File == "" {
		p.File = d.Name
	}
	p.Msg = wording.M(key, pairs...)
	return p
}

// fewDrafts is up to how many items are looked up one by one; for more, all are read.
const fewDrafts = 200

// rootsOf are the roots of the drafts' items that the register has, by code.
func rootsOf(tx *store.Tx, drafts []*Draft) (map[string]*root, error) {
	roots := map[string]*root{}
	one := func(r store.Row) error {
		x, err := scanRoot(r)
		roots[x.code] = &x
		return err
	}
	const sql = `select ` + rootColumns + ` from item where home = $1`
	if len(drafts) > fewDrafts {
		return roots, tx.Each(one, sql, tx.Home())
	}
	for _, d := range drafts {
		if err := tx.Each(one, sql+` and code = $2`, tx.Home(), d.Code); err != nil {
			return nil, err
		}
	}
	return roots, nil
}

// agencies maps keys, names and short names of the agencies to their keys.
func agencies(tx *store.Tx) (map[string]string, error) {
	all := map[string]string{}
	err := tx.Each(func(r store.Row) error {
		var key, name, english, short string
		err := r.Scan(&key, &name, &english, &short)
		for _, n := range []string{english, name, short, key} {
			if n != "" {
				all[fold(n, true)] = key
			}
		}
		return err
	}, `select key, name, name_en, short from agency where home = $1 order by case until_day when 0 then 1 else 0 end, key, from_day`, tx.Home()) // a name of today counts most
	return all, err
}

// settleAgency turns the agency of a list's row into its key, and asks that all
// agencies of a written item are known.
func settleAgency(d *Draft, bodies map[string]string) []Problem {
	var wrong []Problem
	unknown := func(name string) {
		p := d.problem("catalog.import.agency", "got", name)
		if d.NameOnly() {
			p.Column = d.row.agency
		}
		wrong = append(wrong, p)
	}
	key, ok := bodies[fold(d.Agency, true)]
	switch {
	case !ok:
		unknown(d.Agency)
	case key != d.Agency:
		d.Agency = key
		d.write()
	}
	for _, a := range d.Roles {
		if _, ok := bodies[a]; !ok {
			unknown(a)
		}
	}
	return wrong
}

func digestOf(drafts []*Draft) []byte {
	h := sha256.New()
	for _, d := range drafts {
		_, _ = h.Write(d.digest())
	}
	return h.Sum(nil)
}
