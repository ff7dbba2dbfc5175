package house_test

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"tongban/tests/house"
)

// repository is the tree that all checks look at, read once.
var repository = sync.OnceValues(func() (*house.Tree, error) {
	here, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	return house.Load(filepath.Dir(filepath.Dir(here)))
})

func tree(t *testing.T) *house.Tree {
	t.Helper()
	all, err := repository()
	if err != nil {
		t.Fatal(err)
	}
	if len(all.Go) < 100 {
		t.Fatalf("only %d Go files found: this is not the repository", len(all.Go))
	}
	return all
}

func report(t *testing.T, faults []house.Fault) {
	t.Helper()
	for _, f := range faults {
		t.Error(f)
	}
}

func TestImportsGoDownwards(t *testing.T)     { t.Parallel(); report(t, house.Arrows(tree(t))) }
func TestFoldersSayWhatTheyHold(t *testing.T) { t.Parallel(); report(t, house.Buckets(tree(t))) }
func TestRulesArePure(t *testing.T)           { t.Parallel(); report(t, house.Purity(tree(t))) }
func TestExportedNamesHaveComments(t *testing.T) {
	t.Parallel()
	report(t, house.Documented(tree(t)))
}
func TestMigrations(t *testing.T)        { t.Parallel(); report(t, house.Schema(tree(t))) }
func TestNothingIsLeftOpen(t *testing.T) { t.Parallel(); report(t, house.Traces(tree(t))) }

func TestTablesAreWrittenByTheirOwners(t *testing.T) {
	t.Parallel()
	all := tree(t)
	if owners, _ := house.Owners(all); len(owners) < 30 || owners["proceeding"] != "proceeding" {
		t.Fatalf("the owners of tables were not found: %v", owners)
	}
	report(t, house.Tables(all))
}

func TestSizes(t *testing.T) {
	t.Parallel()
	faults, long := house.Sizes(tree(t))
	report(t, faults)
	for _, f := range long {
		t.Log("soon to be cut: ", f)
	}
}

func TestWording(t *testing.T) {
	t.Parallel()
	faults, err := house.Wording(tree(t))
	if err != nil {
		t.Fatal(err)
	}
	report(t, faults)
}

func TestKeysAreInTheCatalogue(t *testing.T) {
	t.Parallel()
	faults, asked, err := house.Keys(tree(t))
	if err != nil {
		t.Fatal(err)
	}
	if asked < 500 {
		t.Errorf("only %d keys were found in the code: the check does not see them", asked)
	}
	report(t, faults)
}
