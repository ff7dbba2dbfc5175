package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"tongban/internal/house/asked"
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/identity"
	"tongban/internal/register/received"
	"tongban/internal/rules/wording"
)

// visit is what a request brings besides its input.
type visit struct {
	actor  act.Actor
	token  string
	cookie bool // the token came as a cookie
	source string
	lang   wording.Lang
	body   received.Body // whose system it is, where it is one
}

type visitKey struct{}

func visitOf(ctx context.Context) *visit {
	v, _ := ctx.Value(visitKey{}).(*visit)
	return v
}

// enter finds out who sends a request before its operation runs.
func (s *server) enter(p spec) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		r, w := humago.Unwrap(ctx)
		v := &visit{lang: langOf(ctx.Header("Accept-Language")), source: s.o.Source(r)}
		v.actor = act.Actor{Who: act.Anyone, Lang: v.lang}
		ctx.SetHeader("Content-Language", tagOf(v.lang))
		ctx.AppendHeader("Vary", "Accept-Language")
		if !p.cached {
			ctx.SetHeader("Cache-Control", "no-store")
		}
		if p.access != public {
			if err := s.admit(r, v, p); err != nil {
				send(w, problemOf(err, v.lang))
				return
			}
		}
		asked.By(r.Context(), string(v.actor.Who))
		next(huma.WithValue(ctx, visitKey{}, v))
	}
}

// admit takes the session's token from the header, or from the cookie of the
// pages; a cookie that another site's page made the browser send is refused.
func (s *server) admit(r *http.Request, v *visit, p spec) error {
	if scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "bearer") {
		v.token = strings.TrimSpace(token)
	} else if c, err := r.Cookie(s.o.Cookie); s.o.Cookie != "" && err == nil {
		if http.NewCrossOriginProtection().Check(r) != nil {
			return act.Refuse("api.cross_origin")
		}
		v.token, v.cookie = c.Value, true
	}
	if p.access == system {
		return s.admitBody(r, v)
	}
	if p.access == unfinished {
		if v.token == "" {
			return act.Refuse("act.sign_in")
		}
		return nil
	}
	a, err := s.h.People.Actor(r.Context(), v.token)
	if err != nil {
		return err
	}
	a.Lang = v.lang
	if p.access == staff && a.Who != act.Staff {
		return act.Refuse("api.staff").Then("api.staff.next")
	}
	v.actor = a
	return nil
}

// why is the purpose of a look: as the reader stated it, else the post acted in.
func (v *visit) why(in Stated) string {
	for _, stated := range []string{in.Purpose, in.Header} {
		if stated = strings.TrimSpace(stated); stated != "" {
			return stated
		}
	}
	return wording.Text(wording.ZH, "api.look", "post", identity.PostLabel(v.actor.Post))
}

// may asks for the right of a command over the reader's own agency and area before
// something is shown that only those see who may give it. Commands ask by themselves.
func (s *server) may(tx *store.Tx, v *visit, c act.Command) error {
	return s.h.Runner.Rights.Authorise(tx, v.actor, c.Right, act.Scope{Agency: v.actor.Agency, Region: s.h.Office.Region})
}

// seeing reads what only those see who may give a command.
func (s *server) seeing(ctx context.Context, v *visit, c act.Command, f func(*store.Tx) error) error {
	return s.read(ctx, func(tx *store.Tx) error {
		if err := s.may(tx, v, c); err != nil {
			return err
		}
		return f(tx)
	})
}
