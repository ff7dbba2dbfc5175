package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// The exit codes of every command.
const (
	exitDone  = 0
	exitNo    = 1 // the answer is no: a wrong value, a flow that cannot run, a day not known
	exitUsage = 2 // the command line itself could not be read
)

// shell is what a command has of the world.
type shell struct {
	in       io.Reader
	out, err io.Writer
	lang     wording.Lang
	now      day.Clock
}

// errNo is the error of a command that has already said why the answer is no.
var errNo = errors.New("the answer is no")

// run reads the command line, runs the command and returns the exit code.
func run(args []string, in io.Reader, out, errOut io.Writer) int {
	s := &shell{in: in, out: out, err: errOut, lang: spoken(args), now: day.System}
	var g grammar
	helped := false
	parser, err := kong.New(&g,
		kong.Name("tongban"),
		kong.Writers(out, errOut),
		kong.Exit(func(int) { helped = true }),
		kong.Help(s.help),
		kong.ConfigureHelp(kong.HelpOptions{NoAppSummary: true}),
		kong.Bind(s),
		kong.Description("cli.about"),
	)
	if err != nil {
		panic(err) // the grammar itself is wrong: found by any test
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	ctx, err := parser.Parse(args)
	switch {
	case helped:
		return exitDone
	case err != nil:
		return s.usage(err)
	}
	s.lang = wording.Lang(g.Lang)
	return s.answer(ctx.Run(), wantsJSON(ctx))
}

// answer turns what a command returned into words and an exit code. With
// --json the reason is an object too, on the same channel as a good answer.
func (s *shell) answer(err error, asJSON bool) int {
	if err == nil {
		return exitDone
	}
	var m wording.Message
	known := errors.As(err, &m)
	var code exit
	if errors.As(err, &code) {
		return int(code)
	}
	if errors.Is(err, store.ErrUnconfirmed) {
		m, known = wording.M("shell.unconfirmed", "why", err), true
	}
	var refused *act.Error
	if errors.As(err, &refused) {
		m, known = refused.Msg, true
	}
	switch {
	case errors.Is(err, errNo):
	case asJSON && known:
		_ = s.json(map[string]any{"ok": false, "reason": m.Key, "message": m.In(s.lang)})
	case known:
		fmt.Fprintln(s.err, m.In(s.lang))
		s.details(refused)
	default:
		fmt.Fprintln(s.err, err)
	}
	return exitNo
}

// details prints what a refused command says beyond its sentence: each thing
// that is wrong, the article, what to do next.
func (s *shell) details(e *act.Error) {
	if e == nil {
		return
	}
	for _, f := range e.Fields {
		fmt.Fprintf(s.err, "  %s: %s\n", f.Name, f.Msg.In(s.lang))
	}
	if e.Law != "" {
		s.say("door.law", "law", e.Law)
	}
	if !e.Next.IsZero() {
		fmt.Fprintln(s.err, e.Next.In(s.lang))
	}
}

// say prints a sentence of the catalogue beside the answer, where scripts that
// read the answer do not look.
func (s *shell) say(key string, pairs ...any) {
	fmt.Fprintln(s.err, wording.Text(s.lang, key, pairs...))
}

func (s *shell) json(v any) error {
	enc := json.NewEncoder(s.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// spoken finds the language before the line is read, so that even a line that
// cannot be read is answered in it.
func spoken(args []string) wording.Lang {
	for i, a := range args {
		if a == "--lang=en" || a == "--lang" && i+1 < len(args) && args[i+1] == "en" {
			return wording.EN
		}
	}
	return languageOfEnvironment()
}

func wantsJSON(ctx *kong.Context) bool {
	for _, f := range ctx.Flags() {
		if f.Name == "json" {
			return f.Target.Bool()
		}
	}
	return false
}

// path is the command as a person types it: "tongban workday add".
func path(n *kong.Node) string {
	return strings.Join(strings.Fields(n.FullPath()), " ")
}
