package main

import (
	"context"
	"fmt"

	"tongban/internal/house"
	"tongban/internal/house/doctor"
	"tongban/internal/rules/wording"
)

// doctorCommand looks at everything that the platform leans on and changes
// nothing. Its exit code is that of the worst thing found: 0 well, 1 to look at,
// 2 to be mended.
type doctorCommand struct {
	storage `embed:""`
	copies  `embed:""`
	Origin  string `default:"tongban.local/log" env:"TONGBAN_ORIGIN" placeholder:"NAME" help:"shell.option.origin"`
	Full    bool   `name:"full" help:"shell.option.full"`
	Last    int64  `name:"last" default:"1000" placeholder:"N" help:"shell.option.last"`
	JSON    bool   `name:"json" help:"cli.option.json"`
}

// Run examines and prints one line for each thing.
func (c *doctorCommand) Run(s *shell) error {
	report := doctor.Examine(context.Background(), doctor.Options{
		Last: c.Last, Full: c.Full,
		House: house.Options{
			Dir: c.Data, Keys: c.Keys, Signed: c.Signed, Database: c.Database, Attachments: c.Attachments, Origin: c.Origin,
			Backups: house.Backups{Dir: c.BackupDir, Every: c.BackupEvery},
		},
	})
	if c.JSON {
		if err := s.json(report.Spoken(s.lang)); err != nil {
			return err
		}
		return worst(report)
	}
	counts := map[doctor.Level]int{}
	for _, f := range report {
		counts[f.Level]++
		line := wording.Text(s.lang, "doctor.level."+f.Level.String()) + "\t" + f.Check + "\t" + f.What.In(s.lang)
		if !f.Do.IsZero() {
			line += " → " + f.Do.In(s.lang)
		}
		fmt.Fprintln(s.out, line)
	}
	s.say("doctor.end", "n", len(report), "bad", counts[doctor.Bad], "warn", counts[doctor.Warn])
	return worst(report)
}

func worst(r doctor.Report) error {
	if r.Worst() == doctor.OK {
		return nil
	}
	return exit(r.Worst())
}

// exit is the error of a command that has said everything and ends with a code
// of its own.
type exit int

// Error is never shown.
func (e exit) Error() string { return fmt.Sprintf("exit code %d", int(e)) }
