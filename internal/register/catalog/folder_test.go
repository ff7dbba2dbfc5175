package catalog_test

import (
	"os"
	"testing"

	"tongban/internal/register/catalog"
)

// county is the folder of the written items of the demonstration county.
const county = "../../demo/county/items"

func TestEveryWrittenItemOfTheCountyReads(t *testing.T) {
	t.Parallel()
	root := os.DirFS(county)
	folders, err := catalog.Folders(root, ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		draft, problems := catalog.ReadFolder(root, folder)
		if len(problems) > 0 {
			t.Errorf("%s:\n%s", folder, catalog.Problems(problems).Error())
			continue
		}
		if draft.NameOnly() || draft.Form == nil || draft.Name == "" {
			t.Errorf("%s: read without flow, form or name", folder)
		}
	}
	if len(folders) != 16+3 {
		t.Fatalf("%d folders read, the county has 16 items and 3 variants of one of them", len(folders))
	}
}
