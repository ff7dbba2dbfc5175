package form

import (
	"slices"
	"strings"

	"tongban/internal/rules/wording"
)

// Element is a data element (数据元): one fact that many forms and materials
// ask for and that is asked of a person once.
type Element struct {
	Key       string
	Name      wording.Message
	Sensitive bool   // every value goes through the vault
	Widget    Widget // how a form asks for it; "" for a document
}

// Document tells whether the element is a document (a licence, a certificate)
// and not a value of a form.
func (e Element) Document() bool { return e.Widget == "" }

// elements is the registry, in order of key. Names lie in the catalogue.
var elements = func() []Element {
	var list []Element
	add := func(sensitive bool, w Widget, keys ...string) {
		for _, k := range keys {
			list = append(list, Element{Key: k, Name: wording.M("form.element." + k), Sensitive: sensitive, Widget: w})
		}
	}
	add(false, Text, "person.name", "enterprise.name", "enterprise.legal_person", "enterprise.business_scope", "agency.name", "agency.contact")
	add(false, Choice, "person.sex", "enterprise.kind")
	add(false, Address, "enterprise.address", "premises.address", "agency.address")
	add(false, USCC, "enterprise.uscc", "agency.uscc")
	add(false, Number, "premises.area", "enterprise.staff")
	add(false, Money, "enterprise.capital")
	add(false, Date, "enterprise.founded")
	add(true, IDNo, "person.idno", "enterprise.legal_person_idno")
	add(true, Phone, "person.phone", "enterprise.phone")
	add(true, Address, "person.address")
	add(true, Text, "person.bank_account")
	add(true, Date, "person.birth")
	add(false, "", "licence.business", "licence.permit", "forest.register", "property.register", "reward.notice",
		"staffing.notice", "vehicle.inspection")
	add(true, "", "licence.identity", "licence.health", "licence.household", "licence.marriage", "relief.means", "disability.card")
	slices.SortFunc(list, func(a, b Element) int { return strings.Compare(a.Key, b.Key) })
	return list
}()

// Elements lists all data elements in order of key.
func Elements() []Element { return slices.Clone(elements) }

// FindElement finds a data element by its key.
func FindElement(key string) (Element, bool) {
	i, ok := slices.BinarySearchFunc(elements, key, func(e Element, k string) int { return strings.Compare(e.Key, k) })
	if !ok {
		return Element{}, false
	}
	return elements[i], true
}
