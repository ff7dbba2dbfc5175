package power

import (
	"slices"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/gbcode"
	"tongban/internal/rules/wording"
)

// article is the law behind the question: a licence is carried out by the organ
// that has the power, within its bounds (行政许可法 22), or by one that law or a
// delegation named (23, 24).
const article = "行政许可法第二十二条"

// Held tells whether an agency holds the power over an item on day d and the
// person is assigned to it. code is the item's code; a power over its base code
// is one over the item. When a link is missing the refusal names it, says what to
// do, and asks to be recorded. Ask it in the transaction of the decision.
func (r *Register) Held(tx *store.Tx, code, agency string, person int64, d day.Day) error {
	codes := covering(code)
	held, err := r.holdings(tx, codes, agency)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(held, func(h Holding) bool { return h.holds(d) }) {
		return r.withoutPower(tx, held, agency, d)
	}
	officers, err := store.All(tx, scanAssignment, assignmentSelect+`and person = $2 and agency = $3 and power in ($4, $5, $6, '*') order by from_day`,
		tx.Home(), person, agency, codes[0], codes[1], codes[2])
	if err != nil {
		return err
	}
	if slices.ContainsFunc(officers, func(s Assignment) bool { return s.Span.Holds(d) }) {
		return nil
	}
	for _, s := range slices.Backward(officers) {
		if s.Span.Until != 0 && s.Span.Until <= d {
			return refuse("power.officer_ended", "agency", r.name(tx, agency), "day", s.Span.Until).Then("power.officer.next")
		}
	}
	return refuse("power.no_officer", "agency", r.name(tx, agency)).Then("power.officer.next")
}

// withoutPower says why the agency lacks the power: it was withdrawn, it ended,
// it has not begun, or it never was.
func (r *Register) withoutPower(tx *store.Tx, held []Holding, agency string, d day.Day) error {
	name := r.name(tx, agency)
	for _, h := range slices.Backward(held) {
		switch {
		case h.Withdrawn != 0 && h.Span.Until <= d:
			return refuse("power.withdrawn", "agency", name, "day", h.Span.Until).Then("power.agency.next")
		case h.Span.Until != 0 && h.Span.Until <= d:
			return refuse("power.ended."+string(h.Kind), "agency", name, "day", h.Span.Until, "giver", r.name(tx, h.Giver)).Then("power.agency.next")
		case h.Span.From > d:
			return refuse("power.not_yet", "agency", name, "day", h.Span.From).Then("power.agency.next")
		}
	}
	return refuse("power.none", "agency", name).Then("power.agency.next")
}

func refuse(key string, pairs ...any) *act.Error {
	return act.Refuse(key, pairs...).By(article).Recorded()
}

// covering lists the codes whose power covers an item: its own, the
// implementation code of a business item, and the base code.
func covering(code string) [3]string {
	it, err := gbcode.ParseItem(code, nil)
	if err != nil {
		return [3]string{code, code, code}
	}
	codes := [3]string{it.Code, it.Code, it.Code}
	if it.Form == gbcode.BusinessItem {
		codes[1] = it.Code[:31]
	}
	if it.Form.Standard() {
		codes[2] = it.Base
	}
	return codes
}

func (r *Register) holdings(tx *store.Tx, codes [3]string, agency string) ([]Holding, error) {
	return store.All(tx, scanHolding, holdingSelect+`and agency = $2 and power in ($3, $4, $5) order by from_day, id`,
		tx.Home(), agency, codes[0], codes[1], codes[2])
}

const holdingSelect = `select id, power, agency, kind, giver, basis, from_day, until_day, withdrawn, reason from power_holding where home = $1 `

func scanHolding(row store.Row) (h Holding, err error) {
	return h, row.Scan(&h.ID, &h.Power, &h.Agency, &h.Kind, &h.Giver, &h.Basis, &h.Span.From, &h.Span.Until, &h.Withdrawn, &h.Reason)
}

const assignmentSelect = `select id, person, agency, power, from_day, until_day from officer_assignment where home = $1 `

func scanAssignment(row store.Row) (s Assignment, err error) {
	return s, row.Scan(&s.ID, &s.Person, &s.Agency, &s.Power, &s.Span.From, &s.Span.Until)
}

// HoldersOf lists the holdings of a power in force on day d, by agency.
func (r *Register) HoldersOf(tx *store.Tx, code string, d day.Day) ([]Holding, error) {
	codes := covering(code)
	return store.All(tx, scanHolding, holdingSelect+`and power in ($2, $3, $4) and from_day <= $5 and (until_day = 0 or until_day > $5) order by agency, id`,
		tx.Home(), codes[0], codes[1], codes[2], d)
}

// PowersOf lists up to limit holdings of an agency in force on day d, by code, after one code.
func (r *Register) PowersOf(tx *store.Tx, agency string, d day.Day, after string, limit int) ([]Holding, error) {
	return store.All(tx, scanHolding, holdingSelect+`and agency = $2 and from_day <= $3 and (until_day = 0 or until_day > $3) and power > $4
		order by power, id limit $5`, tx.Home(), agency, d, after, limit)
}

// OfficersOf lists the assignments at an agency on day d, by person.
func (r *Register) OfficersOf(tx *store.Tx, agency string, d day.Day) ([]Assignment, error) {
	return store.All(tx, scanAssignment, assignmentSelect+`and agency = $2 and from_day <= $3 and (until_day = 0 or until_day > $3) order by person, power`,
		tx.Home(), agency, d)
}

// name is the agency's short name for people; when it cannot be read, its key
// says enough.
func (r *Register) name(tx *store.Tx, agency string) any {
	if agency == "" {
		return wording.M("power.thing.nobody")
	}
	name, err := r.people.AgencyName(tx, agency, tx.Today())
	if err != nil {
		return agency
	}
	return name
}
