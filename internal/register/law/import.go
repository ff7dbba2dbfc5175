package law

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/citation"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// maxFiles bounds the files of one import.
const maxFiles = 500

// Imported says what an import did.
type Imported struct {
	New     []string `json:"new,omitempty"`     // keys of laws that the library did not have
	Amended []string `json:"amended,omitempty"` // keys of laws with a further version
	Changes []int64  `json:"changes,omitempty"` // what was recorded: see TouchedBy
	Same    int      `json:"same,omitempty"`    // known already, word for word
}

// Import brings laws in from files, all or nothing, with an event for each version.
// A file with a key that is known adds a version, whose day ends the one before.
// What is wrong is an Invalid error with a field for each bad line.
func (r *Register) Import(ctx context.Context, a act.Actor, token string, files []File) (Imported, error) {
	return act.Run(ctx, r.runner, a, token, CommandImport, files, func(c *act.Call, files []File) (Imported, error) {
		if err := c.Allow(act.Scope{}); err != nil {
			return Imported{}, err
		}
		return bring(c, files)
	})
}

// Check says what is wrong with files by themselves, without a library.
func Check(files []File) (texts []*Text, problems []Problem) {
	if len(files) == 0 || len(files) > maxFiles {
		return nil, []Problem{{Msg: wording.M("law.import.files", "max", maxFiles, "got", len(files))}}
	}
	for _, f := range files {
		t, wrong := Parse(f.Name, f.Text)
		problems = append(problems, wrong...)
		if t != nil {
			texts = append(texts, t)
		}
	}
	return texts, problems
}

// AsError makes one Invalid error of problems, a field each; nil of none.
func AsError(problems []Problem) error {
	fields := make([]act.Field, len(problems))
	for i, p := range problems {
		fields[i] = act.Field{Name: "problem." + strconv.Itoa(i), Msg: p.Msg}
		if p.File != "" {
			fields[i].Msg = p.Sentence()
		}
	}
	return act.WrongFields("law.import.problems", fields)
}

// importing is an import while it goes on: what the library will have.
type importing struct {
	c        *act.Call
	laws     map[string]*growing // by key
	names    map[string]string   // by name: the key of its law
	problems []Problem
	out      Imported
}

// growing is a law with its versions, those of this import among them.
type growing struct {
	Law
	fresh    bool
	versions []stood // by day
}

// stood is a version as an import looks at it; text is nil for one that was
// there before.
type stood struct {
	id     int64
	span   day.Span
	digest []byte
	text   *Text
}

func bring(c *act.Call, files []File) (Imported, error) {
	texts, problems := Check(files)
	if len(problems) > 0 {
		return Imported{}, AsError(problems)
	}
	named := map[*Text]string{}
	for i, t := range texts {
		named[t] = files[i].Name
	}
	slices.SortStableFunc(texts, func(a, b *Text) int { return int(a.From) - int(b.From) })
	m := &importing{c: c, laws: map[string]*growing{}, names: map[string]string{}}
	for _, t := range texts {
		if err := m.take(named[t], t); err != nil {
			return Imported{}, err
		}
	}
	if len(m.problems) > 0 {
		return Imported{}, AsError(m.problems)
	}
	return m.out, nil
}

func (m *importing) wrong(file, key string, pairs ...any) {
	m.problems = append(m.problems, Problem{File: file, Msg: wording.M(key, pairs...)})
}

// take brings in one version.
func (m *importing) take(file string, t *Text) error {
	g, err := m.law(t)
	if err != nil {
		return err
	}
	if err := m.claim(file, g, t); err != nil {
		return err
	}
	digest := sha256.Sum256(Write(t))
	for _, v := range g.versions {
		if v.span.From != t.From {
			continue
		}
		if !bytes.Equal(v.digest, digest[:]) {
			m.wrong(file, "law.import.day", "title", t.Title, "day", t.From)
			return nil
		}
		m.out.Same++
		return nil
	}
	if len(m.problems) > 0 {
		return nil // nothing will be stored
	}
	return m.enter(g, stood{id: m.c.Tx.NewID(), span: day.Span{From: t.From, Until: t.Until}, digest: digest[:], text: t})
}

// law reads the law of a text, or begins it.
func (m *importing) law(t *Text) (*growing, error) {
	if g := m.laws[t.Key]; g != nil {
		return g, nil
	}
	tx := m.c.Tx
	l, found, err := lock(tx, t.Key)
	if err != nil {
		return nil, err
	}
	g := &growing{Law: l, fresh: !found}
	if !found {
		g.Law = Law{ID: tx.NewID(), Key: t.Key, Title: t.Title, Kind: t.Kind}
	} else if g.versions, err = store.All(tx, scanStood, `select id, from_day, until_day, digest from law_version where home = $1 and law = $2
		order by from_day`, tx.Home(), l.ID); err != nil {
		return nil, err
	}
	m.laws[t.Key] = g
	return g, nil
}

func scanStood(r store.Row) (v stood, err error) {
	return v, r.Scan(&v.id, &v.span.From, &v.span.Until, &v.digest)
}

// claim asks that the names of a law are nobody else's.
func (m *importing) claim(file string, g *growing, t *Text) error {
	for _, n := range t.names() {
		owner, ok := m.names[n]
		if !ok {
			if _, err := m.c.Tx.Get([]any{&owner}, `select l.key from law_name n join law l on l.home = n.home and l.id = n.law
				where n.home = $1 and n.name = $2`, m.c.Tx.Home(), n); err != nil {
				return err
			}
		}
		if owner == "" {
			owner = g.Key
		}
		if owner != g.Key {
			m.wrong(file, "law.import.name", "name", n, "key", owner)
		}
		m.names[n] = owner
	}
	return nil
}

// names are what a law is cited by.
func (h *Head) names() []string {
	list := []string{citation.Key(h.Title)}
	for _, a := range h.Aliases {
		if k := citation.Key(a); !slices.Contains(list, k) {
			list = append(list, k)
		}
	}
	return list
}

// enter puts a version between those before and after it.
func (m *importing) enter(g *growing, v stood) error {
	tx, t := m.c.Tx, v.text
	at := 0
	for at < len(g.versions) && g.versions[at].span.From < v.span.From {
		at++
	}
	var before *stood
	if at > 0 {
		before = &g.versions[at-1]
	}
	newest := at == len(g.versions)
	if !newest && (v.span.Until == 0 || v.span.Until > g.versions[at].span.From) {
		v.span.Until = g.versions[at].span.From
	}
	if before != nil && (before.span.Until == 0 || before.span.Until > v.span.From) {
		before.span.Until = v.span.From
		tx.Put(`update law_version set until_day = $3 where home = $1 and id = $2`, tx.Home(), before.id, v.span.From)
	}
	change := Change{Law: g.ID, Kind: Enacted, On: v.span.From, Version: v.id, Number: t.Number, Whole: at == 0 && newest}
	var touched []citation.Article
	if before != nil && before.span.Until == v.span.From {
		change.Kind = Amended
		was, err := before.articles(tx)
		if err != nil {
			return err
		}
		touched = changed(was, t.Articles)
	}
	m.putLaw(g, t, newest)
	putVersion(m.c, g.ID, v)
	g.versions = slices.Insert(g.versions, at, v)
	m.out.Changes = append(m.out.Changes, put(m.c, change, touched))
	if v.span.Until != 0 && v.span.Until == t.Until {
		m.out.Changes = append(m.out.Changes, put(m.c, Change{Law: g.ID, Kind: Repealed, On: t.Until, Number: t.Number, Whole: true}, nil))
	}
	return note(m.c, g.Key, "law.imported", v.span.From, map[string]any{"title": t.Title, "version": v.id, "articles": len(t.Articles),
		"number": t.Number, "invented": t.Invented, "digest": hex.EncodeToString(v.digest)})
}

// putLaw puts the law itself and its names; what was cited by them before the
// library had it points at it now.
func (m *importing) putLaw(g *growing, t *Text, newest bool) {
	tx := m.c.Tx
	if g.fresh {
		m.out.New = append(m.out.New, g.Key)
		tx.PutOne(act.Changed("law.thing.law"), `insert into law(home, id, key, title, kind, rank, words, created) values($1, $2, $3, $4, $5, $6, $7, $8)
			on conflict do nothing`, tx.Home(), g.ID, g.Key, t.Title, t.Kind, slices.Index(Kinds, t.Kind), t.searched(), tx.Now())
		g.fresh = false
	} else {
		if !slices.Contains(m.out.New, g.Key) {
			m.out.Amended = append(m.out.Amended, g.Key)
		}
		if newest {
			tx.Put(`update law set title = $3, kind = $4, rank = $5, words = $6 where home = $1 and id = $2`, tx.Home(), g.ID, t.Title, t.Kind,
				slices.Index(Kinds, t.Kind), t.searched())
		}
	}
	for _, n := range t.names() {
		tx.Put(`insert into law_name(home, name, law) values($1, $2, $3) on conflict do nothing`, tx.Home(), n, g.ID)
		tx.Put(`update law_pointer set law = $3 where home = $1 and law = 0 and name = $2`, tx.Home(), n, g.ID)
		tx.Forget(nameKey(n))
	}
}

// searched is what a search for laws by name looks in.
func (h *Head) searched() string {
	return fold(strings.Join(append([]string{h.Title}, h.Aliases...), "\n"))
}

func putVersion(c *act.Call, law int64, v stood) {
	tx, t := c.Tx, v.text
	tx.Put(`insert into law_version(home, id, law, title, kind, issuer, number, adopted, published, from_day, until_day, source, note, history,
		excerpt, invented, articles, digest, imported, imported_by)
		values($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`,
		tx.Home(), v.id, law, t.Title, t.Kind, t.Issuer, t.Number, t.Adopted, t.Published, v.span.From, v.span.Until, t.Source, t.Note,
		strings.Join(t.History, "\n"), t.Excerpt, t.Invented, len(t.Articles), v.digest, tx.Now(), c.Actor.Person)
	rows := make([][]any, len(t.Articles))
	for i, a := range t.Articles {
		rows[i] = []any{tx.Home(), v.id, a.N, a.Sub, strings.Join(a.Under, "\n"), a.Text}
	}
	tx.PutRows(`insert into law_article(home, version, number, sub, under, body)`, rows)
	tx.Put(indexedSQL, tx.Home(), v.id)
	index(tx, law, v.id, t.Articles)
}

// articles are those of a version, from the file where it is of this import.
func (v *stood) articles(tx *store.Tx) ([]Article, error) {
	if v.text != nil {
		return v.text.Articles, nil
	}
	return Articles(tx, v.id, citation.Article{}, maxArticles)
}

// changed lists the articles whose words differ, in order: those that went,
// those that came, those that say something else.
func changed(was, now []Article) (list []citation.Article) {
	words := map[citation.Article]string{}
	for _, a := range was {
		words[a.Article] = a.Text
	}
	for _, a := range now {
		if words[a.Article] != a.Text {
			list = append(list, a.Article)
		}
		delete(words, a.Article)
	}
	for a := range words {
		list = append(list, a)
	}
	slices.SortFunc(list, func(a, b citation.Article) int {
		if a.Before(b) {
			return -1
		}
		return 1
	})
	return slices.Compact(list)
}
