package main

import (
	"fmt"
	"io"
	"os"

	"tongban/internal/rules/condition"
	"tongban/internal/rules/draw"
	"tongban/internal/rules/flow"
	"tongban/internal/rules/wording"
)

type flowCommands struct {
	Check flowCheck `cmd:"" help:"cli.flow.check"`
	Draw  flowDraw  `cmd:"" help:"cli.flow.draw"`
}

// flowCheck says whether a BPMN file can run, and what of it runs, is only
// drawn, or is refused.
type flowCheck struct {
	File string `arg:"" name:"FILE" help:"cli.arg.flow"`
	JSON bool   `name:"json" help:"cli.option.json"`
}

// Run prints the whole report; the answer is no when the flow cannot run.
func (c *flowCheck) Run(s *shell) error {
	d, err := s.readFlow(c.File)
	if err != nil {
		return err
	}
	report := flow.Check(d, anyForm{})
	if c.JSON {
		err = s.json(report)
	} else {
		_, err = fmt.Fprint(s.out, report.Text(s.lang))
	}
	if err == nil && !report.OK {
		err = errNo
	}
	return err
}

// flowDraw writes the picture of a BPMN file as SVG.
type flowDraw struct {
	File string `arg:"" name:"FILE" help:"cli.arg.flow"`
}

// Run draws whatever can be read, also what could not run.
func (c *flowDraw) Run(s *shell) error {
	d, err := s.readFlow(c.File)
	if err != nil {
		return err
	}
	_, err = s.out.Write(draw.SVG(d, draw.Options{Lang: s.lang}))
	return err
}

// anyForm checks conditions without knowing the form of the item: every field
// is admitted, but the condition must be well formed.
type anyForm struct{}

// Check returns nil or what is wrong with the condition.
func (anyForm) Check(source string) error {
	_, err := condition.Compile(source, condition.Case(nil))
	return err
}

// readFlow reads the file, or the standard input for "-". One byte more than
// a flow may have is enough to see that it is too large.
func (s *shell) readFlow(name string) (*flow.Definition, error) {
	in := s.in
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, wording.M("cli.file.open", "file", name)
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	src, err := io.ReadAll(io.LimitReader(in, flow.MaxBytes+1))
	if err != nil {
		return nil, wording.M("cli.file.open", "file", name)
	}
	return flow.Parse(src)
}
