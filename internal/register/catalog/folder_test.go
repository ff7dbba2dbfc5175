package catalog_test

import (
	"io/fs"
	"os"
	"testing"

	"tongban/internal/register/catalog"
)

// county is the folder of the written items of the demonstration county.
const county = "../../demo/county/items"

func TestEveryWrittenItemOfTheCountyReads(t *testing.T) {
	t.Parallel()
	root := os.DirFS(county)
	dirs, err := fs.ReadDir(root, ".")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, d := range dirs {
		if !d.IsDir() {
			continue
		}
		n++
		draft, problems := catalog.ReadFolder(root, d.Name())
		if len(problems) > 0 {
			t.Errorf("%s:\n%s", d.Name(), catalog.Problems(problems).Error())
			continue
		}
		if draft.NameOnly() || draft.Form == nil || draft.Name == "" {
			t.Errorf("%s: read without flow, form or name", d.Name())
		}
	}
	if n < 16 {
		t.Fatalf("%d folders read, the county has 16", n)
	}
}
