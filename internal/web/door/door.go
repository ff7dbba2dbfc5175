// Package door is what every page passes through: who is signed in, signing in
// and out, choosing a post, and how an error becomes a page. It holds no rule:
// whether somebody may do a thing is asked in the command.
package door

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"

	"tongban/internal/house"
	"tongban/internal/house/asked"
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/identity"
	"tongban/internal/register/licence/sheet"
	"tongban/internal/rules/wording"
	"tongban/internal/web/ui"
)

//go:embed pages
var pages embed.FS

// Cookie is the name of the session cookie. It holds a random token and nothing else.
const Cookie = "tb_session"

// Door knows the house and draws pages.
type Door struct {
	House *house.House
	UI    *ui.Renderer
	// Menu gives the left menu of staff in a post; the rooms' pages fill it.
	Menu func(act.Actor) []ui.Link
	// Printer prints licences and papers as PDF; nil where the binary was built
	// without its font.
	Printer *sheet.Printer
	// Practice tells, in a demonstration only, how to sign in: the accounts, and
	// the second code of the moment. Real houses have none.
	Practice *Practice
	Log      *slog.Logger

	https bool // the public address is, whatever a proxy makes of it
	held  held
}

// Secure tells whether readers come over TLS, also when a proxy in front of us
// ends it.
func (d *Door) Secure() bool { return d.https }

// secure tells whether a cookie may be sent over TLS only.
func (d *Door) secure(r *http.Request) bool { return r.TLS != nil || d.https }

// Practice is what a demonstration tells everybody.
type Practice struct {
	Accounts []PracticeAccount
	Code     func() string
}

// PracticeAccount is an account of a demonstration.
type PracticeAccount struct{ Login, Password, What string }

// Options say what stands on every page.
type Options struct {
	Site, Authority ui.Text
	Address         string
	Version         string
	Printer         *sheet.Printer
	Practice        *Practice
	Menu            func(act.Actor) []ui.Link
}

// New makes the door and the renderer of all pages.
func New(h *house.House, o Options) (*Door, error) {
	d := &Door{House: h, https: strings.HasPrefix(o.Address, "https://"), Menu: o.Menu, Printer: o.Printer, Practice: o.Practice, Log: h.Options.Log}
	r, err := ui.New(ui.Options{
		Site: o.Site, Authority: o.Authority, Address: o.Address, Version: o.Version, Updated: h.Store.Now().Day(),
		Clock: h.Store.Now, NewKey: rand.Text, Frame: d.frame, Log: d.Log,
	})
	if err != nil {
		return nil, err
	}
	d.UI = r
	return d, r.Add("door", pages)
}

// visit is what a request brings: who sends it, with which session.
type visit struct {
	actor   act.Actor
	session identity.Session
	in      bool
	frame   *ui.Frame
}

type visitKey struct{}

// Enter finds out who sends each request, once, before next sees it.
func (d *Door) Enter(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{actor: act.Actor{Who: act.Anyone}}
		if c, err := r.Cookie(Cookie); err == nil && c.Value != "" {
			s, err := d.House.People.Open(r.Context(), c.Value)
			switch {
			case err == nil && s.Next != identity.SecondFactor:
				v.session, v.in, v.actor = s, true, s.Actor
			case act.KindOf(err) == act.Unavailable:
				d.Fail(w, r, err)
				return
			}
		}
		if v.in {
			w.Header().Set("Cache-Control", "private, no-store") // unless the answer is everybody's and says so
		}
		v.actor.Lang = ui.PrefsOf(r).Lang
		asked.By(r.Context(), string(v.actor.Who))
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), visitKey{}, v)))
	})
}

func visitOf(r *http.Request) *visit {
	if v, ok := r.Context().Value(visitKey{}).(*visit); ok {
		return v
	}
	return &visit{actor: act.Actor{Who: act.Anyone, Lang: ui.PrefsOf(r).Lang}}
}

// Actor is who sends the request.
func Actor(r *http.Request) act.Actor { return visitOf(r).actor }

// Lang is the language of the request's pages.
func Lang(r *http.Request) wording.Lang { return ui.PrefsOf(r).Lang }

// Key is the idempotency key that the page's form carried.
func Key(r *http.Request) string { return r.PostFormValue("idempotency_key") }

// Person wants somebody to be signed in; others are sent to sign in and come back.
func (d *Door) Person(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := visitOf(r)
		switch {
		case !v.in:
			d.toSignIn(w, r)
		case v.session.Next == identity.NewPassword:
			http.Redirect(w, r, "/password?back="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
		default:
			h(w, r)
		}
	}
}

// Staff wants somebody in a post.
func (d *Door) Staff(h http.HandlerFunc) http.HandlerFunc {
	return d.Person(func(w http.ResponseWriter, r *http.Request) {
		v := visitOf(r)
		switch {
		case v.session.Next == identity.NeedTOTP:
			http.Redirect(w, r, "/second-factor", http.StatusSeeOther)
		case v.actor.Who != act.Staff:
			d.Fail(w, r, act.Refuse("door.staff_only").Then("door.staff_only.next"))
		default:
			h(w, r)
		}
	})
}

// toSignIn sends to the sign-in page; what a page was asked for is kept.
func (d *Door) toSignIn(w http.ResponseWriter, r *http.Request) {
	back := r.URL.RequestURI()
	if r.Method != http.MethodGet {
		back = "/my"
		if u, err := url.Parse(r.Referer()); err == nil && u.Host == r.Host {
			back = u.RequestURI()
		}
		if at, ok := d.holds(w, r, back); ok {
			back = at
		}
	}
	http.Redirect(w, r, "/sign-in?back="+url.QueryEscape(back), http.StatusSeeOther)
}

// statuses are the HTTP statuses of the kinds of errors.
var statuses = map[act.Kind]int{
	act.Invalid: http.StatusUnprocessableEntity, act.Refused: http.StatusForbidden, act.NotFound: http.StatusNotFound,
	act.Conflict: http.StatusConflict, act.Gone: http.StatusGone, act.Unavailable: http.StatusServiceUnavailable, act.Internal: http.StatusInternalServerError,
}

// Status is the HTTP status of an error's kind.
func Status(err error) int {
	if s, ok := statuses[act.KindOf(err)]; ok {
		return s
	}
	return http.StatusInternalServerError
}

// Fail shows an error as a page: what is wrong, by which article, what to do next.
func (d *Door) Fail(w http.ResponseWriter, r *http.Request, err error) {
	var e *act.Error
	if !errors.As(err, &e) {
		d.UI.Fault(w, r, err)
		return
	}
	if e.Code == "act.sign_in" && visitOf(r).actor.Who == act.Anyone {
		d.toSignIn(w, r)
		return
	}
	title := ui.M("door.problem." + string(e.Kind))
	body := sentences{e.Msg}
	if e.Law != "" {
		body = append(body, ui.M("door.law", "law", e.Law))
	}
	if !e.Next.IsZero() {
		body = append(body, e.Next)
	}
	for _, f := range e.Fields {
		body = append(body, f.Msg)
	}
	links := []ui.Link{{Text: ui.M("ui.home"), Href: "/"}}
	if u, err := url.Parse(r.Referer()); err == nil && u.Host == r.Host {
		links = append([]ui.Link{{Text: ui.M("door.back"), Href: u.RequestURI()}}, links...)
	}
	if e.Kind == act.Unavailable {
		w.Header().Set("Retry-After", "30")
	}
	d.UI.Problem(w, r, Status(err), ui.Problem{Title: title, Body: body, ID: e.ID, Links: links})
}

// Wrong gives the messages of an error by field, for ui.Fill; ok is false when
// the error is not one that a form can show.
func Wrong(err error) (map[string]ui.Text, bool) {
	var e *act.Error
	if !errors.As(err, &e) || e.Kind != act.Invalid {
		return nil, false
	}
	list := map[string]ui.Text{}
	for _, f := range e.Fields {
		list[f.Name] = f.Msg
	}
	if len(list) == 0 {
		list[""] = e.Msg
	}
	return list, true
}

// Done answers a form that was carried out: the reader is sent on, so that a
// reload repeats nothing.
func Done(w http.ResponseWriter, r *http.Request, to string) {
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// Local keeps an address within this site.
func Local(s, otherwise string) string {
	if !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || strings.ContainsAny(s, "\\\r\n\t") {
		return otherwise
	}
	return s
}

// Source is where a request comes from, for slowing guesses.
func Source(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// Read runs f on one view of the database and shows what goes wrong; ok is
// false when the answer has been written.
func (d *Door) Read(w http.ResponseWriter, r *http.Request, f func(*store.Tx) error) (ok bool) {
	err := d.House.Runner.SettleFor(r.Context(), r.Pattern, d.House.Store.Read(r.Context(), f))
	if err != nil {
		d.Fail(w, r, err)
	}
	return err == nil
}

// frame is who is signed in, for every page's bar.
func (d *Door) frame(r *http.Request) ui.Frame {
	v := visitOf(r)
	if !v.in {
		return ui.Frame{}
	}
	if v.frame != nil {
		return *v.frame
	}
	f := ui.Frame{Expires: v.session.Expires, Person: &ui.Person{Name: v.actor.Name, SignOut: "/sign-out"}}
	if v.actor.Who == act.Staff {
		f.Person.Post = identity.PostLabel(v.actor.Post)
		f.Person.Agency = d.agency(r.Context(), v.actor.Agency)
		f.Person.SwitchPost = "/post"
		if d.Menu != nil {
			f.Menu = d.Menu(v.actor)
		}
	}
	v.frame = &f
	return f
}

func (d *Door) agency(ctx context.Context, key string) ui.Text {
	name := key
	_ = d.House.Store.Read(ctx, func(tx *store.Tx) (err error) {
		name, err = d.House.People.AgencyName(tx, key, tx.Today())
		return err
	})
	return ui.Plain(name)
}
