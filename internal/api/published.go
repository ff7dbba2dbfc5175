package api

import (
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/rules/wording"
)

// LogPrefix is where the log is shown by the paths of C2SP tlog-tiles: a
// generation's prefix is this and its number. Checkpoints and hash tiles are for
// everybody; bundles of entries, which name officials, items and minutes, only
// for those who may read the feed.
const LogPrefix = "/log/"

const (
	logReaders      = 8                      // readings of the log under way at once; the others wait
	logPatience     = 2 * time.Second        // how long they wait
	checkpointFresh = 250 * time.Millisecond // how long a checkpoint that was read is shown
	entryMost       = 1<<16 - 1              // bytes of a leaf that a bundle can hold
)

// published shows the log to whoever asks, without taking the database away from
// people who wait for a page.
type published struct {
	*server
	places chan struct{}

	mu   sync.Mutex
	kept map[int]shown // generation → checkpoint
}

type shown struct {
	note  string
	until time.Time
}

func logs(s *server, mux *http.ServeMux) {
	p := &published{server: s, places: make(chan struct{}, logReaders), kept: map[int]shown{}}
	mux.HandleFunc("GET "+LogPrefix+"{$}", p.in(p.about))
	mux.HandleFunc("GET "+LogPrefix+"{generation}/checkpoint", p.in(p.checkpoint))
	mux.HandleFunc("GET "+LogPrefix+"{generation}/tile/entries/{path...}", p.in(p.bundle))
	mux.HandleFunc("GET "+LogPrefix+"{generation}/tile/{path...}", p.in(p.tile))
}

var errLogBusy = errors.New("too many readings of the log")

// served is an answer that was read and is not sent yet.
type served struct {
	media, caching string
	body           []byte
	zip            bool // worth compressing
}

// in reads in one of the places and gives it back before it sends, so that a
// client that takes long keeps nobody waiting.
func (p *published) in(f func(r *http.Request) (served, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		lang := langOf(r.Header.Get("Accept-Language"))
		got, err := p.inPlace(r, f)
		switch {
		case err == nil:
			got.send(w, r)
		case r.Context().Err() != nil:
		case errors.Is(err, errLogBusy):
			busy := plain(http.StatusServiceUnavailable, "log.busy", lang)
			busy.retry = 1
			send(w, busy)
		case errors.Is(err, ledger.ErrNoTile):
			send(w, plain(http.StatusNotFound, "log.nowhere", lang))
		default:
			send(w, problemOf(p.h.Runner.Settle("log", err), lang))
		}
	}
}

func (p *published) inPlace(r *http.Request, f func(r *http.Request) (served, error)) (served, error) {
	patience := time.NewTimer(logPatience)
	defer patience.Stop()
	select {
	case p.places <- struct{}{}:
		defer func() { <-p.places }()
		return f(r)
	case <-patience.C:
		return served{}, errLogBusy
	case <-r.Context().Done():
		return served{}, r.Context().Err()
	}
}

func (a served) send(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", a.media)
	h.Set("Cache-Control", a.caching)
	if !a.zip || !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Length", strconv.Itoa(len(a.body)))
		_, _ = w.Write(a.body) // else the reader has gone
		return
	}
	h.Set("Content-Encoding", "gzip")
	z := gzip.NewWriter(w)
	_, _ = z.Write(a.body)
	_ = z.Close()
}

// aboutView says what there is of the log, for a person and for a program that
// begins. Keys are to be taken from elsewhere: these are for comparing.
type aboutView struct {
	Origin      string           `json:"origin"`
	Keys        []string         `json:"keys"`
	Generations []generationView `json:"generations"`
	Witnesses   []witnessView    `json:"witnesses"`
}

type generationView struct {
	Name   string `json:"name"`
	Prefix string `json:"prefix"`
	Before string `json:"before,omitempty"`
}

type witnessView struct {
	Key string `json:"key"`
}

func (p *published) about(r *http.Request) (served, error) {
	v := aboutView{Origin: p.h.Options.Origin, Keys: []string{p.h.LogKeys.Ed25519Key, p.h.LogKeys.SM2Key}, Witnesses: []witnessView{}}
	for _, s := range p.h.Ledger.Witnesses() {
		v.Witnesses = append(v.Witnesses, witnessView{s.Key.String()})
	}
	if err := p.read(r.Context(), func(tx *store.Tx) error {
		list, err := p.h.Ledger.Logs(tx)
		for _, g := range list {
			v.Generations = append(v.Generations, generationView{g.Name, LogPrefix + strconv.Itoa(g.Generation), g.Before})
		}
		return err
	}); err != nil {
		return served{}, err
	}
	b, err := json.Marshal(v)
	return served{media: "application/json", caching: "public, max-age=60", body: b}, err
}

// checkpoint answers <prefix>/checkpoint.
func (p *published) checkpoint(r *http.Request) (served, error) {
	g, ok := generation(r)
	if !ok {
		return served{}, ledger.ErrNoTile
	}
	text, err := p.newest(r, g)
	return served{media: "text/plain; charset=utf-8", caching: "public, max-age=1", body: []byte(text)}, err
}

// newest is the published checkpoint of a generation, read at most a few times a
// second however many ask.
func (p *published) newest(r *http.Request, g int) (string, error) {
	p.mu.Lock()
	s, ok := p.kept[g]
	p.mu.Unlock()
	if ok && time.Now().Before(s.until) {
		return s.note, nil
	}
	err := p.log(r, func(tx *store.Tx, log ledger.Log) error {
		c, found, err := p.h.Ledger.Published(tx, log.ID)
		if err == nil && !found {
			err = ledger.ErrNoTile
		}
		s = shown{c.Note, time.Now().Add(checkpointFresh)}
		return err
	})
	if err != nil {
		return "", err
	}
	p.mu.Lock()
	p.kept[g] = s
	p.mu.Unlock()
	return s.note, nil
}

// tile answers <prefix>/tile/<L>/<N>[.p/<W>].
func (p *published) tile(r *http.Request) (served, error) {
	level, n, width, err := ledger.ParseTilePath("tile/" + r.PathValue("path"))
	if err != nil {
		return served{}, ledger.ErrNoTile
	}
	a := served{media: "application/octet-stream", caching: tileCaching(width)}
	err = p.log(r, func(tx *store.Tx, log ledger.Log) (err error) {
		a.body, err = p.h.Ledger.Tile(tx, log.ID, level, n, width)
		return err
	})
	return a, err
}

// tileCaching: what a tile holds never changes. A partial one is soon asked for
// by nobody, so caches need not keep it for long.
func tileCaching(width int) string {
	if width < fullTile {
		return "public, max-age=3600, immutable"
	}
	return "public, max-age=31536000, immutable"
}

const fullTile = 256

// bundle answers <prefix>/tile/entries/<N>[.p/<W>], for those who may read the
// feed: leaves, each behind its length in two bytes.
func (p *published) bundle(r *http.Request) (served, error) {
	v := &visit{actor: act.Actor{Who: act.Anyone}, source: p.o.Source(r)}
	if err := p.admit(r, v, spec{}); err != nil {
		return served{}, err
	}
	n, width, err := ledger.ParseBundlePath("tile/entries/" + r.PathValue("path"))
	if err != nil {
		return served{}, ledger.ErrNoTile
	}
	a := served{media: "application/octet-stream", caching: "private, no-store", zip: true}
	err = p.log(r, func(tx *store.Tx, log ledger.Log) error {
		if err := p.h.People.Authorise(tx, v.actor, "feed.read", act.Scope{Agency: v.actor.Agency, Region: p.h.Options.Region}); err != nil {
			return err
		}
		list, err := p.h.Ledger.Bundle(tx, log.ID, n, width)
		if err == nil {
			a.body, err = framed(list)
		}
		return err
	})
	return a, err
}

// framed writes leaves as a bundle. One that is too long for the format is to be
// had as an event, and the answer says so.
func framed(list []ledger.Entry) ([]byte, error) {
	var b []byte
	for _, e := range list {
		if len(e.Bytes) > entryMost {
			return nil, &act.Error{Kind: act.Invalid, Code: "log.long", Msg: wording.M("log.long", "n", e.Seq, "path", Prefix+"/events")}
		}
		b = binary.BigEndian.AppendUint16(b, uint16(len(e.Bytes)))
		b = append(b, e.Bytes...)
	}
	return b, nil
}

// log reads one generation of the log.
func (p *published) log(r *http.Request, f func(*store.Tx, ledger.Log) error) error {
	g, ok := generation(r)
	if !ok {
		return ledger.ErrNoTile
	}
	return p.read(r.Context(), func(tx *store.Tx) error {
		list, err := p.h.Ledger.Logs(tx)
		if err != nil {
			return err
		}
		for _, log := range list {
			if log.Generation == g {
				return f(tx, log)
			}
		}
		return ledger.ErrNoTile
	})
}

// generation reads the number in the path as it is written, and only so.
func generation(r *http.Request) (int, bool) {
	text := r.PathValue("generation")
	g, err := strconv.Atoi(text)
	return g, err == nil && g > 0 && strconv.Itoa(g) == text
}
