package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"tongban/internal/record/vault"
	"tongban/internal/rules/wording"
)

// keysNew makes the keys of a new house in a folder, for services that are
// handed their keys and cannot make them.
type keysNew struct {
	Dir string `arg:"" name:"DIR" help:"shell.arg.new_keys"`
}

// Run makes the keys. A folder that holds keys already is left as it is.
func (c *keysNew) Run(s *shell) error {
	for _, name := range []string{"master.key", "log.key"} {
		if _, err := os.Stat(filepath.Join(c.Dir, name)); !errors.Is(err, fs.ErrNotExist) {
			return wording.M("shell.keys_new.there", "dir", c.Dir)
		}
	}
	keys, err := vault.CreateKeys(c.Dir, nil)
	if err != nil {
		return err
	}
	fmt.Fprintln(s.out, keys.ID())
	s.say("shell.keys_new.done", "dir", c.Dir)
	return nil
}
