package law

import (
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/citation"
	"tongban/internal/rules/day"
)

// Finding is what the library says of a citation on a day.
type Finding string

// The findings.
const (
	Known         Finding = "known"
	UnknownLaw    Finding = "unknown_law"  // the library does not have it
	NotYet        Finding = "not_yet"      // does not hold yet
	NoLonger      Finding = "no_longer"    // repealed
	NoSuchArticle Finding = "no_article"   // that version has no such article
	NotIncluded   Finding = "not_included" // the library has an excerpt without it
	NoSuchPlace   Finding = "no_place"     // the article has no such paragraph, item or point
)

// Resolved is a citation with what the library says of it.
type Resolved struct {
	citation.Citation
	Finding Finding
	Law     Law     // zero where it is unknown
	Version Version // that of the day; where none holds, the newest
}

// Resolve looks a citation up on a day. Its errors are those of the database:
// what the library lacks is a finding.
func Resolve(tx *store.Tx, c citation.Citation, on day.Day) (Resolved, error) {
	out := Resolved{Citation: c, Finding: UnknownLaw}
	id, err := named(tx, citation.Key(c.Law))
	if err != nil || id == 0 || c.Law == "" {
		return out, err
	}
	if out.Law, err = ByID(tx, id); err != nil {
		return out, err
	}
	versions, err := Versions(tx, id)
	if err != nil {
		return out, err
	}
	v, holds := On(versions, on)
	if !holds {
		out.Version, out.Finding = versions[0], NoLonger
		if versions[len(versions)-1].Span.From > on {
			out.Finding = NotYet
		}
		return out, nil
	}
	out.Version = v
	if c.Article.N == 0 {
		out.Finding = Known
		return out, nil
	}
	a, err := ArticleOf(tx, v.ID, c.Article)
	switch {
	case act.KindOf(err) == act.NotFound:
		out.Finding = NoSuchArticle
		if v.Excerpt {
			out.Finding = NotIncluded
		}
	case err != nil:
		return out, err
	case !a.has(c):
		out.Finding = NoSuchPlace
	default:
		out.Finding = Known
	}
	return out, nil
}
