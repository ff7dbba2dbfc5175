package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"text/tabwriter"

	"tongban/internal/house"
	"tongban/internal/record/act"
	"tongban/internal/record/vault"
	"tongban/internal/register/identity"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// keysCommands list the keys of the folder and rotate them, while a server works.
type keysCommands struct {
	New     keysNew     `cmd:"" help:"shell.keys_new.help"`
	List    keysList    `cmd:"" default:"withargs" help:"keys.list.help"`
	Prepare keysPrepare `cmd:"" help:"keys.prepare.help"`
	Rotate  keysRotate  `cmd:"" help:"keys.rotate.help"`
	Drop    keysDrop    `cmd:"" help:"keys.drop.help"`
	Seal    keysSeal    `cmd:"" help:"keys.seal.help"`
}

// keysHouse is what these commands have in common.
type keysHouse struct {
	storage `embed:""`
	Origin  string `default:"tongban.local/log" env:"TONGBAN_ORIGIN" placeholder:"NAME" help:"shell.option.origin"`
}

func (c *keysHouse) folder() string {
	if c.Keys != "" {
		return c.Keys
	}
	return filepath.Join(c.Data, "keys")
}

// with opens the house for one act and closes it.
func (c *keysHouse) with(s *shell, f func(context.Context, *house.House) error) error {
	ctx := context.Background()
	h, err := s.openHouse(ctx, c.storage, c.Origin)
	if err != nil {
		return err
	}
	return errors.Join(f(ctx, h), h.Close())
}

type keysList struct {
	keysHouse `embed:""`
	JSON      bool `name:"json" help:"cli.option.json"`
}

// Run lists the keys with their ages.
func (c *keysList) Run(s *shell) error {
	list, err := vault.Ages(c.folder())
	if err != nil {
		return err
	}
	if c.JSON {
		return s.json(list)
	}
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	for _, k := range list {
		age := "-"
		if k.Since != 0 {
			age = fmt.Sprint(max(0, int64(s.now()-k.Since)/int64(24*day.Hour)))
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", k.Use, k.ID, age, wording.Text(s.lang, "keys.use."+k.Use))
	}
	return w.Flush()
}

type keysPrepare struct {
	keysHouse `embed:""`
}

// Run makes the next master key without using it.
func (c *keysPrepare) Run(s *shell) error {
	id, err := vault.PrepareMaster(c.folder())
	if err != nil {
		return err
	}
	fmt.Fprintln(s.out, id)
	s.say("keys.prepared", "dir", c.folder())
	return nil
}

type keysRotate struct {
	keysHouse `embed:""`
	Use       string `arg:"" name:"USE" enum:"master,index,log" help:"keys.arg.use"`
}

// Run rotates one kind of key. Broken off, the same command goes on.
func (c *keysRotate) Run(s *shell) error {
	switch c.Use {
	case "log":
		return c.with(s, func(ctx context.Context, h *house.House) error {
			fresh, err := h.RotateLog(ctx)
			if err != nil {
				return err
			}
			fmt.Fprintf(s.out, "%s\n%s\n", fresh.Ed25519Key, fresh.SM2Key)
			s.say("keys.rotated.log")
			return nil
		})
	case "index":
		if _, err := vault.RotateIndex(c.folder()); err != nil {
			return err
		}
	default:
		if _, err := vault.RotateMaster(c.folder()); err != nil {
			return err
		}
	}
	return c.with(s, func(ctx context.Context, h *house.House) error {
		done, err := h.Rewrap(ctx)
		if err != nil {
			return err
		}
		s.say("keys.rewrapped", "keys", done.Keys, "indexes", done.Indexes)
		if done.Twins > 0 {
			return wording.M("keys.twins", "n", done.Twins)
		}
		return nil
	})
}

type keysDrop struct {
	keysHouse `embed:""`
}

// Run takes away the keys that nothing lies under any more.
func (c *keysDrop) Run(s *shell) error {
	return c.with(s, func(ctx context.Context, h *house.House) error {
		if _, err := h.Rewrap(ctx); err != nil {
			return err
		}
		left, err := h.Rewrap(ctx)
		if err != nil {
			return err
		}
		under, err := h.Under(ctx)
		if err != nil {
			return err
		}
		n := int64(left.Keys + left.Indexes + left.Twins)
		for _, k := range under {
			n += k
		}
		if n > 0 {
			return wording.M("vault.not_rewrapped", "n", n)
		}
		dropped, err := vault.DropMasters(c.folder())
		if err == nil {
			err = vault.DropIndex(c.folder())
		}
		for _, id := range dropped {
			fmt.Fprintln(s.out, id)
		}
		s.say("keys.dropped", "n", len(dropped))
		return err
	})
}

type keysSeal struct {
	keysHouse `embed:""`
	Agency    string `arg:"" name:"AGENCY" help:"keys.arg.agency"`
	From      string `placeholder:"DAY" help:"keys.option.from"`
}

// Run gives an agency a new seal key.
func (c *keysSeal) Run(s *shell) error {
	in := identity.SealFrom{Agency: c.Agency}
	if c.From != "" {
		var err error
		if in.From, err = day.Parse(c.From); err != nil {
			return err
		}
	}
	return c.with(s, func(ctx context.Context, h *house.House) error {
		id, err := h.People.MakeSealKey(ctx, act.Machine(), "", in)
		if err == nil {
			fmt.Fprintln(s.out, id)
		}
		return err
	})
}
