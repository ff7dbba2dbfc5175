package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"tongban/internal/house"
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/wording"
	"tongban/internal/work/change"
)

// itemCommands bring service items in and out.
type itemCommands struct {
	Import itemImport `cmd:"" help:"shell.item.import"`
	Export itemExport `cmd:"" help:"shell.item.export"`
}

// itemImport imports written items, one folder each.
type itemImport struct {
	storage `embed:""`
	Origin  string   `default:"tongban.local/log" env:"TONGBAN_ORIGIN" placeholder:"NAME" help:"shell.option.origin"`
	Region  string   `default:"000000" env:"TONGBAN_REGION" placeholder:"CODE" help:"shell.option.region"`
	Check   bool     `help:"shell.option.check"`
	Folders []string `arg:"" name:"DIR" help:"shell.arg.item_dir"`
}

// Run imports all of them or none; everything that is wrong is named.
func (c *itemImport) Run(s *shell) error {
	var drafts []*catalog.Draft
	wrong := 0
	for _, dir := range c.Folders {
		read, problems := change.ReadFiles(os.DirFS(filepath.Dir(filepath.Clean(dir))), filepath.Base(filepath.Clean(dir)))
		for _, p := range problems {
			wrong++
			fmt.Fprintln(s.err, p.In(s.lang))
		}
		drafts = append(drafts, read...)
	}
	if wrong > 0 {
		return wording.M("shell.item.wrong", "n", wrong)
	}
	ctx := context.Background()
	h, err := s.openHouse(ctx, c.storage, c.Origin)
	if err != nil {
		return err
	}
	out, err := catalog.ImportItems(ctx, h.Runner, act.Machine(), catalog.ImportOptions{Region: c.Region, Try: c.Check}, drafts...)
	if err = errors.Join(err, h.Close()); err != nil {
		return err
	}
	s.say("shell.item.done", "new", len(out.New), "proposed", len(out.Proposed), "same", out.Same)
	return nil
}

// itemExport writes the version in force of an item as a folder.
type itemExport struct {
	storage `embed:""`
	Origin  string `default:"tongban.local/log" env:"TONGBAN_ORIGIN" placeholder:"NAME" help:"shell.option.origin"`
	Code    string `arg:"" name:"CODE" help:"shell.arg.item_code"`
	Dir     string `arg:"" name:"DIR" help:"shell.arg.item_dir"`
}

// Run writes the folder.
func (c *itemExport) Run(s *shell) error {
	ctx := context.Background()
	h, err := s.openHouse(ctx, c.storage, c.Origin)
	if err != nil {
		return err
	}
	files, err := c.read(ctx, h)
	if err = errors.Join(err, h.Close()); err != nil {
		return err
	}
	if err := os.MkdirAll(c.Dir, 0o755); err != nil {
		return err
	}
	for name, b := range files {
		if err := os.WriteFile(filepath.Join(c.Dir, name), b, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (c *itemExport) read(ctx context.Context, h *house.House) (files map[string][]byte, err error) {
	err = h.Store.Read(ctx, func(tx *store.Tx) error {
		item, err := h.Items.ByCode(tx, c.Code)
		if err != nil {
			return err
		}
		v, err := h.Items.InForce(tx, item, tx.Today())
		if err == nil {
			files = catalog.ExportFolder(v)
		}
		return err
	})
	return files, err
}

// calendarCommands bring in the notices of holidays.
type calendarCommands struct {
	Import calendarImport `cmd:"" help:"shell.calendar.import"`
}

// calendarImport imports a year's notice; running cases are counted again.
type calendarImport struct {
	storage `embed:""`
	Origin  string `default:"tongban.local/log" env:"TONGBAN_ORIGIN" placeholder:"NAME" help:"shell.option.origin"`
	File    string `arg:"" name:"FILE" help:"shell.arg.calendar"`
}

// Run imports the file.
func (c *calendarImport) Run(s *shell) error {
	b, err := os.ReadFile(c.File)
	if err != nil {
		return wording.M("cli.file.open", "file", c.File)
	}
	ctx := context.Background()
	h, err := s.openHouse(ctx, c.storage, c.Origin)
	if err != nil {
		return err
	}
	out, err := h.Calendars.ImportYear(ctx, h.Runner, act.Machine(), "", b)
	if err = errors.Join(err, h.Close()); err != nil {
		return err
	}
	s.say("shell.calendar.done", "year", out.Year)
	return nil
}
