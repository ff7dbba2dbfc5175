package reconcile

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Fold gives names that people take for the same the same form: small letters,
// ordinary characters for full-width ones, no blanks, no punctuation, and without
// what stands in brackets and only tells the level.
func Fold(s string) string {
	var b, aside strings.Builder
	depth := 0
	for _, r := range s {
		if r >= 0xFF01 && r <= 0xFF5E {
			r -= 0xFEE0
		}
		switch {
		case strings.ContainsRune("([【〔{", r):
			depth++
			continue
		case strings.ContainsRune(")]】〕}", r):
			if depth = max(0, depth-1); depth == 0 {
				b.WriteString(telling(aside.String()))
				aside.Reset()
			}
			continue
		}
		r = unicode.ToLower(r)
		if r == utf8.RuneError || !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) {
			continue
		}
		if depth > 0 {
			aside.WriteRune(r)
		} else {
			b.WriteRune(r)
		}
	}
	b.WriteString(telling(aside.String()))
	return b.String()
}

// telling is what stands in brackets, "" when it says nothing about the matter.
func telling(s string) string {
	for _, a := range asides {
		if s == a {
			return ""
		}
	}
	return s
}

// name is a name taken apart.
type name struct {
	folded  string
	core    []rune // without place, acts and natures, in the words that stand for others
	acts    uint64 // groups of acts told
	forms   uint64
	axes    []uint64 // per axis the words told
	grams   []gram   // of the core, sorted by key
	weight  int      // of all grams
	plainly bool     // tells no act, or only that it is set up
}

const setUp = 1 << 0 // the act that is meant where none is told

// parse takes a name apart.
func parse(s string, places []string) name {
	n := name{folded: Fold(s)}
	rest := matter(n.folded, places)
	rest = saidWords.exchange(rest)
	n.axes = make([]uint64, len(axisWords))
	for i, l := range axisWords {
		_, n.axes[i] = l.cut(rest)
	}
	bare, acts := actWords.cut(rest)
	n.acts = acts
	n.plainly = acts&^setUp == 0
	bare, _ = natureWords.cut(bare)
	_, n.forms = formWords.cut(bare)
	if utf8.RuneCountInString(bare) < 2 {
		bare = rest // there is nothing but such words
	}
	n.core = []rune(bare)
	return n
}

// matter is a folded name without the place before it, and without the words by
// which a name begins.
func matter(s string, places []string) string {
	for _, p := range places {
		if rest, ok := strings.CutPrefix(s, p); ok && rest != "" {
			s = rest
			break
		}
	}
	for _, p := range []string{"本省", "本市", "本县", "本区", "全省", "全市", "全县", "全区", "县级", "市级", "区级", "我县", "我市", "我省", "xx县", "xx市", "xx区", "某县"} {
		if rest, ok := strings.CutPrefix(s, p); ok && rest != "" {
			s = rest
			break
		}
	}
	for _, p := range []string{"关于", "对"} {
		if rest, ok := strings.CutPrefix(s, p); ok && utf8.RuneCountInString(rest) > 3 {
			s = rest
		}
	}
	return s
}
