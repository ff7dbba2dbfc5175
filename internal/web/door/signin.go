package door

import (
	"encoding/base64"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/skip2/go-qrcode"

	"tongban/internal/record/act"
	"tongban/internal/register/identity"
	"tongban/internal/web/ui"
)

// Routes adds the pages of signing in and out.
func (d *Door) Routes(mux *Mux) {
	mux.HandleFunc("GET /sign-in", d.signInPage)
	mux.HandleFunc("POST /sign-in", d.signIn)
	mux.HandleFunc("GET /sign-in/code", d.codePage)
	mux.HandleFunc("POST /sign-in/code", d.code)
	mux.HandleFunc("POST /sign-out", d.signOut)
	mux.HandleFunc("GET /password", d.passwordPage)
	mux.HandleFunc("POST /password", d.password)
	mux.HandleFunc("GET /second-factor", d.totpPage)
	mux.HandleFunc("POST /second-factor", d.totp)
	mux.HandleFunc("POST /second-factor/confirm", d.totpConfirm)
	mux.HandleFunc("GET /held/{token}", d.Person(d.heldPage))
	mux.HandleFunc("GET /post", d.Person(d.postPage))
	mux.HandleFunc("POST /post", d.Person(d.post))
}

type form struct {
	Action  string
	Back    string
	Fields  []ui.Field
	Buttons []ui.Button
	Lead    ui.Text
	Secret  string
	QR      template.URL
	Codes   []string
	Options []ui.Link
	// Accounts and Now are told by a demonstration only.
	Accounts []PracticeAccount
	Now      string
}

func (d *Door) show(w http.ResponseWriter, r *http.Request, title string, f form, err error) {
	page := ui.Page{Name: "door/form", Title: ui.M(title), Robots: "noindex"}
	status := http.StatusOK
	if err != nil {
		wrong, ok := Wrong(err)
		if !ok {
			wrong = map[string]ui.Text{"": messageOf(err)}
		}
		status = Status(err)
		page.Errors = ui.Fill(f.Fields, withoutSecrets(r.PostForm), wrong)
	}
	page.Data = f
	d.UI.Render(w, r, status, page)
}

func messageOf(err error) ui.Text {
	if e, ok := err.(*act.Error); ok {
		return e.Msg
	}
	return ui.Plain(err.Error())
}

func withoutSecrets(v url.Values) url.Values {
	out := url.Values{}
	for k, x := range v {
		if !strings.Contains(k, "password") && k != "code" {
			out[k] = x
		}
	}
	return out
}

func (d *Door) signInForm(r *http.Request) form {
	back := r.FormValue("back")
	return form{
		Action: "/sign-in", Back: Local(back, ""),
		Fields: []ui.Field{
			{Kind: ui.FieldText, Name: "login", Label: ui.M("door.login"), Hint: ui.M("door.login.hint"), Autocomplete: "username", Chars: 20},
			{Kind: ui.FieldPassword, Name: "password", Label: ui.M("door.password"), Autocomplete: "current-password", Chars: 20},
		},
		Buttons: []ui.Button{{Text: ui.M("door.sign_in"), Kind: ui.Primary}},
		Options: []ui.Link{{Text: ui.M("door.sign_up"), Href: "/sign-up"}},
	}
}

func (d *Door) signInPage(w http.ResponseWriter, r *http.Request) {
	f := d.signInForm(r)
	if d.Practice != nil {
		f.Accounts = d.Practice.Accounts
	}
	d.show(w, r, "door.sign_in.title", f, nil)
}

func (d *Door) signIn(w http.ResponseWriter, r *http.Request) {
	f := d.signInForm(r)
	in, err := d.House.People.SignIn(r.Context(), identity.Credentials{Login: r.PostFormValue("login"), Password: r.PostFormValue("password"), Source: Source(r)})
	if err != nil {
		d.show(w, r, "door.sign_in.title", f, err)
		return
	}
	d.Admit(w, r, in, f.Back)
}

// Admit sets the new session's cookie and leads to its next step. The token is
// new at every sign-in: one that was planted before is worth nothing, and the
// session that the browser had before ends.
func (d *Door) Admit(w http.ResponseWriter, r *http.Request, in identity.SignedIn, back string) {
	if before := token(r); before != "" && before != in.Token {
		_ = d.House.People.SignOut(r.Context(), before, false) // it runs off by itself otherwise
	}
	http.SetCookie(w, &http.Cookie{Name: Cookie, Value: in.Token, Path: "/", HttpOnly: true, Secure: d.secure(r), SameSite: http.SameSiteLaxMode})
	q := ""
	if back != "" {
		q = "?back=" + url.QueryEscape(back)
	}
	switch in.Next {
	case identity.SecondFactor:
		Done(w, r, "/sign-in/code"+q)
	case identity.NewPassword:
		Done(w, r, "/password"+q)
	case identity.NeedTOTP:
		Done(w, r, "/second-factor"+q)
	default:
		if back == "" {
			back = "/home"
		}
		Done(w, r, back)
	}
}

func codeForm(r *http.Request) form {
	return form{
		Action: "/sign-in/code", Back: Local(r.FormValue("back"), ""), Lead: ui.M("door.code.lead"),
		Fields:  []ui.Field{{Kind: ui.FieldCode, Name: "code", Label: ui.M("door.code"), Hint: ui.M("door.code.hint"), Autocomplete: "one-time-code", Chars: 12}},
		Buttons: []ui.Button{{Text: ui.M("door.continue"), Kind: ui.Primary}},
	}
}

func (d *Door) codePage(w http.ResponseWriter, r *http.Request) {
	f := codeForm(r)
	if d.Practice != nil {
		f.Now = d.Practice.Code()
	}
	d.show(w, r, "door.code.title", f, nil)
}

func (d *Door) code(w http.ResponseWriter, r *http.Request) {
	f := codeForm(r)
	in, err := d.House.People.SignInSecond(r.Context(), token(r), r.PostFormValue("code"), Source(r))
	if err != nil {
		d.show(w, r, "door.code.title", f, err)
		return
	}
	d.Admit(w, r, in, f.Back)
}

func token(r *http.Request) string {
	if c, err := r.Cookie(Cookie); err == nil {
		return c.Value
	}
	return ""
}

func (d *Door) signOut(w http.ResponseWriter, r *http.Request) {
	if err := d.House.People.SignOut(r.Context(), token(r), r.PostFormValue("everywhere") != ""); err != nil && act.KindOf(err) == act.Unavailable {
		d.Fail(w, r, err)
		return
	}
	http.SetCookie(w, &http.Cookie{Name: Cookie, Path: "/", MaxAge: -1, HttpOnly: true, Secure: d.secure(r), SameSite: http.SameSiteLaxMode})
	Done(w, r, "/")
}

func passwordForm(r *http.Request) form {
	return form{
		Action: "/password", Back: Local(r.FormValue("back"), ""), Lead: ui.M("door.new_password.lead"),
		Fields: []ui.Field{
			{Kind: ui.FieldPassword, Name: "old_password", Label: ui.M("door.old_password"), Autocomplete: "current-password", Chars: 20},
			{Kind: ui.FieldPassword, Name: "new_password", Label: ui.M("door.new_password"), Hint: ui.M("door.new_password.hint"), Autocomplete: "new-password", Chars: 20},
		},
		Buttons: []ui.Button{{Text: ui.M("door.change"), Kind: ui.Primary}},
	}
}

func (d *Door) passwordPage(w http.ResponseWriter, r *http.Request) {
	d.show(w, r, "door.new_password.title", passwordForm(r), nil)
}

func (d *Door) password(w http.ResponseWriter, r *http.Request) {
	f := passwordForm(r)
	in, err := d.House.People.ChangePassword(r.Context(), token(r), r.PostFormValue("old_password"), r.PostFormValue("new_password"), Source(r))
	if err != nil {
		d.show(w, r, "door.new_password.title", f, err)
		return
	}
	d.Admit(w, r, in, f.Back)
}

func totpForm(t identity.TOTP) form {
	return form{
		Action: "/second-factor/confirm", Lead: ui.M("door.totp.lead"), Secret: t.Secret, QR: picture(t.URI),
		Fields:  []ui.Field{{Kind: ui.FieldCode, Name: "code", Label: ui.M("door.code"), Autocomplete: "one-time-code", Chars: 12}},
		Buttons: []ui.Button{{Text: ui.M("door.continue"), Kind: ui.Primary}},
	}
}

// picture draws a QR code into the page itself: a secret stands in no address,
// which browsers and proxies keep.
func picture(text string) template.URL {
	png, err := qrcode.Encode(text, qrcode.Medium, 480)
	if err != nil {
		return ""
	}
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(png)) //nolint:gosec // made just above
}

func (d *Door) totpPage(w http.ResponseWriter, r *http.Request) {
	d.show(w, r, "door.totp.title", form{Action: "/second-factor", Lead: ui.M("door.totp.why"), Buttons: []ui.Button{{Text: ui.M("door.totp.start"), Kind: ui.Primary}}}, nil)
}

func (d *Door) totp(w http.ResponseWriter, r *http.Request) {
	t, err := d.House.People.SetUpTOTP(r.Context(), token(r))
	if err != nil {
		d.Fail(w, r, err)
		return
	}
	d.show(w, r, "door.totp.title", totpForm(t), nil)
}

func (d *Door) totpConfirm(w http.ResponseWriter, r *http.Request) {
	in, codes, err := d.House.People.ConfirmTOTP(r.Context(), token(r), r.PostFormValue("code"))
	if err != nil {
		d.Fail(w, r, err)
		return
	}
	http.SetCookie(w, &http.Cookie{Name: Cookie, Value: in.Token, Path: "/", HttpOnly: true, Secure: d.secure(r), SameSite: http.SameSiteLaxMode})
	d.show(w, r, "door.recovery.title", form{Lead: ui.M("door.recovery.lead"), Codes: codes, Options: []ui.Link{{Text: ui.M("door.continue"), Href: "/home"}}}, nil)
}

func (d *Door) postPage(w http.ResponseWriter, r *http.Request) {
	f := form{Action: "/post", Lead: ui.M("door.post.lead"), Buttons: []ui.Button{{Text: ui.M("door.post.choose"), Kind: ui.Primary}}}
	field := ui.Field{Kind: ui.FieldRadios, Name: "post", Label: ui.M("door.post")}
	for _, g := range Actor(r).Grants {
		label := ui.Text(ui.Join{Texts: []ui.Text{d.agency(r.Context(), g.Agency), identity.PostLabel(g.Role)}, Sep: " · "})
		if g.Of != 0 {
			label = ui.M("door.post.stand_in", "post", identity.PostLabel(g.Role))
		}
		field.Options = append(field.Options, ui.Option{Value: grantKey(g), Label: label})
	}
	field.Options = append(field.Options, ui.Option{Value: ownSelf, Label: ui.M("door.post.self")})
	f.Fields = []ui.Field{field}
	d.show(w, r, "door.post.title", f, nil)
}

// ownSelf is the choice of no post.
const ownSelf = "self"

// grantKey names one of a person's posts, whatever others come or go meanwhile.
func grantKey(g act.Grant) string {
	return g.Agency + "." + g.Role + "." + strconv.FormatInt(g.Of, 10)
}

func (d *Door) post(w http.ResponseWriter, r *http.Request) {
	chosen, g := r.PostFormValue("post"), act.Grant{}
	if chosen != ownSelf {
		i := slices.IndexFunc(Actor(r).Grants, func(g act.Grant) bool { return grantKey(g) == chosen })
		if i < 0 {
			// The post has been taken away since the page was opened.
			d.Fail(w, r, act.Changed("identity.thing.post"))
			return
		}
		g = Actor(r).Grants[i]
	}
	if err := d.House.People.ChoosePost(r.Context(), token(r), g.Agency, g.Role, g.Of); err != nil {
		d.Fail(w, r, err)
		return
	}
	Done(w, r, "/home")
}
