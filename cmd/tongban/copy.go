package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"tongban/internal/house"
	"tongban/internal/record/archive"
	"tongban/internal/rules/wording"
)

// backupCommand writes one archive of the whole record, also while a server
// works on it.
type backupCommand struct {
	storage `embed:""`
	Dir     string `arg:"" name:"DIR" help:"shell.arg.backup_dir"`
	Keep    int    `default:"0" help:"shell.option.keep"`
	Origin  string `default:"tongban.local/log" env:"TONGBAN_ORIGIN" placeholder:"NAME" help:"shell.option.origin"`
}

// Run writes the archive and prints its path.
func (c *backupCommand) Run(s *shell) error {
	ctx := context.Background()
	h, err := s.openHouse(ctx, c.storage, c.Origin)
	if err != nil {
		return err
	}
	path, err := h.Archive.Backup(ctx, c.Dir, c.Keep)
	if err = errors.Join(err, h.Close()); err != nil {
		return err
	}
	fmt.Fprintln(s.out, path)
	return nil
}

// restoreCommand reads an archive into an empty database of either engine.
type restoreCommand struct {
	storage `embed:""`
	File    string `arg:"" name:"FILE" help:"shell.arg.archive"`
	Origin  string `default:"tongban.local/log" env:"TONGBAN_ORIGIN" placeholder:"NAME" help:"shell.option.origin"`
}

// Run restores. The keys must be in place: an archive never holds them.
func (c *restoreCommand) Run(s *shell) error {
	if _, err := os.Stat(filepath.Join(c.keyFolder(), "master.key")); err != nil {
		return wording.M("shell.restore.keys", "dir", c.keyFolder())
	}
	f, err := os.Open(c.File)
	if err != nil {
		return wording.M("cli.file.open", "file", c.File)
	}
	defer func() { _ = f.Close() }()
	ctx := context.Background()
	h, err := house.Open(ctx, house.Options{
		Dir: c.Data, Keys: c.Keys, Signed: c.Signed, Database: c.Database, Attachments: c.Attachments, Confirm: !c.Single, Origin: c.Origin, Log: s.plainLog(), Restore: true,
	})
	if err != nil {
		return err
	}
	erased, err := archive.ReadErased(h.Options.ErasedList(), filepath.Join(filepath.Dir(c.File), archive.ErasedFile))
	if err != nil {
		return errors.Join(err, h.Close())
	}
	sum, err := h.Restore(ctx, f, erased)
	if err = errors.Join(err, h.Close()); err != nil {
		return err
	}
	s.say("shell.restore.done", "acts", sum.Acts, "files", sum.Files)
	return nil
}
