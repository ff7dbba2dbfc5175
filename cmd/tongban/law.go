package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"tongban/internal/record/act"
	"tongban/internal/register/law"
	"tongban/internal/rules/wording"
)

// lawCommands bring laws into the library.
type lawCommands struct {
	Import lawImport `cmd:"" help:"law.command.import"`
	Check  lawCheck  `cmd:"" help:"law.command.check"`
}

// lawImport imports the texts of laws, those inside the program too.
type lawImport struct {
	storage `embed:""`
	Origin  string   `default:"tongban.local/log" env:"TONGBAN_ORIGIN" placeholder:"NAME" help:"shell.option.origin"`
	Library bool     `help:"law.command.library"`
	Files   []string `arg:"" optional:"" name:"FILE" help:"law.command.file"`
}

// Run imports all of them or none; everything that is wrong is named.
func (c *lawImport) Run(s *shell) error {
	files, err := lawFiles(c.Files)
	if err != nil {
		return err
	}
	if c.Library {
		files = append(files, law.Library()...)
	}
	if _, err := s.checkLaws(files); err != nil {
		return err
	}
	ctx := context.Background()
	h, err := s.openHouse(ctx, c.storage, c.Origin)
	if err != nil {
		return err
	}
	out, err := h.Laws.Import(ctx, act.Machine(), "", files)
	if err = errors.Join(err, h.Close()); err != nil {
		return err
	}
	s.say("law.command.done", "new", len(out.New), "amended", len(out.Amended), "same", out.Same)
	return nil
}

// lawCheck reads the texts of laws and says what is wrong with them; no server
// and no data are needed.
type lawCheck struct {
	Files []string `arg:"" name:"FILE" help:"law.command.file"`
}

// Run names every bad line.
func (c *lawCheck) Run(s *shell) error {
	files, err := lawFiles(c.Files)
	if err != nil {
		return err
	}
	texts, err := s.checkLaws(files)
	for _, t := range texts {
		s.say("law.command.checked", "title", t.Title, "n", len(t.Articles))
	}
	return err
}

// checkLaws reads files and prints what is wrong with them.
func (s *shell) checkLaws(files []law.File) ([]*law.Text, error) {
	texts, problems := law.Check(files)
	for _, p := range problems {
		m := p.Msg
		if p.File != "" {
			m = p.Sentence()
		}
		fmt.Fprintln(s.err, m.In(s.lang))
	}
	if len(problems) > 0 {
		return nil, wording.M("law.command.wrong", "n", len(problems))
	}
	return texts, nil
}

func lawFiles(names []string) ([]law.File, error) {
	var files []law.File
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, wording.M("cli.file.open", "file", name)
		}
		files = append(files, law.File{Name: filepath.Base(name), Text: b})
	}
	return files, nil
}
