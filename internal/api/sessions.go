package api

import (
	"context"
	"net/http"
	"time"

	"tongban/internal/record/act"
	"tongban/internal/register/identity"
	"tongban/internal/rules/day"
)

// signInBody is what a person signs in with.
type signInBody struct {
	Login    string `json:"login" maxLength:"100" example:"13800000000"`
	Password string `json:"password" maxLength:"200" format:"password" example:"一句只有自己知道的话"`
}

type codeBody struct {
	Code string `json:"code" maxLength:"40" example:"123456"`
}

type postBody struct {
	Agency    string `json:"agency,omitempty" maxLength:"40" example:"scjg"`
	Post      string `json:"post,omitempty" maxLength:"40" example:"reviewer"`
	StandsFor int64  `json:"stands_for,omitempty" example:"0"`
}

// sessionStarted is a new session: the token is told once.
type sessionStarted struct {
	Token  string        `json:"token" example:"k3v9…"`
	Next   identity.Step `json:"next" enum:",second,password,totp"`
	Failed int           `json:"failed"`
}

type sessionView struct {
	Person    int64         `json:"person"`
	Name      string        `json:"name"`
	Who       act.Who       `json:"who" enum:"applicant,staff"`
	Agency    string        `json:"agency,omitempty"`
	Post      string        `json:"post,omitempty"`
	PostName  string        `json:"post_name,omitempty"`
	StandsFor int64         `json:"stands_for,omitempty"`
	Posts     []grantView   `json:"posts"`
	Next      identity.Step `json:"next" enum:",second,password,totp"`
	Expires   string        `json:"expires" format:"date-time"`
}

type grantView struct {
	Agency    string `json:"agency"`
	Post      string `json:"post"`
	PostName  string `json:"post_name"`
	StandsFor int64  `json:"stands_for,omitempty"`
}

type bodyOf[B any] struct{ Body B }

func sessions(s *server) {
	on(s, spec{id: "signIn", method: http.MethodPost, path: "/sessions", tag: "session", access: public, status: http.StatusCreated,
		errors: []int{http.StatusForbidden, http.StatusTooManyRequests}, example: signInBody{"13800000000", "一句只有自己知道的话"}}, s.signIn)
	on(s, spec{id: "signInSecond", method: http.MethodPost, path: "/sessions/second", tag: "session", access: unfinished, status: http.StatusCreated,
		errors: []int{http.StatusTooManyRequests}, example: codeBody{"123456"}}, s.signInSecond)
	on(s, spec{id: "showSession", method: http.MethodGet, path: "/sessions/current", tag: "session", access: unfinished}, s.showSession)
	on(s, spec{id: "choosePost", method: http.MethodPut, path: "/sessions/current/post", tag: "session", example: postBody{Agency: "scjg", Post: "reviewer"}}, s.choosePost)
	on(s, spec{id: "signOut", method: http.MethodDelete, path: "/sessions/current", tag: "session", access: unfinished}, s.signOut)
}

func (s *server) signIn(ctx context.Context, v *visit, in *bodyOf[signInBody]) (*bodyOf[sessionStarted], error) {
	got, err := s.h.People.SignIn(ctx, identity.Credentials{Login: in.Body.Login, Password: in.Body.Password, Source: v.source})
	return &bodyOf[sessionStarted]{sessionStarted(got)}, err
}

func (s *server) signInSecond(ctx context.Context, v *visit, in *bodyOf[codeBody]) (*bodyOf[sessionStarted], error) {
	got, err := s.h.People.SignInSecond(ctx, v.token, in.Body.Code, v.source)
	return &bodyOf[sessionStarted]{sessionStarted(got)}, err
}

func (s *server) showSession(ctx context.Context, v *visit, _ *struct{}) (*bodyOf[sessionView], error) {
	x, err := s.h.People.Open(ctx, v.token)
	if err != nil {
		return nil, err
	}
	a := x.Actor
	out := sessionView{Person: a.Person, Name: a.Name, Who: a.Who, Agency: a.Agency, Post: a.Post, StandsFor: a.StandsFor,
		Next: x.Next, Expires: moment(x.Expires), Posts: []grantView{}}
	if a.Post != "" {
		out.PostName = identity.PostLabel(a.Post).In(v.lang)
	}
	for _, g := range a.Grants {
		out.Posts = append(out.Posts, grantView{g.Agency, g.Role, identity.PostLabel(g.Role).In(v.lang), g.Of})
	}
	return &bodyOf[sessionView]{out}, nil
}

func (s *server) choosePost(ctx context.Context, v *visit, in *bodyOf[postBody]) (*bodyOf[sessionView], error) {
	if err := s.h.People.ChoosePost(ctx, v.token, in.Body.Agency, in.Body.Post, in.Body.StandsFor); err != nil {
		return nil, err
	}
	return s.showSession(ctx, v, nil)
}

type signOutIn struct {
	Everywhere bool `query:"everywhere"`
}

func (s *server) signOut(ctx context.Context, v *visit, in *signOutIn) (*struct{}, error) {
	return nil, s.h.People.SignOut(ctx, v.token, in.Everywhere)
}

// moment writes an instant as RFC 3339 in China's zone; "" when not set.
func moment(i day.Instant) string {
	if i == 0 {
		return ""
	}
	return i.Time().Format(time.RFC3339)
}
