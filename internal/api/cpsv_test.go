package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// profile is the part of CPSV-AP 3.2 that items use: for each class the
// properties that a thing of it must have (*), and those that it may have.
var profile = map[string]string{
	"cpsv:PublicService": `*dct:identifier *dct:title *dct:description *cv:hasCompetentAuthority dct:spatial dct:language dcat:keyword cv:processingTime cv:hasLegalResource
		cv:holdsRequirement cpsv:follows cpsv:hasInput cpsv:produces cv:hasChannel cv:hasCost cv:contactPoint cv:isClassifiedBy`,
	"cv:PublicOrganisation": "*dct:identifier *dct:title *skos:prefLabel *dct:spatial",
	"dct:Location":          "dct:identifier skos:prefLabel",
	"eli:LegalResource":     "dct:identifier dct:title dct:description",
	"cv:Requirement":        "*dct:identifier *dct:title",
	"cpsv:Rule":             "*dct:identifier *dct:title *dct:description dct:language",
	"cv:Evidence":           "*dct:identifier *dct:title dct:description dct:language",
	"cv:Output":             "*dct:identifier *dct:title dct:language",
	"cv:Channel":            "*dct:identifier dct:description",
	"cv:Cost":               "*dct:identifier dct:description cv:hasValue cv:currency",
	"cv:ContactPoint":       "dct:identifier cv:telephone cv:openingHours",
	"time:TemporalEntity":   "dct:description",
	"skos:Concept":          "skos:notation skos:prefLabel",
}

// spaces are the namespaces of the profile.
var spaces = map[string]string{
	"cpsv": "http://purl.org/vocab/cpsv#", "cv": "http://data.europa.eu/m8g/", "dct": "http://purl.org/dc/terms/", "dcat": "http://www.w3.org/ns/dcat#",
	"eli": "http://data.europa.eu/eli/ontology#", "skos": "http://www.w3.org/2004/02/skos/core#", "time": "http://www.w3.org/2006/time#",
	"xsd": "http://www.w3.org/2001/XMLSchema#",
}

// linkedData reads every written item, and one known by name only, as linked data.
func linkedData(w *world) {
	paths := []string{}
	for _, item := range w.county.Items {
		paths = append(paths, fmt.Sprintf("/items/%d", item.ID))
	}
	for _, x := range w.get("", "/items?q=登记&limit=50").ok().list("items") {
		if x["complete"] == false {
			paths = append(paths, fmt.Sprintf("/items/%d", int64(x["id"].(float64))))
			break
		}
	}
	for _, path := range paths {
		a := w.get("", path+"/service.jsonld").ok()
		if kind := a.header.Get("Content-Type"); kind != "application/ld+json" {
			w.Errorf("%s comes as %s", path, kind)
		}
		w.describes(path, a.raw)
	}
	path := paths[0]
	direct := w.get("", path+"/service.jsonld")
	again := w.do(request{method: http.MethodGet, path: path + "/service.jsonld", header: map[string]string{"If-None-Match": direct.header.Get("ETag")}})
	if again.status != http.StatusNotModified {
		w.Errorf("who has it gets %d", again.status)
	}
	w.get("", "/items/999999999/service.jsonld").fails(404, "act.not_found")
}

// describes holds a document against the profile: known classes with what they
// must have and nothing else, every thing once, and no pointer into nowhere.
func (w *world) describes(path string, raw []byte) {
	w.Helper()
	var doc struct {
		Context map[string]any   `json:"@context"`
		Graph   []map[string]any `json:"@graph"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		w.Fatal(err)
	}
	for prefix, space := range spaces {
		if doc.Context[prefix] != space {
			w.Errorf("%s: %s is %v", path, prefix, doc.Context[prefix])
		}
	}
	things := map[string]bool{}
	for _, n := range doc.Graph {
		id := n["@id"].(string)
		if things[id] || !regexp.MustCompile(`^urn:[a-z0-9]+:\S+$`).MatchString(id) {
			w.Errorf("%s: %s stands twice or is no id", path, id)
		}
		things[id] = true
	}
	for _, n := range doc.Graph {
		class := n["@type"].(string)
		words, known := profile[class]
		if !known {
			w.Errorf("%s: %s is not in the profile", path, class)
		}
		var may []string
		for _, p := range strings.Fields(words) {
			name, must := strings.CutPrefix(p, "*")
			may = append(may, name)
			if must && n[name] == nil {
				w.Errorf("%s: %s lacks %s", path, class, name)
			}
		}
		for p, v := range n {
			if p[0] == '@' {
				continue
			}
			if !slices.Contains(may, p) {
				w.Errorf("%s: %s has %s", path, class, p)
			}
			w.points(path, doc.Context[p], v, things)
		}
	}
}

// points wants what a pointer names to stand in the document, or in a
// vocabulary of the EU; texts name their language.
func (w *world) points(path string, term, value any, things map[string]bool) {
	w.Helper()
	t, _ := term.(map[string]any)
	list, several := value.([]any)
	if !several {
		list = []any{value}
	}
	for _, v := range list {
		switch v := v.(type) {
		case string:
			if t["@type"] == "@id" && !things[v] && !strings.HasPrefix(v, "http://publications.europa.eu/resource/authority/") {
				w.Errorf("%s points at %s, which is nowhere", path, v)
			}
		case map[string]any:
			if v["@value"] == "" || v["@language"] != "zh" && v["@language"] != "en" {
				w.Errorf("%s: text %v", path, v)
			}
		default:
			w.Errorf("%s: value %v", path, v)
		}
	}
}
