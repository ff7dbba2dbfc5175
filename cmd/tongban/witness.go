package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/mod/sumdb/note"

	"tongban/internal/house"
	"tongban/internal/record/vault"
	"tongban/internal/record/witness"
	"tongban/internal/rules/wording"
)

// watched says who is asked to cosign the log.
type watched struct {
	Witness      []string      `env:"TONGBAN_WITNESSES" placeholder:"KEY@URL" help:"log.option.witness"`
	WitnessEvery time.Duration `default:"10s" env:"TONGBAN_WITNESS_EVERY" placeholder:"TIME" help:"log.option.witness_every"`
}

// witnesses reads the list.
func (c watched) witnesses() (house.Watched, error) {
	list := house.Watched{Every: c.WitnessEvery}
	for _, text := range c.Witness {
		w, err := witness.Parse(text)
		if err != nil {
			return list, wording.M("log.witness.unread", "witness", text)
		}
		list.Witnesses = append(list.Witnesses, w)
	}
	return list, nil
}

// witnessCommand cosigns the logs of others. It is to be run by somebody who does
// not run the log.
type witnessCommand struct {
	Addr string   `default:"127.0.0.1:8090" env:"TONGBAN_WITNESS_ADDR" placeholder:"HOST:PORT" help:"cli.option.addr"`
	Data string   `default:"data-witness" env:"TONGBAN_WITNESS_DATA" placeholder:"DIR" help:"log.option.dir"`
	Name string   `required:"" env:"TONGBAN_WITNESS_NAME" placeholder:"NAME" help:"log.option.name"`
	Logs []string `name:"log" env:"TONGBAN_WITNESS_LOGS" placeholder:"KEY" help:"log.option.log"`
}

const (
	witnessTime   = 10 * time.Second // to read a request and to answer it
	witnessHeader = 8 << 10
)

// Run prints address and public key, and cosigns until it is told to stop.
func (c *witnessCommand) Run(s *shell) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	log := slog.New(slog.NewJSONHandler(s.err, nil))
	keys, err := c.keys()
	if err != nil {
		return err
	}
	w, err := witness.Open(witness.Options{Dir: c.Data, Name: c.Name, Logs: keys, Now: s.now, Log: log})
	if errors.Is(err, witness.ErrForgotten) {
		return wording.M("log.witness.forgotten", "dir", c.Data)
	} else if err != nil {
		return err
	}
	l, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return errors.Join(err, w.Close())
	}
	server := &http.Server{
		Handler: w.Handler(), ReadHeaderTimeout: witnessTime, ReadTimeout: witnessTime, WriteTimeout: witnessTime, IdleTimeout: time.Minute,
		MaxHeaderBytes: witnessHeader, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	s.say("log.witness.hand_on", "n", len(keys))
	fmt.Fprintf(s.out, "http://%s\n%s\n", l.Addr(), w.Key())
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	select {
	case err = <-failed:
	case <-ctx.Done():
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), witnessTime)
		defer cancel()
		err = server.Shutdown(grace)
	}
	return errors.Join(err, w.Close())
}

// keys reads the keys of the logs that are watched.
func (c *witnessCommand) keys() (list []note.Verifier, err error) {
	for _, text := range c.Logs {
		v, err := vault.Verifier(text)
		if err != nil {
			return nil, wording.M("shell.verify.bad_key")
		}
		list = append(list, v)
	}
	if len(list) == 0 {
		return nil, wording.M("log.witness.no_log")
	}
	return list, nil
}
