package main

import (
	"fmt"
	"runtime/debug"
)

// versionCommand prints what the binary was built from.
type versionCommand struct{}

// Run prints the commit that the Go tool stamped into the binary, where it did.
func (versionCommand) Run(s *shell) error {
	_, err := fmt.Fprintln(s.out, "tongban", version())
	return err
}

// version is the commit that the binary was built from, as far as it is known.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, set := range info.Settings {
			if set.Key == "vcs.revision" && len(set.Value) >= 12 {
				return set.Value[:12]
			}
		}
	}
	return "devel"
}
