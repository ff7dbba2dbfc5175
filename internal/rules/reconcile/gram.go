package reconcile

import (
	"cmp"
	"math/bits"
	"slices"
)

// gram is one character (key < 1<<21) or two neighbours of a core, and how often.
type gram struct {
	key uint64
	n   int32
	w   int32 // weight of one
}

// gramsOf lists the grams of a core, by key.
func gramsOf(core []rune) []gram {
	keys := make([]uint64, 0, 2*len(core))
	for i, r := range core {
		keys = append(keys, uint64(r))
		if i+1 < len(core) {
			keys = append(keys, uint64(r)<<21|uint64(core[i+1])|1<<63)
		}
	}
	slices.Sort(keys)
	list := make([]gram, 0, len(keys))
	for _, k := range keys {
		if n := len(list); n > 0 && list[n-1].key == k {
			list[n-1].n++
		} else {
			list = append(list, gram{key: k, n: 1})
		}
	}
	return list
}

func (g gram) pair() bool { return g.key>>63 == 1 }

// weigh gives every gram its weight: the rarer in both lists, the more. A pair
// counts more than a character. Weights are whole numbers, so that every machine
// comes to the same.
func weigh(all []*name) map[uint64]int32 {
	often := map[uint64]int32{}
	for _, n := range all {
		for _, g := range n.grams {
			often[g.key]++
		}
	}
	for _, n := range all {
		n.weight = 0
		for i := range n.grams {
			g := &n.grams[i]
			g.w = rarity(len(all), int(often[g.key]))
			if !g.pair() {
				g.w = (g.w + 1) / 2
			}
			n.weight += int(g.w) * int(g.n)
		}
	}
	return often
}

// rarity is about eight times the binary logarithm of total/often, and 8 for what
// every name holds. What stands in fewer than four names counts like four: a
// typing error must not outweigh the rest of a name.
func rarity(total, often int) int32 {
	x := uint64(total) * 256 / uint64(max(often, 4))
	n := bits.Len64(x)
	if n <= 9 {
		return 8
	}
	// The three bits behind the first are the eighths.
	return int32((n-9)*8 + int(x>>(n-4)&7) + 8)
}

// common is the weight of what two names share.
func common(a, b *name) int {
	sum, i, j := 0, 0, 0
	for i < len(a.grams) && j < len(b.grams) {
		x, y := &a.grams[i], &b.grams[j]
		switch cmp.Compare(x.key, y.key) {
		case -1:
			i++
		case 1:
			j++
		default:
			sum += int(x.w) * int(min(x.n, y.n))
			i, j = i+1, j+1
		}
	}
	return sum
}

// follows is the length of the longest text that both hold in order, with gaps:
// what is left of a name when it is abbreviated.
func follows(a, b []rune) int {
	if len(a) > 64 {
		a = a[:64]
	}
	// Bit i of row tells that a[i] adds to the longest text (Hyyrö).
	masks := map[rune]uint64{}
	for i, r := range a {
		masks[r] |= 1 << i
	}
	row := ^uint64(0)
	for _, r := range b {
		u := row & masks[r]
		row = (row + u) | (row - u)
	}
	return bits.OnesCount64(^row & (1<<len(a) - 1))
}
