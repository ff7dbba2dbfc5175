package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"tongban/internal/demo"
	"tongban/internal/house"
	"tongban/internal/register/identity"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

// demoCommand builds the demonstration county, once, and serves it.
type demoCommand struct {
	listening `embed:""`
	Data      string `default:"data-demo" env:"TONGBAN_DATA" placeholder:"DIR" help:"cli.option.data"`
	Database  string `default:"" env:"TONGBAN_DATABASE" placeholder:"URL" help:"cli.option.database"`
	Seed      uint64 `default:"1949" help:"shell.option.seed"`
	Cases     int    `default:"2000" help:"shell.option.cases"`
	Open      bool   `default:"false" help:"shell.option.open"`
}

// builtFile marks a data folder whose county is complete: it holds the moment
// at which its clock begins to run.
const builtFile = "demo-built"

// Run builds what is not there yet and serves it.
func (c *demoCommand) Run(s *shell) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	start, built, err := c.built()
	if err != nil {
		return err
	}
	if !built {
		if start, err = c.build(ctx, s); err != nil {
			return err
		}
	}
	metrics := house.NewMetrics()
	o := c.options(s, demo.ClockFrom(c.resume(start)))
	o.Seen = metrics.Seen
	h, err := house.Open(ctx, o)
	if err != nil {
		return err
	}
	county, err := demo.Find(ctx, h)
	if err != nil {
		return errors.Join(err, h.Close())
	}
	practice := c.practice(h, county)
	s.greet(practice, c.Data)
	if c.Open {
		go openBrowser(c.Addr)
	}
	return s.serve(ctx, h, metrics, c.listening, door.Options{Site: ui.M("shell.demo.site"), Authority: ui.M("shell.demo.authority"), Practice: practice})
}

func (c *demoCommand) options(s *shell, clock day.Clock) house.Options {
	return house.Options{
		Dir: c.Data, Database: c.Database, Origin: "yunhe.invalid/demo", Region: demo.Region, Remedies: demo.Remedies(),
		Clock: clock, Sample: true, Log: s.log(),
	}
}

// built reads when the county's clock began; a folder that a build left half
// done is made anew.
func (c *demoCommand) built() (start day.Instant, ok bool, err error) {
	b, err := os.ReadFile(filepath.Join(c.Data, builtFile))
	if err == nil {
		n, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64)
		return day.Instant(n), err == nil, err
	}
	if !errors.Is(err, os.ErrNotExist) {
		return 0, false, err
	}
	if _, err := os.Stat(filepath.Join(c.Data, "keys")); err == nil {
		if _, half := os.Stat(filepath.Join(c.Data, builtFile+".begun")); half != nil {
			return 0, false, wording.M("shell.demo.other", "dir", c.Data)
		}
		return 0, false, os.RemoveAll(c.Data)
	}
	return 0, false, nil
}

// build founds the county and lets its year pass. Nothing is flushed while it is
// built: a build that is cut short is thrown away and begun again.
func (c *demoCommand) build(ctx context.Context, s *shell) (day.Instant, error) {
	began := time.Now()
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return 0, err
	}
	if err := os.WriteFile(filepath.Join(c.Data, builtFile+".begun"), nil, 0o600); err != nil {
		return 0, err
	}
	clock := demo.NewClock(demo.Founded)
	o := c.options(s, clock.Now)
	o.NoSync, o.Rand, o.Log = true, demo.Randomness(c.Seed), nil
	h, err := house.Open(ctx, o)
	if err != nil {
		return 0, err
	}
	err = c.play(ctx, s, h, clock)
	if err = errors.Join(err, h.Close()); err != nil {
		return 0, err
	}
	s.say("shell.demo.ready", "seconds", int(time.Since(began).Seconds()), "seed", c.Seed, "cases", c.Cases)
	return clock.Now(), os.WriteFile(filepath.Join(c.Data, builtFile), []byte(strconv.FormatInt(int64(clock.Now()), 10)), 0o600)
}

func (c *demoCommand) play(ctx context.Context, s *shell, h *house.House, clock *demo.Clock) error {
	county, err := demo.Found(ctx, h, s.progress())
	if err != nil {
		return err
	}
	if _, err := demo.Year(ctx, h, county, demo.Play{Clock: clock, Seed: c.Seed, Cases: c.Cases, Progress: s.progress()}); err != nil {
		return err
	}
	_, err = h.Ledger.CatchUp(ctx, h.Followers[0])
	return err
}

// resume goes on from where the clock of the county would be: it started on a
// fixed day and has run since the folder was built.
func (c *demoCommand) resume(start day.Instant) day.Instant {
	info, err := os.Stat(filepath.Join(c.Data, builtFile))
	if err != nil {
		return start
	}
	return start + day.Instant(time.Since(info.ModTime()).Microseconds())
}

// progress writes one line that counts up where a person watches, and a line a
// step elsewhere.
func (s *shell) progress() demo.Progress {
	last := ""
	return func(step string, done, total int) {
		line := wording.Text(s.lang, "shell.demo.step", "step", wording.M(step), "done", done, "total", total)
		if line == last {
			return
		}
		last = line
		fmt.Fprintf(s.err, "\r\033[K%s", line)
		if done == total {
			fmt.Fprintln(s.err)
		}
	}
}

// told are the accounts that the demonstration tells; there are more.
const told = 24

// practice is how to sign in to the demonstration.
func (c *demoCommand) practice(h *house.House, county *demo.County) *door.Practice {
	p := &door.Practice{Code: func() string {
		code, err := identity.TOTPCode(demo.StaffTOTP, h.Store.Now())
		if err != nil {
			return ""
		}
		return code
	}}
	for i, a := range county.Accounts() {
		if i == told {
			break
		}
		what := a.Note
		for _, post := range a.Posts {
			what += a.Agency + " " + identity.PostLabel(post).In(wording.ZH) + " "
		}
		p.Accounts = append(p.Accounts, door.PracticeAccount{Login: a.Login, Password: a.Password, What: what})
	}
	return p
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
