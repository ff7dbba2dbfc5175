package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"tongban/internal/house"
	"tongban/internal/record/ledger"
	"tongban/internal/rules/wording"
	"tongban/internal/work/casework"
)

// openHouse opens the house at a shell, without anything running in it.
func (s *shell) openHouse(ctx context.Context, c storage, origin string) (*house.House, error) {
	return house.Open(ctx, house.Options{Dir: c.Data, Keys: c.Keys, Signed: c.Signed, Database: c.Database, Attachments: c.Attachments, Confirm: !c.Single, Origin: origin, Log: s.plainLog()})
}

// migrateCommand brings the database to the newest schema. Serving does it too.
type migrateCommand struct {
	storage `embed:""`
	Origin  string `default:"tongban.local/log" env:"TONGBAN_ORIGIN" placeholder:"NAME" help:"shell.option.origin"`
}

// Run opens the house, which migrates it.
func (c *migrateCommand) Run(s *shell) error {
	h, err := s.openHouse(context.Background(), c.storage, c.Origin)
	if err != nil {
		return err
	}
	s.say("shell.migrate.done")
	return h.Close()
}

// verifyCommand checks a proof file offline, or, without one, the whole record.
type verifyCommand struct {
	storage `embed:""`
	File    string   `arg:"" optional:"" name:"FILE" help:"shell.arg.proof"`
	Key     []string `name:"key" placeholder:"KEY" help:"shell.option.key"`
	Origin  string   `default:"tongban.local/log" env:"TONGBAN_ORIGIN" placeholder:"NAME" help:"shell.option.origin"`
	JSON    bool     `name:"json" help:"cli.option.json"`
}

// Run verifies.
func (c *verifyCommand) Run(s *shell) error {
	if c.File != "" {
		return c.proof(s)
	}
	ctx := context.Background()
	h, err := s.openHouse(ctx, c.storage, c.Origin)
	if err != nil {
		return err
	}
	return errors.Join(c.record(ctx, s, h), h.Close())
}

// record checks everything that the house has recorded.
func (c *verifyCommand) record(ctx context.Context, s *shell, h *house.House) error {
	report, err := h.Ledger.Verify(ctx, casework.StateDigest)
	if err = errors.Join(err, h.ReadOnly()); err != nil {
		return err
	}
	if c.JSON {
		if err := s.json(report); err != nil {
			return err
		}
	} else {
		s.say("shell.verify.counts", "events", report.Events, "checkpoints", report.Checkpoints, "values", report.Values, "erased", report.Erased, "states", report.States)
		for _, e := range report.ErasedBy {
			s.say("shell.verify.erased", "log", e.Log, "seq", e.Seq, "stream", e.Stream, "keys", e.Keys, "values", e.Values)
		}
		for _, f := range report.Findings {
			fmt.Fprintf(s.out, "%s\t%d\t%s\t%s\n", f.Log, f.Seq, f.Stream, f.What)
		}
	}
	if len(report.Findings) > 0 {
		return wording.M("shell.verify.findings", "n", len(report.Findings))
	}
	if !c.JSON {
		if err := s.testified(ctx, h, c.Key); err != nil {
			return err
		}
	}
	fmt.Fprintln(s.out, wording.Text(s.lang, "shell.verify.good"))
	return nil
}

// proof checks a downloaded proof with keys that the reader got elsewhere.
func (c *verifyCommand) proof(s *shell) error {
	b, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	var p ledger.Proof
	if err := json.Unmarshal(b, &p); err != nil {
		return wording.M("shell.verify.not_proof", "file", filepath.Base(c.File))
	}
	if len(c.Key) == 0 {
		return wording.M("shell.verify.need_key")
	}
	keys, err := house.Verifiers(c.Key...)
	if err != nil {
		return wording.M("shell.verify.bad_key")
	}
	found, err := ledger.CheckProof(p, keys)
	if err != nil {
		return wording.M("shell.verify.bad_proof", "why", err)
	}
	if c.JSON {
		return s.json(found)
	}
	for i, a := range found.Acts {
		fmt.Fprintf(s.out, "%d\t%s\t%s\t%s %s %s\n", i+1, a.Instant(), a.Kind, a.By.Agency, a.By.Post, a.By.Name)
		for field, value := range found.Opened[i] {
			fmt.Fprintf(s.out, "\t%s = %s\n", field, value)
		}
	}
	for i, a := range found.Acts {
		if n := len(a.ErasedKeys()); n > 0 {
			fmt.Fprintln(s.out, wording.Text(s.lang, "shell.verify.proof_erased", "i", i+1, "n", n))
		}
	}
	fmt.Fprintln(s.out, wording.Text(s.lang, "shell.verify.proof_good", "n", len(found.Acts), "stream", found.Stream))
	for i, t := range found.Trees {
		fmt.Fprintln(s.out, wording.Text(s.lang, "shell.verify.signed_by", "log", t, "signers", fmt.Sprint(found.Signers), "k", i+1))
	}
	s.seen(found.Seen, found.Others)
	fmt.Fprintln(s.out, wording.Text(s.lang, "log.seen.after"))
	return nil
}
