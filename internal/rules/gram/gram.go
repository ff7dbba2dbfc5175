// Package gram makes the index by which words are found in Chinese texts, where
// no blank says where a word ends: for every text its characters and its pairs
// of neighbours in turn, 食 食品 品 品作 作 …
//
// A text of n characters is found as the run of its pairs and the characters
// between them, which is exact; where an engine only knows sets, as the set of
// its pairs, and looked at again. Characters are written as numbers, so that no
// engine has an opinion on what a letter is. Folding is the caller's: what is
// kept and what is looked for must have been folded alike.
package gram

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Gap stands between two texts of one run, so that nothing is found across. Like
// all tokens that are no characters it begins with a letter beyond f.
const Gap = "z"

// Run is the run of a folded text.
func Run(text string) []string {
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

// Phrase is the part of a run by which a folded text is found: from its first
// pair to its last, or the one character.
func Phrase(text string) []string {
	g := Run(text)
	if len(g) < 3 {
		return g
	}
	return g[1 : len(g)-1]
}

// Fact is a token that stands for a fact by which a search is narrowed: a kind of
// fact, of letters, and any value.
func Fact(kind, value string) string { return fmt.Sprintf("k%s%x", kind, value) }

// Set are the tokens for an engine that knows sets: each once, in order, no gaps.
func Set(tokens []string) []string {
	out := slices.Clone(tokens)
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(t string) bool { return t == Gap })
}

// Quoted writes tokens as a phrase of SQLite's full-text index. What is no letter
// or digit is dropped: nothing that somebody typed is ever part of a question.
func Quoted(tokens []string) string {
	return `"` + strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == ' ' {
			return r
		}
		return -1
	}, strings.Join(tokens, " ")) + `"`
}

// All is the question of SQLite's full-text index for texts that hold a phrase
// and have all of the facts.
func All(phrase []string, facts ...string) string {
	all := []string{Quoted(phrase)}
	for _, f := range facts {
		all = append(all, Quoted([]string{f}))
	}
	return strings.Join(all, " AND ")
}

// Any is the question of SQLite's full-text index for texts that hold one of some
// phrases and all of others.
func Any(one, all [][]string) string {
	some := make([]string, len(one))
	for i, p := range one {
		some[i] = Quoted(p)
	}
	parts := []string{"(" + strings.Join(some, " OR ") + ")"}
	for _, p := range all {
		parts = append(parts, Quoted(p))
	}
	return strings.Join(parts, " AND ")
}

func token(r []rune) string {
	var b strings.Builder
	for _, c := range r {
		s := strconv.FormatInt(int64(c), 16)
		b.WriteString("00000"[min(len(s), 5):] + s)
	}
	return b.String()
}
