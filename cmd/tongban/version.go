package main

import (
	"fmt"
	"runtime/debug"
)

// versionCommand prints what the binary was built from.
type versionCommand struct{}

// Run prints the commit that the Go tool stamped into the binary, where it did.
func (versionCommand) Run(s *shell) error {
	version := "devel"
	info, ok := debug.ReadBuildInfo()
	if ok {
		for _, set := range info.Settings {
			if set.Key == "vcs.revision" && len(set.Value) >= 12 {
				version = set.Value[:12]
			}
		}
	}
	_, err := fmt.Fprintln(s.out, "tongban", version)
	return err
}
