package portal

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
	"tongban/internal/web/lists"
	"tongban/internal/web/ui"
)

// guideVersion is one version as it was published: the address to cite, which never
// changes.
func (p *portal) guideVersion(w http.ResponseWriter, r *http.Request) {
	_, field := p.asOf(r)
	p.guideOf(w, r, field, func(tx *store.Tx, item int64) (*catalog.Version, error) {
		return p.numbered(tx, item, r.PathValue("version"))
	})
}

// numbered is the version of an item that an address names: v and its number.
func (p *portal) numbered(tx *store.Tx, item int64, name string) (*catalog.Version, error) {
	n, err := strconv.Atoi(strings.TrimPrefix(name, "v"))
	if err != nil || name != "v"+strconv.Itoa(n) {
		return nil, act.Missing("catalog.thing.version")
	}
	return p.House.Items.Numbered(tx, item, n)
}

// asOf reads the day of the address for which a guide is asked; today without one.
func (p *portal) asOf(r *http.Request) (day.Day, ui.Field) {
	today := p.House.Store.Now().Day()
	f := ui.Field{Kind: ui.FieldDay, Name: "on", Label: ui.M("portal.guide.on"), Value: r.URL.Query().Get("on"), Optional: true}
	if f.Value == "" {
		return today, f
	}
	on, err := ui.ParseDay(f.Value, today, f.Label)
	if err != nil {
		f.Error, _ = err.(ui.Text)
		return today, f
	}
	f.Value = on.String()
	return on, f
}

// past says which version is shown when it is not the one of today.
func (d *guideData) past(v *catalog.Version, today day.Day) *ui.Notice {
	if v.Span.Holds(today) {
		return nil
	}
	n := &ui.Notice{Kind: ui.Info, Title: ui.M("portal.guide.past.coming", "n", v.N, "from", ui.OnDay(v.Span.From))}
	if v.Span.From <= today {
		n.Title = ui.M("portal.guide.past", "n", v.N, "from", ui.OnDay(v.Span.From), "until", ui.OnDay(v.Span.Until-1))
	}
	if d.Current != 0 {
		n.Links = []ui.Link{{Text: ui.M("portal.guide.today", "n", d.Current), Href: "/items/" + id(v.Of)}}
	}
	return n
}

// linked names the addresses of the same guide for programs (RFC 5829): the one to
// cite, the latest version, the one before.
func linked(h http.Header, v *catalog.Version, today day.Day) {
	guide := "/items/" + id(v.Of)
	at := func(n int) string { return guide + "/v" + strconv.Itoa(n) }
	canonical := at(v.N)
	if v.Span.Holds(today) {
		canonical = guide
	}
	h.Add("Link", "<"+canonical+`>; rel="canonical"`)
	h.Add("Link", "<"+at(v.N)+`>; rel="bookmark"`)
	h.Add("Link", "<"+guide+`>; rel="latest-version"`)
	if v.N > 1 {
		h.Add("Link", "<"+at(v.N-1)+`>; rel="predecessor-version"`)
	}
}

// related are the items of the same family (业务办理项), each by the situation that it
// is for, so that whoever came to one of them finds theirs.
func (p *portal) related(tx *store.Tx, v *catalog.Version, d *guideData) error {
	all, err := p.House.Items.Family(tx, v.Code, tx.Today())
	for _, x := range all {
		line := ui.Task{Label: ui.Both{ZH: x.Name, EN: x.NameEN}, Hint: notes(x.Differs), Href: "/items/" + id(x.Of)}
		if x.Situation != "" {
			line.Hint = joined(line.Label, line.Hint)
			line.Label = ui.Both{ZH: x.Situation, EN: x.SituationEN}
		}
		if x.Of == v.Of {
			line.Href, line.Status = "", ui.Status{Tone: ui.ToneNow, Text: ui.M("portal.guide.this")}
		}
		d.Family.Tasks = append(d.Family.Tasks, line)
	}
	return err
}

// notes says several things in one line, in both languages.
func notes(list []wording.Message) ui.Text {
	if len(list) == 0 {
		return nil
	}
	var zh, en []string
	for _, m := range list {
		zh, en = append(zh, m.In(wording.ZH)), append(en, m.In(wording.EN))
	}
	return ui.Both{ZH: strings.Join(zh, "；"), EN: strings.Join(en, "; ")}
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
		if v.Span.Holds(tx.Today()) {
			d.Current = v.N
		}
		d.Versions.Rows = append(d.Versions.Rows, ui.Row{Cells: []ui.Cell{first, {Text: ui.Both{ZH: v.Name, EN: v.NameEN}}, {Text: ui.OnDay(v.Span.From)}, {Text: until}}})
	}
	if err != nil || now.N == 1 {
		return err
	}
	was, err := p.House.Items.Numbered(tx, now.Of, now.N-1)
	if err != nil {
		return err
	}
	changes := catalog.Differences(was, now, func(agency string) string { return p.agencyOn(tx, agency, tx.Today()).ZH })
	d.Before = ui.M("portal.guide.compared", "n", was.N, "differences", len(changes))
	d.Compared = lists.Sides(catalog.GuideKind, changes, ui.M("portal.guide.version_n", "n", was.N), ui.M("portal.guide.version_n", "n", now.N))
	return nil
}
