package draw

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestWrapChinese(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		room float64
		n    int
		want []string
	}{
		{"", 100, 3, nil},
		{"受理", 88, 3, []string{"受理"}},
		{"市场监督管理局审查意见", 88, 3, []string{"市场监督管理局", "审查意见"}},
		{"核查，检测，决定", 40, 4, []string{"核查，", "检测，", "决定"}},
		{"办理（示范）", 36, 3, []string{"办理", "（示", "范）"}},
		{"审查 GB/T 39046 目录", 60, 3, []string{"审查 GB/T", "39046 目", "录"}},
		{"一二三四五六七八九十", 48, 2, []string{"一二三四", "五六七…"}},
		{"Gateway (Split Flow)", 80, 2, []string{"Gateway", "(Split Flow)"}},
	} {
		if got := wrap(c.text, c.room, 12, c.n); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s in %v: %q, want %q", c.text, c.room, got, c.want)
		}
	}
}

// TestWrapLosesNothing gives back every character when there are lines enough,
// and never a line much wider than the room.
func TestWrapLosesNothing(t *testing.T) {
	t.Parallel()
	letters := []rune("受理审查决定，。（）“” abcWMi-/.")
	rapid.Check(t, func(t *rapid.T) {
		s := string(rapid.SliceOf(rapid.SampledFrom(letters)).Draw(t, "text"))
		room := rapid.Float64Range(30, 200).Draw(t, "room")
		lines := wrap(s, room, 12, 1000)
		bare := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		if got := bare(strings.Join(lines, "")); got != bare(s) {
			t.Fatalf("%q became %q", s, got)
		}
		for _, l := range lines {
			if width(l, 12) > room+0.01 {
				t.Fatalf("%q is wider than %v", l, room)
			}
		}
		for _, l := range wrap(s, room, 12, 2) {
			if width(l, 12) > room+0.01 {
				t.Fatalf("shortened %q is wider than %v", l, room)
			}
		}
	})
}
