package lists

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strings"

	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

// format is a form in which a list can be taken away.
type format struct{ ending, media string }

var formats = []format{
	{"csv", "text/csv; charset=utf-8"},
	{"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	{"json", "application/json"},
}

// taken is a part of a list that is sent away: everything but the writing.
type taken struct {
	kind   *lists.Kind
	format format
	part   string
	query  lists.Query
	export lists.Export
	tag    string
}

// download sends a list, or the part of it that the address asks for, row by row.
func (o *desk) download(w http.ResponseWriter, r *http.Request, k *lists.Kind, f format) {
	q, on := o.asked(r, k)
	if on.Error != nil {
		o.list(w, r, k)
		return
	}
	t := taken{kind: k, format: f, part: param(r, "part"), query: q}
	if t.part != "" && (f.ending != "csv" || k.Table(t.part) == nil) {
		o.UI.NotFound(w, r)
		return
	}
	if !o.Read(w, r, func(tx *store.Tx) error { return o.prepare(tx, r, &t) }) {
		return
	}
	h := w.Header()
	h.Set("ETag", t.tag)
	h.Set("Cache-Control", "public, max-age=300")
	h.Set("Vary", "Cookie")
	h.Add("Link", "<"+kindPath(k)+`/schema.json>; rel="describedby"; type="application/schema+json"`)
	if matches(r.Header.Get("If-None-Match"), t.tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", f.media)
	h.Set("Content-Disposition", disposition(t.name(r), k.Key+"-"+q.At.Day.String()+"."+f.ending))
	if r.Method == http.MethodHead {
		return
	}
	o.send(w, r, &t)
}

// prepare settles which state is sent, and its tag.
func (o *desk) prepare(tx *store.Tx, r *http.Request, t *taken) error {
	seq, err := o.keeps(t.kind).head(tx)
	if err != nil {
		return err
	}
	names, err := o.names(tx, t.query.At.Day)
	if err != nil {
		return err
	}
	epoch, err := o.House.People.Epoch(tx, "place")
	if err != nil {
		return err
	}
	t.query.At.Seq = seq
	if seq == 0 {
		t.query.At.Seq = -1 // what is changed while this is sent is not seen
	}
	t.export = lists.Export{Kind: t.kind, Names: names, Lang: door.Lang(r)}
	h := sha256.Sum256(fmt.Appendf(nil, "1 %s %s %s %+v %d %s", t.kind.Key, t.format.ending, t.part, t.query, epoch, t.export.Lang))
	t.tag = `"` + hex.EncodeToString(h[:12]) + `"`
	return nil
}

// send writes the file. What goes wrong before the first byte is a page; after
// it the answer is broken off, so that half a list is never taken for a whole.
func (o *desk) send(w http.ResponseWriter, r *http.Request, t *taken) {
	ctx := r.Context()
	if t.format.ending == "xlsx" {
		select {
		case o.books <- struct{}{}:
			defer func() { <-o.books }()
		case <-ctx.Done():
			return
		}
	}
	out := &begun{w: w}
	var rows iter.Seq2[lists.Entry, error]
	if t.query.List != "" { // else the template
		rows = o.keeps(t.kind).all(ctx, o.House.Store, t.query)
	}
	var err error
	switch t.format.ending {
	case "csv":
		err = t.export.CSV(out, t.part, rows)
	case "xlsx":
		err = t.export.Excel(out, rows)
	default:
		err = t.export.JSON(out, t.query.At, rows)
	}
	switch {
	case err == nil || ctx.Err() != nil:
	case out.n > 0:
		o.Log.ErrorContext(ctx, "list download", "list", t.kind.Key, "err", err)
		panic(http.ErrAbortHandler)
	default:
		for _, name := range []string{"Content-Disposition", "ETag", "Link"} {
			w.Header().Del(name)
		}
		w.Header().Set("Cache-Control", "no-store")
		o.Fail(w, r, o.House.Runner.SettleFor(ctx, r.Pattern, err))
	}
}

// begun counts what was written.
type begun struct {
	w io.Writer
	n int64
}

// Write passes on.
func (b *begun) Write(p []byte) (int, error) {
	n, err := b.w.Write(p)
	b.n += int64(n)
	return n, err
}

// name is the name of the file as people read it.
func (t *taken) name(r *http.Request) string {
	lang := door.Lang(r)
	name := t.kind.Label(lang)
	if t.part != "" {
		name += "-" + t.kind.Table(t.part).Label(lang)
	}
	if t.query.Agency != "" {
		name += "-" + t.export.Names.Agency(t.query.Agency)
	}
	if t.query.Region != "" {
		name += "-" + t.export.Names.Region(t.query.Region)
	}
	return name + "-" + t.query.At.Day.String() + "." + t.format.ending
}

// disposition names a file in any writing (RFC 6266), with a plain name for the
// programs that do not read that.
func disposition(name, plain string) string {
	name = strings.Map(func(c rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, c) {
			return '-'
		}
		return c
	}, name)
	return `attachment; filename="` + plain + `"; filename*=UTF-8''` + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
}

// matches tells whether a reader has the answer already.
func matches(header, tag string) bool {
	for one := range strings.SplitSeq(header, ",") {
		if one = strings.TrimPrefix(strings.TrimSpace(one), "W/"); one == tag || one == "*" {
			return true
		}
	}
	return false
}

// schema is the JSON Schema of a list as it is taken away.
func (o *desk) schema(w http.ResponseWriter, r *http.Request, k *lists.Kind) {
	b, err := k.Schema()
	if err != nil {
		o.Fail(w, r, o.House.Runner.SettleFor(r.Context(), r.Pattern, err))
		return
	}
	w.Header().Set("Content-Type", "application/schema+json")
	w.Header().Set("Content-Disposition", disposition(kindText(k).In(ui.PrefsOf(r).Lang)+".schema.json", k.Key+".schema.json"))
	w.Header().Set("Cache-Control", "public, max-age=3600")
	_, _ = w.Write(b) // the reader has gone
}
