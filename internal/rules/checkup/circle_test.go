package checkup_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tongban/internal/rules/checkup"
)

func proofName(i int) string { return fmt.Sprintf("第%d号凭据", i) }

func circlesIn(c *checkup.Catalogue) []checkup.Finding {
	return slices.DeleteFunc(all(c), func(f checkup.Finding) bool { return f.Rule != "proof_circle" })
}

// proofs makes a catalogue of proofs: each way names a proof and what it needs.
func proofs(ways [][]int) *checkup.Catalogue {
	c := &checkup.Catalogue{}
	for i, w := range ways {
		p := checkup.Proof{Code: fmt.Sprintf("M%d", i), Name: proofName(w[0]), Issuers: []string{"所"}, Basis: []checkup.Article{{Law: "行政许可法"}}}
		for _, n := range w[1:] {
			p.Needs = append(p.Needs, proofName(n))
		}
		c.Proofs = append(c.Proofs, p)
	}
	return c
}

// far is further than any way leads.
const far = 1 << 20

// reach tells, by going over everything again and again, which proofs can be
// had, and over how many steps each of the others leads to each.
func reach(n int, ways [][]int) (had []bool, steps [][]int) {
	had = make([]bool, n)
	yielded := make([]bool, n)
	for _, w := range ways {
		yielded[w[0]] = true
	}
	for i := range had {
		had[i] = !yielded[i]
	}
	for again := true; again; {
		again = false
		for _, w := range ways {
			if !had[w[0]] && !slices.ContainsFunc(w[1:], func(x int) bool { return !had[x] }) {
				had[w[0]], again = true, true
			}
		}
	}
	steps = make([][]int, n)
	for i := range steps {
		steps[i] = slices.Repeat([]int{far}, n)
	}
	for _, w := range ways {
		for _, x := range w[1:] {
			if !had[w[0]] && !had[x] {
				steps[w[0]][x] = 1
			}
		}
	}
	for k := range n {
		for i := range n {
			for j := range n {
				steps[i][j] = min(steps[i][j], steps[i][k]+steps[k][j])
			}
		}
	}
	return had, steps
}

// Every circle is found once, with a shortest ring whose members need each other
// in turn; nothing that can be had is in one.
func TestCirclesAreThoseOfReachability(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 9).Draw(t, "n")
		ways := rapid.SliceOfN(rapid.SliceOfN(rapid.IntRange(0, n-1), 1, 4), 0, 14).Draw(t, "ways")
		_, steps := reach(n, ways)
		shortest := map[int]int{} // by first member of a component
		for i := range n {
			if steps[i][i] == far {
				continue
			}
			first := 0
			for ; steps[i][first] == far || steps[first][i] == far; first++ {
			}
			if s, ok := shortest[first]; !ok || steps[i][i] < s {
				shortest[first] = steps[i][i]
			}
		}
		found := circlesIn(proofs(ways))
		if len(found) != len(shortest) {
			t.Fatalf("%v: found %d circles, want %v", ways, len(found), shortest)
		}
		number := map[string]int{}
		for i := range n {
			number[proofName(i)] = i
		}
		for _, f := range found {
			at := number[f.Ring[0].Name]
			first := 0
			for ; steps[at][first] == far || steps[first][at] == far; first++ {
			}
			if len(f.Ring) != shortest[first] {
				t.Fatalf("%v: ring %v, the shortest has %d", ways, f.Ring, shortest[first])
			}
			for k, s := range f.Ring {
				if next := f.Ring[(k+1)%len(f.Ring)]; steps[number[s.Name]][number[next.Name]] != 1 {
					t.Fatalf("%v: %s does not need %s", ways, s.Name, next.Name)
				}
			}
		}
	})
}

func TestACircleOfFiveHundredProofs(t *testing.T) {
	t.Parallel()
	var ways [][]int
	for i := range 500 {
		ways = append(ways, []int{i, (i + 1) % 500, 1000 + i})
	}
	found := circlesIn(proofs(ways))
	if len(found) != 1 || len(found[0].Ring) != 500 {
		t.Fatalf("found %d", len(found))
	}
	for i, s := range found[0].Ring {
		if s.Name != proofName(i) {
			t.Fatalf("the ring is out of order at %d: %s", i, s.Name)
		}
	}
	ways = append(ways, []int{7}) // one of them can be had at last
	if found := circlesIn(proofs(ways)); len(found) != 0 {
		t.Errorf("a way out, and still %v", found)
	}
}

// A chain of a hundred thousand overflows nothing, whether it ends well or in a
// circle, and neither does a circle of that length.
func TestAChainOfAHundredThousand(t *testing.T) {
	t.Parallel()
	const n = 100_000
	var chain [][]int
	for i := range n {
		chain = append(chain, []int{i, i + 1})
	}
	if found := circlesIn(proofs(chain)); len(found) != 0 {
		t.Errorf("a chain with an end: %d circles", len(found))
	}
	if found := circlesIn(proofs(append(slices.Clone(chain), []int{n, n - 1}))); len(found) != 1 || len(found[0].Ring) != 2 {
		t.Errorf("a chain into a circle: %d", len(found))
	}
	if found := circlesIn(proofs(append(chain, []int{n, 0}))); len(found) != 1 || len(found[0].Ring) != n+1 {
		t.Errorf("a circle of everything: %d", len(found))
	}
}
