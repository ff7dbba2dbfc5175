package lists

import (
	"context"
	"iter"
	"net/http"

	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/lists"
	"tongban/internal/web/ui"
)

// keeper is the register that keeps the entries of a list.
type keeper struct {
	head   func(*store.Tx) (int64, error)
	page   func(*store.Tx, lists.Query) ([]lists.Entry, error)
	count  func(*store.Tx, lists.Query) ([]lists.Counted, error)
	all    func(context.Context, *store.Store, lists.Query) iter.Seq2[lists.Entry, error]
	counts *counted // what was counted of it
}

// keeps finds who keeps a list: the service items stand in the catalogue, all else
// in the register of lists.
func (o *desk) keeps(k *lists.Kind) keeper {
	if k == catalog.ListKind {
		return keeper{catalog.Epoch, catalog.Listed, catalog.ListedCount, catalog.ListedAll, &o.itemCounts}
	}
	return keeper{lists.Head, lists.Page, lists.Count, lists.All, &o.counts}
}

// items adds the list of the service items.
func (o *desk) items(handle func(string, http.HandlerFunc)) {
	k := catalog.ListKind
	one := func(h func(http.ResponseWriter, *http.Request, *lists.Kind)) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { h(w, r, k) }
	}
	handle("GET /items", one(o.list))
	handle("GET /items/schema.json", one(o.schema))
	handle("GET /items/template.xlsx", one(o.template))
	for _, f := range formats {
		handle("GET /items/download."+f.ending, func(w http.ResponseWriter, r *http.Request) { o.download(w, r, k, f) })
	}
}

// template is the workbook of a list without entries, to be filled in.
func (o *desk) template(w http.ResponseWriter, r *http.Request, k *lists.Kind) {
	f := formats[1]
	w.Header().Set("Content-Type", f.media)
	w.Header().Set("Content-Disposition", disposition(ui.M("listed.template.file", "list", kindText(k)).In(ui.PrefsOf(r).Lang)+"."+f.ending, k.Key+"-template."+f.ending))
	w.Header().Set("Cache-Control", "public, max-age=3600")
	if r.Method != http.MethodHead {
		o.send(w, r, &taken{kind: k, format: f, export: lists.Export{Kind: k}})
	}
}

// itemLine is the list of the service items among the others.
func (o *desk) itemLine(tx *store.Tx) (listLine, error) {
	k := catalog.ListKind
	all, err := o.itemCounts.of(tx, o.keeps(k), lists.Query{List: k.Key, At: lists.Stand{Day: tx.Today()}})
	return listLine{Name: kindText(k), About: ui.Both{ZH: k.About, EN: k.AboutEN}, Href: kindPath(k), Facts: ui.M("listed.entries", "n", ui.Thousands(int64(lists.Total(all).Entries)))}, err
}
