package catalog

import (
	"fmt"
	"strings"

	"tongban/internal/record/store"
	"tongban/internal/rules/gram"
)

// statement builds a query with numbered arguments.
type statement struct {
	where []string
	args  []any
}

// arg adds an argument and returns its place.
func (b *statement) arg(v any) string {
	b.args = append(b.args, v)
	return fmt.Sprintf("$%d", len(b.args))
}

func (b *statement) and(format string, a ...any) {
	b.where = append(b.where, fmt.Sprintf(format, a...))
}

// run finds up to limit rows of a rank, after a place.
func (s *search) run(tx *store.Tx, at cursor, limit int) ([]found, error) {
	b := &statement{}
	order := s.build(tx, b, at)
	return store.All(tx, scanFound, `select s.item, s.version, s.code, s.name, s.type, s.agency, s.applicants, s.online, s.complete, s.aliases, s.name_key
		from `+s.from(tx, at.pass)+` where `+strings.Join(b.where, " and ")+` order by `+order+` limit `+b.arg(limit), b.args...)
}

// from names the tables of a rank: the characters' index comes first where a
// rank goes by it, so that SQLite reads it in the order of versions.
func (s *search) from(tx *store.Tx, p pass) string {
	switch {
	case !s.byGrams(p):
		return `item_search s`
	case tx.Engine() == store.SQLite:
		return `item_gram g cross join item_search s on s.version = g.rowid`
	}
	return `item_gram g join item_search s on s.home = g.home and s.version = g.version`
}

func (s *search) byGrams(p pass) bool { return p == passAlias || p == passContains }

// build puts the conditions of a rank into b and returns its order.
func (s *search) build(tx *store.Tx, b *statement, at cursor) (order string) {
	home, on := b.arg(tx.Home()), b.arg(s.q.On)
	b.and("s.home = %s and s.from_day <= %s and (s.until_day = 0 or s.until_day > %s)", home, on, on)
	if s.byGrams(at.pass) {
		s.match(tx, b, at, home)
		s.recheck(b, at.pass)
		id := "g.rowid"
		if tx.Engine() == store.Postgres {
			id = "g.version"
		}
		b.and("%s > %s", id, b.arg(at.id))
		return id
	}
	s.narrow(b, at)
	if at.pass == passCode {
		b.and("s.code = %s and s.version > %s", b.arg(s.code), b.arg(at.id))
		return "s.version"
	}
	b.and("%s", s.named(b, at.pass))
	if at.pass == passPrefix {
		b.and("not (%s)", s.named(b, passExact))
	}
	if at.id != 0 {
		name := b.arg(at.name)
		b.and("(s.name_key > %s or s.name_key = %s and s.version > %s)", name, name, b.arg(at.id))
	}
	return "s.name_key, s.version"
}

// narrow applies the filters to a rank that does not go by the index of
// characters, which holds them itself.
func (s *search) narrow(b *statement, at cursor) {
	b.and("s.complete = %s", b.arg(at.complete))
	if s.q.Online {
		b.and("s.online = %s", b.arg(true))
	}
	if s.q.Agency != "" {
		b.and("s.agency = %s", b.arg(s.q.Agency))
	}
	if s.q.Who != "" {
		b.and("' ' || s.applicants || ' ' like %s escape '\\'", b.arg("% "+literal(s.q.Who)+" %"))
	}
}

// named is the condition that the name is, or begins with, what is looked for.
func (s *search) named(b *statement, p pass) string {
	if p == passExact {
		return fmt.Sprintf(`s.name_key = %s and s.name_text like %s escape '\'`, b.arg(s.key), b.arg("%\n"+literal(s.whole)+"\n%"))
	}
	return fmt.Sprintf(`s.name_key >= %s and s.name_key < %s and s.name_text like %s escape '\'`,
		b.arg(s.key), b.arg(s.key+"\U0010FFFF"), b.arg("%\n"+literal(s.whole)+"%"))
}

// match asks the index of characters.
func (s *search) match(tx *store.Tx, b *statement, at cursor, home string) {
	must := []string{factComplete(at.complete)}
	if s.q.Online {
		must = append(must, factMark+"online")
	}
	if s.q.Agency != "" {
		must = append(must, factAgency(s.q.Agency))
	}
	if s.q.Who != "" {
		must = append(must, factWho(s.q.Who))
	}
	if tx.Engine() == store.SQLite {
		b.and("g.item_gram match %s", b.arg(s.matchFTS(at.pass, must)))
		return
	}
	b.and("g.home = %s", home)
	for _, w := range s.words {
		named, other := gram.Phrase(w), aliased(gram.Phrase(w))
		switch {
		case at.pass == passAlias:
			must = append(must, other...)
		case len(s.words) == 1:
			must = append(must, named...)
		default:
			b.and("(g.tokens @> %s or g.tokens @> %s)", b.arg(named), b.arg(other))
		}
	}
	b.and("g.tokens @> %s", b.arg(must))
}

// matchFTS writes the question to SQLite's full-text index. Tokens are digits
// and small letters only, so that nothing that was typed is ever part of it.
func (s *search) matchFTS(p pass, must []string) string {
	all := []string{}
	for _, m := range must {
		all = append(all, gram.Quoted([]string{m}))
	}
	for _, w := range s.words {
		named, other := gram.Quoted(gram.Phrase(w)), gram.Quoted(aliased(gram.Phrase(w)))
		switch {
		case p == passAlias:
			all = append(all, other)
		case len(s.words) == 1:
			all = append(all, named)
		default:
			all = append(all, "("+named+" OR "+other+")")
		}
	}
	return strings.Join(all, " AND ")
}

// mostly holds a condition that is true of nearly every row that the index of
// characters gives. PostgreSQL cannot look into it: where it did, it believed that few
// rows were left of a common word, and read all ten million items to put them in order
// rather than the first in order.
const mostly = "case when %s then true else false end"

// recheck looks at the texts themselves: an engine that knows sets of pairs
// finds too much. What an earlier rank has shown is left out.
func (s *search) recheck(b *statement, p pass) {
	if len(s.words) == 0 {
		return
	}
	var alias []string
	for _, w := range s.words {
		like := b.arg("%" + literal(w) + "%")
		alias = append(alias, fmt.Sprintf(`s.alias_text like %s escape '\'`, like))
		if p == passContains {
			if len(s.words) == 1 {
				b.and(mostly, fmt.Sprintf(`s.name_text like %s escape '\'`, like))
			} else {
				b.and(mostly, fmt.Sprintf(`s.name_text like %s escape '\' or s.alias_text like %s escape '\'`, like, like))
			}
		}
	}
	if p == passAlias {
		b.and(mostly, strings.Join(alias, " and "))
	} else {
		b.and(mostly, "not ("+strings.Join(alias, " and ")+")")
	}
	if s.key != "" {
		b.and(mostly, "not ("+s.named(b, passPrefix)+")")
	}
	if s.code != "" {
		b.and("s.code <> %s", b.arg(s.code))
	}
}

// literal takes their meaning from the wild cards of like.
func literal(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

// Count tells how many items a search finds, and whether there are more than
// it counted. The cursor is left out of account.
func Count(tx *store.Tx, q Query) (n int, more bool, err error) {
	q.After, q.Limit = "", maxPage
	for n <= countedTo {
		h, err := Search(tx, q)
		if err != nil {
			return 0, false, err
		}
		n += len(h.List)
		if q.After = h.Next; q.After == "" {
			return n, false, nil
		}
	}
	return countedTo, true, nil
}
