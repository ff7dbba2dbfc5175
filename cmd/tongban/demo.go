package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"tongban/internal/demo"
	"tongban/internal/house"
	"tongban/internal/record/store"
	"tongban/internal/register/identity"
	"tongban/internal/rules/wording"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

// demoCommand builds the demonstration county, once, and serves it.
type demoCommand struct {
	listening `embed:""`
	watched   `embed:""`
	Data      string `default:"data-demo" env:"TONGBAN_DATA" placeholder:"DIR" help:"cli.option.data"`
	Database  string `default:"" env:"TONGBAN_DATABASE" placeholder:"URL" help:"cli.option.database"`
	Seed      uint64 `default:"1949" help:"shell.option.seed"`
	Cases     int    `default:"2000" help:"shell.option.cases"`
	Open      bool   `default:"false" help:"shell.option.open"`
}

// builtFile marks a data folder whose county is complete, begunFile one that a
// build was begun in: broken off, it is begun again.
const (
	builtFile = "demo-built"
	begunFile = "demo-begun"
)

// Run builds what is not there yet and serves it.
func (c *demoCommand) Run(s *shell) error {
	witnesses, err := c.witnesses()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	o := demo.Options(c.Data, c.Database)
	o.Origin = "yunhe.invalid/demo"
	if fresh, err := c.build(ctx, s, o); err != nil {
		return err
	} else if fresh {
		startAgain()
	}
	log, flush := s.log("warn")
	defer flush()
	metrics := house.NewMetrics()
	o.Metrics, o.Log = metrics, log
	o.Watched = witnesses
	h, county, err := demo.Reopen(ctx, o)
	if err != nil {
		return err
	}
	practice, err := c.practice(ctx, h, county)
	if err != nil {
		return err
	}
	s.greet(practice, c.Data)
	if c.Open {
		go openBrowser(c.Addr)
	}
	return s.serve(ctx, h, metrics, c.listening, door.Options{Site: ui.M("shell.demo.site"), Authority: ui.M("shell.demo.authority"), Practice: practice})
}

// startAgain puts a fresh process in the place of the one that built: what a year of
// cases took of its memory goes with it. Where that cannot be had the same one serves.
func startAgain() {
	if self, err := os.Executable(); err == nil {
		_ = syscall.Exec(self, os.Args, os.Environ())
	}
}

// build builds the county where it is not built yet, and tells whether it did.
func (c *demoCommand) build(ctx context.Context, s *shell, o house.Options) (fresh bool, err error) {
	begun, built := filepath.Join(c.Data, begunFile), filepath.Join(c.Data, builtFile)
	if _, err := os.Stat(built); err == nil {
		return false, nil
	}
	if _, err := os.Stat(begun); err == nil {
		if err := os.RemoveAll(c.Data); err != nil {
			return false, err
		}
	} else if _, err := os.Stat(filepath.Join(c.Data, "keys")); err == nil {
		return false, wording.M("shell.demo.other", "dir", c.Data)
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return false, err
	}
	if err := os.WriteFile(begun, nil, 0o600); err != nil {
		return false, err
	}
	began := time.Now()
	played, err := demo.Build(ctx, o, demo.Play{Seed: c.Seed, Cases: c.Cases, Progress: s.progress()})
	if err != nil {
		return false, err
	}
	s.say("shell.demo.ready", "seconds", int(time.Since(began).Seconds()), "seed", c.Seed, "cases", len(played.Cases))
	return true, os.WriteFile(built, nil, 0o600)
}

// told are the accounts that the demonstration tells: one for each part of the
// story and of the adjustments that wait (an agency that is asked, its manager, the
// panel with the bureau of justice, the government). There are more.
var told = []string{
	"baker", "neighbour", "spj.window1", "spj.window2", "scjg.reviewer1", "scjg.decider1", "scjg.head1", "xfjy.inspector1", "xfjy.inspector3",
	"sthj.reviewer1", "spj.head1", "wjj.head1", "scjg.manager1", "sfj.reviewer1", "zfb.leader1", "zfb.catalogue1", "zfb.catalogue2", "zfb.supervisor1", "zfb.admin1",
}

// practice is how to sign in to the demonstration.
func (c *demoCommand) practice(ctx context.Context, h *house.House, county *demo.County) (*door.Practice, error) {
	p := &door.Practice{Code: func() string {
		code, err := identity.TOTPCode(demo.StaffTOTP, h.Store.Now())
		if err != nil {
			return ""
		}
		return code
	}}
	err := h.Store.Read(ctx, func(tx *store.Tx) error {
		for _, a := range county.Accounts() {
			if !slices.Contains(told, a.Login) {
				continue
			}
			what := []string{a.Note}
			if len(a.Posts) > 0 {
				name, err := h.People.AgencyName(tx, a.Agency, tx.Today())
				if err != nil {
					return err
				}
				what = []string{name}
			}
			for _, post := range a.Posts {
				what = append(what, identity.PostLabel(post).In(wording.ZH))
			}
			p.Accounts = append(p.Accounts, door.PracticeAccount{Login: a.Login, Password: a.Password, What: strings.Join(what, " ")})
		}
		return nil
	})
	return p, err
}

// greet says how to sign in.
func (s *shell) greet(p *door.Practice, dir string) {
	s.say("shell.demo.accounts")
	for _, a := range p.Accounts {
		fmt.Fprintf(s.err, "  %-16s %-20s %s\n", a.Login, a.Password, a.What)
	}
	s.say("shell.demo.code", "code", p.Code())
	s.say("shell.demo.again", "dir", dir)
}

func openBrowser(addr string) {
	_ = exec.Command("xdg-open", "http://"+addr).Start() // no browser, no harm
}
