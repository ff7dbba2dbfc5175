package main

import (
	"fmt"

	"tongban/internal/house"
)

// versionCommand prints what the binary was built from.
type versionCommand struct{}

// Run prints the tag or commit that was stamped into the binary.
func (versionCommand) Run(s *shell) error {
	_, err := fmt.Fprintln(s.out, "tongban", version())
	return err
}

// version is the tag or commit that the binary was built from, as far as it is known.
func version() string { return house.Version() }
