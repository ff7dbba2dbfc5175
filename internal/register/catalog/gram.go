package catalog

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"tongban/internal/rules/gram"
)

// fold gives texts that people take for the same the same form: letters small,
// full-width characters ordinary, every kind of bracket and dash one kind, no
// blanks. Without marks the punctuation goes too.
func fold(s string, marks bool) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0xFF01 && r <= 0xFF5E:
			r -= 0xFEE0
		case strings.ContainsRune("【〔〖［「『《〈", r):
			r = '('
		case strings.ContainsRune("】〕〗］」』》〉", r):
			r = ')'
		case r >= 0x2010 && r <= 0x2015 || r == 0x2212:
			r = '-'
		case strings.ContainsRune("“”", r):
			r = '"'
		}
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || unicode.IsControl(r) || r == utf8.RuneError {
			return -1
		}
		r = unicode.ToLower(r)
		if !marks && !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) {
			return -1
		}
		return r
	}, s)
}

// Marks before tokens; like all that are no characters they begin with a letter beyond f.
const (
	aliasMark = "y" // before the tokens of aliases
	factMark  = "k" // before the facts by which a search is narrowed
)

// aliased marks the tokens of an alias.
func aliased(tokens []string) []string {
	out := make([]string, len(tokens))
	for i, t := range tokens {
		out[i] = aliasMark + t
	}
	return out
}

// forms lists the folded forms of a text under which it is found: as it is and
// without punctuation.
func forms(s string) []string {
	full, bare := fold(s, true), fold(s, false)
	if full == bare || bare == "" {
		return []string{full}
	}
	return []string{full, bare}
}

// tokensOf returns everything under which an item is found: the one function
// that makes the index of both engines.
func tokensOf(it *Item, complete bool) []string {
	var out []string
	for _, f := range forms(it.Name) {
		out = append(append(out, gram.Run(f)...), gram.Gap)
	}
	for _, a := range it.Aliases {
		for _, f := range forms(a) {
			out = append(append(out, aliased(gram.Run(f))...), gram.Gap)
		}
	}
	return append(out, facts(it, complete)...)
}

func facts(it *Item, complete bool) []string {
	out := []string{factComplete(complete), factAgency(it.Agency)}
	for _, a := range it.Applicants {
		out = append(out, factWho(a))
	}
	for _, c := range it.Channels {
		if c == "online" && complete {
			out = append(out, factMark+"online")
		}
	}
	return out
}

func factComplete(yes bool) string {
	if yes {
		return factMark + "full"
	}
	return factMark + "name"
}

func factAgency(key string) string { return factMark + "a" + key }
func factWho(kind string) string   { return factMark + "w" + kind }
