package checkup_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tongban/internal/rules/checkup"
)

// editDistance is the textbook's table.
func editDistance(a, b []rune) int {
	t := make([][]int, len(a)+1)
	for i := range t {
		t[i] = make([]int, len(b)+1)
		for j := range t[i] {
			switch {
			case i == 0:
				t[i][j] = j
			case j == 0:
				t[i][j] = i
			case a[i-1] == b[j-1]:
				t[i][j] = t[i-1][j-1]
			default:
				t[i][j] = 1 + min(t[i-1][j-1], t[i-1][j], t[i][j-1])
			}
		}
	}
	return t[len(a)][len(b)]
}

func TestDistanceIsTheTextbooksUpToItsBound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		letters := rapid.SliceOfN(rapid.SampledFrom([]rune("甲乙丙")), 0, 12)
		a, b, most := letters.Draw(t, "a"), letters.Draw(t, "b"), rapid.IntRange(0, 5).Draw(t, "most")
		want, got := editDistance(a, b), checkup.Distance(a, b, most)
		if min(want, most+1) != min(got, most+1) {
			t.Fatalf("%q %q within %d: %d, want %d", string(a), string(b), most, got, want)
		}
	})
}

// someNames draws names many of which are near to one another.
func someNames(t *rapid.T) []string {
	letters := []rune("食品作坊经营许可审批的卫安全变更")
	var list []string
	for i := range rapid.IntRange(0, 40).Draw(t, "n") {
		var r []rune
		if i > 0 && rapid.IntRange(0, 3).Draw(t, "copy") > 0 {
			r = []rune(list[rapid.IntRange(0, i-1).Draw(t, "of")])
			for range rapid.IntRange(0, 4).Draw(t, "changes") {
				at := rapid.IntRange(0, len(r)).Draw(t, "at")
				if c := rapid.SampledFrom(letters).Draw(t, "c"); at < len(r) && rapid.Bool().Draw(t, "put") {
					r[at] = c
				} else if at < len(r) && len(r) > 1 && rapid.Bool().Draw(t, "drop") {
					r = slices.Delete(r, at, at+1)
				} else {
					r = slices.Insert(r, at, c)
				}
			}
		} else {
			r = rapid.SliceOfN(rapid.SampledFrom(letters), 1, 30).Draw(t, "name")
		}
		list = append(list, string(r))
	}
	return list
}

// Groups of names that are alike are those that comparing each with each finds.
func TestGroupsAreThoseOfComparingEachWithEach(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		byMarks := map[string][]string{}
		for _, n := range someNames(t) {
			if m := checkup.MarksOf(n); !slices.Contains(byMarks[m], n) {
				byMarks[m] = append(byMarks[m], n)
			}
		}
		for _, names := range byMarks {
			of := make([]int, len(names))
			for i := range of {
				of[i] = i
			}
			for i := range names {
				for k := range i {
					if checkup.Alike(names[i], names[k]) {
						from, to := of[i], of[k]
						for j := range of {
							if of[j] == from {
								of[j] = to
							}
						}
					}
				}
			}
			want := map[int][]int{}
			for i, g := range of {
				want[g] = append(want[g], i)
			}
			var groups [][]int
			for _, g := range want {
				if len(g) > 1 {
					groups = append(groups, g)
				}
			}
			slices.SortFunc(groups, slices.Compare)
			got, whole := checkup.AlikeOf(names)
			if !whole || !slices.EqualFunc(got, groups, slices.Equal) {
				t.Fatalf("%q\n found %v\n want  %v", names, got, groups)
			}
		}
	})
}

func TestAlike(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		a, b string
		want bool
	}{
		{"护士执业证书核发", "护士执业证核发", true},
		{"医师执业注册", "医师执业注册审批", true},
		{"变更公司名称登记", "公司名称变更登记", true},
		{"个体工商户设立登记", "个体工商户变更登记", false},
		{"一级注册建造师注册", "二级注册建造师注册", false},
		{"残疾人证新办", "老年人证新办", false},
		{"食品经营许可", "食品经营许可", false}, // the same, not alike
		{"采伐", "采发", false},
	} {
		if got := checkup.Alike(x.a, x.b); got != x.want {
			t.Errorf("%s, %s: %v", x.a, x.b, got)
		}
	}
}

// Where far too many names look alike the comparison stops short and says so.
func TestCrowdsAreSaid(t *testing.T) {
	t.Parallel()
	c := &checkup.Catalogue{}
	const first, many = 0x7100, 70 // characters that count nothing and tell nothing apart
	for i := 0; len(c.Items) < checkup.TooCommon+500; i++ {
		a, b := rune(first+i%many), rune(first+i/many)
		c.Items = append(c.Items, checkup.Item{Code: fmt.Sprintf("x-%d", i), Name: "关于农作物种质资源" + string(a) + string(b) + "保护区管护点的事情", Type: "20", Agency: "a"})
	}
	found := rulesOf(all(c))
	if !slices.Contains(found, "name_crowd") || !slices.Contains(found, "name_near") {
		t.Errorf("found %v", found)
	}
}
