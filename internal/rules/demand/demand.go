// Package demand finds, in words that an official writes to an applicant, what asks
// for money, or for a service of an intermediary or its report, that no list lets
// them ask for (优化营商环境条例 25, 43). It is pure: the lists come in as names.
//
// It reads words, not intentions: docs/decisions/014 says what it can find and what
// it cannot. Saying that nothing is charged, who else pays, what a listed fee is, or
// that no report is wanted, asks for nothing.
package demand

import (
	"strings"
	"unicode"
)

// Lists is what the item at hand may ask for, and what others may.
type Lists struct {
	Fees     []string // names of the fees that the item may charge today
	Tied     []string // services of intermediaries that it may ask for, and the materials that they make
	Own      []string // its other materials and procedures: their names ask for nothing new
	Services []string // names of all services of intermediaries on the list
	Guide    []string // what the item's guide says: a sentence of it asks for nothing new
}

// Kind is what is asked for.
type Kind string

// The kinds.
const (
	Payment Kind = "payment"
	Service Kind = "service"
)

// Found is one demand, in the words in which it was written.
type Found struct {
	Kind  Kind
	Words string
}

// most bounds what is found in one text: more is the same again.
const most = 20

// In finds the demands of a text, each wording once, in the order of the text.
func In(text string, l Lists) (all []Found) {
	seen := map[Found]bool{}
	guide := ""
	add := func(s *sentence, kind Kind, at span) {
		if guide == "" { // read only where something was found: most words ask for nothing
			guide = l.guide()
		}
		f := Found{kind, s.original(at)}
		if !seen[f] && !strings.Contains(guide, s.text+"。") {
			seen[f] = true
			all = append(all, f)
		}
	}
	for _, s := range sentences(text) {
		if len(all) == most {
			break
		}
		if at, ok := s.payment(l); ok {
			add(s, Payment, at)
		}
		if at, ok := s.service(l); ok {
			add(s, Service, at)
		}
	}
	return all
}

// Asks tells whether a text asks for anything at all. One that does not need not be
// held against the services on the list.
func Asks(text string) bool {
	for _, s := range sentences(text) {
		if asks.MatchString(s.text) {
			return true
		}
	}
	return false
}

// guide is what the guide says, sentence by sentence as they are judged.
func (l Lists) guide() string {
	var b strings.Builder
	b.WriteString("。")
	for _, g := range l.Guide {
		for _, s := range sentences(g) {
			b.WriteString(s.text + "。")
		}
	}
	return b.String()
}

// span is a stretch of a sentence, in bytes of its folded text.
type span struct{ from, to int }

// sentence is a sentence as it is judged: full-width letters and digits narrow, and
// without the blanks and marks that stand between the characters of a word.
type sentence struct {
	text  string
	whole []rune // the text as it was written
	at    []int  // of each byte of text, the rune of whole that it comes from
}

func sentences(text string) (list []*sentence) {
	whole := []rune(text)
	s := &sentence{whole: whole}
	var b strings.Builder
	end := func() {
		if s.text = b.String(); s.text != "" {
			list = append(list, s)
		}
		s = &sentence{whole: whole}
		b.Reset()
	}
	for i, r := range whole {
		switch r = fold(r); {
		case strings.ContainsRune("。！？!?；;\n", r):
			end()
		case unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Mn, r) || between(whole, i):
		default:
			n, _ := b.WriteRune(r)
			for range n {
				s.at = append(s.at, i)
			}
		}
	}
	end()
	return list
}

// fold makes full-width letters, digits and marks narrow, but for the comma and the
// colon, which part what is said.
func fold(r rune) rune {
	switch {
	case r == '，' || r == ',':
		return '，'
	case r == '：' || r == ':':
		return '：'
	case r == '．':
		return '.'
	case r >= 0xFF01 && r <= 0xFF5E:
		return r - 0xFEE0
	}
	return r
}

// between tells whether a mark stands between two characters only to part them.
func between(text []rune, i int) bool {
	return strings.ContainsRune("*·_-~.|/", text[i]) && i > 0 && i+1 < len(text) && unicode.Is(unicode.Han, text[i-1]) && unicode.Is(unicode.Han, text[i+1])
}

// original is a stretch as it was written.
func (s *sentence) original(at span) string {
	return string(s.whole[s.at[at.from] : s.at[at.to-1]+1])
}

// clause is what stands before and after a stretch up to the next commas.
func (s *sentence) clause(at span) (pre, post string) {
	pre, post = s.text[:at.from], s.text[at.to:]
	if i := strings.LastIndex(pre, "，"); i >= 0 {
		pre = pre[i+len("，"):]
	}
	if i := strings.Index(post, "，"); i >= 0 {
		post = post[:i]
	}
	return pre, post
}

// last is the last n runes of a text.
func last(text string, n int) string {
	r := []rune(text)
	return string(r[max(0, len(r)-n):])
}

// first is the first n runes of a text.
func first(text string, n int) string {
	r := []rune(text)
	return string(r[:min(len(r), n)])
}
