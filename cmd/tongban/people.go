package main

import (
	"context"
	"errors"
	"fmt"
)

// userCommands manage people at the shell.
type userCommands struct {
	First firstCommand `cmd:"" help:"shell.user.first"`
}

// firstCommand makes the first administrator; it works once.
type firstCommand struct {
	storage `embed:""`
	Origin  string `default:"tongban.local/log" env:"TONGBAN_ORIGIN" placeholder:"NAME" help:"shell.option.origin"`
	Login   string `arg:"" name:"LOGIN" help:"shell.arg.login"`
	Name    string `arg:"" name:"NAME" help:"shell.arg.person"`
	IDNo    string `arg:"" name:"IDNO" help:"shell.arg.idno"`
}

// Run prints password, second factor and recovery codes, once.
func (c *firstCommand) Run(s *shell) error {
	ctx := context.Background()
	h, err := s.openHouse(ctx, c.storage, c.Origin)
	if err != nil {
		return err
	}
	first, err := h.People.FirstAdministrator(ctx, c.Login, c.Name, c.IDNo)
	if err = errors.Join(err, h.Close()); err != nil {
		return err
	}
	s.say("shell.user.once")
	fmt.Fprintf(s.out, "login     %s\npassword  %s\ntotp      %s\n          %s\n", first.Login, first.Password, first.TOTP.Secret, first.TOTP.URI)
	for _, code := range first.Recovery {
		fmt.Fprintf(s.out, "recovery  %s\n", code)
	}
	return nil
}
