package checkup

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// Rules that hold items against one another do so by a few keys. A register that
// keeps the keys of its items finds what a change of one item can matter for, and
// need not read all of them.

// KeyKind is what a key says.
type KeyKind string

// The kinds of keys.
const (
	KeyName    KeyKind = "name"    // what names that are the same, or differ in generic words or in order only, have in common; in a region
	KeyBase    KeyKind = "base"    // code of the base item
	KeyResult  KeyKind = "result"  // document that the item yields; in a region
	KeyFee     KeyKind = "fee"     // name or code of a fee that it charges
	KeyService KeyKind = "service" // intermediary service that it asks for, or what only a third party makes
)

// Key is a key of an item; Region is "" where it holds in all.
type Key struct {
	Kind   KeyKind
	Region string
	Text   string
}

// Keys are the keys of an item, each once.
func (it *Item) Keys() []Key {
	var all []Key
	add := func(k Key) {
		if k.Text != "" && !slices.Contains(all, k) {
			all = append(all, k)
		}
	}
	add(NamedKey(it.Region, it.Name))
	add(BaseKey(it.Base))
	if it.Guide == nil {
		return all
	}
	add(ResultKey(it.Region, documentOf(it.Guide.Result.Name)))
	for _, fee := range it.Guide.Fees {
		add(CalledKey(KeyFee, fee.Name))
	}
	for _, name := range it.Guide.Intermediaries {
		add(CalledKey(KeyService, name))
	}
	for _, s := range it.Guide.Special {
		if s.Intermediated {
			add(CalledKey(KeyService, s.Name))
		}
	}
	for _, m := range it.materials() {
		if !m.Supplied && (byThirdParty(m.Issuer) || byThirdParty(m.How)) {
			add(CalledKey(KeyService, m.Name))
		}
	}
	return all
}

// NamedKey is the key of a name in a region.
func NamedKey(region, name string) Key {
	folded := fold(name)
	sum := sha256.Sum256([]byte(marksOf(folded) + "\n" + bagOf(coreOf(folded))))
	return Key{KeyName, region, hex.EncodeToString(sum[:10])}
}

// BaseKey is the key of a base code.
func BaseKey(code string) Key { return Key{KeyBase, "", brief(code)} }

// ResultKey is the key of a document (Asked, Yields) in a region.
func ResultKey(region, document string) Key { return Key{KeyResult, region, brief(document)} }

// CalledKey is the key of a fee or a service, by its name or its code.
func CalledKey(kind KeyKind, name string) Key { return Key{kind, "", brief(fold(name))} }

// longKey is up to how many bytes a key is kept as it is.
const longKey = 60

// brief is a text, or its digest where it is long.
func brief(s string) string {
	if len(s) <= longKey {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	return "#" + hex.EncodeToString(sum[:16])
}

// KeysEdition changes when the same item gets other keys than before: keys that
// were kept under another edition are made again.
var KeysEdition = func() string {
	h := sha256.New()
	_, _ = fmt.Fprint(h, "1", telling, generic, numerals, copyWords)
	return hex.EncodeToString(h.Sum(nil)[:6])
}()

// Yields is the document that the item yields, "" for none.
func (it *Item) Yields() string {
	if it.Guide == nil {
		return ""
	}
	return documentOf(it.Guide.Result.Name)
}

// Asked are the documents that the item asks for; required: only those that
// somebody must have.
func (it *Item) Asked(required bool) []string {
	var all []string
	for _, m := range it.materials() {
		if d := documentOf(m.Name); d != "" && (m.Required || !required) && !slices.Contains(all, d) {
			all = append(all, d)
		}
	}
	return all
}

// Cites are the laws that the item cites, as the library of laws knows them.
func (it *Item) Cites() []string {
	if it.Guide == nil {
		return nil
	}
	var all []string
	for _, a := range it.Guide.Basis {
		all = append(all, lawName(a.Law))
	}
	law, _ := cite(it.Guide.Terms.Statutory.Article)
	all = append(all, law)
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(s string) bool { return s == "" })
}

// Higher tells whether of two items with one base code the first is the one that
// others are held against.
func Higher(a, b *Item) bool { return higher(a, b) }

// Same tells whether people take two names for one name.
func Same(a, b string) bool { return fold(a) == fold(b) }

// Akin tells whether people take two names for one matter: they are the same, or
// look like one name entered twice.
func Akin(a, b string) bool {
	a, b = fold(a), fold(b)
	return a == b || alike(a, b)
}

// Spelling is how names are found that lie within a small distance of a name: each
// holds one of any Need of the Pairs, and all of the Marks.
type Spelling struct {
	Pairs []string // two neighbouring characters each, folded, each once
	Need  int      // 0: no other name is within distance
	Marks []string
}

// Spelled tells how names near a name are found; whole is false where too few pairs
// would tell them.
func Spelled(name string) (s Spelling, whole bool) {
	folded := fold(name)
	r := []rune(folded)
	most := within(len(r), len(r))
	for within(len(r)+most+1, 0) > most { // a longer name may be allowed more
		most++
	}
	s.Marks = slices.Compact(strings.Fields(marksOf(folded)))
	if most == 0 {
		return s, true
	}
	s.Need = 2*most + 1
	for i := 0; i+1 < len(r); i++ {
		// Where 其它 is written the same name has another pair.
		if p := string(r[i : i+2]); !strings.ContainsRune(p, '他') && !slices.Contains(s.Pairs, p) {
			s.Pairs = append(s.Pairs, p)
		}
	}
	return s, len(s.Pairs) >= s.Need
}

// Wording is the longest part of a name that everybody writes in the same way: each
// name that is taken for the same holds it. "" where there is none.
func Wording(name string) (longest string) {
	for _, part := range strings.Split(fold(name), "其他") { // or 其它
		if len(part) > len(longest) {
			longest = part
		}
	}
	return longest
}
