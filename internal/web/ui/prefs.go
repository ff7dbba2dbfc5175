package ui

import (
	"net/http"
	"strings"

	"tongban/internal/rules/wording"
)

// Size is the size of letters and targets that a reader has chosen.
type Size string

// The three sizes of ui.md 3.2. Elder is 长辈版, Large is 特大.
const (
	Standard Size = "standard"
	Elder    Size = "elder"
	Large    Size = "large"
)

// Density is the row height that a member of staff has chosen.
type Density string

// The densities of staff tables.
const (
	Roomy   Density = "roomy"
	Normal  Density = "normal"
	Compact Density = "compact"
)

const (
	cookieSize    = "tb_size"
	cookieLang    = "tb_lang"
	cookieDensity = "tb_density"
	prefsPath     = "/prefs"
	yearSeconds   = 365 * 24 * 60 * 60
)

// Prefs is what a reader has chosen about the look of all pages.
type Prefs struct {
	Lang    wording.Lang
	Size    Size
	Density Density
}

// PrefsOf reads the choices from the request's cookies. An address with
// ?lang=en or ?lang=zh wins, so that a link can name its language.
func PrefsOf(r *http.Request) Prefs {
	p := Prefs{Lang: wording.ZH, Size: Standard, Density: Normal}
	if v := r.URL.Query().Get("lang"); knownLang(v) {
		p.Lang = wording.Lang(v)
	} else if c, err := r.Cookie(cookieLang); err == nil && knownLang(c.Value) {
		p.Lang = wording.Lang(c.Value)
	}
	if c, err := r.Cookie(cookieSize); err == nil && knownSize(c.Value) {
		p.Size = Size(c.Value)
	}
	if c, err := r.Cookie(cookieDensity); err == nil && knownDensity(c.Value) {
		p.Density = Density(c.Value)
	}
	return p
}

// PrefsHandler takes the header's switches (POST /prefs with size, lang or
// density, and back) and returns to where the reader was. Setting a preference
// twice is harmless, so the form carries no idempotency key. overTLS tells that
// the cookies may be sent over TLS only.
func PrefsHandler(overTLS bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, 8<<10)
		if v := r.PostFormValue("size"); knownSize(v) {
			remember(w, overTLS, cookieSize, v)
		}
		if v := r.PostFormValue("lang"); knownLang(v) {
			remember(w, overTLS, cookieLang, v)
		}
		if v := r.PostFormValue("density"); knownDensity(v) {
			remember(w, overTLS, cookieDensity, v)
		}
		http.Redirect(w, r, localPath(r.PostFormValue("back")), http.StatusSeeOther)
	})
}

func remember(w http.ResponseWriter, overTLS bool, name, value string) {
	http.SetCookie(w, &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: yearSeconds,
		HttpOnly: true, Secure: overTLS, SameSite: http.SameSiteLaxMode,
	})
}

// localPath refuses every address that leaves this site, also the ones browsers
// read as such: //host, /\host, and control characters.
func localPath(s string) string {
	if !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || strings.ContainsAny(s, "\\\r\n\t") {
		return "/"
	}
	return s
}

func knownSize(s string) bool {
	return s == string(Standard) || s == string(Elder) || s == string(Large)
}

func knownLang(s string) bool { return s == string(wording.ZH) || s == string(wording.EN) }

func knownDensity(s string) bool {
	return s == string(Roomy) || s == string(Normal) || s == string(Compact)
}
