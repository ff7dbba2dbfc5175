package bulk

import (
	"encoding/hex"
	"strconv"
	"strings"
)

// node adds something that is computed for each clone.
func (b *taking) node(f func(c *clone) ([]byte, error)) int {
	b.p.nodes = append(b.p.nodes, f)
	return len(b.p.nodes) - 1
}

// word says that a text stands for a node, wherever it is found.
func (b *taking) word(text string, node int) {
	if text != "" {
		b.words[text] = piece{kind: nodeText, n: int64(node)}
	}
}

// value says that these bytes are a node, as a column and in hex in a text.
func (b *taking) value(v []byte, node int) {
	if len(v) > 0 {
		b.bytes[string(v)] = node
		b.words[hex.EncodeToString(v)] = piece{kind: nodeHex, n: int64(node)}
	}
}

// person makes the nodes of who the work is about.
func (b *taking) person(mask func(string) string) {
	for _, x := range []struct {
		text string
		of   func(Person) string
	}{
		{b.who.Name, func(p Person) string { return p.Name }}, {b.who.IDNo, func(p Person) string { return p.IDNo }},
		{b.who.Phone, func(p Person) string { return p.Phone }}, {b.who.Birth, func(p Person) string { return p.Birth }},
		{b.who.Login, func(p Person) string { return p.Login }}, {mask(b.who.Name), func(p Person) string { return mask(p.Name) }},
	} {
		b.word(x.text, b.node(func(c *clone) ([]byte, error) { return []byte(x.of(c.who)), nil }))
	}
}

// template finds in a text what differs from clone to clone.
func (b *taking) template(text []byte) template {
	var t template
	from := 0 // of the literal that is being read
	add := func(at, n int, x piece) {
		if at > from {
			t = append(t, piece{text: string(text[from:at])})
		}
		t = append(t, x)
		from = at + n
	}
	for at := 0; at < len(text); {
		if w, x, ok := b.wordAt(text[at:]); ok {
			add(at, len(w), x)
			at += len(w)
			continue
		}
		n := digits(text[at:])
		if n == 0 {
			at++
			continue
		}
		if x, ok := b.moving(string(text[at : at+n])); ok && !letterBefore(text, at) && !letterAt(text, at+n) {
			add(at, n, x)
		}
		at += n
	}
	if from < len(text) {
		t = append(t, piece{text: string(text[from:])})
	}
	return t
}

// wordAt is the longest known word that the text begins with.
func (b *taking) wordAt(text []byte) (word string, x piece, ok bool) {
	for w, p := range b.words {
		if len(w) > len(word) && len(w) <= len(text) && string(text[:len(w)]) == w {
			word, x, ok = w, p, true
		}
	}
	return word, x, ok
}

// moving is a number that moves with the clone: an id or an instant.
func (b *taking) moving(digits string) (piece, bool) {
	n, err := strconv.ParseInt(digits, 10, 64)
	switch {
	case err != nil || digits[0] == '0':
		return piece{}, false
	case b.isID(n):
		return piece{kind: idText, n: n}, true
	case b.isMoment(n):
		return piece{kind: timeText, n: n}, true
	}
	return piece{}, false
}

func (b *taking) isID(n int64) bool     { return n >= b.p.first && n <= b.p.last }
func (b *taking) isMoment(n int64) bool { return n >= b.p.began && n <= b.p.ended }

func digits(text []byte) int {
	n := 0
	for n < len(text) && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	return n
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func letterBefore(text []byte, at int) bool { return at > 0 && letter(text[at-1]) }
func letterAt(text []byte, at int) bool     { return at < len(text) && letter(text[at]) }

// counted says that a text names a number of a series: the number stands last in it.
func (b *taking) counted(text string, n int64, s, nth int) bool {
	written := strconv.FormatInt(n, 10)
	at := strings.LastIndex(text, written)
	if at < 0 {
		return false
	}
	whole := template{{text: text[:at]}, {kind: numText, n: int64(nth), s: s}, {text: text[at+len(written):]}}
	b.word(text, b.node(func(c *clone) ([]byte, error) { return whole.fill(c, nil), nil }))
	return true
}
