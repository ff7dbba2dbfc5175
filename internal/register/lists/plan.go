package lists

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// root is an entry through all its versions.
type root struct {
	id      int64
	code    string
	newest  int
	version int64
	from    day.Day
	ended   bool
	agency  string
	region  string
	digest  []byte
}

// step is what becomes of one entry.
type step struct {
	op     Op
	root   *root // nil for a code that was never on the list
	code   string
	agency string
	region string
	after  Content
	text   string // of after, canonical
	digest []byte
	before *Entry // where it was read
}

// planned is what a batch comes to.
type planned struct {
	k        *Kind
	b        Batch
	names    Names
	last     numbers
	steps    []step
	same     int
	problems Problems
	scopes   []act.Scope
}

// numbers are those of the newest change.
type numbers struct {
	seq     int64
	edition int
}

// Preview says what a batch would do, and everything that is wrong with it. It
// asks for the same right as the change and writes nothing.
func (r *Register) Preview(ctx context.Context, a act.Actor, b Batch) (out Plan, err error) {
	err = r.runner.Store.Read(ctx, func(tx *store.Tx) error {
		p, err := r.plan(tx, b)
		if err != nil {
			return err
		}
		if a.Who != act.System {
			for _, s := range p.scopes {
				if err := r.runner.Rights.Authorise(tx, a, p.k.Right, s); err != nil {
					return err
				}
			}
		}
		out, err = p.told(tx)
		return err
	})
	return out, r.runner.SettleFor(ctx, CommandChange.Name, err)
}

// told is the plan for those who asked for it.
func (p *planned) told(tx *store.Tx) (Plan, error) {
	out := Plan{Done: p.done(), From: p.b.From, Problems: p.problems}
	for i := range p.steps[:min(len(p.steps), MostDifferences)] {
		d, err := p.difference(tx, &p.steps[i])
		if err != nil {
			return out, err
		}
		out.Differences = append(out.Differences, d)
	}
	return out, nil
}

// done counts the steps; without any there is no change.
func (p *planned) done() Done {
	d := Done{Same: p.same}
	for _, s := range p.steps {
		switch s.op {
		case Add:
			d.Added++
		case Edit:
			d.Edited++
		default:
			d.Ended++
		}
	}
	if len(p.steps) > 0 {
		d.Seq, d.Edition = p.last.seq+1, p.last.edition+1
	}
	return d
}

// plan checks a batch against the list and against itself.
func (r *Register) plan(tx *store.Tx, b Batch) (*planned, error) {
	k, err := KindOf(b.List)
	if err != nil {
		return nil, err
	}
	p := &planned{k: k, b: b, problems: slices.Clone(b.Problems)}
	if p.b.From == 0 {
		p.b.From = tx.Today()
	}
	if p.last, err = newest(tx, b.List); err != nil {
		return nil, err
	}
	if p.names, err = r.Names(tx, max(p.b.From, tx.Today())); err != nil {
		return nil, err
	}
	p.head(tx.Today())
	roots, err := rootsFor(tx, b)
	if err != nil {
		return nil, err
	}
	first := map[string]line{}
	for i := range p.b.Changes {
		if err := p.change(tx, &p.b.Changes[i], roots, first); err != nil {
			return nil, err
		}
	}
	if b.Whole && len(p.problems) == 0 {
		p.rest(roots, first)
	}
	return p, nil
}

const (
	mostDocument = 100
	mostReason   = 1000
)

// head checks what the batch says of itself.
func (p *planned) head(today day.Day) {
	b := &p.b
	b.Document, b.Reason = tidy(b.Document), tidy(b.Reason)
	add := func(key string, pairs ...any) {
		p.problems = append(p.problems, Problem{Msg: wording.M(key, pairs...)})
	}
	if n := len([]rune(b.Document)); n == 0 || n > mostDocument {
		add("lists.batch.document", "max", mostDocument)
	}
	if n := len([]rune(b.Reason)); n == 0 || n > mostReason {
		add("lists.batch.reason", "max", mostReason)
	}
	if len(b.Changes) == 0 && !b.Whole && len(b.Problems) == 0 {
		add("lists.batch.nothing")
	}
	// The first edition of a list only writes down what held on paper before.
	if b.From < today && !p.k.Past && p.last.edition > 0 {
		add("lists.batch.past", "day", b.From, "today", today)
	}
}

// change plans what becomes of one entry.
func (p *planned) change(tx *store.Tx, ch *Change, roots map[string]*root, first map[string]line) error {
	x := &checker{k: p.k, b: &p.b, ch: ch, names: p.names}
	defer func() { p.problems = append(p.problems, x.problems...) }()
	code, ok := x.codeOf()
	if !ok {
		return nil
	}
	x.code = code
	if at, twice := first[code]; twice {
		x.wrong("", ch.at.line, "code", wording.M("lists.change.twice", "code", code, "first", at.n))
		return nil
	}
	first[code] = ch.at.line
	s := step{op: ch.Op, root: roots[code], code: code}
	if s.root != nil && !s.root.ended {
		p.scope(s.root.agency, s.root.region)
	} else {
		p.meant(ch)
	}
	if !x.settleOp(&s, p.b.From) {
		return nil
	}
	if s.op == End {
		s.agency, s.region = s.root.agency, s.root.region
		p.foreign(x, s.agency)
		p.steps = append(p.steps, s)
		return nil
	}
	return p.write(tx, x, s)
}

// write plans an entry that is added or edited.
func (p *planned) write(tx *store.Tx, x *checker, s step) error {
	var before *Content
	if s.op == Edit && (x.ch.at.partial || len(x.ch.Content.Tables) < len(p.k.Tables)) {
		if err := p.read(tx, &s); err != nil {
			return err
		}
		before = &s.before.Content
	}
	s.after = x.content(before)
	if len(x.problems) > 0 {
		return nil
	}
	s.agency, s.region = s.after.Columns.Text("agency"), s.after.Columns.Text("region")
	if s.region == "" {
		s.region = p.names.seat[s.agency]
	}
	if s.region == "" {
		s.region = p.b.Region
	}
	if s.region == "" && s.root != nil {
		s.region = s.root.region
	}
	if s.region == "" {
		x.wrong("", x.ch.at.line, "", wording.M("lists.change.nowhere"))
	}
	if p.foreign(x, s.agency); len(x.problems) > 0 {
		return nil
	}
	var err error
	if s.text, s.digest, err = s.after.canonical(); err != nil {
		return err
	}
	if s.op == Edit && bytes.Equal(s.digest, s.root.digest) {
		p.same++
		return nil
	}
	if done, err := p.untouched(tx, x, &s); done || err != nil {
		return err
	}
	p.scope(s.agency, s.region)
	p.steps = append(p.steps, s)
	return nil
}

// untouched compares an entry that was made from an older version with that
// version: whoever did not touch it does not undo what somebody else did since;
// whoever did is told.
func (p *planned) untouched(tx *store.Tx, x *checker, s *step) (bool, error) {
	base := x.ch.Base
	if base == 0 || s.root != nil && base == s.root.newest {
		return false, nil
	}
	if s.root != nil {
		var was []byte
		if _, err := tx.Get([]any{&was}, `select digest from list_version where home = $1 and entry = $2 and n = $3`, tx.Home(), s.root.id, base); err != nil {
			return false, err
		}
		if bytes.Equal(was, s.digest) {
			p.same++
			return true, nil
		}
	}
	x.conflict(base, s.root)
	return true, nil
}

func (x *checker) conflict(base int, at *root) {
	newest := 0
	if at != nil {
		newest = at.newest
	}
	x.wrong("", x.ch.at.line, "", wording.M("lists.change.conflict", "base", base, "newest", newest))
	x.problems[len(x.problems)-1].Conflict = true
}

// foreign refuses an entry of another agency than the batch is for.
func (p *planned) foreign(x *checker, agency string) {
	if p.b.Agency != "" && agency != p.b.Agency {
		x.wrong("", x.ch.at.line, "", wording.M("lists.change.foreign", "agency", p.names.Agency(p.b.Agency)))
	}
}

// codeOf is the code of the entry that a change is about.
func (x *checker) codeOf() (string, bool) {
	c := x.k.Column("code")
	given, there := x.ch.Content.Columns["code"]
	if !there {
		given = x.ch.Code
	}
	v, msg := c.settle(given, x.names)
	code, _ := v.(string)
	switch {
	case !msg.IsZero():
		x.code = short(strings.TrimSpace(x.ch.Code))
		x.wrong("", x.ch.at.line, "code", msg)
	case code == "":
		x.wrong("", x.ch.at.line, "code", wording.M("lists.value.required"))
	case x.ch.Code != "" && there && x.ch.Code != code:
		x.code = x.ch.Code
		x.wrong("", x.ch.at.line, "code", wording.M("lists.change.code"))
	default:
		return code, true
	}
	return "", false
}

// settleOp decides what a Put is and refuses what cannot be done with the entry
// as it stands.
func (x *checker) settleOp(s *step, from day.Day) bool {
	live := s.root != nil && !s.root.ended
	at := x.ch.at.line
	switch {
	case s.op == Put && live:
		s.op = Edit
	case s.op == Put:
		s.op = Add
	case s.op == Add && live:
		x.wrong("", at, "code", wording.M("lists.change.there", "code", s.code))
		return false
	case (s.op == Edit || s.op == End) && !live:
		x.wrong("", at, "code", wording.M("lists.change.not_there", "code", s.code))
		return false
	case s.op != Add && s.op != Edit && s.op != End:
		x.wrong("", at, "", wording.M("lists.change.op", "got", short(string(s.op))))
		return false
	}
	if s.op == End && x.ch.Base != 0 && x.ch.Base != s.root.newest {
		x.conflict(x.ch.Base, s.root)
		return false
	}
	if s.root != nil && from < s.root.from {
		x.wrong("", at, "", wording.M("lists.change.order", "day", s.root.from))
		return false
	}
	return true
}

// rest ends what a batch that is the whole list does not have.
func (p *planned) rest(roots map[string]*root, seen map[string]line) {
	var gone []*root
	for code, r := range roots {
		if _, there := seen[code]; !there && !r.ended && (p.b.Agency == "" || r.agency == p.b.Agency) {
			gone = append(gone, r)
		}
	}
	slices.SortFunc(gone, func(a, b *root) int { return strings.Compare(a.code, b.code) })
	for _, r := range gone {
		if p.b.From < r.from {
			p.problems = append(p.problems, Problem{Code: r.code, Msg: wording.M("lists.change.order", "day", r.from)})
			continue
		}
		p.scope(r.agency, r.region)
		p.steps = append(p.steps, step{op: End, root: r, code: r.code, agency: r.agency, region: r.region})
	}
}

// meant notes the right that a new entry asks for, also where something else is
// wrong with it: whoever may not change the list is not taught how to.
func (p *planned) meant(ch *Change) {
	var is [2]string
	for i, key := range []string{"agency", "region"} {
		if c := p.k.Column(key); c != nil {
			v, _ := c.settle(ch.Content.Columns[key], p.names)
			is[i], _ = v.(string)
		}
	}
	switch {
	case is[1] != "":
	case is[0] != "":
		is[1] = p.names.seat[is[0]]
	default:
		is[1] = p.b.Region
	}
	if is[1] != "" {
		p.scope(is[0], is[1])
	}
}

// scope notes in whose matter the right has to be asked.
func (p *planned) scope(agency, region string) {
	same := func(s act.Scope) bool { return s.Agency == agency && s.Region == region }
	if !slices.ContainsFunc(p.scopes, same) {
		p.scopes = append(p.scopes, act.Scope{Agency: agency, Region: region})
	}
}

// read reads what an entry says now.
func (p *planned) read(tx *store.Tx, s *step) error {
	if s.before != nil || s.root == nil {
		return nil
	}
	e, _, err := store.Find(tx, scan(p.k, false), entryColumns+`, v.content from list_version v where v.home = $1 and v.id = $2`, tx.Home(), s.root.version)
	s.before = &e
	return err
}

// fewCodes is up to how many entries are read one by one; for more, the list is.
const fewCodes = 40

// rootsFor reads the entries that a batch may be about.
func rootsFor(tx *store.Tx, b Batch) (map[string]*root, error) {
	const sql = `select id, code, newest, version, from_day, ended, agency, region, digest from list_entry where home = $1 and list = $2`
	roots := map[string]*root{}
	one := func(r store.Row) error {
		e := &root{}
		err := r.Scan(&e.id, &e.code, &e.newest, &e.version, &e.from, &e.ended, &e.agency, &e.region, &e.digest)
		roots[e.code] = e
		return err
	}
	if b.Whole || len(b.Changes) > fewCodes {
		return roots, tx.Each(one, sql, tx.Home(), b.List)
	}
	k, err := KindOf(b.List)
	if err != nil {
		return nil, err
	}
	for i := range b.Changes {
		x := &checker{k: k, b: &b, ch: &b.Changes[i]}
		code, ok := x.codeOf()
		if !ok {
			continue
		}
		if err := tx.Each(one, sql+` and code = $3`, tx.Home(), b.List, code); err != nil {
			return nil, err
		}
	}
	return roots, nil
}

// newest is where the numbering of changes stands.
func newest(tx *store.Tx, list string) (n numbers, err error) {
	if n.seq, err = Head(tx); err == nil {
		_, err = tx.Get([]any{&n.edition}, `select coalesce(max(edition), 0) from list_change where home = $1 and list = $2`, tx.Home(), list)
	}
	return n, err
}
