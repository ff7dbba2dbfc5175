package demo

import (
	"reflect"
	"testing"

	"tongban/internal/rules/day"
	"tongban/internal/rules/workday"
)

func plansOf(t *testing.T, seed uint64, n int) []*plan {
	t.Helper()
	b, err := readBook()
	if err != nil {
		t.Fatal(err)
	}
	list, err := planYear(b, workday.Default(), Play{Seed: seed, Cases: n})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestOfficialsWorkInOfficeHours(t *testing.T) {
	t.Parallel()
	cal, steps := workday.Default(), 0
	for _, x := range plansOf(t, 3, 1500) {
		for _, s := range x.steps {
			if s.who == "" {
				continue
			}
			steps++
			working, known := cal.IsWorking(s.at.Day())
			m := int((s.at - s.at.Day().Start()) / day.Minute)
			if !working || !known || m < opens-1 || m > closes+60 {
				t.Errorf("case %d of %s: %s by %s at %s", x.n, x.script.Slug, s.do, s.who, s.at)
			}
		}
	}
	if steps < 5000 {
		t.Errorf("only %d deeds of officials", steps)
	}
}

func TestPlansComeFromTheSeedAlone(t *testing.T) {
	t.Parallel()
	steps := func(seed uint64) (all [][]step) {
		for _, x := range plansOf(t, seed, 200) {
			all = append(all, x.steps)
		}
		return all
	}
	if !reflect.DeepEqual(steps(5), steps(5)) {
		t.Error("the same seed gave two plans")
	}
	if reflect.DeepEqual(steps(5), steps(6)) {
		t.Error("two seeds gave one plan")
	}
}

func TestPlansAreInOrderAndInTheYear(t *testing.T) {
	t.Parallel()
	for _, x := range plansOf(t, 9, 1500) {
		if len(x.steps) == 0 {
			t.Errorf("case %d of %s has no steps", x.n, x.script.Slug)
			continue
		}
		at := First.Start()
		for _, s := range x.steps {
			if s.at < at || s.at >= Start {
				t.Errorf("case %d of %s: %s at %s after %s", x.n, x.script.Slug, s.do, s.at, at)
			}
			at = s.at
		}
	}
}

func TestSetPiecesStopWhereTheyShould(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		list := plansOf(t, seed, len(pieces))
		for i, p := range pieces {
			if last := list[i].steps[len(list[i].steps)-1]; p.stop != "" && last.do != p.stop {
				t.Errorf("seed %d, piece %d (%s, %d days ago) ends with %s, want %s", seed, i, p.slug, p.ago, last.do, p.stop)
			}
		}
	}
}

func TestEveryItemHasItsShare(t *testing.T) {
	t.Parallel()
	y, err := readYear()
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{60, 300, 2000} {
		counts, cases := map[string]int{}, 0
		for _, x := range plansOf(t, 1, n) {
			if x.steps[0].do != saves {
				counts[x.script.Slug]++
				cases++
			}
		}
		if cases != n || len(counts) != len(y.Items) {
			t.Errorf("%d cases: %d, of %d items", n, cases, len(counts))
		}
	}
}
