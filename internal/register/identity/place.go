package identity

import (
	"context"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/gbcode"
	"tongban/internal/rules/wording"
)

// The commands of places.
var (
	CommandAddRegion = act.Command{Name: "region.add", Right: "region.manage"}
	CommandAddAgency = act.Command{Name: "agency.add", Right: "agency.manage"}
)

// Region is a region as it stands during its span. The national table is known
// without being stored; what is stored comes before it.
type Region struct {
	Code   string // GB/T 2260: 6 digits, streets 9, villages 12
	Name   string
	NameEN string // for readers of English; "" shows the name
	Parent string
	Span   day.Span
}

// Agency is a body of government as it stands during its span.
type Agency struct {
	Key     string // short and stable: scjg
	Number  int64  // stable too: owner of its seal keys
	Name    string
	NameEN  string // for readers of English; "" shows the name
	Short   string
	USCC    string
	Region  string
	Address string
	Phone   string
	Level   string // county, township, …
	Span    day.Span
}

var agencyKey = regexp.MustCompile(`^[a-z][a-z0-9]{1,15}$`)

// AddRegion adds regions, or gives them another name from a later day. All or
// nothing.
func (r *Register) AddRegion(ctx context.Context, a act.Actor, token string, in []Region) error {
	_, err := run(ctx, r, a, token, CommandAddRegion, in, func(c *act.Call, in []Region) (struct{}, error) {
		return struct{}{}, addPlaces(r, c, in, func(g Region) string { return g.Code }, r.addRegion)
	})
	return err
}

// addPlaces asks for the right in each place's region and adds the place.
func addPlaces[P any](r *Register, c *act.Call, list []P, region func(P) string, add func(*act.Call, P) error) error {
	if len(list) == 0 {
		return act.Wrong("identity.nothing")
	}
	if err := r.Lock(c.Tx, epochPlace); err != nil {
		return err
	}
	for _, p := range list {
		if err := c.Allow(act.Scope{Region: region(p)}); err != nil {
			return err
		}
		if err := add(c, p); err != nil {
			return err
		}
	}
	r.Bump(c.Tx, epochPlace)
	return nil
}

func (r *Register) addRegion(c *act.Call, g Region) error {
	g.Code, g.Name, g.NameEN = gbcode.Normalize(g.Code), trimmed(g.Name), trimmed(g.NameEN)
	if err := regionFields(g); err != nil {
		return err
	}
	if g.Span.From == 0 {
		g.Span.From = c.Today()
	}
	if err := succeed(c.Tx, datedRegion, g.Code, g.Span.From); err != nil {
		return err
	}
	c.Tx.Put(`insert into region(home, code, from_day, until_day, name, parent, name_en) values($1, $2, $3, $4, $5, $6, $7)
		on conflict (home, code, from_day) do update set until_day = excluded.until_day, name = excluded.name, parent = excluded.parent, name_en = excluded.name_en`,
		c.Tx.Home(), g.Code, g.Span.From, g.Span.Until, g.Name, g.Parent, g.NameEN)
	_, err := c.Note(nil, ledger.Event{Stream: "region/" + g.Code, Kind: "region.added", Day: g.Span.From,
		Facts: inEnglish(map[string]any{"code": g.Code, "name": g.Name, "parent": g.Parent, "until": g.Span.Until.String()}, g.NameEN)})
	return err
}

// inEnglish adds an English name to what an event tells, where there is one.
func inEnglish(facts map[string]any, name string) map[string]any {
	if name != "" {
		facts["name_en"] = name
	}
	return facts
}

// maxNameEN bounds an English name, in characters.
const maxNameEN = 200

// englishField is what is wrong with an English name: it is written in Latin letters.
func englishField(name string) []act.Field {
	if utf8.RuneCountInString(name) > maxNameEN || strings.ContainsFunc(name, func(r rune) bool { return unicode.Is(unicode.Han, r) || unicode.IsControl(r) }) {
		return []act.Field{{Name: "name_en", Msg: wording.M("identity.name_en", "max", maxNameEN)}}
	}
	return nil
}

func regionFields(g Region) error {
	wrong := englishField(g.NameEN)
	switch len(g.Code) {
	case 2, 4, 6, 9, 12:
	default:
		wrong = append(wrong, act.Field{Name: "code", Msg: wording.M("identity.region.code", "code", g.Code)})
	}
	if g.Name == "" {
		wrong = append(wrong, act.Field{Name: "name", Msg: wording.M("identity.region.name", "code", g.Code)})
	}
	return act.WrongFields("identity.fields", wrong)
}

// dated are the two statements by which one row of a dated fact follows another:
// the last row's first day, and its end.
type dated struct{ last, end string }

var (
	datedRegion = dated{
		`select from_day from region where home = $1 and code = $2 order by from_day desc limit 1`,
		`update region set until_day = $3 where home = $1 and code = $2 and from_day < $3 and (until_day = 0 or until_day > $3)`,
	}
	datedAgency = dated{
		`select from_day from agency where home = $1 and key = $2 order by from_day desc limit 1`,
		`update agency set until_day = $3 where home = $1 and key = $2 and from_day < $3 and (until_day = 0 or until_day > $3)`,
	}
)

// succeed ends the row in force before a new one begins on from.
func succeed(tx *store.Tx, d dated, key string, from day.Day) error {
	var last day.Day
	found, err := tx.Get([]any{&last}, d.last, tx.Home(), key)
	if err != nil || !found || last == from {
		return err
	}
	if last > from {
		return act.Wrong("identity.order", "key", key, "day", last)
	}
	tx.Put(d.end, tx.Home(), key, from)
	return nil
}

// AddAgency adds agencies, or changes what they are from a later day on: the old
// row ends where the new begins. All or nothing.
func (r *Register) AddAgency(ctx context.Context, a act.Actor, token string, in []Agency) error {
	_, err := run(ctx, r, a, token, CommandAddAgency, in, func(c *act.Call, in []Agency) (struct{}, error) {
		return struct{}{}, addPlaces(r, c, in, func(g Agency) string { return g.Region }, r.addAgency)
	})
	return err
}

func (r *Register) addAgency(c *act.Call, g Agency) error {
	g.Name, g.NameEN, g.Short, g.USCC = trimmed(g.Name), trimmed(g.NameEN), trimmed(g.Short), gbcode.Normalize(g.USCC)
	if err := r.agencyFields(g); err != nil {
		return err
	}
	if g.Short == "" {
		g.Short = g.Name
	}
	if g.Span.From == 0 {
		g.Span.From = c.Today()
	}
	found, err := c.Tx.Get([]any{&g.Number}, `select number from agency where home = $1 and key = $2 limit 1`, c.Tx.Home(), g.Key)
	if err != nil {
		return err
	}
	if !found {
		g.Number = c.Tx.NewID()
	}
	if err := succeed(c.Tx, datedAgency, g.Key, g.Span.From); err != nil {
		return err
	}
	c.Tx.Put(`insert into agency(home, key, from_day, until_day, number, name, short, uscc, region, address, phone, level, name_en)
		values($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
		on conflict (home, key, from_day) do update set until_day = excluded.until_day, name = excluded.name, short = excluded.short,
		uscc = excluded.uscc, region = excluded.region, address = excluded.address, phone = excluded.phone, level = excluded.level, name_en = excluded.name_en`,
		c.Tx.Home(), g.Key, g.Span.From, g.Span.Until, g.Number, g.Name, g.Short, g.USCC, g.Region, g.Address, g.Phone, g.Level, g.NameEN)
	_, err = c.Note(nil, ledger.Event{Stream: "agency/" + g.Key, Kind: "agency.added", Day: g.Span.From, Facts: inEnglish(map[string]any{
		"key": g.Key, "name": g.Name, "short": g.Short, "uscc": g.USCC, "region": g.Region,
		"address": g.Address, "phone": g.Phone, "level": g.Level, "until": g.Span.Until.String()}, g.NameEN)})
	return err
}

func (r *Register) agencyFields(g Agency) error {
	wrong := englishField(g.NameEN)
	if !agencyKey.MatchString(g.Key) {
		wrong = append(wrong, act.Field{Name: "key", Msg: wording.M("identity.agency.key", "key", g.Key)})
	}
	if g.Name == "" {
		wrong = append(wrong, act.Field{Name: "name", Msg: wording.M("identity.agency.name", "key", g.Key)})
	}
	if g.Region == "" {
		wrong = append(wrong, act.Field{Name: "region", Msg: wording.M("identity.agency.region", "key", g.Key)})
	}
	if g.USCC != "" {
		if _, err := gbcode.ParseUSCC(g.USCC, nil); err != nil {
			wrong = append(wrong, act.Field{Name: "uscc", Msg: asMessage(err)})
		}
	}
	return act.WrongFields("identity.fields", wrong)
}
