package lists

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
	"tongban/internal/web/door"
)

// actsInFeed is how many changes a page of the feed has.
const actsInFeed = 50

// The feed of changes (RFC 4287), in pages (RFC 5005 section 3): the newest
// changes first, rel=next leads to older ones.
type (
	atomFeed struct {
		XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
		Lang    string      `xml:"xml:lang,attr"`
		ID      string      `xml:"id"`
		Title   string      `xml:"title"`
		Updated string      `xml:"updated"`
		Author  atomPerson  `xml:"author"`
		Links   []atomLink  `xml:"link"`
		Entries []atomEntry `xml:"entry"`
	}
	atomPerson struct {
		Name string `xml:"name"`
	}
	atomLink struct {
		Rel  string `xml:"rel,attr"`
		Type string `xml:"type,attr,omitempty"`
		Href string `xml:"href,attr"`
	}
	atomEntry struct {
		ID        string       `xml:"id"`
		Title     string       `xml:"title"`
		Updated   string       `xml:"updated"`
		Published string       `xml:"published"`
		Author    *atomPerson  `xml:"author,omitempty"`
		Category  atomCategory `xml:"category"`
		Links     []atomLink   `xml:"link"`
		Summary   string       `xml:"summary"`
	}
	atomCategory struct {
		Term  string `xml:"term,attr"`
		Label string `xml:"label,attr"`
	}
)

const (
	atomType = "application/atom+xml"
	htmlType = "text/html"
)

// feed is the changes of all lists, or of one.
func (o *desk) feed(w http.ResponseWriter, r *http.Request) {
	path, list := "/lists/changes.atom", r.PathValue("kind")
	title := wording.Text(door.Lang(r), "listed.feed.title")
	if list != "" {
		k, err := lists.KindOf(list)
		if err != nil {
			o.UI.NotFound(w, r)
			return
		}
		path = kindPath(k) + "/changes.atom"
		title = wording.Text(door.Lang(r), "listed.feed.of", "list", k.Label(door.Lang(r)))
	}
	before, _ := strconv.ParseInt(param(r, "before"), 10, 64)
	before = max(0, before)
	f := atomFeed{Lang: langTag(door.Lang(r)), ID: o.urn("list-changes", list), Title: title}
	var newest int64
	if !o.Read(w, r, func(tx *store.Tx) (err error) {
		if newest, err = lists.Head(tx); err != nil {
			return err
		}
		return o.fillFeed(tx, r, &f, path, list, before)
	}) {
		return
	}
	b, err := xml.MarshalIndent(f, "", " ")
	if err != nil {
		o.Fail(w, r, o.House.Runner.SettleFor(r.Context(), r.Pattern, err))
		return
	}
	tag := fmt.Sprintf(`"%d-%d-%s"`, newest, before, f.Lang)
	w.Header().Set("ETag", tag)
	w.Header().Set("Cache-Control", "public, max-age=300")
	w.Header().Set("Vary", "Cookie")
	if matches(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Type", atomType+"; charset=utf-8")
	_, _ = w.Write(append([]byte(xml.Header), b...)) // the reader may have gone
}

func (o *desk) fillFeed(tx *store.Tx, r *http.Request, f *atomFeed, path, list string, before int64) error {
	acts, err := lists.Recent(tx, list, before, actsInFeed+1)
	if err != nil {
		return err
	}
	region := o.House.Options.Region
	if f.Author.Name, err = o.House.People.RegionName(tx, region, tx.Today()); err != nil {
		return err
	}
	self := path
	if before > 0 {
		self += "?before=" + strconv.FormatInt(before, 10)
	}
	f.Links = []atomLink{{"self", atomType, self}, {"first", atomType, path}, {"alternate", htmlType, alternate(list)}}
	if len(acts) > actsInFeed {
		acts = acts[:actsInFeed]
		f.Links = append(f.Links, atomLink{"next", atomType, path + "?before=" + strconv.FormatInt(acts[actsInFeed-1].Seq, 10)})
	}
	f.Updated = stamp(0)
	names, err := o.names(tx, tx.Today())
	if err != nil {
		return err
	}
	for i, c := range acts {
		e, err := o.atomEntry(c, names, door.Lang(r))
		if err != nil {
			return err
		}
		if i == 0 {
			f.Updated = e.Updated
		}
		f.Entries = append(f.Entries, e)
	}
	return nil
}

func alternate(list string) string {
	if list == "" {
		return "/lists"
	}
	return "/lists/" + list + "/changes"
}

func (o *desk) atomEntry(c lists.Changed, names lists.Names, lang wording.Lang) (e atomEntry, err error) {
	k, err := lists.KindOf(c.List)
	if err != nil {
		return e, err
	}
	e = atomEntry{ID: o.urn("list-change", strconv.FormatInt(c.Seq, 10)), Updated: stamp(c.Made), Published: stamp(c.Made), Category: atomCategory{k.Key, k.Label(lang)},
		Title: wording.Text(lang, "listed.feed.entry", "list", k.Label(lang), "what", actText(c).In(lang)),
		Links: []atomLink{{"alternate", htmlType, actPath(k, c)}}}
	if c.Agency != "" {
		e.Author = &atomPerson{names.Agency(c.Agency)}
	}
	e.Summary = wording.Text(lang, "listed.feed.summary", "day", c.From, "document", c.Document, "reason", c.Reason)
	return e, nil
}

// urn is an id that never changes, wherever the site is read.
func (o *desk) urn(what, which string) string {
	id := "urn:tongban:" + o.House.Options.Region + ":" + what
	if which != "" {
		id += ":" + which
	}
	return id
}

// stamp is a moment as Atom writes it (RFC 3339).
func stamp(i day.Instant) string { return i.Time().Format(time.RFC3339) }

func langTag(lang wording.Lang) string {
	if lang == wording.ZH {
		return "zh-CN"
	}
	return string(lang)
}
