package ui

import (
	"embed"
	"net/http"
	"strings"
)

//go:embed guide/*.html
var guideFiles embed.FS

// GuidePath is where Guide is mounted.
const GuidePath = "/_ui"

// Guide shows every component in every state, with invented data: /_ui for the
// list, /_ui/NAME for a page. ?state=error and ?state=empty change what a page
// shows. The browser tests run on it; it reads nothing and changes nothing.
func Guide(r *Renderer) http.Handler {
	mux := http.NewServeMux()
	for name, page := range guidePages {
		mux.HandleFunc("GET "+GuidePath+name, func(w http.ResponseWriter, req *http.Request) {
			p := page(req.URL.Query().Get("state"))
			p.URL = req.URL
			r.Render(w, req, 0, p)
		})
	}
	mux.HandleFunc("GET "+GuidePath+"/qr.svg", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/svg+xml")
		_, _ = w.Write([]byte(sampleCode()))
	})
	mux.HandleFunc("GET "+GuidePath+"/", r.NotFound)
	mux.HandleFunc("POST "+GuidePath+"/", func(w http.ResponseWriter, req *http.Request) {
		http.Redirect(w, req, GuidePath+"/records", http.StatusSeeOther)
	})
	return mux
}

// guidePages are the pages of the guide by the rest of their address.
var guidePages = map[string]func(state string) Page{
	"":         guideIndex,
	"/home":    guideHome,
	"/search":  guideSearch,
	"/form":    guideForm,
	"/ask":     guideAsk,
	"/check":   guideCheck,
	"/records": guideRecords,
	"/licence": guideLicence,
	"/confirm": guideConfirm,
	"/desk":    guideDesk,
	"/case":    guideCase,
	"/counter": guideCounter,
	"/figures": guideFigures,
	"/wall":    guideWall,
	"/kiosk":   guideKiosk,
}

func guideIndex(string) Page {
	var links []Link
	for _, name := range strings.Fields("home search form ask check records licence confirm desk case counter figures wall kiosk") {
		links = append(links, Link{Text: Plain(name), Href: GuidePath + "/" + name})
	}
	links = append(links, Link{Text: Plain("form, with errors"), Href: GuidePath + "/form?state=error"},
		Link{Text: Plain("desk, empty"), Href: GuidePath + "/desk?state=empty"})
	return Page{Name: "guide/index", Title: Plain("界面样本"), Data: links}
}

// sampleCode draws a pattern that looks like a QR code and means nothing.
func sampleCode() string {
	var b strings.Builder
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 37 37"><rect x="-4" y="-4" width="37" height="37" fill="#fff"/><path d="`)
	corner := func(x, y int) bool { return (x < 8 || x > 20) && y < 8 || x < 8 && y > 20 }
	seed := uint32(12345)
	for y := range 29 {
		for x := range 29 {
			seed = seed*1664525 + 1013904223
			if !corner(x, y) && seed>>30 > 1 {
				b.WriteString("M" + itoa(x) + " " + itoa(y) + "h1v1h-1z")
			}
		}
	}
	for _, c := range [3][2]int{{0, 0}, {22, 0}, {0, 22}} {
		b.WriteString("M" + itoa(c[0]) + " " + itoa(c[1]) + "h7v7h-7zm1 1v5h5v-5zm1 1h3v3h-3z")
	}
	b.WriteString(`" fill-rule="evenodd"/></svg>`)
	return b.String()
}

func itoa(i int) string { return Thousands(int64(i)) }
