package lists_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"tongban/internal/register/catalog"
)

// The list of the service items is read, cut and taken away as every list is, as of
// any day; what is taken away comes back as it went.
func itemsAreAListToo(t *testing.T, w *world) {
	t.Helper()
	food := w.County.Items["food-workshop"].Code
	if page := string(w.fetch(t, "/items?q=食品作坊").body); !strings.Contains(page, "食品作坊经营许可") || !strings.Contains(page, `/items/download.xlsx?q=`) {
		t.Error("the page has no item or no file")
	}
	if page := string(w.fetch(t, "/items?on=2001-01-01").body); !strings.Contains(page, "2001年1月1日") || strings.Contains(page, food) {
		t.Error("the list of another day")
	}
	if page := string(w.fetch(t, "/lists").body); !strings.Contains(page, `href="/items"`) {
		t.Error("it does not stand among the lists")
	}
	rows := table(t, w.fetch(t, "/items/download.csv?q="+food).body)
	if len(rows) != 2 || rows[1][0] != food || rows[0][0] != "事项编码" || rows[1][2] != "行政许可" || !strings.HasPrefix(rows[1][3], "云禾县") {
		t.Fatalf("%q", rows)
	}
	if rows := table(t, w.fetch(t, "/items/download.csv?on=2001-01-01").body); len(rows) != 1 {
		t.Errorf("before the first day: %q", rows)
	}
	for _, form := range []string{"csv", "xlsx", "json"} {
		f := w.fetch(t, "/items/download."+form)
		drafts, problems, _ := catalog.ReadList("items."+form, f.body)
		if f.status != http.StatusOK || len(problems) > 0 || len(drafts) < 100 {
			t.Errorf("%s: %d, %d items, %v", form, f.status, len(drafts), catalog.Problems(problems))
		}
		if again := w.fetch(t, "/items/download."+form, "If-None-Match", f.header.Get("ETag")); again.status != http.StatusNotModified {
			t.Errorf("%s: who has it gets %d", form, again.status)
		}
	}
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(w.fetch(t, "/items/schema.json").body))
	must(t, err)
	c := jsonschema.NewCompiler()
	must(t, c.AddResource("items.json", schema))
	s, err := c.Compile("items.json")
	must(t, err)
	var doc any
	must(t, json.Unmarshal(w.fetch(t, "/items/download.json?q="+food).body, &doc))
	if err := s.Validate(doc); err != nil {
		t.Error(err)
	}
	if drafts, problems := catalog.ReadExcel(w.fetch(t, "/items/template.xlsx").body); len(drafts)+len(problems) != 0 {
		t.Errorf("the template: %d, %v", len(drafts), catalog.Problems(problems))
	}
}
