package portal

import (
	"net/http"
	"net/url"

	"tongban/internal/register/identity"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

type signUpData struct {
	Fields []ui.Field
	Back   string
}

func signUpFields() []ui.Field {
	return []ui.Field{
		{Kind: ui.FieldText, Name: "name", Label: ui.M("portal.signup.name"), Hint: ui.M("portal.signup.name.hint"), Autocomplete: "name", Chars: 20},
		{Kind: ui.FieldIDNo, Name: "idno", Label: ui.M("portal.signup.idno"), Hint: ui.M("portal.signup.idno.hint")},
		{Kind: ui.FieldPhone, Name: "phone", Label: ui.M("portal.signup.phone"), Hint: ui.M("portal.signup.phone.hint")},
		{Kind: ui.FieldPassword, Name: "password", Label: ui.M("door.password"), Hint: ui.M("door.new_password.hint"), Autocomplete: "new-password", Chars: 20},
	}
}

func (p *portal) signUpPage(w http.ResponseWriter, r *http.Request) {
	p.show(w, r, ui.Page{Name: "portal/signup", Title: ui.M("portal.signup.title"), Back: &ui.Link{Text: ui.M("door.sign_in.title"), Href: "/sign-in"},
		Data: signUpData{signUpFields(), door.Local(r.URL.Query().Get("back"), "")}})
}

// signUp registers somebody at their own word. What they are called stays
// declared until a clerk has seen the document.
func (p *portal) signUp(w http.ResponseWriter, r *http.Request) {
	back := door.Local(r.PostFormValue("back"), "")
	in, err := p.House.People.SignUp(r.Context(), identity.SignUp{
		NewPerson: identity.NewPerson{Name: r.PostFormValue("name"), IDNo: r.PostFormValue("idno"), Phone: r.PostFormValue("phone"), Region: p.House.Options.Region},
		Password:  r.PostFormValue("password"), Source: door.Source(r),
	})
	if err == nil {
		p.Admit(w, r, in, back)
		return
	}
	wrong, ok := door.Wrong(err)
	if !ok {
		p.Fail(w, r, err)
		return
	}
	if m := wrong[""]; m != nil {
		wrong = map[string]ui.Text{"password": m}
	}
	fields := signUpFields()
	page := ui.Page{Name: "portal/signup", Title: ui.M("portal.signup.title"), Back: &ui.Link{Text: ui.M("door.sign_in.title"), Href: "/sign-in"}}
	page.Errors = ui.Fill(fields, url.Values(r.PostForm), wrong)
	page.Data = signUpData{fields, back}
	p.wrong(w, r, page)
}
