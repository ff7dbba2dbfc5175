// Command desk serves the demonstration county with a few cases in different
// states, for the browser tests of the pages of officials. It prints its
// address and ends when its input is closed. GET /as/{key} signs one of the
// county's people in, which no real server does.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"tongban/internal/demo"
	"tongban/internal/house"
	"tongban/internal/register/identity"
	"tongban/internal/rules/day"
	"tongban/internal/web"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "desk")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	clock := demo.NewClock(demo.Start)
	h, err := house.Open(ctx, house.Options{Dir: dir, Region: demo.Region, Remedies: demo.Remedies(), Clock: clock.Now, Rand: demo.Randomness(3), Sample: true, NoSync: true,
		Hash: identity.Argon{MemoryKiB: 64, Passes: 1, Lanes: 1}})
	if err != nil {
		return err
	}
	defer func() { _ = h.Close() }()
	c, err := demo.Found(ctx, h, nil)
	if err != nil {
		return err
	}
	if err := play(ctx, h, c, clock); err != nil {
		return err
	}
	pages, err := web.Handler(h, door.Options{Site: ui.Plain("云禾县政务服务"), Authority: ui.Plain("云禾县人民政府"), Version: "test"})
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /as/{key}", func(w http.ResponseWriter, r *http.Request) { as(w, r, h, c, clock) })
	mux.Handle("/", pages)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = srv.Serve(l) }()
	fmt.Printf("http://%s\n", l.Addr())
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// as signs somebody in with password and one-time code. The clock goes on by a
// minute, because a code works once.
func as(w http.ResponseWriter, r *http.Request, h *house.House, c *demo.County, clock *demo.Clock) {
	clock.Set(clock.Now() + day.Minute)
	for _, a := range c.Accounts() {
		if a.Key != r.PathValue("key") {
			continue
		}
		in, err := h.People.SignIn(r.Context(), identity.Credentials{Login: a.Login, Password: a.Password, Source: "test"})
		if err == nil && a.TOTP != "" {
			code, _ := identity.TOTPCode(a.TOTP, clock.Now())
			in, err = h.People.SignInSecond(r.Context(), in.Token, code, "test")
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: door.Cookie, Value: in.Token, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
		http.Redirect(w, r, "/home", http.StatusSeeOther)
		return
	}
	http.NotFound(w, r)
}
