package portal

import (
	"net/http"
	"strconv"
	"strings"

	"tongban/internal/rules/wording"
	"tongban/internal/web/ui"
)

// texts are the pages of plain text: portal.<name>.title, .lead, and sections
// .1.h with .1, .2.h with .2 and so on, as far as the catalogue has them.
var texts = []string{"about", "contact", "feedback", "privacy", "accessibility", "spot-fakes"}

type textData struct {
	Lead     ui.Text
	Sections []textSection
	Links    []ui.Link
}

type textSection struct{ Heading, Body ui.Text }

func textKey(name string) string { return "portal." + strings.ReplaceAll(name, "-", "_") }

// text is one of the pages of plain text.
func (p *portal) text(name string) http.HandlerFunc {
	key := textKey(name)
	data := textData{Lead: ui.M(key + ".lead")}
	for n := 1; wording.Has(wording.ZH, key+"."+strconv.Itoa(n)); n++ {
		s := key + "." + strconv.Itoa(n)
		data.Sections = append(data.Sections, textSection{ui.M(s + ".h"), ui.M(s)})
	}
	data.Links = []ui.Link{{Text: ui.M("portal.call"), Href: "tel:12345"}, {Text: ui.M("agencies.link"), Href: "/agencies"}}
	for _, other := range texts {
		if other != name {
			data.Links = append(data.Links, ui.Link{Text: ui.M(textKey(other) + ".title"), Href: "/" + other})
		}
	}
	return func(w http.ResponseWriter, r *http.Request) {
		p.show(w, r, ui.Page{Name: "portal/text", Title: ui.M(key + ".title"), Back: &ui.Link{Text: ui.M("ui.home"), Href: "/"}, Data: data})
	}
}
