package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"tongban/internal/house"
	"tongban/internal/record/act"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// listCommands bring lists in.
type listCommands struct {
	Import listImport `cmd:"" help:"shell.list.import"`
}

// listImport imports entries of one list from files, as one change.
type listImport struct {
	storage  `embed:""`
	Origin   string   `default:"tongban.local/log" env:"TONGBAN_ORIGIN" placeholder:"NAME" help:"shell.option.origin"`
	Region   string   `default:"000000" env:"TONGBAN_REGION" placeholder:"CODE" help:"shell.option.region"`
	Document string   `required:"" placeholder:"NUMBER" help:"shell.list.document"`
	Reason   string   `required:"" placeholder:"TEXT" help:"shell.list.reason"`
	From     string   `placeholder:"DAY" help:"shell.list.from"`
	Whole    bool     `help:"shell.list.whole"`
	Check    bool     `help:"shell.option.check"`
	List     string   `arg:"" name:"LIST" help:"shell.list.kind"`
	Files    []string `arg:"" name:"FILE" help:"shell.list.file"`
}

// Run imports all of the files or none; everything that is wrong is named, each
// with its file, row and column.
func (c *listImport) Run(s *shell) error {
	b, err := c.read()
	if err != nil {
		return err
	}
	ctx := context.Background()
	h, err := s.openHouse(ctx, c.storage, c.Origin)
	if err != nil {
		return err
	}
	done, problems, err := c.bring(ctx, h, b)
	if err = errors.Join(err, h.Close()); err != nil {
		return err
	}
	if len(problems) > 0 {
		for _, p := range problems {
			fmt.Fprintln(s.err, p.Sentence().In(s.lang))
		}
		return wording.M("shell.item.wrong", "n", len(problems))
	}
	s.say("shell.list.done", "added", done.Added, "edited", done.Edited, "ended", done.Ended, "same", done.Same)
	return nil
}

// read reads the files into one batch.
func (c *listImport) read() (b lists.Batch, err error) {
	k, err := lists.KindOf(c.List)
	if err != nil {
		return b, err
	}
	var names []string
	var read []lists.Batch
	for _, file := range c.Files {
		src, err := os.ReadFile(file)
		if err != nil {
			return b, wording.M("cli.file.open", "file", file)
		}
		names, read = append(names, filepath.Base(file)), append(read, lists.ReadFile(k, file, src))
	}
	b = lists.Together(k, names, read)
	b.Document, b.Reason, b.Region, b.Whole = c.Document, c.Reason, c.Region, c.Whole
	if c.From != "" {
		if b.From, err = day.Parse(c.From); err != nil {
			return b, wording.M("shell.list.day", "got", c.From)
		}
	}
	return b, nil
}

// bring says what the batch would do, and does it unless only that was asked for.
func (c *listImport) bring(ctx context.Context, h *house.House, b lists.Batch) (lists.Done, lists.Problems, error) {
	plan, err := h.Lists.Preview(ctx, act.Machine(), b)
	if err != nil || c.Check || len(plan.Problems) > 0 {
		return plan.Done, plan.Problems, err
	}
	done, err := h.Lists.Change(ctx, act.Machine(), "", b)
	return done, nil, err
}
