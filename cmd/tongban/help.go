package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/alecthomas/kong"

	"tongban/internal/rules/wording"
)

// help prints help in the reader's language: what the command does, how it is
// written, its parts.
func (s *shell) help(_ kong.HelpOptions, ctx *kong.Context) error {
	node := ctx.Selected()
	if node == nil {
		node = ctx.Model.Node
	}
	fmt.Fprintln(s.out, s.meaning(node.Help))
	fmt.Fprintln(s.out)
	s.row("cli.help.usage", usageLine(node))
	w := tabwriter.NewWriter(s.out, 0, 0, 3, ' ', 0)
	if leaves := node.Leaves(true); len(node.Children) > 0 && len(leaves) > 0 {
		s.title(w, "cli.help.commands")
		for _, leaf := range leaves {
			fmt.Fprintf(w, "  %s\t%s\n", usageLine(leaf), s.meaning(leaf.Help))
		}
	}
	if len(node.Positional) > 0 {
		s.title(w, "cli.help.arguments")
		for _, p := range node.Positional {
			fmt.Fprintf(w, "  %s\t%s\n", p.Name, s.meaning(p.Help))
		}
	}
	s.title(w, "cli.help.options")
	for _, group := range node.AllFlags(true) {
		for _, f := range group {
			fmt.Fprintf(w, "  %s\t%s\n", flagName(f), s.flagMeaning(f))
		}
	}
	return w.Flush()
}

func (s *shell) title(w io.Writer, key string) {
	fmt.Fprintf(w, "\n%s\n", wording.Text(s.lang, key))
}

func (s *shell) row(key, value string) {
	fmt.Fprintf(s.out, "%s  %s\n", wording.Text(s.lang, key), value)
}

// meaning is the text behind a help tag. The one tag that is not ours is that
// of kong's own --help.
func (s *shell) meaning(key string) string {
	if !wording.Has(wording.ZH, key) {
		key = "cli.option.help"
	}
	return wording.Text(s.lang, key)
}

func (s *shell) flagMeaning(f *kong.Flag) string {
	text := s.meaning(f.Help)
	if f.HasDefault && f.Default != "" {
		text += wording.Text(s.lang, "cli.help.default", "value", f.Default)
	}
	if len(f.Envs) > 0 {
		text += wording.Text(s.lang, "cli.help.env", "name", f.Envs[0])
	}
	return text
}

func flagName(f *kong.Flag) string {
	if f.IsBool() {
		return "--" + f.Name
	}
	if f.Enum != "" {
		return "--" + f.Name + " " + f.Enum
	}
	return "--" + f.Name + " " + f.FormatPlaceHolder()
}

// usageLine is a command with its arguments: "tongban workday add DATE N".
func usageLine(n *kong.Node) string {
	line := path(n)
	for _, p := range n.Positional {
		if p.Required {
			line += " " + p.Name
		} else {
			line += " [" + p.Name + "]"
		}
	}
	if len(n.Children) > 0 {
		line += " …"
	}
	return line
}
