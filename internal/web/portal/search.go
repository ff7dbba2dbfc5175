package portal

import (
	"net/http"
	"strconv"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

// wordsMax bounds what is looked for, in characters.
const wordsMax = 60

type searchData struct {
	Search  ui.Field
	Filter  ui.Filter
	Results []result
	Pager   ui.Pager
	First   string
	Miss    ui.Field
	Others  []ui.Link
}

type result struct {
	Name, Agency ui.Text
	Href         string
	Links        []ui.Link
	Facts        ui.Text
	Why          ui.Text
	Situation    ui.Text // 业务办理项: the one of its family that it is for
}

func (p *portal) search(w http.ResponseWriter, r *http.Request) {
	q := p.query(r)
	data := searchData{
		Search: ui.Field{Kind: ui.FieldSearch, Name: "q", Label: ui.M("portal.search.label"), Value: q.Words},
		Filter: searchFilter(r, q),
		Miss:   ui.Field{Kind: ui.FieldText, Name: "words", Label: ui.M("portal.search.miss"), Value: q.Words, Chars: 20},
		Others: []ui.Link{{Text: ui.M("portal.search.all"), Href: "/search"}, {Text: ui.M("portal.call"), Href: "tel:12345"}},
	}
	var next string
	if !p.Read(w, r, func(tx *store.Tx) error {
		hits, err := catalog.Search(tx, q)
		if err != nil {
			return err
		}
		next = hits.Next
		for _, h := range hits.List {
			x, err := p.result(tx, r, h)
			if err != nil {
				return err
			}
			data.Results = append(data.Results, x)
		}
		if data.Filter.Fields[1].Options, err = p.agencyOptions(tx); err != nil {
			return err
		}
		return nil
	}) {
		return
	}
	chips(&data.Filter, r)
	page := ui.Page{Name: "portal/search", Title: ui.M("portal.search.title"), Back: &ui.Link{Text: ui.M("ui.home"), Href: "/"}}
	switch {
	case r.URL.Query().Has("told"):
		page.Notice = &ui.Notice{Kind: ui.Done, Title: ui.M("portal.search.told")}
	case len(data.Results) == 0 && q.Words != "":
		page.Heading = ui.M("portal.search.none", "words", q.Words)
		if err := catalog.Missed(r.Context(), p.House.Store, q.Words); err != nil {
			p.Log.Warn("words that found nothing were not kept", "err", err)
		}
	case q.Words != "":
		page.Heading = ui.M("portal.search.found", "words", q.Words)
	}
	data.Pager, data.First = pager(r, len(data.Results), next)
	page.Data = data
	p.show(w, r, page)
}

// query reads what is looked for from the address.
func (p *portal) query(r *http.Request) catalog.Query {
	v := r.URL.Query()
	words := strings.Join(strings.Fields(v.Get("q")), " ")
	if x := []rune(words); len(x) > wordsMax {
		words = string(x[:wordsMax])
	}
	return catalog.Query{Words: words, Who: audience(r), Agency: v.Get("agency"), Online: v.Get("online") != "", After: v.Get("after")}
}

func searchFilter(r *http.Request, q catalog.Query) ui.Filter {
	who := ui.Field{Kind: ui.FieldSelect, Name: "who", Label: ui.M("portal.who"), Value: q.Who, Options: []ui.Option{{Label: ui.M("portal.all")}}}
	for _, x := range []string{"person", "legal", "agency"} {
		who.Options = append(who.Options, ui.Option{Value: x, Label: ui.M("portal.who." + x)})
	}
	agency := ui.Field{Kind: ui.FieldSelect, Name: "agency", Label: ui.M("portal.agency"), Value: q.Agency}
	online := ui.Field{Kind: ui.FieldSelect, Name: "online", Label: ui.M("portal.search.way"), Value: r.URL.Query().Get("online"),
		Options: []ui.Option{{Label: ui.M("portal.all")}, {Value: "1", Label: ui.M("portal.search.online")}}}
	return ui.Filter{Action: "/search", Fields: []ui.Field{who, agency, online}, Keep: map[string]string{"q": q.Words}}
}

func (p *portal) agencyOptions(tx *store.Tx) ([]ui.Option, error) {
	all, err := p.House.People.Agencies(tx, tx.Today())
	options := []ui.Option{{Label: ui.M("portal.all")}}
	for _, g := range all {
		options = append(options, ui.Option{Value: g.Key, Label: ui.Both{ZH: g.Name, EN: g.NameEN}})
	}
	return options, err
}

// chips adds a chip for each filter that is chosen.
func chips(f *ui.Filter, r *http.Request) {
	for _, x := range f.Fields {
		if x.Value == "" {
			continue
		}
		for _, o := range x.Options {
			if o.Value == x.Value {
				f.Chips = append(f.Chips, ui.Chip{Text: o.Label, Remove: with(r, x.Name, "", "after", "", "from", "")})
			}
		}
	}
}

// with is the address of the request with parameters replaced, in pairs.
func with(r *http.Request, pairs ...string) string { return (ui.Page{URL: r.URL}).With(pairs...) }

// pager leads on by cursor; first is the way back to the beginning.
func pager(r *http.Request, shown int, next string) (pg ui.Pager, first string) {
	from, err := strconv.Atoi(r.URL.Query().Get("from"))
	if err != nil || from < 1 {
		from = 1
	}
	pg = ui.Pager{From: from, To: from + shown - 1, Total: -1}
	if next != "" {
		pg.Next = with(r, "after", next, "from", strconv.Itoa(from+shown))
	}
	if r.URL.Query().Get("after") != "" {
		first = with(r, "after", "", "from", "")
	}
	return pg, first
}

func (p *portal) result(tx *store.Tx, r *http.Request, h catalog.Hit) (result, error) {
	x := result{Name: ui.Plain(h.Name), Agency: p.agency(tx, h.Agency), Href: "/items/" + id(h.Item)}
	if catalog.OfItem(h.Code) != "" {
		x.Situation = ui.M("portal.search.variant")
	}
	if h.Why.Key != "" {
		x.Why = h.Why
	}
	if !h.Complete {
		x.Facts = ui.M("portal.search.name_only")
		return x, nil
	}
	v, err := p.House.Items.ByID(tx, h.Version)
	if err == nil {
		v, err = v.Today(tx)
	}
	if err != nil {
		return x, err
	}
	g := catalog.Guide(v, p.House.Calendars.Current(), tx.Today(), door.Lang(r))
	x.Name, x.Facts = ui.Both{ZH: v.Name, EN: v.NameEN}, ui.Plain(strings.Join(g.Facts, " · "))
	if v.Situation != "" {
		x.Situation = ui.M("portal.search.situation", "situation", ui.Both{ZH: v.Situation, EN: v.SituationEN})
	}
	if h.Online {
		x.Links = []ui.Link{{Text: ui.M("portal.search.start"), Href: "/apply/" + id(h.Item), Hidden: x.Name}}
	}
	return x, nil
}

// missing takes what somebody did not find, for those who write the catalogue.
func (p *portal) missing(w http.ResponseWriter, r *http.Request) {
	words := strings.TrimSpace(r.PostFormValue("words"))
	if words == "" {
		p.Fail(w, r, act.Wrong("portal.search.say"))
		return
	}
	if err := catalog.Missed(r.Context(), p.House.Store, words); err != nil {
		p.Fail(w, r, p.House.Runner.SettleFor(r.Context(), "missed", err))
		return
	}
	door.Done(w, r, "/search?told=1")
}
