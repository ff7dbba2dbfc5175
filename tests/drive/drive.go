// Package drive drives Tongban for the measuring (tests/bench) and the breaking
// (tests/faults): it founds a county with one item more, starts the real binary
// on it, signs people in over HTTP, and takes cases from the application to the
// delivered licence.
//
// The item is of the shape that the figures of other systems are given for:
// apply, accept, three reviews side by side, join, decision, sealed licence.
package drive

import (
	"context"
	"embed"
	"fmt"
	"time"

	"tongban/internal/demo"
	"tongban/internal/house"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/identity"
	"tongban/internal/register/power"
	"tongban/internal/rules/day"
)

//go:embed item short
var files embed.FS

// Cheap is the cost of the passwords of a driven county: signing in is not what
// is measured, and the cost is written in each hash.
var Cheap = identity.Argon{MemoryKiB: 64, Passes: 1, Lanes: 1}

// County is a founded county with the item that is driven.
type County struct {
	*demo.County
	House *house.House
	Item  int64
}

// Options are the options of a driven house. The clock is the machine's.
func Options(dir, database string) house.Options {
	return house.Options{
		Dir: dir, Database: database, Origin: "drive.invalid/log", Region: demo.Region, Remedies: demo.Remedies(), Hash: Cheap, Sample: true,
	}
}

// Found founds a county in the data folder, and in the database where one is
// named, and leaves the house open. Nothing in it runs by itself yet.
func Found(ctx context.Context, o house.Options) (*County, error) {
	h, err := house.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	c := &County{House: h}
	if c.County, err = demo.Found(ctx, h, nil); err == nil {
		err = c.enterItem(ctx, "item")
	}
	if err == nil {
		err = c.findItem(ctx)
	}
	if err != nil {
		_ = h.Close()
		return nil, err
	}
	return c, nil
}

// Reopen opens a house that was founded before.
func Reopen(ctx context.Context, o house.Options) (*County, error) {
	h, err := house.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	c := &County{House: h}
	if c.County, err = demo.Find(ctx, h); err == nil {
		err = c.findItem(ctx)
	}
	if err != nil {
		_ = h.Close()
		return nil, err
	}
	return c, nil
}

// Short enters the item of four steps: apply, accept, decide with a result, and
// found again. There is nothing to deliver.
func (c *County) Short(ctx context.Context) (int64, error) {
	if err := c.enterItem(ctx, "short"); err != nil {
		return 0, err
	}
	return c.itemOf(ctx, "short")
}

// enterItem imports a driven item and gives those who decide it their power.
func (c *County) enterItem(ctx context.Context, folder string) error {
	draft, problems := catalog.ReadFolder(files, folder)
	if len(problems) > 0 {
		return catalog.Problems(problems)
	}
	editor, err := c.Actor(ctx, "zfb_catalogue_1")
	if err != nil {
		return err
	}
	if _, err := catalog.ImportItems(ctx, c.House.Runner, editor, catalog.ImportOptions{Region: demo.Region, From: demo.Since}, draft); err != nil {
		return err
	}
	since := day.Span{From: demo.Since}
	if _, err := c.House.Power.Give(ctx, editor, "", []power.Holding{{Power: draft.Code, Agency: "scjg", Kind: power.Own, Basis: draft.Basis[0].Law, Span: since}}); err != nil {
		return err
	}
	head, err := c.Actor(ctx, "scjg_head_1")
	if err != nil {
		return err
	}
	var list []power.Assignment
	for _, key := range c.Officials("scjg", "decider") {
		list = append(list, power.Assignment{Person: c.Person(key), Agency: "scjg", Power: draft.Code, Span: since})
	}
	_, err = c.House.Power.Assign(ctx, head, "", list)
	return err
}

func (c *County) findItem(ctx context.Context) (err error) {
	c.Item, err = c.itemOf(ctx, "item")
	return err
}

func (c *County) itemOf(ctx context.Context, folder string) (id int64, err error) {
	draft, problems := catalog.ReadFolder(files, folder)
	if len(problems) > 0 {
		return 0, catalog.Problems(problems)
	}
	err = c.House.Store.Read(ctx, func(tx *store.Tx) (err error) {
		id, err = c.House.Items.ByCode(tx, draft.Code)
		return err
	})
	return id, err
}

// Applicants lists the logins of residents who have an account.
func (c *County) Applicants() []string {
	var list []string
	for _, a := range c.Accounts() {
		if a.Agency == "" {
			list = append(list, a.Login)
		}
	}
	return list
}

// Answers are the answers of the item's form. n tells one application from another.
func Answers(n int) map[string]any {
	return map[string]any{
		"area": 38.5, "tenure": "owned", "workshop_name": fmt.Sprintf("小满糕点坊%d号店", n), "category": "pastry", "workers": 2, "water": "tap", "gas": false,
		"premises_address": "云禾县云溪镇青石巷12号", "home_address": "云禾县云溪镇白鹭街69号", "phone": "19995550001",
	}
}

// code is the one-time code that an official's telephone shows now.
func code() (string, error) {
	return identity.TOTPCode(demo.StaffTOTP, day.Instant(time.Now().UnixMicro()))
}
