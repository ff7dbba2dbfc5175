package catalog

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
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

// The index holds, for every text, its characters and its pairs of neighbours
// in turn: 食 食品 品 品作 作 … A text of n characters is found as the run of its
// pairs and the characters between them, which is exact; where the engine only
// knows sets, as the set of its pairs, and looked at again. Characters are
// written as numbers, so that no engine has an opinion on what a letter is.

// grams returns the run for one folded text.
func grams(text string) []string {
	r := []rune(text)
	out := make([]string, 0, 2*len(r))
	for i := range r {
		out = append(out, token(r[i:i+1]))
		if i+1 < len(r) {
			out = append(out, token(r[i:i+2]))
		}
	}
	return out
}

// phrase returns the part of a run by which a folded text is found: from its
// first pair to its last, or the one character.
func phrase(text string) []string {
	g := grams(text)
	if len(g) < 3 {
		return g
	}
	return g[1 : len(g)-1]
}

func token(r []rune) string {
	var b strings.Builder
	for _, c := range r {
		s := strconv.FormatInt(int64(c), 16)
		b.WriteString("00000"[min(len(s), 5):] + s)
	}
	return b.String()
}

// Tokens that are no characters begin with a letter beyond f.
const (
	gap       = "z" // stands between two texts, so that nothing is found across
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
		out = append(append(out, grams(f)...), gap)
	}
	for _, a := range it.Aliases {
		for _, f := range forms(a) {
			out = append(append(out, aliased(grams(f))...), gap)
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
