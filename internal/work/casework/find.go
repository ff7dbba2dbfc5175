package casework

import (
	"context"
	"crypto/subtle"
	"maps"
	"slices"
	"strings"

	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/gbcode"
)

func tidyNumber(s string) string { return strings.TrimSpace(gbcode.Normalize(s)) }

// tidyCode forgives what people type for a query code: case, spaces, dashes,
// and the digits that look like letters which the code does not use.
func tidyCode(s string) string {
	s = strings.ToUpper(gbcode.Normalize(s))
	return strings.NewReplacer("-", "", " ", "", "0", "O", "1", "L").Replace(s)
}

func sameCode(a, b string) bool {
	return subtle.ConstantTimeCompare([]byte(strings.NewReplacer("0", "O", "1", "L").Replace(a)), []byte(b)) == 1
}

// Found is a line of what a clerk looked for.
type Found struct {
	ID       int64
	Number   string
	Title    string
	Label    string
	Status   string
	Received day.Day
	Due      day.Day
}

// foundMax bounds what one look-up shows.
const foundMax = 50

// Find finds cases by number, by the applicant's whole name, or by the whole
// identity number or credit code. Names and numbers lie encrypted: they are
// found by a keyed index, so only whole ones can be. Of what is found, only the
// cases that the reader may look at are shown.
func (o *Office) Find(ctx context.Context, a act.Actor, text string) ([]Found, error) {
	text = tidyNumber(text)
	if text == "" {
		return nil, nil
	}
	var list []Found
	err := o.Store.Read(ctx, func(tx *store.Tx) error {
		if err := o.Runner.Rights.Authorise(tx, a, "case.find", act.Scope{Agency: a.Agency, Region: o.Region}); err != nil {
			return err
		}
		add := func(p *proceeding.Proceeding) error {
			may, err := o.concerns(tx, a, p)
			if may {
				list = append(list, foundOf(p))
			}
			return err
		}
		if p, err := proceeding.ByNumber(tx, text); err == nil {
			return add(p)
		}
		ids, err := o.byApplicant(tx, text)
		if err != nil {
			return err
		}
		for _, id := range ids {
			p, err := proceeding.Get(tx, id)
			if err != nil {
				return err
			}
			if err := add(p); err != nil {
				return err
			}
		}
		return nil
	})
	return list, o.Runner.Settle("find", err)
}

// byApplicant finds cases by the applicant's whole name or number, under every
// index key that rows may have. Cases whose data are only kept are not found by
// them.
func (o *Office) byApplicant(tx *store.Tx, text string) (ids []int64, err error) {
	for _, column := range []string{"name", "idno"} {
		for _, index := range o.Vault.Indexes("casefile."+column, text) {
			found, err := store.All(tx, func(r store.Row) (id int64, err error) { return id, r.Scan(&id) },
				`select id from casefile where home = $1 and `+column+`_key = $2 order by id desc limit $3`, tx.Home(), index, foundMax)
			if err != nil {
				return nil, err
			}
			for _, id := range found {
				f, err := getFile(tx, id)
				if err != nil {
					return nil, err
				}
				if f.Facts.Restricted == nil {
					ids = append(ids, id)
				}
			}
		}
	}
	return ids, nil
}

// concerns tells whether an official's body takes part in a case, by its item or
// because it was asked.
func (o *Office) concerns(tx *store.Tx, a act.Actor, p *proceeding.Proceeding) (bool, error) {
	v, err := o.Items.ByID(tx, p.ItemVersion)
	if err != nil {
		return false, err
	}
	f, err := getFile(tx, p.ID)
	if err != nil {
		return false, err
	}
	bodies := append(slices.Collect(maps.Values(f.as(v).Roles)), p.Agency)
	if !slices.Contains(bodies, a.Agency) {
		asked, err := inquiries(tx, p.ID)
		if err != nil {
			return false, err
		}
		for _, q := range asked {
			bodies = append(bodies, q.To)
		}
	}
	for _, agency := range bodies {
		err := o.Runner.Rights.Authorise(tx, a, "case.look", act.Scope{Agency: agency, Region: p.Region})
		if act.KindOf(err) != act.Refused {
			return err == nil, err
		}
	}
	return false, nil
}

func foundOf(p *proceeding.Proceeding) Found {
	return Found{p.ID, p.Number, p.Title, p.Label, p.Status, p.Received, p.Due}
}

// Mine lists the cases of a person and of those for whom they may act, newest
// first, before an id.
func (o *Office) Mine(ctx context.Context, a act.Actor, before int64, limit int) ([]Found, error) {
	if a.Person == 0 {
		return nil, &act.Error{Kind: act.Refused, Code: "act.sign_in", Msg: act.Refuse("act.sign_in").Msg}
	}
	var list []Found
	err := o.Store.Read(ctx, func(tx *store.Tx) error {
		reps, err := o.People.Representations(tx, a.Person, tx.Today())
		if err != nil {
			return err
		}
		persons := []int64{a.Person}
		for _, r := range reps {
			persons = append(persons, r.Subject)
		}
		ps, err := proceeding.Of(tx, Kind, persons, before, limit)
		for _, p := range ps {
			list = append(list, foundOf(p))
		}
		return err
	})
	return list, o.Runner.Settle("mine", err)
}

// Grant is a published grant (行政许可法 40).
type Grant struct {
	ID        int64   `json:"id"`
	Day       day.Day `json:"day"`
	Agency    string  `json:"agency"`
	Title     string  `json:"title"`
	Label     string  `json:"holder"`
	PaperNo   string  `json:"paper_no"`
	LicenceNo string  `json:"licence_no,omitempty"`
}

// Grants lists published grants, newest first.
func Grants(tx *store.Tx, agency string, before proceeding.Cursor, limit int) ([]Grant, error) {
	if before.Due == 0 {
		before = proceeding.Cursor{Due: 1 << 30}
	}
	return store.All(tx, func(r store.Row) (g Grant, err error) {
		return g, r.Scan(&g.ID, &g.Day, &g.Agency, &g.Title, &g.Label, &g.PaperNo, &g.LicenceNo)
	}, `select id, day, agency, title, label, paper_no, licence_no from published_grant where home = $1 and (day < $2 or day = $2 and id < $3)
		and ($4 = '' or agency = $4) order by day desc, id desc limit $5`, tx.Home(), before.Due, before.ID, agency, min(max(limit, 1), 100))
}

// republish puts a published grant right after an amendment.
func (m *matter) republish() {
	m.c.Tx.Put(`update published_grant set label = $3, licence_no = $4 where home = $1 and id = $2`, m.c.Tx.Home(), m.p.ID, m.p.Label, m.f.Facts.LicenceNo)
}

// publish enters a grant among those that anybody may look up.
func (m *matter) publish() {
	d := m.f.Facts.Decision
	m.c.Tx.Put(`insert into published_grant(home, id, day, agency, title, label, number, paper_no, licence_no) values($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		m.c.Tx.Home(), m.p.ID, d.Day, d.Agency, m.p.Title, m.p.Label, m.p.Number, d.PaperNo, m.f.Facts.LicenceNo)
}
