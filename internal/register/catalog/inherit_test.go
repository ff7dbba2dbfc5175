package catalog_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"tongban/internal/register/catalog"
)

// leases is the folder of the county's item that has variants, as it can be changed.
func leases(t testing.TB) fstest.MapFS {
	t.Helper()
	all := fstest.MapFS{}
	for _, dir := range []string{"", "change", "ending"} {
		for _, name := range []string{"item.yaml", "flow.bpmn", "form.json", "form.patch.json"} {
			b, err := os.ReadFile(path.Join(county, "lease-filing", dir, name))
			if err == nil {
				all[path.Join("leases", dir, name)] = &fstest.MapFile{Data: b}
			}
		}
	}
	return all
}

// A variant has what it does not write from its item, whole, and says itself what it
// does write.
func TestAVariantTakesWhatItLeavesToItsItem(t *testing.T) {
	t.Parallel()
	files := leases(t)
	of, problems := catalog.ReadFolder(files, "leases")
	must(t, catalog.AsError(problems))
	v, problems := catalog.ReadFolder(files, "leases/change")
	must(t, catalog.AsError(problems))
	if v.Agency != of.Agency || v.Terms != of.Terms || v.Base != of.Base || len(v.Basis) != len(of.Basis) || !bytes.Equal(v.FlowXML, of.FlowXML) {
		t.Errorf("not as its item: %+v", v.Item)
	}
	if v.Name == of.Name || v.Situation == of.Situation || v.Summary == of.Summary || v.Materials[0].Key != "supplement" || v.Conditions[0] == of.Conditions[0] {
		t.Errorf("not its own: %+v", v.Item)
	}
	for _, m := range v.Materials[1:] { // of which it writes the key alone
		i := 0
		for i = range of.Materials {
			if of.Materials[i].Key == m.Key {
				break
			}
		}
		was, _ := json.Marshal(of.Materials[i])
		if is, _ := json.Marshal(m); !bytes.Equal(is, was) {
			t.Errorf("%s, of the item %s", is, was)
		}
	}
	if _, ok := v.Form.Field("former_no"); !ok || len(v.Form.Fields) != len(of.Form.Fields)+2 {
		t.Errorf("%d fields", len(v.Form.Fields))
	}
	if f, ok := v.Form.Field("rent"); !ok || f.Widget != "money" {
		t.Errorf("rent: %+v", f)
	}
	ending, problems := catalog.ReadFolder(files, "leases/ending")
	must(t, catalog.AsError(problems))
	if _, ok := ending.Form.Field("rent"); ok || ending.Result.LicenceType != "" {
		t.Error("ending a lease asks for its rent, or yields a licence")
	}
	again, problems := catalog.Read(v.ItemYAML, v.FlowXML, v.FormJSON) // it stands alone
	must(t, catalog.AsError(problems))
	if again.Name != v.Name || len(again.Materials) != len(v.Materials) {
		t.Errorf("read again: %+v", again.Item)
	}
	if all, err := catalog.Folders(files, "leases"); err != nil || strings.Join(all, " ") != ". change ending" {
		t.Errorf("folders %v, %v", all, err)
	}
	if all, err := catalog.Folders(files, "."); err != nil || strings.Join(all, " ") != "leases leases/change leases/ending" {
		t.Errorf("folders %v, %v", all, err)
	}
}

// What is wrong with a variant is named where it was written; without its item it
// lacks what it left to it.
func TestVariantsThatCannotBeCompleted(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name, file, was, now string
		told, says           string
		here                 bool // at the line that was changed
	}{
		{"its item is another", "leases/item.yaml", "4991017911000\"", "4991017911001\"", "flow.bpmn", "没有 flow.bpmn", false},
		{"its item cannot be read", "leases/item.yaml", "format: tongban-item/1", "[", "flow.bpmn", "没有 flow.bpmn", false},
		{"the code of no variant", "leases/change/item.yaml", "00001\"", "0\"", "flow.bpmn", "没有 flow.bpmn", false},
		{"no situation", "leases/change/item.yaml", "situation: ", "# ", "item.yaml", "situation", false},
		{"a material that the item has not", "leases/change/item.yaml", "{key: property}", "{key: deed}", "item.yaml", "name", true},
		{"its own line", "leases/change/item.yaml", "name: 补充协议", "name: 其他材料", "item.yaml", "其他材料", true},
		{"the end of nothing in the form", "leases/change/item.yaml", "form.former_no", "form.number", "item.yaml", "form.number", true},
		{"the end of a licence of no type", "leases/change/item.yaml", "证明（示范）, type: \"11990124YH0000093M901\"", "证明（示范）, type: \"\"", "item.yaml", "21", true},
		{"a patch that is none", "leases/change/form.patch.json", "{", "{{", "form.patch.json", "JSON", false},
		{"a patch and more", "leases/change/form.patch.json", "\n}\n", "\n}\n{}", "form.patch.json", "JSON", false},
		{"a field of no known kind", "leases/change/form.patch.json", "\"x-widget\": \"text\"", "\"x-widget\": \"crystal\"", "form.json", "", false},
	} {
		files := leases(t)
		src := string(files[x.file].Data)
		if !strings.Contains(src, x.was) {
			t.Fatalf("%s: no %q", x.name, x.was)
		}
		files[x.file] = &fstest.MapFile{Data: []byte(strings.Replace(src, x.was, x.now, 1))}
		_, problems := catalog.ReadFolder(files, "leases/change")
		line := 1 + strings.Count(src[:strings.Index(src, x.was)], "\n")
		found := false
		for _, p := range problems {
			found = found || p.File == x.told && strings.Contains(catalog.Problems{p}.Error(), x.says) && (!x.here || p.Line == line)
		}
		if !found {
			t.Errorf("%s: %v", x.name, catalog.Problems(problems))
		}
	}
}

// A form of its own is taken as it is.
func TestAVariantWithAFormOfItsOwn(t *testing.T) {
	t.Parallel()
	files := leases(t)
	form := strings.Replace(string(files["leases/form.json"].Data), `"title": "每月租金"`, `"title": "新的租金"`, 1)
	files["leases/ending/form.json"] = &fstest.MapFile{Data: []byte(form)}
	delete(files, "leases/ending/form.patch.json")
	_, problems := catalog.ReadFolder(files, "leases/ending")
	if all := catalog.Problems(problems).Error(); !strings.Contains(all, "“form.ended_on”在申请表里没有") || strings.Contains(all, "form.house_address”") {
		t.Error(all)
	}
}
