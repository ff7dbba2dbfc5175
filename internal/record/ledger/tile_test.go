package ledger_test

import (
	"testing"

	"pgregory.net/rapid"

	"tongban/internal/record/ledger"
)

func TestTilePaths(t *testing.T) {
	t.Parallel()
	for want, c := range map[string][3]int64{
		"tile/0/000":                    {0, 0, 256},
		"tile/0/000.p/1":                {0, 0, 1},
		"tile/1/255":                    {1, 255, 256},
		"tile/0/x001/000":               {0, 1000, 256},
		"tile/0/x001/x234/067.p/255":    {0, 1234067, 255},
		"tile/2/x999/999":               {2, 999999, 256},
		"tile/0/x012/x345/x678/901":     {0, 12345678901, 256},
		"tile/0/x001/x000/x000/000.p/8": {0, 1000000000, 8},
	} {
		if got := ledger.TilePath(int(c[0]), c[1], int(c[2])); got != want {
			t.Errorf("%v is %s, not %s", c, got, want)
		}
		level, n, width, err := ledger.ParseTilePath(want)
		if err != nil || int64(level) != c[0] || n != c[1] || int64(width) != c[2] {
			t.Errorf("%s reads %d %d %d, %v", want, level, n, width, err)
		}
	}
	for _, bad := range []string{"", "tile/", "tile/0", "tile/0/", "tile/0/0", "tile/00/000", "tile/-1/000", "tile/+1/000", "tile/0/1000", "tile/0/001/000",
		"tile/0/x000/001", "tile/0/x001", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/", "tile/0/000/", "/tile/0/000",
		"tile/0/xx01/000", "tile/0/x001/x00", "tile/0/-01", "tile/entries/000", "tile/9/000", "tile/0/x999/x999/x999/x999/x999/x999/x999/999"} {
		if level, n, width, err := ledger.ParseTilePath(bad); err == nil {
			t.Errorf("%q was read as %d %d %d", bad, level, n, width)
		}
	}
}

func TestTilePathsAreReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		level, n, width := rapid.IntRange(0, 7).Draw(t, "level"), rapid.Int64Range(0, 1<<48).Draw(t, "n"), rapid.IntRange(1, 256).Draw(t, "width")
		l, m, w, err := ledger.ParseTilePath(ledger.TilePath(level, n, width))
		if err != nil || l != level || m != n || w != width {
			t.Fatalf("read back %d %d %d, %v", l, m, w, err)
		}
	})
}

func FuzzParseTilePath(f *testing.F) {
	f.Add("tile/0/x001/x234/067.p/255")
	f.Add("tile/1/000")
	f.Fuzz(func(t *testing.T, path string) {
		level, n, width, err := ledger.ParseTilePath(path)
		if err == nil && ledger.TilePath(level, n, width) != path {
			t.Fatalf("%q is read, but written otherwise", path)
		}
	})
}
