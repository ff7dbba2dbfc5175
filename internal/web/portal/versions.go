package portal

import (
	"net/http"
	"slices"
	"strconv"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/web/ui"
)

// guideVersion is one version as it was published: the address to cite, which never
// changes.
func (p *portal) guideVersion(w http.ResponseWriter, r *http.Request) {
	p.guideOf(w, r, func(tx *store.Tx, item int64) (*catalog.Version, error) {
		return p.numbered(tx, item, r.PathValue("version"))
	})
}

// numbered is the version of an item that an address names: v and its number.
func (p *portal) numbered(tx *store.Tx, item int64, name string) (*catalog.Version, error) {
	all, err := p.House.Items.Versions(tx, item)
	if err != nil {
		return nil, err
	}
	for _, v := range all {
		if name == "v"+strconv.Itoa(v.N) {
			return v, nil
		}
	}
	return nil, act.Missing("listed.thing.version")
}

// related are the items of the same family (业务办理项).
func (d *guideData) related(tx *store.Tx, v *catalog.Version) error {
	of, variants, err := catalog.Variants(tx, v.Code, tx.Today())
	if d.Variant = of != nil; d.Variant {
		variants = []catalog.Variant{*of}
	}
	for _, x := range variants {
		d.Family = append(d.Family, ui.Link{Text: ui.Plain(x.Name), Href: "/items/" + id(x.Item)})
	}
	return err
}

// versions is the history of an item, the newest first, each at its own address.
func (p *portal) versions(tx *store.Tx, now *catalog.Version, d *guideData) error {
	all, err := p.House.Items.Versions(tx, now.Of)
	d.Versions = ui.Table{Caption: ui.M("portal.guide.versions"), HideCaption: true,
		Columns: []ui.Column{{Label: ui.M("portal.guide.version_no")}, {Label: ui.M("portal.guide.item")}, {Label: ui.M("portal.guide.from")}, {Label: ui.M("portal.guide.until")}}}
	for _, v := range slices.Backward(all) {
		until := ui.Text(ui.M("portal.guide.still"))
		if v.Span.Until != 0 {
			until = ui.OnDay(v.Span.Until)
		}
		first := ui.Cell{Text: ui.M("portal.guide.version_n", "n", v.N), Href: "/items/" + id(v.Of) + "/v" + strconv.Itoa(v.N)}
		if v.N == now.N {
			first.Note = ui.M("portal.guide.version_this")
		}
		d.Versions.Rows = append(d.Versions.Rows, ui.Row{Cells: []ui.Cell{first, {Text: ui.Both{ZH: v.Name, EN: v.NameEN}}, {Text: ui.OnDay(v.Span.From)}, {Text: until}}})
	}
	return err
}
