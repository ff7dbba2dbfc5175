package adjust

import (
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// ByID returns an adjustment.
func ByID(tx *store.Tx, id int64) (Adjustment, error) {
	a, found, err := store.Find(tx, scan, `select `+columns+` from adjustment where home = $1 and id = $2`, tx.Home(), id)
	if err == nil && !found {
		err = act.Missing("adjust.thing.adjustment")
	}
	return a, err
}

// Page lists adjustments, the latest first, behind the one with the id before;
// stage "" is all of them. At most limit.
func Page(tx *store.Tx, stage string, before int64, limit int) ([]Adjustment, error) {
	return page(tx, `($3 = '' or stage = $3)`, stage, before, limit)
}

// concerning is the condition of the adjustments that a person of an agency reads:
// what the agency drafted or is asked about, what the person sits on the panel of,
// and what was announced. It takes the numbers of both arguments.
func concerning(agency, person string) string {
	return strings.NewReplacer("?a", agency, "?p", person).Replace(`(stage in ('notice', 'done') or agency = ?a
		or exists(select 1 from adjustment_consent s where s.home = adjustment.home and s.adjustment = adjustment.id and s.agency = ?a)
		or exists(select 1 from adjustment_opinion s where s.home = adjustment.home and s.adjustment = adjustment.id and s.person = ?p))`)
}

// PageFor lists the adjustments that concern a person or their agency, as Page does.
func PageFor(tx *store.Tx, person int64, agency, stage string, before int64, limit int) ([]Adjustment, error) {
	return page(tx, `($3 = '' or stage = $3) and `+concerning("$5", "$6"), stage, before, limit, agency, person)
}

// Concerns tells whether PageFor lists an adjustment.
func Concerns(tx *store.Tx, adjustment, person int64, agency string) (bool, error) {
	var one int
	return tx.Get([]any{&one}, `select 1 from adjustment where home = $1 and id = $2 and `+concerning("$3", "$4"), tx.Home(), adjustment, agency, person)
}

// Public lists the adjustments that the public may read, announced or in effect, as
// Page does.
func Public(tx *store.Tx, before int64, limit int) ([]Adjustment, error) {
	return page(tx, `stage in ('notice', 'done') and $3 = ''`, "", before, limit)
}

func page(tx *store.Tx, which, stage string, before int64, limit int, more ...any) ([]Adjustment, error) {
	return store.All(tx, scan, `select `+columns+` from adjustment where home = $1 and `+which+` and ($2 = 0 or (began, id) <
		(select b.began, b.id from adjustment b where b.home = $1 and b.id = $2)) order by began desc, id desc limit $4`, append([]any{tx.Home(), before, stage, limit}, more...)...)
}

// PublicByID returns an adjustment that the public may read.
func PublicByID(tx *store.Tx, id int64) (Adjustment, error) {
	a, err := ByID(tx, id)
	if err == nil && a.Stage != Notice && a.Stage != Done {
		err = act.Missing("adjust.thing.adjustment")
	}
	return a, err
}

// Naming finds the adjustment with a document that has an entry about something on
// a list, the latest; false where there is none, or where it was refused or put away.
func Naming(tx *store.Tx, document, list, code string) (id int64, found bool, err error) {
	found, err = tx.Get([]any{&id}, `select a.id from adjustment a join adjustment_entry e on e.home = a.home and e.adjustment = a.id
		where a.home = $1 and a.document = $2 and a.stage not in ('refused', 'dropped') and e.list = $3 and e.code = $4 order by a.id desc limit 1`,
		tx.Home(), document, list, code)
	return id, found, err
}

// Answered is what an agency says; Answer is "" while it has not.
type Answered struct {
	Agency string
	Answer string
	Reason string
	Person int64
	At     day.Instant
}

// Consents lists what the agencies concerned say.
func Consents(tx *store.Tx, adjustment int64) ([]Answered, error) {
	return store.All(tx, func(r store.Row) (a Answered, err error) {
		return a, r.Scan(&a.Agency, &a.Answer, &a.Reason, &a.Person, &a.At)
	}, `select agency, answer, reason, person, at from adjustment_consent where home = $1 and adjustment = $2 order by agency`, tx.Home(), adjustment)
}

// Opinions lists the members of the panel with what they say.
func Opinions(tx *store.Tx, adjustment int64) ([]Opinion, error) {
	return store.All(tx, func(r store.Row) (o Opinion, err error) {
		return o, r.Scan(&o.Person, &o.Legal, &o.Reasonable, &o.Reasons, &o.At)
	}, `select person, legal, reasonable, reasons, at from adjustment_opinion where home = $1 and adjustment = $2 order by person`, tx.Home(), adjustment)
}

// Counts are how many entries an adjustment has, by what becomes of them.
func Counts(tx *store.Tx, adjustment int64) (map[Does]int, error) {
	all := map[Does]int{}
	return all, tx.Each(func(r store.Row) error {
		var d Does
		var n int
		err := r.Scan(&d, &n)
		all[d] = n
		return err
	}, `select does, count(*) from adjustment_entry where home = $1 and adjustment = $2 group by does`, tx.Home(), adjustment)
}

// Waiting is what waits for a person in a post of an agency.
type Waiting struct {
	Consents []Adjustment // the agency's answer
	Opinions []Adjustment // the person's opinion as a member of the panel
	Orders   []Order      // batches from above that the agency has not answered
	// Of the whole area, for those who have the right.
	Decisions []Adjustment // every member of the panel has spoken: the government decides
	Next      []Adjustment // those who publish take it on: a panel, the notice, the lists
}

// WaitingFor lists what waits, up to 50 of each.
func WaitingFor(tx *store.Tx, person int64, agency string) (w Waiting, err error) {
	const from = ` from adjustment where home = $1 and stage = $3 and id in `
	if w.Consents, err = store.All(tx, scan, `select `+columns+from+`(select adjustment from adjustment_consent where home = $1 and agency = $2 and answer = '')
		order by handed_at, id limit 50`, tx.Home(), agency, Consent); err != nil {
		return w, err
	}
	if w.Opinions, err = store.All(tx, scan, `select `+columns+from+`(select adjustment from adjustment_opinion where home = $1 and person = $2 and legal = '')
		order by handed_at, id limit 50`, tx.Home(), person, Panel); err != nil {
		return w, err
	}
	w.Orders, err = store.All(tx, scanOrder, orderSelect+`and id in (select ordered from adjustment_task where home = $1 and agency = $2 and answer = '')
		order by until, document limit 50`, tx.Home(), agency)
	if err != nil {
		return w, err
	}
	const silent = `exists(select 1 from adjustment_opinion o where o.home = adjustment.home and o.adjustment = adjustment.id and o.legal = '')`
	if w.Decisions, err = store.All(tx, scan, `select `+columns+` from adjustment where home = $1 and stage = $2 and not `+silent+`
		and exists(select 1 from adjustment_opinion o where o.home = adjustment.home and o.adjustment = adjustment.id) order by handed_at, id limit 50`, tx.Home(), Panel); err != nil {
		return w, err
	}
	w.Next, err = store.All(tx, scan, `select `+columns+` from adjustment where home = $1 and (stage = $2 or stage = $3 and notice_until < $5
		or stage = $4 and (consent_until < $5 or not exists(select 1 from adjustment_consent c where c.home = adjustment.home and c.adjustment = adjustment.id and c.answer = ''))
		or stage = $6 and not exists(select 1 from adjustment_opinion o where o.home = adjustment.home and o.adjustment = adjustment.id)) order by handed_at, id limit 50`,
		tx.Home(), Decided, Notice, Consent, tx.Today(), Panel)
	return w, err
}
