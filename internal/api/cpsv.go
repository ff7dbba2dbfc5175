package api

import (
	"strconv"

	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/wording"
	"tongban/internal/rules/workday"
)

// linked is the media type of JSON-LD.
const linked = "application/ld+json"

// cpsvContext is the vocabulary of CPSV-AP 3.2: the profile's prefixes, and
// which of the properties used here point at things. It stands in every
// document, so that nobody has to fetch it.
var cpsvContext = node{
	"cpsv": "http://purl.org/vocab/cpsv#", "cv": "http://data.europa.eu/m8g/", "dct": "http://purl.org/dc/terms/", "dcat": "http://www.w3.org/ns/dcat#",
	"eli": "http://data.europa.eu/eli/ontology#", "skos": "http://www.w3.org/2004/02/skos/core#", "time": "http://www.w3.org/2006/time#",
	"xsd":               "http://www.w3.org/2001/XMLSchema#",
	"cv:processingTime": node{"@type": "xsd:duration"}, "cv:hasValue": node{"@type": "xsd:double"},
	"cv:hasCompetentAuthority": pointer, "cv:hasLegalResource": pointer, "cv:hasChannel": pointer, "cv:hasCost": pointer, "cv:contactPoint": pointer,
	"cv:holdsRequirement": pointer, "cv:isClassifiedBy": pointer, "cv:openingHours": pointer, "cv:currency": pointer,
	"cpsv:hasInput": pointer, "cpsv:produces": pointer, "cpsv:follows": pointer, "dct:spatial": pointer, "dct:language": pointer,
}

// node is a thing in a JSON-LD document.
type node = map[string]any

var pointer = node{"@type": "@id"}

// The controlled vocabularies of the EU that have what is needed here.
const (
	inChinese = "http://publications.europa.eu/resource/authority/language/ZHO"
	inYuan    = "http://publications.europa.eu/resource/authority/currency/CNY"
)

// service writes an item as a CPSV-AP document.
type service struct {
	item  *catalog.Version
	urn   string // of the item; things below it begin with it
	graph []node
	root  node
}

// cpsv is the item as a public service in linked data.
func (s *server) cpsv(tx *store.Tx, item *catalog.Version) ([]byte, error) {
	base := "urn:tongban:" + s.h.Options.Region
	x := &service{item: item, urn: base + ":item:" + item.Code}
	agency, err := s.h.People.Agency(tx, item.Agency, tx.Today())
	if err != nil {
		return nil, err
	}
	region, err := s.h.People.RegionName(tx, agency.Region, tx.Today())
	if err != nil {
		return nil, err
	}
	body, area := base+":agency:"+agency.Key, base+":region:"+agency.Region
	about := both(item.Summary, item.SummaryEN)
	if len(about) == 0 {
		about = both(item.Name, item.NameEN) // known by name only
	}
	x.root = node{"@id": x.urn, "@type": "cpsv:PublicService", "dct:identifier": item.Code, "dct:title": both(item.Name, item.NameEN), "dct:description": about,
		"cv:hasCompetentAuthority": body, "dct:spatial": area, "dct:language": inChinese}
	if len(item.Aliases) > 0 {
		x.root["dcat:keyword"] = said(item.Aliases...)
	}
	x.rules()
	x.papers()
	x.ways()
	x.kind(base)
	graph := append([]node{x.root,
		{"@id": body, "@type": "cv:PublicOrganisation", "dct:identifier": agency.Key, "dct:title": said(agency.Name), "skos:prefLabel": said(agency.Name), "dct:spatial": area},
		{"@id": area, "@type": "dct:Location", "dct:identifier": agency.Region, "skos:prefLabel": said(region)}}, x.graph...)
	return asJSON(node{"@context": cpsvContext, "@graph": graph})
}

// add puts a thing of the service into the document and points at it.
func (x *service) add(property, class, name string, more node) {
	n := node{"@id": x.urn + ":" + name, "@type": class, "dct:identifier": name}
	for k, v := range more {
		n[k] = v
	}
	x.graph = append(x.graph, n)
	list, _ := x.root[property].([]string)
	x.root[property] = append(list, x.urn+":"+name)
}

// rules are the law, the conditions and the limits.
func (x *service) rules() {
	for i, b := range x.item.Basis {
		more := node{"dct:title": said(b.Cited())}
		if b.Text != "" {
			more["dct:description"] = said(b.Text)
		}
		x.add("cv:hasLegalResource", "eli:LegalResource", "basis-"+strconv.Itoa(i+1), more)
	}
	for i, c := range x.item.Conditions {
		x.add("cv:holdsRequirement", "cv:Requirement", "condition-"+strconv.Itoa(i+1), node{"dct:title": said(c)})
	}
	for _, t := range []struct {
		name string
		term workday.Term
	}{{"notice", x.item.Terms.Notice}, {"statutory", x.item.Terms.Statutory}, {"promised", x.item.Terms.Promised}, {"deliver", x.item.Terms.Deliver}} {
		if !t.term.IsZero() {
			x.add("cpsv:follows", "cpsv:Rule", "term-"+t.name, node{"dct:title": inBoth("api.term." + t.name), "dct:language": inChinese,
				"dct:description": []node{{"@language": "zh", "@value": t.term.In(wording.ZH)}, {"@language": "en", "@value": t.term.In(wording.EN)}}})
		}
	}
	// A duration knows no working days: a limit in them is a rule only.
	if p := x.item.Terms.Promised; p.Unit == workday.CalendarDays && p.Days > 0 {
		x.root["cv:processingTime"] = "P" + strconv.Itoa(p.Days) + "D"
	}
}

// papers are what goes in and what comes out.
func (x *service) papers() {
	for _, m := range x.item.Materials {
		more := node{"dct:title": said(m.Name), "dct:language": inChinese}
		if m.Why != "" {
			more["dct:description"] = said(m.Why)
		}
		x.add("cpsv:hasInput", "cv:Evidence", "material-"+m.Key, more)
	}
	if x.item.Result.Name != "" {
		x.add("cpsv:produces", "cv:Output", "result", node{"dct:title": said(x.item.Result.Name), "dct:language": inChinese})
	}
}

// ways are channels, cost and whom to ask.
func (x *service) ways() {
	for _, c := range x.item.Channels {
		x.add("cv:hasChannel", "cv:Channel", "channel-"+c, node{"dct:description": inBoth("catalog.word.channel." + c)})
	}
	if fees := x.item.Fees; fees.Text != "" {
		more := node{"dct:description": said(fees.Text)}
		if !fees.Charged {
			more["cv:hasValue"], more["cv:currency"] = "0", inYuan
		}
		x.add("cv:hasCost", "cv:Cost", "cost", more)
	}
	c := x.item.Contact
	if c.Phone == "" {
		return
	}
	more := node{"cv:telephone": c.Phone}
	if c.Hours != "" {
		more["cv:openingHours"] = x.urn + ":hours"
		x.graph = append(x.graph, node{"@id": x.urn + ":hours", "@type": "time:TemporalEntity", "dct:description": said(c.Hours)})
	}
	x.add("cv:contactPoint", "cv:ContactPoint", "contact", more)
}

// kind is the type of the item by GB/T 39046.
func (x *service) kind(base string) {
	key := "gbcode.item_type." + x.item.Type
	if !wording.Has(wording.ZH, key) {
		return
	}
	id := base + ":item-type:" + x.item.Type
	x.root["cv:isClassifiedBy"] = []string{id}
	x.graph = append(x.graph, node{"@id": id, "@type": "skos:Concept", "skos:notation": x.item.Type, "skos:prefLabel": inBoth(key)})
}

// said are texts in Chinese.
func said(texts ...string) []node {
	list := make([]node, len(texts))
	for i, t := range texts {
		list[i] = node{"@language": "zh", "@value": t}
	}
	return list
}

// both is a text that may have an English form.
func both(zh, en string) []node {
	if zh == "" {
		return nil
	}
	list := said(zh)
	if en != "" {
		list = append(list, node{"@language": "en", "@value": en})
	}
	return list
}

// inBoth is a sentence of the catalogue in both languages.
func inBoth(key string) []node {
	return both(wording.Text(wording.ZH, key), wording.Text(wording.EN, key))
}
