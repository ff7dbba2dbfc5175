package lists_test

import (
	"fmt"
	"strings"
	"testing"

	"tongban/internal/register/lists"
)

// Several files are one change: with a wrong row in any of them nothing is
// applied, and each is named with its file, row and column; a code in two of them
// is wrong; what is right is one edition.
func TestSeveralFilesAreOneChange(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		k := kind(t, "once")
		read := func(files ...string) lists.Batch {
			var names []string
			var all []lists.Batch
			for i, text := range files {
				names = append(names, fmt.Sprintf("第%d份.csv", i+1))
				all = append(all, lists.ReadFile(k, names[i], []byte(text)))
			}
			return ordering(lists.Together(k, names, all))
		}
		// The second file has its columns in another order.
		first := "name,code,type,agency\n开办食品店,510A-000001,none,scjg\n"
		for name, c := range map[string]struct{ second, want string }{
			"no such agency": {"agency,type,code,name\n没有的局,none,510A-000002,开办餐馆\n", "第2份.csv CSV"},
			"no name":        {"agency,type,code,name\nspj,none,510A-000002,\n", "D（"},
			"twice":          {"agency,type,code,name\nspj,none,510A-000001,开办餐馆\n", "510A-000001"},
		} {
			plan, err := r.lists.Preview(bg, r.editor, read(first, c.second))
			must(t, err)
			if said := plan.Problems.Error(); len(plan.Problems) != 1 || !strings.Contains(said, c.want) || !strings.Contains(said, "第2份.csv") {
				t.Errorf("%s: %s", name, said)
			}
			if _, err := r.lists.Change(bg, r.editor, "", read(first, c.second)); err == nil {
				t.Errorf("%s: it was taken", name)
			}
			if _, there := r.on(t, "once", "510A-000001", lists.Stand{}); there {
				t.Errorf("%s: the first file was applied", name)
			}
		}
		if done := r.change(t, read(first, "agency,type,code,name\nspj,none,510A-000002,开办餐馆\n")); done.Added != 2 || done.Edition != 1 {
			t.Errorf("%+v", done)
		}
	})
}
