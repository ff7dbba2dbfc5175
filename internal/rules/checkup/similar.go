package checkup

import (
	"cmp"
	"slices"
)

// Two names are alike when they are not the same, tell nothing apart (marksOf),
// and either differ in generic words at the end only, or hold the same
// characters in another order, or lie within a small distance: one character in
// seven written otherwise, left out or put in.

const spell = 7 // one difference for every so many characters of the longer name

// within is the distance within which two names of these lengths are alike.
func within(a, b int) int { return max(a, b) / spell }

// alike tells whether two folded names are alike. It is the meaning of the word;
// groupsOf finds the same without comparing each with each.
func alike(a, b string) bool {
	if a == b || marksOf(a) != marksOf(b) {
		return false
	}
	ca, cb := coreOf(a), coreOf(b)
	if ca == cb || bagOf(ca) == bagOf(cb) {
		return true
	}
	ra, rb := []rune(a), []rune(b)
	most := within(len(ra), len(rb))
	return distance(ra, rb, most) <= most
}

// bagOf is the characters of a text in an order of their own.
func bagOf(s string) string {
	r := []rune(s)
	slices.Sort(r)
	return string(r)
}

// distance is the least number of characters changed, left out or put in, as
// far as it is at most most; otherwise more than that.
func distance(a, b []rune, most int) int {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > most {
		return most + 1
	}
	row := make([]int, len(a)+1)
	for i := range row {
		row[i] = i
	}
	for j := 1; j <= len(b); j++ {
		left := max(1, j-most)
		right := min(len(a), j+most)
		diagonal := row[left-1]
		if left == 1 {
			row[0] = j
		} else {
			row[left-1] = most + 1
		}
		least := row[left-1]
		for i := left; i <= right; i++ {
			up := most + 1
			if i < j+most {
				up = row[i]
			}
			d := diagonal
			if a[i-1] != b[j-1] {
				d = 1 + min(diagonal, up, row[i-1])
			}
			diagonal, row[i] = row[i], d
			least = min(least, d)
		}
		if least > most {
			return most + 1
		}
	}
	return row[len(a)]
}

// text is a name among those that are compared, with its pairs.
type text struct {
	runes []rune
	pairs []pair // the rarest first
}

// pair is two neighbouring characters, and which of its likes in the name.
type pair struct {
	a, b rune
	n    int32
}

func pairsOf(r []rune) []pair {
	list := make([]pair, 0, max(0, len(r)-1))
	for i := 0; i+1 < len(r); i++ {
		p := pair{r[i], r[i+1], 0}
		for _, q := range list {
			if q.a == p.a && q.b == p.b {
				p.n++
			}
		}
		list = append(list, p)
	}
	return list
}

// groupsOf joins names that are alike, directly or through others, and returns
// the groups of more than one, in order. Names that tell different things apart
// must not be among them: the caller groups by marks first.
//
// One change touches two pairs at most. So two names within distance d have
// pairs in common among their 2d+1 rarest, and only names that share a rare pair
// are compared: no step goes over all pairs of names. A pair that more than
// tooCommon names count among their rarest is only followed back so far; whole
// tells whether none was.
func groupsOf(folded []string) (groups [][]int, whole bool) {
	texts := make([]text, len(folded))
	j := newJoin(len(folded))
	cores, bags := map[string]int{}, map[string]int{}
	often := map[pair]int{}
	for i, s := range folded {
		r, core := []rune(s), coreOf(s)
		texts[i] = text{r, pairsOf(r)}
		for _, p := range texts[i].pairs {
			often[p]++
		}
		j.byKey(cores, core, i)
		j.byKey(bags, bagOf(core), i)
	}
	order := make([]int, len(texts))
	for i := range order {
		order[i] = i
		slices.SortFunc(texts[i].pairs, func(p, q pair) int {
			return cmp.Or(often[p]-often[q], cmp.Compare(p.a, q.a), cmp.Compare(p.b, q.b), cmp.Compare(p.n, q.n))
		})
	}
	slices.SortStableFunc(order, func(a, b int) int { return len(texts[a].runes) - len(texts[b].runes) })
	whole = j.near(texts, order)
	return j.groups(), whole
}

// tooCommon bounds how many names are compared for one pair.
const tooCommon = 4000

// near joins the texts within distance of each other, the shorter first.
func (j *join) near(texts []text, order []int) (whole bool) {
	having := map[pair][]int{}
	last := make([]int, len(texts)) // the text with which one was compared last
	whole = true
	for n, i := range order {
		t := &texts[i]
		most := within(len(t.runes), len(t.runes))
		// A longer name may be allowed one difference more: one pair more is kept for it.
		for at, p := range t.pairs[:min(len(t.pairs), 2*most+2)] {
			list := having[p]
			if at > 2*most {
				list = nil
			}
			if len(list) > tooCommon {
				list, whole = list[len(list)-tooCommon:], false
			}
			for _, k := range list {
				if last[k] == n+1 || len(t.runes)-len(texts[k].runes) > most {
					continue
				}
				last[k] = n + 1
				if j.root(i) != j.root(k) && distance(texts[k].runes, t.runes, most) <= most {
					j.join(i, k)
				}
			}
			having[p] = append(having[p], i)
		}
	}
	return whole
}

// join keeps which things belong together.
type join struct{ up []int }

func newJoin(n int) *join {
	j := &join{make([]int, n)}
	for i := range j.up {
		j.up[i] = i
	}
	return j
}

func (j *join) root(i int) int {
	for j.up[i] != i {
		j.up[i] = j.up[j.up[i]]
		i = j.up[i]
	}
	return i
}

func (j *join) join(a, b int) {
	a, b = j.root(a), j.root(b)
	j.up[max(a, b)] = min(a, b)
}

// byKey joins things with the same key.
func (j *join) byKey(seen map[string]int, key string, i int) {
	if first, ok := seen[key]; ok {
		j.join(first, i)
		return
	}
	seen[key] = i
}

// groups lists what belongs together, in order of the first of each.
func (j *join) groups() [][]int {
	at := map[int]int{}
	var all [][]int
	for i := range j.up {
		r := j.root(i)
		if _, ok := at[r]; !ok {
			at[r] = len(all)
			all = append(all, nil)
		}
		all[at[r]] = append(all[at[r]], i)
	}
	return slices.DeleteFunc(all, func(g []int) bool { return len(g) < 2 })
}
