package main

import (
	"fmt"

	"tongban/internal/rules/gbcode"
)

type codeCommands struct {
	Check codeCheck `cmd:"" help:"cli.code.check"`
}

// codeCheck checks one number of a national standard and takes it apart.
type codeCheck struct {
	Kind  string `arg:"" name:"KIND" help:"cli.arg.kind"`
	Value string `arg:"" name:"VALUE" help:"cli.arg.value"`
	JSON  bool   `name:"json" help:"cli.option.json"`
}

// Run prints the parts of a right number; of a wrong one the reason, and the
// answer is no. What our tables merely do not know is a warning.
func (c *codeCheck) Run(s *shell) error {
	result := gbcode.Check(gbcode.Kind(c.Kind), c.Value, s.now().Day(), gbcode.China())
	if c.JSON {
		if err := s.json(result.In(s.lang)); err != nil {
			return err
		}
		if !result.OK {
			return errNo
		}
		return nil
	}
	if !result.OK {
		return result.Fault
	}
	report := result.In(s.lang)
	fmt.Fprintln(s.out, report.Value)
	for _, p := range report.Parts {
		fmt.Fprintf(s.out, "  %s  %s", p.Name, p.Value)
		if p.Meaning != "" {
			fmt.Fprintf(s.out, "  %s", p.Meaning)
		}
		fmt.Fprintln(s.out)
	}
	for _, w := range report.Warnings {
		fmt.Fprintln(s.err, w)
	}
	return nil
}
