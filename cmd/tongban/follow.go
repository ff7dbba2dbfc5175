package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"

	"tongban/internal/house"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/rules/wording"
)

// followCommands look after whatever watches the ledger.
type followCommands struct {
	List    followList    `cmd:"" help:"log.follow.list"`
	Unpark  followUnpark  `cmd:"" help:"log.follow.unpark"`
	Rebuild followRebuild `cmd:"" help:"log.follow.rebuild"`
}

// followed says whose followers.
type followed struct {
	storage `embed:""`
	Origin  string `default:"tongban.local/log" env:"TONGBAN_ORIGIN" placeholder:"NAME" help:"shell.option.origin"`
}

// within opens the house for one piece of work; a server may be running beside it.
func (c *followed) within(s *shell, f func(ctx context.Context, h *house.House) error) error {
	ctx := context.Background()
	h, err := s.openHouse(ctx, c.storage, c.Origin)
	if err != nil {
		return err
	}
	if err := h.ReadOnly(); err != nil {
		return errors.Join(err, h.Close())
	}
	return errors.Join(f(ctx, h), h.Close())
}

func followerNamed(h *house.House, name string) (ledger.Follower, error) {
	for _, f := range h.Followers {
		if f.Name == name {
			return f, nil
		}
	}
	return ledger.Follower{}, wording.M("log.follow.unknown", "name", name)
}

// followList prints each follower, how far it is behind, and what it parked.
type followList struct {
	followed `embed:""`
	JSON     bool `name:"json" help:"cli.option.json"`
}

// followLine is a follower as it is printed.
type followLine struct {
	Name    string `json:"name"`
	Rebuilt bool   `json:"can_be_rebuilt"`
	Behind  int64  `json:"behind"`
	Parked  int64  `json:"parked"`
}

// parkedMost is how many parked entries are printed.
const parkedMost = 100

// Run prints.
func (c *followList) Run(s *shell) error {
	return c.within(s, func(ctx context.Context, h *house.House) error {
		var lines []followLine
		var parked []ledger.Parked
		if err := h.Store.Read(ctx, func(tx *store.Tx) error {
			lines, parked = nil, nil
			for _, f := range h.Followers {
				_, again := f.Reading()
				behind, n, err := h.Ledger.Lag(tx, f)
				if err != nil {
					return err
				}
				lines = append(lines, followLine{f.Name, again, behind, n})
				list, err := h.Ledger.Parked(tx, f, parkedMost)
				if err != nil {
					return err
				}
				parked = append(parked, list...)
			}
			return nil
		}); err != nil {
			return err
		}
		if c.JSON {
			return s.json(lines)
		}
		w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
		for _, l := range lines {
			fmt.Fprintln(w, wording.Text(s.lang, "log.follow.line", "name", l.Name, "behind", l.Behind, "parked", l.Parked))
		}
		for _, p := range parked {
			fmt.Fprintf(w, "%d\t%s\t%s\t%s\n", p.Seq, p.Stream, p.At, p.Why)
		}
		return w.Flush()
	})
}

// followUnpark hands a stream's parked entries to the follower again.
type followUnpark struct {
	followed `embed:""`
	Name     string `arg:"" name:"NAME" help:"log.arg.follower"`
	Stream   string `arg:"" name:"STREAM" help:"log.arg.stream"`
}

// Run hands them over, all or none.
func (c *followUnpark) Run(s *shell) error {
	return c.within(s, func(ctx context.Context, h *house.House) error {
		f, err := followerNamed(h, c.Name)
		if err != nil {
			return err
		}
		n, err := h.Ledger.Unpark(ctx, f, c.Stream)
		if err == nil {
			s.say("log.follow.unparked", "n", n)
		}
		return err
	})
}

// followRebuild fills a follower's read tables anew beside those that are read.
type followRebuild struct {
	followed `embed:""`
	Name     string `arg:"" name:"NAME" help:"log.arg.follower"`
}

// Run builds. A follower that tells people something is refused: a rebuild would
// tell them again.
func (c *followRebuild) Run(s *shell) error {
	return c.within(s, func(ctx context.Context, h *house.House) error {
		f, err := followerNamed(h, c.Name)
		if err != nil {
			return err
		}
		r, ok := f.Reading()
		if !ok {
			return wording.M("log.follow.tells", "name", c.Name)
		}
		build, err := h.Ledger.Rebuild(ctx, r, func(behind int64) { s.say("log.follow.behind", "n", behind) })
		if errors.Is(err, ledger.ErrParkedAnew) {
			return wording.M("log.follow.parked_anew", "name", c.Name)
		}
		if err == nil {
			s.say("log.follow.built", "name", c.Name, "build", build)
		}
		return err
	})
}
